//! Data may hold what a terminal would obey; an editor's console is one, too.

use serde_json::{Value, json};

use super::wire::Wire;

/// An ID, a column and a bad ID, each with a sequence that colours, names a window or moves the cursor.
const ROWS: &str = "id,name,\u{1b}[7mcolumn\n\
    01ARZ3NDEKTSV4RRFFQ69G5FAV,\u{1b}[31mred\u{1b}[0m,a\u{202e}b\n\
    01ARZ3NDE\u{1b}]0;title\u{7}KTSV4,\u{9b}2J,\n";

#[test]
fn escapes_in_the_data_are_shown_and_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("rows\u{1b}[1m.csv");
    std::fs::write(&program, ROWS).unwrap();
    let source = json!({ "path": program });
    let mut wire = Wire::stdio();
    wire.ask("initialize", json!({}));
    let missing = json!({ "program": folder.path().join("\u{1b}]52;c;QQ==\u{7}") });
    assert_eq!(wire.ask("launch", missing)["success"], false);
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
    wire.ask("completions", json!({ "text": "", "column": 1 }));
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
    let is_obeyed = |c: char| c.is_control() && !"\n\t".contains(c) || c == '\u{202e}';
    let obeyed = sent.iter().find(|text| text.chars().any(is_obeyed));
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

/// Every text in a message that is for eyes. What a client gives back to find the same thing again has to stay as it is.
fn texts(message: &Value) -> Vec<String> {
    match message {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => {
            let mut shown: Vec<_> = fields.iter().collect();
            shown.retain(|(name, _)| !["path", "evaluateName", "text"].contains(&name.as_str()));
            shown
                .into_iter()
                .flat_map(|(_, value)| texts(value))
                .collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn escapes_in_names_are_shown_in_the_words_of_the_command_line() {
    let name = "\u{1b}]52;c;QQ==\u{7}\u{202e}";
    for arguments in [
        vec!["replay", name],
        vec!["man", "/dev/null/\u{1b}[31m"],
        vec!["inspect", "--listen", name],
        vec!["wrap", "--time-zone", name, "--", "x"],
        vec!["wrap", "--window", name, "--", "x"],
    ] {
        let output = std::process::Command::new(ulid_tests::binary("ulid-dap"))
            .args(&arguments)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let words = String::from_utf8(output.stderr).unwrap();
        let obeyed = words
            .chars()
            .find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(obeyed, None, "{arguments:?}: {words}");
        assert!(words.contains("u{1b}"), "{words}");
    }
}
