//! Motion of several files: runs in the order of time, and steps of one of them.

use std::sync::Arc;

use dap::types::StoppedEventReason;
use serde_json::{Value, json};
use ulid_engine::progress::Progress;

use super::{Refusal, Run, Threads, Work};
use crate::inspect::scan::{Arrival, Goal, Halt, Together, Way};

/// Place of a file beside its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Stand {
    /// Before the row, which is the next to go by.
    #[default]
    Before,
    /// On the row, at which the program stands.
    On,
    /// Behind the row, which went by last.
    Behind,
}

impl Stand {
    /// The way from a row.
    fn way(self, at: usize, is_back: bool) -> Way {
        match (self, is_back) {
            (Stand::Before, false) => Way::ForwardFrom(at),
            (Stand::On | Stand::Behind, false) => Way::ForwardFrom(at + 1),
            (Stand::Before | Stand::On, true) => Way::BackFrom(at),
            (Stand::Behind, true) => Way::BackFrom(at + 1),
        }
    }
}

impl Threads {
    /// Begins once every file is open and set up: at the first row in time, or with a run from there.
    pub(super) fn enter(&mut self) {
        let are_ready = self.files.iter().all(|file| file.session.has_begun);
        if self.is_alone() || !are_ready {
            return;
        }
        for file in &mut self.files {
            file.session.has_begun = false;
            file.stand = Stand::Before;
            (file.exit_code, file.has_ended) = (None, false);
        }
        if !self.stops_on_entry {
            return self.run(false);
        }
        let times = self.files.iter().enumerate();
        let first = times.min_by_key(|(number, file)| (file.session.first_time(), *number));
        let first = first.map_or(0, |(number, _)| number);
        self.with(first, |session| {
            session.land(0, StoppedEventReason::Entry);
            session.take_turn()
        });
    }

    /// Continues all files, forwards or back.
    pub(super) fn go_on(&mut self, request: &Value, command: &str) {
        let thread = request["arguments"]["threadId"].as_i64().unwrap_or(0);
        let is_known = self.numbers().of_thread(thread).is_some();
        if !is_known {
            let refusal = Refusal::ThreadOf(thread, self.files.len());
            return self.refuse(request, refusal);
        }
        let mut files = self.files.iter().filter(|file| !file.has_ended);
        if self.run.is_some() || !files.all(|file| file.session.is_standing()) {
            return self.refuse(request, Refusal::NotStopped);
        }
        let is_back = command == "reverseContinue";
        let body = (!is_back).then(|| json!({ "allThreadsContinued": true }));
        self.succeed(request, body);
        let all_at_end = |file: &super::File| file.has_ended || file.session.is_at_end();
        if !is_back && self.files.iter().all(all_at_end) {
            return self.end();
        }
        self.run(is_back);
    }

    fn end(&mut self) {
        for file in 0..self.files.len() {
            if self.files.get(file).is_some_and(|file| !file.has_ended) {
                self.with(file, |session| {
                    session.end();
                    session.take_turn()
                });
            }
        }
    }

    fn run(&mut self, is_back: bool) {
        let scans = self.files.iter_mut().map(|file| {
            let stand = file.stand;
            let lead = |at| (stand.way(at, is_back), Goal::Farthest);
            (!file.has_ended).then(|| file.session.lead(lead)).flatten()
        });
        let together = Together {
            scans: scans.collect(),
        };
        let progress = Arc::new(Progress::new());
        self.runs += 1;
        self.run = Some(Run {
            number: self.runs,
            is_back,
            progress: progress.clone(),
        });
        self.turn
            .jobs
            .push((Work::Together(self.runs, together), progress));
    }

    /// The run through all files is over.
    pub(super) fn arrived(&mut self, number: u64, arrival: Arrival) {
        // one that was dropped leads nowhere
        let Some(run) = self.run.take_if(|run| run.number == number) else {
            return;
        };
        let Arrival { first, mut halts } = arrival;
        // one that has ended stands nowhere
        let stands = |number: &usize| halts.get(*number).is_some_and(Option::is_some);
        let any = halts.iter().position(Option::is_some);
        let first = first.or(Some(self.focus).filter(stands)).or(any);
        let first = first.unwrap_or_default();
        let stop = halts.get_mut(first).and_then(Option::take);
        for (number, halt) in halts.iter().enumerate() {
            if let Some(halt) = halt {
                self.put(number, halt, run.is_back);
            }
        }
        let Some(stop) = stop else {
            return;
        };
        let still_stops = |file: &super::File| file.session.still_stops(&stop);
        if self.files.get(first).is_some_and(still_stops) {
            self.with(first, |session| {
                session.halted(stop);
                session.take_turn()
            });
        } else {
            // what stopped it was taken away just now
            self.put(first, &stop, run.is_back);
            self.run(run.is_back);
        }
    }

    /// Has a file stand where a run has held it.
    fn put(&mut self, number: usize, halt: &Halt, is_back: bool) {
        let Some(file) = self.files.get_mut(number) else {
            return;
        };
        let before = file.session.place();
        file.session.put_at(halt.at());
        let has_moved = before != Some(halt.at());
        file.stand = match (halt, file.stand) {
            (Halt::Start, _) => Stand::Before,
            (Halt::End { .. }, _) => Stand::On,
            // no row went by
            (Halt::Paused { .. }, stand) if !has_moved && stand != Stand::On => stand,
            (_, _) if is_back => Stand::Before,
            _ => Stand::Behind,
        };
    }

    /// A file has stopped by itself.
    pub(super) fn stopped_at(&mut self, number: usize) {
        self.focus = number;
        if let Some(file) = self.files.get_mut(number) {
            file.stand = Stand::On;
        }
    }

    /// A step of one file.
    pub(super) fn step(&mut self, number: usize, request: &Value, command: &str) {
        let stand = self.files.get(number).map(|file| file.stand);
        let goes = matches!(command, "next" | "stepIn");
        let standing =
            |file: &super::File| file.session.is_standing().then(|| file.session.place());
        let at = self.files.get(number).and_then(standing).flatten();
        match at.filter(|_| goes && stand == Some(Stand::Before)) {
            // its row has not gone by
            Some(at) => {
                self.succeed(request, None);
                self.with(number, |session| {
                    session.land(at, StoppedEventReason::Step);
                    session.take_turn()
                });
            }
            None => self.send(number, request),
        }
    }

    pub(super) fn pause(&mut self, request: &Value) {
        let thread = request["arguments"]["threadId"].as_i64().unwrap_or(0);
        let Some(number) = self.numbers().of_thread(thread) else {
            let refusal = Refusal::ThreadOf(thread, self.files.len());
            return self.refuse(request, refusal);
        };
        if self.run.is_some() {
            self.cancel_run();
            return self.succeed(request, None);
        }
        let mut own = request.clone();
        own["arguments"]["threadId"] = json!(1);
        self.send(number, &own);
    }

    /// Gives up the run through all files, of which nothing is told.
    pub(super) fn drop_run(&mut self) {
        self.cancel_run();
        self.run = None;
    }

    /// Asks the run through all files to end.
    pub(super) fn cancel_run(&self) {
        if let Some(run) = &self.run {
            run.progress.cancel();
        }
    }
}
