//! Sessions whose work runs on threads of its own.

use std::{fmt::Write as _, thread, time::Duration};

use super::*;
use crate::{
    connection::Connection,
    inspect::{Trust, serve},
};

/// A client at the other end of a running session.
pub(super) struct Remote {
    end: Connection,
    seq: i64,
    heard: Vec<Value>,
}

impl Remote {
    pub(super) fn new() -> Remote {
        let (end, other) = Connection::memory();
        thread::spawn(move || serve(&other, clock, Trust::Parent));
        Remote {
            end,
            seq: 0,
            heard: Vec::new(),
        }
    }

    pub(super) fn send(&mut self, command: &str, arguments: Value) -> i64 {
        self.seq += 1;
        let request = json!({ "seq": self.seq, "type": "request", "command": command, "arguments": arguments });
        self.end
            .outbox
            .send(request.to_string().into_bytes())
            .unwrap();
        self.seq
    }

    /// The next message that is meant.
    pub(super) fn wait(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        loop {
            let body = self
                .end
                .inbox
                .recv_timeout(Duration::from_secs(30))
                .unwrap()
                .unwrap();
            let message: Value = serde_json::from_slice(&body).unwrap();
            self.heard.push(message.clone());
            if is_meant(&message) {
                return message;
            }
        }
    }

    pub(super) fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let seq = self.send(command, arguments);
        self.wait(|message| message["request_seq"] == seq)
    }
}

/// Many rows that nothing stops at.
fn rows(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, _| {
        writeln!(text, "01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap();
        text
    })
}

#[test]
fn a_long_run_is_paused_and_blocks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    std::fs::write(&path, rows(1_000_000)).unwrap();
    let mut remote = Remote::new();
    remote.ask("initialize", json!({ "supportsProgressReporting": true }));
    remote.ask("launch", json!({ "program": path }));
    remote.ask("configurationDone", Value::Null);
    // no row changes this column, so that each has to be looked at
    remote.ask(
        "setDataBreakpoints",
        json!({ "breakpoints": [{ "dataId": "length" }] }),
    );
    remote.send("continue", json!({ "threadId": 1 }));
    remote.ask("threads", Value::Null);
    let refused = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert_eq!(refused["message"], "notStopped");
    remote.send("pause", json!({ "threadId": 1 }));
    let stopped = remote.wait(|message| message["event"] == "stopped");
    assert_eq!(stopped["body"]["reason"], "pause", "{stopped}");
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert!(trace["body"]["stackFrames"][0]["line"].as_i64().unwrap() < 1_000_000);
    remote.ask("disconnect", Value::Null);
    assert!(
        remote
            .end
            .inbox
            .recv_timeout(Duration::from_secs(5))
            .is_err(),
        "the session is over"
    );
}

/// A session that runs through a million rows that nothing stops at.
fn on_a_long_way(folder: &tempfile::TempDir) -> Remote {
    let path = folder.path().join("ids.txt");
    std::fs::write(&path, rows(1_000_000)).unwrap();
    let mut remote = Remote::new();
    remote.ask("initialize", json!({ "supportsProgressReporting": true }));
    remote.ask("launch", json!({ "program": path, "stopOnEntry": true }));
    remote.ask("configurationDone", Value::Null);
    remote.wait(|message| message["event"] == "stopped");
    // no row changes this column, so that each has to be looked at
    let length = json!({ "breakpoints": [{ "dataId": "length" }] });
    remote.ask("setDataBreakpoints", length);
    remote.send("continue", json!({ "threadId": 1 }));
    remote
}

#[test]
fn a_program_that_runs_begins_again_where_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut remote = on_a_long_way(&folder);
    let answer = remote.ask("restart", Value::Null);
    assert_eq!(answer["success"], true, "{answer}");
    let stopped = remote.wait(|message| message["event"] == "stopped");
    assert_eq!(stopped["body"]["reason"], "entry", "{stopped}");
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert_eq!(trace["body"]["stackFrames"][0]["line"], 1);
    // where it cannot, it stands
    remote.send("continue", json!({ "threadId": 1 }));
    let answer = remote.ask("restart", json!({ "arguments": { "program": "/nowhere" } }));
    assert_eq!(answer["success"], false, "{answer}");
    remote.wait(|message| message["event"] == "stopped");
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert_eq!(trace["success"], true, "{trace}");
}

#[test]
fn a_pause_of_several_files_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.txt", "b.txt"].map(|name| folder.path().join(name));
    for path in &paths {
        std::fs::write(path, rows(500_000)).unwrap();
    }
    let mut remote = Remote::new();
    remote.ask("initialize", Value::Null);
    remote.ask("launch", json!({ "programs": paths, "stopOnEntry": true }));
    remote.ask("configurationDone", Value::Null);
    remote.wait(|message| message["event"] == "stopped");
    let never = json!({ "breakpoints": [{ "name": "text =~ \"(Q|R)+never\"" }] });
    remote.ask("setFunctionBreakpoints", never);
    remote.ask("continue", json!({ "threadId": 1 }));
    remote.send("pause", json!({ "threadId": 2 }));
    let stopped = remote.wait(|message| message["event"] == "stopped");
    assert_eq!(stopped["body"]["reason"], "pause", "{stopped}");
}

#[test]
fn nothing_is_told_of_a_program_that_was_terminated() {
    let folder = tempfile::tempdir().unwrap();
    let mut remote = on_a_long_way(&folder);
    let answer = remote.ask("terminate", Value::Null);
    assert_eq!(answer["success"], true, "{answer}");
    remote.wait(|message| message["event"] == "terminated");
    let more = remote.end.inbox.recv_timeout(Duration::from_millis(1_500));
    assert!(more.is_err(), "{more:?}");
}

#[test]
fn every_log_point_is_written_before_the_stop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    std::fs::write(&path, rows(5_000)).unwrap();
    let mut remote = Remote::new();
    remote.ask("initialize", Value::Null);
    remote.ask("launch", json!({ "program": path }));
    remote.ask("configurationDone", Value::Null);
    let points: Vec<Value> = (2..=5_000)
        .map(|line| json!({ "line": line, "logMessage": "{line}" }))
        .collect();
    remote.ask(
        "setBreakpoints",
        json!({ "source": { "path": path }, "breakpoints": points }),
    );
    remote.send("continue", json!({ "threadId": 1 }));
    for line in 2..=5_000 {
        let message =
            remote.wait(|message| matches!(message["event"].as_str(), Some("output" | "stopped")));
        assert_eq!(message["body"]["output"], format!("{line}\n"));
    }
    remote.wait(|message| message["event"] == "stopped");
}

#[test]
fn runs_find_flaws_without_the_pass_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    std::fs::write(&path, rows(1_000_000) + "broken\n").unwrap();
    let mut remote = Remote::new();
    remote.ask("initialize", json!({ "supportsProgressReporting": true }));
    remote.ask("launch", json!({ "program": path }));
    remote.ask("configurationDone", Value::Null);
    // its number follows that of the opening; one that has ended already cannot be cancelled
    remote.ask("cancel", json!({ "progressId": "2" }));
    remote.ask("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    remote.send("continue", json!({ "threadId": 1 }));
    let stopped = remote.wait(|message| message["event"] == "stopped");
    assert_eq!(stopped["body"]["reason"], "exception", "{stopped}");
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert_eq!(trace["body"]["stackFrames"][0]["line"], 1_000_001);
}

/// The path of a pipe that nobody has opened yet.
#[cfg(unix)]
fn pipe_in(folder: &tempfile::TempDir) -> std::path::PathBuf {
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    path
}

#[cfg(unix)]
#[test]
fn a_launch_that_waits_for_a_pipe_is_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = pipe_in(&folder);
    let mut remote = Remote::new();
    remote.ask("initialize", json!({ "supportsProgressReporting": true }));
    let launch = remote.send("launch", json!({ "program": path }));
    let start = remote.wait(|message| message["event"] == "progressStart");
    assert_eq!(start["body"]["title"], "Opening the file");
    remote.send(
        "cancel",
        json!({ "progressId": start["body"]["progressId"] }),
    );
    let answer = remote.wait(|message| message["request_seq"] == launch);
    assert_eq!(
        (&answer["success"], &answer["message"]),
        (&json!(false), &json!("cancelled"))
    );
    let ids = folder.path().join("ids.txt");
    std::fs::write(&ids, IDS).unwrap();
    let launched = remote.ask("launch", json!({ "program": ids }));
    assert_eq!(launched["success"], true, "{launched}");
}

#[test]
fn what_cannot_be_cut_into_messages_ends_the_session_with_a_word() {
    let (connection, writing) = Connection::over(b"nonsense\r\n\r\n".as_slice(), std::io::sink());
    assert!(serve(&connection, clock, Trust::Parent).is_err());
    drop(connection);
    writing.finish().unwrap();
}

/// A session on a pipe that has brought some text, and the pipe.
#[cfg(unix)]
fn on_a_pipe(text: &str) -> (Remote, std::fs::File) {
    use std::io::Write as _;

    let folder = tempfile::tempdir().unwrap();
    let path = pipe_in(&folder);
    let mut remote = Remote::new();
    remote.ask("initialize", json!({ "supportsProgressReporting": true }));
    let launch = remote.send("launch", json!({ "program": path }));
    let mut pipe = std::fs::File::options().write(true).open(&path).unwrap();
    pipe.write_all(text.as_bytes()).unwrap();
    remote.wait(|message| message["request_seq"] == launch);
    (remote, pipe)
}

#[cfg(unix)]
#[test]
fn a_jump_to_a_line_that_has_not_come_yet_is_told_to_wait() {
    let (mut remote, _pipe) = on_a_pipe(IDS);
    remote.ask("configurationDone", Value::Null);
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    let source = &trace["body"]["stackFrames"][0]["source"];
    let offer = remote.ask("gotoTargets", json!({ "source": source, "line": 99 }));
    assert_eq!(
        offer["message"],
        "line 99 is not read yet, 6 rows are; ask again in a moment"
    );
}

#[cfg(unix)]
#[test]
fn lines_that_have_not_come_yet_take_breakpoints() {
    use std::io::Write as _;

    let (first, rest) = IDS.split_at(IDS.len() / 2);
    let (mut remote, mut pipe) = on_a_pipe(first);
    remote.ask("configurationDone", Value::Null);
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    let source = &trace["body"]["stackFrames"][0]["source"];
    let set = remote.ask(
        "setBreakpoints",
        json!({ "source": source, "breakpoints": [{ "line": 5 }, { "line": 99 }] }),
    );
    for breakpoint in set["body"]["breakpoints"].as_array().unwrap() {
        assert_eq!(breakpoint["verified"], true, "any line may still come");
    }
    remote.send("continue", json!({ "threadId": 1 }));
    pipe.write_all(rest.as_bytes()).unwrap();
    drop(pipe);
    // the pass over the file may end before the run or after it
    let mut events = ["stopped", "breakpoint"].map(|name| (name, Value::Null));
    while events.iter().any(|(_, body)| body.is_null()) {
        let mut message = remote.wait(|message| message["type"] == "event");
        for (name, body) in &mut events {
            if message["event"] == *name {
                *body = message["body"].take();
            }
        }
    }
    let [(_, stopped), (_, changed)] = events;
    assert_eq!(stopped["reason"], "breakpoint");
    let breakpoint = &changed["breakpoint"];
    assert_eq!(
        (&breakpoint["line"], &breakpoint["verified"]),
        (&json!(99), &json!(false))
    );
    assert_eq!(
        breakpoint["message"],
        "there is no row on this line, the last row is on line 6"
    );
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert_eq!(trace["body"]["stackFrames"][0]["line"], 5);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_pauses_holds_no_stop_back() {
    let (mut remote, pipe) = on_a_pipe(IDS);
    remote.ask(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "line == 3" }] }),
    );
    remote.ask("configurationDone", Value::Null);
    remote.wait(|message| message["event"] == "stopped");
    for (motion, line) in [("continue", 3), ("next", 4), ("reverseContinue", 3)] {
        remote.send(motion, json!({ "threadId": 1 }));
        remote.wait(|message| message["event"] == "stopped");
        let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
        assert_eq!(trace["body"]["stackFrames"][0]["line"], line, "{motion}");
    }
    drop(pipe);
}

/// Waits until something holds.
#[cfg(unix)]
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(std::time::Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
#[test]
fn work_ends_with_a_client_that_vanishes() {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};

    // nobody has written yet: a pipe that nobody reads cannot be opened without waiting
    let folder = tempfile::tempdir().unwrap();
    let path = pipe_in(&folder);
    let is_read = || {
        let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let mut options = std::fs::File::options();
        options.write(true).custom_flags(flags).open(&path).is_ok()
    };
    for says_goodbye in [true, false] {
        let mut remote = Remote::new();
        remote.ask("initialize", Value::Null);
        remote.send("launch", json!({ "program": path }));
        eventually("the pipe is opened", is_read);
        if says_goodbye {
            remote.ask("disconnect", Value::Null);
        }
        drop(remote);
        eventually("nobody reads the pipe", || !is_read());
    }
    // a run waits for more
    let (mut remote, mut pipe) = on_a_pipe(IDS);
    remote.ask("configurationDone", Value::Null);
    remote.send("continue", json!({ "threadId": 1 }));
    pipe.write_all(IDS.as_bytes()).unwrap();
    drop(remote);
    eventually("nobody reads the pipe", || pipe.write_all(b"\n").is_err());
}

#[cfg(unix)]
#[test]
fn a_watch_of_all_rows_does_not_wait_for_a_pipe_that_pauses() {
    // four rows of the six have an ID that no earlier row has
    let (mut remote, pipe) = on_a_pipe(IDS);
    remote.ask("configurationDone", Value::Null);
    let begin = std::time::Instant::now();
    for (expression, expected) in [
        ("count(valid)", "5"),
        ("count(duplicate)", "1"),
        ("max(time)", "2017-10-24T01:29:36.372Z"),
        ("duplicate", "false"),
    ] {
        let arguments = json!({ "expression": expression, "context": "watch" });
        let answer = remote.ask("evaluate", arguments);
        assert_eq!(answer["body"]["result"], expected, "{answer}");
    }
    // signs of work come after half a second
    thread::sleep(Duration::from_millis(800));
    remote.ask("threads", Value::Null);
    assert!(begin.elapsed() < Duration::from_secs(2));
    drop(pipe);
    // nobody writes to it any more
    // what has no end has no progress
    let sign = remote
        .heard
        .iter()
        .find(|message| message["event"] == "progressStart");
    assert_eq!(sign, None);
    let refused = remote.ask("restart", Value::Null);
    assert_eq!(
        refused["message"],
        "a pipe is read once, so that it cannot begin again; launch what writes to it anew"
    );
}

#[cfg(unix)]
#[test]
fn what_is_set_while_a_pipe_is_waited_for_is_heard() {
    use std::io::Write as _;

    let (mut remote, mut pipe) = on_a_pipe(IDS);
    let lines = |lines: &[i64]| -> Vec<Value> {
        lines.iter().map(|line| json!({ "line": line })).collect()
    };
    let trace_line = |remote: &mut Remote| {
        let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
        trace["body"]["stackFrames"][0]["line"].clone()
    };
    remote.ask("configurationDone", Value::Null);
    remote.wait(|message| message["event"] == "stopped");
    let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
    let source = trace["body"]["stackFrames"][0]["source"].clone();
    remote.ask(
        "setBreakpoints",
        json!({ "source": source, "breakpoints": lines(&[7]) }),
    );
    remote.send("continue", json!({ "threadId": 1 }));
    // the one that was set is taken away, and others are set in its place
    remote.ask(
        "setBreakpoints",
        json!({ "source": source, "breakpoints": lines(&[8]) }),
    );
    pipe.write_all(IDS.as_bytes()).unwrap();
    let stopped = remote.wait(|message| message["event"] == "stopped");
    assert_eq!(stopped["body"]["reason"], "breakpoint");
    assert_eq!(trace_line(&mut remote), 8);
    remote.ask(
        "setBreakpoints",
        json!({ "source": source, "breakpoints": [] }),
    );
    remote.send("continue", json!({ "threadId": 1 }));
    thread::sleep(Duration::from_millis(50));
    remote.ask("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    pipe.write_all(IDS.as_bytes()).unwrap();
    let stopped = remote.wait(|message| message["event"] == "stopped");
    assert_eq!(stopped["body"]["reason"], "exception");
    assert_eq!(trace_line(&mut remote), 15);
    drop(pipe);
}

#[cfg(unix)]
#[test]
fn duplicates_are_not_looked_for_in_what_has_no_end() {
    let (mut remote, pipe) = on_a_pipe(IDS);
    let set = remote.ask(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "duplicate" }] }),
    );
    let breakpoint = &set["body"]["breakpoints"][0];
    assert_eq!(breakpoint["verified"], false);
    let message = breakpoint["message"].as_str().unwrap();
    assert!(
        message.starts_with("duplicate and by ask for all rows"),
        "{message}"
    );
    drop(pipe);
}

#[test]
fn a_file_that_is_followed_stops_at_what_is_written_to_it() {
    use std::io::Write as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    std::fs::write(&path, "01ARZ3NDEKTSV4RRFFQ69G5FAV\n").unwrap();
    let mut remote = Remote::new();
    remote.ask("initialize", json!({ "supportsProgressReporting": true }));
    remote.ask("launch", json!({ "program": path, "follow": true }));
    remote.ask("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    let source = json!({ "path": path });
    let set = remote.ask("setBreakpoints", json!({ "source": source, "breakpoints": [{ "line": 4 }, { "line": 5, "logMessage": "{id}" }] }));
    for breakpoint in set["body"]["breakpoints"].as_array().unwrap() {
        assert_eq!(breakpoint["verified"], true, "any line may still come");
    }
    remote.ask("configurationDone", Value::Null);
    remote.wait(|message| message["event"] == "stopped");
    let mut file = std::fs::File::options().append(true).open(&path).unwrap();
    let mut write = |text: &str| file.write_all(text.as_bytes()).unwrap();
    let stop = |remote: &mut Remote, reason: &str, line: i64| {
        let stopped = remote.wait(|message| message["event"] == "stopped");
        assert_eq!(stopped["body"]["reason"], reason, "{stopped}");
        let trace = remote.ask("stackTrace", json!({ "threadId": 1 }));
        assert_eq!(trace["body"]["stackFrames"][0]["line"], line);
    };
    remote.send("continue", json!({ "threadId": 1 }));
    thread::sleep(Duration::from_millis(50));
    let begin = std::time::Instant::now();
    write("01ARZ3NDEKTSV4RRFFQ69G5FAW\nbroken\n");
    stop(&mut remote, "exception", 3);
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    // a step waits for the next row, which has a breakpoint
    remote.send("next", json!({ "threadId": 1 }));
    thread::sleep(Duration::from_millis(50));
    write("01ARZ3NDEKTSV4RRFFQ69G5FAX\n");
    stop(&mut remote, "breakpoint", 4);
    remote.send("continue", json!({ "threadId": 1 }));
    write("01ARZ3NDEKTSV4RRFFQ69G5FAY\n");
    let written = remote.wait(|message| message["event"] == "output");
    assert_eq!(written["body"]["output"], "01ARZ3NDEKTSV4RRFFQ69G5FAY\n");
    // a pause stands at the newest row
    remote.send("pause", json!({ "threadId": 1 }));
    stop(&mut remote, "pause", 5);
    // what has come is what an expression of all rows is asked of
    let answer = remote.ask(
        "evaluate",
        json!({ "expression": "count(valid)", "context": "watch" }),
    );
    assert_eq!(answer["body"]["result"], "4");
    // another file takes its name, and its rows follow
    std::fs::rename(&path, folder.path().join("ids.1")).unwrap();
    std::fs::write(&path, "01ARZ3NDEKTSV4RRFFQ69G5FAZ\nbroken\n").unwrap();
    remote.send("continue", json!({ "threadId": 1 }));
    // its lines are counted anew
    stop(&mut remote, "exception", 2);
    // a file that is cut is told
    std::fs::write(&path, "").unwrap();
    remote.send("continue", json!({ "threadId": 1 }));
    let stopped = remote.wait(|message| message["event"] == "stopped");
    let description = stopped["body"]["description"].as_str().unwrap_or_default();
    assert!(
        description.starts_with("the file was cut; restart"),
        "{stopped}"
    );
    let sign = remote
        .heard
        .iter()
        .find(|message| message["event"] == "progressStart");
    assert_eq!(sign, None, "what has no end has no progress");
    std::fs::write(&path, IDS).unwrap();
    assert_eq!(remote.ask("restart", Value::Null)["success"], true);
}
