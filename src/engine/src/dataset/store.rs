//! The state that a dataset shares with the thread that indexes it.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use rayon::prelude::*;

use super::{
    arrivals,
    arrivals::{Arrivals, Arrived, Feed},
    index::{Index, Mark},
    records::Records,
};
use crate::{
    format::{Divider, Ends, Layout, Line, Open, OpenOptions, as_index},
    source::{BLOCK_LEN, OpenError, Opened, ReadError, Section, Source},
};

/// Bytes that are indexed at a time, as many as stay in a core's cache.
const PIECE_LEN: usize = 4 * BLOCK_LEN;
/// Pieces that a thread goes over before all threads tell what they have found.
const PIECES_A_THREAD: usize = 8;
/// Bytes that are indexed before a dataset is handed out: most files are complete then.
const AT_ONCE: u64 = 4 << 20;

/// Layouts that a source may have, one after another.
pub(crate) const MOST_LAYOUTS: usize = 12;
/// The layout of a source that has none yet.
static UNKNOWN: LazyLock<Layout> = LazyLock::new(Layout::unknown);

#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) source: Arc<Source>,
    /// The layout of all files, by what was known at a time. The last that is set holds.
    pub(crate) layouts: [OnceLock<Layout>; MOST_LAYOUTS],
    /// The head by which a source of one file that was young when it was opened is recognised once more.
    pub(crate) options: Option<OpenOptions>,
    pub(crate) state: Mutex<State>,
    pub(crate) changed: Condvar,
    /// The dataset is gone: the indexing thread ends.
    pub(crate) abandoned: AtomicBool,
}

/// How far an index has come.
struct Indexed {
    at: u64,
    file: usize,
    divider: Divider,
    generation: usize,
}

/// A pass that goes ahead of the index. The index never waits for one that does not get on.
#[derive(Debug)]
pub(crate) struct Lead<'s>(&'s Store);

impl Lead<'_> {
    /// Counts the rows of a piece of a file that was read, where the index has come that far.
    pub(crate) fn count(&self, file: usize, offset: u64, bytes: &[u8]) {
        let mut state = self.0.lock();
        let index = &mut state.index;
        if index.file() != file || index.is_arithmetic() {
            return;
        }
        let counted = index.scanned().checked_sub(offset).map(as_index);
        match counted.and_then(|counted| bytes.get(counted..)) {
            Some(rest) if !rest.is_empty() => index.feed(rest),
            _ => return,
        }
        drop(state);
        self.0.changed.notify_all();
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.0.lock().leads -= 1;
        self.0.changed.notify_all();
    }
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) index: Index,
    /// How often the layout was taken anew, and the index with it.
    pub(crate) generation: usize,
    /// Bytes by which the source was recognised; nothing where it stays what it is.
    pub(crate) recognised_by: Option<u64>,
    /// Passes under way that read the source from its first row on, and count what they read.
    pub(crate) leads: usize,
    /// True if the index covers all bytes that there are, and no stream brings more.
    pub(crate) complete: bool,
    /// The reason why the indexing ended early.
    pub(crate) error: Option<ReadError>,
}

impl Store {
    /// Takes the layouts from the first bytes of each file, indexes what takes no time, and leaves the rest to a thread.
    pub(crate) fn open(
        name: &Path,
        opened: impl Iterator<Item = Result<Opened, OpenError>>,
        options: &OpenOptions,
    ) -> Result<Arc<Store>, OpenError> {
        let Arrivals {
            parts,
            layout,
            mut feed,
        } = arrivals::of(name, opened, options)?;
        let mut parts = parts.into_iter();
        let source = Arc::new(Source::new(parts.next().into_iter().collect()));
        parts.for_each(|part| source.push(part));
        let first = source.section(0);
        let is_young = feed.is_over() && source.parts().len() == 1 || feed.brings_only_one();
        let options = is_young.then(|| options.clone());
        // the first block is kept: its rows are asked for next, and the index tells an error again
        let _: Result<_, ReadError> = source.block(0);
        let store = Arc::new(Store {
            state: Mutex::new(State {
                index: Index::new(first.layout.divider(), first.rows),
                generation: 0,
                recognised_by: options.as_ref().map(|_| source.len()),
                leads: 0,
                complete: false,
                error: None,
            }),
            source,
            layouts: [const { OnceLock::new() }; MOST_LAYOUTS],
            options,
            changed: Condvar::new(),
            abandoned: AtomicBool::new(false),
        });
        store.set_layout(layout);
        let mut buffer = vec![0; PIECE_LEN];
        let within = |store: &Store| store.lock().index.scanned() < AT_ONCE;
        if store.index_while(&mut buffer, within) && feed.is_over() {
            store.finish_all(&mut feed);
        } else if !store.lock().complete {
            let store = store.clone();
            thread::spawn(move || store.take_all(&mut feed, &mut buffer));
        }
        Ok(store)
    }

    /// The layout of all files, as far as it is known.
    pub(crate) fn layout(&self) -> &Layout {
        let mut known = self.layouts.iter().filter_map(OnceLock::get);
        known.next_back().unwrap_or(&UNKNOWN)
    }

    /// Keeps another layout of all files. Whether there was room for it.
    pub(crate) fn set_layout(&self, layout: Layout) -> bool {
        let free = self.layouts.iter().find(|slot| slot.get().is_none());
        free.is_some_and(|slot| slot.set(layout).is_ok())
    }

    /// Takes in what is there and what comes, up to the end of the last file.
    fn take_all(&self, feed: &mut Feed, buffer: &mut [u8]) {
        let open = |store: &Store| !store.abandoned.load(Relaxed);
        while self.index_while(buffer, open) && open(self) {
            match feed.next(buffer) {
                Arrived::Bytes(count) => self.grow(&buffer[..count]),
                Arrived::Part(part) => self.source.push(*part),
                Arrived::Nothing => return self.finish_all(feed),
            }
        }
    }

    /// Indexes all that is there, for the index was begun anew.
    pub(crate) fn index_again(&self) {
        let was_complete = self.lock().complete;
        self.lock().complete = false;
        let open = |store: &Store| !store.abandoned.load(Relaxed);
        if self.index_while(&mut vec![0; PIECE_LEN], open) && was_complete {
            let error = self.lock().error.take();
            self.finish(error);
        }
    }

    /// Indexes what has come to the source since its index was complete.
    pub(crate) fn catch_up(&self) {
        self.lock().complete = false;
        let open = |store: &Store| !store.abandoned.load(Relaxed);
        if self.index_while(&mut vec![0; PIECE_LEN], open) {
            self.finish(None);
        }
    }

    /// Indexes what the source has, as long as `wanted` says so. Whether it came to the end.
    fn index_while(&self, buffer: &mut [u8], wanted: impl Fn(&Store) -> bool) -> bool {
        while wanted(self) {
            self.give_way();
            let indexed = match self.index_on_all_threads() {
                Ok(false) => self.index_piece(buffer),
                other => other,
            };
            match indexed {
                Ok(true) => {}
                Ok(false) => return true,
                Err(error) => {
                    self.finish(Some(error));
                    return false;
                }
            }
        }
        false
    }

    /// Lets a pass over all rows go ahead for as long as it gets on: it counts them on its way, so that the source is read
    /// once.
    fn give_way(&self) {
        const PATIENCE: Duration = Duration::from_millis(100);
        let mut state = self.lock();
        let mut before = None;
        while state.leads > 0 && before != Some(state.index.scanned()) {
            let at = state.index.scanned();
            // the next file is entered by whoever indexes
            if self.source.section(state.index.file()).end <= at || self.abandoned.load(Relaxed) {
                return;
            }
            before = Some(at);
            let gets_on = |state: &mut State| state.leads > 0 && state.index.scanned() == at;
            let waited = self.changed.wait_timeout_while(state, PATIENCE, gets_on);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Begins a pass that goes ahead of the index, until what is given back is dropped.
    pub(crate) fn lead(&self) -> Lead<'_> {
        self.lock().leads += 1;
        Lead(self)
    }

    /// Indexes a piece on each thread of the current rayon pool. Does nothing where there is too little for all, and where
    /// what a piece means depends on the one before it.
    fn index_on_all_threads(&self) -> Result<bool, ReadError> {
        const STRETCH: usize = PIECES_A_THREAD * PIECE_LEN;
        let threads = rayon::current_num_threads();
        let Indexed {
            at,
            file,
            divider,
            generation,
        } = self.indexed();
        let end = at + (threads * STRETCH) as u64;
        let is_by_line = matches!(divider, Divider::Lines | Divider::Filled(_));
        if !is_by_line || end > self.source.section(file).end {
            return Ok(false);
        }
        let mut buffers = vec![vec![0; PIECE_LEN]; threads];
        let stretches = buffers.par_iter_mut().enumerate().map(|(thread, buffer)| {
            let begin = at + (thread * STRETCH) as u64;
            let divider = match thread {
                0 => divider,
                _ => self.divider_at(begin, divider)?,
            };
            self.line_ends(begin, STRETCH, divider, buffer)
        });
        let stretches = stretches.collect::<Result<Vec<_>, _>>()?;
        let last = stretches.last().map_or(divider, |(_, last)| *last);
        let ends = stretches.into_iter().flat_map(|(ends, _)| ends);
        self.go_on(at, generation, |index| index.take_all(ends, last));
        Ok(true)
    }

    /// The divider of lines from a place on that lies within a file.
    fn divider_at(&self, at: u64, divider: Divider) -> Result<Divider, ReadError> {
        let Divider::Filled(_) = divider else {
            return Ok(divider);
        };
        let mut before = [0; 2];
        self.source.read_at(at.saturating_sub(2), &mut before)?;
        Ok(Divider::Filled(Line::Something.after(&before)))
    }

    /// How far the index has come.
    fn indexed(&self) -> Indexed {
        let state = self.lock();
        Indexed {
            at: state.index.scanned(),
            file: state.index.file(),
            divider: state.index.divider(),
            generation: state.generation,
        }
    }

    /// Takes in what was found from a place on, unless the index was begun anew meanwhile, or somebody else went on.
    fn go_on(&self, at: u64, generation: usize, take: impl FnOnce(&mut Index)) {
        let mut state = self.lock();
        if (state.generation, state.index.scanned()) == (generation, at) {
            take(&mut state.index);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// The ends of lines in each block of a stretch that is known to be there.
    fn line_ends(
        &self,
        at: u64,
        len: usize,
        mut divider: Divider,
        buffer: &mut [u8],
    ) -> Result<(Vec<Ends>, Divider), ReadError> {
        let mut ends = Vec::with_capacity(len / BLOCK_LEN);
        for at in (at..at + len as u64).step_by(PIECE_LEN) {
            // many sources share the threads, and one that nobody wants any more keeps none of them
            if self.abandoned.load(Relaxed) {
                break;
            }
            // Nobody cuts a source before its index is complete, and of a file that was cut the read fails.
            self.source.read_at(at, buffer)?;
            let blocks = buffer.chunks(BLOCK_LEN);
            ends.extend(blocks.map(|block| divider.count(block)));
        }
        Ok((ends, divider))
    }

    /// Indexes the next piece, or goes on to the next file, if there is one.
    fn index_piece(&self, buffer: &mut [u8]) -> Result<bool, ReadError> {
        let Indexed {
            at,
            file,
            divider,
            generation,
        } = self.indexed();
        let section = self.source.section(file);
        let left = section.end.saturating_sub(at);
        if left == 0 {
            return Ok(self.enter_next(&section));
        }
        if matches!(divider, Divider::Fixed(_)) {
            self.go_on(at, generation, |index| index.skip_to(section.end));
            return Ok(true);
        }
        let len = buffer.len().min(as_index(left));
        let count = self.source.read_at(at, &mut buffer[..len])?;
        self.go_on(at, generation, |index| index.feed(&buffer[..count]));
        Ok(count > 0)
    }

    /// Goes on to the file behind one, if there is one.
    fn enter_next(&self, section: &Section) -> bool {
        if section.is_sealed {
            self.look_for_open(section);
            let next = self.source.section(section.number + 1);
            let divider = next.layout.divider();
            self.lock().index.enter(divider, next.rows);
            self.changed.notify_all();
        }
        section.is_sealed
    }

    /// Takes in bytes that were just written to the spill.
    fn grow(&self, bytes: &[u8]) {
        // one after the other without a gap: who begins the index anew goes over all that is there
        let mut state = self.lock();
        let before = self.source.len();
        if let Some(part) = self.source.parts_mut().last_mut() {
            part.file_len += bytes.len() as u64;
        }
        // records of one length are counted by the next look at the source
        if !state.index.is_arithmetic() && state.index.scanned() == before {
            state.index.feed(bytes);
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Ends the index of all files, with the first error of any.
    fn finish_all(&self, feed: &mut Feed) {
        let last = self.indexed().file;
        self.look_for_open(&self.source.section(last));
        let open = self.lock().error.take();
        self.finish(feed.damage.take().or(open));
    }

    /// Keeps an error if something is open at the end of a file: the quote of a row, the array of all.
    fn look_for_open(&self, section: &Section) {
        let (open, begin) = {
            let index = &self.lock().index;
            (index.open(), index.open_at())
        };
        let error = match open {
            None => return,
            // an array without elements is passed over as what stands above the rows
            Some(Open::Json) if section.rows >= section.end => return,
            Some(Open::Json) => ReadError::Unclosed {
                path: self.path_of(section.number),
            },
            Some(Open::Quote) => self.open_quote(section, begin),
        };
        self.lock().error.get_or_insert(error);
    }

    /// The path of a file by its number.
    fn path_of(&self, file: usize) -> PathBuf {
        let parts = self.source.parts();
        parts
            .get(file)
            .map_or_else(PathBuf::new, |part| part.path.clone())
    }

    /// An error for the quote that is open in the record that begins at an offset.
    fn open_quote(&self, section: &Section, begin: u64) -> ReadError {
        let begin = Mark {
            row: 0,
            offset: begin,
        };
        let begin = self.records(begin, 0).begin_of_next();
        let quote = begin.and_then(|begin| self.line_at(section.number, begin));
        quote.map_or_else(
            |error| error,
            |(path, line)| ReadError::Quote { path, line },
        )
    }

    /// The file of a number, and the line of an offset in it.
    fn line_at(&self, file: usize, offset: u64) -> Result<(PathBuf, u64), ReadError> {
        let (path, mut at) = {
            let parts = self.source.parts();
            let part = parts.get(file);
            part.map_or_else(Default::default, |part| (part.path.clone(), part.start()))
        };
        let (mut buffer, mut line) = (vec![0; PIECE_LEN], 1);
        while at < offset {
            let len = PIECE_LEN.min(as_index(offset - at));
            let count = self.source.read_at(at, &mut buffer[..len])?;
            if count == 0 {
                break;
            }
            line += memchr::memchr_iter(b'\n', &buffer[..count]).count() as u64;
            at += count as u64;
        }
        Ok((path, line))
    }

    fn finish(&self, error: Option<ReadError>) {
        let mut state = self.lock();
        state.complete = true;
        state.error = error;
        drop(state);
        self.changed.notify_all();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the rows up to `row` have ended, or all is indexed.
    pub(crate) fn wait_for_row(&self, row: u64) -> MutexGuard<'_, State> {
        let missing = |state: &mut State| !state.complete && state.index.ended() <= row;
        self.changed
            .wait_while(self.lock(), missing)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of the rows before `row`, of those that are known so far.
    pub(crate) fn known_end(&self, row: u64) -> Result<Mark, ReadError> {
        let state = self.lock();
        let (rows, offset) = (state.index.rows(), state.index.scanned());
        if row >= rows {
            return Ok(Mark { row: rows, offset });
        }
        let mark = state.index.mark_of_row(row);
        drop(state);
        let mut records = self.records(mark, 0);
        records.skip_to_row(row)?;
        Ok(records.at())
    }

    /// Waits until all is indexed or so much time has passed. Whether all is.
    pub(crate) fn wait_for_end(&self, at_most: Duration) -> bool {
        let incomplete = |state: &mut State| !state.complete;
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), at_most, incomplete);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.complete
    }

    /// Waits until more of a stream has come, or a moment has passed. Whether nothing more will come.
    pub(crate) fn wait_a_moment(&self) -> bool {
        const MOMENT: Duration = Duration::from_millis(5);
        let state = self.lock();
        if state.complete {
            return true;
        }
        let waited = self.changed.wait_timeout(state, MOMENT);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.complete
    }

    /// A walk over records from a mark, of each of which up to `limit` bytes are kept.
    pub(crate) fn records(&self, at: Mark, limit: usize) -> Records<'_> {
        Records::new(&self.source, at, limit)
    }
}
