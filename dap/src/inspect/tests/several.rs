//! Several files as threads.

use std::path::Path;

use proptest::prelude::*;
use ulid_engine::{Ulid, codec};

use super::*;
use crate::inspect::threads::{Threads, Turn};

/// A client of several files, whose work is done at once.
struct Several {
    threads: Threads,
    seq: i64,
    heard: Vec<Value>,
    folder: TempDir,
}

impl Several {
    fn new() -> Several {
        Several {
            threads: Threads::new(clock, true),
            seq: 0,
            heard: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A client that has launched files of some contents.
    fn of(files: &[(&str, &str)], launch: Value) -> Several {
        let mut client = Several::new();
        client.ok("initialize", json!({ "supportsVariableType": true }));
        let programs: Vec<_> = files
            .iter()
            .map(|(name, content)| client.file(name, content))
            .collect();
        let mut arguments = json!({ "programs": programs });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(launch.as_object().unwrap().clone());
        client.ok("launch", arguments);
        client
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    fn source(&self, name: &str) -> Value {
        json!({ "path": self.folder.path().join(name) })
    }

    fn hear(&mut self, turn: Turn) {
        for message in turn.messages {
            let seq = i64::try_from(self.heard.len()).unwrap() + 1;
            self.heard
                .push(serde_json::from_slice(&message.to_bytes(seq)).unwrap());
        }
        for (work, progress) in turn.jobs {
            let mut news = Vec::new();
            work.run(&progress, &mut |told| news.push(told));
            for told in news {
                let turn = self.threads.hear(told);
                self.hear(turn);
            }
        }
    }

    fn request(&mut self, command: &str, arguments: Value) -> Value {
        self.seq += 1;
        let request = json!({ "seq": self.seq, "type": "request", "command": command, "arguments": arguments });
        let from = self.heard.len();
        let turn = self.threads.receive(request.to_string().as_bytes());
        self.hear(turn);
        let mut answers = self.heard[from..]
            .iter()
            .filter(|message| message["request_seq"] == json!(self.seq));
        let answer = answers
            .next()
            .unwrap_or_else(|| panic!("no answer to {request}"));
        assert_eq!(answers.next(), None, "two answers to {request}");
        answer.clone()
    }

    fn ok(&mut self, command: &str, arguments: Value) -> Value {
        let mut answer = self.request(command, arguments);
        assert_eq!(answer["success"], true, "{answer}");
        answer["body"].take()
    }

    fn refused(&mut self, command: &str, arguments: Value) -> String {
        let answer = self.request(command, arguments);
        assert_eq!(answer["success"], false, "{answer}");
        answer["message"].as_str().unwrap().to_owned()
    }

    /// The outcome of a motion: `breakpoint 2:4`, the thread and the line, or `end`.
    fn motion(&mut self, command: &str, thread: i64) -> String {
        let from = self.heard.len();
        self.ok(command, json!({ "threadId": thread }));
        self.arrival(from)
    }

    fn arrival(&mut self, from: usize) -> String {
        let events = self.heard[from..].to_vec();
        let named = |name: &str| events.iter().find(|message| message["event"] == name);
        if named("terminated").is_some() {
            return "end".to_owned();
        }
        let Some(stopped) = named("stopped") else {
            return format!("{:?}", named("thread").map(|event| &event["body"]));
        };
        let body = &stopped["body"];
        assert_eq!(body["allThreadsStopped"], true);
        let mut place = body["reason"].as_str().unwrap().to_owned();
        if let Some(description) = body["description"].as_str() {
            write!(place, " ({description})").unwrap();
        }
        let thread = body["threadId"].as_i64().unwrap();
        format!("{place} {thread}:{}", self.line(thread))
    }

    fn line(&mut self, thread: i64) -> i64 {
        let trace = self.ok("stackTrace", json!({ "threadId": thread }));
        trace["stackFrames"][0]["line"].as_i64().unwrap()
    }

    fn written(&self, from: usize) -> Vec<String> {
        let written = self.heard[from..]
            .iter()
            .filter(|message| message["event"] == "output");
        let text = |message: &Value| {
            message["body"]["output"]
                .as_str()
                .unwrap()
                .trim()
                .to_owned()
        };
        written.map(text).collect()
    }

    /// Sets breakpoints on lines of a file; `log` writes instead.
    fn set(&mut self, name: &str, lines: &[i64], log: Option<&str>) -> Value {
        let breakpoint = |line: &i64| json!({ "line": line, "logMessage": log });
        let breakpoints: Vec<Value> = lines.iter().map(breakpoint).collect();
        let source = self.source(name);
        self.ok(
            "setBreakpoints",
            json!({ "source": source, "breakpoints": breakpoints }),
        )
    }
}

/// An ID of a second of 2025.
fn at(second: u64) -> String {
    let ms = 1_735_689_600_000 + 1_000 * second;
    let id = Ulid::from_parts(ms, u128::from(second)).unwrap();
    codec::print(id).to_string()
}

/// Rows of a CSV at these seconds, with a column.
fn table(column: &str, seconds: &[u64]) -> String {
    let mut text = format!("id,{column}\n");
    for second in seconds {
        writeln!(text, "{},{column}{second}", at(*second)).unwrap();
    }
    text
}

fn orders_and_payments() -> Several {
    Several::of(
        &[
            ("orders.csv", &table("order", &[1, 3, 5, 7, 9])),
            ("payments.csv", &table("paid", &[2, 4, 5, 6, 20])),
        ],
        json!({}),
    )
}

#[test]
fn files_are_threads_that_go_on_in_the_order_of_time() {
    let mut client = orders_and_payments();
    let initialized = client
        .heard
        .iter()
        .filter(|message| message["event"] == "initialized");
    assert_eq!(initialized.count(), 1);
    let set = client.set("orders.csv", &[4], None);
    assert_eq!(set["breakpoints"][0]["verified"], true);
    client.set("payments.csv", &[3, 6], None);
    let from = client.heard.len();
    client.ok("configurationDone", json!({}));
    assert_eq!(client.arrival(from), "entry 1:2");
    let threads = client.ok("threads", Value::Null);
    assert_eq!(
        threads["threads"],
        json!([{ "id": 1, "name": "orders.csv" }, { "id": 2, "name": "payments.csv" }])
    );
    // second 4 comes before second 5
    assert_eq!(client.motion("continue", 1), "breakpoint 2:3");
    assert_eq!(client.line(1), 3, "the last that went by, second 3");
    assert_eq!(client.motion("continue", 2), "breakpoint 1:4");
    assert_eq!(
        client.line(2),
        3,
        "second 5 of the second file is behind that of the first"
    );
    assert_eq!(client.motion("continue", 1), "breakpoint 2:6");
    assert_eq!(client.line(1), 6, "all of it went by");
    // and back
    assert_eq!(client.motion("reverseContinue", 2), "breakpoint 1:4");
    assert_eq!(client.motion("reverseContinue", 1), "breakpoint 2:3");
    assert_eq!(client.motion("continue", 1), "breakpoint 1:4");
    assert_eq!(client.motion("continue", 1), "breakpoint 2:6");
    let end = client.motion("continue", 1);
    assert!(end.starts_with("step (End of file)"), "{end}");
    assert_eq!(client.motion("continue", 1), "end");
    let exited = client
        .heard
        .iter()
        .filter(|message| message["event"] == "exited");
    assert_eq!(exited.count(), 1);
}

#[test]
fn what_is_written_comes_in_the_order_of_time() {
    let mut client = orders_and_payments();
    client.set("orders.csv", &[1], Some("{order}"));
    client.set("payments.csv", &[1], Some("{paid}"));
    client.ok("configurationDone", json!({}));
    let from = client.heard.len();
    client.motion("continue", 1);
    let expected = [
        "paid2", "order3", "paid4", "order5", "paid5", "paid6", "order7", "order9", "paid20",
    ];
    assert_eq!(
        client.written(from),
        expected,
        "the first row is where it stood"
    );
}

#[test]
fn a_run_from_the_entry_passes_the_first_rows_too() {
    let mut client = Several::of(
        &[
            ("a.csv", &table("a", &[1, 3])),
            ("b.csv", &table("b", &[2, 4])),
        ],
        json!({ "stopOnEntry": false, "logs": [{ "message": "{line}" }] }),
    );
    let from = client.heard.len();
    client.ok("configurationDone", json!({}));
    assert_eq!(client.written(from), ["2", "2", "3", "3"]);
    assert!(client.arrival(from).starts_with("step (End of file)"));
}

#[test]
fn what_one_file_cannot_have_is_set_in_the_other() {
    let mut client = orders_and_payments();
    client.ok("configurationDone", json!({}));
    let set = client.ok(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "paid == \"paid5\"" }, { "name": "nothing == 1" }] }),
    );
    let said = |place: usize| {
        set["breakpoints"][place]["message"]
            .as_str()
            .unwrap_or_default()
    };
    assert_eq!(set["breakpoints"][0]["verified"], true, "{set}");
    assert_eq!(set["breakpoints"][1]["verified"], false, "{set}");
    assert!(said(1).contains("no field or column \"nothing\""), "{set}");
    let counted = client
        .heard
        .iter()
        .rfind(|message| message["event"] == "breakpoint")
        .unwrap();
    assert_eq!(
        counted["body"]["breakpoint"]["message"],
        "payments.csv: 1 row, the next on line 4"
    );
    assert_eq!(client.motion("continue", 1), "function breakpoint 2:4");
    assert_eq!(client.line(1), 4);
}

#[test]
fn steps_trees_and_watches_are_of_their_thread() {
    let mut client = orders_and_payments();
    client.ok("configurationDone", json!({}));
    // the second file waits before its first row, to which a step leads
    assert_eq!(client.motion("next", 2), "step 2:2");
    assert_eq!(client.motion("next", 2), "step 2:3");
    assert_eq!(client.line(1), 2);
    for (thread, column, value) in [(1, "order", "order1"), (2, "paid", "paid4")] {
        let trace = client.ok("stackTrace", json!({ "threadId": thread }));
        let frame = &trace["stackFrames"][0];
        let scopes = client.ok("scopes", json!({ "frameId": frame["id"] }));
        let row = scopes["scopes"].as_array().unwrap().iter();
        let row = row.clone().find(|scope| scope["name"] == "Row").unwrap();
        let rows = client.ok(
            "variables",
            json!({ "variablesReference": row["variablesReference"] }),
        );
        let rows = rows["variables"].as_array().unwrap().clone();
        let cell = rows.iter().find(|row| row["name"] == column).unwrap();
        assert_eq!(cell["value"], value);
        let watch = json!({ "expression": column, "frameId": frame["id"], "context": "watch" });
        assert_eq!(client.ok("evaluate", watch)["result"], value);
        // the row after, in its own file
        let around = scopes["scopes"].as_array().unwrap().iter();
        let around = around.clone().find(|scope| scope["name"] == "Neighbours");
        let around = &around.unwrap()["variablesReference"];
        let rows = client.ok("variables", json!({ "variablesReference": around }));
        let rows = rows["variables"].as_array().unwrap().clone();
        let next = rows.iter().find(|row| row["name"] == "next").unwrap();
        let place = json!({ "locationReference": next["valueLocationReference"] });
        let place = client.ok("locations", place);
        assert_eq!(place["source"], frame["source"]);
        assert_eq!(
            place["line"].as_i64().unwrap(),
            frame["line"].as_i64().unwrap() + 1
        );
        // bytes of its own file
        let address = &frame["instructionPointerReference"];
        let memory = client.ok(
            "readMemory",
            json!({ "memoryReference": address, "count": 26 }),
        );
        let rows = client.ok(
            "disassemble",
            json!({ "memoryReference": address, "instructionCount": 1 }),
        );
        assert_eq!(memory["address"], *address);
        assert_eq!(&rows["instructions"][0]["address"], address);
    }
    // without a frame that which stopped last is meant
    let last = client.ok("evaluate", json!({ "expression": "paid" }));
    assert_eq!(last["result"], "paid4");
    // a jump in the first file
    let source = client.source("orders.csv");
    let targets = client.ok("gotoTargets", json!({ "source": source, "line": 5 }));
    let target = &targets["targets"][0]["id"];
    let from = client.heard.len();
    client.ok("goto", json!({ "threadId": 1, "targetId": target }));
    assert_eq!(client.arrival(from), "goto 1:5");
    assert_eq!(client.line(2), 3);
    let sources = client.ok("loadedSources", Value::Null);
    assert_eq!(sources["sources"].as_array().unwrap().len(), 2);
    // one thread by itself
    let from = client.heard.len();
    client.ok("continue", json!({ "threadId": 2, "singleThread": true }));
    assert_eq!(client.arrival(from), "step (End of file) 2:6");
    assert_eq!(client.line(1), 5);
    let refused = client.refused("next", json!({ "threadId": 3 }));
    assert_eq!(
        refused,
        "there is no thread 3, the files are threads 1 to 2"
    );
}

#[test]
fn a_thread_that_ends_leaves_the_others() {
    let mut client = orders_and_payments();
    client.ok("configurationDone", json!({}));
    client.ok("continue", json!({ "threadId": 2, "singleThread": true }));
    let ended = client.motion("next", 2);
    assert!(ended.contains("exited"), "{ended}");
    let threads = client.ok("threads", Value::Null);
    assert_eq!(threads["threads"].as_array().unwrap().len(), 1);
    assert_eq!(client.motion("next", 1), "step 1:3");
    assert_eq!(client.motion("continue", 1), "step (End of file) 1:6");
    assert_eq!(client.motion("continue", 1), "end");
}

#[test]
fn launches_that_cannot_be_are_refused_and_may_be_tried_again() {
    let mut client = Several::new();
    client.ok("initialize", json!({}));
    let good = client.file("good.csv", &table("a", &[1]));
    let missing = Path::new("/no/such/file");
    for (arguments, words) in [
        (json!({ "programs": [] }), "names no file"),
        (json!({ "programs": 5 }), "cannot be used"),
        (
            json!({ "programs": [good], "program": good }),
            "give either",
        ),
        (json!({ "programs": [good, missing] }), "no such file"),
    ] {
        let refused = client.refused("launch", arguments.clone());
        assert!(refused.contains(words), "{arguments}: {refused}");
    }
    client.ok("launch", json!({ "programs": [good, good] }));
    client.ok("configurationDone", json!({}));
    let again = client.refused("launch", json!({ "program": good }));
    assert!(again.contains("open already"), "{again}");
    // a list of one is one file, as ever
    let mut client = Several::of(&[("one.csv", &table("a", &[1, 2]))], json!({}));
    client.ok("configurationDone", json!({}));
    assert_eq!(client.motion("next", 1), "step 1:3");
}

#[test]
fn a_restart_begins_again_in_all_files() {
    let mut client = orders_and_payments();
    client.ok("configurationDone", json!({}));
    client.set("payments.csv", &[4], None);
    assert_eq!(client.motion("continue", 1), "breakpoint 2:4");
    client.file("orders.csv", &table("order", &[3, 4]));
    let from = client.heard.len();
    client.ok("restart", Value::Null);
    assert_eq!(client.arrival(from), "entry 2:2");
    assert_eq!(client.motion("continue", 1), "breakpoint 2:4");
    assert_eq!(client.line(1), 3);
}

#[test]
fn the_row_of_the_other_file_is_asked_by_name() {
    let mut client = orders_and_payments();
    client.ok("configurationDone", json!({}));
    // second 5 is in both
    let set = |client: &mut Several, name: &str| {
        let arguments = json!({ "breakpoints": [{ "name": name }] });
        let set = client.ok("setFunctionBreakpoints", arguments);
        set["breakpoints"][0].clone()
    };
    assert_eq!(set(&mut client, "other")["verified"], true);
    assert_eq!(client.motion("continue", 1), "function breakpoint 1:4");
    for (expression, value) in [
        ("other.paid", "paid5"),
        ("other", "true"),
        ("not other", "false"),
        ("replace(other.paid, \"paid\", \"x\")", "x5"),
    ] {
        for context in ["watch", "repl"] {
            let arguments = json!({ "expression": expression, "context": context });
            assert_eq!(
                client.ok("evaluate", arguments)["result"],
                value,
                "{expression}"
            );
        }
    }
    let refused = client.refused("evaluate", json!({ "expression": "other.nothing" }));
    assert!(
        refused.contains("there is no column \"nothing\" in it"),
        "{refused}"
    );
    let refused = client.refused(
        "evaluate",
        json!({ "expression": "id in file(\"/etc/passwd\")" }),
    );
    assert!(!refused.contains("no ID"), "{refused}");
    assert_eq!(client.motion("continue", 1), "function breakpoint 2:4");
    // rows that the other file does not have
    set(&mut client, "not other");
    assert_eq!(client.motion("continue", 1), "function breakpoint 2:5");
    client.set("orders.csv", &[5], Some("{other.paid}, {other}"));
    client.motion("restart", 1);
    let from = client.heard.len();
    set(&mut client, "line > 100");
    client.motion("continue", 1);
    assert_eq!(client.written(from), ["missing, false"]);
}

#[test]
fn of_three_files_the_one_with_the_column_is_asked() {
    let files = [
        ("a.csv", &*table("a", &[1, 2, 3])),
        ("b.csv", &*table("b", &[2])),
        ("c.csv", &*table("c", &[3])),
    ];
    let mut client = Several::of(&files, json!({}));
    client.ok("configurationDone", json!({}));
    let mut ask = |expression: &str| {
        client.ok("evaluate", json!({ "expression": expression }))["result"].clone()
    };
    assert_eq!(ask("other"), "false");
    assert_eq!(ask("count(other)"), "2");
    assert_eq!(ask("count(other.b == \"b2\")"), "1");
    assert_eq!(ask("count(other.c == \"c3\")"), "1");
    client.motion("next", 1);
    let b = client.ok("evaluate", json!({ "expression": "other.b" }));
    assert_eq!(b["result"], "b2");
}

/// A file of the model: the seconds of its rows; none for rows without an ID.
type Rows = Vec<Option<u64>>;

/// Rows of all files in the order in which they go by: the file and the row of each.
fn merged(files: &[Rows]) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    for (file, rows) in files.iter().enumerate() {
        let mut latest = 0;
        for (row, second) in rows.iter().enumerate() {
            latest = latest.max(second.unwrap_or(0));
            all.push((latest, file, row));
        }
    }
    all.sort_unstable();
    all.into_iter().map(|(_, file, row)| (file, row)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn runs_are_those_of_a_simple_merge(
        files in prop::collection::vec(prop::collection::vec(prop::option::weighted(0.9, 1_u64..60), 1..30), 2..4),
        breakpoints in prop::collection::vec((0_usize..3, 0_usize..30), 0..8),
    ) {
        // a file of no ID at all is none
        let files: Vec<Rows> = files.into_iter().map(|mut rows: Rows| { rows[0] = rows[0].or(Some(1)); rows }).collect();
        let contents: Vec<(String, String)> = files.iter().enumerate().map(|(number, rows)| {
            let line = |second: &Option<u64>| second.map_or("broken".to_owned(), at);
            let lines: Vec<String> = rows.iter().map(line).collect();
            (format!("{number}.txt"), lines.join("\n") + "\n")
        }).collect();
        let contents: Vec<(&str, &str)> = contents.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let mut client = Several::of(&contents, json!({ "stopOnEntry": false, "format": "lines", "logs": [{ "message": "{line}" }] }));
        let breakpoints: std::collections::BTreeSet<(usize, usize)> = breakpoints.into_iter()
            .filter(|&(file, row)| files.get(file).is_some_and(|rows| row < rows.len())).collect();
        for (file, (name, _)) in contents.iter().enumerate() {
            let lines: Vec<i64> = breakpoints.iter().filter(|(of, _)| *of == file).map(|(_, row)| *row as i64 + 1).collect();
            client.set(name, &lines, None);
        }
        let order = merged(&files);
        let mut from = client.heard.len();
        client.ok("configurationDone", json!({}));
        let mut at = 0;
        loop {
            let stop = order[at..].iter().position(|row| breakpoints.contains(row)).map(|found| at + found);
            let passed = stop.map_or(order.len(), |stop| stop + 1);
            let expected: Vec<String> = order[at..passed].iter().map(|(_, row)| (row + 1).to_string()).collect();
            prop_assert_eq!(client.written(from), expected);
            let arrival = client.arrival(from);
            match stop.map(|stop| order[stop]) {
                Some((file, row)) => prop_assert_eq!(arrival, format!("breakpoint {}:{}", file + 1, row + 1)),
                None => { prop_assert!(arrival.starts_with("step (End of file)"), "{}", arrival); break; }
            }
            at = passed;
            from = client.heard.len();
            client.ok("continue", json!({ "threadId": 1 }));
        }
        // and back over the same stops, where every file is in order
        if files.iter().any(|rows| rows.contains(&None) || !rows.is_sorted()) {
            return Ok(());
        }
        for &(file, row) in order.iter().rev().filter(|row| breakpoints.contains(row)) {
            prop_assert_eq!(client.motion("reverseContinue", 1), format!("breakpoint {}:{}", file + 1, row + 1));
        }
    }
}
