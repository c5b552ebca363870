//! Costs of the functions beside those of SQL for the same, in one process and in turn: processor time of one thread, the
//! least of some runs. `cargo bench --profile sql-release -p ulid-sql` prints a table; a number of IDs behind `--` is theirs.

use std::{fs::File, sync::Arc, time::Duration};

use cpu_time::ProcessTime;
use datafusion::{
    arrow::{
        array::{ArrayRef, FixedSizeBinaryArray, RecordBatch, StringViewArray},
        datatypes::SchemaRef,
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

/// Names, and two statements that are compared: ours, and another.
fn cases() -> Vec<(&'static str, String, &'static str, String)> {
    let decoded = decoded();
    let valid = "id ~ '^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$'";
    let time = "SELECT max(ulid_timestamp(id)) FROM m";
    let audit = "SELECT ulid_audit(id) FROM m";
    let of = |sql: &str| sql.to_owned();
    vec![
        (
            "ulid_timestamp, text view",
            of(time),
            "max(id)",
            of("SELECT max(id) FROM m"),
        ),
        (
            "ulid_timestamp, text view",
            of(time),
            "strpos of ten characters",
            format!("SELECT max({decoded}) FROM m"),
        ),
        (
            "ulid_timestamp, 16 bytes",
            of("SELECT max(ulid_timestamp(b)) FROM m"),
            "the same of text",
            of(time),
        ),
        (
            "ulid_is_valid",
            of("SELECT count(*) FROM m WHERE ulid_is_valid(id)"),
            "regular expression",
            format!("SELECT count(*) FROM m WHERE {valid}"),
        ),
        (
            "ulid_audit",
            of(audit),
            "count, ends, expression and decoding",
            format!(
                "SELECT count(id), min(id), max(id), sum(CASE WHEN {valid} THEN 1 ELSE 0 END), max({decoded}) FROM m"
            ),
        ),
        (
            "ulid_audit, Parquet",
            of("SELECT ulid_audit(id) FROM f"),
            "max(ulid_timestamp(id))",
            of("SELECT max(ulid_timestamp(id)) FROM f"),
        ),
        (
            "ulid_bucket('hour')",
            of("SELECT max(ulid_bucket('hour', id)) FROM m"),
            "date_trunc",
            of("SELECT max(date_trunc('hour', ulid_timestamp(id))) FROM m"),
        ),
        (
            "ulid_bucket alone",
            of("SELECT max(ulid_bucket('hour', id)) FROM m"),
            "ulid_timestamp",
            of(time),
        ),
        (
            "range of 5 %, text",
            of(
                "SELECT count(*) FROM f WHERE ulid_timestamp(id) >= '2025-01-10' AND ulid_timestamp(id) < '2025-01-12T07:33:20Z'",
            ),
            "all rows",
            of("SELECT count(ulid_timestamp(id)) FROM f"),
        ),
        (
            "range of 5 %, 16 bytes",
            of(
                "SELECT count(*) FROM f WHERE ulid_timestamp(b) >= '2025-01-10' AND ulid_timestamp(b) < '2025-01-12T07:33:20Z'",
            ),
            "all rows",
            of("SELECT count(ulid_timestamp(b)) FROM f"),
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

async fn cost(context: &SessionContext, sql: &str) -> Result<Duration> {
    let plan = context.sql(sql).await?.create_physical_plan().await?;
    let begun = ProcessTime::now();
    datafusion::physical_plan::collect(plan, context.task_ctx()).await?;
    Ok(begun.elapsed())
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
    for (name, ours, other_name, other) in cases() {
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
