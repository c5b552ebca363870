//! The main journeys.

use std::{fs, path::PathBuf};

use super::session::Session;

/// IDs of the years 2016, 2020 and 2024, out of order, and one that is broken.
const IDS: &str = "\
01J00000000000000000000000
01ARZ3NDEKTSV4RRFFQ69G5FAV
81ARZ3NDEKTSV4RRFFQ69G5FAV
01EBAAAAAAAAAAAAAAAAAAAAAA
";

fn ids() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    fs::write(&path, IDS).unwrap();
    (folder, path)
}

/// The row numbers as they stand on the screen, from the top.
fn row_numbers(lines: &[String]) -> Vec<u32> {
    lines
        .iter()
        .filter(|line| line.starts_with(' ') && !line.contains(" of "))
        .filter_map(|line| line.split_whitespace().next()?.parse().ok())
        .collect()
}

#[test]
fn a_file_is_shown_decoded_and_its_broken_id_with_the_reason() {
    let (_folder, path) = ids();
    let mut browser = Session::browser(&[path]);
    browser.wait_until("the second row, decoded", |lines| {
        lines.iter().any(|line| {
            line.contains("01ARZ3NDEKTSV4RRFFQ69G5FAV")
                && line.contains("2016-07-30 23:54:10.259")
                && line.contains("y ")
                && line.contains(" ago")
        })
    });
    browser.wait_until("the broken one, with its reason", |lines| {
        lines
            .iter()
            .any(|line| line.contains("✗ 81ARZ") && line.contains("overflow at character 1"))
    });
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn rows_are_sorted_by_id_and_by_position() {
    let (_folder, path) = ids();
    let mut browser = Session::browser(&[path]);
    for (key, order) in [
        ("", [1, 2, 3, 4]),
        ("s", [2, 4, 1, 3]),
        ("s", [1, 4, 2, 3]),
        ("p", [1, 2, 3, 4]),
        ("R", [4, 3, 2, 1]),
    ] {
        browser.send(key);
        browser.wait_until(&format!("{key} {order:?}"), |lines| {
            row_numbers(lines) == order
        });
    }
}

#[test]
fn the_inspector_follows_the_cursor() {
    let (_folder, path) = ids();
    let mut browser = Session::browser(&[path]);
    browser.send("j");
    browser.wait_for("time 2016-07-30T23:54:10.259Z");
    // two lines of it at first, and all on demand
    browser.send("i");
    browser.wait_for("2016-07-30T23:54:10.259Z");
    browser.wait_for("01563e3a-b5d3-d676-4c61-efb99302bd5b");
    browser.send("j");
    browser.wait_for(
        "fault       overflow at character 1: the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    );
    browser.send("i");
    browser.wait_until("no inspector", |lines| {
        !lines.iter().any(|line| line.starts_with("fault"))
    });
}

#[test]
fn keys_reach_the_first_and_the_last_row_and_a_burst_is_not_lost() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("1 of 20,000");
    browser.send("G");
    browser.wait_for("20,000 of 20,000");
    browser.send("g");
    browser.wait_for("1 of 20,000");
    browser.send(&"j".repeat(5_000));
    browser.wait_for("5,001 of 20,000");
    browser.send("\x1b[A");
    browser.wait_for("5,000 of 20,000");
}
