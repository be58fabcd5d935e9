//! Which rules a server needs, from `resources/quirks.toml`. Data in, rules out; no I/O.
//!
//! What a rule withholds is taken out of the capabilities, so that nobody above has to think of it.

use super::capability::{Capabilities, Capability};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The table that ships with the program.
const BUILT_IN: &str = include_str!("../../resources/quirks.toml");

/// Longest time that an IDLE may be left alone, whatever a table says (RFC 2177 names 29 minutes).
const MAX_KEEPALIVE: u64 = 28;

/// A table that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the table of server quirks is broken: {0}")]
pub struct BrokenTable(#[from] toml::de::Error);

/// The table of servers and their rules. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Quirks(Arc<[Entry]>);

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    server: Vec<Entry>,
}

/// One kind of server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    host: Vec<String>,
    #[serde(default)]
    greeting: Vec<String>,
    #[serde(default)]
    id: Vec<String>,
    #[serde(default)]
    capability: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    send_id: Option<SendId>,
    ask_capabilities: Option<bool>,
    qresync: Option<bool>,
    idle: Option<bool>,
    notify: Option<bool>,
    keepalive_minutes: Option<u64>,
    poll_minutes: Option<u64>,
    connections: Option<usize>,
    partial: Option<bool>,
    envelope: Option<bool>,
    list_return: Option<bool>,
    status: Option<bool>,
    noop_after_append: Option<bool>,
    append_sent: Option<bool>,
    daily_megabytes: Option<u64>,
    skip_all: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SendId {
    Always,
}

/// What is known about a server when its rules are looked up.
#[derive(Clone, Copy, Debug)]
pub struct ServerFacts<'a> {
    /// Host as configured.
    pub host: &'a str,
    /// Text of the greeting; empty if it came in the open.
    pub greeting: &'a str,
    /// Capabilities and ID, as far as they were told.
    pub capabilities: &'a Capabilities,
}

/// What has to be done differently with one server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent rules")]
pub struct Rules {
    /// Entries of the table that apply, for the log and the account doctor.
    pub names: Vec<String>,
    /// Say who we are although ID is not offered.
    pub send_id: bool,
    /// Ask what it offers also when it told so at the sign-in.
    pub ask_capabilities: bool,
    /// Whether QRESYNC can be relied on.
    pub qresync: bool,
    /// Whether IDLE can be relied on.
    pub idle: bool,
    /// Whether NOTIFY can be relied on.
    pub notify: bool,
    /// How long an IDLE is known to live.
    pub keepalive: Option<Duration>,
    /// How often to ask for news where the server cannot tell them.
    pub poll: Option<Duration>,
    /// Connections at most.
    pub connections: Option<usize>,
    /// Whether byte ranges of parts can be relied on.
    pub partial: bool,
    /// Whether ENVELOPE can be relied on.
    pub envelope: bool,
    /// Whether LIST may be asked for more (RETURN).
    pub list_return: bool,
    /// Whether STATUS can be relied on.
    pub status: bool,
    /// Whether NOOP has to follow APPEND.
    pub noop_after_append: bool,
    /// Whether a sent message has to be put into Sent by whoever sends it.
    pub append_sent: bool,
    /// Bytes that may be fetched in a day to be kept here, without the account being locked for the user.
    pub daily_bytes: Option<u64>,
    /// Whether the mailbox with everything is left out.
    pub skip_all: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            send_id: false,
            ask_capabilities: false,
            qresync: true,
            idle: true,
            notify: true,
            keepalive: None,
            poll: None,
            connections: None,
            partial: true,
            envelope: true,
            list_return: true,
            status: true,
            noop_after_append: false,
            append_sent: true,
            daily_bytes: None,
            skip_all: false,
        }
    }
}

impl Default for Quirks {
    fn default() -> Self {
        static TABLE: LazyLock<Quirks> = LazyLock::new(|| match Quirks::from_toml(BUILT_IN) {
            Ok(table) => table,
            Err(error) => {
                // A test makes sure that this never happens.
                tracing::error!(%error, "built-in table");
                Quirks::none()
            }
        });
        TABLE.clone()
    }
}

impl Quirks {
    /// A table without entries: every server is taken at its word.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::from([]))
    }

    /// Reads a table in the form of `resources/quirks.toml`.
    ///
    /// # Errors
    /// It is no TOML, or it holds a word that no rule has.
    pub fn from_toml(text: &str) -> Result<Self, BrokenTable> {
        let file: File = toml::from_str(text)?;
        Ok(Self(file.server.into()))
    }

    /// The rules for a server.
    #[must_use]
    pub fn rules(&self, facts: &ServerFacts<'_>) -> Rules {
        let mut rules = Rules::default();
        for entry in self.0.iter().filter(|entry| entry.fits(facts)) {
            entry.add_to(&mut rules);
        }
        rules
    }
}

impl Entry {
    fn fits(&self, facts: &ServerFacts<'_>) -> bool {
        let within = |parts: &[String], text: &str| {
            let text = text.to_ascii_lowercase();
            parts.iter().any(|part| !part.is_empty() && text.contains(&part.to_ascii_lowercase()))
        };
        let offers = |word: &String| facts.capabilities.has_word(&word.to_ascii_uppercase());
        self.host.iter().any(|pattern| is_host(pattern, facts.host))
            || within(&self.greeting, facts.greeting)
            || within(&self.id, facts.capabilities.server_name().unwrap_or_default())
            || !self.capability.is_empty()
                && self.capability.iter().all(offers)
                && !self.without.iter().any(offers)
    }

    fn add_to(&self, rules: &mut Rules) {
        let minutes = |n: u64| Duration::from_secs(n.max(1).saturating_mul(60));
        let set = |rule: &mut bool, value: Option<bool>| *rule = value.unwrap_or(*rule);
        rules.names.push(self.name.clone());
        rules.send_id |= self.send_id == Some(SendId::Always);
        set(&mut rules.ask_capabilities, self.ask_capabilities);
        set(&mut rules.qresync, self.qresync);
        set(&mut rules.idle, self.idle);
        set(&mut rules.notify, self.notify);
        set(&mut rules.partial, self.partial);
        set(&mut rules.envelope, self.envelope);
        set(&mut rules.list_return, self.list_return);
        set(&mut rules.status, self.status);
        set(&mut rules.noop_after_append, self.noop_after_append);
        set(&mut rules.append_sent, self.append_sent);
        set(&mut rules.skip_all, self.skip_all);
        rules.daily_bytes = self.daily_megabytes.map(|n| n.saturating_mul(1_000_000)).or(rules.daily_bytes);
        rules.keepalive = self.keepalive_minutes.map(|n| minutes(n.min(MAX_KEEPALIVE))).or(rules.keepalive);
        rules.poll = self.poll_minutes.map(minutes).or(rules.poll);
        rules.connections = self.connections.map(|n| n.max(1)).or(rules.connections);
    }
}

fn is_host(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.trim_end_matches('.').to_ascii_lowercase());
    match pattern.strip_prefix('*') {
        Some(domain) => domain.starts_with('.') && host.ends_with(domain),
        None => pattern == host,
    }
}

impl Rules {
    /// Takes out of the capabilities what cannot be relied on.
    pub(super) fn withhold(&self, capabilities: &mut Capabilities) {
        let mut without = |kept: bool, all: &[Capability]| {
            if !kept {
                all.iter().for_each(|capability| capabilities.withhold(*capability));
            }
        };
        without(self.qresync, &[Capability::Qresync]);
        without(self.idle, &[Capability::Idle]);
        without(self.notify, &[Capability::Notify]);
        without(self.list_return, &[Capability::ListExtended, Capability::ListStatus]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(host: &str, greeting: &str, words: &str, id: &str) -> Rules {
        let mut capabilities = Capabilities::from_words(words.split(' '));
        capabilities.server_id = vec![("name".into(), id.into())];
        Quirks::default().rules(&ServerFacts { host, greeting, capabilities: &capabilities })
    }

    #[test]
    fn the_table_that_ships_is_whole() {
        let table = Quirks::from_toml(BUILT_IN).unwrap();
        assert!(table.0.len() >= 12);
        for entry in table.0.iter() {
            let mut rules = Rules::default();
            entry.add_to(&mut rules);
            let plain = Rules { names: rules.names.clone(), ..Rules::default() };
            assert_ne!(rules, plain, "{} says nothing", entry.name);
            let known = [&entry.host, &entry.greeting, &entry.id, &entry.capability];
            assert!(known.iter().any(|list| !list.is_empty()), "{} fits nothing", entry.name);
        }
    }

    #[test]
    fn a_typing_error_is_not_overlooked() {
        let broken = "[[server]]\nname = \"x\"\nqresynk = false\n";
        assert!(Quirks::from_toml(broken).unwrap_err().to_string().contains("qresynk"));
    }

    #[test]
    fn servers_are_recognized_by_whatever_they_show() {
        assert_eq!(rules("imap.example.org", "hello", "IMAP4REV1 IDLE QRESYNC", "Dovecot"), Rules::default());
        let icloud = |rules: Rules| !rules.qresync && !rules.envelope && rules.idle;
        assert!(icloud(rules("p42.imap.mail.me.com", "", "IMAP4rev1", "")));
        assert!(icloud(rules("proxy.example", "", "IMAP4rev1", "iCloud Mail")));
        assert!(!icloud(rules("imap.mail.me.com.evil.example", "", "IMAP4rev1", "")));
        let netease = rules("mail.example", "Coremail System IMap Server Ready(163com)", "IMAP4rev1", "");
        assert!(netease.send_id && !netease.idle && !netease.status);
        assert_eq!(netease.poll, Some(Duration::from_secs(180)));
        assert_eq!(rules("x", "", "IMAP4REV1 XYMHIGHESTMODSEQ IDLE", "").names, ["Yahoo, AOL and AT&T"]);
        assert_eq!(rules("imap.gmx.net", "", "IDLE", "").keepalive, Some(Duration::from_secs(660)));
        assert_eq!(rules("x", "Domino IMAP4 Server ready", "IDLE", "").connections, Some(1));
        let gmail = rules("imap.example", "Gimap ready", "IMAP4REV1 X-GM-EXT-1", "GImap");
        assert_eq!(
            (gmail.append_sent, gmail.daily_bytes, gmail.connections),
            (false, Some(1_500_000_000), Some(4))
        );
        // Exchange keeps what it sends by itself; others leave that to the client.
        assert!(
            !rules("outlook.office365.com", "", "IMAP4", "").append_sent
                && rules("x", "", "IDLE", "").append_sent
        );
    }

    #[test]
    fn what_is_withheld_is_not_offered() {
        let mut capabilities = Capabilities::from_words(["IMAP4REV2", "QRESYNC", "NOTIFY"]);
        let rules = Rules { qresync: false, idle: false, list_return: false, ..Rules::default() };
        rules.withhold(&mut capabilities);
        for gone in [Capability::Qresync, Capability::Idle, Capability::ListExtended, Capability::ListStatus]
        {
            assert!(!capabilities.has(gone), "{gone:?}");
        }
        assert!(capabilities.has(Capability::Condstore) && capabilities.has(Capability::Notify));
    }

    #[test]
    fn a_table_of_ones_own_matches_by_capability() {
        let own =
            "[[server]]\nname = \"mine\"\ncapability = [\"X-OLD\"]\nwithout = [\"X-NEW\"]\nidle = false\n";
        let own = Quirks::from_toml(own).unwrap();
        let idle = |words: &str| {
            let capabilities = Capabilities::from_words(words.split(' '));
            own.rules(&ServerFacts { host: "h", greeting: "", capabilities: &capabilities }).idle
        };
        assert!(!idle("IMAP4REV1 X-OLD") && idle("X-OLD X-NEW") && idle("IMAP4REV1"));
    }
}
