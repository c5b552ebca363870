//! A terminal browser for files of ULIDs: `ulid-tui FILE`.
//!
//! A key becomes an `action::Action` by the `keymap`, the action changes the `state`, and the `view` draws the
//! state. Slow work runs as `jobs` in threads of their own and comes back through the one `event::Event` channel
//! that [`run`] waits on, so that keys are never kept waiting. All of it but [`run`] and `terminal` works without a
//! terminal, which is how the tests drive it.
//!
//! Outside of this crate: it knows nothing of how a ULID is written or read, sorted or judged; that is
//! `ulid_engine`.

mod asked;
pub mod cli;
mod config;
mod manual;
mod report;
pub mod run;

mod action;
mod keymap;

mod answer;
mod background;
mod clipboard;
mod input;

mod event;
mod findings;
mod jobs;
mod layout;
mod rows;
mod ruler;
mod state;

#[cfg(feature = "parquet")]
mod columns;
mod export;
mod groups;
mod listed;
mod memory;
mod records;
mod values;

mod terminal;
mod text;
mod theme;
mod typed;
mod view;
