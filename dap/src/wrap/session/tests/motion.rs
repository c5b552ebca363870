//! Rows are known by what the debuggee did, and not by what it was asked to do.

use super::*;

/// The text of [`ID`] with its time set to 2020-01-02.
const MOVED: &str = "'01DXHRTH00TSV4RRFFQ69G5FAV'";

#[test]
fn a_request_that_is_refused_moves_nothing() {
    for command in [
        "continue",
        "next",
        "stepIn",
        "stepOut",
        "stepBack",
        "reverseContinue",
        "goto",
        "restartFrame",
        "restart",
    ] {
        let mut ends = Ends::new();
        let rows = ends.stand();
        ends.request(command, &json!({"threadId": 1, "frameId": 7}));
        ends.refuse();
        assert_eq!(
            forwarded(&ends.set("s", "2020-01-02"))["value"],
            MOVED,
            "{command}"
        );
        let below = ends.own_rows(&rows[1]["variablesReference"]);
        assert_eq!(below.last().unwrap()["name"], "[raw]", "{command}");
        // what is taken moves all
        ends.request(command, &json!({"threadId": 1, "frameId": 7}));
        ends.respond(&json!({}));
        let reason = refusal(&ends.set("s", "2020-01-02"));
        assert!(
            reason.starts_with("2020-01-02 was not written"),
            "{command}: {reason}"
        );
    }
}

#[test]
fn a_stop_of_another_thread_leaves_the_rows_of_this_one() {
    let mut ends = Ends::new();
    let rows = ends.stand();
    let is_known = |ends: &mut Ends| {
        let below = ends.own_rows(&rows[1]["variablesReference"]);
        let has_raw = below.iter().any(|row| row["name"] == "[raw]");
        let is_set = matches!(ends.set("s", "2020-01-02").fate, Fate::Replace(_));
        assert_eq!(has_raw, is_set);
        is_set
    };
    ends.event(
        "stopped",
        &json!({"reason": "step", "threadId": 2, "allThreadsStopped": false}),
    );
    assert!(is_known(&mut ends));
    ends.event(
        "continued",
        &json!({"threadId": 2, "allThreadsContinued": false}),
    );
    assert!(is_known(&mut ends));
    ends.request("continue", &json!({"threadId": 2}));
    ends.respond(&json!({"allThreadsContinued": false}));
    assert!(is_known(&mut ends));
    ends.request("next", &json!({"threadId": 2, "singleThread": true}));
    ends.respond(&json!({}));
    assert!(is_known(&mut ends));
    ends.event(
        "stopped",
        &json!({"reason": "step", "threadId": 1, "allThreadsStopped": false}),
    );
    assert!(!is_known(&mut ends));
    for (event, body) in [
        (
            "stopped",
            json!({"reason": "step", "threadId": 2, "allThreadsStopped": true}),
        ),
        ("stopped", json!({"reason": "pause"})),
        ("continued", json!({"threadId": 2})),
    ] {
        ends.stand();
        ends.event(event, &body);
        assert!(!is_known(&mut ends), "{event} {body}");
    }
}

#[test]
fn an_answer_that_comes_after_the_stop_it_led_to_voids_nothing() {
    let mut ends = Ends::new();
    ends.stand();
    ends.request("next", &json!({"threadId": 1}));
    let next = ends.seq;
    ends.event(
        "stopped",
        &json!({"reason": "step", "threadId": 1, "allThreadsStopped": true}),
    );
    ends.stand();
    ends.adapter(
        &json!({"type": "response", "request_seq": next, "success": true, "command": "next"}),
    );
    assert_eq!(forwarded(&ends.set("s", "2020-01-02"))["value"], MOVED);
}

#[test]
fn what_is_no_ulid_takes_the_users_own_language() {
    let mut ends = Ends::new();
    ends.stand();
    // to Python and JavaScript it is arithmetic, as it is without us in between
    assert_eq!(ends.set("n", "2020-01-02").fate, Fate::Pass);
    assert_eq!(ends.set("s", "(2020-01-02)").fate, Fate::Pass);
    let by_expression = |ends: &mut Ends, expression: &str, value: &str| {
        let arguments = json!({"expression": expression, "frameId": 7, "value": value});
        ends.request("setExpression", &arguments)
    };
    assert_eq!(
        forwarded(&by_expression(&mut ends, "s", "2020-01-02"))["value"],
        MOVED
    );
    assert!(refusal(&by_expression(&mut ends, "other", "2020-01-02")).contains("(2020-01-02)"));
    assert_eq!(
        by_expression(&mut ends, "other", "(2020-01-02)").fate,
        Fate::Pass
    );
    ends.request(
        "evaluate",
        &json!({"expression": "other", "frameId": 7, "context": "watch"}),
    );
    ends.respond(&json!({"result": "5", "variablesReference": 0}));
    assert_eq!(
        by_expression(&mut ends, "other", "2020-01-02").fate,
        Fate::Pass
    );
}

#[test]
fn settings_of_a_restart_that_is_refused_are_not_in_force() {
    let mut ends = Ends::new();
    ends.request(
        "restart",
        &json!({"arguments": {"ulid": {"decoration": "off"}}}),
    );
    ends.refuse();
    assert_eq!(ends.rows(4, &json!([text_row()]))[0]["value"], SHOWN);
}
