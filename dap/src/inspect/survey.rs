//! One pass over the whole file, beside the session: its figures, and which rows have a flaw.

use std::{
    ops::{ControlFlow, Range},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use ulid_engine::{
    RowSet,
    codec::FaultKind,
    dataset::{Block, Dataset, ReadError, ScanError},
    progress::Progress,
    query::{self, SelectError},
    stats::{Audit, Limits, Summary},
};

/// What is known of the file so far. Shared with those that wait for it.
#[derive(Debug)]
pub(super) struct Survey {
    pub(super) limits: Limits,
    state: Mutex<State>,
    /// Rows whose ID an earlier row has; found only once somebody asks.
    duplicates: OnceLock<RowSet>,
}

#[derive(Debug)]
struct State {
    audit: Audit,
    overflow: RowSet,
    rows: usize,
    ended: Option<Ended>,
    /// Somebody ended the pass before its end.
    abandoned: bool,
}

/// How the pass came to its end.
#[derive(Debug, Clone)]
enum Ended {
    Complete,
    Failed(ReadError),
}

/// A kind of row that an exception filter stops at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flaw {
    Invalid,
    Overflow,
    Duplicate,
    OutOfOrder,
    Future,
    Gap,
}

impl Survey {
    pub(super) fn new(limits: Limits) -> Survey {
        Survey {
            limits,
            state: Mutex::new(State {
                audit: Audit::new(limits, 0),
                overflow: RowSet::new(),
                rows: 0,
                ended: None,
                abandoned: false,
            }),
            duplicates: OnceLock::new(),
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

    /// Goes over the file, or over the rest of it after a pass that was ended early.
    pub(super) fn run(&self, dataset: &Dataset, progress: &Progress) {
        let result = self.pass(dataset, progress);
        let mut state = self.lock();
        match result {
            Ok(()) => state.ended = Some(Ended::Complete),
            Err(ScanError::Cancelled(_)) => state.abandoned = true,
            Err(ScanError::Read(error)) => state.ended = Some(Ended::Failed(error)),
        }
    }

    /// Whether the pass was ended early, and nobody has taken it up again: whoever asks has to.
    pub(super) fn take_up(&self) -> bool {
        std::mem::take(&mut self.lock().abandoned)
    }

    /// Goes over every block.
    fn pass(&self, dataset: &Dataset, progress: &Progress) -> Result<(), ScanError> {
        let overflows = |block: &Block| -> Vec<u64> {
            let faults = block.faults().iter();
            faults
                .filter(|fault| fault.kind == FaultKind::Overflow)
                .map(|fault| fault.row)
                .collect()
        };
        let audit = |block: &Block| {
            let mut audit = Audit::new(self.limits, block.first_row());
            audit.extend(block.keys(), block.faults());
            (audit, overflows(block), block.keys().len())
        };
        dataset.scan(self.rows(), progress, audit, |(audit, overflows, rows)| {
            let mut state = self.lock();
            state.audit.merge(audit);
            state.overflow.extend(overflows);
            state.rows += rows;
            ControlFlow::Continue(())
        })
    }

    /// Rows gone over so far.
    pub(super) fn rows(&self) -> usize {
        self.lock().rows
    }

    /// The figures so far, the rows they speak of, and whether those are all.
    pub(super) fn summary(&self) -> (Summary, usize, bool) {
        let state = self.lock();
        let complete = matches!(state.ended, Some(Ended::Complete));
        (state.audit.summary().clone(), state.rows, complete)
    }

    /// What ended the pass before the end of the file.
    pub(super) fn failure(&self) -> Option<ReadError> {
        match &self.lock().ended {
            Some(Ended::Failed(error)) => Some(error.clone()),
            _ => None,
        }
    }

    /// Where the run of rows without an ID begins that ends before a place; the place itself where none is known.
    pub(super) fn without_ids_before(&self, at: usize) -> usize {
        let state = self.lock();
        if state.rows < at {
            return at;
        }
        let invalid = &state.audit.flaws().invalid;
        let is_run = |begin: usize| {
            invalid.range_cardinality(begin as u64..at as u64) == (at - begin) as u64
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

    /// Whether the whole file was gone over, and every row has an ID not smaller than the one before.
    pub(super) fn found_order(&self) -> bool {
        let state = self.lock();
        let summary = state.audit.summary();
        matches!(state.ended, Some(Ended::Complete))
            && summary.out_of_order == 0
            && summary.invalid() == 0
    }

    /// The rows of a block that have one of these flaws, each with the flaw. The survey has to have gone over them.
    pub(super) fn flawed(&self, block: &Range<usize>, flaw: Flaw) -> Vec<usize> {
        let state = self.lock();
        let flaws = state.audit.flaws();
        let set = match flaw {
            Flaw::Invalid => &flaws.invalid,
            Flaw::Overflow => &state.overflow,
            Flaw::Duplicate => &flaws.adjacent_duplicates,
            Flaw::OutOfOrder => &flaws.out_of_order,
            Flaw::Future => &flaws.future,
            Flaw::Gap => &flaws.gaps,
        };
        if set.range_cardinality(block.start as u64..block.end as u64) == 0 {
            return Vec::new();
        }
        let has = |row: &usize| {
            let row = *row as u64;
            // an overflow has a filter of its own
            set.contains(row) && !(flaw == Flaw::Invalid && state.overflow.contains(row))
        };
        block.clone().filter(has).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // a pass that failed leaves whole blocks behind
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flaw {
    pub(super) const ALL: [Flaw; 6] = [
        Flaw::Invalid,
        Flaw::Overflow,
        Flaw::Duplicate,
        Flaw::OutOfOrder,
        Flaw::Future,
        Flaw::Gap,
    ];

    /// The name of the filter.
    pub(super) fn name(self) -> &'static str {
        match self {
            Flaw::Invalid => "invalid",
            Flaw::Overflow => "overflow",
            Flaw::Duplicate => "duplicate",
            Flaw::OutOfOrder => "out_of_order",
            Flaw::Future => "future",
            Flaw::Gap => "gap",
        }
    }

    /// What a person reads beside the box to tick.
    pub(super) fn label(self) -> &'static str {
        match self {
            Flaw::Invalid => "Invalid IDs",
            Flaw::Overflow => "Overflows",
            Flaw::Duplicate => "Duplicates",
            Flaw::OutOfOrder => "Out of order",
            Flaw::Future => "In the future",
            Flaw::Gap => "Gaps",
        }
    }

    pub(super) fn description(self) -> &'static str {
        match self {
            Flaw::Invalid => "Rows whose ID is no ULID",
            Flaw::Overflow => "Rows whose ID is above the largest ULID",
            Flaw::Duplicate => "Rows with the ID of the valid row before them",
            Flaw::OutOfOrder => "Rows whose ID is smaller than that of the valid row before them",
            Flaw::Future => "Rows whose time is later than now",
            Flaw::Gap => "Rows more than an hour after the valid row before them",
        }
    }
}
