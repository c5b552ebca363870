//! The program itself, as it is called.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

const IDS: &str = "id,n\n01ARZ3NDEKTSV4RRFFQ69G5FAV,1\n01BX5ZZKBKACTAV9WEVGEMMVRZ,2\nrubbish,3\n";

fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("Two IDs.csv"), IDS).unwrap();
    place
}

fn command(place: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ulid-sql"));
    command.current_dir(place).stdin(Stdio::null());
    command
}

fn run(place: &Path, arguments: &[&str]) -> Output {
    command(place).args(arguments).output().unwrap()
}

/// Output of a call, which has to go well and to say nothing on standard error.
fn printed(place: &Path, arguments: &[&str]) -> String {
    let output = run(place, arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && told.is_empty(),
        "{arguments:?}: {told}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The words with which a call fails.
fn refused(place: &Path, arguments: &[&str]) -> String {
    let output = run(place, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_file_is_a_table_by_its_name() {
    let place = place();
    let sql = "SELECT n, ulid_timestamp(id) AS time FROM two_ids ORDER BY n";
    assert_eq!(
        printed(place.path(), &["Two IDs.csv", "-o", "csv", "-c", sql]),
        "n,time\n1,2016-07-30T23:54:10.259Z\n2,2017-10-24T01:29:36.371Z\n3,\n"
    );
    assert_eq!(
        printed(
            place.path(),
            &["Two IDs.csv", "--output", "ndjson", "-c", sql]
        )
        .lines()
        .last(),
        Some("{\"n\":3,\"time\":null}")
    );
}

#[test]
fn what_one_format_writes_is_read_again() {
    let place = place();
    for (format, ending) in [
        ("parquet", "parquet"),
        ("arrow", "arrow"),
        ("ndjson", "jsonl"),
        ("csv", "csv"),
    ] {
        let output = run(
            place.path(),
            &["Two IDs.csv", "-o", format, "-c", "SELECT * FROM two_ids"],
        );
        assert!(output.status.success());
        let name = format!("again.{ending}");
        fs::write(place.path().join(&name), output.stdout).unwrap();
        let sql = "SELECT id, n FROM again ORDER BY n";
        assert_eq!(
            printed(place.path(), &[&name, "-o", "csv", "-c", sql]),
            IDS,
            "{format}"
        );
    }
}

#[test]
fn a_folder_is_a_table_with_the_parts_of_its_paths() {
    let place = place();
    for (folder, id) in [
        ("ids/year=2016", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("ids/year=2017", "01BX5ZZKBKACTAV9WEVGEMMVRZ"),
    ] {
        fs::create_dir_all(place.path().join(folder)).unwrap();
        fs::write(
            place.path().join(folder).join("a [1].csv"),
            format!("id\n{id}\n"),
        )
        .unwrap();
        fs::write(place.path().join(folder).join("_SUCCESS"), "").unwrap();
    }
    let sql = "SELECT id, year FROM ids WHERE ulid_timestamp(id) >= '2017' AND year > '2016'";
    assert_eq!(
        printed(place.path(), &["ids", "-o", "csv", "-c", sql]),
        "id,year\n01BX5ZZKBKACTAV9WEVGEMMVRZ,2017\n"
    );
    // A name that is a pattern elsewhere is the file of that name.
    let sql = "SELECT count(*) AS n FROM a__1_";
    assert_eq!(
        printed(
            place.path(),
            &["ids/year=2016/a [1].csv", "-o", "csv", "-c", sql]
        ),
        "n\n1\n"
    );
}

#[test]
fn statements_come_from_standard_input_too() {
    let place = place();
    let mut child = command(place.path())
        .args(["-o", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"SELECT 1 AS a; SELECT ulid_is_valid('x') AS b;")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "a\n1\nb\nfalse\n"
    );
}

#[test]
fn rows_that_a_table_does_not_show_are_counted() {
    let place = place();
    let table = printed(
        place.path(),
        &[
            "--rows",
            "3",
            "-c",
            "SELECT * FROM generate_series(1, 20000)",
        ],
    );
    assert!(
        table.ends_with(
            "19997 more rows; --rows 0 shows all, --output ndjson or csv writes them as they come\n"
        ),
        "{table}"
    );
    let all = printed(
        place.path(),
        &["--rows", "0", "-c", "SELECT * FROM generate_series(1, 200)"],
    );
    assert_eq!(all.lines().count(), 204);
}

#[test]
fn a_terminal_obeys_nothing_that_is_in_a_file() {
    let place = place();
    fs::write(
        place.path().join("red.csv"),
        "a\x1b[31m,b\n\x1b]0;title\x07x,\u{202e}y\n",
    )
    .unwrap();
    let table = printed(place.path(), &["red.csv", "-c", "SELECT * FROM red"]);
    assert!(!table.contains(['\x1b', '\x07', '\u{202e}']), "{table:?}");
    assert!(table.contains("a\\u{1b}[31m"), "{table}");
}

#[test]
fn failures_say_what_to_do() {
    let place = place();
    fs::write(place.path().join("bad.parquet"), "no Parquet at all").unwrap();
    fs::create_dir_all(place.path().join("empty")).unwrap();
    fs::create_dir_all(place.path().join("mixed")).unwrap();
    fs::write(place.path().join("mixed/a.csv"), IDS).unwrap();
    fs::write(place.path().join("mixed/b.jsonl"), "{}\n").unwrap();
    for (arguments, says) in [
        (&["bad.parquet", "-c", "SELECT 1"][..], "bad.parquet: "),
        (
            &["nowhere.csv", "-c", "SELECT 1"],
            "nowhere.csv: No such file",
        ),
        (&["notes.txt", "-c", "SELECT 1"], "notes.txt: No such file"),
        (
            &["empty", "-c", "SELECT 1"],
            "empty: no file in this folder ends in .parquet",
        ),
        (&["mixed", "-c", "SELECT 1"], "files of more than one kind"),
        (
            &["s3://bucket/a.parquet", "-c", "SELECT 1"],
            "s3://bucket/a.parquet: ",
        ),
        (
            &["-c", "SELECT ulid_timestamp(1)"],
            "ulid-sql: ulid_timestamp(id) takes an ID as text or 16 bytes; other columns need a cast, as in CAST(id AS VARCHAR), not (Int64)\n",
        ),
        (&["-c", "SELEC 1"], "SELEC"),
        (
            &[
                "-c",
                "SELECT ulid_timestamp('01ARZ3NDEKTSV4RRFFQ69G5FAV') > 'never'",
            ],
            "ulid-sql: Arrow error: Parser error: Error parsing timestamp from 'never'",
        ),
        (&["-c", ""], "there is no statement"),
        (
            &["Two IDs.csv", "-c", "SELECT nothing FROM two_ids"],
            "nothing",
        ),
        (
            &["-o", "csv", "-c", "SELECT ulid_audit('x') AS a"],
            "put unnest(a) in its place",
        ),
        (
            &["--memory", "much", "-c", "SELECT 1"],
            "give a number and KB, MB or GB",
        ),
    ] {
        let words = refused(place.path(), arguments);
        assert!(words.contains(says), "{arguments:?}: {words}");
    }
}

#[test]
fn two_files_of_one_name_are_two_tables_and_it_is_told() {
    let place = place();
    fs::create_dir_all(place.path().join("other")).unwrap();
    fs::write(place.path().join("other/two-ids.csv"), "id\nx\n").unwrap();
    let sql = "SELECT count(*) AS n FROM two_ids_2";
    let output = run(
        place.path(),
        &["Two IDs.csv", "other/two-ids.csv", "-o", "csv", "-c", sql],
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "n\n1\n");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "ulid-sql: other/two-ids.csv is the table two_ids_2, as another one is two_ids\n"
    );
}

/// A sort of 40 MB of IDs within 12 MB goes over temporary files.
#[test]
fn what_needs_more_memory_than_is_given_goes_to_files() {
    let place = place();
    let sql = "EXPLAIN ANALYZE SELECT id FROM ulid_generate(1000000, '2025', '2026') ORDER BY reverse(id)";
    let plan = printed(
        place.path(),
        &["--memory", "24MB", "--threads", "1", "-c", sql],
    );
    let count = plan
        .split("spill_count=")
        .nth(1)
        .unwrap()
        .split([',', ' '])
        .next()
        .unwrap();
    assert!(count.parse::<usize>().unwrap() > 0, "{plan}");
}

/// Whoever reads the first lines and goes is no failure.
#[test]
fn an_output_that_is_closed_ends_it_quietly() {
    let place = place();
    let mut child = command(place.path())
        .args([
            "-o",
            "csv",
            "-c",
            "SELECT * FROM generate_series(1, 100000000)",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut out, &mut [0; 10]).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_statement() {
    let place = place();
    let child = command(place.path())
        .args([
            "-c",
            "SELECT count(*) FROM generate_series(1, 1000000000000)",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Time to get under way; a signal before that ends it too.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
}
