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
    ];
    assert_eq!(told, expected);
}

#[cfg(unix)]
#[test]
fn the_extension_for_vs_code_says_what_it_cannot_do() {
    let Some(node) = tool("node") else { return };
    // cargo's folder has programs in `bin`
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("bin");
    std::fs::create_dir(&programs).unwrap();
    std::os::unix::fs::symlink(ulid_tests::binary("ulid-dap"), programs.join("ulid-dap")).unwrap();
    let output = Command::new(node)
        .arg(root().join("tests/tests/editors/vscode.js"))
        .arg(root().join("dap/editors/vscode"))
        .arg(&programs)
        .output()
        .unwrap();
    let step =
        r#"{"type":"ulid","request":"launch","name":"Step through this file of IDs","program":"#;
    let not_found = |program: &str| {
        format!(
            r#"said: ["\"{program}\" was not found, so that no debugging with ULIDs can begin. Install it by: cargo install ulid-dap | Choose its path | How to install it","workbench.action.openSettings ulid.path"]"#
        )
    };
    let expected = [
        "not found: undefined".to_owned(),
        not_found("ulid-dap"),
        "wrong path: undefined".to_owned(),
        not_found("/no/such/ulid-dap"),
        "python: null".to_owned(),
        "rust: null".to_owned(),
        format!(r#"ulid: {step}"/x/ids"}}"#),
        format!(r#"started: [{step}"/x/t.csv"}}]"#),
        r#"adapter: {"command":"…/ulid-dap","args":["inspect"]}"#.to_owned(),
        r#"wrapped: {"name":"App with ULIDs","type":"ulid","request":"launch","program":"a.py","wrappedType":"debugpy"}"#.to_owned(),
        r#"adapter: {"command":"…/ulid-dap","args":["wrap","debugpy"]}"#.to_owned(),
        "cargo: undefined".to_owned(),
        r#"built: {"name":"Rust with ULIDs","type":"ulid","request":"launch","program":"target/debug/x","wrappedType":"lldb"}"#.to_owned(),
        "node: undefined".to_owned(),
        "missing: undefined".to_owned(),
        r#""Rust" lets CodeLLDB build by "cargo", which its own extension does and this one does not; give the built "program" in "Rust with ULIDs"."#.to_owned(),
        r#"Configurations of type "node" cannot be wrapped; these can: debugpy, python, lldb-dap, lldb, go, gdb."#.to_owned(),
        r#"There is no launch configuration "Nobody" to wrap."#.to_owned(),
    ];
    assert_eq!(lines(&output), expected);
}
