//! The file itself: its bytes, its text, and what could stand in it.

use super::*;

#[test]
fn rows_are_read_as_memory_and_taken_apart() {
    let mut client = Client::of(IDS);
    let frame = client.frames()[0].clone();
    assert_eq!(frame["instructionPointerReference"], "0x0");
    let scopes = client.ok("scopes", json!({ "frameId": frame["id"] }));
    let variables = client.ok(
        "variables",
        json!({ "variablesReference": scopes["scopes"][0]["variablesReference"] }),
    );
    let reference = &variables["variables"][0]["memoryReference"];
    let read = client.ok(
        "readMemory",
        json!({ "memoryReference": reference, "offset": 27, "count": 4 }),
    );
    assert_eq!(
        read,
        json!({ "address": "0x1b", "data": "MDFCWA==" }),
        "01BX"
    );
    let read = client.ok(
        "readMemory",
        json!({ "memoryReference": "0xa0", "count": 4 }),
    );
    assert_eq!(
        read,
        json!({ "address": "0xa0", "data": "Vgo=" }),
        "fewer bytes say that the end is reached"
    );
    let read = client.ok(
        "readMemory",
        json!({ "memoryReference": "0xffff", "count": 4 }),
    );
    assert_eq!(read, json!({ "address": "0xffff" }));
    assert_eq!(
        client.refused(
            "readMemory",
            json!({ "memoryReference": "0x0", "count": 1_i64 << 40 })
        ),
        "1099511627776 bytes are too many for one answer, ask for at most 16777216"
    );
    assert_eq!(
        client.refused("readMemory", json!({ "memoryReference": "x", "count": 4 })),
        "\"x\" is no place in the file"
    );
    let code = client.ok(
        "disassemble",
        json!({ "memoryReference": "0x1b", "instructionOffset": -2, "instructionCount": 8 }),
    );
    let lines: Vec<String> = code["instructions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            format!(
                "{} {}",
                line["address"].as_str().unwrap(),
                line["instruction"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "0xffffffffffffffff no row",
            "0x0 2017-10-24T01:29:36.371Z  5334ada78edc1d4a6f1f",
            "0x1b 2017-10-24T01:29:36.371Z  5334ada78edc1d4a6f20",
            "0x36 invalid character at character 26: 'U' is not in the alphabet",
            "0x51 2017-10-24T01:29:36.372Z  5334ada78edc1d4a6f20",
            "0x6c 2016-07-30T23:54:10.259Z  d6764c61efb99302bd5b",
            "0x87 2016-07-30T23:54:10.259Z  d6764c61efb99302bd5b",
            "0xa2 no row",
        ]
    );
    let addresses = |client: &mut Client, from: &str, offset: i64, count: i64| -> Vec<String> {
        let asked = json!({ "memoryReference": from, "instructionOffset": offset, "instructionCount": count });
        let code = client.ok("disassemble", asked);
        let lines = code["instructions"].as_array().unwrap().iter();
        lines
            .map(|line| line["address"].as_str().unwrap().to_owned())
            .collect()
    };
    // exactly as many as were asked for, each at a place of its own, and each leads on from there
    let all = addresses(&mut client, "0x0", -5, 20_000);
    assert_eq!(all.len(), 20_000);
    let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!(distinct.len(), 20_000);
    for at in [0, 3, 5, 8, 11, 12, 400] {
        assert_eq!(
            addresses(&mut client, &all[at], 0, 4),
            all[at..at + 4],
            "{at}"
        );
    }
    let mut csv = Client::of_file("t.csv", b"id,x\n01ARZ3NDEKTSV4RRFFQ69G5FAV,1\n", json!({}));
    assert_eq!(addresses(&mut csv, "0x0", 0, 2), ["0x5", "0x22"]);
    assert_eq!(
        addresses(&mut csv, "0x4", 0, 1),
        ["0x5"],
        "a header belongs to the first row"
    );
}

#[test]
fn what_an_editor_cannot_open_is_given_as_text() {
    let mut client = Client::of(IDS);
    let sources = client.ok("loadedSources", Value::Null);
    assert_eq!(sources["sources"][0]["sourceReference"], Value::Null);
    assert_eq!(
        client.refused(
            "source",
            json!({ "sourceReference": 1, "source": { "sourceReference": 5 } })
        ),
        "there is no source 5"
    );
    let bytes = 0x0156_3e3a_b5d3_d676_4c61_efb9_9302_bd5b_u128.to_be_bytes();
    let mut client = Client::of_file(
        "ids.bin",
        &[bytes, bytes].concat(),
        json!({ "format": "binary" }),
    );
    let sources = client.ok("loadedSources", Value::Null);
    let reference = &sources["sources"][0]["sourceReference"];
    let text = client.ok("source", json!({ "sourceReference": reference }));
    assert_eq!(text["content"].as_str().unwrap().lines().count(), 2);
    assert!(
        client
            .see(0)
            .contains("id: ULID = 01ARZ3NDEKTSV4RRFFQ69G5FAV")
    );
    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let element = |number: u8| format!("{{\"n\": {number}, \"id\": \"{ID}\"}}");
    let array = format!("[{}, {}]\n", element(1), element(2));
    let mut client = Client::of_file("ids.json", array.as_bytes(), json!({}));
    let sources = client.ok("loadedSources", Value::Null);
    let reference = &sources["sources"][0]["sourceReference"];
    let text = client.ok("source", json!({ "sourceReference": reference }));
    assert_eq!(text["content"], element(1) + "\n" + &element(2) + "\n");
    client.motion("next");
    assert_eq!(client.frames()[0]["line"], 2);
    assert!(client.see(0).contains("n: number = 2"), "{}", client.see(0));
}

/// An array as `jq` writes it: an editor shows the file, and its gutter speaks of the lines of the file.
#[test]
fn elements_of_json_are_found_by_their_lines() {
    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let element = |number: u8| format!("  {{\n    \"n\": {number},\n    \"id\": \"{ID}\"\n  }}");
    let elements: Vec<String> = (1..=4).map(element).collect();
    let array = format!("[\n{}\n]\n", elements.join(",\n"));
    let mut client = Client::of_file("ids.json", array.as_bytes(), json!({}));
    let frame = client.frames()[0].clone();
    assert_eq!(frame["source"]["sourceReference"], Value::Null);
    assert_eq!(frame["line"], 2);
    client.motion("next");
    assert_eq!(client.frames()[0]["line"], 6);
    // the first line of the third, and one in the midst of the fourth
    let lines = json!([{ "line": 10 }, { "line": 16 }, { "line": 40 }]);
    let set = json!({ "source": frame["source"], "breakpoints": lines });
    let set = client.ok("setBreakpoints", set);
    let verified: Vec<_> = set["breakpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| set["verified"].clone())
        .collect();
    assert_eq!(verified, [true, true, false]);
    assert_eq!(client.motion("continue"), "breakpoint 10");
    assert_eq!(client.motion("continue"), "breakpoint 14");
    let line = client.ok("evaluate", json!({ "expression": "line" }));
    assert_eq!(line["result"], "14");
}

/// Excel writes a mark of the encoding, and a table as Unicode text in UTF-16: an editor opens both by itself.
#[test]
fn a_text_with_a_mark_of_its_encoding_is_shown_as_the_file() {
    let table = format!(
        "\u{feff}ID\tName\r\n{}\tMüller\r\n",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    );
    let utf16 = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [table.into_bytes(), utf16] {
        let mut client = Client::of_file("export.txt", &bytes, json!({}));
        let frame = client.frames()[0].clone();
        assert_eq!(frame["line"], 2);
        assert_eq!(frame["source"]["sourceReference"], Value::Null);
        assert!(
            client.see(0).contains("Name: text = Müller"),
            "{}",
            client.see(0)
        );
    }
}

/// Six rows that DuckDB wrote, with the IDs as text. An editor is shown them as a table.
#[cfg(feature = "parquet")]
#[test]
fn a_file_of_parquet_is_stepped_through() {
    let written = include_bytes!("../../../../tests/fixtures/gallery/duckdb.parquet");
    let mut client = Client::of_file("orders.parquet", written, json!({}));
    let name = client.ok("evaluate", json!({ "expression": "name" }));
    assert_eq!(name["result"], "Nut, the first");
    let source = client.frames()[0]["source"].clone();
    let reference = &source["sourceReference"];
    let text = client.ok("source", json!({ "sourceReference": reference }));
    let lines: Vec<&str> = text["content"].as_str().unwrap().lines().collect();
    assert_eq!(lines[0], "id,name,amount,created_at,note");
    assert!(lines[1].starts_with("01JGFJJZ0085N3QK2V7R4M9XCT,\"Nut, the first\",1.50,"));
    let set =
        json!({ "source": source, "breakpoints": [{ "line": 4, "condition": "amount > 0" }] });
    client.ok("setBreakpoints", set);
    assert_eq!(client.motion("continue"), "breakpoint 4");
    let id = client.ok("evaluate", json!({ "expression": "id" }));
    assert_eq!(id["result"], "01JGFJP0TE4G9H2J6K8M1N5QRS");
}

/// An editor asks for the text once: what is still being decompressed is waited for, and what is too long is told.
#[test]
fn the_text_of_a_file_is_whole_or_said_to_be_cut() {
    for rows in [200_000, 800_000] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.txt");
        std::fs::write(&path, "01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(rows)).unwrap();
        let packed = std::process::Command::new("gzip")
            .arg(&path)
            .status()
            .unwrap();
        assert!(packed.success());
        let packed = std::fs::read(folder.path().join("ids.txt.gz")).unwrap();
        let mut client = Client::of_file("ids.txt.gz", &packed, json!({}));
        let source = client.frames()[0]["source"].clone();
        let shown = client.ok("source", json!({ "source": source, "sourceReference": 1 }));
        let lines = shown["content"].as_str().unwrap().lines().count();
        let told = client.heard.iter().filter(|it| it["event"] == "output");
        let told = told.map(|it| it["body"]["output"].as_str().unwrap());
        let is_told = told
            .into_iter()
            .any(|it| it.starts_with("the text that is shown ends after "));
        // 16 MiB are shown at most
        assert_eq!(
            (lines == rows, is_told),
            (rows < 600_000, rows > 600_000),
            "{lines} of {rows}"
        );
    }
}

#[test]
fn an_id_is_tried_in_place_of_another() {
    let mut client = Client::of(IDS);
    client.ok(
        "setExceptionBreakpoints",
        json!({ "filters": ["invalid", "out_of_order"] }),
    );
    client.motion("next");
    client.motion("next");
    let set = client.ok(
        "setExpression",
        json!({ "expression": "id", "value": "015f4bff-cd73-5334-ada7-8edc1d4a6f21" }),
    );
    assert_eq!(set["value"], "01BX5ZZKBKACTAV9WEVGEMMVS1");
    assert!(
        client
            .see(0)
            .contains("text: text = 01BX5ZZKBKACTAV9WEVGEMMVS1")
    );
    client.motion("stepBack");
    assert_eq!(
        client.motion("continue"),
        "exception 5",
        "the third row is wrong no more"
    );
    client.motion("reverseContinue");
    client.ok(
        "setExpression",
        json!({ "expression": "id", "value": "01BX5ZZKBMACTAV9WEVGEMMVS0" }),
    );
    assert_eq!(
        client.motion("continue"),
        "exception 2",
        "now the second is earlier than the first"
    );
    while !client.motion("continue").contains("End of file") {}
    let at_end = client.refused(
        "setExpression",
        json!({ "expression": "id", "value": "01BX5ZZKBMACTAV9WEVGEMMVS0" }),
    );
    assert_eq!(
        at_end,
        "no row stands here, at the end of the file, so that nothing can be set"
    );
    client.motion("stepBack");
    assert_eq!(
        client.refused(
            "setExpression",
            json!({ "expression": "line", "value": "x" })
        ),
        "\"line\" cannot be set, only \"id\" and \"time\""
    );
    let refused = client.refused(
        "setExpression",
        json!({ "expression": "id", "value": "nonsense" }),
    );
    assert!(
        refused.starts_with("\"nonsense\" is neither a ULID"),
        "{refused}"
    );
    let file = std::fs::read_to_string(client.folder.path().join("ids.txt")).unwrap();
    assert_eq!(file, IDS);
}

#[test]
fn names_complete_themselves() {
    let mut client = Client::of(IDS);
    let mut labels = |text: &str, column: i64| {
        let found = client.ok("completions", json!({ "text": text, "column": column }));
        let targets = found["targets"].as_array().unwrap().iter();
        targets
            .map(|target| target["label"].as_str().unwrap().to_owned())
            .collect::<Vec<String>>()
    };
    assert_eq!(labels("ti", 3), ["time", "time("]);
    assert_eq!(labels("valid an", 9), ["and"]);
    assert_eq!(
        labels("xx spellings.u nonsense", 15),
        ["ulid", "uuid", "urn"]
    );
    assert!(labels("", 1).contains(&"valid".to_owned()));
}

#[test]
fn lists_have_numbered_rows_alone_and_come_by_the_page() {
    let mut client = Client::of(&"01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(12_000));
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let dataset = scopes["scopes"][3]["variablesReference"].clone();
    let ask = |client: &mut Client, arguments: Value| -> Vec<Value> {
        let body = client.ok("variables", arguments);
        body["variables"].as_array().unwrap().clone()
    };
    let all = ask(&mut client, json!({ "variablesReference": dataset }));
    let named = ask(
        &mut client,
        json!({ "variablesReference": dataset, "filter": "named" }),
    );
    assert_eq!(all, named);
    let rows = all.iter().find(|entry| entry["name"] == "rows").unwrap();
    assert_eq!(rows["indexedVariables"], 12_000);
    let reference = &rows["variablesReference"];
    let page = json!({ "variablesReference": reference, "filter": "indexed", "start": 11_998, "count": 100 });
    let names: Vec<Value> = ask(&mut client, page)
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["[11999]", "[12000]"]);
    for (arguments, expected) in [
        (
            json!({ "variablesReference": reference, "filter": "named" }),
            0,
        ),
        (
            json!({ "variablesReference": dataset, "filter": "indexed" }),
            0,
        ),
        // and a sign that there are more
        (json!({ "variablesReference": reference }), 1_001),
        (
            json!({ "variablesReference": reference, "count": 1_000_000 }),
            10_001,
        ),
    ] {
        assert_eq!(
            ask(&mut client, arguments.clone()).len(),
            expected,
            "{arguments}"
        );
    }
}

#[test]
fn the_id_of_a_row_is_changed_in_the_tree() {
    let mut client = Client::of(IDS);
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let scope = |number: usize| scopes["scopes"][number]["variablesReference"].clone();
    let set = |scope: Value, name: &str| json!({ "variablesReference": scope, "name": name, "value": "015f4bff-cd73-5334-ada7-8edc1d4a6f21" });
    assert_eq!(
        client.ok("setVariable", set(scope(0), "id"))["value"],
        "01BX5ZZKBKACTAV9WEVGEMMVS1"
    );
    let id = client.ok("evaluate", json!({ "expression": "id" }));
    assert_eq!(id["result"], "01BX5ZZKBKACTAV9WEVGEMMVS1");
    for (scope, name) in [(scope(0), "random"), (scope(1), "line")] {
        let refused = client.refused("setVariable", set(scope, name));
        let words = format!("{name:?} cannot be set, only \"id\" and \"time\"");
        assert_eq!(refused, words);
    }
    let no_time = client.refused("setVariable", set(scope(0), "time"));
    assert_eq!(
        no_time,
        "\"015f4bff-cd73-5334-ada7-8edc1d4a6f21\" is no time"
    );
}

#[test]
fn a_time_that_is_put_in_place_keeps_the_randomness() {
    let mut client = Client::of_file(
        "ids.txt",
        IDS.as_bytes(),
        json!({ "timeZone": "Europe/Berlin" }),
    );
    let put = |name: &str, value: &str| json!({ "expression": name, "value": value });
    // the 26 characters of 2016-07-30T23:54:10.259Z begin with 01ARZ3NDEK
    let set = client.ok("setExpression", put("id", "2016-07-30T23:54:10.259Z"));
    assert_eq!(set["value"], "01ARZ3NDEKACTAV9WEVGEMMVRZ");
    let set = client.ok("setExpression", put("time", "2016-07-31T01:54:10.259"));
    assert_eq!(set["value"], "2016-07-31T01:54:10.259+02:00");
    let id = client.ok("evaluate", json!({ "expression": "id" }));
    assert_eq!(id["result"], "01ARZ3NDEKACTAV9WEVGEMMVRZ");
    client.motion("next");
    client.motion("next");
    let refused = client.refused("setExpression", put("time", "2016-07-31"));
    assert!(refused.starts_with("this row has no ID"), "{refused}");
}

#[test]
fn an_id_that_is_put_in_place_has_its_duplicates() {
    // of the rows 1 to 6 the sixth has the ID of the fifth
    let mut client = Client::of(IDS);
    let duplicates = |client: &mut Client| -> Vec<i64> {
        while !client.motion("reverseContinue").starts_with("entry") {}
        let set = json!({ "breakpoints": [{ "name": "duplicate" }] });
        client.ok("setFunctionBreakpoints", set);
        let mut found = Vec::new();
        while client.motion("continue").starts_with("function breakpoint") {
            found.push(client.line());
            let value = client.ok(
                "evaluate",
                json!({ "expression": "duplicate", "context": "watch" }),
            );
            assert_eq!(value["result"], "true");
        }
        client.motion("stepBack");
        found
    };
    let put = |client: &mut Client, line: usize, id: &str| {
        let offer = client.ok("gotoTargets", json!({ "source": {}, "line": line }));
        let target = offer["targets"][0]["id"].clone();
        client.ok("goto", json!({ "threadId": 1, "targetId": target }));
        client.ok("setExpression", json!({ "expression": "id", "value": id }));
    };
    assert_eq!(duplicates(&mut client), [6]);
    // the broken row gets the ID of the first
    put(&mut client, 3, "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    assert_eq!(duplicates(&mut client), [3, 6]);
    // the fifth gets another, so that the sixth is the only one with its own
    put(&mut client, 5, "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    assert_eq!(duplicates(&mut client), [3, 5]);
    // and the first another: the third is then the first of its like
    put(&mut client, 1, "01BX5ZZKBKACTAV9WEVGEMMVS5");
    assert_eq!(duplicates(&mut client), [5]);
    let count = |client: &mut Client, what: &str| {
        let body = client.ok("evaluate", json!({ "expression": what }));
        body["result"].as_str().unwrap().to_owned()
    };
    // the rows are 01BX…S5, …S0, …RZ, one a millisecond later, …RZ and 01ARZ…
    assert_eq!(count(&mut client, "count(duplicate)"), "1");
    assert_eq!(count(&mut client, "count(valid)"), "6");
    assert_eq!(count(&mut client, "count(out_of_order)"), "4");
    assert_eq!(count(&mut client, "min(id)"), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert_eq!(count(&mut client, "count() by valid"), "true: 6");
}

#[test]
fn an_id_that_has_no_room_in_the_file_is_in_no_figure() {
    let csv = "id,n\n01ARZ3NDEKTSV4RRFFQ69G5FAV,1\n,2\n01ARZ3NDEKTSV4RRFFQ69G5FAW,3\n";
    let mut client = Client::of_file("t.csv", csv.as_bytes(), json!({}));
    client.motion("next");
    let put = json!({ "expression": "id", "value": "01ARZ3NDEKTSV4RRFFQ69G5FAX" });
    client.ok("setExpression", put);
    assert_eq!(
        client.ok("evaluate", json!({ "expression": "valid" }))["result"],
        "true"
    );
    for figure in ["count(valid)", "count() by valid"] {
        let refused = client.refused("evaluate", json!({ "expression": figure }));
        assert!(
            refused.ends_with("restart to look at the file as it is"),
            "{refused}"
        );
    }
}

#[test]
fn a_file_whose_end_is_never_seen_is_not_followed() {
    let mut client = Client::new();
    let words = "the file cannot be followed: its lines end by returns; launch it with \"follow\": false, or let a \"command\" bring its rows";
    let path = client.file("mac.csv", b"id,n\r01ARZ3NDEKTSV4RRFFQ69G5FAV,1\r");
    client.ok("initialize", json!({}));
    let launch = json!({ "program": path, "follow": true });
    assert_eq!(client.refused("launch", launch), words);
}
