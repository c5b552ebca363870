//! A session between a client and an adapter, message by message, without a process.

mod asking;
mod completions;
mod elements;
mod model;
mod motion;
mod scope;
mod setting;
mod texts;

use serde_json::{Value, json};

use super::{Fate, Session, Settings, Turn};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const SHOWN: &str = "'01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z";

fn now() -> ulid_engine::Timestamp {
    "2026-11-23".parse().expect("a time")
}

/// A client and an adapter around a session.
struct Ends {
    session: Session,
    seq: i64,
    redirected: Vec<(String, u16)>,
}

impl Ends {
    fn new() -> Ends {
        Ends::with_adapter("debugpy")
    }

    fn with_adapter(id: &str) -> Ends {
        let session = Session::new(Settings::at(now()), None, now);
        let mut ends = Ends {
            session,
            seq: 0,
            redirected: Vec::new(),
        };
        ends.request(
            "initialize",
            &json!({"adapterID": id, "supportsVariableType": true}),
        );
        ends.respond(&json!({}));
        ends
    }

    /// Sends a request and returns what becomes of it.
    fn request(&mut self, command: &str, arguments: &Value) -> Turn {
        self.seq += 1;
        let message =
            json!({"seq": self.seq, "type": "request", "command": command, "arguments": arguments});
        self.session.client(message.to_string().as_bytes())
    }

    /// The adapter answers the last request.
    fn respond(&mut self, body: &Value) -> Turn {
        let message = json!({"seq": 0, "type": "response", "request_seq": self.seq, "success": true, "command": "x", "body": body});
        self.adapter(&message)
    }

    /// The adapter refuses the last request.
    fn refuse(&mut self) -> Turn {
        let message = json!({"seq": 0, "type": "response", "request_seq": self.seq, "success": false, "command": "x", "message": "no"});
        self.adapter(&message)
    }

    fn event(&mut self, event: &str, body: &Value) -> Turn {
        self.adapter(&json!({"seq": 0, "type": "event", "event": event, "body": body}))
    }

    /// Thread 1 stands in frame 7, and the rows of its scope 4 are listed.
    fn stand(&mut self) -> Value {
        self.request("stackTrace", &json!({"threadId": 1}));
        self.respond(&json!({"stackFrames": [{"id": 7, "name": "main"}]}));
        self.request("scopes", &json!({"frameId": 7}));
        self.respond(&json!({"scopes": [{"name": "Locals", "variablesReference": 4}]}));
        let object = json!({"name": "u", "value": format!("ULID({ID})"), "type": "ULID", "evaluateName": "u", "variablesReference": 15});
        let number = json!({"name": "n", "value": "5", "type": "int", "variablesReference": 0});
        self.rows(4, &json!([text_row(), object, number]))
    }

    fn adapter(&mut self, message: &Value) -> Turn {
        let redirected = &mut self.redirected;
        let mut redirect = |host: &str, port: u16| {
            redirected.push((host.to_owned(), port));
            Some(40_000)
        };
        self.session
            .adapter(message.to_string().as_bytes(), &mut redirect)
    }

    /// The rows that the client gets for a reference of the adapter's.
    fn rows(&mut self, reference: i64, rows: &Value) -> Value {
        let turn = self.request("variables", &json!({"variablesReference": reference}));
        assert_eq!(turn, Turn::default());
        match self.respond(&json!({"variables": rows})).fate {
            Fate::Replace(message) => parse(&message)["body"]["variables"].clone(),
            Fate::Pass => rows.clone(),
            Fate::Keep => panic!("an answer is never kept"),
        }
    }

    /// The rows that the session itself answers with.
    fn own_rows(&mut self, reference: &Value) -> Vec<Value> {
        let turn = self.request("variables", &json!({"variablesReference": reference}));
        assert_eq!(turn.fate, Fate::Keep);
        let answer = parse(&turn.to_client[0]);
        assert_eq!(
            (&answer["request_seq"], &answer["success"]),
            (&json!(self.seq), &json!(true))
        );
        answer["body"]["variables"]
            .as_array()
            .expect("rows")
            .clone()
    }

    fn set(&mut self, name: &str, value: &str) -> Turn {
        self.request(
            "setVariable",
            &json!({"variablesReference": 4, "name": name, "value": value}),
        )
    }
}

fn parse(message: &[u8]) -> Value {
    serde_json::from_slice(message).expect("JSON")
}

/// Reason for which a request goes no further.
fn refusal(turn: &Turn) -> String {
    assert_eq!(turn.fate, Fate::Keep);
    let answer = parse(&turn.to_client[0]);
    assert_eq!(answer["success"], false);
    answer["message"].as_str().expect("a reason").to_owned()
}

/// The request that reaches the adapter.
fn forwarded(turn: &Turn) -> Value {
    match &turn.fate {
        Fate::Replace(message) => parse(message)["arguments"].clone(),
        other => panic!("{other:?}"),
    }
}

fn text_row() -> Value {
    json!({"name": "s", "value": format!("'{ID}'"), "type": "str", "evaluateName": "s", "variablesReference": 0})
}

#[test]
fn a_row_says_its_time_and_opens() {
    let mut ends = Ends::new();
    let rows = ends.rows(
        4,
        &json!([{"name": "n", "value": "5", "variablesReference": 0}, text_row()]),
    );
    assert_eq!(
        rows[0],
        json!({"name": "n", "value": "5", "variablesReference": 0})
    );
    assert_eq!(rows[1]["value"], SHOWN);
    let children = ends.own_rows(&rows[1]["variablesReference"]);
    let child = |name: &str| {
        children
            .iter()
            .find(|row| row["name"] == name)
            .expect("a child")["value"]
            .clone()
    };
    assert_eq!(child("ulid"), ID);
    assert_eq!(child("uuid"), "01563e3a-b5d3-d676-4c61-efb99302bd5b");
    assert_eq!(child("age"), "10y 114d ago");
    assert!(
        children
            .iter()
            .all(|row| row["presentationHint"]["kind"] == "virtual" && row["name"] != "[raw]")
    );
}

#[test]
fn the_adapters_own_rows_stay_within_reach_until_the_resume() {
    let mut ends = Ends::new();
    let object = json!({"name": "u", "value": format!("ULID({ID})"), "type": "ULID", "variablesReference": 15, "indexedVariables": 16, "namedVariables": 1});
    let rows = ends.rows(4, &json!([object]));
    assert_eq!(
        (&rows[0]["indexedVariables"], &rows[0]["namedVariables"]),
        (&json!(0), &json!(12))
    );
    let reference = rows[0]["variablesReference"].clone();
    let raw = |children: Vec<Value>| {
        children
            .into_iter()
            .find(|row| row["name"] == "[raw]")
            .map(|row| row["variablesReference"].clone())
    };
    assert_eq!(raw(ends.own_rows(&reference)), Some(json!(15)));
    // the number goes to another object: the old row must not open into it
    ends.rows(
        4,
        &json!([{"name": "x", "value": "other", "variablesReference": 15}]),
    );
    assert_eq!(raw(ends.own_rows(&reference)), None);
    let rows = ends.rows(4, &json!([object]));
    let reference = rows[0]["variablesReference"].clone();
    assert_eq!(raw(ends.own_rows(&reference)), Some(json!(15)));
    ends.request("next", &json!({"threadId": 1}));
    ends.respond(&json!({}));
    assert_eq!(raw(ends.own_rows(&reference)), None);
    assert_eq!(ends.own_rows(&reference)[0]["value"], ID);
}

#[test]
fn rows_below_a_reference_that_is_written_strangely_stay_within_reach() {
    let mut ends = Ends::new();
    let row = |reference: Value| json!({"name": "s", "value": format!("ULID({ID})"), "type": "ULID", "variablesReference": reference});
    let rows = ends.rows(
        4,
        &json!([row(json!(7.0)), row(json!("7")), row(Value::Null)]),
    );
    // as Lua writes it
    let below = ends.own_rows(&rows[0]["variablesReference"]);
    assert_eq!(below.last().unwrap()["variablesReference"], 7);
    assert_eq!(rows[1]["variablesReference"], "7");
    assert!(rows[2]["variablesReference"].as_i64().unwrap() > 0);
    for row in rows.as_array().unwrap() {
        assert!(row["value"].as_str().unwrap().contains('⟶'), "{row}");
    }
}

#[test]
fn bytes_around_a_change_stay_as_they_were() {
    let mut ends = Ends::new();
    ends.request("variables", &json!({"variablesReference": 1}));
    let message = format!(
        r#"{{ "body" : {{"variables":[{{"$__lldb_extensions":{{"x":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}},"evaluateName":"s", "name":"s","value":"\"{ID}\"" ,"variablesReference":0}}]}},"request_seq":{},"seq":0,"success":true,"command":"variables","type":"response"}}"#,
        ends.seq
    );
    let Fate::Replace(changed) = ends
        .session
        .adapter(message.as_bytes(), &mut |_, _| None)
        .fate
    else {
        panic!("not changed");
    };
    let changed = String::from_utf8(changed).unwrap();
    let restored = changed.replace(" ⟶ 2016-07-30T23:54:10.259Z", "").replace(
        "\"variablesReference\":1879113728",
        "\"variablesReference\":0",
    );
    assert_eq!(restored, message);
}

#[test]
fn values_that_are_no_text_stay_as_they_are() {
    let mut ends = Ends::new();
    for value in [
        json!(5),
        Value::Null,
        json!([ID]),
        json!({"value": format!("'{ID}'")}),
    ] {
        let rows = json!([{"name": "id", "value": value, "variablesReference": 0}, null, ID]);
        assert_eq!(ends.rows(4, &rows), rows);
    }
}

#[test]
fn hints_reach_down_from_a_typed_row() {
    let mut ends = Ends::new();
    let number = "1777027686520646174104517696511196507";
    let rows = ends.rows(1, &json!([{"name": "u", "value": "ulid::Ulid @ 0x7ffd", "type": "ulid::Ulid", "variablesReference": 7}]));
    assert_eq!(rows[0]["value"], "ulid::Ulid @ 0x7ffd");
    let inner = json!([{"name": "__0", "value": number, "type": "unsigned __int128", "variablesReference": 0}]);
    assert_eq!(
        ends.rows(7, &inner)[0]["value"],
        format!("{number} ⟶ 2016-07-30T23:54:10.259Z")
    );
    assert_eq!(ends.rows(8, &inner)[0]["value"], number);
}

#[test]
fn launch_settings_are_taken_out() {
    let mut ends = Ends::new();
    let turn = ends.request(
        "launch",
        &json!({"program": "x", "ulid": {"timeZone": "Asia/Tokyo"}, "debugServer": 4711}),
    );
    assert_eq!(forwarded(&turn), json!({"program": "x"}));
    assert_eq!(
        ends.rows(4, &json!([text_row()]))[0]["value"],
        format!("'{ID}' ⟶ 2016-07-31T08:54:10.259+09:00")
    );
    let turn = ends.request(
        "restart",
        &json!({"arguments": {"ulid": {"decoration": "off"}, "program": "x"}}),
    );
    assert_eq!(forwarded(&turn), json!({"arguments": {"program": "x"}}));
    assert_eq!(ends.rows(4, &json!([text_row()])), json!([text_row()]));
    let turn = ends.request("attach", &json!({"ulid": {"colour": "red"}}));
    assert_eq!(forwarded(&turn), json!({}));
    assert!(
        parse(&turn.to_client[0])["body"]["output"]
            .as_str()
            .unwrap()
            .contains("unknown field `colour`")
    );
    assert_eq!(
        ends.request("launch", &json!({"program": "x"})).fate,
        Fate::Pass
    );
}

#[test]
fn addresses_of_child_sessions_lead_here() {
    let mut ends = Ends::new();
    let connect = json!({"connect": {"host": "localhost", "port": 5678}, "other": 1});
    for message in [
        json!({"type": "event", "event": "debugpyAttach", "body": connect}),
        json!({"type": "request", "command": "startDebugging", "arguments": {"request": "attach", "configuration": connect}}),
    ] {
        let Fate::Replace(changed) = ends.adapter(&message).fate else {
            panic!("not changed")
        };
        let expected = message
            .to_string()
            .replace("5678", "40000")
            .replace("localhost", "127.0.0.1");
        assert_eq!(parse(&changed).to_string(), expected);
    }
    assert_eq!(ends.redirected, vec![("localhost".to_owned(), 5678); 2]);
    let pending = json!({"type": "request", "command": "startDebugging", "arguments": {"configuration": {"__pendingTargetId": "1"}}});
    assert_eq!(ends.adapter(&pending).fate, Fate::Pass);
}

#[test]
fn events_of_an_adapter_of_its_own_are_kept_where_that_is_asked_for() {
    // Helix 25.01 ends its reading at an event that it does not know
    for (event, is_standard) in [
        ("debugpySockets", false),
        ("debugpyAttach", false),
        ("$/custom", false),
        ("stopped", true),
        ("output", true),
        ("thread", true),
        ("progressUpdate", true),
    ] {
        let mut ends = Ends::new();
        assert_ne!(ends.event(event, &json!({})).fate, Fate::Keep, "{event}");
        ends.session.settings.standard_events = true;
        assert_eq!(
            ends.event(event, &json!({})).fate != Fate::Keep,
            is_standard,
            "{event}"
        );
    }
}

#[test]
fn a_uuid_says_its_own_time_and_opens_into_its_own_parts() {
    let mut ends = Ends::new();
    let row = |name: &str, text: &str| json!({"name": name, "value": format!("UUID('{text}')"), "type": "UUID", "evaluateName": name, "variablesReference": name.as_bytes()[0]});
    // the examples of RFC 9562
    let rows = ends.rows(
        4,
        &json!([
            row("a", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
            row("b", "c232ab00-9414-11ec-b3c8-9f6bdeced846"),
            row("c", "919108f7-52d1-4320-9bac-f847db4148a8"),
        ]),
    );
    let shown = |row: &Value, kind: &str| {
        let end = format!(" ⟶ {kind} 2022-02-22T19:22:22.000Z");
        assert!(row["value"].as_str().unwrap().ends_with(&end), "{row}");
    };
    shown(&rows[0], "UUIDv7");
    shown(&rows[1], "UUIDv1");
    assert_eq!(rows[2], row("c", "919108f7-52d1-4320-9bac-f847db4148a8"));
    let names = |ends: &mut Ends, row: &Value| -> Vec<String> {
        let below = ends.own_rows(&row["variablesReference"]);
        below
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let parts = [
        "uuid", "time", "age", "unix_ms", "counter", "random", "hex", "integer", "base64",
        "previous", "next", "[raw]",
    ];
    assert_eq!(names(&mut ends, &rows[0]), parts);
    assert!(names(&mut ends, &rows[1]).contains(&"node".to_owned()));
    // a time keeps version and variant, and the suffix comes off again
    let set = ends.set("a", "2020-01-02");
    let bytes = r"\x01\x6f\x63\x8d\x44\x00\x7c\xc3\x98\xc4\xdc\x0c\x0c\x07\x39\x8f";
    assert_eq!(
        forwarded(&set)["value"],
        format!("type(a)(bytes=b'{bytes}')")
    );
    let typed = format!("x{}", " ⟶ UUIDv7 2022-02-22T19:22:22.000Z");
    assert_eq!(forwarded(&ends.set("a", &typed))["value"], "x");
}

#[test]
fn a_stop_without_a_reason_gets_one_for_strict_clients() {
    let mut ends = Ends::new();
    let bodies = [json!({"threadId": 1}), json!({})];
    for body in &bodies {
        assert_eq!(ends.event("stopped", body), Turn::default());
    }
    ends.session.settings.standard_events = true;
    for body in &bodies {
        let Fate::Replace(message) = ends.event("stopped", body).fate else {
            panic!("without a reason");
        };
        let mut expected = body.clone();
        expected["reason"] = "unknown".into();
        assert_eq!(parse(&message)["body"], expected);
    }
    let whole = json!({"reason": "step", "threadId": 1});
    assert_eq!(ends.event("stopped", &whole), Turn::default());
}

#[test]
fn a_dead_adapter_leaves_no_request_open() {
    let mut ends = Ends::new();
    ends.request("threads", &json!({}));
    ends.request("variables", &json!({"variablesReference": 4}));
    ends.request("disconnect", &json!({}));
    let messages: Vec<Value> = ends
        .session
        .adapter_gone("lldb-dap died", false)
        .iter()
        .map(|message| parse(message))
        .collect();
    let answers: Vec<_> = messages
        .iter()
        .filter(|m| m["type"] == "response")
        .map(|m| {
            (
                m["command"].as_str().unwrap(),
                m["success"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        answers,
        [
            ("threads", false),
            ("variables", false),
            ("disconnect", true)
        ]
    );
    assert_eq!(messages.last().unwrap()["event"], "terminated");
    assert!(
        ends.session
            .adapter_gone("again", false)
            .iter()
            .all(|message| parse(message)["event"] != "terminated")
    );
}

#[test]
fn with_decoration_off_everything_passes() {
    let mut settings = Settings::at(now());
    settings.decoration = super::Decoration::Off;
    let mut ends = Ends {
        session: Session::new(settings, None, now),
        seq: 0,
        redirected: Vec::new(),
    };
    assert_eq!(ends.rows(4, &json!([text_row()])), json!([text_row()]));
    ends.request("scopes", &json!({"frameId": 1}));
    assert_eq!(ends.respond(&json!({"scopes": []})).fate, Fate::Pass);
    assert_eq!(
        ends.request(
            "evaluate",
            &json!({"expression": "ulid x", "context": "repl"})
        )
        .fate,
        Fate::Pass
    );
    // not even what looks as if it were ours
    for (command, arguments) in [
        ("evaluate", json!({"expression": SHOWN, "context": "watch"})),
        (
            "evaluate",
            json!({"expression": SHOWN, "context": "clipboard"}),
        ),
        (
            "setVariable",
            json!({"variablesReference": 4, "name": "s", "value": SHOWN}),
        ),
        (
            "setVariable",
            json!({"variablesReference": 0x7001_0000, "name": "s", "value": "2020-01-02"}),
        ),
        (
            "setExpression",
            json!({"expression": "s", "value": "2020-01-02"}),
        ),
        ("variables", json!({"variablesReference": 0x7001_0000})),
        (
            "dataBreakpointInfo",
            json!({"variablesReference": 0x7001_0000, "name": "s"}),
        ),
    ] {
        assert_eq!(
            ends.request(command, &arguments),
            Turn::default(),
            "{command}"
        );
        assert_eq!(ends.refuse(), Turn::default(), "{command}");
    }
}

#[test]
fn a_count_of_rows_is_that_of_ours_or_none() {
    let mut ends = Ends::new();
    let row = |counts: Value| {
        let mut row = json!({"name": "u", "value": format!("ULID({ID})"), "type": "ULID", "variablesReference": 15});
        row.as_object_mut()
            .unwrap()
            .extend(counts.as_object().unwrap().clone());
        row
    };
    for (counts, named, indexed) in [
        (json!({}), Value::Null, Value::Null),
        (json!({"indexedVariables": 16}), json!(12), Value::Null),
        (json!({"namedVariables": 3}), json!(12), Value::Null),
        (
            json!({"indexedVariables": 16, "namedVariables": 1}),
            json!(12),
            json!(0),
        ),
    ] {
        let rows = ends.rows(4, &json!([row(counts)]));
        assert_eq!(
            (&rows[0]["namedVariables"], &rows[0]["indexedVariables"]),
            (&named, &indexed)
        );
        assert_eq!(ends.own_rows(&rows[0]["variablesReference"]).len(), 12);
    }
}

#[test]
fn numbers_that_we_did_not_give_out_are_the_adapters() {
    // those of the largest numbers that adapters of the recordings use, and ours
    for reference in [0x7000_0000_i64, 0x7001_0000, 2_000_000_001, 0x7fff_fffe] {
        let mut ends = Ends::new();
        let asked = json!({"variablesReference": reference});
        assert_eq!(
            ends.request("variables", &asked),
            Turn::default(),
            "{reference}"
        );
        // and where an event brings them, they stay the adapter's
        ends.event(
            "output",
            &json!({"output": "x", "variablesReference": reference}),
        );
        assert_eq!(
            ends.rows(4, &json!([text_row()]))[0]["variablesReference"],
            0
        );
        assert_eq!(
            ends.request("variables", &asked),
            Turn::default(),
            "{reference}"
        );
    }
}

#[test]
fn an_adapter_that_uses_our_numbers_keeps_them() {
    let mut ends = Ends::new();
    let row = json!({"name": "a", "value": "x", "variablesReference": 0x7000_0001});
    ends.rows(4, &json!([row, text_row()]));
    let turn = ends.request("variables", &json!({"variablesReference": 0x7000_0001}));
    assert_eq!(turn, Turn::default());
    ends.respond(&json!({"variables": []}));
    let rows = ends.rows(4, &json!([text_row()]));
    assert_eq!(
        (&rows[0]["value"], &rows[0]["variablesReference"]),
        (&json!(SHOWN), &json!(0))
    );
}

#[test]
fn what_is_no_message_passes() {
    let mut ends = Ends::new();
    for message in [
        "",
        "{",
        "[]",
        "null",
        "{\"type\":5}",
        "{\"type\":\"request\",\"command\":\"variables\"}",
        "{\"type\":\"response\",\"request_seq\":1,\"body\":{\"variables\":[{\"value\":\"x\"",
        "{\"type\":\"",
        "{\"type\"",
        "{\"\":\"",
    ] {
        assert_eq!(
            ends.session.client(message.as_bytes()).fate,
            Fate::Pass,
            "{message}"
        );
        assert_eq!(
            ends.session
                .adapter(message.as_bytes(), &mut |_, _| None)
                .fate,
            Fate::Pass,
            "{message}"
        );
    }
}
