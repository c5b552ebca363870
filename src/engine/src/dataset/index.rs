//! Begins of rows: one mark per 64 KiB of bytes, whatever the length of the lines, so that any row is at most one
//! block away from a mark. Where that makes too many, every second one goes and those to come are twice as far apart: an
//! index never takes more than a megabyte.

use crate::{
    format::{Divider, Ends, Open, RECORD_LEN},
    source::BLOCK_LEN,
};

/// Marks of an index, at most.
const MOST_MARKS: usize = 1 << 16;

/// The sparse index of a source, as far as it has been built.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    /// Begins of records, rising, the first record always among them.
    marks: Vec<Mark>,
    /// How many blocks marks are apart.
    blocks_apart: u64,
    /// The begins of the files gone over, the last of which is the current one.
    files: Vec<Begin>,
    divider: Divider,
    /// Records that have ended.
    ended: u64,
    /// The begin of the record that has not ended yet.
    open_at: u64,
    /// Bytes of the source that have been gone over.
    scanned: u64,
}

/// The place where the rows of a file begin.
#[derive(Debug, Clone, Copy)]
struct Begin {
    mark: Mark,
    /// True if all its records have one length.
    is_fixed: bool,
}

/// The begin of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Mark {
    pub(crate) row: u64,
    pub(crate) offset: u64,
}

impl Index {
    /// An index of rows that begin at `start`.
    pub(crate) fn new(divider: Divider, start: u64) -> Index {
        let mark = Mark {
            row: 0,
            offset: start,
        };
        Index {
            marks: vec![mark],
            blocks_apart: 1,
            files: vec![Begin::new(mark, divider)],
            divider,
            ended: 0,
            open_at: start,
            scanned: start,
        }
    }

    /// Goes on to the next file, whose rows begin at `start`. The last record of this one has ended.
    pub(crate) fn enter(&mut self, divider: Divider, start: u64) {
        let row = self.rows();
        let mark = Mark { row, offset: start };
        self.files.push(Begin::new(mark, divider));
        (self.divider, self.ended) = (divider, row);
        (self.open_at, self.scanned) = (start, start);
    }

    /// The number of the current file.
    pub(crate) fn file(&self) -> usize {
        self.files.len() - 1
    }

    /// True if rows of the current file can be counted without looking at the bytes.
    pub(crate) fn is_arithmetic(&self) -> bool {
        matches!(self.divider, Divider::Fixed(_))
    }

    /// Goes on to `end` without looking at the bytes.
    pub(crate) fn skip_to(&mut self, end: u64) {
        let begin = self.files[self.file()].mark;
        let records = end.saturating_sub(begin.offset) / RECORD_LEN as u64;
        self.ended = begin.row + records;
        self.open_at = begin.offset + records * RECORD_LEN as u64;
        self.scanned = end;
    }

    /// Goes on with the bytes that follow those seen so far.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(BLOCK_LEN) {
            let ends = self.divider.count(piece);
            self.take(ends, piece.len());
        }
    }

    /// Goes on with what the next `len` bytes were found to hold.
    pub(crate) fn take(&mut self, ends: Ends, len: usize) {
        self.ended += ends.count;
        if let Some(last) = ends.last {
            self.open_at = self.scanned + last as u64;
            self.mark();
        }
        self.scanned += len as u64;
    }

    /// Goes on with what the next pieces were found to hold, behind which records are divided by `divider`.
    pub(crate) fn take_all(&mut self, pieces: impl Iterator<Item = Ends>, divider: Divider) {
        pieces.for_each(|ends| self.take(ends, BLOCK_LEN));
        self.divider = divider;
    }

    /// The quote or array that is open behind the last byte gone over, which the end of a file has to find closed.
    pub(crate) fn open(&self) -> Option<Open> {
        self.divider.open()
    }

    /// The begin of the record that has not ended yet.
    pub(crate) fn open_at(&self) -> u64 {
        self.open_at
    }

    /// The divider of the records to come.
    pub(crate) fn divider(&self) -> Divider {
        self.divider
    }

    /// Marks the row that begins now, unless there is a mark nearby: a stream may arrive in tiny pieces.
    fn mark(&mut self) {
        const BLOCK: u64 = BLOCK_LEN as u64;
        let apart = self.blocks_apart * BLOCK - BLOCK / 2;
        let (row, offset) = (self.ended, self.open_at);
        if self
            .marks
            .last()
            .is_none_or(|mark| offset >= mark.offset + apart)
        {
            self.marks.push(Mark { row, offset });
        }
        if self.marks.len() == MOST_MARKS {
            let mut number = 0;
            self.marks.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.blocks_apart *= 2;
        }
    }

    /// Rows so far, with one that has not ended.
    pub(crate) fn rows(&self) -> u64 {
        let is_open = self.open_at < self.scanned && !self.divider.holds_nothing();
        self.ended + u64::from(is_open)
    }

    /// Rows that have ended: more bytes change nothing about them.
    pub(crate) fn ended(&self) -> u64 {
        self.ended
    }

    pub(crate) fn scanned(&self) -> u64 {
        self.scanned
    }

    /// The begin of the first row.
    pub(crate) fn start(&self) -> u64 {
        self.marks[0].offset
    }

    /// The nearest mark at or before a row.
    pub(crate) fn mark_of_row(&self, row: u64) -> Mark {
        let begin = self.begin(|mark| mark.row <= row);
        if begin.is_fixed {
            let behind = row.saturating_sub(begin.mark.row);
            return Mark {
                row: begin.mark.row + behind,
                offset: begin.mark.offset + behind * RECORD_LEN as u64,
            };
        }
        self.nearest(begin, |mark| mark.row <= row)
    }

    /// The nearest mark at or before an offset.
    pub(crate) fn mark_of_offset(&self, offset: u64) -> Mark {
        let begin = self.begin(|mark| mark.offset <= offset);
        if begin.is_fixed {
            let behind = offset.saturating_sub(begin.mark.offset) / RECORD_LEN as u64;
            return Mark {
                row: begin.mark.row + behind,
                offset: begin.mark.offset + behind * RECORD_LEN as u64,
            };
        }
        self.nearest(begin, |mark| mark.offset <= offset)
    }

    /// The last file that begins before something.
    fn begin(&self, is_before: impl Fn(&Mark) -> bool) -> Begin {
        let after = self.files.partition_point(|begin| is_before(&begin.mark));
        self.files[after.saturating_sub(1)]
    }

    fn nearest(&self, begin: Begin, is_before: impl Fn(&Mark) -> bool) -> Mark {
        let after = self.marks.partition_point(is_before);
        let mark = self.marks[after.saturating_sub(1)];
        // marks become fewer, and a file is none of those that stay
        if mark.offset < begin.mark.offset {
            begin.mark
        } else {
            mark
        }
    }
}

impl Mark {
    /// The place so many bytes behind, in the same row.
    pub(crate) fn after(self, bytes: usize) -> Mark {
        Mark {
            row: self.row,
            offset: self.offset + bytes as u64,
        }
    }
}

impl Begin {
    fn new(mark: Mark, divider: Divider) -> Begin {
        Begin {
            mark,
            is_fixed: matches!(divider, Divider::Fixed(_)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_at_most_a_block_apart_where_lines_are_short() {
        let line = b"01ARZ3NDEKTSV4RRFFQ69G5FAV\n";
        let text = line.repeat(20_000);
        let mut index = Index::new(Divider::Lines, 0);
        for piece in text.chunks(100_001) {
            index.feed(piece);
        }
        assert_eq!((index.rows(), index.scanned()), (20_000, text.len() as u64));
        for row in [0, 1, 2_426, 2_427, 19_999] {
            let mark = index.mark_of_row(row);
            assert_eq!(mark.offset, mark.row * 27);
            assert!(
                mark.row <= row && row - mark.row <= 2_428,
                "{row}: {mark:?}"
            );
        }
    }

    #[test]
    fn marks_of_very_much_are_further_apart_and_not_more() {
        const BLOCKS: u64 = 900_000;
        const ROWS: u64 = BLOCK_LEN as u64 / 16;
        let mut index = Index::new(Divider::Lines, 0);
        for _ in 0..BLOCKS {
            let ends = Ends {
                count: ROWS,
                last: Some(BLOCK_LEN),
            };
            index.take(ends, BLOCK_LEN);
        }
        assert!((MOST_MARKS / 2..MOST_MARKS).contains(&index.marks.len()));
        for row in [0, 1, ROWS * 8, ROWS * 450_001 + 3, ROWS * BLOCKS - 1] {
            let mark = index.mark_of_row(row);
            assert_eq!(mark.offset, mark.row * 16);
            assert!(mark.row <= row && row - mark.row <= 16 * ROWS, "{mark:?}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_a_row_until_it_has_one() {
        let mut index = Index::new(Divider::Lines, 0);
        for (piece, rows) in [("", 0), ("a", 1), ("b", 1), ("\n", 1), ("c\nd", 3)] {
            index.feed(piece.as_bytes());
            assert_eq!(index.rows(), rows, "{piece:?}");
        }
    }
}
