//! Decides by structure alone what of a mail is its text and what is attached, before any body is loaded.

#[cfg(test)]
mod tests;

use crate::model::{BodyStructure, Disposition, Part, PartPath};

/// The parts that make up the text of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextChoice {
    /// The plain text, if there is one.
    pub plain: Option<PartPath>,
    /// The HTML text, if there is one. With both it is an alternative of the plain one.
    pub html: Option<PartPath>,
    /// Further unnamed text parts to be shown after it, such as a mailing list's footer or the text after
    /// a picture. They are not in [`attachments`].
    pub more: Vec<PartPath>,
}

/// Chooses the text of a mail:
///
/// - of `multipart/alternative` the last plain and the last HTML part (RFC 2046 section 5.1.4),
/// - of `multipart/related` its first displayable part, in `multipart/signed` the signed one,
/// - else the first text; further texts without a name are [`TextChoice::more`].
///
/// Messages inside (`message/rfc822`) are attachments and not looked into. A text that is marked as an
/// attachment is chosen only if it has no name and there is nothing else.
#[must_use]
pub fn choose_text(structure: &BodyStructure) -> TextChoice {
    let mut choice = node(&structure.parts, 0, 0, Which::Inline).0;
    if choice.is_empty() {
        choice = node(&structure.parts, 0, 0, Which::AnyUnnamed).0;
    }
    choice
}

impl TextChoice {
    fn is_empty(&self) -> bool {
        self.plain.is_none() && self.html.is_none()
    }

    fn contains(&self, path: &PartPath) -> bool {
        self.plain.as_ref() == Some(path) || self.html.as_ref() == Some(path) || self.more.contains(path)
    }

    /// Takes over what an alternative offers; later ones are richer.
    fn prefer(&mut self, later: Self) {
        self.plain = later.plain.or(self.plain.take());
        self.html = later.html.or(self.html.take());
        self.more.extend(later.more);
    }

    /// Puts a further text behind the one that is there.
    fn append(&mut self, next: Self) {
        if self.is_empty() {
            *self = next;
        } else {
            self.more.extend(next.html.or(next.plain));
            self.more.extend(next.more);
        }
    }
}

/// Which texts may be chosen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those that are not marked as attachments.
    Inline,
    /// Of those the ones without a name: once there is a text, a named one is a file.
    InlineUnnamed,
    /// Those without a name, even if they are marked as attachments.
    AnyUnnamed,
}

/// Nesting that is looked into: each level of a path can hold a message and a multipart.
const MAX_NESTING: usize = 2 * PartPath::MAX_DEPTH;

/// The choice within the part at `at`, and the index behind everything that is inside it.
fn node(parts: &[Part], at: usize, depth: usize, which: Which) -> (TextChoice, usize) {
    let Some(part) = parts.get(at) else { return (TextChoice::default(), at + 1) };
    let end = end_of(parts, at);
    if !part.media_type.is_multipart() {
        return (leaf(part, which), end);
    }
    let mut choice = TextChoice::default();
    let mut child = at + 1;
    while child < end && depth < MAX_NESTING {
        let alternative = part.media_type.subtype == "alternative";
        let further = which == Which::Inline && !choice.is_empty() && !alternative;
        let (inner, next) = node(parts, child, depth + 1, if further { Which::InlineUnnamed } else { which });
        child = next;
        match part.media_type.subtype.as_str() {
            "alternative" => choice.prefer(inner),
            "related" | "signed" | "encrypted" | "appledouble" if choice.is_empty() => choice = inner,
            "related" | "signed" | "encrypted" | "appledouble" => {}
            _ => choice.append(inner),
        }
    }
    (choice, end)
}

/// Index behind the last part inside the one at `at`. The multipart of a message inside has the same path
/// as that message and follows it.
fn end_of(parts: &[Part], at: usize) -> usize {
    let Some(part) = parts.get(at) else { return at + 1 };
    let holds = part.media_type.is_multipart() || is_message(part);
    let inside = |other: &&Part| holds && other.path.is_inside(&part.path);
    at + 1 + parts.iter().skip(at + 1).take_while(inside).count()
}

fn leaf(part: &Part, which: Which) -> TextChoice {
    let mut choice = TextChoice::default();
    let attached = part.disposition == Some(Disposition::Attachment);
    let fits = match which {
        Which::Inline => !attached,
        Which::InlineUnnamed => !attached && part.filename.is_none(),
        Which::AnyUnnamed => part.filename.is_none(),
    };
    if !fits || part.media_type.kind != "text" {
        return choice;
    }
    let path = Some(part.path.clone());
    match part.media_type.subtype.as_str() {
        "html" => choice.html = path,
        "plain" | "enriched" | "richtext" | "markdown" | "x-markdown" => choice.plain = path,
        _ => {}
    }
    choice
}

fn is_message(part: &Part) -> bool {
    part.media_type.kind == "message" && matches!(part.media_type.subtype.as_str(), "rfc822" | "global")
}

/// The messages that a mail carries along, but for those inside of them.
#[must_use]
pub fn messages(structure: &BodyStructure) -> Vec<&Part> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(part) = structure.parts.get(at) {
        if is_message(part) {
            found.push(part);
            at = end_of(&structure.parts, at);
        } else {
            at += 1;
        }
    }
    found
}

/// The parts that the reading pane lists as files: everything except the chosen text, its alternatives,
/// pictures shown inside the HTML text, and signatures. What is inside an attached message is part of it.
#[must_use]
pub fn attachments(structure: &BodyStructure) -> Vec<&Part> {
    with_role(structure, |role| matches!(role, Role::File | Role::Minor))
}

/// The pictures that the HTML text shows by `cid:`; they are not [`attachments`].
#[must_use]
pub fn inline_images(structure: &BodyStructure) -> Vec<&Part> {
    with_role(structure, |role| role == Role::Picture)
}

/// How many files a person would say that the mail has: what the attachment mark of the list is about. It
/// leaves out the technical parts of a delivery report and pictures that are marked as attachments
/// but belong to the HTML text; [`attachments`] lists them nevertheless.
#[must_use]
pub fn attachment_count(structure: &BodyStructure) -> usize {
    with_role(structure, |role| role == Role::File).len()
}

/// Whether the list shows the attachment mark.
#[must_use]
pub fn has_attachment(structure: &BodyStructure) -> bool {
    attachment_count(structure) > 0
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    File,
    /// Listed, but no reason to show the mark.
    Minor,
    /// Shown inside the HTML text.
    Picture,
    /// Means nothing to a person.
    Silent,
}

fn with_role(structure: &BodyStructure, wanted: impl Fn(Role) -> bool) -> Vec<&Part> {
    let choice = choose_text(structure);
    files(structure, &choice).into_iter().filter(|(_, role)| wanted(*role)).map(|(part, _)| part).collect()
}

fn files<'a>(structure: &'a BodyStructure, choice: &TextChoice) -> Vec<(&'a Part, Role)> {
    let parts = &structure.parts;
    let mut found = Vec::new();
    // The multiparts around the current part, each with the index of its end.
    let mut around: Vec<(&Part, usize)> = Vec::new();
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        around.retain(|(_, end)| *end > at);
        let end = end_of(parts, at);
        if part.media_type.is_multipart() {
            around.push((part, end));
            at += 1;
        } else {
            if !choice.contains(&part.path) {
                found.push((part, role(part, &around, choice)));
            }
            at = end;
        }
    }
    found
}

fn role(part: &Part, around: &[(&Part, usize)], choice: &TextChoice) -> Role {
    let inside = |subtype: &str| around.iter().any(|(multipart, _)| multipart.media_type.subtype == subtype);
    let directly = around.last().map(|(multipart, _)| multipart.media_type.subtype.as_str());
    let attached = part.disposition == Some(Disposition::Attachment);
    let kind = part.media_type.kind.as_str();
    match (kind, part.media_type.subtype.as_str()) {
        ("application", "pgp-signature" | "pkcs7-signature" | "x-pkcs7-signature" | "pgp-encrypted")
            if inside("signed") || inside("encrypted") =>
        {
            Role::Silent
        }
        // An alternative that was not chosen, such as text/x-amp-html.
        ("text", "plain" | "html" | "enriched" | "richtext" | "x-amp-html" | "watch-html")
            if directly == Some("alternative") && !attached =>
        {
            Role::Silent
        }
        ("image", _) if part.content_id.is_some() && inside("related") && choice.html.is_some() => {
            if attached { Role::Minor } else { Role::Picture }
        }
        ("message", _) | ("text", "rfc822-headers") if directly == Some("report") => Role::Minor,
        _ => Role::File,
    }
}
