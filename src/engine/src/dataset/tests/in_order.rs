//! Rows in orders of their own.

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::*;

/// Rows in an order, and how many times `each` was called.
fn in_order(dataset: &Dataset, rows: &[usize], memory: usize) -> (Vec<Row>, usize) {
    let (mut all, mut parts) = (Vec::new(), 0);
    let progress = Progress::new();
    let map = |stretch: Chunk<'_>| -> Vec<Row> { stretch.rows().map(RowRef::to_row).collect() };
    dataset
        .pass(&progress)
        .each_in_order(rows.iter().copied(), memory, map, |part| {
            all.extend(part);
            parts += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    (all, parts)
}

/// Text of a source with short, long, quoted, broken and absent IDs.
fn text(format: Format, count: usize) -> Vec<u8> {
    let mut text = Vec::new();
    if format == Format::Csv {
        text.extend(b"name,id\n");
    }
    for row in 0..count {
        let key = (row as u128 * 0x9E37_79B9_7F4A_7C15) << 40;
        let mut id = codec::print(Ulid::from_u128(key)).to_string();
        if row % 10 == 3 {
            id.truncate(row % 26);
        }
        let long = "x".repeat(if row % 500 == 7 { 3_000 } else { row % 3 });
        let line = match format {
            Format::Csv if row % 4 == 0 => format!("\"two\nlines {long}\",{id}"),
            Format::Csv => format!("{long},{id}"),
            Format::JsonLines => format!(r#"{{"name":"{long}","id":"{id}"}}"#),
            _ => id,
        };
        text.extend(line.bytes());
        text.push(b'\n');
    }
    text
}

fn source(format: Format, count: usize) -> Dataset {
    let options = OpenOptions {
        format: Some(format),
        ..OpenOptions::default()
    };
    Dataset::from_bytes("test", text(format, count), &options).unwrap()
}

#[test]
fn any_order_of_rows_gives_the_rows_in_it() {
    let mut rng = StdRng::seed_from_u64(1);
    for format in [Format::Lines, Format::Csv, Format::JsonLines] {
        let dataset = source(format, 20_000);
        let rows = all(&dataset);
        assert_eq!(rows.len(), 20_000);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.shuffle(&mut rng);
        let shuffled: Vec<Row> = order.iter().map(|&row| rows[row].clone()).collect();
        for memory in [1 << 30, 100_000] {
            let (found, _) = in_order(&dataset, &order, memory);
            assert!(found == shuffled, "{format:?} in {memory} bytes");
        }
    }
}

#[test]
fn rows_may_repeat_be_few_and_be_unknown() {
    let dataset = source(Format::Lines, 100_000);
    let rows = all(&dataset);
    let some = [99_999, 3, 50_000, 3, 100_000, 0, usize::MAX];
    let expected = [99_999, 3, 50_000, 3, 0].map(|row: usize| rows[row].clone());
    for memory in [0, 1 << 30] {
        assert_eq!(in_order(&dataset, &some, memory).0, expected);
    }
    assert_eq!(dataset.rows_at(&some).unwrap(), expected);
    assert_eq!(in_order(&dataset, &[], 0), (Vec::new(), 0));
    let mut rng = StdRng::seed_from_u64(2);
    let many: Vec<usize> = (0..2_000).map(|_| rng.random_range(0..100_000)).collect();
    let expected: Vec<Row> = many.iter().map(|&row| rows[row].clone()).collect();
    assert!(in_order(&dataset, &many, 1 << 30).0 == expected);
}

#[test]
fn texts_that_take_more_memory_than_expected_are_gathered_in_parts() {
    // Long rows among very many short ones: the usual length tells nothing about them.
    let mut text = "x\n".repeat(200_000);
    for _ in 0..64 {
        text += &"y".repeat(10_000);
        text.push('\n');
    }
    let dataset = Dataset::from_bytes("test", text.into_bytes(), &lines()).unwrap();
    let long: Vec<usize> = (200_000..200_064).rev().collect();
    let (rows, parts) = in_order(&dataset, &long, 100_000);
    assert!(rows.iter().map(|row| row.index).eq(long));
    assert!(rows.iter().all(|row| row.text.len() == 10_000));
    assert!(parts >= 64 / 10, "{parts}");
}

#[test]
fn a_pass_in_an_order_leaves_out_what_it_is_not_asked_for() {
    let dataset = source(Format::Lines, 100);
    let mut found = Vec::new();
    let numbers = |stretch: Chunk<'_>| stretch.rows().map(|row| row.index).collect::<Vec<_>>();
    dataset
        .pass(&Progress::new())
        .known(10..13)
        .each_in_order((0..200).rev(), 1 << 20, numbers, |rows| {
            found.extend(rows);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(found, [12, 11, 10]);
}

#[test]
fn a_pass_in_an_order_breaks_off_and_is_cancelled() {
    let dataset = source(Format::Lines, 50_000);
    let count = |stretch: Chunk<'_>| stretch.rows().count();
    let progress = Progress::new();
    let mut found = 0;
    let rows = || (0..50_000).rev();
    dataset
        .pass(&progress)
        .each_in_order(rows(), 1 << 30, count, |rows| {
            found += rows;
            ControlFlow::Break(())
        })
        .unwrap();
    assert_eq!(found, 256);
    let progress = Progress::new();
    let done = dataset
        .pass(&progress)
        .each_in_order(rows(), 1 << 30, count, |_| {
            progress.cancel();
            ControlFlow::Continue(())
        });
    assert!(matches!(done, Err(ScanError::Cancelled(_))), "{done:?}");
    let progress = Progress::new();
    dataset
        .pass(&progress)
        .each_in_order(rows(), 1 << 30, count, |_| ControlFlow::Continue(()))
        .unwrap();
    assert_eq!(progress.done(), 100_000);
}
