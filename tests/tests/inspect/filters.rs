//! Exception filters of the running adapter.

use serde_json::{Value, json};

use crate::wire::Wire;

/// The lines where `continue` stops, from the first line on, and the reasons.
fn stops(wire: &mut Wire) -> Vec<(String, i64)> {
    let thread = json!({ "threadId": 1 });
    let offer = wire.ask("gotoTargets", json!({ "source": {}, "line": 1 }));
    let target = &offer["body"]["targets"][0]["id"];
    wire.go("goto", json!({ "threadId": 1, "targetId": target }));
    let mut places = Vec::new();
    loop {
        wire.go("continue", thread.clone());
        let stopped = |message: &&Value| message["event"] == "stopped";
        let body = &wire.heard.iter().rev().find(stopped).unwrap()["body"];
        if body["description"] == "End of file" {
            return places;
        }
        let reason = body["reason"].as_str().unwrap().to_owned();
        let trace = wire.ask("stackTrace", thread.clone());
        let line = trace["body"]["stackFrames"][0]["line"].as_i64().unwrap();
        places.push((reason, line));
    }
}

#[test]
fn filters_take_conditions_and_hit_counts() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ids.txt");
    let pair = "01ARZ3NDEKTSV4RRFFQ69G5FAV\n01ARZ3NDEKTSV4RRFFQ69G5FAU\n";
    std::fs::write(&program, pair.repeat(5)).unwrap();
    let mut wire = Wire::stdio();
    wire.ask("initialize", Value::Null);
    wire.ask("launch", json!({ "program": program }));
    wire.go("configurationDone", Value::Null);
    for (condition, expected) in [
        ("", [2, 4, 6, 8, 10].as_slice()),
        ("line > 4", &[6, 8, 10]),
        ("% 2", &[4, 8]),
        ("line > 4; >= 2", &[8, 10]),
        ("prev.valid and line != 4; 2", &[6]),
    ] {
        let option = json!({ "filterId": "invalid", "condition": condition });
        let set = wire.ask(
            "setExceptionBreakpoints",
            json!({ "filters": [], "filterOptions": [option] }),
        );
        assert_eq!(set["body"]["breakpoints"][0]["verified"], true, "{set}");
        let expected: Vec<(String, i64)> = expected
            .iter()
            .map(|&line| ("exception".to_owned(), line))
            .collect();
        assert_eq!(stops(&mut wire), expected, "{condition}");
    }
    let option = json!({ "filterId": "invalid", "condition": "lyne > 4; 2" });
    let set = wire.ask(
        "setExceptionBreakpoints",
        json!({ "filters": [], "filterOptions": [option] }),
    );
    let set = &set["body"]["breakpoints"][0];
    assert_eq!(set["verified"], false);
    let message = set["message"].as_str().unwrap();
    assert!(message.contains("did you mean \"line\"?"), "{message}");
    wire.ask("disconnect", Value::Null);
    assert_eq!(wire.exit_code(), Some(0));
}
