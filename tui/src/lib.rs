//! A terminal browser for files of ULIDs: `ulid-tui FILE`.
//!
//! A key becomes an [`action::Action`] by the [`keymap`], the action changes the [`state`], and the [`view`] draws the
//! state. Slow work runs as [`jobs`] in threads of their own and comes back through the one [`event::Event`] channel
//! that [`run`] waits on, so that keys are never kept waiting. All of it but [`run`] and [`terminal`] works without a
//! terminal, which is how the tests drive it.
//!
//! Outside of this crate: it knows nothing of how a ULID is written or read, sorted or judged; that is
//! `ulid_engine`.

mod asked;
pub mod cli;
pub mod config;
pub mod manual;
pub mod report;
pub mod run;

pub mod action;
pub mod keymap;

mod background;
mod clipboard;
mod input;

pub mod event;
pub mod findings;
pub mod jobs;
pub mod layout;
pub mod rows;
mod ruler;
pub mod state;

#[cfg(feature = "parquet")]
mod columns;
pub mod export;
mod groups;
mod listed;
pub mod memory;
pub mod records;
mod values;

pub mod terminal;
pub mod text;
pub mod theme;
mod typed;
pub mod view;
