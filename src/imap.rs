//! IMAP protocol logic over async-imap: connections, commands, tolerant parsing. Never sees the store.

pub mod limits;
pub mod response;
pub mod utf7;
pub mod wire;
