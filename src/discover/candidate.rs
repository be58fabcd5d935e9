//! What can be asked about and what can be believed: addresses and host names. Pure.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// Longest address (RFC 5321 section 4.5.3.1.3, with some room).
const MAX_ADDRESS: usize = 320;
/// Longest host name (RFC 1035 section 2.3.4).
const MAX_HOST: usize = 253;

/// A mail address whose domain can be asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    local: String,
    /// As typed.
    shown: String,
    /// In ASCII and small letters.
    domain: String,
}

/// That is no address with a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an address like ada@example.org")]
pub struct BadAddress;

impl Address {
    /// What stands before the `@`.
    #[must_use]
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The domain in ASCII and small letters.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.shown)
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        let (local, shown) = text.rsplit_once('@').ok_or(BadAddress)?;
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
        if !plain || local.is_empty() || text.len() > MAX_ADDRESS {
            return Err(BadAddress);
        }
        let domain = idna::domain_to_ascii(shown).map_err(|_| BadAddress)?;
        let domain = host_name(&domain).ok_or(BadAddress)?;
        Ok(Self { local: local.to_owned(), shown: shown.to_owned(), domain })
    }
}

/// A name of a host on the Internet, in small letters: no address, no name of this computer or of the local network.
pub(super) fn host_name(text: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii(text.trim().trim_end_matches('.')).ok()?;
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels = ascii.split('.').all(label);
    let is_public = ascii.contains('.')
        && ascii.parse::<IpAddr>().is_err()
        && !ascii.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
        && ![".localhost", ".local", ".internal"].iter().any(|end| ascii.ends_with(end));
    (labels && is_public && ascii.len() <= MAX_HOST).then_some(ascii)
}

/// The part of a name that somebody registered.
pub(super) fn registered(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let address: Address = " Ada.L@Exämple.ORG ".parse().unwrap();
        assert_eq!((address.local(), address.domain()), ("Ada.L", "xn--exmple-cua.org"));
        assert_eq!(address.to_string(), "Ada.L@Exämple.ORG");
        for wrong in
            ["", "ada", "ada@", "@x.org", "a b@x.org", "a@x..org", "a@localhost", "a@[1.2.3.4]", "a@1.2.3.4"]
        {
            assert_eq!(wrong.parse::<Address>(), Err(BadAddress), "{wrong}");
        }
    }

    #[test]
    fn only_hosts_of_the_internet_count() {
        for (text, wanted) in [
            ("IMAP.Example.org.", Some("imap.example.org")),
            ("127.0.0.1", None),
            ("::1", None),
            ("localhost", None),
            ("printer.local", None),
            ("a b.org", None),
            ("0x7f.1", None),
            ("x.org/evil", None),
            ("-x.org", None),
        ] {
            assert_eq!(host_name(text).as_deref(), wanted, "{text}");
        }
        assert_eq!(registered("imap.mail.example.co.uk"), "example.co.uk");
    }
}
