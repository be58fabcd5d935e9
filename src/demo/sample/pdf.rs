//! A small valid PDF: one page of text lines, for invoices.

/// Writes lines of Latin text on one A4 page. The first line is a heading.
pub(super) fn page(lines: &[String]) -> Vec<u8> {
    let mut stream = String::from("BT\n");
    for (i, line) in lines.iter().enumerate() {
        let (size, leading) = if i == 0 { (20, 0) } else { (11, 18) };
        let start = if i == 0 { "1 0 0 1 72 760 Tm".to_owned() } else { format!("0 -{leading} Td") };
        let gap = if i == 1 { "0 -18 Td\n" } else { "" };
        stream.push_str(&format!("/F1 {size} Tf\n{start}\n{gap}({}) Tj\n", escape(line)));
    }
    stream.push_str("ET\n0.6 w 72 745 m 523 745 l S\n");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{stream}endstream", stream.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(out.len());
        out.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    out.into_bytes()
}

/// Characters outside ASCII become their place in Latin-1, which is close enough to WinAnsi for invoices.
fn escape(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            '(' | ')' | '\\' => format!("\\{c}"),
            ' '..='~' => c.to_string(),
            '€' => "\\200".to_owned(),
            c => u8::try_from(u32::from(c)).map_or_else(|_| "?".to_owned(), |b| format!("\\{b:03o}")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_objects_is_right() {
        let bytes = page(&["Invoice (1)".into(), "Größe 5 €".into()]);
        let text = String::from_utf8(bytes).unwrap();
        for (number, line) in (1..).zip(text.lines().filter(|line| line.ends_with(" 00000 n "))) {
            let place: usize = line[..10].parse().unwrap();
            assert!(text[place..].starts_with(&format!("{number} 0 obj\n")));
        }
        let start = text.lines().rev().nth(1).unwrap();
        assert!(text[start.parse::<usize>().unwrap()..].starts_with("xref"));
        assert!(text.contains("(Gr\\366\\337e 5 \\200) Tj") && text.contains("Invoice \\(1\\)"));
    }
}
