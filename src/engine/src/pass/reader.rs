//! Reads the rows of a pass: blocks of whole records, one after another.

use std::mem;

use super::block::{Block, Buffers, make_room};
use crate::{
    dataset::{Lead, Mark, Store},
    format::as_index,
    progress::{Cancelled, Progress},
    row::Row,
    source::{ScanError, Section},
};

/// Bytes of a block, as many as stay in a core's cache together with their keys; more where a record is longer.
const SCAN_LEN: usize = 256 * 1024;
/// Blocks that are read at once for each thread.
const BLOCKS_A_THREAD: usize = 2;

/// Reads blocks of whole records, one after another.
pub(super) struct Reader<'a> {
    store: &'a Store,
    /// Held where all is read from the first row on, so that nobody else reads it for the index.
    lead: Option<Lead<'a>>,
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
    pub(super) fn new(
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
            lead: (first == 0 && end.is_none()).then(|| store.lead()),
            section: store.source.section_at(at.offset),
            progress,
            at,
            end: end.map(|end| end.offset),
            begun: Vec::new(),
            spare: Vec::new(),
        })
    }

    /// Bytes that are to be read, as far as they have come.
    pub(super) fn len(&self) -> u64 {
        let end = self.end.unwrap_or(self.store.source.len());
        end.saturating_sub(self.at.offset)
    }

    /// The next few blocks; none at the end of the source.
    pub(super) fn batch(&mut self) -> Result<Vec<Block>, ScanError> {
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
    pub(super) fn would_wait(&self) -> bool {
        self.end.is_none() && self.has_read_what_came() && !self.store.lock().complete
    }

    /// Takes the last row of a batch back, to read it again together with what follows. It is none where it was cut.
    pub(super) fn give_back_last(&mut self, batch: &mut Vec<Block>) -> Option<Row> {
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
    pub(super) fn block(&mut self) -> Result<Option<Block>, ScanError> {
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
        let mut divider = self.section.layout.divider();
        let (mut rows, mut end, mut counted, mut filled) = (0, 0, 0, begun.len());
        loop {
            let count = self.fill(&mut bytes, filled)?;
            if count == 0 {
                // the rest of the last block holds no end of a record, unless one was given back
                let ends = divider.count(&bytes[counted..filled]);
                rows += ends.count;
                end = ends.last.map_or(end, |last| counted + last);
                if rows == 0 && divider.holds_nothing() {
                    return self.pass_blank(Buffers { bytes, keys }, filled);
                }
                // The last record may lack its end.
                if end < filled && !divider.holds_nothing() {
                    rows += 1;
                    end = filled;
                }
                break;
            }
            filled += count;
            let ends = divider.count(&bytes[counted..filled]);
            rows += ends.count;
            if let Some(last) = ends.last {
                end = counted + last;
                break;
            }
            counted = filled;
            let passed = self.lines_without_ids(&bytes[..filled]);
            if passed > 0 {
                self.count(&bytes[..passed]);
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
        self.count(&bytes);
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
        Ok(Some(self.finished_block(block, rows)))
    }

    /// Counts the rows of what was read at the current place for the index.
    fn count(&self, bytes: &[u8]) {
        if let Some(lead) = &self.lead {
            lead.count(self.section.number, self.at.offset, bytes);
        }
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
        if self.section.end <= at && !self.section.is_sealed {
            // what is waited for comes by whoever indexes
            self.lead = None;
        }
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
        let mut divider = self.section.layout.divider();
        let mut len = bytes.len() as u64;
        divider.count(&bytes);
        bytes.truncate(self.section.layout.record_limit());
        let mut piece = vec![0; SCAN_LEN];
        let mut ending = [0; 2];
        loop {
            let at = self.at.offset + len;
            let readable = self.readable(at)?;
            let count = self.store.source.read_at(at, &mut piece[..readable])?;
            let end = divider.find_end(&piece[..count]);
            len += end.unwrap_or(count) as u64;
            if end.is_some() || count == 0 {
                break;
            }
            self.progress.advance(0)?;
        }
        self.store
            .source
            .read_at(self.at.offset + len - 2, &mut ending)?;
        let ending = divider.ending_len(&ending) as u64;
        let buffers = Buffers {
            bytes,
            keys: Vec::new(),
        };
        let block = Block::new(self.store, &self.section, self.at, buffers, 1);
        Ok(self.finished_block(block.of_giant(len, len - ending), 1))
    }

    /// A block of what was read, after which the next one begins.
    fn finished_block(&mut self, block: Block, rows: u64) -> Block {
        self.at.row += rows;
        self.at.offset += block.byte_len();
        block
    }

    /// Keeps the memory of blocks that are done with, but for that of a record of unusual length.
    pub(super) fn take_back(&mut self, blocks: Vec<Block>) {
        let buffers = blocks.into_iter().map(Block::into_buffers);
        self.spare
            .extend(buffers.filter(|buffers| buffers.bytes.capacity() <= 4 * SCAN_LEN));
    }
}
