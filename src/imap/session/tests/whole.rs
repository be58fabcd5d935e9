//! Whole headers and messages.

use super::*;

#[tokio::test]
async fn a_header_comes_whole_or_not_at_all() {
    let section = Section { path: PartPath::root(), text: SectionText::Mime };
    let (mut session_, _fake) = session(
        "",
        [expect("BODY.PEEK[HEADER])"), send("* 1 FETCH (UID 1 BODY[HEADER] {4}\r\na: b)\r\n{tag} OK\r\n")],
    )
    .await;
    let mut got = Vec::new();
    let mut sink = |bytes: &[u8]| {
        got.extend_from_slice(bytes);
        ControlFlow::Break(())
    };
    let done = session_.fetch_part(uid(1), &section, None, &mut sink).await.unwrap();
    assert!(done.found && done.cancelled && got == b"a: b");
    let evil = Section { path: PartPath::root(), text: SectionText::HeaderFields(vec!["a)] x".into()]) };
    let refused = session_.fetch_part(uid(1), &evil, None, &mut |_| ControlFlow::Continue(())).await;
    assert!(matches!(refused, Err(Error::Unsendable { .. })) && session_.is_open());
}

// --- many whole messages ---

/// Fetches sets of messages; what came, and how it ended.
async fn whole(
    session: &mut Session,
    sets: &[&str],
    limit: u64,
) -> (Vec<(u32, Option<String>)>, Result<(), Error>) {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(100);
    let mut sets = sets.iter().map(|set| uids(set)).collect::<std::collections::VecDeque<_>>();
    let result = session.fetch_whole(limit, &mut || sets.pop_front(), &sender).await;
    drop(sender);
    let mut got = Vec::new();
    while let Some(message) = receiver.recv().await {
        got.push((message.uid.get(), message.bytes.map(|b| String::from_utf8(b).unwrap())));
    }
    (got, result)
}

#[tokio::test]
async fn whole_messages_come_while_the_next_command_is_on_its_way() {
    let steps = [
        expect("UID FETCH 1:2 (UID BODY.PEEK[])"),
        expect("UID FETCH 3 (UID BODY.PEEK[])"),
        send(
            "* 1 FETCH (UID 1 BODY[] {5}\r\none\r\n)\r\n* 9 EXISTS\r\n* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n\
             * 2 FETCH (BODY[] \"two\" UID 2)\r\nA0003 OK\r\n",
        ),
        send("* 3 FETCH (UID 3 BODY[] {0}\r\n)\r\n* 7 FETCH (UID 7 BODY[] {1}\r\nx)\r\n{tag} OK\r\n"),
    ];
    let (mut session, _fake) = session("", steps).await;
    let (got, result) = whole(&mut session, &["1:2", "3"], 100).await;
    result.unwrap();
    let text = |t: &str| Some(t.to_owned());
    assert_eq!(got, [(1, text("one\r\n")), (2, text("two")), (3, text(""))]);
    assert!(session.is_open());
    assert!(!session.take_unsolicited().is_empty(), "news are kept");
}

#[tokio::test]
async fn a_message_that_is_too_long_is_told_and_the_others_come() {
    let answer =
        "* 1 FETCH (UID 1 BODY[] {12}\r\n123456789012)\r\n* 2 FETCH (UID 2 BODY[] {2}\r\nok)\r\n{tag} OK\r\n";
    let (mut session, _fake) = session("", [expect("UID FETCH 1:2"), send(answer)]).await;
    let (got, result) = whole(&mut session, &["1:2"], 10).await;
    result.unwrap();
    assert_eq!(got, [(1, None), (2, Some("ok".to_owned()))]);
}

#[tokio::test]
async fn what_came_before_a_break_or_a_refusal_is_kept() {
    let first = "* 1 FETCH (UID 1 BODY[] {3}\r\none)\r\n";
    let cases = [
        (format!("{first}* 2 FETCH (UID 2 BODY[] {{9}}\r\ntw"), false),
        (format!("{first}{{tag}} NO x\r\n"), true),
    ];
    for (text, open) in cases {
        let answer: &'static str = text.leak();
        let (mut session, _fake) = session("", [expect("UID FETCH 1:2"), send(answer)]).await;
        let (got, result) = whole(&mut session, &["1:2"], 100).await;
        assert_eq!(got, [(1, Some("one".to_owned()))]);
        assert!(result.is_err());
        assert_eq!(session.is_open(), open, "{result:?}");
    }
}
