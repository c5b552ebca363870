//! Commands for much data: text, bytes, files.

use std::{fs, io::Write};

use super::harness::{check, printed, quoted};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LATER: &str = "01BX5ZZKBKACTAV9WEVGEMMVRZ";

#[test]
fn ids_are_found_in_text_bytes_and_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("app.log");
    fs::write(&log, format!("start\nuser_{ID} in\n{LATER},{ID}\n")).expect("a file is written");
    let log = quoted(&log);
    check(&[
        (
            &format!("'x {ID} y' | ulid scan | get ulid"),
            &format!("[\"{ID}\"]"),
        ),
        (
            &format!("0x[ff 00] ++ ('{ID}' | into binary) | ulid scan | get offset"),
            "[2]",
        ),
        (
            &format!("['a' 'b {ID}'] | each {{}} | ulid scan | get line"),
            "[2]",
        ),
        (
            &format!("ulid scan {log} | select line offset | to nuon"),
            "\"[[line, offset]; [2, 11], [3, 41], [3, 68]]\"",
        ),
        (&format!("ulid scan {log} | get file | uniq | length"), "1"),
        (&format!("ulid scan --unique {log} | length"), "2"),
        (&format!("ulid scan --count {log} {log}"), "6"),
        (&format!("ulid scan --count --unique {log} {log}"), "2"),
        (&format!("open --raw {log} | ulid scan --count"), "3"),
        ("'nothing here' | ulid scan --count", "0"),
    ]);
}

#[test]
fn figures_are_the_same_from_lists_streams_bytes_and_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ids.txt");
    fs::write(&file, format!("{LATER}\n{ID}\noops\n{LATER}\n{ID}\n")).expect("a file is written");
    let file = quoted(&file);
    let list = format!("[{LATER} {ID} oops {LATER} {ID}]");
    let figures = "select count valid invalid duplicate out_of_order sorted first last | to nuon";
    let expected = format!(
        "\"{{count: 5, valid: 4, invalid: 1, duplicate: 2, out_of_order: 2, sorted: false, first: \\\"{LATER}\\\", last: \\\"{ID}\\\"}}\""
    );
    let sources = [
        format!("{list} | ulid stats"),
        format!("{list} | each {{}} | ulid stats"),
        format!("ulid stats {file}"),
        format!("open --raw {file} | ulid stats"),
    ];
    let Some(text) = printed(
        &sources
            .iter()
            .map(|source| format!("print ({source} | {figures})"))
            .collect::<Vec<_>>()
            .join("\n"),
    ) else {
        return;
    };
    let expected: String = serde_json::from_str(&expected).expect("it is JSON");
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        vec![expected; sources.len()]
    );
}

#[test]
fn much_text_is_written_and_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = quoted(&folder.path().join("many.txt"));
    check(&[
        (
            &format!("ulid generate --count 100000 --lines | save {file}"),
            "null",
        ),
        (
            &format!("ulid stats {file} | select count duplicate sorted weak | to nuon"),
            "\"{count: 100000, duplicate: 0, sorted: true, weak: false}\"",
        ),
        (&format!("ulid scan {file} | first | get line"), "1"),
        (
            "ulid generate --count 100000 --lines | lines | ulid stats | select count sorted",
            "{count: 100000, sorted: true}",
        ),
        (
            "ulid generate --count 1000 --lines | ^cat | lines | ulid validate | all {}",
            "true",
        ),
        (
            &format!("open {file} | lines | ulid validate | all {{}}"),
            "true",
        ),
    ]);
}

#[test]
fn a_file_becomes_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("users.csv");
    fs::write(&csv, format!("id,name\n{LATER},Bob\n{ID},Ada\noops,Eve\n"))
        .expect("a file is written");
    let lines = folder.path().join("ids.txt");
    fs::write(&lines, format!("{LATER}\n{ID}\n")).expect("a file is written");
    let (csv, lines) = (quoted(&csv), quoted(&lines));
    check(&[
        (
            &format!("ulid open {csv} | select row ulid name"),
            &format!(
                "[[row, ulid, name]; [1, \"{LATER}\", Bob], [2, \"{ID}\", Ada], [3, null, Eve]]"
            ),
        ),
        (
            &format!("ulid open {csv} --sort | get name"),
            "[Ada, Bob, Eve]",
        ),
        (
            &format!("ulid open {csv} --sort --reverse | get name"),
            "[Bob, Ada, Eve]",
        ),
        (
            &format!("ulid open {csv} --filter 'valid and time < 2017-01-01' | get name"),
            "[Ada]",
        ),
        (
            &format!("ulid open {csv} --filter 'not valid' --sort | get name"),
            "[Eve]",
        ),
        (
            &format!("ulid open {csv} --column name --filter valid | length"),
            "0",
        ),
        (
            &format!("ulid open {lines} | get timestamp.1"),
            "2016-07-30T23:54:10.259+00:00",
        ),
        (
            &format!("ulid open {lines} | columns"),
            "[row, ulid, timestamp, text]",
        ),
        (
            &format!("ulid open {csv} | describe --no-collect"),
            "\"stream\"",
        ),
    ]);
}

#[test]
fn json_lines_keep_their_fields() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("events.jsonl");
    let text = format!(
        "{{\"id\":\"{LATER}\",\"user\":{{\"name\":\"Bob\"}},\"n\":2}}\n{{\"id\":\"{ID}\",\"user\":null,\"n\":1}}\n"
    );
    fs::write(&file, text).expect("a file is written");
    let file = quoted(&file);
    check(&[
        (
            &format!("ulid open {file} --sort | get ulid"),
            &format!("[\"{ID}\", \"{LATER}\"]"),
        ),
        (
            &format!("ulid open {file} --filter 'n > 1' | select row n"),
            "[[row, n]; [1, 2]]",
        ),
        (
            &format!("ulid open {file} --column user --filter valid | length"),
            "0",
        ),
        (
            &format!("ulid stats {file} | select valid sorted"),
            "{valid: 2, sorted: false}",
        ),
        (&format!("ulid scan {file} | get line"), "[1, 2]"),
    ]);
}

#[test]
fn compressed_files_are_read_as_what_they_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("id,name\n{LATER},Bob\n{ID},Ada\n");
    let path = |name: &str| folder.path().join(name);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).expect("memory takes it");
    let gzip = gzip.finish().expect("memory takes it");
    fs::write(path("users.csv.gz"), gzip).expect("a file is written");
    let zstd = zstd::encode_all(text.as_bytes(), 0).expect("memory takes it");
    fs::write(path("users.csv.zst"), zstd).expect("a file is written");
    for name in ["users.csv.gz", "users.csv.zst"] {
        let file = quoted(&path(name));
        check(&[
            (&format!("ulid open {file} --sort | get name"), "[Ada, Bob]"),
            (
                &format!("ulid open {file} --filter 'time > 2017-01-01' | get name"),
                "[Bob]",
            ),
            (&format!("ulid stats {file} | get valid"), "2"),
            (&format!("ulid scan --count {file}"), "2"),
            (&format!("open --raw {file} | ulid stats | get valid"), "2"),
        ]);
    }
}

#[test]
fn a_damaged_file_is_an_error_after_what_could_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = (0..20_000).map(|row| format!("01ARZ3NDEK{row:016}\n"));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.collect::<String>().as_bytes())
        .expect("memory takes it");
    let gzip = gzip.finish().expect("memory takes it");
    let file = folder.path().join("ids.gz");
    fs::write(&file, &gzip[..gzip.len() / 2]).expect("a file is written");
    let file = quoted(&file);
    let code = |command: &str| format!("try {{ {command} }} catch {{|e| $e.details.code }}");
    check(&[
        (&format!("ulid open {file} | first 2 | length"), "2"),
        (
            &code(&format!("ulid open {file} | get row")),
            "\"ulid::file\"",
        ),
        (
            &code(&format!("ulid open {file} --sort | get row")),
            "\"ulid::file\"",
        ),
        (&code(&format!("ulid stats {file}")), "\"ulid::file\""),
        (
            &code(&format!("ulid scan --count {file}")),
            "\"ulid::file\"",
        ),
    ]);
}

#[test]
fn a_filter_that_means_nothing_is_an_error() {
    use super::harness::{Expected, check_errors};

    let file = ulid_tests::root().join("Cargo.toml");
    assert!(file.exists());
    check_errors(&[
        Expected {
            code: "ulid open Cargo.toml --filter 'tyme > 5'",
            error: "filter",
            at: "--filter 'tyme > 5'",
            says: "did you mean \"time\"",
            help: "",
        },
        Expected {
            code: "ulid open Cargo.tom",
            error: "file",
            at: "Cargo.tom",
            says: "no such file",
            help: "",
        },
    ]);
}
