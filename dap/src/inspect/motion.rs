//! From row to row, forwards and backwards.

use dap::{
    requests::RestartFrameArguments,
    responses::{ContinueResponse, ResponseBody},
    types::StoppedEventReason,
};

use ulid_engine::dataset::Row;

use super::{
    breakpoints::Kind,
    evaluate::text_of,
    job::Job,
    program::Phase,
    refusal::Refusal,
    scan::{Goal, Halt, Scan, Way},
    session::{Answer, Reply, Session, check_thread},
};

impl Session {
    pub(super) fn next(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        let table = &self.program()?.table;
        let next = at + 1;
        if table.is_end(at) {
            self.end();
        } else if next < table.end() || table.is_end(next) {
            self.step_to(next);
        } else {
            // a stream has not brought it yet
            self.run(Way::ForwardFrom(next), Goal::Next);
        }
        Ok(Reply::Empty)
    }

    /// Undoes [`Session::next`]. Nothing lies before the first row.
    pub(super) fn step_back(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        self.step_to(at.saturating_sub(1));
        Ok(Reply::Empty)
    }

    /// To the next row of the same millisecond; where none follows, to the next row.
    pub(super) fn step_in(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        let table = &self.program()?.table;
        let ms = |row: &Row| row.id.ok().map(|id| id.timestamp_ms());
        let rows = table.rows(at, REACH)?;
        let own = rows.first().and_then(ms);
        // rows without a ULID may lie between
        let next = rows.iter().skip(1).find(|row| ms(row).is_some());
        if let Some(next) = next.filter(|next| own.is_some() && ms(next) == own) {
            self.step_to(next.index);
            return Ok(Reply::Empty);
        }
        self.next(thread)
    }

    /// To the next row of another millisecond. Breakpoints on the way stop it.
    pub(super) fn step_out(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        match self.program()?.table.id(at)? {
            None => self.next(thread),
            Some(id) => {
                let ms = id.timestamp_ms();
                self.run(Way::ForwardFrom(at + 1), Goal::Leave { ms });
                Ok(Reply::Empty)
            }
        }
    }

    pub(super) fn resume(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        if self.program()?.table.is_end(at) {
            self.end();
        } else {
            self.run(Way::ForwardFrom(at + 1), Goal::Farthest);
        }
        Ok(Reply::Body(ResponseBody::Continue(ContinueResponse {
            all_threads_continued: Some(true),
        })))
    }

    pub(super) fn reverse(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        self.run(Way::BackFrom(at), Goal::Farthest);
        Ok(Reply::Empty)
    }

    pub(super) fn pause(&mut self, thread: i64) -> Answer {
        check_thread(thread)?;
        self.program()?;
        self.cancel_runs();
        Ok(Reply::Empty)
    }

    /// Back to the first row of a frame: of the millisecond, the hour, the day.
    pub(super) fn restart_frame(&mut self, arguments: &RestartFrameArguments) -> Answer {
        self.standing()?;
        let frame = self.frame(arguments.frame_id)?;
        if !frame.is_whole() {
            return Err(Refusal::Begin);
        }
        let row = frame.row();
        self.stand_at(row, StoppedEventReason::String("restart".to_owned()));
        Ok(Reply::Empty)
    }

    /// Runs from the start of the file, whose first row may stop it.
    pub(super) fn run_from_entry(&mut self) {
        self.run(Way::ForwardFrom(0), Goal::Farthest);
    }

    /// The row where the program stands and that is about to be left.
    fn leave(&self, thread: i64) -> Result<usize, Refusal> {
        check_thread(thread)?;
        self.standing().map(|program| program.at)
    }

    fn step_to(&mut self, at: usize) {
        self.stand_at(at, StoppedEventReason::Step);
    }

    /// Moves without passing over what lies between.
    pub(super) fn stand_at(&mut self, at: usize, reason: StoppedEventReason) {
        let Some(program) = &mut self.program else {
            return;
        };
        program.at = at;
        let at_end = program.table.is_end(at);
        self.stopped(reason, at_end.then_some(END), Vec::new());
    }

    /// Lets the rows go by.
    fn run(&mut self, way: Way, goal: Goal) {
        let stops = self.breakpoints.stops();
        let Some(program) = &mut self.program else {
            return;
        };
        program.phase = Phase::Running;
        let scan = Scan::new(program.table.clone(), way, goal, stops);
        self.start(Job::Scan(scan), None);
    }

    /// The program has come to stand.
    pub(super) fn halted(&mut self, halt: Halt) {
        let Some(program) = &mut self.program else {
            return;
        };
        // a pause can come after the end
        if program.phase != Phase::Running {
            return;
        }
        let mut ids = Vec::new();
        let (at, reason, description) = match halt {
            Halt::Stopped { at, hits } => {
                ids.extend(hits.iter().map(|&(_, id)| id));
                (
                    at,
                    hits.first()
                        .map_or(StoppedEventReason::Breakpoint, |&(kind, _)| reason(kind)),
                    None,
                )
            }
            Halt::Reached { at } => (at, StoppedEventReason::Step, None),
            Halt::Start => (0, StoppedEventReason::Entry, Some(START.to_owned())),
            Halt::End { at } => (at, StoppedEventReason::Step, Some(END.to_owned())),
            Halt::Paused { at } => (at, StoppedEventReason::Pause, None),
            Halt::Failed { at, reason } => (at, StoppedEventReason::Exception, Some(reason)),
        };
        program.at = at;
        program.phase = Phase::Stopped;
        self.stopped(reason, description.as_deref(), ids);
    }

    /// Writes what log points have met.
    pub(super) fn logged(&mut self, logged: &[(usize, i64)]) {
        for &(row, id) in logged {
            let line = self
                .log_line(row, id)
                .unwrap_or_else(|refusal| refusal.to_string());
            self.write(row, &(line + "\n"));
        }
    }

    /// The message of a log point, with the values of the names in braces: `{time} {id}`.
    fn log_line(&self, row: usize, id: i64) -> Result<String, Refusal> {
        let message = self.breakpoints.log_message(id).unwrap_or_default();
        let table = &self.program()?.table;
        let mut line = String::new();
        let mut rest = message;
        while let Some((text, tail)) = rest.split_once('{') {
            line += text;
            let Some((name, tail)) = tail.split_once('}') else {
                line.push('{');
                rest = tail;
                break;
            };
            let value = text_of(table, row, name.trim(), (self.clock)());
            line += &value.unwrap_or_else(|_| format!("{{{name}}}"));
            rest = tail;
        }
        Ok(line + rest)
    }
}

/// The reason as clients know it.
fn reason(kind: Kind) -> StoppedEventReason {
    match kind {
        Kind::Flaw => StoppedEventReason::Exception,
        Kind::Line => StoppedEventReason::Breakpoint,
        // the crate spells these two in another way than the protocol
        Kind::Function => StoppedEventReason::String("function breakpoint".to_owned()),
        Kind::Data => StoppedEventReason::String("data breakpoint".to_owned()),
    }
}

const START: &str = "Start of file";
const END: &str = "End of file";

/// Rows without a ULID that a step into a millisecond passes over.
const REACH: usize = 1_000;
