//! Whole sessions without a process. Work is done at once, so that every session is the same each time.

mod breakpoints;
mod conditions;
mod conformance;
mod facts;
mod file;
mod foreign;
mod input;
mod model;
mod motion;
mod searches;
mod settings;
mod several;
mod stops;
mod threads;
mod transcripts;

use std::{collections::VecDeque, fmt::Write as _, path::PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use ulid_engine::Timestamp;

use crate::{
    inspect::{
        job::Job,
        session::{Session, Turn},
    },
    message,
};

/// Six IDs: two of one millisecond, one broken, one from before its forerunner, one twice.
const IDS: &str = "\
01BX5ZZKBKACTAV9WEVGEMMVRZ
01BX5ZZKBKACTAV9WEVGEMMVS0
01BX5ZZKBKACTAV9WEVGEMMVSU
01BX5ZZKBMACTAV9WEVGEMMVS0
01ARZ3NDEKTSV4RRFFQ69G5FAV
01ARZ3NDEKTSV4RRFFQ69G5FAV
";

/// 2026-01-01T00:00:00Z
fn clock() -> Timestamp {
    Timestamp::from_ms(1_767_225_600_000_u64).unwrap()
}

/// A client of a session that runs in the same thread.
struct Client {
    session: Session,
    seq: i64,
    /// Everything that the session sent.
    heard: Vec<Value>,
    folder: TempDir,
}

impl Client {
    fn new() -> Client {
        Client {
            session: Session::new(clock),
            seq: 0,
            heard: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A client of a session that stands at the first row of a file with this content.
    fn of(content: &str) -> Client {
        Client::of_file("ids.txt", content.as_bytes(), json!({}))
    }

    fn of_file(name: &str, content: &[u8], launch: Value) -> Client {
        let mut client = Client::new();
        let path = client.file(name, content);
        client.ok("initialize", json!({ "supportsVariableType": true }));
        let mut arguments = json!({ "program": path, "stopOnEntry": true });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(launch.as_object().unwrap().clone());
        client.ok("launch", arguments);
        client.ok("configurationDone", json!({}));
        client
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Sends a request and returns its response; what else came is in `heard`.
    fn request(&mut self, command: &str, arguments: Value) -> Value {
        self.seq += 1;
        let request = json!({ "seq": self.seq, "type": "request", "command": command, "arguments": arguments });
        let from = self.heard.len();
        self.send(request.to_string().as_bytes());
        let answers = self.heard[from..].iter();
        let mut answers = answers.filter(|message| message["request_seq"] == json!(self.seq));
        let answer = answers
            .next()
            .unwrap_or_else(|| panic!("no answer to {request}"));
        assert_eq!(answers.next(), None, "two answers to {request}");
        answer.clone()
    }

    /// The body of a response that has to be a success.
    fn ok(&mut self, command: &str, arguments: Value) -> Value {
        let mut answer = self.request(command, arguments);
        assert_eq!(answer["success"], true, "{answer}");
        answer["body"].take()
    }

    /// The message of a response that has to be a refusal.
    fn refused(&mut self, command: &str, arguments: Value) -> String {
        let answer = self.request(command, arguments);
        assert_eq!(answer["success"], false, "{answer}");
        answer["message"]
            .as_str()
            .unwrap()
            .replace(&*self.folder.path().to_string_lossy(), "…")
    }

    fn send(&mut self, body: &[u8]) {
        let turn = self.session.receive(message::read(body));
        let mut jobs = self.hear(turn);
        while let Some((ticket, job, progress)) = jobs.pop_front() {
            let mut logged = Vec::new();
            let done = job.run(&progress, &mut |lines| logged.extend(lines));
            let turn = self.session.overhear(&logged);
            self.hear(turn);
            let turn = self.session.finish(ticket, done);
            jobs.extend(self.hear(turn));
        }
    }

    fn hear(
        &mut self,
        turn: Turn,
    ) -> VecDeque<(u64, Job, std::sync::Arc<ulid_engine::progress::Progress>)> {
        for message in turn.messages {
            let seq = i64::try_from(self.heard.len()).unwrap() + 1;
            let bytes = message.to_bytes(seq);
            self.heard.push(serde_json::from_slice(&bytes).unwrap());
        }
        turn.jobs.into()
    }

    /// Moves, and says where the program stands then: `step 2`, `terminated`.
    fn motion(&mut self, command: &str) -> String {
        let from = self.heard.len();
        self.ok(command, json!({ "threadId": 1 }));
        let events: Vec<&Value> = self.heard[from..]
            .iter()
            .filter(|message| message["type"] == "event")
            .collect();
        if events.iter().any(|event| event["event"] == "terminated") {
            return "terminated".to_owned();
        }
        let stopped = events.iter().find(|event| event["event"] == "stopped");
        let body = &stopped.unwrap_or_else(|| panic!("{events:?}"))["body"];
        let mut place = body["reason"].as_str().unwrap().to_owned();
        if let Some(description) = body["description"].as_str() {
            write!(place, " ({description})").unwrap();
        }
        format!("{place} {}", self.line())
    }

    fn frames(&mut self) -> Vec<Value> {
        let trace = self.ok("stackTrace", json!({ "threadId": 1 }));
        trace["stackFrames"].as_array().unwrap().clone()
    }

    /// The line where the program stands.
    fn line(&mut self) -> i64 {
        self.frames()[0]["line"].as_i64().unwrap()
    }

    /// The scopes of a frame with all that is in them, as lines of text.
    fn see(&mut self, frame: usize) -> String {
        let frame = self.frames()[frame].clone();
        let mut text = format!("{}: {}\n", frame["line"], frame["name"].as_str().unwrap());
        let scopes = self.ok("scopes", json!({ "frameId": frame["id"] }));
        for scope in scopes["scopes"].as_array().unwrap() {
            writeln!(text, "{}", scope["name"].as_str().unwrap()).unwrap();
            self.tree(&scope["variablesReference"], 1, &mut text);
        }
        let folder = self.folder.path().to_string_lossy().into_owned();
        text.replace(&folder, "…")
    }

    fn tree(&mut self, reference: &Value, depth: usize, text: &mut String) {
        let variables = self.ok("variables", json!({ "variablesReference": reference }));
        for variable in variables["variables"].as_array().unwrap() {
            let (name, value) = (
                variable["name"].as_str().unwrap(),
                variable["value"].as_str().unwrap(),
            );
            writeln!(
                text,
                "{}{name}: {} = {value}",
                "  ".repeat(depth),
                variable["type"].as_str().unwrap()
            )
            .unwrap();
            if variable["variablesReference"] != 0 && depth < 3 {
                self.tree(&variable["variablesReference"], depth + 1, text);
            }
        }
    }
}
