//! `postrider show`: a message from the local store; what is missing is fetched first.

use super::args::ShowArguments;
use super::fail::Fail;
use super::{Context, list, sync};
use crate::mime;
use crate::model::{Address, MessageId, Part, PartPath};
use crate::store::{MessageDetail, Snapshot};

pub(super) async fn run(context: &Context, arguments: &ShowArguments) -> Result<(), Fail> {
    let id = MessageId::from_row(arguments.id);
    let unknown = || Fail::UnknownMessage { id: arguments.id };
    if context.store.snapshot()?.message(id)?.is_none() {
        return Err(unknown());
    }
    if arguments.raw {
        let raw = part_bytes(context, id, &PartPath::root()).await?;
        return context.output.bytes(&raw);
    }
    sync::fetch_text(context, id).await?;
    let detail = context.store.snapshot()?.message(id)?.ok_or_else(unknown)?;
    if let Some(path) = &arguments.part {
        let part = structure_part(&detail, path)?;
        let raw = part_bytes(context, id, path).await?;
        return context.output.bytes(&mime::text::decode_transfer(part.encoding, &raw));
    }
    if arguments.html {
        let text = html(&context.store.snapshot()?, &detail)?;
        return context.output.line(text.trim_end());
    }
    let text = text(&context.store.snapshot()?, &detail)?;
    if !arguments.text {
        head(context, &detail)?;
    }
    context.output.line(text.trim_end())
}

fn structure_part<'a>(detail: &'a MessageDetail, path: &PartPath) -> Result<&'a Part, Fail> {
    let part = detail.structure.as_ref().and_then(|structure| structure.part(path));
    part.ok_or_else(|| Fail::NoPart { id: detail.id.to_row(), what: format!("part {path}") })
}
