//! Types of what `ulid open` gives: those of Nushell's own `open`, and those of the file.

use std::fs;

use super::harness::{check, quoted, run};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The columns that `ulid open` adds to those of a file.
const OWN: &str = "reject row ulid timestamp";

#[test]
fn json_keeps_its_types() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("u.jsonl");
    let row = |n: usize| {
        format!(
            r#"{{"id":"{ID}","name":"n{n}","n":{n},"f":{n}.5,"b":{},"z":null,"o":{{"k":[{n},{{"d":"x"}}],"a":1}},"big":12345678901234567890,"text":"a\\u0042\"","e":"","exp":1e3}}"#,
            n.is_multiple_of(2)
        )
    };
    let text: String = (0..200).map(|n| row(n) + "\n").collect();
    fs::write(&file, text).expect("a file is written");
    let file = quoted(&file);
    check(&[
        (
            &format!("(ulid open {file} | {OWN}) == (open --raw {file} | from json --objects)"),
            "true",
        ),
        (
            &format!("ulid open {file} | {OWN} | first 3 | describe"),
            &describe(&file),
        ),
        (&format!("ulid open {file} | where n > 197 | length"), "2"),
        (&format!("ulid open {file} | where b | length"), "100"),
        (&format!("ulid open {file} | get f | math sum"), "20000.0"),
        (&format!("ulid open {file} | get n | math max"), "199"),
        (&format!("ulid open {file} | first | get o.k.1.d"), "\"x\""),
        (&format!("ulid open {file} | first | get z"), "null"),
        (
            &format!("ulid open {file} | sort-by n --reverse | first | get n"),
            "199",
        ),
        (
            &format!("ulid open {file} --sort | get n | math sum"),
            "19900",
        ),
    ]);
}

/// Rows of a table have the same columns, so that `get` and `where` find them.
#[test]
fn a_field_that_an_object_does_not_have_is_null() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("f.jsonl");
    let text =
        format!("{{\"id\":\"{ID}\",\"a\":null}}\n{{\"id\":\"{ID}\"}}\n{{\"id\":null,\"a\":1}}\n");
    fs::write(&file, text).expect("a file is written");
    let file = quoted(&file);
    check(&[
        (&format!("ulid open {file} | get a"), "[null, null, 1]"),
        (&format!("ulid open {file} | where a == 1 | length"), "1"),
    ]);
}

/// Brackets, spaces and tildes stand in names, and what other systems write ends by returns.
#[test]
fn a_name_is_a_name_whatever_stands_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("a [b] ~c");
    fs::create_dir(&inner).expect("a folder");
    for file in ["x y.csv", "w[1].csv", "~z.csv", "{q}.csv"] {
        let text = format!("id,n\r\n{ID},1\r\noops,2\r\n");
        fs::write(inner.join(file), text).expect("a file is written");
    }
    let go = format!("cd {}", quoted(folder.path()));
    check(&[
        (
            &format!(
                "{go}; ls 'a [b] ~c' | each {{|file| ulid open $file.name | get n }} | flatten"
            ),
            "[1, 2, 1, 2, 1, 2, 1, 2]",
        ),
        (
            &format!(
                "{go}; cd 'a [b] ~c'; [(ulid open w[1].csv) (ulid open 'w[1].csv') (ulid open ./~z.csv)] | each {{ length }}"
            ),
            "[2, 2, 2]",
        ),
        (
            &format!("{go}; ls 'a [b] ~c' | ulid open | where ulid == null | get id"),
            "[oops, oops, oops, oops]",
        ),
        (
            &format!("{go}; open --raw 'a [b] ~c/x y.csv' | ulid open | get n"),
            "[1, 2]",
        ),
    ]);
}

/// Nushell's own reader is the oracle of numbers that no integer and no float can hold, wherever they stand.
#[test]
fn numbers_past_all_integers_and_floats_are_what_nushell_makes_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("n.jsonl");
    let numbers = [
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890",
        "1e400",
        "-1e400",
        "1e-400",
        "-0.0",
        "1E2",
    ];
    let row = |n: &str| {
        format!(
            "{{\"id\":\"{ID}\",\"n\":{n},\"o\":{{\"a\":[{n},\"x\",[{n}, null]],\"b\": {n} ,\"b\":true}}}}\n"
        )
    };
    let mut text: String = numbers.iter().map(|number| row(number)).collect();
    text += &format!("{{\"id\":\"{ID}\",\"n\":-0,\"o\":null}}\n");
    fs::write(&file, text).expect("a file is written");
    let file = quoted(&file);
    check(&[(
        &format!(
            "(ulid open {file} | {OWN} | to nuon) == (open --raw {file} | lines | each {{ from json }} | to nuon)"
        ),
        "true",
    )]);
}

#[test]
fn types_reach_where_rows_are_written_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!(
        "{{\"id\":\"{ID}\",\"n\":7,\"f\":1.5,\"b\":true,\"s\":\"7\",\"z\":null}}\n{{\"id\":\"{ID}\",\"n\":8,\"f\":2.5,\"b\":false,\"s\":\"8\",\"z\":null}}\n"
    );
    fs::write(folder.path().join("u.jsonl"), text).expect("a file is written");
    fs::write(
        folder.path().join("u.csv"),
        format!("id,n,f,s\n{ID},7,1.5,a\n{ID},8,2.5,b\n"),
    )
    .expect("a file is written");
    let go = format!("cd {}", quoted(folder.path()));
    // Nushell's own command beside it, on the same rows
    check(&[
        (
            &format!(
                "{go}; ulid open u.jsonl | {OWN} | into sqlite ours.db; open --raw u.jsonl | from json --objects | into sqlite theirs.db; let of = {{|db| open $db | query db 'select typeof(n), typeof(f), typeof(b), typeof(s), typeof(z) from main' | to nuon }}; (do $of ours.db) == (do $of theirs.db)"
            ),
            "true",
        ),
        (
            &format!("{go}; open ours.db | query db 'select typeof(n) t, sum(f) s from main'"),
            "[[t, s]; [integer, 4.0]]",
        ),
        (
            &format!(
                "{go}; ulid open u.csv | into sqlite csv.db; open csv.db | query db 'select typeof(row) r, typeof(ulid) u, typeof(n) n, typeof(f) f, typeof(s) s from main' | first"
            ),
            "{r: integer, u: text, n: integer, f: real, s: text}",
        ),
        (
            &format!(
                "{go}; (ulid open u.jsonl | {OWN} | to json --raw) == (open --raw u.jsonl | from json --objects | to json --raw)"
            ),
            "true",
        ),
    ]);
}

/// The types that Nushell's own command gives.
fn describe(file: &str) -> String {
    let code = format!(
        "open --raw {file} | from json --objects | first 3 | describe | to nuon --raw-strings | print"
    );
    let output = run(&code).map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}

#[test]
fn cells_of_csv_are_read_as_nushell_reads_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("u.csv");
    let rows = [
        "true, 5,1e3,-0,,+7,0x10,9999999999999999999",
        "inf,.5,1.50, x ,\"7\",\"\",1_000,0",
        "\"a, b\",\"say \"\"hi\"\"\",5.,1.,-.5,1e400,٣,-9223372036854775808",
    ];
    let rows = rows.map(|row| format!("{ID},{row}\n"));
    fs::write(&file, format!("id,a,b,c,d,e,f,g,h\n{}", rows.concat())).expect("a file is written");
    let file = quoted(&file);
    check(&[
        (
            &format!("(ulid open {file} | {OWN} | to nuon) == (open {file} | to nuon)"),
            "true",
        ),
        (
            &format!(
                "(ulid open {file} --no-infer | {OWN} | to nuon) == (open --raw {file} | from csv --no-infer | to nuon)"
            ),
            "true",
        ),
        (&format!("ulid open {file} | where h == 0 | length"), "1"),
    ]);
}

#[test]
fn what_is_no_json_is_there_as_text_and_fields_go_by_their_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("m.jsonl");
    let text = format!(
        "{{\"id\":\"{ID}\",\"o\":{{\"k\":1}}}}\nno json at all\n{{\"id\":\"{ID}\",\"o\":{{\"k\":2}}}}\n"
    );
    fs::write(&file, text).expect("a file is written");
    let file = quoted(&file);
    check(&[
        (
            &format!("ulid open {file} | get 1.text"),
            "\"no json at all\"",
        ),
        (
            &format!("ulid open {file} | get 0 | columns"),
            "[row, ulid, timestamp, id, o]",
        ),
        (
            &format!("ulid open {file} --filter 'o.k == 2' | get o.k"),
            "[2]",
        ),
        (
            &format!("ulid open {file} --columns 'k=o.k, before=prev.o.k' | get k"),
            "[\"1\", null, \"2\"]",
        ),
    ]);
}
