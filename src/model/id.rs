//! Typed ids. A number of one kind can never be taken for another.
//!
//! Row ids (`AccountId` ...) come from the store; `Uid`, `UidValidity` and `ModSeq` come from a server.

use std::fmt;
use std::num::NonZeroU32;

/// A number that cannot be the id it claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must not be {raw}")]
pub struct BadId {
    kind: &'static str,
    raw: u64,
}

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// Takes an id as the store gave it out.
            #[must_use]
            pub const fn from_row(raw: i64) -> Self {
                Self(raw)
            }

            /// The number that the store knows this row by.
            #[must_use]
            pub const fn to_row(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id!(
    /// One configured account.
    AccountId
);
row_id!(
    /// One mailbox (shown to people as a folder) of one account.
    MailboxId
);
row_id!(
    /// One message of the local store; it keeps this id when it moves between mailboxes.
    MessageId
);
row_id!(
    /// One conversation.
    ThreadId
);
row_id!(
    /// One journalled operation: what one intent of the user means for one account and one mailbox.
    OperationId
);
row_id!(
    /// One intent of the user ("move these 200 messages"); it may take several operations, and is undone as one.
    ActionId
);

/// Counts committed write transactions; a snapshot with a lower revision is older.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// One running download that the window can watch and cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub u64);

/// Message number that is unique in one mailbox while its [`UidValidity`] holds (RFC 9051 section 2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(NonZeroU32);

impl Uid {
    /// The smallest UID.
    pub const MIN: Self = Self(NonZeroU32::MIN);
    /// The largest UID.
    pub const MAX: Self = Self(NonZeroU32::MAX);

    /// Reads a UID sent by a server.
    ///
    /// # Errors
    /// `0` is not a UID.
    pub fn from_wire(raw: u32) -> Result<Self, BadId> {
        NonZeroU32::new(raw).map(Self).ok_or(BadId { kind: "UID", raw: 0 })
    }

    /// The number as it goes over the wire.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// While it stays the same, UIDs of a mailbox keep their meaning (RFC 9051 section 2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UidValidity(NonZeroU32);

impl UidValidity {
    /// Reads a UIDVALIDITY sent by a server.
    ///
    /// # Errors
    /// `0` is not a UIDVALIDITY.
    pub fn from_wire(raw: u32) -> Result<Self, BadId> {
        NonZeroU32::new(raw).map(Self).ok_or(BadId { kind: "UIDVALIDITY", raw: 0 })
    }

    /// The number as it goes over the wire.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

/// Modification sequence of a message or mailbox (RFC 7162 section 3.1).
///
/// `0` is legal from some servers and means "none yet"; values above 2^63 do not occur (RFC 7162 section 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModSeq(u64);

impl ModSeq {
    /// No modification sequence known.
    pub const NONE: Self = Self(0);

    /// Takes a value sent by a server or kept by the store.
    #[must_use]
    pub const fn new(raw: u64) -> Self {
        Self(raw)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether there is a value to ask for changes since.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_neither_a_uid_nor_a_uidvalidity() {
        assert!(Uid::from_wire(0).is_err());
        assert!(UidValidity::from_wire(0).is_err());
        assert_eq!(Uid::from_wire(7).map(Uid::get), Ok(7));
    }
}
