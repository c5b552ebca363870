//! Settings of a launch configuration, and the words about those that cannot be.

use super::*;

/// Three hosts in turn: the clock of `c` is an hour ahead, and `b` has one ID that goes back.
fn hosts() -> String {
    let mut text = "id,host,took\n".to_owned();
    for row in 0..60_u64 {
        let host = ["a", "b", "c"][usize::try_from(row % 3).unwrap()];
        let ahead = if host == "c" { 3_600_000 } else { 0 };
        let back = if row == 31 { 1_000 } else { 0 };
        let ms = 1_735_689_600_000 + row * 10 + ahead - back;
        let id = ulid_engine::Ulid::from_parts(ms, u128::from(row)).unwrap();
        writeln!(text, "{},{host},{row}", ulid_engine::codec::print(id)).unwrap();
    }
    text
}

fn of_hosts(launch: Value) -> Client {
    Client::of_file("hosts.csv", hosts().as_bytes(), launch)
}

fn outputs(client: &Client) -> Vec<String> {
    let outputs = client.heard.iter().filter(|it| it["event"] == "output");
    outputs
        .map(|it| it["body"]["output"].as_str().unwrap().to_owned())
        .collect()
}

fn told(client: &Client) -> Vec<(i64, String)> {
    let events = client.heard.iter().filter(|it| it["event"] == "breakpoint");
    let told = events.filter_map(|it| {
        let set = &it["body"]["breakpoint"];
        Some((set["id"].as_i64()?, set["message"].as_str()?.to_owned()))
    });
    told.collect()
}

/// The children of a variable in the scope of the dataset.
fn in_dataset(client: &mut Client, name: &str) -> Vec<(String, String)> {
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let scopes = scopes["scopes"].as_array().unwrap();
    let scope = scopes.iter().find(|scope| scope["name"] == "Dataset");
    let mut reference = scope.unwrap()["variablesReference"].clone();
    for name in name.split('/') {
        let children = client.ok("variables", json!({ "variablesReference": reference }));
        let children = children["variables"].as_array().unwrap().clone();
        let child = children.iter().find(|child| child["name"] == name);
        reference =
            child.unwrap_or_else(|| panic!("{name}: {children:?}"))["variablesReference"].clone();
    }
    let children = client.ok("variables", json!({ "variablesReference": reference }));
    let children = children["variables"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    children
        .map(|child| (text(&child["name"]), text(&child["value"])))
        .collect()
}

#[test]
fn order_and_gaps_are_those_of_each_writer() {
    // of the mix every third row goes back
    let mut mixed = of_hosts(json!({}));
    mixed.ok(
        "setExceptionBreakpoints",
        json!({ "filters": ["out_of_order"] }),
    );
    assert_eq!(mixed.motion("continue"), "exception 5");

    let mut client = of_hosts(json!({ "by": "host" }));
    let set = client.ok(
        "setExceptionBreakpoints",
        json!({ "filters": ["out_of_order", "gap"] }),
    );
    assert_eq!(
        set["breakpoints"][0]["message"],
        "1 row, the next on line 33"
    );
    assert_eq!(set["breakpoints"][1]["message"], "no row");
    assert_eq!(client.motion("continue"), "exception 33");
    let why = client.ok("exceptionInfo", json!({ "threadId": 1 }));
    assert_eq!(
        why["description"],
        "a smaller ID than the row before of the same host"
    );
    assert_eq!(client.motion("reverseContinue"), "entry (Start of file) 2");

    let writers = in_dataset(&mut client, "writers");
    // the middle one of the last times is that of `b`, 10 ms before that of `c`
    let expected = [
        ("a", "20 rows, clock with the others"),
        ("b", "20 rows, 1 out of order, clock with the others"),
        ("c", "20 rows, clock 1h10ms ahead"),
    ];
    assert_eq!(
        writers,
        expected.map(|(name, health)| (name.to_owned(), health.to_owned()))
    );
    let of_b = in_dataset(&mut client, "writers/b");
    assert!(
        of_b.contains(&("worst_step_back".to_owned(), "970ms".to_owned())),
        "{of_b:?}"
    );
    assert!(
        of_b.contains(&("out_of_order".to_owned(), "1".to_owned())),
        "{of_b:?}"
    );
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    for (launch, expected) in [
        (
            json!({ "by": "hots" }),
            "\"by\" tells no writers apart: column 1: there is no field or column \"hots\"; did you mean \"host\"?",
        ),
        (
            json!({ "by": "host", "follow": true }),
            "\"by\" asks for all rows, and more may come to a file that is followed and from a pipe; take it away, or write the rows to a file first",
        ),
        (
            json!({ "every": true, "format": "csv" }),
            "…/hosts.csv: each ID of a text can be a row, and the format csv was asked for; leave the format out",
        ),
        (
            json!({ "every": 1 }),
            "\"every\" cannot be used: invalid type: integer `1`, expected a boolean",
        ),
        (
            json!({ "follow": "yes" }),
            "\"follow\" cannot be used: invalid type: string \"yes\", expected a boolean",
        ),
        (
            json!({ "timeZone": "Mars/Olympus" }),
            "\"Mars/Olympus\" is no time zone; give UTC, local, a name such as Europe/Berlin, or an offset such as +02:00",
        ),
        (
            json!({ "delimiter": "ab" }),
            "\"ab\" is no delimiter; give one character that is no letter, digit or quote, or tab",
        ),
        (
            json!({ "logs": [5] }),
            "\"logs\" cannot be used: invalid type: integer `5`, expected a message in quotes, or an object with \"message\" and perhaps \"when\"",
        ),
        (
            json!({ "program": ["a", "b"] }),
            "\"program\" cannot be used: invalid type: sequence, expected path string; give the path of one file in quotes, and several files as \"programs\"",
        ),
        (
            json!({ "command": "cat x" }),
            "\"command\" cannot be used: invalid type: string \"cat x\", expected a sequence; give a list of a program and its arguments, as [\"kubectl\", \"logs\", \"-f\", \"orders\"]",
        ),
        (
            json!({ "logs": [{ "when": "valid" }] }),
            "\"logs\" cannot be used: missing field `message`",
        ),
        (
            json!({ "command": [] , "program": "x" }),
            "give the file to open as \"program\"",
        ),
        (
            json!({ "command": ["no-such-program-anywhere"] }),
            "\"no-such-program-anywhere\" cannot be started: No such file or directory (os error 2)",
        ),
    ] {
        let mut client = Client::new();
        let path = client.file("hosts.csv", hosts().as_bytes());
        client.ok("initialize", json!({}));
        let mut arguments = json!({ "program": path });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(launch.as_object().unwrap().clone());
        assert_eq!(client.refused("launch", arguments), expected, "{launch}");
    }
}

/// As people write them by hand, and as templates of editors fill them in.
#[test]
fn settings_are_taken_as_people_write_them() {
    let ids = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let table = format!("a,{ids},01BX5ZZKBKACTAV9WEVGEMMVRZ\n");
    let lines = format!("{{\"id\":\"{ids}\"}}\n");
    for (name, content, launch, expected) in [
        (
            "t.csv",
            &table,
            json!({ "column": 3, "header": false }),
            "01BX5ZZKBKACTAV9WEVGEMMVRZ",
        ),
        (
            "t.csv",
            &table,
            json!({ "header": "false", "format": "CSV" }),
            ids,
        ),
        (
            "x.log",
            &lines,
            json!({ "format": "ndjson", "skip": "0" }),
            ids,
        ),
        (
            "ids.txt",
            &format!("{ids}\n"),
            json!({ "stopOnEntry": "true", "follow": "false" }),
            ids,
        ),
    ] {
        let mut client = Client::of_file(name, content.as_bytes(), launch.clone());
        let id = client.ok("evaluate", json!({ "expression": "id" }));
        assert_eq!(id["result"], expected, "{launch}");
        assert_eq!(outputs(&client), [""; 0], "{launch}");
    }
    for logs in [
        json!("{line}"),
        json!(["{line}"]),
        json!({ "message": "{line}" }),
    ] {
        let launch = json!({ "logs": logs });
        let mut client = Client::of_file("ids.txt", IDS.as_bytes(), launch.clone());
        client.motion("continue");
        assert_eq!(outputs(&client).len(), 6, "{launch}");
    }
}

#[test]
fn paths_are_meant_from_the_folder_of_the_session() {
    for (name, launch) in [
        ("program", json!({ "program": "ids.txt" })),
        (
            "command",
            json!({ "command": ["cat", "ids.txt"], "stopOnEntry": true }),
        ),
    ] {
        let mut client = Client::new();
        client.file("ids.txt", IDS.as_bytes());
        client.ok("initialize", json!({}));
        let mut arguments = launch.clone();
        arguments["cwd"] = json!(client.folder.path());
        client.ok("launch", arguments);
        client.ok("configurationDone", json!({}));
        assert_eq!(client.line(), 1, "{name}");
    }
}

#[test]
fn a_path_that_a_shell_or_an_editor_would_make_another_is_explained() {
    for (path, expected) in [
        (
            "${file}",
            "${file}: no such file; the editor has left a variable in it; write the path itself",
        ),
        (
            "~/ids.txt",
            "~/ids.txt: no such file; a shell knows what ~ is; write the path from / on",
        ),
        (
            "file:///ids.txt",
            "file:///ids.txt: no such file; it is a URI; write the path alone",
        ),
        (
            "no/*.txt",
            "no/*.txt: no such file; a shell knows what * and ? stand for; name the files as \"programs\"",
        ),
        ("no/ids.txt", "no/ids.txt: no such file"),
    ] {
        let mut client = Client::new();
        client.ok("initialize", json!({}));
        assert_eq!(
            client.refused("launch", json!({ "program": path })),
            expected
        );
    }
}

#[test]
fn settings_that_do_not_exist_are_told_and_those_of_editors_are_not() {
    let client = of_hosts(json!({
        "colum": "id", "name": "Inspect", "type": "ulid", "request": "launch", "__sessionId": "1", "cwd": "/",
    }));
    assert_eq!(
        outputs(&client),
        ["there is no setting \"colum\"; did you mean \"column\"?\n"]
    );
}

#[test]
fn a_table_is_read_as_the_configuration_says() {
    let text = "written by hand\n# no header\n01ARZ3NDEKTSV4RRFFQ69G5FAV;1\n01ARZ3NDEKTSV4RRFFQ69G5FAW;2\n";
    let launch = json!({ "format": "csv", "delimiter": ";", "header": false, "skip": 1, "comment": "#", "column": "1" });
    let mut client = Client::of_file("x.txt", text.as_bytes(), launch);
    assert_eq!(client.line(), 3);
    assert_eq!(client.motion("next"), "step 4");
}

#[test]
fn each_id_of_a_text_is_a_row_where_that_is_asked_for() {
    // INSERT statements of several rows, as mysqldump writes them
    let text = "-- a dump\nINSERT INTO t VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV','a'),('01ARZ3NDEKTSV4RRFFQ69G5FAW','b');\n\
        INSERT INTO t VALUES ('01ARZ3NDEKTSV4RRFFQ69G5FAV','c');\n";
    let mut first_of_lines = Client::of_file("dump.sql", text.as_bytes(), json!({}));
    assert_eq!(first_of_lines.motion("continue"), "step (End of file) 3");

    let mut client = Client::of_file("dump.sql", text.as_bytes(), json!({ "every": true }));
    let ids = |client: &mut Client| {
        let id = client.ok("evaluate", json!({ "expression": "id" }));
        id["result"].as_str().unwrap().to_owned()
    };
    let mut seen = vec![ids(&mut client)];
    for _ in 0..2 {
        client.motion("next");
        seen.push(ids(&mut client));
    }
    assert_eq!(
        seen,
        [
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAW",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV"
        ]
    );
    // no file of the editor has these rows one a line, so that it is shown a text that has
    let source = client.frames()[0]["source"].clone();
    let shown = client.ok("source", json!({ "source": source, "sourceReference": 1 }));
    assert_eq!(
        shown["content"].as_str().unwrap().lines().count(),
        3,
        "{shown}"
    );
    assert_eq!(client.line(), 3);
}

#[test]
fn times_are_those_of_the_zone() {
    // 2025-03-30, the night in which Berlin goes from 2 to 3 o'clock
    let ids: String = [1_743_289_200_000_u64, 1_743_292_800_000, 1_743_296_400_000]
        .iter()
        .map(|ms| {
            format!(
                "{}\n",
                ulid_engine::codec::print(ulid_engine::Ulid::from_parts(*ms, 1).unwrap())
            )
        })
        .collect();
    let launch = json!({ "timeZone": "Europe/Berlin" });
    let mut client = Client::of_file("ids.txt", ids.as_bytes(), launch);
    let names: Vec<String> = client
        .frames()
        .iter()
        .map(|frame| frame["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        names[0].ends_with(" 2025-03-30T00:00:00.000+01:00"),
        "{names:?}"
    );
    assert_eq!(
        names[1..],
        [
            "millisecond 2025-03-30T00:00:00.000+01:00, 1 row",
            "hour 2025-03-30T00, 1 row",
            // the day has 23 hours, and the day before ended an hour before that of UTC
            "day 2025-03-30, 3 rows",
        ]
    );
    let time = client.ok("evaluate", json!({ "expression": "time" }));
    assert_eq!(time["result"], "2025-03-30T00:00:00.000+01:00");
    let is_so = client.ok(
        "evaluate",
        json!({ "expression": "time == \"2025-03-30T00:00\"" }),
    );
    assert_eq!(is_so["result"], "true");
    client.ok(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "2025-03-30T03:00" }] }),
    );
    assert_eq!(client.motion("continue"), "function breakpoint 3");
}

#[test]
fn a_long_hour_has_frames_for_its_minutes_and_seconds() {
    // 1,200 rows in a second, and 1,200 more in the hour
    let text: String = (0..2_400_u64)
        .map(|row| {
            let ms = if row < 1_200 { row / 2 } else { 60_000 + row };
            let id =
                ulid_engine::Ulid::from_parts(1_735_689_600_000 + ms, u128::from(row)).unwrap();
            format!("{}\n", ulid_engine::codec::print(id))
        })
        .collect();
    let mut client = Client::of(&text);
    let names = client.frames();
    let names: Vec<&str> = names
        .iter()
        .map(|frame| frame["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names[1..],
        [
            "millisecond 2025-01-01T00:00:00.000Z, 2 rows",
            "second 2025-01-01T00:00:00, 1200 rows",
            "minute 2025-01-01T00:00, 1200 rows",
            "hour 2025-01-01T00, 2400 rows",
            "day 2025-01-01, 2400 rows",
        ]
    );
}

#[test]
fn a_breakpoint_on_the_header_is_one_of_every_row() {
    let mut client = of_hosts(json!({}));
    let path = client.folder.path().join("hosts.csv");
    let lines = client.ok(
        "breakpointLocations",
        json!({ "source": { "path": path }, "line": 1, "endLine": 3 }),
    );
    assert_eq!(lines["breakpoints"].as_array().unwrap().len(), 3);
    let set = client.ok(
        "setBreakpoints",
        json!({
            "source": { "path": path },
            "breakpoints": [{ "line": 1, "condition": "took > 57" }],
        }),
    );
    assert_eq!(set["breakpoints"][0]["verified"], true);
    let id = set["breakpoints"][0]["id"].as_i64().unwrap();
    assert_eq!(
        told(&client),
        [(id, "2 rows, the next on line 60".to_owned())]
    );
    assert_eq!(client.motion("continue"), "breakpoint 60");
    assert_eq!(client.motion("continue"), "breakpoint 61");

    client.ok(
        "setBreakpoints",
        json!({
            "source": { "path": path },
            "breakpoints": [{ "line": 1, "hitCondition": "% 20", "logMessage": "{line}: {host}" }],
        }),
    );
    client.heard.clear();
    client.motion("reverseContinue");
    assert_eq!(outputs(&client), ["41: a\n", "21: b\n"]);
}

#[test]
fn each_breakpoint_says_how_many_rows_meet_it() {
    let mut client = of_hosts(json!({}));
    let functions = json!([{ "name": "host == \"b\"", "condition": "took > 30" }, { "name": "every 1h" }, { "name": "took > 999" }]);
    let set = client.ok(
        "setFunctionBreakpoints",
        json!({ "breakpoints": functions }),
    );
    let ids: Vec<i64> = set["breakpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| set["id"].as_i64().unwrap())
        .collect();
    let found = told(&client);
    assert_eq!(
        found[0],
        (ids[0], "10 rows, the next on line 33".to_owned())
    );
    assert_eq!(found[2], (ids[2], "no row".to_owned()));
    client.heard.clear();
    client.ok("setExceptionBreakpoints", json!({ "filterOptions": [{ "filterId": "out_of_order", "condition": "host == \"a\"" }], "filters": [] }));
    let told = told(&client);
    assert!(
        told.iter()
            .any(|(_, words)| words == "19 rows, the next on line 5"),
        "{told:?}"
    );
}

#[test]
fn rows_are_written_as_the_configuration_says() {
    let logs = json!([{ "when": "took % 25 == 0", "message": "{took} of {host}" }, { "message": "{nope}" }]);
    let mut client = of_hosts(json!({ "logs": logs }));
    assert_eq!(
        outputs(&client),
        [
            "\"logs\": {nope}: column 1: there is no field or column \"nope\"; a text stands in quotes\n",
            "0 of a\n"
        ],
    );
    client.heard.clear();
    assert_eq!(client.motion("continue"), "step (End of file) 61");
    assert_eq!(outputs(&client), ["25 of b\n", "50 of c\n"]);
}

#[test]
fn log_points_of_every_row_write_so_many_lines_a_second_and_count_the_others() {
    let logs = json!([{ "message": "{took}" }]);
    let mut client = of_hosts(json!({ "logs": logs, "logsPerSecond": 10 }));
    client.motion("continue");
    let written = outputs(&client);
    // the clock of these tests stands still
    assert_eq!(written.len(), 11, "{written:?}");
    assert_eq!(written[9], "9\n");
    assert_eq!(
        written[10],
        "50 lines of log points of every row were left out: more came in a second than \"logsPerSecond\" allows\n"
    );
}

#[test]
fn the_exit_code_tells_if_a_filter_met_anything() {
    for (filters, expected, words) in [
        (json!([]), 0, vec![]),
        (json!(["gap"]), 0, vec![]),
        (
            json!(["invalid", "duplicate"]),
            1,
            vec![
                "invalid: 1 row, the first on line 3\n",
                "duplicate: 1 row, the first on line 6\n",
            ],
        ),
    ] {
        let mut client = Client::new();
        let path = client.file("ids.txt", IDS.as_bytes());
        client.ok("initialize", json!({}));
        client.ok("setExceptionBreakpoints", json!({ "filters": filters }));
        client.ok("launch", json!({ "program": path, "noDebug": true }));
        client.ok("configurationDone", json!({}));
        let events = client.heard.iter().filter(|it| it["type"] == "event");
        let names: Vec<&str> = events
            .clone()
            .map(|it| it["event"].as_str().unwrap())
            .collect();
        assert!(names.ends_with(&["exited", "terminated"]), "{names:?}");
        let exited = events.clone().find(|it| it["event"] == "exited").unwrap();
        assert_eq!(exited["body"]["exitCode"], expected, "{filters}");
        assert_eq!(outputs(&client), words, "{filters}");
        assert!(!names.contains(&"stopped"));
    }
}

#[test]
fn the_exit_code_waits_for_the_pass_over_the_file() {
    let mut client = Client::new();
    let path = client.file("ids.txt", IDS.as_bytes());
    let mut surveys = Vec::new();
    let mut send = |client: &mut Client, command: &str, arguments: Value| {
        client.seq += 1;
        let request = json!({ "seq": client.seq, "type": "request", "command": command, "arguments": arguments });
        let turn = client
            .session
            .receive(message::read(request.to_string().as_bytes()));
        let mut jobs = client.hear(turn);
        while let Some((ticket, job, progress)) = jobs.pop_front() {
            if matches!(job, Job::Survey(_)) {
                surveys.push((ticket, job, progress));
                continue;
            }
            let done = job.run(&progress, &mut |_| {});
            let turn = client.session.finish(ticket, done);
            jobs.extend(client.hear(turn));
        }
    };
    let exit = |client: &Client| {
        let mut heard = client.heard.iter();
        let exited = heard.find(|message| message["event"] == "exited")?;
        exited["body"]["exitCode"].as_i64()
    };
    // a filter that stops at none of the rows, for there is one only
    let filter =
        json!({ "filters": [], "filterOptions": [{ "filterId": "invalid", "condition": "99" }] });
    send(&mut client, "initialize", json!({}));
    send(&mut client, "setExceptionBreakpoints", filter);
    send(
        &mut client,
        "launch",
        json!({ "program": path, "stopOnEntry": false }),
    );
    send(&mut client, "configurationDone", json!({}));
    // from the end of the file
    send(&mut client, "continue", json!({ "threadId": 1 }));
    assert_eq!(exit(&client), None);
    let (ticket, survey, progress) = surveys.pop().unwrap();
    let done = survey.run(&progress, &mut |_| {});
    let turn = client.session.finish(ticket, done);
    client.hear(turn);
    assert_eq!(exit(&client), Some(1));
    let last = client.heard.last().unwrap();
    assert_eq!(last["event"], "terminated");
}

#[cfg(unix)]
#[test]
fn the_output_of_a_program_is_stepped_through() {
    let mut client = Client::new();
    client.ok("initialize", json!({}));
    let script = "printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\n01ARZ3NDEKTSV4RRFFQ69G5FAU\\n01ARZ3NDEKTSV4RRFFQ69G5FAW\\n'";
    client.ok("setExceptionBreakpoints", json!({ "filters": ["invalid"] }));
    client.ok("attach", json!({ "command": ["sh", "-c", script] }));
    client.ok("configurationDone", json!({}));
    assert_eq!(client.line(), 2);
    let frames = client.frames();
    assert_eq!(frames[0]["source"]["name"], format!("sh -c {script}"));
    assert_eq!(frames[0]["source"]["sourceReference"], 1);
    assert_eq!(client.motion("continue"), "step (End of file) 3");
}

#[test]
fn a_program_is_not_started_for_a_client_on_the_network() {
    let mut client = Client::new();
    client.session.may_run = false;
    client.ok("initialize", json!({}));
    let refused = client.refused("attach", json!({ "command": ["true"] }));
    assert!(refused.contains("not over TCP"), "{refused}");
}

#[test]
fn the_extension_of_vs_code_offers_every_setting() {
    let package: Value =
        serde_json::from_str(include_str!("../../../editors/vscode/package.json")).unwrap();
    let attributes = &package["contributes"]["debuggers"][0]["configurationAttributes"];
    let mut expected: Vec<&str> = crate::inspect::settings::NAMES.to_vec();
    // an editor sets it by itself
    expected.retain(|name| *name != "noDebug");
    expected.sort_unstable();
    for request in ["launch", "attach"] {
        let offered = attributes[request]["properties"].as_object().unwrap();
        let mut offered: Vec<&str> = offered.keys().map(String::as_str).collect();
        // those of `wrap`
        offered.retain(|name| !["wrap", "ulid"].contains(name));
        offered.sort_unstable();
        assert_eq!(offered, expected, "{request}");
    }
}

#[test]
fn a_row_that_goes_over_lines_has_the_line_of_its_begin() {
    let text = "id,note\n01ARZ3NDEKTSV4RRFFQ69G5FAV,\"a\nb\"\n01ARZ3NDEKTSV4RRFFQ69G5FAW,c\n";
    let mut client = Client::of_file("x.csv", text.as_bytes(), json!({}));
    assert_eq!(client.line(), 2);
    assert_eq!(client.motion("next"), "step 4");
}

#[test]
fn filters_and_functions_write_instead_of_stopping() {
    let mut client = Client::of(IDS);
    client.ok(
        "setExceptionBreakpoints",
        json!({ "filters": [], "filterOptions": [{ "filterId": "invalid", "condition": "line > 1; log: {line} is {fault}" }] }),
    );
    client.ok(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "id == prev.id", "condition": "log: {line} again" }] }),
    );
    assert_eq!(client.motion("continue"), "step (End of file) 6");
    assert_eq!(outputs(&client), ["3 is character\n", "6 again\n"]);
    let refused = client.ok(
        "setFunctionBreakpoints",
        json!({ "breakpoints": [{ "name": "valid", "condition": "log: {tiem}" }] }),
    );
    assert_eq!(refused["breakpoints"][0]["verified"], false);
}

#[cfg(unix)]
#[test]
fn writers_are_not_told_apart_among_rows_to_come() {
    let mut client = Client::new();
    client.ok("initialize", json!({}));
    let launch = json!({ "command": ["echo", "01ARZ3NDEKTSV4RRFFQ69G5FAV"], "by": "length" });
    let refused = client.refused("launch", launch);
    assert!(refused.starts_with("\"by\" asks for all rows"), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_header_that_comes_alone_is_a_header() {
    let mut client = Client::new();
    client.ok("initialize", json!({}));
    let script = "echo id,n; sleep 0.05; echo 01ARZ3NDEKTSV4RRFFQ69G5FAV,7";
    client.ok("launch", json!({ "command": ["sh", "-c", script] }));
    client.ok("configurationDone", json!({}));
    let n = client.ok("evaluate", json!({ "expression": "n + 0" }));
    assert_eq!(n["result"], "7");
}
