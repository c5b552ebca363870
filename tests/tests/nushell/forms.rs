//! Commands that turn one form into another, and those that know of times.

use super::harness::{check, check_errors, expected};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[test]
fn every_form_goes_out_and_comes_back() {
    let there = |command: &str| format!("'{ID}' | {command}");
    let back = |command: &str| format!("[{ID}] | each {{}} | {command} | into ulid");
    let quoted = format!("\"{ID}\"");
    let listed = format!("[{quoted}]");
    check(&[
        (
            &there("ulid to-uuid"),
            "\"01563e3a-b5d3-d676-4c61-efb99302bd5b\"",
        ),
        (
            &there("ulid to-uuid --v7"),
            "\"01563e3a-b5d3-7676-8c61-efb99302bd5b\"",
        ),
        (
            &there("ulid to-hex"),
            "\"01563e3ab5d3d6764c61efb99302bd5b\"",
        ),
        (
            &there("ulid to-int"),
            "\"1777027686520646174104517696511196507\"",
        ),
        (
            &there("ulid to-binary"),
            "0x[01563E3AB5D3D6764C61EFB99302BD5B]",
        ),
        (&back("ulid to-uuid"), &listed),
        (&back("ulid to-hex"), &listed),
        (&back("ulid to-int"), &listed),
        (&back("ulid to-binary"), &listed),
        (&back("ulid parse"), &listed),
        (&back("ulid inspect"), &listed),
        (
            "'urn:uuid:01563e3a-b5d3-d676-4c61-efb99302bd5b' | into ulid",
            &quoted,
        ),
        ("5 | into ulid", "\"00000000000000000000000005\""),
        (
            "[[id n]; ['01563e3a-b5d3-d676-4c61-efb99302bd5b' 1]] | into ulid id | get id.0",
            &quoted,
        ),
    ]);
}

#[test]
fn everything_about_an_id() {
    check(&[
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid inspect | columns | str join ' '",
            "\"ulid timestamp unix_ms age random random_hex bytes uuid urn hex int base64 bits\"",
        ),
        (
            "('01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid inspect).age > 3650day",
            "true",
        ),
        ("('7ZZZZZZZZZZZZZZZZZZZZZZZZZ' | ulid inspect).age", "null"),
        (
            "('00000000000000000000000001' | ulid inspect).random_hex",
            "\"00000000000000000001\"",
        ),
    ]);
}

#[test]
fn times_come_in_place_or_beside() {
    let table = "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1] [oops 2]]";
    check(&[
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid timestamp",
            "2016-07-30T23:54:10.259+00:00",
        ),
        (
            &format!("{table} | ulid timestamp id --ms --on-error null"),
            "[[id, n]; [1469922850259, 1], [null, 2]]",
        ),
        (
            &format!("{table} | ulid timestamp id --ms --insert at --on-error drop"),
            "[[id, n, at]; [\"01ARZ3NDEKTSV4RRFFQ69G5FAV\", 1, 1469922850259]]",
        ),
        (
            "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ' | ulid timestamp --ms",
            "281474976710655",
        ),
    ]);
}

#[test]
fn bounds_select_what_between_selects() {
    check(&[
        (
            "ulid bounds 2024-01-01 1day",
            "{start: \"01HK153X000000000000000000\", end: \"01HK3QGM000000000000000000\"}",
        ),
        (
            "let ids = ulid generate -c 3; let b = ulid bounds 1hr; $ids | where $it >= $b.start and $it < $b.end | length",
            "3",
        ),
        (
            "let ids = ['2023-12-31T23:59:59.999Z' '2024-01-01' '2024-01-01T23:59:59.999Z' '2024-01-02'] | into datetime | ulid generate
             let b = ulid bounds 2024-01-01 2024-01-02
             let where = $ids | where $it >= $b.start and $it < $b.end
             [($where == ($ids | ulid between --since 2024-01-01 --until 2024-01-02)) ($where | length)]",
            "[true, 2]",
        ),
        (
            "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1] [oops 2]] | each {} | ulid between id --until 2020-01-01 --on-error drop | get n",
            "[1]",
        ),
        ("ulid generate -c 5 | ulid between --since 1min | length", "5"),
        ("ulid generate -c 5 | ulid between --until 1min | length", "0"),
    ]);
}

#[test]
fn neighbours_and_buckets() {
    check(&[
        (
            "[7ZZZZZZZZZZZZZZZZZZZZZZZZY] | ulid next",
            "[\"7ZZZZZZZZZZZZZZZZZZZZZZZZZ\"]",
        ),
        (
            "'01ARZ3NDEM0000000000000000' | ulid prev",
            "\"01ARZ3NDEKZZZZZZZZZZZZZZZZ\"",
        ),
        (
            "['2024-01-01' '2024-01-31' '2024-02-01'] | into datetime | ulid generate | ulid histogram month | select bucket count",
            "[[bucket, count]; [2024-01-01T00:00:00+00:00, 2], [2024-02-01T00:00:00+00:00, 1]]",
        ),
        (
            "['2024-01-01' '2024-04-02'] | into datetime | ulid generate | ulid histogram month | get count",
            "[1, 0, 0, 1]",
        ),
        (
            // on 31 March 2024 the clocks of Berlin went on, so that the day had 23 hours
            "$env.config.plugins.ulid = {zone: \"Europe/Berlin\"}; ['2024-03-30T22:59Z' '2024-03-30T23:00Z' '2024-03-31T21:59Z' '2024-03-31T22:00Z'] | into datetime | ulid generate | ulid histogram day | get count",
            "[1, 2, 1]",
        ),
        (
            "[[at host]; [2024-01-01 a] [2024-01-02 b] [2024-01-02 a]] | insert id {|row| $row.at | ulid generate } | ulid histogram day id --by host | get count",
            "[1, 0, 1, 1]",
        ),
        (
            "[[at host]; [2024-01-01 a] [2024-01-02 b]] | insert id {|row| $row.at | ulid generate } | ulid histogram quarter id --by host | select host count",
            "[[host, count]; [a, 1], [b, 1]]",
        ),
        (
            "['2024-01-01T00:07Z' '2024-01-01T00:14Z' '2024-01-01T00:16Z'] | into datetime | ulid generate | wrap id | ulid histogram 15min id | get count",
            "[2, 1]",
        ),
    ]);
}

#[test]
fn base32_of_any_bytes() {
    check(&[
        (
            "'91JPRV3F5GG7EVVJDHJ22' | ulid decode base32 | decode",
            "\"Hello, world!\"",
        ),
        ("0x[] | ulid encode base32", "\"\""),
        (
            "[0x[00] 0x[ff]] | each {} | ulid encode base32",
            "[\"00\", ZW]",
        ),
        (
            "'hello' | ulid encode base32 | ulid decode base32 | decode",
            "\"hello\"",
        ),
    ]);
}

#[test]
fn errors_of_forms_and_times() {
    check_errors(&[
        expected(
            "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ' | ulid next",
            "end",
            "'7ZZZZZZZZZZZZZZZZZZZZZZZZZ'",
            "the end",
            "7ZZZ",
        ),
        expected(
            "'00000000000000000000000000' | ulid prev",
            "end",
            "'00000000000000000000000000'",
            "the end",
            "",
        ),
        expected(
            "['nonsense'] | into ulid",
            "length",
            "'nonsense'",
            "neither a ULID nor a UUID",
            "",
        ),
        expected("-5 | into ulid", "option", "-5", "0 or more", ""),
        expected(
            "[{a: 1}] | into ulid",
            "wrong_type",
            "{a: 1}",
            "no `ulid`",
            "into ulid id",
        ),
        expected(
            "ulid bounds 2024-01-02 2024-01-01",
            "backwards",
            "2024-01-02",
            "begin",
            "",
        ),
        expected(
            "ulid bounds 1960-01-01",
            "out_of_range",
            "1960-01-01",
            "outside of 0",
            "",
        ),
        expected(
            "[D1JU] | ulid decode base32",
            "character",
            "D1JU",
            "'U' at character 4",
            "",
        ),
        expected(
            "[CRC] | ulid decode base32",
            "length",
            "CRC",
            "3 characters",
            "",
        ),
        expected(
            "[] | ulid histogram fortnight",
            "option",
            "fortnight",
            "15min",
            "",
        ),
        expected(
            "[{id: 01ARZ3NDEKTSV4RRFFQ69G5FAV}] | ulid timestamp --insert at",
            "option",
            "--insert at",
            "one cell path",
            "ulid timestamp id",
        ),
        expected(
            "ulid scan /no/such/file",
            "file",
            "/no/such/file",
            "no such file",
            "",
        ),
        expected("ulid stats /", "file", "/", "directory", ""),
    ]);
}
