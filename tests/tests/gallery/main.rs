//! Exports as other programs write them: rows of one table, written by each of them. What each file is taken for, and which rows
//! and IDs it has, or the sentence that is said of it. `…` stands for what does not matter in a command.

use std::process::Command;

use ulid_engine::{
    Timestamp, codec,
    dataset::{Dataset, OpenError, OpenOptions},
    progress::Progress,
    stats::Limits,
};
use ulid_tests::{binary, root};

mod around;
mod refused;
mod whole;

use {
    around::AROUND,
    refused::{NOTHING, REFUSED},
    whole::WHOLE,
};

/// The IDs of the table, in the order in which every program wrote them.
const IDS: [&str; 6] = [
    "01JGFJJZ0085N3QK2V7R4M9XCT",
    "01JGFJK2HR7Y0C8S5D1W6E3ZBN",
    "01JGFJP0TE4G9H2J6K8M1N5QRS",
    "01JGFN50M0VWXYZ0123456789A",
    "01JGHZ3B7CDEFGHJKMNPQRSTVW",
    "01JGJ6QZK1SPARE7TARGETZ9X2",
];

fn open(name: &str) -> Result<Dataset, OpenError> {
    let path = root().join("tests/fixtures/gallery").join(name);
    Dataset::open_paths(&[path], &OpenOptions::default())
}

/// The IDs of a dataset, in its order.
fn ids(dataset: &Dataset) -> Vec<String> {
    let ids = dataset.ids().expect("the rows are read");
    let texts = ids.iter().flatten().map(|&id| codec::print(id).to_string());
    texts.collect()
}

#[test]
fn exports_are_read_as_they_were_written() {
    for (name, made_by, layout) in WHOLE {
        let dataset = open(name).expect(name);
        assert_eq!(dataset.layout().to_string(), *layout, "{name} by {made_by}");
        assert_eq!(ids(&dataset), IDS, "{name} by {made_by}");
        assert_eq!(dataset.len(), IDS.len(), "{name} by {made_by}");
        assert_eq!(dataset.layout().hint, None, "{name} by {made_by}");
    }
}

#[test]
fn the_names_of_an_export_are_read_in_any_encoding() {
    for name in [
        "excel-de.csv",
        "excel-de-latin1.csv",
        "pandas-de.csv",
        "excel-unicode.txt",
        "mariadb-batch.txt",
        "duckdb.json",
        "pandas-records.json",
    ] {
        let dataset = open(name).expect(name);
        let row = dataset.row(2).expect(name).expect(name);
        let cells = row.cells().join(" ");
        assert!(cells.contains("Öl für Türen"), "{name}: {cells}");
    }
}

#[test]
fn exports_with_more_around_their_rows_lose_no_id() {
    for &(name, made_by, layout, rows, valid, further) in AROUND {
        let dataset = open(name).expect(name);
        assert_eq!(dataset.layout().to_string(), layout, "{name} by {made_by}");
        let found = ids(&dataset);
        let audit = dataset
            .audit(Limits::at(Timestamp::MAX), &Progress::new())
            .expect("the rows are read");
        let further_ids = audit.summary().further;
        assert_eq!(
            (dataset.len(), found.len(), further_ids),
            (rows, valid, further),
            "{name} by {made_by}"
        );
        let mut at = found.iter();
        let is_there = |id: &&&str| at.any(|found| found == *id);
        let in_order = IDS.iter().take_while(is_there).count() as u64;
        assert_eq!(in_order + further, 6, "{name} by {made_by}");
    }
}

#[test]
fn exports_in_which_nothing_is_found_say_so() {
    for (name, made_by, sentence) in NOTHING {
        let dataset = open(name).expect(name);
        assert_eq!(ids(&dataset), [""; 0], "{name} by {made_by}");
        let hint = dataset.layout().hint.as_deref();
        assert_eq!(hint, Some(*sentence), "{name} by {made_by}");
    }
}

#[test]
fn files_that_are_not_read_are_named() {
    for (name, made_by, sentence) in REFUSED {
        let said = open(name).expect_err(name).to_string();
        assert!(said.contains(sentence), "{name} by {made_by}: {said}");
    }
}

#[test]
fn every_id_of_an_export_is_printed_by_the_browser() {
    let folder = root().join("tests/fixtures/gallery");
    for (name, made_by, ..) in AROUND.iter().filter(|(.., further)| *further > 0) {
        let printed = Command::new(binary("ulid-tui"))
            .args(["--every", "--print", "lines"])
            .arg(folder.join(name))
            .output()
            .expect("the browser runs");
        let text = String::from_utf8_lossy(&printed.stdout).into_owned();
        assert_eq!(text.lines().collect::<Vec<_>>(), IDS, "{name} by {made_by}");
    }
}

/// The code within a cell of Markdown.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_guide_says_what_exports_are_read_as() {
    let guide = std::fs::read_to_string(root().join("docs/formats.md")).expect("the guide");
    let section = guide.split("## Exports of other programs").nth(1);
    let section = section.and_then(|rest| rest.split("\n## ").next());
    let section = section.expect("the guide has a section on exports");
    let around = AROUND
        .iter()
        .map(|&(_, made_by, layout, ..)| (made_by, layout));
    let read: Vec<(&str, &str)> = WHOLE
        .iter()
        .map(|&(_, made_by, layout)| (made_by, layout))
        .chain(around)
        .collect();
    let mut told = 0;
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let (&[format], is_within) = (
            code(cells[1]).first_chunk().expect("a format"),
            cells[2].contains("within"),
        );
        for export in code(cells[0]) {
            let mut layouts = read.iter().filter(|(made_by, _)| *made_by == export);
            assert!(
                layouts.any(|(_, layout)| layout.split(',').next() == Some(format)
                    && layout.contains("within") == is_within),
                "{export} is no {format}"
            );
            told += 1;
        }
    }
    assert!(told > 50, "{told}");
}

#[test]
fn each_file_of_the_gallery_is_told_of() {
    let files = std::fs::read_dir(root().join("tests/fixtures/gallery")).expect("the gallery");
    let mut files: Vec<String> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    files.sort_unstable();
    let whole = [WHOLE, NOTHING, REFUSED].concat();
    let mut told: Vec<&str> = whole.iter().map(|(name, ..)| *name).collect();
    told.extend(AROUND.iter().map(|(name, ..)| *name));
    told.sort_unstable();
    assert_eq!(files, told);
}
