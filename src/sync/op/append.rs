//! Puts messages into a mailbox. Never twice: the UIDNEXT of before is noted first, and after a break the server is
//! asked what it has from there on. A message counts as arrived only once the server told its UID or it was seen.

use super::refuse_some;
use crate::imap::{AppendLimit, ByteRange, Error, Section, SectionText, Upload};
use crate::mime::header::parse_envelope;
use crate::model::{Flag, Flags, MailboxId, MessageId, PartPath, Rfc822MessageId, Uid, UidSet, UidValidity};
use crate::store::{Floor, Landed, MailboxRow, Operation, PartSource, Target};
use crate::sync::link::{FINGERPRINT_ITEMS, Link};
use crate::sync::links::Role;
use crate::sync::shared::Shared;
use crate::sync::status::Problem;
use crate::sync::trouble::{self, Trouble};
use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;

/// What was done is noted after so many messages; a break costs a look for those that were not.
const NOTE_EACH: usize = 25;
/// Longest header that is compared, in bytes.
const MAX_HEADER: usize = 256 * 1024;

/// Runs an append or the delivery to another account; gives what the server said.
pub(super) async fn run(shared: &Shared, operation: &Operation, to: MailboxId) -> Result<String, Trouble> {
    let id = operation.id;
    let floors = shared.read(move |s| s.floors(id)).await?;
    if floors.is_empty() && operation.targets.is_empty() {
        return Ok(String::new());
    }
    let mut lease = shared.lease(Role::Act).await?;
    let link = lease.link()?;
    let result = deliver(shared, link, operation, to, floors).await;
    let answer = link.session.last_answer().to_owned();
    lease.settle(result)?;
    Ok(answer)
}

async fn deliver(
    shared: &Shared,
    link: &mut Link,
    operation: &Operation,
    to: MailboxId,
    floors: Vec<Floor>,
) -> Result<(), Trouble> {
    let row = shared.read(move |s| s.mailbox(to)).await?;
    let row = row.ok_or(Trouble::Refused(Problem::MailboxGone))?;
    // Told by a visit meanwhile.
    let known: Vec<_> = floors.iter().filter_map(|floor| Some((floor.message, floor.uid?))).collect();
    landed(shared, operation, known).await?;
    let floors: BTreeMap<MessageId, Floor> = floors.into_iter().map(|f| (f.message, f)).collect();
    let waits = |target: &&Target| floors.get(&target.message).is_some_and(|floor| floor.uid.is_none());
    let mut left: Vec<Target> = operation.targets.iter().filter(waits).copied().collect();
    if left.iter().any(|target| floors.get(&target.message).is_some_and(|floor| floor.sent.is_some())) {
        let found = find(shared, link, operation, &row, &left).await?;
        left.retain(|target| !found.contains_key(&target.message));
        landed(shared, operation, found).await?;
    }
    if left.is_empty() {
        return Ok(());
    }
    link.leave(to).await?;
    let status = link.session.status(&row.name).await.map_err(|e| link.trouble(&e))?;
    let limit = match status.append_limit {
        Some(AppendLimit::Bytes(limit)) => Some(limit),
        Some(AppendLimit::None) | None => None,
    };
    // What a server that tells neither has got is looked for from the beginning.
    let validity = status.uid_validity.or(UidValidity::from_wire(u32::MAX).ok());
    let next = status.uid_next.filter(|_| status.uid_validity.is_some()).unwrap_or(Uid::MIN);
    if let Some(validity) = validity {
        let noted = operation.clone();
        shared.write("lowest UID", move |w| w.note_floor(&noted, validity, next)).await?;
    }
    let mut told = Vec::new();
    let mut unseen = Vec::new();
    let count = left.len();
    for (number, target) in left.into_iter().enumerate() {
        let flags = floors.get(&target.message).map(|floor| floor.flags.clone()).unwrap_or_default();
        match send(shared, link, (&row, limit), target.message, &flags).await {
            Ok(Some(uid)) => told.push((target.message, uid)),
            Ok(None) => unseen.push(target),
            Err(Trouble::Refused(problem)) if count > 1 && !super::passes(&problem) => {
                refuse_some(shared, operation, vec![target.message], problem).await?;
            }
            Err(trouble) => {
                // What is known is not to be looked for again.
                landed(shared, operation, told).await?;
                return Err(trouble);
            }
        }
        if (number + 1) % NOTE_EACH == 0 {
            landed(shared, operation, std::mem::take(&mut told)).await?;
        }
    }
    landed(shared, operation, told).await?;
    if unseen.is_empty() {
        return Ok(());
    }
    // The server does not tell UIDs: look.
    let found = find(shared, link, operation, &row, &unseen).await?;
    unseen.retain(|target| !found.contains_key(&target.message));
    landed(shared, operation, found).await?;
    if unseen.is_empty() {
        return Ok(());
    }
    let text = "it took the message, but does not have it now".to_owned();
    let messages = unseen.iter().map(|target| target.message).collect();
    refuse_some(shared, operation, messages, Problem::Denied { text }).await
}

/// Sends one message; gives its UID if the server told it.
async fn send(
    shared: &Shared,
    link: &mut Link,
    (row, limit): (&MailboxRow, Option<u64>),
    message: MessageId,
    flags: &Flags,
) -> Result<Option<Uid>, Trouble> {
    let found =
        shared.read(move |s| Ok((s.part_source(message, &PartPath::root())?, s.message(message)?))).await?;
    let (Some(source), Some(detail)) = found else { return Err(Trouble::Refused(Problem::MessageGone)) };
    let (mut source, size) = open(source)?;
    if limit.is_some_and(|limit| size > limit) {
        return Err(Trouble::Refused(Problem::TooLarge { size, limit }));
    }
    if has_nul(&mut source)? {
        let text = "the message holds a zero byte, which IMAP cannot carry".to_owned();
        return Err(Trouble::Refused(Problem::Denied { text }));
    }
    let flags = wire_flags(flags);
    let upload = Upload { size, source: &mut source };
    let result = link.session.append_from(&row.name, &flags, Some(detail.received), upload).await;
    match result {
        // A UID of a mailbox that was rebuilt meanwhile would be taken for that of another message here.
        Ok(appended) => Ok(appended
            .filter(|one| row.state.uid_validity.is_none_or(|known| known == one.uid_validity))
            .map(|one| one.uid)),
        Err(Error::Limit { limit, .. }) if link.is_open() => {
            Err(Trouble::Refused(Problem::TooLarge { size, limit: Some(limit) }))
        }
        Err(error) => Err(refusal(link, &error, size)),
    }
}

/// What a refused APPEND means.
fn refusal(link: &Link, error: &Error, size: u64) -> Trouble {
    use crate::imap::ResponseCode::{TooBig, TryCreate};
    match error.code() {
        Some(TryCreate) => Trouble::Refused(Problem::MailboxGone),
        Some(TooBig) => Trouble::Refused(Problem::TooLarge { size, limit: None }),
        _ => link.trouble(error),
    }
}

/// Flags that a client may set with APPEND.
fn wire_flags(flags: &Flags) -> Vec<Flag> {
    let system = [Flag::Seen, Flag::Answered, Flag::Flagged, Flag::Deleted, Flag::Draft];
    let set = system.into_iter().filter(|flag| flags.contains(flag));
    set.chain(flags.keywords().map(|word| Flag::Keyword(word.clone()))).collect()
}

/// A stored message to read from its beginning.
enum Bytes {
    Memory(std::io::Cursor<Vec<u8>>),
    File(std::io::BufReader<std::fs::File>),
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Memory(bytes) => bytes.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}

impl Bytes {
    fn rewind(&mut self) -> std::io::Result<u64> {
        match self {
            Self::Memory(bytes) => bytes.seek(SeekFrom::Start(0)),
            Self::File(file) => file.seek(SeekFrom::Start(0)),
        }
    }
}

fn open(source: PartSource) -> Result<(Bytes, u64), Trouble> {
    Ok(match source {
        PartSource::Bytes(bytes) => {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            (Bytes::Memory(std::io::Cursor::new(bytes)), size)
        }
        PartSource::File(file) => {
            let size = file.size();
            (Bytes::File(std::io::BufReader::new(file.into_file())), size)
        }
    })
}

fn has_nul(source: &mut Bytes) -> Result<bool, Trouble> {
    let mut buffer = vec![0; 64 * 1024];
    let broken =
        |error: std::io::Error| Trouble::Store(Problem::Store { detail: trouble::tidy(&error.to_string()) });
    let mut found = false;
    loop {
        let count = source.read(&mut buffer).map_err(broken)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        found |= memchr::memchr(0, piece).is_some();
    }
    source.rewind().map_err(broken)?;
    Ok(found)
}

/// Looks for messages that were sent, or may have been, among those that came since.
async fn find(
    shared: &Shared,
    link: &mut Link,
    operation: &Operation,
    row: &MailboxRow,
    wanted: &[Target],
) -> Result<Found, Trouble> {
    let id = operation.id;
    let floors = shared.read(move |s| s.floors(id)).await?;
    let selected = link.select_plainly(row).await?;
    let sent: BTreeMap<MessageId, Uid> = floors
        .into_iter()
        .filter_map(|floor| {
            let (validity, lowest) = floor.sent?;
            // Under another UIDVALIDITY the mark means nothing: everything is looked at.
            Some((floor.message, if selected.uid_validity == Some(validity) { lowest } else { Uid::MIN }))
        })
        .collect();
    let Some(lowest) = sent.values().min().copied() else {
        return told_meanwhile(shared, wanted, row.id).await;
    };
    let mut candidates: BTreeMap<Uid, (u64, Option<Rfc822MessageId>)> = BTreeMap::new();
    let range = UidSet::range(lowest, Uid::MAX);
    let mut on = |data: crate::imap::FetchData| {
        if let Some(uid) = data.uid.filter(|uid| *uid >= lowest) {
            let id = data.header.as_deref().and_then(|header| parse_envelope(header).message_id);
            candidates.insert(uid, (data.size.unwrap_or(0), id));
        }
    };
    let result = link.session.uid_fetch(&range, &FINGERPRINT_ITEMS, None, &mut on).await;
    result.map_err(|e| link.trouble(&e))?;
    let claimed = shared.read(move |s| s.claimed(id)).await?;
    candidates.retain(|uid, _| !claimed.contains(*uid));
    let mut found = told_meanwhile(shared, wanted, row.id).await?;
    // An equal size first: it tells two mails with one Message-ID apart. Some servers tell wrong sizes.
    for exact in [true, false] {
        for target in
            wanted.iter().filter(|target| !found.contains_key(&target.message)).copied().collect::<Vec<_>>()
        {
            let Some(from) = sent.get(&target.message) else { continue };
            let message = target.message;
            let Some(detail) = shared.read(move |s| s.message(message)).await? else { continue };
            let fits = |(uid, (size, id)): (&Uid, &(u64, Option<Rfc822MessageId>))| {
                let same = *id == detail.envelope.message_id && (!exact || *size == detail.size);
                (*uid >= *from && same).then_some(*uid)
            };
            let likely: Vec<Uid> = candidates.iter().filter_map(fits).collect();
            for uid in likely {
                if detail.envelope.message_id.is_some()
                    || (exact && same_header(shared, link, message, uid).await?)
                {
                    candidates.remove(&uid);
                    found.insert(message, uid);
                    break;
                }
            }
        }
    }
    Ok(found)
}

/// Messages that another look into the mailbox, on another connection, found first. Their marks are gone then.
async fn told_meanwhile(shared: &Shared, wanted: &[Target], mailbox: MailboxId) -> Result<Found, Trouble> {
    let messages: Vec<_> = wanted.iter().map(|target| target.message).collect();
    shared
        .read(move |s| {
            let found = messages.into_iter().map(|m| Ok(s.uid_of(m, mailbox)?.map(|uid| (m, uid))));
            found.filter_map(Result::transpose).collect()
        })
        .await
}

/// Messages with the UIDs that they got.
type Found = BTreeMap<MessageId, Uid>;

/// Whether a message at the server has exactly the header of ours: for mails without Message-ID.
async fn same_header(
    shared: &Shared,
    link: &mut Link,
    message: MessageId,
    uid: Uid,
) -> Result<bool, Trouble> {
    let source = shared.read(move |s| s.part_source(message, &PartPath::root())).await?;
    let Some(source) = source else { return Ok(false) };
    let (mut source, _) = open(source)?;
    let mut ours = vec![0; MAX_HEADER];
    let mut length = 0;
    while let Some(room) = ours.get_mut(length..).filter(|room| !room.is_empty()) {
        match source.read(room) {
            Ok(0) | Err(_) => break,
            Ok(count) => length += count,
        }
    }
    ours.truncate(length);
    let mut theirs = Vec::new();
    let mut sink = |piece: &[u8]| {
        theirs.extend_from_slice(piece);
        if theirs.len() > MAX_HEADER { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let section = Section { path: PartPath::root(), text: SectionText::Header };
    let length = u32::try_from(MAX_HEADER).unwrap_or(u32::MAX);
    let range = ByteRange { start: 0, length };
    let result = link.session.fetch_part(uid, &section, Some(range), &mut sink).await;
    result.map_err(|e| link.trouble(&e))?;
    Ok(!theirs.is_empty() && ours.starts_with(&theirs))
}

async fn landed(
    shared: &Shared,
    operation: &Operation,
    told: impl IntoIterator<Item = (MessageId, Uid)>,
) -> Result<(), Trouble> {
    let landed: Vec<_> = told.into_iter().map(|(message, uid)| Landed { message, uid: Some(uid) }).collect();
    if landed.is_empty() {
        return Ok(());
    }
    let now = shared.config.clock.now();
    let operation = operation.clone();
    shared.write("appended", move |w| w.note_landed(&operation, &landed, false, now)).await
}
