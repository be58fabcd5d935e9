//! Modified UTF-7 of mailbox names (RFC 3501 section 5.1.3). Names stay bytes on the wire; this is for showing and
//! for making new ones.

use std::borrow::Cow;

/// The alphabet of base64 with `,` for `/`.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// Encodes a name for a server without UTF8=ACCEPT.
#[must_use]
pub fn encode(name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    let mut shifted: Vec<u16> = Vec::new();
    let mut units = [0; 2];
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            shift(&mut shifted, &mut out);
            out.extend(u8::try_from(c));
            if c == '&' {
                out.push(b'-');
            }
        } else {
            shifted.extend_from_slice(c.encode_utf16(&mut units));
        }
    }
    shift(&mut shifted, &mut out);
    out
}

/// Writes what is outside printable ASCII as `&..-`.
fn shift(units: &mut Vec<u16>, out: &mut Vec<u8>) {
    if units.is_empty() {
        return;
    }
    out.push(b'&');
    let (mut bits, mut count) = (0_u32, 0_u32);
    for unit in units.drain(..) {
        bits = (bits << 16) | u32::from(unit);
        count += 16;
        while count >= 6 {
            count -= 6;
            out.extend(digit(bits >> count));
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        out.extend(digit(bits << (6 - count)));
    }
    out.push(b'-');
}

fn digit(bits: u32) -> Option<u8> {
    usize::try_from(bits & 63).ok().and_then(|index| ALPHABET.get(index)).copied()
}

/// Decodes a name; `None` if it is not exactly what [`encode`] makes of some name, so that two names never look
/// the same.
#[must_use]
pub fn decode(raw: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    // Right behind `&..-` another shift would be superfluous.
    let mut shifted = false;
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'&' => {
                let end = after.iter().position(|b| *b == b'-')?;
                let (code, behind) = after.split_at_checked(end)?;
                rest = behind.get(1..)?;
                if code.is_empty() {
                    out.push('&');
                    shifted = false;
                } else if shifted {
                    return None;
                } else {
                    unshift(code, &mut out)?;
                    shifted = true;
                }
            }
            b' '..=b'~' => {
                out.push(char::from(*first));
                rest = after;
                shifted = false;
            }
            _ => return None,
        }
    }
    Some(out)
}

/// Decodes what stands between `&` and `-`.
fn unshift(code: &[u8], out: &mut String) -> Option<()> {
    let mut units = Vec::with_capacity(code.len() / 2);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in code {
        let value = ALPHABET.iter().position(|b| b == byte)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        count += 6;
        if count >= 16 {
            count -= 16;
            units.push(u16::try_from(bits >> count).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    // What is left must be padding: fewer than six bits, all zero.
    if count >= 6 || bits != 0 {
        return None;
    }
    for c in char::decode_utf16(units) {
        let c = c.ok()?;
        if (' '..='~').contains(&c) {
            return None;
        }
        out.push(c);
    }
    Some(())
}

/// A name for people: decoded if it is modified UTF-7, else as UTF-8 (some servers send it unasked), else as it is
/// with what is unreadable replaced. Not stripped of control characters.
#[must_use]
pub fn display(raw: &[u8]) -> Cow<'_, str> {
    match decode(raw) {
        Some(name) => Cow::Owned(name),
        None => String::from_utf8_lossy(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_names() {
        let cases = [
            ("INBOX", "INBOX"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Entw\u{fc}rfe", "Entw&APw-rfe"),
            ("A & B", "A &- B"),
            ("\u{1f4e7}", "&2D3c5w-"),
            ("Envoy\u{e9}s", "Envoy&AOk-s"),
            ("tab\t", "tab&AAk-"),
            ("", ""),
        ];
        for (name, raw) in cases {
            assert_eq!(encode(name), raw.as_bytes(), "{name}");
            assert_eq!(decode(raw.as_bytes()).as_deref(), Some(name), "{raw}");
        }
    }

    #[test]
    fn what_encode_would_not_write_is_shown_as_it_is() {
        let bad: [&[u8]; 11] = [
            b"&",                  // no end
            b"&AOk",               // no end
            b"&AGE-",              // printable ASCII
            b"&U,BTFw-&ZeVnLIqe-", // superfluous shift (RFC 3501)
            b"&2D0-",              // half a surrogate pair
            b"&AOl-",              // padding that is not zero
            b"&AOkA-",             // a whole digit too many
            b"&A-",                // too short
            b"&AO/-",              // the alphabet of plain base64
            b"caf\xc3\xa9",        // UTF-8
            b"a\nb",
        ];
        for raw in bad {
            assert_eq!(decode(raw), None, "{}", String::from_utf8_lossy(raw));
            assert_eq!(display(raw), String::from_utf8_lossy(raw));
        }
    }

    proptest! {
        #[test]
        fn every_name_survives(name in any::<String>()) {
            let raw = encode(&name);
            prop_assert!(raw.iter().all(|b| (b' '..=b'~').contains(b)));
            prop_assert_eq!(decode(&raw), Some(name));
        }

        #[test]
        fn what_decodes_is_the_only_spelling(raw in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(name) = decode(&raw) {
                prop_assert_eq!(encode(&name), raw);
            }
        }

        #[test]
        fn what_decodes_is_the_only_spelling_of_shifts(raw in "[&A-Za-z0-9+,-]{0,24}") {
            if let Some(name) = decode(raw.as_bytes()) {
                prop_assert_eq!(encode(&name), raw.into_bytes());
            }
        }
    }
}
