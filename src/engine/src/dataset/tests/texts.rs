//! Free text: rows without an ID are no faults, and each ID may be a row of its own.

use super::*;
use crate::{
    Timestamp, find,
    stats::{Limits, Summary},
};

fn summary(dataset: &Dataset) -> Summary {
    let limits = Limits::at(Timestamp::MAX);
    let survey = dataset.survey(limits, MEMORY, &Progress::new()).unwrap();
    survey.0.into_parts().0
}

/// A record of a log with the trace that follows it.
fn log(records: usize) -> String {
    let record = |number: usize| {
        let trace = "Traceback (most recent call last):\n  File \"a.py\", line 3\n";
        let mentioned = if number.is_multiple_of(3) {
            format!(" of {ID}")
        } else {
            String::new()
        };
        format!(
            "2026-01-01 made {ID}{mentioned}\n{}",
            trace.repeat(number % 2)
        )
    };
    (0..records).map(record).collect()
}

#[test]
fn lines_of_text_without_an_id_are_counted_apart() {
    let dataset =
        Dataset::from_bytes("app.log", log(30).into_bytes(), &OpenOptions::default()).unwrap();
    assert_eq!(dataset.layout().format, Format::Text);
    let found = summary(&dataset);
    assert_eq!(
        (found.valid, found.invalid(), found.without, found.further),
        (30, 0, 30, 10)
    );
    assert_eq!(found.rows(), 60);
    let (audit, _) = dataset
        .survey(Limits::at(Timestamp::MAX), MEMORY, &Progress::new())
        .unwrap();
    assert!(audit.flaws().invalid.is_empty());
    // of some rows as of all
    let all = (0..60).collect();
    let some = dataset
        .summary_of(&all, Limits::at(Timestamp::MAX), &Progress::new())
        .unwrap();
    assert_eq!((some.valid, some.invalid(), some.without), (30, 0, 30));
    // a line that should be an ID is one that is wrong
    let lines = Dataset::from_bytes(
        "ids",
        format!("{ID}\nnone\n{ID}\n").into_bytes(),
        &OpenOptions::default(),
    )
    .unwrap();
    assert_eq!((summary(&lines).invalid(), summary(&lines).without), (1, 0));
}

fn every() -> OpenOptions {
    OpenOptions {
        every: true,
        ..OpenOptions::default()
    }
}

const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
const COLOUR: &str = "\x1b[1;32m";

/// The UUID above where nothing makes it longer, by an expression that is tried at every byte.
fn uuids(text: &str) -> Vec<find::Found> {
    let whole = regex::Regex::new(&format!("^{UUID}([^0-9A-Za-z-]|$)")).unwrap();
    let goes_on = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let begins = |at: &usize| {
        *at == 0
            || !goes_on(text.as_bytes()[at - 1])
            || text.as_bytes()[..*at].ends_with(COLOUR.as_bytes())
    };
    (0..text.len())
        .filter(begins)
        .filter(|&at| whole.is_match(&text[at..]))
        .map(|at| find::Found {
            offset: at as u64,
            id: Ulid::from_u128(uuid::Uuid::parse_str(UUID).unwrap().as_u128()),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]
    /// The finder, and an expression for UUIDs, go over the whole text at once.
    #[test]
    fn every_id_that_the_finder_finds_is_a_row(
        words in prop::collection::vec((0..15_u8, "[a-z \n,\"_-]{0,9}"), 0..120),
        lasts in any::<bool>(),
        piece in 1..40_usize,
    ) {
        let mut text = String::from("first\n");
        for (kind, between) in &words {
            text += between;
            match kind {
                0..6 => text += ID,
                6 => text += &ID.to_lowercase(),
                7 => text += &ID[1..],
                8 => text += "\r\n\n",
                9 => text += &" far\n".repeat(9),
                10 | 11 => text += UUID,
                12 => text += &UUID.replace("-7", "-4"),
                13 => text += COLOUR,
                _ => {}
            }
        }
        text += if lasts { ID } else { " end" };
        let mut found = find::all(text.as_bytes(), find::Options::default());
        found.extend(uuids(&text));
        found.sort_by_key(|hit| hit.offset);
        let line_of = |offset: u64| text[..usize::try_from(offset).unwrap()].matches('\n').count() as u64 + 1;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text.log");
        fs::write(&path, &text).unwrap();
        let stream = Dataset::from_reader("-", Cursor::new(text.clone().into_bytes()), &every()).unwrap();
        for dataset in [Dataset::open_paths(std::slice::from_ref(&path), &every()).unwrap(), stream] {
            prop_assert_eq!(dataset.len(), found.len());
            let rows = all(&dataset);
            let mut finder = dataset.lines();
            for (row, hit) in rows.iter().zip(&found) {
                prop_assert_eq!(row.id.ok(), Some(hit.id));
                let at = row.offset + row.id_at().start as u64;
                prop_assert_eq!(at, hit.offset);
                prop_assert_eq!(finder.find(row.offset).unwrap().line, line_of(hit.offset));
            }
            let passed = scanned(&dataset);
            prop_assert_eq!(passed.len(), rows.len());
            for (row, (index, offset, text, id)) in rows.iter().zip(passed) {
                prop_assert_eq!((row.index, row.offset, &row.text, row.id.ok()), (index, offset, &text, id.ok()));
            }
            let tail = dataset.tail(piece).unwrap().rows;
            prop_assert_eq!(&tail[..], &rows[rows.len().saturating_sub(piece)..]);
            let found = summary(&dataset);
            prop_assert_eq!((found.valid, found.rows(), found.further), (rows.len() as u64, rows.len() as u64, 0));
        }
    }
}

#[test]
fn ids_far_from_each_other_are_rows() {
    let far = "no ID stands here, and nowhere in this line\n".repeat(200_000);
    let text = format!("{ID}\n{far}a {ID} b {ID}\n{far}");
    let dataset = Dataset::from_bytes("app.log", text.clone().into_bytes(), &every()).unwrap();
    assert_eq!(
        texts(&dataset),
        [ID.to_owned(), format!("a {ID}"), format!("b {ID}")]
    );
    assert_eq!(scanned(&dataset).len(), 3);
    assert_eq!(dataset.ids().unwrap().len(), 3);
    let files = [text.as_bytes(), text.as_bytes()].map(<[u8]>::to_vec);
    let folder = tempfile::tempdir().unwrap();
    let write = |(number, bytes): (usize, &Vec<u8>)| {
        let path = folder.path().join(format!("{number}.log"));
        fs::write(&path, bytes).unwrap();
        path
    };
    let paths: Vec<PathBuf> = files.iter().enumerate().map(write).collect();
    let both = Dataset::open_paths(&paths, &every()).unwrap();
    assert_eq!(
        (both.len(), all(&both).len(), scanned(&both).len()),
        (6, 6, 6)
    );
}

#[test]
fn every_id_is_asked_of_text_alone() {
    let options = OpenOptions {
        format: Some(Format::Csv),
        ..every()
    };
    let error = Dataset::from_bytes("a.csv", b"id\n".to_vec(), &options).unwrap_err();
    assert!(
        error.to_string().contains("leave the format out"),
        "{error}"
    );
}
