//! How the bytes of small parts are packed into a row: zstd with a dictionary of what mails have in common and a
//! checksum, so that damage is noticed. Knows no SQL and no files.

use std::cell::RefCell;
use std::sync::LazyLock;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// Largest part kept in a row, in bytes. SQLite is quicker than a file below about 100 KiB.
pub(super) const MAX_INLINE: usize = 64 << 10;

/// Level of zstd: higher ones gain little on mail text and cost several times as much.
const LEVEL: i32 = 3;

/// `part.codec`: as it is.
pub(super) const PLAIN: i64 = 0;
/// `part.codec`: zstd without a dictionary.
pub(super) const ZSTD: i64 = 1;
/// `part.codec`: zstd with the first dictionary and a checksum. A better dictionary gets the next number.
pub(super) const ZSTD_FIRST: i64 = 2;

/// Trained by `resources/zstd/make.py` on mails of our own writing. Never changed: stored mail needs it.
const FIRST: &[u8] = include_bytes!("../../resources/zstd/mail-1.dict");

static PACKING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(FIRST, LEVEL));
static UNPACKING: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(FIRST));

thread_local! {
    // A context takes longer to make than a mail to pack.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Packs bytes; gives the codec too.
pub(super) fn pack(bytes: &[u8]) -> (i64, Vec<u8>) {
    let packed = PACKER.with_borrow_mut(|packer| {
        if packer.is_none() {
            let mut fresh = Compressor::with_prepared_dictionary(&PACKING).ok()?;
            fresh.include_checksum(true).ok()?;
            *packer = Some(fresh);
        }
        packer.as_mut()?.compress(bytes).ok()
    });
    // It fails only without memory; then the bytes as they are do as well.
    packed.map_or_else(|| (PLAIN, bytes.to_vec()), |packed| (ZSTD_FIRST, packed))
}

/// Unpacks a row; `None` if its bytes are damaged: the part is fetched anew then.
pub(super) fn unpack(codec: i64, data: &[u8], size: u64) -> Option<Vec<u8>> {
    let size = usize::try_from(size).ok().filter(|size| *size <= MAX_INLINE)?;
    let bytes = match codec {
        PLAIN => Some(data.to_vec()),
        ZSTD => zstd::bulk::decompress(data, size).ok(),
        ZSTD_FIRST => UNPACKER.with_borrow_mut(|unpacker| {
            if unpacker.is_none() {
                *unpacker = Decompressor::with_prepared_dictionary(&UNPACKING).ok();
            }
            unpacker.as_mut()?.decompress(data, size).ok()
        }),
        // Of a newer version.
        _ => None,
    };
    bytes.filter(|bytes| bytes.len() == size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_and_damage_is_found() {
        let text = b"Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSome words, some more.\r\n";
        for bytes in [&b""[..], b"x", text, &[7; MAX_INLINE]] {
            let (codec, packed) = pack(bytes);
            assert_eq!(codec, ZSTD_FIRST);
            assert_eq!(unpack(codec, &packed, bytes.len() as u64).as_deref(), Some(bytes));
            assert_eq!(unpack(codec, &packed, bytes.len() as u64 + 1), None);
            for at in 0..packed.len() {
                let mut broken = packed.clone();
                broken[at] ^= 0x10;
                let read = unpack(codec, &broken, bytes.len() as u64);
                assert!(read.is_none() || read.as_deref() == Some(bytes), "byte {at} of {}", packed.len());
            }
        }
    }

    #[test]
    fn rows_of_earlier_versions_stay_readable() {
        let text = b"a line of text\r\n".repeat(40);
        let old = zstd::bulk::compress(&text, 3).unwrap();
        assert_eq!(unpack(ZSTD, &old, 640), Some(text.clone()));
        assert_eq!(unpack(PLAIN, &text, 640), Some(text));
        assert_eq!(unpack(77, &old, 640), None);
    }
}
