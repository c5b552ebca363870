//! What a dataset shares with the thread that indexes it.

use std::{
    io,
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
    detect::{SAMPLE_RECORDS, Sample, detect},
    elements::{Elements, first_element},
    error::{OpenError, ReadError, Reason},
    index::{Index, Mark},
    input::Input,
    layout::Layout,
    options::{Format, OpenOptions, Wait},
    records::Records,
    source::{BLOCK_LEN, Source},
    split::{Ends, Splitter},
    temporary::Spill,
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
        let (mut arrival, mut came) = (Arrival::Ended(None), None);
        if let Some(spill) = &mut input.spill {
            let (count, after) = first_bytes(spill, wait_for(options));
            input
                .parts
                .iter_mut()
                .for_each(|part| part.file_len = count);
            (arrival, came) = (after, Some(count));
        }
        let (ended, damage) = match arrival {
            Arrival::Ended(Some(error)) if came == Some(0) => return Err(fail(error.into())),
            Arrival::Ended(damage) => (true, damage),
            Arrival::Goes => (false, None),
        };
        let source = Source::new(input.parts);
        let read = |error: ReadError| match error {
            ReadError::Io { error, .. } => fail(Reason::Io(error.kind().into())),
            ReadError::Truncated { .. } => fail(Reason::Empty),
        };
        let head = head(&source).map_err(read)?;
        if head.is_empty() {
            return Err(fail(Reason::Empty));
        }
        let sample = Sample {
            bytes: &head,
            whole: ended && head.len() as u64 == source.len(),
            path: &input.first,
        };
        let layout = Arc::new(detect(&sample, options).map_err(fail)?);
        let start = match layout.records_above() {
            0 => layout.start(&head),
            above => {
                let mut records = Records::new(&source, layout.splitter(), Mark::default(), 0);
                records.skip_to_row(above).map_err(read)?;
                records.at().offset
            }
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
        store.clone().start(input.spill.filter(|_| !ended), damage);
        Ok(store)
    }

    /// Indexes a first stretch, and the rest in a thread. `damage` is what has ended a stream already.
    fn start(self: Arc<Store>, spill: Option<Spill>, damage: Option<io::Error>) {
        let mut buffer = vec![0; PIECE_LEN];
        let within = |store: &Store| store.lock().index.scanned() < AT_ONCE;
        let all = self.index_while(&mut buffer, |store| within(store));
        let damage = damage.map(|error| self.damaged(error));
        if all && spill.is_none() {
            return self.finish(damage);
        }
        thread::spawn(move || {
            let open = |store: &Store| !store.abandoned.load(Relaxed);
            let mut spill = spill;
            if let Err(error) = self.index_on_all_threads(open) {
                return self.finish(Some(error));
            }
            while self.index_while(&mut buffer, open) && open(&self) {
                let Some(spill) = &mut spill else {
                    return self.finish(damage);
                };
                match spill.pump(&mut buffer) {
                    Ok([]) => return self.finish(None),
                    Ok(bytes) => self.grow(bytes),
                    Err(error) => {
                        let damage = self.damaged(error);
                        return self.finish(Some(damage));
                    }
                }
            }
        });
    }

    /// An error of the stream that brings the bytes.
    fn damaged(&self, error: io::Error) -> ReadError {
        ReadError::Io {
            path: self.source.path_at(0),
            error: Arc::new(error),
        }
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
        let mut records = self.records(mark, 0);
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

    /// A walk over records from a mark, of each of which up to `limit` bytes are kept.
    pub(super) fn records(&self, at: Mark, limit: usize) -> Records<'_> {
        Records::new(&self.source, self.layout.splitter(), at, limit)
    }
}

/// The end of a stream, or that it goes on.
enum Arrival {
    Goes,
    /// None will, for the reason if there is one.
    Ended(Option<io::Error>),
}

/// The wait that options ask for, if they leave something to be told: of single lines the first says all there is.
fn wait_for(options: &OpenOptions) -> Wait {
    match options.format {
        Some(Format::Lines | Format::Text | Format::Binary) => Wait::FirstRecord,
        _ => options.wait,
    }
}

/// Moves enough of a stream into its file to see what it is. Gives the bytes moved, and whether more will come. Damage keeps
/// what came before it.
fn first_bytes(spill: &mut Spill, wait: Wait) -> (u64, Arrival) {
    let wanted = match wait {
        Wait::FirstRecord if spill.is_live => Wanted::FIRST,
        _ => Wanted::SAMPLE,
    };
    let mut buffer = vec![0; BLOCK_LEN];
    let mut head = Vec::new();
    let mut looked_at = 0;
    loop {
        // what has grown by a share is looked at again: a record of megabytes takes no more than a few times its length
        if head.len() >= looked_at + looked_at / 4 && !head.is_empty() {
            looked_at = head.len();
            if wanted.is_met(&head) {
                return (head.len() as u64, Arrival::Goes);
            }
        }
        match spill.pump(&mut buffer) {
            Ok([]) => return (head.len() as u64, Arrival::Ended(None)),
            Ok(bytes) => head.extend_from_slice(bytes),
            Err(error) => return (head.len() as u64, Arrival::Ended(Some(error))),
        }
    }
}

/// The first bytes of a source: as many as a sample has, or the sample of a stream.
fn head(source: &Source) -> Result<Vec<u8>, ReadError> {
    // the first block is kept: its rows are asked for next
    let (_, block) = source.block(0)?;
    let mut head = block.to_vec();
    let mut is_all = head.len() < BLOCK_LEN;
    while !is_all && !Wanted::SAMPLE.is_met(&head) {
        head.resize(2 * head.len(), 0);
        let count = source.read_at(0, &mut head)?;
        is_all = count < head.len();
        head.truncate(count);
    }
    Ok(head)
}

/// How much makes a sample: so many records, or so many bytes if there is a record among them.
#[derive(Clone, Copy)]
struct Wanted {
    records: usize,
    bytes: usize,
}

impl Wanted {
    const FIRST: Wanted = Wanted {
        records: 1,
        bytes: 0,
    };
    const SAMPLE: Wanted = Wanted {
        records: SAMPLE_RECORDS,
        bytes: 1 << 20,
    };
    /// Bytes that are looked at in vain for the end of a record.
    const LIMIT: usize = 32 << 20;
    /// Records of a sample that is large enough in bytes: a header and a row.
    const FEWEST: usize = 2;

    fn is_met(self, head: &[u8]) -> bool {
        let enough = match head.len() < self.bytes {
            true => self.records,
            false => self.records.min(Wanted::FEWEST),
        };
        has_records(head, enough) || head.len() >= Wanted::LIMIT
    }
}

/// True if the first bytes of a source hold so many lines, or, where they look like an array of objects, elements. Binary
/// records have no lines.
fn has_records(head: &[u8], records: usize) -> bool {
    let elements = first_element(head).and_then(|start| head.get(start..));
    match elements.map(<[u8]>::trim_ascii_start) {
        Some([]) => false,
        Some(elements @ [b'{', ..]) => {
            let mut splitter = Splitter::Elements(Elements::default());
            splitter.count(elements).count >= records as u64
        }
        _ => {
            memchr::memchr_iter(b'\n', head).take(records).count() == records
                || memchr::memchr(0, head).is_some()
        }
    }
}
