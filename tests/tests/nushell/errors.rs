//! Every error has a code, stands under the value at fault, and says what to do.

use super::harness::{check_errors, expected, run};

#[test]
fn errors_point_at_the_value() {
    check_errors(&[
        expected(
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV oops] | ulid parse",
            "length",
            "oops",
            "4 characters, a ULID has 26",
            "--on-error null",
        ),
        expected(
            "[8ZZZZZZZZZZZZZZZZZZZZZZZZZ] | each {} | ulid parse",
            "overflow",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "0 to 7",
        ),
        expected(
            "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAO 1]] | ulid parse id",
            "character",
            "01ARZ3NDEKTSV4RRFFQ69G5FAO",
            "character 26: 'O'",
            "with --lenient it is 01ARZ3NDEKTSV4RRFFQ69G5FA0",
        ),
        expected(
            "['01563e3a-b5d3-d676-4c61-efb99302bd5b'] | ulid parse",
            "length",
            "'01563e3a-b5d3-d676-4c61-efb99302bd5b'",
            "36 characters",
            "uuid of 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ),
        expected(
            "0x[0102] | ulid parse",
            "length",
            "0x[0102]",
            "2 bytes",
            "16 bytes",
        ),
        expected(
            "[{id: 01ARZ3NDEKTSV4RRFFQ69G5FAV}] | ulid parse",
            "wrong_type",
            "{id: 01ARZ3NDEKTSV4RRFFQ69G5FAV}",
            "record",
            "ulid parse id",
        ),
        expected("[5] | ulid parse", "wrong_type", "5", "this is int", ""),
        expected(
            "[null] | ulid parse",
            "wrong_type",
            "null",
            "nothing",
            "compact",
        ),
        expected(
            "ulid generate -t 1700000000",
            "unit",
            "-t 1700000000",
            "looks like seconds",
            "2023-11-14T22:13:20.000Z",
        ),
        expected(
            "ulid generate -t 1700000000000000",
            "unit",
            "-t 1700000000000000",
            "looks like microseconds",
            "",
        ),
        expected(
            "7 | ulid generate",
            "wrong_type",
            "7",
            "this is int",
            "null | ulid generate",
        ),
        expected(
            "[1969-07-20] | ulid generate",
            "out_of_range",
            "1969-07-20",
            "outside of 0 to 281474976710655 ms",
            "",
        ),
        expected("ulid generate -c -1", "option", "-c -1", "0 or more", ""),
        expected("ulid generate -0 -1", "conflict", "-0", "this one", ""),
        expected(
            "ulid generate --after 7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "exhausted",
            "ulid generate",
            "no ULID follows",
            "",
        ),
        expected(
            "ulid generate --after 7ZZZZZZZZZZZZZZZZZZZZZZZZY -c 2 --lines",
            "exhausted",
            "ulid generate",
            "no ULID follows",
            "--random",
        ),
        expected(
            "ulid generate -t '2024-01-01'",
            "wrong_type",
            "-t '2024-01-01'",
            "this is string",
            "without quotes",
        ),
        expected(
            "2024-01-01 | ulid generate --count 2",
            "conflict",
            "--count 2",
            "one ID at its own time",
            "null | ulid generate",
        ),
        expected(
            "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1]] | ulid stats",
            "wrong_type",
            "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1]]",
            "record",
            "get id | ulid stats",
        ),
        expected(
            "ulid stats",
            "no_input",
            "ulid stats",
            "from the pipeline",
            "in front",
        ),
        expected(
            "[{n: 1}] | ulid generate",
            "wrong_type",
            "{n: 1}",
            "no timestamp",
            "",
        ),
        expected(
            "[oops] | ulid parse --on-error nul",
            "option",
            "--on-error nul",
            "error, null, drop",
            "",
        ),
    ]);
}

#[test]
fn settings_that_mean_nothing_are_errors() {
    check_errors(&[
        expected(
            "$env.config.plugins.ulid = {readng: lenient}; [oops] | ulid parse",
            "config",
            "lenient",
            "this one",
            "reading",
        ),
        expected(
            "$env.config.plugins.ulid = {zone: Mars}; [01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid parse",
            "config",
            "Mars",
            "",
            "Europe/Berlin",
        ),
    ]);
}

#[test]
fn an_error_ends_the_script_with_its_picture() {
    let Some(output) = run("[01ARZ3NDEKTSV4RRFFQ69G5FAV oops] | ulid parse") else {
        return;
    };
    let picture = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{picture}");
    for part in ["ulid::length", "Not a ULID", "wrong length", "help:"] {
        assert!(picture.contains(part), "{part} in\n{picture}");
    }
}

#[test]
fn an_error_in_a_stream_lets_the_rest_flow() {
    super::harness::check(&[
        (
            "[oops 01ARZ3NDEKTSV4RRFFQ69G5FAV] | each {} | ulid parse | each {|item| $item.ms} | last",
            "1469922850259",
        ),
        (
            "[oops 01ARZ3NDEKTSV4RRFFQ69G5FAV] | each {} | ulid parse | length",
            "2",
        ),
    ]);
}
