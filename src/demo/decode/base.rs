//! Commands that imap-codec decodes whole. No I/O.
#![expect(clippy::wildcard_enum_match_arm, reason = "each place acts on a few kinds and passes the rest on")]

use crate::demo::command::{Bound, Command, NumberSet, StoreKind};
use crate::demo::names;
use crate::model::Flag;
use imap_codec::CommandCodec;
use imap_codec::decode::Decoder;
use imap_codec::imap_types::command::{Command as Decoded, CommandBody, StoreModifier};
use imap_codec::imap_types::flag::{StoreResponse, StoreType};
use imap_codec::imap_types::mailbox::{ListMailbox, Mailbox};
use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};

/// `None` if imap-codec rejects the bytes, `Some(None)` if the command is not one of those read here.
#[expect(clippy::option_option, reason = "rejected and not for us are different answers")]
pub(super) fn decode(bytes: &[u8]) -> Option<Option<Command>> {
    let (rest, decoded) = CommandCodec::default().decode(bytes).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let Decoded { body, .. } = decoded;
    Some(convert(body))
}

fn convert(body: CommandBody<'_>) -> Option<Command> {
    Some(match body {
        CommandBody::Capability => Command::Capability,
        CommandBody::Noop => Command::Noop,
        CommandBody::Logout => Command::Logout,
        CommandBody::StartTLS => Command::StartTls,
        CommandBody::Check => Command::Check,
        CommandBody::Close => Command::Close,
        CommandBody::Unselect => Command::Unselect,
        CommandBody::Idle => Command::Idle,
        CommandBody::Namespace => Command::Namespace,
        CommandBody::Login { username, password } => {
            Command::Login { user: lossy(username.as_ref()), password: lossy(password.declassify().as_ref()) }
        }
        CommandBody::Authenticate { mechanism, initial_response } => Command::Authenticate {
            mechanism: mechanism.to_string().to_ascii_uppercase(),
            initial: initial_response.map(|secret| secret.declassify().to_vec()),
        },
        CommandBody::Delete { mailbox } => Command::Delete(name(&mailbox)),
        CommandBody::Rename { from, to } => Command::Rename { from: name(&from), to: name(&to) },
        CommandBody::Subscribe { mailbox } => Command::Subscribe(name(&mailbox), true),
        CommandBody::Unsubscribe { mailbox } => Command::Subscribe(name(&mailbox), false),
        CommandBody::Lsub { reference, mailbox_wildcard } => {
            let pattern = match &mailbox_wildcard {
                ListMailbox::Token(token) => names::decode(token.as_ref()),
                ListMailbox::String(string) => names::decode(string.as_ref()),
            };
            Command::Lsub { reference: name(&reference), pattern }
        }
        CommandBody::Expunge => Command::Expunge(None),
        CommandBody::ExpungeUid { sequence_set } => Command::Expunge(Some(set(&sequence_set))),
        CommandBody::Copy { sequence_set, mailbox, uid } => {
            Command::Copy { set: set(&sequence_set), mailbox: name(&mailbox), take: false, uid }
        }
        CommandBody::Move { sequence_set, mailbox, uid } => {
            Command::Copy { set: set(&sequence_set), mailbox: name(&mailbox), take: true, uid }
        }
        CommandBody::GetQuota { root } => Command::GetQuota(lossy(root.as_ref())),
        CommandBody::GetQuotaRoot { mailbox } => Command::GetQuotaRoot(name(&mailbox)),
        store @ CommandBody::Store { .. } => return convert_store(store),
        _ => return None,
    })
}

fn convert_store(body: CommandBody<'_>) -> Option<Command> {
    let CommandBody::Store { sequence_set, kind, response, flags, uid, modifiers } = body else {
        return None;
    };
    let unchanged_since = modifiers.iter().find_map(|modifier| match modifier {
        StoreModifier::UnchangedSince(n) => Some(*n),
        #[expect(clippy::allow_attributes, reason = "the enum may grow behind a feature")]
        #[allow(unreachable_patterns)]
        _ => None,
    });
    Some(Command::Store {
        set: set(&sequence_set),
        kind: match kind {
            StoreType::Replace => StoreKind::Replace,
            StoreType::Add => StoreKind::Add,
            StoreType::Remove => StoreKind::Remove,
        },
        flags: flags.iter().filter_map(|flag| Flag::from_wire(&flag.to_string())).collect(),
        silent: response == StoreResponse::Silent,
        unchanged_since,
        uid,
    })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn name(mailbox: &Mailbox<'_>) -> String {
    match mailbox {
        Mailbox::Inbox => "INBOX".to_owned(),
        Mailbox::Other(other) => names::decode(other.as_ref()),
    }
}

fn set(set: &SequenceSet) -> NumberSet {
    let bound = |bound: &SeqOrUid| match bound {
        SeqOrUid::Value(n) => Bound::Number(n.get()),
        SeqOrUid::Asterisk => Bound::Highest,
    };
    let ranges = set.0.as_ref().iter().map(|sequence| match sequence {
        Sequence::Single(a) => (bound(a), bound(a)),
        Sequence::Range(a, b) => (bound(a), bound(b)),
    });
    NumberSet::Ranges(ranges.collect())
}
