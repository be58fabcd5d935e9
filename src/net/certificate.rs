//! Reads what people judge a certificate by (X.509, RFC 5280) out of its DER form. For showing only: whether it is good
//! is decided by rustls.
//!
//! Total: what cannot be read is left empty.

use super::error::Chain;
use super::text::printable;
use crate::model::{Certificate, Fingerprint, UnixTime};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ring::digest;
use rustls::pki_types::CertificateDer;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Certificates of a chain that are kept; real ones have up to five.
const MAX_CHAIN: usize = 10;
/// Names that are kept; some certificates carry hundreds.
const MAX_NAMES: usize = 20;
/// Longest text that is kept.
const MAX_TEXT: usize = 200;

const SEQUENCE: u8 = 0x30;
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 0x11];

/// SHA-256 of the certificate.
pub(crate) fn fingerprint(der: &[u8]) -> Fingerprint {
    let mut bytes = [0; Fingerprint::LENGTH];
    let hash = digest::digest(&digest::SHA256, der);
    bytes.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    Fingerprint::new(bytes)
}

/// The certificates as people see them.
pub(crate) fn chain<'a>(all: impl IntoIterator<Item = &'a CertificateDer<'a>>) -> Chain {
    Chain::new(all.into_iter().take(MAX_CHAIN).map(|der| read(der)).collect())
}

/// One certificate as people see it.
pub(crate) fn read(der: &[u8]) -> Certificate {
    let mut certificate = Certificate {
        subject: String::new(),
        issuer: String::new(),
        names: Vec::new(),
        not_before: None,
        not_after: None,
        fingerprint: fingerprint(der),
    };
    // What was read before something broke is kept.
    let _ = fill(der, &mut certificate);
    certificate
}

/// Values one after the other.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = if first & 0x80 == 0 {
            (usize::from(*first), rest)
        } else {
            // Certificates stay below 2^24 bytes.
            let count = usize::from(first & 0x7f);
            let (digits, rest) = rest.split_at_checked(count).filter(|_| (1..=3).contains(&count))?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, value))
    }

    fn sequence(&mut self) -> Option<Self> {
        self.next().filter(|(tag, _)| *tag == SEQUENCE).map(|(_, value)| Der(value))
    }
}

impl<'a> Iterator for Der<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        Der::next(self)
    }
}

fn fill(der: &[u8], certificate: &mut Certificate) -> Option<()> {
    let mut body = Der(der).sequence()?.sequence()?;
    // The version is optional, the serial number is not.
    if body.next()?.0 == 0xa0 {
        body.next()?;
    }
    body.sequence()?;
    certificate.issuer = name(&mut body.sequence()?);
    let mut validity = body.sequence()?;
    certificate.not_before = validity.next().and_then(moment);
    certificate.not_after = validity.next().and_then(moment);
    certificate.subject = name(&mut body.sequence()?);
    body.sequence()?;
    let extensions = body.find(|(tag, _)| *tag == 0xa3)?.1;
    let mut extensions = Der(extensions).sequence()?;
    while let Some(mut extension) = extensions.sequence() {
        if extension.next()?.1 == ALTERNATIVE_NAMES {
            let value = extension.find(|(tag, _)| *tag == 0x04)?.1;
            let names = Der(value).sequence()?;
            certificate.names = names.filter_map(alternative).take(MAX_NAMES).collect();
        }
    }
    Some(())
}

/// The common name, else the organization; both if they differ.
fn name(all: &mut Der<'_>) -> String {
    let (mut common, mut organization) = (String::new(), String::new());
    for (_, set) in all {
        let Some(mut pair) = Der(set).sequence() else { continue };
        let (Some((_, kind)), Some(value)) = (pair.next(), pair.next()) else { continue };
        match kind {
            COMMON_NAME => common = text(value),
            ORGANIZATION => organization = text(value),
            _ => {}
        }
    }
    match (common.is_empty(), organization.is_empty()) {
        (true, _) => organization,
        (false, true) => common,
        (false, false) if common == organization => common,
        (false, false) => format!("{common} ({organization})"),
    }
}

fn text((tag, value): (u8, &[u8])) -> String {
    // BMPString has two bytes a character.
    if tag == 0x1e {
        let units = value.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, b| sum << 8 | u16::from(*b)));
        let decoded: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect();
        return printable(decoded.as_bytes(), MAX_TEXT);
    }
    printable(value, MAX_TEXT)
}

fn alternative((tag, value): (u8, &[u8])) -> Option<String> {
    match tag {
        0x82 => Some(printable(value, MAX_TEXT)),
        0x87 => <[u8; 4]>::try_from(value)
            .map(|four| Ipv4Addr::from(four).to_string())
            .or_else(|_| <[u8; 16]>::try_from(value).map(|sixteen| Ipv6Addr::from(sixteen).to_string()))
            .ok(),
        _ => None,
    }
}

/// UTCTime has two digits for the year (RFC 5280 section 4.1.2.5.1), GeneralizedTime four.
fn moment((tag, value): (u8, &[u8])) -> Option<UnixTime> {
    let digits = std::str::from_utf8(value).ok()?.strip_suffix('Z')?;
    let number = |text: &str| text.parse::<i16>().ok();
    let (year, rest) = digits.split_at_checked(if tag == 0x17 { 2 } else { 4 })?;
    let year = number(year)?;
    let year = match tag {
        0x17 if year < 50 => year + 2000,
        0x17 => year + 1900,
        _ => year,
    };
    let mut pairs = rest
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| pair.parse::<i8>().ok()));
    let mut next = || pairs.next().flatten();
    let date = Date::new(year, next()?, next()?).ok()?;
    let time = jiff::civil::Time::new(next()?, next()?, next()?, 0).ok()?;
    let zoned = date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?;
    Some(UnixTime(zoned.timestamp().as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    fn made(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let names = vec!["mail.example.org".to_owned(), "*.example.net".to_owned(), "192.0.2.1".to_owned()];
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, "Mail ünï");
        params.distinguished_name.push(DnType::OrganizationName, "Example");
        change(&mut params);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn what_people_judge_by_is_read() {
        let der = made(|p| {
            (p.not_before, p.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2051, 1, 1));
        });
        let certificate = read(&der);
        assert_eq!(certificate.subject, "Mail ünï (Example)");
        assert!(certificate.is_self_signed());
        assert_eq!(certificate.names, ["mail.example.org", "*.example.net", "192.0.2.1"]);
        assert_eq!(certificate.not_before, Some(UnixTime(978_307_200)));
        assert_eq!(certificate.not_after, Some(UnixTime(2_556_144_000)));
        assert_eq!(certificate.fingerprint, fingerprint(&der));
    }

    #[test]
    fn broken_certificates_are_read_as_far_as_they_go() {
        let der = made(|_| {});
        for cut in 0..der.len() {
            let _ = read(&der[..cut]);
        }
        for at in 0..der.len() {
            let mut broken = der.clone();
            broken[at] ^= 0xff;
            let _ = read(&broken);
        }
        assert_eq!(read(b"\x30\x84\xff\xff\xff\xff").subject, "");
    }
}
