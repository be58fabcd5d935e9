//! Integration tests: one binary, one module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]
#![allow(missing_docs)]

mod accounts;
mod budget;
mod cli_bodies;
mod cli_files;
mod cli_fire;
mod cli_live;
mod cli_moves;
mod cli_render;
mod cli_sync;
mod contact;
mod corpora;
mod cyrus;
mod discovery;
mod dovecot;
mod fuzz;
mod gmail;
mod guard;
mod hostile;
mod html;
mod imap_live;
mod lies;
mod live;
mod mails;
mod model;
mod oauth;
mod packing;
mod quirks;
mod raw;
mod starttls;
mod sync_bodies;
mod sync_cross;
mod sync_dovecot;
mod sync_faults;
mod sync_first;
mod sync_lab;
mod sync_live;
mod sync_more;
mod sync_moves;
mod sync_operations;
mod sync_races;
mod threads;
mod tidy;
mod timers;
mod tokens;
mod transcripts;
mod trust;
mod wait;
