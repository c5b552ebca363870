//! Several files as one source: the rows are those of each file opened by itself, under the names of its columns.

use std::borrow::Cow;

use super::*;

/// A file as a program may have written it: the end of its name, and its bytes.
#[derive(Debug, Clone)]
struct Written {
    ending: &'static str,
    bytes: Vec<u8>,
    has_names: bool,
}

fn id(number: u64) -> String {
    let ms = 1_700_000_000_000 + number * 1000;
    codec::print(Ulid::from_parts(ms, u128::from(number) * 0x1234_5678_9ABC_DEF1).unwrap())
        .to_string()
}

fn table(rows: Range<u64>, delimiter: char, has_header: bool, is_turned: bool) -> String {
    let mut text = String::new();
    let record = |a: &str, b: &str, c: &str| match is_turned {
        true => format!("{c}{delimiter}{a}\n"),
        false => format!("{a}{delimiter}{b}{delimiter}{c}\n"),
    };
    if has_header {
        text += &record("id", "name", "n");
    }
    for row in rows {
        let name = format!("\"a {delimiter}\n{row}\"");
        text += &record(&id(row), &name, &row.to_string());
    }
    text
}

fn objects(rows: Range<u64>) -> impl Iterator<Item = String> {
    rows.map(|row| format!(r#"{{"n":{row},"o":{{"x":"[,"}},"id":"{}"}}"#, id(row)))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn written() -> impl Strategy<Value = Written> {
    (0..9_u8, 1..60_u64, any::<bool>(), any::<bool>()).prop_map(|(kind, rows, ends, packs)| {
        let rows = 0..rows;
        let (ending, text) = match kind {
            0 => ("csv", table(rows, ',', true, false)),
            1 => ("csv", table(rows, ';', true, true)),
            2 => ("tsv", table(rows, '\t', true, false)),
            3 => ("txt", table(rows, ',', false, false)),
            4 => ("jsonl", objects(rows).map(|row| row + "\n").collect()),
            5 => (
                "json",
                format!("[{}]\n", objects(rows).collect::<Vec<_>>().join(",\n")),
            ),
            6 => ("txt", rows.map(|row| id(row) + "\n").collect()),
            7 => (
                "log",
                rows.map(|row| format!("made {} now\nsecond\n", id(row)))
                    .collect(),
            ),
            _ => ("txt", String::new()),
        };
        let mut bytes = match kind {
            8 => (0..40_u128)
                .flat_map(|row| (((1_700_000_000_000 + row) << 80) | row).to_be_bytes())
                .collect(),
            _ => text.into_bytes(),
        };
        if !ends && kind < 8 {
            bytes.pop();
        }
        let ending = match (packs, ending) {
            (true, "csv") => "csv.gz",
            (true, _) => "gz",
            (false, ending) => ending,
        };
        Written {
            ending,
            bytes: if packs { packed(&bytes) } else { bytes },
            has_names: kind != 3,
        }
    })
}

/// The answers of a row: its ID, its text, and its cells by name.
type Told = (Option<Ulid>, String, Vec<Option<String>>);

const NAMES: [&str; 6] = ["id", "name", "n", "o", "column1", "column3"];

fn told(row: &RowRef<'_>) -> Told {
    let cell = |name: &&str| {
        row.cell(name)
            .filter(|cell| !cell.is_empty())
            .map(Cow::into_owned)
    };
    let text = String::from_utf8_lossy(row.text).into_owned();
    (row.id.ok(), text, NAMES.iter().map(cell).collect())
}

/// The cells of a row as its list gives them, by the names of all columns.
fn by_list(dataset: &Dataset, row: &RowRef<'_>) -> Vec<Option<String>> {
    let cells = row.cells();
    let cell = |name: &&str| {
        let place = dataset.columns().iter().position(|column| column == name)?;
        cells
            .get(place)
            .filter(|cell| !cell.is_empty())
            .map(|cell| cell.clone().into_owned())
    };
    NAMES.iter().map(cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn rows_of_several_files_are_those_of_each(files in prop::collection::vec(written(), 1..6), piece in 1..50_usize) {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = files.iter().enumerate().map(|(number, file)| {
            let path = folder.path().join(format!("{number}.{}", file.ending));
            fs::write(&path, &file.bytes).unwrap();
            path
        }).collect();
        // pieces of a table take over the names of the header before them: these are asked for under both
        let has_pieces = !files.iter().all(|file| file.has_names);
        let mut expected: Vec<Told> = Vec::new();
        for path in &paths {
            let alone = Dataset::open(path).unwrap();
            expected.extend(all(&alone).iter().map(|row| told(&row.borrow())));
        }
        let dataset = Dataset::open_paths(&paths, &OpenOptions::default()).unwrap();
        let same = |found: &Told, expected: &Told| {
            found.0 == expected.0 && found.1 == expected.1 && (has_pieces || found.2 == expected.2)
        };
        prop_assert_eq!(dataset.len(), expected.len());
        let rows = all(&dataset);
        for (row, expected) in rows.iter().zip(&expected) {
            let found = told(&row.borrow());
            prop_assert!(same(&found, expected), "{found:?}\n{expected:?}");
            prop_assert_eq!(by_list(&dataset, &row.borrow()), found.2);
            prop_assert_eq!(dataset.row_at_offset(row.offset).unwrap(), Some(row.index));
        }
        let passed = scanned(&dataset);
        prop_assert_eq!(passed.len(), rows.len());
        for (row, (index, offset, text, id)) in rows.iter().zip(passed) {
            prop_assert_eq!((row.index, row.offset, &row.text, row.id.ok()), (index, offset, &text, id.ok()));
        }
        for first in (0..rows.len()).step_by(piece) {
            let window = dataset.window(first, piece).unwrap();
            prop_assert_eq!(&window[..], &rows[first..rows.len().min(first + piece)]);
            let ids: Vec<_> = window.iter().map(|row| row.id.ok()).collect();
            prop_assert_eq!(dataset.known_ids(first, piece).unwrap(), ids);
            let known = scanned_known(&dataset, first..first + piece);
            let around = rows.get(first.wrapping_sub(1)).into_iter().chain(&window).chain(rows.get(first + piece));
            prop_assert_eq!(known, around.map(|row| row.text.clone()).collect::<Vec<_>>());
        }
        let tail = dataset.tail(piece).unwrap().rows;
        prop_assert_eq!(&tail[..], &rows[rows.len().saturating_sub(piece)..]);
        let turned: Vec<usize> = (0..rows.len()).rev().collect();
        let found = dataset.rows_at(&turned).unwrap();
        prop_assert_eq!(found.iter().rev().collect::<Vec<_>>(), rows.iter().collect::<Vec<_>>());
        let snapshot = dataset.snapshot();
        prop_assert_eq!(all(&snapshot), rows);
    }
}

fn open_all(
    files: &[(&str, &[u8])],
    options: &OpenOptions,
) -> Result<(Dataset, tempfile::TempDir), String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |(name, bytes): &(&str, &[u8])| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let paths: Vec<PathBuf> = files.iter().map(write).collect();
    let opened = Dataset::open_paths(&paths, options);
    let prefix = format!("{}/", folder.path().display());
    opened
        .map(|dataset| (dataset, folder))
        .map_err(|error| error.to_string().replace(&prefix, ""))
}

/// The table that DuckDB's `union_by_name` makes of the same two.
#[test]
fn columns_are_joined_by_name() {
    let one = format!("id,name,n\n{ID},x,1\n");
    let two = format!("\u{FEFF}n,id,city\n3,{ID},Rome\n");
    let files: [(&str, &[u8]); 2] = [("1.csv", one.as_bytes()), ("2.csv", two.as_bytes())];
    let (dataset, _folder) = open_all(&files, &OpenOptions::default()).unwrap();
    assert_eq!(dataset.columns(), ["id", "name", "n", "city"]);
    let cells: Vec<Vec<String>> = all(&dataset).iter().map(Row::cells).collect();
    assert_eq!(cells, [[ID, "x", "1", ""], [ID, "", "3", "Rome"]]);
    assert_eq!(dataset.layout().id_column, Some(0));
    let lines: Vec<(String, u64)> = all(&dataset)
        .iter()
        .scan(dataset.lines(), |finder, row| finder.find(row.offset).ok())
        .map(|line| {
            (
                line.path
                    .file_name()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned(),
                line.line,
            )
        })
        .collect();
    assert_eq!(lines, [("1.csv".to_owned(), 2), ("2.csv".to_owned(), 2)]);
}

#[test]
fn pieces_of_a_table_that_was_cut_have_the_names_of_its_header() {
    let one = format!("id,a,b\n{ID},1,2\n");
    let two = format!("{ID},3,4\n{ID},5,6\n");
    let files: [(&str, &[u8]); 3] = [
        ("none", b""),
        ("xaa", one.as_bytes()),
        ("xab", two.as_bytes()),
    ];
    let (dataset, _folder) = open_all(&files, &OpenOptions::default()).unwrap();
    assert_eq!(dataset.columns(), ["id", "a", "b"]);
    let sums: Vec<Option<String>> = all(&dataset).iter().map(|row| row.cell("a")).collect();
    assert_eq!(sums, ["1", "3", "5"].map(|cell| Some(cell.to_owned())));
}

#[test]
fn a_column_of_ids_in_one_file_and_of_other_text_in_another_is_no_id_column() {
    let one = format!("order,id\no1,{ID}\n");
    let two = format!("order,user,id\n{ID},u,none\n{ID},u,none\n");
    let files: [(&str, &[u8]); 2] = [("1.csv", one.as_bytes()), ("2.csv", two.as_bytes())];
    let (dataset, _folder) = open_all(&files, &OpenOptions::default()).unwrap();
    assert_eq!(dataset.layout().id_column, None);
    assert!(all(&dataset).iter().all(|row| row.id.is_ok()));
    let cells: Vec<Option<String>> = all(&dataset).iter().map(|row| row.cell("id")).collect();
    assert_eq!(
        cells,
        [ID, "none", "none"].map(|cell| Some(cell.to_owned()))
    );
}

#[test]
fn an_option_that_cannot_apply_to_a_file_names_it() {
    let one = format!("id,name\n{ID},x\n");
    let two = format!("id,city\n{ID},Rome\n");
    let files: [(&str, &[u8]); 2] = [("1.csv", one.as_bytes()), ("2.csv", two.as_bytes())];
    let options = OpenOptions {
        column: Some("name".to_owned()),
        ..OpenOptions::default()
    };
    let error = open_all(&files, &options).unwrap_err();
    assert_eq!(
        error,
        "2.csv: has no column \"name\"; it has \"id\", \"city\""
    );
}

/// The files behind a damaged one are there, and the error is told at the end.
#[test]
fn damage_of_one_file_loses_no_other() {
    let lines: String = (0..20_000).map(|row| id(row) + "\n").collect();
    let whole = packed(lines.as_bytes());
    let cut = &whole[..whole.len() / 2];
    let last = format!("id,name\n{ID},x\n");
    let files: [(&str, &[u8]); 3] = [("1.gz", cut), ("2.gz", &whole), ("3.csv", last.as_bytes())];
    let (dataset, _folder) = open_all(&files, &OpenOptions::default()).unwrap();
    let ids = dataset.ids().unwrap();
    assert!(ids.len() > 20_001 && ids.len() < 40_000, "{}", ids.len());
    assert_eq!(ids.last().copied().flatten(), ID.parse().ok());
    let error = dataset.extent().error.unwrap().to_string();
    assert!(error.contains("1.gz"), "{error}");
}
