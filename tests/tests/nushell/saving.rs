//! `ulid save`, held to what Nushell and other programs read of the files that it makes.

use std::{fs, io::Read as _, path::Path};

use super::harness::{check, check_errors, expected, printed, run};

const OLDER: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const NEWER: &str = "01BX5ZZKBKACTAV9WEVGEMMVRZ";

/// A folder with files that other programs wrote.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("a file is written");
    };
    // columns with the names that `ulid open` gives its own, cells with commas, line ends and quotes
    write(
        "u.csv",
        &format!(
            "id,timestamp,row,n\n{NEWER},noon,\"a,b\",2\n{OLDER},dawn,\"c\"\"d\",1.50\n,\"e\nf\",x,3\n"
        ),
    );
    write(
        "u.jsonl",
        &format!(
            "{{\"id\":\"{NEWER}\",\"b\":true,\"o\":{{\"k\":[1,null]}},\"f\":1.0}}\n{{\"id\":\"{OLDER}\",\"b\":null,\"o\":{{}},\"f\":2.5}}\n"
        ),
    );
    write(
        "app.log",
        &format!("GET /users/{NEWER}\nno id here\nGET /users/{OLDER}\n"),
    );
    write("ids.txt", &format!("{NEWER}\n{OLDER}\n"));
    // an O for a 0, a UUID among ULIDs, a prefix, and what nobody can mend
    write(
        "broken.csv",
        &format!(
            "id,n\n{NEWER},1\no1arz3ndektsv4rrffq69g5fav,2\n01563e3a-b5d3-d676-4c61-efb99302bd5b,3\nord_{OLDER},4\n8ZZZZZZZZZZZZZZZZZZZZZZZZZ,5\n,6\n"
        ),
    );
    folder
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("the file is there")
}

/// Code that runs in a folder.
fn in_folder(folder: &Path, code: &str) -> String {
    format!("cd '{}'; {code}", folder.display())
}

#[test]
fn what_was_opened_is_saved_as_it_stood() {
    let folder = folder();
    let code = in_folder(
        folder.path(),
        "ulid open u.csv --no-infer | ulid save a.csv; ulid open u.jsonl | ulid save a.jsonl; \
         ulid open app.log | ulid save a.log; ulid open ids.txt | ulid save a.txt",
    );
    if run(&code).is_none() {
        return;
    }
    for (before, after) in [
        ("u.csv", "a.csv"),
        ("app.log", "a.log"),
        ("ids.txt", "a.txt"),
        ("u.jsonl", "a.jsonl"),
    ] {
        // quotes stand only where they are needed
        let before = text(folder.path(), before);
        assert_eq!(before, text(folder.path(), after), "{after}");
    }
}

#[test]
fn nushell_reads_the_rows_that_were_saved() {
    let folder = folder();
    let run = |code: &str| in_folder(folder.path(), code);
    check(&[
        (
            &run(
                "ulid open u.jsonl | ulid save b.json; (open b.json) == (open --raw u.jsonl | from json --objects)",
            ),
            "true",
        ),
        (
            &run("open u.csv | ulid save b.tsv; (open b.tsv) == (open u.csv)"),
            "true",
        ),
        (
            &run(
                "[[a b]; [1 x] [2 y]] | insert c {|row| if $row.a == 1 { null } else { 2.5 }} | ulid save c.csv; open --raw c.csv | lines | str join ' '",
            ),
            "\"a,b,c 1,x, 2,y,2.5\"",
        ),
        // rows with other columns each, as `to csv` joins them
        (
            &run(
                "let rows = [{a: 1} {b: 2, a: 3}]; $rows | ulid save d.csv; (open --raw d.csv) == ($rows | to csv)",
            ),
            "true",
        ),
        (
            &run(
                "[[at size took bytes on]; [2024-01-01T00:00:00+02:00 1kb 1hr 0x[01ff] true]] | ulid save e.csv; open --raw e.csv | lines | last",
            ),
            "\"2024-01-01T00:00:00+02:00,1000,3600000000000,01ff,true\"",
        ),
        (
            &run(
                "let rows = [[at size took bytes o]; [2024-01-01T00:00:00+02:00 1kb 1hr 0x[01ff] {z: 1, a: [null]}]]; $rows | ulid save e.json; (open --raw e.json | from json) == ($rows | to json | from json)",
            ),
            "true",
        ),
        (&run("[] | ulid save f.csv; open --raw f.csv"), "\"\""),
        (&run("[] | ulid save f.json; open f.json"), "[]"),
        (
            &run("{a: 1} | ulid save g.jsonl; (open --raw g.jsonl) == \"{\\\"a\\\":1}\\n\""),
            "true",
        ),
    ]);
}

#[test]
fn rows_come_in_the_order_of_their_ids() {
    let folder = folder();
    let run = |code: &str| in_folder(folder.path(), code);
    check(&[
        (
            &run("ulid open u.csv | ulid save a.csv --sort; open a.csv | get n"),
            "[1.5, 2, 3]",
        ),
        (
            &run("ulid open u.csv | ulid save b.csv --sort --reverse; open b.csv | get n"),
            "[2, 1.5, 3]",
        ),
        // the ID is within a text, and in a cell within a cell
        (
            &run(
                "ulid open app.log | ulid save b.log --sort; open --raw b.log | lines | each { split row '/' | last | str substring 0..1 } | str join ' '",
            ),
            "\"01 01 no\"",
        ),
        (
            &run(&format!(
                "[{{u: {{id: {NEWER}}}, n: 1}} {{u: {{id: {OLDER}}}, n: 2}}] | ulid save c.jsonl --sort --column u.id; open --raw c.jsonl | from json --objects | get n"
            )),
            "[2, 1]",
        ),
        (
            &run(&format!(
                "[{NEWER} {OLDER}] | ulid save d.txt --sort; (open d.txt | lines) == [{OLDER} {NEWER}]"
            )),
            "true",
        ),
    ]);
}

#[test]
fn broken_ids_are_repaired_and_counted() {
    let folder = folder();
    let run = |code: &str| in_folder(folder.path(), code);
    check(&[
        (
            &run("ulid open broken.csv | ulid save a.csv --repair | select rows repaired broken"),
            "{rows: 6, repaired: 3, broken: 1}",
        ),
        (
            &run("open a.csv | get id | each { str substring 0..3 } | str join ' '"),
            "\"01BX 01AR 01AR 01AR 8ZZZ \"",
        ),
        (
            &run("ulid open broken.csv | ulid save b.csv; (open b.csv) == (open broken.csv)"),
            "true",
        ),
        // repaired first, then sorted, and counted once
        (
            &run(
                "ulid open broken.csv | ulid save c.csv --repair --sort | [$in.repaired $in.broken]; open c.csv | get n",
            ),
            "[2, 3, 4, 1, 5, 6]",
        ),
    ]);
}

#[test]
fn only_what_a_row_says_without_it_is_left_out() {
    let folder = folder();
    let run = |code: &str| in_folder(folder.path(), code);
    check(&[
        (
            &run("ulid open u.csv | ulid save a.csv | get left_out"),
            "[row, ulid, timestamp]",
        ),
        (
            &run("ulid open u.csv | reject row | ulid save b.csv | get left_out"),
            "[ulid, timestamp]",
        ),
        (
            &run("ulid open u.csv | ulid save c.csv --facts | get left_out; open c.csv | columns"),
            "[row, ulid, timestamp, id, timestamp_, row_, n]",
        ),
        // the only ID of the row, and a time that is none of an ID
        (
            &run("ulid open u.csv | select ulid n | ulid save d.csv | get left_out"),
            "[]",
        ),
        (
            &run("ulid open u.csv | update timestamp 2024-01-01 | ulid save e.csv | get left_out"),
            "[ulid]",
        ),
        (
            &run(&format!(
                "[[row timestamp n]; [1 2024-01-01 2] [2 {OLDER} 3]] | ulid save f.csv | get left_out"
            )),
            "[]",
        ),
    ]);
}

#[test]
fn a_file_is_compressed_as_its_name_says() {
    let folder = folder();
    let code = in_folder(
        folder.path(),
        "ulid open u.jsonl | ulid save a.jsonl.gz; ulid open u.jsonl | ulid save a.jsonl.zst",
    );
    if run(&code).is_none() {
        return;
    }
    let bytes = |name: &str| fs::read(folder.path().join(name)).expect("the file is there");
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(bytes("a.jsonl.gz").as_slice())
        .read_to_string(&mut unpacked)
        .expect("it is gzip");
    assert_eq!(unpacked, text(folder.path(), "u.jsonl"));
    assert_eq!(
        bytes("a.jsonl.zst").get(..4),
        Some(&[0x28, 0xB5, 0x2F, 0xFD][..])
    );
    let same = in_folder(
        folder.path(),
        "print ((ulid open a.jsonl.zst | to json) == (ulid open u.jsonl | to json))",
    );
    assert_eq!(printed(&same).as_deref(), Some("true\n"));
}

#[test]
fn nothing_is_half_written_and_nothing_is_overwritten_unasked() {
    let folder = folder();
    let before = text(folder.path(), "u.csv");
    let names = || {
        let read = fs::read_dir(folder.path()).expect("the folder is there");
        read.count()
    };
    let count = names();
    for code in [
        // the file is there already
        "ulid open u.jsonl | ulid save u.csv",
        // an error that comes in, behind a row and under `--force`
        "[1 2] | each {|n| if $n == 2 { error make {msg: boom} } else { {n: $n} } } | ulid save u.csv --force",
        "[1 2] | each {|n| if $n == 2 { error make {msg: boom} } else { {n: $n} } } | ulid save new.jsonl",
        "1..3000 | each {|n| if $n == 2500 { error make {msg: boom} } else { {n: $n} } } | ulid save new.jsonl",
        // no row of columns, no form in a file, no folder
        "[1 2] | ulid save new.csv",
        "[{a: {|| 1}}] | ulid save new.jsonl",
        "[{a: 1}] | ulid save no/such/folder.csv",
        "[{a: 1}] | ulid save .",
        "[{a: 1}] | ulid save new.docx",
        "[{a: 1}] | ulid save new.txt",
    ] {
        let Some(output) = run(&in_folder(folder.path(), code)) else {
            return;
        };
        assert!(!output.status.success(), "{code}");
        assert_eq!(text(folder.path(), "u.csv"), before, "{code}");
        assert_eq!(names(), count, "{code}");
    }
    let code =
        "ulid open u.csv --sort | first | ulid save --force u.csv; open u.csv | get n | to nuon";
    let replaced = printed(&in_folder(folder.path(), code));
    assert!(replaced.is_none_or(|printed| printed.trim() == "[1.5]"));
    assert_eq!(names(), count);
}

#[test]
fn what_cannot_be_saved_is_told_at_its_place() {
    check_errors(&[
        expected(
            "[{a: 1}] | ulid save a.docx",
            "option",
            "a.docx",
            "no extension",
            ".jsonl",
        ),
        expected(
            "[{a: 1}] | ulid save README.md/a.csv",
            "file",
            "README.md/a.csv",
            "",
            "",
        ),
        expected(
            "[{a: 1}] | ulid save /no/such/folder/a.csv",
            "file",
            "/no/such/folder/a.csv",
            "no such folder",
            "mkdir",
        ),
        expected(
            "[{a: 1}] | ulid save a.csv --reverse",
            "option",
            "--reverse",
            "changes nothing",
            "--sort",
        ),
        expected(
            "[{a: 1}] | ulid save a.csv --repair",
            "column",
            "ulid save",
            "every column",
            "--column",
        ),
        expected(
            "[5] | ulid save a.csv",
            "wrong_type",
            "5",
            "this is int",
            "wrap id",
        ),
        expected(
            "[\"a\\nb\"] | ulid save a.log",
            "wrong_type",
            "\"a\\nb\"",
            "several",
            "lines",
        ),
        expected(
            "[{a: 1}] | ulid save a.log",
            "wrong_type",
            "{a: 1}",
            "no `text`",
            ".csv",
        ),
        expected(
            "open --raw README.md | ulid save a.csv",
            "wrong_type",
            "ulid save",
            "text or bytes",
            "lines",
        ),
    ]);
}
