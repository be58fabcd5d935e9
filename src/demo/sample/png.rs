//! Small valid PNG pictures made by calculation: a landscape of hills, a map of contour lines.

/// Writes an RGB picture; `color` gives each pixel. Not compressed, so that no library is needed.
pub(super) fn image(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let mut raw = Vec::new();
    for y in 0..height {
        raw.push(0);
        for x in 0..width {
            raw.extend_from_slice(&color(x, y));
        }
    }
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    // 8 bits a channel, RGB, the only compression, filter and interlace that there are.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let table = crc_table();
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, &table, *b"IHDR", &header);
    chunk(&mut out, &table, *b"IDAT", &stored(&raw));
    chunk(&mut out, &table, *b"IEND", &[]);
    out
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4).
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let count = raw.chunks(0xffff).count();
    for (i, block) in raw.chunks(0xffff).enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(i + 1 == count));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&adler(raw).to_be_bytes());
    out
}

fn adler(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // 5,552 is the most that cannot overflow (RFC 1950 section 9).
    for block in bytes.chunks(5552) {
        for byte in block {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65_521;
        b %= 65_521;
    }
    b << 16 | a
}

fn crc_table() -> Vec<u32> {
    (0..256)
        .map(|n| (0..8).fold(n, |c: u32, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 }))
        .collect()
}

fn chunk(out: &mut Vec<u8>, table: &[u32], kind: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let crc = kind.iter().chain(data).fold(u32::MAX, |crc, byte| {
        let index = usize::try_from((crc ^ u32::from(*byte)) & 0xff).unwrap_or(0);
        table.get(index).copied().unwrap_or(0) ^ (crc >> 8)
    });
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&(!crc).to_be_bytes());
}

/// Mixes two colors; `part` of 256 is the second one.
fn mix(a: [u8; 3], b: [u8; 3], part: u32) -> [u8; 3] {
    let part = part.min(256);
    let one =
        |a: u8, b: u8| u8::try_from((u32::from(a) * (256 - part) + u32::from(b) * part) / 256).unwrap_or(255);
    let ([r, g, l], [s, h, m]) = (a, b);
    [one(r, s), one(g, h), one(l, m)]
}

/// A wave between 0 and 256 without floating point: a parabola for each half turn of 256 steps.
const fn wave(x: u32) -> u32 {
    let place = x % 256;
    let half = place % 128;
    let bump = half * (128 - half) / 32;
    if place < 128 { 128 + bump } else { 128 - bump }
}

/// Hills in the evening, different for each `mood`.
pub(super) fn landscape(width: u32, height: u32, mood: u32) -> Vec<u8> {
    let skies = [
        ([255, 196, 145], [116, 148, 196]),
        ([250, 220, 190], [92, 160, 180]),
        ([240, 190, 200], [70, 90, 150]),
        ([255, 235, 180], [140, 180, 210]),
    ];
    let (low, high) =
        usize::try_from(mood).ok().and_then(|m| skies.get(m % skies.len())).copied().unwrap_or_default();
    let ridges = [([122, 139, 150], 3, 45), ([84, 112, 106], 5, 60), ([52, 84, 68], 8, 78)];
    image(width, height, |x, y| {
        let mut color = mix(high, low, y * 300 / height.max(1));
        let (dx, dy) = (x.abs_diff(width * 7 / 10), y.abs_diff(height * 3 / 10));
        if dx * dx + dy * dy < height * height / 120 {
            color = [255, 244, 214];
        }
        for (ridge, step, base) in ridges {
            let swell = wave(x * step * 40 / width.max(1) + mood * 53 + step * 17);
            let small = wave(x * step * 130 / width.max(1) + mood * 29);
            let top = height * base / 100 - (swell * height / 1500) - (small * height / 5200);
            if y > top {
                color = mix(ridge, [30, 50, 45], (y - top) * 200 / height.max(1));
            }
        }
        color
    })
}

/// A map with contour lines and a river.
pub(super) fn map(width: u32, height: u32, mood: u32) -> Vec<u8> {
    image(width, height, |x, y| {
        let (u, v) = (x * 256 / width.max(1), y * 256 / height.max(1));
        let relief = wave(u + mood * 31)
            + wave(v * 3 / 2 + 64)
            + wave((u + v) / 2 + mood * 7) / 2
            + wave(u * 2 + v / 3) / 4;
        let river = (u + wave(v * 2 + mood * 11) / 4).abs_diff(150);
        if river < 4 {
            [120, 170, 205]
        } else if relief % 40 < 3 {
            [176, 140, 100]
        } else {
            mix([226, 236, 208], [244, 232, 205], relief * 256 / 700)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standard() {
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
        let mut out = Vec::new();
        chunk(&mut out, &crc_table(), *b"IEND", &[]);
        assert_eq!(out, [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]);
    }

    #[test]
    fn pictures_have_their_size() {
        let bytes = landscape(64, 40, 1);
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(bytes[16..24], [0, 0, 0, 64, 0, 0, 0, 40]);
        assert!(bytes.len() > 64 * 40 * 3);
        assert!(map(33, 20, 2).len() > 33 * 20 * 3);
    }
}
