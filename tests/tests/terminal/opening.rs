//! What can be opened, and what is said about the rest.

use std::{fs, process::Command};

use super::session::Session;

#[test]
fn no_file_opens_the_sample() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("sample  20,000 rows");
    browser.wait_for("01KF0");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn what_cannot_be_opened_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.txt");
    fs::write(&empty, "").unwrap();
    let parquet = folder.path().join("ids.parquet");
    fs::write(&parquet, b"PAR1\0\0").unwrap();
    let binary = folder.path().join("binary");
    fs::write(&binary, b"\x7fELF\0\0\0").unwrap();
    for (path, sentence) in [
        (folder.path().join("missing.txt"), "no such file"),
        (
            folder.path().to_owned(),
            "is a directory, give a file of IDs",
        ),
        (empty, "is empty, there is no ID to show"),
        (parquet, "is a Parquet file, which this build does not read"),
        (binary, "is a binary file, give text"),
    ] {
        let mut browser = Session::browser(&[&path]);
        assert_eq!(browser.wait_for_end().exit_code(), 1, "{sentence}");
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        browser.wait_until(sentence, |lines| {
            let said = lines.join("");
            said.starts_with("ulid-tui: ") && said.contains(&name) && said.contains(sentence)
        });
    }
}

#[test]
fn wrong_usage_is_told_from_failure() {
    let browser = |arguments: &[&str]| {
        Command::new(ulid_tests::binary("ulid-tui"))
            .args(arguments)
            .output()
            .unwrap()
    };
    let unknown = browser(&["--no-such-flag"]);
    assert_eq!(unknown.status.code(), Some(2));
    let no_terminal = browser(&[]);
    assert_eq!(no_terminal.status.code(), Some(2));
    let said = String::from_utf8(no_terminal.stderr).unwrap();
    assert!(said.contains("not a terminal"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}
