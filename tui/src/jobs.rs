//! Slow work, in threads of their own.
//!
//! There is one slot for each kind of job. A new job of a kind cancels the one before it, and its generation number
//! makes the loop drop what the old one may still send.

mod error;
mod search;
mod task;

pub use error::JobError;
pub use search::{Needle, Search};
pub use task::{Chosen, Finished, Order, Outcome, Task, arrange};

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::Sender;
use ulid_engine::{
    background::{give_memory_back, give_way},
    progress::Progress,
};

use crate::{event::Event, rows::Source};

/// How long the browser takes to show what a job brought back, and more.
const MOMENT: Duration = Duration::from_millis(100);

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
            give_way();
            let finished = task.run(&source, &progress);
            // A closed channel means that the browser has ended, and nobody waits for the outcome.
            let _ = events.send(Event::Job {
                kind,
                generation,
                finished,
            });
            // once the browser has taken it in
            thread::sleep(MOMENT);
            give_memory_back();
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
