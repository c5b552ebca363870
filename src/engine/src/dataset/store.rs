//! What a dataset shares with the thread that indexes it.

use std::{
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use rayon::prelude::*;

use super::{
    detect::{Sample, detect},
    elements::{Elements, first_element},
    error::{OpenError, ReadError, Reason},
    index::{Index, Mark},
    input::{Input, Spill},
    layout::Layout,
    options::OpenOptions,
    records::Records,
    source::{BLOCK_LEN, Source},
    split::{Ends, Splitter},
};

/// Bytes that are indexed at a time, as many as stay in a core's cache.
const PIECE_LEN: usize = 4 * BLOCK_LEN;
/// Pieces that a thread goes over before all threads tell what they have found.
const PIECES_A_THREAD: usize = 8;
/// Bytes that are indexed before a dataset is handed out: most files are complete then.
const AT_ONCE: u64 = 4 << 20;

#[derive(Debug)]
pub(super) struct Store {
    pub(super) source: Source,
    pub(super) layout: Arc<Layout>,
    state: Mutex<State>,
    changed: Condvar,
    /// The dataset is gone: the indexing thread ends.
    pub(super) abandoned: AtomicBool,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) index: Index,
    /// Whether the index covers all bytes that there are, and no stream brings more.
    pub(super) complete: bool,
    /// What ended the indexing early.
    pub(super) error: Option<ReadError>,
}

impl Store {
    /// Takes the layout from the first bytes, indexes what takes no time, and leaves the rest to a thread.
    pub(super) fn open(
        name: PathBuf,
        mut input: Input,
        options: &OpenOptions,
    ) -> Result<Arc<Store>, OpenError> {
        let fail = |reason| OpenError {
            path: name.clone(),
            reason,
        };
        let mut ended = input.spill.is_none();
        if let Some(spill) = &mut input.spill {
            let (count, end) = first_bytes(spill).map_err(|error| fail(error.into()))?;
            input
                .parts
                .iter_mut()
                .for_each(|part| part.file_len = count);
            ended = end;
        }
        let source = Source::new(input.parts);
        let read = |error: ReadError| match error {
            ReadError::Io { error, .. } => fail(Reason::Io(error.kind().into())),
            ReadError::Truncated { .. } => fail(Reason::Empty),
        };
        let (_, head) = source.block(0).map_err(read)?;
        if head.is_empty() {
            return Err(fail(Reason::Empty));
        }
        let sample = Sample {
            bytes: &head,
            whole: ended && head.len() as u64 == source.len(),
            path: &name,
        };
        let layout = Arc::new(detect(&sample, options).map_err(fail)?);
        let start = if layout.header {
            let mut records = Records::new(&source, layout.splitter(), Mark::default());
            records.skip_to_row(1).map_err(read)?;
            records.at().offset
        } else {
            layout.start(&head)
        };
        let store = Arc::new(Store {
            source,
            state: Mutex::new(State {
                index: Index::new(layout.splitter(), start),
                complete: false,
                error: None,
            }),
            layout,
            changed: Condvar::new(),
            abandoned: AtomicBool::new(false),
        });
        store.clone().start(input.spill.filter(|_| !ended));
        Ok(store)
    }

    /// Indexes a first stretch, and the rest in a thread.
    fn start(self: Arc<Store>, spill: Option<Spill>) {
        let mut buffer = vec![0; PIECE_LEN];
        let within = |store: &Store| store.lock().index.scanned() < AT_ONCE;
        let all = self.index_while(&mut buffer, |store| within(store));
        if all && spill.is_none() {
            return self.finish(None);
        }
        thread::spawn(move || {
            let open = |store: &Store| !store.abandoned.load(Relaxed);
            let mut spill = spill;
            if let Err(error) = self.index_on_all_threads(open) {
                return self.finish(Some(error));
            }
            while self.index_while(&mut buffer, open) && open(&self) {
                let Some(spill) = &mut spill else {
                    return self.finish(None);
                };
                match spill.pump(&mut buffer) {
                    Ok([]) => return self.finish(None),
                    Ok(bytes) => self.grow(bytes),
                    Err(error) => {
                        let path = self.source.path_at(0);
                        let error = Arc::new(error);
                        return self.finish(Some(ReadError::Io { path, error }));
                    }
                }
            }
        });
    }

    /// Indexes what has come to the source since its index was complete.
    pub(super) fn catch_up(&self) {
        self.lock().complete = false;
        let open = |store: &Store| !store.abandoned.load(Relaxed);
        if self.index_while(&mut vec![0; PIECE_LEN], open) {
            self.finish(None);
        }
    }

    /// Indexes what the source has, as long as `wanted` says so. Whether it came to the end.
    fn index_while(&self, buffer: &mut [u8], wanted: impl Fn(&Store) -> bool) -> bool {
        while wanted(self) {
            match self.index_piece(buffer) {
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

    /// Indexes on all threads of the current rayon pool, as long as `wanted` says so. It leaves to one thread what is too
    /// little for all, and everything where what a piece means depends on the one before it.
    fn index_on_all_threads(&self, wanted: impl Fn(&Store) -> bool) -> Result<(), ReadError> {
        const STRETCH: usize = PIECES_A_THREAD * PIECE_LEN;
        let threads = rayon::current_num_threads();
        let splitter = self.lock().index.splitter();
        if splitter != Splitter::Lines {
            return Ok(());
        }
        let mut buffers = vec![vec![0; PIECE_LEN]; threads];
        while wanted(self) {
            let at = self.lock().index.scanned();
            if at + (threads * STRETCH) as u64 > self.source.len() {
                break;
            }
            let stretches = buffers.par_iter_mut().enumerate().map(|(thread, buffer)| {
                self.line_ends(at + (thread * STRETCH) as u64, STRETCH, buffer)
            });
            let stretches = stretches.collect::<Result<Vec<_>, _>>()?;
            let mut state = self.lock();
            for ends in stretches.into_iter().flatten() {
                state.index.take(ends, BLOCK_LEN);
            }
            drop(state);
            self.changed.notify_all();
        }
        Ok(())
    }

    /// The ends of lines in each block of a stretch that is known to be there.
    fn line_ends(&self, at: u64, len: usize, buffer: &mut [u8]) -> Result<Vec<Ends>, ReadError> {
        let mut ends = Vec::with_capacity(len / BLOCK_LEN);
        for at in (at..at + len as u64).step_by(PIECE_LEN) {
            // Nobody cuts a source before its index is complete, and of a file that was cut the read fails.
            self.source.read_at(at, buffer)?;
            let blocks = buffer.chunks(BLOCK_LEN);
            ends.extend(blocks.map(|block| Splitter::Lines.count(block)));
        }
        Ok(ends)
    }

    /// Indexes the next piece, if there is one.
    fn index_piece(&self, buffer: &mut [u8]) -> Result<bool, ReadError> {
        let (at, is_arithmetic) = {
            let state = self.lock();
            (state.index.scanned(), state.index.is_arithmetic())
        };
        if is_arithmetic {
            let end = self.source.len();
            self.lock().index.skip_to(end);
            return Ok(false);
        }
        let count = self.source.read_at(at, buffer)?;
        self.lock().index.feed(&buffer[..count]);
        self.changed.notify_all();
        Ok(count > 0)
    }

    /// Takes in bytes that were just written to the spill.
    fn grow(&self, bytes: &[u8]) {
        if let Some(part) = self.source.parts_mut().last_mut() {
            part.file_len += bytes.len() as u64;
        }
        let mut state = self.lock();
        if !state.index.is_arithmetic() {
            state.index.feed(bytes);
        }
        drop(state);
        self.changed.notify_all();
    }

    fn finish(&self, error: Option<ReadError>) {
        let mut state = self.lock();
        state.complete = true;
        state.error = error;
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the rows up to `row` have ended, or all is indexed.
    pub(super) fn wait_for_row(&self, row: u64) -> MutexGuard<'_, State> {
        let missing = |state: &mut State| !state.complete && state.index.ended() <= row;
        self.changed
            .wait_while(self.lock(), missing)
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the rows before `row` end, of those that are known so far.
    pub(super) fn known_end(&self, row: u64) -> Result<Mark, ReadError> {
        let state = self.lock();
        let (rows, offset) = (state.index.rows(), state.index.scanned());
        if row >= rows {
            return Ok(Mark { row: rows, offset });
        }
        let mark = state.index.mark_of_row(row);
        drop(state);
        let mut records = self.records(mark);
        records.skip_to_row(row)?;
        Ok(records.at())
    }

    /// Waits until all is indexed or so much time has passed. Whether all is.
    pub(super) fn wait_for_end(&self, at_most: Duration) -> bool {
        let incomplete = |state: &mut State| !state.complete;
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), at_most, incomplete);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.complete
    }

    /// Waits until more of a stream has come, or a moment has passed. Whether nothing more will come.
    pub(super) fn wait_a_moment(&self) -> bool {
        const MOMENT: Duration = Duration::from_millis(5);
        let state = self.lock();
        if state.complete {
            return true;
        }
        let waited = self.changed.wait_timeout(state, MOMENT);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.complete
    }

    /// A walk over records from a mark.
    pub(super) fn records(&self, at: Mark) -> Records<'_> {
        Records::new(&self.source, self.layout.splitter(), at)
    }
}

/// Moves enough of a stream into its file to see what it is: its first block, or just a record if it may pause. Gives the bytes
/// moved, and whether the stream has ended.
fn first_bytes(spill: &mut Spill) -> std::io::Result<(u64, bool)> {
    let mut buffer = vec![0; BLOCK_LEN];
    let mut head = Vec::new();
    while head.len() < BLOCK_LEN && !(spill.is_live && has_record(&head)) {
        let bytes = spill.pump(&mut buffer)?;
        if bytes.is_empty() {
            return Ok((head.len() as u64, true));
        }
        head.extend_from_slice(bytes);
    }
    Ok((head.len() as u64, false))
}

/// Whether the first bytes of a source hold a line, or, where they look like an array of objects, one of these.
fn has_record(head: &[u8]) -> bool {
    let elements = first_element(head).and_then(|start| head.get(start..));
    match elements.map(<[u8]>::trim_ascii_start) {
        Some([]) => false,
        Some(elements @ [b'{', ..]) => Elements::default().find_end(elements).is_some(),
        _ => memchr::memchr(b'\n', head).is_some(),
    }
}
