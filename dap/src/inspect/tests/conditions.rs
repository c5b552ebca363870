//! Conditions, log messages and expressions of a client on rows.

use std::time::Duration;

use super::*;

/// The places where `continue` stops, from the start on, until the end of the file.
fn stops(client: &mut Client) -> Vec<String> {
    let mut places = Vec::new();
    loop {
        let place = client.motion("continue");
        if place.starts_with("step (End of file)") {
            return places;
        }
        places.push(place);
    }
}

#[test]
fn every_kind_of_breakpoint_takes_a_condition() {
    for (command, breakpoints, expected) in [
        (
            "setBreakpoints",
            json!({ "breakpoints": [
                { "line": 2, "condition": "prev.time == time" },
                { "line": 4, "condition": "not valid" },
                { "line": 5, "condition": "id == prev.id" },
                { "line": 6, "condition": "id == prev.id" },
            ] }),
            ["breakpoint 2", "breakpoint 6"].as_slice(),
        ),
        (
            "setExceptionBreakpoints",
            json!({ "filters": [], "filterOptions": [
                { "filterId": "invalid", "condition": "line > 2" },
                { "filterId": "out_of_order", "condition": "time > \"2020\"" },
            ] }),
            &["exception 3"],
        ),
        (
            "setExceptionBreakpoints",
            json!({ "filters": [], "filterOptions": [
                { "filterId": "invalid", "condition": "2" },
                { "filterId": "duplicate", "condition": "line > 5; % 1" },
                { "filterId": "out_of_order", "condition": "valid; > 1" },
            ] }),
            &["exception 6"],
        ),
        (
            "setFunctionBreakpoints",
            json!({ "breakpoints": [{ "name": "every 1ms", "condition": "line != 4" }] }),
            &["function breakpoint 5"],
        ),
        (
            "setDataBreakpoints",
            json!({ "breakpoints": [{ "dataId": "fault", "condition": "not valid" }] }),
            &["data breakpoint 3"],
        ),
    ] {
        let mut client = Client::of(IDS);
        let path = client.folder.path().join("ids.txt");
        let mut arguments = breakpoints;
        arguments["source"] = json!({ "path": path });
        let set = client.ok(command, arguments);
        for breakpoint in set["breakpoints"].as_array().unwrap() {
            assert_eq!(breakpoint["verified"], true, "{breakpoint}");
        }
        assert_eq!(stops(&mut client), expected, "{command}");
    }
}

#[test]
fn a_function_may_be_a_condition() {
    for (name, expected) in [
        ("id == prev.id", ["function breakpoint 6"].as_slice()),
        ("not valid", &["function breakpoint 3"]),
        ("duplicate", &["function breakpoint 6"]),
        (
            "time < \"2017\"",
            &["function breakpoint 5", "function breakpoint 6"],
        ),
    ] {
        let mut client = Client::of(IDS);
        client.ok(
            "setFunctionBreakpoints",
            json!({ "breakpoints": [{ "name": name }] }),
        );
        assert_eq!(stops(&mut client), expected, "{name}");
        let back: Vec<String> = expected
            .iter()
            .map(|_| client.motion("reverseContinue"))
            .collect();
        assert!(back.iter().rev().eq(expected.iter()), "{name}: {back:?}");
    }
}

#[test]
fn a_condition_knows_the_row_before_where_a_run_begins() {
    let mut client = Client::of(&"01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(3));
    let breakpoints = json!({ "breakpoints": [{ "name": "id == prev.id and gap == 0ms" }] });
    client.ok("setFunctionBreakpoints", breakpoints);
    assert_eq!(
        stops(&mut client),
        ["function breakpoint 2", "function breakpoint 3"]
    );
}

#[test]
fn filters_and_conditions_stop_in_the_order_of_the_rows() {
    for filters in [json!([]), json!(["invalid", "duplicate"])] {
        let mut client = Client::of(IDS);
        let with_filters = filters[0] == "invalid";
        client.ok("setExceptionBreakpoints", json!({ "filters": filters }));
        let breakpoints =
            json!([{ "name": "line in 2..=5", "condition": "valid", "hitCondition": ">= 2" }]);
        client.ok(
            "setFunctionBreakpoints",
            json!({ "breakpoints": breakpoints }),
        );
        let mut expected = vec!["function breakpoint 4", "function breakpoint 5"];
        if with_filters {
            expected.insert(0, "exception 3");
            expected.push("exception 6");
        }
        assert_eq!(stops(&mut client), expected);
    }
}

#[test]
fn a_wrong_condition_is_said_where_it_is_set() {
    let mut client = Client::of(IDS);
    let path = client.folder.path().join("ids.txt");
    let breakpoints = json!([{ "line": 1, "condition": "tyme > 3" }]);
    let set = client.ok(
        "setBreakpoints",
        json!({ "source": { "path": path }, "breakpoints": breakpoints }),
    );
    assert_eq!(set["breakpoints"][0]["verified"], false);
    let message = set["breakpoints"][0]["message"].as_str().unwrap();
    assert!(message.contains("did you mean \"time\"?"), "{message}");
    let set = client.ok(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "tyme > 3" }] }),
    );
    let message = set["breakpoints"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("is no time") && message.contains("as a condition: "),
        "{message}"
    );
}

#[test]
fn expressions_in_the_console() {
    let mut client = Client::of(IDS);
    client.motion("continue");
    client.motion("stepBack");
    for (expression, result) in [
        ("time - prev.time", "0ms"),
        ("uuid(id)", "01563e3a-b5d3-d676-4c61-efb99302bd5b"),
        ("ulid(\"2026-01-01\")", "01KDVDNA000000000000000000"),
        ("count(valid)", "5"),
        ("count(duplicate)", "1"),
        ("count() by valid", "true: 5; false: 1"),
        ("distinct(id)", "4"),
        (
            "max(time), count(duplicate) by year(time)",
            "2017: 2017-10-24T01:29:36.372Z, 0; 2016: 2016-07-30T23:54:10.259Z, 1; missing: missing, 0",
        ),
        ("id in between(\"2016\", \"2017\")", "true"),
        ("max(time)", "2017-10-24T01:29:36.372Z"),
        ("valid and not duplicate", "false"),
        ("forms.hex", "01563e3ab5d3d6764c61efb99302bd5b"),
        ("dataset.gap", "0"),
        ("dataset.out_of_order", "1"),
        ("prev.id", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("previous.id", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        ("spellings.hex", "01563e3ab5d3d6764c61efb99302bd5b"),
        ("next.id", "missing"),
    ] {
        for context in ["watch", "hover", "repl", "clipboard"] {
            let body = client.ok(
                "evaluate",
                json!({ "expression": expression, "context": context }),
            );
            assert_eq!(body["result"], result, "{expression}");
        }
    }
    let body = client.ok("evaluate", json!({ "expression": "ulid(\"2026-01-01\")" }));
    let forms = client.ok(
        "variables",
        json!({ "variablesReference": body["variablesReference"] }),
    );
    assert_eq!(forms["variables"][0]["value"], "01KDVDNA000000000000000000");
    for (expression, words) in [
        ("1 +", "column 4"),
        ("exec(\"rm\")", "exec"),
        ("", "column 1"),
        ("nonsense", "nonsense"),
    ] {
        let refused = client.refused("evaluate", json!({ "expression": expression }));
        assert!(refused.contains(words), "{expression}: {refused}");
    }
}

#[test]
fn who_asks_is_answered_by_the_clock() {
    for (context, seconds) in [("watch", 2), ("hover", 2), ("repl", 60)] {
        let mut client = Client::of(IDS);
        let arguments = json!({ "expression": "count(valid)", "context": context });
        let request =
            json!({ "seq": 99, "type": "request", "command": "evaluate", "arguments": arguments });
        // whoever works at it comes to no end
        let turn = client
            .session
            .receive(message::read(request.to_string().as_bytes()));
        let [(_, _, progress)] = turn.jobs.as_slice() else {
            panic!("one piece of work");
        };
        assert_eq!(
            client
                .session
                .tick(Duration::from_secs(seconds))
                .messages
                .len(),
            0
        );
        assert!(!progress.is_cancelled());
        let turn = client.session.tick(Duration::from_millis(500));
        let answer: Value = serde_json::from_slice(&turn.messages[0].to_bytes(1)).unwrap();
        let words = format!("it took longer than {seconds}s; ask for less, or filter first");
        assert_eq!(
            (&answer["request_seq"], &answer["message"]),
            (&json!(99), &json!(words))
        );
        assert!(progress.is_cancelled());
    }
}

#[test]
fn a_hover_over_an_id_says_what_it_means() {
    let mut client = Client::of(IDS);
    let mut hover = |text: &str| {
        let arguments = json!({ "expression": text, "context": "hover" });
        let answer = client.request("evaluate", arguments);
        answer["body"]["result"].as_str().map(str::to_owned)
    };
    let first = "2017-10-24T01:29:36.371Z, 8y 68d ago, line 1";
    for text in [
        "01BX5ZZKBKACTAV9WEVGEMMVRZ",
        "'01bx5zzkbkactav9wevgemmvrz'",
        "order_01BX5ZZKBKACTAV9WEVGEMMVRZ",
        "\"usr_01bx5zzkbkactav9wevgemmvrz\",",
        "015f4bff-cd73-5334-ada7-8edc1d4a6f1f",
        // what editors take for one word
        "\"id\":\"01BX5ZZKBKACTAV9WEVGEMMVRZ\"",
        "/orders/01BX5ZZKBKACTAV9WEVGEMMVRZ?page=1",
    ] {
        assert_eq!(hover(text).as_deref(), Some(first), "{text}");
    }
    // one of another file
    let other = hover("01KDVDNA000000000000000000");
    assert_eq!(other.as_deref(), Some("2026-01-01T00:00:00.000Z, now"));
    assert_eq!(hover("web"), None);
    // which of two is meant nobody knows
    assert_eq!(
        hover("01BX5ZZKBKACTAV9WEVGEMMVRZ,01BX5ZZKBKACTAV9WEVGEMMVS0"),
        None
    );
    assert_eq!(hover("time").as_deref(), Some("2017-10-24T01:29:36.371Z"));
    // elsewhere it is a literal of the language
    let body = client.ok(
        "evaluate",
        json!({ "expression": "id", "context": "watch" }),
    );
    assert_eq!(body["result"], "01BX5ZZKBKACTAV9WEVGEMMVRZ");
}

#[test]
fn a_hover_finds_the_line_of_an_id_far_away() {
    let id = |number: u128| {
        let id = ulid_engine::Ulid::from_u128((1_700_000_000_000 << 80) + number);
        ulid_engine::codec::print(id).to_string()
    };
    let ids: String = (0..9_000).map(|row| id(2 * row) + "\n").collect();
    let hover = |ids: &str, text: &str| {
        let mut client = Client::of(ids);
        let arguments = json!({ "expression": text, "context": "hover" });
        let body = client.ok("evaluate", arguments);
        let words = body["result"].as_str().unwrap().to_owned();
        words.split_once(", line ").map(|(_, line)| line.to_owned())
    };
    assert_eq!(hover(&ids, &id(2 * 8_000)).as_deref(), Some("8001"));
    assert_eq!(hover(&ids, &id(2 * 8_000 + 1)), None);
    // of rows that are not in order only those near by are looked at
    let late = ids + &id(0) + "\n";
    assert_eq!(hover(&late, &id(2 * 8_000)), None);
}

#[test]
fn the_same_expression_is_another_thing_in_another_frame() {
    let mut client = Client::of("01BX5ZZKBKACTAV9WEVGEMMVRZ\n01BX5ZZKBMACTAV9WEVGEMMVRZ\n");
    client.motion("next");
    let frames = client.frames();
    let ask = |client: &mut Client, frame: &Value| {
        let arguments =
            json!({ "expression": "spellings", "frameId": frame["id"], "context": "watch" });
        client.ok("evaluate", arguments)["variablesReference"].clone()
    };
    // of the row, and of the hour, which begins at the row before
    let references = [ask(&mut client, &frames[0]), ask(&mut client, &frames[2])];
    let ids = ["01BX5ZZKBMACTAV9WEVGEMMVRZ", "01BX5ZZKBKACTAV9WEVGEMMVRZ"];
    for (reference, id) in references.iter().zip(ids) {
        let forms = client.ok("variables", json!({ "variablesReference": reference }));
        assert_eq!(forms["variables"][0]["value"], id);
    }
    assert_eq!(
        ask(&mut client, &frames[0]),
        references[0],
        "the tree that is open stays open"
    );
}

#[test]
fn what_is_copied_is_whole_and_bare() {
    let long = "x\u{202e}y".repeat(20_000);
    let csv = format!("id,blob\n01ARZ3NDEKTSV4RRFFQ69G5FAV,{long}\n");
    let mut client = Client::of_file("t.csv", csv.as_bytes(), json!({}));
    let mut ask = |expression: &str, context: &str| {
        let arguments = json!({ "expression": expression, "context": context });
        client.ok("evaluate", arguments)["result"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(ask("blob", "clipboard"), long);
    assert_eq!(
        ask("text", "clipboard"),
        format!("01ARZ3NDEKTSV4RRFFQ69G5FAV,{long}")
    );
    assert_eq!(ask("id", "clipboard"), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    // beyond what is kept of a row
    let long = "x".repeat(1_500_000);
    let csv = format!("id,blob\n01ARZ3NDEKTSV4RRFFQ69G5FAV,{long}\n");
    let mut client = Client::of_file("long.csv", csv.as_bytes(), json!({}));
    let arguments = json!({ "expression": "blob", "context": "clipboard" });
    assert_eq!(client.ok("evaluate", arguments)["result"], long);
}

#[test]
fn what_is_shown_is_cut_and_visible() {
    let long = "x\u{202e}y".repeat(20_000);
    let csv = format!("id,blob\n01ARZ3NDEKTSV4RRFFQ69G5FAV,{long}\n");
    let mut client = Client::of_file("t.csv", csv.as_bytes(), json!({}));
    let arguments = json!({ "expression": "blob", "context": "watch" });
    let shown = client.ok("evaluate", arguments)["result"].take();
    let shown = shown.as_str().unwrap();
    assert!(shown.len() < 30_000 && shown.starts_with('x') && !shown.contains('\u{202e}'));
}
