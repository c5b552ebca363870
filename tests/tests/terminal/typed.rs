//! IDs on the command line: explained, made anew, and the adapter that waits for what nobody types.

use portable_pty::CommandBuilder;

use super::{
    reports::{browser, stdout},
    session::Session,
};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const UUID: &str = "01563e3a-b5d3-d676-4c61-efb99302bd5b";

#[test]
fn ids_are_explained_with_a_screen_and_without() {
    // one in each spelling, of the same 128 bits
    let csv = stdout(&[ID, UUID, "--print", "csv"], "");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    for line in &lines[1..] {
        assert!(
            line.contains(ID) && line.contains("2016-07-30T23:54:10.259Z"),
            "{csv}"
        );
    }
    let table = stdout(&[ID], "");
    assert!(table.contains("2016-07-30T23:54:10.259Z"), "{table}");

    let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
    command.arg(ID);
    let mut session = Session::of(command);
    session.wait_for("2016-07-30T23:54:10.259Z");
    session.send("q");
    session.wait_for_clean_end();
}

#[test]
fn what_is_no_id_and_no_file_is_a_missing_file() {
    let output = browser(&["8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "--print"], "");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("no such file"), "{error}");
    // a file that is called like an ID is a file
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(ID), "none\n").unwrap();
    let mut command = std::process::Command::new(ulid_tests::binary("ulid-tui"));
    command.args([ID, "--stats=json"]).current_dir(&folder);
    let output = command.output().unwrap();
    let figures: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(figures["invalid"], 1, "{figures}");
}

#[test]
fn new_ids_ascend_and_are_of_now() {
    let one = stdout(&["--new"], "");
    assert_eq!(one.lines().count(), 1);
    assert_eq!(stdout(&["--new=2"], "").lines().count(), 2);
    let many = stdout(&["--new", "2000"], "");
    let many: Vec<&str> = many.lines().collect();
    assert_eq!(many.len(), 2_000);
    assert!(many.is_sorted_by(|a, b| a < b));
    let now = ulid_engine::Timestamp::now().ms();
    for id in many {
        let id = ulid_core::codec::parse(id, ulid_core::Reading::Strict).unwrap();
        assert!(now.abs_diff(id.timestamp_ms()) < 60_000);
    }
    let output = browser(&["--new=3", "--stats"], "");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn an_adapter_that_is_typed_says_what_it_waits_for() {
    let mut command = CommandBuilder::new(ulid_tests::binary("ulid-dap"));
    command.arg("inspect");
    let mut session = Session::of(command);
    session.wait_for("waiting for a debug client on standard input");
    session.send("\x04");
    session.wait_for_clean_end();
}
