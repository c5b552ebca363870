//! Passes over all rows, by the block and on all threads.

use std::{
    mem,
    ops::{ControlFlow, Range},
};

use crate::{
    Ulid,
    format::as_index,
    progress::Progress,
    row::{Row, RowSource},
    source::{ReadError, ScanError},
    stats::RowFault,
};
use rayon::prelude::*;

use super::{block::Block, reader::Reader};
use crate::dataset::{Dataset, Mark};

/// The parts of its rows that a pass needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoding {
    /// Their IDs: the keys and faults of blocks.
    Ids,
    /// Their IDs, each as soon as it is there: where a stream pauses, the row after the last one is not known.
    IdsSoFar,
    /// Nothing but their text.
    Nothing,
    /// Nothing but their text, and nothing of the rows around those that a pass goes over.
    Alone,
}

impl Decoding {
    /// The IDs of rows, with the row after each where that is asked for.
    pub(crate) fn ids(needs_next: bool) -> Decoding {
        match needs_next {
            true => Decoding::Ids,
            false => Decoding::IdsSoFar,
        }
    }

    fn needs_next(self) -> bool {
        matches!(self, Decoding::Ids | Decoding::Nothing)
    }
}

/// The IDs of rows as columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// The 128 bits of each row's ID; without meaning for the rows of `faults`.
    pub keys: Vec<u128>,
    /// The rows without an ID, ascending.
    pub faults: Vec<RowFault>,
}

/// A pass over the rows of a dataset: which of them, how much of each is read, and who watches. All rows unless
/// [`Pass::known`] says otherwise; a stream that is still open is waited for.
///
/// A unit of its progress is a byte of the source.
#[must_use = "a pass goes over rows when it is given what is done with them"]
#[derive(Debug)]
pub struct Pass<'p> {
    pub(super) dataset: &'p Dataset,
    pub(super) progress: &'p Progress,
    /// Rows to go over, as many of them as are known; all rows if `None`.
    pub(super) known: Option<Range<usize>>,
    decoding: Decoding,
}

impl Dataset {
    /// A pass over all rows. Nothing is read before it is told what is done with them.
    pub fn pass<'p>(&'p self, progress: &'p Progress) -> Pass<'p> {
        Pass {
            dataset: self,
            progress,
            known: None,
            decoding: Decoding::Ids,
        }
    }
}

impl Pass<'_> {
    /// Over those of `rows` that are known when it begins. It waits for nothing.
    pub fn known(self, rows: Range<usize>) -> Self {
        Pass {
            known: Some(rows),
            ..self
        }
    }

    /// Reads no more of the rows than is asked for; their IDs unless this is said.
    pub(crate) fn reading(self, decoding: Decoding) -> Self {
        Pass { decoding, ..self }
    }

    /// Goes: blocks of rows are read, decoded and given to `map` on all threads of the current rayon pool, and what
    /// `map` makes of them is given to `each` in the order of the rows, on this thread. It ends where `each` breaks off,
    /// or with the rows.
    ///
    /// # Errors
    ///
    /// [`ScanError`] for a cancelled pass, and where rows can no longer be read.
    pub fn each<T: Send>(
        self,
        map: impl Fn(&Block) -> T + Sync,
        each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        let (first, end) = match &self.known {
            Some(rows) => (rows.start, Some(self.dataset.end_of_known(rows.end)?)),
            None => (0, self.dataset.end),
        };
        match self.known.is_some() && end.is_some_and(|end| first as u64 >= end.row) {
            true => Ok(()),
            false => self.each_from(first, end, map, each),
        }
    }

    /// Goes as [`Pass::each`] does, and ends where `each` fails.
    ///
    /// # Errors
    ///
    /// That of `each`, and as [`Pass::each`].
    pub fn try_each<T: Send, E: From<ScanError>>(
        self,
        map: impl Fn(&Block) -> T + Sync,
        mut each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut failure = None;
        self.each(map, |part| match each(part) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        })?;
        failure.map_or(Ok(()), Err)
    }

    /// Goes from a known row on, up to the one at `end`.
    fn each_from<T: Send>(
        self,
        first: usize,
        end: Option<Mark>,
        map: impl Fn(&Block) -> T + Sync,
        mut each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        let Pass {
            dataset,
            progress,
            decoding,
            ..
        } = self;
        let mut reader = Reader::new(&dataset.store, first, end, progress)?;
        // A pass may be one of several.
        progress.set_total(progress.done() + reader.len());
        let behind = match end {
            Some(end) => dataset.window(as_index(end.row), 1)?.pop(),
            None => None,
        };
        let mut joint = match decoding {
            Decoding::Alone => Neighbours::default(),
            _ => Neighbours::before(dataset, first, progress)?,
        };
        let mut hand_out = |made: Vec<T>, blocks: &mut Vec<Block>, reader: &mut Reader<'_>| {
            // Whatever gave up by then has not seen all of its block.
            progress.advance(0)?;
            if made.into_iter().try_for_each(&mut each).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            progress.advance(blocks.iter().map(Block::byte_len).sum())?;
            reader.take_back(mem::take(blocks));
            Ok::<_, ScanError>(ControlFlow::Continue(()))
        };
        // One batch is mapped while the next is decoded and the one behind it is read.
        let mut decoded: Vec<Block> = Vec::new();
        let mut raw = reader.batch()?;
        while !(decoded.is_empty() && raw.is_empty()) {
            // rows that have come of a stream are not held back for the rest of it
            if reader.would_wait() {
                let made = map_all(&decoded, &map);
                if hand_out(made, &mut decoded, &mut reader)?.is_break() {
                    return Ok(());
                }
                let needs_next = decoding.needs_next();
                let after = needs_next.then(|| reader.give_back_last(&mut raw));
                let after = after.flatten();
                if after.is_some() || !needs_next {
                    raw.par_iter_mut().for_each(|block| block.decode(decoding));
                    joint.connect(&mut raw, None, after.as_ref());
                    if hand_out(map_all(&raw, &map), &mut raw, &mut reader)?.is_break() {
                        return Ok(());
                    }
                    raw = reader.batch()?;
                    continue;
                }
            }
            let (next, results) = rayon::join(
                || reader.batch(),
                || {
                    let decode = || raw.par_iter_mut().for_each(|block| block.decode(decoding));
                    rayon::join(decode, || map_all(&decoded, &map)).1
                },
            );
            if hand_out(results, &mut decoded, &mut reader)?.is_break() {
                return Ok(());
            }
            let next = next?;
            joint.connect(&mut raw, next.first(), behind.as_ref());
            decoded = mem::replace(&mut raw, next);
        }
        Ok(())
    }
}

impl Dataset {
    /// The IDs of the first `limit` rows as columns. A unit of `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// As [`Pass::each`].
    pub fn keys(&self, limit: usize, progress: &Progress) -> Result<Keys, ScanError> {
        let mut all = Keys::default();
        all.keys.reserve(self.extent().rows.min(limit));
        let map = |block: &Block| (block.keys().to_vec(), block.faults().to_vec());
        self.pass(progress).each(map, |(keys, faults)| {
            all.keys.extend(keys);
            all.faults.extend(faults);
            if all.keys.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        all.keys.truncate(limit);
        let within = |fault: &RowFault| as_index(fault.row) < limit;
        all.faults.truncate(all.faults.partition_point(within));
        Ok(all)
    }

    /// The ULID of every row, nothing for rows that have none.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where rows can no longer be read.
    pub fn ids(&self) -> Result<Vec<Option<Ulid>>, ReadError> {
        let mut all = Vec::new();
        let scanned = self.pass(&Progress::new()).each(ids_of, |ids| {
            all.extend(ids);
            ControlFlow::Continue(())
        });
        match scanned {
            Err(ScanError::Read(error)) => Err(error),
            // Nobody holds this progress, to cancel it.
            Ok(()) | Err(ScanError::Cancelled(_)) => Ok(all),
        }
    }

    /// The ULIDs of up to `count` rows from `first` on, of those that are known so far, nothing for rows that have none.
    /// Returns at once. Where nothing else of the rows is asked for it takes less than [`Dataset::window`], which copies
    /// the text of each. The answer is the same, also of a file that was cut and of which some is still in memory.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where their bytes can no longer be read.
    pub fn known_ids(&self, first: usize, count: usize) -> Result<Vec<Option<Ulid>>, ReadError> {
        match self.ids_of_blocks(first, count, &Progress::new()) {
            Ok(ids) => Ok(ids),
            Err(_) => {
                let rows = self.window(first, count)?;
                Ok(rows.iter().map(|row| row.id.ok()).collect())
            }
        }
    }

    fn ids_of_blocks(
        &self,
        first: usize,
        count: usize,
        progress: &Progress,
    ) -> Result<Vec<Option<Ulid>>, ScanError> {
        let mut ids = Vec::new();
        let end = self.end_of_known(first.saturating_add(count))?;
        if first as u64 >= end.row {
            return Ok(ids);
        }
        let mut reader = Reader::new(&self.store, first, Some(end), progress)?;
        // the rows may be few, so that no other thread is asked for
        while let Some(mut block) = reader.block()? {
            block.decode(Decoding::Ids);
            ids.extend(ids_of(&block));
            reader.take_back(vec![block]);
        }
        Ok(ids)
    }

    /// The place before a row, or behind the last one that is known so far.
    fn end_of_known(&self, row: usize) -> Result<Mark, ReadError> {
        match self.end {
            Some(end) if end.row <= row as u64 => Ok(end),
            _ => self.store.known_end(row as u64),
        }
    }
}

/// Cuts rows into stretches, the last one first: whoever looks for the last row of a kind goes over one after another,
/// forwards. They grow, for the row may be near.
pub fn growing_ranges_back(rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    const LEAST: usize = 1 << 16;
    const MOST: usize = 1 << 22;
    let (mut end, mut len) = (rows.end, LEAST);
    std::iter::from_fn(move || {
        let begin = end.saturating_sub(len).max(rows.start);
        let stretch = begin..end;
        end = begin;
        len = (2 * len).min(MOST);
        (!stretch.is_empty()).then_some(stretch)
    })
}

fn map_all<T: Send>(blocks: &[Block], map: &(impl Fn(&Block) -> T + Sync)) -> Vec<T> {
    blocks.par_iter().map(map).collect()
}

fn ids_of(block: &Block) -> Vec<Option<Ulid>> {
    let mut ids: Vec<Option<Ulid>> = block
        .keys()
        .iter()
        .map(|&key| Some(Ulid::from_u128(key)))
        .collect();
    for fault in block.faults() {
        if let Some(id) = ids.get_mut(as_index(fault.row - block.first_row())) {
            *id = None;
        }
    }
    ids
}

/// Rows of a dataset that are looked at until somebody cancels.
struct Cancellable<'d> {
    dataset: &'d Dataset,
    progress: &'d Progress,
}

impl RowSource for Cancellable<'_> {
    fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        self.dataset.window(first, count)
    }

    fn is_duplicate(&self, _: usize) -> Option<bool> {
        None
    }

    fn lines_of(&self, rows: &[Row]) -> Result<Vec<Option<u64>>, ReadError> {
        self.dataset.lines_of(rows)
    }

    fn may_go_on(&self) -> bool {
        !self.progress.is_cancelled()
    }
}

/// Facts of the rows around a block, carried from one to the next.
#[derive(Default)]
struct Neighbours {
    before: Option<Row>,
    valid_before: Option<Ulid>,
}

impl Neighbours {
    /// Facts of the rows before a row. Every row that a pass may begin with has been indexed by then.
    fn before(
        dataset: &Dataset,
        first: usize,
        progress: &Progress,
    ) -> Result<Neighbours, ScanError> {
        let Some(last) = first.checked_sub(1) else {
            return Ok(Neighbours::default());
        };
        let valid = Cancellable { dataset, progress }.valid_before(first)?;
        progress.advance(0)?;
        Ok(Neighbours {
            before: dataset.window(last, 1)?.pop(),
            valid_before: valid.and_then(|row| row.id.ok()),
        })
    }

    /// Tells the blocks of a batch of their neighbours. `next` is the first block of the batch after it; where there is
    /// none, `behind` is the row that follows.
    fn connect(&mut self, batch: &mut [Block], next: Option<&Block>, behind: Option<&Row>) {
        for index in 0..batch.len() {
            let after = match batch.get(index + 1).or(next) {
                Some(next) => next.first(),
                None => behind.cloned(),
            };
            let block = &mut batch[index];
            let last = block.last();
            let last_valid = block.last_valid();
            block.connect(
                mem::replace(&mut self.before, last),
                after,
                self.valid_before,
            );
            self.valid_before = last_valid.or(self.valid_before);
        }
    }
}
