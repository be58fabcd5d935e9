//! The gate of the sync engine: random actions of the user and of a second client, on servers of every kind, with
//! faults at any byte and a crash between any two commits; then: nothing lost, nothing twice, nothing removed that
//! nobody chose, both sides the same, the journal empty.
//!
//! `POSTRIDER_MODEL_CASES` asks for more cases than the usual run has, `POSTRIDER_MODEL_SEED` for other ones.

mod every;
mod found;
mod invariants;
mod mails;
mod ops;
mod runner;
mod sides;
mod tally;
mod user;
mod world;
