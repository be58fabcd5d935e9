//! The window. Reads snapshots of the store, sends commands, gets events.
