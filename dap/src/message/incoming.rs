//! Messages as clients really send them: missing, null or empty `arguments`, and camel case where the `dap` crate reads snake case.

use dap::requests::Command;
use serde_json::{Map, Value, json};

/// A message from the client.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A request, which needs a response.
    Request(Box<Request>),
    /// The client's answer to a request of ours, or a message of a type that the protocol does not know.
    Other,
    /// No message of the protocol, and why.
    Malformed(String),
}

/// A request from the client.
#[derive(Debug)]
pub(crate) struct Request {
    /// The client's number of this request, which the response repeats.
    pub seq: i64,
    /// The name of the command, also of one that is unknown.
    pub command: String,
    /// The command with its arguments, or why they cannot be read.
    pub typed: Result<Command, String>,
    /// The reference that `locations` asks about, a request that the crate does not have.
    pub location: Option<i64>,
}

/// Reads the body of one frame.
#[must_use]
pub(crate) fn read(body: &[u8]) -> Incoming {
    let message: Map<String, Value> = match serde_json::from_slice(body) {
        Ok(message) => message,
        Err(error) => return Incoming::Malformed(error.to_string()),
    };
    match message.get("type").and_then(Value::as_str) {
        Some("request") => request(message),
        Some(_) => Incoming::Other,
        None => Incoming::Malformed("a message without a type".to_owned()),
    }
}

fn request(mut message: Map<String, Value>) -> Incoming {
    let Some(Value::String(command)) = message.remove("command") else {
        return Incoming::Malformed("a request without a command".to_owned());
    };
    let seq = message.get("seq").and_then(Value::as_i64).unwrap_or(0);
    let arguments = message.remove("arguments").unwrap_or(Value::Null);
    let location = arguments.get("locationReference").and_then(Value::as_i64);
    let typed = typed(&command, arguments).map_err(|error| error.to_string());
    Incoming::Request(Box::new(Request {
        seq,
        command,
        typed,
        location,
    }))
}

fn typed(command: &str, arguments: Value) -> Result<Command, serde_json::Error> {
    // unit variants of the crate accept no arguments at all, the others accept no missing ones
    let message = match command {
        "configurationDone" | "loadedSources" | "threads" => json!({ "command": command }),
        _ => {
            let arguments = put_right(command, arguments);
            json!({ "command": command, "arguments": arguments })
        }
    };
    serde_json::from_value(message)
}

/// The arguments as the crate's types read them.
fn put_right(command: &str, arguments: Value) -> Value {
    let mut arguments = match arguments {
        Value::Null => Map::new(),
        Value::Object(arguments) => arguments,
        // the types refuse it, with a reason
        other => return other,
    };
    match command {
        "initialize" => default(&mut arguments, "adapterID", json!("")),
        "setExceptionBreakpoints" => default(&mut arguments, "filters", json!([])),
        "setFunctionBreakpoints" | "setDataBreakpoints" => {
            default(&mut arguments, "breakpoints", json!([]));
        }
        "source" => default(&mut arguments, "sourceReference", json!(0)),
        "setBreakpoints" => {
            if let Some(Value::Array(breakpoints)) = arguments.get_mut("breakpoints") {
                breakpoints.iter_mut().for_each(snake_keys);
            }
        }
        _ => {}
    }
    if let Some(source) = arguments.get_mut("source") {
        snake_source(source);
    }
    Value::Object(arguments)
}

/// Sets what is missing or null.
fn default(arguments: &mut Map<String, Value>, name: &str, value: Value) {
    let found = arguments.entry(name).or_insert(Value::Null);
    if found.is_null() {
        *found = value;
    }
}

fn snake_source(source: &mut Value) {
    snake_keys(source);
    if let Some(Value::Array(sources)) = source.get_mut("sources") {
        sources.iter_mut().for_each(snake_source);
    }
}

fn snake_keys(value: &mut Value) {
    if let Value::Object(object) = value {
        *object = std::mem::take(object)
            .into_iter()
            .map(|(name, value)| (snake(&name), value))
            .collect();
    }
}

fn snake(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 1);
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(message: Value) -> Command {
        match read(message.to_string().as_bytes()) {
            Incoming::Request(request) => request.typed.unwrap(),
            other => panic!("{message}: {other:?}"),
        }
    }

    #[test]
    fn arguments_may_be_missing_null_or_empty() {
        for name in [
            "initialize",
            "configurationDone",
            "threads",
            "loadedSources",
            "disconnect",
            "terminate",
            "cancel",
            "restart",
            "launch",
            "attach",
            "modules",
            "setExceptionBreakpoints",
            "setFunctionBreakpoints",
            "setDataBreakpoints",
            "source",
        ] {
            let request = json!({ "seq": 0, "type": "request", "command": name });
            command(request.clone());
            for arguments in [Value::Null, json!({})] {
                let mut request = request.clone();
                request["arguments"] = arguments;
                command(request);
            }
        }
    }

    #[test]
    fn what_the_crate_reads_in_snake_case_arrives() {
        let request = json!({
            "seq": 1, "type": "request", "command": "setBreakpoints",
            "arguments": {
                "source": { "path": "a", "sourceReference": 7, "presentationHint": "normal", "sources": [{ "sourceReference": 8 }] },
                "breakpoints": [{ "line": 1, "hitCondition": ">3", "logMessage": "{id}" }],
            },
        });
        let Command::SetBreakpoints(arguments) = command(request) else {
            panic!("another command");
        };
        assert_eq!(arguments.source.source_reference, Some(7));
        let inner = arguments.source.sources.unwrap();
        assert_eq!(inner[0].source_reference, Some(8));
        let breakpoint = &arguments.breakpoints.unwrap()[0];
        assert_eq!(breakpoint.hit_condition.as_deref(), Some(">3"));
        assert_eq!(breakpoint.log_message.as_deref(), Some("{id}"));
    }

    #[test]
    fn what_is_no_request_is_told_apart() {
        let kind = |body: &str| match read(body.as_bytes()) {
            Incoming::Request(request) => format!("{}: {}", request.seq, request.command),
            Incoming::Other => "other".to_owned(),
            Incoming::Malformed(why) => why,
        };
        assert_eq!(kind(r#"{"type":"response","seq":1}"#), "other");
        assert_eq!(
            kind(r#"{"type":"request","seq":1}"#),
            "a request without a command"
        );
        assert_eq!(kind(r#"{"seq":1}"#), "a message without a type");
        assert_eq!(kind(r#"{"type":"request","command":"x"}"#), "0: x");
        assert!(kind("[]").contains("invalid type"), "{}", kind("[]"));
        assert!(kind("{").contains("EOF"), "{}", kind("{"));
    }

    #[test]
    fn wrong_arguments_have_a_reason() {
        let body = json!({ "seq": 3, "type": "request", "command": "scopes", "arguments": { "frameId": "x" } });
        let Incoming::Request(request) = read(body.to_string().as_bytes()) else {
            panic!("a request");
        };
        let reason = request.typed.unwrap_err();
        assert!(reason.contains("expected i64"), "{reason}");
    }
}
