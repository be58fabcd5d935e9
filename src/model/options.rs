//! What the user sets about an account besides its servers: its name and color, who they are in it, what it may do.

use serde::{Deserialize, Serialize};

/// Most identities of an account.
pub const MAX_IDENTITIES: usize = 50;
/// Longest signature in characters.
pub const MAX_SIGNATURE: usize = 10_000;

/// A color that tells an account from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountColor {
    /// Blue.
    Blue,
    /// Blue-green.
    Teal,
    /// Green.
    Green,
    /// Violet.
    Violet,
    /// Pink.
    Pink,
    /// Orange.
    Orange,
    /// Gray.
    Graphite,
}

impl AccountColor {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Blue, Self::Teal, Self::Green, Self::Violet, Self::Pink, Self::Orange, Self::Graphite];
}

/// Another address that the user writes as.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// Name of the sender.
    pub name: String,
    /// Address.
    pub email: String,
    /// What stands below mails written as this one; empty: what stands below the others.
    pub signature: String,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountOptions {
    /// Its name in the window; empty means its address.
    pub label: String,
    /// Its color, if it has one.
    pub color: Option<AccountColor>,
    /// Whether it is switched on. Without, nothing is asked of its server; its mail here stays.
    pub enabled: bool,
    /// Whether new mail is told of.
    pub notify: bool,
    /// The user's name as others see it.
    pub sender: String,
    /// Further addresses.
    pub identities: Vec<Identity>,
    /// The address that the user writes as unless they choose another one; empty, or none of these: the account's.
    pub writes_as: String,
    /// What stands below mails that the user writes.
    pub signature: String,
}

impl Default for AccountOptions {
    fn default() -> Self {
        Self {
            label: String::new(),
            color: None,
            enabled: true,
            notify: true,
            sender: String::new(),
            identities: Vec::new(),
            writes_as: String::new(),
            signature: String::new(),
        }
    }
}

impl AccountOptions {
    /// The further address that the user writes as unless they choose another one; `None`: the account's own.
    #[must_use]
    pub fn usual(&self) -> Option<usize> {
        let same = |one: &Identity| !one.email.is_empty() && one.email.eq_ignore_ascii_case(&self.writes_as);
        self.identities.iter().position(same)
    }

    /// What the account is called in the window.
    #[must_use]
    pub fn name<'a>(&'a self, email: &'a str) -> &'a str {
        let label = self.label.trim();
        if label.is_empty() { email } else { label }
    }
}
