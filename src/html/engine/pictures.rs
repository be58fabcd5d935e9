//! Pictures from bytes to pixels, before layout sees them, with a limit on their sizes.

use crate::html::limits::{MAX_PICTURE_BYTES, MAX_PICTURES, MAX_PIXELS, MAX_SIDE};
use crate::html::sanitize::Sanitized;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use image::{ImageReader, Limits};
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

/// A decoded picture, RGBA.
#[derive(Clone, Debug)]
pub(in crate::html) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Arc<Vec<u8>>,
}

/// The pictures of one document by the token that stands for them.
#[derive(Clone, Debug, Default)]
pub(in crate::html) struct Pictures {
    known: HashMap<String, Picture>,
    pixels: u64,
    bytes: usize,
}

impl Pictures {
    /// Decodes a picture. What is no picture, or too much, is as good as absent.
    fn add(&mut self, token: &str, bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.known.len() >= MAX_PICTURES
            || self.bytes > MAX_PICTURE_BYTES
            || self.known.contains_key(token)
        {
            return;
        }
        let left = MAX_PIXELS.saturating_sub(self.pixels);
        if let Some(picture) = decode(bytes, left) {
            self.pixels += u64::from(picture.width) * u64::from(picture.height);
            self.known.insert(token.to_owned(), picture);
        }
    }

    /// Decodes the pictures of a document: those that came with the mail or were loaded, which `given` has by
    /// token, and those that stand in the document itself. What the document does not name is not decoded.
    pub(in crate::html) fn of(document: &Sanitized, given: &HashMap<String, &[u8]>) -> Self {
        let mut all = Self::default();
        for id in &document.report.attached {
            let token = format!("cid:{id}");
            // Senders may write `%40` for `@` (RFC 2392), and some leave the brackets on.
            let decoded = String::from_utf8(percent_decoded(id)).unwrap_or_default();
            let bare = format!("cid:{}", decoded.trim_start_matches('<').trim_end_matches('>'));
            if let Some(bytes) = given.get(&token).or_else(|| given.get(&bare)) {
                all.add(&token, bytes);
            }
        }
        for number in 0..document.report.remote.len() {
            let token = format!("blocked:{number}");
            if let Some(bytes) = given.get(&token) {
                all.add(&token, bytes);
            }
        }
        for token in document.inline_pictures() {
            all.add_inline(token);
        }
        all
    }

    /// Decodes a picture that stands in the document itself.
    fn add_inline(&mut self, token: &str) {
        if let Some(bytes) = token.strip_prefix("data:").and_then(data) {
            self.add(token, &bytes);
        }
    }

    /// All pictures.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Picture)> {
        self.known.iter().map(|(token, picture)| (token.as_str(), picture))
    }

    /// Whether a picture is there to be shown.
    pub(super) fn has(&self, token: &str) -> bool {
        self.known.contains_key(token)
    }
}

fn decode(bytes: &[u8], pixels_left: u64) -> Option<Picture> {
    let reader = || ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok();
    let (width, height) = reader()?.into_dimensions().ok()?;
    if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
        return None;
    }
    if u64::from(width) * u64::from(height) > pixels_left {
        return None;
    }
    let mut reader = reader()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let image = reader.decode().ok()?;
    Some(Picture {
        width: image.width(),
        height: image.height(),
        pixels: Arc::new(image.into_rgba8().into_raw()),
    })
}

/// Bytes that a decoder may take for one picture: 40 million pixels of eight bytes.
const MAX_DECODER_BYTES: u64 = 320 * 1024 * 1024;

/// Reads base64 whether or not it is padded.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes of a `data:` address (RFC 2397), given what follows the scheme.
fn data(address: &str) -> Option<Vec<u8>> {
    let (head, content) = address.split_once(',')?;
    let plain = percent_decoded(content);
    if !head.trim_end().to_ascii_lowercase().ends_with(";base64") {
        return Some(plain);
    }
    let digits: Vec<u8> = plain.into_iter().filter(|b| !b.is_ascii_whitespace()).collect();
    TOLERANT.decode(digits).ok()
}

/// Bytes of a text with percent encoding undone (RFC 3986 section 2.1).
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let pair = ahead.next().zip(ahead.next()).filter(|_| byte == b'%');
        let value = pair.and_then(|(a, b)| Some((hex(a)? << 4) | hex(b)?));
        match value {
            Some(value) => {
                out.push(value);
                bytes = ahead;
            }
            None => out.push(byte),
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    crate::mime::transfer::hex(digit)
}
