//! Costs of the functions beside those of SQL for the same, in one process and in turn: processor time of one thread, the
//! least of some runs. `cargo bench --profile sql-release -p ulid-sql` prints a table; a number of IDs behind `--` is theirs.

use std::{fs::File, sync::Arc, time::Duration};

use cpu_time::ProcessTime;
use datafusion::{
    arrow::{
        array::{ArrayRef, FixedSizeBinaryArray, RecordBatch, StringViewArray},
        datatypes::SchemaRef,
        util::display::array_value_to_string,
    },
    common::Result,
    datasource::MemTable,
    parquet::{arrow::ArrowWriter, file::properties::WriterProperties},
    prelude::{ParquetReadOptions, SessionConfig, SessionContext},
};
use ulid_engine::{
    Timestamp, codec,
    generate::{Monotonic, Order, Series},
};

const RUNS: usize = 5;
const BATCH: usize = 8_192;
/// 2025-01-01, and a second from one ID to the next: a month and a half of four million.
const BEGIN_MS: u64 = 1_735_689_600_000;

/// The time of an ID by the functions of SQL, validity left out.
fn decoded() -> String {
    let digit = |place: u32| {
        let weight = 1_i64 << (50 - 5 * place);
        format!(
            "(strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', substr(id, {place}, 1)) - 1) * {weight}"
        )
    };
    (1..=10).map(digit).collect::<Vec<_>>().join(" + ")
}

/// A statement and its answer: a number, where it is known without asking.
type Asked = (String, Option<i64>);

/// Names, and two statements that are compared: ours, and another.
fn cases(rows: usize) -> Vec<(&'static str, Asked, &'static str, Asked)> {
    const HOUR_MS: i64 = 3_600_000;
    /// Rows before the range, and in it.
    const RANGE: (i64, i64) = (777_600, 200_000);
    let rows = rows as i64;
    let last_ms = BEGIN_MS.cast_signed() + (rows - 1) * 1_000;
    let of = |sql: &str, answer| (sql.to_owned(), Some(answer));
    let number = |what: &str, table, answer| {
        let sql = format!("SELECT CAST({what} AS BIGINT) FROM {table}");
        (sql, Some(answer))
    };
    let decoded = decoded();
    let valid = "id ~ '^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$'";
    let time = || number("max(ulid_timestamp(id))", "m", last_ms);
    let hour_ms = last_ms / HOUR_MS * HOUR_MS;
    let bucket = || number("max(ulid_bucket('hour', id))", "m", hour_ms);
    let audit = |table| number("ulid_audit(id)['valid']", table, rows);
    let range = |column| {
        let time = format!("ulid_timestamp({column})");
        let sql = format!(
            "SELECT count(*) FROM f WHERE {time} >= '2025-01-10' AND {time} < '2025-01-12T07:33:20Z'"
        );
        (sql, Some((rows - RANGE.0).clamp(0, RANGE.1)))
    };
    vec![
        (
            "ulid_timestamp, text view",
            time(),
            "max(id)",
            ("SELECT max(id) FROM m".to_owned(), None),
        ),
        (
            "ulid_timestamp, text view",
            time(),
            "strpos of ten characters",
            (format!("SELECT max({decoded}) FROM m"), Some(last_ms)),
        ),
        (
            "ulid_timestamp, 16 bytes",
            number("max(ulid_timestamp(b))", "m", last_ms),
            "the same of text",
            time(),
        ),
        (
            "ulid_is_valid",
            of("SELECT count(*) FROM m WHERE ulid_is_valid(id)", rows),
            "regular expression",
            of(&format!("SELECT count(*) FROM m WHERE {valid}"), rows),
        ),
        (
            "ulid_audit",
            audit("m"),
            "count, ends, expression and decoding",
            of(
                &format!(
                    "SELECT sum(CASE WHEN {valid} THEN 1 ELSE 0 END), count(id), min(id), max(id), max({decoded}) FROM m"
                ),
                rows,
            ),
        ),
        (
            "ulid_audit, Parquet",
            audit("f"),
            "max(ulid_timestamp(id))",
            number("max(ulid_timestamp(id))", "f", last_ms),
        ),
        (
            "ulid_bucket('hour')",
            bucket(),
            "date_trunc",
            number("max(date_trunc('hour', ulid_timestamp(id)))", "m", hour_ms),
        ),
        ("ulid_bucket alone", bucket(), "ulid_timestamp", time()),
        (
            "range of 5 %, text",
            range("id"),
            "all rows",
            of("SELECT count(ulid_timestamp(id)) FROM f", rows),
        ),
        (
            "range of 5 %, 16 bytes",
            range("b"),
            "all rows",
            of("SELECT count(ulid_timestamp(b)) FROM f", rows),
        ),
    ]
}

fn batch(keys: &[u128]) -> Result<RecordBatch> {
    let texts = keys
        .iter()
        .map(|&key| Some(codec::print(ulid_engine::Ulid::from_u128(key)).to_string()));
    let texts: StringViewArray = texts.collect();
    let bytes = FixedSizeBinaryArray::try_from_iter(keys.iter().map(|key| key.to_be_bytes()))?;
    let columns: [(&str, ArrayRef); 2] = [("id", Arc::new(texts)), ("b", Arc::new(bytes))];
    Ok(RecordBatch::try_from_iter(columns)?)
}

/// IDs in memory as `m`, and in a file of row groups of 100,000 as `f`.
async fn tables(context: &SessionContext, rows: usize, file: &std::path::Path) -> Result<()> {
    let mut series = Series::seeded(Order::Exact(Monotonic::new()), 7);
    let mut key = |row: usize| {
        let time = Timestamp::from_ms(BEGIN_MS + row as u64 * 1_000).unwrap_or(Timestamp::MAX);
        series.generate(time).map_or(0, ulid_engine::Ulid::to_u128)
    };
    let keys: Vec<u128> = (0..rows).map(&mut key).collect();
    let batches: Vec<RecordBatch> = keys.chunks(BATCH).map(batch).collect::<Result<_>>()?;
    let schema: SchemaRef = batch(keys.get(..1).unwrap_or_default())?.schema();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(100_000))
        .set_dictionary_enabled(false);
    let mut writer = ArrowWriter::try_new(
        File::create(file)?,
        Arc::clone(&schema),
        Some(properties.build()),
    )?;
    for batch in &batches {
        writer.write(batch)?;
    }
    writer.close()?;
    context.register_table("m", Arc::new(MemTable::try_new(schema, vec![batches])?))?;
    context
        .register_parquet("f", &file.to_string_lossy(), ParquetReadOptions::default())
        .await
}

/// Processor time of a statement, whose answer has to be the right one.
async fn cost(context: &SessionContext, (sql, answer): &Asked) -> Result<Duration> {
    let plan = context.sql(sql).await?.create_physical_plan().await?;
    let begun = ProcessTime::now();
    let rows = datafusion::physical_plan::collect(plan, context.task_ctx()).await?;
    let elapsed = begun.elapsed();
    if let Some(answer) = answer {
        let first = rows.first().map(|rows| rows.column(0));
        let found = first.map(|column| array_value_to_string(column, 0));
        assert_eq!(found.transpose()?, Some(answer.to_string()), "{sql}");
    }
    Ok(elapsed)
}

async fn measure(rows: usize) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let context = SessionContext::new_with_state(ulid_sql::session_state(
        SessionConfig::new().with_target_partitions(1),
    ));
    tables(&context, rows, &folder.path().join("f.parquet")).await?;
    println!(
        "| {rows} IDs | million a second | beside | million a second | ratio |\n|---|---|---|---|---|"
    );
    for (name, ours, other_name, other) in cases(rows) {
        let (mut least, mut least_other) = (Duration::MAX, Duration::MAX);
        for _ in 0..RUNS {
            least = least.min(cost(&context, &ours).await?);
            least_other = least_other.min(cost(&context, &other).await?);
        }
        let speed = |time: Duration| rows as f64 / time.as_secs_f64() / 1e6;
        let ratio = least_other.as_secs_f64() / least.as_secs_f64();
        println!(
            "| {name} | {:.1} | {other_name} | {:.1} | {ratio:.2} |",
            speed(least),
            speed(least_other)
        );
    }
    Ok(())
}

fn main() -> Result<()> {
    let rows = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(4_000_000);
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(measure(rows))
}
