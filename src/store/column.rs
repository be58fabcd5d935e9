//! Single values of rows: from the model's types to SQLite's and back. Knows no table.

use crate::model::{Flags, ModSeq, Uid, UidValidity};
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};

/// Sizes and modification sequences: nothing real is above 2^63 (RFC 7162 section 7), so larger ones are capped.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Reads [`number`] back.
pub(super) fn number_at(row: &Row<'_>, index: usize) -> Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| Error::IntegralValueOutOfRange(index, value))
}

fn bad(index: usize, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::FromSqlConversionFailure(index, Type::Integer, Box::new(error))
}

/// Reads a UID.
pub(super) fn uid_at(row: &Row<'_>, index: usize) -> Result<Uid> {
    Uid::from_wire(row.get(index)?).map_err(|e| bad(index, e))
}

/// Placements above this have no UID of the server yet.
pub(super) const MAX_UID: i64 = 0xFFFF_FFFF;

/// The provisional number of a message in a mailbox that the server has not told a UID for.
pub(super) const fn provisional(message: crate::model::MessageId) -> i64 {
    MAX_UID + 1 + message.to_row()
}

/// Reads a UID; `None` if it is provisional or missing.
pub(super) fn told_uid_at(row: &Row<'_>, index: usize) -> Result<Option<Uid>> {
    let raw: Option<i64> = row.get(index)?;
    let told = raw.and_then(|raw| u32::try_from(raw).ok());
    told.map(|raw| Uid::from_wire(raw).map_err(|e| bad(index, e))).transpose()
}

/// Reads a UID that may be missing.
pub(super) fn optional_uid_at(row: &Row<'_>, index: usize) -> Result<Option<Uid>> {
    let raw: Option<u32> = row.get(index)?;
    raw.map(|raw| Uid::from_wire(raw).map_err(|e| bad(index, e))).transpose()
}

/// Reads a UIDVALIDITY that may be missing.
pub(super) fn uid_validity_at(row: &Row<'_>, index: usize) -> Result<Option<UidValidity>> {
    let raw: Option<u32> = row.get(index)?;
    raw.map(|raw| UidValidity::from_wire(raw).map_err(|e| bad(index, e))).transpose()
}

/// Reads a modification sequence.
pub(super) fn mod_seq_at(row: &Row<'_>, index: usize) -> Result<ModSeq> {
    number_at(row, index).map(ModSeq::new)
}

/// Reads flags from two neighbouring columns: system bits and keywords.
pub(super) fn flags_at(row: &Row<'_>, index: usize) -> Result<Flags> {
    let system: u8 = row.get(index)?;
    let keywords = row.get_ref(index + 1)?.as_str().map_err(|e| bad(index + 1, e))?;
    Ok(Flags::from_row(system, keywords))
}

/// Gmail's numbers use all 64 bits; only their equality counts.
pub(super) const fn gmail_id(value: u64) -> i64 {
    value.cast_signed()
}
