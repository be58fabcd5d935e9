//! Pictures that are not there, as browsers show them (WHATWG HTML section 15.4.2): a sign and their words in the
//! line, nothing where the sender says that the picture says nothing, a box of its size where there is no document
//! type. The engine knows only pictures that it has.

use super::Pictures;
use crate::html::legacy::Styled;
use crate::html::sanitize::Event;
use html5ever::LocalName;

/// The element that stands for a picture.
pub(super) const NAME: &str = "x-img";
/// The sign in it.
const SIGN: &str = "x-sign";

/// What holds the sign and the words.
const WORDS: &str = "x-alt";

/// Looks of a picture that is not there.
const SHEET: &str = "\nx-sign{display:inline-block;vertical-align:-3px;box-sizing:border-box;width:16px;height:16px;\
    border:1px solid #b8bcc4;border-radius:2px;background:#f3f4f6}\
    x-alt{display:inline-block;line-height:normal}x-alt.pr-bare{line-height:0}\
    :where(.pr-out){display:inline-block;overflow:hidden}\
    x-alt.pr-box{display:block;box-sizing:border-box;overflow:hidden;width:100%;height:100%;border:1px solid #c0c4cc}";

/// Replaces pictures that are not there.
pub(super) fn mend(styled: &mut Styled, quirks: bool, pictures: &Pictures) {
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
                stand_in(&mut events, &mut sizes, attributes.clone(), quirks);
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

fn stand_in(
    events: &mut Vec<Event>,
    sizes: &mut Vec<String>,
    mut attributes: Vec<(LocalName, String)>,
    quirks: bool,
) {
    let get = |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v.clone());
    let side = |name: &str| {
        let value = get(name)?;
        Some(if value.ends_with('%') { format!("{name}:{value};") } else { format!("{name}:{value}px;") })
    };
    let (width, height, words) = (side("width"), side("height"), get("alt"));
    let boxed = quirks && width.is_some() && height.is_some();
    let mut classes = String::new();
    let css: String = width.into_iter().chain(height).collect();
    if !css.is_empty() {
        let number = sizes.iter().position(|known| *known == css).unwrap_or_else(|| {
            sizes.push(css);
            sizes.len() - 1
        });
        classes = format!("pr-s{number}");
    }
    if boxed {
        classes.push_str(" pr-out");
    }
    match attributes.iter_mut().find(|(name, _)| &**name == "class") {
        Some((_, value)) => *value = format!("{value} {classes}"),
        None => attributes.push((LocalName::from("class"), classes)),
    }
    events.push(Event::Open { name: LocalName::from(NAME), attributes });
    let looks = if boxed {
        "pr-box"
    } else if words.is_none() {
        "pr-bare"
    } else {
        ""
    };
    let looks = vec![(LocalName::from("class"), looks.to_owned())];
    events.push(Event::Open { name: LocalName::from(WORDS), attributes: looks });
    // Without words the picture may say anything; with empty words it says nothing.
    if words.as_deref() != Some("") {
        events.push(Event::Open { name: LocalName::from(SIGN), attributes: Vec::new() });
        events.push(Event::Close);
        if let Some(words) = words {
            events.push(Event::Text(words));
        }
    }
    events.push(Event::Close);
    events.push(Event::Close);
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
