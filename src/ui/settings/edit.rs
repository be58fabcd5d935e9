//! Sets one value in a TOML text and leaves everything else as its author wrote it: comments, order, unknown keys.
//!
//! Only plain values at the top of the file. What came out is read again: if anything else changed by it, nothing is.

use toml::{Table, Value};

/// The text with the value of a key replaced, or added where the key was missing. `None` if that cannot be done
/// without harm: the text is no TOML, or the key stands in it in an unusual way.
#[must_use]
pub fn set(text: &str, key: &str, value: &Value) -> Option<String> {
    let mut wanted: Table = toml::from_str(text).ok()?;
    wanted.insert(key.to_owned(), value.clone());
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut made = String::with_capacity(text.len() + 64);
    let mut top = true;
    let mut done = false;
    // Where a new line goes: behind the last line at the top that is neither empty nor a comment.
    let mut place = 0;
    for line in text.split_inclusive('\n') {
        top &= !line.trim_start().starts_with('[');
        match value_of(line, key).filter(|_| top && !done) {
            Some((before, after)) => {
                made.push_str(before);
                made.push_str(&value.to_string());
                made.push_str(after);
                done = true;
            }
            None => made.push_str(line),
        }
        let said = line.trim();
        if top && !said.is_empty() && !said.starts_with('#') {
            place = made.len();
        }
    }
    if !done {
        if place == 0 {
            place = end_of_head(&made);
        }
        if !made.get(..place)?.is_empty() && !made.get(..place)?.ends_with('\n') {
            made.insert_str(place, line_end);
            place += line_end.len();
        }
        made.insert_str(place, &format!("{key} = {value}{line_end}"));
    }
    let came_out: Table = toml::from_str(&made).ok()?;
    (came_out == wanted).then_some(made)
}

/// Line (from 1) in which a key at the top of the file stands.
#[must_use]
pub fn line_of(text: &str, key: &str) -> Option<usize> {
    let top = text.lines().take_while(|line| !line.trim_start().starts_with('['));
    top.enumerate().find(|(_, line)| value_of(line, key).is_some()).map(|(index, _)| index + 1)
}

/// Line (from 1) in which a key of a table stands that is written as `[table]`.
#[must_use]
pub fn line_below(text: &str, table: &str, key: &str) -> Option<usize> {
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(head) = line.trim_start().strip_prefix('[') {
            inside = head.split(']').next().is_some_and(|name| name.trim() == table);
        } else if inside && value_of(line, key).is_some() {
            return Some(index + 1);
        }
    }
    None
}

/// Line (from 1) of a byte.
#[must_use]
pub fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

/// End of the comment that a file begins with.
fn end_of_head(text: &str) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim_start().starts_with('#') {
            break;
        }
        end += line.len();
    }
    end
}

/// What stands before and behind the value, if the line sets this key.
fn value_of<'a>(line: &'a str, key: &str) -> Option<(&'a str, &'a str)> {
    let said = line.trim_start();
    let bare = said.strip_prefix(key);
    let quoted =
        || ['"', '\''].iter().find_map(|q| said.strip_prefix(*q)?.strip_prefix(key)?.strip_prefix(*q));
    let rest = bare.filter(|rest| rest.trim_start().starts_with('=')).or_else(quoted)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start_matches([' ', '\t']);
    let before = line.get(..line.len() - rest.len())?;
    let length = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => end_of_string(rest, quote)?,
        _ => rest.find('#').map_or(rest, |at| rest.get(..at).unwrap_or(rest)).trim_end().len(),
    };
    Some((before, rest.get(length..)?))
}

fn end_of_string(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' && quote == '"' {
            escaped = true;
        } else if c == quote {
            return Some(at + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_value_changes() {
        let text = "# mine\n\ntheme = \"dark\" # at night\nunknown = 3\n[more]\ntheme = 1\n";
        assert_eq!(
            set(text, "theme", &"light".into()).unwrap(),
            "# mine\n\ntheme = \"light\" # at night\nunknown = 3\n[more]\ntheme = 1\n"
        );
        assert_eq!(set("a=1#x", "a", &2.into()).unwrap(), "a=2#x");
        assert_eq!(set("'a' = 'b # c'\r\n", "a", &true.into()).unwrap(), "'a' = true\r\n");
    }

    #[test]
    fn a_missing_key_is_added_before_the_tables() {
        assert_eq!(set("", "a", &1.into()).unwrap(), "a = 1\n");
        assert_eq!(set("b = 2", "a", &1.into()).unwrap(), "b = 2\na = 1\n");
        assert_eq!(set("# head\n\n[t]\nx = 1\n", "a", &1.into()).unwrap(), "# head\na = 1\n\n[t]\nx = 1\n");
        assert_eq!(set("b = 2\n# a = 3\n\n[t]\n", "a", &1.into()).unwrap(), "b = 2\na = 1\n# a = 3\n\n[t]\n");
    }

    #[test]
    fn what_would_do_harm_is_not_done() {
        assert_eq!(set("a = [", "b", &1.into()), None, "no TOML");
        assert_eq!(set("text = \"\"\"\na = 1\n\"\"\"\na = 2\n", "a", &3.into()), None, "inside of a text");
        assert_eq!(set("a = [\n 1,\n]\n", "a", &3.into()), None, "over several lines");
        assert_eq!(set("a.b = 1\n", "a", &3.into()), None, "a table");
    }

    #[test]
    fn lines_are_counted_from_one() {
        let text = "# x\nzoom = 9\n[t]\ntheme = 1\n";
        assert_eq!(line_of(text, "zoom"), Some(2));
        assert_eq!(line_of(text, "theme"), None);
        assert_eq!(line_below(text, "t", "theme"), Some(4));
        assert_eq!(line_below(text, "u", "theme"), None);
        assert_eq!((line_at(text, 0), line_at(text, 4), line_at(text, 999)), (1, 2, 5));
    }
}
