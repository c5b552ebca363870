//! Rows in an order that is not that of the source. Reading them one after another would read a block for each; so many
//! are gathered in one pass over the source, as many as fit in memory.

use std::{
    ops::{ControlFlow, Range},
    sync::Arc,
};

use rayon::prelude::*;

use super::{Pass, block::Block, scan::Decoding};
use crate::dataset::Dataset;
use crate::{
    format::{Layout, as_index},
    prefetch::prefetch,
    progress::Progress,
    row::{RecordRef, Row, RowRef},
    sort::sort_keys,
    source::{BLOCK_LEN, ReadError, ScanError},
};

/// Rows that are gathered first, so that the first ones come at once.
const FIRST: usize = 256;
/// How many times as many are gathered next.
const GROWTH: usize = 32;
/// Rows that a thread gets at once.
const CHUNK: usize = 1 << 12;
/// Rows that are fetched into the cache ahead, and bytes of each.
const AHEAD: usize = 16;
const FETCHED: usize = 128;
/// Rows that are closer than this are read together.
const NEAR: usize = 64;
/// Bytes that a row takes beside its text.
const ROW_BYTES: usize = size_of::<usize>() + size_of::<Wanted>() + size_of::<Place>();

/// Neighbours in an order of rows.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The layouts of all files.
    layouts: &'a [Arc<Layout>],
    bytes: &'a [u8],
    places: &'a [Place],
}

impl<'a> Chunk<'a> {
    /// The rows, one after another.
    pub fn rows(&self) -> impl Iterator<Item = RowRef<'a>> + use<'a> {
        let Chunk {
            layouts,
            bytes,
            places,
        } = *self;
        let rows = places.iter().enumerate().filter_map(move |(at, place)| {
            if let Some(next) = places.get(at + AHEAD) {
                prefetch(bytes, next.at, FETCHED);
            }
            place.record(bytes)
        });
        rows.filter_map(|record| {
            let layout = layouts.get(record.file)?;
            Some(RowRef::new(layout, record, None))
        })
    }
}

/// A row that is to be gathered in its upper half, and in the lower one its place in the order.
type Wanted = u128;

fn row_of(wanted: Wanted) -> usize {
    (wanted >> 64) as usize
}

fn place_of(wanted: Wanted) -> usize {
    wanted as usize
}

/// The place of a record that was gathered.
#[derive(Debug, Clone, Copy)]
struct Place {
    file: u32,
    row: u64,
    offset: u64,
    full_len: u64,
    at: usize,
    len: usize,
}

impl Place {
    /// That of a row which is not there, past the end of any text.
    const NOWHERE: Place = Place {
        file: 0,
        row: 0,
        offset: 0,
        full_len: 0,
        at: isize::MAX as usize,
        len: 0,
    };

    fn record(self, bytes: &[u8]) -> Option<RecordRef<'_>> {
        let text = bytes.get(self.at..)?;
        Some(RecordRef {
            file: self.file as usize,
            row: self.row,
            offset: self.offset,
            text: text.get(..self.len)?,
            full_len: self.full_len,
        })
    }
}

/// Rows with their text, in their order.
struct Gathered {
    bytes: Vec<u8>,
    places: Vec<Place>,
}

/// Some of them, each with its place in the order.
#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    places: Vec<(usize, Place)>,
}

impl Part {
    fn push(&mut self, in_order: usize, record: RecordRef<'_>) {
        let place = Place {
            file: u32::try_from(record.file).unwrap_or(u32::MAX),
            row: record.row,
            offset: record.offset,
            full_len: record.full_len,
            at: self.bytes.len(),
            len: record.text.len(),
        };
        self.places.push((in_order, place));
        self.bytes.extend_from_slice(record.text);
    }
}

impl Gathered {
    /// Room for so many rows and bytes.
    fn of(rows: usize, bytes: usize) -> Gathered {
        Gathered {
            bytes: Vec::with_capacity(bytes),
            places: vec![Place::NOWHERE; rows],
        }
    }

    fn stretch<'a>(&'a self, layouts: &'a [Arc<Layout>], places: Range<usize>) -> Chunk<'a> {
        Chunk {
            layouts,
            bytes: &self.bytes,
            places: self.places.get(places).unwrap_or_default(),
        }
    }

    fn take(&mut self, part: &Part) {
        let begin = self.bytes.len();
        self.bytes.extend_from_slice(&part.bytes);
        for &(in_order, place) in &part.places {
            self.places[in_order] = Place {
                at: begin + place.at,
                ..place
            };
        }
    }
}

impl Pass<'_> {
    /// Goes over `rows` in their order, whatever it is: neighbours in it are given to `map` on all threads of the current
    /// rayon pool, and what `map` makes of them is given to `each` in the order, on this thread. It ends where `each`
    /// breaks off. Rows that are not known by now are left out.
    ///
    /// As many rows are gathered in a pass over the source as fit in `memory` bytes, and few of them without a pass. A
    /// unit of the progress is a row, which counts when it is gathered and when `each` had it.
    ///
    /// # Errors
    ///
    /// As [`Pass::each`].
    pub fn each_in_order<T: Send>(
        self,
        rows: impl IntoIterator<Item = usize>,
        memory: usize,
        map: impl Fn(Chunk<'_>) -> T + Sync,
        mut each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        let Pass {
            dataset,
            progress,
            known,
            ..
        } = self;
        let is_asked_for = |row: &usize| known.as_ref().is_none_or(|known| known.contains(row));
        let mut rows = rows.into_iter().filter(is_asked_for);
        let mut count = FIRST;
        loop {
            let batch: Vec<usize> = rows.by_ref().take(count).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let mut rest = &batch[..];
            while !rest.is_empty() {
                let gathered = dataset.gather_fitting(&mut rest, memory, progress)?;
                if dataset
                    .pass_on(&gathered, progress, &map, &mut each)?
                    .is_break()
                {
                    return Ok(());
                }
            }
            count = count.saturating_mul(GROWTH).min(dataset.rows_in(memory));
        }
    }
}

impl Dataset {
    /// A few rows in the order given; those that are near each other are read together. Rows that are not known by now are
    /// left out.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where their bytes can no longer be read.
    pub fn rows_at(&self, rows: &[usize]) -> Result<Vec<Row>, ReadError> {
        let mut wanted = wanted(rows);
        wanted.sort_unstable();
        let part = self.look_up(&wanted)?;
        let mut gathered = Gathered::of(rows.len(), part.bytes.len());
        gathered.take(&part);
        let layouts = self.store.source.layouts();
        let rows = gathered.stretch(&layouts, 0..rows.len()).rows();
        Ok(rows.map(RowRef::to_row).collect())
    }

    /// How many rows of the usual length can be gathered at once.
    fn rows_in(&self, memory: usize) -> usize {
        (memory / (self.usual_len() + ROW_BYTES)).max(FIRST)
    }

    fn usual_len(&self) -> usize {
        let extent = self.extent();
        as_index(extent.indexed) / extent.rows.max(1)
    }

    /// Gathers as many of the first rows as fit, at least one, and leaves the others.
    fn gather_fitting(
        &self,
        rest: &mut &[usize],
        memory: usize,
        progress: &Progress,
    ) -> Result<Gathered, ScanError> {
        let mut count = rest.len();
        loop {
            let (rows, others) = rest.split_at(count);
            if let Some(gathered) = self.gather(rows, memory, progress)? {
                *rest = others;
                return Ok(gathered);
            }
            count = count.div_ceil(2);
        }
    }

    /// Gathers rows, unless these are several whose texts take more than `memory`.
    fn gather(
        &self,
        rows: &[usize],
        memory: usize,
        progress: &Progress,
    ) -> Result<Option<Gathered>, ScanError> {
        let mut wanted = wanted(rows);
        sort_keys(&mut wanted, &progress.piece())?;
        let bytes = rows.len().saturating_mul(self.usual_len());
        let mut all = Gathered::of(rows.len(), bytes.min(memory));
        let mut too_large = false;
        let take = |part: Part| {
            all.take(&part);
            // Whether it was cancelled is asked by the pass.
            let _ = progress.advance(part.places.len() as u64);
            too_large = rows.len() > 1 && all.bytes.len() > memory;
            if too_large {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        self.gather_sorted(&wanted, progress, take)?;
        Ok((!too_large).then_some(all))
    }

    /// Finds rows that ascend and gives them to `take`, part after part.
    fn gather_sorted(
        &self,
        wanted: &[Wanted],
        progress: &Progress,
        take: impl FnMut(Part) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        let (Some(&first), Some(&last)) = (wanted.first(), wanted.last()) else {
            return Ok(());
        };
        let (first, last) = (row_of(first), row_of(last));
        let span = (last - first).saturating_mul(self.usual_len());
        if wanted.len().saturating_mul(BLOCK_LEN) < span {
            return self.look_all_up(wanted, progress, take);
        }
        let pick = |block: &Block| pick(block, wanted);
        self.pass(&progress.piece())
            .known(first..last.saturating_add(1))
            .reading(Decoding::Alone)
            .each(pick, take)
    }

    /// Finds rows that are far from each other.
    fn look_all_up(
        &self,
        wanted: &[Wanted],
        progress: &Progress,
        mut take: impl FnMut(Part) -> ControlFlow<()>,
    ) -> Result<(), ScanError> {
        for round in wanted.chunks(FIRST * rayon::current_num_threads()) {
            let parts = round.par_chunks(FIRST).map(|part| self.look_up(part));
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            progress.advance(0)?;
            if parts.into_iter().try_for_each(&mut take).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn look_up(&self, wanted: &[Wanted]) -> Result<Part, ReadError> {
        let mut found = Part::default();
        for near in wanted.chunk_by(|&a, &b| row_of(b) - row_of(a) < NEAR) {
            let (Some(&first), Some(&last)) = (near.first(), near.last()) else {
                continue;
            };
            let (first, last) = (row_of(first), row_of(last));
            let mut near = near.iter().peekable();
            let limit = self.layout().record_limit();
            let count = (last - first).saturating_add(1);
            self.each_known(first, count, limit, |record| {
                let row = as_index(record.row);
                while let Some(&wanted) = near.next_if(|&&wanted| row_of(wanted) == row) {
                    found.push(place_of(wanted), record.borrow());
                }
            })?;
        }
        Ok(found)
    }

    /// Gives rows to `map` and what comes of it to `each`.
    fn pass_on<T: Send>(
        &self,
        gathered: &Gathered,
        progress: &Progress,
        map: &(impl Fn(Chunk<'_>) -> T + Sync),
        each: &mut impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, ScanError> {
        const CHUNKS_A_THREAD: usize = 4;
        let at_once = CHUNK * CHUNKS_A_THREAD * rayon::current_num_threads();
        let all = gathered.places.len();
        let layouts = self.store.source.layouts();
        for first in (0..all).step_by(at_once) {
            let end = all.min(first + at_once);
            let starts: Vec<usize> = (first..end).step_by(CHUNK).collect();
            let stretches = starts
                .into_par_iter()
                .map(|start| gathered.stretch(&layouts, start..end.min(start + CHUNK)));
            let made: Vec<T> = stretches.map(map).collect();
            progress.advance((end - first) as u64)?;
            if made.into_iter().try_for_each(&mut *each).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

fn wanted(rows: &[usize]) -> Vec<Wanted> {
    let places = rows.iter().enumerate();
    let wanted = places.map(|(place, &row)| (row as u128) << 64 | place as u128);
    wanted.collect()
}

/// The rows of a block that are wanted.
fn pick(block: &Block, wanted: &[Wanted]) -> Part {
    let first = as_index(block.first_row());
    let end = first + block.len();
    let begin_of = |row: usize| wanted.partition_point(|&wanted| row_of(wanted) < row);
    let wanted = &wanted[begin_of(first)..begin_of(end)];
    let mut found = Part::default();
    if wanted.is_empty() {
        return found;
    }
    let rows = block.by_number();
    for &wanted in wanted {
        if let Some(record) = rows.record(row_of(wanted) - first) {
            found.push(place_of(wanted), record);
        }
    }
    found
}
