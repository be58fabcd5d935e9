//! Replays transcripts of real servers through wire, async-imap and parser: nothing may be lost.

use crate::corpora;
use async_imap::imap_proto;
use postrider::imap::response::{Defect, Received, Response, parse};
use postrider::imap::wire::{Caps, Event, Wake, Wire, WireError};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A server that sends its script in pieces of random size and takes what is sent.
#[derive(Debug)]
struct Server {
    script: Vec<u8>,
    at: usize,
    seed: u64,
}

impl AsyncRead for Server {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = [1, 3, 17, 4096][usize::try_from(self.seed >> 62).unwrap()];
        let n = size.min(self.script.len() - self.at).min(buf.remaining());
        buf.put_slice(&self.script[self.at..self.at + n]);
        self.at += n;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Server {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Last line of each replay: as long as it arrives, the connection was not lost.
const END: &[u8] = b"Z9999 OK end of transcript\r\n";

/// All responses and the number of streamed bytes; `None` if the connection was lost.
async fn replay(script: &[u8], seed: u64, stream_from: Option<u64>) -> Option<(Vec<Received>, usize)> {
    let (wire, incoming) = Wire::new(Server { script: script.to_vec(), at: 0, seed });
    incoming.set_caps(Caps::SESSION);
    incoming.set_wake(Wake::Batch);
    incoming.set_stream_from(stream_from);
    let mut client = async_imap::Client::new(wire);
    let (mut all, mut streamed) = (Vec::new(), 0);
    loop {
        let response = match client.read_response().await {
            Ok(response) => response?,
            Err(error) => {
                assert!(WireError::from_io(&error).is_some(), "{error}");
                return None;
            }
        };
        for event in incoming.take() {
            match event {
                Event::Received(received) => all.push(received),
                Event::Literal(_) => {}
                Event::Chunk(bytes) => streamed += bytes.len(),
            }
        }
        if let imap_proto::Response::Done { tag, .. } = response.parsed()
            && tag.0 == "Z9999"
        {
            return Some((all, streamed));
        }
    }
}

/// The name of the variant.
fn kind(response: &Response) -> String {
    let text = format!("{response:?}");
    text.split(['(', ' ', '{']).next().unwrap().to_owned()
}

#[tokio::test]
async fn transcripts_of_real_servers_replay_without_loss() {
    let files = corpora::transcripts();
    let (mut kinds, mut odd) = (BTreeMap::<String, usize>::new(), Vec::new());
    let (mut responses, mut streamed_bytes) = (0, 0);
    for (number, path) in files.iter().enumerate() {
        let seed = u64::try_from(number).unwrap() + 1;
        let text = corpora::wire_bytes(path);
        let name = path.file_name().unwrap().to_string_lossy();
        let greets = name.contains("greeting");
        let script = [if greets { &b""[..] } else { b"* OK hello\r\n" }, &text, b"\r\n", END].concat();
        if !name.ends_with(".txt") {
            // Messages, not transcripts: garbage between two responses.
            let _ = replay(&script, seed, None).await;
            continue;
        }
        let Some((all, none)) = replay(&script, seed, None).await else {
            panic!("{}: connection lost", path.display());
        };
        assert_eq!(none, 0);
        let (streaming, streamed) = replay(&script, seed * 31, Some(16)).await.unwrap();
        assert_eq!(streaming.len(), all.len(), "{}", path.display());
        streamed_bytes += streamed;
        responses += all.len() - 1 - usize::from(!greets);
        for received in &all {
            *kinds.entry(kind(&received.response)).or_default() += 1;
            let broken = matches!(received.response, Response::Unknown(_)) && received.defects.is_empty();
            if broken || !received.defects().is_empty() {
                odd.push((path.display().to_string(), received.defects().to_vec()));
            }
        }
    }
    println!("{} files, {responses} responses, {streamed_bytes} bytes streamed: {kinds:?}", files.len());
    println!("{} with defects: {odd:#?}", odd.len());
    if corpora::folder("mailkit-transcripts/imap").is_none() {
        println!("skipped: the transcripts of MailKit are not here (POSTRIDER_CORPORA)");
        return;
    }
    assert!(responses > 1000, "{responses}");
    let odd_files: BTreeSet<_> = odd.iter().map(|(file, _)| file).collect();
    assert!(odd_files.len() * 20 < files.len(), "too much is odd: {odd_files:#?}");
    let noted = |file: &str, defect| odd.iter().any(|(f, all)| f.contains(file) && all.contains(&defect));
    assert!(noted("issue115", Defect::NotAResponse), "Exchange's bare [COPYUID ..]");
    assert!(noted("headers.1+unsolicited", Defect::UnbalancedParentheses), "a literal with a wrong length");
}

#[test]
fn every_fetch_of_the_transcripts_has_its_number_and_uid() {
    let mut seen = 0;
    for path in corpora::transcripts() {
        let text = corpora::wire_bytes(&path);
        for line in text.split(|b| *b == b'\n') {
            let Ok(line) = std::str::from_utf8(line) else { continue };
            let line = line.trim_end();
            let Some((number, _)) = line.strip_prefix("* ").and_then(|l| l.split_once(" FETCH (")) else {
                continue;
            };
            if line.ends_with('}') {
                continue;
            }
            let Response::Fetch(data) = parse(format!("{line}\r\n").as_bytes()).response else {
                panic!("{line}")
            };
            assert_eq!(data.seq.to_string(), number, "{line}");
            let uid = data.uid.map(|uid| format!("UID {uid}"));
            assert!(uid.is_none_or(|uid| line.contains(&uid)), "{line}");
            seen += 1;
        }
    }
    println!("{seen} FETCH lines checked");
}
