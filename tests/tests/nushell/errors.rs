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
            "[oops 01ARZ3NDEKTSV4RRFFQ69G5FAV] | each {} | ulid parse | each {|item| $item.unix_ms} | last",
            "1469922850259",
        ),
        (
            "[oops 01ARZ3NDEKTSV4RRFFQ69G5FAV] | each {} | ulid parse | length",
            "2",
        ),
    ]);
}

/// The commands that take cell paths, each with a column that is not there.
const WITH_PATHS: [&str; 16] = [
    "ulid timestamp nosuch",
    "ulid timestamp nosuch --insert created",
    "ulid parse nosuch",
    "ulid validate nosuch",
    "ulid inspect nosuch",
    "into ulid nosuch",
    "ulid to-uuid nosuch",
    "ulid to-hex nosuch",
    "ulid next nosuch",
    "ulid prev nosuch",
    "ulid encode base32 nosuch",
    "ulid decode base32 nosuch",
    "ulid between nosuch --since 2024-01-01",
    "ulid between nosuch --since 2024-01-01 --on-error drop",
    "ulid histogram 1day nosuch",
    "ulid sort nosuch",
];

/// Words of a picture, whose lines are broken and framed.
fn words(picture: &[u8]) -> String {
    let text = String::from_utf8_lossy(picture).replace(['│', '·', '╰', '╭', '─'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_wrong_column_is_shown_where_it_stands_and_nothing_of_the_environment() {
    let rows = [
        "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1]]",
        "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1]] | each {}",
        "{id: 01ARZ3NDEKTSV4RRFFQ69G5FAV, n: 1}",
        "'01ARZ3NDEKTSV4RRFFQ69G5FAV'",
    ];
    for command in WITH_PATHS {
        for (place, row) in rows.into_iter().enumerate() {
            // of one value nothing can be sorted or counted, and of text a path is the ID to be checked
            let has_no_rows = place > 1
                && ["sort", "histogram", "between"]
                    .iter()
                    .any(|name| command.contains(name));
            if has_no_rows || (place == 3 && command.contains("validate")) {
                continue;
            }
            let Some(output) = run(&format!("{row} | {command} | print")) else {
                return;
            };
            let picture = words(&output.stderr);
            let code = format!("{row} | {command}\n{picture}");
            assert!(picture.contains("nosuch"), "{code}");
            assert!(picture.contains("ulid::column"), "{code}");
            assert!(picture.contains("help:"), "{code}");
        }
    }
}

#[test]
fn a_wrong_column_says_which_columns_there_are() {
    check_errors(&[
        expected(
            "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1]] | ulid timestamp nosuch",
            "column",
            "nosuch",
            "nosuch",
            "the row has id, n",
        ),
        expected(
            "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1]] | ulid timestamp 3",
            "column",
            "3",
            "record",
            "the row has id, n",
        ),
        expected(
            "{a: {b: 1}} | ulid parse a.c",
            "column",
            "a.c",
            "",
            "`a` has b",
        ),
        // the help is about the value that the path leads to, and not about the row
        expected(
            "{a: 01ARZ3NDEKTSV4RRFFQ69G5FAV} | ulid timestamp a.b",
            "column",
            "a.b",
            "",
            "`a` is string there",
        ),
        expected(
            "[{a: {b: {}}} {a: {b: null}}] | ulid parse a.b.c --on-error null",
            "column",
            "a.b.c",
            "",
            "`a.b` has no column",
        ),
        expected(
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid parse id",
            "column",
            "id",
            "",
            "cell paths go with records and tables",
        ),
        expected(
            "[[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1]] | ulid timestamp id --insert n",
            "column",
            "ulid timestamp",
            "already",
            "--insert",
        ),
    ]);
}

/// Of several files the one is shown that cannot be opened.
#[test]
fn the_file_that_is_missing_is_pointed_at() {
    check_errors(&[
        expected(
            "ulid open README.md /no/such README.md",
            "file",
            "/no/such",
            "no such file",
            "",
        ),
        expected(
            "['README.md' '/no/such'] | ulid open",
            "file",
            "'/no/such'",
            "no such file",
            "",
        ),
        expected(
            "ulid stats README.md /no/such",
            "file",
            "/no/such",
            "no such file",
            "",
        ),
    ]);
}

/// A command that is given files has no rule of errors, and no column of IDs.
#[test]
fn what_names_no_file_is_told_how_one_is_named() {
    check_errors(&[
        expected(
            "['README.md' null] | ulid open",
            "wrong_type",
            "null",
            "this is nothing",
            "`compact` drops nulls",
        ),
        expected(
            "[{path: 'README.md'}] | ulid open",
            "wrong_type",
            "{path: 'README.md'}",
            "this is record<path: string>",
            "a row has the name of its file in `name`; `get` takes it from another column",
        ),
    ]);
}

/// A number that is refused has no sign that could be left out.
#[test]
fn help_for_a_number_fits_the_number() {
    check_errors(&[
        expected(
            "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid histogram 0sec",
            "option",
            "0sec",
            "a millisecond or more",
            "write 1hr",
        ),
        expected(
            "ulid generate --count (-3)",
            "option",
            "--count (-3)",
            "0 or more",
            "write --count 10",
        ),
    ]);
}

/// Commands that have rules for bad items, each of which lets an error of the pipeline pass.
const WITH_RULES: [&str; 11] = [
    "ulid timestamp",
    "into ulid",
    "ulid parse",
    "ulid to-uuid",
    "ulid next",
    "ulid encode base32",
    "ulid decode base32",
    "ulid between --since 2024-01-01",
    "ulid histogram 1day",
    "ulid stats",
    "ulid sort",
];

#[test]
fn an_error_that_comes_in_passes_whatever_the_rules_say() {
    let failing = [
        "[a b] | each {|it| error make {msg: boom} }",
        "[01ARZ3NDEKTSV4RRFFQ69G5FAV b] | each {|it| if $it == b { error make {msg: boom} } else { $it } }",
    ];
    for command in WITH_RULES {
        for rule in ["", "--on-error drop", "--on-error null"] {
            let has_flag = !(command.ends_with("stats") || command.ends_with("sort"));
            if !rule.is_empty() && !has_flag {
                continue;
            }
            for source in failing {
                let code = format!("{source} | {command} {rule} | collect | print");
                let Some(output) = run(&code) else {
                    return;
                };
                let picture = words(&output.stderr);
                assert!(!output.status.success(), "{code}");
                assert!(picture.contains("boom"), "{code}\n{picture}");
            }
        }
    }
    let scan = "[a b] | each {|it| error make {msg: boom} } | ulid scan | print";
    if let Some(output) = run(scan) {
        assert!(words(&output.stderr).contains("boom"));
        assert!(!output.status.success());
    }
}

#[test]
fn a_source_that_is_cut_is_an_error_under_every_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = "01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(60_000);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut gzip, lines.as_bytes()).expect("memory takes it");
    let whole = gzip.finish().expect("memory takes it");
    let file = folder.path().join("cut.gz");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("a file is written");
    let file = file.display();
    for setting in ["", "$env.config.plugins.ulid = {on_error: drop};"] {
        for rule in ["", "--on-error drop", "--on-error null"] {
            let code = format!(
                "{setting} ulid open '{file}' | get ulid | ulid timestamp {rule} | collect | length | print"
            );
            let Some(output) = run(&code) else {
                return;
            };
            assert!(words(&output.stderr).contains("ulid::file"), "{code}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_file_whose_name_is_a_sequence_of_the_terminal_is_only_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a\u{1b}]52;c;QQ==\u{7}\u{9b}2J.txt");
    std::fs::write(&path, b"\0\0\0binary").expect("a file is written");
    let code = format!(
        "try {{ ulid stats (glob '{}/*' | first) }} catch {{|e| $e.rendered | print }}",
        folder.path().display()
    );
    let Some(output) = run(&code) else {
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("ulid::file"), "{said}");
    assert!(!said.contains("\u{1b}]52"), "{said:?}");
    let label = words(&output.stdout);
    assert!(label.contains("]52;c;QQ=="), "{label}");
}

#[test]
fn a_value_of_the_environment_is_not_shown_with_its_neighbours() {
    // the first variable of all is the secret; those around it come right behind
    let sources = [
        "$env.AAA_CANARZ",
        "[$env.AAA_CANARZ]",
        "[$env.AAA_CANARZ] | each {}",
        "{id: $env.AAA_CANARZ}",
    ];
    for source in sources {
        for command in [
            "ulid parse",
            "ulid timestamp",
            "ulid next",
            "into ulid",
            "ulid to-uuid",
            "ulid generate",
        ] {
            let path = if source.starts_with('{') && command != "ulid generate" {
                " id"
            } else {
                ""
            };
            let code = format!("{source} | {command}{path} | collect | print");
            let Some(output) = run(&code) else {
                return;
            };
            let picture = words(&output.stderr);
            assert!(picture.contains("ulid::"), "{code}\n{picture}");
            assert!(!picture.contains("Host Environment"), "{code}\n{picture}");
        }
    }
    let code = "$env.config.plugins.ulid = {zone: $env.AAA_CANARZ}; [01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid parse | print";
    if let Some(output) = run(code) {
        let picture = words(&output.stderr);
        assert!(picture.contains("ulid::config"), "{picture}");
        assert!(!picture.contains("Host Environment"), "{picture}");
    }
}

#[test]
fn an_error_of_the_pipeline_keeps_its_own_words_and_place() {
    let code = "[01ARZ3NDEKTSV4RRFFQ69G5FAV oops] | each {|x| $x} | into ulid | ulid scan | collect | print";
    let Some(output) = run(code) else {
        return;
    };
    let picture = words(&output.stderr);
    assert!(picture.contains("ulid::length"), "{picture}");
    assert!(!picture.contains("damaged"), "{picture}");
}

#[test]
fn every_slip_in_the_configuration_has_one_code_and_says_what_was_meant() {
    check_errors(&[
        expected(
            "$env.config.plugins.ulid = {on_error: Drop}; [oops] | ulid parse",
            "config",
            "Drop",
            "this one",
            "did you mean drop?",
        ),
        expected(
            "$env.config.plugins.ulid = {reading: loose}; [oops] | ulid parse",
            "config",
            "loose",
            "this one",
            "strict, lenient",
        ),
        expected(
            "$env.config.plugins.ulid = {zone: 5}; [01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid parse",
            "config",
            "5",
            "no zone",
            "Europe/Berlin",
        ),
        expected(
            "$env.config.plugins.ulid = [1]; [oops] | ulid parse",
            "config",
            "[1]",
            "this is list<int>",
            "record",
        ),
    ]);
    super::harness::check(&[(
        "$env.config.plugins.ulid = null; '01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid timestamp | format date '%Y'",
        "\"2016\"",
    )]);
}

#[test]
fn a_path_behind_a_flag_has_its_place() {
    check_errors(&[expected(
        "[[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | ulid histogram day id --by nope",
        "column",
        "--by nope",
        "Cannot find column",
        "the row has id",
    )]);
}
