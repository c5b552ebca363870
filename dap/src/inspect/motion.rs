//! From row to row, forwards and backwards.

use dap::{
    responses::{ContinueResponse, ResponseBody},
    types::StoppedEventReason,
};

use super::{
    job::Job,
    program::Phase,
    refusal::Refusal,
    scan::{Halt, Scan, Way},
    session::{Answer, Reply, Session, check_thread},
};

impl Session {
    pub(super) fn next(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        match self.program()?.end().checked_sub(at) {
            None | Some(0) => self.end(),
            Some(_) => self.step_to(at + 1),
        }
        Ok(Reply::Empty)
    }

    pub(super) fn resume(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        if at == self.program()?.end() {
            self.end();
        } else {
            self.run(at + 1, Way::Forward);
        }
        Ok(Reply::Body(ResponseBody::Continue(ContinueResponse {
            all_threads_continued: Some(true),
        })))
    }

    /// Undoes [`Session::next`]. Nothing lies before the first row.
    pub(super) fn step_back(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        self.step_to(at.saturating_sub(1));
        Ok(Reply::Empty)
    }

    pub(super) fn reverse(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        self.run(at, Way::Back);
        Ok(Reply::Empty)
    }

    pub(super) fn pause(&mut self, thread: i64) -> Answer {
        check_thread(thread)?;
        self.program()?;
        self.cancel_all();
        Ok(Reply::Empty)
    }

    /// Runs from the start of the file, whose first row may stop it.
    pub(super) fn run_from_entry(&mut self) {
        self.run(0, Way::Forward);
    }

    /// The row where the program stands and that is about to be left.
    fn leave(&self, thread: i64) -> Result<usize, Refusal> {
        check_thread(thread)?;
        self.standing().map(|program| program.at)
    }

    fn step_to(&mut self, at: usize) {
        let Some(program) = &mut self.program else {
            return;
        };
        program.at = at;
        let at_end = at == program.end();
        self.stopped(
            StoppedEventReason::Step,
            at_end.then_some("End of file"),
            Vec::new(),
        );
    }

    /// Lets the rows go by: those from `bound` on, or those before it.
    fn run(&mut self, bound: usize, way: Way) {
        let stops = self.breakpoints.stops();
        let Some(program) = &mut self.program else {
            return;
        };
        program.phase = Phase::Running;
        let rows = match way {
            Way::Forward => bound..program.end(),
            Way::Back => 0..bound,
        };
        let scan = Scan { rows, way, stops };
        self.start(Job::Scan(scan), None);
    }

    /// The program has come to stand.
    pub(super) fn halted(&mut self, halt: Halt) {
        let Some(program) = &mut self.program else {
            return;
        };
        let (at, reason, description, ids) = match halt {
            Halt::Line { at, ids } => (at, StoppedEventReason::Breakpoint, None, ids),
            Halt::Start => (
                0,
                StoppedEventReason::Entry,
                Some("Start of file"),
                Vec::new(),
            ),
            Halt::End => (
                program.end(),
                StoppedEventReason::Step,
                Some("End of file"),
                Vec::new(),
            ),
            Halt::Paused { at } => (at, StoppedEventReason::Pause, None, Vec::new()),
        };
        program.at = at;
        program.phase = Phase::Stopped;
        self.stopped(reason, description, ids);
    }
}
