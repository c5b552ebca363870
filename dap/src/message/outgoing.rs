//! Messages of ours: the crate's types as the protocol spells them.

use dap::{events::Event, responses::ResponseBody, types::Message};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A message to the client, without the number that its sender gives it.
#[derive(Debug, Clone)]
pub(crate) enum Outgoing {
    /// The answer to a request.
    Response(Response),
    /// Something that happened.
    Event(Box<Event>),
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    /// The client's number of the request.
    pub request_seq: i64,
    /// The command of the request.
    pub command: String,
    /// The body, where there is one, or why the request was refused.
    pub result: Result<Option<Body>, Failure>,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// One that the crate has a type for.
    Typed(Box<ResponseBody>),
    /// One with fields that the crate's type does not have, as the protocol spells it.
    Spelled(Value),
}

impl Body {
    /// A value of the crate as the protocol spells it, to which fields are added.
    #[must_use]
    pub(crate) fn spelled(value: &impl Serialize) -> Value {
        field(value, "").unwrap_or_default()
    }

    fn to_value(&self) -> Option<Value> {
        match self {
            Body::Typed(body) => field(body, "body"),
            Body::Spelled(body) => Some(body.clone()),
        }
    }
}

impl From<ResponseBody> for Body {
    fn from(body: ResponseBody) -> Body {
        Body::Typed(Box::new(body))
    }
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// A stable number of the kind of failure.
    pub id: i64,
    /// One sentence for a person; `cancelled` and `notStopped` have a meaning to clients.
    pub message: String,
    /// True if it is the client's business alone, as the end of what it has cancelled is.
    pub is_quiet: bool,
}

/// True if a person asks for a request by hand and waits for what comes of it. VS Code shows a notification for each
/// refusal that says so, and sends hovers, watches and the rows of a tree by itself.
#[must_use]
pub(crate) fn is_asked_by_hand(command: &str) -> bool {
    matches!(
        command,
        "launch"
            | "attach"
            | "restart"
            | "continue"
            | "reverseContinue"
            | "next"
            | "stepBack"
            | "stepIn"
            | "stepOut"
            | "pause"
            | "goto"
            | "restartFrame"
            | "setVariable"
            | "setExpression"
            | "terminate"
    )
}

impl Outgoing {
    /// The body of the frame.
    #[must_use]
    pub(crate) fn to_bytes(&self, seq: i64) -> Vec<u8> {
        let message = match self {
            Outgoing::Response(response) => response.to_message(seq),
            Outgoing::Event(event) => event_message(event, seq),
        };
        Value::Object(message).to_string().into_bytes()
    }
}

impl Response {
    fn to_message(&self, seq: i64) -> Map<String, Value> {
        let mut message = Map::new();
        message.insert("seq".to_owned(), json!(seq));
        message.insert("type".to_owned(), json!("response"));
        message.insert("request_seq".to_owned(), json!(self.request_seq));
        message.insert("success".to_owned(), json!(self.result.is_ok()));
        message.insert("command".to_owned(), json!(self.command));
        match &self.result {
            Ok(body) => {
                let body = body.as_ref().and_then(Body::to_value);
                message.extend(body.map(|body| ("body".to_owned(), body)));
            }
            Err(failure) => {
                message.insert("message".to_owned(), json!(failure.message));
                let error = failure.details(&self.command);
                let error = field(&error, "").unwrap_or_default();
                message.insert("body".to_owned(), json!({ "error": error }));
            }
        }
        message
    }
}

impl Failure {
    fn details(&self, command: &str) -> Message {
        Message {
            id: self.id,
            // braces would be read as placeholders
            format: self.message.replace(['{', '}'], "'"),
            show_user: Some(!self.is_quiet && is_asked_by_hand(command)),
            ..Message::default()
        }
    }
}

fn event_message(event: &Event, seq: i64) -> Map<String, Value> {
    let mut message = Map::new();
    message.insert("seq".to_owned(), json!(seq));
    message.insert("type".to_owned(), json!("event"));
    for name in ["event", "body"] {
        message.extend(field(event, name).map(|value| (name.to_owned(), value)));
    }
    message
}

/// One field of a value of the crate, or all of it for no name, as the protocol spells it.
fn field(value: &impl Serialize, name: &str) -> Option<Value> {
    let mut value = serde_json::to_value(value).ok()?;
    if !name.is_empty() {
        value = value.get_mut(name)?.take();
    }
    Some(put_right(value)).filter(|value| !value.is_null())
}

/// Drops nulls, which the protocol has only where a field says so, and spells every name in camel case.
fn put_right(value: Value) -> Value {
    match value {
        Value::Object(object) => object
            .into_iter()
            // the one name that may be null, and has to be there
            .filter(|(name, value)| !value.is_null() || name == "dataId")
            .map(|(name, value)| (camel(&name), put_right(value)))
            .collect(),
        Value::Array(array) => array.into_iter().map(put_right).collect(),
        other => other,
    }
}

fn camel(snake: &str) -> String {
    let mut camel = String::with_capacity(snake.len());
    let mut raise = false;
    for letter in snake.chars() {
        if letter == '_' && !camel.is_empty() {
            raise = true;
        } else if std::mem::take(&mut raise) {
            camel.push(letter.to_ascii_uppercase());
        } else {
            camel.push(letter);
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use dap::{
        events::StoppedEventBody,
        responses::{ContinueResponse, DataBreakpointInfoResponse, SetBreakpointsResponse},
        types::{Breakpoint, Capabilities, ExceptionBreakpointsFilter, Source, StoppedEventReason},
    };

    use super::*;

    fn message(outgoing: &Outgoing) -> Value {
        serde_json::from_slice(&outgoing.to_bytes(7)).unwrap()
    }

    fn body(command: &str, body: ResponseBody) -> Value {
        let response = Response {
            request_seq: 3,
            command: command.to_owned(),
            result: Ok(Some(body.into())),
        };
        message(&Outgoing::Response(response))["body"].take()
    }

    #[test]
    fn every_name_is_in_camel_case_and_nothing_is_null() {
        let resumed = ContinueResponse {
            all_threads_continued: Some(true),
        };
        assert_eq!(
            body("continue", ResponseBody::Continue(resumed)),
            json!({ "allThreadsContinued": true })
        );
        let breakpoint = Breakpoint {
            end_line: Some(2),
            instruction_reference: Some("0x1b".to_owned()),
            source: Some(Source {
                source_reference: Some(1),
                ..Source::default()
            }),
            ..Breakpoint::default()
        };
        let set = SetBreakpointsResponse {
            breakpoints: vec![breakpoint],
        };
        assert_eq!(
            body("setBreakpoints", ResponseBody::SetBreakpoints(set)),
            json!({ "breakpoints": [{
                "verified": false, "endLine": 2, "instructionReference": "0x1b", "source": { "sourceReference": 1 },
            }] })
        );
        let filter = ExceptionBreakpointsFilter {
            supports_condition: Some(true),
            ..ExceptionBreakpointsFilter::default()
        };
        let capabilities = Capabilities {
            exception_breakpoint_filters: Some(vec![filter]),
            ..Capabilities::default()
        };
        assert_eq!(
            body("initialize", ResponseBody::Initialize(capabilities)),
            json!({ "exceptionBreakpointFilters": [{ "filter": "", "label": "", "supportsCondition": true }] })
        );
        assert_eq!(
            body(
                "dataBreakpointInfo",
                ResponseBody::DataBreakpointInfo(DataBreakpointInfoResponse::default())
            ),
            json!({ "dataId": null, "description": "" })
        );
    }

    #[test]
    fn a_refusal_carries_its_command() {
        let response = Response {
            request_seq: 3,
            command: "cancel".to_owned(),
            result: Err(Failure {
                id: 9,
                message: "no {such} thing".to_owned(),
                is_quiet: false,
            }),
        };
        assert_eq!(
            message(&Outgoing::Response(response)),
            json!({
                "seq": 7, "type": "response", "request_seq": 3, "success": false, "command": "cancel", "message": "no {such} thing",
                "body": { "error": { "id": 9, "format": "no 'such' thing", "showUser": false, "variables": {} } },
            })
        );
    }

    #[test]
    fn an_answer_without_a_body_has_none() {
        let response = Response {
            request_seq: 3,
            command: "next".to_owned(),
            result: Ok(Some(ResponseBody::Next.into())),
        };
        assert_eq!(
            message(&Outgoing::Response(response)),
            json!({ "seq": 7, "type": "response", "request_seq": 3, "success": true, "command": "next" })
        );
    }

    #[test]
    fn events_drop_what_they_do_not_say() {
        let stopped = StoppedEventBody {
            reason: StoppedEventReason::Entry,
            description: None,
            thread_id: Some(1),
            preserve_focus_hint: None,
            text: None,
            all_threads_stopped: None,
            hit_breakpoint_ids: None,
        };
        assert_eq!(
            message(&Outgoing::Event(Box::new(Event::Stopped(stopped)))),
            json!({ "seq": 7, "type": "event", "event": "stopped", "body": { "reason": "entry", "threadId": 1 } })
        );
        assert_eq!(
            message(&Outgoing::Event(Box::new(Event::Initialized))),
            json!({ "seq": 7, "type": "event", "event": "initialized" })
        );
    }
}
