//! Datasets of every format, read whole, in pieces, compressed and by pipes, beside a second way to the answer.

use std::{
    fs,
    io::{Cursor, Write},
    ops::{ControlFlow, Range},
};

use proptest::prelude::*;
use regex::bytes::Regex;

use super::*;
use crate::{
    Ulid, codec,
    codec::{Fault, FaultKind},
    pass::{Block, Chunk, MEMORY},
    progress::Progress,
    source::trickle::Trickle,
    spelling::Spelling,
};

mod changed;
mod dialects;
mod files;
mod formats;
mod in_order;
mod kept;
mod objects;
mod pages;
mod sequences;
mod sources;
mod spellings;
mod texts;
mod told;
mod uuids;

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn open(content: &[u8]) -> Result<Dataset, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), content).unwrap();
    let prefix = format!("{}: ", file.path().display());
    Dataset::open(file.path()).map_err(|error| error.to_string().replacen(&prefix, "", 1))
}

fn all(dataset: &Dataset) -> Vec<Row> {
    dataset.rows().map(Result::unwrap).collect()
}

fn texts(dataset: &Dataset) -> Vec<String> {
    let text = |row: &Row| row.text().into_owned();
    all(dataset).iter().map(text).collect()
}

/// Lines of which nothing is left to be told.
fn lines() -> OpenOptions {
    OpenOptions {
        format: Some(Format::Lines),
        spelling: Some(Spelling::Ulid),
        ..OpenOptions::default()
    }
}

/// The line of each row, as blocks tell it.
fn lines_in_blocks(dataset: &Dataset) -> Vec<u64> {
    let mut all = Vec::new();
    let scanned = dataset.pass(&Progress::new()).each(Block::lines, |lines| {
        all.extend(lines);
        ControlFlow::Continue(())
    });
    scanned.unwrap();
    all
}

/// Index, offset, text and ID of a row.
type Scanned = (usize, u64, Vec<u8>, Result<Ulid, FaultKind>);

/// All rows as a pass over blocks gives them, with their keys and faults.
fn scanned(dataset: &Dataset) -> Vec<Scanned> {
    let mut all = Vec::new();
    let map = |block: &Block| {
        let fault = |row: u64| {
            let at = block.faults().binary_search_by_key(&row, |fault| fault.row);
            at.ok().map(|at| &block.faults()[at])
        };
        let rows = block.rows().zip(block.keys());
        rows.map(|(row, &key)| {
            let id =
                fault(row.index as u64).map_or(Ok(Ulid::from_u128(key)), |fault| Err(fault.kind));
            (row.index, row.offset, row.text.to_vec(), id)
        })
        .collect::<Vec<_>>()
    };
    dataset
        .pass(&Progress::new())
        .each(map, |rows| {
            all.extend(rows);
            ControlFlow::Continue(())
        })
        .unwrap();
    all
}

/// The texts of a stretch of known rows, with those of the rows before and behind it, as a pass over it tells.
fn scanned_known(dataset: &Dataset, rows: Range<usize>) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let map = |block: &Block| {
        let text = |row: Option<RowRef<'_>>| row.map(|row| row.text.to_vec());
        let rows = block.rows().map(|row| row.text.to_vec()).collect();
        (text(block.before()), rows, text(block.after()))
    };
    let mut after = None;
    dataset
        .pass(&Progress::new())
        .known(rows)
        .each(map, |(before, rows, behind)| {
            if all.is_empty() {
                all.extend(before);
            }
            all.extend::<Vec<_>>(rows);
            after = behind;
            ControlFlow::Continue(())
        })
        .unwrap();
    all.extend(after);
    all
}

#[test]
fn known_rows_of_a_stream_that_pauses_are_not_waited_for() {
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    // It gives three lines and half of a fourth, and nothing more until it is let go.
    let paused = Cursor::new("a\nb\nc\nd").chain(Paused(receiver));
    let dataset = Dataset::from_reader("-", paused, &lines()).unwrap();
    while dataset.extent().rows < 4 {
        std::thread::yield_now();
    }
    assert_eq!(scanned_known(&dataset, 0..9), [b"a", b"b", b"c", b"d"]);
    assert_eq!(scanned_known(&dataset, 1..2), [b"a", b"b", b"c"]);
    assert_eq!(scanned_known(&dataset, 3..9), [b"c", b"d"]);
    assert!(scanned_known(&dataset, 4..9).is_empty());
    drop(sender);
    assert_eq!(dataset.len(), 4);
    assert_eq!(scanned_known(&dataset, 3..9), [b"c", b"d"]);
}

#[test]
fn a_long_line_of_a_stream_that_pauses_is_not_waited_for() {
    const LEN: usize = 3 * Row::TEXT_LIMIT;
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let text = format!("a\n{}", "x".repeat(LEN));
    let all = text.len() as u64;
    let paused = Cursor::new(text).chain(Paused(receiver));
    let dataset = Dataset::from_reader("-", paused, &lines()).unwrap();
    while dataset.extent().indexed < all {
        std::thread::yield_now();
    }
    let rows = scanned_known(&dataset, 0..2);
    let lens: Vec<usize> = rows.iter().map(Vec::len).collect();
    assert_eq!(lens, [1, Row::TEXT_LIMIT]);
    drop(sender);
}

/// It gives nothing, and that only once somebody lets go.
struct Paused(std::sync::mpsc::Receiver<()>);

impl Read for Paused {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        let _ = self.0.recv();
        Ok(0)
    }
}

#[test]
fn lines_end_as_they_do_everywhere() {
    for content in ["a\nb\n", "a\nb", "a\r\nb\r\n", "\u{FEFF}a\nb"] {
        assert_eq!(
            texts(&open(content.as_bytes()).unwrap()),
            ["a", "b"],
            "{content:?}"
        );
    }
    assert_eq!(texts(&open(b"\n\nb\n\n").unwrap()), ["", "", "b", ""]);
    assert_eq!(texts(&open(b"\xFF\n").unwrap()), ["ÿ"]);
    assert_eq!(texts(&open(b"\xC3\xA9\xFF\n").unwrap()), ["é\u{FFFD}"]);
}

#[test]
fn rows_know_their_place_and_their_fault() {
    let dataset = open(format!("{ID}\r\nnope\n{ID}").as_bytes()).unwrap();
    assert_eq!(dataset.len(), 3);
    let row = dataset.row(1).unwrap().unwrap();
    assert_eq!(
        (row.index, row.offset, row.text.as_slice()),
        (1, 28, b"nope".as_slice())
    );
    assert_eq!(row.id.unwrap_err().kind, FaultKind::Length { found: 4 });
    let last = dataset.row(2).unwrap().unwrap().id.unwrap();
    assert_eq!(codec::print(last).to_string(), ID);
    assert_eq!(dataset.row(3).unwrap(), None);
    let ids = dataset.ids().unwrap();
    assert_eq!(ids.iter().filter(|id| id.is_some()).count(), 2);
}

#[test]
fn what_cannot_be_opened_is_said_in_one_sentence() {
    assert_eq!(open(b"").unwrap_err(), "is empty, there is no ID to show");
    assert_eq!(
        open(b"\x7fELF\0\0").unwrap_err(),
        "is a binary file, give text, or records of 16 bytes as format binary"
    );
    let directory = tempfile::tempdir().unwrap();
    let says = |path: &Path| Dataset::open(path).unwrap_err().to_string();
    assert_eq!(
        says(directory.path()),
        format!(
            "{}: is a directory, give a file of IDs",
            directory.path().display()
        )
    );
    let missing = directory.path().join("missing.txt");
    assert_eq!(
        says(&missing),
        format!("{}: no such file", missing.display())
    );
}

#[test]
fn the_sample_holds_every_flaw_and_is_always_the_same() {
    let sample = Dataset::sample();
    assert_eq!(sample.len(), 20_000);
    assert!(all(&sample) == all(&Dataset::sample()));
    let faults: Vec<Fault> = all(&sample)
        .into_iter()
        .filter_map(|row| row.id.err())
        .collect();
    let kinds = |code| {
        faults
            .iter()
            .filter(|fault| fault.kind.code() == code)
            .count()
    };
    assert_eq!(
        (kinds("length"), kinds("character"), kinds("overflow")),
        (80, 40, 20)
    );
    let ids = sample.ids().unwrap();
    let pairs = || ids.windows(2).filter_map(|pair| pair[0].zip(pair[1]));
    assert!(pairs().any(|(a, b)| a == b), "duplicates");
    assert!(
        pairs().any(|(a, b)| b.timestamp_ms() < a.timestamp_ms()),
        "steps back"
    );
    assert!(
        pairs().any(|(a, b)| a < b && a.timestamp_ms() == b.timestamp_ms()),
        "same millisecond"
    );
}

#[test]
fn a_line_longer_than_what_is_kept_is_one_row() {
    let long = Row::TEXT_LIMIT + 700_000;
    let mut content = format!("{ID}\n").into_bytes();
    content.extend(vec![b'x'; long]);
    content.extend(format!("\r\n{ID}\n").as_bytes());
    let dataset = open(&content).unwrap();
    let rows = all(&dataset);
    let lens: Vec<u64> = rows.iter().map(|row| row.full_len).collect();
    assert_eq!(lens, [26, long as u64, 26]);
    assert_eq!(rows[1].text.len(), Row::TEXT_LIMIT);
    assert_eq!(
        rows[1].id.unwrap_err().kind,
        FaultKind::Length { found: long }
    );
    let blocks = scanned(&dataset);
    assert_eq!(blocks.len(), 3);
    for (row, (index, offset, text, id)) in rows.iter().zip(&blocks) {
        assert_eq!((row.index, row.offset, &row.text), (*index, *offset, text));
        assert_eq!(row.id.map_err(|fault| fault.kind), *id);
    }
    assert_eq!(dataset.tail(2).unwrap().rows, rows[1..]);
}

#[test]
fn a_pass_over_blocks_connects_them() {
    let mut text = String::new();
    for number in 0..60_000_u128 {
        let id = codec::print(Ulid::from_u128(number << 80));
        // Whole blocks without a valid ID lie between.
        let valid = !(10_000..50_000).contains(&number);
        text += &if valid {
            format!("{id}\n")
        } else {
            format!("?{}\n", &id[1..])
        };
    }
    let dataset = Dataset::from_bytes("text", text.into_bytes(), &lines()).unwrap();
    let mut blocks = 0;
    let seen = |block: &Block| {
        let first = block.first_row();
        let end = first + block.keys().len() as u64;
        let index = |row: Option<RowRef<'_>>| row.map(|row| row.index as u64);
        assert_eq!(index(block.before()), first.checked_sub(1));
        assert_eq!(index(block.after()), (end < 60_000).then_some(end));
        let before = block.valid_before().map(|id| id.timestamp_ms());
        let expected = match first {
            0 => None,
            1..=10_000 => Some(first - 1),
            10_001..=50_000 => Some(9_999),
            _ => Some(first - 1),
        };
        assert_eq!(before, expected);
    };
    dataset
        .pass(&Progress::new())
        .each(seen, |()| {
            blocks += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(blocks >= 3, "{blocks}");
}

#[test]
fn a_pass_begins_where_it_is_told_and_can_be_cancelled() {
    let sample = Dataset::sample();
    let mut rows = 0;
    let count = |block: &Block| block.keys().len();
    sample
        .pass(&Progress::new())
        .known(19_500..20_000)
        .each(count, |found| {
            rows += found;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(rows, 500);
    let progress = Progress::new();
    progress.cancel();
    let result = sample
        .pass(&progress)
        .each(count, |_| ControlFlow::Continue(()));
    assert!(matches!(result, Err(ScanError::Cancelled(_))));
}

/// Lines as `str::lines` has them, for bytes, and where the first ends by a return those that end so.
fn naive_lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let by_returns = Regex::new(r"(?-u)^[\t\x20-\xFF]{0,4095}\r[\r\t\x20-\xFF]").unwrap();
    let bytes = match by_returns.is_match(bytes) {
        true => Regex::new(r"(?-u)\r*\n|\r")
            .unwrap()
            .replace_all(bytes, &b"\n"[..]),
        false => bytes.into(),
    };
    let mut lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
    if lines.last() == Some(&b"".as_slice()) {
        lines.pop();
    }
    let strip = |line| <[u8]>::strip_suffix(line, b"\r").unwrap_or(line);
    lines.into_iter().map(|line| strip(line).to_vec()).collect()
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(ID.as_bytes().to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r".to_vec()),
        Just("\u{FEFF}".as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4),
        Just(format!("{ID}\n").repeat(3_000).into_bytes()),
    ];
    proptest::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn rows_are_the_lines(content in content(), size in 1_usize..5_000, count in 0_usize..5) {
        let expected = naive_lines(&content);
        prop_assume!(!expected.is_empty());
        let file = Dataset::from_bytes("bytes", content.clone(), &lines());
        // One byte at a time takes its time.
        let size = if content.len() > 2_000 { size + 10_000 } else { size };
        let trickle = Trickle { bytes: Cursor::new(content), size };
        let stream = Dataset::from_reader("stream", trickle, &lines());
        for dataset in [file.unwrap(), stream.unwrap()] {
            let rows = all(&dataset);
            let found: Vec<_> = rows.iter().map(|row| row.text.clone()).collect();
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(dataset.len(), expected.len());
            let blocks = scanned(&dataset);
            prop_assert_eq!(blocks.len(), rows.len());
            for (row, (index, offset, text, id)) in rows.iter().zip(blocks) {
                prop_assert_eq!((row.index, row.offset, &row.text), (index, offset, &text));
                prop_assert_eq!(row.id.map_err(|fault| fault.kind), id);
            }
            let from = rows.len().saturating_sub(count);
            let tail = dataset.tail(count).unwrap();
            prop_assert_eq!(tail.rows, &rows[from..]);
            prop_assert_eq!(dataset.window(from, count).unwrap(), &rows[from..]);
            let middle = rows.len() / 2;
            let stretch = middle / 2..from + 1;
            if stretch.start < rows.len() && stretch.start < stretch.end {
                let around = stretch.start.saturating_sub(1)..rows.len().min(stretch.end + 1);
                let known = scanned_known(&dataset, stretch);
                prop_assert_eq!(known, &expected[around]);
            }
            let expected_lines: Vec<u64> = (1..=rows.len() as u64).collect();
            prop_assert_eq!(lines_in_blocks(&dataset), expected_lines);
            let ids: Vec<_> = rows[middle..].iter().map(|row| row.id.ok()).take(count).collect();
            prop_assert_eq!(dataset.known_ids(middle, count).unwrap(), ids);
            let offset = rows[middle].offset;
            prop_assert_eq!(dataset.row_at_offset(offset).unwrap(), Some(middle));
            prop_assert_eq!(dataset.row(middle).unwrap(), rows.get(middle).cloned());
        }
    }
}
