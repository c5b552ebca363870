//! Parquet files as tables, where the plugin is built with the feature: types are those of the file.
#![cfg(feature = "parquet")]
#![expect(
    clippy::unwrap_used,
    reason = "what the files of the tests hold is known"
)]

use std::path::Path;

use chrono::DateTime;
use nu_plugin_test_support::PluginTest;
use nu_protocol::{Span, Value, record};
use ulid_nu::UlidPlugin;

/// The first row that two programs wrote, as their tables have it.
#[test]
fn columns_of_parquet_keep_their_types() {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/gallery");
    let mut test = PluginTest::new("ulid", UlidPlugin::new().into()).unwrap();
    for name in ["polars", "duckdb"] {
        let file = gallery.join(format!("{name}.parquet"));
        let rows = test
            .eval(&format!("ulid open '{}'", file.display()))
            .unwrap();
        let rows = rows.into_value(Span::test_data()).unwrap();
        let rows = rows.into_list().unwrap();
        assert_eq!(rows.len(), 6, "{name}");
        let row = rows[0].as_record().unwrap();
        let id = Value::test_string("01JGFJJZ0085N3QK2V7R4M9XCT");
        assert_eq!(row.get("ulid"), Some(&id), "{name}");
        assert_eq!(row.get("id"), Some(&id), "{name}");
        let title = Value::test_string("Nut, the first");
        assert_eq!(row.get("name"), Some(&title), "{name}");
        assert_eq!(row.get("amount"), Some(&Value::test_float(1.5)), "{name}");
        assert_eq!(row.get("note"), Some(&Value::test_nothing()), "{name}");
    }
}

/// The rows of a file that another program has written, of columns whose values are known by how they were written.
fn rows(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/parquet");
    let file = folder.join(format!("{name}.parquet"));
    let mut test = PluginTest::new("ulid", UlidPlugin::new().into()).unwrap();
    let rows = test.eval(&format!("ulid open '{}'", file.display()));
    let rows = rows.unwrap().into_value(Span::test_data()).unwrap();
    rows.into_list().unwrap()
}

fn date(text: &str) -> Value {
    Value::test_date(DateTime::parse_from_rfc3339(text).unwrap())
}

/// The cells of a column.
fn column(rows: &[Value], name: &str) -> Vec<Value> {
    let cell = |row: &Value| row.as_record().unwrap().get(name).unwrap().clone();
    rows.iter().map(cell).collect()
}

/// pyarrow wrote -1500 of each unit as the second row, but -2 of seconds, and nothing as the third.
#[test]
fn times_are_datetimes_to_the_nanosecond() {
    let rows = rows("pyarrow");
    for (name, second) in [
        ("s", "1969-12-31T23:59:58Z"),
        ("ms", "1969-12-31T23:59:58.5Z"),
        ("us", "1969-12-31T23:59:59.9985Z"),
        ("ns", "1969-12-31T23:59:59.9999985Z"),
        ("ms_utc", "1969-12-31T23:59:58.5Z"),
        ("us_utc", "1969-12-31T23:59:59.9985Z"),
        ("ns_utc", "1969-12-31T23:59:59.9999985Z"),
        ("us_berlin", "1969-12-31T23:59:59.9985Z"),
        ("day", "1969-12-31T00:00:00Z"),
    ] {
        let wanted = [
            date("1970-01-01T00:00:00Z"),
            date(second),
            Value::test_nothing(),
        ];
        assert_eq!(column(&rows, name), wanted, "{name}");
    }
    // of which the crate keeps milliseconds
    let old = column(&self::rows("int96"), "ns");
    assert_eq!(old[1], date("1969-12-31T23:59:59.999Z"));
}

#[test]
fn times_of_no_calendar_are_the_numbers_of_the_file() {
    let rows = rows("pyarrow");
    let far = column(&rows, "far");
    assert_eq!(
        far[0].as_date().unwrap().to_rfc3339(),
        "+10000-01-01T00:00:00+00:00"
    );
    assert_eq!(far[1].as_date().unwrap().timestamp(), -70_000_000_000);
    assert_eq!(far[2], Value::test_int(9_000_000_000_000_000_000));
    assert_eq!(column(&rows, "farms")[2], Value::test_int(1 << 62));
    assert_eq!(
        column(&rows, "farday"),
        [
            Value::test_int(i64::from(i32::MAX)),
            Value::test_int(i64::from(i32::MIN)),
            date("2024-10-04T00:00:00Z")
        ]
    );
}

/// As `polars into-nu` has them.
#[test]
fn a_time_of_day_is_a_duration_and_a_decimal_a_number() {
    let rows = rows("pyarrow");
    let second = |name: &str| column(&rows, name)[1].clone();
    assert_eq!(second("t_ms"), Value::test_duration(86_399_999_000_000));
    assert_eq!(second("t_us"), Value::test_duration(86_399_999_999_000));
    assert_eq!(second("t_ns"), Value::test_duration(86_399_999_999_999));
    assert_eq!(second("dec"), Value::test_float(-0.05));
    assert_eq!(second("dec9"), Value::test_float(-7.0));
    assert_eq!(second("f"), Value::test_float(-1.5));
    assert_eq!(second("f16"), Value::test_float(-2.0));
    assert_eq!(second("b"), Value::test_bool(false));
    assert_eq!(second("u64"), Value::test_int(0));
    assert_eq!(second("dict"), Value::test_string("y"));
}

#[test]
fn what_is_nested_has_its_times_and_text_of_digits_stays_text() {
    let arrow = rows("pyarrow");
    let list = |items: &[Value]| Value::test_list(items.to_vec());
    let first = date("1970-01-01T00:00:00Z");
    let behind = date("1970-01-01T00:00:00.000001Z");
    assert_eq!(
        column(&arrow, "lt"),
        [
            list(&[first]),
            list(&[Value::test_nothing(), behind]),
            Value::test_nothing()
        ]
    );
    let [duck] = rows("duckdb").try_into().unwrap();
    let cell = |name: &str| duck.as_record().unwrap().get(name).unwrap().clone();
    assert_eq!(cell("ns"), date("2024-01-01T10:00:00.123456789Z"));
    assert_eq!(cell("day"), date("2024-01-01T00:00:00Z"));
    assert_eq!(cell("code"), Value::test_string("007"));
    let members = record! { "a" => list(&[date("2024-01-01T10:00:00Z")]) };
    assert_eq!(cell("nested"), Value::test_record(members));
    let members = record! { "k" => Value::test_duration(36_000_000_000_000) };
    assert_eq!(cell("m"), Value::test_record(members));
    // a month, 2 days and 3 hours
    assert_eq!(cell("period"), Value::test_string("P1M2DT10800.000S"));
}
