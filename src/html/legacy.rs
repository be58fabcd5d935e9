//! The attributes that mails are laid out with, as style rules: `cellpadding`, `bgcolor`, `align`, `<font>` and
//! their like (WHATWG HTML section 15, "presentational hints"), and what browsers do differently where there is
//! no document type. Knows the sanitized document, not the engine.
//!
//! The rules have no specificity and come before the sender's own, as the standard wants it.

mod color;
mod emoji;
mod margins;

use super::sanitize::{Event, Sanitized};
pub(super) use emoji::NAME as EMOJI;
use html5ever::LocalName;
use std::collections::HashMap;
use std::fmt::Write;

/// A document for the engine.
pub(super) struct Styled {
    /// The sanitized document without the attributes that were translated, with classes instead.
    pub(super) events: Vec<Event>,
    /// The rules of these classes, to be read before the sender's.
    pub(super) sheet: String,
}

/// Translates the attributes of a document.
pub(super) fn translate(document: &Sanitized) -> Styled {
    let mut work =
        Work { classes: HashMap::new(), sheet: String::from(BASE), tables: Vec::new(), open: Vec::new() };
    work.sheet.push_str(emoji::SHEET);
    if document.report.asks_dark && document.report.fits_dark {
        work.sheet.push_str(DARK);
    }
    if document.quirks {
        work.sheet.push_str(QUIRKS);
        let [red, green, blue, opacity] = TABLE_COLOR;
        let opacity = f32::from(opacity) / 255.0;
        let _ = write!(work.sheet, ":where(table){{color:rgba({red},{green},{blue},{opacity})}}");
    }
    let edges = if document.quirks { margins::at_edges(&document.events) } else { margins::Edges::default() };
    let mut events = Vec::with_capacity(document.events.len());
    for (at, event) in document.events.iter().enumerate() {
        match event {
            Event::Open { name, attributes } => {
                let open = work.open(name, attributes, edges.css(at).to_owned());
                events.push(open);
            }
            Event::Close => {
                if work.open.pop().is_some_and(|name| &*name == "table") {
                    work.tables.pop();
                }
                events.push(Event::Close);
            }
            Event::Text(text) => emoji::push(&mut events, text),
            Event::Style { .. } => events.push(event.clone()),
        }
    }
    Styled { events, sheet: work.sheet }
}

/// Mails without a font of their own are read in the window's. Blocks in a link are underlined with it: the engine
/// hands decorations on to letters only.
const BASE: &str = ":where(html){font-family:sans-serif,Pinte}:where(tt,code,kbd,samp,pre,listing){font-family:monospace,Pinte}\
    :where(img){object-fit:fill}\
    :where(a[href],u,ins,s,strike,del) :where(p,div,h1,h2,h3,h4,h5,h6,ul,ol,li,dl,dt,dd,blockquote,center,pre,\
    address,section,article,header,footer,table,tbody,thead,tfoot,tr,td,th){text-decoration:inherit}";

/// Colors of letters that have none on a dark ground, where the sender chose one.
const DARK: &str =
    "@media (prefers-color-scheme:dark){:where(html){color:#e8e8ea}:where(a[href]){color:#9e9eff}}";

/// Quirks Mode Standard section 3.4: tables do not inherit the looks of letters.
const QUIRKS: &str = ":where(table){font-size:medium;font-weight:normal;font-style:normal;line-height:normal;\
    white-space:normal;text-align:start}:where(body){line-height:normal}";

/// The color, with its opacity in 255ths, of tables that have none of their own, until that of the body is known.
pub(super) const TABLE_COLOR: [u8; 4] = [1, 2, 3, 1];

/// What a table says about its cells.
#[derive(Clone, Default)]
struct Table {
    cells: String,
}

struct Work {
    classes: HashMap<String, usize>,
    sheet: String,
    tables: Vec<Table>,
    open: Vec<LocalName>,
}

impl Work {
    /// The class of a set of declarations.
    fn class(&mut self, declarations: &str) -> String {
        let next = self.classes.len();
        let number = *self.classes.entry(declarations.to_owned()).or_insert(next);
        if number == next {
            let _ = write!(self.sheet, "\n:where(.pr-{number}){{{declarations}}}");
        }
        format!("pr-{number}")
    }

    fn open(&mut self, name: &LocalName, attributes: &[(LocalName, String)], mut css: String) -> Event {
        let get = |wanted: &str| attributes.iter().find(|(n, _)| &**n == wanted).map(|(_, v)| v.as_str());
        match &**name {
            "table" => self.table(&get, &mut css),
            "td" | "th" => {
                if let Some(table) = self.tables.last() {
                    css.push_str(&table.cells);
                }
                shared(&get, &mut css);
                cell_align(&get, &mut css);
                if get("nowrap").is_some() {
                    css.push_str("white-space:nowrap;");
                }
            }
            "tr" | "tbody" | "thead" | "tfoot" => {
                shared(&get, &mut css);
                cell_align(&get, &mut css);
            }
            "body" => self.body(&get, &mut css),
            "font" => font(&get, &mut css),
            "img" => picture(&get, &mut css),
            "hr" => rule(&get, &mut css),
            "div" | "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "caption" | "legend" => {
                block_align(name, &get, &mut css);
            }
            "br" => match get("clear").map(str::to_ascii_lowercase).as_deref() {
                Some("all" | "both") => css.push_str("clear:both;"),
                Some("left") => css.push_str("clear:left;"),
                Some("right") => css.push_str("clear:right;"),
                _ => {}
            },
            "ol" | "ul" | "li" => list(&get, &mut css),
            _ => {}
        }
        let mut kept: Vec<(LocalName, String)> =
            attributes.iter().filter(|(key, _)| !is_translated(name, key)).cloned().collect();
        if !css.is_empty() {
            let class = self.class(&css);
            match kept.iter_mut().find(|(key, _)| &**key == "class") {
                Some((_, value)) => {
                    let _ = write!(value, " {class}");
                }
                None => kept.push((LocalName::from("class"), class)),
            }
        }
        if !matches!(&**name, "br" | "col" | "hr" | "img" | "wbr") {
            self.open.push(name.clone());
        }
        Event::Open { name: name.clone(), attributes: kept }
    }

    fn table<'a>(&mut self, get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
        shared(get, css);
        if let Some(spacing) = get("cellspacing") {
            let _ = write!(css, "border-spacing:{spacing}px;");
        }
        match get("align").map(str::to_ascii_lowercase).as_deref() {
            Some("center" | "middle") => css.push_str("margin-left:auto;margin-right:auto;"),
            Some("left") => css.push_str("float:left;"),
            Some("right") => css.push_str("float:right;"),
            _ => {}
        }
        let mut cells = String::new();
        if let Some(padding) = get("cellpadding") {
            let _ = write!(cells, "padding:{padding}px;");
        }
        let tone = get("bordercolor").and_then(color::parse);
        if let Some(border) = get("border").filter(|b| *b != "0") {
            let (outer, inner) = if tone.is_some() { ("solid", "solid") } else { ("outset", "inset") };
            let shade = tone.as_deref().unwrap_or("gray");
            let _ = write!(css, "border:{border}px {outer} {shade};");
            let _ = write!(cells, "border:1px {inner} {shade};");
        }
        self.tables.push(Table { cells });
    }

    fn body<'a>(&mut self, get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
        shared(get, css);
        if let Some(text) = get("text").and_then(color::parse) {
            let _ = write!(css, "color:{text};");
        }
        if let Some(link) = get("link").and_then(color::parse) {
            let _ = write!(self.sheet, "\n:where(a[href]){{color:{link}}}");
        }
        for (attribute, sides) in [
            ("marginwidth", &["left", "right"][..]),
            ("marginheight", &["top", "bottom"][..]),
            ("leftmargin", &["left"][..]),
            ("topmargin", &["top"][..]),
        ] {
            for side in get(attribute).map(|_| sides).unwrap_or_default() {
                let _ = write!(css, "margin-{side}:{}px;", get(attribute).unwrap_or_default());
            }
        }
    }
}

/// Attributes that the rules have taken over; the engine must not read them again in its own way.
fn is_translated(element: &str, attribute: &str) -> bool {
    matches!(
        attribute,
        "align"
            | "valign"
            | "bgcolor"
            | "background"
            | "cellpadding"
            | "cellspacing"
            | "bordercolor"
            | "nowrap"
            | "hspace"
            | "vspace"
            | "clear"
            | "link"
            | "vlink"
            | "alink"
            | "text"
            | "marginwidth"
            | "marginheight"
            | "leftmargin"
            | "topmargin"
            | "color"
            | "face"
            | "noshade"
    ) || (attribute == "border" && matches!(element, "table" | "img"))
        || (attribute == "size" && matches!(element, "font" | "hr"))
}

/// Background of boxes.
fn shared<'a>(get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    if let Some(tone) = get("bgcolor").and_then(color::parse) {
        let _ = write!(css, "background-color:{tone};");
    }
    if let Some(address) = get("background") {
        css.push_str("background-image:url(");
        let _ = cssparser::serialize_string(address, css);
        css.push_str(");");
    }
    match get("valign").map(str::to_ascii_lowercase).as_deref() {
        Some("top") => css.push_str("vertical-align:top;"),
        Some("middle" | "center" | "absmiddle") => css.push_str("vertical-align:middle;"),
        Some("bottom") => css.push_str("vertical-align:bottom;"),
        Some("baseline") => css.push_str("vertical-align:baseline;"),
        _ => {}
    }
}

/// `align` of cells and rows, which moves tables inside them too.
fn cell_align<'a>(get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    match get("align").map(str::to_ascii_lowercase).as_deref() {
        Some("center" | "middle") => css.push_str("text-align:-moz-center;"),
        Some("left") => css.push_str("text-align:-moz-left;"),
        Some("right") => css.push_str("text-align:-moz-right;"),
        Some("justify") => css.push_str("text-align:justify;"),
        _ => {}
    }
}

fn block_align<'a>(name: &str, get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    let moves_blocks = name == "div";
    match get("align").map(str::to_ascii_lowercase).as_deref() {
        Some("center" | "middle") => {
            css.push_str(if moves_blocks { "text-align:-moz-center;" } else { "text-align:center;" });
        }
        Some("left") => css.push_str(if moves_blocks { "text-align:-moz-left;" } else { "text-align:left;" }),
        Some("right") => {
            css.push_str(if moves_blocks { "text-align:-moz-right;" } else { "text-align:right;" })
        }
        Some("justify") => css.push_str("text-align:justify;"),
        _ => {}
    }
}

fn font<'a>(get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    if let Some(tone) = get("color").and_then(color::parse) {
        let _ = write!(css, "color:{tone};");
    }
    if let Some(face) = get("face") {
        let harmless = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '_' | '\'' | '"' | '.');
        if face.chars().all(harmless) && face.matches(['\'', '"']).count() % 2 == 0 && !face.trim().is_empty()
        {
            let _ = write!(css, "font-family:{};", face.trim().trim_matches(','));
        }
    }
    let Some(size) = get("size").map(str::trim) else { return };
    let digits: String =
        size.trim_start_matches(['+', '-']).chars().take_while(char::is_ascii_digit).collect();
    let Ok(number) = digits.parse::<i32>() else { return };
    let step = match size.as_bytes().first() {
        Some(b'+') => 3 + number.min(4),
        Some(b'-') => 3 - number.min(4),
        _ => number,
    };
    let word = match step {
        ..=1 => "x-small",
        2 => "small",
        3 => "medium",
        4 => "large",
        5 => "x-large",
        6 => "xx-large",
        _ => "xxx-large",
    };
    let _ = write!(css, "font-size:{word};");
}

fn picture<'a>(get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    match get("align").map(str::to_ascii_lowercase).as_deref() {
        Some("left") => css.push_str("float:left;"),
        Some("right") => css.push_str("float:right;"),
        Some("top" | "texttop") => css.push_str("vertical-align:top;"),
        Some("middle" | "absmiddle" | "center") => css.push_str("vertical-align:middle;"),
        Some("bottom" | "baseline") => css.push_str("vertical-align:baseline;"),
        Some("absbottom") => css.push_str("vertical-align:bottom;"),
        _ => {}
    }
    for (attribute, sides) in [("hspace", ["left", "right"]), ("vspace", ["top", "bottom"])] {
        if let Some(space) = get(attribute) {
            for side in sides {
                let _ = write!(css, "margin-{side}:{space}px;");
            }
        }
    }
    if let Some(border) = get("border").filter(|b| *b != "0") {
        let _ = write!(css, "border:{border}px solid;");
    }
}

fn rule<'a>(get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    match get("align").map(str::to_ascii_lowercase).as_deref() {
        Some("left") => css.push_str("margin-left:0;margin-right:auto;"),
        Some("right") => css.push_str("margin-left:auto;margin-right:0;"),
        _ => {}
    }
    let tone = get("color").and_then(color::parse);
    let tone = tone.or_else(|| get("noshade").map(|_| "gray".to_owned()));
    if let Some(tone) = tone {
        let _ = write!(css, "border-style:solid;border-color:{tone};background-color:{tone};");
    }
    match get("size").and_then(|s| s.parse::<u32>().ok()) {
        Some(0 | 1) => css.push_str("border-bottom-width:0;"),
        Some(size) => {
            let _ = write!(css, "height:{}px;", size - 2);
        }
        None => {}
    }
}

fn list<'a>(get: &impl Fn(&str) -> Option<&'a str>, css: &mut String) {
    let style = match get("type") {
        Some("1") => "decimal",
        Some("a") => "lower-alpha",
        Some("A") => "upper-alpha",
        Some("i") => "lower-roman",
        Some("I") => "upper-roman",
        Some(word) => match word.to_ascii_lowercase().as_str() {
            "disc" => "disc",
            "circle" => "circle",
            "square" => "square",
            "none" => "none",
            _ => return,
        },
        None => return,
    };
    let _ = write!(css, "list-style-type:{style};");
}
