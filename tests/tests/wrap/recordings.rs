//! Recordings of real adapters, replayed through `wrap`: what is not ours passes byte by byte.
//!
//! gdb speaks the protocol from version 14 on and cannot be had everywhere, so its recording is written by hand.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use serde_json::Value;
use ulid_tests::{binary, root};

use super::client::{Client, is_decorated};

/// A recording, and the rows of the recorded program that show a ULID; `=` is the result of an expression.
const RECORDINGS: [(&str, &[&str]); 9] = [
    (
        "codelldb-cpp",
        &[
            "=",
            "[0]",
            "[1]",
            "array_id",
            "buffer",
            "data",
            "id",
            "key",
            "number_id",
            "pointer",
            "prefixed",
            "raw_id",
            "record",
            "text",
            "value",
        ],
    ),
    (
        "codelldb-rust",
        &[
            "0",
            "=",
            "[0]",
            "[1]",
            "id",
            "number_id",
            "raw_id",
            "slice",
            "text",
            "value",
        ],
    ),
    (
        "debugpy",
        &[
            "'key'",
            "0",
            "1",
            "=",
            "array_id",
            "as_bytes",
            "as_uuid",
            "bytes",
            "list_id",
            "lower",
            "number_id",
            "prefixed",
            "raw_id",
            "text",
            "value",
        ],
    ),
    (
        "delve",
        &[
            "=", "ID", "Name", "[0]", "[1]", "any_id", "codes", "pointer", "prefixed", "rawID",
            "sliceID", "string()", "text", "value",
        ],
    ),
    (
        "gdb",
        &[
            "=",
            "__0",
            "cut_id",
            "number_id",
            "padded_id",
            "raw_id",
            "text",
            "wide",
        ],
    ),
    (
        "js-debug",
        &[
            "0", "1", "=", "arrayId", "bigId", "boxed", "bufferId", "id", "lower", "prefixed",
            "rawId", "rec", "text", "uuid",
        ],
    ),
    (
        "lldb-dap-cpp",
        &[
            "=",
            "[0]",
            "[1]",
            "buffer",
            "data",
            "id",
            "number_id",
            "pointer",
            "prefixed",
            "raw_id",
            "text",
        ],
    ),
    ("lldb-dap-rust", &["=", "__0", "number_id", "raw_id"]),
    (
        "php-debug",
        &[
            "$hex_id",
            "$lower",
            "$prefixed",
            "$text",
            "$total",
            "$uuid",
            "0",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "=",
            "id",
        ],
    ),
];

fn recording(name: &str) -> PathBuf {
    root().join(format!("tests/fixtures/dap/{name}.jsonl"))
}

/// The messages of the client in a recording.
fn requests(name: &str) -> Vec<String> {
    let text = fs::read_to_string(recording(name)).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["dir"] == ">")
        .map(|line| line["msg"].to_string())
        .collect()
}

/// Asks everything that was asked in the recording, one after the other; returns every message that came.
fn play(name: &str, arguments: &[&str]) -> Vec<String> {
    let mut command = Command::new(binary("ulid-dap"));
    if !arguments.is_empty() {
        command.args(arguments).arg("--").arg(binary("ulid-dap"));
    }
    let mut client = Client::spawn(command.arg("replay").arg(recording(name)));
    for request in requests(name) {
        client.write(&request);
        let request: Value = serde_json::from_str(&request).unwrap();
        if request["type"] == "request" {
            client.answer(request["seq"].as_i64().unwrap());
        }
    }
    client.close();
    client
        .log
        .drain(..)
        .map(|message| String::from_utf8(message).unwrap())
        .collect()
}

/// Places of values in a message: rows, or the body of a response.
fn values(message: &Value) -> Vec<&Value> {
    let body = &message["body"];
    match body["variables"].as_array() {
        Some(rows) => rows.iter().collect(),
        None => vec![body],
    }
}

fn shown(row: &Value) -> &str {
    row["value"]
        .as_str()
        .or_else(|| row["result"].as_str())
        .unwrap_or_default()
}

#[test]
fn what_is_not_ours_passes_byte_by_byte_and_in_order() {
    for (name, decorated) in RECORDINGS {
        let direct = play(name, &[]);
        assert!(direct.len() > 10, "{name}");
        assert!(
            play(name, &["wrap", "--decoration", "off"]) == direct,
            "{name}: changed with decoration off"
        );
        let wrapped = play(name, &["wrap"]);
        assert_eq!(wrapped.len(), direct.len(), "{name}");
        let mut found = BTreeSet::new();
        for (before, after) in direct.iter().zip(&wrapped) {
            if before != after {
                found.extend(check_change(before, after));
            }
        }
        assert_eq!(Vec::from_iter(found), decorated, "{name}");
    }
}

/// A changed message is one of the few that may change, and only where it shows a ULID. Returns the names of
/// its rows that do.
fn check_change(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Value, Value) = (
        serde_json::from_str(before).unwrap(),
        serde_json::from_str(after).unwrap(),
    );
    let command = before["command"].as_str().unwrap();
    if command == "scopes" {
        let (before, after) = (
            before["body"]["scopes"].as_array().unwrap(),
            after["body"]["scopes"].as_array().unwrap(),
        );
        assert_eq!(before[..], after[..before.len()]);
        assert_eq!(
            (after.len(), &after[before.len()]["name"]),
            (before.len() + 1, &"ULIDs".into())
        );
        return Vec::new();
    }
    if command == "initialize" {
        // the console completes our command, also where the adapter completes nothing
        let mut expected = before.clone();
        expected["body"]["supportsCompletionsRequest"] = true.into();
        assert_eq!(after, expected);
        return Vec::new();
    }
    assert!(
        ["variables", "evaluate", "setVariable", "setExpression"].contains(&command),
        "{command}"
    );
    let (rows_before, rows_after) = (values(&before), values(&after));
    assert_eq!(rows_before.len(), rows_after.len());
    let mut found = Vec::new();
    for (before, after) in rows_before.into_iter().zip(rows_after) {
        if before != after {
            found.push(before["name"].as_str().unwrap_or("=").to_owned());
            let suffix = shown(after)
                .strip_prefix(shown(before))
                .unwrap_or_else(|| panic!("{after}"));
            assert!(is_decorated(suffix), "{after}");
            for (key, value) in before.as_object().unwrap() {
                let may_change = [
                    "value",
                    "result",
                    "variablesReference",
                    "indexedVariables",
                    "namedVariables",
                ];
                assert!(
                    after[key] == *value || may_change.contains(&key.as_str()),
                    "{key} of {after}"
                );
            }
        }
    }
    found
}

#[test]
fn near_misses_stay_plain() {
    for (name, _) in RECORDINGS {
        for message in play(name, &["wrap"]) {
            let message: Value = serde_json::from_str(&message).unwrap();
            for row in values(&message) {
                let is_miss = row["name"].as_str().is_some_and(|name| {
                    ["too_long", "tooLong", "overflow", "digest", "total"].contains(&name)
                });
                assert!(!is_miss || !is_decorated(shown(row)), "{row}");
            }
        }
    }
}
