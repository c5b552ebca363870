//! Rows of a dataset that meet a condition, from its bytes to the set of rows.

use std::{hint::black_box, sync::Arc};

use ulid::Ulid;
use ulid_engine::{
    Timestamp,
    dataset::{Dataset, Format, OpenOptions},
    progress::Progress,
    query::{self, Query, Scope},
    timestamp::TimeZone,
};

use super::{
    Work,
    codec::{keys, lines},
    on_this_thread,
};
use crate::Group;

/// A dataset from one end to the other.
pub const STREAMING: &[Work] = &[
    Work::new("select lines by a condition", select_lines),
    Work::new("select rows of CSV by a condition", select_csv),
    Work::new("select JSON lines by a condition", select_json),
];

const LINES: usize = 1_000_000;
const RECORDS: usize = 300_000;
/// The row in the middle.
const HALF: usize = LINES / 2;

const BY_HAND: &str = "ulid 3.0.0, line by line: time range";

/// Its name, the condition, how many rows meet it, and how many million rows a second it has to see.
type Case = (&'static str, String, usize, f64);

fn select_lines(group: Group) -> Group {
    let text = flawed_lines();
    let middle = Ulid(keys(HALF + 1)[HALF]);
    let (ms, id) = (middle.timestamp_ms(), middle.to_string());
    let time = Timestamp::of(middle.into());
    let rows: Vec<&str> = str::from_utf8(&text).unwrap_or_default().lines().collect();
    let count = |holds: &dyn Fn(&str) -> bool| rows.iter().filter(|row| holds(row)).count();
    let ids: Vec<Option<Ulid>> = rows
        .iter()
        .map(|row| {
            Ulid::from_string(row)
                .ok()
                .filter(|_| !row.starts_with('8'))
        })
        .collect();
    let count_ids =
        |holds: &dyn Fn(Ulid) -> bool| ids.iter().flatten().filter(|id| holds(**id)).count();
    let late = count_ids(&|id| id.timestamp_ms() >= ms);
    let even = ids[HALF..].iter().flatten();
    let same = ids.iter().flatten().zip(ids.iter().flatten().skip(1));
    let cases: [Case; 10] = [
        ("time range", format!("ms >= {ms}"), late, 100.0),
        (
            "two time ranges",
            format!("ms != {ms}"),
            count_ids(&|id| id.timestamp_ms() != ms),
            100.0,
        ),
        (
            "prefix",
            format!("id starts with {}", &id[..8]),
            count(&|row| row.starts_with(&id[..8])),
            100.0,
        ),
        (
            "between",
            format!("id in between('{time}', '2100-01-01')"),
            late,
            100.0,
        ),
        (
            "fault",
            "fault == 'overflow'".into(),
            count(&|row| row.starts_with('8')),
            20.0,
        ),
        (
            "order",
            "ordered and gap == 0s".into(),
            same.filter(|(a, b)| a <= b && a.timestamp_ms() == b.timestamp_ms())
                .count(),
            20.0,
        ),
        ("duplicates", "duplicate".into(), LINES / 1000, 20.0),
        (
            "number",
            format!("line > {HALF} and ms % 2 == 0"),
            even.filter(|id| id.timestamp_ms() % 2 == 0).count(),
            20.0,
        ),
        (
            "text",
            "text contains 'ZZZ'".into(),
            count(&|row| row.contains("ZZZ")),
            20.0,
        ),
        (
            "regular expression",
            "text =~ 'Z[0-9]$'".into(),
            count(&|row| {
                row[..25].ends_with('Z') && row[25..].starts_with(|c: char| c.is_ascii_digit())
            }),
            20.0,
        ),
    ];
    let dataset = dataset(text.clone(), Format::Lines);
    let group = add(group.operations(LINES).bytes(27.0), &dataset, &cases);
    let by_hand = move || {
        let text = str::from_utf8(black_box(&text)).unwrap_or_default();
        // Those that overflow would be taken for others.
        let lines = text.lines().filter(|line| !line.starts_with('8'));
        let ids = lines.flat_map(Ulid::from_string);
        assert_eq!(ids.filter(|id| id.timestamp_ms() >= ms).count(), late);
    };
    group.case(BY_HAND, by_hand).aim("time range", BY_HAND, 2.0)
}

/// Lines of which one in a thousand is wrong, and another is that before it once more.
fn flawed_lines() -> Vec<u8> {
    let mut text = lines(&keys(LINES));
    for thousand in text.chunks_exact_mut(27 * 1000) {
        thousand[0] = b'8';
        thousand.copy_within(27 * 48..27 * 49, 27 * 49);
    }
    text
}

fn select_csv(group: Group) -> Group {
    let text = records(|id, service, customer, took| format!("{id},{service},{customer},{took}\n"));
    select_records(
        group,
        format!("id,service,customer,took\n{text}"),
        Format::Csv,
    )
}

fn select_json(group: Group) -> Group {
    let text = records(|id, service, customer, took| {
        format!(r#"{{"id":"{id}","service":"{service}","customer":"{customer}","took":{took}}}"#)
            + "\n"
    });
    select_records(group, text, Format::JsonLines)
}

/// Records of an ID, a service, a customer and how long it took.
fn records(write: impl Fn(Ulid, &str, &str, usize) -> String) -> String {
    const SERVICES: [&str; 4] = ["checkout", "search", "web", "mail"];
    let keys = keys(RECORDS).into_iter().enumerate();
    keys.map(|(row, key)| {
        write(
            Ulid(key),
            SERVICES[row % 4],
            "customer@example.org",
            row % 1000,
        )
    })
    .collect()
}

fn select_records(group: Group, text: String, format: Format) -> Group {
    let bytes = text.len() as f64 / RECORDS as f64;
    let cases: [Case; 4] = [
        ("time range", "time >= 2000".into(), RECORDS, 20.0),
        (
            "column is a text",
            "service == 'web'".into(),
            RECORDS / 4,
            20.0,
        ),
        (
            "column as a number",
            "took >= 900".into(),
            RECORDS / 10,
            20.0,
        ),
        (
            "column contains",
            "customer contains 'example.com'".into(),
            0,
            20.0,
        ),
    ];
    let dataset = dataset(text.into_bytes(), format);
    add(group.operations(RECORDS).bytes(bytes), &dataset, &cases)
}

fn dataset(text: Vec<u8>, format: Format) -> Arc<Dataset> {
    let options = OpenOptions {
        format: Some(format),
        ..OpenOptions::default()
    };
    let dataset = Dataset::from_bytes("rows", text, &options);
    let dataset = dataset.unwrap_or_else(|error| fail(&error));
    // The index is built by another thread, which is not measured.
    assert!(dataset.len() > 1);
    Arc::new(dataset)
}

fn add(group: Group, dataset: &Arc<Dataset>, cases: &[Case]) -> Group {
    let zone = TimeZone::UTC;
    let scope = Scope::of(dataset, Timestamp::MIN, &zone);
    cases
        .iter()
        .fold(group, |group, (name, text, expected, millions)| {
            let query = Query::parse(text, &scope);
            let query = query.unwrap_or_else(|error| fail(&error));
            let (dataset, expected) = (dataset.clone(), *expected as u64);
            group
                .case(*name, move || {
                    let rows = on_this_thread(|| query::select(&dataset, &query, &Progress::new()));
                    assert_eq!(rows.map(|rows| rows.len()).ok(), Some(expected));
                })
                .rate(name, *millions)
        })
}

fn fail(error: &dyn std::fmt::Display) -> ! {
    std::panic::resume_unwind(Box::new(error.to_string()))
}
