//! Counts and choices of rows of CSV, asked of the real browser without a screen and of DuckDB, in turn on one file.
//!
//! usage: `cargo build --release -p ulid-tui && cargo run --release -p ulid-benches --bin counts [ROWS [WORD...]]`
//!
//! A word takes only the questions whose name has it. Each answer is compared with the other's before anything is told. Of
//! the browser the whole process counts, of DuckDB the query alone.

use std::{
    env, fs,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use serde_json::Value;
use ulid_benches::clock::Clock;
use ulid_engine::{Ulid, codec};

/// A question: its name, what the browser is asked, and the same in SQL, where `t` is the file.
type Question = (&'static str, &'static [&'static str], &'static str);

/// Questions in the order of the report. `{ids}` is a file of IDs, of which every second one is in the table.
const QUESTIONS: &[Question] = &[
    (
        "count by 1,000 values",
        &["--count-by", "service"],
        "select service, count(*) from t group by 1",
    ),
    (
        "count by the hour",
        &["--histogram", "hour"],
        "select strftime(date_trunc('hour', created), '%Y-%m-%dT%H:00:00.000Z'), count(*) from t group by 1",
    ),
    (
        "distinct values of a column",
        &["--aggregate", "distinct(customer)"],
        "select count(distinct customer) from t",
    ),
    (
        "p95 of a number",
        &["--aggregate", "p95(took)"],
        "select quantile_cont(took, 0.95) from t",
    ),
    (
        "p95 of a number by 16 values",
        &["--aggregate", "p95(took)", "--by", "host"],
        "select host, quantile_cont(took, 0.95) from t group by 1",
    ),
    (
        "the 100 largest numbers",
        &[
            "--sort",
            "took",
            "--reverse",
            "--limit",
            "100",
            "--columns",
            "took",
        ],
        "select took from t order by took desc limit 100",
    ),
    (
        "rows by a number, counted",
        &["--aggregate", "count(took > 900000)"],
        "select count(*) filter (took > 900000) from t",
    ),
    (
        "IDs that are in a file",
        &["--in", "{ids}", "--aggregate", "count()"],
        "select count(*) from t semi join read_csv('{ids}', header=false, all_varchar=true) s on t.id = s.column0",
    ),
];

const ROWS: u64 = 10_000_000;
const ROUNDS: usize = 3;

fn main() -> anyhow::Result<()> {
    let mut words = env::args().skip(1);
    let rows = words.next().map(|rows| rows.parse()).transpose();
    let rows: u64 = rows
        .context("the first word is a number of rows")?
        .unwrap_or(ROWS);
    let words: Vec<String> = words.collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let browser = root.join("target/release/ulid-tui");
    ensure!(
        browser.is_file(),
        "{} is missing; run cargo build --release -p ulid-tui",
        browser.display()
    );
    let table = Table::make(&root.join("target/count-tables"), rows)?;
    let mut duckdb = DuckDb::start(&root, &table)?;
    println!(
        "| question, {rows} rows | browser: processor, time | DuckDB: processor, time | ratio |"
    );
    println!("|---|---|---|---|");
    for &(name, arguments, sql) in QUESTIONS {
        if words.iter().all(|word| name.contains(word.as_str())) {
            println!(
                "{}",
                row(name, arguments, sql, &browser, &table, &mut duckdb)?
            );
        }
    }
    println!("{}", writers(&browser, &table)?);
    Ok(())
}

/// Measures a question, and tells both in a row of a table.
fn row(
    name: &str,
    arguments: &[&str],
    sql: &str,
    browser: &Path,
    table: &Table,
    duckdb: &mut DuckDb,
) -> anyhow::Result<String> {
    let sql = sql.replace("{ids}", &table.ids.display().to_string());
    let (mut ours, mut theirs) = (Took::MOST, Took::MOST);
    for _ in 0..ROUNDS {
        let (took, found) = ask(browser, table, arguments, true)?;
        let (took_them, expected) = duckdb.ask(&sql)?;
        ensure!(
            is_same(&found, &expected),
            "{name}: {found:.200} and {expected:.200}"
        );
        (ours, theirs) = (ours.least(took), theirs.least(took_them));
    }
    Ok(format!(
        "| {name} | {ours} | {theirs} | {:.2}, {:.2} |",
        ours.processor.as_secs_f64() / theirs.processor.as_secs_f64(),
        ours.passed.as_secs_f64() / theirs.passed.as_secs_f64(),
    ))
}

/// Figures of each writer beside those of all rows.
fn writers(browser: &Path, table: &Table) -> anyhow::Result<String> {
    let (mut all, mut each) = (Took::MOST, Took::MOST);
    for _ in 0..ROUNDS {
        all = all.least(ask(browser, table, &["--stats=json"], false)?.0);
        let (took, found) = ask(browser, table, &["--stats=json", "--by", "host"], false)?;
        let hosts = found.lines().map(serde_json::from_str::<Value>);
        let rows: Result<u64, _> = hosts
            .map(|host| host.map(|host| host["rows"].as_u64().unwrap_or(0)))
            .sum();
        ensure!(rows? == table.rows, "writers miss rows: {found:.300}");
        each = each.least(took);
    }
    Ok(format!(
        "\n`--stats` {all}, `--stats --by host` {each}: {:.2} times the processor time, {:.2} times the time",
        each.processor.as_secs_f64() / all.processor.as_secs_f64(),
        each.passed.as_secs_f64() / all.passed.as_secs_f64(),
    ))
}

/// Time that an answer took.
#[derive(Debug, Clone, Copy)]
struct Took {
    processor: Duration,
    passed: Duration,
}

impl Took {
    const MOST: Took = Took {
        processor: Duration::MAX,
        passed: Duration::MAX,
    };

    fn least(self, other: Took) -> Took {
        Took {
            processor: self.processor.min(other.processor),
            passed: self.passed.min(other.passed),
        }
    }
}

impl std::fmt::Display for Took {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = |time: Duration| time.as_secs_f64();
        write!(
            f,
            "{:.2} s, {:.2} s",
            seconds(self.processor),
            seconds(self.passed)
        )
    }
}

fn ask(
    browser: &Path,
    table: &Table,
    arguments: &[&str],
    as_csv: bool,
) -> anyhow::Result<(Took, String)> {
    let ids = table.ids.display().to_string();
    let mut command = Command::new(browser);
    command.arg(&table.file);
    command.args(arguments.iter().map(|word| word.replace("{ids}", &ids)));
    if as_csv {
        command.args(["--print", "csv"]);
    }
    let (begin, processor) = (Instant::now(), Clock::ThreadAndChildren.now());
    let output = command.stderr(Stdio::inherit()).output()?;
    let took = Took {
        processor: Clock::ThreadAndChildren.now() - processor,
        passed: begin.elapsed(),
    };
    ensure!(output.status.success(), "{command:?} failed");
    Ok((took, String::from_utf8(output.stdout)?))
}

/// True if CSV with a heading has the same rows as a list of lists, in any order; of ours the first columns are compared.
fn is_same(ours: &str, theirs: &Value) -> bool {
    let theirs: Vec<Vec<String>> = serde_json::from_value(theirs.clone()).unwrap_or_default();
    let width = theirs.first().map_or(0, Vec::len);
    let mut ours: Vec<Vec<String>> = ours
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(width).map(str::to_owned).collect())
        .collect();
    let mut theirs = theirs;
    ours.sort_unstable();
    theirs.sort_unstable();
    let close = |(a, b): (&String, &String)| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 1e-6 * b.abs().max(1.0),
        _ => a == b,
    };
    ours.len() == theirs.len()
        && ours
            .iter()
            .flatten()
            .zip(theirs.iter().flatten())
            .all(close)
}

/// The table that is asked, and a file of IDs beside it.
struct Table {
    file: PathBuf,
    ids: PathBuf,
    rows: u64,
}

impl Table {
    /// Makes both, unless they are there.
    fn make(folder: &Path, rows: u64) -> anyhow::Result<Table> {
        fs::create_dir_all(folder)?;
        let table = Table {
            file: folder.join(format!("orders-{rows}.csv")),
            ids: folder.join(format!("ids-{rows}.txt")),
            rows,
        };
        if !table.ids.is_file() {
            table.write()?;
        }
        Ok(table)
    }

    fn write(&self) -> anyhow::Result<()> {
        const FIRST_MS: u64 = 1_735_689_600_000;
        let mut random = SmallRng::seed_from_u64(26);
        let mut file = BufWriter::new(fs::File::create(&self.file)?);
        let mut ids = Vec::new();
        writeln!(file, "id,created,service,host,customer,took")?;
        let mut ms = FIRST_MS;
        for row in 0..self.rows {
            ms += random.random_range(0..9);
            let id = codec::print(Ulid::from_parts(ms, random.random::<u128>() >> 48)?);
            let time = ulid_engine::Timestamp::from_ms(ms)?;
            let (service, host) = (random.random_range(0..1_000), random.random_range(0..16));
            let (customer, took) = (
                random.random_range(0..self.rows / 3 + 1),
                random.random_range(0..1_000_000),
            );
            writeln!(
                file,
                "{id},{time},service{service},h{host},c{customer},{took}"
            )?;
            if row % 20 == 0 {
                // one that is there, and one that is not
                let other = codec::print(Ulid::from_parts(ms, random.random::<u128>() >> 48)?);
                ids.push(format!("{id}\n{other}\n"));
            }
        }
        file.flush()?;
        fs::write(&self.ids, ids.concat())?;
        Ok(())
    }
}

/// DuckDB of PyPI, as the tests install it.
struct DuckDb {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl DuckDb {
    fn start(root: &Path, table: &Table) -> anyhow::Result<DuckDb> {
        const SCRIPT: &str = "\
import duckdb, json, resource, sys, time
path = sys.argv[1]
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
for line in sys.stdin:
    sql = json.loads(line).replace('from t ', f\"from read_csv('{path}') t \").replace('from t\\n', f\"from read_csv('{path}') t\")
    processor, begin = used(), time.perf_counter()
    rows = duckdb.sql(sql).fetchall()
    took = [used() - processor, time.perf_counter() - begin]
    print(json.dumps([took, [[str(cell) for cell in row] for row in rows]]), flush=True)
";
        let python = root.join(".tools/python/bin/python");
        ensure!(
            python.is_file(),
            "DuckDB is missing; tests/run installs it into .tools"
        );
        let mut process = Command::new(python)
            .args(["-c", SCRIPT])
            .arg(&table.file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().context("no input")?;
        let output = BufReader::new(process.stdout.take().context("no output")?);
        Ok(DuckDb {
            process,
            input,
            output,
        })
    }

    fn ask(&mut self, sql: &str) -> anyhow::Result<(Took, Value)> {
        writeln!(self.input, "{}", Value::String(format!("{sql}\n")))?;
        self.input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let ((processor, passed), rows): ((f64, f64), Value) = serde_json::from_str(&line)?;
        let took = Took {
            processor: Duration::from_secs_f64(processor),
            passed: Duration::from_secs_f64(passed),
        };
        Ok((took, rows))
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        // it ends with its input, which nobody needs to wait for
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
