//! Answers of the files of a debuggee, as one client hears them.

use serde_json::{Map, Value, json};

use super::{Message, Threads};
use crate::message::Outgoing;

/// A request that each file answers.
#[derive(Debug)]
pub(super) struct Gather {
    request: Value,
    answers: Vec<Option<Value>>,
}

/// The answers of the files about a breakpoint.
#[derive(Debug, Default)]
pub(super) struct Told(Vec<Option<(bool, Option<String>)>>);

impl Gather {
    pub(super) fn of(request: &Value, files: usize) -> Gather {
        Gather {
            request: request.clone(),
            answers: vec![None; files],
        }
    }

    fn command(&self) -> &str {
        self.request["command"].as_str().unwrap_or_default()
    }

    fn put(&mut self, file: usize, answer: Value) -> bool {
        if let Some(place) = self.answers.get_mut(file) {
            *place = Some(answer);
        }
        self.answers.iter().all(Option::is_some)
    }
}

impl Told {
    fn put(&mut self, file: usize, files: usize, breakpoint: &Value) {
        self.0.resize(files.max(self.0.len()), None);
        let message = breakpoint["message"].as_str().map(str::to_owned);
        let said = (breakpoint["verified"] == true, message);
        if let Some(place) = self.0.get_mut(file) {
            *place = Some(said);
        }
    }

    fn is_verified(&self) -> bool {
        self.0.iter().flatten().any(|(is_verified, _)| *is_verified)
    }

    /// The answers of the files in which it holds; else the answers of all.
    fn message(&self, names: &[String]) -> Option<String> {
        let is_verified = self.is_verified();
        let said = self.0.iter().zip(names).filter_map(|(said, name)| {
            let (own, message) = said.as_ref()?;
            let message = message.as_ref().filter(|_| *own == is_verified)?;
            Some((name, message))
        });
        let said: Vec<(&String, &String)> = said.collect();
        let is_same = said
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.1 == b.1));
        match said.first() {
            None => None,
            Some((_, message)) if is_same && said.len() == names.len() => Some((*message).clone()),
            Some(_) => {
                let lines = said
                    .iter()
                    .map(|(name, message)| format!("{name}: {message}"));
                Some(lines.collect::<Vec<_>>().join("; "))
            }
        }
    }
}

impl Threads {
    /// Takes in what the session of a file says.
    pub(super) fn said(&mut self, file: usize, message: &Outgoing) {
        let Ok(mut message) = serde_json::from_slice::<Value>(&message.to_bytes(0)) else {
            return;
        };
        self.numbers().outward(file, &mut message);
        match message["type"].as_str() {
            Some("response") => self.answered(file, message),
            _ => self.happened(file, message),
        }
    }

    fn push(&mut self, message: Value) {
        self.turn.messages.push(Message::Joined(message));
    }

    fn answered(&mut self, file: usize, answer: Value) {
        let seq = answer["request_seq"].as_i64().unwrap_or(0);
        let Some(gather) = self.gathers.get_mut(&seq) else {
            return self.push(answer);
        };
        if !gather.put(file, answer) {
            return;
        }
        if let Some(gather) = self.gathers.remove(&seq) {
            let is_open = matches!(gather.command(), "launch" | "attach");
            let joined = self.join(&gather);
            let is_refused = joined["success"] == false;
            self.push(joined);
            if is_open && is_refused {
                self.close();
            } else if is_open {
                self.push(json!({ "type": "event", "event": "initialized" }));
            }
        }
    }

    /// One answer out of those of all files.
    fn join(&mut self, gather: &Gather) -> Value {
        let answers: Vec<&Value> = gather.answers.iter().flatten().collect();
        let failed = answers.iter().find(|answer| answer["success"] == false);
        let first = answers.first().map(|answer| (*answer).clone());
        let first = first.unwrap_or_else(|| json!({}));
        match gather.command() {
            // it is of one of them
            "cancel" => {
                let done = answers.iter().find(|answer| answer["success"] == true);
                done.map_or(first, |answer| (*answer).clone())
            }
            _ if failed.is_some() => failed.map_or(first, |answer| (*answer).clone()),
            "threads" | "loadedSources" => {
                let list = if gather.command() == "threads" {
                    "threads"
                } else {
                    "sources"
                };
                let mut joined = first;
                joined["body"][list] = self.all_of(&answers, list);
                joined
            }
            "setBreakpoints"
            | "setFunctionBreakpoints"
            | "setExceptionBreakpoints"
            | "setDataBreakpoints" => self.join_breakpoints(first, &answers),
            _ => first,
        }
    }

    /// A list of each file, one behind the other; those that have ended have no threads.
    fn all_of(&self, answers: &[&Value], list: &str) -> Value {
        let files = self.files.iter().zip(answers);
        let lists = files.filter(|(file, _)| list != "threads" || !file.has_ended);
        let items = lists.filter_map(|(_, answer)| answer["body"][list].as_array().cloned());
        Value::Array(items.flatten().collect())
    }

    fn names(&self) -> Vec<String> {
        let names = self.files.iter().map(|file| file.session.name());
        names.collect()
    }

    fn join_breakpoints(&mut self, first: Value, answers: &[&Value]) -> Value {
        let mut joined = first;
        let lists = answers
            .iter()
            .map(|answer| answer["body"]["breakpoints"].as_array());
        let lists: Vec<Vec<Value>> = lists
            .map(|list| list.cloned().unwrap_or_default())
            .collect();
        let count = lists.first().map_or(0, Vec::len);
        let (names, files) = (self.names(), self.files.len());
        let mut all = Vec::with_capacity(count);
        for place in 0..count {
            let said: Vec<&Value> = lists.iter().filter_map(|list| list.get(place)).collect();
            let mut told = Told::default();
            for (file, breakpoint) in said.iter().enumerate() {
                told.put(file, files, breakpoint);
            }
            let holds = said
                .iter()
                .find(|breakpoint| breakpoint["verified"] == true);
            let breakpoint = holds
                .or(said.first())
                .map(|breakpoint| (*breakpoint).clone());
            let mut breakpoint = breakpoint.unwrap_or_else(|| json!({}));
            put_message(&mut breakpoint, told.message(&names));
            if let Some(id) = breakpoint["id"].as_i64() {
                self.told.insert(id, told);
            }
            all.push(breakpoint);
        }
        joined["body"]["breakpoints"] = Value::Array(all);
        joined
    }

    fn happened(&mut self, file: usize, mut event: Value) {
        let Some(found) = self.files.get_mut(file) else {
            return;
        };
        match event["event"].as_str().unwrap_or_default() {
            // told once all are open
            "initialized" => found.is_initialized = true,
            "exited" => found.exit_code = event["body"]["exitCode"].as_i64(),
            "terminated" => {
                found.has_ended = true;
                self.ended(file);
            }
            "stopped" => {
                self.stopped_at(file);
                self.push(event);
            }
            "breakpoint" => {
                if let Some(breakpoint) = self.changed(file, &event["body"]["breakpoint"]) {
                    event["body"]["breakpoint"] = breakpoint;
                    self.push(event);
                }
            }
            _ => self.push(event),
        }
    }

    /// A breakpoint of which a file says something new.
    fn changed(&mut self, file: usize, breakpoint: &Value) -> Option<Value> {
        let (names, files) = (self.names(), self.files.len());
        let told = self.told.entry(breakpoint["id"].as_i64()?).or_default();
        let was_verified = told.is_verified();
        told.put(file, files, breakpoint);
        let is_verified = told.is_verified();
        let is_own = breakpoint["verified"] == is_verified;
        let mut changed = breakpoint.clone();
        changed["verified"] = json!(is_verified);
        put_message(&mut changed, told.message(&names));
        // that another file does not have it is no news
        (is_own || was_verified != is_verified).then_some(changed)
    }

    /// The thread of a file is over; the session is once all are.
    fn ended(&mut self, file: usize) {
        if !self.files.iter().all(|file| file.has_ended) {
            let body = json!({ "reason": "exited", "threadId": file + 1 });
            return self.push(json!({ "type": "event", "event": "thread", "body": body }));
        }
        let codes = self.files.iter().filter_map(|file| file.exit_code);
        let code = codes.max().unwrap_or(0);
        self.push(json!({ "type": "event", "event": "exited", "body": { "exitCode": code } }));
        self.push(json!({ "type": "event", "event": "terminated" }));
    }
}

fn put_message(breakpoint: &mut Value, message: Option<String>) {
    let Some(fields) = breakpoint.as_object_mut() else {
        return;
    };
    put(fields, "message", message);
}

fn put(fields: &mut Map<String, Value>, name: &str, text: Option<String>) {
    match text {
        Some(text) => fields.insert(name.to_owned(), json!(text)),
        None => fields.remove(name),
    };
}
