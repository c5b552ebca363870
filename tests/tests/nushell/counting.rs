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

/// Two exports of one table: the second lacks a row, has one more, one that changed, two that changed places, and a broken
/// one; its columns stand in another order, and one is new.
fn two_exports(folder: &Path) -> String {
    let id = |n: u64| {
        let id = ulid_core::Ulid::from_parts(1_735_689_600_000 + n, n.into()).expect("an ID");
        ulid_core::codec::print(id).to_string()
    };
    let row = |n: u64, took: u64| format!("{},h{n},{took}\n", id(n));
    let first: String = (0..6).map(|n| row(n, n * 10)).collect();
    let other = |n: u64, took: u64| format!("{took},{},new,h{n}\n", id(n).to_lowercase());
    let second: String = [(0, 0), (2, 21), (4, 40), (3, 30), (5, 50), (9, 90)]
        .map(|(n, took)| other(n, took))
        .concat();
    fs::write(folder.join("a.csv"), format!("id,host,took\n{first}")).expect("a file is written");
    let second = format!("took,id,note,host\n{second}7,none,new,h7\n");
    fs::write(folder.join("b.csv"), second).expect("a file is written");
    format!("'{0}/a.csv' '{0}/b.csv'", folder.display())
}

#[test]
fn two_files_are_compared_by_their_ids() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = two_exports(folder.path());
    let plain = |name: &str| format!("'{}'", folder.path().join(name).display());
    check(&[
        (
            // by hand: 1 is in the first alone, 9 and the broken one in the second, 2 took longer, and of 3 and 4 one has moved
            &format!(
                "ulid diff {files} | get relation | uniq --count | sort-by value | each {{ $'($in.value) ($in.count)' }}"
            ),
            "[\"changed 1\", \"first 1\", \"moved 1\", \"second 2\"]",
        ),
        (
            &format!(
                "ulid diff {files} | where relation == changed | get 0 | [$in.first.took $in.second.took $in.second.note]"
            ),
            "[20, 21, new]",
        ),
        (
            &format!(
                "ulid diff {files} | where relation in [first second] | each {{|row| $row.first | default $row.second | get host }}"
            ),
            "[\"h1\", \"h9\", \"h7\"]",
        ),
        // what only one of them has is what Nushell finds
        (
            &format!(
                "let ours = open {} | get id; let theirs = open {} | get id | str upcase; (ulid diff {files} | where relation == second and ulid != null | get ulid) == ($theirs | where $it not-in $ours and $it != NONE)",
                plain("a.csv"),
                plain("b.csv")
            ),
            "true",
        ),
        (
            &format!("ulid diff {files} --all | where relation == same | length"),
            "3",
        ),
        (&format!("ulid diff {0} {0}", plain("a.csv")), "[]"),
        // the same rows as objects, with IDs in another case
        (
            &format!(
                "open {0} | update id {{ str downcase }} | to json | save {1}; ulid diff {0} {1} | length",
                plain("a.csv"),
                plain("a.json")
            ),
            "0",
        ),
        (
            &format!(
                "ulid diff {} {} | get 0.timestamp | format date '%F'",
                plain("a.csv"),
                plain("b.csv")
            ),
            "\"2025-01-01\"",
        ),
    ]);
    check_errors(&[
        expected(
            "ulid diff nosuch.csv other.csv",
            "file",
            "nosuch.csv",
            "no such file",
            "pwd",
        ),
        expected(
            "ulid diff *.nope other.csv",
            "file",
            "*.nope",
            "matches nothing",
            "pwd",
        ),
    ]);
}
