use std::fs;

use super::*;
use crate::codec::{self, Fault, FaultKind};

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

fn texts(content: &[u8]) -> Vec<String> {
    let dataset = open(content).unwrap();
    dataset
        .rows()
        .map(|row| row.unwrap().text().into_owned())
        .collect()
}

#[test]
fn lines_end_as_they_do_everywhere() {
    for content in ["a\nb\n", "a\nb", "a\r\nb\r\n", "\u{FEFF}a\nb"] {
        assert_eq!(texts(content.as_bytes()), ["a", "b"], "{content:?}");
    }
    assert_eq!(texts(b"\n\nb\n\n"), ["", "", "b", ""]);
    assert_eq!(texts(b"\xFF\n"), ["\u{FFFD}"]);
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
    assert_eq!(
        dataset
            .row(2)
            .unwrap()
            .unwrap()
            .id
            .map(|id| codec::print(id).to_string())
            .as_deref(),
        Ok(ID)
    );
    assert_eq!(dataset.row(3).unwrap(), None);
    assert_eq!(
        dataset
            .ids()
            .unwrap()
            .iter()
            .filter(|id| id.is_some())
            .count(),
        2
    );
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
