//! Values of single properties: which may stay, and how large their numbers may be.

mod fonts;

use super::{MAX_NESTED, Pass, Result, Shown};
use crate::html::limits::{MAX_FONT_SIZE, MAX_LENGTH};
use cssparser::{Parser, Token, TokenSerializationType};
use std::fmt::Write;

/// Properties that load, move, hide the window, or cost without showing anything in a mail.
pub(super) fn is_harmful(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "behavior",
        "src",
        "cursor",
        "filter",
        "backdrop-filter",
        "clip-path",
        "shape-outside",
        "will-change",
        "content-visibility",
        "contain",
        "counter-increment",
        "counter-reset",
        "counter-set",
        "zoom",
        "writing-mode",
        "columns",
        "column-count",
        "column-width",
        "resize",
        "user-select",
        "pointer-events",
        "all",
        "perspective",
        "rotate",
        "scale",
        "translate",
        "offset",
        "offset-path",
        "quotes",
        "string-set",
    ];
    const FAMILIES: &[&str] = &[
        "-",
        "mso-",
        "animation",
        "transition",
        "mask",
        "scroll-",
        "view-",
        "border-image",
        "font-feature",
        "grid-auto",
        "motion",
    ];
    // Own names (`--x`) may be used by other values; they reach nothing by themselves.
    (!name.starts_with("--") && FAMILIES.iter().any(|family| name.starts_with(family)))
        || NAMES.contains(&name)
}

/// Values that would lay a mail over the window or take long to paint.
pub(super) fn is_harmful_value(name: &str, value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let many = |sign: char, limit: usize| value.matches(sign).count() > limit;
    match name {
        "position" => value.contains("fixed") || value.contains("sticky"),
        "box-shadow" | "text-shadow" => many(',', 24),
        "background" | "background-image" => many(',', 100) || value.contains("repeating-"),
        "grid-template-columns" | "grid-template-rows" | "grid-template" | "grid" => {
            value.contains("repeat(") && value.contains("auto-fi") || many(' ', 64)
        }
        "display" => value.contains("ruby") || value.contains("math"),
        "transform" => many(',', 16),
        // It stands at each element that the rule is for, beyond the limit of texts.
        "content" => value.len() > MAX_CONTENT,
        // What they stand for is put in for each element anew.
        _ if value.matches("var(").count() > MAX_REFERENCES => true,
        _ => value.contains("expression(") || value.contains("javascript:"),
    }
}

/// Properties whose plain numbers are lengths where there is no document type (Quirks Mode section 3.2).
fn takes_unitless(name: &str) -> bool {
    matches!(
        name,
        "font-size"
            | "width"
            | "height"
            | "min-width"
            | "min-height"
            | "max-width"
            | "max-height"
            | "top"
            | "right"
            | "bottom"
            | "left"
            | "text-indent"
            | "letter-spacing"
            | "word-spacing"
            | "border-spacing"
            | "border-width"
            | "border-top-width"
            | "border-right-width"
            | "border-bottom-width"
            | "border-left-width"
    ) || name.starts_with("margin")
        || name.starts_with("padding")
}

/// Largest number of a property, in its own unit.
fn limit(name: &str, unit: &str) -> f32 {
    let pixels = match name {
        "font" | "font-size" => MAX_FONT_SIZE,
        "line-height" => 2.0 * MAX_FONT_SIZE,
        "letter-spacing" | "word-spacing" => 200.0,
        "box-shadow" | "text-shadow" => 200.0,
        _ if name.starts_with("border") || name.starts_with("outline") => 500.0,
        _ => MAX_LENGTH,
    };
    match unit {
        "em" | "rem" | "ex" | "ch" | "vw" | "vh" | "vmin" | "vmax" | "cm" | "in" | "pc" | "lh" => {
            (pixels / 16.0).min(200.0)
        }
        _ => pixels,
    }
}

/// A number that layout survives.
fn clamp(value: f32, limit: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-limit, limit) }
}

/// Largest percentage; backgrounds are scaled to a few hundred.
const MAX_PERCENT: f32 = 10.0;
/// Largest number without a unit, such as a line height, a weight or a share of space.
const MAX_NUMBER: f32 = 10_000.0;
/// Longest text that a sheet puts beside an element; real ones are bullets and quotation marks.
const MAX_CONTENT: usize = 256;
/// References to own properties (`--x`) in one value; a gradient or a shadow has a handful.
const MAX_REFERENCES: usize = 16;
/// Longest value; gradients and font lists are the long ones.
const MAX_VALUE: usize = 4096;

/// The value of a declaration with its numbers clamped and its addresses replaced.
pub(super) fn copy(pass: &mut Pass<'_>, input: &mut Parser<'_>, name: &str) -> Result<String> {
    let mut out = String::new();
    pass.addresses = 0;
    tokens(pass, input, name, &mut out, 0)?;
    out.truncate(out.trim_end().len());
    if matches!(name, "font" | "font-family") {
        out = fonts::complete(&out);
    }
    Ok(out)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "all other tokens are alike")]
fn tokens(
    pass: &mut Pass<'_>,
    input: &mut Parser<'_>,
    name: &str,
    out: &mut String,
    depth: usize,
) -> Result<()> {
    let mut before = TokenSerializationType::default();
    let base = out.len();
    while let Ok(token) = input.next_including_whitespace() {
        let mut token = token.clone();
        if matches!(token, Token::WhiteSpace(_)) {
            if out.len() > base && !out.ends_with(' ') {
                out.push(' ');
            }
            before = TokenSerializationType::default();
            continue;
        }
        number(&mut token, name, pass.quirks && depth == 0);
        let kind = token.serialization_type();
        if before.needs_separator_when_before(kind) {
            out.push(' ');
        }
        before = kind;
        let close = match &token {
            Token::UnquotedUrl(address) => {
                let address = (pass.address)(address).ok_or_else(|| input.new_error_for_next_token())?;
                url(pass, out, &address);
                continue;
            }
            Token::Function(function) => {
                let function = function.to_ascii_lowercase();
                match function.as_str() {
                    "url" | "src" => {
                        let address = input.parse_nested_block(|input| {
                            let address = input.expect_string()?.to_string();
                            Result::Ok(address)
                        })?;
                        let address =
                            (pass.address)(&address).ok_or_else(|| input.new_error_for_next_token())?;
                        url(pass, out, &address);
                        continue;
                    }
                    // These load as well, in ways of their own.
                    "image-set" | "-webkit-image-set" | "image" | "cross-fade" | "element" | "paint"
                    | "attr" | "env" | "expression" => return Err(input.new_error_for_next_token()),
                    _ => Some(')'),
                }
            }
            Token::ParenthesisBlock => Some(')'),
            Token::SquareBracketBlock => Some(']'),
            Token::CurlyBracketBlock
            | Token::BadUrl(_)
            | Token::BadString(_)
            | Token::CloseCurlyBracket
            | Token::CloseParenthesis
            | Token::CloseSquareBracket => return Err(input.new_error_for_next_token()),
            _ => None,
        };
        if let Token::Comma = token {
            while out.ends_with(' ') {
                out.pop();
            }
        }
        let _ = write!(out, "{}", Shown(&token));
        if let Some(close) = close {
            if depth >= MAX_NESTED {
                return Err(input.new_error_for_next_token());
            }
            input.parse_nested_block(|input| tokens(pass, input, name, out, depth + 1))?;
            while out.ends_with(' ') {
                out.pop();
            }
            out.push(close);
        }
        if out.len() > MAX_VALUE + pass.addresses {
            return Err(input.new_error_for_next_token());
        }
    }
    Ok(())
}

fn url(pass: &mut Pass<'_>, out: &mut String, address: &str) {
    pass.addresses += address.len();
    out.push_str("url(");
    let _ = cssparser::serialize_string(address, out);
    out.push(')');
}

/// Clamps a number in place, and gives it the unit that quirks imply.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other tokens are alike")]
fn number(token: &mut Token<'_>, name: &str, quirks: bool) {
    match token {
        Token::Number { has_sign, value, int_value } => {
            let kept = clamp(*value, if name == "line-height" { 20.0 } else { MAX_NUMBER });
            if quirks && kept != 0.0 && takes_unitless(name) {
                let (has_sign, int_value) = (*has_sign, if kept == *value { *int_value } else { None });
                let kept = clamp(kept, limit(name, "px"));
                *token = Token::Dimension { has_sign, value: kept, int_value, unit: "px".into() };
            } else if kept != *value {
                (*value, *int_value) = (kept, None);
            }
        }
        Token::Percentage { unit_value, int_value, .. } => {
            let kept = clamp(*unit_value, MAX_PERCENT);
            if kept != *unit_value {
                (*unit_value, *int_value) = (kept, None);
            }
        }
        Token::Dimension { value, int_value, unit, .. } => {
            let kept = clamp(*value, limit(name, &unit.to_ascii_lowercase()));
            if kept != *value {
                (*value, *int_value) = (kept, None);
            }
        }
        _ => {}
    }
}
