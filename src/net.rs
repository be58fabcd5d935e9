//! What IMAP and submission share: TCP, TLS with its certificates, SASL, and a record of how a connection came about.
//!
//! Knows neither of the two protocols.

pub(crate) mod certificate;
mod error;
pub(crate) mod first;
pub(crate) mod sasl;
pub(crate) mod tap;
pub(crate) mod tcp;
pub(crate) mod text;
pub(crate) mod tls;
mod trace;

pub use error::{Chain, TlsProblem};
pub use sasl::Mechanism;
pub use tls::{Trust, roots_from_pem};
pub use trace::{Stage, Trace};
