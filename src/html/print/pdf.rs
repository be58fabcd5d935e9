//! A PDF file (ISO 32000-1) of pictures with unseen text over them. Only what that needs.

use crate::html::page::Rect;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A4 in points.
const PAPER: (f64, f64) = (595.0, 842.0);
/// Room at the edges.
const MARGIN: f64 = 36.0;
/// Room for what is printed.
pub(super) const WIDTH: f64 = PAPER.0 - 2.0 * MARGIN;
/// See [`WIDTH`].
pub(super) const HEIGHT: f64 = PAPER.1 - 2.0 * MARGIN;
/// Longest address of a link.
const MAX_TARGET: usize = 2000;

/// A picture with the text and the links that are in it, in pixels of the picture.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Points for one pixel.
    pub(super) scale: f64,
    pub(super) jpeg: Vec<u8>,
    pub(super) texts: Vec<(String, Rect)>,
    pub(super) links: Vec<(String, Rect)>,
}

/// A sheet of paper.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) pieces: Vec<Piece>,
    /// Points from the top that are taken.
    pub(super) used: f64,
}

impl Sheet {
    pub(super) fn add(&mut self, piece: Piece) {
        self.used += f64::from(piece.height) * piece.scale;
        self.pieces.push(piece);
    }
}

/// A file in the making.
pub(super) struct Pdf {
    out: Vec<u8>,
    /// Where objects begin; the first ones are made at the end.
    places: Vec<usize>,
    pages: Vec<usize>,
    /// Letters that occur, each with the number that stands for it.
    letters: BTreeMap<char, u16>,
    title: String,
}

/// Objects with fixed numbers.
const CATALOG: usize = 1;
const PAGES: usize = 2;
const FONT: usize = 3;
const CID_FONT: usize = 4;
const DESCRIPTOR: usize = 5;
const TO_UNICODE: usize = 6;
const INFO: usize = 7;

impl Pdf {
    pub(super) fn new(title: &str) -> Self {
        let out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
        Self {
            out,
            places: vec![0; INFO],
            pages: Vec::new(),
            letters: BTreeMap::new(),
            title: title.to_owned(),
        }
    }

    fn begin(&mut self, number: usize) {
        if let Some(place) = self.places.get_mut(number - 1) {
            *place = self.out.len();
        }
        self.out.extend(format!("{number} 0 obj\n").bytes());
    }

    fn next(&mut self) -> usize {
        self.places.push(0);
        self.places.len()
    }

    fn object(&mut self, number: usize, words: &str) {
        self.begin(number);
        self.out.extend(words.bytes());
        self.out.extend(b"\nendobj\n");
    }

    fn stream(&mut self, number: usize, words: &str, bytes: &[u8]) {
        self.begin(number);
        self.out.extend(format!("<< {words} /Length {} >>\nstream\n", bytes.len()).bytes());
        self.out.extend(bytes);
        self.out.extend(b"\nendstream\nendobj\n");
    }

    /// The number that stands for a letter; there is room for as many as a mail may have.
    fn letter(&mut self, c: char) -> u16 {
        let next = u16::try_from(self.letters.len() + 1).unwrap_or(u16::MAX);
        *self.letters.entry(c).or_insert(next)
    }

    /// Adds a page.
    pub(super) fn push(&mut self, sheet: Sheet) {
        let (mut content, mut names, mut notes) = (String::new(), String::new(), String::new());
        let mut top = PAPER.1 - MARGIN;
        for (index, piece) in sheet.pieces.into_iter().enumerate() {
            let (width, height) =
                (f64::from(piece.width) * piece.scale, f64::from(piece.height) * piece.scale);
            let bottom = top - height;
            let number = self.next();
            let words = format!(
                "/Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
                piece.width, piece.height
            );
            self.stream(number, &words, &piece.jpeg);
            let _ = write!(names, "/I{index} {number} 0 R ");
            let _ =
                writeln!(content, "q {width:.2} 0 0 {height:.2} {MARGIN:.2} {bottom:.2} cm /I{index} Do Q");
            for (text, area) in &piece.texts {
                self.text(&mut content, text, place(area, piece.scale, top));
            }
            for (target, area) in &piece.links {
                let [x, y, width, height] = place(area, piece.scale, top);
                if target.len() <= MAX_TARGET {
                    let _ = write!(
                        notes,
                        "<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [{x:.2} {y:.2} {:.2} {:.2}] /A << /S /URI /URI {} >> >> ",
                        x + width,
                        y + height,
                        literal(target)
                    );
                }
            }
            top = bottom;
        }
        let stream = self.next();
        self.stream(stream, "", content.as_bytes());
        let page = self.next();
        let words = format!(
            "<< /Type /Page /Parent {PAGES} 0 R /MediaBox [0 0 {} {}] /Contents {stream} 0 R /Resources << /XObject << {names}>> /Font << /F {FONT} 0 R >> >> /Annots [{notes}] >>",
            PAPER.0, PAPER.1
        );
        self.object(page, &words);
        self.pages.push(page);
    }

    /// Writes text that is not seen, as wide as it is in the picture.
    fn text(&mut self, content: &mut String, text: &str, [x, y, width, height]: [f64; 4]) {
        let mut codes = String::new();
        let mut count = 0_u32;
        for c in text.chars().filter(|c| !c.is_control()) {
            let _ = write!(codes, "{:04X}", self.letter(c));
            count += 1;
        }
        if count == 0 || height <= 0.0 {
            return;
        }
        // Each letter is half as wide as it is high, before it is stretched.
        let size = height * 0.8;
        let stretch = (width / (f64::from(count) * size * 0.5) * 100.0).clamp(1.0, 1000.0);
        let base = y + height * 0.22;
        let _ =
            writeln!(content, "BT 3 Tr /F {size:.2} Tf {stretch:.1} Tz {x:.2} {base:.2} Td <{codes}> Tj ET");
    }

    /// The file.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.pages.is_empty() {
            self.push(Sheet::default());
        }
        self.object(CATALOG, &format!("<< /Type /Catalog /Pages {PAGES} 0 R >>"));
        let kids: Vec<String> = self.pages.iter().map(|page| format!("{page} 0 R")).collect();
        let words = format!("<< /Type /Pages /Count {} /Kids [{}] >>", kids.len(), kids.join(" "));
        self.object(PAGES, &words);
        self.object(
            FONT,
            &format!(
                "<< /Type /Font /Subtype /Type0 /BaseFont /Helvetica /Encoding /Identity-H /DescendantFonts [{CID_FONT} 0 R] /ToUnicode {TO_UNICODE} 0 R >>"
            ),
        );
        self.object(
            CID_FONT,
            &format!(
                "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Helvetica /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {DESCRIPTOR} 0 R /DW 500 >>"
            ),
        );
        self.object(
            DESCRIPTOR,
            "<< /Type /FontDescriptor /FontName /Helvetica /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
        );
        let map = self.to_unicode();
        self.stream(TO_UNICODE, "", map.as_bytes());
        let title = format!("<< /Title {} /Producer (Postrider) >>", utf16(&self.title));
        self.object(INFO, &title);
        let start = self.out.len();
        let count = self.places.len() + 1;
        let mut tail = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for place in &self.places {
            let _ = writeln!(tail, "{place:010} 00000 n ");
        }
        let _ = write!(
            tail,
            "trailer\n<< /Size {count} /Root {CATALOG} 0 R /Info {INFO} 0 R >>\nstartxref\n{start}\n%%EOF\n"
        );
        self.out.extend(tail.bytes());
        self.out
    }

    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapType 2 def\n/CMapName /P def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let mut all: Vec<(u16, char)> = self.letters.iter().map(|(c, number)| (*number, *c)).collect();
        all.sort_unstable();
        for some in all.chunks(100) {
            let _ = writeln!(map, "{} beginbfchar", some.len());
            for (number, c) in some {
                let mut units = [0; 2];
                let units: String = c.encode_utf16(&mut units).iter().map(|u| format!("{u:04X}")).collect();
                let _ = writeln!(map, "<{number:04X}> <{units}>");
            }
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

/// Where an area of a picture is on the paper: left, bottom, width, height.
fn place(area: &Rect, scale: f64, top: f64) -> [f64; 4] {
    let height = f64::from(area.height) * scale;
    [
        MARGIN + f64::from(area.x) * scale,
        top - f64::from(area.y) * scale - height,
        f64::from(area.width) * scale,
        height,
    ]
}

/// A string of bytes: what is not plain is written as a number.
fn literal(text: &str) -> String {
    let mut out = String::from("(");
    for byte in text.bytes() {
        match byte {
            b'(' | b')' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            0x20..=0x7e => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "\\{byte:03o}");
            }
        }
    }
    out.push(')');
    out
}

/// A text string.
fn utf16(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{units}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_where_each_object_begins() {
        let mut pdf = Pdf::new("Grüße (1)");
        let area = Rect { x: 10.0, y: 10.0, width: 200.0, height: 20.0 };
        let mut sheet = Sheet::default();
        sheet.add(Piece {
            width: 100,
            height: 50,
            scale: 0.5,
            jpeg: vec![0xff, 0xd8],
            texts: vec![("Größe".into(), area)],
            links: vec![("https://a.example/(x)".into(), area)],
        });
        assert!((sheet.used - 25.0).abs() < 1e-9);
        pdf.push(sheet);
        let places = pdf.places.clone();
        let bytes = pdf.finish();
        let text = String::from_utf8_lossy(&bytes);
        assert!(bytes.starts_with(b"%PDF-1.5") && text.ends_with("%%EOF\n"));
        assert!(text.contains("/URI (https://a.example/\\(x\\))"));
        assert!(text.contains("<0003> <00F6>"), "the third letter is an ö");
        let start: usize =
            text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        assert!(bytes[start..].starts_with(b"xref"));
        let table = String::from_utf8_lossy(&bytes[start..]).into_owned();
        for (number, line) in table.lines().skip(3).take(places.len()).enumerate() {
            let place: usize = line[..10].parse().unwrap();
            let head = format!("{} 0 obj", number + 1);
            assert!(bytes[place..].starts_with(head.as_bytes()), "{head} at {place}");
        }
    }
}
