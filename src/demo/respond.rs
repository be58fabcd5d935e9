//! Writes the pieces of responses: strings, ENVELOPE, BODYSTRUCTURE. No I/O.

use super::content::Content;
use super::structure::{Node, bytes_of, field};

/// Longest text that goes out in quotes; longer ones become literals.
const MAX_QUOTED: usize = 900;

/// `string`: quoted where that is allowed, else a literal.
pub(crate) fn string(out: &mut Vec<u8>, value: &[u8]) {
    let quotable = value.len() <= MAX_QUOTED && value.iter().all(|b| (b' '..=b'~').contains(b));
    if quotable {
        out.push(b'"');
        for byte in value {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.push(b'"');
    } else {
        literal(out, value);
    }
}

/// `{n}` and the bytes.
pub(crate) fn literal(out: &mut Vec<u8>, value: &[u8]) {
    out.extend_from_slice(format!("{{{}}}\r\n", value.len()).as_bytes());
    out.extend_from_slice(value);
}

/// `nstring` of a text from a header, byte by byte as the mail has it.
fn nstring(out: &mut Vec<u8>, value: Option<&str>) {
    match value {
        Some(text) => string(out, &bytes_of(text)),
        None => out.extend_from_slice(b"NIL"),
    }
}

/// A mailbox name in modified UTF-7, as an atom where it can be one.
pub(crate) fn mailbox(out: &mut Vec<u8>, name: &str) {
    let wire = super::names::encode(name);
    let atom = !wire.is_empty()
        && !wire.eq_ignore_ascii_case("NIL")
        && wire.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._&+,-".contains(&b));
    if atom { out.extend_from_slice(wire.as_bytes()) } else { string(out, wire.as_bytes()) }
}

/// A set of numbers in ascending order, such as `1:3,7`; empty for none.
pub(crate) fn compact(numbers: &[u32]) -> String {
    let mut out = String::new();
    let mut numbers = numbers.iter().copied().peekable();
    while let Some(low) = numbers.next() {
        let mut high = low;
        while let Some(next) = numbers.next_if(|next| *next == high.wrapping_add(1)) {
            high = next;
        }
        let comma = if out.is_empty() { "" } else { "," };
        let piece = if low == high { format!("{comma}{low}") } else { format!("{comma}{low}:{high}") };
        out.push_str(&piece);
    }
    out
}

/// ENVELOPE of a header (RFC 9051 section 7.5.2).
pub(crate) fn envelope(out: &mut Vec<u8>, header: &[u8]) {
    out.push(b'(');
    nstring(out, field(header, "date").as_deref());
    out.push(b' ');
    nstring(out, field(header, "subject").as_deref());
    let from = field(header, "from");
    for name in ["from", "sender", "reply-to", "to", "cc", "bcc"] {
        out.push(b' ');
        let mut value = field(header, name);
        if matches!(name, "sender" | "reply-to") {
            // Both stand for the author where they are missing.
            value = value.or_else(|| from.clone());
        }
        addresses(out, value.as_deref());
    }
    for name in ["in-reply-to", "message-id"] {
        out.push(b' ');
        nstring(out, field(header, name).as_deref());
    }
    out.push(b')');
}

fn addresses(out: &mut Vec<u8>, value: Option<&str>) {
    let list = value.map(parse_addresses).unwrap_or_default();
    if list.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for address in &list {
        out.push(b'(');
        nstring(out, address.name.as_deref());
        out.extend_from_slice(b" NIL ");
        nstring(out, address.mailbox.as_deref());
        out.push(b' ');
        nstring(out, address.host.as_deref());
        out.push(b')');
    }
    out.push(b')');
}

/// One entry of an address list; groups open with a mailbox and no host and close with neither.
#[derive(Debug, Default, PartialEq, Eq)]
struct WireAddress {
    name: Option<String>,
    mailbox: Option<String>,
    host: Option<String>,
}

fn parse_addresses(text: &str) -> Vec<WireAddress> {
    let mut list = Vec::new();
    let mut current = String::new();
    let (mut quoted, mut escaped, mut angle, mut comment) = (false, false, false, 0_u32);
    for c in text.chars() {
        let free = !quoted && !angle && comment == 0;
        match c {
            '"' if !escaped && comment == 0 => quoted = !quoted,
            '(' if !quoted => comment += 1,
            ')' if !quoted => comment = comment.saturating_sub(1),
            '<' if !quoted && comment == 0 => angle = true,
            '>' if !quoted => angle = false,
            ':' if free => {
                let mailbox = Some(std::mem::take(&mut current).trim().to_owned());
                list.push(WireAddress { mailbox, ..WireAddress::default() });
                continue;
            }
            ',' | ';' if free => {
                list.extend(parse_address(&std::mem::take(&mut current)));
                if c == ';' {
                    list.push(WireAddress::default());
                }
                continue;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        current.push(c);
    }
    list.extend(parse_address(&current));
    list
}

fn parse_address(text: &str) -> Option<WireAddress> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let (name, spec) = match text.rsplit_once('<') {
        Some((name, spec)) => (name.trim(), spec.split('>').next().unwrap_or_default()),
        None => match text.split_once('(') {
            Some((spec, comment)) => (comment.trim_end_matches(')'), spec.trim()),
            None => ("", text),
        },
    };
    let name = name.trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
    let (mailbox, host) = spec.rsplit_once('@').unwrap_or((spec, ""));
    Some(WireAddress {
        name: (!name.is_empty()).then_some(name),
        mailbox: Some(mailbox.to_owned()),
        host: Some(host.to_owned()),
    })
}

/// BODYSTRUCTURE, or BODY without `extended` (RFC 9051 section 7.5.2).
pub(crate) fn body_structure(out: &mut Vec<u8>, content: &Content, extended: bool) {
    node(out, &content.tree(), content.body(), extended);
}

fn node(out: &mut Vec<u8>, part: &Node, all: &[u8], extended: bool) {
    out.push(b'(');
    if part.kind == "multipart" && !part.children.is_empty() {
        for child in &part.children {
            node(out, child, all, extended);
        }
        out.push(b' ');
        nstring(out, Some(&part.subtype));
        if extended {
            out.push(b' ');
            parameters(out, &part.parameters);
            tail(out, part);
        }
    } else {
        leaf(out, part, all, extended);
    }
    out.push(b')');
}

fn leaf(out: &mut Vec<u8>, part: &Node, all: &[u8], extended: bool) {
    // A multipart in which no part was found is shown as text, as real servers do.
    let (kind, subtype) = if part.kind == "multipart" {
        ("text", "plain")
    } else {
        (part.kind.as_str(), part.subtype.as_str())
    };
    nstring(out, Some(kind));
    out.push(b' ');
    nstring(out, Some(subtype));
    out.push(b' ');
    parameters(out, &part.parameters);
    for value in [&part.id, &part.description] {
        out.push(b' ');
        nstring(out, value.as_deref());
    }
    out.push(b' ');
    nstring(out, Some(&part.encoding));
    out.extend_from_slice(format!(" {}", part.body.len()).as_bytes());
    match part.children.as_slice() {
        [inner] if part.is_message() => {
            out.push(b' ');
            let header = inner.header.clone().and_then(|place| all.get(place)).unwrap_or_default();
            envelope(out, header);
            out.push(b' ');
            node(out, inner, all, extended);
            out.extend_from_slice(format!(" {}", part.lines).as_bytes());
        }
        _ if kind == "text" => out.extend_from_slice(format!(" {}", part.lines).as_bytes()),
        _ => {}
    }
    if extended {
        out.push(b' ');
        nstring(out, part.md5.as_deref());
        tail(out, part);
    }
}

/// Disposition, language, location.
fn tail(out: &mut Vec<u8>, part: &Node) {
    out.push(b' ');
    match &part.disposition {
        Some((kind, values)) => {
            out.push(b'(');
            string(out, &bytes_of(kind));
            out.push(b' ');
            parameters(out, values);
            out.push(b')');
        }
        None => out.extend_from_slice(b"NIL"),
    }
    for value in [&part.language, &part.location] {
        out.push(b' ');
        nstring(out, value.as_deref());
    }
}

fn parameters(out: &mut Vec<u8>, list: &[(String, String)]) {
    if list.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for (i, (name, value)) in list.iter().enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        string(out, &bytes_of(name));
        out.push(b' ');
        string(out, &bytes_of(value));
    }
    out.push(b')');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn strings_are_quoted_only_where_that_is_legal() {
        assert_eq!(text(|out| string(out, b"a \"b\" \\")), r#""a \"b\" \\""#);
        assert_eq!(text(|out| string(out, "ü".as_bytes())), "{2}\r\nü");
        assert_eq!(text(|out| mailbox(out, "Entwürfe")), "Entw&APw-rfe");
        assert_eq!(text(|out| mailbox(out, "a b")), "\"a b\"");
    }

    #[test]
    fn sets_are_compact() {
        assert_eq!(compact(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(compact(&[]), "");
    }

    #[test]
    fn envelopes_hold_names_groups_and_comments() {
        let header = b"From: \"Doe, Jane\" <jane@example.org>\r\nTo: Team: a@example.org, b@example.net;,\r\n c@example.com (Carl)\r\nSubject: a\r\n b\r\n\r\n";
        assert_eq!(
            text(|out| envelope(out, header)),
            "(NIL \"a b\" ((\"Doe, Jane\" NIL \"jane\" \"example.org\")) ((\"Doe, Jane\" NIL \"jane\" \"example.org\")) ((\"Doe, Jane\" NIL \"jane\" \"example.org\")) ((NIL NIL \"Team\" NIL)(NIL NIL \"a\" \"example.org\")(NIL NIL \"b\" \"example.net\")(NIL NIL NIL NIL)(\"Carl\" NIL \"c\" \"example.com\")) NIL NIL NIL NIL)"
        );
    }

    #[test]
    fn structure_of_a_mail_with_an_attachment() {
        let mail = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhi\r\n--x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nAAAA\r\n--x--\r\n";
        assert_eq!(
            text(|out| body_structure(out, &Content::new(mail.to_vec()), true)),
            "((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7BIT\" 2 0 NIL NIL NIL NIL)(\"image\" \"png\" (\"name\" \"a.png\") NIL NIL \"BASE64\" 4 NIL (\"attachment\" (\"filename\" \"a.png\")) NIL NIL) \"mixed\" (\"boundary\" \"x\") NIL NIL NIL)"
        );
    }
}
