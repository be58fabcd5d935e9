//! One connection with what sync knows about it: what the server offers, which mailbox is selected.

use super::config::Config;
use super::event::Event;
use super::planner::{Remote, Telling};
use super::shared::Shared;
use super::sign_in;
use super::status::{LinkFault, Problem};
use super::trouble::{self, Trouble};
use crate::clock::{Clock, Moment};
use crate::imap::{
    self, Capability, ConnectOptions, Credential, Error, FetchItems, Resync, Selected, Session, Unsolicited,
};
use crate::mime::header::LIST_FIELDS;
use crate::model::{Account, MailboxId, Server, Uid, UidSet, UidValidity};
use crate::secret::Secret;
use crate::store::MailboxRow;
use rustls::pki_types::CertificateDer;
use std::net::IpAddr;
use std::time::Duration;

/// After such a rest a connection is tried before it is relied on.
const RESTED: Duration = Duration::from_secs(45);

/// See the module.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) session: Session,
    pub(super) telling: Telling,
    pub(super) has_idle: bool,
    pub(super) has_esearch: bool,
    server: Server,
    clock: Clock,
    since: Moment,
    used: Moment,
    /// Number of outages when it last worked.
    outage: u64,
    selected: Option<View>,
}

/// The selected mailbox.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) mailbox: MailboxId,
    pub(super) validity: Option<UidValidity>,
    pub(super) exists: u32,
    pub(super) is_read_only: bool,
    pub(super) permanent: Option<imap::FlagList>,
    /// All UIDs, if they were asked for.
    pub(super) uids: Option<UidSet>,
    /// Messages from this UID on came after the connection last looked; `None`: the server did not say.
    pub(super) next: Option<Uid>,
}

/// Why a connection could not be opened.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) trouble: Trouble,
    error: Option<Error>,
}

impl Refusal {
    fn early(problem: Problem) -> Self {
        Self { trouble: Trouble::Link { problem, age: Duration::ZERO }, error: None }
    }

    /// Whether another access token may be taken where this one was not.
    fn is_of_the_token(&self) -> bool {
        matches!(&self.error, Some(Error::AuthRejected { .. }))
    }

    /// Whether the server may only mean that there are too many connections already. A wrong password
    /// counts too: the same one was right a moment ago on another connection.
    pub(super) fn may_be_about_number(&self) -> bool {
        matches!(&self.error, Some(Error::Bye { .. } | Error::AuthRejected { .. } | Error::No { .. }))
    }
}

impl Link {
    /// Connects and signs in.
    pub(super) async fn open(shared: &Shared) -> Result<Self, Refusal> {
        let account = shared.settings();
        let config = &shared.config;
        let now = config.clock.now();
        let known = config.memory.server_name(shared.account, now);
        let meter = || shared.links.meter.clone();
        let credential = Self::credential(shared, &account, None).await?;
        let open = async |credential: &Credential| {
            Self::open_knowing(config, &account, credential, known.clone(), meter()).await
        };
        let link = match (open(&credential).await, &credential) {
            (Err(refusal), Credential::Token { token, .. }) if refusal.is_of_the_token() => {
                // It may have been revoked before its time: one new one, one more try.
                let fresh = Self::credential(shared, &account, Some(token)).await?;
                open(&fresh).await?
            }
            (opened, _) => opened?,
        };
        if known.is_none() {
            let name = link.session.capabilities().server_name().unwrap_or_default();
            config.memory.note_server_name(shared.account, name, now);
        }
        tracing::info!(account = %shared.account, "connected");
        Ok(link)
    }

    async fn credential(
        shared: &Shared,
        account: &Account,
        refused: Option<&Secret>,
    ) -> Result<Credential, Refusal> {
        let work = sign_in::credential(&shared.config, account, refused);
        let found = if account.login.password_command.is_some() {
            // Whatever another account waits for.
            work.await
        } else {
            shared.board.by_keyring(shared.config.secrets.asking(), work).await
        };
        found.map_err(Refusal::early)
    }

    /// Connects and signs in with given settings.
    pub(super) async fn open_as(
        config: &Config,
        account: &Account,
        credential: &Credential,
    ) -> Result<Self, Refusal> {
        Self::open_knowing(config, account, credential, None, imap::Meter::default()).await
    }

    /// The same where the server is known already, by the name that it gave itself, and counted.
    async fn open_knowing(
        config: &Config,
        account: &Account,
        credential: &Credential,
        known_name: Option<String>,
        total: imap::Meter,
    ) -> Result<Self, Refusal> {
        let mut options = ConnectOptions { known_name, total, ..ConnectOptions::new(account.imap.clone()) };
        options.quirks = config.quirks.clone();
        options.timeouts = config.timeouts;
        options.clock = config.clock.clone();
        options.compress = !is_near(&account.imap.host);
        options.extra_roots = roots(account).await.map_err(Refusal::early)?;
        options.exception = account.exception(&account.imap);
        let server = account.imap.clone();
        let session = imap::connect(&options, credential).await.map_err(|error| {
            let mut problem = trouble::of_imap(&error, &server);
            if let (Credential::Token { .. }, Problem::SignInRefused { text }) = (credential, &problem) {
                problem = Problem::SignInExpired { text: text.clone() };
            }
            Refusal { trouble: Trouble::Link { problem, age: Duration::ZERO }, error: Some(error) }
        })?;
        Ok(Self::new(session, server, options.clock))
    }

    fn new(session: Session, server: Server, clock: Clock) -> Self {
        let capabilities = session.capabilities();
        let telling = telling(&session);
        let has_idle = capabilities.has(Capability::Idle);
        let has_esearch = capabilities.has(Capability::Esearch);
        let now = clock.moment();
        Self {
            session,
            telling,
            has_idle,
            has_esearch,
            server,
            clock,
            since: now,
            used: now,
            outage: 0,
            selected: None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.session.is_open()
    }

    /// Notes that the server answered a moment ago.
    pub(super) fn note_use(&mut self, outage: u64) {
        self.used = self.clock.moment();
        self.outage = outage;
    }

    /// Whether the connection works. One that rested may be dead without a sign: routers forget quiet
    /// connections, and a command into the void takes a minute to fail.
    pub(super) async fn is_alive(&mut self, outage: u64, limit: Duration) -> bool {
        if !self.is_open() || (self.clock.elapsed(self.used) < RESTED && self.outage == outage) {
            return self.is_open();
        }
        let answer = self.clock.timeout(limit, self.session.noop()).await;
        self.note_use(outage);
        matches!(answer, Ok(Ok(())))
    }

    /// Sorts an error of this connection.
    pub(super) fn trouble(&self, error: &Error) -> Trouble {
        let problem = trouble::of_imap(error, &self.server);
        let age = self.clock.elapsed(self.since);
        if !self.session.is_open() {
            return Trouble::Link { problem, age };
        }
        if trouble::is_signed_out(error) {
            // Whatever was asked for: the next connection signs in anew, with another token if need be.
            let Server { host, port, .. } = self.server.clone();
            return Trouble::Link {
                problem: Problem::Link { host, port, fault: LinkFault::ServerClosed },
                age,
            };
        }
        if matches!(problem, Problem::Blocked { .. } | Problem::SignInRefused { .. }) {
            // It is about the account, and would be said of everything else too.
            return Trouble::Link { problem, age };
        }
        Trouble::Refused(problem)
    }

    /// The selected mailbox.
    pub(super) fn view(&self) -> Option<&View> {
        self.selected.as_ref()
    }

    /// Forgets which UIDs the selected mailbox has.
    pub(super) fn forget_uids(&mut self) {
        if let Some(view) = &mut self.selected {
            view.uids = None;
        }
    }

    /// Selects a mailbox anew, catching up from the stored state where the server can do that.
    pub(super) async fn select(&mut self, row: &MailboxRow) -> Result<Selected, Trouble> {
        self.selected = None;
        let resync = match (self.telling, row.state.uid_validity, row.state.highest_mod_seq) {
            (Telling::Everything, Some(uid_validity), mod_seq) if mod_seq.is_some() => {
                Some(Resync { uid_validity, mod_seq, known: UidSet::new() })
            }
            _ => None,
        };
        let selected = self.session.select(&row.name, resync).await.map_err(|e| self.trouble(&e))?;
        // A server that did not understand its own extension has told nothing about the past.
        self.telling = telling(&self.session);
        self.selected = Some(View {
            mailbox: row.id,
            validity: selected.uid_validity,
            exists: selected.exists,
            is_read_only: selected.read_only,
            permanent: selected.permanent_flags.clone(),
            uids: None,
            next: selected.uid_next,
        });
        Ok(selected)
    }

    /// Makes sure that a mailbox is selected and that its UIDs still mean what the store thinks.
    /// `Ok(false)`: they do not; the mailbox has to be visited first.
    pub(super) async fn ready(&mut self, row: &MailboxRow) -> Result<bool, Trouble> {
        if self.selected.as_ref().is_none_or(|view| view.mailbox != row.id) {
            self.select_plainly(row).await?;
        }
        let validity = self.selected.as_ref().and_then(|view| view.validity);
        Ok(validity.is_some() && validity == row.state.uid_validity)
    }

    /// Selects a mailbox anew. What changed since it was last visited is no matter of this piece of work.
    pub(super) async fn select_plainly(&mut self, row: &MailboxRow) -> Result<Selected, Trouble> {
        let mut plain = row.clone();
        plain.state.highest_mod_seq = crate::model::ModSeq::NONE;
        self.select(&plain).await
    }

    /// Closes a mailbox that is about to be asked about, renamed or deleted.
    pub(super) async fn leave(&mut self, mailbox: MailboxId) -> Result<(), Trouble> {
        if self.selected.as_ref().is_some_and(|view| view.mailbox == mailbox) {
            self.selected = None;
            self.session.unselect().await.map_err(|e| self.trouble(&e))?;
        }
        Ok(())
    }

    /// Makes sure that this connection knows of a message. One that came after the mailbox was selected is,
    /// to this connection, not there until the server could tell of it (RFC 9051 section 7.5.1): a FETCH would
    /// find nothing and a STORE would do nothing, both with OK.
    pub(super) async fn see(&mut self, uid: Uid) -> Result<(), Trouble> {
        if self.selected.as_ref().is_some_and(|view| view.next.is_none_or(|next| uid >= next)) {
            self.session.noop().await.map_err(|e| self.trouble(&e))?;
            if let Some(view) = &mut self.selected {
                view.uids = None;
                view.next = uid.get().checked_add(1).and_then(|next| Uid::from_wire(next).ok());
            }
        }
        Ok(())
    }

    /// All UIDs of the selected mailbox. Asked for once per selection.
    pub(super) async fn all_uids(&mut self) -> Result<UidSet, Trouble> {
        if let Some(uids) = self.selected.as_ref().and_then(|view| view.uids.clone()) {
            return Ok(uids);
        }
        let uids = self.session.uid_search_all().await.map_err(|e| self.trouble(&e))?;
        if let Some(view) = &mut self.selected {
            view.uids = Some(uids.clone());
        }
        Ok(uids)
    }

    /// What the server told by itself, without what concerns only people.
    pub(super) fn news(&mut self, shared: &Shared) -> Vec<Unsolicited> {
        let mut news = self.session.take_unsolicited();
        news.retain(|one| match one {
            Unsolicited::Alert(text) => {
                shared.alert(text);
                false
            }
            Unsolicited::Exists(n) => {
                if let Some(view) = &mut self.selected {
                    view.exists = *n;
                    view.uids = None;
                }
                true
            }
            Unsolicited::Expunge(_) | Unsolicited::Vanished(_) | Unsolicited::Overflow => {
                if let Some(view) = &mut self.selected {
                    view.uids = None;
                }
                true
            }
            Unsolicited::Fetch(_)
            | Unsolicited::Status { .. }
            | Unsolicited::Listed
            | Unsolicited::Bye(_) => true,
        });
        news
    }
}

fn telling(session: &Session) -> Telling {
    match (session.has_qresync(), session.has_condstore()) {
        (true, _) => Telling::Everything,
        (false, true) => Telling::Flags,
        (false, false) => Telling::Nothing,
    }
}

/// What the list needs of a message. The session leaves out what the server does not offer.
pub(super) const LIST_ITEMS: FetchItems = FetchItems {
    flags: true,
    mod_seq: true,
    internal_date: true,
    size: true,
    envelope: false,
    body_structure: true,
    header_fields: LIST_FIELDS,
    preview: true,
    email_id: true,
    thread_id: true,
    gm_msgid: true,
    gm_thrid: true,
    // Every label has a mailbox of its own, which tells its changes too.
    gm_labels: false,
};

/// Only flags.
pub(super) const FLAG_ITEMS: FetchItems = FetchItems {
    flags: true,
    mod_seq: true,
    internal_date: false,
    size: false,
    envelope: false,
    body_structure: false,
    header_fields: &[],
    preview: false,
    email_id: false,
    thread_id: false,
    gm_msgid: false,
    gm_thrid: false,
    gm_labels: false,
};

/// What it takes to recognize a message under a new UID.
pub(super) const FINGERPRINT_ITEMS: FetchItems = FetchItems {
    internal_date: true,
    size: true,
    header_fields: &["Message-ID"],
    email_id: true,
    gm_msgid: true,
    ..FLAG_ITEMS
};

/// What it takes to place a message of Gmail's that is stored already.
pub(super) const OUTLINE_ITEMS: FetchItems = FetchItems { gm_msgid: true, ..FLAG_ITEMS };

impl From<&Selected> for Remote {
    fn from(selected: &Selected) -> Self {
        Self {
            exists: Some(selected.exists),
            unseen: None,
            uid_validity: selected.uid_validity,
            uid_next: selected.uid_next,
            mod_seq: selected.highest_mod_seq,
        }
    }
}

impl From<&imap::MailboxStatus> for Remote {
    fn from(status: &imap::MailboxStatus) -> Self {
        Self {
            exists: status.messages,
            unseen: status.unseen,
            uid_validity: status.uid_validity,
            uid_next: status.uid_next,
            mod_seq: status.highest_mod_seq,
        }
    }
}

/// The additional authorities of an account.
///
/// # Errors
/// The file cannot be used.
pub async fn roots(account: &Account) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let Some(path) = &account.ca_file else { return Ok(Vec::new()) };
    let broken = |detail: String| Problem::CaFile { path: path.clone(), detail: trouble::tidy(&detail) };
    let pem = tokio::fs::read(path).await.map_err(|error| broken(error.to_string()))?;
    imap::roots_from_pem(&pem).map_err(|error| broken(error.to_string()))
}

/// Whether compressing costs more than it saves: the server is on this machine.
fn is_near(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

impl Shared {
    fn alert(&self, text: &str) {
        let text = trouble::tidy(text);
        if self.is_new_alert(&text) {
            self.events.send(Event::Alert { account: self.account, text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_far_servers_are_worth_compressing_for() {
        for (host, near) in [("localhost", true), ("127.0.0.1", true), ("::1", true), ("imap.example", false)]
        {
            assert_eq!(is_near(host), near, "{host}");
        }
    }
}
