//! The file that a request is for.

use serde_json::{Value, json};

use super::{Gather, Refusal, Threads, numbers::source_of};

impl Threads {
    /// Gives a request to the files that it is for.
    pub(super) fn route(&mut self, request: &Value, command: &str) {
        match command {
            "initialize"
            | "launch"
            | "attach"
            | "configurationDone"
            | "disconnect"
            | "threads"
            | "setBreakpoints"
            | "setFunctionBreakpoints"
            | "setExceptionBreakpoints"
            | "setDataBreakpoints"
            | "loadedSources" => self.ask_all(request),
            "restart" | "terminate" => {
                self.drop_run();
                self.ask_all(request);
            }
            "cancel" => self.cancel(request),
            "pause" => self.pause(request),
            "continue" | "reverseContinue" if !is_single(request) => self.go_on(request, command),
            "continue" | "reverseContinue" | "next" | "stepBack" | "stepIn" | "stepOut"
            | "stackTrace" | "exceptionInfo" => self.by_thread(request, command),
            "goto" => self.by_number(request, "targetId"),
            "scopes" | "restartFrame" => self.by_number(request, "frameId"),
            "evaluate" | "completions" | "setExpression" => self.by_number(request, "frameId"),
            "variables" | "setVariable" | "dataBreakpointInfo" => {
                self.by_number(request, "variablesReference");
            }
            "locations" => self.by_number(request, "locationReference"),
            "readMemory" | "disassemble" => self.by_address(request),
            "source" | "gotoTargets" | "breakpointLocations" => self.by_source(request),
            _ => self.send(self.focus, request),
        }
    }

    /// Asks all files, whose answers become one.
    fn ask_all(&mut self, request: &Value) {
        let seq = request["seq"].as_i64().unwrap_or(0);
        self.gathers
            .insert(seq, Gather::of(request, self.files.len()));
        let numbers = self.numbers();
        for file in 0..self.files.len() {
            let mut own = request.clone();
            let arguments = &mut own["arguments"];
            if let Some(source) = arguments.get_mut("source") {
                numbers.inward_source(file, source);
            }
            if let Some(relaunch) = arguments.get_mut("arguments") {
                self.files_own(file, relaunch);
            }
            self.send(file, &own);
        }
    }

    /// The configuration of a restart, for one of the files.
    fn files_own(&self, file: usize, configuration: &mut Value) {
        let Some(fields) = configuration.as_object_mut() else {
            return;
        };
        let programs = fields.remove("programs");
        if let Some(path) = programs.as_ref().and_then(|all| all.get(file)) {
            fields.insert("program".to_owned(), path.clone());
        }
    }

    fn by_thread(&mut self, request: &Value, command: &str) {
        let thread = request["arguments"]["threadId"].as_i64().unwrap_or(0);
        let Some(file) = self.numbers().of_thread(thread) else {
            let refusal = Refusal::ThreadOf(thread, self.files.len());
            return self.refuse(request, refusal);
        };
        let mut own = request.clone();
        own["arguments"]["threadId"] = json!(1);
        self.step(file, &own, command);
    }

    /// By a number that was given out; where there is none, the file that stopped last is meant.
    fn by_number(&mut self, request: &Value, name: &str) {
        let number = request["arguments"][name].as_i64();
        let is_counted_from_0 = name == "targetId";
        let number = number.filter(|&number| number > 0 || is_counted_from_0);
        let Some(number) = number else {
            return self.send(self.focus, request);
        };
        let (file, inner) = self.numbers().inner(number);
        let mut own = request.clone();
        own["arguments"][name] = json!(inner);
        if own["arguments"].get("threadId").is_some() {
            own["arguments"]["threadId"] = json!(1);
        }
        self.send(file, &own);
    }

    fn by_address(&mut self, request: &Value) {
        let address = request["arguments"]["memoryReference"].as_str();
        match self.numbers().of_address(address.unwrap_or_default()) {
            Some((file, address)) => {
                let mut own = request.clone();
                own["arguments"]["memoryReference"] = json!(address);
                self.send(file, &own);
            }
            None => self.send(self.focus, request),
        }
    }

    /// By the source that it speaks of.
    fn by_source(&mut self, request: &Value) {
        let mut own = request.clone();
        let numbers = self.numbers();
        let reference = request["arguments"]["sourceReference"].as_i64();
        let by_number = reference.filter(|&number| number > 0);
        let by_number = by_number.map(|number| numbers.inner(number));
        let named = (0..self.files.len()).find(|&file| {
            let mut arguments = request["arguments"].clone();
            if let Some(source) = arguments.get_mut("source") {
                numbers.inward_source(file, source);
            }
            let source = source_of(&arguments);
            let session = self.files.get(file).map(|file| &file.session);
            source.is_some_and(|source| session.is_some_and(|session| session.has_source(&source)))
        });
        let file = named
            .or(by_number.map(|(file, _)| file))
            .unwrap_or(self.focus);
        if let Some((_, inner)) = by_number {
            own["arguments"]["sourceReference"] = json!(inner);
        }
        if let Some(source) = own["arguments"].get_mut("source") {
            numbers.inward_source(file, source);
        }
        self.send(file, &own);
    }

    fn cancel(&mut self, request: &Value) {
        let progress = request["arguments"]["progressId"].as_str();
        let number = progress.and_then(|text| text.parse().ok());
        if let Some((file, inner)) = number.map(|number| self.numbers().inner(number)) {
            let mut own = request.clone();
            own["arguments"]["progressId"] = json!(inner.to_string());
            return self.send(file, &own);
        }
        self.ask_all(request);
    }
}

/// True if the other threads are to stand still.
fn is_single(request: &Value) -> bool {
    request["arguments"]["singleThread"] == true
}
