//! Common rules of all filters: they take every shape, keep metadata, and do with bad items as they are told.

use super::harness::{check, check_errors, expected};

const ID: &str = "'01ARZ3NDEKTSV4RRFFQ69G5FAV'";
const BYTES: &str = "0x[01563e3ab5d3d6764c61efb99302bd5b]";

/// Filters that make one value of an ID, and what makes two of their answers alike.
const FILTERS: &[(&str, &str)] = &[
    ("ulid parse", ""),
    ("ulid timestamp", ""),
    ("ulid timestamp --ms", ""),
    ("ulid inspect", " | reject age"),
    ("into ulid", ""),
    ("ulid to-uuid", ""),
    ("ulid to-uuid --v7", ""),
    ("ulid to-binary", ""),
    ("ulid to-hex", ""),
    ("ulid to-int", ""),
    ("ulid next", ""),
    ("ulid prev", ""),
    ("ulid validate", ""),
    ("ulid validate --detailed", ""),
];

/// Checks that each piece of code gives true.
fn all_true(pieces: &[String]) {
    let cases: Vec<(&str, &str)> = pieces.iter().map(|code| (code.as_str(), "true")).collect();
    check(&cases);
}

#[test]
fn every_filter_takes_every_shape() {
    for (filter, alike) in FILTERS {
        let of = |input: &str| format!("({input} | {filter}{alike})");
        let one = of(ID);
        let cell =
            |table: &str, path: &str| format!("({table} | {filter} {path} | get 0.{path}{alike})");
        all_true(&[
            format!("{} == {one}", of(BYTES)),
            format!("{} == [{one} {one}]", of(&format!("[{ID} {BYTES}]"))),
            format!("{} == [{one}]", of(&format!("([{ID}] | each {{}})"))),
            format!("[{ID}] | {filter} | describe | $in !~ stream"),
            format!("[{ID}] | each {{}} | {filter} | describe | $in =~ stream"),
            format!("{} == {one}", cell(&format!("[[id n]; [{ID} 1]]"), "id")),
            format!(
                "{} == {one}",
                cell(&format!("[{{a: {{id: {ID}}}}}]"), "a.id")
            ),
            format!("[[id n]; [{ID} 1] [{ID} 2]] | each {{}} | {filter} id | $in.n == [1 2]"),
            format!("{{id: {ID} n: 1}} | {filter} id | $in.n == 1"),
            format!("[{{id: {ID}}} {{n: 2}}] | {filter} id? | get 1 | $in == {{n: 2}}"),
            format!("([] | {filter}) == []"),
            format!("('OlARZ3NDEK-TSV4RRFFQ69G5FAV' | {filter} --lenient{alike}) == {one}"),
        ]);
    }
}

#[test]
fn every_filter_does_with_bad_items_as_it_is_told() {
    for (filter, _) in FILTERS {
        if filter.starts_with("ulid validate") {
            continue; // to which no item is bad
        }
        let table = format!("[[id n]; [{ID} 1] [oops 2] [null 3]]");
        all_true(&[
            format!("([oops {ID} null] | {filter} --on-error null | get 0 2) == [null null]"),
            format!("([oops {ID} null] | {filter} --on-error drop | length) == 1"),
            format!("([oops {ID}] | each {{}} | {filter} --on-error drop | length) == 1"),
            format!("({table} | {filter} id --on-error null | get 1) == {{id: null n: 2}}"),
            format!("({table} | each {{}} | {filter} id --on-error drop | get n) == [1]"),
            format!("([null] | get 0 | {filter} --on-error null) == null"),
            format!(
                "(try {{ [oops] | {filter} }} catch {{|e| $e.details.code }}) == 'ulid::length'"
            ),
            format!("([oops {ID}] | each {{}} | {filter} | length) == 2"),
        ]);
    }
}

#[test]
fn selecting_commands_keep_what_they_select() {
    let table = format!("[{{id: {ID} n: 1}} {{n: 2}}]");
    all_true(&[
        format!("({table} | ulid between id? --until 2020-01-01 | get n) == [1]"),
        format!("({table} | ulid histogram year id? | get count) == [1]"),
        format!("({table} | ulid sort id? | get n) == [1 2]"),
        format!("({table} | ulid sort id -r | get n) == [1 2]"),
        format!("([{BYTES} oops] | ulid between --until 2020-01-01 --on-error drop) == [{BYTES}]"),
        format!("([{BYTES} oops null] | ulid histogram year --on-error null | get count) == [1]"),
        format!("([5 {BYTES}] | ulid scan) == []"),
        "([] | ulid sort) == [] and ([] | ulid histogram 1hr) == [] and ([] | ulid between) == []"
            .to_owned(),
        "([] | ulid stats).count == 0".to_owned(),
    ]);
}

#[test]
fn metadata_is_kept_while_the_form_is() {
    let marked = "metadata set --content-type x/y --datasource-filepath /data/ids";
    let told = |code: &str| format!("{code} | metadata | [$in.content_type? $in.source?]");
    let kept = "[x/y, /data/ids]";
    let mut cases = Vec::new();
    let column = FILTERS.iter().map(|(filter, _)| format!("{filter} id"));
    let others = [
        "ulid sort id",
        "ulid between id",
        "ulid timestamp id --insert at",
        "ulid encode base32 id",
        "ulid decode base32 id --on-error null",
    ];
    for filter in column.chain(others.map(str::to_owned)) {
        for stream in ["", "each {} | "] {
            let code = format!("[[id]; [{ID}]] | {stream}{marked} | {filter}");
            cases.push((told(&code), kept));
        }
    }
    for filter in [
        "into ulid",
        "ulid to-hex",
        "ulid next",
        "ulid encode base32",
    ] {
        cases.push((told(&format!("{ID} | {marked} | {filter}")), kept));
    }
    for filter in ["ulid sort -r", "ulid between", "ulid to-uuid"] {
        cases.push((told(&format!("[{ID}] | {marked} | {filter}")), kept));
    }
    let cases: Vec<(&str, &str)> = cases
        .iter()
        .map(|(code, is)| (code.as_str(), *is))
        .collect();
    check(&cases);
}

#[test]
fn text_that_becomes_something_else_is_no_text_any_more() {
    let filters = [
        "ulid parse",
        "ulid timestamp",
        "ulid validate",
        "ulid inspect",
        "ulid to-binary",
        "ulid decode base32 --on-error null",
    ];
    let code = |filter: &str| {
        format!(
            "{ID} | metadata set --content-type text/plain --datasource-filepath /data/ids | {filter}
             | metadata | [$in.content_type? $in.source?]"
        )
    };
    for filter in filters {
        check(&[(&code(filter), "[null, /data/ids]")]);
    }
    check(&[(
        "ulid generate --lines | metadata | get content_type",
        "\"text/plain\"",
    )]);
}

#[test]
fn tables_of_files_say_which() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ids.txt");
    std::fs::write(&file, ID).expect("a file is written");
    let file = serde_json::Value::from(file.to_string_lossy()).to_string();
    all_true(&[
        format!("(ulid open {file} | metadata | get source) == {file}"),
        format!("(ulid open {file} --sort | metadata | get source) == {file}"),
        format!("(ulid scan {file} | metadata | get path_columns) == [file]"),
    ]);
}

#[test]
fn slips_of_the_pen_are_told() {
    check_errors(&[
        expected(
            "ulid parse",
            "no_input",
            "ulid parse",
            "from the pipeline",
            "in front",
        ),
        expected(
            "ulid scan",
            "no_input",
            "ulid scan",
            "names of files",
            "in front",
        ),
        expected(
            "ulid stats",
            "no_input",
            "ulid stats",
            "names of files",
            "in front",
        ),
        expected(
            "[null] | get 0 | ulid next",
            "wrong_type",
            "null",
            "nothing",
            "--on-error null",
        ),
        expected(
            "[{id: a}] | ulid validate",
            "wrong_type",
            "{id: a}",
            "record",
            "column",
        ),
        expected(
            "[{id: a}] | ulid sort",
            "wrong_type",
            "{id: a}",
            "record",
            "column",
        ),
        expected(
            "[{id: a}] | ulid between",
            "wrong_type",
            "{id: a}",
            "record",
            "column",
        ),
        expected(
            "[{id: a}] | ulid histogram 1hr",
            "wrong_type",
            "{id: a}",
            "record",
            "column",
        ),
        expected(
            "[{id: a}] | ulid scan",
            "wrong_type",
            "{id: a}",
            "record",
            "get id | ulid scan",
        ),
        expected(
            "[{id: a} {n: 1}] | ulid sort idd",
            "column",
            "idd",
            "none of 2",
            "columns",
        ),
    ]);
}

#[test]
fn a_bare_word_keeps_its_marks() {
    // they are marks of a cell path to Nushell, and here what makes a text no ID
    check(&[
        ("ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV!", "false"),
        ("ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV?", "false"),
        (
            "ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV!? --detailed | get message",
            "\"wrong length at character 27: 28 characters, a ULID has 26\"",
        ),
        ("ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV", "true"),
        (
            "[[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | ulid validate ID!",
            "[[id]; [true]]",
        ),
    ]);
}
