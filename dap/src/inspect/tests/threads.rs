//! Sessions whose work runs on threads of its own.

use std::{
    fmt::Write as _,
    thread,
    time::{Duration, Instant},
};

use super::*;
use crate::{connection::Connection, inspect::serve};

/// A client at the other end of a running session.
struct Remote {
    end: Connection,
    seq: i64,
}

impl Remote {
    fn new() -> Remote {
        let (end, other) = Connection::memory();
        thread::spawn(move || serve(&other, clock));
        Remote { end, seq: 0 }
    }

    fn send(&mut self, command: &str, arguments: Value) -> i64 {
        self.seq += 1;
        let request = json!({ "seq": self.seq, "type": "request", "command": command, "arguments": arguments });
        self.end
            .outbox
            .send(request.to_string().into_bytes())
            .unwrap();
        self.seq
    }

    /// The next message that is meant, and how long it took to come.
    fn wait(&self, is_meant: impl Fn(&Value) -> bool) -> (Value, Duration) {
        let begun = Instant::now();
        loop {
            let body = self
                .end
                .inbox
                .recv_timeout(Duration::from_secs(30))
                .unwrap()
                .unwrap();
            let message: Value = serde_json::from_slice(&body).unwrap();
            if is_meant(&message) {
                return (message, begun.elapsed());
            }
        }
    }

    fn ask(&mut self, command: &str, arguments: Value) -> (Value, Duration) {
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
    std::fs::write(&path, rows(400_000)).unwrap();
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
    let (_, took) = remote.ask("threads", Value::Null);
    assert!(took < Duration::from_millis(200), "{took:?}");
    let (refused, _) = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert_eq!(refused["message"], "notStopped");
    remote.send("pause", json!({ "threadId": 1 }));
    let (stopped, took) = remote.wait(|message| message["event"] == "stopped");
    assert_eq!(stopped["body"]["reason"], "pause", "{stopped}");
    // a loaded machine and a build without optimisation take longer than the 10 ms that are the aim
    assert!(took < Duration::from_millis(500), "{took:?}");
    let (trace, _) = remote.ask("stackTrace", json!({ "threadId": 1 }));
    assert!(trace["body"]["stackFrames"][0]["line"].as_i64().unwrap() < 400_000);
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

#[cfg(unix)]
#[test]
fn a_launch_that_waits_for_a_pipe_is_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    let mut remote = Remote::new();
    remote.ask("initialize", json!({ "supportsProgressReporting": true }));
    let launch = remote.send("launch", json!({ "program": path }));
    let (start, _) = remote.wait(|message| message["event"] == "progressStart");
    assert_eq!(start["body"]["title"], "Opening the file");
    remote.send(
        "cancel",
        json!({ "progressId": start["body"]["progressId"] }),
    );
    let (answer, _) = remote.wait(|message| message["request_seq"] == launch);
    assert_eq!(
        (&answer["success"], &answer["message"]),
        (&json!(false), &json!("cancelled"))
    );
    let ids = folder.path().join("ids.txt");
    std::fs::write(&ids, IDS).unwrap();
    let (launched, _) = remote.ask("launch", json!({ "program": ids }));
    assert_eq!(launched["success"], true, "{launched}");
}

#[test]
fn what_cannot_be_cut_into_messages_ends_the_session_with_a_word() {
    let (connection, writing) = Connection::over(b"nonsense\r\n\r\n".as_slice(), std::io::sink());
    assert!(serve(&connection, clock).is_err());
    drop(connection);
    writing.finish().unwrap();
}
