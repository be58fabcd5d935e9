//! Pictures that are not there, as Chromium shows them (WHATWG HTML section 15.4.2): a sign and their words, nothing
//! where the sender says that the picture says nothing, a box of its size where the words cannot stand for it.
//! The engine knows only pictures that it has.
//!
//! Which of these it is depends on the computed style, so it is decided in two steps: [`mend`] puts stand-ins into
//! the document, [`settle`] gives them their shape once styles are known.

use super::Pictures;
use crate::html::legacy::Styled;
use crate::html::sanitize::Event;
use blitz_dom::{BaseDocument, Node, NodeId, local_name};
use html5ever::LocalName;
use taffy::{CompactLength, CoreStyle};

/// The element that stands for a picture.
pub(super) const NAME: &str = "x-img";
/// The sign in it.
const SIGN: &str = "x-sign";

/// What holds the sign and the words.
const WORDS: &str = "x-alt";

/// Looks of a picture that is not there.
const SHEET: &str = "\nx-sign{display:inline-block;vertical-align:top;box-sizing:border-box;width:14px;height:16px;\
    margin:0 2px 0 0;border:1px solid #a9aeb6;border-radius:2px;background:#f3f4f6}\
    x-img{overflow:clip;text-decoration:inherit}x-alt{text-decoration:inherit}";

/// Without width, but a line with it has its height.
const NOTHING: &str = "\u{200b}";

/// Smallest side of a box with a sign in it: sign, frame and the space between them.
const LEAST: f32 = 18.0;

/// Replaces pictures that are not there.
pub(super) fn mend(styled: &mut Styled, pictures: &Pictures) {
    let is_absent = |attributes: &[(LocalName, String)]| {
        !attributes.iter().any(|(name, value)| &**name == "src" && pictures.has(value))
    };
    let any = styled.events.iter().any(
        |event| matches!(event, Event::Open { name, attributes } if &**name == "img" && is_absent(attributes)),
    );
    if !any {
        return;
    }
    styled.sheet.push_str(SHEET);
    let mut sizes = Vec::new();
    let mut events = Vec::with_capacity(styled.events.len());
    for event in std::mem::take(&mut styled.events) {
        match event {
            Event::Open { ref name, ref attributes } if &**name == "img" && is_absent(attributes) => {
                stand_in(&mut events, &mut sizes, attributes.clone());
            }
            Event::Style { ref media, ref css } => {
                events.push(Event::Style { media: media.clone(), css: rename(css) });
            }
            Event::Open { .. } | Event::Text(_) | Event::Close => events.push(event),
        }
    }
    styled.events = events;
    for (number, css) in sizes.iter().enumerate() {
        styled.sheet.push_str(&format!("\n:where(.pr-s{number}){{{css}}}"));
    }
}

fn stand_in(events: &mut Vec<Event>, sizes: &mut Vec<String>, mut attributes: Vec<(LocalName, String)>) {
    let get = |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v.clone());
    let side = |name: &str| {
        let value = get(name)?;
        Some(if value.ends_with('%') { format!("{name}:{value};") } else { format!("{name}:{value}px;") })
    };
    let (width, height, words) = (side("width"), side("height"), get("alt"));
    // Both together say what shape the picture has, whatever becomes of one of them.
    let shape = ratio(&attributes).map(|(wide, high)| format!("aspect-ratio:{wide}/{high};"));
    let css: String = width.into_iter().chain(height).chain(shape).collect();
    if !css.is_empty() {
        let number = sizes.iter().position(|known| *known == css).unwrap_or_else(|| {
            sizes.push(css);
            sizes.len() - 1
        });
        let class = format!("pr-s{number}");
        match attributes.iter_mut().find(|(name, _)| &**name == "class") {
            Some((_, value)) => *value = format!("{value} {class}"),
            None => attributes.push((LocalName::from("class"), class)),
        }
    }
    events.push(Event::Open { name: LocalName::from(NAME), attributes });
    events.push(Event::Open { name: LocalName::from(WORDS), attributes: Vec::new() });
    events.push(Event::Open { name: LocalName::from(SIGN), attributes: Vec::new() });
    events.push(Event::Close);
    if let Some(words) = words.filter(|words| !words.is_empty()) {
        events.push(Event::Text(words));
    }
    events.push(Event::Close);
    events.push(Event::Close);
}

/// Width and height that the attributes give, if both are lengths.
fn ratio(attributes: &[(LocalName, String)]) -> Option<(f32, f32)> {
    let side = |wanted: &str| {
        let value = attributes.iter().find(|(name, _)| &**name == wanted)?.1.parse::<f32>().ok()?;
        (value > 0.0).then_some(value)
    };
    Some((side("width")?, side("height")?))
}

/// The size that a style asks for.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Auto,
    Pixels(f32),
    /// A share of something, or a sum.
    Other,
}

fn sides(node: &Node) -> Option<(Side, Side)> {
    node.primary_styles()?;
    let size = node.layout_style().size();
    let side = |length: taffy::Dimension| {
        if length.is_auto() {
            Side::Auto
        } else if length.tag() == CompactLength::LENGTH_TAG {
            Side::Pixels(length.value())
        } else {
            Side::Other
        }
    };
    Some((side(size.width), side(size.height)))
}

/// What the sides of a stand-in come to.
struct Shape {
    wide: Side,
    high: Side,
    /// The height that follows from the width.
    derived: Option<f32>,
    /// The side that is made as long as the other one.
    square: Option<(&'static str, f32)>,
}

/// Completes one side by the other: by the ratio that `width` and `height` say, else, where there is no document type,
/// as if the picture were a square.
fn shape(node: &Node, wide: Side, high: Side, quirks: bool) -> Shape {
    let number = |name| node.attr(name).and_then(|v| v.parse::<f32>().ok()).filter(|v| *v > 0.0);
    let ratio = number(local_name!("width")).zip(number(local_name!("height")));
    let mut shape = Shape { wide, high, derived: None, square: None };
    match (ratio, wide, high) {
        (Some((w, h)), Side::Auto, Side::Pixels(length)) => shape.wide = Side::Pixels(length * w / h),
        (Some((w, h)), Side::Pixels(length), Side::Auto) => {
            shape.high = Side::Pixels(length * h / w);
            shape.derived = Some(length * h / w);
        }
        (Some(_), Side::Auto, Side::Other) => shape.wide = Side::Other,
        (None, Side::Auto, Side::Pixels(length)) if quirks => {
            shape.square = Some(("width", length));
            shape.wide = high;
        }
        (None, Side::Pixels(length), Side::Auto) if quirks => {
            shape.square = Some(("height", length));
            shape.high = wide;
        }
        (_, Side::Other, Side::Auto) if ratio.is_some() || quirks => shape.high = Side::Other,
        _ => {}
    }
    shape
}

/// Gives stand-ins their shape, as Chromium does (`HTMLImageFallbackHelper`). Styles are known, boxes are not.
pub(super) fn settle(base: &mut BaseDocument, stand_ins: &[NodeId], quirks: bool) {
    for id in stand_ins {
        let Some(node) = base.get_node(*id) else { continue };
        let Some((width, height)) = sides(node) else { continue };
        let Some(words) = node.children.first().copied() else { continue };
        let sign = base.get_node(words).and_then(|node| node.children.first().copied());
        let is_inline = node.is_non_atomic_inline();
        let alt = node.attr(local_name!("alt"));
        let says_something = alt.is_some_and(|words| !words.is_empty());
        // Without words nothing would ever be shown here, so nothing is missing.
        let has_source = node.attr(local_name!("src")).is_some();
        let (mut set, mut less): (Vec<(NodeId, &str, String)>, Vec<NodeId>) = (Vec::new(), Vec::new());
        let mut nothing = None;
        let mut put = |id, name, value: &str| set.push((id, name, value.to_owned()));
        let Shape { wide, high, derived, square } = shape(node, width, height, quirks);
        if let Some((name, length)) = square {
            put(*id, name, &format!("{length}px"));
        }
        let sized = wide != Side::Auto && high != Side::Auto;
        let replaced = sized && (quirks || !says_something);
        if is_inline {
            put(*id, "display", "inline-block");
            if !replaced {
                put(*id, "width", "auto");
                put(*id, "height", "auto");
                put(*id, "aspect-ratio", "auto");
            }
        }
        if replaced {
            if let Some(height) = derived {
                // What is in it asks for all of its height.
                put(*id, "height", &format!("{height}px"));
            }
            let small = [wide, high].iter().any(|side| matches!(side, Side::Pixels(n) if *n < LEAST));
            put(words, "display", "block");
            put(words, "overflow", "hidden");
            put(words, "box-sizing", "border-box");
            put(words, "width", "100%");
            put(words, "height", if matches!(high, Side::Other) { "auto" } else { "100%" });
            if small || !(has_source || says_something) {
                less.extend(sign);
            } else if let Some(sign) = sign {
                put(sign, "display", "block");
                put(sign, "float", "left");
                put(sign, "margin-bottom", "2px");
            }
            if !small {
                put(words, "border", "1px solid silver");
                put(words, "padding", "1px");
            }
            if is_inline {
                // It stands on the line like a picture, whatever its words would do.
                put(*id, "overflow", "hidden");
            }
        } else if alt == Some("") || !(has_source || says_something) {
            less.extend(sign);
            less.extend((!is_inline).then_some(words));
            nothing = is_inline.then_some(words);
        } else if let Some(sign) = sign.filter(|_| !says_something || !is_inline) {
            put(sign, "display", "block");
            if says_something {
                put(sign, "float", "left");
                put(words, "display", "block");
                put(words, "overflow", "hidden");
            }
        }
        for id in less {
            set.push((id, "display", "none".to_owned()));
        }
        let mut tree = base.mutate();
        if let Some(words) = nothing {
            let text = tree.create_text_node(NOTHING);
            tree.append_children(words, &[text]);
        }
        for (id, name, value) in set {
            tree.set_style_property(id, name, &value);
        }
    }
}

/// Makes rules for `img` hold for the stand-ins too. A cleaned sheet has one rule on a line.
fn rename(css: &str) -> String {
    let mut out = String::with_capacity(css.len() + 64);
    for line in css.lines() {
        match line
            .split_once('{')
            .filter(|(selector, _)| selector.contains("img") && !selector.starts_with('@'))
        {
            Some((selector, rest)) => {
                selectors(&mut out, selector);
                out.push('{');
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

fn selectors(out: &mut String, selector: &str) {
    let part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\\');
    let mut rest = selector;
    while let Some(at) = rest.find("img") {
        let (before, found) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let after = found.get(3..).unwrap_or_default();
        out.push_str(before);
        let starts =
            !before.ends_with(|c: char| part_of_name(c) || matches!(c, '.' | '#' | ':' | '"' | '=' | '['));
        let ends = !after.starts_with(part_of_name);
        out.push_str(if starts && ends { ":is(img,x-img)" } else { "img" });
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    #[test]
    fn rules_for_pictures_hold_for_their_stand_ins() {
        let css = "a img,.img{width:1px}\nimg.x>img{color:red}\n#img{}\n@media img{\n";
        let expected = "a :is(img,x-img),.img{width:1px}\n:is(img,x-img).x>:is(img,x-img){color:red}\n#img{}\n@media img{\n";
        assert_eq!(super::rename(css), expected);
    }
}
