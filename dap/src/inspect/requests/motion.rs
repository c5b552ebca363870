//! From row to row, forwards and backwards.

use dap::{
    requests::RestartFrameArguments,
    responses::{ContinueResponse, ResponseBody},
    types::StoppedEventReason,
};

use ulid_engine::{dataset::Row, progress::Progress};

use crate::inspect::{
    breakpoints::{LogMessage, Part},
    job::Job,
    meaning::text_of,
    program::Phase,
    refusal::Refusal,
    run::Run,
    scan::{Goal, Halt, Kind, Scan, Way, time_of_row},
    session::{Answer, Reply, Session, check_thread},
};

impl Session {
    pub(in crate::inspect) fn next(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        if self.program()?.table.is_end(at) {
            self.end();
        } else {
            self.step(Way::ForwardFrom(at + 1), at + 1);
        }
        Ok(Reply::Empty)
    }

    /// Undoes [`Session::next`]. Nothing lies before the first row.
    pub(in crate::inspect) fn step_back(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        match at.checked_sub(1) {
            Some(before) => self.step(Way::BackFrom(at), before),
            None => self.stopped(StoppedEventReason::Step, None, Vec::new()),
        }
        Ok(Reply::Empty)
    }

    /// To the next row of the same millisecond; where none follows, to the next row. Breakpoints on the way stop it.
    pub(in crate::inspect) fn step_in(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        let table = &self.program()?.table;
        let ms = |row: &Row| row.id.ok().map(|id| id.timestamp_ms());
        let rows = table.rows(at, REACH)?;
        let own = rows.first().and_then(ms);
        // rows without a ULID may lie between
        let next = rows.iter().skip(1).find(|row| ms(row).is_some());
        match next.filter(|next| own.is_some() && ms(next) == own) {
            Some(next) => {
                let goal = next.index;
                self.step(Way::ForwardFrom(at + 1), goal);
                Ok(Reply::Empty)
            }
            None => self.next(thread),
        }
    }

    /// To the next row of another millisecond. Breakpoints on the way stop it.
    pub(in crate::inspect) fn step_out(&mut self, thread: i64) -> Answer {
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

    pub(in crate::inspect) fn resume(&mut self, thread: i64) -> Answer {
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

    pub(in crate::inspect) fn reverse(&mut self, thread: i64) -> Answer {
        let at = self.leave(thread)?;
        self.run(Way::BackFrom(at), Goal::Farthest);
        Ok(Reply::Empty)
    }

    pub(in crate::inspect) fn pause(&mut self, thread: i64) -> Answer {
        check_thread(thread)?;
        self.program()?;
        self.cancel_runs();
        Ok(Reply::Empty)
    }

    /// Back to the first row of a frame: of the millisecond, the hour, the day.
    pub(in crate::inspect) fn restart_frame(
        &mut self,
        arguments: &RestartFrameArguments,
    ) -> Answer {
        self.standing()?;
        let frame = self.frame(arguments.frame_id)?;
        if !frame.is_whole() {
            return Err(Refusal::Begin);
        }
        let row = frame.row();
        self.land(row, StoppedEventReason::String("restart".to_owned()));
        Ok(Reply::Empty)
    }

    /// Runs from the start of the file, whose first row may stop it.
    pub(in crate::inspect) fn run_from_entry(&mut self) {
        self.run(Way::ForwardFrom(0), Goal::Farthest);
    }

    /// The row where the program stands and that is about to be left.
    fn leave(&self, thread: i64) -> Result<usize, Refusal> {
        check_thread(thread)?;
        self.standing().map(|program| program.at)
    }

    fn step(&mut self, way: Way, goal: usize) {
        self.run(way, Goal::Row(goal));
    }

    /// Moves to a row without passing over what lies between. What is set on it is met as on any other way.
    pub(in crate::inspect) fn land(&mut self, row: usize, reason: StoppedEventReason) {
        self.go(Run {
            way: Way::ForwardFrom(row),
            goal: Goal::Row(row),
            reason,
        });
    }

    /// Lets the rows go by.
    fn run(&mut self, way: Way, goal: Goal) {
        self.go(Run {
            way,
            goal,
            reason: StoppedEventReason::Step,
        });
    }

    /// Begins a run, which is over at once where it is short.
    fn go(&mut self, run: Run) {
        let live = self.breakpoints.live();
        let Some(program) = &mut self.program else {
            return;
        };
        program.phase = Phase::Running;
        let scan = Scan::new(program.table.clone(), run.way, run.goal, live);
        self.run = Some(run);
        if !scan.is_short() {
            self.start(Job::Scan(scan), None);
            return;
        }
        let mut logged = Vec::new();
        let halt = scan.run(&Progress::new(), &mut |rows| logged.extend(rows));
        self.logged(&logged);
        self.halted(halt);
    }

    /// Lets the rows go by in a run that another makes; none where the program does not stand.
    pub(in crate::inspect) fn lead(
        &mut self,
        way: impl FnOnce(usize) -> (Way, Goal),
    ) -> Option<Scan> {
        let live = self.breakpoints.live();
        let program = self.program.as_mut()?;
        if program.phase != Phase::Stopped {
            return None;
        }
        program.phase = Phase::Running;
        let (way, goal) = way(program.at);
        let scan = Scan::new(program.table.clone(), way, goal, live);
        self.run = None;
        Some(scan)
    }

    /// Stands at a row to which such a run has led, and says nothing of it.
    pub(in crate::inspect) fn put_at(&mut self, at: usize) {
        if let Some(program) = &mut self.program
            && program.phase == Phase::Running
        {
            program.at = at;
            program.phase = Phase::Stopped;
            self.handles.retire();
            self.tell_left_out();
            self.tell_places();
        }
    }

    /// True if what a run has stopped at is still set.
    pub(in crate::inspect) fn still_stops(&self, halt: &Halt) -> bool {
        match halt {
            Halt::Stopped { hits, .. } => hits.iter().any(|&(_, id)| self.breakpoints.has(id)),
            _ => true,
        }
    }

    /// True if the program stands at a row, or at the end.
    pub(in crate::inspect) fn is_standing(&self) -> bool {
        self.standing().is_ok()
    }

    /// True if it stands at the end of the file.
    pub(in crate::inspect) fn is_at_end(&self) -> bool {
        let program = self.program.as_ref();
        program.is_some_and(|program| program.table.is_end(program.at))
    }

    /// The row where it stands.
    pub(in crate::inspect) fn place(&self) -> Option<usize> {
        self.program.as_ref().map(|program| program.at)
    }

    /// Time of the first row, as a number.
    pub(in crate::inspect) fn first_time(&self) -> u128 {
        let program = self.program.as_ref();
        program.map_or(u128::MAX, |program| time_of_row(&program.table, 0))
    }

    /// The program has come to stand.
    pub(in crate::inspect) fn halted(&mut self, halt: Halt) {
        let Some(program) = &mut self.program else {
            return;
        };
        // a pause can come after the end
        if program.phase != Phase::Running {
            return;
        }
        let run = self.run.take();
        let step = run
            .as_ref()
            .map_or(StoppedEventReason::Step, |run| run.reason.clone());
        let mut ids = Vec::new();
        let (at, reason, description) = match halt {
            Halt::Stopped { at, mut hits } => {
                // what was taken away just now stops nothing
                hits.retain(|&(_, id)| self.breakpoints.has(id));
                let Some(&(kind, _)) = hits.first() else {
                    return self.go_on(run, at);
                };
                ids.extend(hits.iter().map(|&(_, id)| id));
                (at, reason(kind), None)
            }
            Halt::Reached { at } => (at, step, None),
            Halt::Start => (0, StoppedEventReason::Entry, Some(START.to_owned())),
            Halt::End { at } => (at, step, Some(END.to_owned())),
            Halt::Paused { at } => (at, StoppedEventReason::Pause, None),
            Halt::Failed { at, reason } => (at, StoppedEventReason::Exception, Some(reason)),
        };
        program.at = at;
        program.phase = Phase::Stopped;
        self.tell_left_out();
        self.stopped(reason, description.as_deref(), ids);
    }

    /// Goes on from a row at which nothing stops any more.
    fn go_on(&mut self, run: Option<Run>, at: usize) {
        let Some(run) = run else {
            return;
        };
        if run.goal == Goal::Row(at) {
            return self.halt_at(at, run.reason);
        }
        let way = match run.way {
            Way::ForwardFrom(_) => Way::ForwardFrom(at + 1),
            Way::BackFrom(_) => Way::BackFrom(at),
        };
        self.go(Run { way, ..run });
    }

    fn halt_at(&mut self, at: usize, reason: StoppedEventReason) {
        if let Some(program) = &mut self.program {
            program.at = at;
            program.phase = Phase::Stopped;
        }
        self.stopped(reason, None, Vec::new());
    }

    /// Writes what log points have met.
    pub(in crate::inspect) fn logged(&mut self, logged: &[(usize, i64)]) {
        for &(row, id) in logged {
            if !self.breakpoints.has(id) || !self.may_write(id) {
                continue;
            }
            let line = self
                .log_line(row, id)
                .unwrap_or_else(|refusal| refusal.to_string());
            self.write(row, &(line + "\n"));
        }
    }

    /// True if a line may be written: log points of every row write so many a second and no more.
    fn may_write(&mut self, id: i64) -> bool {
        const SECOND_MS: u64 = 1_000;
        if !self.breakpoints.is_of_every_row(id) {
            return true;
        }
        let target = self.program.as_ref().map(|program| &program.target);
        let most = target.map_or(u32::MAX, |target| target.logs_per_second);
        let second = (self.clock)().ms() / SECOND_MS;
        self.throttle.allows(second, most)
    }

    /// Says how many lines were left out since it was said last.
    fn tell_left_out(&mut self) {
        let left_out = std::mem::take(&mut self.throttle.left_out);
        if left_out > 0 {
            self.say(&format!(
                "{left_out} lines of log points of every row were left out: more came in a second than \"logsPerSecond\" allows\n"
            ));
        }
    }

    /// The message of a log point, with the values of what stands in braces: `{time} {id}`.
    fn log_line(&self, row: usize, id: i64) -> Result<String, Refusal> {
        let message = self.breakpoints.log_message(id);
        let program = self.program()?;
        let mut line = String::new();
        for part in message.map_or(&[][..], LogMessage::parts) {
            match part {
                Part::Text(text) => line += text,
                Part::Value(text) => match text_of(program, row, text, (self.clock)()) {
                    Ok(value) => line += &value,
                    Err(refusal) => line += &format!("{{{text}: {refusal}}}"),
                },
            }
        }
        Ok(line)
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
