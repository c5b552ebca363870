//! DuckDB as a second opinion: what SQL can say of a file has to come out the same.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::reports::stdout;

/// Six hundred rows of a few groups, with empty cells, decimals, negative numbers and quoted commas.
fn table() -> String {
    let mut text = "id,service,note,took,size\n".to_owned();
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut ms = 1_767_225_600_000_u64;
    for _ in 0..600 {
        ms += random(400_000);
        let id = ulid_engine::Ulid::from_parts(ms, random(1 << 30).into()).unwrap();
        let service = ["api", "web", "\"db, old\"", ""][random(4) as usize];
        let note = ["", "a", "A", "ab", "b_c", "100%"][random(6) as usize];
        let took = match random(5) {
            0 => String::new(),
            _ => format!("{}.{}", random(500), random(100)),
        };
        let size = i64::try_from(random(2_000)).unwrap() - 1_000;
        text += &format!(
            "{},{service},{note},{took},{size}\n",
            ulid_engine::codec::print(id)
        );
    }
    text
}

/// The answers of DuckDB to queries of the table `t`, in CSV without heading; `None` where it is not installed.
fn duckdb(file: &Path, queries: &[&str]) -> Option<Vec<String>> {
    const SCRIPT: &str = "\
import csv, io, json, sys
try:
    import duckdb
except ImportError:
    sys.exit(3)
path, queries = sys.argv[1], json.loads(sys.argv[2])
duckdb.sql(f\"create table t as select row_number() over () as n, id, service, note, \
nullif(took, '')::double as took, size::bigint as size from read_csv('{path}', all_varchar=true, nullstr='-')\")
for query in queries:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator='\\n')
    for row in duckdb.sql(query).fetchall():
        writer.writerow(['' if cell is None else (int(cell) if isinstance(cell, float) and cell == int(cell) else cell) for cell in row])
    print(json.dumps(out.getvalue()))
";
    let python = ulid_tests::tool("python/bin/python")?;
    let queries = serde_json::to_string(queries).unwrap();
    let output = Command::new(python)
        .args(["-c", SCRIPT, file.to_str().unwrap(), &queries])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    if output.status.code() == Some(3) {
        ulid_tests::report_not_run("duckdb, of tests/tools/requirements.txt");
        return None;
    }
    assert!(output.status.success(), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// Conditions, each in the language and in SQL.
const CONDITIONS: [(&str, &str); 14] = [
    ("took > 250", "took > 250"),
    ("took > 1e2 and size < 0", "took > 1e2 and size < 0"),
    ("took between 100 and 200.5", "took between 100 and 200.5"),
    (
        "size % 7 == 3 or took < .9e1",
        "size % 7 == 3 or took < .9e1",
    ),
    (
        "service in (\"api\", \"db, old\")",
        "service in ('api', 'db, old')",
    ),
    ("service not in [\"api\"]", "service not in ('api')"),
    ("note like \"%b%\"", "note like '%b%'"),
    (
        "note like \"a_\" or note like \"1__%\"",
        "note like 'a_' or note like '1__%'",
    ),
    (
        "note starts with \"a\" and note != \"a\"",
        "starts_with(note, 'a') and note != 'a'",
    ),
    (
        "lower(note) == \"a\" and len(service) > 3",
        "lower(note) = 'a' and length(service) > 3",
    ),
    ("took is null", "took is null"),
    (
        "took is not null AND NOT size >= -900",
        "took is not null and not size >= -900",
    ),
    ("abs(size) < 20", "abs(size) < 20"),
    (
        "replace(note, \"b\", \"\") == \"a\"",
        "replace(note, 'b', '') = 'a'",
    ),
];

/// Figures, each with the same in SQL; numbers are compared, and so many as text.
const FIGURES: [(&str, &str, &str); 6] = [
    (
        "count()",
        "service",
        "select service, count(*) from t group by 1 order by 1",
    ),
    (
        "count(), count(took), distinct(note), sum(size), min(size), max(size)",
        "service",
        "select service, count(*), count(took), count(distinct nullif(note, '')), sum(size), min(size), max(size) from t group by 1 order by 1",
    ),
    (
        "median(took), p95(took), quantile(size, 0.1), mean(size)",
        "note",
        "select note, median(took), quantile_cont(took, 0.95), quantile_cont(size, 0.1), avg(size) from t group by 1 order by 1",
    ),
    (
        "count(took > 100), min(took), max(took)",
        "service, note",
        "select service, note, count(*) filter (took > 100), min(took), max(took) from t group by 1, 2 order by 1, 2",
    ),
    (
        "count()",
        "size > 0",
        "select case when size > 0 then 'true' else 'false' end, count(*) from t group by 1 order by 1",
    ),
    (
        "count()",
        "if(took is null, \"none\", if(took > 100, \"slow\", \"fast\"))",
        "select case when took is null then 'none' when took > 100 then 'slow' else 'fast' end, count(*) from t group by 1 order by 1",
    ),
];

fn close(ours: &str, theirs: &str) -> bool {
    let numbers = (ours.parse::<f64>(), theirs.parse::<f64>());
    match numbers {
        (Ok(ours), Ok(theirs)) => (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0),
        _ => ours == theirs,
    }
}

#[test]
fn conditions_and_figures_are_those_of_duckdb() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.csv");
    fs::write(&file, table()).unwrap();
    let conditions = CONDITIONS.map(|(_, sql)| format!("select n from t where {sql} order by n"));
    let mut queries: Vec<&str> = conditions.iter().map(String::as_str).collect();
    queries.extend(FIGURES.iter().map(|(_, _, sql)| *sql));
    queries.push("select * exclude n from t order by took desc nulls last, n limit 20");
    let Some(answers) = duckdb(&file, &queries) else {
        return;
    };
    let path = file.to_str().unwrap();
    let rows_of = |csv: &str| {
        csv.lines()
            .skip(1)
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    for ((condition, _), expected) in CONDITIONS.iter().zip(&answers) {
        let found = stdout(
            &[
                path,
                "--filter",
                condition,
                "--columns",
                "row",
                "--print",
                "csv",
            ],
            "",
        );
        assert_eq!(&rows_of(&found), expected, "{condition}");
        assert!(!expected.is_empty(), "{condition} holds for no row");
    }
    for ((figures, by, _), expected) in FIGURES.iter().zip(&answers[CONDITIONS.len()..]) {
        let found = stdout(
            &[path, "--aggregate", figures, "--by", by, "--print", "csv"],
            "",
        );
        let (found, expected) = (rows_of(&found), expected.as_str());
        assert_eq!(found.lines().count(), expected.lines().count(), "{figures}");
        for (ours, theirs) in found.lines().zip(expected.lines()) {
            let same = ours.split(',').count() == theirs.split(',').count()
                && ours
                    .split(',')
                    .zip(theirs.split(','))
                    .all(|(ours, theirs)| close(ours, theirs));
            assert!(same, "{figures} by {by}: {ours} and {theirs}");
        }
    }
    let top = [
        "--sort",
        "took",
        "--reverse",
        "--limit",
        "20",
        "--columns",
        "id, service, note, took, size",
    ];
    let found = stdout(&[&[path], &top[..], &["--print", "csv"]].concat(), "");
    for (ours, theirs) in rows_of(&found).lines().zip(answers.last().unwrap().lines()) {
        assert_eq!(ours[..26], theirs[..26]);
    }
}
