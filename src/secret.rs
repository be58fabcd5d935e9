//! Passwords and tokens: held in memory wiped on drop, kept in the system keyring, never in a file or a log.

use std::fmt;
use zeroize::Zeroizing;

/// A secret text. `Debug` hides it; memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself. Call it only where the bytes go to the server or the keyring.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        // Both sides are known to the user's own process; timing tells nobody anything.
        self.expose() == other.expose()
    }
}
impl Eq for Secret {}
