//! `ulid open` beside Nushell's own `open`: the same rows with the same types, and what it adds has names of its own.

use std::{fs, io::Write as _};

use super::harness::{check, check_errors, expected, quoted, run};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The columns that `ulid open` adds to those of a file.
const OWN: &str = "reject row ulid timestamp";

#[test]
fn columns_that_are_called_like_ours_are_kept_beside_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("own.csv");
    fs::write(&file, format!("timestamp,ulid,line,line_\nnoon,{ID},7,8\n"))
        .expect("a file is written");
    let file = quoted(&file);
    check(&[
        (
            &format!("ulid open {file} | columns"),
            "[row, ulid, timestamp, timestamp_, ulid_, line, line_]",
        ),
        (
            &format!("ulid open {file} | get 0.timestamp"),
            "2016-07-30T23:54:10.259+00:00",
        ),
        (&format!("ulid open {file} | get 0.timestamp_"), "\"noon\""),
        (
            &format!("ulid open {file} | first | [$in.row $in.line $in.line_]"),
            "[1, 7, 8]",
        ),
    ]);
}

#[test]
fn a_column_is_taken_whatever_the_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file is written");
        quoted(&path)
    };
    let csv = write(
        "two.csv",
        format!("order_id,user_id\n01EBAAAAAAAAAAAAAAAAAAAAAA,{ID}\n"),
    );
    let jsonl = write(
        "two.jsonl",
        format!("{{\"a\":\"01EBAAAAAAAAAAAAAAAAAAAAAA\",\"u\":{{\"id\":\"{ID}\"}}}}\n"),
    );
    let lines = write("ids.txt", format!("{ID}\n"));
    check(&[
        (
            &format!("ulid open {csv} --column user_id | get ulid"),
            &format!("[\"{ID}\"]"),
        ),
        (
            &format!("ulid open {csv} --column 2 | get ulid"),
            &format!("[\"{ID}\"]"),
        ),
        (
            &format!("ulid open {jsonl} --column u.id | get ulid"),
            &format!("[\"{ID}\"]"),
        ),
        (
            &format!("ulid open {jsonl} --column a | get ulid"),
            "[\"01EBAAAAAAAAAAAAAAAAAAAAAA\"]",
        ),
    ]);
    let no_column = format!(
        "try {{ ulid open {csv} --column ID }} catch {{|e| $e.details.labels.0.text + $e.details.help }}"
    );
    let no_field = format!(
        "try {{ ulid open {jsonl} --column nosuch }} catch {{|e| $e.details.labels.0.text }}"
    );
    let of_lines = format!(
        "try {{ ulid open {lines} --column nosuch }} catch {{|e| $e.details.labels.0.text }}"
    );
    for (code, part) in [
        (no_column.clone(), "order_id"),
        (no_column, "shows which columns the source has"),
        (no_field, "has no field"),
        (of_lines, "has no column"),
    ] {
        let Some(output) = run(&format!("{code} | print")) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(part), "{code}: {said}");
    }
    let code: &'static str = Box::leak(format!("ulid open {csv} --reverse").into_boxed_str());
    check_errors(&[expected(
        code,
        "option",
        "--reverse",
        "without --sort",
        "add --sort",
    )]);
}

#[test]
fn rows_before_damage_come_before_the_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cut.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(format!("{ID}\n").repeat(200).as_bytes())
        .expect("memory takes it");
    let gzip = gzip.finish().expect("memory takes it");
    fs::write(&file, &gzip[..gzip.len() - 600]).expect("a file is written");
    let file = quoted(&file);
    check(&[
        (&format!("ulid open {file} | take 150 | length"), "150"),
        (
            &format!("try {{ ulid open {file} | collect }} catch {{|e| $e.details.code }}"),
            "\"ulid::file\"",
        ),
        (
            &format!("try {{ ulid stats {file} }} catch {{|e| $e.details.code }}"),
            "\"ulid::file\"",
        ),
    ]);
}

#[test]
fn wide_rows_are_read_in_one_pass() {
    let folder = tempfile::tempdir().expect("a folder");
    let names: Vec<String> = (0..800)
        .map(|number| format!("\"c{number}\":{number}"))
        .collect();
    let row = format!("{{\"id\":\"{ID}\",{}}}\n", names.join(","));
    let file = folder.path().join("wide.jsonl");
    fs::write(&file, row.repeat(300)).expect("a file is written");
    let file = quoted(&file);
    check(&[
        (&format!("ulid open {file} | get c799 | math sum"), "239700"),
        (
            &format!("ulid open {file} | first | columns | length"),
            "804",
        ),
    ]);
}

#[test]
fn a_file_that_holds_nothing_is_no_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty.csv");
    let header = folder.path().join("header.csv");
    fs::write(&empty, "").expect("a file is written");
    fs::write(&header, "id,name\n").expect("a file is written");
    let (empty, header) = (quoted(&empty), quoted(&header));
    check(&[
        (&format!("ulid open {empty}"), "[]"),
        (&format!("ulid open {empty} --sort | length"), "0"),
        (&format!("ulid open {header} | length"), "0"),
        (&format!("ulid stats {empty} | get count"), "0"),
        (&format!("ulid stats {header} | get count"), "0"),
        ("'' | ulid stats | get count", "0"),
        (&format!("ulid scan {empty} | length"), "0"),
    ]);
}

#[test]
fn the_same_bytes_by_name_and_by_pipe_give_the_same_ids() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("one {ID} and\nanother {ID}\n").repeat(100);
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a file is written");
        quoted(&path)
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).expect("memory takes it");
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files = [
        write("app.log", text.as_bytes()),
        write("app.log.gz", &gzip.finish().expect("memory takes it")),
        write(
            "app.log.zst",
            &zstd::encode_all(text.as_bytes(), 0).expect("memory takes it"),
        ),
        write("wide.log", &[&b"\xFF\xFE"[..], &utf16].concat()),
    ];
    for file in files {
        check(&[
            (&format!("ulid scan {file} --count"), "200"),
            (&format!("open --raw {file} | ulid scan --count"), "200"),
            (
                &format!("open --raw {file} | ulid stats | get valid"),
                "200",
            ),
        ]);
    }
}

#[test]
fn several_files_are_one_table_whose_columns_are_joined_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let other = "01BX5ZZKBKACTAV9WEVGEMMVRZ";
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file is written");
        quoted(&path)
    };
    let csv = write("a.csv", format!("id,n\n{ID},1\n").as_bytes());
    let turned = write("b.csv", format!("city;n;id\nRome;2;{other}\n").as_bytes());
    let json = write(
        "c.jsonl",
        format!("{{\"id\":\"{ID}\",\"n\":3}}\n").as_bytes(),
    );
    let text = write("d.log", format!("made {ID} now\n").as_bytes());
    let records: Vec<u8> = (0..3_u128)
        .flat_map(|n| (1_700_000_000_000 << 80 | n).to_be_bytes())
        .collect();
    let records = write("e.bin", &records);
    let all = format!("ulid open {csv} {turned} {json} {text} {records}");
    check(&[
        (&format!("{all} | length"), "7"),
        (
            &format!("{all} | get n"),
            "[1, 2, 3, null, null, null, null]",
        ),
        (
            &format!("{all} | get city?"),
            "[null, Rome, null, null, null, null, null]",
        ),
        (
            &format!("{all} | where text? != null | get text"),
            &format!("[\"made {ID} now\"]"),
        ),
        (&format!("{all} | get 1.ulid"), &format!("\"{other}\"")),
        (&format!("{all} --filter 'n > 1' | get n"), "[2, 3]"),
        (
            &format!("ulid open {records} | get bytes | first | describe"),
            "\"binary\"",
        ),
        (
            &format!("ulid stats {csv} {records} {json} | get valid"),
            "5",
        ),
    ]);
}

#[test]
fn columns_are_chosen_ordered_and_computed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("c.jsonl");
    let row = |id: &str, n: usize| {
        format!("{{\"id\":\"{id}\",\"n\":{n},\"o\":{{\"k\":1.50}},\"b\":true}}\n")
    };
    fs::write(&file, row("01BX5ZZKBKACTAV9WEVGEMMVRZ", 1) + &row(ID, 2))
        .expect("a file is written");
    let file = quoted(&file);
    check(&[
        (
            &format!("ulid open {file} --columns 'n, id, o, twice=n*2' | last"),
            &format!("{{n: 2, id: \"{ID}\", o: {{k: 1.5}}, twice: 4}}"),
        ),
        (
            &format!(
                "ulid open {file} --columns 'out_of_order, line, row, before=prev.n' --filter 'n == 2' | first"
            ),
            "{out_of_order: true, line: 2, row: 2, before: \"1\"}",
        ),
        (
            &format!(
                "ulid open {file} --columns 'time, b' --sort | first | get time | format date %Y"
            ),
            "\"2016\"",
        ),
        (
            &format!("ulid open {file} --columns since_previous | get 1.since_previous | describe"),
            "\"duration\"",
        ),
    ]);
    // a JSON file may have any column: a table knows which there are
    let table = folder.path().join("c.csv");
    fs::write(&table, format!("id,n\n{ID},1\n")).expect("a file is written");
    let table = quoted(&table);
    for (flags, words) in [
        ("--columns tiem", "did you mean"),
        (
            "--columns prev.n --sort",
            "they look at the rows beside each row",
        ),
    ] {
        let code =
            format!("try {{ ulid open {table} {flags} }} catch {{|e| $e.details | to json -r }}");
        let Some(output) = run(&code) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("ulid::columns") && said.contains(words),
            "{code}: {said}"
        );
    }
}

#[test]
fn what_a_file_does_not_tell_is_said_by_flags() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("f.txt");
    let text = format!("a title\n% made by hand\nkey~order\n{ID}~7\n{ID}~8\n");
    fs::write(&file, text).expect("a file is written");
    let guids = folder.path().join("guids.csv");
    fs::write(&guids, "id,n\n3A3E5601-D3B5-0271-8304-05060708090A,1\n").expect("a file is written");
    let (file, guids) = (quoted(&file), quoted(&guids));
    let flags = "--delimiter '~' --skip 1 --comment '%'";
    check(&[
        (
            &format!("ulid open {file} {flags} --header yes | {OWN} | columns"),
            "[key, order]",
        ),
        (
            &format!("ulid open {file} {flags} --header yes | get order"),
            "[7, 8]",
        ),
        (
            &format!("ulid open {file} {flags} --header no | length"),
            "3",
        ),
        (
            &format!("ulid open {guids} --spelling guid | get 0.ulid"),
            "\"01ARZ3NDEKE41861050R3GG28A\"",
        ),
    ]);
    check_errors(&[
        expected(
            "ulid open Cargo.toml --header maybe",
            "option",
            "--header maybe",
            "one of yes, no",
            "write yes",
        ),
        expected(
            "ulid open Cargo.toml --skip (-1)",
            "option",
            "--skip (-1)",
            "0 or more",
            "",
        ),
        expected(
            "ulid open Cargo.toml --spelling gui",
            "option",
            "--spelling gui",
            "one of ulid, uuid",
            "write ulid",
        ),
    ]);
}

#[test]
fn files_come_by_patterns_names_rows_of_ls_and_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.csv"), format!("id,n\n{ID},1\n{ID},2\n")).expect("a file is written");
    fs::write(path("b.csv"), format!("m,id\nx,{ID}\n")).expect("a file is written");
    fs::write(path("[c].csv"), format!("id\n{ID}\n")).expect("a file is written");
    let go = format!("cd {}", quoted(folder.path()));
    check(&[
        (&format!("{go}; ulid open *.csv | length"), "4"),
        (
            &format!("{go}; ulid open ?.csv | columns"),
            "[row, ulid, timestamp, id, n, m]",
        ),
        // in quotes, and where a file has this name, nothing is a pattern
        (&format!("{go}; ulid open '[c].csv' | length"), "1"),
        (&format!("{go}; ulid open [c].csv | length"), "1"),
        (&format!("{go}; ls *.csv | ulid open | length"), "4"),
        (
            &format!("{go}; ls *.csv | get name | ulid open --filter 'n > 1' | get n"),
            "[2]",
        ),
        (&format!("{go}; ls a.csv | first | ulid open | length"), "2"),
        (&format!("{go}; 'a.csv' | ulid open | length"), "2"),
        (&format!("{go}; glob a.* | ulid open | length"), "2"),
        (
            &format!("{go}; open --raw a.csv | ulid open | get n"),
            "[1, 2]",
        ),
        (&format!("'id,n\n{ID},7\n' | ulid open | get n"), "[7]"),
        (&format!("{go}; ulid stats ?.csv | get count"), "3"),
        (&format!("{go}; ulid scan *.csv --count"), "4"),
        (
            &format!("{go}; ls *.csv | where size > 1gb | ulid open"),
            "[]",
        ),
        (
            &format!("{go}; ulid count *.csv --by 'm is null' | get 'count()'"),
            "[1, 3]",
        ),
    ]);
    check_errors(&[
        expected(
            "ulid open *.nosuch",
            "file",
            "*.nosuch",
            "matches nothing",
            "pwd",
        ),
        expected("ulid open", "no_input", "ulid open", "names of files", ""),
        expected(
            "[[size]; [1]] | ulid open",
            "wrong_type",
            "[[size]; [1]]",
            "",
            "",
        ),
        expected("ulid open 5", "file", "5", "no such file", ""),
    ]);
}

#[test]
fn sort_takes_the_lines_of_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let later = "01BX5ZZKBKACTAV9WEVGEMMVRZ";
    fs::write(
        folder.path().join("ids.txt"),
        format!("{later}\nnone\n{ID}"),
    )
    .expect("a file is written");
    let go = format!("cd {}", quoted(folder.path()));
    let expected = format!("[\"{ID}\", \"{later}\", none]");
    check(&[
        (&format!("{go}; open --raw ids.txt | ulid sort"), &expected),
        (&format!("{go}; ^gzip -kc ids.txt | ulid sort"), &expected),
        (&format!("{go}; ^printf '' | ulid sort"), "[]"),
    ]);
}

#[test]
fn files_are_opened_inside_of_each_whatever_the_item_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["1.csv", "2.csv"] {
        fs::write(folder.path().join(name), format!("id,n\n{ID},{name}\n"))
            .expect("a file is written");
    }
    let go = format!("cd {}", quoted(folder.path()));
    check(&[
        (
            &format!("{go}; 1..2 | each {{|n| ulid open $'($n).csv' | get 0.n }}"),
            "[\"1.csv\", \"2.csv\"]",
        ),
        (
            &format!("{go}; 1..2 | each {{|n| ulid stats $'($n).csv' | get count }}"),
            "[1, 1]",
        ),
        (
            &format!("{go}; 1..2 | each {{|n| ulid scan --count $'($n).csv' }}"),
            "[1, 1]",
        ),
        (
            &format!("{go}; 1..2 | each {{|n| ulid count $'($n).csv' | get 0.'count()' }}"),
            "[1, 1]",
        ),
        ("'' | ulid open", "[]"),
    ]);
    check_errors(&[
        expected(
            "5 | ulid open",
            "wrong_type",
            "5",
            "this is int",
            "describe",
        ),
        expected(
            "5 | ulid stats",
            "wrong_type",
            "5",
            "this is int",
            "describe",
        ),
        expected(
            "5 | ulid scan",
            "wrong_type",
            "5",
            "this is int",
            "describe",
        ),
        expected(
            "5 | ulid count",
            "wrong_type",
            "5",
            "this is int",
            "describe",
        ),
    ]);
}
