//! Formats: how a source is recognised and divided into rows, where the ID of a row is, and its cells. One file a format.
//! This room must not know where bytes come from, nor what becomes of a row.

mod byte_mask;
mod csv;
pub(crate) mod detect;
mod divide;
pub(crate) mod every;
pub(crate) mod json;
mod layout;
mod options;
mod ordered;
mod pages;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
mod reason;
pub(crate) mod within;

pub(crate) use byte_mask::ByteMask;
pub(crate) use divide::{Divider, Ends, Line, Open};
pub(crate) use json::template::Template;
pub use layout::Layout;
pub(crate) use layout::{Column, Place, RECORD_LEN, TEXT_LIMIT, absent};
pub(crate) use options::is_table_told;
pub use options::{Format, OpenOptions, UnknownDelimiter, UnknownFormat, Wait, delimiter};
pub(crate) use reason::Reason;

use std::borrow::Cow;

/// The bytes of a text, as whatever holds it.
pub(crate) fn text_bytes(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// A number of bytes or rows as an index; the largest where it is too large for one, which no row has.
pub(crate) fn as_index(row: u64) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}
