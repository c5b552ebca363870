//! Passes over all rows, by the block and on all threads.

use std::{
    mem,
    ops::{ControlFlow, Range},
};

use crate::{
    Ulid,
    format::as_index,
    progress::{Cancelled, Progress},
    row::{Row, RowSource},
    source::{ReadError, ScanError, Section},
    stats::RowFault,
};
use rayon::prelude::*;

use super::block::{Block, Buffers, make_room};
use crate::dataset::{Dataset, Mark, Store};

/// Bytes of a block, as many as stay in a core's cache together with their keys; more where a record is longer.
const SCAN_LEN: usize = 256 * 1024;
/// Blocks that are read at once for each thread.
const BLOCKS_A_THREAD: usize = 2;

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

impl Dataset {
    /// Goes over all rows: blocks of them are read, decoded and given to `map` on all threads of the
    /// current rayon pool, and what `map` makes of them is given to `each` in the order of the rows, on this thread. It
    /// ends where `each` breaks off, or where the source ends; a stream that is still open is waited for.
    ///
    /// A unit of `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// [`ScanError`] for a cancelled pass, and where rows can no longer be read.
    pub fn scan<T: Send>(
        &self,
        progress: &Progress,
        map: impl Fn(&Block) -> T + Sync,
        each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        self.pass(Decoding::Ids, progress, map, each)
    }

    /// Goes as [`Dataset::scan`] over those of `rows` that are known so far. It waits for nothing.
    ///
    /// # Errors
    ///
    /// As [`Dataset::scan`].
    pub fn scan_known<T: Send>(
        &self,
        rows: Range<usize>,
        progress: &Progress,
        map: impl Fn(&Block) -> T + Sync,
        each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        self.pass_known(rows, Decoding::Ids, progress, map, each)
    }

    /// A pass as [`Dataset::scan_known`], for which no more of the rows is read than is asked for.
    pub(crate) fn pass_known<T: Send>(
        &self,
        rows: Range<usize>,
        decoding: Decoding,
        progress: &Progress,
        map: impl Fn(&Block) -> T + Sync,
        each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        let end = self.end_of_known(rows.end)?;
        if rows.start as u64 >= end.row {
            return Ok(());
        }
        self.pass_to(rows.start, Some(end), decoding, progress, map, each)
    }

    /// A pass as [`Dataset::scan`], for which no more of the rows is read than is asked for.
    pub(crate) fn pass<T: Send>(
        &self,
        decoding: Decoding,
        progress: &Progress,
        map: impl Fn(&Block) -> T + Sync,
        each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        self.pass_to(0, self.end, decoding, progress, map, each)
    }

    /// A pass as [`Dataset::pass`] from a known row on, up to the one at `end`.
    fn pass_to<T: Send>(
        &self,
        first: usize,
        end: Option<Mark>,
        decoding: Decoding,
        progress: &Progress,
        map: impl Fn(&Block) -> T + Sync,
        mut each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        let mut reader = Reader::new(&self.store, first, end, progress)?;
        // A pass may be one of several.
        progress.set_total(progress.done() + reader.len());
        let behind = match end {
            Some(end) => self.window(as_index(end.row), 1)?.pop(),
            None => None,
        };
        let mut joint = match decoding {
            Decoding::Alone => Joint::default(),
            _ => Joint::before(self, first, progress)?,
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

    /// A pass as [`Dataset::scan`], which ends where `each` fails.
    pub(crate) fn try_scan<T: Send, E: From<ScanError>>(
        &self,
        progress: &Progress,
        map: impl Fn(&Block) -> T + Sync,
        mut each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut failure = None;
        self.scan(progress, map, |part| match each(part) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        })?;
        failure.map_or(Ok(()), Err)
    }

    /// The IDs of the first `limit` rows as columns. A unit of `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// As [`Dataset::scan`].
    pub fn keys(&self, limit: usize, progress: &Progress) -> Result<Keys, ScanError> {
        let mut all = Keys::default();
        all.keys.reserve(self.extent().rows.min(limit));
        let map = |block: &Block| (block.keys().to_vec(), block.faults().to_vec());
        self.scan(progress, map, |(keys, faults)| {
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
        let scanned = self.scan(&Progress::new(), ids_of, |ids| {
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
pub fn stretches_back(rows: Range<usize>) -> impl Iterator<Item = Range<usize>> {
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
struct Joint {
    before: Option<Row>,
    valid_before: Option<Ulid>,
}

impl Joint {
    /// Facts of the rows before a row. Every row that a pass may begin with has been indexed by then.
    fn before(dataset: &Dataset, first: usize, progress: &Progress) -> Result<Joint, ScanError> {
        let Some(last) = first.checked_sub(1) else {
            return Ok(Joint::default());
        };
        let valid = Cancellable { dataset, progress }.valid_before(first)?;
        progress.advance(0)?;
        Ok(Joint {
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

/// Reads blocks of whole records, one after another.
struct Reader<'a> {
    store: &'a Store,
    /// The file gone over.
    section: Section,
    progress: &'a Progress,
    /// The next record.
    at: Mark,
    /// The end of reading, if that is not the end of the source.
    end: Option<u64>,
    /// Bytes of a record that the last block did not hold to its end.
    begun: Vec<u8>,
    /// Buffers of blocks that are done with.
    spare: Vec<Buffers>,
}

impl<'a> Reader<'a> {
    fn new(
        store: &'a Store,
        first: usize,
        end: Option<Mark>,
        progress: &'a Progress,
    ) -> Result<Reader<'a>, ScanError> {
        let row = first as u64;
        let mark = store.lock().index.mark_of_row(row);
        let mut records = store.records(mark, 0);
        records.skip_to_row(row)?;
        let at = records.at();
        Ok(Reader {
            store,
            section: store.source.section_at(at.offset),
            progress,
            at,
            end: end.map(|end| end.offset),
            begun: Vec::new(),
            spare: Vec::new(),
        })
    }

    /// Bytes that are to be read, as far as they have come.
    fn len(&self) -> u64 {
        let end = self.end.unwrap_or(self.store.source.len());
        end.saturating_sub(self.at.offset)
    }

    /// The next few blocks; none at the end of the source.
    fn batch(&mut self) -> Result<Vec<Block>, ScanError> {
        let wanted = BLOCKS_A_THREAD * rayon::current_num_threads();
        let mut blocks = Vec::with_capacity(wanted);
        while blocks.len() < wanted {
            self.progress.advance(0)?;
            match self.block()? {
                Some(block) => blocks.push(block),
                None => break,
            }
            if self.has_read_what_came() {
                break;
            }
        }
        Ok(blocks)
    }

    fn has_read_what_came(&self) -> bool {
        self.at.offset + self.begun.len() as u64 >= self.store.source.len()
    }

    /// True if the next block has not come yet.
    fn would_wait(&self) -> bool {
        self.end.is_none() && self.has_read_what_came() && !self.store.lock().complete
    }

    /// Takes the last row of a batch back, to read it again together with what follows. It is none where it was cut.
    fn give_back_last(&mut self, batch: &mut Vec<Block>) -> Option<Row> {
        let block = batch.last_mut()?;
        let (row, bytes) = block.take_last()?;
        self.at.row -= 1;
        self.at.offset -= bytes.len() as u64;
        self.begun.splice(..0, bytes);
        if block.is_empty() {
            batch.pop();
        }
        Some(row)
    }

    /// The next block: at least one whole record.
    fn block(&mut self) -> Result<Option<Block>, ScanError> {
        loop {
            let at = self.at.offset;
            let block = self.block_of_file()?;
            let has_passed_something = self.at.offset > at;
            if block.is_some() || !has_passed_something && !self.enter()? {
                return Ok(block);
            }
        }
    }

    /// Goes on to the rows of the next file, if there is one.
    fn enter(&mut self) -> Result<bool, ScanError> {
        if !self.section.is_sealed || self.end.is_some_and(|end| self.at.offset >= end) {
            return Ok(false);
        }
        self.section = self.store.source.section(self.section.number + 1);
        let rows = self.section.rows.max(self.at.offset);
        self.progress.advance(rows - self.at.offset)?;
        self.at.offset = rows;
        Ok(true)
    }

    /// The next block of the current file.
    fn block_of_file(&mut self) -> Result<Option<Block>, ScanError> {
        let Buffers { mut bytes, keys } = self.spare.pop().unwrap_or_default();
        // What is left of another block is written over, which is cheaper than clearing it.
        let begun = mem::take(&mut self.begun);
        bytes.resize(bytes.len().max(begun.len()), 0);
        bytes[..begun.len()].copy_from_slice(&begun);
        let mut splitter = self.section.layout.splitter();
        let (mut rows, mut end, mut counted, mut filled) = (0, 0, 0, begun.len());
        loop {
            let count = self.fill(&mut bytes, filled)?;
            if count == 0 {
                // the rest of the last block holds no end of a record, unless one was given back
                let ends = splitter.count(&bytes[counted..filled]);
                rows += ends.count;
                end = ends.last.map_or(end, |last| counted + last);
                if rows == 0 && splitter.holds_nothing() {
                    return self.pass_blank(Buffers { bytes, keys }, filled);
                }
                // The last record may lack its end.
                if end < filled && !splitter.holds_nothing() {
                    rows += 1;
                    end = filled;
                }
                break;
            }
            filled += count;
            let ends = splitter.count(&bytes[counted..filled]);
            rows += ends.count;
            if let Some(last) = ends.last {
                end = counted + last;
                break;
            }
            counted = filled;
            let passed = self.lines_without_ids(&bytes[..filled]);
            if passed > 0 {
                self.begun.clear();
                self.begun.extend_from_slice(&bytes[passed..filled]);
                return self.pass_blank(Buffers { bytes, keys }, passed);
            }
            if filled > self.section.layout.record_limit() + SCAN_LEN {
                bytes.truncate(filled);
                return self.giant(bytes).map(Some);
            }
        }
        self.begun = begun;
        self.begun.clear();
        self.begun.extend_from_slice(&bytes[end..filled]);
        bytes.truncate(end);
        if rows == 0 {
            return Ok(None);
        }
        let block = Block::new(
            self.store,
            &self.section,
            self.at,
            Buffers { bytes, keys },
            rows,
        );
        Ok(Some(self.made(block, rows)))
    }

    /// Bytes of whole lines without an ID that no row needs, where many were read for one.
    fn lines_without_ids(&self, bytes: &[u8]) -> usize {
        const MANY: usize = 4 * SCAN_LEN;
        match self.section.layout.every && bytes.len() > MANY {
            true => memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1),
            false => 0,
        }
    }

    /// Passes over blank lines at the end of a file, which are no block.
    fn pass_blank(&mut self, spare: Buffers, len: usize) -> Result<Option<Block>, ScanError> {
        self.spare.push(spare);
        self.at.offset += len as u64;
        self.progress.advance(len as u64)?;
        Ok(None)
    }

    /// Adds what comes next to the `filled` bytes that are there, waiting for a stream. How many bytes came.
    fn fill(&mut self, bytes: &mut Vec<u8>, filled: usize) -> Result<usize, ScanError> {
        let at = self.at.offset + filled as u64;
        let len = self.readable(at)?;
        make_room(bytes, filled + len);
        bytes.resize(bytes.len().max(filled + len), 0);
        let room = &mut bytes[filled..filled + len];
        Ok(self.store.source.read_at(at, room)?)
    }

    /// How many bytes may be read at an offset. Where reading ends at what is known, no stream is waited for.
    fn readable(&mut self, at: u64) -> Result<usize, ScanError> {
        let end = match self.end {
            Some(end) => self.section.end.min(end),
            None => {
                self.wait_for_bytes(at)?;
                self.section.end
            }
        };
        Ok(SCAN_LEN.min(as_index(end.saturating_sub(at))))
    }

    /// Waits until the current file has a byte at an offset, or will have none.
    fn wait_for_bytes(&mut self, at: u64) -> Result<(), ScanError> {
        let mut is_last = false;
        while self.section.end <= at && !self.section.is_sealed && !is_last {
            is_last = self.store.wait_a_moment();
            self.section = self.store.source.section(self.section.number);
            if self.progress.is_cancelled() {
                return Err(Cancelled.into());
            }
        }
        Ok(())
    }

    /// A record that is longer than what is kept of one, passed to its end: a block of its own.
    fn giant(&mut self, mut bytes: Vec<u8>) -> Result<Block, ScanError> {
        let mut splitter = self.section.layout.splitter();
        let mut len = bytes.len() as u64;
        splitter.count(&bytes);
        bytes.truncate(self.section.layout.record_limit());
        let mut piece = vec![0; SCAN_LEN];
        let mut ending = [0; 2];
        loop {
            let at = self.at.offset + len;
            let readable = self.readable(at)?;
            let count = self.store.source.read_at(at, &mut piece[..readable])?;
            let end = splitter.find_end(&piece[..count]);
            len += end.unwrap_or(count) as u64;
            if end.is_some() || count == 0 {
                break;
            }
            self.progress.advance(0)?;
        }
        self.store
            .source
            .read_at(self.at.offset + len - 2, &mut ending)?;
        let ending = splitter.ending_len(&ending) as u64;
        let buffers = Buffers {
            bytes,
            keys: Vec::new(),
        };
        let block = Block::new(self.store, &self.section, self.at, buffers, 1);
        Ok(self.made(block.of_giant(len, len - ending), 1))
    }

    /// A block of what was read, after which the next one begins.
    fn made(&mut self, block: Block, rows: u64) -> Block {
        self.at.row += rows;
        self.at.offset += block.byte_len();
        block
    }

    /// Keeps the memory of blocks that are done with, but for that of a record of unusual length.
    fn take_back(&mut self, blocks: Vec<Block>) {
        let buffers = blocks.into_iter().map(Block::into_buffers);
        self.spare
            .extend(buffers.filter(|buffers| buffers.bytes.capacity() <= 4 * SCAN_LEN));
    }
}
