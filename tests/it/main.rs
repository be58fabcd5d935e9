//! Integration tests: one binary, one module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]
#![allow(missing_docs)]

mod corpora;
mod dovecot;
mod fuzz;
mod imap_live;
mod mails;
mod tidy;
mod transcripts;
