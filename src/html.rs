//! HTML mail as its sender meant it, without a browser engine and without network.
//!
//! ```text
//! window's process                            render process (`--html-worker`, sandboxed)
//! client ── HTML, pictures of the mail ────▶  sanitize ▶ legacy ▶ engine (Blitz)
//!        ◀── page: size, links, text ───────
//!        ── rows ──────────────────────────▶  paint (▶ dark)
//!        ◀── pixels ────────────────────────
//! ```
//! [`sanitize`] makes the HTML of a stranger harmless; [`client`] shows it. Knows mails only as text and pictures.
//!
//! # What still differs from a browser
//! Measured on the 26 mails of the public test data against Chromium, 800 pixels wide, both with our fonts: 21 heights
//! within a tenth, median similarity (SSIM) 0.83. Most of what is missing in similarity is where lines break: Chromium
//! rounds the widths of letters, Blitz does not.
//!
//! | what | cause |
//! |---|---|
//! | borders of cells in tables with `border-collapse: collapse` are those of the first cell | Blitz shares one border among all cells |
//! | columns of a table with `dir=rtl` stand from left to right | Blitz' grid |
//! | form fields are left out, buttons are plain text | nothing in a mail can be sent from here |
//! | empty room below some mails (47), less above pictures that are not loaded (31, 45) | not found yet |
//! | a mail of 2.6 MB of hidden letters (27) is shown as text by a development build | takes more than 8 s there |

pub mod client;
mod css;
mod engine;
mod legacy;
pub mod limits;
pub mod mail;
pub mod page;
pub mod print;
pub mod sanitize;
mod tree;
mod wire;
pub mod worker;

pub use client::{Document, Renderer, Request, Tile, Trouble};
pub use page::{Page, Rect, View};
pub use sanitize::{RemotePicture, Report, Sanitized, sanitize};
