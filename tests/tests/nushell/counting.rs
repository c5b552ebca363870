//! `ulid count`, `ulid stats --by` and `ulid explain` beside Nushell's own commands on the same rows.

use std::{fs, path::Path};

use super::harness::{check, check_errors, expected, run};

/// A table of 60 rows of three hosts, of which one has an ID that is none, and one host goes back once.
fn table(folder: &Path) -> String {
    let id = |ms: u64, random: u128| {
        let id = ulid_core::Ulid::from_parts(ms, random).expect("parts of an ID");
        ulid_core::codec::print(id).to_string()
    };
    let row = |n: u64| {
        let back = if n == 31 { 9_000 } else { 0 };
        let host = ["a", "b", "c"][(n % 3) as usize];
        let id = match n {
            7 => "none".to_owned(),
            _ => id(1_735_689_600_000 + n * 1_000 - back, n.into()),
        };
        format!("{id},{host},{},{}\n", n * 7 % 50, n % 5)
    };
    let rows: String = (0..60).map(row).collect();
    fs::write(folder.join("o.csv"), format!("id,host,took,user\n{rows}"))
        .expect("a file is written");
    format!("'{}'", folder.join("o.csv").display())
}

#[test]
fn groups_are_those_of_nushell() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = table(folder.path());
    check(&[
        (
            &format!(
                "(ulid count {file} --by host | rename host n) == (open {file} | group-by host --to-table | insert n {{|g| $g.items | length}} | select host n)"
            ),
            "true",
        ),
        (
            &format!(
                "(ulid count {file} --by host --aggregate 'count(), u=distinct(user), s=sum(took), m=max(took)' | get 1) == (open {file} | where host == b | {{host: b, 'count()': ($in | length), u: ($in | get user | uniq | length), s: ($in | get took | math sum), m: ($in | get took | math max)}})"
            ),
            "true",
        ),
        (&format!("ulid count {file} | get 0"), "{\"count()\": 60}"),
        (
            &format!("ulid count {file} --filter 'host == \"a\"' --by user --top 2 | get user"),
            "[\"0\", \"1\"]",
        ),
        (
            &format!("ulid count {file} --by valid | get valid"),
            "[false, true]",
        ),
        (
            &format!("ulid count {file} --by 'date(time)' --filter valid | get 0"),
            "{\"date(time)\": \"2025-01-01\", \"count()\": 59}",
        ),
        (
            &format!("open --raw {file} | ulid count --by host | length"),
            "3",
        ),
        (
            &format!("ulid count {file} {file} --by host | get 'count()'"),
            "[40, 40, 40]",
        ),
        ("\"\" | ulid count", "[]"),
        // names of files in a condition begin at Nushell's folder, which is not that of the plugin
        (
            &format!(
                "cd '{}'; \"a\\n\" | save -f hosts.txt; ulid count o.csv --filter 'host in file(\"o.csv:host\")' | get 0.'count()'",
                folder.path().display()
            ),
            "60",
        ),
    ]);
}

#[test]
fn each_writer_has_figures_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = table(folder.path());
    check(&[
        (
            &format!("ulid stats {file} --by host | get host"),
            "[a, b, c]",
        ),
        (
            &format!("ulid stats {file} --by host | get out_of_order"),
            "[0, 1, 0]",
        ),
        (
            &format!("ulid stats {file} --by host | get 1.worst_step_back"),
            "6000000000ns",
        ),
        (
            &format!("ulid stats {file} --by host | get invalid"),
            "[0, 1, 0]",
        ),
        (
            &format!("ulid stats {file} --filter 'took > 20' | get count"),
            // multiples of 7 modulo 50 of 0 to 59 that are above 20
            "34",
        ),
        (
            &format!(
                "ulid stats {file} --filter 'out_of_order by host' | [$in.count $in.out_of_order]"
            ),
            "[1, 1]",
        ),
        (
            &format!("ulid open {file} --filter 'out_of_order by host' | get row"),
            "[32]",
        ),
    ]);
}

#[test]
fn what_cannot_be_counted_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    table(folder.path());
    let enter = format!("cd '{}'; ", folder.path().display());
    let code = |rest: &str| -> &'static str { format!("{enter}{rest}").leak() };
    check_errors(&[
        expected(
            code("ulid count o.csv --by hots"),
            "columns",
            "--by hots",
            "did you mean \"host\"",
            "look like",
        ),
        expected(
            code("ulid count o.csv --aggregate 'p95(took'"),
            "figures",
            "--aggregate 'p95(took'",
            "expected",
            "count()",
        ),
        expected(
            code("ulid count o.csv --top 3"),
            "option",
            "--top 3",
            "changes nothing",
            "add --by",
        ),
        expected(
            code("ulid count o.csv --by host --top 0"),
            "option",
            "--top 0",
            "from 1",
            "",
        ),
        expected(
            code("[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid stats --by host"),
            "input",
            "--by host",
            "no file here",
            "name the file",
        ),
        expected(
            code("[[id]; [x]] | ulid count --by id"),
            "wrong_type",
            "[[id]; [x]]",
            "record",
            "get id",
        ),
        expected(
            code("[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid stats --format csv"),
            "input",
            "--format csv",
            "no file here",
            "name the file",
        ),
        expected(
            code("ulid explain 'valid' --column id"),
            "input",
            "--column id",
            "no file here",
            "name the file",
        ),
        expected(
            code("ulid count o.csv --by 'lower(' --aggregate 'count()'"),
            "columns",
            "--by 'lower('",
            "expected",
            "",
        ),
        expected(
            code("ulid explain 'tiem >'"),
            "filter",
            "'tiem >'",
            "expected",
            "",
        ),
    ]);
}

#[test]
fn a_condition_is_explained_with_the_columns_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = table(folder.path());
    check(&[(
        &format!("ulid explain 'took > 5 and time == 2025' {file} | get 0"),
        "\"2025-01-01T00:00:00.000Z <= time <= 2025-12-31T23:59:59.999Z\"",
    )]);
    let output = run(&format!("ulid explain 'tokk > 5' {file}"));
    let Some(output) = output else { return };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("did you mean \"took\""), "{errors}");
}
