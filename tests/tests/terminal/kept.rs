//! Nothing is lost or ignored in silence in what is written: cells, columns, long rows, options, a selection.

use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use portable_pty::CommandBuilder;
use serde_json::Value;

use super::{
    reports::{browser, stdout},
    session::Session,
};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// Rows of two services: with flaws of every kind, the copy of a duplicate and the forerunner of a step in the other one.
fn services() -> String {
    let rows = [
        ("01JGFJJZ000000000000000001", "a"),
        ("01JGFJJZ000000000000000003", "b"),
        ("01JGFJJZ000000000000000002", "a"),
        ("01JGFJJZ000000000000000003", "a"),
        ("01JGFP1BG00000000000000001", "b"),
        ("01JGJ7DB400000000000000001", "a"),
        ("01JGJ7DB40000000000000000", "a"),
        ("U1JGJ7DB400000000000000001", "a"),
        ("01JGJ7DB400000000000000001", "b"),
        ("7ZZZZZZZZZ0000000000000001", "a"),
        ("01JGJ7DB400000000000000009", "a"),
    ];
    let rows = rows.map(|(id, service)| format!("{id},{service}\n"));
    format!("id,service\n{}", rows.concat())
}

#[test]
fn figures_of_a_selection_are_the_numbers_of_its_rows() {
    let input = services();
    let count = |condition: &str| {
        let condition = format!("service == \"a\" and {condition}");
        let lines = stdout(&["--print", "lines", "--filter", &condition], &input);
        lines.lines().count()
    };
    let arguments = ["--stats", "json", "--filter", "service == \"a\""];
    let figures: Value = serde_json::from_str(&stdout(&arguments, &input)).unwrap();
    for (figure, condition) in [
        ("rows", "true"),
        ("valid", "valid"),
        ("duplicate", "duplicate"),
        ("invalid", "not valid"),
        ("out_of_order", "out_of_order"),
        ("future", "time > now"),
        ("gap", "since_previous > 1h"),
        ("same_millisecond", "since_previous == 0s"),
    ] {
        assert_eq!(figures[figure], count(condition), "{figure}");
    }
    assert_eq!(figures["rows"], 8);
    assert_eq!(figures["out_of_order"], 2);
    assert_eq!(figures["faults"]["length"], 1);
    assert_eq!(figures["faults"]["character"], 1);
    assert_eq!(figures["earliest"], "2025-01-01T00:00:00.000Z");
    let none = stdout(&["--stats", "json", "--filter", "service == \"c\""], &input);
    let none: Value = serde_json::from_str(&none).unwrap();
    assert_eq!(
        (&none["rows"], &none["earliest"]),
        (&0.into(), &Value::Null)
    );
}

#[test]
fn a_check_of_a_selection_lists_its_rows_and_no_others() {
    let input = services();
    let check = |condition: &str| {
        let output = browser(&["--check", "--filter", condition], &input);
        let said = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), said.lines().count())
    };
    assert_eq!(check("service == \"b\""), (Some(1), 1));
    assert_eq!(check("service == \"c\""), (Some(0), 0));
    for report in ["--check", "--stats"] {
        let output = browser(&[report, "--filter", "total nonsense"], &input);
        assert_eq!(output.status.code(), Some(2), "{report}");
    }
}

#[test]
fn options_that_could_do_nothing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let csv = write("a.csv", &format!("id,n\n{ID},1\n"));
    let jsonl = write("a.jsonl", &format!("{{\"id\":\"{ID}\",\"n\":1}}\n"));
    let lines = write("a.txt", &format!("{ID}\n"));
    let refused: [(&[&str], &str); 14] = [
        (&[&csv, "--stats", "--mouse"], "--mouse"),
        (&[&csv, "--stats", "--sort", "n"], "give --print"),
        (&[&csv, "--stats", "--print", "csv"], "give them apart"),
        (&[&csv, "--check", "--reverse"], "give --print"),
        (&[&csv, "--stats", "--form", "uuid"], "--form"),
        (&[&csv, "--print", "--follow"], "tail -f"),
        (&[&csv, "--diff", "--print"], "name both"),
        (&["--diff", "--stats"], "name both"),
        (
            &[&csv, "--stats", "--column", "nosuch"],
            "it has \"id\", \"n\"",
        ),
        (&[&csv, "--stats", "--field", "id"], "name a column"),
        (&[&jsonl, "--stats", "--column", "id"], "name the field"),
        (
            &[&jsonl, "--stats", "--field", "nosuch"],
            "it has \"id\", \"n\"",
        ),
        (
            &[&lines, "--format", "lines", "--stats", "--column", "id"],
            "leave the column out",
        ),
        (&[&lines, "--stats", "--field", "id"], "no fields of JSON"),
    ];
    for (arguments, sentence) in refused {
        let output = browser(arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(sentence), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    for arguments in [
        &[&csv, "--stats", "--column", "id"][..],
        &[&csv, "--stats", "--column", "1"],
        &[&jsonl, "--stats", "--field", "id"],
    ] {
        assert!(stdout(arguments, "").contains("valid             1"));
    }
}

/// The rows that Python's reader of CSV finds, each row as an object by name.
fn by_name(csv: &str) -> Option<Vec<Value>> {
    const SCRIPT: &str =
        "import csv, json, sys\nfor row in csv.DictReader(sys.stdin): print(json.dumps(row))";
    let python = ulid_tests::tool("python/bin/python")?;
    let mut child = Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(csv.as_bytes())
        .unwrap();
    let text = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let rows = text.lines().map(serde_json::from_str);
    Some(rows.collect::<Result<_, _>>().unwrap())
}

#[test]
fn no_two_columns_of_what_is_written_share_a_name() {
    let header = "row,time,id,fault,unix_ms,time_,columns";
    let input = format!("{header}\nr1,noon,{ID},none,12,t1,c1\nr2,night,nope,none,13,t2,c2\n");
    let Some(rows) = by_name(&stdout(&["--print", "csv"], &input)) else {
        return;
    };
    let (good, bad) = (&rows[0], &rows[1]);
    for (name, value) in [
        ("row", "1"),
        ("id", ID),
        ("time", "2016-07-30T23:54:10.259Z"),
        ("unix_ms", "1469922850259"),
        ("fault", ""),
        ("row_", "r1"),
        ("time__", "noon"),
        ("time_", "t1"),
        ("fault_", "none"),
        ("unix_ms_", "12"),
        ("columns", "c1"),
    ] {
        // the first column that wants `time_` is the one called `time`
        let value = match name {
            "time_" => "noon",
            "time__" => "t1",
            _ => value,
        };
        assert_eq!(good[name], value, "{name}");
    }
    assert_eq!(bad["id"], "nope");
    assert_eq!(bad["fault"], "length");
    assert!(bad["message"].as_str().unwrap().contains("wrong length"));
    assert_eq!(bad["fault_"], "none");
}

#[test]
fn cells_that_no_column_names_are_written_and_told() {
    let input = format!(
        "id,msg\n{}{ID},hello, world\n",
        format!("{ID},x\n").repeat(20)
    );
    let output = browser(&["--print", "csv"], &input);
    let csv = String::from_utf8(output.stdout).unwrap();
    assert!(csv.ends_with(",hello, world\n"), "{csv}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("1 row has more cells than there are columns"),
        "{said}"
    );
    assert!(output.status.success());
    let jsonl = stdout(&["--print", "jsonl"], &input);
    let last: Value = serde_json::from_str(jsonl.lines().last().unwrap()).unwrap();
    assert_eq!(last["msg"], "hello");
    assert_eq!(last["column3"], " world");
}

/// A field that first comes after the rows by which a file is recognised, as every log of a program that learns has some.
#[test]
fn fields_that_come_late_are_written_and_told() {
    let row = |n: usize| format!("{{\"id\":\"{ID}\",\"a\":{n}}}\n");
    let rows: String = (0..3_000).map(row).collect();
    let late =
        format!("{{\"id\":\"{ID}\",\"new\":[1, {{\"x\":null}}],\"time\":\"noon\",\"new\":7.50}}\n");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("late.jsonl");
    std::fs::write(&file, rows + &late).unwrap();
    let path = file.to_str().unwrap();
    let jsonl = browser(&[path, "--print", "jsonl"], "");
    assert!(jsonl.stderr.is_empty(), "{jsonl:?}");
    let text = String::from_utf8(jsonl.stdout).unwrap();
    let last = text.lines().last().unwrap();
    // of a name twice the last counts, and a fact keeps its own name
    assert!(last.ends_with(r#","time_":"noon","new":7.50}"#), "{last}");
    let csv = browser(&[path, "--print", "csv"], "");
    let text = String::from_utf8(csv.stdout).unwrap();
    assert!(text.ends_with(",,noon,7.50\n"), "{text:.300}");
    let said = String::from_utf8(csv.stderr).unwrap();
    assert!(
        said.contains(
            "1 row has fields that the first rows do not have, such as \"new\", \"time\""
        ),
        "{said}"
    );
}

#[test]
fn long_headers_cells_and_rows_are_written_whole() {
    let names: Vec<String> = (1..20_000)
        .map(|number| format!("col{number:05}"))
        .collect();
    let cells = "x,".repeat(19_998) + "last";
    let wide = format!("id,{}\n{ID},{cells}\n{ID},{cells}\n", names.join(","));
    let csv = stdout(&["--print", "csv"], &wide);
    assert!(csv.lines().next().unwrap().ends_with(",col19999"));
    assert!(csv.ends_with("x,last\n"));
    let long = "y".repeat(2_000_000);
    let input = format!("id,note,last\n{ID},a,b\n{ID},{long},LAST\n");
    let csv = stdout(&["--print", "csv"], &input);
    assert!(csv.ends_with(&format!("{long},LAST\n")));
    let jsonl = stdout(&["--print", "jsonl", "--sort", "last"], &input);
    let first: Value = serde_json::from_str(jsonl.lines().next().unwrap()).unwrap();
    assert_eq!(first["last"], "LAST");
    assert_eq!(first["note"].as_str().unwrap().len(), long.len());
}

#[test]
fn a_row_that_is_longer_than_what_is_read_is_told_and_the_code_is_1() {
    let input = format!("{ID}\n{}\n{ID}\n", "x".repeat(2_000_000));
    for kind in ["csv", "jsonl", "lines"] {
        let output = browser(&["--print", kind, "--format", "lines"], &input);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("1 row is longer than 1 MiB"),
            "{kind}: {said}"
        );
        assert_eq!(output.status.code(), Some(1), "{kind}");
        let written = String::from_utf8(output.stdout).unwrap();
        assert!(written.trim_end().lines().count() >= 3, "{kind}");
    }
    let whole = browser(&["--print", "csv", "--format", "text"], &input);
    assert!(whole.status.success());
}

#[test]
fn where_no_row_has_an_id_it_is_said_where_they_are() {
    let input = format!("id,note\n1,made {ID}\n2,made {ID}\n");
    let output = browser(&["--stats", "--format", "csv", "--column", "id"], &input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("0 of the first 2 rows"), "{said}");
    assert!(said.contains("try --format text"), "{said}");
}

#[test]
fn what_came_before_damage_is_written_and_the_code_is_1() {
    let folder = tempfile::tempdir().unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(format!("{ID}\n{ID}\n").as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let path = folder.path().join("cut.gz");
    fs::write(&path, &gzip[..gzip.len() - 6]).unwrap();
    for report in ["--print=lines", "--stats", "--check"] {
        let output = browser(&[path.to_str().unwrap(), report], "");
        assert_eq!(output.status.code(), Some(1), "{report}");
        assert!(!output.stderr.is_empty(), "{report}");
        if report != "--check" {
            assert!(!output.stdout.is_empty(), "{report}");
        }
    }
    let padded = [&gzip[..], &[0; 1024]].concat();
    fs::write(&path, padded).unwrap();
    let lines = stdout(&[path.to_str().unwrap(), "--print", "lines"], "");
    assert_eq!(lines, format!("{ID}\n{ID}\n"));
}

#[cfg(unix)]
#[test]
fn an_export_is_as_readable_as_the_umask_says() {
    use std::os::unix::fs::PermissionsExt as _;
    for (umask, mode) in [("077", 0o600), ("027", 0o640), ("022", 0o644)] {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.txt");
        fs::write(&input, format!("{ID}\n")).unwrap();
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", &format!("umask {umask}; exec \"$0\" in.txt")]);
        command.arg(ulid_tests::binary("ulid-tui"));
        command.cwd(folder.path());
        let mut session = Session::of(command);
        session.wait_for("1 of 1");
        session.send("e");
        session.wait_for("export rows, decoded, to:");
        session.send("out.csv\r");
        session.wait_for("1 row exported");
        let written = fs::metadata(folder.path().join("out.csv")).unwrap();
        assert_eq!(written.permissions().mode() & 0o777, mode, "{umask}");
    }
}

#[test]
fn a_check_names_the_file_and_the_line_of_each_flaw() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let quoted = write("a.csv", &format!("id,note\n{ID},\"two\nlines\"\noops,x\n"));
    let other = write("b.csv", "id,note\nnope,x\n");
    let output = browser(&[&quoted, &other, "--check", "invalid"], "");
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with(&format!("{quoted}:4: ")), "{said}");
    assert!(lines[1].starts_with(&format!("{other}:2: ")), "{said}");
    let array = format!("[\n{{\"id\":\"{ID}\"}},\n{{\"id\":\"no\"}}\n]\n");
    let output = browser(&["--check", "invalid"], &array);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("stdin:3: "), "{said}");
}

#[cfg(unix)]
#[test]
fn standard_input_may_be_one_of_several_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, format!("id,n\n{ID},1\n")).unwrap();
    let name = path.to_str().unwrap();
    let input = "id,n\n01EBAAAAAAAAAAAAAAAAAAAAAA,2\n";
    for files in [[name, "-"], ["-", name]] {
        let lines = stdout(&[files[0], files[1], "--print", "lines"], input);
        let mut lines: Vec<&str> = lines.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, [ID, "01EBAAAAAAAAAAAAAAAAAAAAAA"]);
    }
    let output = browser(&[name, "-", "--diff", "--stats"], input);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("write it to a file first")
    );
    let output = browser(&["-", "-", "--stats"], input);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("once"));
}
