//! What one client has reached so far: signed in, extensions enabled, mailbox selected. Runs its commands.
#![expect(clippy::wildcard_enum_match_arm, reason = "each place acts on a few kinds and passes the rest on")]

mod auth;
mod copy;
mod fetch;
mod idle;
mod labels;
mod list;
mod manage;
mod notify;
mod search;
mod select;
mod store;

use super::capability::{Extension, Quirk};
use super::command::{Command, NumberSet};
use super::output::{Output, Reply};
use super::server::Shared;
use std::sync::Arc;

/// State of one connection above its link.
pub(super) struct Session {
    shared: Arc<Shared>,
    number: u32,
    /// Tag of the command under way; ESEARCH repeats it.
    tag: String,
    secure: bool,
    start_tls: bool,
    signed_in: bool,
    sent_id: bool,
    condstore: bool,
    qresync: bool,
    selected: Option<Selected>,
    /// What the client knows of all mailboxes, if it wants to be told.
    notify: Option<notify::Known>,
}

/// The selected mailbox as this client knows it.
struct Selected {
    id: u64,
    read_only: bool,
    /// UIDs by sequence number, as told to the client.
    view: Vec<u32>,
    /// Up to here the client has been told of everything.
    mod_seq: u64,
    /// Result of the last search that was to be saved.
    saved: Vec<u32>,
}

impl Session {
    pub(super) const fn new(shared: Arc<Shared>, number: u32, secure: bool, start_tls: bool) -> Self {
        Self {
            shared,
            number,
            tag: String::new(),
            secure,
            start_tls,
            signed_in: false,
            sent_id: false,
            condstore: false,
            qresync: false,
            selected: None,
            notify: None,
        }
    }

    fn offers(&self, extension: Extension) -> bool {
        self.shared.capabilities.offers(extension)
    }

    fn has(&self, quirk: Quirk) -> bool {
        self.shared.capabilities.has(quirk)
    }

    pub(super) fn capability(&self) -> String {
        let mut words = self.shared.capabilities.words(self.signed_in, self.secure, self.can_start_tls());
        if !self.signed_in && self.secure && self.shared.takes(None) {
            words.push_str(" AUTH=OAUTHBEARER");
        }
        words
    }

    pub(super) const fn can_start_tls(&self) -> bool {
        self.start_tls && !self.secure && !self.signed_in
    }

    pub(super) const fn started_tls(&mut self) {
        self.secure = true;
    }

    /// Whether the selected mailbox is gone or has become another one.
    pub(super) fn is_thrown_out(&self) -> bool {
        let Some(selected) = &self.selected else { return false };
        self.shared.state.read(|all| all.by_id(selected.id).is_none())
    }

    /// Runs a command that needs nothing but the mail.
    pub(super) fn run(&mut self, tag: &str, command: Command, output: &mut Output) -> Reply {
        tag.clone_into(&mut self.tag);
        if let Some(refusal) = self.refusal(&command) {
            return refusal;
        }
        // A client that counts by sequence number must not see numbers shift under its command
        // (RFC 9051 section 7.5.1).
        let by_number = matches!(
            command,
            Command::Store { uid: false, .. }
                | Command::StoreLabels { uid: false, .. }
                | Command::Search { uid: false, .. }
                | Command::Fetch { uid: false, .. }
        );
        let reply = self.dispatch(command, output);
        self.news(output, !by_number);
        reply
    }

    fn dispatch(&mut self, command: Command, output: &mut Output) -> Reply {
        match command {
            Command::Capability => {
                output.untagged(format!("CAPABILITY {}", self.capability()));
                Reply::ok("Capability completed")
            }
            Command::Notify(wanted) => self.set_notify(wanted),
            Command::Noop | Command::Check => Reply::ok("Done"),
            Command::Id => self.id(output),
            Command::Login { user, password } => self.login(&user, &password),
            Command::Enable(words) => self.enable(&words, output),
            Command::Namespace => {
                output.untagged("NAMESPACE ((\"\" \"/\")) NIL NIL");
                Reply::ok("Namespace completed")
            }
            Command::Select { mailbox, examine, condstore, resync } => {
                self.select(&mailbox, examine, condstore, resync.as_ref(), output)
            }
            Command::Close => self.close(),
            Command::Unselect => {
                self.selected = None;
                Reply::ok("Unselected")
            }
            Command::List(request) => self.list(&request, output),
            Command::Lsub { reference, pattern } => self.lsub(&reference, &pattern, output),
            Command::Status { mailbox, items } => self.status(&mailbox, &items, output),
            Command::Create { mailbox, special_use } => self.create(&mailbox, special_use.as_deref()),
            Command::Delete(mailbox) => self.delete(&mailbox),
            Command::Rename { from, to } => self.rename(&from, &to),
            Command::Subscribe(mailbox, wanted) => self.subscribe(&mailbox, wanted),
            Command::GetQuota(root) => self.quota(&root, output),
            Command::GetQuotaRoot(mailbox) => self.quota_root(&mailbox, output),
            Command::Append { mailbox, flags, date, message } => self.append(&mailbox, flags, date, message),
            Command::Expunge(set) => self.expunge(set.as_ref()),
            Command::Copy { set, mailbox, take, uid } => self.copy(&set, &mailbox, take, uid, output),
            store @ Command::Store { .. } => self.store(store, output),
            store @ Command::StoreLabels { .. } => self.store_labels(store, output),
            Command::Search { key, options, uid } => self.search(&key, options, uid, output),
            Command::Logout
            | Command::StartTls
            | Command::Authenticate { .. }
            | Command::Idle
            | Command::Fetch { .. } => Reply::bad("Not here"),
        }
    }

    /// The answer to a command that is not allowed now, or whose extension is withheld.
    fn refusal(&self, command: &Command) -> Option<Reply> {
        let unknown = || Some(Reply::bad("Unknown command"));
        if let Some(extension) = needs(command)
            && !self.offers(extension)
        {
            return unknown();
        }
        match command {
            Command::Capability | Command::Noop | Command::Logout | Command::StartTls | Command::Id => None,
            Command::Login { .. } | Command::Authenticate { .. } => {
                self.signed_in.then(|| Reply::bad("Already signed in"))
            }
            _ if !self.signed_in => Some(Reply::bad("Sign in first")),
            Command::Check
            | Command::Close
            | Command::Unselect
            | Command::Expunge(_)
            | Command::Fetch { .. }
            | Command::Store { .. }
            | Command::StoreLabels { .. }
            | Command::Search { .. }
            | Command::Copy { .. }
                if self.selected.is_none() =>
            {
                Some(Reply::bad("No mailbox is selected"))
            }
            _ => None,
        }
    }

    /// UIDs that a set of sequence numbers or UIDs means, ascending; numbers the client cannot know are left out.
    fn resolve(&self, set: &NumberSet, uid: bool) -> Vec<u32> {
        let Some(selected) = &self.selected else { return Vec::new() };
        let view = &selected.view;
        if matches!(set, NumberSet::Saved) {
            return view.iter().copied().filter(|n| set.contains(*n, 0, &selected.saved)).collect();
        }
        let count = u32::try_from(view.len()).unwrap_or(u32::MAX);
        let highest = if uid { view.last().copied().unwrap_or(0) } else { count };
        let numbered = (1..=count).zip(view.iter().copied());
        numbered
            .filter(|(seq, this)| set.contains(if uid { *this } else { *seq }, highest, &[]))
            .map(|(_, this)| this)
            .collect()
    }

    /// Sequence number of a UID, if the client knows it.
    fn sequence(&self, uid: u32) -> Option<u32> {
        let view = &self.selected.as_ref()?.view;
        view.binary_search(&uid).ok().and_then(|index| u32::try_from(index + 1).ok())
    }
}

/// The extension that a command belongs to as a whole.
fn needs(command: &Command) -> Option<Extension> {
    match command {
        Command::Idle => Some(Extension::Idle),
        Command::Notify(_) => Some(Extension::Notify),
        Command::Id => Some(Extension::Id),
        Command::Enable(_) => Some(Extension::Enable),
        Command::Namespace => Some(Extension::Namespace),
        Command::Unselect => Some(Extension::Unselect),
        Command::Copy { take: true, .. } => Some(Extension::Move),
        Command::StoreLabels { .. } => Some(Extension::Gmail),
        Command::Expunge(Some(_)) => Some(Extension::UidPlus),
        Command::GetQuota(_) | Command::GetQuotaRoot(_) => Some(Extension::Quota),
        Command::Search { options: Some(_), .. } => Some(Extension::Esearch),
        Command::Select { resync: Some(_), .. } => Some(Extension::Qresync),
        Command::Select { condstore: true, .. }
        | Command::Fetch { changed_since: Some(_), .. }
        | Command::Store { unchanged_since: Some(_), .. } => Some(Extension::Condstore),
        Command::List(request) if !request.return_status.is_empty() => Some(Extension::ListStatus),
        Command::List(request) if request.extended => Some(Extension::ListExtended),
        Command::Create { special_use: Some(_), .. } => Some(Extension::CreateSpecialUse),
        _ => None,
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.signed_in {
            self.shared.sessions.send_modify(|open| *open = open.saturating_sub(1));
        }
    }
}
