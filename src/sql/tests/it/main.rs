//! The crate in a session of DataFusion, beside oracles that know nothing of it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by them"
)]

mod audits;
#[cfg(feature = "cluster")]
mod cluster;
mod common;
mod files;
mod layouts;
mod logic;
mod program;
mod pruning;
mod ranges;
mod refusals;
