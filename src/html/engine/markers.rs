//! Numbers of lists as browsers write them (CSS Lists 3 section 4, HTML section 4.4.5). The engine knows numbers and
//! letters, but no Roman ones, no `value`, no `reversed`, no start at zero, and leaves no room behind them: so each item
//! of a numbered list is told what stands before it.

use blitz_dom::{BaseDocument, LocalName, Node, NodeId, QualName, local_name, ns};

/// Tells items what stands before them. Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument) {
    let mut lists = Vec::new();
    let mut found: Vec<(NodeId, String)> = Vec::new();
    let mut open = vec![base.root_element().id];
    while let Some(id) = open.pop() {
        let Some(node) = base.get_node(id) else { continue };
        open.extend(node.children.iter().copied());
        if named(node, &local_name!("ol")) {
            lists.push(id);
            number(base, node, &mut found);
        }
    }
    let mut tree = base.mutate();
    for list in lists {
        tree.clear_attribute(list, QualName::new(None, ns!(), local_name!("start")));
    }
    for (item, marker) in found {
        tree.set_style_property(item, "list-style-type", &format!("\"{marker}\u{a0}\""));
    }
}

fn named(node: &Node, name: &LocalName) -> bool {
    node.element_data().is_some_and(|element| element.name.local == *name)
}

/// Numbers the items of a list.
fn number(base: &BaseDocument, list: &Node, found: &mut Vec<(NodeId, String)>) {
    let items: Vec<&Node> = list
        .children
        .iter()
        .filter_map(|child| base.get_node(*child))
        .filter(|child| named(child, &local_name!("li")))
        .collect();
    let whole = |node: &Node, name: LocalName| node.attr(name)?.trim().parse::<i32>().ok();
    let reversed = list.attr(local_name!("reversed")).is_some();
    let first = if reversed { i32::try_from(items.len()).unwrap_or(i32::MAX) } else { 1 };
    let mut next = whole(list, local_name!("start")).unwrap_or(first);
    for item in items {
        let number = whole(item, local_name!("value")).unwrap_or(next);
        next = if reversed { number.saturating_sub(1) } else { number.saturating_add(1) };
        let Some(styles) = item.primary_styles() else { continue };
        if !styles.clone_display().is_list_item() {
            continue;
        }
        let kind = format!("{:?}", styles.clone_list_style_type());
        found.extend(counted(&kind, number).map(|text| (item.id, text + ".")));
    }
}

/// A number as a kind of list writes it; nothing for what is no number. `kind` is what the engine calls it.
fn counted(kind: &str, number: i32) -> Option<String> {
    let is = |names: &[&str]| names.iter().any(|name| kind.contains(name));
    let positive = usize::try_from(number).ok().filter(|number| *number > 0);
    let written = if is(&["lower-roman"]) {
        positive.and_then(roman)
    } else if is(&["upper-roman"]) {
        positive.and_then(roman).map(|text| text.to_ascii_uppercase())
    } else if is(&["lower-alpha", "lower-latin"]) {
        positive.map(|number| letters(number, 'a'..='z'))
    } else if is(&["upper-alpha", "upper-latin"]) {
        positive.map(|number| letters(number, 'A'..='Z'))
    } else if is(&["lower-greek"]) {
        // Without the form of the last letter of a word.
        positive.map(|number| letters(number, ('α'..='ω').filter(|letter| *letter != 'ς')))
    } else if is(&["decimal-leading-zero"]) {
        Some(if number < 0 { format!("-{:02}", -i64::from(number)) } else { format!("{number:02}") })
    } else if is(&["decimal"]) {
        None
    } else {
        return None;
    };
    Some(written.unwrap_or_else(|| number.to_string()))
}

/// Roman numbers end at 3999.
fn roman(number: usize) -> Option<String> {
    const DIGITS: [(usize, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut left = Some(number).filter(|number| *number < 4000)?;
    let mut out = String::new();
    for (worth, digits) in DIGITS {
        while left >= worth {
            out.push_str(digits);
            left -= worth;
        }
    }
    Some(out)
}

/// a, b ... z, aa, ab ...
fn letters(number: usize, alphabet: impl Iterator<Item = char>) -> String {
    let alphabet: Vec<char> = alphabet.collect();
    let (mut left, mut out) = (number, Vec::<char>::new());
    while left > 0 {
        left -= 1;
        out.extend(alphabet.get(left % alphabet.len().max(1)));
        left /= alphabet.len().max(2);
    }
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use crate::html::engine::{Blitz, Engine, Pictures};
    use crate::html::page::View;
    use blitz_dom::node::Marker;

    /// What stands before the items of a document.
    fn markers(html: &str) -> Vec<String> {
        let clean = crate::html::sanitize(html);
        let sheet = Blitz::new().open(&clean, &Pictures::default(), View::default());
        let base = sheet.base();
        let (mut open, mut found) = (vec![base.root_element().id], Vec::new());
        while let Some(node) = open.pop().and_then(|id| base.get_node(id)) {
            open.extend(node.children.iter().rev());
            found.extend(node.element_data().and_then(|e| e.list_item_data.as_ref()).map(|item| {
                match &item.marker {
                    Marker::Char(bullet) => bullet.to_string(),
                    Marker::String(text) => text.replace('\u{a0}', "_"),
                }
            }));
        }
        found
    }

    #[test]
    fn items_are_numbered_as_in_browsers() {
        assert_eq!(markers("<ol><li>a<li value=10>b<li>c</ol>"), ["1._", "10._", "11._"]);
        assert_eq!(markers("<ol start=0><li>a<li>b</ol>"), ["0._", "1._"]);
        assert_eq!(markers("<ol start=-1 type=a><li>a<li>b<li>c</ol>"), ["-1._", "0._", "a._"]);
        assert_eq!(markers("<ol reversed><li>a<li>b</ol>"), ["2._", "1._"]);
        assert_eq!(markers("<ol type=i><li>a<li>b<li>c<li>d</ol>"), ["i._", "ii._", "iii._", "iv._"]);
        assert_eq!(markers("<ol style='list-style:upper-roman' start=1999><li>a</ol>"), ["MCMXCIX._"]);
        assert_eq!(markers("<ol type=A start=27><li>a</ol>"), ["AA._"]);
        assert_eq!(markers("<ol style='list-style-type:lower-greek'><li>a</ol>"), ["α._"]);
        assert_eq!(markers("<ul><li>a</ul><ol style='list-style:none'><li>b</ol>"), ["•"]);
        assert_eq!(markers("<ol><li style='list-style-type:disc'>a<li>b</ol>"), ["•", "2._"]);
    }
}
