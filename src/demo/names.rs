//! Mailbox names between UTF-8 and modified UTF-7 (RFC 3501 section 5.1.3).
//!
//! Written apart from the client's code on purpose, so that a common mistake cannot hide.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

const ENGINE: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, BARE);
const BARE: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone)
    .with_decode_allow_trailing_bits(true);

/// Encodes a name for the wire.
pub(crate) fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut wide = Vec::new();
    for c in name.chars() {
        let plain = (' '..='~').contains(&c);
        if plain {
            close(&mut wide, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                wide.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    close(&mut wide, &mut out);
    out
}

fn close(wide: &mut Vec<u8>, out: &mut String) {
    if !wide.is_empty() {
        out.push('&');
        out.push_str(&ENGINE.encode(&wide));
        out.push('-');
        wide.clear();
    }
}

/// Decodes a name from the wire; whatever is no modified UTF-7 stays as it is.
pub(crate) fn decode(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    if text.eq_ignore_ascii_case("INBOX") {
        return "INBOX".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((coded, next)) = after.split_once('-') else {
            out.push('&');
            rest = after;
            continue;
        };
        match decode_run(coded) {
            Some(run) => out.push_str(&run),
            None => {
                out.push('&');
                out.push_str(coded);
                out.push('-');
            }
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

fn decode_run(coded: &str) -> Option<String> {
    if coded.is_empty() {
        return Some("&".to_owned());
    }
    let bytes = ENGINE.decode(coded).ok()?;
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
        .map(u16::from_be_bytes)
        .collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_as_they_went() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("R&D", "R&-D"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("台北", "&U,BTFw-"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("a😀", "a&2D3eAA-"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire.as_bytes()), name);
        }
        assert_eq!(decode(b"a&b"), "a&b");
        assert_eq!(decode(b"inbox"), "INBOX");
    }
}
