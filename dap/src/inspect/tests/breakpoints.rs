//! Breakpoints of every kind, and where a run stops by them.

use super::*;

/// Sets breakpoints by a request of this kind and says where `continue` stops from the start on.
fn stops(client: &mut Client, command: &str, arguments: Value) -> Vec<String> {
    let set = client.ok(command, arguments);
    for breakpoint in set["breakpoints"].as_array().unwrap() {
        assert_eq!(breakpoint["verified"], true, "{breakpoint}");
    }
    let mut places = Vec::new();
    loop {
        let place = client.motion("continue");
        if place.starts_with("step (End of file)") {
            return places;
        }
        places.push(place);
    }
}

fn line_breakpoints(client: &Client, breakpoints: Value) -> Value {
    let path = client.folder.path().join("ids.txt");
    json!({ "source": { "path": path }, "breakpoints": breakpoints })
}

#[test]
fn filters_stop_at_each_kind_of_flaw() {
    // hours apart, out of order, twice, broken, too large, and from the future
    let ids = "\
01ARZ3NDEKTSV4RRFFQ69G5FAV
01BX5ZZKBKACTAV9WEVGEMMVRZ
01ARZ3NDEKTSV4RRFFQ69G5FAV
01ARZ3NDEKTSV4RRFFQ69G5FAV
01ARZ3NDEKTSV4RRFFQ69G5FAU
8ZZZZZZZZZZZZZZZZZZZZZZZZZ
7ZZZZZZZZZZZZZZZZZZZZZZZZZ
";
    for (filter, expected, id, description) in [
        (
            "gap",
            ["exception 2", "exception 7"].as_slice(),
            "gap",
            "450d1h35m26s112ms after line 1",
        ),
        (
            "out_of_order",
            &["exception 3"],
            "out_of_order",
            "450d1h35m26s112ms before line 2",
        ),
        (
            "duplicate",
            // wherever the other one stands
            &["exception 3", "exception 4"],
            "duplicate",
            "an earlier row has the same ID",
        ),
        (
            "invalid",
            &["exception 5", "exception 6"],
            "invalid",
            "invalid character at character 26: 'U' is not in the alphabet",
        ),
        (
            "overflow",
            &["exception 6"],
            "overflow",
            "overflow at character 1: the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        ),
        ("future", &["exception 7"], "future", "is later than now"),
    ] {
        let mut client = Client::of(ids);
        let found = stops(
            &mut client,
            "setExceptionBreakpoints",
            json!({ "filters": [filter] }),
        );
        assert_eq!(found, expected, "{filter}");
        let mut back = vec![client.motion("reverseContinue")];
        for _ in 1..expected.len() {
            back.insert(0, client.motion("reverseContinue"));
        }
        assert_eq!(back, expected, "{filter} on the way back");
        let info = client.ok("exceptionInfo", json!({ "threadId": 1 }));
        assert_eq!(info["exceptionId"], id);
        assert!(
            info["description"].as_str().unwrap().contains(description),
            "{info}"
        );
    }
    let mut client = Client::of(ids);
    assert_eq!(
        client.refused("exceptionInfo", json!({ "threadId": 1 })),
        "nothing is wrong with this row"
    );
    let set = client.ok("setExceptionBreakpoints", json!({ "filters": ["fire"] }));
    assert_eq!(
        set["breakpoints"][0]["message"],
        "there is no filter \"fire\""
    );
}

#[test]
fn functions_are_times_and_ids() {
    let names = |name: &str| json!({ "breakpoints": [{ "name": name }] });
    for (name, expected) in [
        ("2017-01-01", ["function breakpoint 1"].as_slice()),
        ("01BX5ZZKBM", &["function breakpoint 4"]),
        (
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            &["function breakpoint 5", "function breakpoint 6"],
        ),
        (
            "every 1ms",
            &["function breakpoint 4", "function breakpoint 5"],
        ),
        ("every 1d", &["function breakpoint 5"]),
    ] {
        let mut client = Client::of(IDS);
        // the first row stands already
        let expected: Vec<&str> = expected
            .iter()
            .copied()
            .filter(|place| !place.ends_with(" 1"))
            .collect();
        assert_eq!(
            stops(&mut client, "setFunctionBreakpoints", names(name)),
            expected,
            "{name}"
        );
    }
    let mut client = Client::of(IDS);
    let set = client.ok("setFunctionBreakpoints", names("main"));
    assert_eq!(set["breakpoints"][0]["verified"], false);
}

/// Three hosts in turn, of which `b` goes back once, on line 6: the mix goes back at every third row.
const HOSTS: &[u8] = b"id,host,took
01JGFJJZ000000000000000001,a,1
01JGFJN0800000000000000002,b,2
01JGFJGV000000000000000003,c,3
01JGFJJZ000000000000000004,a,5
01JGFJJZ000000000000000005,b,1
01JGFJGV000000000000000006,c,9
";

#[test]
fn rows_of_one_writer_stop_a_run_and_are_explained() {
    for (condition, expected) in [
        ("out_of_order by host", ["function breakpoint 6"].as_slice()),
        (
            "took > prev.took by host",
            &["function breakpoint 5", "function breakpoint 7"],
        ),
        (
            "out_of_order",
            &["function breakpoint 4", "function breakpoint 7"],
        ),
    ] {
        let mut client = Client::of_file("hosts.csv", HOSTS, json!({}));
        let names = json!({ "breakpoints": [{ "name": condition }] });
        assert_eq!(
            stops(&mut client, "setFunctionBreakpoints", names),
            expected,
            "{condition}"
        );
    }
    let mut client = Client::of_file("hosts.csv", HOSTS, json!({}));
    let names = json!({ "breakpoints": [{ "name": "out_of_order by host" }] });
    client.ok("setFunctionBreakpoints", names);
    // steps stop where runs do
    let steps: Vec<String> = (0..4).map(|_| client.motion("next")).collect();
    assert_eq!(steps[3], "function breakpoint 6");
    let ask = |client: &mut Client, text: &str| {
        let arguments = json!({ "expression": text, "context": "repl" });
        client.ok("evaluate", arguments)["result"].clone()
    };
    assert_eq!(ask(&mut client, "since_previous by host"), "-1m6s816ms");
    assert_eq!(ask(&mut client, "prev.took by host"), "2");
    assert_eq!(
        ask(&mut client, "explain time == 2025 and took > 5"),
        "2025-01-01T00:00:00.000Z <= time <= 2025-12-31T23:59:59.999Z; each row among them is tested: `took` as a number > 5; read of a row: the column `took`"
    );
    let line = json!({
        "source": { "path": client.folder.path().join("hosts.csv") },
        "breakpoints": [{ "line": 3, "logMessage": "{prev.took by host}" }],
    });
    let set = client.ok("setBreakpoints", line);
    let message = set["breakpoints"][0]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains("looks at all rows"), "{message}");
}

#[test]
fn fields_are_watched_for_changes() {
    let csv = b"id,kind_of\n01BX5ZZKBKACTAV9WEVGEMMVRZ,a\n01BX5ZZKBKACTAV9WEVGEMMVS0,a\n01BX5ZZKBMACTAV9WEVGEMMVS0,b\n01HX5ZZKBMACTAV9WEVGEMMVS0,b\n";
    let mut client = Client::of_file("events.csv", csv, json!({}));
    let info = client.ok("dataBreakpointInfo", json!({ "name": "kind_of" }));
    assert_eq!(
        (&info["dataId"], &info["description"]),
        (&json!("kind_of"), &json!("changes of kind_of"))
    );
    let none = client.ok("dataBreakpointInfo", json!({ "name": "colour" }));
    assert_eq!(
        (&none["dataId"], &none["description"]),
        (&Value::Null, &json!("\"colour\" cannot be watched"))
    );
    let data = json!({ "breakpoints": [{ "dataId": "kind_of" }] });
    assert_eq!(
        stops(&mut client, "setDataBreakpoints", data),
        ["data breakpoint 4"]
    );
    client.motion("reverseContinue");
    client.motion("reverseContinue");
    let data = json!({ "breakpoints": [{ "dataId": "since_previous" }] });
    assert_eq!(
        stops(&mut client, "setDataBreakpoints", data),
        ["data breakpoint 5"]
    );
}

#[test]
fn hits_are_counted() {
    let mut client = Client::of(&"01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(7));
    let every = json!({ "breakpoints": [{ "name": "01ARZ", "hitCondition": "% 2" }] });
    assert_eq!(
        stops(&mut client, "setFunctionBreakpoints", every),
        [
            "function breakpoint 3",
            "function breakpoint 5",
            "function breakpoint 7"
        ]
    );
    let wrong = json!({ "breakpoints": [{ "name": "01ARZ", "hitCondition": "often" }] });
    let set = client.ok("setFunctionBreakpoints", wrong);
    assert_eq!(set["breakpoints"][0]["verified"], false);
}

#[test]
fn log_points_write_and_do_not_stop() {
    let mut client = Client::of(IDS);
    let points = json!([{ "line": 2, "logMessage": "at {time}: {hex(id)} {{it}} {text =~ \"S{1}\"}" }, { "line": 4, "logMessage": "{spellings.hex}" }]);
    let set = line_breakpoints(&client, points);
    assert_eq!(
        stops(&mut client, "setBreakpoints", set),
        Vec::<String>::new()
    );
    let written: Vec<(&Value, &Value)> = client
        .heard
        .iter()
        .filter(|message| message["event"] == "output")
        .map(|message| (&message["body"]["line"], &message["body"]["output"]))
        .collect();
    assert_eq!(
        written,
        [
            (
                &json!(2),
                &json!("at 2017-10-24T01:29:36.371Z: 015f4bffcd735334ada78edc1d4a6f20 {it} true\n")
            ),
            (&json!(4), &json!("015f4bffcd745334ada78edc1d4a6f20\n")),
        ]
    );
}

#[test]
fn a_log_message_is_read_when_it_is_set() {
    let mut client = Client::of(IDS);
    for (message, words) in [
        ("{tiem}", "did you mean \"time\"?"),
        ("{time", "is not closed; write {{ for a brace of its own"),
        ("{count(valid)}", "{count(valid)} looks at all rows"),
        ("{1 +}", "column 4"),
    ] {
        let set = line_breakpoints(&client, json!([{ "line": 2, "logMessage": message }]));
        let set = client.ok("setBreakpoints", set);
        assert_eq!(set["breakpoints"][0]["verified"], false, "{message}");
        let told = set["breakpoints"][0]["message"].as_str().unwrap();
        assert!(told.contains(words), "{message}: {told}");
    }
}

#[test]
fn a_log_message_knows_the_duplicates() {
    let mut client = Client::of(IDS);
    let points = json!([{ "line": 5, "logMessage": "{duplicate}" }, { "line": 6, "logMessage": "{duplicate}" }]);
    let set = line_breakpoints(&client, points);
    assert_eq!(
        stops(&mut client, "setBreakpoints", set),
        Vec::<String>::new()
    );
    let heard = client
        .heard
        .iter()
        .filter(|message| message["event"] == "output");
    let written: Vec<&Value> = heard.map(|message| &message["body"]["output"]).collect();
    assert_eq!(written, ["false\n", "true\n"]);
}

#[test]
fn what_is_set_is_read_again_for_another_file() {
    let mut client = Client::of_file("t.csv", b"id,a\n01ARZ3NDEKTSV4RRFFQ69G5FAV,3\n", json!({}));
    let path = client.folder.path().join("t.csv");
    let lines = json!([{ "line": 2, "condition": "a == 3" }, { "line": 2, "logMessage": "{a}" }]);
    let set = client.ok(
        "setBreakpoints",
        json!({ "source": { "path": path }, "breakpoints": lines }),
    );
    let functions = json!({ "breakpoints": [{ "name": "a == 3" }, { "name": "valid" }] });
    let functions = client.ok("setFunctionBreakpoints", functions);
    let filters =
        json!({ "filters": [], "filterOptions": [{ "filterId": "gap", "condition": "a == 3" }] });
    let filters = client.ok("setExceptionBreakpoints", filters);
    let data = client.ok(
        "setDataBreakpoints",
        json!({ "breakpoints": [{ "dataId": "a" }, { "dataId": "nope" }] }),
    );
    assert_eq!(data["breakpoints"][1]["verified"], false);
    assert_eq!(
        data["breakpoints"][1]["message"],
        "\"nope\" cannot be watched in this file; these can: time, fault, valid, length, since_previous, id, a"
    );
    // the column is gone, and comes back
    for (header, verified) in [("b", false), ("a", true)] {
        client.file(
            "t.csv",
            format!("id,{header}\n01ARZ3NDEKTSV4RRFFQ69G5FAV,3\n").as_bytes(),
        );
        let from = client.heard.len();
        client.ok("restart", json!({}));
        for id in [
            &set["breakpoints"][0],
            &set["breakpoints"][1],
            &functions["breakpoints"][0],
            &filters["breakpoints"][0],
            &data["breakpoints"][0],
        ] {
            let mut changes = client.heard[from..]
                .iter()
                .filter(|message| message["event"] == "breakpoint");
            let change = changes.find(|change| change["body"]["breakpoint"]["id"] == id["id"]);
            let change = &change.unwrap_or_else(|| panic!("{header}: {id}"))["body"]["breakpoint"];
            assert_eq!(change["verified"], verified, "{change}");
            assert_eq!(change["message"].is_null(), verified, "{change}");
        }
    }
    // one that was set before the file was open
    let mut client = Client::new();
    let path = client.file("ids.txt", IDS.as_bytes());
    client.ok("initialize", json!({}));
    let early = client.ok(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "nope == 3" }] }),
    );
    assert_eq!(early["breakpoints"][0]["verified"], true);
    client.ok("launch", json!({ "program": path }));
    let changed = client
        .heard
        .iter()
        .find(|message| message["event"] == "breakpoint");
    assert_eq!(changed.unwrap()["body"]["breakpoint"]["verified"], false);
}

#[test]
fn what_was_counted_in_another_file_is_told_no_more() {
    let mut client = Client::of_file("t.csv", b"id,a\n01ARZ3NDEKTSV4RRFFQ69G5FAV,3\n", json!({}));
    let functions = json!({ "breakpoints": [{ "name": "a == 3" }] });
    let request = json!({ "seq": 99, "type": "request", "command": "setFunctionBreakpoints", "arguments": functions });
    let turn = client
        .session
        .receive(message::read(request.to_string().as_bytes()));
    let (ticket, count, progress) = client.hear(turn).pop_front().unwrap();
    let counted = count.run(&progress, &mut |_| {});
    client.file("t.csv", b"id,b\n01ARZ3NDEKTSV4RRFFQ69G5FAV,3\n");
    client.ok("restart", json!({}));
    assert!(progress.is_cancelled());
    let turn = client.session.finish(ticket, counted);
    assert!(turn.messages.is_empty(), "{:?}", turn.messages);
}

#[test]
fn lines_without_a_row_take_no_breakpoint() {
    let mut client = Client::of(IDS);
    let set = line_breakpoints(
        &client,
        json!([{ "line": 99 }, { "line": 0 }, { "line": -1 }]),
    );
    let set = client.ok("setBreakpoints", set);
    for breakpoint in set["breakpoints"].as_array().unwrap() {
        assert_eq!(breakpoint["verified"], false);
        assert_eq!(
            breakpoint["message"],
            "there is no row on this line, the last row is on line 6"
        );
    }
    let other = json!({ "source": { "path": "/other" }, "breakpoints": [{ "line": 1 }] });
    let set = client.ok("setBreakpoints", other);
    assert_eq!(
        set["breakpoints"][0]["message"],
        "this is not the file being inspected"
    );
    let lines = client.ok(
        "breakpointLocations",
        json!({ "source": {}, "line": 5, "endLine": 9 }),
    );
    assert_eq!(lines["breakpoints"], json!([{ "line": 5 }, { "line": 6 }]));
}

#[test]
fn breakpoints_may_come_before_the_file() {
    let mut client = Client::new();
    let path = client.file("ids.txt", IDS.as_bytes());
    client.ok("initialize", json!({ "linesStartAt1": false }));
    let set = line_breakpoints(&client, json!([{ "line": 2 }]));
    let set = client.ok("setBreakpoints", set);
    assert_eq!(set["breakpoints"][0]["message"], "the file is not open yet");
    client.ok("launch", json!({ "program": path, "stopOnEntry": false }));
    let changed = client
        .heard
        .iter()
        .find(|message| message["event"] == "breakpoint")
        .unwrap();
    assert_eq!(changed["body"]["breakpoint"]["verified"], true);
    client.ok("configurationDone", Value::Null);
    assert_eq!(client.line(), 2, "the third line, counted from 0");
}

#[test]
fn filters_know_how_many_rows_they_meet() {
    // a broken row on line 3, out of order on 5, the same on 6
    let mut client = Client::of(IDS);
    let mut set = |filters: Value| -> Vec<Value> {
        let set = client.ok("setExceptionBreakpoints", filters);
        let breakpoints = set["breakpoints"].as_array().unwrap().iter();
        breakpoints
            .map(|breakpoint| breakpoint["message"].clone())
            .collect()
    };
    assert_eq!(
        set(json!({ "filters": ["invalid", "overflow", "out_of_order", "duplicate"] })),
        [
            "1 row, the next on line 3",
            "no row",
            "1 row, the next on line 5",
            "1 row, the next on line 6"
        ]
    );
    // one with a condition meets others
    let with_condition = json!({ "filters": [], "filterOptions": [{ "filterId": "invalid", "condition": "line > 3" }] });
    assert_eq!(set(with_condition), [Value::Null]);
    client.motion("continue");
    client.motion("stepBack");
    let set = client.ok("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    assert_eq!(
        set["breakpoints"][0]["message"],
        "1 row, none of them further on"
    );
    // one that is set before the file was gone over hears of it then
    let mut client = Client::new();
    let path = client.file("ids.txt", IDS.as_bytes());
    client.ok("initialize", Value::Null);
    client.ok("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    client.ok("launch", json!({ "program": path }));
    let told = client
        .heard
        .iter()
        .find(|message| message["event"] == "breakpoint");
    assert_eq!(
        told.unwrap()["body"]["breakpoint"]["message"],
        "1 row, the next on line 3"
    );
}

#[test]
fn the_next_row_of_a_breakpoint_is_told_from_where_the_program_stands() {
    let mut client = Client::of(IDS);
    let functions = json!({ "breakpoints": [{ "name": "time >= \"2017\"" }] });
    client.ok("setFunctionBreakpoints", functions);
    client.ok(
        "setExceptionBreakpoints",
        json!({ "filters": ["out_of_order"] }),
    );
    let told = |client: &mut Client, command: &str| -> Vec<String> {
        let from = client.heard.len();
        client.motion(command);
        let heard = client.heard[from..].iter();
        let changed = heard.filter(|message| message["event"] == "breakpoint");
        changed
            .map(|event| event["body"]["breakpoint"]["message"].as_str().unwrap())
            .map(str::to_owned)
            .collect()
    };
    // the rows 1, 2 and 4 are of 2017, and the fifth is out of order
    assert_eq!(told(&mut client, "next"), ["3 rows, the next on line 4"]);
    assert_eq!(told(&mut client, "next"), Vec::<String>::new());
    let further = "3 rows, none of them further on";
    assert_eq!(told(&mut client, "next"), [further]);
    let filter = "1 row, none of them further on";
    assert_eq!(told(&mut client, "next"), [filter]);
    assert_eq!(told(&mut client, "next"), Vec::<String>::new());
    assert_eq!(told(&mut client, "stepBack"), Vec::<String>::new());
    assert_eq!(told(&mut client, "stepBack"), ["1 row, the next on line 5"]);
    assert_eq!(
        told(&mut client, "stepBack"),
        ["3 rows, the next on line 4"]
    );
}

#[test]
fn the_counts_of_flaws_open_into_their_rows() {
    let mut client = Client::of(&IDS.repeat(700));
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let dataset = scopes["scopes"][3]["variablesReference"].clone();
    let ask = |client: &mut Client, arguments: Value| -> Vec<Value> {
        client.ok("variables", arguments)["variables"]
            .as_array()
            .unwrap()
            .clone()
    };
    let all = ask(&mut client, json!({ "variablesReference": dataset }));
    let entry = |name: &str| {
        all.iter()
            .find(|entry| entry["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (
            &entry("invalid")["value"],
            &entry("invalid")["indexedVariables"]
        ),
        (&json!("700"), &json!(700))
    );
    assert_eq!(entry("overflow")["variablesReference"], 0, "there is none");
    let page = |name: &str| json!({ "variablesReference": entry(name)["variablesReference"], "filter": "indexed", "start": 1, "count": 2 });
    let rows: Vec<(Value, Value)> = ask(&mut client, page("invalid"))
        .iter()
        .map(|row| (row["name"].clone(), row["value"].clone()))
        .collect();
    let words =
        "01BX5ZZKBKACTAV9WEVGEMMVSU: invalid character at character 26: 'U' is not in the alphabet";
    assert_eq!(
        rows,
        [
            (json!("line 9"), json!(words)),
            (json!("line 15"), json!(words))
        ]
    );
    let rows = ask(&mut client, page("out_of_order"));
    assert_eq!(rows[0]["name"], "line 11");
    // a client goes to a row by its location
    let place = json!({ "locationReference": rows[0]["valueLocationReference"] });
    let place = client.ok("locations", place);
    assert_eq!(place["line"], 11);
    assert_eq!(place["source"], client.frames()[0]["source"]);
    for (wrong, words) in [
        (json!({}), "there is no row at the location 0"),
        (
            json!({ "locationReference": 9_999 }),
            "there is no row at the location 9999",
        ),
    ] {
        assert_eq!(client.refused("locations", wrong), words);
    }
    assert_eq!(
        rows[0]["value"],
        "01ARZ3NDEKTSV4RRFFQ69G5FAV: an earlier row has the same ID; 450d1h35m26s113ms before line 10"
    );
}

#[test]
fn lines_of_text_without_an_id_are_no_flaws() {
    let log = "12:00 INFO started\n12:01 INFO order 01ARZ3NDEKTSV4RRFFQ69G5FAV stored\n";
    let mut client = Client::of(&log.repeat(50));
    client.ok("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    assert_eq!(client.motion("continue"), "step (End of file) 100");
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let mut scopes = scopes["scopes"].as_array().unwrap().iter();
    let dataset = scopes.find(|scope| scope["name"] == "Dataset").unwrap();
    let arguments = json!({ "variablesReference": dataset["variablesReference"] });
    let all = client.ok("variables", arguments)["variables"].clone();
    let value = |name: &str| {
        let entries = all.as_array().unwrap().iter();
        let mut named = entries.filter(|entry| entry["name"] == name);
        named.next().map(|entry| entry["value"].clone())
    };
    assert_eq!(value("valid"), Some(json!("50")));
    assert_eq!(value("invalid"), Some(json!("0")));
    assert_eq!(value("without_id"), Some(json!("50")));
}
