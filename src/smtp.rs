//! Submission of mail (RFC 6409): connect, encrypt, sign in. Never sees the store.
//!
//! So far only as far as the trial of an account needs it; sending comes later.
//!
//! Invariants: no credential and no command but EHLO, STARTTLS and QUIT before TLS; nothing that was heard before TLS
//! is believed after it; what a server says is capped, and shown as one harmless line.

mod client;
mod error;
mod extensions;
mod reply;
#[cfg(test)]
mod tests;

pub use client::{Submission, SubmissionOptions, Timeouts};
pub use error::Error;
pub use extensions::Extensions;
pub use reply::Reply;
