//! `postrider show`: a message from the local store; what is missing is fetched first.

mod trust;

use super::args::ShowArguments;
use super::fail::Fail;
use super::{Context, history, list, sync};
use crate::html;
use crate::mime::structure::Absence;
use crate::mime::text::TextBody;
use crate::mime::{self, structure};
use crate::model::{Address, BodyStructure, MessageId, Part, PartPath};
use crate::store::MessageDetail;
use std::collections::HashMap;
use std::convert::Infallible;

pub(super) async fn run(context: &Context, arguments: &ShowArguments) -> Result<(), Fail> {
    let id = MessageId::from_row(arguments.id);
    if arguments.history {
        known(context, id)?;
        return history::run(context, id, arguments.json);
    }
    if arguments.raw {
        known(context, id)?;
        let raw = part_bytes(context, id, &PartPath::root()).await?;
        return context.output.bytes(&raw);
    }
    if arguments.trust {
        return trust::run(context, &known(context, id)?, arguments).await;
    }
    let detail = with_structure(context, id).await?;
    if let Some(path) = &arguments.part {
        let part = part_of(&detail, path)?;
        let raw = part_bytes(context, id, path).await?;
        return context.output.bytes(&mime::transfer::decode(part.encoding, &raw));
    }
    let choice = detail.structure.as_ref().map(structure::choose_text).unwrap_or_default();
    if arguments.html {
        let no_html = || Fail::NoPart { id: arguments.id, what: "HTML".to_owned() };
        let part = part_of(&detail, &choice.html.ok_or_else(no_html)?)?;
        let raw = part_bytes(context, id, &part.path).await?;
        return context
            .output
            .line(html::sanitize(&mime::text::decode_part(part, &raw)).to_html().trim_end());
    }
    if !arguments.text {
        head(context, &detail)?;
    }
    let structure = detail.structure.clone().unwrap_or_default();
    let mut here = HashMap::new();
    for html in [false, true] {
        for path in choice.in_order(html) {
            if !here.contains_key(path) {
                here.insert(path.clone(), part_bytes(context, id, path).await?);
            }
        }
        // The HTML is needed only if there is nothing in the plain text.
        if !text(&structure, &here).is_blank() {
            break;
        }
    }
    let body = text(&structure, &here);
    if body.is_blank() {
        return context.output.line(&format!("[{}]", why_no_text(structure::absence(&structure))));
    }
    context.output.line(body.to_plain().trim_end())?;
    if body.truncated {
        context.output.note("the text is very long; its end is left out, --part gives all of it");
    }
    Ok(())
}

/// The text of a message from those of its parts that are here.
fn text(structure: &BodyStructure, here: &HashMap<PartPath, Vec<u8>>) -> TextBody {
    let read = |part: &Part| {
        Ok::<_, Infallible>(here.get(&part.path).map(|raw| mime::message::readable_part(part, raw)))
    };
    let Ok(composed) = mime::message::compose(structure, read);
    composed.body
}

/// Why there is no text, for a person.
pub(super) const fn why_no_text(absence: Absence) -> &'static str {
    match absence {
        Absence::Sealed => {
            "This message is encrypted, or sealed as a whole by a signature; that cannot be opened here. \
                            Its parts can be saved."
        }
        Absence::Elsewhere => "The text of this message lies on the network and was not fetched.",
        Absence::Piece => "This is one piece of a message that was cut up; it is not put together here.",
        Absence::TooDeep => {
            "The parts of this message are nested too deeply to be shown; its source has all of it."
        }
        Absence::Mails => "This message has no text of its own, only other messages inside.",
        Absence::Files => "This message has no text, only attachments.",
        Absence::Blank => "There is nothing to read in the text of this message.",
        Absence::Nothing => "This message is empty.",
    }
}

fn known(context: &Context, id: MessageId) -> Result<MessageDetail, Fail> {
    let detail = context.store.snapshot()?.message(id)?;
    detail.ok_or(Fail::UnknownMessage { id: id.to_row() })
}

/// The message with its structure, which is fetched with the text if it is not known yet.
async fn with_structure(context: &Context, id: MessageId) -> Result<MessageDetail, Fail> {
    let detail = known(context, id)?;
    if detail.structure.is_some() {
        return Ok(detail);
    }
    sync::fetch(context, id, None).await?;
    known(context, id)
}

fn part_of<'a>(detail: &'a MessageDetail, path: &PartPath) -> Result<&'a Part, Fail> {
    let part = detail.structure.as_ref().and_then(|structure| structure.part(path));
    part.ok_or_else(|| Fail::NoPart { id: detail.id.to_row(), what: format!("part {path}") })
}

/// The bytes of a part as transported, from the store or else from the server.
async fn part_bytes(context: &Context, id: MessageId, path: &PartPath) -> Result<Vec<u8>, Fail> {
    if let Some(bytes) = context.store.snapshot()?.part(id, path)? {
        return Ok(bytes);
    }
    sync::fetch(context, id, Some(path)).await?;
    let bytes = context.store.snapshot()?.part(id, path)?;
    bytes.ok_or_else(|| Fail::NoPart { id: id.to_row(), what: format!("part {path}") })
}

/// The main header fields, the attachments, and an empty line.
fn head(context: &Context, detail: &MessageDetail) -> Result<(), Fail> {
    let envelope = &detail.envelope;
    let when = list::date(envelope.date.unwrap_or(detail.received));
    let fields = [
        ("From", addresses(&envelope.from)),
        ("To", addresses(&envelope.to)),
        ("Cc", addresses(&envelope.cc)),
        ("Date", when),
        ("Subject", envelope.subject.clone()),
    ];
    for (name, value) in fields {
        if !value.is_empty() {
            context.output.line(&format!("{name}: {value}"))?;
        }
    }
    let labels = context.store.snapshot()?.labels(detail.id)?;
    if !labels.is_empty() {
        let names: Vec<_> = labels.iter().map(|label| list::printable(&label.name)).collect();
        context.output.line(&format!("Labels: {}", names.join(", ")))?;
    }
    for part in detail.structure.iter().flat_map(structure::attachments) {
        let name = mime::filename::safe(part.filename.as_deref(), &part.media_type);
        let (path, kind, size) = (&part.path, &part.media_type, part.size);
        context.output.line(&format!("Attachment: {path} {name} ({kind}, {size} bytes)"))?;
    }
    context.output.line("")
}

fn addresses(all: &[Address]) -> String {
    let one =
        |a: &Address| if a.name.is_empty() { a.email.clone() } else { format!("{} <{}>", a.name, a.email) };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}
