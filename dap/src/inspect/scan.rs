//! The way from one stop to the next.

use std::{collections::BTreeMap, ops::Range};

use ulid_engine::progress::Progress;

/// Rows between two looks at whether somebody wants a pause.
const BLOCK: usize = 4_096;

/// Which way the rows go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Back,
}

/// A run through the rows until something stops it.
#[derive(Debug)]
pub(super) struct Scan {
    /// The rows that go by.
    pub(super) rows: Range<usize>,
    pub(super) way: Way,
    pub(super) stops: Stops,
}

/// What stops a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Stops {
    /// Rows with breakpoints on their lines, each with the numbers of its breakpoints.
    pub(super) lines: BTreeMap<usize, Vec<i64>>,
}

/// Where a run came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Halt {
    /// At breakpoints on the line of a row.
    Line { at: usize, ids: Vec<i64> },
    /// At the first row, on the way back.
    Start,
    /// Behind the last row.
    End,
    /// Somebody asked for a pause; the row is the last one passed.
    Paused { at: usize },
}

impl Scan {
    pub(super) fn run(self, progress: &Progress) -> Halt {
        let mut left = self.rows.clone();
        progress.set_total(left.len() as u64);
        while !left.is_empty() {
            let block = self.take_block(&mut left);
            if let Some(halt) = self.search(&block) {
                return halt;
            }
            if progress.advance(block.len() as u64).is_err() {
                let at = match self.way {
                    Way::Forward => block.end - 1,
                    Way::Back => block.start,
                };
                return Halt::Paused { at };
            }
        }
        match self.way {
            Way::Forward => Halt::End,
            Way::Back => Halt::Start,
        }
    }

    /// The next rows on the way.
    fn take_block(&self, left: &mut Range<usize>) -> Range<usize> {
        let len = left.len().min(BLOCK);
        match self.way {
            Way::Forward => {
                left.start += len;
                left.start - len..left.start
            }
            Way::Back => {
                left.end -= len;
                left.end..left.end + len
            }
        }
    }

    /// The first stop of a block, in the order of the way.
    fn search(&self, block: &Range<usize>) -> Option<Halt> {
        let mut lines = self.stops.lines.range(block.clone());
        let (&at, ids) = match self.way {
            Way::Forward => lines.next(),
            Way::Back => lines.next_back(),
        }?;
        Some(Halt::Line {
            at,
            ids: ids.clone(),
        })
    }
}
