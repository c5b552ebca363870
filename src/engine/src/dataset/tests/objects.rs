//! Objects of JSON as other programs write them: where their IDs are, and which of them are rows.

use super::{dialects::*, *};

#[test]
fn objects_have_their_id_at_any_depth() {
    let jsonl = |path: &str| format!("jsonl, ID in field {path:?}");
    check(
        "x",
        &format!("{{\"Item\":{{\"id\":{{\"S\":\"{A}\"}},\"n\":{{\"N\":\"1\"}}}}}}\n"),
        &jsonl("Item.id.S"),
        &[true],
    );
    check(
        "x",
        &format!("{{\"_index\":\"logs\",\"_source\":{{\"trace\":{{\"id\":\"{A}\"}}}}}}\n"),
        &jsonl("_source.trace.id"),
        &[true],
    );
    check(
        "x",
        &format!("{{\"a\":{{\"b\":{{\"c\":{{\"d\":{{\"e\":\"{A}\"}}}}}}}}}}\n"),
        &jsonl("a.b.c.d.e"),
        &[true],
    );
    // where no field is one, the text of a field has it
    let docker = format!("{{\"log\":\"{{\\\"id\\\":\\\"{A}\\\"}}\\n\",\"stream\":\"stdout\"}}\n");
    let within = |field: &str| format!("jsonl, ID within field {field:?}");
    check("x", &docker.repeat(2), &within("log"), &[true, true]);
    let message = format!("{{\"message\":\"order {A} stored\",\"log\":{{\"offset\":1}}}}\n");
    let bare = "{\"message\":\"started\",\"log\":{\"offset\":0}}\n";
    check(
        "x",
        &(bare.to_owned() + &message),
        &within("message"),
        &[false, true],
    );
    // where the texts of several have them, no field has all
    let other = format!("{{\"message\":\"stored\",\"url\":\"/orders/{A}/x\"}}\n");
    check("x", &(message.clone() + &other), "text", &[true, true]);
    check(
        "x",
        &format!(
            "{{\"events\":[{},{}]}}",
            message.trim_end(),
            bare.trim_end()
        ),
        "json, elements of \"events\", ID within field \"message\"",
        &[true, false],
    );
    check(
        "x",
        &format!("{{\"ids\":[\"{A}\",\"{B}\"]}}\n"),
        "json, elements of \"ids\"",
        &[true, true],
    );
    check(
        "x",
        &format!("{{\"data\":[{{\"id\":\"{A}\"}}]}}\n"),
        "json, elements of \"data\", ID in field \"id\"",
        &[true],
    );
}

#[test]
fn wide_objects_are_told_in_one_pass_over_each() {
    let members: Vec<String> = (0..20_000)
        .map(|number| format!("\"c{number}\":\"v\""))
        .collect();
    let row = format!("{{{},\"id\":\"{A}\"}}\n", members.join(","));
    let dataset = Dataset::from_bytes("x", row.repeat(3).into_bytes(), &OpenOptions::default());
    let dataset = dataset.unwrap();
    assert_eq!(dataset.columns().len(), 20_001);
    assert_eq!(dataset.ids().unwrap().iter().flatten().count(), 3);
}

#[test]
fn an_array_without_elements_has_no_rows() {
    for text in ["[]", "[]\n", " [ \n ] \n"] {
        let by_name = Dataset::from_bytes("x.json", text.into(), &OpenOptions::default()).unwrap();
        let reader = Cursor::new(text.as_bytes().to_vec());
        let pipe = Dataset::from_reader("-", reader, &OpenOptions::default()).unwrap();
        for dataset in [by_name, pipe] {
            assert_eq!(
                (dataset.layout().format, dataset.len()),
                (Format::Json, 0),
                "{text:?}"
            );
            assert!(all(&dataset).is_empty());
            assert!(scanned(&dataset).is_empty());
        }
    }
}

#[test]
fn one_line_of_ids_and_an_object_by_columns_lose_none_of_them() {
    let further = |content: &str| {
        let dataset =
            Dataset::from_bytes("x", content.as_bytes().to_vec(), &OpenOptions::default()).unwrap();
        assert_eq!(dataset.layout().to_string(), "text", "{content}");
        let limits = crate::stats::Limits::at(crate::Timestamp::MAX);
        let audit = dataset.audit(limits, &Progress::new()).unwrap();
        (audit.summary().valid, audit.summary().further)
    };
    assert_eq!(further(&format!("{A},{B},{A}\n")), (1, 2));
    assert_eq!(further(&format!("\"{A}\",\"{B}\"\n")), (1, 1));
    let columns = format!("{{\"id\":{{\"0\":\"{A}\",\"1\":\"{B}\"}},\"n\":{{\"0\":1,\"1\":2}}}}\n");
    assert_eq!(further(&columns), (1, 1));
}

#[test]
fn objects_whose_first_is_longer_than_any_sample_have_their_fields() {
    let long = "x".repeat(33 << 20);
    let content = format!(
        "{{\"id\":\"{A}\",\"n\":1,\"text\":\"{long}\"}}\n{{\"id\":\"{B}\",\"n\":2,\"text\":\"y\"}}\n"
    );
    let options = OpenOptions::default();
    let there = Dataset::from_bytes("x", content.clone().into_bytes(), &options);
    let comes = Dataset::from_reader("x", Cursor::new(content.into_bytes()), &options);
    for dataset in [there.unwrap(), comes.unwrap()] {
        assert_eq!(dataset.layout().to_string(), "jsonl, ID in field \"id\"");
        assert_eq!(dataset.columns(), ["id", "n", "text"]);
        let last = dataset.row(1).unwrap().unwrap();
        assert_eq!(
            (last.id_text().as_ref(), last.cells()[2].as_str()),
            (B, "y")
        );
    }
}

#[test]
fn a_page_without_rows_has_none() {
    for page in [
        "{\"data\":[]}",
        "{\"Items\": [ ],\n \"Count\": 0}\n",
        "{\"took\":3,\"hits\":{\"total\":0,\"hits\":[]}}",
    ] {
        let bytes = page.as_bytes().to_vec();
        let dataset = Dataset::from_bytes("x", bytes, &OpenOptions::default()).unwrap();
        assert_eq!(
            (dataset.len(), dataset.layout().format),
            (0, Format::Json),
            "{page}"
        );
    }
    // an object with an ID, or a place for one, is a row
    for row in [
        "{\"id\":\"none\",\"tags\":[]}",
        &format!("{{\"key\":\"{A}\",\"tags\":[]}}"),
    ] {
        let dataset = Dataset::from_bytes("x", row.into(), &OpenOptions::default()).unwrap();
        assert_eq!(dataset.len(), 1, "{row}");
    }
}

#[test]
fn an_id_behind_an_escape_is_found_in_a_text_of_json() {
    let line = |text: &str| format!("{{\"log\":{}}}\n", serde_json::to_string(text).unwrap());
    let text = line(&format!("order\n{A} stored")) + &line(&format!("{B}\n")) + &line("none");
    check(
        "x",
        &text,
        "jsonl, ID within field \"log\"",
        &[true, true, false],
    );
}

/// As people and JavaScript write them. A comma in the midst of which nothing stands is still a broken element.
#[test]
fn a_comma_behind_the_last_element_of_an_array_makes_no_row() {
    let row = format!("{{\"id\":\"{A}\"}}");
    let of_json = "json, ID in field \"id\"";
    check(
        "x",
        &format!("[\n{row},\n{row},\n]\n"),
        of_json,
        &[true, true],
    );
    check("x", &format!("[{row},]"), of_json, &[true]);
    check(
        "x",
        &format!("[{row},,{row}]"),
        of_json,
        &[true, false, true],
    );
}

#[test]
fn lines_are_objects_where_nine_in_ten_are() {
    let row = format!("{{\"id\":\"{A}\",\"n\":1}}\n");
    let rows = row.repeat(9);
    let of_jsonl = "jsonl, ID in field \"id\"";
    let ids = |first: &[bool], rows: usize| [first, &[true].repeat(rows)].concat();
    // as `tail -c` cuts
    check(
        "x",
        &format!("\"n\":1}}\n{row}"),
        of_jsonl,
        &ids(&[false], 1),
    );
    check("x", &format!("ready\n{rows}"), of_jsonl, &ids(&[false], 9));
    // too few to tell
    let few = row.repeat(8);
    check("x", &format!("ready\n{few}"), "text", &ids(&[false], 8));
}
