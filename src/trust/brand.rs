//! The table of those whom frauds pretend to be, as data in resources/senders.toml.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../resources/senders.toml");

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) shared: Vec<String>,
    pub(super) receivers: BTreeMap<String, Vec<String>>,
    /// Services of mail providers that lead links through themselves, by host.
    checkers: BTreeMap<String, String>,
    pub(super) brand: Vec<Brand>,
    alike: BTreeMap<char, String>,
    /// Turned around.
    #[serde(skip)]
    pub(super) letters: BTreeMap<char, char>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Brand {
    pub(super) name: String,
    /// In the name of a sender who is elsewhere, these are a pretence.
    #[serde(default)]
    pub(super) words: Vec<String>,
    pub(super) domains: Vec<String>,
}

static READ: LazyLock<Table> = LazyLock::new(|| {
    let mut table: Table = toml::from_str(TABLE).unwrap_or_else(|error| {
        // A test reads the table; this can only be a damaged build.
        tracing::error!(%error, "the table of senders is not readable");
        Table::default()
    });
    for (latin, others) in &table.alike {
        table.letters.extend(others.chars().map(|other| (other, *latin)));
    }
    table
});

pub(super) fn table() -> &'static Table {
    &READ
}

/// Who has links lead through this host to look at where they go.
pub(super) fn checker(host: &str) -> Option<&'static str> {
    let mut all = table().checkers.iter();
    all.find(|(domain, _)| super::host::is_at_or_below(host, domain)).map(|(_, name)| name.as_str())
}

impl Brand {
    /// Whether a domain is one of its own.
    pub(super) fn owns(&self, domain: &str) -> bool {
        self.domains.iter().any(|own| super::host::is_at_or_below(domain, own))
    }
}
