//! The ULIDs scope of a frame, and what is remembered for it.

use super::*;

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

const KEY: &str = "01BX5ZZKBKACTAV9WEVGEMMVRY";
const KEY_TIME: &str = "2017-10-24T01:29:36.371Z";

#[test]
fn keys_of_maps_are_told_behind_the_values_and_among_the_ulids_of_the_frame() {
    let mut ends = Ends::new();
    ends.stand();
    // as debugpy, delve, js-debug and python-ulid show a map from ULIDs
    for name in [
        format!("'{KEY}'"),
        format!("\"{KEY}\""),
        KEY.to_owned(),
        format!("ULID({KEY})"),
        "UUID('015f4bff-cd73-5334-ad25-3b6c1d4f6f1e')".replace("5334-ad25", "7334-ad25"),
    ] {
        let keyed = json!([{"name": name, "value": "5", "type": "int", "evaluateName": "m[k]", "variablesReference": 0}]);
        let told = ends.rows(4, &keyed)[0].take();
        let value = told["value"].as_str().unwrap();
        assert!(
            value.starts_with("5 ⟶ key ") && value.ends_with(KEY_TIME),
            "{value}"
        );
        for field in ["name", "type", "evaluateName", "variablesReference"] {
            assert_eq!(told[field], keyed[0][field], "clients give it back");
        }
        let seen = ends.own_rows(&json!(0x7000_0000));
        let last = seen.last().unwrap();
        assert_eq!(last["name"], "key");
        assert!(
            last["value"].as_str().unwrap().ends_with(KEY_TIME),
            "{last}"
        );
        // the value is no ULID, whatever its key is, and what we added does not reach the adapter
        assert_eq!(ends.set(&name, "2020-01-02").fate, Fate::Pass);
        assert_eq!(forwarded(&ends.set(&name, value))["value"], "5");
    }
}

#[test]
fn keys_stand_behind_the_times_of_their_values() {
    let mut ends = Ends::new();
    ends.stand();
    let name = format!("'{KEY}'");
    let row = json!({"name": name, "value": format!("'{ID}'"), "variablesReference": 0});
    let told = ends.rows(4, &json!([row]))[0].take();
    assert_eq!(told["value"], format!("{SHOWN}, key {KEY_TIME}"));
    // what is typed is the value's
    let turn = ends.set(&name, told["value"].as_str().unwrap());
    assert_eq!(forwarded(&turn)["value"], format!("'{ID}'"));
    let turn = ends.set(&name, KEY);
    assert_eq!(forwarded(&turn)["value"], format!("'{KEY}'"));
    // behind the times within a text
    ends.request("launch", &json!({"ulid": {"withinText": true}}));
    ends.respond(&json!({}));
    let text = format!("'{ID}, {ID}'");
    let row = json!({"name": name, "value": text, "variablesReference": 0});
    let told = ends.rows(4, &json!([row]))[0].take();
    let value = told["value"].as_str().unwrap();
    assert!(value.ends_with(&format!("Z, key {KEY_TIME}")), "{value}");
    assert_eq!(forwarded(&ends.set(&name, value))["value"], text);
}

#[test]
fn names_that_are_no_keys_stay_plain() {
    let mut ends = Ends::new();
    ends.stand();
    for name in [
        // beyond the window, with nothing that says that it is an identifier
        "'5GVNSXACBQ5A9C3JZR4K1T2M7H'",
        "'01BX5ZZKBKACTAV9WEVGEMMVRY0'",
        "std::_Vector_base<unsigned char, std::allocator<unsigned char> >",
        "UUID('3e0cf4b8-1d1c-4f6e-9c52-6a0f5f2b7d11')",
        "a very long name of a field of a record",
    ] {
        let row = json!([{"name": name, "value": "5", "variablesReference": 0}]);
        assert_eq!(ends.rows(4, &row), row);
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
fn a_program_without_ulids_gets_no_scope_for_them_after_its_first_stop() {
    let mut ends = Ends::new();
    let scopes = |ends: &mut Ends| {
        ends.request("scopes", &json!({"frameId": 7}));
        match ends
            .respond(&json!({"scopes": [{"name": "Locals", "variablesReference": 4}]}))
            .fate
        {
            Fate::Replace(message) => parse(&message)["body"]["scopes"].as_array().unwrap().len(),
            _ => 1,
        }
    };
    let plain = json!([{"name": "n", "value": "5", "variablesReference": 0}]);
    let stop = json!({"reason": "step", "threadId": 1, "allThreadsStopped": true});
    // nothing was looked at yet
    assert_eq!(scopes(&mut ends), 2);
    ends.event("stopped", &stop);
    assert_eq!(scopes(&mut ends), 2);
    ends.rows(4, &plain);
    ends.event("stopped", &stop);
    assert_eq!(scopes(&mut ends), 1);
    ends.rows(4, &json!([text_row()]));
    assert_eq!(scopes(&mut ends), 2);
    ends.event("stopped", &stop);
    assert_eq!(scopes(&mut ends), 2);
}
