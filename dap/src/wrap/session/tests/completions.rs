//! Completions of the console.

use super::*;

fn initialized(capabilities: &Value) -> (Ends, Value) {
    let session = Session::new(Settings::at(now()), None, now);
    let mut ends = Ends {
        session,
        seq: 0,
        redirected: Vec::new(),
    };
    ends.request("initialize", &json!({"adapterID": "x"}));
    let told = match ends.respond(capabilities).fate {
        Fate::Replace(message) => parse(&message)["body"].clone(),
        _ => capabilities.clone(),
    };
    (ends, told)
}

fn labels(message: &[u8]) -> Vec<String> {
    let targets = parse(message)["body"]["targets"].clone();
    let targets = targets.as_array().unwrap().iter();
    targets
        .map(|target| target["label"].as_str().unwrap().to_owned())
        .collect()
}

fn ask(ends: &mut Ends, text: &str) -> Turn {
    let arguments = json!({"frameId": 7, "text": text, "column": text.encode_utf16().count() + 1});
    ends.request("completions", &arguments)
}

#[test]
fn an_adapter_that_completes_is_asked_and_ours_come_first() {
    let said = json!({"supportsCompletionsRequest": true, "x": 1});
    let (mut ends, told) = initialized(&said);
    assert_eq!(told, said);
    assert_eq!(ask(&mut ends, "ul"), Turn::default());
    let turn = ends.respond(&json!({"targets": [{"label": "ulimit"}]}));
    let Fate::Replace(message) = turn.fate else {
        panic!("ours are missing");
    };
    assert_eq!(labels(&message), ["ulid", "ulimit"]);
    // one that refuses leaves ours
    ask(&mut ends, "u");
    let Fate::Replace(message) = ends.refuse().fate else {
        panic!("ours are missing");
    };
    assert_eq!(labels(&message), ["ulid"]);
    assert_eq!(parse(&message)["request_seq"], ends.seq);
    // what is not about ULIDs passes
    for text in ["", "x", "ulidx", "é"] {
        assert_eq!(ask(&mut ends, text), Turn::default());
        let body = json!({"targets": [{"label": "y"}]});
        assert_eq!(ends.respond(&body), Turn::default(), "{text}");
    }
}

#[test]
fn where_the_adapter_does_not_complete_it_is_not_asked() {
    for said in [
        json!({}),
        json!({"a": {"b": 1}}),
        json!({"supportsCompletionsRequest": false}),
    ] {
        let (mut ends, told) = initialized(&said);
        assert_eq!(told["supportsCompletionsRequest"], true, "{said}");
        let turn = ask(&mut ends, "uli");
        assert_eq!(turn.fate, Fate::Keep);
        assert_eq!(labels(&turn.to_client[0]), ["ulid"]);
        let turn = ask(&mut ends, "x");
        assert_eq!(labels(&turn.to_client[0]), [""; 0]);
    }
}

#[test]
fn behind_the_command_stand_the_expressions_that_show_a_ulid() {
    let mut ends = Ends::new();
    ends.stand();
    for (text, expected) in [
        ("ulid ", &["s", "u"][..]),
        ("ulid u", &["u"]),
        ("  ulid  s", &["s"]),
        ("ulid x.s", &[]),
        ("ulid z", &[]),
    ] {
        let turn = ask(&mut ends, text);
        assert_eq!(labels(&turn.to_client[0]), expected, "{text}");
    }
    // the cursor stands before the end
    let turn = ends.request(
        "completions",
        &json!({"frameId": 7, "text": "ul = 5", "column": 3}),
    );
    assert_eq!(labels(&turn.to_client[0]), ["ulid"]);
}
