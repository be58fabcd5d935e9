//! What a submission server says that it can do (EHLO, RFC 5321 section 4.1.1.1). Pure.

use super::reply::Reply;
use crate::net::Mechanism;

/// What one server offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// All lines in capitals, without the greeting.
    pub words: Vec<String>,
    /// Largest message in bytes (RFC 1870); `None`: no limit told.
    pub size: Option<u64>,
    /// Ways of signing in that we know.
    pub mechanisms: Vec<Mechanism>,
    /// All ways of signing in, as they are named.
    pub offered: Vec<String>,
    /// RFC 3207
    pub start_tls: bool,
}

impl Extensions {
    pub(super) fn of(reply: &Reply) -> Self {
        let mut all = Self::default();
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // Some old servers write `AUTH=PLAIN`.
            let mut words =
                line.split(|c: char| c == '=' || c.is_whitespace()).filter(|word| !word.is_empty());
            match words.next() {
                // Zero means that there is no fixed limit.
                Some("SIZE") => {
                    all.size = words.next().and_then(|n| n.parse().ok()).filter(|n| *n > 0).or(all.size);
                }
                Some("AUTH") => {
                    for word in words {
                        if !all.offered.iter().any(|known| known == word) {
                            all.mechanisms.extend(Mechanism::from_wire(word));
                            all.offered.push(word.to_owned());
                        }
                    }
                }
                Some("STARTTLS") => all.start_tls = true,
                _ => {}
            }
            all.words.push(line);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_read_in_all_spellings() {
        let lines =
            ["mx.example", "SIZE 35882577", "auth=LOGIN plain", "AUTH PLAIN XOAUTH2 X-NEW", "starttls"];
        let reply = Reply { code: 250, lines: lines.iter().map(ToString::to_string).collect() };
        let all = Extensions::of(&reply);
        assert_eq!((all.size, all.start_tls), (Some(35_882_577), true));
        assert_eq!(all.mechanisms, [Mechanism::SaslLogin, Mechanism::Plain, Mechanism::XOAuth2]);
        assert_eq!(all.offered, ["LOGIN", "PLAIN", "XOAUTH2", "X-NEW"]);
        let none = Reply { code: 250, lines: vec!["SIZE 1".into(), "SIZE 0".into()] };
        assert_eq!(Extensions::of(&none).size, None);
    }
}
