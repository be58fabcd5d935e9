//! Postrider: a desktop mail client. The layers and their order are in ARCHITECTURE.md.
//!
//! Each layer may use only those above it in this list; `tests/it/tidy.rs` checks that.
// `allow-*-in-tests` of clippy.toml does not reach helper functions of test modules.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        clippy::print_stdout
    )
)]

pub mod model;

pub mod clock;
pub mod crash;

pub mod html;
pub mod imap;
pub mod mime;
pub mod net;
pub mod notify;
pub mod secret;
pub mod smtp;

pub mod discover;
pub mod oauth;
pub mod trust;

pub mod remote;

pub mod store;

pub mod sync;

pub mod doctor;

pub mod cli;
pub mod demo;
pub mod profile;
#[cfg(feature = "gui")]
pub mod ui;
