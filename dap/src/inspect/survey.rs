//! One pass over the whole file, beside the session: its figures, and which rows have a flaw.

use std::{
    ops::{ControlFlow, Range},
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use rayon::ThreadPoolBuilder;
use ulid_engine::{
    RowSet,
    background::{give_memory_back, give_way},
    dataset::{Dataset, ScanError},
    pass::Block,
    progress::Progress,
    query::{self, SelectError, WriterAudit, Writers, WritersError},
    row::Flaw,
    stats::{Audit, Limits, Summary, Verdict},
};

/// No rows.
static NONE: LazyLock<RowSet> = LazyLock::new(RowSet::new);
/// Between two looks at whether the survey may go on.
const PATIENCE: Duration = Duration::from_millis(2);
/// Between two figures of a part. A verdict on the randomness takes longer than an answer may.
const NEWS: Duration = Duration::from_millis(200);

/// The facts of the file so far. Shared with those that wait for it.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) limits: Limits,
    state: Mutex<State>,
    figures: Mutex<Arc<Figures>>,
    /// Rows whose ID an earlier row has; found only once somebody asks.
    duplicates: OnceLock<RowSet>,
    /// Expression that tells apart what made the IDs, where order and gaps are those of each maker.
    by: Option<Writers>,
    /// Rows and figures of each of them; found only once somebody asks.
    writers: OnceLock<WriterAudit>,
    /// Runs that the survey waits for.
    holds: AtomicUsize,
}

/// Keeps the survey waiting, so that a run has the processor to itself.
#[derive(Debug)]
pub(super) struct Hold<'a>(&'a Survey);

/// The figures of the rows that were gone over, ready to be shown.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) summary: Summary,
    pub(super) verdict: Verdict,
    /// The rows they speak of.
    pub(super) rows: usize,
    /// True if those are all.
    pub(super) complete: bool,
}

#[derive(Debug)]
struct State {
    audit: Audit,
    /// Rows of free text without an ID, which need none.
    without: RowSet,
    rows: usize,
}

impl Survey {
    pub(super) fn new(limits: Limits, by: Option<Writers>) -> Survey {
        let state = State {
            audit: Audit::new(limits, 0),
            without: RowSet::new(),
            rows: 0,
        };
        Survey {
            limits,
            figures: Mutex::new(Arc::new(Figures::of(
                state.audit.summary().clone(),
                0,
                false,
            ))),
            state: Mutex::new(state),
            duplicates: OnceLock::new(),
            by,
            writers: OnceLock::new(),
            holds: AtomicUsize::new(0),
        }
    }

    /// Finds the rows whose ID an earlier row has. Takes an order of all rows the first time.
    pub(super) fn find_duplicates(
        &self,
        dataset: &Dataset,
        progress: &Progress,
    ) -> Result<(), SelectError> {
        if self.duplicates.get().is_none() {
            let found = query::duplicates(dataset, progress)?;
            self.duplicates.get_or_init(|| found);
        }
        Ok(())
    }

    /// The rows whose ID an earlier row has, where they were found.
    pub(super) fn duplicates(&self) -> Option<&RowSet> {
        self.duplicates.get()
    }

    /// True if a flaw is one beside the row before of the same writer.
    pub(super) fn is_by_writer(&self, flaw: Flaw) -> bool {
        self.by.is_some() && matches!(flaw, Flaw::OutOfOrder | Flaw::Gap)
    }

    /// Names of the values that tell writers apart.
    pub(super) fn by(&self) -> Option<String> {
        self.by.as_ref().map(|by| by.names().join(", "))
    }

    /// Order and clocks of each writer, where they were found.
    pub(super) fn writers(&self) -> Option<&WriterAudit> {
        self.writers.get()
    }

    /// Finds order and clocks of each writer by a pass over all rows, unless that was done or nobody wants it.
    pub(super) fn find_writers(
        &self,
        dataset: &Dataset,
        progress: &Progress,
    ) -> Result<(), WritersError> {
        let Some(by) = self.by.as_ref().filter(|_| self.writers.get().is_none()) else {
            return Ok(());
        };
        self.find_duplicates(dataset, progress)?;
        let duplicates = self.duplicates().unwrap_or(&NONE);
        let found = by.audit(dataset, None, Some(duplicates), self.limits, progress)?;
        self.writers.get_or_init(|| found);
        Ok(())
    }

    /// True if a row has a flaw beside the row before of the same writer, where that is known.
    pub(super) fn has_by_writer(&self, flaw: Flaw, row: usize) -> Option<bool> {
        Some(self.rows_by_writer(flaw)?.contains(row as u64))
    }

    fn rows_by_writer(&self, flaw: Flaw) -> Option<&RowSet> {
        let found = self.writers()?;
        match flaw {
            Flaw::OutOfOrder => Some(&found.out_of_order),
            Flaw::Gap => Some(&found.gaps),
            _ => None,
        }
    }

    /// Goes over the file, on all cores but one, which is left for answers to the client.
    ///
    /// A pass that is ended early leaves figures of a part; runs through the rows then look for flaws themselves.
    pub(super) fn run(&self, dataset: &Dataset, progress: &Progress) {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = ThreadPoolBuilder::new()
            .num_threads((cores - 1).max(1))
            .thread_name(|number| format!("survey {number}"))
            .start_handler(|_| give_way());
        let all = || {
            let passed = self.pass(dataset, progress);
            self.tell(passed.is_ok());
            // of a part of the rows it would not be known which come later
            if passed.is_ok() {
                let _: Result<(), SelectError> = self.find_duplicates(dataset, progress);
                let _: Result<(), WritersError> = self.find_writers(dataset, progress);
            }
        };
        match threads.build() {
            Ok(threads) => threads.install(all),
            Err(_) => all(),
        }
        give_memory_back();
    }

    /// Keeps the survey waiting until the hold is dropped.
    pub(super) fn hold(&self) -> Hold<'_> {
        self.holds.fetch_add(1, Relaxed);
        Hold(self)
    }

    /// True if the whole file was gone over.
    pub(super) fn is_complete(&self) -> bool {
        self.figures().complete
    }

    /// Goes over every block.
    fn pass(&self, dataset: &Dataset, progress: &Progress) -> Result<(), ScanError> {
        let audit = |block: &Block| {
            let mut audit = Audit::new(self.limits, block.first_row());
            block.add_to(&mut audit);
            let faults = block.faults().iter().filter(|_| block.is_text());
            let without: RowSet = faults.map(|fault| fault.row).collect();
            (audit, without, block.keys().len())
        };
        let mut told = Instant::now();
        dataset
            .pass(progress)
            .each(audit, |(audit, without, rows)| {
                {
                    let mut state = self.lock();
                    state.audit.merge(audit);
                    state.without |= without;
                    state.rows += rows;
                }
                if told.elapsed() > NEWS {
                    self.tell(false);
                    told = Instant::now();
                }
                while self.holds.load(Relaxed) > 0 && !progress.is_cancelled() {
                    thread::sleep(PATIENCE);
                }
                ControlFlow::Continue(())
            })
    }

    /// The latest figures.
    pub(super) fn figures(&self) -> Arc<Figures> {
        self.latest().clone()
    }

    /// Makes the figures of what is known now the latest.
    fn tell(&self, complete: bool) {
        let (summary, rows) = {
            let state = self.lock();
            (state.audit.summary().clone(), state.rows)
        };
        *self.latest() = Arc::new(Figures::of(summary, rows, complete));
    }

    fn latest(&self) -> MutexGuard<'_, Arc<Figures>> {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The begin of the run of rows without an ID that ends before a place; the place itself where none is known.
    pub(super) fn without_ids_before(&self, at: usize) -> usize {
        let state = self.lock();
        if state.rows < at {
            return at;
        }
        let sets = [&state.audit.flaws().invalid, &state.without];
        let is_run = |begin: usize| {
            let rows = begin as u64..at as u64;
            let without = sets.map(|set| set.range_cardinality(rows.clone()));
            without.iter().sum::<u64>() == (at - begin) as u64
        };
        let (mut outside, mut begin) = (0, at);
        // from the place back by ever longer strides, and then by halves
        let mut stride = 1;
        while begin > outside {
            let next = begin.saturating_sub(stride).max(outside);
            if is_run(next) {
                begin = next;
                stride *= 2;
            } else if stride == 1 {
                break;
            } else {
                outside = next + 1;
                stride = 1;
            }
        }
        begin
    }

    /// True if the whole file was gone over, and every row has an ID not smaller than the one before.
    pub(super) fn found_order(&self) -> bool {
        let Figures {
            summary, complete, ..
        } = &*self.figures();
        *complete && summary.out_of_order == 0 && summary.valid == summary.rows()
    }

    /// The rows with a flaw among those that were gone over: a page of them, counted from 0.
    pub(super) fn page_of(&self, flaw: Flaw, page: Range<usize>) -> Vec<usize> {
        let state = self.lock();
        let set = self.rows_with(&state, flaw);
        let numbered = page.map_while(|number| set.select(number as u64));
        numbered
            .filter_map(|row| usize::try_from(row).ok())
            .collect()
    }

    /// Number of rows with a flaw, and the first of them from a row on.
    pub(super) fn count_from(&self, flaw: Flaw, row: usize) -> (u64, Option<usize>) {
        let state = self.lock();
        let set = self.rows_with(&state, flaw);
        let before = if row == 0 {
            0
        } else {
            set.rank(row as u64 - 1)
        };
        let next = set.select(before);
        (set.len(), next.and_then(|row| usize::try_from(row).ok()))
    }

    /// The rows of a block that have a flaw. The survey has to have gone over them.
    pub(super) fn flawed(&self, block: &Range<usize>, flaw: Flaw) -> Vec<usize> {
        let state = self.lock();
        let set = self.rows_with(&state, flaw);
        if set.range_cardinality(block.start as u64..block.end as u64) == 0 {
            return Vec::new();
        }
        block
            .clone()
            .filter(|row| set.contains(*row as u64))
            .collect()
    }

    /// True if all rows with a flaw are known, once the whole file was gone over.
    pub(super) fn knows(&self, flaw: Flaw) -> bool {
        match flaw {
            _ if self.is_by_writer(flaw) => self.writers().is_some(),
            Flaw::Duplicate => self.is_complete() && self.duplicates().is_some(),
            _ => self.is_complete(),
        }
    }

    /// Rows with a flaw among those that were gone over; no duplicates before they were found.
    fn rows_with<'s>(&'s self, state: &'s State, flaw: Flaw) -> &'s RowSet {
        if self.is_by_writer(flaw) {
            return self.rows_by_writer(flaw).unwrap_or(&NONE);
        }
        flaw.rows(state.audit.flaws(), self.duplicates().unwrap_or(&NONE))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // a pass that failed leaves whole blocks behind
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Figures {
    fn of(summary: Summary, rows: usize, complete: bool) -> Figures {
        let (verdict, _) = summary.verdict();
        Figures {
            summary,
            verdict,
            rows,
            complete,
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.holds.fetch_sub(1, Relaxed);
    }
}
