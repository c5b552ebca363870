//! Data may hold what a terminal would obey; an editor's console is one, too.

use serde_json::{Value, json};

use super::wire::Wire;

/// An ID, a column and a bad ID, each with a sequence that colours, names a window or moves the cursor.
const ROWS: &str = "id,name\n\
    01ARZ3NDEKTSV4RRFFQ69G5FAV,\u{1b}[31mred\u{1b}[0m\n\
    01ARZ3NDE\u{1b}]0;title\u{7}KTSV4,\u{9b}2J\n";

#[test]
fn escapes_in_the_data_are_shown_and_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("rows.csv");
    std::fs::write(&program, ROWS).unwrap();
    let source = json!({ "path": program });
    let mut wire = Wire::stdio();
    wire.ask("initialize", json!({}));
    wire.ask("launch", json!({ "program": program }));
    let log = json!([{ "line": 2, "logMessage": "{name} {id}" }]);
    wire.ask(
        "setBreakpoints",
        json!({ "source": source, "breakpoints": log }),
    );
    wire.ask("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    wire.go("configurationDone", Value::Null);
    look(&mut wire);
    wire.go("continue", json!({ "threadId": 1 }));
    look(&mut wire);
    wire.ask("exceptionInfo", json!({ "threadId": 1 }));
    for expression in ["name", "id", "nonsense\u{1b}[31m", "\"\u{1b}[31m\""] {
        wire.ask(
            "evaluate",
            json!({ "expression": expression, "context": "repl" }),
        );
    }
    let sent: Vec<_> = wire.heard.iter().flat_map(texts).collect();
    assert!(
        sent.iter().any(|text| text.contains("31mred")),
        "the column is shown"
    );
    let obeyed = sent
        .iter()
        .find(|text| text.chars().any(|c| c.is_control() && !"\n\t".contains(c)));
    assert_eq!(obeyed, None);
}

/// Opens everything below the innermost frame.
fn look(wire: &mut Wire) {
    let trace = wire.ask("stackTrace", json!({ "threadId": 1 }));
    let frame = trace["body"]["stackFrames"][0]["id"].clone();
    let scopes = wire.ask("scopes", json!({ "frameId": frame }));
    for scope in scopes["body"]["scopes"].as_array().unwrap() {
        wire.ask(
            "variables",
            json!({ "variablesReference": scope["variablesReference"] }),
        );
    }
}

/// Every text in a message.
fn texts(message: &Value) -> Vec<String> {
    match message {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}
