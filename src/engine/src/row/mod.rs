//! Facts, flaws and cells of a row, and the names under which they are given to other programs.
//!
//! This room knows layouts and cells. It must not know how a row is found or shown.

mod around;
mod cell;
mod fact;
mod flaw;
mod schema;
mod spelling;
pub(crate) mod value;

pub use around::{Around, Lines, RowSource, Side, Window};
pub(crate) use cell::CellType;
pub use cell::{Cell, compact};
pub use fact::{About, FACTS, Fact, FactEntry, OLD_NAMES, OldName, Reach};
pub use flaw::{FLAWS, Flaw, FlawEntry, KeyStep};
pub use schema::{Schema, SchemaColumn, named_columns, source_column};
pub(crate) use spelling::{PLAUSIBLE_MS, prefix_of, read_guid};
pub use spelling::{Spelling, SpellingError};
pub use value::{Type, Value, duration};
