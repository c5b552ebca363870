//! Facts, flaws and cells of a row, and the names under which they are given to other programs.
//!
//! This room knows layouts and cells. It must not know how a row is found or shown.

mod around;
mod fact;
mod flaw;
mod one;
mod record;
mod schema;
pub(crate) mod value;

pub use crate::cell::{Cell, CellType, compact};
pub use crate::spelling::{Spelling, SpellingError};
pub use around::{Around, Lines, RowSource, Side, Window};
pub use fact::{About, FACTS, Fact, FactEntry, OLD_NAMES, OldName, Reach};
pub use flaw::{FLAWS, Flaw, FlawEntry, KeyStep};
pub use one::{Row, RowRef};
pub(crate) use record::{Record, RecordRef};
pub use schema::{Schema, SchemaColumn, named_columns, source_column};
pub use value::{Type, Value, duration};
