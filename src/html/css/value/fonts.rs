//! Lists of fonts as browsers read them: a face that is not installed is replaced by one of the same widths, and
//! where no name of a list is known the browser's own font is used. The engine knows only the names in the list.

/// Faces of the same widths, as Chromium knows them (and fontconfig's `30-metric-aliases.conf`).
const SAME_WIDTHS: &[(&str, &[&str])] = &[
    ("arial", &["Liberation Sans", "Arimo"]),
    ("times new roman", &["Liberation Serif", "Tinos"]),
    ("courier new", &["Liberation Mono", "Cousine"]),
    ("calibri", &["Carlito"]),
    ("cambria", &["Caladea"]),
    ("georgia", &["Gelasio"]),
];

/// Words that are a whole value, and fonts that are no name.
const WORDS: &[&str] = &[
    "inherit",
    "initial",
    "unset",
    "revert",
    "revert-layer",
    "caption",
    "icon",
    "menu",
    "message-box",
    "small-caption",
    "status-bar",
    "serif",
    "sans-serif",
    "monospace",
    "cursive",
    "fantasy",
    "system-ui",
    "ui-serif",
    "ui-sans-serif",
    "ui-monospace",
    "ui-rounded",
    "math",
    "emoji",
];

/// The value of `font` or `font-family` with what browsers add to it. Doing it again changes nothing.
pub(in crate::html) fn complete(value: &str) -> String {
    let items = items(value);
    let Some(last) = items.last() else { return value.to_owned() };
    let is_word = |item: &str| WORDS.iter().any(|word| item.eq_ignore_ascii_case(word));
    if value.trim().is_empty() || value.contains("var(") || (items.len() == 1 && is_word(value.trim())) {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len() + 32);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(item);
        let next = items.get(at + 1).map_or("", |item| bare(item));
        let Some((_, others)) = SAME_WIDTHS.iter().find(|(name, _)| is_name(item, name)) else { continue };
        for other in
            others.iter().filter(|_| others.first().is_none_or(|first| !next.eq_ignore_ascii_case(first)))
        {
            out.push_str(",\"");
            out.push_str(other);
            out.push('"');
        }
    }
    // In `font` the size stands before the first name.
    let ends_in_word = is_word(last.trim()) || last.rsplit(' ').next().is_some_and(is_word);
    if !ends_in_word {
        out.push_str(",sans-serif");
    }
    out
}

/// The pieces between commas that are not in quotes or brackets.
fn items(value: &str) -> Vec<&str> {
    let (mut quote, mut depth, mut start) = (None, 0_usize, 0);
    let mut found = Vec::new();
    let mut escaped = false;
    for (at, c) in value.char_indices() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match (quote, c) {
            (_, '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                found.push(value.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    found.push(value.get(start..).unwrap_or_default());
    found
}

fn bare(item: &str) -> &str {
    item.trim().trim_matches(['"', '\''])
}

/// Whether a piece is a name, alone or behind a size.
fn is_name(item: &str, name: &str) -> bool {
    let item = item.trim();
    if bare(item).eq_ignore_ascii_case(name) {
        return true;
    }
    let quoted = item.strip_suffix(['"', '\'']).unwrap_or(item);
    let Some((before, end)) = quoted.len().checked_sub(name.len()).and_then(|at| quoted.split_at_checked(at))
    else {
        return false;
    };
    end.eq_ignore_ascii_case(name) && before.trim_end_matches(['"', '\'']).ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn lists_end_in_the_browsers_font() {
        for (value, expected) in [
            ("Arial", "Arial,\"Liberation Sans\",\"Arimo\",sans-serif"),
            ("\"Times New Roman\",serif", "\"Times New Roman\",\"Liberation Serif\",\"Tinos\",serif"),
            ("12px/1.5 Arial,Verdana", "12px/1.5 Arial,\"Liberation Sans\",\"Arimo\",Verdana,sans-serif"),
            (
                "italic 12px \"Courier New\"",
                "italic 12px \"Courier New\",\"Liberation Mono\",\"Cousine\",sans-serif",
            ),
            ("12px serif", "12px serif"),
            ("inherit", "inherit"),
            ("Verdana", "Verdana,sans-serif"),
            ("\"a, b\"", "\"a, b\",sans-serif"),
            ("var(--x)", "var(--x)"),
            ("monospace", "monospace"),
            ("", ""),
        ] {
            let once = complete(value);
            assert_eq!(once, expected);
            assert_eq!(complete(&once), once);
        }
    }
}
