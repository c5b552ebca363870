//! Times as people say them: zones, words, periods of the calendar, and bounds in the spelling of a column.

use super::harness::{check, check_errors, expected};

#[test]
fn every_command_that_shows_a_time_takes_a_zone() {
    check(&[
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid timestamp --zone Asia/Tokyo | format date '%FT%T%.3f%:z'",
            "\"2016-07-31T08:54:10.259+09:00\"",
        ),
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid parse --zone '+05:45' | get timestamp | format date '%FT%T%.3f%:z'",
            "\"2016-07-31T05:39:10.259+05:45\"",
        ),
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid inspect --zone '-03:30' | get timestamp | format date '%FT%T%.3f%:z'",
            "\"2016-07-30T20:24:10.259-03:30\"",
        ),
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid stats --zone America/New_York | get earliest | format date '%FT%T%.3f%:z'",
            "\"2016-07-30T19:54:10.259-04:00\"",
        ),
        (
            "'at 01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid scan --zone local | length",
            "1",
        ),
        // the flag comes before the configuration
        (
            "$env.config.plugins.ulid = {zone: Asia/Tokyo}; '01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid timestamp --zone UTC | format date '%F'",
            "\"2016-07-30\"",
        ),
    ]);
}

#[test]
fn bounds_are_said_in_words_as_date_from_human_reads_them() {
    check(&[
        (
            "(ulid bounds '2 days ago' 1hr | get start | ulid timestamp) - ('2 days ago' | date from-human) | into int | math abs | $in < 5_000_000_000",
            "true",
        ),
        (
            "ulid bounds '2024-01-01' '2024-01-02' | get start",
            "\"01HK153X000000000000000000\"",
        ),
        // the day of a zone begins when its clock shows midnight: 14 hours before that of UTC
        (
            "ulid bounds '2024-01-01' 1day --zone '+14' | get start | ulid timestamp | format date '%FT%T'",
            "\"2023-12-31T10:00:00\"",
        ),
        (
            "[(ulid generate) 01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid between --since yesterday --until 'in 2 days' | length",
            "1",
        ),
        (
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid between --since '2016-07-30 23:00' --until '2016-07-31 00:00' | length",
            "1",
        ),
    ]);
    check_errors(&[
        expected(
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid between --since someday",
            "wrong_type",
            "--since someday",
            "no date",
            "date from-human",
        ),
        expected(
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid between --since 2018-01-01 --until 2016-01-01",
            "backwards",
            "--since 2018-01-01",
            "begin",
            "earlier",
        ),
        expected(
            "ulid bounds 2024-01-01 1day --zone Berlin",
            "config",
            "--zone Berlin",
            "no zone",
            "Europe/Berlin",
        ),
    ]);
}

#[test]
fn bounds_are_spelled_as_the_column_is() {
    check(&[
        // in the order of text, of bytes and of UUIDs the bounds hold what lies within and nothing else
        (
            "let ids = ['2023-12-31T23:59:59.999Z' '2024-01-01' '2024-01-01T23:59:59.999Z' '2024-01-02'] | into datetime | ulid generate
             [[ulid {|id| $id }] [lower {|id| $id | str downcase }] [uuid {|id| $id | ulid to-uuid }] [hex {|id| $id | ulid to-hex }]]
             | each {|it| let b = ulid bounds 2024-01-01 2024-01-02 --spelling $it.0; $ids | each $it.1 | where $it >= $b.start and $it < $b.end | length }",
            "[2, 2, 2, 2]",
        ),
        (
            "ulid bounds 2024-01-01 1day --spelling binary | get start | encode hex",
            "\"018CC251F40000000000000000000000\"",
        ),
        // upper-case bounds over a lower-case column find nothing, as the help says
        (
            "let b = ulid bounds 2024-01-01 1day; ['2024-01-01T12:00Z' | into datetime | ulid generate | str downcase] | where $it >= $b.start and $it < $b.end | length",
            "0",
        ),
    ]);
    check_errors(&[expected(
        "ulid bounds 2024-01-01 1day --spelling int",
        "option",
        "--spelling int",
        "ulid, lower, uuid, hex, binary",
        "write",
    )]);
}

#[test]
fn shares_and_bars_are_those_of_histogram() {
    const DAYS: &str = "['2024-01-01' '2024-01-01T12:00Z' '2024-01-02' '2024-01-02T01:00Z' '2024-01-02T02:00Z' '2024-01-03'] | into datetime";
    check(&[
        (
            &format!(
                "({DAYS} | ulid generate | ulid histogram day | select label count quantile percentage frequency | sort-by label) == ({DAYS} | each {{ format date '%F' }} | histogram | rename label | select label count quantile percentage frequency | sort-by label)"
            ),
            "true",
        ),
        (
            "['2023-12-31T23:30Z' '2024-05-01'] | into datetime | ulid generate | ulid histogram quarter --zone Europe/Berlin | get label",
            "[\"2024-Q1\", \"2024-Q2\"]",
        ),
        // weeks begin on Monday, and 1 January 2024 was one
        (
            "['2024-01-01' '2024-01-07T23:00Z'] | into datetime | ulid generate | ulid histogram week | select label count",
            "[[label, count]; [\"2024-01-01\", 2]]",
        ),
    ]);
}
