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
//! `tests/fidelity/compare.py` sets pictures beside those of Chromium, 800 pixels wide, with the same fonts. Letters are
//! the same to a fraction of a pixel, so what differs is where boxes stand (seen in the 26 mails of the test data and in
//! 164 others, mails as they were sent and templates):
//!
//! | what | cause |
//! |---|---|
//! | form fields are left out, buttons are plain text (43) | nothing in a mail can be sent from here |
//! | a line is underlined to the end of its last space | Parley counts that space to the line |
//! | marks of lists are smaller, letters have no shadows (41) | Blitz |
//! | edges of collapsed borders are off by half a border | a border belongs to one cell here, not half to each |
//! | a height of `100%` outside of tables is that of the content | there is no window that a mail could fill |
//! | a page that is centered in a window, and higher, is shown from its top | browsers cut its top off |
//! | long addresses are broken behind a slash | UAX 14, as in Firefox; Chromium makes the page wider |
//! | words too wide for the room beside a float stand there | Blitz does not move such a line down |
//! | elements that no standard knows, around blocks, are blocks to their backgrounds | Blitz |

pub mod client;
mod css;
mod engine;
mod legacy;
pub mod limits;
pub mod mail;
pub mod nested;
pub mod page;
pub mod print;
mod quote;
pub mod sanitize;
mod stack;
mod tree;
mod wire;
pub mod worker;

pub use client::{Document, Inner, Renderer, Request, Tile, Trouble};
pub use page::{Fold, Page, Quotes, Rect, View};
pub use sanitize::{RemotePicture, Report, Sanitized, sanitize};
