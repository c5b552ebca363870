//! Conditions: what is tested by columns is what rows come to one after another, and errors point into the text.

use std::{sync::LazyLock, time::Duration};

use ulid_engine::{
    Timestamp,
    dataset::{Dataset, Format, OpenOptions, Row},
    progress::Progress,
    query::{self, Around, Expression, Query, Scope},
    timestamp::TimeZone,
};

static TABLE: LazyLock<(Dataset, Vec<Row>)> = LazyLock::new(|| {
    let text = "id,service,took\n\
        01KDVDN9GC0000000000000001,api,12\n\
        01KDVDNA000000000000000002,\"a \"\"b\"\"\",250\n\
        01KDVDNA000000000000000002,web,-3.5\n\
        8ZZZZZZZZZZZZZZZZZZZZZZZZZ,web,7\n\
        ,,\n\
        01KDWE90E00000000000000005,web\n\
        01KDWCJ2M00000000000000006,2026-01-01,3\n\
        01KDZ7HEP00000000000000007,01KDZ7HEP00000000000000007,40";
    let options = OpenOptions {
        format: Some(Format::Csv),
        ..OpenOptions::default()
    };
    let table = Dataset::from_bytes("table", text.into(), &options).expect("it is a table");
    let rows = table
        .rows()
        .map(|row| row.expect("memory can be read"))
        .collect();
    (table, rows)
});

pub(crate) fn check(text: &[u8]) {
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    let (table, rows) = &*TABLE;
    let now = Timestamp::from_ms(1_767_355_200_000_i64).unwrap_or(Timestamp::MIN);
    let zone = TimeZone::UTC;
    let scope = Scope::of(table, now, &zone);
    for completion in query::complete(text, text.len() / 2, &scope) {
        assert!(text.get(completion.replaces).is_some());
    }
    match Query::parse(text, &scope) {
        Ok(query) => check_rows(text, &query, table, rows),
        Err(error) => {
            assert!(
                text.get(error.at.clone()).is_some(),
                "{error:?} of {text:?}"
            );
            assert!(error.column <= text.chars().count() + 1);
        }
    }
    if let Ok(expression) = Expression::parse(text, &scope) {
        let value = expression.evaluate(table, 2, None, Duration::from_secs(60), &Progress::new());
        assert!(value.is_ok(), "{text:?}");
    }
}

fn check_rows(text: &str, query: &Query, table: &Dataset, rows: &[Row]) {
    let mut expected = Vec::new();
    let mut valid_before = None;
    for (number, row) in rows.iter().enumerate() {
        let is_same = |other: &Row| row.id.is_ok() && other.id == row.id;
        let context = Around {
            row: row.borrow(),
            prev: number.checked_sub(1).map(|before| rows[before].borrow()),
            next: rows.get(number + 1).map(Row::borrow),
            valid_before,
            duplicate: Some(rows[..number].iter().any(is_same)),
            line: table.line_at(row.offset).expect("memory can be read"),
        };
        if query.matches(&context) {
            expected.push(number as u64);
        }
        valid_before = row.id.ok().or(valid_before);
    }
    let found = query::select(table, query, &Progress::new()).expect("memory can be read");
    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{text:?}");
}
