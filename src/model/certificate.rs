//! Certificates as people see them, and the exceptions that they make for one.

use super::UnixTime;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// SHA-256 of a certificate (its DER form).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; Self::LENGTH]);

impl Fingerprint {
    /// Bytes of SHA-256.
    pub const LENGTH: usize = 32;

    /// Takes over a digest.
    #[must_use]
    pub const fn new(digest: [u8; Self::LENGTH]) -> Self {
        Self(digest)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, byte) in self.0.iter().enumerate() {
            write!(f, "{}{byte:02X}", if n == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no SHA-256 in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the 64 hexadecimal digits of a SHA-256 fingerprint")]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// Takes digits in either case, with or without colons and spaces.
    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let mut digits = text.chars().filter(|c| !matches!(c, ':' | ' '));
        let mut digest = [0; Self::LENGTH];
        let mut digit = || digits.next().and_then(|c| c.to_digit(16)).and_then(|d| u8::try_from(d).ok());
        for byte in &mut digest {
            let (Some(high), Some(low)) = (digit(), digit()) else { return Err(NoFingerprint) };
            *byte = high << 4 | low;
        }
        if digit().is_some() || digits.next().is_some() { Err(NoFingerprint) } else { Ok(Self(digest)) }
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = NoFingerprint;

    fn try_from(text: String) -> Result<Self, NoFingerprint> {
        text.parse()
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

/// What a person can judge a certificate by. Texts are single-line and harmless to show; whoever made the
/// certificate chose them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is: common name, else organization.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Host names and addresses that it is for.
    pub names: Vec<String>,
    /// First moment of its validity.
    pub not_before: Option<UnixTime>,
    /// Last moment of its validity.
    pub not_after: Option<UnixTime>,
    /// SHA-256 of all of it.
    pub fingerprint: Fingerprint,
}

impl Certificate {
    /// Whether it names itself as who signed it.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        !self.subject.is_empty() && self.subject == self.issuer
    }
}

/// The user's decision to trust one certificate at one place, whatever is wrong with it. Another certificate at
/// that place, or this one at another place, is not meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CertificateException {
    /// Host as configured.
    pub host: String,
    /// Port as configured.
    pub port: u16,
    /// The certificate.
    pub sha256: Fingerprint,
    /// When the user decided so; not known of decisions from before this was noted.
    #[serde(default)]
    pub since: Option<UnixTime>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_read_as_people_write_them() {
        let wanted = Fingerprint::new([0xab; 32]);
        let text = wanted.to_string();
        assert!(text.starts_with("AB:AB:") && text.len() == 95, "{text}");
        for way in [text.clone(), text.to_lowercase(), text.replace(':', ""), text.replace(':', " ")] {
            assert_eq!(way.parse(), Ok(wanted), "{way}");
        }
        for wrong in ["", "AB", &text[3..], &format!("{text}:AB"), &text.replace('A', "G"), "ü"] {
            assert_eq!(wrong.parse::<Fingerprint>(), Err(NoFingerprint), "{wrong}");
        }
    }
}
