//! Row groups, pages and bytes that are read for a range of times, by the plan's own counts.

use std::{collections::BTreeMap, fs::File, sync::Arc};

use datafusion::{
    arrow::array::{ArrayRef, BinaryArray, FixedSizeBinaryArray, RecordBatch, StringArray},
    common::tree_node::{TreeNode, TreeNodeRecursion},
    parquet::{arrow::ArrowWriter, file::properties::WriterProperties},
    physical_plan::{ExecutionPlan, collect, metrics::MetricValue},
    prelude::{ParquetReadOptions, SessionContext},
};
use ulid_engine::{Timestamp, Ulid, row::Spelling, version7::as_version_7};

use crate::common::{id_of, session, without_rules};

const ROWS: u64 = 40_000;
const GROUPS: u64 = 40;
const BEGIN_MS: u64 = 1_735_689_600_000;

/// IDs a minute apart, four weeks of them, in 40 row groups: as text in either case, as UUIDs, and as bytes.
fn file() -> tempfile::NamedTempFile {
    let id = |row: u64| {
        let time = Timestamp::from_ms(BEGIN_MS + row * 60_000).unwrap();
        let random = u128::from(row.wrapping_mul(0x9E37_79B9_7F4A_7C15)) << 16 | 0xABCD;
        id_of(time, random)
    };
    let ids = || (0..ROWS).map(id);
    let text = |spelling: Spelling| ids().map(move |id| spelling.print(id)).collect::<Vec<_>>();
    let upper = text(Spelling::Ulid);
    let lower: Vec<String> = upper.iter().map(|text| text.to_lowercase()).collect();
    let uuids: Vec<String> = ids()
        .map(|id| Spelling::Uuid.print(as_version_7(id)))
        .collect();
    let bytes: Vec<[u8; 16]> = ids().map(Ulid::to_bytes).collect();
    let columns: [(&str, ArrayRef); 5] = [
        ("upper", Arc::new(StringArray::from(upper))),
        ("lower", Arc::new(StringArray::from(lower))),
        ("uuid", Arc::new(StringArray::from(uuids))),
        (
            "fixed",
            Arc::new(FixedSizeBinaryArray::try_from_iter(bytes.iter()).unwrap()),
        ),
        ("bytes", Arc::new(BinaryArray::from_iter_values(&bytes))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some((ROWS / GROUPS) as usize))
        .set_data_page_row_count_limit(100)
        .set_write_batch_size(100)
        .set_dictionary_enabled(false)
        .build();
    let file = tempfile::Builder::new()
        .suffix(".parquet")
        .tempfile()
        .unwrap();
    let mut writer = ArrowWriter::try_new(
        File::create(file.path()).unwrap(),
        batch.schema(),
        Some(properties),
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

/// Parts of its file that a query read, by the metrics of the plan: those that are matched, where there are both.
async fn counts(context: &SessionContext, sql: &str) -> BTreeMap<String, usize> {
    let plan = context
        .sql(sql)
        .await
        .unwrap()
        .create_physical_plan()
        .await
        .unwrap();
    collect(Arc::clone(&plan), context.task_ctx())
        .await
        .unwrap();
    let mut counts = BTreeMap::new();
    plan.apply(|node: &Arc<dyn ExecutionPlan>| {
        if node.name() != "DataSourceExec" {
            return Ok(TreeNodeRecursion::Continue);
        }
        for metric in node.metrics().into_iter().flat_map(|metrics| {
            metrics
                .aggregate_by_name()
                .iter()
                .cloned()
                .collect::<Vec<_>>()
        }) {
            let count = match metric.value() {
                MetricValue::PruningMetrics {
                    pruning_metrics, ..
                } => pruning_metrics.matched(),
                value => value.as_usize(),
            };
            *counts.entry(metric.value().name().to_owned()).or_default() += count;
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    counts
}

async fn open(context: SessionContext, file: &tempfile::NamedTempFile) -> SessionContext {
    let path = file.path().to_str().unwrap();
    context
        .register_parquet("t", path, ParquetReadOptions::default())
        .await
        .unwrap();
    context
}

/// The second of twenty equal parts of the time: 5 % of the rows.
fn range(function: &str, column: &str) -> String {
    let at = |row: u64| Timestamp::from_ms(BEGIN_MS + row * 60_000).unwrap();
    let (from, to) = (at(ROWS / 20 + 7), at(ROWS / 10 + 7));
    format!("SELECT sum(length({column}::text)) FROM t WHERE {function}({column}) >= '{from}' AND {function}({column}) < '{to}'")
        .replace("sum(length(fixed::text))", "max(fixed)")
        .replace("sum(length(bytes::text))", "max(bytes)")
}

#[tokio::test]
async fn a_range_of_times_reads_the_row_groups_that_it_lies_in() {
    let file = file();
    let (with, without) = (
        open(session(1), &file).await,
        open(without_rules(), &file).await,
    );
    // 2,000 rows that begin within a row group lie in three of them.
    for (function, column, groups) in [
        ("ulid_timestamp", "upper", 3..=5),
        ("uuid7_timestamp", "uuid", 3..=5),
        ("ulid_timestamp", "fixed", 3..=3),
        ("ulid_timestamp", "bytes", 3..=3),
    ] {
        let sql = range(function, column);
        let read = counts(&with, &sql).await;
        let found = read["row_groups_pruned_statistics"] as u64;
        assert!(
            groups.contains(&found),
            "{column}: {found} row groups, {read:?}"
        );
        // Of the first and the last of them the pages of 100 rows outside of the range are left out.
        let rows = read["output_rows"];
        assert!((2_000..=2_600).contains(&rows), "{column}: {rows} rows");
        if column != "fixed" {
            let all = counts(&without, &sql).await;
            assert_eq!(
                all["row_groups_pruned_statistics"] as u64, GROUPS,
                "{all:?}"
            );
            assert!(
                read["bytes_scanned"] * 10 < all["bytes_scanned"],
                "{read:?} {all:?}"
            );
        }
    }
}

/// Text in lower case is not pruned as finely, but it is, and nothing is missed.
#[tokio::test]
async fn text_in_lower_case_is_pruned_to_its_letters() {
    let file = file();
    let with = open(session(1), &file).await;
    let read = counts(&with, "SELECT count(*) FROM t WHERE ulid_timestamp(lower) >= '2025-01-10' AND ulid_timestamp(lower) < '2025-01-12'").await;
    assert!(read["output_rows"] > 0);
    let early = "SELECT count(*) FROM t WHERE ulid_timestamp(lower) < '2017-01-01'";
    assert_eq!(
        counts(&with, early).await["row_groups_pruned_statistics"],
        0
    );
}

#[tokio::test]
async fn buckets_and_casts_prune_too() {
    let file = file();
    let context = open(session(1), &file).await;
    for (condition, most) in [
        ("ulid_bucket('day', upper) = '2025-01-10'", 4),
        (
            "ulid_bucket('day', upper, 'Europe/Berlin') = '2025-01-10T00:00:00+01:00'",
            10,
        ),
        ("CAST(ulid_timestamp(upper) AS DATE) = DATE '2025-01-10'", 4),
        (
            "ulid_timestamp(upper) BETWEEN '2025-01-10' AND '2025-01-10T12:00:00Z'",
            4,
        ),
        (
            "ulid_timestamp(upper) IN ('2025-01-10', '2025-01-10T00:01:00Z')",
            3,
        ),
        (
            "'2025-01-10' > ulid_timestamp(upper) AND '2025-01-09' < ulid_timestamp(upper)",
            4,
        ),
        (
            "ulid_timestamp(upper) < TIMESTAMP '2025-01-02' OR ulid_timestamp(upper) > TIMESTAMP '2025-01-28'",
            5,
        ),
        ("ulid_bucket('hour', fixed) >= '2025-01-28'", 2),
    ] {
        let sql = format!("SELECT count(*), max(lower) FROM t WHERE {condition}");
        let read = counts(&context, &sql).await;
        let found = read["row_groups_pruned_statistics"];
        assert!(
            (1..=most).contains(&found),
            "{condition}: {found} row groups"
        );
    }
}

/// Ranges are added once, however often a plan is optimized.
#[tokio::test]
async fn a_plan_that_is_optimized_again_stays_as_it_is() {
    let file = file();
    let context = open(session(1), &file).await;
    let sql = "SELECT count(*) FROM t WHERE ulid_timestamp(upper) >= '2025-01-10' AND \
        (ulid_timestamp(upper) < '2025-01-12' OR ulid_bucket('day', lower) = '2025-01-20')";
    let once = context
        .sql(sql)
        .await
        .unwrap()
        .into_optimized_plan()
        .unwrap();
    let again = context.state().optimize(&once).unwrap();
    assert_eq!(
        once.display_indent().to_string(),
        again.display_indent().to_string()
    );
    assert_eq!(
        once.display_indent()
            .to_string()
            .matches(">= Utf8View(\"01JH6R5E")
            .count(),
        2,
        "in the filter and in the scan: {}",
        once.display_indent()
    );
}

#[tokio::test]
async fn nothing_is_added_below_not_or_for_another_function_of_the_name() {
    let file = file();
    let context = open(session(1), &file).await;
    for condition in [
        "NOT (ulid_timestamp(upper) = '2025-01-10' AND ulid_timestamp(lower) > '2025-01-01')",
        "ulid_timestamp(upper) <> '2025-01-10'",
        "(ulid_timestamp(upper) > '2025-01-10') IS NOT TRUE",
        "ulid_timestamp(lower(upper)) > '2025-01-10'",
    ] {
        let sql = format!("SELECT count(*) FROM t WHERE {condition}");
        let plan = context
            .sql(&sql)
            .await
            .unwrap()
            .into_optimized_plan()
            .unwrap();
        let plan = plan.display_indent().to_string();
        assert!(
            !plan.contains("upper >= ") && !plan.contains("upper < "),
            "{condition}: {plan}"
        );
    }
}
