mod model;
mod motion;

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

/// Why a request goes no further.
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
fn the_frames_scope_lists_what_was_seen_in_time_order() {
    let mut ends = Ends::new();
    ends.request("scopes", &json!({"frameId": 7}));
    let turn = ends.respond(
        &json!({"scopes": [{"name": "Locals", "variablesReference": 4, "expensive": false}]}),
    );
    let Fate::Replace(message) = turn.fate else {
        panic!("no scope")
    };
    let scopes = parse(&message)["body"]["scopes"].clone();
    assert_eq!(
        (&scopes[0]["name"], &scopes[1]["name"]),
        (&json!("Locals"), &json!("ULIDs"))
    );
    let ours = scopes[1]["variablesReference"].clone();
    assert_eq!(ends.own_rows(&ours), Vec::<Value>::new());
    let later =
        json!({"name": "b", "value": "'01BX5ZZKBKACTAV9WEVGEMMVRY'", "variablesReference": 0});
    let list = json!({"name": "list", "value": "[…]", "variablesReference": 9});
    ends.rows(4, &json!([later, text_row(), list]));
    ends.rows(9, &json!([{"name": "0", "value": format!("'{ID}'"), "evaluateName": "list[0]", "variablesReference": 0}]));
    let rows = ends.own_rows(&ours);
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["name"].as_str().unwrap(),
                row["value"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(shown[0].0, "s, list[0]");
    assert_eq!(
        shown[1],
        ("b", "01BX5ZZKBKACTAV9WEVGEMMVRY ⟶ 2017-10-24T01:29:36.371Z")
    );
    assert_eq!(rows[0]["type"], "ULID");
    // a name that was set shows its new value alone
    ends.set("s", "01BX5ZZKBKACTAV9WEVGEMMVRY");
    ends.respond(&json!({"value": "'01BX5ZZKBKACTAV9WEVGEMMVRY'", "variablesReference": 0}));
    let names: Vec<_> = ends
        .own_rows(&ours)
        .iter()
        .map(|row| row["name"].clone())
        .collect();
    assert_eq!(names, ["list[0]", "b, s"]);
    ends.request("continue", &json!({"threadId": 1}));
    ends.respond(&json!({"allThreadsContinued": true}));
    assert_eq!(ends.own_rows(&ours), Vec::<Value>::new());
}

#[test]
fn keys_of_maps_are_among_the_ulids_of_the_frame() {
    let mut ends = Ends::new();
    ends.stand();
    // as debugpy and delve show a map from ULIDs
    let keyed =
        |name: &str| json!([{"name": name, "value": "5", "type": "int", "variablesReference": 0}]);
    for name in [
        "'01BX5ZZKBKACTAV9WEVGEMMVRY'",
        "\"01BX5ZZKBKACTAV9WEVGEMMVRY\"",
    ] {
        assert_eq!(
            ends.rows(4, &keyed(name)),
            keyed(name),
            "clients give the name back"
        );
        let seen = ends.own_rows(&json!(0x7000_0000));
        let last = seen.last().unwrap();
        assert_eq!(last["name"], "key");
        assert_eq!(
            last["value"],
            "01BX5ZZKBKACTAV9WEVGEMMVRY ⟶ 2017-10-24T01:29:36.371Z"
        );
        // the value is no ULID, whatever its key is
        assert_eq!(ends.set(name, "2020-01-02").fate, Fate::Pass);
    }
}

#[test]
fn an_id_behind_a_prefix_is_set_by_its_whole_text() {
    let mut ends = Ends::new();
    let row = json!({"name": "x", "value": format!("'user_{ID}'"), "type": "str", "variablesReference": 0});
    let rows = ends.rows(4, &json!([row]));
    assert_eq!(
        rows[0]["value"],
        format!("'user_{ID}' ⟶ 2016-07-30T23:54:10.259Z")
    );
    let reason = refusal(&ends.set("x", "2020-01-02"));
    assert!(
        reason.ends_with("type the whole text as the program writes it"),
        "{reason}"
    );
    assert_eq!(ends.set("x", &format!("'user_{ID}'")).fate, Fate::Pass);
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
fn pages_of_a_list_are_remembered_side_by_side() {
    let mut ends = Ends::new();
    ends.request("scopes", &json!({"frameId": 7}));
    ends.respond(&json!({"scopes": [{"name": "Locals", "variablesReference": 4}]}));
    let mut page = |start: usize, id: &str| {
        let row = json!({"name": start.to_string(), "value": format!("'{id}'"), "type": "str", "variablesReference": 0});
        let arguments = json!({"variablesReference": 4, "start": start, "count": 1});
        ends.request("variables", &arguments);
        ends.respond(&json!({"variables": [row]}));
    };
    page(0, ID);
    page(1, "01BX5ZZKBKACTAV9WEVGEMMVRY");
    // asked again, it says something else
    page(0, "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    let seen = ends.own_rows(&json!(0x7000_0000));
    let names: Vec<&Value> = seen.iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["1", "0"]);
    for (name, literal) in [("0", ID), ("1", ID)] {
        assert_eq!(
            forwarded(&ends.set(name, literal))["value"],
            format!("'{ID}'")
        );
    }
}

#[test]
fn what_is_too_much_to_remember_is_still_decorated() {
    let mut ends = Ends::new();
    let rows = |from: usize, count: usize| {
        let row = |number| json!({"name": format!("{number}"), "value": format!("'{ID}'"), "variablesReference": 0});
        Value::from((from..from + count).map(row).collect::<Vec<_>>())
    };
    ends.rows(4, &rows(0, 10_000));
    ends.rows(5, &rows(0, 10_000));
    let last = ends.rows(6, &rows(0, 1));
    assert_eq!(last[0]["value"], SHOWN);
    let set = |ends: &mut Ends, reference: i64, name: &str| {
        let arguments = json!({"variablesReference": reference, "name": name, "value": "01BX5ZZKBKACTAV9WEVGEMMVRY"});
        matches!(
            ends.request("setVariable", &arguments).fate,
            Fate::Replace(_)
        )
    };
    assert!(set(&mut ends, 4, "9999") && set(&mut ends, 5, "6383"));
    assert!(!set(&mut ends, 5, "6384") && !set(&mut ends, 6, "0"));
    // it is not known how its value is written
    let arguments = json!({"variablesReference": 6, "name": "0", "value": "2020-01-02"});
    assert_eq!(ends.request("setVariable", &arguments).fate, Fate::Keep);
    // the same list again takes no more room
    ends.rows(4, &rows(0, 1));
    ends.rows(6, &rows(0, 1));
    assert!(set(&mut ends, 6, "0"));
}

#[test]
fn a_scope_asked_for_too_early_waits_for_the_rows_under_way() {
    let mut ends = Ends::new();
    ends.request("scopes", &json!({"frameId": 7}));
    ends.respond(&json!({"scopes": [{"name": "Locals", "variablesReference": 4}]}));
    ends.request("variables", &json!({"variablesReference": 4}));
    let locals = ends.seq;
    let early = ends.request("variables", &json!({"variablesReference": 0x7000_0000}));
    assert_eq!((early.fate, early.to_client.len()), (Fate::Keep, 0));
    let response = json!({"type": "response", "request_seq": locals, "success": true, "body": {"variables": [text_row()]}});
    let turn = ends.adapter(&response);
    let answer = parse(&turn.to_client[0]);
    assert_eq!(answer["request_seq"], locals + 1);
    assert_eq!(answer["body"]["variables"][0]["name"], "s");
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
fn values_are_set_as_the_adapters_literals() {
    let mut ends = Ends::new();
    ends.rows(4, &json!([text_row(), {"name": "b", "value": "['x']", "type": "list", "variablesReference": 0}]));
    let set = |ends: &mut Ends, name: &str, value: &str| ends.set(name, value);
    assert_eq!(
        forwarded(&set(&mut ends, "s", "01BX5ZZKBKACTAV9WEVGEMMVRY"))["value"],
        "'01BX5ZZKBKACTAV9WEVGEMMVRY'"
    );
    assert_eq!(
        forwarded(&set(&mut ends, "s", "015f4bff-cd73-5334-ada7-8edc1d4a6f1e"))["value"],
        "'01BX5ZZKBKACTAV9WEVGEMMVRY'"
    );
    assert_eq!(
        forwarded(&set(&mut ends, "s", "2017-10-24T01:29:36.371Z"))["value"],
        "'01BX5ZZKBKTSV4RRFFQ69G5FAV'"
    );
    // a suffix left in the edit box goes
    assert_eq!(
        forwarded(&set(&mut ends, "s", SHOWN))["value"],
        format!("'{ID}'")
    );
    assert_eq!(
        forwarded(&set(
            &mut ends,
            "b",
            &format!("x{}", " ⟶ 2016-07-30T23:54:10.259Z")
        ))["value"],
        "x"
    );
    for (name, value) in [
        ("s", "'01BX5ZZKBKACTAV9WEVGEMMVRY'"),
        ("s", "other"),
        ("b", "01BX5ZZKBKACTAV9WEVGEMMVRY"),
    ] {
        assert_eq!(
            set(&mut ends, name, value).fate,
            Fate::Pass,
            "{name} {value}"
        );
    }
    // lldb-dap says `result` where the protocol says `value`
    ends.set("s", "01BX5ZZKBKACTAV9WEVGEMMVRY");
    let Fate::Replace(message) = ends
        .respond(&json!({"result": "'01BX5ZZKBKACTAV9WEVGEMMVRY'", "variablesReference": 0}))
        .fate
    else {
        panic!("not decorated");
    };
    assert_eq!(
        parse(&message)["body"]["result"],
        "'01BX5ZZKBKACTAV9WEVGEMMVRY' ⟶ 2017-10-24T01:29:36.371Z"
    );
}

#[test]
fn what_is_typed_in_the_language_of_the_program_passes() {
    let row = |value: &str, type_name: &str| json!({"name": "x", "value": value, "type": type_name, "evaluateName": "x", "variablesReference": 0});
    let quoted = "\"01BX5ZZKBKACTAV9WEVGEMMVRY\"";
    for (adapter, value, type_name, typed) in [
        (
            "debugpy",
            format!("'{ID}'"),
            "strsub",
            "'01BX5ZZKBKACTAV9WEVGEMMVRY'",
        ),
        (
            "debugpy",
            format!("ValueError('{ID}')"),
            "ValueError",
            "'01BX5ZZKBKACTAV9WEVGEMMVRY'",
        ),
        ("gdb", format!("0x4005d0 \"{ID}\""), "const char *", quoted),
        ("pwa-node", format!("Symbol({ID})"), "symbol", "Symbol('x')"),
        // adapters that are not known: Java, Ruby, Lua, .NET
        ("java", format!("\"{ID}\""), "String", quoted),
        ("rdbg", format!("\"{ID}\""), "String", quoted),
        ("lua", format!("\"{ID}\""), "string", quoted),
        (
            "coreclr",
            format!("{{{ID}}}"),
            "System.Ulid",
            "Ulid.Parse(\"01BX5ZZKBKACTAV9WEVGEMMVRY\")",
        ),
    ] {
        let mut ends = Ends::with_adapter(adapter);
        assert_ne!(
            ends.rows(4, &json!([row(&value, type_name)]))[0]["value"],
            json!(value),
            "{value}"
        );
        assert_eq!(ends.set("x", typed).fate, Fate::Pass, "{adapter}: {typed}");
    }
    // to one that is not known a bare ULID goes in the quotes that it showed
    for (adapter, type_name) in [("java", "String"), ("rdbg", "String"), ("x", "UUID")] {
        let mut ends = Ends::with_adapter(adapter);
        ends.rows(4, &json!([row(&format!("\"{ID}\""), type_name)]));
        let set = ends.set("x", "01BX5ZZKBKACTAV9WEVGEMMVRY");
        assert_eq!(forwarded(&set)["value"], quoted, "{adapter}");
    }
}

#[test]
fn an_adapter_says_who_it_is() {
    let row = json!([{"name": "b", "value": format!("'{ID}'"), "type": "String", "variablesReference": 0}]);
    let literal = |ends: &mut Ends| {
        ends.rows(4, &row);
        forwarded(&ends.set("b", "01BX5ZZKBKACTAV9WEVGEMMVRY"))["value"].clone()
    };
    let mut ends = Ends::with_adapter("x");
    assert_eq!(literal(&mut ends), "'01BX5ZZKBKACTAV9WEVGEMMVRY'");
    ends.event(
        "output",
        &json!({"category": "telemetry", "output": "js-debug/launch", "data": {}}),
    );
    assert_eq!(
        literal(&mut ends),
        "new String('01BX5ZZKBKACTAV9WEVGEMMVRY')"
    );
    ends.request("initialize", &json!({"adapterID": "python"}));
    ends.respond(&json!({"__lldb": {"version": "lldb version 19.1.7"}}));
    ends.rows(4, &row);
    let reason = refusal(&ends.set("b", "01BX5ZZKBKACTAV9WEVGEMMVRY"));
    assert!(reason.starts_with("lldb-dap cannot write"), "{reason}");
}

#[test]
fn what_cannot_be_set_is_refused_with_a_reason() {
    let mut ends = Ends::new();
    let rows = ends.rows(4, &json!([
        {"name": "u", "value": "Rec(id='01ARZ3NDEKTSV4RRFFQ69G5FAV')", "type": "Rec", "variablesReference": 0},
        {"name": "t", "value": format!("ULID({ID})"), "type": "ULID", "variablesReference": 0},
    ]));
    let turn = ends.set("t", "01BX5ZZKBKACTAV9WEVGEMMVRY");
    let answer = parse(&turn.to_client[0]);
    assert_eq!((turn.fate, &answer["success"]), (Fate::Keep, &json!(false)));
    assert!(
        answer["message"]
            .as_str()
            .unwrap()
            .contains("debugpy cannot write a ULID here")
    );
    let ours = rows[1]["variablesReference"].clone();
    let turn = ends.request(
        "setVariable",
        &json!({"variablesReference": ours, "name": "time", "value": "2020"}),
    );
    assert!(
        parse(&turn.to_client[0])["message"]
            .as_str()
            .unwrap()
            .contains("set the ULID itself")
    );
}

#[test]
fn hover_is_decorated_and_what_is_copied_is_not() {
    let mut ends = Ends::new();
    for (context, expected) in [
        ("hover", Some(SHOWN)),
        ("watch", Some(SHOWN)),
        ("variables", None),
        ("clipboard", None),
    ] {
        ends.request(
            "evaluate",
            &json!({"expression": "s", "frameId": 7, "context": context}),
        );
        let turn = ends
            .respond(&json!({"result": format!("'{ID}'"), "type": "str", "variablesReference": 0}));
        let shown = match turn.fate {
            Fate::Replace(message) => Some(
                parse(&message)["body"]["result"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            ),
            _ => None,
        };
        assert_eq!(shown.as_deref(), expected, "{context}");
    }
}

#[test]
fn a_row_without_an_expression_is_copied_as_the_adapter_shows_it() {
    let mut ends = Ends::new();
    for context in ["variables", "clipboard"] {
        // VS Code evaluates what the row shows
        let arguments = json!({"expression": "{__0:5} ⟶ 2016-07-30T23:54:10.259Z", "frameId": 7, "context": context});
        let turn = ends.request("evaluate", &arguments);
        assert_eq!(forwarded(&turn)["expression"], "{__0:5}");
        // and copies all of it where that is no expression
        let Fate::Replace(answer) = ends.refuse().fate else {
            panic!("not replaced");
        };
        let answer = parse(&answer);
        assert_eq!(
            (&answer["success"], &answer["body"]["result"]),
            (&json!(true), &json!("{__0:5}"))
        );
        assert_eq!(
            (&answer["request_seq"], &answer["command"]),
            (&json!(ends.seq), &json!("evaluate"))
        );
        // what was no row of ours fails as it does without us
        ends.request(
            "evaluate",
            &json!({"expression": "nope", "frameId": 7, "context": context}),
        );
        assert_eq!(ends.refuse().fate, Fate::Pass);
    }
}

#[test]
fn the_console_tells_a_ulid_and_never_evaluates_in_its_own_context() {
    let mut ends = Ends::new();
    let turn = ends.request(
        "evaluate",
        &json!({"expression": format!("ulid {ID}"), "context": "repl"}),
    );
    let answer = parse(&turn.to_client[0]);
    let one_line = format!("{ID} ⟶ 2016-07-30T23:54:10.259Z");
    assert_eq!(answer["body"]["result"], one_line, "its parts are below it");
    for arguments in [
        json!({"expression": "ulid total", "context": "repl", "frameId": 3}),
        json!({"expression": "ulid total"}),
    ] {
        let turn = ends.request("evaluate", &arguments);
        let forwarded = forwarded(&turn);
        assert_eq!(
            (&forwarded["expression"], &forwarded["context"]),
            (&json!("total"), &json!("watch"))
        );
        let turn = ends.respond(
            &json!({"result": "1777027686520646174104517696511196507", "variablesReference": 0}),
        );
        let Fate::Replace(message) = turn.fate else {
            panic!("no answer")
        };
        assert_eq!(parse(&message)["body"]["result"], one_line);
    }
    ends.request(
        "evaluate",
        &json!({"expression": "ulid x", "context": "repl"}),
    );
    let Fate::Replace(message) = ends
        .respond(&json!({"result": "5", "variablesReference": 0}))
        .fate
    else {
        panic!("no answer");
    };
    assert_eq!(
        parse(&message)["body"]["result"],
        "5 is no ULID that its text shows"
    );
    assert_eq!(
        ends.request(
            "evaluate",
            &json!({"expression": "ulid == x", "context": "repl"})
        )
        .fate,
        Fate::Pass
    );
}

#[test]
fn the_console_lists_the_parts_where_they_cannot_be_opened() {
    let mut ends = Ends::new();
    // this adapter uses our numbers
    ends.rows(
        4,
        &json!([{"name": "a", "value": "x", "variablesReference": 0x7001_0001}]),
    );
    let turn = ends.request(
        "evaluate",
        &json!({"expression": format!("ulid {ID}"), "context": "repl"}),
    );
    let answer = parse(&turn.to_client[0]);
    let told = answer["body"]["result"].as_str().unwrap();
    assert!(
        told.contains("\ntime       2016-07-30T23:54:10.259Z\n"),
        "{told}"
    );
}

#[test]
fn launch_settings_are_taken_out() {
    let mut ends = Ends::new();
    let turn = ends.request(
        "launch",
        &json!({"program": "x", "ulid": {"timeZone": "Asia/Tokyo"}}),
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
