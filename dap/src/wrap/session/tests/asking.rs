//! Values that are asked for one by one: hovers, copies, the console.

use super::*;

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
fn the_text_of_a_str_ends_where_its_length_says() {
    let mut ends = Ends::new();
    ends.stand();
    // as lldb-dap shows a `&str` of Rust once it is opened
    let text = format!("0x000055555555c4c3 \"{ID}ready\\nassertion failed: step != 0unsafe\"");
    let rows = |name: &str, length: &str| {
        json!([
            {"name": name, "value": text, "type": "unsigned char *", "variablesReference": 27},
            {"name": "length", "value": length, "type": "unsigned long", "variablesReference": 0},
        ])
    };
    let told = ends.rows(9, &rows("data_ptr", "26"));
    assert_eq!(
        told[0]["value"],
        format!("{text} ⟶ 2016-07-30T23:54:10.259Z")
    );
    for (name, length) in [
        ("data_ptr", "31"),
        ("data_ptr", "900"),
        ("data_ptr", "x"),
        ("text", "26"),
    ] {
        let plain = ends.rows(9, &rows(name, length))[0].take();
        assert_eq!(plain["value"], text, "{name} {length}");
    }
    let mut alone = rows("data_ptr", "26");
    alone.as_array_mut().expect("rows").pop();
    assert_eq!(ends.rows(9, &alone), alone);
}
