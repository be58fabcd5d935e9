//! Decides by structure alone what of a mail is its text and what is attached, before any body is loaded.

#[cfg(test)]
mod tests;

use crate::model::{BodyStructure, Disposition, MediaType, Part, PartPath};

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
    /// Further texts that go on only with the HTML text, before those: the plain one says all that they say.
    pub with_html: Vec<PartPath>,
}

/// Chooses the text of a mail:
///
/// - of `multipart/alternative` the last plain and the last HTML part (RFC 2046 section 5.1.4),
/// - of `multipart/related` the part that it names as its root, else its first displayable one, in
///   `multipart/signed` the signed one,
/// - else the first text; further texts without a name are [`TextChoice::more`].
///
/// Messages inside (`message/rfc822`) are attachments and not looked into. A text that is marked as an
/// attachment is chosen only if it has no name and there is nothing else. If there is no text at all, what can be read
/// as one is better than nothing: an invitation, the report of a server, a text of unknown kind.
#[must_use]
pub fn choose_text(structure: &BodyStructure) -> TextChoice {
    let mut choice = TextChoice::default();
    for which in [Which::Inline, Which::AnyUnnamed, Which::Readable] {
        choice = node(&structure.parts, 0, 0, which).0;
        if !choice.is_empty() {
            break;
        }
    }
    choice
}

impl TextChoice {
    fn is_empty(&self) -> bool {
        self.plain.is_none() && self.html.is_none()
    }

    fn contains(&self, path: &PartPath) -> bool {
        let further = self.more.contains(path) || self.with_html.contains(path);
        self.plain.as_ref() == Some(path) || self.html.as_ref() == Some(path) || further
    }

    /// Takes over what an alternative offers; later ones are richer.
    fn prefer(&mut self, later: Self) {
        if later.plain.is_none() && self.plain.is_some() {
            self.with_html.extend(later.more);
        } else {
            self.more.extend(later.more);
        }
        self.with_html.extend(later.with_html);
        self.plain = later.plain.or(self.plain.take());
        self.html = later.html.or(self.html.take());
    }

    /// Puts a further text behind the one that is there.
    fn append(&mut self, next: Self) {
        if self.is_empty() {
            *self = next;
        } else {
            if next.html.is_some() {
                self.more.extend(next.html);
                self.more.extend(next.with_html);
            } else {
                self.more.extend(next.plain);
            }
            self.more.extend(next.more);
        }
    }

    /// The parts to be shown as text, in order: `html` says whether the HTML text is wanted if there are both.
    #[must_use]
    pub fn in_order(&self, html: bool) -> Vec<&PartPath> {
        let (first, second) = if html { (&self.html, &self.plain) } else { (&self.plain, &self.html) };
        let first = first.as_ref().or(second.as_ref());
        let of_html = self.with_html.iter().filter(|_| first.is_some() && first == self.html.as_ref());
        first.into_iter().chain(of_html).chain(&self.more).collect()
    }
}

/// Why a mail shows no text. See [`absence`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is sealed (OpenPGP or S/MIME), which this program cannot open.
    Sealed,
    /// Its text lies elsewhere, on the network (`message/external-body`); it is not asked for.
    Elsewhere,
    /// It is a piece of a mail that was cut up (`message/partial`).
    Piece,
    /// Its parts are nested more deeply than is read.
    TooDeep,
    /// It consists of other mails.
    Mails,
    /// It consists of files.
    Files,
    /// There is a text, and nothing in it.
    Blank,
    /// There is nothing at all.
    Nothing,
}

/// Why a mail shows no text, by its structure; to be asked only where there is none to be seen.
#[must_use]
pub fn absence(structure: &BodyStructure) -> Absence {
    let parts = &structure.parts;
    let any = |wanted: fn(&Part) -> bool| parts.iter().any(wanted);
    if any(is_sealed) {
        return Absence::Sealed;
    }
    if any(|part| part.media_type.is("message", "external-body")) {
        return Absence::Elsewhere;
    }
    if any(|part| part.media_type.is("message", "partial")) {
        return Absence::Piece;
    }
    let hollow = |(at, part): (usize, &Part)| part.media_type.is_multipart() && end_of(parts, at) == at + 1;
    if parts.iter().enumerate().any(hollow) {
        return Absence::TooDeep;
    }
    let files = attachments(structure);
    match choose_text(structure).is_empty() {
        _ if !files.is_empty() && files.iter().all(|part| is_message(part)) => Absence::Mails,
        _ if !files.is_empty() => Absence::Files,
        false if parts.iter().any(|part| part.size > 2) => Absence::Blank,
        _ => Absence::Nothing,
    }
}

fn is_sealed(part: &Part) -> bool {
    let subtype = part.media_type.subtype.as_str();
    part.media_type.kind == "application"
        && matches!(subtype, "pgp-encrypted" | "pkcs7-mime" | "x-pkcs7-mime")
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
    /// Whatever can be read.
    Readable,
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
        let id = parts.get(child).and_then(|part| part.content_id.as_ref());
        let is_root = part.start.is_some() && part.start.as_ref() == id && !inner.is_empty();
        child = next;
        match part.media_type.subtype.as_str() {
            "alternative" => choice.prefer(inner),
            "related" if is_root => return (inner, end),
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
        Which::Readable => !attached || part.filename.is_none(),
    };
    let path = Some(part.path.clone()).filter(|_| fits);
    if part.media_type.is_html() {
        choice.html = path;
    } else if is_plain(part) || (which == Which::Readable && is_readable(part)) {
        choice.plain = path;
    }
    choice
}

fn is_plain(part: &Part) -> bool {
    let subtype = part.media_type.subtype.as_str();
    part.media_type.kind == "text"
        && matches!(subtype, "plain" | "enriched" | "richtext" | "markdown" | "x-markdown")
}

/// Not meant to be read by people, but readable (RFC 2046 section 4.1.4 has unknown texts shown as plain ones).
fn is_readable(part: &Part) -> bool {
    let MediaType { kind, subtype } = &part.media_type;
    kind == "text"
        || kind == "message" && matches!(subtype.as_str(), "delivery-status" | "disposition-notification")
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
            // An invitation that had to serve as the text is a file nevertheless.
            let is_text = part.media_type.is_html() || is_plain(part);
            if !(is_text && choice.contains(&part.path)) {
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
