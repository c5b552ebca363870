//! The files for editors, read by the editors themselves.

use std::process::Command;

use ulid_tests::{root, tool};

fn lines(output: &std::process::Output) -> Vec<String> {
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    // Neovim prints on its error stream
    let text = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    let text = text.concat();
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[test]
fn emacs_wraps_the_configurations_of_dape() {
    let Some(emacs) = tool("emacs") else { return };
    let output = Command::new(emacs)
        .args(["--batch", "--load"])
        .arg(root().join("tests/tests/editors/dape.el"))
        .arg(root().join("dap/editors/emacs"))
        .output()
        .unwrap();
    let told = lines(&output);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    for line in [
        "debugpy-ulid: ulid-dap wrap -- python -m debugpy.adapter | port nil, type python",
        "lldb-dap-ulid: ulid-dap wrap -- lldb-dap | port nil, type lldb-dap",
        "gdb-ulid: ulid-dap wrap -- gdb --interpreter=dap | port nil, type nil",
        "dlv-ulid: ulid-dap wrap --listen 127.0.0.1::autoport --announces -- dlv dap --listen 127.0.0.1:0 | port :autoport, type nil",
        "js-debug-node-ulid: ulid-dap wrap --listen 127.0.0.1::autoport --announces -- node /x/dapDebugServer.js 0 | port :autoport, type nil",
        // this one cannot be wrapped as it is, and nothing stands in its place
        "codelldb-cc-ulid: nil | port nil, type nil",
        "ulid: ulid-dap inspect | port nil, type ulid",
        "attached: ulid-dap wrap --connect 10.0.0.2:5678 | port nil, type nil",
        "asked: (python lldb-dap gdb)",
        "untouched: python -m debugpy.adapter --host 0.0.0.0 --port :autoport | port :autoport, type python",
    ] {
        assert!(told.contains(&line), "{line}\n{}", told.join("\n"));
    }
    assert!(
        told.iter()
            .any(|line| line.contains("codelldb-cc: This adapter listens on port 4711")),
        "{told:?}"
    );
}

#[test]
fn neovim_wraps_every_kind_of_adapter() {
    let Some(neovim) = tool("nvim") else { return };
    let folder = root().join("dap/editors/neovim");
    let script = root().join("tests/tests/editors/neovim.lua");
    let output = Command::new(neovim)
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-c"])
        .arg(format!("lua arg_folder = [[{}]]", folder.display()))
        .arg("-c")
        .arg(format!("luafile {}", script.display()))
        .args(["-c", "qa!"])
        .output()
        .unwrap();
    let told = lines(&output);
    let expected = [
        "plain: executable ulid-dap wrap -- lldb-dap -x | nil /x",
        "python: executable ulid-dap wrap -- python3 -m debugpy.adapter | nil kept",
        "attach: executable ulid-dap wrap --connect 127.0.0.1:5678 | nil kept",
        "delve: server ulid-dap wrap --listen 127.0.0.1:${port} --announces -- dlv dap -l 127.0.0.1:0 | ${port} nil",
        "js: server ulid-dap wrap --listen 127.0.0.1:${port} --announces -- node /x/dapDebugServer.js 0 | ${port} nil",
        "piped: pipe  | nil nil",
        "own: server ulid-dap wrap --listen 127.0.0.1:${port} --announces -- dlv dap --listen=127.0.0.1:0 | ${port} nil",
        "ulid: executable ulid-dap inspect | nil nil",
        "ulid: not wrapped: fixed (its port is not ${port}), piped (it is no program and no server)",
        "plain: executable ulid-dap wrap -- lldb-dap -x | nil /x",
        "csv: other, Step through this file of IDs",
        "marks: 1 ⟶ 2016-07-30T23:54:10.259Z, 2016-07-30T23:54:10.259Z",
        "marks:",
    ];
    assert_eq!(told, expected);
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join("dap/editors").join(path)).unwrap()
}

/// Helix has a debugger for each language and none for all.
#[test]
fn helix_steps_through_every_kind_of_text_file() {
    let languages: toml::Table = read("helix/languages.toml").parse().unwrap();
    let languages = languages["language"].as_array().unwrap();
    let inspected = |language: &&toml::Value| {
        language["debugger"]["args"] == toml::Value::from(vec!["inspect"])
    };
    let inspected: Vec<_> = languages.iter().filter(inspected).collect();
    let names = inspected
        .iter()
        .map(|language| language["name"].as_str().unwrap());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["ulid", "csv", "tsv", "json", "log", "plain", "packed"]
    );
    for language in &inspected {
        assert_eq!(language["debugger"], inspected[0]["debugger"]);
    }
    let templates = inspected[0]["debugger"]["templates"].as_array().unwrap();
    let requests = templates.iter().map(|it| {
        (
            it["name"].as_str().unwrap(),
            it["request"].as_str().unwrap(),
        )
    });
    assert_eq!(
        requests.collect::<Vec<_>>(),
        [("ids", "launch"), ("follow", "attach")]
    );
    // the keys name them
    let keys: toml::Table = read("helix/config.toml").parse().unwrap();
    let keys = keys["keys"]["normal"]["space"]["G"].as_table().unwrap();
    let commands = keys.values().map(|it| it.as_str().unwrap());
    let commands: std::collections::BTreeSet<_> = commands.collect();
    let named = ["ids", "follow"].map(|name| format!(":debug-start {name} %{{buffer_name}}"));
    assert_eq!(commands, named.iter().map(String::as_str).collect());
}

/// The extension for Zed completes the settings that the one for VS Code does.
#[test]
fn zed_knows_the_settings_of_the_inspector() {
    let json = |path: &str| -> serde_json::Value { serde_json::from_str(&read(path)).unwrap() };
    let schema = json("zed/debug_adapter_schemas/ulid.json");
    let manifest = json("vscode/package.json");
    let launch = &manifest["contributes"]["debuggers"][0]["configurationAttributes"]["launch"];
    let described = launch["properties"].as_object().unwrap();
    let known = schema["properties"].as_object().unwrap();
    let own = ["request", "noDebug"];
    let of_wrapping = ["wrap", "ulid"];
    let known: Vec<_> = known
        .keys()
        .filter(|name| !own.contains(&name.as_str()))
        .collect();
    let described: Vec<_> = described
        .keys()
        .filter(|name| !of_wrapping.contains(&name.as_str()))
        .collect();
    assert_eq!(known, described);
    // the scenarios name the adapter, and set what it knows
    let extension: toml::Table = read("zed/extension.toml").parse().unwrap();
    assert_eq!(
        extension["debug_adapters"]["ulid"]["schema_path"].as_str(),
        Some("debug_adapter_schemas/ulid.json")
    );
    let scenarios = json("zed/debug.json");
    let ours = scenarios
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["adapter"] == "ulid");
    let ours: Vec<_> = ours.collect();
    assert_eq!(ours.len(), 2);
    let of_zed = ["label", "adapter"];
    for (name, _) in ours
        .iter()
        .flat_map(|scenario| scenario.as_object().unwrap())
    {
        assert!(
            of_zed.contains(&name.as_str()) || schema["properties"].get(name).is_some(),
            "{name}"
        );
    }
}

/// An adapter by the name of lldb-dap, whose one row shows a ULID.
const ADAPTER: &str = r#"
let heard = '';
process.stdin.on('data', data => {
  heard += data;
  for (let at; (at = heard.indexOf('\r\n\r\n')) >= 0; ) {
    const length = Number(/Content-Length: (\d+)/.exec(heard)[1]);
    if (heard.length < at + 4 + length) return;
    const { seq, command } = JSON.parse(heard.slice(at + 4, at + 4 + length));
    heard = heard.slice(at + 4 + length);
    const variables = [{ name: 's', value: '"01ARZ3NDEKTSV4RRFFQ69G5FAV"', variablesReference: 0 }];
    const body = command === 'variables' ? { variables } : {};
    const answer = JSON.stringify({ seq: 0, type: 'response', request_seq: seq, success: true, command, body });
    process.stdout.write(`Content-Length: ${answer.length}\r\n\r\n${answer}`);
  }
});
"#;

#[cfg(unix)]
fn write_adapter(folder: &std::path::Path, node: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let program = folder.join("lldb-dap");
    std::fs::write(&program, format!("#!{}\n{ADAPTER}", node.display())).unwrap();
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
}

#[cfg(unix)]
#[test]
fn the_extension_for_vs_code_wraps_and_says_what_it_cannot_do() {
    let Some(node) = tool("node") else { return };
    // cargo's folder has programs in `bin`
    let folder = tempfile::tempdir().unwrap();
    let [programs, adapters] = ["bin", "adapters"].map(|name| folder.path().join(name));
    std::fs::create_dir(&programs).unwrap();
    std::fs::create_dir(&adapters).unwrap();
    std::os::unix::fs::symlink(ulid_tests::binary("ulid-dap"), programs.join("ulid-dap")).unwrap();
    write_adapter(&adapters, &node);
    let output = Command::new(node)
        .arg(root().join("tests/tests/editors/vscode.js"))
        .arg(root().join("dap/editors/vscode"))
        .args([&programs, &adapters])
        .output()
        .unwrap();
    let told = lines(&output).join("\n");
    assert_eq!(told, VSCODE.trim());
}

/// Steps of the extension, one by one.
const VSCODE: &str = r#"
not found: undefined
said: ["\"ulid-dap\" was not found, so that no debugging with ULIDs can begin. Install it by: cargo install ulid-dap | Choose its path | How to install it","workbench.action.openSettings ulid.path"]
wrong path: undefined
said: ["\"/no/such/ulid-dap\" was not found, so that no debugging with ULIDs can begin. Install it by: cargo install ulid-dap | Choose its path | How to install it","workbench.action.openSettings ulid.path"]
not wrapped: undefined
said: ["\"/no/such/ulid-dap\" was not found, so that no debugging with ULIDs can begin. Install it by: cargo install ulid-dap | Choose its path | How to install it","workbench.action.openSettings ulid.path"]
python: null
rust: null
ulid: {"type":"ulid","request":"launch","name":"Step through this file of IDs","program":"/x/ids"}
started: [{"type":"ulid","request":"launch","name":"Step through this file of IDs","program":"/x/t.csv"}]
adapter: {"command":"…/ulid-dap","args":["inspect"]}
none to start: ["There is no launch configuration whose ULIDs could be decoded. Write one into launch.json first."]
offered: [{"type":"ulid","request":"launch","name":"App with ULIDs decoded","wrap":"App"},{"type":"ulid","request":"launch","name":"Rust with ULIDs decoded","wrap":"Rust"}]
said: ["pick App, Rust"]
started: [{"type":"ulid","request":"launch","name":"Rust with ULIDs decoded","wrap":"Rust"}]
wrapped: {"name":"App with ULIDs","type":"debugpy","request":"launch","program":"a.py","justMyCode":false,"ulid":{"timeZone":"local"}}
cargo: {"name":"Rust with ULIDs","type":"lldb","request":"launch","cargo":{"args":["build"]},"ulid":{}}
node: undefined
missing: undefined
said: ["Sessions of type \"node\" cannot be wrapped; these can: debugpy, python, lldb-dap, lldb, go, gdb, rdbg, coreclr, cppdbg, php. Without \"ulid\" they show the times of ULIDs as text.","There is no launch configuration \"Nobody\" to wrap."]
left alone: {"type":"lldb-dap","request":"launch","name":"x","program":"y"}
node: undefined
said: ["Sessions of type \"node\" cannot be wrapped; these can: debugpy, python, lldb-dap, lldb, go, gdb, rdbg, coreclr, cppdbg, php. Without \"ulid\" they show the times of ULIDs as text."]
a process of another: {"type":"debugpy","request":"attach","name":"x","subProcessId":7}
its own adapter: {"type":"lldb-dap","request":"launch","name":"x","program":"y","debugServer":4711}
chosen: {"ulid":{},"type":"lldb-dap","request":"launch","name":"x","program":"y"}
tracked: undefined
initialized: true
row: "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\" ⟶ 2016-07-30T23:54:10.259Z"
after its end: "ECONNREFUSED"
types that are tracked: "*"
a: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z"
b: "\"01arz3ndektsv4rrffq69g5fav\" ⟶ 2016-07-30T23:54:10.259Z"
c: "01ARZ3NDEKTSV4RRFFQ69G5FAV"
d: "'01ARZ3NDEKTSV4RRFFQ69G5FAV0'"
e: "'12345678901234567890123456'"
token: "'5GVNSXACBQ5A9C3JZR4K1T2M7H'"
userId: "'5GVNSXACBQ5A9C3JZR4K1T2M7H' ⟶ 8132-05-10T08:53:32.663Z"
f: "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ'"
no value: undefined
'01ARZ3NDEKTSV4RRFFQ69G5FAV': "5 ⟶ key 2016-07-30T23:54:10.259Z"
"01ARZ3NDEKTSV4RRFFQ69G5FAV": "'01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z, key 2016-07-30T23:54:10.259Z"
'01ARZ3NDEKTSV4RRFFQ69G5FAV': undefined
set: "'01ARZ3NDEKTSV4RRFFQ69G5FAV'"
set by key: "'01ARZ3NDEKTSV4RRFFQ69G5FAV'"
now: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z"
watched: "'01ARZ3NDEKTSV4RRFFQ69G5FAV'"
hovered: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z"
copied: "'01ARZ3NDEKTSV4RRFFQ69G5FAV'"
turned off: undefined
hints: [{"position":28,"label":"2016-07-30T23:54:10.259Z","paddingLeft":true},{"position":61,"label":"2016-07-30T23:54:10.259Z","paddingLeft":true}]
hover: ["ULID of 2016-07-30T23:54:10.259Z","UUID 01563e3a-b5d3-d676-4c61-efb99302bd5b"]
age: true
no hover: undefined
turned off: []
"#;

/// The extension is read against the types that are published for the editor's API.
#[test]
fn the_extension_for_vs_code_keeps_to_the_published_api() {
    let types = "npm/node_modules/@types";
    let (Some(compiler), Some(types)) = (tool("npm/node_modules/.bin/tsc"), tool(types)) else {
        return;
    };
    let check = |file: &std::path::Path| {
        let mut command = Command::new(&compiler);
        command.args([
            "--noEmit",
            "--allowJs",
            "--checkJs",
            "--strict",
            "--target",
            "es2022",
        ]);
        command.args([
            "--module",
            "commonjs",
            "--types",
            "node,vscode",
            "--typeRoots",
        ]);
        command.arg(&types).arg(file).output().unwrap()
    };
    let extension = root().join("dap/editors/vscode/extension.js");
    let output = check(&extension);
    let complaints = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{complaints}");
    // it sees what the API does not have
    let wrong = tempfile::tempdir().unwrap();
    let wrong = wrong.path().join("wrong.js");
    std::fs::write(&wrong, "require('vscode').debug.startDebuging();\n").unwrap();
    assert!(!check(&wrong).status.success());
}
