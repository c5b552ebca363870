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
