//! Slow work, in threads of their own.
//!
//! There is one slot for each kind of job. A new job of a kind cancels the one before it, and its generation number
//! makes the loop drop what the old one may still send.
//!
//! Results that a growing source makes out of date are found again in the background: by jobs that wait for their forerunner, then
//! rest, so that they take a fifth of the time at most, and of which the user is told nothing.

mod error;
mod search;
mod task;

pub(crate) use error::JobError;
pub(crate) use search::Search;
pub(crate) use task::{Arrange, Arranged, Drifting, Finished, Outcome, Task};

use std::{
    collections::HashMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use ulid_engine::{
    background::{give_memory_back, give_way},
    progress::Progress,
};

use crate::rows::Source;

/// How long the browser takes to show what a job brought back, and more.
const MOMENT: Duration = Duration::from_millis(100);

/// How many times as long as a job took, one that renews its outcome rests.
const REST: u32 = 4;

/// The kinds of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Makes the rows of the view: filters and sorts.
    Arrange,
    /// Finds a row.
    Find,
    /// Counts the rows with what is searched for.
    Hits,
    /// Looks the whole source over.
    Audit,
    /// Compares two files.
    Compare,
    /// Counts IDs over time.
    Count,
    /// Counts IDs by day and hour, or by another time.
    Clocks,
    /// Counts the values of an expression.
    Tally,
    /// Counts the values of an expression among the first rows.
    Glance,
    /// Looks closer at values that were counted.
    Closer,
    /// Reads the first and the last time.
    Bounds,
    /// Looks for what can be repaired.
    Repairs,
    /// Writes rows to a file.
    Export,
}

/// A job that runs now.
#[derive(Debug)]
pub(crate) struct Running {
    /// Its kind.
    pub kind: Kind,
    /// Its name in the status line.
    pub title: &'static str,
    /// How far it has come.
    pub progress: Arc<Progress>,
    /// When it began, or will after its rest.
    pub since: Instant,
    generation: u64,
    /// True if it only renews what is there, which concerns nobody.
    quiet: bool,
}

/// The end of a job.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its kind.
    pub kind: Kind,
    /// Its number; one that was overtaken by a newer job of its kind is dropped.
    pub generation: u64,
    /// Its outcome.
    pub finished: Finished,
}

/// Takes the end of each job, in the job's own thread.
type Tell = Arc<dyn Fn(Ended) + Send + Sync>;

/// The jobs that run now.
pub(crate) struct Jobs {
    running: Vec<Running>,
    /// Until when those that renew an outcome rest, for each kind that brought one back.
    rest: HashMap<Kind, Instant>,
    generation: u64,
    tell: Tell,
}

impl Jobs {
    /// No jobs yet; `tell` takes the end of each, in the job's own thread.
    #[must_use]
    pub(crate) fn new(tell: impl Fn(Ended) + Send + Sync + 'static) -> Jobs {
        Jobs {
            running: Vec::new(),
            rest: HashMap::new(),
            generation: 0,
            tell: Arc::new(tell),
        }
    }

    /// Starts a job, and cancels the one of its kind that may be running.
    pub(crate) fn start(&mut self, task: Task, source: &Source) {
        self.cancel(task.kind());
        self.spawn(task, source, Duration::ZERO, false);
    }

    /// Starts a job whose outcome is there already, but of fewer rows, unless one of its kind is running. It rests first. Where
    /// there is no outcome yet, it starts as any other.
    pub(crate) fn renew(&mut self, task: Task, source: &Source) {
        let kind = task.kind();
        if self.running.iter().all(|job| job.kind != kind) {
            let rest = self.rest.get(&kind);
            let left = rest.map(|end| end.saturating_duration_since(Instant::now()));
            self.spawn(task, source, left.unwrap_or_default(), rest.is_some());
        }
    }

    fn spawn(&mut self, task: Task, source: &Source, rest: Duration, quiet: bool) {
        let kind = task.kind();
        self.generation += 1;
        let generation = self.generation;
        let progress = Arc::new(Progress::new());
        self.running.push(Running {
            kind,
            title: task.title(),
            progress: Arc::clone(&progress),
            since: Instant::now() + rest,
            generation,
            quiet,
        });
        let (source, tell) = (source.clone(), Arc::clone(&self.tell));
        thread::spawn(move || {
            thread::sleep(rest);
            give_way();
            let finished = task.run(&source, &progress);
            tell(Ended {
                kind,
                generation,
                finished,
            });
            // once the browser has taken it in
            thread::sleep(MOMENT);
            give_memory_back();
        });
    }

    /// Ends the job of a kind, if one runs. The next one of the kind starts as the first.
    pub(crate) fn cancel(&mut self, kind: Kind) {
        self.rest.remove(&kind);
        self.running.retain(|job| {
            let other = job.kind != kind;
            if !other {
                job.progress.cancel();
            }
            other
        });
    }

    /// Ends every job that the user is told of.
    pub(crate) fn cancel_shown(&mut self) {
        self.running.retain(|job| {
            if !job.quiet {
                job.progress.cancel();
            }
            job.quiet
        });
    }

    /// Takes note that a job ended. Says whether it is still the newest of its kind, whose outcome counts.
    pub(crate) fn finish(&mut self, kind: Kind, generation: u64) -> bool {
        let is_it = |job: &Running| job.kind == kind && job.generation == generation;
        let Some(at) = self.running.iter().position(is_it) else {
            return false;
        };
        let took = self.running.remove(at).since.elapsed();
        self.rest.insert(kind, Instant::now() + took * REST);
        true
    }

    /// The job that the user is told of, if one runs.
    #[must_use]
    pub(crate) fn shown(&self) -> Option<&Running> {
        self.running.iter().rfind(|job| !job.quiet)
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        for job in &self.running {
            job.progress.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::{Receiver, unbounded};

    use super::*;

    fn audit() -> Task {
        Task::Audit("2026-11-30".parse().unwrap())
    }

    /// The generation of the next job that is done.
    fn done(inbox: &Receiver<Ended>) -> u64 {
        inbox.recv().unwrap().generation
    }

    #[test]
    fn what_renews_an_outcome_waits_rests_and_is_not_shown() {
        let (ends, inbox) = unbounded();
        let mut jobs = Jobs::new(move |ended| ends.send(ended).unwrap());
        let source = Source::sample();
        jobs.renew(audit(), &source);
        assert!(jobs.shown().is_some(), "there was nothing to renew yet");
        // another one does not take the place of the first
        jobs.renew(audit(), &source);
        assert!(jobs.finish(Kind::Audit, done(&inbox)));
        assert!(inbox.try_recv().is_err() && jobs.shown().is_none());

        let ended = Instant::now();
        jobs.renew(audit(), &source);
        assert!(jobs.shown().is_none() && jobs.running[0].since > ended);
        // what the user ends is not this
        jobs.cancel_shown();
        let generation = done(&inbox);
        assert!(Instant::now() >= jobs.running[0].since);
        assert!(jobs.finish(Kind::Audit, generation));

        // a job that was asked for waits for nothing, and is shown
        jobs.renew(audit(), &source);
        jobs.start(audit(), &source);
        assert!(jobs.shown().is_some_and(|job| job.since <= Instant::now()));
        jobs.cancel_shown();
        assert!(jobs.shown().is_none() && jobs.running.is_empty());
    }
}
