//! In front of any debug adapter: what passes through is untouched, but rows that show a ULID say what it means.

pub mod family;
pub mod recognise;
pub mod session;
pub mod settings;

mod assign;
mod children;
mod console;
mod json;
