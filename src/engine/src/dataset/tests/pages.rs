//! Elements of an array within an object are rows, as a parser of JSON finds them.

use serde_json::{Value, json};

use super::*;

fn item(number: usize) -> Value {
    json!({ "n": number, "id": ID, "note": "a\" }], {[ \\", "in": [{"id": "x"}] })
}

fn items(count: usize) -> Vec<Value> {
    (0..count).map(item).collect()
}

/// Answers of programs: what they look like, the layout, and the rows.
fn answers() -> Vec<(String, &'static str, Vec<Value>)> {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let api = json!({ "next": 2, "data": items(7), "request_id": ID });
    let kubectl = json!({ "apiVersion": "v1", "items": items(3), "kind": "List", "metadata": {"items": "[{"} });
    let hit =
        |number: usize| json!({ "_index": "a", "_source": {"trace": {"id": ID}, "n": number} });
    let hits: Vec<Value> = (0..4).map(hit).collect();
    let elastic = json!({ "took": 3, "hits": { "total": {"value": 4}, "max_score": null, "hits": hits.clone() } });
    let dynamo = |number: usize| json!({ "pk": {"S": format!("ORDER#{ID}")}, "n": {"N": number.to_string()} });
    let rows: Vec<Value> = (0..5).map(dynamo).collect();
    let scan = json!({ "Items": rows.clone(), "Count": 5, "ScannedCount": 5 });
    let page = |items: &[Value]| json!({ "data": items, "page": 1 }).to_string();
    let pages = [page(&items(3)), page(&[]), page(&items(2)), page(&[])].join("\n") + "\n";
    let ids = json!({ "ids": [ID, ID], "of": "x" });
    vec![
        (
            api.to_string(),
            "json, elements of \"data\", ID in field \"id\"",
            items(7),
        ),
        (
            pretty(&api) + "\n",
            "json, elements of \"data\", ID in field \"id\"",
            items(7),
        ),
        (
            pretty(&kubectl),
            "json, elements of \"items\", ID in field \"id\"",
            items(3),
        ),
        (
            elastic.to_string(),
            "json, elements of \"hits.hits\", ID in field \"_source.trace.id\"",
            hits,
        ),
        (
            pretty(&scan),
            "json, elements of \"Items\", ID in field \"pk.S\", prefixed",
            rows,
        ),
        (
            pages,
            "json, elements of \"data\", ID in field \"id\"",
            [items(3), items(2)].concat(),
        ),
        (
            ids.to_string(),
            "json, elements of \"ids\"",
            vec![json!(ID), json!(ID)],
        ),
    ]
}

#[test]
fn elements_within_objects_are_rows_by_each_way() {
    for (text, layout, expected) in answers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer.json");
        fs::write(&path, &text).unwrap();
        let options = OpenOptions::default();
        let stream = Dataset::from_reader("-", Cursor::new(packed(&text)), &options).unwrap();
        for dataset in [Dataset::open(&path).unwrap(), stream] {
            assert_eq!(dataset.layout().to_string(), layout, "{text}");
            assert_eq!(dataset.len(), expected.len(), "{text}");
            let rows = all(&dataset);
            for (row, value) in rows.iter().zip(&expected) {
                assert_eq!(serde_json::from_slice::<Value>(&row.text).unwrap(), *value);
                assert!(row.id.is_ok(), "{text}");
                let at = usize::try_from(row.offset).unwrap();
                assert!(text.as_bytes()[at..].starts_with(&row.text));
                let line = dataset.lines().find(row.offset).unwrap().line;
                assert_eq!(line, text[..at].matches('\n').count() as u64 + 1);
            }
            let passed = scanned(&dataset);
            for (row, (index, offset, text, id)) in rows.iter().zip(&passed) {
                assert_eq!(
                    (row.index, row.offset, &row.text, row.id.ok()),
                    (*index, *offset, text, id.ok())
                );
            }
            assert_eq!(passed.len(), rows.len());
            assert_eq!(dataset.tail(2).unwrap().rows, rows[rows.len() - 2..]);
            assert_eq!(dataset.rows_at(&[1]).unwrap()[0], rows[1]);
        }
    }
}

fn packed(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 1).unwrap()
}

#[test]
fn pages_of_any_size_and_number_are_one_source() {
    let large = json!({ "data": items(30_000), "next": null });
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let pretty = serde_json::to_string_pretty(&large).unwrap();
    let paths = [
        write("1.json", &large.to_string()),
        write("3.json", &pretty),
        write("4.csv", &format!("id,n\n{ID},7\n")),
    ];
    let dataset = Dataset::open_paths(&paths, &OpenOptions::default()).unwrap();
    assert_eq!(dataset.len(), 60_001);
    assert!(dataset.ids().unwrap().iter().all(Option::is_some));
    assert_eq!(
        dataset.row(59_999).unwrap().unwrap().cell("n").as_deref(),
        Some("29999")
    );
    assert_eq!(
        dataset.row(60_000).unwrap().unwrap().cell("n").as_deref(),
        Some("7")
    );
}

/// Events of which each is a row, although they have arrays within.
#[test]
fn lines_that_have_ids_of_their_own_stay_rows() {
    let event = json!({ "id": ID, "items": [{"id": ID}, {"id": ID}, {"id": ID}] }).to_string();
    let text = format!("{event}\n{event}\n{event}\n");
    let dataset =
        Dataset::from_bytes("events", text.into_bytes(), &OpenOptions::default()).unwrap();
    assert_eq!(dataset.layout().to_string(), "jsonl, ID in field \"id\"");
    assert_eq!(dataset.len(), 3);
    let options = OpenOptions {
        format: Some(Format::Json),
        ..OpenOptions::default()
    };
    let forced =
        Dataset::from_bytes("events", format!("{event}\n").into_bytes(), &options).unwrap();
    assert_eq!(forced.len(), 3);
}
