//! What a whole message says about itself when it comes in. Pure: no network, no store.

use super::text::snippet_of;
use crate::mime;
use crate::model::{BodyStructure, MessageId, PartPath};
use crate::store::{BodyFacts, NewBody, PackedBody, Piece};

/// Whole messages up to this size are looked into; of larger ones parts are fetched one by one when the user
/// wants them, as memory is not to hold them.
pub(super) const MAX_READ: u64 = 64 * 1024 * 1024;

/// A message with what its bytes say.
#[derive(Debug, Default)]
pub(super) struct Reading {
    places: Vec<(PartPath, Piece)>,
    structure: Option<(BodyStructure, u32)>,
    snippet: Option<String>,
}

impl Reading {
    /// Reads the bytes of a message of which `known` is known.
    pub(super) fn of(raw: &[u8], known: &BodyFacts) -> Self {
        let parsed = mime::message::parse(raw);
        let mut places: Vec<(PartPath, Piece)> = Vec::new();
        for (part, place) in parsed.structure.parts.iter().zip(&parsed.places) {
            // The multipart inside of an attached message has the path of that message, which comes first.
            if part.path.depth() > 0 && !places.iter().any(|(path, _)| *path == part.path) {
                let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
                let piece = Piece { start: number(place.body.start), length: number(place.body.len()) };
                places.push((part.path.clone(), piece));
            }
        }
        let snippet = if known.has_snippet { None } else { snippet(raw, &parsed) };
        let fits = known.structure.as_ref().is_some_and(|told| fits(told, &parsed.structure));
        let structure = (!fits).then(|| {
            let attachments = mime::structure::attachment_count(&parsed.structure);
            (parsed.structure, u32::try_from(attachments).unwrap_or(u32::MAX))
        });
        Self { places, structure, snippet }
    }

    /// With the bytes themselves, for the store.
    pub(super) fn with(self, message: MessageId, bytes: PackedBody) -> NewBody {
        NewBody { message, bytes, places: self.places, structure: self.structure, snippet: self.snippet }
    }
}

/// Whether these are surely the bytes of another message than the one that is known: some servers give UIDs a second time.
pub(super) fn is_of_another(raw: &[u8], known: &BodyFacts) -> bool {
    let Some(id) = &known.message_id else { return false };
    let ends = [&b"\r\n\r\n"[..], b"\n\n"].map(|blank| memchr::memmem::find(raw, blank));
    let end = ends.into_iter().flatten().min().unwrap_or(raw.len());
    let header = raw.get(..end).unwrap_or(raw);
    mime::header::parse_envelope(header).message_id.is_some_and(|own| own != *id)
}

/// Whether what the server told names the parts that are there. If not, the bytes count: what is shown from them
/// must be found in them.
fn fits(told: &BodyStructure, found: &BodyStructure) -> bool {
    told.parts.iter().all(|part| {
        found.part(&part.path).is_some_and(|own| {
            own.media_type == part.media_type && own.encoding == part.encoding
                || part.media_type.is_multipart()
        })
    })
}

fn snippet(raw: &[u8], parsed: &mime::message::ParsedMessage) -> Option<String> {
    let choice = mime::structure::choose_text(&parsed.structure);
    // Some senders put an empty plain text beside their HTML.
    choice.plain.into_iter().chain(choice.html).find_map(|path| {
        let (part, bytes) = parsed.part(raw, &path)?;
        snippet_of(part, bytes.get(..BEGINNING).unwrap_or(bytes))
    })
}

/// Bytes of a text that are enough for one line of it, also behind a quotation or some HTML.
const BEGINNING: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nHello you\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: y\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n\
        --c\r\n\r\ninner\r\n--c--\r\n\r\n--b--\r\n";

    fn nothing() -> BodyFacts {
        BodyFacts { structure: None, has_snippet: false, message_id: None }
    }

    #[test]
    fn every_part_is_found_again_in_the_bytes() {
        let reading = Reading::of(MAIL, &nothing());
        let cut = |path: &str| {
            let path: PartPath = path.parse().unwrap();
            let (_, piece) = reading.places.iter().find(|(p, _)| *p == path).unwrap();
            let start = usize::try_from(piece.start).unwrap();
            std::str::from_utf8(&MAIL[start..start + usize::try_from(piece.length).unwrap()]).unwrap()
        };
        assert_eq!(cut("1"), "Hello you");
        assert_eq!(cut("2.1"), "inner");
        assert!(cut("2").starts_with("Subject: y"), "the attached message, not the multipart in it");
        assert_eq!(reading.snippet.as_deref(), Some("Hello you"));
        assert!(reading.structure.is_some(), "none was known");
    }

    #[test]
    fn what_the_server_told_stays_if_it_is_right() {
        let told = Reading::of(MAIL, &nothing()).structure.unwrap().0;
        let known = BodyFacts { structure: Some(told.clone()), has_snippet: true, message_id: None };
        let reading = Reading::of(MAIL, &known);
        assert_eq!((&reading.structure, &reading.snippet), (&None, &None));
        let mut wrong = told;
        wrong.parts.last_mut().unwrap().path = "7".parse().unwrap();
        let known = BodyFacts { structure: Some(wrong), has_snippet: true, message_id: None };
        assert!(Reading::of(MAIL, &known).structure.is_some());
    }

    #[test]
    fn junk_has_a_place_too() {
        for raw in [&b""[..], b"\0\xff", b"no header at all"] {
            let reading = Reading::of(raw, &nothing());
            assert!(reading.structure.is_some(), "{raw:?}");
        }
    }
}
