//! A fault is told, and the session goes on.

use super::*;

#[test]
fn files_that_cannot_be_opened() {
    let mut client = Client::new();
    client.ok("initialize", Value::Null);
    let folder = client.folder.path().to_owned();
    assert_eq!(
        client.refused("launch", Value::Null),
        "give the file to open as \"program\""
    );
    for (program, reason) in [
        (folder.join("missing"), "…/missing: no such file"),
        (folder.clone(), "…: is a directory, give a file of IDs"),
        (
            client.file("empty", b""),
            "…/empty: is empty, there is no ID to show",
        ),
        (
            client.file("junk", b"\x7fELF\0\x01\x02"),
            "…/junk: is a binary file, give text, or records of 16 bytes as format binary",
        ),
    ] {
        assert_eq!(
            client.refused("launch", json!({ "program": program })),
            reason
        );
    }
    let ids = client.file("ids", IDS.as_bytes());
    assert_eq!(
        client.refused("launch", json!({ "program": ids, "format": "xml" })),
        "\"xml\" is no format; give lines, csv, tsv, jsonl, json, text or binary"
    );
    client.ok("launch", json!({ "program": ids }));
}

#[test]
fn what_does_not_exist_is_refused_by_name() {
    let mut client = Client::of(IDS);
    assert_eq!(
        client.refused("next", json!({ "threadId": 2 })),
        "there is no thread 2, the dataset is thread 1"
    );
    assert_eq!(
        client.refused("variables", json!({ "variablesReference": 99 })),
        "the reference 99 is of an earlier stop, ask for the scopes again"
    );
    assert_eq!(
        client.refused("launch", json!({ "program": "x" })),
        "a file is open already, end this session before another launch"
    );
    assert!(
        client
            .refused("scopes", json!({}))
            .contains("missing field")
    );
    assert!(
        client
            .refused("scopes", json!("x"))
            .contains("cannot be read")
    );
    assert_eq!(
        client.refused("fly", json!({})),
        "the inspector does not know the request \"fly\""
    );
    assert_eq!(
        client.refused("cancel", json!({ "requestId": 5 })),
        "nothing of the number 5 is under way"
    );
    assert_eq!(client.line(), 1);
}

#[test]
fn a_reference_of_an_earlier_stop_is_stale() {
    let mut client = Client::of(IDS);
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let reference = &scopes["scopes"][0]["variablesReference"];
    client.ok("variables", json!({ "variablesReference": reference }));
    client.motion("next");
    let refused = client.refused("variables", json!({ "variablesReference": reference }));
    assert!(refused.contains("of an earlier stop"), "{refused}");
    let again = client.ok("scopes", json!({ "frameId": frame }));
    assert_eq!(
        again["scopes"], scopes["scopes"],
        "the tree that is open stays open"
    );
}

#[test]
fn messages_that_are_none_are_told_in_the_console() {
    let mut client = Client::new();
    for body in [b"{".as_slice(), b"[]", b"{\"type\":\"request\"}", b"\xFF"] {
        let from = client.heard.len();
        client.send(body);
        let event = &client.heard[from];
        assert_eq!(event["event"], "output", "{event}");
        assert!(
            event["body"]["output"]
                .as_str()
                .unwrap()
                .starts_with("a message cannot be read: ")
        );
    }
    client.send(br#"{"type":"response","seq":1}"#);
    client.ok("initialize", json!({}));
}

#[test]
fn a_file_that_is_cut_while_it_is_open() {
    let mut client = Client::of(&IDS.repeat(40_000));
    let rows = client.session.program().unwrap().table.dataset.len();
    assert_eq!(rows, 240_000);
    client.file("ids.txt", b"01ARZ3NDEKTSV4RRFFQ69G5FAV\n");
    let targets = client.ok("gotoTargets", json!({ "source": {}, "line": 1 }));
    assert_eq!(targets["targets"].as_array().unwrap().len(), 1);
    let refused = client.refused("gotoTargets", json!({ "source": {}, "line": 200_000 }));
    assert!(refused.contains("was cut from"), "{refused}");
    client.ok("restart", json!({}));
    assert_eq!(client.motion("continue"), "step (End of file) 1");
}

#[test]
fn a_line_of_100_megabytes() {
    let mut content = vec![b'x'; 100_000_000];
    content.extend_from_slice(b"\n01ARZ3NDEKTSV4RRFFQ69G5FAV\n");
    let mut client = Client::of_file("ids.txt", &content, json!({}));
    let length = client.ok("evaluate", json!({ "expression": "length" }));
    assert_eq!(length["result"], "100000000");
    let text = client.ok("evaluate", json!({ "expression": "text" }));
    assert!(text["result"].as_str().unwrap().len() < 10_000);
    client.ok("next", json!({ "threadId": 1 }));
    let id = client.ok("evaluate", json!({ "expression": "id" }));
    assert_eq!(id["result"], "01ARZ3NDEKTSV4RRFFQ69G5FAV");
}

#[test]
fn only_what_a_person_asked_for_is_shown_to_one() {
    let mut client = Client::of(IDS);
    let mut shown = |command: &str, arguments: Value| {
        let answer = client.request(command, arguments);
        assert_eq!(answer["success"], false, "{command}");
        answer["body"]["error"]["showUser"].as_bool().unwrap()
    };
    for context in ["hover", "watch", "repl", "clipboard", "variables"] {
        let arguments = json!({ "expression": "web", "context": context });
        assert!(!shown("evaluate", arguments), "{context}");
    }
    assert!(!shown("variables", json!({ "variablesReference": 99 })));
    assert!(!shown("cancel", json!({ "requestId": 5 })));
    assert!(!shown("scopes", json!({ "frameId": 99 })));
    assert!(shown(
        "setExpression",
        json!({ "expression": "id", "value": "x" })
    ));
    assert!(shown("goto", json!({ "threadId": 1, "targetId": 5 })));
    assert!(shown("launch", json!({ "program": "x" })));
    client.ok("terminate", json!({}));
    let stopped = client.request("next", json!({ "threadId": 1 }));
    assert_eq!(stopped["message"], "notStopped");
    assert_eq!(stopped["body"]["error"]["showUser"], false);
}

#[test]
fn a_launch_that_a_goodbye_overtakes_is_answered() {
    let mut client = Client::new();
    let path = client.file("ids.txt", IDS.as_bytes());
    client.ok("initialize", Value::Null);
    let message = |seq: i64, command: &str, arguments: Value| {
        let request =
            json!({ "seq": seq, "type": "request", "command": command, "arguments": arguments });
        message::read(request.to_string().as_bytes())
    };
    // the file is being opened
    let turn = client
        .session
        .receive(message(7, "launch", json!({ "program": path })));
    assert_eq!((turn.messages.len(), turn.jobs.len()), (0, 1));
    let turn = client
        .session
        .receive(message(8, "disconnect", Value::Null));
    let answers: Vec<Value> = turn
        .messages
        .iter()
        .map(|message| serde_json::from_slice(&message.to_bytes(1)).unwrap())
        .collect();
    assert_eq!(
        (&answers[0]["request_seq"], &answers[0]["message"]),
        (&json!(7), &json!("cancelled"))
    );
    assert_eq!(
        (&answers[1]["request_seq"], &answers[1]["success"]),
        (&json!(8), &json!(true))
    );
    assert!(turn.over);
}

#[test]
fn a_source_has_the_whole_path_of_its_file() {
    // the folder of the tests is that of the crate
    let mut client = Client::new();
    client.ok("initialize", Value::Null);
    client.ok(
        "launch",
        json!({ "program": "Cargo.toml", "format": "text" }),
    );
    let sources = client.ok("loadedSources", Value::Null);
    let expected = std::env::current_dir().unwrap().join("Cargo.toml");
    assert_eq!(sources["sources"][0]["path"], json!(expected));
}
