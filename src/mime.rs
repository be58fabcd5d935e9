//! Mail bytes to text, structure and names that can be shown. Pure: no I/O, no clock, never sees a server or the store.
//!
//! Everything here is fed by strangers. No function fails and none panics: what cannot be read is left out
//! or shown as it came, and what matters is noted as a [`Defect`]. All of it runs in time linear in its input.

pub mod charset;
pub mod display;
pub mod filename;
pub mod header;
pub mod html_text;
pub mod message;
pub mod report;
pub mod snippet;
pub mod structure;
pub mod text;
pub mod transfer;

/// Something wrong with a mail that was read nevertheless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    /// A field that may stand once stands there again with another value; the first one counts.
    DuplicateField(&'static str),
    /// A line of the header that is no field.
    JunkInHeader,
    /// The header is longer than what is read of it.
    HeaderCut,
    /// The `Date` field cannot be read.
    BadDate,
    /// A `From` field without a usable address.
    BadFrom,
    /// An address list is longer than what is kept of it.
    AddressesCut,
    /// A multipart without a boundary, or whose boundary never comes.
    NoBoundary,
    /// More parts or deeper nesting than what is kept.
    PartsCut,
    /// The last boundary of a multipart is missing: the mail may be truncated.
    Unclosed,
}
