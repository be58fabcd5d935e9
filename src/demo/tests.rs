//! The embedded server as a client sees it: raw lines over a duplex stream.

mod client;
mod fault;
mod protocol;
