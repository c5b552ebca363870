//! Stops as debugpy and lldb-dap have them: the same script for a program of theirs and for a file of ours.

use std::{path::PathBuf, process::Command};

use serde_json::{Value, json};
use ulid_tests::{binary, tool};

use crate::wire::Wire;

/// A debugger, and a program of ten steps, one a line.
struct Peer {
    command: Command,
    launch: Value,
    source: PathBuf,
    /// The line of the first step.
    first: i64,
    /// A condition that never holds.
    never: &'static str,
}

/// A stop as every debugger tells it: its reason, the step, if the breakpoint there is named, and what was written.
type Stop = (String, i64, bool, bool);

fn sources(folder: &std::path::Path) -> [PathBuf; 3] {
    let names = ["ids.txt", "steps.py", "steps.c"];
    names.map(|name| folder.join(name))
}

fn peers(folder: &std::path::Path) -> Option<Vec<Peer>> {
    let python = tool("python/bin/python")?;
    let (lldb, compiler) = (tool("lldb-dap-19")?, tool("g++")?);
    let [ids, steps, c] = sources(folder);
    let id = |step: u32| format!("01BX5ZZKBKACTAV9WEVGEMMVR{step}\n");
    std::fs::write(&ids, (0..10).map(id).collect::<String>()).unwrap();
    let line = |step: u32| format!("a = {step}\n");
    std::fs::write(&steps, (0..10).map(line).collect::<String>()).unwrap();
    let line = |step: u32| format!("  a = {step};\n");
    let body: String = (0..10).map(line).collect();
    let text = format!("int main() {{ volatile int a = 9;\n{body}  return a; }}\n");
    std::fs::write(&c, text).unwrap();
    let program = folder.join("steps");
    let compiled = Command::new(compiler)
        .args(["-x", "c", "-g", "-O0", "-o"])
        .args([&program, &c])
        .status();
    assert!(compiled.unwrap().success());
    let mut inspect = Command::new(binary("ulid-dap"));
    inspect.arg("inspect");
    let mut debugpy = Command::new(python);
    debugpy.args(["-m", "debugpy.adapter"]);
    Some(vec![
        Peer {
            command: inspect,
            launch: json!({ "program": ids, "stopOnEntry": false }),
            source: ids,
            first: 1,
            never: "row < 0",
        },
        Peer {
            command: debugpy,
            launch: json!({ "program": steps, "console": "internalConsole" }),
            source: steps,
            first: 1,
            never: "1 < 0",
        },
        Peer {
            command: Command::new(lldb),
            launch: json!({ "program": program }),
            source: c,
            first: 2,
            never: "1 < 0",
        },
    ])
}

/// A session with one of them.
struct Session {
    wire: Wire,
    peer: Peer,
    thread: Value,
    ids: Vec<i64>,
}

impl Session {
    /// Stands at the first step.
    fn begin(mut peer: Peer) -> Session {
        let mut wire = Wire::spawn(&mut peer.command);
        wire.ask(
            "initialize",
            json!({ "adapterID": "test", "linesStartAt1": true, "columnsStartAt1": true, "pathFormat": "path" }),
        );
        wire.post("launch", peer.launch.clone());
        wire.wait(|message| message["event"] == "initialized");
        let mut session = Session {
            wire,
            peer,
            thread: Value::Null,
            ids: Vec::new(),
        };
        session.set(&[json!({ "line": 0 })]);
        session.wire.post("configurationDone", Value::Null);
        let stopped = session.wire.wait(|message| message["event"] == "stopped");
        session.thread = stopped["body"]["threadId"].clone();
        session
    }

    /// Sets breakpoints, whose lines count from the first step.
    fn set(&mut self, points: &[Value]) {
        let point = |point: &Value| {
            let mut point = point.clone();
            point["line"] = json!(point["line"].as_i64().unwrap() + self.peer.first);
            point
        };
        let points: Vec<Value> = points.iter().map(point).collect();
        let source = json!({ "path": self.peer.source });
        let set = self.wire.ask(
            "setBreakpoints",
            json!({ "source": source, "breakpoints": points }),
        );
        let all = set["body"]["breakpoints"].as_array().unwrap().iter();
        self.ids = all
            .map(|set| {
                assert_eq!(set["verified"], true, "{set}");
                set["id"].as_i64().unwrap()
            })
            .collect();
    }

    fn go(&mut self, command: &str) -> Stop {
        let from = self.wire.heard.len();
        self.wire.go(command, json!({ "threadId": self.thread }));
        let trace = self
            .wire
            .ask("stackTrace", json!({ "threadId": self.thread }));
        let line = trace["body"]["stackFrames"][0]["line"].as_i64().unwrap();
        let heard = &self.wire.heard[from..];
        let stopped = heard.iter().find(|message| message["event"] == "stopped");
        let body = &stopped.unwrap()["body"];
        let named = body["hitBreakpointIds"].as_array().cloned();
        let named = named.unwrap_or_default();
        let is_named = named
            .iter()
            .any(|id| id.as_i64().is_some_and(|id| self.ids.contains(&id)));
        let is_log = |message: &Value| {
            message["body"]["output"]
                .as_str()
                .is_some_and(|text| text.contains("passed"))
        };
        let wrote = heard.iter().any(is_log);
        let reason = body["reason"].as_str().unwrap().to_owned();
        (reason, line - self.peer.first, is_named, wrote)
    }
}

/// Steps and runs over what is set, and back to nothing that is set.
fn script(peer: Peer) -> Vec<Stop> {
    let never = peer.never;
    let mut session = Session::begin(peer);
    let mut stops = Vec::new();
    // a log point, a breakpoint and one whose condition does not hold, each on the next step
    session.set(&[
        json!({ "line": 1, "logMessage": "passed" }),
        json!({ "line": 2 }),
        json!({ "line": 3, "condition": never }),
        json!({ "line": 5 }),
    ]);
    for command in ["next", "next", "next", "continue"] {
        stops.push(session.go(command));
    }
    // one that was taken away stops nothing, and one that stands where the program stands stops nothing again
    session.set(&[json!({ "line": 5 }), json!({ "line": 8 })]);
    stops.push(session.go("continue"));
    session.set(&[]);
    stops.push(session.go("next"));
    session
        .wire
        .ask("disconnect", json!({ "terminateDebuggee": true }));
    stops
}

#[test]
fn steps_and_runs_stop_as_those_of_other_debuggers_do() {
    let folder = tempfile::tempdir().unwrap();
    let Some(peers) = peers(folder.path()) else {
        return;
    };
    let told: Vec<Vec<Stop>> = peers.into_iter().map(script).collect();
    let stop = |reason: &str, step, is_named, wrote| (reason.to_owned(), step, is_named, wrote);
    let expected = [
        stop("step", 1, false, true),
        stop("breakpoint", 2, true, false),
        stop("step", 3, false, false),
        stop("breakpoint", 5, true, false),
        stop("breakpoint", 8, true, false),
        stop("step", 9, false, false),
    ];
    for told in told {
        assert_eq!(told, expected);
    }
}
