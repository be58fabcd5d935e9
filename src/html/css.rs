//! Style sheets of strangers to style sheets that reach nothing and break nothing: no rule that loads, no
//! address but those of pictures, no length beyond what layout survives. Works on tokens, so that what comes
//! out reads the same to every parser; knows no elements.
//!
//! Properties that the engine does not know are dropped by the engine. What is dropped here is what would do
//! harm: remote effects, positions over the window, animation, and values that take seconds to paint.

mod value;

use super::limits::{MAX_CSS, MAX_RULES};
use cssparser::{Delimiter, ParseError, Parser, ToCss, Token};
use std::fmt::Write;

/// What the pass needs to know and what it finds.
pub(super) struct Pass<'a> {
    /// What an address in the sheet becomes; none drops the declaration.
    pub(super) address: &'a mut dyn FnMut(&str) -> Option<String>,
    /// Lengths may lack their unit, as in browsers when there is no document type.
    pub(super) quirks: bool,
    /// Bytes that may still be read.
    pub(super) budget: usize,
    /// Rules that may still come.
    pub(super) rules: usize,
    /// Bytes of addresses in the value that is being read.
    addresses: usize,
    /// A rule asks for dark colors.
    pub(super) asks_dark: bool,
    /// A rule says that the document can stand on a dark ground.
    pub(super) fits_dark: bool,
    /// Something was left out because there was too much of it.
    pub(super) cut: bool,
}

impl<'a> Pass<'a> {
    /// A pass with the full budget.
    pub(super) fn new(address: &'a mut dyn FnMut(&str) -> Option<String>, quirks: bool) -> Self {
        Self {
            address,
            quirks,
            budget: MAX_CSS,
            rules: MAX_RULES,
            addresses: 0,
            asks_dark: false,
            fits_dark: false,
            cut: false,
        }
    }

    /// Takes as much of the text as the budget holds.
    fn take<'t>(&mut self, text: &'t str) -> &'t str {
        let kept = text.get(..text.floor_char_boundary(self.budget)).unwrap_or_default();
        self.cut |= kept.len() < text.len();
        self.budget -= kept.len();
        kept
    }

    /// A whole style sheet. The result may stand in `<style>`.
    pub(super) fn sheet(&mut self, css: &str) -> String {
        let css = self.take(css);
        let mut out = String::with_capacity(css.len());
        rules(self, &mut Parser::new(css), &mut out, 0);
        harmless(out)
    }

    /// The content of a style attribute.
    pub(super) fn declarations(&mut self, css: &str) -> String {
        let css = self.take(css);
        let mut out = String::with_capacity(css.len());
        declarations(self, &mut Parser::new(css), &mut out);
        harmless(out)
    }
}

/// `</` cannot end the element that holds the sheet; in a string the escape means the same.
fn harmless(css: String) -> String {
    if css.contains("</") { css.replace("</", "<\\/") } else { css }
}

/// Rules inside rules: `@media` in `@supports` and the like.
const MAX_RULE_DEPTH: usize = 4;
/// Longest selector list.
const MAX_SELECTOR: usize = 4096;

type Result<T> = std::result::Result<T, ParseError<()>>;

/// Copies the rules of a block that may stay.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other tokens are alike")]
fn rules(pass: &mut Pass<'_>, input: &mut Parser<'_>, out: &mut String, depth: usize) {
    loop {
        let start = input.state();
        let Ok(token) = input.next() else { return };
        match token {
            Token::CDO | Token::CDC | Token::Semicolon => {}
            Token::AtKeyword(name) => {
                let name = name.to_ascii_lowercase();
                at_rule(pass, input, &name, out, depth);
            }
            _ => {
                input.reset(&start);
                style_rule(pass, input, out);
            }
        }
    }
}

/// What stands before a block, up to but without the brace; none if there is no block.
fn prelude(input: &mut Parser<'_>) -> Option<String> {
    let text = input.parse_until_before(Delimiter::CurlyBracketBlock | Delimiter::Semicolon, |input| {
        let mut text = String::new();
        copy(input, &mut text, 0)?;
        Result::Ok(text)
    });
    match input.next() {
        Ok(Token::CurlyBracketBlock) => Some(text.unwrap_or_default()),
        _ => None,
    }
}

/// Copies tokens as they are; an error if one of them cannot stay.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other tokens are alike")]
fn copy(input: &mut Parser<'_>, out: &mut String, depth: usize) -> Result<()> {
    let mut before = cssparser::TokenSerializationType::default();
    while let Ok(token) = input.next_including_whitespace() {
        let token = token.clone();
        let kind = token.serialization_type();
        let close = match &token {
            Token::WhiteSpace(_) => {
                if !out.ends_with([' ', '(', '[']) && !out.is_empty() {
                    out.push(' ');
                }
                before = kind;
                continue;
            }
            Token::UnquotedUrl(_) | Token::BadUrl(_) | Token::BadString(_) => {
                return Err(input.new_error_for_next_token());
            }
            Token::Delim('<') => return Err(input.new_error_for_next_token()),
            Token::Function(name) => {
                // Each element would be compared with all elements inside it.
                if matches!(&*name.to_ascii_lowercase(), "has" | "url" | "src" | "image-set") {
                    return Err(input.new_error_for_next_token());
                }
                Some(')')
            }
            Token::ParenthesisBlock => Some(')'),
            Token::SquareBracketBlock => Some(']'),
            Token::CurlyBracketBlock | Token::CloseCurlyBracket => {
                return Err(input.new_error_for_next_token());
            }
            _ => None,
        };
        if before.needs_separator_when_before(kind) {
            out.push_str("/**/");
        }
        before = kind;
        let _ = write!(out, "{}", Shown(&token));
        if let Some(close) = close {
            if depth > MAX_NESTED {
                return Err(input.new_error_for_next_token());
            }
            input.parse_nested_block(|input| copy(input, out, depth + 1))?;
            while out.ends_with(' ') {
                out.pop();
            }
            out.push(close);
        }
        if out.len() > MAX_SELECTOR {
            return Err(input.new_error_for_next_token());
        }
    }
    Ok(())
}

/// Whether a color scheme is for dark windows too (CSS Color Adjustment 1 section 2).
pub(super) fn names_dark(scheme: &str) -> bool {
    scheme.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("dark"))
}

/// Brackets inside brackets.
const MAX_NESTED: usize = 12;

/// A token as text.
struct Shown<'a, 'i>(&'a Token<'i>);

impl std::fmt::Display for Shown<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.to_css(f)
    }
}

fn at_rule(pass: &mut Pass<'_>, input: &mut Parser<'_>, name: &str, out: &mut String, depth: usize) {
    let Some(condition) = prelude(input) else { return };
    let keep = matches!(name, "media" | "supports") && depth < MAX_RULE_DEPTH && !condition.is_empty();
    let lower = condition.to_ascii_lowercase();
    pass.asks_dark |= keep && lower.contains("prefers-color-scheme") && lower.contains("dark");
    let mut inner = String::new();
    let _ = input.parse_nested_block(|input| {
        if keep {
            rules(pass, input, &mut inner, depth + 1);
        }
        while input.next().is_ok() {}
        Result::Ok(())
    });
    if keep && !inner.is_empty() {
        let _ = writeln!(out, "@{name} {}{{\n{inner}}}", condition.trim_end());
    }
}

fn style_rule(pass: &mut Pass<'_>, input: &mut Parser<'_>, out: &mut String) {
    // A selector ends only at a brace: a stray `;` belongs to it and makes it wrong.
    let selector = input.parse_until_before(Delimiter::CurlyBracketBlock, |input| {
        let mut text = String::new();
        copy(input, &mut text, 0)?;
        Result::Ok(text)
    });
    if !matches!(input.next(), Ok(Token::CurlyBracketBlock)) {
        return;
    }
    let mut inner = String::new();
    let _ = input.parse_nested_block(|input| {
        declarations(pass, input, &mut inner);
        Result::Ok(())
    });
    let Ok(selector) = selector else { return };
    let selector = selector.trim_end();
    if selector.is_empty() || selector.starts_with('@') || inner.is_empty() {
        return;
    }
    let Some(left) = pass.rules.checked_sub(1) else {
        pass.cut = true;
        return;
    };
    pass.rules = left;
    let _ = writeln!(out, "{selector}{{{inner}}}");
}

/// Copies the declarations of a block that may stay.
fn declarations(pass: &mut Pass<'_>, input: &mut Parser<'_>, out: &mut String) {
    loop {
        let mut declaration = String::new();
        let read = input.parse_until_after(Delimiter::Semicolon, |input| {
            let name = input.expect_ident()?.to_ascii_lowercase();
            input.expect_colon()?;
            if value::is_harmful(&name) {
                return Err(input.new_error_for_next_token());
            }
            let mut text = value::copy(pass, input, &name)?;
            pass.fits_dark |= name == "color-scheme" && names_dark(&text);
            // The engine settles collapsed borders by itself, which nothing must undo.
            if name == "border-collapse"
                && let Some(at) = text.find('!')
            {
                text.truncate(at);
                text.truncate(text.trim_end().len());
            }
            if text.is_empty() || value::is_harmful_value(&name, &text) {
                return Err(input.new_error_for_next_token());
            }
            // The engine does not know the old word for it (CSS Text 3 section 5.2).
            if name == "word-break" && text.starts_with("break-word") {
                declaration.push_str("overflow-wrap:anywhere!important");
            } else {
                let _ = write!(declaration, "{name}:{text}");
            }
            Result::Ok(())
        });
        if read.is_ok() && !declaration.is_empty() {
            if !out.is_empty() {
                out.push(';');
            }
            out.push_str(&declaration);
        }
        if input.is_exhausted() {
            return;
        }
    }
}
