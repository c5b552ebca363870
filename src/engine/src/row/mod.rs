//! Facts and cells of a row, and the names under which they are given to other programs.
//!
//! This room knows layouts and cells. It must not know how a row is read or shown.

mod cell;
mod schema;

pub use cell::Cell;
pub use schema::{Schema, SchemaColumn};
