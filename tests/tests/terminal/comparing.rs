//! Two files beside each other.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use super::session::Session;

const A: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAA";
const B: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAB";
const C: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAC";
const D: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAD";
const E: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAE";

/// The second file lacks B, has E instead, and has C and D the other way round.
fn files() -> (tempfile::TempDir, [PathBuf; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["old.txt", "new.txt"].map(|name| folder.path().join(name));
    fs::write(&paths[0], format!("{A}\n{B}\n{C}\n{D}\n")).unwrap();
    fs::write(&paths[1], format!("{A}\n{D}\n{C}\n{E}\n")).unwrap();
    (folder, paths)
}

/// The rows on the screen: number, sign and the last character of the ID.
fn rows(lines: &[String]) -> Vec<String> {
    let rows = lines.iter().filter(|line| line.starts_with(' '));
    let rows = rows.filter(|line| line.contains("01ARZ") && !line.contains('│'));
    let row = |line: &String| {
        let (before, id) = line.split_once("01ARZ").unwrap();
        let before: Vec<&str> = before.split_whitespace().collect();
        format!("{}{}", before.concat(), &id[20..21])
    };
    rows.map(row).collect()
}

#[test]
fn what_one_file_lacks_is_shown_at_once_and_the_rest_by_keys() {
    let (_folder, [old, new]) = files();
    let mut browser = Session::browser(&[old.as_path(), &new, Path::new("--diff")]);
    browser.wait_for(
        "A - 1 only in the first  B + 1 only in the second  C 3 in both  O ~ 1 in other order",
    );
    for (key, expected) in [
        ("", &["2-B", "4+E"][..]),
        ("A", &["2-B"]),
        ("B", &["4+E"]),
        ("O", &["3~C", "3~C"]),
        ("0", &["1A", "2-B", "3~C", "4D", "1A", "2D", "3~C", "4+E"]),
    ] {
        browser.send(key);
        browser.wait_until(&format!("{key}: {expected:?}"), |lines| {
            rows(lines) == expected
        });
    }
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

fn diff(arguments: &[&str], files: &[PathBuf]) -> Output {
    Command::new(ulid_tests::binary("ulid-tui"))
        .args(files)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn related_rows_are_printed_and_counted() {
    let (_folder, files) = files();
    for (arguments, expected) in [
        (&["--diff", "--print", "lines"][..], format!("{B}\n{E}\n")),
        (&["--diff=first", "--print", "lines"], format!("{B}\n")),
        (
            &["--diff=both", "--print", "lines"],
            [A, C, D, A, D, C].map(|id| format!("{id}\n")).concat(),
        ),
        (
            &["--diff", "--stats"],
            "only in first     1\nonly in second    1\nin both           3\nin other order    1\n"
                .to_owned(),
        ),
    ] {
        let output = diff(arguments, &files);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            expected,
            "{arguments:?}"
        );
    }
    let csv = diff(&["--diff=second", "--print", "csv"], &files);
    let csv = String::from_utf8(csv.stdout).unwrap();
    assert!(
        csv.lines().nth(1).unwrap().starts_with(&format!("4,{E},")),
        "{csv}"
    );
}

#[test]
fn files_that_cannot_be_compared_are_named() {
    let (folder, [old, _]) = files();
    let csv = folder.path().join("new.csv");
    fs::write(&csv, format!("id,n\n{A},1\n")).unwrap();
    let output = diff(&["--diff", "--stats"], &[old.clone(), csv]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("new.csv (csv, ") && said.contains("cannot be compared"),
        "{said}"
    );
    let output = diff(&["--diff", "--stats"], &[old]);
    assert_eq!(output.status.code(), Some(2));
}
