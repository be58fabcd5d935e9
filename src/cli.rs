//! The command line: parses arguments, runs one command, writes results to standard output.
//!
//! Never decides anything that the window would decide otherwise: both use the same store and worker.

pub mod args;
