//! The servers of a case, one or two, each with an account in the one store.

use super::mails::name_of;
use super::ops::{Case, Side};
use super::tally::Tally;
use crate::sync_lab::{Lab, NOW};
use postrider::demo::{self, CapabilityMask, Extension, Faults, Mailboxes, Server, ServerConfig};
use postrider::model::{BodyPolicy, Flag, Flags, UnixTime};
use postrider::secret::{PasswordPlace, Secret};
use postrider::store::AccountRow;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};

/// Kinds of servers.
pub(crate) const KINDS: u8 = 10;

/// The servers of all cases; the program has runtimes of its own, which die with it.
pub(crate) fn servers() -> &'static Runtime {
    static SERVERS: OnceLock<Runtime> = OnceLock::new();
    SERVERS.get_or_init(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap())
}

/// Name, what it can do, and whether its mailboxes are labels.
pub(crate) fn kinds() -> [(&'static str, CapabilityMask, bool); KINDS as usize] {
    [
        ("everything", CapabilityMask::full(), false),
        ("Dovecot", CapabilityMask::dovecot(), false),
        ("Cyrus", CapabilityMask::cyrus(), false),
        ("Gmail without labels", CapabilityMask::gmail(), false),
        ("Microsoft 365", CapabilityMask::m365(), false),
        ("iCloud", CapabilityMask::icloud(), false),
        ("Yahoo", CapabilityMask::yahoo(), false),
        ("hMailServer", CapabilityMask::hmail(), false),
        ("Purelymail", CapabilityMask::purelymail(), false),
        ("Gmail", CapabilityMask::gmail(), true),
    ]
}

/// One server and its account.
pub(crate) struct Post {
    pub(crate) account: AccountRow,
    pub(crate) mask: CapabilityMask,
    pub(crate) labels: bool,
    /// `None`: the laboratory's own.
    server: Option<Server>,
}

pub(crate) struct Sides {
    pub(crate) lab: Lab,
    pub(crate) posts: Vec<Post>,
}

/// One mail at a server.
#[derive(Clone, Debug)]
pub(crate) struct There {
    pub(crate) side: usize,
    pub(crate) mailbox: String,
    pub(crate) uid: u32,
    pub(crate) name: String,
    pub(crate) flags: Flags,
    /// Marked as deleted where single mails cannot be removed: maybe an original that the program had to leave.
    pub(crate) left_behind: bool,
}

fn mailboxes(labels: bool) -> Mailboxes {
    let mut all = if labels { Mailboxes::gmail() } else { Mailboxes::standard() };
    all.create("Work", None).unwrap();
    all.create("Work/Deep", None).unwrap();
    all.keep_ledger();
    all
}

impl Sides {
    pub(crate) fn new(case: &Case, tally: &Tally) -> Self {
        let all = kinds();
        let (_, mask, labels) = all[usize::from(case.server % KINDS)].clone();
        let mut mails = mailboxes(labels);
        for n in 0..case.mails {
            let shape = n.wrapping_mul(case.twist);
            tally.get().deliver(&mut mails, "INBOX", shape);
        }
        let mut config = ServerConfig::new(mails, UnixTime(NOW));
        config.capabilities = mask.clone();
        let lab = servers().block_on(Lab::with(config));
        let first = Post { account: lab.account.clone(), mask, labels, server: None };
        let mut sides = Self { lab, posts: vec![first] };
        if let Some((_, mask, labels)) = all.get(usize::from(case.second)) {
            let post = sides.second(mask.clone(), *labels);
            sides.posts.push(post);
        }
        if case.bodies {
            let ids: Vec<_> = sides.posts.iter().map(|post| post.account.id).collect();
            let write = sides.lab.config.store.write("policy", move |w| {
                ids.iter().try_for_each(|id| w.set_account_bodies(*id, Some(BodyPolicy::All)))
            });
            servers().block_on(write).unwrap();
        }
        sides
    }

    fn second(&self, mask: CapabilityMask, labels: bool) -> Post {
        let mut config = ServerConfig::new(mailboxes(labels), UnixTime(NOW));
        config.capabilities = mask.clone();
        config.clock = self.lab.manual.clock();
        let server = servers().block_on(Server::start(config)).unwrap();
        let ca_file = self.lab.dir.path().join("second.pem");
        std::fs::write(&ca_file, server.ca_pem()).unwrap();
        let mut account = self.lab.account.account.clone();
        account.email = "second@example.org".into();
        account.imap.port = server.port();
        account.ca_file = Some(ca_file);
        let secret = Secret::new(demo::PASSWORD.into());
        let secrets = &self.lab.config.secrets;
        let keep = secrets.keep(&account.login, &account.imap, secret, PasswordPlace::Memory);
        servers().block_on(keep).unwrap();
        let row = account.clone();
        let write = self.lab.config.store.write("account", move |w| {
            let id = w.add_account(&row)?;
            w.set_account_bodies(id, Some(BodyPolicy::None))?;
            Ok(id)
        });
        let id = servers().block_on(write).unwrap();
        Post { account: AccountRow { id, account }, mask, labels, server: Some(server) }
    }

    pub(crate) fn server(&self, side: usize) -> &Server {
        self.posts[side].server.as_ref().unwrap_or(&self.lab.server)
    }

    /// All servers.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Server> {
        (0..self.posts.len()).map(|side| self.server(side))
    }

    /// The server that a number in a case means.
    pub(crate) fn at(&self, side: Side) -> usize {
        usize::from(side) % self.posts.len()
    }

    pub(crate) fn faults(&self, side: Side) -> Faults {
        self.server(self.at(side)).faults()
    }

    pub(crate) fn accounts(&self) -> Vec<AccountRow> {
        self.posts.iter().map(|post| post.account.clone()).collect()
    }

    /// Whether originals stay at the server, marked as deleted, because single mails cannot be removed.
    pub(crate) fn leaves_behind(&self, side: usize) -> bool {
        !self.posts[side].mask.offers(Extension::UidPlus)
    }

    /// Everything that the servers have.
    pub(crate) fn there(&self) -> Vec<There> {
        let mut found = Vec::new();
        for side in 0..self.posts.len() {
            self.server(side).state().read(|all| {
                for (name, mailbox) in all.iter() {
                    found.extend(mailbox.mails().iter().map(|mail| There {
                        side,
                        mailbox: name.to_owned(),
                        uid: mail.uid,
                        name: name_of(mail),
                        flags: mail.flags.clone(),
                        left_behind: self.leaves_behind(side) && mail.flags.contains(&Flag::Deleted),
                    }));
                }
            });
        }
        found
    }

    /// Names of everything that the servers have.
    pub(crate) fn names_there(&self) -> BTreeSet<String> {
        let names = |server: &Server| {
            server.state().read(|all| {
                all.iter().flat_map(|(_, mailbox)| mailbox.mails()).map(name_of).collect::<Vec<_>>()
            })
        };
        self.all().flat_map(names).collect()
    }

    /// Ends the servers.
    pub(crate) fn end(self) {
        // Their own tasks end with them.
        servers().block_on(async move { drop(self) });
    }
}
