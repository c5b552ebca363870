//! Conditions on the times of IDs, over files whose statistics they prune, beside a naive reading of SQL's logic.

use std::{fs::File, sync::Arc};

use datafusion::{
    arrow::{
        array::{
            ArrayRef, BinaryArray, DictionaryArray, FixedSizeBinaryArray, Int32Array, RecordBatch,
            StringArray,
        },
        datatypes::Int32Type,
    },
    parquet::{arrow::ArrowWriter, file::properties::WriterProperties},
    prelude::ParquetReadOptions,
};
use proptest::prelude::*;
use ulid_engine::{Timestamp, Ulid, row::Spelling, version7::as_version_7};

use crate::common::{id_of, query, session};

/// Around these the times lie, so that the bounds of conditions fall among them: both have many letters in their text, and
/// between them a letter of the text changes.
const BEGIN_MS: u64 = 1_735_689_600_000;
const SPAN_MS: u64 = 5_000;
const STEP_MS: u64 = 83;

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// The way in which a time is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// With a text.
    Text,
    /// With a timestamp of nanoseconds.
    Nanoseconds,
    /// In whole seconds.
    Seconds,
    /// By its day.
    Date,
    /// By the minute that it lies in.
    Minute,
    /// The same in a zone.
    MinuteInZone,
}

#[derive(Debug, Clone)]
enum Condition {
    Compare {
        form: Form,
        op: usize,
        at: i128,
        swapped: bool,
    },
    Between {
        negated: bool,
        low: i128,
        high: i128,
    },
    In {
        negated: bool,
        list: Vec<i128>,
    },
    Number(i32),
    Not(Box<Condition>),
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
}

const NS: i128 = 1_000_000;

fn floor_to(ms: i128, step: i128) -> i128 {
    ms.div_euclid(step) * step
}

impl Condition {
    /// True, false or unknown for a row of this time, by three-valued logic.
    fn holds(&self, ms: Option<u64>, number: i32) -> Option<bool> {
        let ns = ms.map(|ms| i128::from(ms) * NS);
        match self {
            Condition::Compare { form, op, at, .. } => {
                let step = match form {
                    Form::Text | Form::Nanoseconds => 1,
                    Form::Seconds => 1_000 * NS,
                    Form::Date => 86_400_000 * NS,
                    Form::Minute | Form::MinuteInZone => 60_000 * NS,
                };
                let (left, right) = (floor_to(ns?, step), form.literal(*at));
                Some(
                    [
                        left == right,
                        left != right,
                        left < right,
                        left <= right,
                        left > right,
                        left >= right,
                    ][*op],
                )
            }
            Condition::Between { negated, low, high } => {
                Some((*low..=*high).contains(&ns?) != *negated)
            }
            Condition::In { negated, list } => Some(list.contains(&ns?) != *negated),
            Condition::Number(least) => Some(number >= *least),
            Condition::Not(inner) => inner.holds(ms, number).map(|holds| !holds),
            Condition::Both(a, b) => match (a.holds(ms, number), b.holds(ms, number)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (a, b) => Some(a? && b?),
            },
            Condition::Either(a, b) => match (a.holds(ms, number), b.holds(ms, number)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (a, b) => Some(a? || b?),
            },
        }
    }

    fn sql(&self, prefix: &str, id: &str) -> String {
        let time = format!("{prefix}_timestamp({id})");
        match self {
            Condition::Compare {
                form,
                op,
                at,
                swapped,
            } => {
                let text = written(form.literal(*at));
                let (left, right) = match form {
                    Form::Text => (time, format!("'{text}'")),
                    Form::Nanoseconds => (time, format!("TIMESTAMP '{text}'")),
                    Form::Seconds => (
                        format!("CAST({time} AS TIMESTAMP(0))"),
                        format!("CAST(TIMESTAMP '{text}' AS TIMESTAMP(0))"),
                    ),
                    Form::Date => (
                        format!("CAST({time} AS DATE)"),
                        format!("DATE '{}'", &text[..10]),
                    ),
                    Form::Minute => (format!("{prefix}_bucket('1m', {id})"), format!("'{text}'")),
                    Form::MinuteInZone => (
                        format!("{prefix}_bucket('1m', {id}, 'Asia/Kolkata')"),
                        format!("'{text}'"),
                    ),
                };
                let swaps = ["=", "<>", ">", ">=", "<", "<="];
                match swapped {
                    true => format!("{right} {} {left}", swaps[*op]),
                    false => format!("{left} {} {right}", COMPARISONS[*op]),
                }
            }
            Condition::Between { negated, low, high } => {
                let not = if *negated { "NOT " } else { "" };
                format!(
                    "{time} {not}BETWEEN '{}' AND '{}'",
                    written(*low),
                    written(*high)
                )
            }
            Condition::In { negated, list } => {
                let not = if *negated { "NOT " } else { "" };
                let list: Vec<_> = list
                    .iter()
                    .map(|at| format!("'{}'", written(*at)))
                    .collect();
                format!("{time} {not}IN ({})", list.join(", "))
            }
            Condition::Number(least) => format!("n >= {least}"),
            Condition::Not(inner) => format!("NOT ({})", inner.sql(prefix, id)),
            Condition::Both(a, b) => format!("({}) AND ({})", a.sql(prefix, id), b.sql(prefix, id)),
            Condition::Either(a, b) => {
                format!("({}) OR ({})", a.sql(prefix, id), b.sql(prefix, id))
            }
        }
    }
}

impl Form {
    /// The constant that is compared with, as fine as its type has it.
    fn literal(self, at: i128) -> i128 {
        match self {
            Form::Text | Form::Nanoseconds | Form::Minute | Form::MinuteInZone => at,
            Form::Seconds => floor_to(at, 1_000 * NS),
            Form::Date => floor_to(at, 86_400_000 * NS),
        }
    }
}

fn written(ns: i128) -> String {
    let ms = Timestamp::from_ms(ns.div_euclid(NS)).unwrap().to_string();
    format!("{}{:06}Z", ms.trim_end_matches('Z'), ns.rem_euclid(NS))
}

/// A few times, so that rows and constants meet at the same ones.
fn near() -> impl Strategy<Value = u64> {
    (0..SPAN_MS / STEP_MS).prop_map(|step| BEGIN_MS + step * STEP_MS)
}

/// Times to compare with: those of rows and their neighbours, times between two milliseconds, and whole minutes.
fn at() -> impl Strategy<Value = i128> {
    let rest = prop::sample::select(vec![0, 0, 1, 500_000, NS - 1]);
    prop_oneof![
        5 => (near(), -1..2_i128, rest).prop_map(|(ms, by, rest)| (i128::from(ms) + by) * NS + rest),
        1 => (-1..2_i128).prop_map(|minutes| i128::from(BEGIN_MS) * NS + minutes * 60_000 * NS),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let form = prop::sample::select(vec![
        Form::Text,
        Form::Text,
        Form::Nanoseconds,
        Form::Seconds,
        Form::Date,
        Form::Minute,
        Form::MinuteInZone,
    ]);
    let leaf = prop_oneof![
        6 => (form, 0..6_usize, at(), any::<bool>())
            .prop_map(|(form, op, at, swapped)| Condition::Compare { form, op, at, swapped }),
        1 => (any::<bool>(), at(), at()).prop_map(|(negated, low, high)| Condition::Between { negated, low, high }),
        1 => (any::<bool>(), prop::collection::vec(at(), 1..6)).prop_map(|(negated, list)| Condition::In { negated, list }),
        1 => (0..200).prop_map(Condition::Number),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        let inner = || inner.clone().prop_map(Box::new);
        prop_oneof![
            inner().prop_map(Condition::Not),
            (inner(), inner()).prop_map(|(a, b)| Condition::Both(a, b)),
            (inner(), inner()).prop_map(|(a, b)| Condition::Either(a, b)),
        ]
    })
}

/// A text in a column, and the ID that it is.
#[derive(Debug, Clone)]
struct Cell {
    text: Option<String>,
    id: Option<Ulid>,
}

fn cell(spelling: Spelling, mark: fn(Ulid) -> Ulid) -> impl Strategy<Value = Cell> {
    // Mostly close together; some far away, some whose text differs from the others' in a single letter.
    let ms = prop_oneof![
        6 => near(),
        1 => 0..=Timestamp::MAX.ms(),
        1 => (0..48_u32).prop_map(|bit| BEGIN_MS ^ 1 << bit),
    ];
    let id = (ms, any::<u128>(), any::<u64>()).prop_map(move |(ms, random, cases)| {
        let id = mark(id_of(Timestamp::from_ms(ms).unwrap(), random));
        // One way of writing for a third of the texts each, any way for the others.
        let upper = |at: usize| match cases % 4 {
            0 => true,
            1 => false,
            _ => cases >> (2 + at % 60) & 1 == 1,
        };
        let letters = spelling.print(id);
        let letters = letters.chars().enumerate();
        let text = letters.map(|(at, c)| {
            if upper(at) {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        });
        Cell {
            text: Some(text.collect()),
            id: Some(id),
        }
    });
    let rubbish = prop_oneof![
        Just("8ZZZZZZZZZZZZZZZZZZZZZZZZZ".to_owned()),
        Just("01JGFJJZ00IIIIIIIIIIIIIIII".to_owned()),
        Just("01jgfjjz00uuuuuuuuuuuuuuuu".to_owned()),
        Just("01JGFJJZ00".to_owned()),
        Just("01941f29-7c00-4f86-87c2-e0e96aa8fbbe".to_owned()),
        "[0-9a-zA-Z{]{0,30}",
        "\\PC{0,12}",
    ];
    let rubbish = rubbish
        .prop_map(Some)
        .prop_filter("no ID by chance", move |text| {
            text.as_ref().is_some_and(|text| {
                Spelling::read(text, ulid_engine::Reading::Strict).is_err() || text.contains("-4")
            })
        });
    prop_oneof![
        8 => id,
        1 => rubbish.prop_map(|text| Cell { text, id: None }),
        1 => Just(Cell { text: None, id: None }),
    ]
}

/// A file with small row groups, which holds the cells as text, in a dictionary and as bytes of fixed and of any length.
///
/// Its statistics are whole, or cut as Iceberg does, or within the characters of the time.
fn file(cells: &[Cell]) -> tempfile::NamedTempFile {
    let cut = [None, Some(16), Some(7)][cells.len() % 3];
    let texts: Vec<Option<&str>> = cells.iter().map(|cell| cell.text.as_deref()).collect();
    let bytes = |cell: &Cell| cell.id.map(|id| id.to_bytes());
    let fixed = cells.iter().map(bytes);
    // Where the text is rubbish, so are the bytes: it is no ID for its length.
    let any = cells.iter().map(|cell| match (cell.id, &cell.text) {
        (Some(id), _) => Some(id.to_bytes().to_vec()),
        (None, Some(text)) if text.len() != 16 => Some(text.clone().into_bytes()),
        _ => None,
    });
    let any: Vec<Option<Vec<u8>>> = any.collect();
    let columns: [(&str, ArrayRef); 5] = [
        (
            "n",
            Arc::new(Int32Array::from_iter_values(0..cells.len() as i32)),
        ),
        (
            "id",
            Arc::new(texts.iter().copied().collect::<StringArray>()),
        ),
        (
            "d",
            Arc::new(
                texts
                    .iter()
                    .copied()
                    .collect::<DictionaryArray<Int32Type>>(),
            ),
        ),
        (
            "f",
            Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(fixed, 16).unwrap()),
        ),
        (
            "b",
            Arc::new(BinaryArray::from_iter(any.iter().map(Option::as_deref))),
        ),
    ];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
            .unwrap();
    let file = tempfile::Builder::new()
        .suffix(".parquet")
        .tempfile()
        .unwrap();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(16))
        .set_statistics_truncate_length(cut)
        .set_column_index_truncate_length(cut)
        .set_data_page_row_count_limit(4)
        .set_write_batch_size(4)
        .build();
    let writer = File::create(file.path()).unwrap();
    let mut writer = ArrowWriter::try_new(writer, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

fn check(prefix: &str, cells: &[Cell], condition: &Condition) {
    let file = file(cells);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let context = session(2);
        let path = file.path().to_str().unwrap();
        context
            .register_parquet("t", path, ParquetReadOptions::default())
            .await
            .unwrap();
        let rows = cells.iter().zip(0..);
        let chosen = rows.filter(|(cell, n)| {
            condition.holds(cell.id.map(|id| id.timestamp_ms()), *n) == Some(true)
        });
        let expected: Vec<String> = chosen.map(|(_, n)| n.to_string()).collect();
        for column in ["id", "d", "f", "b"] {
            let sql = format!(
                "SELECT n FROM t WHERE {} ORDER BY n",
                condition.sql(prefix, column)
            );
            let found = query(&context, &sql)
                .await
                .unwrap_or_else(|error| panic!("{sql}: {error}"));
            assert_eq!(found, expected, "{sql}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn conditions_on_ulids_choose_what_logic_says(
        mut cells in prop::collection::vec(cell(Spelling::Ulid, |id| id), 1..120),
        condition in condition(),
        sorted: bool,
    ) {
        if sorted {
            cells.sort_by(|a, b| a.text.cmp(&b.text));
        }
        check("ulid", &cells, &condition);
    }

    #[test]
    fn conditions_on_uuids_choose_what_logic_says(
        mut cells in prop::collection::vec(cell(Spelling::Uuid, as_version_7), 1..120),
        condition in condition(),
        sorted: bool,
    ) {
        if sorted {
            cells.sort_by(|a, b| a.text.cmp(&b.text));
        }
        check("uuid7", &cells, &condition);
    }
}

/// Three rows a millisecond apart, and constants between the first and the second, in every way in which SQL writes one.
#[tokio::test]
async fn a_constant_between_two_milliseconds_is_rounded_by_its_operator() {
    let cells: Vec<Cell> = (0..3)
        .map(|ms| {
            let id = id_of(Timestamp::from_ms(BEGIN_MS + ms).unwrap(), 7);
            Cell {
                text: Some(id.to_string()),
                id: Some(id),
            }
        })
        .collect();
    let file = file(&cells);
    let context = session(1);
    let path = file.path().to_str().unwrap();
    context
        .register_parquet("t", path, ParquetReadOptions::default())
        .await
        .unwrap();
    let constants = [
        "'2025-01-01T00:00:00.0005Z'",
        "TIMESTAMP '2025-01-01T00:00:00.0005Z'",
        "to_timestamp_nanos(1735689600000500000)",
        "to_timestamp_micros(1735689600000500)",
        "TIMESTAMP '2025-01-01' + INTERVAL '500 microseconds'",
    ];
    for (op, swapped, expected) in [
        ("=", "=", ""),
        ("<>", "<>", "0 1 2"),
        ("<", ">", "0"),
        ("<=", ">=", "0"),
        (">", "<", "1 2"),
        (">=", "<=", "1 2"),
    ] {
        for constant in constants {
            for column in ["id", "d", "f", "b"] {
                let time = format!("ulid_timestamp({column})");
                for condition in [
                    format!("{time} {op} {constant}"),
                    format!("{constant} {swapped} {time}"),
                    format!("NOT (NOT {time} {op} {constant})"),
                ] {
                    let found = query(
                        &context,
                        &format!("SELECT n FROM t WHERE {condition} ORDER BY n"),
                    )
                    .await
                    .unwrap();
                    assert_eq!(found.join(" "), expected, "{condition}");
                }
            }
        }
    }
}

/// Buckets compared with their begin and with a time within one.
#[tokio::test]
async fn a_time_within_a_bucket_is_no_begin_of_one() {
    let cells: Vec<Cell> = [-1, 0, 59_999, 60_000]
        .into_iter()
        .map(|ms: i64| {
            let time = Timestamp::from_ms(BEGIN_MS.checked_add_signed(ms).unwrap()).unwrap();
            let id = id_of(time, 7);
            Cell {
                text: Some(id.to_string()),
                id: Some(id),
            }
        })
        .collect();
    let file = file(&cells);
    let context = session(1);
    let path = file.path().to_str().unwrap();
    context
        .register_parquet("t", path, ParquetReadOptions::default())
        .await
        .unwrap();
    for (condition, expected) in [
        ("= '2025-01-01T00:00:00Z'", "1 2"),
        ("= '2025-01-01T00:00:30Z'", ""),
        ("< '2025-01-01T00:00:00Z'", "0"),
        ("< '2025-01-01T00:00:30Z'", "0 1 2"),
        ("<= '2025-01-01T00:00:00Z'", "0 1 2"),
        ("> '2025-01-01T00:00:00Z'", "3"),
        (">= '2025-01-01T00:00:00Z'", "1 2 3"),
        (">= '2025-01-01T00:00:30Z'", "3"),
        ("IN ('2024-12-31T23:59:00Z', '2025-01-01T00:01:00Z')", "0 3"),
    ] {
        for column in ["id", "d", "f", "b"] {
            let sql =
                format!("SELECT n FROM t WHERE ulid_bucket('1m', {column}) {condition} ORDER BY n");
            assert_eq!(
                query(&context, &sql).await.unwrap().join(" "),
                expected,
                "{sql}"
            );
        }
    }
}
