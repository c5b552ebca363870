//! Errors that end a query while it is planned, and that nothing else does.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Int64Array, StringArray, TimestampNanosecondArray, TimestampSecondArray,
};

use crate::common::{one, query, session, table};

#[tokio::test]
async fn other_types_are_refused_with_a_sentence() {
    let context = session(1);
    for (sql, says) in [
        (
            "SELECT ulid_timestamp(1)",
            "takes an ID as text or 16 bytes",
        ),
        ("SELECT ulid_timestamp(1.5)", "CAST(id AS VARCHAR)"),
        (
            "SELECT ulid_timestamp(DATE '2025-01-01')",
            "takes an ID as text or 16 bytes",
        ),
        (
            "SELECT ulid_timestamp(arrow_cast('x', 'FixedSizeBinary(1)'))",
            "takes an ID as text or 16 bytes",
        ),
        ("SELECT ulid_timestamp()", "ulid_timestamp(id)"),
        ("SELECT ulid_timestamp('a', 'b')", "ulid_timestamp(id)"),
        (
            "SELECT ulid_from_bytes('01ARZ3NDEKTSV4RRFFQ69G5FAV')",
            "takes 16 bytes",
        ),
        ("SELECT ulid_min(1)", "to_timestamp_millis(n)"),
        ("SELECT ulid_min('never')", "never is no time of an ID"),
        (
            "SELECT ulid_max(TIMESTAMP '1969-12-31T23:59:59.999Z')",
            "1969-12-31T23:59:59.999 is no time of an ID",
        ),
        (
            "SELECT ulid_from('2025', 'seed')",
            "a whole number as the seed",
        ),
        (
            "SELECT ulid_bucket('fortnight', 'x')",
            "\"fortnight\" is no period of a calendar",
        ),
        ("SELECT ulid_bucket(INTERVAL '5 hours', 'x')", "18000000ms"),
        (
            "SELECT ulid_bucket(INTERVAL '1 month 1 day', 'x')",
            "is no period of a calendar",
        ),
        (
            "SELECT ulid_bucket('day', 'x', 'Mars/Olympus')",
            "Mars/Olympus",
        ),
        (
            "SELECT ulid_bucket(column1, 'x') FROM (VALUES ('day'))",
            "the interval has to be a constant",
        ),
        (
            "SELECT ulid_audit(column1) FROM (VALUES (1))",
            "ulid_audit(id [, now]) takes an ID as text or 16 bytes",
        ),
        (
            "SELECT ulid_audit(DISTINCT column1) FROM (VALUES ('x'))",
            "SELECT DISTINCT",
        ),
        (
            "SELECT ulid_audit(column1 ORDER BY column1) FROM (VALUES ('x'))",
            "depends on no order",
        ),
        (
            "SELECT ulid_audit(column1, column1) FROM (VALUES ('x'))",
            "now has to be a constant time",
        ),
        (
            "SELECT ulid_randomness(column1, 0) FROM (VALUES ('x'))",
            "from 1 to 16384",
        ),
        (
            "SELECT ulid_randomness(column1, 99999) FROM (VALUES ('x'))",
            "from 1 to 16384",
        ),
        (
            "SELECT * FROM ulid_generate()",
            "takes one, three or four constants",
        ),
        (
            "SELECT * FROM ulid_generate(-1)",
            "is no whole number of at least 0",
        ),
        (
            "SELECT * FROM ulid_generate(5, '2026', '2025')",
            "is later than",
        ),
        (
            "SELECT * FROM ulid_generate(5, 'then', '2025')",
            "is no time of an ID",
        ),
    ] {
        let error = query(&context, sql).await.unwrap_err().to_string();
        assert!(error.contains(says), "{sql}: {error}");
    }
}

#[tokio::test]
async fn times_that_no_id_can_have_are_null_in_a_column() {
    let context = session(1);
    let seconds = TimestampSecondArray::from(vec![Some(0), Some(-1), Some(i64::MAX), None]);
    let nanoseconds =
        TimestampNanosecondArray::from(vec![Some(1_999_999), Some(-1), Some(i64::MAX), None]);
    let texts = StringArray::from(vec![
        Some("2025-01-01T00:00:00.0019Z"),
        Some("never"),
        Some("+10889-08-02T05:31:50.655Z"),
        Some(""),
    ]);
    let columns: [(&str, ArrayRef); 3] = [
        ("s", Arc::new(seconds)),
        ("ns", Arc::new(nanoseconds)),
        ("text", Arc::new(texts)),
    ];
    table(&context, "t", &columns, 1);
    let sql = "SELECT ulid_min(s), ulid_max(ns), ulid_timestamp(ulid_min(text)), uuid7_min(s), ulid_timestamp(ulid_from(ns)) FROM t";
    assert_eq!(
        query(&context, sql).await.unwrap(),
        [
            "00000000000000000000000000|0000000001ZZZZZZZZZZZZZZZZ|2025-01-01T00:00:00.001Z|00000000-0000-7000-8000-000000000000|1970-01-01T00:00:00.001Z",
            "||||",
            "|08CDXX0PQPZZZZZZZZZZZZZZZZ|+10889-08-02T05:31:50.655Z||2262-04-11T23:47:16.854Z",
            "||||",
        ]
    );
}

/// Bounds of UUIDs are all UUIDs of the time, not only those of version 7.
#[tokio::test]
async fn ids_lie_between_the_bounds_of_their_time() {
    let context = session(1);
    let sql = "SELECT count(*) FROM (SELECT ulid_from(column1, column2) i, uuid7_from(column1, column2) u, column1 t \
        FROM (VALUES ('2025-01-01T00:00:00.123Z', 1), ('2262-04-12', 2), ('1970-01-01', 3), ('+10889-08-02T05:31:50.655Z', 4))) \
        WHERE i BETWEEN ulid_min(t) AND ulid_max(t) AND u BETWEEN uuid7_min(t) AND uuid7_max(t) AND uuid7_is_valid(u)";
    assert_eq!(one(&context, sql).await, "4");
}

#[tokio::test]
async fn a_seed_makes_the_same_id_again_and_none_makes_another() {
    let context = session(1);
    let same = "SELECT ulid_from('2025-01-01', 7) = ulid_from('2025-01-01', 7), ulid_from('2025-01-01', 7) = ulid_from('2025-01-01', 8)";
    assert_eq!(one(&context, same).await, "true|false");
    let fresh = "SELECT count(DISTINCT ulid_from('2025-01-01')) FROM generate_series(1, 100)";
    assert_eq!(one(&context, fresh).await, "100");
}

/// IDs later than DataFusion's nanoseconds reach end no comparison, and have a bucket.
#[tokio::test]
async fn times_after_2262_are_compared_and_have_buckets() {
    let context = session(1);
    let ids: StringArray = [
        "08CDXX0PQP0000000000000000",
        "08CDXX0PQQ0000000000000000",
        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "01JGFJJZ000000000000000000",
    ]
    .iter()
    .map(Some)
    .collect();
    let numbers: Int64Array = (1..=4).map(Some).collect();
    table(
        &context,
        "t",
        &[("id", Arc::new(ids)), ("n", Arc::new(numbers))],
        1,
    );
    let chosen = "SELECT n FROM t WHERE ulid_timestamp(id) > now() - INTERVAL '1 day' AND now() + INTERVAL '1 day' < ulid_timestamp(id) ORDER BY n";
    assert_eq!(query(&context, chosen).await.unwrap(), ["1", "2", "3"]);
    let buckets = "SELECT ulid_bucket('month', id), ulid_bucket(INTERVAL '1 hour', id), ulid_bucket('day', id, 'Asia/Kolkata'), ulid_timestamp(id) > TIMESTAMP '2262-04-11T23:47:16.854Z' FROM t ORDER BY n";
    assert_eq!(
        query(&context, buckets).await.unwrap(),
        [
            "2262-04-01T00:00:00Z|2262-04-11T23:00:00Z|2262-04-12T00:00:00+05:30|false",
            "2262-04-01T00:00:00Z|2262-04-11T23:00:00Z|2262-04-12T00:00:00+05:30|true",
            "+10889-08-01T00:00:00Z|+10889-08-02T05:00:00Z|+10889-08-02T00:00:00+05:30|true",
            "2025-01-01T00:00:00Z|2025-01-01T00:00:00Z|2025-01-01T00:00:00+05:30|false",
        ]
    );
}
