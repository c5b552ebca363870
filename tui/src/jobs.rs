//! Slow work, in threads of their own.
//!
//! There is one slot for each kind of job. A new job of a kind cancels the one before it, and its generation number
//! makes the loop drop what the old one may still send.

use std::{io, ops::RangeInclusive, sync::Arc, thread, time::Instant};

use crossbeam_channel::Sender;
use ulid_engine::{
    RowSet, Timestamp,
    dataset::{ReadError, Row, RowOrder, ScanError, SortError},
    progress::{Cancelled, Progress},
    query::{Expression, Query, SelectError},
    sort::{Direction, OrderError},
};

use crate::{
    background,
    event::Event,
    export::{Export, ExportError},
    findings::Findings,
    rows::{Comparison, Source},
    state::{Counts, Listing},
};

/// The kinds of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Makes the rows of the view: filters and sorts.
    Arrange,
    /// Finds a row.
    Find,
    /// Looks the whole source over.
    Audit,
    /// Compares two files.
    Compare,
    /// Counts IDs over time.
    Count,
    /// Writes rows to a file.
    Export,
}

/// A job, as data.
#[derive(Debug, Clone)]
pub enum Task {
    /// The rows of a view.
    Arrange(Order, Chosen),
    /// The next row of a listing that is looked for.
    Find(Search),
    /// The figures and flaws of all rows; those of a later time than the one given lie in the future.
    Audit(Timestamp),
    /// How the rows of two files are related.
    Compare,
    /// The IDs of so many parts of a stretch of time.
    Count(RangeInclusive<Timestamp>, usize),
    /// Rows into a file.
    Export(Export),
}

/// The order that rows are wanted in.
#[derive(Debug, Clone)]
pub enum Order {
    /// As in the source.
    Position(Direction),
    /// By ID.
    Id(Direction),
    /// By what an expression comes to.
    Value(Box<Expression>, Direction),
}

/// Which rows are wanted.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// All of them.
    All,
    /// These.
    These(RowSet),
    /// Those whose ID has as many low bits in common with another ID.
    SharedRandomness(u32),
    /// Those with an ID of these times.
    Times(RangeInclusive<Timestamp>),
    /// Those that meet a condition.
    Query(Box<Query>),
}

/// A search through a listing.
#[derive(Debug, Clone)]
pub struct Search {
    /// The rows and their order.
    pub listing: Listing,
    /// Where it begins; this place is the last to be looked at.
    pub from: usize,
    /// Whether it goes up.
    pub upwards: bool,
    /// What is looked for.
    pub needle: Needle,
}

/// What a search looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needle {
    /// A text in the row, in either case.
    Text(String),
    /// An ID of this time or a later one.
    Time(Timestamp),
}

/// What a job brings back.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Rows in a new order.
    Arranged(Arc<RowOrder>),
    /// The place of the row looked for, if there is one.
    Found(Option<usize>),
    /// What the source is like.
    Audited(Arc<Findings>),
    /// How the rows of two files are related.
    Compared(Arc<Comparison>),
    /// How many IDs were made when.
    Counted(Arc<Counts>),
    /// So many rows were written.
    Exported(usize),
}

/// How a job ended.
pub type Finished = Result<Outcome, JobError>;

/// Why a job brings nothing back.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Somebody asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The source can no longer be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no order of so many rows.
    #[error(transparent)]
    Order(OrderError),
    /// The temporary file that an order goes through failed.
    #[error("the rows cannot be sorted: {0}")]
    Sort(io::Error),
    /// An order by a column takes memory for each row.
    #[error("sorting {rows} rows so takes more memory than --mem allows")]
    Memory {
        /// The rows there are.
        rows: usize,
    },
    /// The file was not made.
    #[error("nothing is exported: {0}")]
    Export(#[from] ExportError),
}

impl From<ScanError> for JobError {
    fn from(error: ScanError) -> JobError {
        match error {
            ScanError::Cancelled(cancelled) => JobError::Cancelled(cancelled),
            ScanError::Read(error) => JobError::Read(error),
        }
    }
}

impl From<SortError> for JobError {
    fn from(error: SortError) -> JobError {
        match error {
            SortError::Scan(error) => error.into(),
            SortError::Order(error) => error.into(),
            SortError::Temporary(error) => JobError::Sort(error),
        }
    }
}

impl From<SelectError> for JobError {
    fn from(error: SelectError) -> JobError {
        match error {
            SelectError::Scan(error) => error.into(),
            SelectError::Order(error) => error.into(),
        }
    }
}

impl From<OrderError> for JobError {
    fn from(error: OrderError) -> JobError {
        match error {
            OrderError::Cancelled(cancelled) => JobError::Cancelled(cancelled),
            other => JobError::Order(other),
        }
    }
}

impl Task {
    /// The slot it runs in.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Task::Arrange(..) => Kind::Arrange,
            Task::Find(_) => Kind::Find,
            Task::Audit(_) => Kind::Audit,
            Task::Compare => Kind::Compare,
            Task::Count(..) => Kind::Count,
            Task::Export(_) => Kind::Export,
        }
    }

    /// What the status line calls it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Task::Arrange(Order::Id(_) | Order::Value(..), _) => "sorting",
            Task::Arrange(Order::Position(_), _) => "filtering",
            Task::Find(_) => "searching",
            Task::Audit(_) => "looking the file over",
            Task::Compare => "comparing",
            Task::Count(..) => "counting",
            Task::Export(_) => "exporting",
        }
    }

    /// Does the work, in the calling thread.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled or the source can no longer be read, and for a failed export.
    pub fn run(&self, source: &Source, progress: &Progress) -> Finished {
        match self {
            Task::Arrange(order, chosen) => {
                let rows = arrange(source, order, chosen, progress)?;
                let rows = rows.unwrap_or_else(|| Vec::new().into());
                Ok(Outcome::Arranged(Arc::new(rows)))
            }
            Task::Find(search) => search.run(source, progress).map(Outcome::Found),
            Task::Audit(now) => {
                let findings = source.audit(*now, progress)?;
                Ok(Outcome::Audited(Arc::new(findings)))
            }
            Task::Compare => {
                let comparison = source.compare(progress)?;
                Ok(Outcome::Compared(Arc::new(comparison)))
            }
            Task::Count(times, parts) => {
                let counts = source.count_times(times, *parts, progress)?;
                Ok(Outcome::Counted(Arc::new(counts)))
            }
            Task::Export(export) => export.run(source, progress).map(Outcome::Exported),
        }
    }
}

/// The chosen rows in an order; nothing where that is just all rows by position.
///
/// # Errors
///
/// [`JobError`] where `progress` is cancelled or the source can no longer be read.
pub fn arrange(
    source: &Source,
    order: &Order,
    chosen: &Chosen,
    progress: &Progress,
) -> Result<Option<RowOrder>, JobError> {
    let rows = match chosen {
        Chosen::All => None,
        Chosen::These(rows) => Some(rows.clone()),
        Chosen::Query(query) => Some(source.select(query, progress)?),
        Chosen::SharedRandomness(bits) => Some(source.sharing_bits(*bits, progress)?),
        Chosen::Times(times) => Some(source.choose(progress, |row| {
            row.id.is_ok_and(|id| times.contains(&Timestamp::of(id)))
        })?),
    };
    Ok(match order {
        Order::Id(direction) => Some(source.order_by_id(*direction, rows.as_ref(), progress)?),
        Order::Value(by, direction) => {
            let mut ordered = source.order_by(by, *direction, progress)?;
            if let Some(rows) = rows {
                ordered.retain(|&row| rows.contains(u64::from(row)));
            }
            Some(ordered.into())
        }
        Order::Position(direction) => rows.map(|rows| {
            let ascending = rows.iter().filter_map(|row| u32::try_from(row).ok());
            let ordered: Vec<u32> = match direction {
                Direction::Ascending => ascending.collect(),
                Direction::Descending => ascending.rev().collect(),
            };
            ordered.into()
        }),
    })
}

impl Search {
    /// Goes once round the listing. The place it began at comes last.
    fn run(&self, source: &Source, progress: &Progress) -> Result<Option<usize>, JobError> {
        const AT_ONCE: usize = 1024;
        let count = self.listing.len();
        progress.set_total(count as u64);
        let mut gone = 0;
        while gone < count {
            let step = AT_ONCE.min(count - gone);
            let (first, step) = self.stretch(gone, step, count);
            let rows = source.rows_of(&self.listing, first, step)?;
            let hit = if self.upwards {
                rows.iter().rposition(|row| self.needle.is_in(row))
            } else {
                rows.iter().position(|row| self.needle.is_in(row))
            };
            if let Some(hit) = hit {
                return Ok(Some(first + hit));
            }
            gone += step;
            progress.advance(step as u64)?;
        }
        Ok(None)
    }

    /// The next places to look at: the first of them and how many, not going over an end of the listing.
    fn stretch(&self, gone: usize, step: usize, count: usize) -> (usize, usize) {
        if self.upwards {
            // from the place above, up to the first, then from the last
            let end = (self.from + count - gone - 1) % count + 1;
            let step = step.min(end);
            (end - step, step)
        } else {
            let first = (self.from + 1 + gone) % count;
            (first, step.min(count - first))
        }
    }
}

impl Needle {
    fn is_in(&self, row: &Row) -> bool {
        match self {
            Needle::Text(text) => contains_ignoring_case(&row.text, text.as_bytes()),
            Needle::Time(time) => row.id.is_ok_and(|id| Timestamp::of(id) >= *time),
        }
    }
}

fn contains_ignoring_case(text: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty()
        && text
            .windows(needle.len())
            .any(|part| part.eq_ignore_ascii_case(needle))
}

/// A job that runs now.
#[derive(Debug)]
pub struct Running {
    /// Its kind.
    pub kind: Kind,
    /// What the status line calls it.
    pub title: &'static str,
    /// How far it has come.
    pub progress: Arc<Progress>,
    /// When it began.
    pub since: Instant,
    generation: u64,
}

/// The jobs that run now.
#[derive(Debug)]
pub struct Jobs {
    running: Vec<Running>,
    generation: u64,
    events: Sender<Event>,
}

impl Jobs {
    /// No jobs yet; what they bring back goes to `events`.
    #[must_use]
    pub fn new(events: Sender<Event>) -> Jobs {
        Jobs {
            running: Vec::new(),
            generation: 0,
            events,
        }
    }

    /// Starts a job, and cancels the one of its kind that may be running.
    pub fn start(&mut self, task: Task, source: &Source) {
        let kind = task.kind();
        self.cancel(kind);
        self.generation += 1;
        let generation = self.generation;
        let progress = Arc::new(Progress::new());
        self.running.push(Running {
            kind,
            title: task.title(),
            progress: Arc::clone(&progress),
            since: Instant::now(),
            generation,
        });
        let (source, events) = (source.clone(), self.events.clone());
        thread::spawn(move || {
            background::give_way();
            let finished = task.run(&source, &progress);
            // A closed channel means that the browser has ended, and nobody waits for the outcome.
            let _ = events.send(Event::Job {
                kind,
                generation,
                finished,
            });
        });
    }

    /// Ends the job of a kind, if one runs.
    pub fn cancel(&mut self, kind: Kind) {
        self.running.retain(|job| {
            let other = job.kind != kind;
            if !other {
                job.progress.cancel();
            }
            other
        });
    }

    /// Ends every job.
    pub fn cancel_all(&mut self) {
        for job in self.running.drain(..) {
            job.progress.cancel();
        }
    }

    /// Takes note that a job ended. Says whether it is still the newest of its kind, whose outcome counts.
    pub fn finish(&mut self, kind: Kind, generation: u64) -> bool {
        let before = self.running.len();
        self.running
            .retain(|job| job.kind != kind || job.generation != generation);
        self.running.len() < before
    }

    /// The jobs that run now, oldest first.
    #[must_use]
    pub fn running(&self) -> &[Running] {
        &self.running
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.cancel_all();
    }
}
