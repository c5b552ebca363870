//! Objects one behind another, without an array around them, are rows as a parser of JSON finds them.

use serde_json::{Value, json};

use super::*;

fn order(number: usize) -> Value {
    json!({ "n": number, "id": ID, "note": "a\" }\n{ \\", "items": [{"id": ID}, {"id": "x"}] })
}

/// Texts with the same objects, as programs write them.
fn spellings(objects: &[Value]) -> Vec<String> {
    let pretty = |object: &Value| serde_json::to_string_pretty(object).unwrap();
    let pretty: Vec<String> = objects.iter().map(pretty).collect();
    let dense: Vec<String> = objects.iter().map(Value::to_string).collect();
    vec![
        pretty.join("\n") + "\n",
        pretty.join("\r\n\r\n"),
        pretty.join(",\n") + ",\n",
        dense.concat(),
        dense
            .iter()
            .map(|object| format!("\x1e{object}\n"))
            .collect(),
    ]
}

#[test]
fn objects_one_behind_another_are_rows_by_each_way() {
    for objects in [
        (0..7).map(order).collect::<Vec<_>>(),
        (0..3_000).map(order).collect(),
    ] {
        for text in spellings(&objects) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("orders");
            fs::write(&path, &text).unwrap();
            let options = OpenOptions::default();
            let stream = Dataset::from_reader("-", Cursor::new(text.clone()), &options).unwrap();
            for dataset in [Dataset::open(&path).unwrap(), stream] {
                let told = "json, one object behind another, ID in field \"id\"";
                assert_eq!(dataset.layout().to_string(), told);
                assert_eq!(dataset.len(), objects.len());
                let rows = all(&dataset);
                for (row, object) in rows.iter().zip(&objects) {
                    assert_eq!(&serde_json::from_slice::<Value>(&row.text).unwrap(), object);
                    let at = usize::try_from(row.offset).unwrap();
                    assert!(text.as_bytes()[at..].starts_with(&row.text));
                }
                let passed = scanned(&dataset);
                assert_eq!(passed.len(), rows.len());
                for (row, (index, offset, text, id)) in rows.iter().zip(&passed) {
                    let found = (*index, *offset, text, *id);
                    assert_eq!(
                        (row.index, row.offset, &row.text, Ok(row.id.unwrap())),
                        found
                    );
                    assert_eq!(row.id.map(|id| id.to_string()).as_deref(), Ok(ID));
                }
                assert_eq!(dataset.tail(2).unwrap().rows, rows[rows.len() - 2..]);
            }
        }
    }
}

#[test]
fn a_sequence_that_is_cut_has_the_rest_as_its_last_row() {
    let text = serde_json::to_string_pretty(&order(1)).unwrap();
    let cut = format!("{text}\n{text}\n{}", &text[..text.len() - 9]);
    let dataset = open(cut.as_bytes()).unwrap();
    assert_eq!(dataset.len(), 3);
    let line = |row: &Row| dataset.lines().find(row.offset).unwrap().line;
    // behind the rows stands the error
    let rows: Vec<_> = dataset.rows().collect();
    let lines: Vec<u64> = rows.iter().flatten().map(line).collect();
    let height = text.lines().count() as u64;
    assert_eq!(lines, [0, height, 2 * height].map(|line| line + 1));
    assert!(matches!(rows.last(), Some(Err(ReadError::Unclosed { .. }))));
}

#[test]
fn one_object_is_a_row_if_it_has_an_id_in_a_field_and_no_array_of_rows() {
    let pretty = |value: Value| serde_json::to_string_pretty(&value).unwrap();
    for (text, told) in [
        (
            pretty(json!({"id": ID, "n": 1})),
            "json, one object behind another, ID in field \"id\"",
        ),
        (
            pretty(json!({"cursor": ID, "data": [{"id": ID}]})),
            "json, elements of \"data\", ID in field \"id\"",
        ),
        (pretty(json!({"id": {"0": ID, "1": ID}})), "text"),
    ] {
        assert_eq!(
            open(text.as_bytes()).unwrap().layout().to_string(),
            told,
            "{text}"
        );
    }
}
