//! A run finds the same by the columns of a block, row by row, and by the pass over the file.

use std::sync::Arc;

use ulid_engine::{
    codec,
    dataset::{Dataset, OpenOptions, Row},
    progress::Progress,
    row::FLAWS,
    stats::Limits,
    timestamp::TimeZone,
};

use super::*;
use crate::inspect::{
    query,
    scan::{Goal, Halt, Hits, Kind, Live, Scan, Sought, Stop, Way},
    survey::Survey,
    table::Table,
    watch::{Watch, Watched},
};

fn stop(sought: Sought, condition: Option<&str>) -> Stop {
    let condition = condition.map(|text| query::condition(text, None, clock()).unwrap());
    Stop {
        id: 1,
        kind: Kind::Function,
        sought,
        condition: condition.map(Arc::new),
        hit: None,
        logs: false,
        log_needs_duplicates: false,
        hits: Hits::default(),
    }
}

fn condition(text: &str) -> Sought {
    Sought::Query(Arc::new(query::condition(text, None, clock()).unwrap()))
}

fn table(dataset: Dataset, is_surveyed: bool) -> Table {
    let table = Table::new(
        dataset,
        Survey::new(Limits::at(clock()), None),
        TimeZone::UTC,
    );
    if is_surveyed {
        table.survey.run(&table.dataset, &Progress::new());
        assert!(table.survey.is_complete());
    }
    table
}

fn live(stop: &Stop) -> Live {
    let live = Live::default();
    live.set(vec![stop.clone()]);
    live
}

/// Every row where a run stops.
fn stops(table: &Table, stop: &Stop, by_row: bool) -> Vec<usize> {
    let (mut from, mut found) = (0, Vec::new());
    loop {
        let goal = if by_row {
            Goal::Row(from)
        } else {
            Goal::Farthest
        };
        let scan = Scan::new(table.clone(), Way::ForwardFrom(from), goal, live(stop));
        match scan.run(&Progress::new(), &mut |_| {}) {
            Halt::Stopped { at, .. } => {
                found.push(at);
                from = at + 1;
            }
            Halt::Reached { at } => from = at + 1,
            Halt::End { .. } => return found,
            other => panic!("{other:?}"),
        }
    }
}

/// Every row where a run back from the end stops, the last one last.
fn stops_back(table: &Table, stop: &Stop) -> Vec<usize> {
    let (mut from, mut found) = (table.end(), Vec::new());
    loop {
        let way = Way::BackFrom(from);
        let scan = Scan::new(table.clone(), way, Goal::Farthest, live(stop));
        match scan.run(&Progress::new(), &mut |_| {}) {
            Halt::Stopped { at, .. } => {
                found.insert(0, at);
                from = at;
            }
            Halt::Start => return found,
            other => panic!("{other:?}"),
        }
    }
}

/// A few IDs of the sample that have every kind of flaw between them, as lines with a name.
fn few() -> String {
    let sample = Dataset::sample();
    let rows: Vec<Row> = sample.rows().map(Result::unwrap).collect();
    let is_wanted = |row: &&Row| row.id.is_err() || row.index % 610 >= 607;
    let wanted = rows.iter().filter(is_wanted).take(100);
    let mut text = String::from("id,name\n");
    for (number, row) in wanted.enumerate() {
        writeln!(text, "{},n{}", row.text(), number / 10).unwrap();
    }
    // each once more, and one after an hour
    let last = rows.last().unwrap().text();
    text + &format!("{last},x\n{last},x\n7ZZZZZZZZZZZZZZZZZZZZZZZZZ,y\n")
}

fn dataset() -> Dataset {
    Dataset::from_bytes("x.csv", few().into_bytes(), &OpenOptions::default()).unwrap()
}

#[test]
fn flaws_are_found_with_the_survey_and_without() {
    for flaw in FLAWS.iter().map(|entry| entry.flaw) {
        for condition in [None, Some("line % 7 == 0 and row > 3")] {
            let stop = stop(Sought::Flaw(flaw), condition);
            let known = stops(&table(dataset(), true), &stop, false);
            let looked_for = stops(&table(dataset(), false), &stop, false);
            assert_eq!(looked_for, known, "{flaw:?} {condition:?}");
            let back = stops_back(&table(dataset(), false), &stop);
            assert_eq!(back, known, "{flaw:?} {condition:?}, back");
            assert!(!known.is_empty() || condition.is_some(), "{flaw:?}");
        }
    }
}

#[test]
fn blocks_say_what_rows_say() {
    let table = table(dataset(), false);
    let id = (50..).find_map(|row| table.id(row).unwrap()).unwrap();
    let watch = |name: &str| Sought::Watch(Watch::parse(name, &TimeZone::UTC).unwrap());
    let change = |name: &str| {
        let columns = ["id".to_owned(), "name".to_owned()];
        Sought::Watch(Watch::Change(Watched::named(name, &columns)))
    };
    for sought in [
        watch(&Timestamp::of(id).to_string()),
        watch(codec::print(id).as_str()),
        watch("every 1h"),
        Sought::Watch(Watch::Gap),
        change("time"),
        change("fault"),
        change("valid"),
        change("length"),
        change("name"),
        condition("not valid"),
        condition("time < prev.time"),
        condition("name == \"n7\" or duplicate"),
    ] {
        let all = stops(&table, &stop(sought.clone(), None), true);
        assert!(!all.is_empty(), "{sought:?}");
        for only in [None, Some("line % 10 == 1"), Some("not prev.valid")] {
            let stop = stop(sought.clone(), only);
            let by_block = stops(&table, &stop, false);
            // a run to the next row looks at one row after the other
            let by_row = stops(&table, &stop, true);
            assert_eq!(by_block, by_row, "{sought:?} {only:?}");
            let back = stops_back(&table, &stop);
            assert_eq!(back, by_row, "{sought:?} {only:?}, back");
        }
    }
}

#[test]
fn what_is_far_away_is_found_either_way() {
    const ROWS: usize = 400_000;
    let text = "01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(ROWS);
    let dataset = Dataset::from_bytes("x", text.into_bytes(), &OpenOptions::default());
    let table = table(dataset.unwrap(), false);
    assert_eq!(table.dataset.len(), ROWS);
    // At both ends, in one row after another, in blocks side by side and far from each other, on the borders of stretches.
    for lines in [
        "line == 1",
        "line == 400000",
        "line in 70000..70003",
        "line % 9500 == 0",
        "line == 268928 or line == 334464 or line == 334465",
        "line == 0",
    ] {
        let stop = stop(condition(lines), None);
        let query = query::condition(lines, None, clock()).unwrap();
        let expected = ulid_engine::query::select(&table.dataset, &query, &Progress::new());
        let expected: Vec<usize> = expected.unwrap().iter().map(|row| row as usize).collect();
        assert_eq!(stops(&table, &stop, false), expected, "{lines}");
        assert_eq!(stops_back(&table, &stop), expected, "{lines}, back");
    }
}

#[test]
fn a_run_hears_of_what_is_set_while_it_runs() {
    const ROWS: usize = 400_000;
    let text = "01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(ROWS);
    let dataset = Dataset::from_bytes("x", text.into_bytes(), &OpenOptions::default());
    let table = table(dataset.unwrap(), false);
    assert_eq!(table.dataset.len(), ROWS);
    let logs = |row: usize| Stop {
        logs: true,
        ..stop(Sought::Row(row), None)
    };
    let far = stop(Sought::Row(350_000), None);
    let near_start = stop(Sought::Row(2), None);
    for (way, first) in [(Way::ForwardFrom(1), 5), (Way::BackFrom(ROWS), 399_990)] {
        for slow in [None, Some(stop(condition("line == 0"), None))] {
            let live = Live::default();
            live.set(vec![logs(first), far.clone()]);
            let scan = Scan::new(table.clone(), way, Goal::Farthest, live.clone());
            // what is taken away stops nothing, what is set instead does
            let halt = scan.run(&Progress::new(), &mut |_| {
                let mut set = vec![if matches!(way, Way::BackFrom(_)) {
                    near_start.clone()
                } else {
                    stop(Sought::Row(390_000), None)
                }];
                set.extend(slow.clone());
                live.set(set);
            });
            let expected = if matches!(way, Way::BackFrom(_)) {
                2
            } else {
                390_000
            };
            assert!(
                matches!(halt, Halt::Stopped { at, .. } if at == expected),
                "{way:?} {halt:?}"
            );
        }
    }
}
