//! One session with a program that holds ULIDs in every usual shape.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use ulid_tests::root;

use super::client::{Client, is_decorated};

/// An ID whose bits are those of no version of UUIDs.
const NEW: &str = "01BX5ZZKBKTSV4RRFFQ69G5FAV";
const NEW_TIME: &str = "2017-10-24T01:29:36.371Z";

/// The expectations of an adapter in front of its program.
pub(crate) struct Expected {
    /// Variables whose rows carry a time.
    pub(crate) decorated: &'static [&'static str],
    /// Variables below which a row carries a time.
    pub(crate) decorated_below: &'static [&'static str],
    /// Variables that a ULID can be written into.
    pub(crate) settable: &'static [&'static str],
    /// Variables that are refused, with a part of the reason.
    pub(crate) refused: &'static [(&'static str, &'static str)],
    /// A variable that `ulid NAME` in the console tells.
    pub(crate) told: &'static str,
}

pub(crate) fn source(name: &str) -> PathBuf {
    root().join("tests/debuggees").join(name)
}

pub(crate) fn break_line(name: &str) -> usize {
    let text = fs::read_to_string(source(name)).unwrap();
    text.lines()
        .position(|line| line.contains("break here"))
        .unwrap()
        + 1
}

/// Breaks, lists, expands, hovers, sets, steps, resumes and ends.
pub(crate) fn debug(
    mut client: Client,
    program: &str,
    request: &str,
    configuration: Value,
    expected: &Expected,
) {
    let client = &mut client;
    let initialized = client.ask(
        "initialize",
        json!({"adapterID": "test", "linesStartAt1": true, "columnsStartAt1": true, "pathFormat": "path", "supportsVariableType": true}),
    );
    assert_eq!(initialized["success"], true);
    client.send(request, configuration);
    client.event("initialized");
    let breakpoints = |client: &mut Client, lines: Vec<Value>| {
        client.ask(
            "setBreakpoints",
            json!({"source": {"path": source(program)}, "breakpoints": lines}),
        )
    };
    breakpoints(client, vec![json!({"line": break_line(program)})]);
    client.send("configurationDone", json!({}));
    let thread = client.event("stopped")["body"]["threadId"].clone();

    let (frame, scopes) = scopes(client, &thread);
    let locals = scopes[0]["variablesReference"].clone();
    let rows = rows(client, &locals);
    let decorated: Vec<&str> = rows
        .iter()
        .filter(|row| is_decorated(text(row, "value")))
        .map(|row| text(row, "name"))
        .collect();
    assert_eq!(decorated, expected.decorated);
    for name in expected.decorated_below {
        let row = rows.iter().find(|row| row["name"] == *name).unwrap();
        let below = self::rows(client, &row["variablesReference"]);
        assert!(
            below.iter().any(|row| is_decorated(text(row, "value"))),
            "{name}: {below:?}"
        );
    }
    hover(client, &frame, expected.decorated[0]);
    console(client, &frame, expected.told);
    set(client, &locals, expected);
    seen(client, &scopes);
    // a line can have several places to stop at
    breakpoints(client, vec![]);
    step(client, &thread, expected);
    client.send("continue", json!({"threadId": thread}));
    client.event("terminated");
    assert_eq!(client.ask("disconnect", json!({}))["success"], true);
}

pub(crate) fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// The topmost frame and its scopes, the last of them ours.
pub(crate) fn scopes(client: &mut Client, thread: &Value) -> (Value, Vec<Value>) {
    let frames = client.ask("stackTrace", json!({"threadId": thread}));
    let frame = frames["body"]["stackFrames"][0]["id"].clone();
    let scopes = client.ask("scopes", json!({"frameId": frame}))["body"]["scopes"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(scopes.last().unwrap()["name"], "ULIDs");
    (frame, scopes)
}

pub(crate) fn rows(client: &mut Client, reference: &Value) -> Vec<Value> {
    let answer = client.ask("variables", json!({"variablesReference": reference}));
    answer["body"]["variables"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
        .clone()
}

fn hover(client: &mut Client, frame: &Value, name: &str) {
    for (context, is_wanted) in [("hover", true), ("watch", true), ("clipboard", false)] {
        let answer = client.ask(
            "evaluate",
            json!({"expression": name, "frameId": frame, "context": context}),
        );
        assert_eq!(
            is_decorated(text(&answer["body"], "result")),
            is_wanted,
            "{context}: {answer}"
        );
        if is_wanted {
            let parts = rows(client, &answer["body"]["variablesReference"]);
            assert_eq!(
                (text(&parts[0], "name"), text(&parts[0], "value")),
                ("ulid", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
            );
        }
    }
}

pub(crate) fn console(client: &mut Client, frame: &Value, name: &str) {
    let answer = client.ask(
        "evaluate",
        json!({"expression": format!("ulid {name}"), "frameId": frame, "context": "repl"}),
    );
    assert!(
        text(&answer["body"], "result").contains("2016-07-30T23:54:10.259Z"),
        "{answer}"
    );
}

fn set(client: &mut Client, locals: &Value, expected: &Expected) {
    for name in expected.settable {
        let answer = client.ask(
            "setVariable",
            json!({"variablesReference": locals, "name": name, "value": NEW}),
        );
        let body = &answer["body"];
        // lldb-dap says `result` where the protocol says `value`
        let value = body["value"]
            .as_str()
            .or_else(|| body["result"].as_str())
            .unwrap_or_default();
        assert!(value.ends_with(NEW_TIME), "{name}: {answer}");
    }
    for (name, reason) in expected.refused {
        let answer = client.ask(
            "setVariable",
            json!({"variablesReference": locals, "name": name, "value": NEW}),
        );
        assert_eq!(answer["success"], false);
        assert!(
            text(&answer, "message").contains(reason),
            "{name}: {answer}"
        );
    }
}

fn seen(client: &mut Client, scopes: &[Value]) {
    let seen = rows(client, &scopes.last().unwrap()["variablesReference"]);
    let ids: Vec<&str> = seen.iter().map(|row| &text(row, "value")[..26]).collect();
    assert!(
        ids.contains(&"01ARZ3NDEKTSV4RRFFQ69G5FAV") && ids.contains(&NEW),
        "{ids:?}"
    );
    assert!(ids.is_sorted(), "{ids:?}");
}

/// After a step nothing old is shown.
fn step(client: &mut Client, thread: &Value, expected: &Expected) {
    client.send("next", json!({"threadId": thread}));
    client.event("stopped");
    let (_, scopes) = scopes(client, thread);
    let rows = rows(client, &scopes[0]["variablesReference"]);
    for name in expected.settable {
        let row = rows.iter().find(|row| row["name"] == *name).unwrap();
        assert!(text(row, "value").ends_with(NEW_TIME), "{row}");
    }
}
