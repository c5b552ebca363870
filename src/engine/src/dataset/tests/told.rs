//! Sentences about a source that does not tell itself, and options that say what it does not tell.

use super::{dialects::*, *};
use crate::{Timestamp, stats::Limits};

#[test]
fn a_place_without_ids_is_told_with_where_they_are() {
    let rows = format!("{{\"id\":\"none\",\"@message\":\"done {A}\"}}\n").repeat(30);
    let options = OpenOptions {
        field: Some("id".to_owned()),
        ..OpenOptions::default()
    };
    let dataset = Dataset::from_bytes("x.jsonl", rows.into_bytes(), &options).unwrap();
    let hint = dataset.layout().hint.clone().unwrap();
    assert_eq!(
        hint,
        "0 of the first 30 rows have an ID in the field \"id\"; 30 have one elsewhere: try --format text"
    );
    let csv = format!("id,note\n7,see {A}\n8,see {B}\n");
    let found = Dataset::from_bytes("x.csv", csv.clone().into_bytes(), &OpenOptions::default());
    let layout = found.unwrap().layout().to_string();
    assert_eq!(layout, "csv, ID within column 2 \"note\" of 2");
    let options = OpenOptions {
        column: Some("id".to_owned()),
        ..OpenOptions::default()
    };
    let dataset = Dataset::from_bytes("x.csv", csv.into_bytes(), &options).unwrap();
    let hint = dataset.layout().hint.clone().unwrap();
    assert!(
        hint.contains("the column \"id\"; 2 have one elsewhere"),
        "{hint}"
    );
}

#[test]
fn what_others_open_is_named_with_what_opens_it() {
    let zip = b"PK\x03\x04\x14\0\x06\0rest of a workbook";
    let mut tar = vec![b'a'; 257];
    tar.extend(b"ustar\x0000rest");
    for (content, part) in [
        (&b"\xFD7zXZ\0\0\x04rest"[..], "xz -dc"),
        (b"BZh91AY&SYrest\0", "bzip2 -dc"),
        (zip, "save the sheet as CSV"),
        (b"SQLite format 3\0\x10\0", "sqlite3 -csv"),
        (&tar, "tar -xOf"),
    ] {
        let error = open(content).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn ids_that_are_names_in_an_object_are_rows_of_their_own() {
    let members = format!("{{\"{A}\":{{\"of\":\"x\"}},\"{B}\":{{\"of\":\"y\"}}}}");
    let pretty = format!("{{\n  \"{A}\" : 1,\n  \"{B}\" : [2]\n}}\n");
    let inner = format!("{{\"users\":{members}}}");
    let prefixed = format!("{{\"user_{A}\":1,\"user_{B}\":2}}");
    let one_a_line = format!("{{\"{A}\":1}}\n{{\"{B}\":2}}\n");
    let open = |text: &str, options: &OpenOptions| {
        Dataset::from_bytes("x.json", text.as_bytes().to_vec(), options).unwrap()
    };
    let hint = |dataset: &Dataset| dataset.layout().hint.clone().unwrap_or_default();
    for text in [&members, &pretty, &inner, &prefixed, &one_a_line] {
        let dataset = open(text, &OpenOptions::default());
        let ids: Vec<_> = all(&dataset)
            .iter()
            .map(|row| row.id.unwrap().to_string())
            .collect();
        assert_eq!(ids, [A, B], "{text}");
        assert!(hint(&dataset).contains("to_entries"), "{text}");
        assert_eq!(dataset.layout().to_string(), "text, every ID", "{text}");
    }
    // of an array below each name the one below the first is not all there is
    let lists = format!(
        "{{\"{A}\":{{\"of\":[{{\"id\":\"{B}\"}}]}},\"{B}\":{{\"of\":[{{\"id\":\"{A}\"}}]}}}}"
    );
    assert_eq!(all(&open(&lists, &OpenOptions::default())).len(), 4);
    // longer than what is looked at, in one line
    let many: Vec<_> = (0..50_000)
        .map(|n| format!("\"{A}\":{{\"n\":{n}}}"))
        .collect();
    let many = open(&format!("{{{}}}", many.join(",")), &OpenOptions::default());
    assert_eq!(many.len(), 50_000);
    let lenient = OpenOptions {
        reading: crate::Reading::Lenient,
        ..OpenOptions::default()
    };
    let told = hint(&open(&members, &lenient));
    assert!(told.contains("read strictly"), "{told}");
    let as_text = OpenOptions {
        format: Some(Format::Text),
        ..OpenOptions::default()
    };
    assert_eq!(
        all(&open(&members, &as_text)).len(),
        1,
        "by hand it is what it was told"
    );
    // a name among many IDs that are values
    let lists = format!("{{\"{A}\":[\"{A}\",\"{B}\",\"{B}\"]}}");
    assert!(!open(&lists, &OpenOptions::default()).layout().every);
}

#[test]
fn a_delimiter_that_stands_nowhere_is_told() {
    let hint = |text: String, delimiter| {
        let options = OpenOptions {
            delimiter: Some(delimiter),
            ..OpenOptions::default()
        };
        let dataset = Dataset::from_bytes("x.csv", text.into_bytes(), &options).unwrap();
        dataset.layout().hint.clone().unwrap_or_default()
    };
    let table = |delimiter| format!("id{delimiter}n\n{A}{delimiter}1\n{B}{delimiter}2\n");
    let told = hint(table(','), b';');
    assert!(told.contains("the delimiter ';' stands in none"), "{told}");
    assert_eq!(hint(table(';'), b';'), "");
    let far = "x\n".repeat(3) + &table(';');
    assert_eq!(hint(far, b';'), "");
}

#[test]
fn a_lenient_reading_that_does_not_hold_is_told() {
    let options = OpenOptions {
        format: Some(Format::Text),
        reading: crate::Reading::Lenient,
        ..OpenOptions::default()
    };
    let dataset = Dataset::from_bytes("x", format!("see {A}\n").into(), &options).unwrap();
    let hint = dataset.layout().hint.clone().unwrap();
    assert!(hint.contains("read strictly"), "{hint}");
}

#[test]
fn what_the_file_does_not_tell_is_said_by_options() {
    let cells = |content: &str, options: &OpenOptions| -> Vec<Vec<String>> {
        let dataset = Dataset::from_bytes("x", content.as_bytes().to_vec(), options).unwrap();
        let mut found = vec![dataset.columns().to_vec()];
        found.extend(all(&dataset).iter().map(Row::cells));
        found
    };
    let defaults = OpenOptions::default;
    let tilde = format!("title\n# one\n# two\n{ID}~x\n{ID}~y\n");
    let options = OpenOptions {
        skip: 1,
        comment: Some("#".to_owned()),
        delimiter: Some(b'~'),
        ..defaults()
    };
    assert_eq!(
        cells(&tilde, &options),
        [["column1", "column2"], [ID, "x"], [ID, "y"]]
    );
    let named = OpenOptions {
        header: Some(true),
        ..options
    };
    assert_eq!(cells(&tilde, &named), [[ID, "x"], [ID, "y"]]);
    let lone = format!("{ID}\n{ID}\n");
    let header = OpenOptions {
        header: Some(true),
        ..defaults()
    };
    assert_eq!(cells(&lone, &header), [[ID], [ID]]);
    let words = format!("id,n\nkey,o\n{ID},1\n");
    let none = OpenOptions {
        header: Some(false),
        ..defaults()
    };
    assert_eq!(
        cells(&words, &none)[1..],
        [["id", "n"], ["key", "o"], [ID, "1"]]
    );
    // lines that are passed over are lines of the file nevertheless
    let skip = OpenOptions {
        skip: 2,
        ..defaults()
    };
    let content = format!("a\nb\n{ID}\n");
    let dataset = Dataset::from_bytes("x", content.into_bytes(), &skip).unwrap();
    let row = dataset.row(0).unwrap().unwrap();
    assert_eq!(
        (
            dataset.len(),
            dataset.lines().find(row.offset).unwrap().line
        ),
        (1, 3)
    );
    let options = OpenOptions {
        delimiter: Some(b';'),
        ..defaults()
    };
    let object = format!("{{\"id\":\"{ID}\"}}\n");
    let error = Dataset::from_bytes("x", object.into_bytes(), &options).unwrap_err();
    assert!(
        error.to_string().contains("no table with a delimiter"),
        "{error}"
    );
}

#[test]
fn a_source_without_any_id_says_so() {
    let hint = |content: &str| {
        let bytes = content.as_bytes().to_vec();
        let dataset = Dataset::from_bytes("x", bytes, &OpenOptions::default()).unwrap();
        dataset.layout().hint.clone().unwrap_or_default()
    };
    assert_eq!(hint("one word\ntwo words\n"), "no row has an ID");
    let table = " id | n \n----+---\n 01563e3a-b5d3-d676-4c61-efb99302bd5b | 1\n(1 row)\n";
    assert_eq!(
        hint(table),
        "no row has an ID; 1 has a UUID, which is looked for in columns only: write the table as CSV"
    );
}

#[test]
fn blank_lines_alone_are_no_broken_ids() {
    for text in ["\n", "\n\r\n\n", " \n\t\n"] {
        let dataset = Dataset::from_bytes("x", text.into(), &OpenOptions::default()).unwrap();
        let (summary, _) = dataset
            .audit(Limits::at(Timestamp::now()), &Progress::new())
            .unwrap()
            .into_parts();
        let lines = text.lines().count() as u64;
        assert_eq!((summary.invalid(), summary.without), (0, lines), "{text:?}");
    }
}

/// Sentences about rows without an ID: the place that was looked at, or where the JSON goes wrong, as `jq` tells it.
#[test]
fn a_row_without_an_id_says_why() {
    let reasons = |name: &str, content: String| -> Vec<Option<String>> {
        let bytes = content.into_bytes();
        let dataset = Dataset::from_bytes(name, bytes, &OpenOptions::default()).unwrap();
        dataset.rows().flatten().map(|row| row.reason()).collect()
    };
    let some = |sentence: &str| Some(sentence.to_owned());
    let row = format!("{{\"id\":\"{A}\"}}\n");
    let objects = format!("{row}{{\"id\":null}}\n{{\"id\":\"{A}\",\n{{\"id\" \"{A}\"}}\n");
    assert_eq!(
        reasons("x", objects),
        [
            None,
            some("no ULID: there is none in the field \"id\""),
            some("no ULID: the row is no JSON, it ends before it is closed"),
            some("no ULID: the row is no JSON, it goes wrong at byte 7"),
        ]
    );
    // one that is longer than what a row keeps
    let long = format!(
        "{row}{{\"id\":null,\"text\":\"{}\"}}\n",
        "x".repeat(2 << 20)
    );
    let without = some("no ULID: there is none in the field \"id\"");
    assert_eq!(reasons("x", long), [None, without]);
    let table = format!("id,n\n{A},1\n,2\nNULL,3\nx,4\n");
    let none = some("no ULID: there is none in the column \"id\"");
    let short = some("wrong length at character 2: 1 character, a ULID has 26");
    assert_eq!(reasons("x.csv", table), [None, none.clone(), none, short]);
    assert_eq!(reasons("x", format!("order {A}\nstopped\n")), [None, None]);
}
