//! Opens the files of a store.

/// The database inside the folder of the store.
pub(super) const FILE_NAME: &str = "mail.db";
