//! The local store on SQLite. Never sees the network.
