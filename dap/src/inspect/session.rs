//! One debug session: messages in, messages and work out. It does no input or output and waits for nothing.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use dap::{
    events::{Event, OutputEventBody, StoppedEventBody},
    requests::{CancelArguments, Command, InitializeArguments},
    responses::ResponseBody,
    types::{OutputEventCategory, Source, StoppedEventReason},
};
use serde_json::Value;
use ulid_engine::{Timestamp, progress::Progress, query::EvaluateError};

use super::{
    breakpoints::Breakpoints,
    capabilities,
    handles::{Handles, Targets},
    job::{Done, Job, Ticket},
    program::{Phase, Program, THREAD},
    progress::Report,
    refusal::Refusal,
    run::{Run, Throttle},
    variables::Node,
};
use crate::{
    message::{Body, Incoming, Outgoing, Request, Response},
    visible::visible,
};

/// The state of a session.
#[derive(Debug)]
pub(super) struct Session {
    /// The clock.
    pub(super) clock: fn() -> Timestamp,
    pub(super) client: InitializeArguments,
    pub(super) program: Option<Program>,
    /// `configurationDone` has arrived.
    pub(super) is_configured: bool,
    pub(super) breakpoints: Breakpoints,
    /// The client has said which filters are set.
    pub(super) has_filters: bool,
    /// True if a program may be started for the client.
    pub(super) may_run: bool,
    /// True if it is one of several files, which begin and run together.
    pub(super) is_led: bool,
    /// True if it is led, and waits at its first row to be told to go.
    pub(super) has_begun: bool,
    /// The other files of which `other.` speaks.
    pub(super) others: Vec<PathBuf>,
    /// The program is over, and its exit code waits for the pass over the file.
    pub(super) is_ending: bool,
    pub(super) throttle: Throttle,
    pub(super) handles: Handles<Node>,
    pub(super) targets: Targets,
    /// The way that the program goes.
    pub(super) run: Option<Run>,
    tasks: BTreeMap<Ticket, Task>,
    last_ticket: Ticket,
    turn: Turn,
}

/// Time beyond its budget after which work is given up.
const GRACE: Duration = Duration::from_millis(250);

/// Work under way.
#[derive(Debug)]
struct Task {
    progress: Arc<Progress>,
    /// The request that is answered when the work is done.
    request: Option<(i64, String)>,
    /// The program runs as long as the work does.
    is_run: bool,
    /// The file is gone over.
    is_survey: bool,
    /// Rows that meet breakpoints are counted.
    is_count: bool,
    /// Time that whoever asked for it still waits, and the budget at first.
    patience: Option<(Duration, Duration)>,
    report: Report,
}

/// The effects of a message or of a finished piece of work.
#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) messages: Vec<Outgoing>,
    pub(super) jobs: Vec<(Ticket, Job, Arc<Progress>)>,
    /// The client has left.
    pub(super) over: bool,
}

/// The answer to a request.
pub(super) enum Reply {
    Body(ResponseBody),
    /// A body with fields that the crate does not have.
    Spelled(Value),
    /// Success, with nothing to say.
    Empty,
    /// The answer follows when this work is done.
    Later(Job),
}

/// The answer to a request, or why there is none.
pub(super) type Answer = Result<Reply, Refusal>;

impl Session {
    pub(super) fn new(clock: fn() -> Timestamp) -> Session {
        Session {
            clock,
            client: InitializeArguments::default(),
            program: None,
            is_configured: false,
            breakpoints: Breakpoints::default(),
            has_filters: false,
            may_run: true,
            is_led: false,
            has_begun: false,
            others: Vec::new(),
            is_ending: false,
            throttle: Throttle::default(),
            handles: Handles::default(),
            targets: Targets::default(),
            run: None,
            tasks: BTreeMap::new(),
            last_ticket: 0,
            turn: Turn::default(),
        }
    }

    /// Takes in a message.
    pub(super) fn receive(&mut self, incoming: Incoming) -> Turn {
        match incoming {
            Incoming::Request(request) => self.request(*request),
            Incoming::Other => {}
            Incoming::Malformed(why) => {
                self.say(&format!("a message cannot be read: {why}\n"));
            }
        }
        std::mem::take(&mut self.turn)
    }

    /// Takes in what became of a piece of work.
    pub(super) fn finish(&mut self, ticket: Ticket, done: Done) -> Turn {
        if let Some(task) = self.tasks.remove(&ticket) {
            if let Some(end) = task.report.end() {
                self.send(end);
            }
            let events_from = self.turn.messages.len();
            let answer = self.done(done);
            if let Some((seq, command)) = task.request {
                self.respond(seq, command, answer, events_from);
            }
        }
        std::mem::take(&mut self.turn)
    }

    /// True if work is under way.
    pub(super) fn is_busy(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// Some time has passed while work was under way.
    pub(super) fn tick(&mut self, passed: Duration) -> Turn {
        self.lose_patience(passed);
        if self.client.supports_progress_reporting == Some(true) {
            let tasks = self.tasks.values_mut();
            let events: Vec<Event> = tasks
                .filter_map(|task| task.report.tick(&task.progress))
                .collect();
            events.into_iter().for_each(|event| self.send(event));
        }
        std::mem::take(&mut self.turn)
    }

    /// Answers what has taken longer than whoever asked for it waits. The work looks at its budget by itself, but not while
    /// it waits for something.
    fn lose_patience(&mut self, passed: Duration) {
        let mut late = Vec::new();
        for (&ticket, task) in &mut self.tasks {
            if let Some((left, budget)) = &mut task.patience {
                *left = left.saturating_sub(passed);
                if left.is_zero() {
                    late.push((ticket, *budget));
                }
            }
        }
        for (ticket, budget) in late {
            let words = EvaluateError::OutOfTime(budget).to_string();
            self.give_up(ticket, Refusal::Expression(words));
        }
    }

    /// Messages, and work to be done.
    pub(super) fn take_turn(&mut self) -> Turn {
        std::mem::take(&mut self.turn)
    }

    /// True if a file is open, or being opened.
    pub(super) fn is_open(&self) -> bool {
        self.program.is_some() || self.is_busy()
    }

    /// Name of the file, as a person reads it.
    pub(super) fn name(&self) -> String {
        let program = self.program.as_ref();
        let name = program.and_then(|program| program.source.name.clone());
        name.unwrap_or_else(|| "no file".to_owned())
    }

    /// True if a source is this file.
    pub(super) fn has_source(&self, source: &Source) -> bool {
        let is_named = source.path.is_some() || source.source_reference.is_some();
        let mut program = self.program.iter();
        is_named && program.any(|program| program.is_source(source))
    }

    /// Takes in what a run has met by the way.
    pub(super) fn overhear(&mut self, logged: &[(usize, i64)]) -> Turn {
        self.logged(logged);
        std::mem::take(&mut self.turn)
    }

    fn request(&mut self, request: Request) {
        let answer = match request.typed {
            _ if !capabilities::knows(&request.command) => {
                Err(Refusal::Unsupported(request.command.clone()))
            }
            _ if request.command == "locations" => self.location(request.location),
            Ok(command) => self.answer(command),
            Err(reason) => Err(Refusal::Arguments {
                command: request.command.clone(),
                reason,
            }),
        };
        // what a goodbye ends is answered before it
        let at = if self.turn.over {
            self.turn.messages.len()
        } else {
            0
        };
        self.respond(request.seq, request.command, answer, at);
    }

    fn answer(&mut self, command: Command) -> Answer {
        match command {
            Command::Initialize(arguments) => self.initialize(arguments),
            Command::Launch(arguments) => self.launch(&arguments),
            Command::Attach(arguments) => self.attach(&arguments),
            Command::ConfigurationDone => self.configuration_done(),
            Command::Disconnect(_) => self.disconnect(),
            Command::Threads => Ok(self.threads()),
            Command::StackTrace(arguments) => self.stack_trace(&arguments),
            Command::Scopes(arguments) => self.scopes(&arguments),
            Command::Variables(arguments) => self.variables(&arguments),
            Command::SetBreakpoints(arguments) => Ok(self.set_breakpoints(&arguments)),
            Command::Continue(arguments) => self.resume(arguments.thread_id),
            Command::Next(arguments) => self.next(arguments.thread_id),
            Command::SetFunctionBreakpoints(a) => Ok(self.set_function_breakpoints(&a)),
            Command::SetExceptionBreakpoints(a) => Ok(self.set_exception_breakpoints(&a)),
            Command::ExceptionInfo(arguments) => self.exception_info(&arguments),
            Command::DataBreakpointInfo(arguments) => self.data_breakpoint_info(&arguments),
            Command::SetDataBreakpoints(arguments) => Ok(self.set_data_breakpoints(&arguments)),
            Command::BreakpointLocations(arguments) => self.breakpoint_locations(&arguments),
            Command::ReadMemory(arguments) => self.read_memory(&arguments),
            Command::Disassemble(arguments) => self.disassemble(&arguments),
            Command::LoadedSources => Ok(self.loaded_sources()),
            Command::Source(arguments) => self.source(&arguments),
            Command::SetExpression(arguments) => self.set_expression(&arguments),
            Command::SetVariable(arguments) => self.set_variable(&arguments),
            Command::Completions(arguments) => self.completions(&arguments),
            Command::StepIn(arguments) => self.step_in(arguments.thread_id),
            Command::StepOut(arguments) => self.step_out(arguments.thread_id),
            Command::GotoTargets(arguments) => self.goto_targets(&arguments),
            Command::Goto(arguments) => self.goto(&arguments),
            Command::Restart(arguments) => self.restart(&arguments),
            Command::RestartFrame(arguments) => self.restart_frame(&arguments),
            Command::Terminate(_) => self.terminate(),
            Command::Cancel(arguments) => self.cancel(&arguments),
            Command::StepBack(arguments) => self.step_back(arguments.thread_id),
            Command::ReverseContinue(arguments) => self.reverse(arguments.thread_id),
            Command::Pause(arguments) => self.pause(arguments.thread_id),
            Command::Evaluate(arguments) => self.evaluate(&arguments),
            other => Err(Refusal::Unsupported(format!("{other:?}"))),
        }
    }

    /// Puts the response before the events that its request led to.
    fn respond(&mut self, request_seq: i64, command: String, answer: Answer, at: usize) {
        let result = match answer {
            Ok(Reply::Body(body)) => Ok(Some(body.into())),
            Ok(Reply::Spelled(body)) => Ok(Some(Body::Spelled(body))),
            Ok(Reply::Empty) => Ok(None),
            Ok(Reply::Later(job)) => return self.start(job, Some((request_seq, command))),
            Err(refusal) => Err(refusal.into()),
        };
        let response = Response {
            request_seq,
            command,
            result,
        };
        self.turn.messages.insert(at, Outgoing::Response(response));
    }

    fn done(&mut self, done: Done) -> Answer {
        match done {
            Done::Opened(result) => self.opened(result),
            Done::Reopened(result) => self.reopened(result),
            Done::Surveyed if self.has_ended() => Ok(Reply::Empty),
            Done::Surveyed => {
                self.find_lines_that_came();
                self.tell_places();
                self.count_hits();
                self.tell_if_without_ids();
                self.checked();
                Ok(Reply::Empty)
            }
            Done::Counted(tallies) => {
                self.counted(tallies);
                Ok(Reply::Empty)
            }
            Done::Evaluated(result) => self.evaluated(*result),
            Done::Told(result) => self.told(result),
            Done::Halted(halt) => {
                self.halted(halt);
                Ok(Reply::Empty)
            }
        }
    }

    fn initialize(&mut self, arguments: InitializeArguments) -> Answer {
        self.client = arguments;
        Ok(Reply::Body(ResponseBody::Initialize(
            capabilities::capabilities(),
        )))
    }

    fn disconnect(&mut self) -> Answer {
        self.give_up_all(|_| true);
        self.turn.over = true;
        Ok(Reply::Empty)
    }

    /// Starts a piece of work, whose end answers a request.
    pub(super) fn start(&mut self, job: Job, request: Option<(i64, String)>) {
        self.last_ticket += 1;
        let progress = Arc::new(Progress::new());
        let is_endless = self
            .program
            .as_ref()
            .is_some_and(|program| program.table.is_endless());
        let task = Task {
            progress: progress.clone(),
            request,
            is_run: matches!(job, Job::Scan(_)),
            is_survey: matches!(job, Job::Survey(_)),
            is_count: matches!(job, Job::Count(_)),
            patience: job.patience().map(|budget| (budget + GRACE, budget)),
            report: Report::new(self.last_ticket, job.title(), !is_endless),
        };
        self.tasks.insert(self.last_ticket, task);
        self.turn.jobs.push((self.last_ticket, job, progress));
    }

    /// Ends the work that a request began, or that is shown as a progress.
    fn cancel(&mut self, arguments: &CancelArguments) -> Answer {
        let is_meant = |task: &Task| {
            let request = task.request.as_ref().map(|&(seq, _)| seq);
            let progress = arguments.progress_id.as_ref();
            (request.is_some() && request == arguments.request_id)
                || progress.is_some_and(|id| task.report.is(id))
        };
        let found = self.tasks.iter().find(|(_, task)| is_meant(task));
        let Some(ticket) = found.map(|(&ticket, _)| ticket) else {
            let number = arguments.progress_id.clone();
            let number = number.or(arguments.request_id.map(|id| id.to_string()));
            return Err(Refusal::NothingToCancel(number.unwrap_or_default()));
        };
        self.give_up(ticket, Refusal::Cancelled);
        Ok(Reply::Empty)
    }

    /// Asks a piece of work to end. A request that waits for it waits no longer.
    fn give_up(&mut self, ticket: Ticket, refusal: Refusal) {
        let Some(task) = self.tasks.get_mut(&ticket) else {
            return;
        };
        task.progress.cancel();
        if let Some((seq, command)) = task.request.take() {
            if let Some(end) = self
                .tasks
                .remove(&ticket)
                .and_then(|task| task.report.end())
            {
                self.send(end);
            }
            let at = self.turn.messages.len();
            self.respond(seq, command, Err(refusal), at);
        }
    }

    /// Gives up all work. Whoever waits for something hears that it will not come.
    pub(super) fn end_work(&mut self) {
        self.give_up_all(|_| true);
    }

    /// Gives up counting rows. What was counted by now is told no more.
    pub(super) fn cancel_counts(&mut self) {
        self.give_up_all(|task| task.is_count);
    }

    /// Gives up going over a file that is no longer the program.
    pub(super) fn drop_looks(&mut self) {
        self.give_up_all(|task| task.is_count || task.is_survey);
    }

    /// Gives up the way that the program goes, of which nothing is told.
    pub(super) fn drop_runs(&mut self) {
        self.give_up_all(|task| task.is_run);
        self.run = None;
    }

    /// Ends work at once: what comes of it is told no more.
    fn give_up_all(&mut self, is_meant: impl Fn(&Task) -> bool) {
        let tasks: Vec<Task> = self
            .tasks
            .extract_if(.., |_, task| is_meant(task))
            .map(|(_, task)| task)
            .collect();
        for task in tasks {
            task.progress.cancel();
            if let Some(end) = task.report.end() {
                self.send(end);
            }
            if let Some((seq, command)) = task.request {
                let at = self.turn.messages.len();
                self.respond(seq, command, Err(Refusal::Cancelled), at);
            }
        }
    }

    fn has_ended(&self) -> bool {
        let program = self.program.as_ref();
        program.is_some_and(|program| program.phase == Phase::Ended)
    }

    /// True if the file is being gone over, and that has an end.
    pub(super) fn is_surveying(&self) -> bool {
        let is_endless = |program: &Program| program.table.is_endless();
        !self.program.as_ref().is_some_and(is_endless)
            && self.tasks.values().any(|task| task.is_survey)
    }

    /// Asks the program to stand still.
    pub(super) fn cancel_runs(&self) {
        let runs = self.tasks.values().filter(|task| task.is_run);
        runs.for_each(|task| task.progress.cancel());
    }

    pub(super) fn send(&mut self, event: Event) {
        self.turn.messages.push(Outgoing::Event(Box::new(event)));
    }

    /// Says something to the person, in the client's console.
    pub(super) fn say(&mut self, text: &str) {
        self.send(Event::Output(OutputEventBody {
            category: Some(OutputEventCategory::Console),
            output: visible(text).into_owned(),
            ..OutputEventBody::default()
        }));
    }

    /// Writes what a log point says, with its place.
    pub(super) fn write(&mut self, row: usize, text: &str) {
        let place = self.program.as_ref().map(|program| {
            let line = self.line_to_client(program.table.line(row));
            (program.source.clone(), line)
        });
        let (source, line) = place.unzip();
        self.send(Event::Output(OutputEventBody {
            category: Some(OutputEventCategory::Stdout),
            output: visible(text).into_owned(),
            source,
            line,
            ..OutputEventBody::default()
        }));
    }

    /// Tells the client that the program stands still, and makes what it knew of the last stop stale.
    pub(super) fn stopped(
        &mut self,
        reason: StoppedEventReason,
        description: Option<&str>,
        ids: Vec<i64>,
    ) {
        self.handles.retire();
        self.targets = Targets::default();
        self.send(Event::Stopped(StoppedEventBody {
            reason,
            description: description.map(|words| visible(words).into_owned()),
            thread_id: Some(THREAD),
            preserve_focus_hint: None,
            text: None,
            all_threads_stopped: Some(true),
            hit_breakpoint_ids: (!ids.is_empty()).then_some(ids),
        }));
        self.tell_places();
    }

    pub(super) fn program(&self) -> Result<&Program, Refusal> {
        self.program.as_ref().ok_or(Refusal::NotLaunched)
    }

    /// The program, where it stands still.
    pub(super) fn standing(&self) -> Result<&Program, Refusal> {
        let program = self.program()?;
        if program.phase == Phase::Stopped {
            Ok(program)
        } else {
            Err(Refusal::NotStopped)
        }
    }
}

/// Work ends with whoever wants to know what comes of it.
impl Drop for Session {
    fn drop(&mut self) {
        self.tasks.values().for_each(|task| task.progress.cancel());
    }
}

/// Refuses every thread but the one there is.
pub(super) fn check_thread(thread: i64) -> Result<(), Refusal> {
    if thread == THREAD {
        Ok(())
    } else {
        Err(Refusal::Thread(thread))
    }
}
