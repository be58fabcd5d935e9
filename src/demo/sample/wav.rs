//! A sound recording made by calculation: the attachment of three megabytes.

use super::dice::Dice;

const RATE: u32 = 44_100;

/// Running water: soft noise, mono, 16 bits, `seconds` long. A second takes 88 kB.
pub(super) fn water(seconds: u32) -> Vec<u8> {
    let mut dice = Dice::new(7);
    let mut level = 0_i64;
    let mut second = Vec::new();
    for _ in 0..RATE {
        // A slow average of noise sounds like water rather than like steam.
        level += (dice.between(-9000, 9000) - level) / 12;
        second.extend_from_slice(&i16::try_from(level).unwrap_or(0).to_le_bytes());
    }
    let length = seconds * RATE * 2;
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&(length + 36).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    for (value, bytes) in [(16, 4), (1, 2), (1, 2), (RATE, 4), (RATE * 2, 4), (2, 2), (16, 2)] {
        out.extend(value.to_le_bytes().into_iter().take(bytes));
    }
    out.extend_from_slice(b"data");
    out.extend_from_slice(&length.to_le_bytes());
    for _ in 0..seconds {
        out.extend_from_slice(&second);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_in_the_header_are_right() {
        let wav = super::water(2);
        assert_eq!(wav.len(), 44 + 2 * 88_200);
        assert_eq!(u32::from_le_bytes(wav[4..8].try_into().unwrap()) as usize, wav.len() - 8);
        assert_eq!(u32::from_le_bytes(wav[40..44].try_into().unwrap()) as usize, wav.len() - 44);
    }
}
