//! Several files as the threads of one debuggee.
//!
//! Each file has a [`Session`] of its own, which knows nothing of the others. What a client asks goes to the session of its
//! thread, or to all of them, whose answers become one. A run goes through all files in the order of time. With one file
//! messages pass through as they are.

mod answers;
mod motion;
mod numbers;
mod routes;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};
use ulid_engine::{Timestamp, progress::Progress};

use crate::{
    inspect::{
        job::{Done, Job, Ticket},
        refusal::Refusal,
        scan::{Arrival, Together},
        session::{Session, Turn as SessionTurn},
    },
    message::{self, Incoming, Outgoing, Response},
};
use answers::{Gather, Told};
use motion::Stand;
use numbers::Numbers;

/// Requests that come before the files are open, and that each file has to hear.
const SETTING_UP: [&str; 5] = [
    "initialize",
    "setBreakpoints",
    "setFunctionBreakpoints",
    "setExceptionBreakpoints",
    "setDataBreakpoints",
];

/// The files of a debuggee.
#[derive(Debug)]
pub(super) struct Threads {
    clock: fn() -> Timestamp,
    may_run: bool,
    files: Vec<File>,
    /// Breakpoints that were set before the files were opened.
    set_up: Vec<Value>,
    /// Requests that all files answer.
    gathers: BTreeMap<i64, Gather>,
    /// The answers of the files about each breakpoint.
    told: BTreeMap<i64, Told>,
    /// The file that stopped last.
    focus: usize,
    /// True if the program stands at its first row.
    stops_on_entry: bool,
    /// The run through all files.
    run: Option<Run>,
    /// Runs that have begun.
    runs: u64,
    turn: Turn,
}

/// A run through all files.
#[derive(Debug)]
struct Run {
    number: u64,
    is_back: bool,
    progress: Arc<Progress>,
}

/// A file, as a thread.
#[derive(Debug)]
struct File {
    session: Session,
    stand: Stand,
    /// It said that it is open.
    is_initialized: bool,
    /// Its exit code, once it said one.
    exit_code: Option<i64>,
    has_ended: bool,
}

impl File {
    fn new(session: Session) -> File {
        File {
            session,
            stand: Stand::default(),
            is_initialized: false,
            exit_code: None,
            has_ended: false,
        }
    }
}

/// The effects of a message or of a finished piece of work.
#[derive(Debug, Default)]
pub(super) struct Turn {
    pub(super) messages: Vec<Message>,
    pub(super) jobs: Vec<(Work, Arc<Progress>)>,
    /// The client has left.
    pub(super) over: bool,
}

/// A message to the client.
#[derive(Debug)]
pub(super) enum Message {
    /// As a session says it.
    Own(Box<Outgoing>),
    /// As several files say it together.
    Joined(Value),
}

impl Message {
    /// The body of the frame.
    pub(super) fn to_bytes(&self, seq: i64) -> Vec<u8> {
        match self {
            Message::Own(message) => message.to_bytes(seq),
            Message::Joined(message) => {
                let mut message = message.clone();
                message["seq"] = json!(seq);
                message.to_string().into_bytes()
            }
        }
    }
}

/// Work to be done on a thread of its own.
#[derive(Debug)]
pub(super) enum Work {
    /// Work of one file.
    Of(usize, Ticket, Box<Job>),
    /// A run through all files, with its number.
    Together(u64, Together),
}

/// The outcome of work.
#[derive(Debug)]
pub(super) enum News {
    /// Log points of a file were met.
    Logged(usize, Vec<(usize, i64)>),
    /// Work of a file is done.
    Done(usize, Ticket, Box<Done>),
    /// The run through all files is over.
    Arrived(u64, Arrival),
}

impl Work {
    /// Does it, and tells what comes of it.
    pub(super) fn run(self, progress: &Arc<Progress>, tell: &mut dyn FnMut(News)) {
        match self {
            Work::Of(file, ticket, job) => {
                let done = job.run(progress, &mut |logged| tell(News::Logged(file, logged)));
                tell(News::Done(file, ticket, Box::new(done)));
            }
            Work::Together(number, together) => {
                let mut log = |file, logged| tell(News::Logged(file, logged));
                let arrival = together.run(progress, &mut log);
                tell(News::Arrived(number, arrival));
            }
        }
    }
}

impl Threads {
    pub(super) fn new(clock: fn() -> Timestamp, may_run: bool) -> Threads {
        let mut threads = Threads {
            clock,
            may_run,
            files: Vec::new(),
            set_up: Vec::new(),
            gathers: BTreeMap::new(),
            told: BTreeMap::new(),
            focus: 0,
            stops_on_entry: true,
            run: None,
            runs: 0,
            turn: Turn::default(),
        };
        threads.add_file();
        threads
    }

    fn add_file(&mut self) {
        let mut session = Session::new(self.clock);
        session.may_run = self.may_run;
        self.files.push(File::new(session));
    }

    fn is_alone(&self) -> bool {
        self.files.len() == 1
    }

    fn numbers(&self) -> Numbers {
        Numbers {
            files: self.files.len(),
        }
    }

    /// Takes in the body of a message.
    pub(super) fn receive(&mut self, body: &[u8]) -> Turn {
        let is_open = self.files.iter().any(|file| file.session.is_open());
        let request = (!is_open || !self.is_alone()).then(|| serde_json::from_slice(body));
        match request {
            Some(Ok(request)) if is_request(&request) => self.request(&request),
            _ => self.give(0, message::read(body)),
        }
        std::mem::take(&mut self.turn)
    }

    /// Takes in a message that could not be read.
    pub(super) fn malformed(&mut self, why: String) -> Turn {
        self.give(0, Incoming::Malformed(why));
        std::mem::take(&mut self.turn)
    }

    /// Takes in what comes of work.
    pub(super) fn hear(&mut self, news: News) -> Turn {
        match news {
            News::Logged(file, logged) => {
                self.with(file, |session| session.overhear(&logged));
            }
            News::Done(file, ticket, done) => {
                self.with(file, |session| session.finish(ticket, *done));
            }
            News::Arrived(number, arrival) => self.arrived(number, arrival),
        }
        self.enter();
        std::mem::take(&mut self.turn)
    }

    /// True if work is under way.
    pub(super) fn is_busy(&self) -> bool {
        self.files.iter().any(|file| file.session.is_busy())
    }

    /// Some time has passed while work was under way.
    pub(super) fn tick(&mut self, passed: Duration) -> Turn {
        for file in 0..self.files.len() {
            self.with(file, |session| session.tick(passed));
        }
        std::mem::take(&mut self.turn)
    }

    fn request(&mut self, request: &Value) {
        let command = request["command"].as_str().unwrap_or_default();
        let is_open = self.files.iter().any(|file| file.session.is_open());
        if !is_open && SETTING_UP.contains(&command) {
            self.set_up.push(request.clone());
        }
        let names_several = request["arguments"].get("programs").is_some();
        let opens = matches!(command, "launch" | "attach");
        if opens && names_several && self.is_alone() && !is_open {
            self.open_several(request);
        } else if self.is_alone() {
            self.send(0, request);
        } else {
            self.route(request, command);
        }
        self.enter();
    }

    /// Gives a request to the session of a file.
    fn send(&mut self, file: usize, request: &Value) {
        let incoming = message::read(request.to_string().as_bytes());
        self.give(file, incoming);
    }

    fn give(&mut self, file: usize, incoming: Incoming) {
        self.with(file, |session| session.receive(incoming));
    }

    /// Has a session do something, and takes in what it leads to.
    fn with(&mut self, file: usize, act: impl FnOnce(&mut Session) -> SessionTurn) {
        let Some(found) = self.files.get_mut(file) else {
            return;
        };
        let turn = act(&mut found.session);
        self.turn.over |= turn.over;
        let jobs = turn.jobs.into_iter();
        self.turn.jobs.extend(
            jobs.map(|(ticket, job, progress)| (Work::Of(file, ticket, Box::new(job)), progress)),
        );
        for message in turn.messages {
            if self.is_alone() {
                self.turn.messages.push(Message::Own(Box::new(message)));
            } else {
                self.said(file, &message);
            }
        }
    }

    /// Opens a file for each of the names in `programs`.
    fn open_several(&mut self, request: &Value) {
        let named = match request["arguments"]["programs"].clone() {
            // one need be no list
            Value::String(path) => json!([path]),
            named => named,
        };
        let programs: Vec<String> = match serde_json::from_value(named) {
            Ok(programs) => programs,
            Err(error) => {
                return self.refuse(
                    request,
                    Refusal::Setting(format!("\"programs\" cannot be used: {error}")),
                );
            }
        };
        if let Err(words) = check(request, &programs) {
            return self.refuse(request, Refusal::Setting(words.to_owned()));
        }
        for file in 1..programs.len() {
            self.add_file();
            for before in self.set_up.clone() {
                if let Some(file) = self.files.get_mut(file) {
                    let before = message::read(before.to_string().as_bytes());
                    // the first has answered it
                    file.session.receive(before);
                }
            }
        }
        let arguments = &request["arguments"];
        let is_launch = request["command"] == "launch";
        self.stops_on_entry = match &arguments["stopOnEntry"] {
            Value::String(text) if text == "true" => true,
            Value::String(text) if text == "false" => false,
            said => said.as_bool().unwrap_or(is_launch),
        };
        let requests: Vec<Value> = programs
            .iter()
            .map(|path| with_program(request, path))
            .collect();
        let seq = request["seq"].as_i64().unwrap_or(0);
        if programs.len() > 1 {
            self.files
                .iter_mut()
                .for_each(|file| file.session.is_led = true);
            let folder = request["arguments"]["cwd"].as_str().unwrap_or_default();
            let folder = std::path::Path::new(folder);
            let others: Vec<std::path::PathBuf> =
                programs.iter().map(|path| folder.join(path)).collect();
            for (number, file) in self.files.iter_mut().enumerate() {
                let others = others.iter().enumerate();
                let others = others.filter(|(other, _)| *other != number);
                file.session.others = others.map(|(_, path)| path.clone()).collect();
            }
            self.gathers
                .insert(seq, Gather::of(request, self.files.len()));
        }
        for (file, request) in requests.iter().enumerate() {
            self.send(file, request);
        }
    }

    /// Goes back to one file, none of which is open.
    fn close(&mut self) {
        self.files.clear();
        self.gathers.clear();
        self.told.clear();
        self.add_file();
        for before in self.set_up.clone() {
            if let Some(file) = self.files.first_mut() {
                file.session
                    .receive(message::read(before.to_string().as_bytes()));
            }
        }
    }

    fn refuse(&mut self, request: &Value, refusal: Refusal) {
        let response = Response {
            request_seq: request["seq"].as_i64().unwrap_or(0),
            command: request["command"].as_str().unwrap_or_default().to_owned(),
            result: Err(refusal.into()),
        };
        let message = Message::Own(Box::new(Outgoing::Response(response)));
        self.turn.messages.push(message);
    }

    fn succeed(&mut self, request: &Value, body: Option<Value>) {
        let mut message = json!({
            "type": "response", "request_seq": request["seq"], "success": true, "command": request["command"],
        });
        if let Some(body) = body {
            message["body"] = body;
        }
        self.turn.messages.push(Message::Joined(message));
    }
}

fn is_request(message: &Value) -> bool {
    message["type"] == "request" && message["command"].is_string()
}

/// A launch of one file in the place of one of several.
fn with_program(request: &Value, path: &str) -> Value {
    let mut request = request.clone();
    if let Some(arguments) = request["arguments"].as_object_mut() {
        arguments.remove("programs");
        arguments.insert("program".to_owned(), json!(path));
    }
    request
}

/// True if a launch can be one of several files.
fn check(request: &Value, programs: &[String]) -> Result<(), &'static str> {
    let has = |name: &str| {
        request["arguments"]
            .get(name)
            .is_some_and(|value| !value.is_null())
    };
    if programs.is_empty() {
        return Err("\"programs\" names no file; give the files to open as a list of paths");
    }
    if has("program") || has("command") {
        return Err("give either \"programs\" or one of \"program\" and \"command\"");
    }
    if programs.len() > FILES_MAX {
        return Err("\"programs\" names more than 64 files; give fewer");
    }
    Ok(())
}

/// Files that are opened at once.
const FILES_MAX: usize = 64;

/// Work ends with whoever wants to know what comes of it.
impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(run) = &self.run {
            run.progress.cancel();
        }
    }
}
