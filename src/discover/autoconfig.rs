//! Reads the settings that a domain or the ISPDB publishes (the config-v1.1 format that Thunderbird introduced). Pure.
//!
//! Tolerant of what does not matter, strict about what does: a server without encryption or with an impossible name is
//! not there.

use super::candidate::{Address, host_name};
use crate::model::{Security, Server};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Largest document that is read; real ones have 2 to 20 KB.
pub(super) const MAX_DOCUMENT: usize = 256 * 1024;
/// Pieces of a document that are looked at.
const MAX_EVENTS: usize = 20_000;
/// Longest text of an element.
const MAX_TEXT: usize = 500;
/// Deepest element that is followed; what we want is at the fourth level.
const MAX_DEPTH: usize = 32;

/// Settings of one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Where.
    pub server: Server,
    /// User name, filled in.
    pub user: String,
    /// Whether it signs people in by OAuth, among others.
    pub oauth: bool,
    /// Whether it takes passwords.
    pub password: bool,
}

/// What a document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Name of the provider for people.
    pub name: String,
    /// The first usable IMAP server; one with TLS from the start goes before one with STARTTLS.
    pub imap: Service,
    /// The same for submission.
    pub smtp: Option<Service>,
}

/// Why a document is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSettings {
    /// It is something else, such as a web page.
    #[error("that is no settings file")]
    Other,
    /// It is larger than any settings file.
    #[error("it is too large for a settings file")]
    TooLarge,
    /// It names no IMAP server with encryption.
    #[error("it names no protected IMAP server")]
    NoServer,
}

/// One `incomingServer` or `outgoingServer` while it is read.
#[derive(Debug, Default)]
struct Draft {
    kind: String,
    host: String,
    port: String,
    socket: String,
    user: String,
    ways: Vec<String>,
}

/// Reads a document for an address.
///
/// # Errors
/// It is of no use: see [`NoSettings`].
pub(super) fn read(document: &[u8], address: &Address) -> Result<Found, NoSettings> {
    if document.len() > MAX_DOCUMENT {
        return Err(NoSettings::TooLarge);
    }
    let text = String::from_utf8_lossy(document);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut path: Vec<String> = Vec::new();
    let mut texts = String::new();
    let (mut name, mut draft) = (String::new(), Draft::default());
    let (mut imap, mut smtp) = (None, None);
    for _ in 0..MAX_EVENTS {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                texts.clear();
                path.push(local_name(&start));
                if path.len() > MAX_DEPTH {
                    return Err(NoSettings::Other);
                }
                if path.first().is_some_and(|root| root != "clientconfig") {
                    return Err(NoSettings::Other);
                }
                if path.len() == 3 {
                    draft = Draft { kind: kind(&start), ..Draft::default() };
                }
            }
            Ok(Event::Text(piece)) => push(&mut texts, &piece.decode().unwrap_or_default()),
            Ok(Event::CData(piece)) => push(&mut texts, &piece.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(reference)) => {
                // Only those that every document has; others are never looked up.
                if let Ok(Some(c)) = reference.resolve_char_ref() {
                    texts.push(c);
                } else if reference.decode().is_ok_and(|name| name == "amp") {
                    texts.push('&');
                }
            }
            Ok(Event::End(_)) => {
                let words: Vec<&str> = path.iter().map(String::as_str).collect();
                match words.as_slice() {
                    ["clientconfig", "emailprovider", "displayname"] => name = texts.trim().to_owned(),
                    ["clientconfig", "emailprovider", server, field] if is_server(server) => {
                        draft.take(field, texts.trim());
                    }
                    ["clientconfig", "emailprovider", server] if is_server(server) => {
                        let made = draft.finish(address);
                        let place = if *server == "incomingserver" { &mut imap } else { &mut smtp };
                        *place = better(place.take(), made);
                    }
                    _ => {}
                }
                path.pop();
                texts.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
        }
    }
    let imap = imap.ok_or(NoSettings::NoServer)?;
    Ok(Found { name: crate::net::text::printable(name.as_bytes(), 60), imap, smtp })
}

/// TLS from the start goes before STARTTLS (RFC 8314 section 3), else what stands first.
fn better(known: Option<Service>, other: Option<Service>) -> Option<Service> {
    match (known, other) {
        (Some(known), Some(other))
            if known.server.security == Security::StartTls && other.server.security == Security::Tls =>
        {
            Some(other)
        }
        (known, other) => known.or(other),
    }
}

fn is_server(name: &str) -> bool {
    matches!(name, "incomingserver" | "outgoingserver")
}

fn push(to: &mut String, piece: &str) {
    if to.len() + piece.len() <= MAX_TEXT {
        to.push_str(piece);
    }
}

fn local_name(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.local_name().as_ref()).to_ascii_lowercase()
}

fn kind(start: &BytesStart<'_>) -> String {
    let mut all = start.attributes();
    let found = all.with_checks(false).flatten().find(|one| one.key.as_ref().eq_ignore_ascii_case(b"type"));
    found.map(|one| String::from_utf8_lossy(&one.value).trim().to_ascii_lowercase()).unwrap_or_default()
}

impl Draft {
    fn take(&mut self, field: &str, text: &str) {
        match field {
            "hostname" => self.host = text.to_owned(),
            "port" => self.port = text.to_owned(),
            "sockettype" => self.socket = text.to_ascii_lowercase(),
            "username" => self.user = text.to_owned(),
            "authentication" => self.ways.push(text.to_ascii_lowercase()),
            _ => {}
        }
    }

    fn finish(&self, address: &Address) -> Option<Service> {
        if self.kind != "imap" && self.kind != "smtp" {
            return None;
        }
        let security = match self.socket.as_str() {
            "ssl" | "tls" => Security::Tls,
            "starttls" => Security::StartTls,
            // Plain connections are not known here.
            _ => return None,
        };
        let host = host_name(&filled(&self.host, address))?;
        let port = self.port.parse().ok().filter(|port| *port != 0)?;
        let user = filled(&self.user, address);
        let user = if user.trim().is_empty() { address.to_string() } else { user.trim().to_owned() };
        if user.chars().any(char::is_control) {
            return None;
        }
        let has = |start: &str| self.ways.iter().any(|way| way.starts_with(start));
        let oauth = has("oauth2");
        let password = has("password") || !oauth;
        Some(Service { server: Server { host, port, security }, user, oauth, password })
    }
}

/// Puts the address into `%EMAILADDRESS%` and the like.
fn filled(text: &str, address: &Address) -> String {
    text.replace("%EMAILADDRESS%", &address.to_string())
        .replace("%EMAILLOCALPART%", address.local())
        .replace("%EMAILDOMAIN%", address.domain())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        "ada@example.org".parse().unwrap()
    }

    fn document(incoming: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY a \"b\">]>\n<clientConfig version=\"1.1\">\
             <emailProvider id=\"example.org\"><domain>example.org</domain><displayName>A &amp; B</displayName>\
             <incomingServer type=\"pop3\"><hostname>pop.example.org</hostname><port>995</port>\
             <socketType>SSL</socketType></incomingServer>{incoming}\
             <outgoingServer type=\"smtp\"><hostname>smtp.example.org</hostname><port>587</port>\
             <socketType>STARTTLS</socketType><username>%EMAILLOCALPART%</username></outgoingServer>\
             </emailProvider></clientConfig>"
        )
    }

    fn imap(host: &str, port: &str, socket: &str) -> String {
        format!(
            "<incomingServer type='imap'><hostname>{host}</hostname><port>{port}</port>\
             <socketType>{socket}</socketType><username>%EMAILADDRESS%</username>\
             <authentication>OAuth2</authentication><authentication>password-cleartext</authentication>\
             </incomingServer>"
        )
    }

    #[test]
    fn the_first_protected_server_counts() {
        let two = imap("old.example.org", "143", "plain") + &imap("imap.%EMAILDOMAIN%", "993", "SSL");
        let found = read(document(&two).as_bytes(), &address()).unwrap();
        assert_eq!(found.name, "A & B");
        let server = Server { host: "imap.example.org".into(), port: 993, security: Security::Tls };
        assert_eq!(
            found.imap,
            Service { server, user: "ada@example.org".into(), oauth: true, password: true }
        );
        assert_eq!(found.smtp.map(|s| (s.user, s.server.security)), Some(("ada".into(), Security::StartTls)));
    }

    #[test]
    fn tls_goes_before_starttls_whatever_stands_first() {
        let two = imap("one.example.org", "143", "STARTTLS") + &imap("two.example.org", "993", "SSL");
        let three = two + &imap("three.example.org", "993", "SSL");
        let found = read(document(&three).as_bytes(), &address()).unwrap();
        assert_eq!((found.imap.server.host.as_str(), found.imap.server.port), ("two.example.org", 993));
    }

    #[test]
    fn hostile_documents_are_of_no_use() {
        let only = |host: &str, port: &str, socket: &str| document(&imap(host, port, socket));
        for (text, why) in [
            ("<html><body>Sign in to the hotel</body></html>".to_owned(), NoSettings::Other),
            (String::new(), NoSettings::NoServer),
            ("not xml < at all".to_owned(), NoSettings::NoServer),
            (only("imap.example.org", "143", "plain"), NoSettings::NoServer),
            (only("127.0.0.1", "993", "SSL"), NoSettings::NoServer),
            (only("localhost", "993", "SSL"), NoSettings::NoServer),
            (only("imap.example.org", "0", "SSL"), NoSettings::NoServer),
            (only("imap.example.org\nX", "993", "SSL"), NoSettings::NoServer),
            ("<clientConfig>".repeat(100), NoSettings::Other),
            ("<clientConfig>".to_owned() + &"<a></a>".repeat(30_000), NoSettings::NoServer),
            (" ".repeat(MAX_DOCUMENT + 1), NoSettings::TooLarge),
        ] {
            assert_eq!(read(text.as_bytes(), &address()), Err(why), "{}", &text[..text.len().min(80)]);
        }
    }

    #[test]
    fn cut_and_broken_documents_do_not_panic() {
        let whole = document(&imap("imap.example.org", "993", "SSL"));
        for cut in 0..whole.len() {
            let _ = read(&whole.as_bytes()[..cut], &address());
        }
    }
}
