//! `ulid-dap inspect` as debug clients see it.

mod emacs;
mod escapes;
mod filters;
mod peers;
mod schema;
mod tcp;
mod wire;

use std::{fs, process::Command};

use ulid_tests::{binary, tool};

const IDS: &str = "\
01ARZ3NDEKTSV4RRFFQ69G5FAV
01BX5ZZKBKACTAV9WEVGEMMVRZ
01BX5ZZKBKACTAV9WEVGEMMVRO
01BX5ZZKBKACTAV9WEVGEMMVS0
";

#[test]
fn an_independent_client_steps_through_a_file() {
    let Some(modules) = tool("npm/node_modules") else {
        return;
    };
    let Some(node) = tool("node") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ids.txt");
    fs::write(&program, IDS).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inspect/client.js");
    let output = Command::new(node)
        .arg(script)
        .args([&modules, &binary("ulid-dap"), &program])
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaints}");
    // Which of the two it is depends on how far the survey has come by then; that it ends well has a test of its own.
    let told = String::from_utf8_lossy(&output.stdout);
    let told = told.replace("duplicate = not known so far", "duplicate = false");
    insta::assert_snapshot!(told);
}
