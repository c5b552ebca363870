//! How sessions end: adapters that die, clients that vanish, adapters that are not there.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;
use ulid_tests::{binary, tool};

use super::client::{Client, wrap};

/// The adapter below a process of ours.
fn child_of(process: u32) -> String {
    let list = format!("/proc/{process}/task/{process}/children");
    for _ in 0..500 {
        // the adapter is started by the first thread
        if let Some(child) = fs::read_to_string(&list)
            .unwrap_or_default()
            .split_whitespace()
            .next()
        {
            return child.to_owned();
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("no adapter was started");
}

fn is_alive(process: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

fn wait_until_gone(process: &str) {
    let start = Instant::now();
    while is_alive(process) {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{process} is an orphan"
        );
        thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_adapter_leaves_no_question_open() {
    let Some(lldb) = tool("lldb-dap-19") else {
        return;
    };
    let mut client = Client::spawn(&mut wrap(&["--", lldb.to_str().unwrap()]));
    client.ask("initialize", json!({"adapterID": "lldb-dap"}));
    let adapter = child_of(client.process.as_ref().unwrap().id());
    // stopped, it leaves its request open
    assert!(
        Command::new("kill")
            .args(["-STOP", &adapter])
            .status()
            .unwrap()
            .success()
    );
    let open = client.send("threads", json!({}));
    thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    assert!(
        Command::new("kill")
            .args(["-KILL", &adapter])
            .status()
            .unwrap()
            .success()
    );
    let answer = client.answer(open);
    client.event("terminated");
    let took = start.elapsed();
    assert_eq!(answer["success"], false);
    assert!(
        answer["message"].as_str().unwrap().contains("lldb-dap"),
        "{answer}"
    );
    // 100 ms on a machine that has nothing else to do
    assert!(took < Duration::from_secs(2), "{took:?}");
    let (code, errors) = client.finish();
    assert_eq!((code, errors.as_str()), (Some(1), ""));
    wait_until_gone(&adapter);
}

#[cfg(target_os = "linux")]
#[test]
fn a_client_that_vanishes_takes_the_adapter_along() {
    let Some(lldb) = tool("lldb-dap-19") else {
        return;
    };
    let mut client = Client::spawn(&mut wrap(&["--", lldb.to_str().unwrap()]));
    client.ask("initialize", json!({"adapterID": "lldb-dap"}));
    let adapter = child_of(client.process.as_ref().unwrap().id());
    let (code, errors) = client.finish();
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    wait_until_gone(&adapter);
}

/// debugpy makes its debuggee the foreground of the terminal that it has, and the editor stands without.
#[cfg(target_os = "linux")]
#[test]
fn an_adapter_has_no_terminal() {
    let mut process = wrap(&["--", "sleep", "1000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let adapter = child_of(process.id());
    // between the fork and the program itself it is still in our session
    let is_program = || fs::read_to_string(format!("/proc/{adapter}/comm")).unwrap() == "sleep\n";
    while !is_program() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let status = fs::read_to_string(format!("/proc/{adapter}/stat")).unwrap();
    let (_, fields) = status.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = fields.split(' ').collect();
    // state, parent, group, session, terminal
    assert_eq!(fields[2..5], [adapter.as_str(), adapter.as_str(), "0"]);
    drop(process.stdin.take());
    process.wait().unwrap();
    wait_until_gone(&adapter);
}

#[cfg(target_os = "linux")]
#[test]
fn being_told_to_end_it_ends_the_adapter() {
    // an adapter that does not care whether its client is there
    let mut process = wrap(&["--", "sleep", "1000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let adapter = child_of(process.id());
    assert!(
        Command::new("kill")
            .arg(process.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    // as a process ends that does nothing about it: clients take a code for a failure
    let status = process.wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(15)
    );
    wait_until_gone(&adapter);
}

#[test]
fn an_adapter_that_is_not_there_is_told_in_the_protocol() {
    let mut client = Client::spawn(&mut wrap(&["--", "no-such-adapter"]));
    let answer = client.ask("initialize", json!({}));
    assert_eq!(answer["success"], false);
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("\"no-such-adapter\" could not be started"),
        "{answer}"
    );
    assert_eq!(client.finish(), (Some(1), String::new()));
}

#[test]
fn a_preset_that_is_missing_says_how_to_install_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = wrap(&["delve"]);
    command
        .env("PATH", folder.path())
        .env("HOME", folder.path())
        .env_remove("GOPATH");
    let mut client = Client::spawn(&mut command);
    let answer = client.ask("initialize", json!({}));
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("go install github.com/go-delve"),
        "{answer}"
    );
}

#[test]
fn an_adapter_that_ends_at_once_passes_on_its_last_words() {
    let Some(shell) = tool("sh") else {
        return;
    };
    let script = "read line; echo 'No module named debugpy' >&2; exit 3";
    let mut client = Client::spawn(&mut wrap(&["--", shell.to_str().unwrap(), "-c", script]));
    let answer = client.ask("initialize", json!({}));
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.contains("exit status: 3") && message.contains("No module named debugpy"),
        "{message}"
    );
    assert_eq!(client.finish().0, Some(1));
}

#[test]
fn an_adapter_that_no_longer_listens_is_lost() {
    let Some(shell) = tool("sh") else {
        return;
    };
    let ready = r#"{"seq":1,"type":"event","event":"ready"}"#;
    let length = ready.len();
    let script = format!(
        "exec <&-; echo 'out of memory' >&2; printf 'Content-Length: {length}\\r\\n\\r\\n{ready}'; exec sleep 1000"
    );
    let mut client = Client::spawn(&mut wrap(&["--", shell.to_str().unwrap(), "-c", &script]));
    client.event("ready");
    let answer = client.ask("threads", json!({}));
    assert_eq!(answer["success"], false, "{answer}");
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("closed its connection: out of memory"),
        "{answer}"
    );
    client.event("terminated");
    assert_eq!(client.finish().0, Some(1));
}

#[test]
fn a_client_that_is_not_ours_debugs_through_it() {
    let (Some(node), Some(modules), Some(python)) = (
        tool("node"),
        tool("npm/node_modules"),
        tool("python/bin/python"),
    ) else {
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wrap/testsupport.js");
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/debuggees/main.py");
    let output = Command::new(node)
        .arg(script)
        .args([&modules, &binary("ulid-dap"), &python])
        .arg(program)
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "text = '01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z\nulid time age unix_ms randomness uuid hex integer base64 previous next\n"
    );
}
