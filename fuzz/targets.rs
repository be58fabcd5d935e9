//! What the fuzzer checks, one function a target. Run with `cargo fuzz` from this folder's crate, and a bounded
//! number of times on stable Rust by `tests/it/fuzz.rs`.

use postrider::imap::response::{self, Response};
use postrider::imap::utf7;
use postrider::imap::wire::{Caps, Event, Incoming, Wire};
use postrider::imap::{limits, wire::Wake};
use postrider::mime::{display, filename, html_text, message, snippet, structure, text};
use postrider::model::{BodyStructure, PartPath, UidSet};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

/// A target: panics if something does not hold.
pub(crate) type Target = fn(&[u8]);

/// Name and function of each target.
pub(crate) const ALL: &[(&str, Target)] = &[
    ("response", response),
    ("body_structure", body_structure),
    ("utf7", utf7),
    ("uid_set", uid_set),
    ("wire", wire),
    ("mail", mail),
    ("html", html),
];

/// Tokenizer and parser: any bytes give a response within its caps, and the same one again.
pub(crate) fn response(data: &[u8]) {
    let received = response::parse(data);
    assert!(received.defects().len() <= limits::MAX_DEFECTS);
    if let Response::Unknown(raw) = &received.response {
        assert!(raw.len() <= limits::MAX_UNKNOWN);
    }
    check_structure(&received.response);
    assert_eq!(response::parse(data), received);
}

/// BODYSTRUCTURE alone.
pub(crate) fn body_structure(data: &[u8]) {
    let frame = [b"* 1 FETCH (BODYSTRUCTURE ", data, b" UID 5)\r\n"].concat();
    check_structure(&response::parse(&frame).response);
}

fn check_structure(response: &Response) {
    let Response::Fetch(data) = response else { return };
    let Some(structure) = &data.body_structure else { return };
    assert!(structure.parts.len() <= BodyStructure::MAX_PARTS);
    for part in &structure.parts {
        assert!(part.path.depth() <= PartPath::MAX_DEPTH);
        assert_eq!(part.path.to_string().parse(), Ok(part.path.clone()));
        assert_ne!(part.filename.as_deref(), Some(""));
    }
}

/// Modified UTF-7: what decodes has one spelling, and every name survives.
pub(crate) fn utf7(data: &[u8]) {
    if let Some(name) = utf7::decode(data) {
        assert_eq!(utf7::encode(&name), data);
    }
    let name = String::from_utf8_lossy(data);
    assert_eq!(utf7::decode(&utf7::encode(&name)).as_deref(), Some(&*name));
    let _ = utf7::display(data);
}

/// Sets of UIDs: what is read is written the same way again, and cutting loses nothing.
pub(crate) fn uid_set(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Some(set) = UidSet::from_wire(text) else { return };
    assert!(!set.is_empty());
    assert_eq!(UidSet::from_wire(&set.to_string()), Some(set.clone()));
    let chunks = set.chunks(40);
    assert_eq!(chunks.iter().map(UidSet::len).sum::<u64>(), set.len());
    assert!(set.difference(&set).is_empty());
}

/// A whole mail: parts lie inside it, what is shown is harmless, names of attachments stay in their folder.
pub(crate) fn mail(data: &[u8]) {
    let parsed = message::parse(data);
    assert!(parsed.structure.parts.len() <= BodyStructure::MAX_PARTS);
    for (part, place) in parsed.structure.parts.iter().zip(&parsed.places) {
        assert!(part.path.depth() <= PartPath::MAX_DEPTH);
        assert!(data.get(place.header.clone()).is_some() && data.get(place.body.clone()).is_some());
    }
    let people = parsed.envelope.from.iter().chain(&parsed.envelope.to);
    for shown in people.flat_map(|a| [&a.name, &a.email]).chain([&parsed.envelope.subject]) {
        assert!(!shown.chars().any(|c| c.is_control() || display::is_bidi_control(c)), "{shown:?}");
    }
    for part in structure::attachments(&parsed.structure) {
        let name = filename::safe(part.filename.as_deref(), &part.media_type);
        assert!(!name.is_empty() && !name.contains(['/', '\\', '\0']) && name != ".." && name != ".");
    }
    let body = parsed.readable(data);
    check_body(&body);
    assert!(snippet::of_body(&body).chars().count() <= snippet::MAX_SNIPPET);
}

/// HTML as text.
pub(crate) fn html(data: &[u8]) {
    check_body(&html_text::to_text(&String::from_utf8_lossy(data)));
}

fn check_body(body: &text::TextBody) {
    for block in &body.blocks {
        assert!(block.text.len() <= text::MAX_BLOCK);
        assert!(!block.text.contains(|c: char| c.is_control() && c != '\t'));
        assert!(
            block.links.iter().all(|link| block.text.get(link.range.clone()).is_some_and(|t| !t.is_empty()))
        );
        assert!(block.links.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start));
    }
}

/// The adapter: however the bytes are cut on their way, the same events come out.
pub(crate) fn wire(data: &[u8]) {
    let (seed, script) = data.split_first().map_or((0, data), |(seed, rest)| (*seed, rest));
    let whole = run(script, usize::MAX, 0);
    assert_eq!(run(script, usize::from(seed % 7) + 1, seed), whole);
}

/// All events of a session that starts with `script`, and the error it ends with. Chunks are joined, as how they
/// are cut is the only thing that may differ.
fn run(script: &[u8], most: usize, seed: u8) -> (Vec<Event>, String) {
    let source = Source { bytes: script, most, seed: u64::from(seed) + 1 };
    let incoming = Incoming::default();
    incoming.set_caps(Caps::SESSION);
    incoming.set_wake(Wake::Batch);
    incoming.set_stream_from(Some(8));
    let mut wire = Wire::resume(source, incoming.clone());
    let mut events: Vec<Event> = Vec::new();
    let mut buf = Vec::new();
    let error = loop {
        buf.clear();
        let read = futures::executor::block_on(wire.read_buf(&mut buf));
        for event in incoming.take() {
            match (events.last_mut(), event) {
                (Some(Event::Chunk(joined)), Event::Chunk(more)) => joined.extend(more),
                (_, event) => events.push(event),
            }
        }
        match read {
            Ok(n) => {
                assert!(n > 0, "an end of the stream is an error");
                assert!(buf.iter().all(|b| (b' '..0x7f).contains(b) || b"\r\n".contains(b)));
            }
            Err(error) => break error.to_string(),
        }
    };
    (events, error)
}

/// Gives its bytes in pieces of changing size, then ends.
struct Source<'a> {
    bytes: &'a [u8],
    most: usize,
    seed: u64,
}

impl AsyncRead for Source<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wanted = usize::try_from(self.seed >> 33).unwrap_or(0) % self.most.max(1) + 1;
        let wanted = if self.most == usize::MAX { usize::MAX } else { wanted };
        let n = wanted.min(self.bytes.len()).min(buf.remaining());
        let (piece, rest) = self.bytes.split_at(n);
        buf.put_slice(piece);
        self.bytes = rest;
        Poll::Ready(Ok(()))
    }
}
