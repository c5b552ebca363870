//! Broken IDs that are repaired: shown before, counted, and written, on a screen and without one.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use super::session::Session;

const GOOD: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const OTHER: &str = "01ARZ3NDEKTSV4RRFFQ69G5FA1";

/// IDs as people's hands, spreadsheets and other programs leave them, each with the one it stood for.
const BROKEN: [(&str, Option<&str>); 8] = [
    // O for 0, and l for 1
    ("O1ARZ3NDEKTSV4RRFFQ69G5FAV", Some(GOOD)),
    ("01ARZ3NDEKTSV4RRFFQ69G5FAl", Some(OTHER)),
    // hyphens put in
    ("01ARZ3NDEK-TSV4-RRFFQ69G5FAV", Some(GOOD)),
    // the same bits as a UUID
    ("01563e3a-b5d3-d676-4c61-efb99302bd5b", Some(GOOD)),
    // another prefix than the others have
    ("ord_01ARZ3NDEKTSV4RRFFQ69G5FAV", Some(GOOD)),
    // one character lost
    ("01ARZ3NDEKTSV4RRFFQ69G5FA", None),
    // too large
    ("81ARZ3NDEKTSV4RRFFQ69G5FAV", None),
    ("n/a", None),
];

fn csv(folder: &Path) -> PathBuf {
    let good: String = (0..12)
        .map(|n| format!("{GOOD},\"good, {n}\",{n}\n"))
        .collect();
    let row = |(id, _): &(&str, Option<&str>)| format!("\"{id}\",\"a \"\"b\"\"\",7\n");
    let rows: String = BROKEN.iter().map(row).collect();
    let path = folder.join("orders.csv");
    fs::write(&path, format!("# of March\nid,note,n\n{good}{rows}")).unwrap();
    path
}

fn run(arguments: &[&str], file: &Path) -> Output {
    Command::new(ulid_tests::binary("ulid-tui"))
        .arg(file)
        .args(arguments)
        .output()
        .unwrap()
}

/// The rows with what the broken IDs stood for, by hand.
fn expected(text: &str) -> String {
    let repaired = |text: String, (id, good): &(&str, Option<&str>)| match good {
        Some(good) => text.replacen(&format!("{id}\","), &format!("{good}\","), 1),
        None => text,
    };
    BROKEN.iter().fold(text.to_owned(), repaired)
}

#[test]
fn a_table_is_written_as_it_stands_with_its_ids_repaired() {
    let folder = tempfile::tempdir().unwrap();
    let path = csv(folder.path());
    let text = fs::read_to_string(&path).unwrap();
    let output = run(&["--repair"], &path);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected(&text));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("20 rows exported, 5 IDs repaired, 3 that cannot be repaired"),
        "{said}"
    );
    // only the rows that change
    let output = run(&["--repair=changed"], &path);
    let changed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(changed.lines().count(), 2 + 5, "{changed}");
    assert!(changed.starts_with("# of March\nid,note,n\n"), "{changed}");
    // to a file, in another format, and of some rows
    let target = folder.path().join("good.jsonl");
    let to = target.to_str().unwrap();
    let output = run(
        &["--repair", "--export", to, "--filter", "not valid"],
        &path,
    );
    assert!(output.status.success(), "{output:?}");
    let lines = fs::read_to_string(&target).unwrap();
    let ids: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone())
        .collect();
    let wanted: Vec<serde_json::Value> = BROKEN
        .iter()
        // one that nothing can be told of stays as it is
        .map(|(id, good)| good.unwrap_or(id).into())
        .collect();
    assert_eq!(ids, wanted);
    // nothing is overwritten
    let output = run(&["--repair", "--export", to], &path);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("is there already"));
}

#[test]
fn objects_and_lines_are_repaired_in_their_own_formats() {
    let folder = tempfile::tempdir().unwrap();
    let good: String = (0..9).map(|_| format!("{{\"id\":\"{GOOD}\"}}\n")).collect();
    let path = folder.path().join("a.jsonl");
    let odd = "{\"n\": 1.50, \"id\" : \"O1ARZ3NDEKTSV4RRFFQ69G5FAV\", \"t\":\"O1ARZ3NDEKTSV4RRFFQ69G5FAV\"}\n";
    fs::write(&path, format!("{good}{odd}")).unwrap();
    let output = run(&["--repair=changed"], &path);
    let mended = odd.replacen('O', "0", 1);
    assert_eq!(String::from_utf8_lossy(&output.stdout), mended);
    // the elements of an array that was printed for people
    let path = folder.path().join("a.json");
    let pretty = format!(
        "[\n  {{\n    \"id\": \"{GOOD}\",\n    \"n\": 1\n  }},\n  {{\n    \"id\": \"{}\",\n    \"n\": 2\n  }}\n]\n",
        GOOD.replace('0', "o")
    );
    fs::write(&path, pretty).unwrap();
    let output = run(&["--repair"], &path);
    let array: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        array,
        serde_json::json!([{"id": GOOD, "n": 1}, {"id": GOOD, "n": 2}])
    );
    let path = folder.path().join("ids.txt");
    let good = format!("{GOOD}\n").repeat(12);
    let odd = GOOD.replace('0', "O");
    fs::write(&path, format!("{good}  {odd}\nrubbish\n")).unwrap();
    let output = run(&["--repair"], &path);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().skip(11).map(str::trim).collect();
    assert_eq!(lines, [GOOD, GOOD, "rubbish"]);
}

#[test]
fn rows_are_exported_without_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let path = csv(folder.path());
    let exported = |name: &str, more: &[&str]| -> String {
        let target = folder.path().join(name);
        let to = target.to_str().unwrap();
        let output = run(&[&["--export", to], more].concat(), &path);
        assert!(output.status.success(), "{output:?}");
        fs::read_to_string(target).unwrap()
    };
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(exported("same.csv", &["--as-is"]), text);
    let printed = run(&["--print", "csv"], &path);
    assert_eq!(exported("decoded.csv", &[]).into_bytes(), printed.stdout);
    let columns = exported("few.csv", &["--columns", "n, note", "--limit", "1"]);
    assert_eq!(columns, "n,note\n0,\"good, 0\"\n");
    // what looks at the neighbours in the file is written in any order
    let columns = exported(
        "around.csv",
        &[
            "--columns",
            "n, before=prev.n",
            "--sort",
            "n",
            "--reverse",
            "--limit",
            "2",
        ],
    );
    let cells: Vec<Vec<&str>> = columns
        .lines()
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(cells[0], ["n", "before"], "{columns}");
    let number = |cell: &str| cell.parse::<u64>().unwrap();
    for row in &cells[1..] {
        assert_eq!(number(row[0]), number(row[1]) + 1, "{columns}");
    }
    assert_eq!(cells.len(), 3, "{columns}");
    for (arguments, reason) in [
        (
            &["--export", "x.jsonl", "--as-is"][..],
            "the rows stand in the file as csv",
        ),
        (&["--export", "x.csv", "--print"], "cannot be used with"),
        (&["--as-is"], "--export"),
        (
            &["--repair", "--count-by", "n"],
            "counts and --explain are another report",
        ),
        (&["--repair", "--columns", "n"], "leave either out"),
        (&["--export", "x.xlsx"], "name it .csv"),
    ] {
        let output = run(arguments, &path);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains(reason),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn repairs_are_shown_and_counted_before_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = csv(folder.path());
    let mut browser = Session::browser(&[&path]);
    browser.wait_for("8 invalid");
    browser.send("r");
    browser.wait_for("5 of 8 broken IDs can be repaired, the others stay as they are:");
    browser.wait_for("O1ARZ3NDEKTSV4RRFFQ69G5FAV");
    browser.wait_for("the prefix is taken off");
    browser.wait_for("export rows, all, repaired, to:");
    let target = folder.path().join("good.csv");
    // the path is written on
    let begun = folder.path().join("ord");
    browser.send(&format!("{}\t", begun.display()));
    browser.wait_for("orders.csv");
    browser.send(&format!("\x15{}\r", target.display()));
    browser.wait_for("20 rows exported, 5 IDs repaired, 3 that cannot be repaired");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), expected(&text));
    // what else of the rows there is
    browser.send("cnote\rxe");
    browser.wait_for("export rows, decoded, to:");
    browser.send("\x14");
    browser.wait_for("export rows, the columns shown, to:");
    let target = folder.path().join("shown.csv");
    browser.send(&format!("{}\r", target.display()));
    browser.wait_for("20 rows exported");
    let shown = fs::read_to_string(&target).unwrap();
    assert!(
        shown.starts_with(&format!("id,time,n\n{GOOD},2016-07-30T23:54:10.259Z,0\n")),
        "{shown}"
    );
}

/// The repaired rows go out as they are read: all of them at once would take the memory of the file.
#[test]
fn repaired_rows_are_written_as_they_are_read_until_the_reader_has_seen_enough() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.csv");
    let rows = format!("{GOOD},a text of forty characters for each row\n");
    fs::write(&path, format!("id,note\n{}", rows.repeat(1_000_000))).unwrap();
    let mut program = Command::new(ulid_tests::binary("ulid-tui"))
        .arg(&path)
        .arg("--repair")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut begin = [0; 8];
    let out = program.stdout.as_mut().unwrap();
    out.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"id,note\n");
    // whoever reads no further lets it wait, with nearly all of the file still to come
    if cfg!(target_os = "linux") {
        let mut before = 0;
        loop {
            let read = io_of(program.id());
            if read == before {
                break;
            }
            before = read;
            thread::sleep(Duration::from_millis(200));
        }
        let kept = peak_memory(program.id());
        assert!(kept < 40 << 20, "{kept} bytes for a file of 68 MB");
    }
    drop(program.stdout.take());
    let ended = program.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

/// Bytes that a process has read so far.
fn io_of(process: u32) -> u64 {
    figure(&format!("/proc/{process}/io"), "rchar:")
}

/// The most bytes that a process had in memory.
fn peak_memory(process: u32) -> u64 {
    figure(&format!("/proc/{process}/status"), "VmHWM:") * 1024
}

fn figure(file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
