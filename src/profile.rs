//! Where a profile keeps its files.
