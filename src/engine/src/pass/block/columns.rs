//! Rows of a block by their number, and their columns.

use std::{
    borrow::Cow,
    cell::{OnceCell, RefCell},
    collections::HashMap,
    ops::Range,
};

use crate::{
    Ulid,
    format::{ByteMask, Column, Divider, Format, Template, as_index, text_bytes},
    row::{RecordRef, RowRef},
};
use memchr::{memchr, memmem::Finder};

use super::Block;

impl Block {
    /// The rows by their number in the block.
    pub(crate) fn by_number(&self) -> BlockColumns<'_> {
        let mut begins = Vec::with_capacity(as_index(self.rows) + 1);
        begins.push(0);
        let divider = self.divider();
        self.each_end(divider, |end| begins.push(end));
        BlockColumns {
            block: self,
            divider,
            cells: OnceCell::new(),
            begins,
            mask: OnceCell::new(),
            lower: OnceCell::new(),
            templates: RefCell::default(),
        }
    }
}

/// A column of the rows of a [`Block`].
#[derive(Debug)]
pub(crate) struct BlockColumn<'r, 'a> {
    rows: &'r BlockColumns<'a>,
    column: Column<'r>,
    template: Template,
}

impl<'a> BlockColumn<'_, 'a> {
    /// The value of a row, where it has one.
    pub(crate) fn cell(&mut self, number: usize) -> Option<Cow<'a, [u8]>> {
        let rows = self.rows;
        let place = rows.place(number)?;
        let layout = &rows.block.layout;
        match self.column {
            Column::Path(path) if layout.format.has_objects() => {
                self.template.cell(rows.mask(), place, path)
            }
            column if rows.cells() == Cells::Verbatim => {
                layout.plain_cell(rows.bytes(place), column)
            }
            column => layout.cell(rows.bytes(place), column).map(text_bytes),
        }
    }
}

/// How the values of columns are written in the bytes of their rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    /// As they are, everywhere.
    Verbatim,
    /// Text as it is; numbers may be written in other ways.
    Unescaped,
    /// Cells may be quoted or escaped, or there are none.
    Hidden,
}

/// True if letters are the same in upper and lower case, as far as they are ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Matters,
    Ignored,
}

/// The rows of a [`Block`] in any order.
#[derive(Debug)]
pub(crate) struct BlockColumns<'a> {
    block: &'a Block,
    divider: Divider,
    cells: OnceCell<Cells>,
    /// Begins of their records, and the end of the last.
    begins: Vec<usize>,
    mask: OnceCell<ByteMask<'a>>,
    /// All bytes in lower case.
    lower: OnceCell<Vec<u8>>,
    /// How objects are written in which a column was looked for, by its name.
    templates: RefCell<HashMap<String, Template>>,
}

impl<'a> BlockColumns<'a> {
    /// The text of a row; empty where there is none.
    pub(crate) fn text(&self, number: usize) -> &'a [u8] {
        self.place(number).map_or(&[], |place| self.bytes(place))
    }

    /// A row, whose ID is known to be valid or not.
    pub(crate) fn row(&self, number: usize, is_valid: bool) -> Option<RowRef<'a>> {
        let key = self.block.keys.get(number).filter(|_| is_valid);
        let id = key.copied().map(Ulid::from_u128);
        Some(RowRef::new(&self.block.layout, self.record(number)?, id))
    }

    /// The result of `of` for the column of a name.
    pub(crate) fn with_column<'r, T>(
        &'r self,
        name: &'r str,
        of: impl FnOnce(&mut BlockColumn<'r, 'a>) -> T,
    ) -> T {
        let known = self.templates.borrow_mut().remove_entry(name);
        let (key, template) = known.unwrap_or_else(|| (name.to_owned(), Template::default()));
        let mut column = BlockColumn {
            rows: self,
            column: self.block.layout.column(name),
            template,
        };
        let result = of(&mut column);
        self.templates.borrow_mut().insert(key, column.template);
        result
    }

    /// How cells are written in the bytes of their rows.
    pub(crate) fn cells(&self) -> Cells {
        let block = self.block;
        *self.cells.get_or_init(|| match block.layout.format {
            Format::Csv | Format::Tsv if matches!(self.divider, Divider::Filled(_)) => {
                Cells::Verbatim
            }
            format if format.has_objects() && memchr(b'\\', &block.bytes).is_none() => {
                Cells::Unescaped
            }
            _ => Cells::Hidden,
        })
    }

    fn mask(&self) -> &ByteMask<'a> {
        self.mask.get_or_init(|| ByteMask::new(&self.block.bytes))
    }

    fn range(&self, rows: Range<usize>) -> Option<Range<usize>> {
        Some(*self.begins.get(rows.start)?..*self.begins.get(rows.end)?)
    }

    /// Calls `each` with the number of every one of some rows in whose bytes `part` stands, in lower case where the case is
    /// ignored.
    pub(crate) fn each_with(
        &self,
        rows: Range<usize>,
        part: &Finder<'_>,
        case: Case,
        mut each: impl FnMut(usize),
    ) {
        let Some(range) = self.range(rows.clone()) else {
            return;
        };
        let bytes = match case {
            Case::Matters => &self.block.bytes,
            Case::Ignored => self
                .lower
                .get_or_init(|| self.block.bytes.to_ascii_lowercase()),
        };
        let mut row = rows.start;
        let mut at = range.start;
        while let Some(found) = part.find(&bytes[at..range.end]) {
            let ends = &self.begins[row + 1..];
            row += ends.iter().take_while(|end| **end <= at + found).count();
            each(row);
            row += 1;
            at = self.begins[row];
        }
    }

    /// The place of a row's text in the block.
    fn place(&self, number: usize) -> Option<Range<usize>> {
        let [at, end] = *self.begins.get(number..)?.first_chunk()?;
        let record = self.block.bytes.get(at..end)?;
        let (begin, text) = (
            at + self.divider.leading_len(record),
            self.divider.text(record),
        );
        Some(begin..begin + text.len().min(self.block.layout.record_limit()))
    }

    fn bytes(&self, place: Range<usize>) -> &'a [u8] {
        self.block.bytes.get(place).unwrap_or_default()
    }

    /// The record of a row.
    pub(in super::super) fn record(&self, number: usize) -> Option<RecordRef<'a>> {
        let [at, end] = *self.begins.get(number..)?.first_chunk()?;
        let row = self.block.first_row + number as u64;
        let bytes = self.block.bytes.get(at..end)?;
        Some(self.block.record(row, at, bytes))
    }
}
