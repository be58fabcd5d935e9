//! What goes to the network because the reader asked for it: pictures of a mail, the POST that ends a subscription,
//! the keys of signatures. Nothing in here happens by itself.
//!
//! Each use has a client of its own that is thrown away afterwards, so nothing (cookies, sessions of TLS, open
//! connections) ties one mail to another. What is asked for is checked first ([`guard`]): https only, and no address
//! of this computer or its network, whatever a name resolves to.
//!
//! Knows mails only as reports of the sanitizer and bytes; never sees the store.

pub mod cache;
mod guard;
mod pictures;
mod signature;
#[cfg(test)]
mod tests;
mod unsubscribe;

pub use cache::Cache;
pub use guard::{Refused, Way};
pub use pictures::{Failure, Loaded, Pictures};
pub use signature::{Check, Checker, SignatureResult};
pub use unsubscribe::{UnsubscribeError, unsubscribe};
