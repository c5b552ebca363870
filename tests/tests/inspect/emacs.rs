//! Emacs without a screen, with dap-mode and our own file for it. It frames strictly: a byte too many ends the session.

use std::{path::Path, process::Command};

use ulid_tests::{binary, report_not_run, root, tool};

use crate::IDS;

/// Runs a session and returns what was printed; nothing where Emacs or dap-mode is missing.
fn session(program: &Path, line: usize, wrapped: &[&str]) -> Option<String> {
    let emacs = tool("emacs")?;
    let home = tempfile::tempdir().unwrap();
    let batch = || {
        let mut command = Command::new(&emacs);
        command.arg("--batch").env("HOME", home.path());
        command
    };
    let has_dap_mode = batch()
        .args([
            "--eval",
            "(package-initialize)",
            "--eval",
            "(require 'dap-mode)",
        ])
        .output()
        .unwrap();
    if !has_dap_mode.status.success() {
        report_not_run("Debian package elpa-dap-mode");
        return None;
    }
    let output = batch()
        .arg("--load")
        .arg(root().join("tests/tests/inspect/dap-mode.el"))
        .arg(root().join("dap/editors/emacs"))
        .arg(binary("ulid-dap"))
        .arg(program)
        .arg(line.to_string())
        .args(wrapped)
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn emacs_steps_through_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ids.ulid");
    std::fs::write(&program, IDS).unwrap();
    if let Some(told) = session(&program, 3, &[]) {
        let told: Vec<&str> = told
            .lines()
            .filter(|line| !line.contains("age ="))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}

#[test]
fn emacs_debugs_python_through_wrap() {
    let Some(python) = tool("python/bin/python") else {
        return;
    };
    let program = root().join("tests/debuggees/main.py");
    let text = std::fs::read_to_string(&program).unwrap();
    let line = text
        .lines()
        .take_while(|line| !line.contains("break here"))
        .count()
        + 1;
    let wrapped = [python.to_str().unwrap(), "-m", "debugpy.adapter"];
    if let Some(told) = session(&program, line, &wrapped) {
        let row = "text = '01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z";
        assert!(told.contains(row), "{told}");
        assert!(told.ends_with("ended\n"), "{told}");
    }
}
