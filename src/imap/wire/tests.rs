//! The adapter under a real async-imap client, over a pipe: order, waking, caps, hostile servers.
#![allow(clippy::wildcard_enum_match_arm, clippy::too_many_lines, reason = "tables and descriptions")]

use super::*;
use crate::imap::response::{Defect, ResponseCode, SectionValue};
use async_imap::imap_proto;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

type Client = async_imap::Client<Wire<DuplexStream>>;

/// A client whose server has said `script`. The server's end: drop it to hang up.
async fn connect(script: &[u8]) -> (Client, Incoming, DuplexStream) {
    let (near, mut far) = tokio::io::duplex(80 << 20);
    far.write_all(script).await.unwrap();
    let (wire, incoming) = Wire::new(near);
    (async_imap::Client::new(wire), incoming, far)
}

/// The same behind its greeting, with the rules of a session.
async fn session(script: &[u8]) -> (Client, Incoming, DuplexStream) {
    let (mut client, incoming, far) = connect(&[b"* OK hi\r\n", script].concat()).await;
    client.read_response().await.unwrap().unwrap();
    incoming.set_caps(Caps::SESSION);
    incoming.set_wake(Wake::Batch);
    let _ = incoming.take();
    (client, incoming, far)
}

fn word(event: &Event) -> String {
    match event {
        Event::Literal(head) => format!("literal {} {}", head.section, head.len),
        Event::Chunk(bytes) => format!("chunk {}", bytes.len()),
        Event::Received(received) => match &received.response {
            Response::Exists(n) => format!("exists {n}"),
            Response::Fetch(data) => format!("fetch {}", data.seq),
            Response::Tagged { tag, status } => format!("{tag} {:?} {}", status.condition, status.text),
            Response::Continue(_) => "+".to_owned(),
            Response::State(status) => format!("{:?} {}", status.condition, status.text),
            other => format!("{other:?}"),
        },
    }
}

/// Reads until the tagged end, as a session does: how often it was woken before, and all events.
async fn exec(client: &mut Client, incoming: &Incoming) -> (usize, Vec<Event>) {
    let (mut woken, mut events) = (0, Vec::new());
    loop {
        let response = client.read_response().await.unwrap().unwrap();
        events.extend(incoming.take());
        if matches!(response.parsed(), imap_proto::Response::Done { .. }) {
            return (woken, events);
        }
        woken += 1;
    }
}

async fn failure(client: &mut Client) -> WireError {
    loop {
        match client.read_response().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("end of stream without an error"),
            Err(error) => return WireError::from_io(&error).unwrap().clone(),
        }
    }
}

#[tokio::test]
async fn the_queue_never_runs_ahead_of_the_tagged_end() {
    let script =
        b"* 1 EXISTS\r\nA0001 OK [ALERT]\xc3\xbc one\r\n* 2 EXISTS\r\nA0002 NO two\r\n* 3 EXISTS\r\n";
    let (mut client, incoming, _far) = session(script).await;
    let (_, first) = exec(&mut client, &incoming).await;
    assert_eq!(first.iter().map(word).collect::<Vec<_>>(), ["exists 1", "A0001 Ok \u{fc} one"]);
    let Some(Event::Received(last)) = first.last() else { panic!() };
    let Response::Tagged { status, .. } = &last.response else { panic!() };
    assert_eq!(status.code, Some(ResponseCode::Alert));
    let (_, second) = exec(&mut client, &incoming).await;
    assert_eq!(second.iter().map(word).collect::<Vec<_>>(), ["exists 2", "A0002 No two"]);
    assert!(incoming.is_empty());
}

#[tokio::test]
async fn a_long_answer_wakes_in_batches_and_a_short_one_only_at_its_end() {
    let many: String = (1..=100_000).map(|n| format!("* {n} FETCH (UID {n} FLAGS ())\r\n")).collect();
    let (mut client, incoming, _far) = session(format!("{many}A0001 OK done\r\n").as_bytes()).await;
    let (woken, events) = exec(&mut client, &incoming).await;
    assert_eq!(events.len(), 100_001);
    assert!((100_000 / limits::WAKE_RESPONSES..=1000).contains(&woken), "{woken}");
    let (mut client, incoming, _far) = session(b"* 1 EXISTS\r\n* 2 EXISTS\r\nA0001 OK done\r\n").await;
    assert_eq!(exec(&mut client, &incoming).await.0, 0);
}

#[tokio::test]
async fn what_comes_while_idle_wakes_at_once() {
    let (mut client, incoming, mut far) = session(b"+ idling\r\n").await;
    let seen = client.read_response().await.unwrap().unwrap();
    assert!(matches!(seen.parsed(), imap_proto::Response::Continue(_)));
    let _ = incoming.take();
    far.write_all(b"* STATUS INBOX (MESSAGES 3)\r\n").await.unwrap();
    client.read_response().await.unwrap().unwrap();
    assert_eq!(incoming.take().len(), 1);
}

#[tokio::test]
async fn nothing_untagged_disturbs_an_exchange() {
    let script =
        b"* OK hi\r\n* CAPABILITY IMAP4rev2\r\n* OK [ALERT]\xff\r\n+ \r\n* 1 XFOO\r\nA0001 OK in\r\n";
    let (client, incoming, mut far) = connect(script).await;
    struct Plain;
    impl async_imap::Authenticator for Plain {
        type Response = &'static str;
        fn process(&mut self, _: &[u8]) -> Self::Response {
            "\0u\0p"
        }
    }
    let mut client = client;
    client.read_response().await.unwrap().unwrap();
    assert!(client.authenticate("PLAIN", Plain).await.is_ok());
    let seen: Vec<_> = incoming.take().iter().map(word).collect();
    assert_eq!(seen.len(), 6);
    assert_eq!(seen[3..], ["+", "Unknown([42, 32, 49, 32, 88, 70, 79, 79])", "A0001 Ok in"]);
    let mut sent = vec![0; 100];
    let n = far.read(&mut sent).await.unwrap();
    assert!(sent[..n].starts_with(b"A0001 AUTHENTICATE PLAIN\r\n"));
}

#[tokio::test]
async fn an_end_of_the_stream_is_an_error() {
    for (script, expected) in [(&b""[..], WireError::Closed), (b"* 3 EXI", WireError::Truncated)] {
        let (mut client, incoming, far) = session(script).await;
        drop(far);
        assert_eq!(failure(&mut client).await, expected);
        assert_eq!(incoming.failure(), Some(expected));
        assert!(client.read_response().await.unwrap().is_none());
    }
    let (mut client, incoming, far) = session(b"* BYE [UNAVAILABLE] going\r\n").await;
    drop(far);
    client.read_response().await.unwrap().unwrap();
    assert_eq!(incoming.take().iter().map(word).collect::<Vec<_>>(), ["Bye going"]);
    assert_eq!(failure(&mut client).await, WireError::Closed);
}

#[tokio::test]
async fn other_protocols_are_told_by_their_first_byte() {
    let cases: [(&[u8], &str); 5] = [
        (b"<html>\r\n<body>", "<html>"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "\u{15}\u{3}\u{1}\0\u{2}\u{2}F"),
        (b"220 mail ESMTP\r\n", "220 mail ESMTP"),
        (b"+OK POP3\r\n", "+OK POP3"),
        (b"\r\n\r\nHTTP/1.1 400", "HTTP/1.1 400"),
    ];
    for (script, start) in cases {
        let (mut client, ..) = connect(script).await;
        assert_eq!(failure(&mut client).await, WireError::NotImap { start: start.to_owned() });
    }
}

#[tokio::test]
async fn a_preauth_greeting_is_told() {
    let (mut client, incoming, _far) = connect(b"\n* PREAUTH [CAPABILITY IMAP4rev1] you are in\n").await;
    client.read_response().await.unwrap().unwrap();
    let Some(Event::Received(greeting)) = incoming.pop() else { panic!() };
    let Response::State(status) = greeting.response else { panic!() };
    assert_eq!(status.condition, Condition::PreAuth);
    assert_eq!(status.code, Some(ResponseCode::Capability(vec!["IMAP4rev1".to_owned()])));
}

#[tokio::test]
async fn endless_greetings_end() {
    let line = vec![b'*'; 70 << 10];
    let (mut client, ..) = connect(&line).await;
    let limit = u64::try_from(limits::MAX_LINE_BEFORE_LOGIN).unwrap();
    assert_eq!(failure(&mut client).await, WireError::TooLong { what: Cap::Line, limit });
    let lines = b"* CAPABILITY X\r\n".repeat(100_000);
    let (mut client, ..) = connect(&lines).await;
    let limit = limits::MAX_BEFORE_LOGIN;
    assert_eq!(failure(&mut client).await, WireError::TooLong { what: Cap::Total, limit });
}

#[tokio::test]
async fn a_line_of_64_mib_and_a_literal_of_400_mb_are_refused() {
    let mut line = b"* SEARCH".to_vec();
    line.resize(64 << 20, b'1');
    let (mut client, incoming, _far) = session(&line).await;
    let limit = u64::try_from(limits::MAX_LINE).unwrap();
    assert_eq!(failure(&mut client).await, WireError::TooLong { what: Cap::Line, limit });
    assert!(incoming.is_empty());
    let (mut client, ..) = session(b"* 1 FETCH (BODY[] {400000000}\r\n").await;
    assert_eq!(
        failure(&mut client).await,
        WireError::TooLong { what: Cap::Literal, limit: limits::MAX_LITERAL }
    );
}

#[tokio::test]
async fn what_nobody_takes_ends_at_the_cap_of_the_queue() {
    let (mut client, incoming, mut far) = session(b"").await;
    incoming.set_wake(Wake::Never);
    let one =
        [b"* 1 FETCH (BODY[] {8000000}\r\n".to_vec(), vec![b'x'; 8_000_000], b")\r\n".to_vec()].concat();
    for _ in 0..9 {
        far.write_all(&one).await.unwrap();
    }
    assert!(matches!(failure(&mut client).await, WireError::TooLong { what: Cap::Queue, .. }));
    assert!(incoming.bytes() <= limits::MAX_QUEUED + 9_000_000);
}

#[tokio::test]
async fn large_pieces_stream_in_order() {
    let body: Vec<u8> = (0..300_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let head = b"* 7 FETCH (UID 9 BODY[2]<0> {300000}\r\n";
    let rest = b" BODY[1] \"small\")\r\n* 8 EXISTS\r\nA0001 OK done\r\n";
    let (mut client, incoming, _far) = session(&[&head[..], &body, rest].concat()).await;
    incoming.set_stream_from(Some(1000));
    let (woken, events) = exec(&mut client, &incoming).await;
    assert!(woken >= 1);
    assert_eq!(word(&events[0]), "literal 2 300000");
    let chunks: Vec<&[u8]> =
        events.iter().filter_map(|e| if let Event::Chunk(b) = e { Some(&b[..]) } else { None }).collect();
    assert!(chunks.iter().all(|c| c.len() <= limits::INPUT));
    assert_eq!(chunks.concat(), body);
    let last: Vec<_> = events[events.len() - 3..].iter().map(word).collect();
    assert_eq!(last, ["fetch 7", "exists 8", "A0001 Ok done"]);
    let Event::Received(received) = &events[events.len() - 3] else { panic!() };
    let Response::Fetch(data) = &received.response else { panic!() };
    assert_eq!(data.sections[0].value, SectionValue::Streamed(300_000));
    assert_eq!(data.sections[1].value, SectionValue::Bytes(b"small".to_vec()));
    assert!(data.defects.is_empty());
}

#[tokio::test]
async fn a_streamed_literal_needs_no_memory_and_can_be_thrown_away() {
    let (mut client, incoming, mut far) = session(b"* 7 FETCH (BODY[] {40000000}\r\n").await;
    incoming.set_stream_from(Some(0));
    let server = tokio::spawn(async move {
        for _ in 0..40 {
            far.write_all(&vec![b'x'; 1_000_000]).await.unwrap();
        }
        far.write_all(b")\r\nA0001 OK done\r\n* 1 FETCH (BODY[] {1}\r\ny)\r\nA0002 OK\r\n").await.unwrap();
        far
    });
    let mut taken = 0;
    while taken < 1_000_000 {
        client.read_response().await.unwrap().unwrap();
        assert!(incoming.bytes() < limits::WAKE_BYTES + 2 * limits::INPUT);
        taken +=
            incoming.take().iter().map(|e| if let Event::Chunk(b) = e { b.len() } else { 0 }).sum::<usize>();
    }
    incoming.skip_literals();
    let (woken, events) = exec(&mut client, &incoming).await;
    assert_eq!(woken, 0);
    assert_eq!(events.iter().map(word).collect::<Vec<_>>(), ["fetch 7", "A0001 Ok done"]);
    let (_, events) = exec(&mut client, &incoming).await;
    assert_eq!(word(&events[1]), "chunk 1");
    drop(server.await.unwrap());
}

#[tokio::test]
async fn bytes_behind_the_ok_of_starttls_are_found() {
    let cases: [(&[u8], usize); 3] = [(b"", 0), (b"* CAPABILITY EVIL\r\n", 19), (b"A0002 OK", 8)];
    for (injected, bytes) in cases {
        let (mut client, incoming, _far) = connect(&[b"* OK\r\nA0001 OK go\r\n", injected].concat()).await;
        client.read_response().await.unwrap().unwrap();
        exec(&mut client, &incoming).await;
        let wire = client.into_inner();
        assert_eq!(wire.bytes_behind(), bytes);
        let expected = (bytes > 0).then_some(WireError::Injected { bytes });
        assert_eq!(wire.into_inner().err(), expected);
    }
}

#[tokio::test]
async fn passing_through_starts_right_behind_the_tagged_end() {
    let (mut client, incoming, far) = session(b"A0001 OK compress\r\n\x00raw\n\r\n").await;
    exec(&mut client, &incoming).await;
    let mut wire = client.into_inner();
    wire.pass_through();
    drop(far);
    let mut raw = [0; 7];
    wire.read_exact(&mut raw).await.unwrap();
    assert_eq!(&raw, b"\x00raw\n\r\n");
    let error = wire.read(&mut raw).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn hostile_data_costs_a_defect_and_not_the_connection() {
    let deep = format!("* 1 FETCH (BODYSTRUCTURE {}{})\n", "(".repeat(10_000), ")".repeat(10_000));
    let script: Vec<u8> = [
        b"* OK [ALERT]\xfcber\r\n".to_vec(),
        b"* 1 FETCH (INTERNALDATE NIL)\r\n".to_vec(),
        deep.into_bytes(),
        b"* OK nul\0nul\n\n\r\n* 2 EXISTS\n".to_vec(),
        b"\0\0\0\r\n".to_vec(),
        b"* NAMESPACE ((((\r\n".to_vec(),
        b"B99 OK not mine?\r\n".to_vec(),
        b"+ [junk]\xff\r\n".to_vec(),
        b"A0001 OK [COPYUID x]\xff[\0]\r\n".to_vec(),
    ]
    .concat();
    let (mut client, incoming, _far) = session(&script).await;
    let mut events = Vec::new();
    loop {
        client.read_response().await.unwrap().unwrap();
        events.extend(incoming.take());
        if events.last().is_some_and(|e| word(e).starts_with("A0001")) {
            break;
        }
    }
    let found = |defect: Defect| {
        events.iter().any(|e| if let Event::Received(r) = e { r.defects().contains(&defect) } else { false })
    };
    assert!(found(Defect::TooDeep) && found(Defect::NotAResponse) && found(Defect::BadValue("INTERNALDATE")));
    assert_eq!(events.len(), 10);
}

#[tokio::test]
async fn bytes_are_counted() {
    let (near, mut far) = tokio::io::duplex(1000);
    let metered = Metered::new(near);
    let below = metered.meter();
    let (mut wire, _) = Wire::new(metered);
    let meter = wire.meter();
    far.write_all(b"* OK hi\r\n").await.unwrap();
    wire.write_all(b"A1 ").await.unwrap();
    wire.write_all(b"NOOP\r\n").await.unwrap();
    assert_eq!(below.bytes_out(), 0, "one command is one record of TLS");
    wire.flush().await.unwrap();
    wire.read_buf(&mut Vec::with_capacity(100)).await.unwrap();
    for m in [meter, below] {
        assert_eq!((m.bytes_in(), m.bytes_out()), (9, 9));
    }
}
