//! From an address to settings: the bundled table, what the domain says itself, what is known of it, what can be
//! guessed. Nothing is kept and no password is sent: it is not even known here.
//!
//! All questions are asked at once; the best source that has an answer wins, not the fastest. Invariants: answers come
//! over https or are checked by a certificate; a plain connection is never an answer; every answer is capped and has
//! its time limit; a name server alone cannot send the user to a host of somebody else.

mod autoconfig;
mod candidate;
mod network;
mod search;
mod service;
#[cfg(test)]
mod tests;

pub use autoconfig::{Found, NoSettings};
pub use candidate::{Address, BadAddress};
pub use network::Network;
pub use search::{Ask, Asked, Finding, Missing, Source, SrvRecord, bundled, find, find_with};
pub use service::{PasswordKind, Service, UserName, service, service_of_address, service_of_host, services};
