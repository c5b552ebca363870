//! Programs that start others: the sessions of those come through `wrap` as well.

use serde_json::{Value, json};
use ulid_tests::tool;

use super::{
    adapters::PYTHON,
    client::{Client, wrap},
    walk::{debug, source},
};

/// A session with a Python program that starts another, up to where the adapter tells of that other.
fn parent(supports_start_debugging: bool) -> Option<(Client, Value)> {
    let python = tool("python/bin/python")?;
    let mut client = Client::spawn(&mut wrap(&[
        "--",
        python.to_str().unwrap(),
        "-m",
        "debugpy.adapter",
    ]));
    client.ask(
        "initialize",
        json!({"adapterID": "debugpy", "supportsStartDebuggingRequest": supports_start_debugging}),
    );
    client.send(
        "launch",
        json!({"program": source("parent.py"), "console": "internalConsole"}),
    );
    client.event("initialized");
    client.send("configurationDone", json!({}));
    let told = client.event(if supports_start_debugging {
        "startDebugging"
    } else {
        "debugpyAttach"
    });
    Some((client, told))
}

/// Debugs the other program where the adapter, as it came to the client, says that it is.
fn debug_child(configuration: &Value) {
    let connect = &configuration["connect"];
    assert_eq!(connect["host"], "127.0.0.1");
    let port = connect["port"].as_u64().unwrap().try_into().unwrap();
    let client = Client::connect(port);
    debug(client, "main.py", "attach", configuration.clone(), &PYTHON);
}

#[test]
fn a_child_that_the_client_is_asked_to_debug() {
    let Some((mut client, request)) = parent(true) else {
        return;
    };
    client.reply(&request);
    assert_eq!(request["arguments"]["request"], "attach");
    debug_child(&request["arguments"]["configuration"]);
    client.event("terminated");
    client.ask("disconnect", json!({}));
    assert_eq!(client.finish(), (Some(0), String::new()));
}

#[test]
fn a_child_that_the_client_is_told_of() {
    let Some((mut client, event)) = parent(false) else {
        return;
    };
    debug_child(&event["body"]);
    client.event("terminated");
    client.ask("disconnect", json!({}));
    assert_eq!(client.finish(), (Some(0), String::new()));
}
