//! Mail addresses as shown to people.

use serde::{Deserialize, Serialize};

/// One address of a header field, already decoded (RFC 5322 section 3.4, RFC 2047).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Display name without control or bidi characters; empty if the field had none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// `local@domain` exactly as the mail has it; may be invalid in a broken mail.
    pub email: String,
}

impl Address {
    /// The display name, or the address if there is none.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.email } else { &self.name }
    }
}
