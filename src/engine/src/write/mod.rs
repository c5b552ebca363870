//! Files that are made: what their name asks for, compression, cells and objects, and a name that comes only when all is
//! written.

mod array;
mod cells;
mod file;
mod name;
mod pack;

pub use array::JsonArray;
pub use cells::{end_row, write_cell, write_separated};
pub use file::NewFile;
pub use name::{Content, Packing, UnknownName, Wanted};
pub use pack::Packed;
