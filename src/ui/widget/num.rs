//! Conversions between row numbers and pixels, in one place because they may lose digits.
//!
//! Offsets are `f64`: at a million rows an `f32` steps by 8 pixels.

/// Pixels within a window; out of range becomes the nearest value that fits.
#[expect(clippy::cast_possible_truncation, reason = "window coordinates fit; the rest saturates")]
pub(crate) const fn px(x: f64) -> f32 {
    x as f32
}

/// The whole number at or below `x`; negative and NaN become 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates by definition")]
pub(crate) fn floor(x: f64) -> usize {
    x.floor() as usize
}

/// The whole number at or above `x`; negative and NaN become 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates by definition")]
pub(crate) fn ceil(x: f64) -> usize {
    x.ceil() as usize
}

/// A count of rows as a factor; exact up to 2^53 rows.
#[expect(clippy::cast_precision_loss, reason = "no mailbox has 2^53 rows")]
pub(crate) const fn count(n: usize) -> f64 {
    n as f64
}

/// A 16-bit mark of a hash as a distance, exact in `f32`.
pub(crate) fn mark(hash: u64) -> f32 {
    let [a, b, ..] = hash.to_le_bytes();
    f32::from(u16::from_le_bytes([a, b]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_values_saturate() {
        assert_eq!(floor(-1.0), 0);
        assert_eq!(floor(f64::NAN), 0);
        assert_eq!(floor(2.9), 2);
        assert_eq!(ceil(2.1), 3);
        assert_eq!(ceil(-0.5), 0);
        assert!((count(1_000_000) - 1e6).abs() < f64::EPSILON);
        assert!(mark(u64::MAX) <= 65_535.0);
    }
}
