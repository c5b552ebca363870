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
    let rows = lines.iter().filter(|line| line.starts_with(['A', 'B']));
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
        ("", &["A2-B", "B4+E"][..]),
        ("A", &["A2-B"]),
        ("B", &["B4+E"]),
        ("O", &["A3~C", "B3~C"]),
        ("C", &["A1A", "B1A", "A3~C", "B3~C", "A4D", "B2D"]),
        (
            "0",
            &["A1A", "A2-B", "A3~C", "A4D", "B1A", "B2D", "B3~C", "B4+E"],
        ),
    ] {
        browser.send(key);
        browser.wait_until(&format!("{key}: {expected:?}"), |lines| {
            rows(lines) == expected
        });
    }
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn a_field_that_comes_late_is_compared_and_shown_with_the_value_of_the_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |late: &str| {
        let ids = (0..300).map(|number| format!("01ARZ3NDEKTSV4RRFFQ69{number:05}"));
        let first = ids.map(|id| format!("{{\"id\":\"{id}\",\"n\":1}}\n"));
        first.collect::<String>() + &format!("{{\"id\":\"{A}\",\"n\":1,{late}}}\n")
    };
    let paths = ["old.jsonl", "new.jsonl"].map(|name| folder.path().join(name));
    fs::write(&paths[0], rows("\"retry\":\"one\",\"x\":1")).unwrap();
    fs::write(&paths[1], rows("\"late\":\"two\",\"x\":2")).unwrap();
    let arguments = [paths[0].as_path(), &paths[1], Path::new("--diff")];
    let mut browser = Session::browser(&arguments);
    browser.wait_for("E ≠ 1 changed");
    browser.send("\r");
    browser.wait_until("both values of each field", |lines| {
        let has = |words: &[&str]| {
            let mut lines = lines.iter();
            words
                .iter()
                .all(|word| lines.any(|line| line.contains(word)))
        };
        has(&["retry  one", "≠ B: 2", "late   ≠ B: two"])
    });
    browser.send("qq");
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
            "only in first     1\nonly in second    1\nin both           3\nchanged           0\nin other order    1\n"
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
        csv.lines()
            .nth(1)
            .unwrap()
            .contains(&format!("new.txt,4,{E},")),
        "{csv}"
    );
}

#[test]
fn a_file_without_columns_is_compared_by_its_ids() {
    let (folder, [old, _]) = files();
    let csv = folder.path().join("new.csv");
    fs::write(&csv, format!("id,n\n{A},1\n")).unwrap();
    let output = diff(&["--diff", "--stats"], &[old.clone(), csv.clone()]);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let of = |name: &str| {
        let line = said.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().last())
            .map(str::to_owned)
    };
    assert_eq!(of("in both"), Some("1".to_owned()), "{said}");
    assert_eq!(of("changed"), Some("0".to_owned()), "{said}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("new.csv has") && said.contains("not compared"),
        "{said}"
    );
    let output = diff(&["--diff", "--stats", "--key", "n"], &[old.clone(), csv]);
    assert_eq!(output.status.code(), Some(2));
    let output = diff(&["--diff", "--stats"], &[old]);
    assert_eq!(output.status.code(), Some(2));
}

/// Two exports of one table: the second lacks an order, has one more, writes a broken ID otherwise, has its columns in
/// another order, and other amounts in two rows.
fn exports() -> (tempfile::TempDir, [PathBuf; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["old.csv", "new.csv"].map(|name| folder.path().join(name));
    let broken = B.replace('0', "O");
    let old = format!(
        "id,order,status,amount\n{A},7,paid,10\n{broken},8,open,20\n{C},9,paid,30\n{D},10,\"a, b\",40\nnonsense,11,paid,1\n"
    );
    let new = format!(
        "id,amount,order,status,note\n{A},10,7,paid,\n{B},25,8,open,x\n{D},40,10,\"a, b\",\n{E},50,12,open,\nnonsense,1,11,paid,y\n"
    );
    fs::write(&paths[0], old).unwrap();
    fs::write(&paths[1], new).unwrap();
    (folder, paths)
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    format!("{text}{}", String::from_utf8_lossy(&output.stderr))
}

#[test]
fn rows_of_tables_are_compared_by_their_cells_and_broken_ids_by_what_they_stood_for() {
    let (_folder, files) = exports();
    let figures = diff(&["--diff", "--stats"], &files);
    let expected = [
        "only in first     1",
        "only in second    1",
        "in both           4",
        "changed           1",
        "in other order    0",
        "matched           1 broken IDs, as what they most likely stood for",
    ];
    let told = said(&figures);
    for line in expected {
        assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    }
    assert!(
        told.contains("new.csv has note; these columns are not compared"),
        "{told}"
    );
    let json = diff(&["--diff", "--stats", "json"], &files);
    let figures: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&figures["changed"], &figures["repaired"]),
        (&1.into(), &1.into())
    );
    // the same within so little memory that it takes many passes
    let little = diff(&["--diff", "--stats", "json", "--mem", "100"], &files);
    assert_eq!(json.stdout, little.stdout, "{}", said(&little));
    let changed = diff(
        &["--diff=changed", "--print", "csv", "--columns", "amount"],
        &files,
    );
    assert_eq!(changed.status.code(), Some(2), "{}", said(&changed));
    let no_column = diff(&["--diff", "--stats", "--column", "nope"], &files);
    assert_eq!(no_column.status.code(), Some(2), "{}", said(&no_column));
}

#[test]
fn what_changed_is_marked_and_stands_side_by_side() {
    let (_folder, [old, new]) = exports();
    let mut browser = Session::browser(&[old.as_path(), &new, Path::new("--diff")]);
    browser.wait_for("E ≠ 1 changed");
    browser.send("E");
    browser.wait_for("1 of 2");
    browser.wait_until("both rows with their files", |lines| {
        let at = lines.iter().position(|line| line.starts_with("A  2 ≠"));
        at.and_then(|at| lines.get(at + 1))
            .is_some_and(|line| line.starts_with("B  2 ≠"))
    });
    // the row under the cursor is that of the first file
    browser.send("\r");
    browser.wait_for("A 2 and B 2, 1 column differs");
    browser.wait_for("≠ B: 25");
    browser.send("l");
    browser.wait_for("≠ A: 20");
    browser.send("qD");
    browser.wait_for("2 of 4");
}

#[test]
fn another_column_is_the_key_where_it_is_named() {
    let (_folder, files) = exports();
    let by_order = diff(&["--diff", "--key", "order", "--stats", "json"], &files);
    let figures: serde_json::Value = serde_json::from_slice(&by_order.stdout).unwrap();
    // the order 8 has another amount and its ID is written otherwise
    assert_eq!(
        figures,
        serde_json::json!({"first": 1, "second": 1, "both": 4, "changed": 1, "moved": 0, "repaired": 0})
    );
    let absent = diff(&["--diff", "--key", "nr", "--stats"], &files);
    assert_eq!(absent.status.code(), Some(2));
    assert!(
        said(&absent).contains("no column \"nr\" to compare by; it has id, order, status, amount"),
        "{}",
        said(&absent)
    );
    let alone = diff(&["--key", "order", "--stats"], &files);
    assert_eq!(alone.status.code(), Some(2));
}

#[test]
fn copies_of_an_id_stand_side_by_side_and_the_first_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    fs::write(&path, format!("{E}\n{A}\n{B}\n{C}\n{A}\n{D}\n{E}\n{A}\n")).unwrap();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("3 duplicate");
    browser.send("2");
    browser.wait_for("1 of 5");
    browser.wait_until("the copies", |lines| {
        let shown = lines
            .iter()
            .filter(|line| line.contains("01ARZ") && line.starts_with("   "));
        let numbers: Vec<&str> = shown
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        numbers == ["1", "7", "2", "5", "8"]
    });
    browser.send("j2");
    browser.wait_for("7 of 8");
}

/// Rows of two files in another order of their columns, by hand: one in the first alone, one in the second alone, two in
/// both, of which one is changed.
fn tables() -> (tempfile::TempDir, [String; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let name = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let paths = [name("old.csv"), name("new.csv")];
    fs::write(&paths[0], format!("id,n,m\n{A},1,x\n{B},2,y\n{C},3,z\n")).unwrap();
    fs::write(&paths[1], format!("id,m,n\n{A},x,1\n{C},z,4\n{D},w,5\n")).unwrap();
    (folder, paths)
}

fn compared(paths: &[String; 2], arguments: &[&str]) -> Output {
    Command::new(ulid_tests::binary("ulid-tui"))
        .args(paths)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_condition_leaves_pairs_pairs_and_rows_are_drawn_among_those_that_are_related() {
    let (_folder, paths) = tables();
    let figures = |condition: &str| {
        let output = compared(&paths, &["--diff", "--stats", "--filter", condition]);
        let text = String::from_utf8(output.stdout).unwrap();
        let figure = |line: &str| line.split_whitespace().last().map(str::to_owned);
        text.lines()
            .filter_map(figure)
            .take(4)
            .collect::<Vec<_>>()
            .join(" ")
    };
    // only in the first, only in the second, in both, changed
    assert_eq!(figures("row > 0"), "1 1 2 1");
    assert_eq!(figures("m == \"x\""), "0 0 1 0");
    assert_eq!(figures("n == 4"), "0 0 1 1");
    for seed in ["1", "2", "3"] {
        let output = compared(
            &paths,
            &[
                "--diff=first",
                "--sample",
                "1",
                "--seed",
                seed,
                "--print",
                "lines",
            ],
        );
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            format!("{B}\n"),
            "{seed}"
        );
    }
}

#[test]
fn rows_that_are_written_say_how_they_are_related_and_of_which_file_they_are() {
    let (folder, paths) = tables();
    let [old, new] = &paths;
    // the relation, the file and the number in that file
    let expected = [
        ("second", new, "3"),
        ("first", old, "2"),
        ("changed", old, "3"),
        ("changed", new, "2"),
    ];
    let mut expected = expected.map(|(relation, file, row)| format!("{relation},{file},{row},"));
    expected.sort();
    let begins = |text: &str| {
        let begin = |line: &str| {
            line.splitn(4, ',')
                .take(3)
                .map(|cell| format!("{cell},"))
                .collect::<String>()
        };
        let mut lines: Vec<String> = text.lines().map(begin).collect();
        assert_eq!(lines.remove(0), "relation,file,row,");
        lines.sort();
        lines
    };
    let printed = compared(&paths, &["--diff", "--print", "csv"]);
    assert_eq!(begins(&String::from_utf8_lossy(&printed.stdout)), expected);
    let file = folder.path().join("both.csv");
    let exported = compared(&paths, &["--diff", "--export", file.to_str().unwrap()]);
    assert!(exported.status.success(), "{}", said(&exported));
    assert_eq!(begins(&fs::read_to_string(file).unwrap()), expected);
    let objects = compared(&paths, &["--diff=both", "--print", "jsonl"]);
    let objects = String::from_utf8_lossy(&objects.stdout).into_owned();
    let objects = objects
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut told: Vec<String> = objects
        .map(|object| {
            format!(
                "{} {}",
                object["relation"].as_str().unwrap(),
                object["file"] == **new
            )
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        ["changed false", "changed true", "same false", "same true"]
    );
    let table = compared(&paths, &["--diff=second", "--print", "table"]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    let words: Vec<&str> = table
        .lines()
        .last()
        .unwrap()
        .split_whitespace()
        .take(4)
        .collect();
    assert_eq!(words, ["second", "B", "3", D]);
}

#[test]
fn what_two_files_cannot_give_is_refused_in_words() {
    let (_folder, paths) = tables();
    for (arguments, said) in [
        (&["--diff", "--distinct", "m"][..], "leave either out"),
        (&["--diff", "--repair"], "one header would not name them"),
        (&["--repair"], "one header would not name them"),
        (
            &["--as-is", "--stats"],
            "--as-is says how --export writes rows",
        ),
        (&["--diff", "first"], "as in --diff=first"),
        (&["--repair", "changed"], "--repair=changed"),
    ] {
        let output = compared(&paths, arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && output.stdout.is_empty(),
            "{arguments:?}"
        );
        assert!(errors.contains(said), "{arguments:?}: {errors}");
    }
}
