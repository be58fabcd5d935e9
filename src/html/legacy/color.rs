//! Colors as they stand in attributes (WHATWG HTML section 2.3.6): every text means some color.

/// A color for a style sheet; none for what the standard says is no color.
pub(super) fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("transparent") {
        return None;
    }
    if text.chars().all(|c| c.is_ascii_alphabetic()) && !is_hex(text) {
        // Names are left to the style sheet; unknown ones have no effect there.
        return Some(text.to_ascii_lowercase());
    }
    if text.starts_with("rgb") && text.chars().all(|c| c.is_ascii_alphanumeric() || "(),.% ".contains(c)) {
        return Some(text.to_owned());
    }
    if let Some(short) = text.strip_prefix('#').filter(|s| s.len() == 3 && is_hex(s)) {
        return Some(format!("#{short}"));
    }
    let mut digits: Vec<char> = text.chars().take(128).collect();
    if digits.first() == Some(&'#') {
        digits.remove(0);
    }
    for digit in &mut digits {
        if !digit.is_ascii_hexdigit() {
            *digit = '0';
        }
    }
    while digits.is_empty() || !digits.len().is_multiple_of(3) {
        digits.push('0');
    }
    let length = digits.len() / 3;
    let channels: Vec<&[char]> =
        digits.chunks(length).map(|c| c.get(length.saturating_sub(8)..).unwrap_or(c)).collect();
    // Leading zeros go while all three channels have one, then the first two digits count.
    let width = channels.first().map_or(0, |c| c.len());
    let zeros = (0..width.saturating_sub(2))
        .take_while(|at| channels.iter().all(|c| c.get(*at) == Some(&'0')))
        .count();
    let mut out = String::from("#");
    for channel in channels {
        let kept: String = channel.iter().skip(zeros).take(2).collect();
        out.push_str(&format!("{kept:0>2}").to_ascii_lowercase());
    }
    Some(out)
}

fn is_hex(text: &str) -> bool {
    matches!(text.len(), 3 | 6) && text.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    #[test]
    fn colors_of_attributes_mean_what_browsers_make_of_them() {
        let cases = [
            ("#ff0000", Some("#ff0000")),
            ("ff0000", Some("#ff0000")),
            ("#F00", Some("#F00")),
            ("Red", Some("red")),
            ("chucknorris", Some("chucknorris")),
            ("#ff00", Some("#ff0000")),
            ("transparent", None),
            ("", None),
            ("rgb(1, 2, 3)", Some("rgb(1, 2, 3)")),
        ];
        for (text, expected) in cases {
            assert_eq!(super::parse(text).as_deref(), expected, "{text}");
        }
    }
}
