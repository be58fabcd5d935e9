//! A small reader of MIME structure for FETCH (RFC 2045, RFC 2046). No I/O.
//!
//! Written apart from the client's MIME code on purpose, so that a common mistake cannot hide.

use super::content::header_end;
use std::ops::Range;

/// Nesting that is still taken apart; deeper parts stay whole.
const MAX_DEPTH: u32 = 60;

/// One part. Places count from the start of the message's body.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where its header is; `None` for the message itself, whose header is kept apart.
    pub(crate) header: Option<Range<usize>>,
    pub(crate) body: Range<usize>,
    pub(crate) kind: String,
    pub(crate) subtype: String,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) encoding: String,
    pub(crate) id: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) disposition: Option<(String, Vec<(String, String)>)>,
    pub(crate) language: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) md5: Option<String>,
    /// Lines of the body, as BODYSTRUCTURE counts them for text.
    pub(crate) lines: usize,
    /// Parts of a multipart, or the one message inside a `message/rfc822`.
    pub(crate) children: Vec<Self>,
}

impl Node {
    /// Reads a whole message.
    pub(crate) fn read(header: &[u8], body: &[u8]) -> Self {
        Self::part(header, None, body, 0..body.len(), ("text", "plain"), 0)
    }

    fn part(
        header: &[u8],
        header_place: Option<Range<usize>>,
        all: &[u8],
        place: Range<usize>,
        default: (&str, &str),
        depth: u32,
    ) -> Self {
        let content_type = field(header, "content-type");
        let (value, parameters) = content_type.as_deref().map_or_else(Default::default, parameterized);
        let (kind, subtype) = value.split_once('/').unwrap_or(default);
        let bytes = all.get(place.clone()).unwrap_or_default();
        let mut node = Self {
            header: header_place,
            body: place,
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            parameters,
            encoding: field(header, "content-transfer-encoding")
                .unwrap_or_else(|| "7BIT".to_owned())
                .to_ascii_uppercase(),
            id: field(header, "content-id"),
            description: field(header, "content-description"),
            disposition: field(header, "content-disposition").as_deref().map(parameterized),
            language: field(header, "content-language"),
            location: field(header, "content-location"),
            md5: field(header, "content-md5"),
            lines: memchr::memchr_iter(b'\n', bytes).count(),
            children: Vec::new(),
        };
        if content_type.is_none() && node.parameters.is_empty() && node.kind == "text" {
            node.parameters.push(("charset".to_owned(), "us-ascii".to_owned()));
        }
        if depth < MAX_DEPTH {
            node.read_children(all, depth);
        }
        node
    }

    fn read_children(&mut self, all: &[u8], depth: u32) {
        let opaque = matches!(self.encoding.as_str(), "BASE64" | "QUOTED-PRINTABLE");
        if self.kind == "multipart" {
            let default = if self.subtype == "digest" { ("message", "rfc822") } else { ("text", "plain") };
            let Some(boundary) = self.parameter("boundary").map(str::to_owned) else { return };
            for place in split(all, self.body.clone(), &boundary) {
                let (header, body) = divide(all, place);
                let header_bytes = all.get(header.clone()).unwrap_or_default();
                self.children.push(Self::part(header_bytes, Some(header), all, body, default, depth + 1));
            }
        } else if self.is_message() && !opaque {
            let (header, body) = divide(all, self.body.clone());
            let header_bytes = all.get(header.clone()).unwrap_or_default();
            let text = ("text", "plain");
            self.children.push(Self::part(header_bytes, Some(header), all, body, text, depth + 1));
        }
    }

    pub(crate) fn is_message(&self) -> bool {
        self.kind == "message" && matches!(self.subtype.as_str(), "rfc822" | "global")
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The part at a path (RFC 9051 section 6.4.5.1); the empty path is the message itself.
    pub(crate) fn at(&self, path: &[u32]) -> Option<&Self> {
        let mut node = self;
        for (depth, number) in path.iter().enumerate() {
            // A message inside a message is stepped over: its parts are numbered below the outer part.
            let holder = match node.children.as_slice() {
                [inner] if depth > 0 && node.is_message() => inner,
                _ => node,
            };
            node = if holder.kind == "multipart" {
                holder.children.get(usize::try_from(number.checked_sub(1)?).ok()?)?
            } else if *number == 1 && (depth == 0 || node.is_message()) {
                holder
            } else {
                return None;
            };
        }
        Some(node)
    }
}

/// Divides header and body; the header keeps its empty line.
fn divide(all: &[u8], place: Range<usize>) -> (Range<usize>, Range<usize>) {
    let middle = place.start + header_end(all.get(place.clone()).unwrap_or_default());
    (place.start..middle, middle..place.end)
}

/// Places of the parts between boundary lines.
fn split(all: &[u8], place: Range<usize>, boundary: &str) -> Vec<Range<usize>> {
    let delimiter = format!("--{boundary}");
    let bytes = all.get(place.clone()).unwrap_or_default();
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut line_start = 0;
    while line_start < bytes.len() {
        let rest = bytes.get(line_start..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default().trim_ascii_end();
        let tail = line.strip_prefix(delimiter.as_bytes());
        if let Some(tail) = tail.filter(|tail| tail.is_empty() || *tail == b"--") {
            if let Some(start) = open.take() {
                parts.push(place.start + start..place.start + line_start.saturating_sub(2).max(start));
            }
            if tail == b"--" {
                return parts;
            }
            open = Some(line_start + length);
        }
        line_start += length;
    }
    // A multipart without its closing line still shows its last part.
    if let Some(start) = open {
        parts.push(place.start + start.min(bytes.len())..place.end);
    }
    parts
}

/// Fields of a header: name and place of the whole field with its line ends.
pub(crate) fn fields(header: &[u8]) -> Vec<(String, Range<usize>)> {
    let mut fields: Vec<(String, Range<usize>)> = Vec::new();
    let mut start = 0;
    while start < header.len() {
        let rest = header.get(start..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = rest.get(..length).unwrap_or_default();
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, place)) = fields.last_mut() {
                place.end = start + length;
            }
        } else if let Some(colon) = memchr::memchr(b':', line) {
            let name = String::from_utf8_lossy(line.get(..colon).unwrap_or_default());
            fields.push((name.trim_end().to_ascii_lowercase(), start..start + length));
        }
        start += length;
    }
    fields
}

/// Value of the first field of that name, unfolded and trimmed. `name` is in lower case.
///
/// Each byte becomes the character of its number, so that mails with raw 8-bit headers pass through as
/// they are: [`bytes_of`] turns the text back.
pub(crate) fn field(header: &[u8], name: &str) -> Option<String> {
    let (_, place) = fields(header).into_iter().find(|(n, _)| n == name)?;
    let raw = header.get(place)?;
    let colon = memchr::memchr(b':', raw)?;
    let line_end = |b: &u8| !matches!(b, b'\r' | b'\n');
    let value: String = raw.get(colon + 1..)?.iter().copied().filter(line_end).map(char::from).collect();
    Some(value.trim_matches([' ', '\t']).to_owned())
}

/// The bytes behind a text of [`field`].
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// `value; name=word; name="quoted"`: the value and its parameters, names in lower case.
pub(crate) fn parameterized(text: &str) -> (String, Vec<(String, String)>) {
    let mut pieces = pieces(text).into_iter();
    let value = pieces.next().unwrap_or_default().trim().to_owned();
    let parameters = pieces.filter_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        let value = value.trim();
        let value = match value.strip_prefix('"') {
            Some(inner) => unquote(inner.strip_suffix('"').unwrap_or(inner)),
            None => value.to_owned(),
        };
        Some((name.trim().to_ascii_lowercase(), value))
    });
    (value, parameters.collect())
}

/// Splits at semicolons outside quotes.
fn pieces(text: &str) -> Vec<String> {
    let (mut pieces, mut current) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            ';' if !quoted => {
                pieces.push(std::mem::take(&mut current));
                continue;
            }
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        current.push(c);
    }
    pieces.push(current);
    pieces
}

fn unquote(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "Content-Type: multipart/mixed; boundary=\"a;b\"\r\n\r\npreamble\r\n--a;b\r\n\r\nfirst\r\n--a;b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\nContent-Type: text/html\r\n\r\n<p>\r\n--in--\r\n--a;b\r\nContent-Type: message/rfc822\r\n\r\nSubject: plain\r\n\r\nhi\r\n--a;b--\r\n";

    #[test]
    fn parts_are_found_by_path() {
        let end = header_end(MAIL.as_bytes());
        let (header, body) = MAIL.as_bytes().split_at(end);
        let root = Node::read(header, body);
        let text = |path: &[u32]| {
            root.at(path).map(|node| String::from_utf8_lossy(&body[node.body.clone()]).into_owned())
        };
        assert_eq!(text(&[1]).as_deref(), Some("first"));
        assert_eq!(text(&[2, 1]).as_deref(), Some("<p>"));
        assert_eq!(text(&[3, 1]).as_deref(), Some("hi"));
        assert_eq!(text(&[3]).as_deref(), Some("Subject: plain\r\n\r\nhi"));
        for missing in [[4, 1], [1, 1], [2, 2], [0, 1]] {
            assert_eq!(text(&missing), None, "{missing:?}");
        }
    }

    #[test]
    fn a_message_without_parts_is_its_own_first_part() {
        let root = Node::read(b"\r\n", b"hello\r\n");
        assert_eq!(root.at(&[1]).map(|n| n.body.clone()), Some(0..7));
        assert!(root.at(&[2]).is_none() && root.at(&[1, 1]).is_none());
        assert_eq!(
            (root.kind.as_str(), root.parameter("charset"), root.lines),
            ("text", Some("us-ascii"), 1)
        );
    }

    #[test]
    fn hostile_nesting_stops() {
        let mut mail = String::new();
        for n in 0..5000 {
            mail.push_str(&format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"));
        }
        let root = Node::read(b"Content-Type: message/rfc822\r\n\r\n", mail.as_bytes());
        assert_eq!(root.children.len(), 1);
    }
}
