//! Files whose columns are called like every fact: read back by other programs, nothing of them is lost, and each fact has
//! its own name and value.

use std::{
    collections::BTreeMap,
    fs,
    process::{Command, Stdio},
};

use serde_json::Value;
use ulid_engine::row::{FACTS, FLAWS};

use super::reports::{browser, stdout};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// A table with a column for each fact, whose cells are found again: `c0-time`, `c1-time`.
fn table() -> String {
    let names: Vec<&str> = FACTS.iter().map(|entry| entry.name).collect();
    let row = |number: usize| {
        let cells = names.iter().map(|name| format!("c{number}-{name}"));
        format!("{ID},{}\n", cells.collect::<Vec<_>>().join(","))
    };
    format!("key,{}\n{}{}", names.join(","), row(0), row(1))
}

/// Rows as another program reads them, each by its names.
type Rows = Vec<BTreeMap<String, Value>>;

fn rows_of(program: &mut Command) -> Rows {
    let output = program.stdin(Stdio::null()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("it writes JSON")
}

/// Every reader at hand of what was written, with the rows that it sees.
fn readers(csv: &str, jsonl: &str) -> Vec<(&'static str, Rows)> {
    const BY_CSV: &str =
        "import csv, json, sys; json.dump(list(csv.DictReader(open(sys.argv[1]))), sys.stdout)";
    const BY_JSON: &str =
        "import json, sys; json.dump([json.loads(line) for line in open(sys.argv[1])], sys.stdout)";
    const BY_DUCKDB: &str = "import duckdb, json, sys\n\
        found = duckdb.sql(f\"select * from '{sys.argv[1]}'\")\n\
        rows = [dict(zip(found.columns, map(str, row))) for row in found.fetchall()]\n\
        json.dump(rows, sys.stdout)";
    let mut all = Vec::new();
    if let Some(python) = ulid_tests::tool("python/bin/python") {
        for (name, script, file) in [
            ("csv of Python", BY_CSV, csv),
            ("json of Python", BY_JSON, jsonl),
            ("DuckDB, CSV", BY_DUCKDB, csv),
            ("DuckDB, JSON lines", BY_DUCKDB, jsonl),
        ] {
            let mut program = Command::new(&python);
            all.push((name, rows_of(program.args(["-c", script, file]))));
        }
    }
    if let Some(nu) = ulid_tests::nu() {
        for (name, script) in [
            ("Nushell, CSV", format!("open '{csv}' | to json")),
            (
                "Nushell, JSON lines",
                format!("open --raw '{jsonl}' | from json --objects | to json"),
            ),
        ] {
            let mut program = Command::new(&nu);
            all.push((
                name,
                rows_of(program.args(["--no-config-file", "-c", &script])),
            ));
        }
    }
    all
}

#[test]
fn columns_that_are_called_like_facts_are_read_back_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let input = table();
    let file = |name: &str, kind: &str| {
        let path = folder.path().join(name);
        fs::write(&path, stdout(&["--column", "key", "--print", kind], &input)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (csv, jsonl) = (file("out.csv", "csv"), file("out.jsonl", "jsonl"));
    for (reader, rows) in readers(&csv, &jsonl) {
        assert_eq!(rows.len(), 2, "{reader}");
        for (number, row) in rows.iter().enumerate() {
            assert_eq!(row["id"], ID, "{reader}");
            assert!(
                row["time"].as_str().unwrap().starts_with("2016-07-30"),
                "{reader}: {row:?}"
            );
            let cells = row.values().filter_map(Value::as_str);
            let cells: Vec<&str> = cells.filter(|cell| cell.starts_with('c')).collect();
            for entry in FACTS {
                let wanted = format!("c{number}-{}", entry.name);
                let found = cells.iter().filter(|cell| **cell == wanted).count();
                assert_eq!(found, 1, "{reader}: {wanted}");
                // a name that is written as a fact has `_` behind it, any other stays
                let own = row
                    .get(&format!("{}_", entry.name))
                    .or_else(|| row.get(entry.name));
                assert_eq!(own.unwrap(), wanted.as_str(), "{reader}");
            }
        }
    }
}

#[test]
fn every_fact_may_be_a_column_of_what_is_written() {
    let names: Vec<&str> = FACTS.iter().map(|entry| entry.name).collect();
    let text = format!("{ID}\n{ID}\nnope\n");
    let list = names.join(",");
    let json = stdout(&["--columns", &list, "--print", "jsonl"], &text);
    let rows: Vec<BTreeMap<String, Value>> = json
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let csv = stdout(&["--columns", &list, "--print", "csv"], &text);
    assert_eq!(csv.lines().next(), Some(list.as_str()));
    for name in &names {
        assert!(rows.iter().all(|row| row.contains_key(*name)), "{name}");
    }
    let (copy, broken) = (&rows[1], &rows[2]);
    assert_eq!(copy["row"], 2);
    assert_eq!(copy["line"], 2);
    assert_eq!(copy["unix_ms"], 1_469_922_850_259_u64);
    assert_eq!(copy["random_hex"], "d6764c61efb99302bd5b");
    assert_eq!(copy["duplicate"], true);
    assert_eq!(copy["out_of_order"], false);
    assert_eq!(copy["offset"], 27);
    assert_eq!(copy["length"], 26);
    assert_eq!(broken["valid"], false);
    assert_eq!(broken["fault"], "length");
    assert_eq!(broken["position"], 5);
    assert_eq!(broken["text"], "nope");
    assert_eq!(broken["id"], "nope");
}

#[test]
fn figures_have_the_names_of_flaws() {
    let text = format!("{ID}\n{ID}\nnope\n");
    let json: Value = serde_json::from_str(&stdout(&["--stats", "json"], &text)).unwrap();
    for entry in &FLAWS {
        assert!(json[entry.name].is_number(), "{}: {json}", entry.name);
    }
}

#[test]
fn old_names_and_hidden_columns_are_read_and_told() {
    let input = format!("key,time\n{ID},noon\n{ID},night\n");
    for (option, text, words) in [
        ("--filter", "ordered", "\"ordered\" is an old name"),
        ("--count-by", "kind", "\"kind\" is an old name"),
        (
            "--filter",
            "time > 2000",
            "the column of that name is `time` in backquotes",
        ),
    ] {
        let output = browser(&["--column", "key", option, text, "--print", "csv"], &input);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches(words).count(), 1, "{text}: {said}");
    }
    let plain = browser(
        &[
            "--column",
            "key",
            "--filter",
            "`time` == \"noon\"",
            "--print",
            "lines",
        ],
        &input,
    );
    assert_eq!(String::from_utf8(plain.stderr).unwrap(), "");
    assert_eq!(String::from_utf8(plain.stdout).unwrap(), format!("{ID}\n"));
}
