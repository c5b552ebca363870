//! Files that can be opened, and the words about the rest.

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

/// A pipe that says nothing for a while.
#[test]
fn a_screen_is_there_before_a_pipe_speaks_and_one_may_leave_it() {
    use portable_pty::CommandBuilder;
    let browser = ulid_tests::binary("ulid-tui");
    let started = |feed: &str| {
        let mut command = CommandBuilder::new("bash");
        let script = format!("{feed} | {}; echo \"left with $?\"", browser.display());
        command.args(["-c", &script]);
        Session::of(command)
    };
    let mut session =
        started("(sleep 1; echo 01ARZ3NDEKTSV4RRFFQ69G5FAV; echo 01ARZ3NDEKTSV4RRFFQ69G5FAW)");
    session.wait_for("waiting for the first bytes of the pipe; q leaves");
    // what is typed early is done when there are rows
    session.send("G");
    session.wait_for("2 of 2");
    session.send("q");
    session.wait_for("left with 0");
    let mut session = started("sleep 2");
    session.wait_for("waiting for the first bytes");
    session.send("q");
    session.wait_for("left with 0");
    session.wait_for_end();
}

#[test]
fn the_sample_says_that_it_is_one_and_rows_have_the_most_of_a_small_screen() {
    let browser = Session::browser::<&str>(&[]);
    browser.wait_for("this is the built-in sample; ulid-tui FILE opens a file");
    browser.resize(80, 24);
    browser.wait_until("fourteen rows and more", |lines| {
        lines.iter().filter(|line| line.contains("01KF0")).count() >= 14
    });
}

#[test]
fn a_theme_is_named_on_the_command_line() {
    for (theme, sequence) in [
        ("dark", "38;5;87"),
        ("light", "38;5;19"),
        ("high-contrast", "48;5;16"),
    ] {
        let browser = Session::browser(&["--theme", theme]);
        browser.wait_for("1 of 20,000");
        browser.wait_for_bytes(sequence);
    }
    let browser = Session::browser(&["--theme", "monochrome"]);
    browser.wait_for("1 of 20,000");
    let output = browser.output();
    assert!(!output.windows(5).any(|bytes| bytes == b"\x1b[38;"));
}
