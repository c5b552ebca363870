//! Rows that are set: literals of each adapter, and what is the language of the program.

use super::*;

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
    // a program may print the same
    ends.event(
        "output",
        &json!({"category": "stdout", "output": "js-debug/launch"}),
    );
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
