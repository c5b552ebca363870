//! Requests that every adapter has to answer, known or not.

use super::*;
use crate::inspect::capabilities::REQUESTS;

/// Every request of the protocol, version 1.71.
const PROTOCOL: &[&str] = &[
    "attach",
    "breakpointLocations",
    "cancel",
    "completions",
    "configurationDone",
    "continue",
    "dataBreakpointInfo",
    "disassemble",
    "disconnect",
    "evaluate",
    "exceptionInfo",
    "goto",
    "gotoTargets",
    "initialize",
    "launch",
    "loadedSources",
    "locations",
    "modules",
    "next",
    "pause",
    "readMemory",
    "restart",
    "restartFrame",
    "reverseContinue",
    "runInTerminal",
    "scopes",
    "setBreakpoints",
    "setDataBreakpoints",
    "setExceptionBreakpoints",
    "setExpression",
    "setFunctionBreakpoints",
    "setInstructionBreakpoints",
    "setVariable",
    "source",
    "stackTrace",
    "startDebugging",
    "stepBack",
    "stepIn",
    "stepInTargets",
    "stepOut",
    "terminate",
    "terminateThreads",
    "threads",
    "variables",
    "writeMemory",
];

#[test]
fn every_request_of_the_protocol_is_answered_with_its_command() {
    for arguments in [
        Value::Null,
        json!({}),
        json!({ "threadId": 1, "frameId": 1, "expression": "id" }),
    ] {
        for command in PROTOCOL {
            let mut client = Client::of(IDS);
            let answer = client.request(command, arguments.clone());
            assert_eq!(answer["command"], *command);
            assert_eq!(answer["type"], "response");
            let unknown = answer["message"]
                .as_str()
                .is_some_and(|message| message.contains("does not know"));
            let is_listed = REQUESTS.iter().any(|(name, _)| name == command);
            assert_eq!(unknown, !is_listed, "{answer}");
        }
    }
}

#[test]
fn every_handler_is_of_the_protocol() {
    for (name, _) in REQUESTS {
        assert!(PROTOCOL.contains(name), "{name}");
    }
}

#[test]
fn numbers_of_requests_may_begin_at_zero() {
    let mut client = Client::new();
    client.send(br#"{"seq":0,"type":"request","command":"threads"}"#);
    assert_eq!(client.heard[0]["request_seq"], 0);
    assert_eq!(client.heard[0]["success"], true);
}

#[test]
fn the_response_comes_before_what_its_request_leads_to() {
    let client = Client::of(IDS);
    let order: Vec<&str> = client
        .heard
        .iter()
        .map(|message| {
            message["command"]
                .as_str()
                .or(message["event"].as_str())
                .unwrap()
        })
        .collect();
    assert_eq!(
        order,
        [
            "initialize",
            "launch",
            "initialized",
            "configurationDone",
            "stopped"
        ]
    );
}
