//! Every message that leaves the adapter, held against the protocol's own types by the TypeScript compiler: it refuses
//! missing and unknown fields and values of another type.

use std::{fmt::Write as _, path::Path, process::Command};

use serde_json::{Value, json};
use ulid_tests::tool;

use crate::{IDS, wire::Wire};

#[test]
fn every_message_is_of_the_protocols_types() {
    let (Some(node), Some(modules)) = (tool("node"), tool("npm/node_modules/typescript")) else {
        return;
    };
    let modules = modules.parent().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let mut heard = whole_session(folder.path());
    heard.extend(session_of_two_files(folder.path()));
    let mut source = format!(
        "import {{ DebugProtocol as P }} from {};\n",
        json!(modules.join("@vscode/debugprotocol/lib/debugProtocol"))
    );
    for (index, message) in heard.iter().enumerate() {
        writeln!(
            source,
            "export const m{index}: P.{} = {message};",
            type_of(message)
        )
        .unwrap();
    }
    let file = folder.path().join("messages.ts");
    std::fs::write(&file, &source).unwrap();
    let checked = Command::new(node)
        .arg(modules.join("typescript/lib/tsc.js"))
        .args([
            "--noEmit",
            "--strict",
            "--skipLibCheck",
            "--target",
            "es2020",
        ])
        .arg(&file)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{complaints}\n{source}");
    let kinds: std::collections::BTreeSet<String> = heard.iter().map(type_of).collect();
    assert!(kinds.len() > 40, "{kinds:?}");
}

/// The name of the type of a message.
fn type_of(message: &Value) -> String {
    let pascal = |name: &Value| {
        let name = name.as_str().unwrap();
        name[..1].to_uppercase() + &name[1..]
    };
    match (message["type"].as_str(), &message["success"]) {
        (Some("event"), _) => format!("{}Event", pascal(&message["event"])),
        (_, Value::Bool(true)) => format!("{}Response", pascal(&message["command"])),
        _ => "ErrorResponse".to_owned(),
    }
}

/// A session with every request that has an answer, some refusals, and what comes by itself.
fn whole_session(folder: &Path) -> Vec<Value> {
    let program = folder.join("ids.txt");
    std::fs::write(&program, IDS).unwrap();
    let source = json!({ "path": program });
    let thread = json!({ "threadId": 1 });
    let mut wire = Wire::stdio();
    wire.ask(
        "initialize",
        json!({ "supportsVariableType": true, "supportsInvalidatedEvent": true }),
    );
    wire.ask(
        "setBreakpoints",
        json!({ "source": source, "breakpoints": [{ "line": 2, "logMessage": "{id}" }] }),
    );
    wire.ask("launch", json!({ "program": program }));
    wire.ask("launch", json!({ "program": program }));
    wire.ask("fly", json!({}));
    wire.ask(
        "setExceptionBreakpoints",
        json!({ "filters": ["invalid", "unknown"] }),
    );
    wire.ask(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "every 1h" }, { "name": "main" }] }),
    );
    wire.ask(
        "setDataBreakpoints",
        json!({ "breakpoints": [{ "dataId": "kind" }] }),
    );
    wire.ask(
        "breakpointLocations",
        json!({ "source": source, "line": 1, "endLine": 9 }),
    );
    wire.go("configurationDone", Value::Null);
    wire.ask("threads", Value::Null);
    for name in ["kind", "length", "nonsense"] {
        wire.ask("dataBreakpointInfo", json!({ "name": name }));
    }
    for _ in 0..3 {
        wire.go("continue", thread.clone());
        look(&mut wire);
    }
    wire.ask("exceptionInfo", thread.clone());
    wire.go("reverseContinue", thread.clone());
    for motion in ["next", "stepBack", "stepIn", "stepOut"] {
        wire.go(motion, thread.clone());
    }
    wire.ask("gotoTargets", json!({ "source": source, "line": 1 }));
    wire.go("goto", json!({ "threadId": 1, "targetId": 0 }));
    let frame = look(&mut wire);
    wire.go("restartFrame", json!({ "frameId": frame }));
    wire.ask(
        "evaluate",
        json!({ "expression": "forms", "context": "repl" }),
    );
    wire.ask("evaluate", json!({ "expression": "nonsense" }));
    wire.ask("completions", json!({ "text": "i", "column": 2 }));
    wire.ask(
        "setExpression",
        json!({ "expression": "id", "value": "01BX5ZZKBKACTAV9WEVGEMMVRZ" }),
    );
    wire.ask(
        "readMemory",
        json!({ "memoryReference": "0x0", "count": 1000 }),
    );
    wire.ask(
        "disassemble",
        json!({ "memoryReference": "0x1b", "instructionOffset": -3, "instructionCount": 9 }),
    );
    wire.ask("loadedSources", Value::Null);
    wire.ask("source", json!({ "sourceReference": 1 }));
    wire.ask("cancel", json!({ "requestId": 1 }));
    wire.ask("pause", thread);
    wire.go("restart", Value::Null);
    wire.ask("terminate", Value::Null);
    wire.wait(|message| message["event"] == "terminated");
    wire.ask("disconnect", Value::Null);
    let heard = std::mem::take(&mut wire.heard);
    assert_eq!(wire.exit_code(), Some(0));
    heard
}

/// A session of several files, whose messages are put together.
fn session_of_two_files(folder: &Path) -> Vec<Value> {
    let programs = ["one.csv", "two.csv"].map(|name| folder.join(name));
    let [one, two] = &programs;
    std::fs::write(
        one,
        "id,a\n01ARZ3NDEKTSV4RRFFQ69G5FAV,1\n01BX5ZZKBKACTAV9WEVGEMMVS0,2\n",
    )
    .unwrap();
    std::fs::write(two, "id,b\n01BX5ZZKBKACTAV9WEVGEMMVRZ,3\nbroken,4\n").unwrap();
    let mut wire = Wire::stdio();
    wire.ask("initialize", json!({ "supportsVariableType": true }));
    wire.ask("launch", json!({ "programs": [] }));
    wire.ask("launch", json!({ "programs": programs }));
    wire.ask("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    wire.ask(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "a == 2" }, { "name": "c == 1" }] }),
    );
    let points = json!([{ "line": 1, "logMessage": "{id} {other}" }]);
    wire.ask(
        "setBreakpoints",
        json!({ "source": { "path": two }, "breakpoints": points }),
    );
    wire.go("configurationDone", Value::Null);
    wire.ask("threads", Value::Null);
    for (thread, line) in [(2, 3), (1, 3)] {
        wire.go("continue", json!({ "threadId": 1 }));
        let trace = wire.ask("stackTrace", json!({ "threadId": thread }));
        let frame = &trace["body"]["stackFrames"][0];
        assert_eq!(frame["line"], line, "{trace}");
        let scopes = wire.ask("scopes", json!({ "frameId": frame["id"] }));
        let rows = &scopes["body"]["scopes"][0]["variablesReference"];
        wire.ask("variables", json!({ "variablesReference": rows }));
    }
    wire.ask("exceptionInfo", json!({ "threadId": 2 }));
    wire.ask("loadedSources", Value::Null);
    wire.go("reverseContinue", json!({ "threadId": 1 }));
    wire.ask("next", json!({ "threadId": 9 }));
    wire.ask("terminate", Value::Null);
    wire.wait(|message| message["event"] == "terminated");
    wire.ask("disconnect", Value::Null);
    let heard = std::mem::take(&mut wire.heard);
    assert_eq!(wire.exit_code(), Some(0));
    heard
}

/// Opens every frame, every scope, and what is in it. Returns the innermost frame.
fn look(wire: &mut Wire) -> Value {
    let trace = wire.ask("stackTrace", json!({ "threadId": 1 }));
    let frames = trace["body"]["stackFrames"].as_array().unwrap().clone();
    for frame in &frames {
        let scopes = wire.ask("scopes", json!({ "frameId": frame["id"] }));
        for scope in scopes["body"]["scopes"].as_array().unwrap() {
            wire.ask(
                "variables",
                json!({ "variablesReference": scope["variablesReference"] }),
            );
        }
    }
    frames[0]["id"].clone()
}
