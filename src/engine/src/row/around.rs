//! A row with its neighbours, and what is known of it beside them, made here for every front end. It knows no condition and
//! no screen, and asks for rows by their index alone.

use std::ops::Range;

use super::{Row, RowRef};
use crate::{Ulid, source::ReadError};

/// A row with its neighbours, and what is known of it beside other rows.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The row.
    pub row: RowRef<'a>,
    /// The row before.
    pub prev: Option<RowRef<'a>>,
    /// The row after.
    pub next: Option<RowRef<'a>>,
    /// The last ID before the row; rows without one are passed over.
    pub valid_before: Option<Ulid>,
    /// True if an earlier row has the same ID; `None` if that is not known so far.
    pub duplicate: Option<bool>,
    /// Line of the file on which the row begins, from 1; `None` if nobody asked for it.
    pub line: Option<u64>,
}

/// Row of an [`Around`] that a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The row before.
    Prev,
    /// The row itself.
    Here,
    /// The row after.
    Next,
}

impl<'a> Around<'a> {
    /// A row of whose neighbours nothing is known.
    #[must_use]
    pub fn of_row(row: RowRef<'a>) -> Around<'a> {
        Around {
            row,
            prev: None,
            next: None,
            valid_before: None,
            duplicate: None,
            line: None,
        }
    }

    /// The row of a side, if there is one.
    #[must_use]
    pub fn side(&self, side: Side) -> Option<&RowRef<'a>> {
        match side {
            Side::Prev => self.prev.as_ref(),
            Side::Here => Some(&self.row),
            Side::Next => self.next.as_ref(),
        }
    }
}

/// Rows that are looked at together on the way back, at first and later: an ID is mostly near, and may be far.
const FEW: usize = 64;
const MANY: usize = 1 << 14;

/// Rows one after another, each to be had by its index.
pub trait RowSource {
    /// Up to `count` rows from `first` on, of those known so far.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if their bytes can no longer be read.
    fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError>;

    /// The last row with an ID before an index; `None` also if the search was given up.
    ///
    /// # Errors
    ///
    /// As [`RowSource::window`].
    fn valid_before(&self, index: usize) -> Result<Option<Row>, ReadError> {
        let (mut end, mut len) = (index, FEW);
        while end > 0 && self.may_go_on() {
            let begin = end.saturating_sub(len);
            let mut rows = self.window(begin, end - begin)?.into_iter();
            if let Some(row) = rows.rfind(|row| row.id.is_ok()) {
                return Ok(Some(row));
            }
            end = self.without_ids_before(begin);
            len = (2 * len).min(MANY);
        }
        Ok(None)
    }

    /// Begin of the run of rows known to have no ID that ends before an index; the index itself if none is known.
    fn without_ids_before(&self, index: usize) -> usize {
        index
    }

    /// False once a search should be given up.
    fn may_go_on(&self) -> bool {
        true
    }

    /// True if an earlier row has the ID of a row; `None` if that is not known so far.
    fn is_duplicate(&self, index: usize) -> Option<bool>;

    /// Line of the file on which each of some neighbouring rows begins, from 1; `None` for binary records.
    ///
    /// # Errors
    ///
    /// As [`RowSource::window`].
    fn lines_of(&self, rows: &[Row]) -> Result<Vec<Option<u64>>, ReadError>;
}

/// Neighbouring rows, each of which can be had with its surroundings.
#[derive(Debug, Clone)]
pub struct Window {
    /// The rows, with the one before the first and the one after the last.
    rows: Vec<Row>,
    /// The last ID before each of them.
    valid_before: Vec<Option<Ulid>>,
    duplicates: Vec<Option<bool>>,
    /// Empty if nobody asked.
    lines: Vec<Option<u64>>,
    /// Index of the first of `rows`.
    first: usize,
}

/// The lines that a [`Window`] finds out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// The line of the file on which each row begins, for which bytes are counted.
    Wanted,
    /// Nothing.
    Unused,
}

impl Window {
    /// Rows of a range, as far as they are known.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if their bytes can no longer be read.
    pub fn read(
        source: &impl RowSource,
        range: Range<usize>,
        lines: Lines,
    ) -> Result<Window, ReadError> {
        let first = range.start.saturating_sub(1);
        let rows = source.window(first, range.end.saturating_add(1) - first)?;
        let mut last = source.valid_before(first)?.and_then(|row| row.id.ok());
        let mut valid_before = Vec::with_capacity(rows.len());
        for row in &rows {
            valid_before.push(last);
            last = row.id.ok().or(last);
        }
        let duplicates = rows.iter().map(|row| source.is_duplicate(row.index));
        Ok(Window {
            valid_before,
            duplicates: duplicates.collect(),
            lines: match lines {
                Lines::Wanted => source.lines_of(&rows)?,
                Lines::Unused => Vec::new(),
            },
            rows,
            first,
        })
    }

    /// The row at an index with its surroundings, with all that is known of it.
    ///
    /// # Errors
    ///
    /// As [`Window::read`].
    pub fn of_row(source: &impl RowSource, index: usize) -> Result<Window, ReadError> {
        Window::read(source, index..index.saturating_add(1), Lines::Wanted)
    }

    /// The row at an index of the dataset; `None` if it is not in the window.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<&Row> {
        self.rows.get(index.checked_sub(self.first)?)
    }

    /// The row at an index of the dataset with its neighbours; `None` if it is not in the window.
    #[must_use]
    pub fn around(&self, index: usize) -> Option<Around<'_>> {
        let here = index.checked_sub(self.first)?;
        let at = |place: usize| self.rows.get(place).map(Row::borrow);
        Some(Around {
            row: at(here)?,
            prev: here.checked_sub(1).and_then(at),
            next: at(here + 1),
            valid_before: *self.valid_before.get(here)?,
            duplicate: *self.duplicates.get(here)?,
            line: self.lines.get(here).copied().flatten(),
        })
    }
}
