//! A value gives a value, a list a list, a stream a stream, and a table keeps what else it holds.

use super::harness::{check, check_errors, expected, printed};

const PARTS: &str = "{ulid: \"01ARZ3NDEKTSV4RRFFQ69G5FAV\", timestamp: 2016-07-30T23:54:10.259+00:00, unix_ms: 1469922850259, \
                     random: 0x[D6764C61EFB99302BD5B]}";

#[test]
fn a_value_gives_a_value() {
    check(&[
        ("'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid parse", PARTS),
        ("'01arz3ndektsv4rrffq69g5fav' | parse ulid", PARTS),
        ("0x[01563e3ab5d3d6764c61efb99302bd5b] | ulid parse", PARTS),
        (
            "'O1ARZ3NDEK-TSV4RRFFQ69G5FAV' | ulid parse --lenient",
            PARTS,
        ),
        ("'oops' | ulid parse --on-error null", "null"),
        ("'oops' | ulid parse --on-error drop", "null"),
        ("ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV", "true"),
        (
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV oops] | each {|id| ulid validate $id }",
            "[true, false]",
        ),
        (
            "[[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV] [oops]] | each {|row| ulid validate $row.id }",
            "[true, false]",
        ),
        ("'8ZZZZZZZZZZZZZZZZZZZZZZZZZ' | ulid validate", "false"),
        ("0x[00] | ulid validate", "false"),
        ("5 | ulid validate", "false"),
    ]);
}

#[test]
fn a_list_gives_a_list_and_a_stream_a_stream() {
    let list = "[01ARZ3NDEKTSV4RRFFQ69G5FAV oops]";
    let stream = "[01ARZ3NDEKTSV4RRFFQ69G5FAV oops] | each {}";
    check(&[
        (&format!("{list} | ulid validate"), "[true, false]"),
        (&format!("{stream} | ulid validate"), "[true, false]"),
        (
            &format!("{list} | ulid validate | describe"),
            "\"list<bool>\"",
        ),
        (
            &format!("{stream} | ulid validate | describe"),
            "\"list<bool> (stream)\"",
        ),
        (
            &format!("{stream} | ulid sort -r | describe"),
            "\"list<string> (stream)\"",
        ),
        (
            &format!("{list} | ulid parse --on-error null | get 1"),
            "null",
        ),
        (
            &format!("{stream} | ulid parse --on-error drop | length"),
            "1",
        ),
        ("[] | ulid parse", "[]"),
    ]);
}

#[test]
fn a_table_keeps_its_rows_and_columns() {
    let table = "[[n id]; [1 01ARZ3NDEKTSV4RRFFQ69G5FAV] [2 oops]]";
    check(&[
        (
            &format!("{table} | ulid validate id"),
            "[[n, id]; [1, true], [2, false]]",
        ),
        (
            &format!(
                "{table} | each {{}} | ulid parse id --on-error null | update id {{|row| $row.id.unix_ms?}}"
            ),
            "[[n, id]; [1, 1469922850259], [2, null]]",
        ),
        (
            &format!("{table} | ulid parse id --on-error drop | get n"),
            "[1]",
        ),
        (
            "{a: {b: [01ARZ3NDEKTSV4RRFFQ69G5FAV]}} | ulid validate a.b.0",
            "{a: {b: [true]}}",
        ),
        (
            "[[a b]; [01ARZ3NDEKTSV4RRFFQ69G5FAV x]] | ulid validate a b",
            "[[a, b]; [true, false]]",
        ),
        (
            "[{id: 01ARZ3NDEKTSV4RRFFQ69G5FAV} {n: 1}] | ulid validate id?",
            "[{id: true}, {n: 1}]",
        ),
    ]);
}

#[test]
fn sorting_is_by_value_and_stable() {
    check(&[
        (
            "[01BX5ZZKBKACTAV9WEVGEMMVRZ 01arz3ndektsv4rrffq69g5fav] | ulid sort",
            "[\"01arz3ndektsv4rrffq69g5fav\", \"01BX5ZZKBKACTAV9WEVGEMMVRZ\"]",
        ),
        (
            "[[id n]; [oops 0] [01ARZ3NDEKTSV4RRFFQ69G5FAV 1] [01BX5ZZKBKACTAV9WEVGEMMVRZ 2] [01arz3ndektsv4rrffq69g5fav 3]]
             | ulid sort id -r | get n",
            "[2, 1, 3, 0]",
        ),
        (
            "(ulid generate -c 500 | shuffle | ulid sort) == (ulid generate -c 0)",
            "false",
        ),
        (
            "let ids = ulid generate -c 500; ($ids | shuffle | ulid sort) == $ids",
            "true",
        ),
    ]);
}

#[test]
fn generation_is_what_the_flags_say() {
    check(&[
        ("ulid generate | ulid validate", "true"),
        ("ulid generate -c 0", "[]"),
        ("ulid generate -c 1 | length", "1"),
        (
            "ulid generate -t 2024-01-01 -0",
            "\"01HK153X000000000000000000\"",
        ),
        (
            "random ulid -t 1704067200000 -1",
            "\"01HK153X00ZZZZZZZZZZZZZZZZ\"",
        ),
        (
            "let ids = ulid generate -t 2024-01-01 -c 3 | ulid parse; $ids.unix_ms | uniq",
            "[1704067200000]",
        ),
        (
            "(ulid generate --seed 7 -t 2024-01-01 -c 3) == (ulid generate --seed 7 -t 2024-01-01 -c 3)",
            "true",
        ),
        (
            "ulid generate --after 7ZZZZZZZZZ0000000000000000 -c 2",
            "[\"7ZZZZZZZZZ0000000000000001\", \"7ZZZZZZZZZ0000000000000002\"]",
        ),
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid parse | ulid generate",
            "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
        ),
        (
            "[2024-01-01 2020-01-01] | each {} | ulid generate | ulid parse | get timestamp",
            "[2024-01-01T00:00:00+00:00, 2020-01-01T00:00:00+00:00]",
        ),
        (
            "ulid generate -c 3 --lines | lines | ulid validate",
            "[true, true, true]",
        ),
        (
            "ulid generate -c 3 --lines | describe",
            "\"string (stream)\"",
        ),
    ]);
}

#[test]
fn calls_share_one_order() {
    let Some(text) = printed(
        "let ids = 1..50 | each { null | ulid generate }; print ($ids == ($ids | sort))
         let ids = 1..50 | par-each { null | ulid generate -c 20 } | flatten; print ($ids | uniq | length)",
    ) else {
        return;
    };
    assert_eq!(text, "true\n1000\n");
}

#[test]
fn the_last_time_is_in_the_year_10889() {
    check(&[
        (
            "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ' | ulid parse | get unix_ms",
            "281474976710655",
        ),
        (
            "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ' | ulid parse | get timestamp | to json -r",
            "r#'\"+10889-08-02T05:31:50.655+00:00\"'#",
        ),
        (
            "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ' | ulid parse | ulid generate",
            "\"7ZZZZZZZZZZZZZZZZZZZZZZZZZ\"",
        ),
    ]);
}

#[test]
fn the_configuration_gives_the_defaults() {
    check(&[
        (
            "$env.config.plugins.ulid = {reading: lenient, zone: Asia/Tokyo, on_error: null}
             [OlARZ3NDEKTSV4RRFFQ69G5FAV] | ulid parse | get timestamp.0",
            "2016-07-31T08:54:10.259+09:00",
        ),
        (
            "$env.config.plugins.ulid = {on_error: drop}; [oops] | ulid parse",
            "[]",
        ),
        (
            "$env.config.plugins.ulid = {on_error: drop}; [oops] | ulid parse --on-error null",
            "[null]",
        ),
        (
            "$env.config.plugins.ulid = {reading: lenient}; 'OlARZ3NDEKTSV4RRFFQ69G5FAV' | ulid validate --lenient=false",
            "false",
        ),
    ]);
}

#[test]
fn metadata_stays() {
    check(&[
        (
            "[[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | metadata set --content-type x/y | ulid validate id | metadata | get content_type",
            "\"x/y\"",
        ),
        (
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | each {} | metadata set --content-type x/y | ulid sort | metadata | get content_type",
            "\"x/y\"",
        ),
    ]);
}

#[test]
fn the_line_end_of_a_program_is_no_part_of_an_id() {
    check(&[
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | ulid validate",
            "true",
        ),
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\r\\n' | ulid validate",
            "true",
        ),
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n\\n' | ulid validate",
            "false",
        ),
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | ulid parse | get unix_ms",
            "1469922850259",
        ),
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | ulid timestamp --ms",
            "1469922850259",
        ),
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | ulid to-hex",
            "\"01563e3ab5d3d6764c61efb99302bd5b\"",
        ),
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | ulid next",
            "\"01ARZ3NDEKTSV4RRFFQ69G5FAW\"",
        ),
        (
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | into ulid",
            "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
        ),
        // as Nushell's own `encode base32` takes it
        (
            "(^printf 'a\\n' | ulid encode base32) == ('a' + (char newline) | ulid encode base32)",
            "true",
        ),
    ]);
}

#[test]
fn several_lines_are_told_how_to_become_a_list() {
    check_errors(&[
        expected(
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | ulid parse",
            "length",
            "printf",
            "",
            "`lines`",
        ),
        expected(
            "^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n' | ulid histogram day",
            "wrong_type",
            "ulid histogram",
            "text or bytes came in",
            "`lines`",
        ),
    ]);
}
