//! Figures of groups beside those that SQL gives for the same rows, in memory and through a file.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::{Timestamp, dataset::OpenOptions, pass::MEMORY};

static ZONE: TimeZone = TimeZone::UTC;

fn dataset(text: &str) -> Dataset {
    let options = OpenOptions::default();
    Dataset::from_bytes("test.csv", text.as_bytes().to_vec(), &options).unwrap()
}

fn run(
    dataset: &Dataset,
    grouping: &Grouping,
    condition: Option<&str>,
    order: GroupOrder,
    memory: usize,
) -> Vec<String> {
    let scope = Scope::of(dataset, Timestamp::MAX, &ZONE);
    let condition = condition.map(|text| Query::parse(text, &scope).unwrap());
    let mut found = Vec::new();
    let each = |values: &[Value]| {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        found.push(values.join(" "));
        Ok(())
    };
    let progress = Progress::new();
    let notes = grouping.run(dataset, condition.as_ref(), order, memory, &progress, each);
    for note in notes.unwrap() {
        found.push(format!("{} unread: {}", note.name, note.unread));
    }
    found
}

fn figures(text: &str, measures: &str, by: Option<&str>) -> Vec<String> {
    let dataset = dataset(text);
    let scope = Scope::of(&dataset, Timestamp::MAX, &ZONE);
    let grouping = Grouping::parse(measures, by, &scope).unwrap();
    run(&dataset, &grouping, None, GroupOrder::ByKey, MEMORY)
}

const ROWS: &str = "\
id,service,took
01KDVDN9GC0000000000000001,api,12
01KDVDNA000000000000000002,api,250
01KDVDNA000000000000000002,web,31
8ZZZZZZZZZZZZZZZZZZZZZZZZZ,web,7
01KDWE90E00000000000000005,web,1200
01KDWCJ2M00000000000000006,db,3
01KDZ7HEP00000000000000007,api,none
";

/// The figures are those that DuckDB gives for the same rows, where the row without an ID has none.
#[test]
fn figures_of_groups_are_those_of_sql() {
    let measures = "count(), distinct(id), sum(took), mean(took), min(took), max(took), median(took), p95(took)";
    let expected = [
        "api 3 3 262 131 12 250 131 238.1",
        "db 1 1 3 3 3 3 3 3",
        "web 3 2 1238 412.6666666666667 7 1200 31 1083.1",
    ];
    let mut found = figures(ROWS, measures, Some("service"));
    let told = found.split_off(3);
    assert_eq!(found, expected);
    assert_eq!(
        told.first().map(String::as_str),
        Some("sum(took) unread: 1")
    );
}

#[test]
fn a_count_takes_rows_conditions_and_values() {
    let found = figures(
        ROWS,
        "count(), count(valid), count(fault), n=count(took > 100)",
        None,
    );
    assert_eq!(found, ["7 6 1 2"]);
    let found = figures(
        ROWS,
        "count(), max(time), distinct(service)",
        Some("valid, duplicate"),
    );
    assert_eq!(
        found,
        [
            "false false 1 missing 1",
            "true false 5 2026-01-02T11:30:00.000Z 3",
            "true true 1 2026-01-01T00:00:00.000Z 1"
        ]
    );
}

/// A condition is counted by columns: of each group the rows that meet it and the filter, as a filter by both has them.
#[test]
fn conditions_count_the_rows_that_meet_them() {
    let row = |n: u64| match n % 11 {
        7 => format!("none,s{},{}\n", n % 3, n % 13),
        _ => {
            let ms = 1_700_000_000_000 + n * 1000 - (n % 5 / 4) * 9000;
            let id = crate::Ulid::from_u128(u128::from(ms) << 80 | u128::from(n % 90));
            format!("{},s{},{}\n", crate::codec::print(id), n % 3, n % 13)
        }
    };
    let text = format!("id,service,took\n{}", (0..300).map(row).collect::<String>());
    let dataset = dataset(&text);
    let scope = Scope::of(&dataset, Timestamp::MAX, &ZONE);
    let count = |condition: &str| {
        let counted = Grouping::parse("count()", Some("service"), &scope).unwrap();
        let found = run(
            &dataset,
            &counted,
            Some(condition),
            GroupOrder::ByKey,
            MEMORY,
        );
        let of = |line: &String| {
            let (group, count) = line.split_once(' ').unwrap();
            (group.to_owned(), count.to_owned())
        };
        found.iter().map(of).collect::<BTreeMap<String, String>>()
    };
    for filter in ["took != 4", "valid", "row in 60..=70 or row in 190..=260"] {
        for condition in [
            "not valid",
            "out_of_order",
            "duplicate",
            "took > 5",
            "prev.took < took",
            "row > 130",
            "took > 5 and (not valid or line > 100)",
            "time > 2023-11-14T22:15:00Z",
            "service == \"s1\"",
        ] {
            let counted =
                Grouping::parse(&format!("count({condition})"), Some("service"), &scope).unwrap();
            let found = run(&dataset, &counted, Some(filter), GroupOrder::ByKey, MEMORY);
            let both = count(&format!("({filter}) and ({condition})"));
            for line in found {
                let (group, count) = line.split_once(' ').unwrap();
                let expected = both.get(group).map_or("0", String::as_str);
                assert_eq!(count, expected, "{condition} of {group} where {filter}");
            }
        }
    }
}

#[test]
fn of_no_rows_there_is_a_count_and_nothing_else() {
    let found = figures("id,n\n", "count(), sum(n), distinct(n), p50(n)", None);
    assert_eq!(found, ["0 missing 0 missing"]);
    assert_eq!(figures("id,n\n", "count()", Some("n")), [""; 0]);
}

#[test]
fn a_histogram_counts_periods_of_the_zone() {
    let dataset = dataset(ROWS);
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
    let day: Step = "day".parse().unwrap();
    let grouping = Grouping::histogram(day, Some("service"), &scope).unwrap();
    let found = run(
        &dataset,
        &grouping,
        Some("valid"),
        GroupOrder::ByKey,
        MEMORY,
    );
    assert_eq!(
        found,
        [
            "2025-12-31T23:00:00.000Z api 2",
            "2025-12-31T23:00:00.000Z db 1",
            "2025-12-31T23:00:00.000Z web 2",
            "2026-01-01T23:00:00.000Z api 1"
        ]
    );
    assert_eq!(grouping.names(), ["time", "service", "count"]);
}

#[test]
fn the_first_rows_of_each_value_are_kept() {
    let dataset = dataset(ROWS);
    let scope = Scope::of(&dataset, Timestamp::MAX, &ZONE);
    for (most, expected) in [(1, vec![0, 2, 5]), (2, vec![0, 1, 2, 3, 5])] {
        let first = FirstRows::parse("service", most, &scope).unwrap();
        let rows = first
            .select(&dataset, None, MEMORY, &Progress::new())
            .unwrap();
        assert_eq!(rows.iter().collect::<Vec<u64>>(), expected);
    }
}

#[test]
fn errors_show_the_place_in_the_whole_list() {
    let dataset = dataset(ROWS);
    let scope = Scope::of(&dataset, Timestamp::MAX, &ZONE);
    for (measures, expected) in [
        (
            "count(), p95(tooc)",
            "column 14: there is no field or column \"tooc\"; did you mean \"took\"?",
        ),
        (
            "count(), took",
            "column 10: a figure is wanted here, such as count(), distinct(user) or p95(took)",
        ),
        (
            "count(),",
            "column 9: expected a field, column or value, found the end",
        ),
        (
            "medin(took)",
            "column 1: there is no figure \"medin\"; there are count, distinct, sum, mean, min, max, median, p1 to p99 and quantile; did you mean \"median\"?",
        ),
        ("sum(time)", "column 1: sum takes a number or a duration"),
        (
            "quantile(took, 95)",
            "column 1: quantile takes a number, a duration or a time, and a share such as 0.999",
        ),
    ] {
        let error = Grouping::parse(measures, None, &scope).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

/// Of each value of the first column: rows, different values of the second, the sum of those that are numbers.
fn oracle(rows: &[(u8, Option<i32>)]) -> BTreeMap<String, (u64, usize, i64)> {
    let mut groups: BTreeMap<String, (u64, BTreeSet<i32>, i64)> = BTreeMap::new();
    for (group, number) in rows {
        let group = groups.entry(format!("g{group:03}")).or_default();
        group.0 += 1;
        group.1.extend(number);
        group.2 += i64::from(number.unwrap_or(0));
    }
    let figures = |(rows, values, sum): (u64, BTreeSet<i32>, i64)| (rows, values.len(), sum);
    groups
        .into_iter()
        .map(|(group, of)| (group, figures(of)))
        .collect()
}

fn table_of(rows: &[(u8, Option<i32>)]) -> String {
    let mut text = "id,g,n\n".to_owned();
    for (group, number) in rows {
        let number = number.map_or(String::new(), |number| number.to_string());
        text += &format!("01ARZ3NDEKTSV4RRFFQ69G5FAV,g{group:03},{number}\n");
    }
    text
}

proptest! {
    #[test]
    fn groups_are_those_of_a_map(
        rows in prop::collection::vec((0_u8..9, prop::option::of(-50..50)), 1..300),
    ) {
        let found = figures(&table_of(&rows), "count(), distinct(n), sum(n)", Some("g"));
        let expected: Vec<String> = oracle(&rows).iter().map(|(group, (count, different, sum))| {
            let has_numbers = *different > 0;
            let sum = if has_numbers { sum.to_string() } else { "missing".to_owned() };
            format!("{group} {count} {different} {sum}")
        }).collect();
        prop_assert_eq!(found, expected);
    }
}

/// So many groups and values that they go through the file.
#[test]
fn groups_through_a_file_are_those_of_memory() {
    let mut text = "id,g,n\n".to_owned();
    for row in 0..30_000_u64 {
        let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let group = match row % 3 {
            0 => format!("{}", mixed % 9_000),
            1 => format!(
                "a name that is long enough to fill memory {}",
                mixed % 6_000
            ),
            _ => "one".to_owned(),
        };
        text += &format!("01ARZ3NDEKTSV4RRFFQ69G5FAV,{group},{}\n", mixed % 1_000);
    }
    let dataset = dataset(&text);
    let scope = Scope::of(&dataset, Timestamp::MAX, &ZONE);
    let measures = "count(), distinct(n), p95(n), sum(n), min(text), max(n)";
    let grouping = Grouping::parse(measures, Some("g"), &scope).unwrap();
    for order in [
        GroupOrder::ByKey,
        GroupOrder::Top(None),
        GroupOrder::Top(Some(7)),
    ] {
        let in_memory = run(&dataset, &grouping, None, order, MEMORY);
        let through_a_file = run(&dataset, &grouping, None, order, 0);
        assert!(in_memory == through_a_file, "{order:?}");
        assert!(order == GroupOrder::Top(Some(7)) || in_memory.len() > 6_000);
    }
    let top = run(&dataset, &grouping, None, GroupOrder::Top(Some(1)), 0);
    assert!(top[0].starts_with("one 10000 1000 "), "{top:?}");
}

#[test]
fn figures_are_asked_for_and_told_in_one_line() {
    let dataset = dataset(ROWS);
    let scope = Scope::of(&dataset, Timestamp::MAX, &ZONE);
    for (text, expected) in [
        ("count() by service", Ok("api: 3; web: 3; db: 1")),
        ("distinct(service)", Ok("3")),
        (
            "p95(took), count() by service, valid",
            Ok("web, true: 1141.55, 2; api, true: 238.1, 3; web, false: 7, 1; db, true: 3, 1"),
        ),
        (
            "count() by servise",
            Err("column 12: there is no field or column \"servise\"; did you mean \"service\"?"),
        ),
        ("took by service", Err("column 1: a figure is wanted here")),
    ] {
        let told = Grouping::of_text(text, &scope)
            .map(|grouping| grouping.tell(&dataset, MEMORY, &Progress::new()).unwrap());
        match (told, expected) {
            (Ok(told), Ok(expected)) => assert_eq!(told, expected, "{text}"),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (told, _) => panic!("{text}: {told:?}"),
        }
    }
}
