//! ULIDs within longer texts and printed lines.

use super::*;

const TIME: &str = "2016-07-30T23:54:10.259Z";

fn with(setting: &str) -> Ends {
    let mut ends = Ends::new();
    ends.request("launch", &json!({"ulid": {setting: true}}));
    ends.respond(&json!({}));
    ends
}

fn url() -> String {
    format!("'https://x.test/users/{ID}/orders?after=01BX5ZZKBKACTAV9WEVGEMMVRY'")
}

#[test]
fn ulids_within_a_text_are_told_where_that_is_chosen() {
    let row =
        json!({"name": "url", "value": url(), "evaluateName": "url", "variablesReference": 0});
    assert_eq!(Ends::new().rows(4, &json!([row]))[0], row);
    let mut ends = with("withinText");
    ends.request("scopes", &json!({"frameId": 7}));
    ends.respond(&json!({"scopes": [{"name": "Locals", "variablesReference": 4}]}));
    let told = ends.rows(4, &json!([row, text_row()]));
    let both = format!("{} ⟶ {TIME}, 2017-10-24T01:29:36.371Z", url());
    assert_eq!(told[0]["value"], both);
    assert_eq!(told[0]["variablesReference"], 0);
    assert_eq!(told[1]["value"], SHOWN);
    // what is typed into such a row is the program's own language, without what we added
    let turn = ends.set("url", &both);
    assert_eq!(forwarded(&turn)["value"], url());
    assert_eq!(ends.set("url", "x + 1").fate, Fate::Pass);
    for typed in ["2020-01-02", "01BX5ZZKBKACTAV9WEVGEMMVRY"] {
        let reason = refusal(&ends.set("url", typed));
        assert!(reason.contains("stands within a longer text"), "{reason}");
    }
    // a hover, and a value to be copied
    ends.request(
        "evaluate",
        &json!({"expression": "url", "context": "hover", "frameId": 7}),
    );
    let turn = ends.respond(&json!({"result": url(), "variablesReference": 0}));
    let Fate::Replace(message) = turn.fate else {
        panic!("not told");
    };
    assert_eq!(parse(&message)["body"]["result"], both);
    ends.request(
        "evaluate",
        &json!({"expression": "url", "context": "clipboard"}),
    );
    let turn = ends.respond(&json!({"result": url(), "variablesReference": 0}));
    assert_eq!(turn, Turn::default());
}

#[test]
fn printed_lines_are_told_where_that_is_chosen() {
    let printed = |ends: &mut Ends, category: &str, output: &str| {
        let body = json!({"category": category, "output": output});
        match ends.event("output", &body).fate {
            Fate::Replace(message) => parse(&message)["body"]["output"]
                .as_str()
                .unwrap()
                .to_owned(),
            Fate::Pass => output.to_owned(),
            Fate::Keep => panic!("an event is never kept"),
        }
    };
    let line = format!("user {ID} logged in\n");
    assert_eq!(printed(&mut Ends::new(), "stdout", &line), line);
    let mut ends = with("printed");
    for (category, output, expected) in [
        (
            "stdout",
            line.clone(),
            format!("user {ID} logged in ⟶ {TIME}\n"),
        ),
        ("console", ID.to_owned(), format!("{ID} ⟶ {TIME}")),
        (
            "stderr",
            format!("a\r\n{ID}\r\nb\n"),
            format!("a\r\n{ID} ⟶ {TIME}\r\nb\n"),
        ),
        (
            "stdout",
            "\u{1b}[1mé \"x\"\n".into(),
            "\u{1b}[1mé \"x\"\n".into(),
        ),
        ("telemetry", line.clone(), line.clone()),
    ] {
        assert_eq!(printed(&mut ends, category, &output), expected);
    }
}
