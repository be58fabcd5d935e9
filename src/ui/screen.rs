//! The screens. Each owns its state, takes messages and returns actions; none of them sees another.

pub mod accounts;
pub mod mail;
pub mod settings;
pub mod setup;
