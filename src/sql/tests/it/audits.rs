//! Aggregates beside the engine's statistics of the same rows.

use std::sync::Arc;

use datafusion::arrow::{
    array::{Array, ArrayRef, Int32Array, LargeStringArray, StringArray, StringViewArray},
    compute::cast,
    datatypes::DataType,
};
use proptest::prelude::*;
use ulid_engine::{
    Reading, Timestamp, Ulid, codec,
    generate::{Order, Series},
    stats::{Audit, Limits},
};

use crate::common::{id_of, one, query, session, table};

const NOW: &str = "2026-01-15T08:00:00Z";

fn texts() -> impl Strategy<Value = Vec<Option<String>>> {
    let upper =
        any::<u128>().prop_map(|bits| Some(codec::print(Ulid::from_u128(bits)).to_string()));
    let near = (0..1_u128 << 70).prop_map(|bits| {
        Some(
            codec::print(Ulid::from_u128(1_735_689_600_000 << 80 | bits))
                .to_string()
                .to_lowercase(),
        )
    });
    let rubbish = prop::sample::select(vec![
        None,
        Some("8ZZZZZZZZZZZZZZZZZZZZZZZZZ".to_owned()),
        Some("01ARZ3NDEKTSV4RRFFQ69G5FAU".to_owned()),
        Some("short".to_owned()),
    ]);
    prop::collection::vec(prop_oneof![3 => upper, 3 => near, 2 => rubbish], 0..150)
}

/// The engine's figures as the struct prints them.
fn expected(texts: &[Option<String>]) -> String {
    let now: Timestamp = NOW.parse().unwrap();
    let mut audit = Audit::new(Limits::at(now), 0);
    let there = texts.iter().flatten();
    there.clone().for_each(|text| {
        audit.push(codec::parse(text, Reading::Strict).map_err(|fault| fault.kind))
    });
    let summary = audit.summary();
    let valid = |text: &&String| codec::is_valid(text.as_str(), Reading::Strict);
    let lower = there
        .filter(valid)
        .filter(|text| text.bytes().any(|byte| byte.is_ascii_lowercase()))
        .count();
    let marked = texts
        .iter()
        .flatten()
        .filter_map(|text| codec::parse(text, Reading::Strict).ok());
    let marked = marked
        .filter(|id| ulid_engine::version7::is_version_7(*id))
        .count();
    let id = |id: Option<Ulid>| id.map(|id| id.to_string()).unwrap_or_default();
    let time = |id: Option<Ulid>| id.map(|id| shown(id.timestamp())).unwrap_or_default();
    format!(
        "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{lower}|{marked}",
        summary.valid,
        texts.len() - texts.iter().flatten().count(),
        summary.faults.length,
        summary.faults.character,
        summary.faults.overflow,
        id(summary.smallest),
        id(summary.largest),
        time(summary.smallest),
        time(summary.largest),
        summary.future,
    )
}

/// A time as Arrow writes it: without milliseconds if there are none.
fn shown(time: Timestamp) -> String {
    let text = time.to_string();
    text.strip_suffix(".000Z")
        .map_or(text.clone(), |whole| format!("{whole}Z"))
}

fn layouts(texts: &[Option<String>]) -> Vec<ArrayRef> {
    let plain: ArrayRef = Arc::new(texts.iter().map(Option::as_deref).collect::<StringArray>());
    let dictionary = DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
    vec![
        cast(&plain, &dictionary).unwrap(),
        Arc::new(
            texts
                .iter()
                .map(Option::as_deref)
                .collect::<LargeStringArray>(),
        ),
        Arc::new(
            texts
                .iter()
                .map(Option::as_deref)
                .collect::<StringViewArray>(),
        ),
        plain,
    ]
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_audit_is_the_engines_however_rows_are_cut(texts in texts()) {
        block_on(async {
            for array in layouts(&texts) {
                for partitions in [1, 2, 3, 8] {
                    let context = session(partitions);
                    table(&context, "t", &[("id", array.clone())], partitions);
                    let sql = format!("SELECT unnest(ulid_audit(id, '{NOW}')) FROM t");
                    assert_eq!(one(&context, &sql).await, expected(&texts), "{} in {partitions}", array.data_type());
                }
            }
        });
    }

    #[test]
    fn each_group_has_the_audit_of_its_rows(texts in texts(), groups in 1..9_i32) {
        let number = |row: usize| (row as i32).wrapping_mul(7).rem_euclid(groups);
        let numbers: Int32Array = (0..texts.len()).map(|row| Some(number(row))).collect();
        let of = |group| {
            let rows = texts.iter().enumerate().filter(|(row, _)| number(*row) == group);
            rows.map(|(_, text)| text.clone()).collect::<Vec<_>>()
        };
        let groups = (0..groups).map(|group| (group, of(group))).filter(|(_, rows)| !rows.is_empty());
        let all: Vec<String> = groups.map(|(group, rows)| format!("{group}|{}", expected(&rows))).collect();
        block_on(async {
            for partitions in [1, 3] {
                let context = session(partitions);
                table(&context, "t", &[("id", layouts(&texts)[3].clone()), ("g", Arc::new(numbers.clone()))], partitions);
                let sql = format!("SELECT g, unnest(a) FROM (SELECT g, ulid_audit(id, '{NOW}') a FROM t GROUP BY g) ORDER BY g");
                assert_eq!(query(&context, &sql).await.unwrap(), all);
                let filtered = format!("SELECT g, unnest(a) FROM (SELECT g, ulid_audit(id, '{NOW}') FILTER (WHERE g > 0) a FROM t GROUP BY g) ORDER BY g");
                let rest = query(&context, &filtered).await.unwrap();
                assert_eq!(rest.get(1..), all.get(1..));
            }
        });
    }
}

/// Without a second argument the time is that of the query, and not of a thread of it.
#[tokio::test]
async fn the_future_begins_when_the_query_does() {
    let context = session(4);
    let sql = "SELECT ulid_audit(id)['future'] FROM (SELECT id FROM ulid_generate(1000, now() - INTERVAL '500 minutes', now() + INTERVAL '500 minutes'))";
    assert_eq!(one(&context, sql).await, "499");
}

#[tokio::test]
async fn equal_ids_of_another_case_are_one_by_their_bytes() {
    let context = session(1);
    let ids = StringArray::from(vec![
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01arz3ndektsv4rrffq69g5fav",
        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    ]);
    table(&context, "t", &[("id", Arc::new(ids))], 1);
    let sql = "SELECT ulid_from_bytes(k), c FROM (SELECT ulid_to_bytes(id) k, count(*) c FROM t GROUP BY k HAVING count(*) > 1)";
    assert_eq!(one(&context, sql).await, "01ARZ3NDEKTSV4RRFFQ69G5FAV|2");
}

/// The verdict of a sample is the engine's where no steps between neighbours speak.
#[tokio::test]
async fn randomness_has_the_verdict_of_the_engine() {
    for partitions in [1, 3] {
        let context = session(partitions);
        let mut series = Series::seeded(Order::Independent, 7);
        let mut good = |row| series.generate(time(row)).unwrap().to_string();
        let good: StringArray = (0..4_000).map(|row| Some(good(row))).collect();
        let weak: StringArray = (0..4_000_u64)
            .map(|row| Some(id_of(time(row), u128::from(row % 5)).to_string()))
            .collect();
        table(
            &context,
            "t",
            &[("good", Arc::new(good)), ("weak", Arc::new(weak))],
            partitions,
        );
        let sql = "SELECT ulid_randomness(good), ulid_randomness(weak)['verdict'], ulid_randomness(good, 100)['sampled'] FROM t";
        assert_eq!(
            one(&context, sql).await,
            "{verdict: random, sampled: 4000, independent: 4000, repeated: 0}|low_entropy|100"
        );
    }
}

fn time(row: u64) -> Timestamp {
    Timestamp::from_ms(1_735_689_600_000 + row).unwrap()
}

#[tokio::test]
async fn generated_ids_lie_in_their_range_and_are_told_apart_by_their_seed() {
    let context = session(3);
    let sql = "SELECT a['valid'], a['earliest'], a['latest'], a['lower_case'] FROM (SELECT ulid_audit(id) a FROM ulid_generate(3000000, '2025-01-01', '2025-01-02'))";
    assert_eq!(
        one(&context, sql).await,
        "3000000|2025-01-01T00:00:00Z|2025-01-01T23:59:59.971Z|0"
    );
    let same = "SELECT (SELECT min(id) FROM ulid_generate(9, '2025', '2026', 1)) = (SELECT min(id) FROM ulid_generate(9, '2025', '2026', 1))";
    assert_eq!(one(&context, same).await, "true");
    assert_eq!(
        one(&context, "SELECT count(*) FROM ulid_generate(0)").await,
        "0"
    );
}

/// The recipe of the guide for order and gaps, beside the engine.
#[tokio::test]
async fn neighbours_are_compared_by_lag() {
    let ms = [5, 9, 9, 3, 4_000_000, 4_000_000, 1, 12_000_000];
    let ids: Vec<String> = ms
        .iter()
        .map(|ms| id_of(Timestamp::from_ms(*ms).unwrap(), 7).to_string())
        .collect();
    let mut audit = Audit::new(Limits::at(Timestamp::MAX), 0);
    ids.iter()
        .for_each(|id| audit.push(Ok(id.parse().unwrap())));
    let summary = audit.summary();
    let context = session(1);
    table(
        &context,
        "t",
        &[("id", Arc::new(StringArray::from(ids)))],
        1,
    );
    let sql = "SELECT count(*) FILTER (WHERE k < before), count(*) FILTER (WHERE k = before), \
        count(*) FILTER (WHERE ms - before_ms > 3600000), max(ms - before_ms) \
        FROM (SELECT k, ms, lag(k) OVER (ORDER BY n) AS before, lag(ms) OVER (ORDER BY n) AS before_ms \
        FROM (SELECT ulid_to_bytes(id) AS k, CAST(ulid_timestamp(id) AS BIGINT) AS ms, row_number() OVER () AS n FROM t) WHERE k IS NOT NULL)";
    let largest = summary.largest_gap.unwrap().ms;
    let expected = format!(
        "{}|{}|{}|{largest}",
        summary.out_of_order, summary.adjacent_duplicates, summary.gaps
    );
    assert_eq!(one(&context, sql).await, expected);
    assert_eq!(expected, "2|2|2|11999999");
}
