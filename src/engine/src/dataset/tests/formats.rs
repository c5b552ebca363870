//! Formats told by what a source holds, and what options overrule.

use super::*;
use crate::spelling::Spelling;

const OTHER: &str = "01BX5ZZKBKACTAV9WEVGEMMVRZ";
const UUID: &str = "01563e3a-b5d3-d676-4c61-efb99302bd5b";

fn from(content: &str, options: &OpenOptions) -> Dataset {
    Dataset::from_bytes("bytes", content.as_bytes().to_vec(), options).unwrap()
}

/// The layout in words, and the text in the place of the ID in each row.
fn check(content: &str, layout: &str, ids: &[&str]) {
    let dataset = from(content, &OpenOptions::default());
    assert_eq!(dataset.layout().to_string(), layout, "{content}");
    let found: Vec<String> = all(&dataset)
        .iter()
        .map(|row| row.id_text().into_owned())
        .collect();
    assert_eq!(found, ids, "{content}");
    for (row, (.., id)) in all(&dataset).iter().zip(scanned(&dataset)) {
        assert_eq!(row.id.map_err(|fault| fault.kind), id, "{content}");
    }
    let ids: Vec<_> = all(&dataset).iter().map(|row| row.id.ok()).collect();
    for first in 0..=ids.len() + 1 {
        let known = dataset.known_ids(first, 2).unwrap();
        let expected: Vec<_> = ids.iter().skip(first).take(2).copied().collect();
        assert_eq!(known, expected, "{content}");
    }
}

#[test]
fn formats_are_told_by_what_they_hold() {
    check(&format!("{ID}\n{OTHER}\n"), "lines", &[ID, OTHER]);
    check(
        &format!("{UUID}\n{UUID}\n"),
        "lines, spelled as UUIDs",
        &[UUID, UUID],
    );
    check(
        &format!("ord_{ID}\n"),
        "lines, prefixed",
        &[&format!("ord_{ID}")],
    );
    check(
        &format!("name,id,n\nann,{ID},1\n\"b, c\",\"{OTHER}\",2\n"),
        "csv, ID in column 2 \"id\" of 3",
        &[ID, OTHER],
    );
    check(
        &format!("1;{ID}\n2;{OTHER}"),
        "csv, ID in column 2 of 2",
        &[ID, OTHER],
    );
    check(
        &format!("id\tn\n{ID}\t1\nbroken\t2\n{ID}\t3\n"),
        "tsv, ID in column 1 \"id\" of 2",
        &[ID, "broken", ID],
    );
    check(
        &format!("{{\"n\":1,\"id\":\"{ID}\"}}\n{{\"n\":2}}\n"),
        "jsonl, ID in field \"id\"",
        &[ID, ""],
    );
    check(
        &format!("{{\"user\":{{\"key\":\"{ID}\"}}}}\n"),
        "jsonl, ID in field \"user.key\"",
        &[ID],
    );
    check(
        &format!("at 12:00 {ID} came\nnothing here\nuser_{OTHER}: gone\n"),
        "text",
        &[ID, "", OTHER],
    );
    check("neither\nnor\n", "lines", &["neither", "nor"]);
}

#[test]
fn binary_records_are_told_by_their_times() {
    let id = codec::parse(ID, crate::Reading::Strict).unwrap();
    let bytes = [id.to_bytes(), id.to_bytes()].concat();
    let dataset = Dataset::from_bytes("b", bytes.clone(), &OpenOptions::default()).unwrap();
    assert_eq!(dataset.layout().format, Format::Binary);
    assert_eq!(dataset.ids().unwrap(), [Some(id), Some(id)]);
    assert_eq!(
        dataset.row(1).unwrap().unwrap().id_text(),
        "01563e3ab5d3d6764c61efb99302bd5b"
    );
    let odd = [bytes, vec![7; 3]].concat();
    let dataset = Dataset::from_bytes("b", odd, &OpenOptions::default()).unwrap();
    assert_eq!(dataset.ids().unwrap(), [Some(id), Some(id), None]);
    assert_eq!(scanned(&dataset).len(), 3);
}

#[test]
fn options_overrule_what_is_detected() {
    let csv = format!("a,b\n{ID},{OTHER}\n");
    let by = |column: &str| OpenOptions {
        column: Some(column.to_owned()),
        ..OpenOptions::default()
    };
    let id_in = |column: &str| {
        let dataset = from(&csv, &by(column));
        dataset.row(0).unwrap().unwrap().id_text().into_owned()
    };
    assert_eq!(
        (id_in("b"), id_in("2"), id_in("a")),
        (OTHER.into(), OTHER.into(), ID.into())
    );
    let error = Dataset::from_bytes("x.csv", csv.clone().into_bytes(), &by("c")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "x.csv: has no column \"c\"; it has \"a\", \"b\""
    );
    assert_eq!(
        texts(&from(&csv, &lines())),
        ["a,b", &format!("{ID},{OTHER}")]
    );
    let json = format!("{{\"a\":\"{ID}\",\"b\":\"{OTHER}\"}}");
    let options = OpenOptions {
        field: Some("b".into()),
        ..OpenOptions::default()
    };
    assert_eq!(
        from(&json, &options).row(0).unwrap().unwrap().id_text(),
        OTHER
    );
}

#[test]
fn a_table_is_told_by_its_rows_not_by_its_lines() {
    let row = |number: usize| format!("\"no. {number},\nhere\",01ARZ3NDEK{number:016}\n");
    for count in [2, 5_000] {
        let text: String = (0..count).map(row).collect();
        let dataset = from(&format!("note,id\n{text}"), &OpenOptions::default());
        assert_eq!(
            dataset.layout().to_string(),
            "csv, ID in column 2 \"id\" of 2"
        );
        assert_eq!(dataset.len(), count);
    }
    // A stray quote in a log makes no table of it.
    let log = format!("a \"b, {ID}\n").repeat(3) + &format!("\"never, closed {ID}\n").repeat(3);
    let dataset = from(&log, &OpenOptions::default());
    assert_eq!((dataset.layout().format, dataset.len()), (Format::Text, 6));
}

#[test]
fn columns_are_named_and_quoted_fields_may_hold_lines() {
    let dataset = from(
        &format!("id,note\n{ID},\"two\nlines, \"\"quoted\"\"\"\n{OTHER},\n"),
        &OpenOptions::default(),
    );
    assert_eq!(dataset.columns(), ["id", "note"]);
    assert_eq!(dataset.len(), 2);
    let row = dataset.row(0).unwrap().unwrap();
    assert_eq!(row.cells(), [ID, "two\nlines, \"quoted\""]);
    assert_eq!(row.cell("note").as_deref(), Some("two\nlines, \"quoted\""));
    assert_eq!(row.cell("missing"), None);
    assert_eq!(dataset.tail(2).unwrap().rows, all(&dataset));
    let json = format!("{{\"id\":\"{ID}\",\"n\":1.5,\"in\":{{\"x\":[1]}},\"z\":null}}");
    let dataset = from(&json, &OpenOptions::default());
    let row = dataset.row(0).unwrap().unwrap();
    assert_eq!(row.cells(), [ID, "1.5", "{\"x\":[1]}", ""]);
    assert_eq!(row.cell("in.x").as_deref(), Some("[1]"));
}

#[test]
fn each_column_has_a_name_of_its_own() {
    let text = format!("id,a,,a_2,a,a\n{ID},1,2,3,4,5\n");
    let dataset = from(&text, &OpenOptions::default());
    let names = ["id", "a", "column3", "a_2", "a_3", "a_4"];
    assert_eq!(dataset.columns(), names);
    let row = dataset.row(0).unwrap().unwrap();
    let cells = names.map(|name| row.cell(name).unwrap());
    assert_eq!(cells, [ID, "1", "2", "3", "4", "5"]);
}

#[test]
fn a_header_alone_is_no_row() {
    let options = OpenOptions {
        column: Some("id".into()),
        ..OpenOptions::default()
    };
    let dataset = from("id,name\n", &options);
    assert!(dataset.is_empty());
    assert_eq!(dataset.tail(3).unwrap().rows, []);
    assert_eq!(dataset.row(0).unwrap(), None);
}

#[test]
fn uuid_and_prefix_faults_say_where() {
    let options = |spelling| OpenOptions {
        spelling: Some(spelling),
        ..lines()
    };
    let fault = |text: &str, spelling| {
        let dataset = from(text, &options(spelling));
        dataset.row(0).unwrap().unwrap().id.unwrap_err().to_string()
    };
    assert_eq!(
        fault("01563e3a-b5d3-d676-4c61-efb99302bdXb", Spelling::Uuid),
        "no UUID at character 35: a UUID has 32 hexadecimal digits, in groups of 8-4-4-4-12"
    );
    assert!(
        fault(&format!("ord_8{}", &ID[1..]), Spelling::Prefixed)
            .starts_with("overflow at character 5")
    );
}

/// Objects of which some have no ID, and some hold what looks like the end of one.
fn objects(count: u64) -> Vec<String> {
    let object = |number: u64| {
        let id = match number % 10 {
            3 => "none".to_owned(),
            _ => codec::print(Ulid::from_u128(u128::from(number) << 64)).to_string(),
        };
        format!(
            r#"{{"n": {number}, "user": {{"id": "{id}"}}, "note": "a\" }}, {{", "in": [[], [1]]}}"#
        )
    };
    (0..count).map(object).collect()
}

#[test]
fn the_elements_of_an_array_are_rows() {
    let objects = objects(30_000);
    let expected = from(&objects.join("\n"), &OpenOptions::default());
    assert_eq!(expected.layout().format, Format::JsonLines);
    let pretty = format!(" [\n  {}\n]\r\n", objects.join(",\n  "));
    let parts = [&objects[..20_000], &objects[20_000..]].map(|part| part.join(","));
    for text in [
        format!("[{}]", objects.join(",")),
        pretty,
        // two files, one behind the other
        format!("[{}]\n[{}]", parts[0], parts[1]),
    ] {
        let bytes = text.clone().into_bytes();
        let stream = Dataset::from_reader("-", Cursor::new(bytes), &OpenOptions::default());
        for dataset in [from(&text, &OpenOptions::default()), stream.unwrap()] {
            let words = "json, ID in field \"user.id\"";
            assert_eq!(dataset.layout().to_string(), words);
            assert_eq!(dataset.columns(), expected.columns());
            assert_eq!(dataset.len(), 30_000);
            let of_rows = |dataset: &Dataset| -> Vec<_> {
                let of_row = |row: Row| (row.id.map_err(|fault| fault.kind), row.cells());
                all(dataset).into_iter().map(of_row).collect()
            };
            assert_eq!(of_rows(&dataset), of_rows(&expected));
            assert_eq!(scanned(&dataset).len(), 30_000);
            assert_eq!(dataset.ids().unwrap(), expected.ids().unwrap());
            let ends = dataset.tail(2).unwrap().rows;
            assert_eq!(ends, dataset.window(29_998, 9).unwrap());
            let text = ends[1].text().trim().to_owned();
            assert_eq!(text, objects[29_999]);
        }
    }
}

#[test]
fn an_array_of_ids_is_one_and_lines_of_arrays_are_text() {
    let dataset = from(
        &format!("[\"{ID}\",\n\"{OTHER}\", 7]"),
        &OpenOptions::default(),
    );
    assert_eq!(dataset.layout().to_string(), "json");
    assert_eq!(
        texts(&dataset),
        [format!("\"{ID}\""), format!("\n\"{OTHER}\""), " 7".into()]
    );
    let ids = dataset.ids().unwrap();
    assert!(ids[0].is_some() && ids[1].is_some() && ids[2].is_none());

    let dataset = from(
        &format!("[\"{ID}\",1]\n[\"{OTHER}\",2]\n"),
        &OpenOptions::default(),
    );
    assert_eq!((dataset.layout().format, dataset.len()), (Format::Text, 2));
    let dataset = from(
        &format!("[{{}}] {ID}\n[x] {OTHER}\n"),
        &OpenOptions::default(),
    );
    assert_eq!((dataset.layout().format, dataset.len()), (Format::Text, 2));
}
