//! A row as it lies in its source: its number, its text, its ID and its cells. What is known of it beside other rows is not
//! known here, nor by which name a fact is given out.

use std::{borrow::Cow, ops::Range, sync::Arc};

use crate::{
    Ulid,
    cell::{Cell, CellType},
    codec::{Fault, FaultKind},
    format::{Format, Layout, Place, as_index},
    readable::readable,
    row::{Record, RecordRef},
    spelling::Spelling,
    version7::{Kinds, is_version_7},
};

/// One row of a dataset. It owns its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which row this is, from 0.
    pub index: usize,
    /// The begin of its record, in bytes of the (decompressed, concatenated) source.
    pub offset: u64,
    /// The record without its line ending; cut at [`Row::TEXT_LIMIT`].
    pub text: Vec<u8>,
    /// Bytes of the whole record, without its line ending.
    pub full_len: u64,
    /// The ULID, or why there is none.
    pub id: Result<Ulid, Fault>,
    id_at: Range<usize>,
    layout: Arc<Layout>,
}

/// One row of a dataset, whose text is borrowed from the block that it was read with.
#[derive(Debug, Clone, Copy)]
pub struct RowRef<'a> {
    /// Which row this is, from 0.
    pub index: usize,
    /// The begin of its record, in bytes of the (decompressed, concatenated) source.
    pub offset: u64,
    /// The record without its line ending; cut at [`Layout::record_limit`], or at [`Row::TEXT_LIMIT`] if it is that of a
    /// [`Row`].
    pub text: &'a [u8],
    /// Bytes of the whole record, without its line ending.
    pub full_len: u64,
    /// The ULID, or why there is none.
    pub id: Result<Ulid, Fault>,
    layout: &'a Arc<Layout>,
}

impl Row {
    /// Bytes of a record that a [`Row`] keeps. Passes look at more: see [`Layout::record_limit`].
    pub const TEXT_LIMIT: usize = crate::format::TEXT_LIMIT;

    /// The row of a record. `place` is where its ID was found in the whole of it.
    pub(crate) fn new(record: Record, place: Place) -> Row {
        let mut text = record.text;
        text.truncate(Row::TEXT_LIMIT);
        Row {
            index: as_index(record.row),
            offset: record.offset,
            text,
            full_len: record.full_len,
            id: place.id,
            id_at: place.at,
            layout: record.layout,
        }
    }

    /// The same row, for what takes either.
    #[must_use]
    pub fn borrow(&self) -> RowRef<'_> {
        RowRef {
            index: self.index,
            offset: self.offset,
            text: &self.text,
            full_len: self.full_len,
            id: self.id,
            layout: &self.layout,
        }
    }

    /// True for a row of free text without an ID, which is no fault of it.
    #[must_use]
    pub fn is_text_alone(&self) -> bool {
        self.id.is_err() && !self.layout.needs_ids()
    }

    /// Why the row has no ID, in a sentence; see [`RowRef::reason`].
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.borrow().reason()
    }

    /// True if the format of its file has columns: else it is all text.
    #[must_use]
    pub fn has_columns(&self) -> bool {
        self.borrow().has_columns()
    }

    /// The number of the row as people count: from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.index.saturating_add(1)
    }

    /// The record as text; see [`readable`].
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        readable(&self.text)
    }

    /// The place in [`Row::text`] of the ID, or of the text that stands there instead. Empty if there is nothing.
    #[must_use]
    pub fn id_at(&self) -> Range<usize> {
        self.id_at.clone()
    }

    /// The text in the place of the ID, as written; bytes that are not UTF-8 become U+FFFD, and binary records are
    /// written in hexadecimal.
    #[must_use]
    pub fn id_text(&self) -> Cow<'_, str> {
        let bytes = self.text.get(self.id_at.clone()).unwrap_or_default();
        self.layout.show(bytes)
    }

    /// The values of all columns, in the order of [`Layout::columns`]; empty text where the row has none. A row of CSV with
    /// more cells than there are columns has these behind them.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let cells = self.layout.cells(&self.text).into_iter();
        cells.map(Cow::into_owned).collect()
    }

    /// The value of a column. Also a field of a JSONL object that is not among the columns, and a path into one:
    /// `user.name`.
    #[must_use]
    pub fn cell(&self, column: &str) -> Option<String> {
        self.borrow().cell(column).map(Cow::into_owned)
    }
}

impl<'a> RowRef<'a> {
    /// A row of a layout. `id` is what its record is known to hold; it is looked for where nothing is known.
    pub(crate) fn new(
        layout: &'a Arc<Layout>,
        record: RecordRef<'a>,
        id: Option<Ulid>,
    ) -> RowRef<'a> {
        let RecordRef {
            file: _,
            row,
            offset,
            text,
            full_len,
        } = record;
        RowRef {
            index: as_index(row),
            offset,
            text,
            full_len,
            id: id.map_or_else(|| layout.locate(text, full_len).id, Ok),
            layout,
        }
    }

    /// Why the row has no ID; `None` also for free text, which needs none.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.id.err().filter(|_| self.layout.needs_ids())
    }

    /// Why the row has no ID, in a sentence: where one was looked for and not found, or why the row is no JSON. `None` where
    /// [`RowRef::fault`] is.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let fault = self.fault()?;
        Some(match fault.kind {
            // of a part nothing is told but that it has no ID
            FaultKind::Absent => self.layout.absence((!self.is_cut()).then_some(self.text)),
            _ => fault.to_string(),
        })
    }

    /// Version of the UUID that the ID is: 7, if its bits say so and it is written as a UUID, or stands among others. `None`
    /// for ULIDs.
    #[must_use]
    pub fn uuid_version(&self) -> Option<u8> {
        let is_written = || {
            let at = self.layout.locate(self.text, self.full_len).at;
            self.text.get(at).is_some_and(Spelling::is_uuid)
        };
        let is_7 =
            self.id.is_ok_and(is_version_7) && (self.layout.kinds != Kinds::Ulids || is_written());
        is_7.then_some(7)
    }

    /// The number of the row as people count: from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.index.saturating_add(1)
    }

    /// Place of the ID in [`RowRef::text`]; see [`Row::id_at`].
    #[must_use]
    pub fn id_at(&self) -> Range<usize> {
        self.layout.locate(self.text, self.full_len).at
    }

    /// The text in the place of the ID; see [`Row::id_text`].
    #[must_use]
    pub fn id_text(&self) -> Cow<'a, str> {
        let at = self.layout.locate(self.text, self.full_len).at;
        self.layout.show(self.text.get(at).unwrap_or_default())
    }

    /// The values of all columns; see [`Row::cells`].
    #[must_use]
    pub fn cells(&self) -> Vec<Cow<'a, str>> {
        self.layout.cells(self.text)
    }

    /// True if the source gives a type to each of its cells, as JSON does.
    #[must_use]
    pub fn has_types(&self) -> bool {
        self.layout.format.has_objects()
    }

    /// The cells of all columns with their types, and behind them those that the row has beyond its columns: cells of a
    /// table, fields of an object that no row of the sample had.
    #[must_use]
    pub fn typed_cells(&self) -> Vec<Cell<'a>> {
        self.layout.typed_cells(self.text)
    }

    /// The type that its file declares for a column, if it does.
    #[must_use]
    pub fn declared_type(&self, column: usize) -> Option<&'a CellType> {
        self.layout.declared_type(column)
    }

    /// Names of the cells beyond the columns, where they are fields of an object; none for those of a table.
    #[must_use]
    pub fn surplus_names(&self) -> Vec<Cow<'a, str>> {
        self.layout.surplus_names(self.text)
    }

    /// The format of its file.
    #[must_use]
    pub fn format(&self) -> Format {
        self.layout.format
    }

    /// True if the format of its file has columns: else it is all text.
    #[must_use]
    pub fn has_columns(&self) -> bool {
        self.layout.format.has_columns()
    }

    /// True for a record that is longer than what was read of it.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.full_len > self.text.len() as u64
    }

    /// The value of a column; see [`Row::cell`].
    #[must_use]
    pub fn cell(&self, column: &str) -> Option<Cow<'a, str>> {
        self.layout.cell(self.text, self.layout.column(column))
    }

    pub(crate) fn to_row(self) -> Row {
        let layout = self.layout;
        Row {
            index: self.index,
            offset: self.offset,
            text: self.text[..self.text.len().min(Row::TEXT_LIMIT)].to_vec(),
            full_len: self.full_len,
            id: self.id,
            id_at: layout.locate(self.text, self.full_len).at,
            layout: layout.clone(),
        }
    }
}
