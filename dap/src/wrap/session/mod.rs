//! One debug session as pure state: a message of either side goes in, what is to be sent comes out.
//!
//! The session never sends a request of its own to the adapter. The console's `ulid EXPR` is the client's own request,
//! with the expression alone in it and never in the `repl` context, since that is a command line for some adapters.

mod completions;
mod elements;
mod requests;
mod responses;
mod row;
mod stop;
mod texts;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use ulid_engine::Timestamp;

use super::{
    children::{self, Children, Parent},
    family::Family,
    json,
    kind::{Identifier, Kind},
    settings::{self, Decoration, Settings},
};
use crate::{message::is_asked_by_hand, visible::visible};
use stop::{Place, Stop};

/// The fate of a message, and further messages to the client after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// The fate of the message itself.
    pub fate: Fate,
    /// More messages for the client.
    pub to_client: Vec<Vec<u8>>,
}

/// The fate of a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It goes on as it came.
    #[default]
    Pass,
    /// This goes on in its place.
    Replace(Vec<u8>),
    /// It goes no further.
    Keep,
}

/// Makes an address of ours through which the adapter's address is reached: host and port to a port on 127.0.0.1.
pub type Redirect<'a> = dyn FnMut(&str, u16) -> Option<u16> + 'a;

/// The state of one session.
#[derive(Debug)]
pub struct Session {
    settings: Settings,
    family: Option<Family>,
    clock: fn() -> Timestamp,
    shows_types: bool,
    /// Cleared where the adapter uses numbers of our own range.
    may_number: bool,
    completions: Completions,
    /// Rows of the session so far.
    looks: Looks,
    pending: BTreeMap<i64, Pending>,
    /// Requests for a ULIDs scope that wait until the rows under way have been seen: sequence number and frame.
    waiting: Vec<(i64, usize)>,
    /// ULIDs scopes that were given out, of one stop at most.
    scopes: usize,
    stop: Stop,
    /// Counts the `stopped` events.
    stops: u64,
    children: Children,
    next_seq: i64,
    /// That of a message that was replaced, for the next.
    memory: Vec<u8>,
    is_terminated: bool,
    is_disconnecting: bool,
}

/// A request of the client that the adapter has not answered.
#[derive(Debug)]
struct Pending {
    command: Box<str>,
    subject: Subject,
    /// Motion of the debuggee if the adapter takes the request.
    motion: Option<Motion>,
    /// The settings to go back to where the adapter refuses the request.
    settings: Option<Box<Settings>>,
}

/// Motion of the debuggee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Motion {
    thread: Option<i64>,
    /// True if the other threads stand still.
    is_single: bool,
    /// The number of the stop that it begins from.
    from: u64,
}

/// The purpose of a pending request.
#[derive(Debug)]
enum Subject {
    /// Nothing of ours.
    Other,
    /// Capabilities of the adapter.
    Capabilities,
    /// The frames of a thread.
    Frames(i64),
    /// The scopes of a frame.
    Scopes(i64),
    /// The rows below a reference, with all arguments of the request.
    Rows(i64, Box<[u8]>),
    /// An expression in a frame.
    Value {
        frame: Option<i64>,
        expression: Box<str>,
    },
    /// A value to be copied: what the row shows without us, where the client asks for that.
    Copy(Option<Box<str>>),
    /// The console's `ulid EXPR`.
    Console { expression: Box<str> },
    /// Completions of the console, of which these are ours.
    Completions(Vec<Value>),
    /// The new value of a row or an expression.
    Set { frame: Option<i64>, place: Place },
}

/// Parts of a program that a client has seen so far: one that has no ULIDs gets no scope for them.
#[derive(Debug, Default)]
struct Looks {
    /// Rows were listed since the last stop.
    has_rows: bool,
    /// Rows were listed in an earlier stop.
    had_rows: bool,
    /// A ULID was shown.
    has_ids: bool,
}

impl Looks {
    /// True if a ULID was shown, or none was looked for yet.
    fn may_show_ids(&self) -> bool {
        self.has_ids || !self.had_rows
    }
}

/// Who completes lines of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Completions {
    /// The adapter, or nobody.
    #[default]
    Adapter,
    /// The adapter does, and said so.
    Both,
    /// The adapter does not, and we said that it does.
    Ours,
}

/// Requests whose answers are awaited. Some adapters never answer what they do not know.
const PENDING_MAX: usize = 4096;
/// Bytes that are kept for the next message.
const MEMORY_KEPT: usize = 256 * 1024;
/// Sequence numbers of our own, far above those of any adapter.
const FIRST_SEQ: i64 = 1 << 30;

impl Session {
    /// A session in front of an adapter, which may be unknown.
    #[must_use]
    pub fn new(settings: Settings, family: Option<Family>, clock: fn() -> Timestamp) -> Session {
        Session {
            settings,
            family,
            clock,
            shows_types: false,
            may_number: true,
            completions: Completions::default(),
            looks: Looks::default(),
            pending: BTreeMap::new(),
            waiting: Vec::new(),
            scopes: 0,
            stop: Stop::default(),
            stops: 0,
            children: Children::new(),
            next_seq: FIRST_SEQ,
            memory: Vec::new(),
            is_terminated: false,
            is_disconnecting: false,
        }
    }

    /// The settings in force, for sessions that come out of this one.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes the memory of a message back that was sent in the place of another: fresh memory costs more than what is
    /// written into it.
    pub fn take_back(&mut self, mut message: Vec<u8>) {
        message.clear();
        message.shrink_to(MEMORY_KEPT);
        self.memory = message;
    }

    /// True if the client asked for the end.
    #[must_use]
    pub fn is_disconnecting(&self) -> bool {
        self.is_disconnecting
    }

    /// True if the adapter said that debugging is over.
    #[must_use]
    pub fn is_terminated(&self) -> bool {
        self.is_terminated
    }

    /// The adapter is gone: an answer for every request that waits for one, and the end of the session.
    #[must_use]
    pub fn adapter_gone(&mut self, reason: &str, is_orderly: bool) -> Vec<Vec<u8>> {
        let mut messages = self.answer_waiting(true);
        for (seq, pending) in std::mem::take(&mut self.pending) {
            let is_wanted = matches!(&*pending.command, "disconnect" | "terminate");
            messages.push(if is_wanted {
                self.answer(seq, &pending.command, None)
            } else {
                self.refuse(seq, &pending.command, reason)
            });
        }
        if is_orderly {
            return messages;
        }
        messages.push(self.output("important", &visible(&format!("{reason}\n"))));
        if !self.is_terminated {
            messages.push(self.event("terminated", &json!({})));
            self.is_terminated = true;
        }
        messages
    }

    /// Text for the client's console.
    #[must_use]
    pub fn output(&mut self, category: &str, text: &str) -> Vec<u8> {
        self.event("output", &json!({"category": category, "output": text}))
    }

    fn is_on(&self) -> bool {
        self.settings.decoration != Decoration::Off
    }

    /// A thread runs, or stands somewhere else, or all of them do: the adapter's references of it mean nothing any more.
    fn resume(&mut self, thread: Option<i64>) {
        match thread {
            None => {
                self.stop.clear();
                self.children.forget_raw(|_| true);
            }
            Some(thread) => {
                let void = self.stop.clear_thread(thread);
                self.children.forget_raw(|raw| void.contains(&raw));
            }
        }
    }

    fn expect(&mut self, seq: i64, command: &str, subject: Subject) {
        if self.pending.len() >= PENDING_MAX {
            self.pending.pop_first();
        }
        let pending = Pending {
            command: command.into(),
            subject,
            motion: None,
            settings: None,
        };
        self.pending.insert(seq, pending);
    }

    /// A reference for an identifier and the adapter's own rows of it; those alone where we may number nothing.
    fn reference(&mut self, parent: Parent) -> i64 {
        if self.may_number {
            self.children.reference(parent)
        } else {
            parent.raw
        }
    }

    /// Answers the requests for ULIDs scopes, once no rows are under way any more.
    fn answer_waiting(&mut self, at_once: bool) -> Vec<Vec<u8>> {
        let rows_under_way = || {
            let mut pending = self.pending.values();
            pending.any(|pending| matches!(pending.subject, Subject::Rows(..)))
        };
        if self.waiting.is_empty() || (!at_once && rows_under_way()) {
            return Vec::new();
        }
        let waiting = std::mem::take(&mut self.waiting);
        waiting
            .into_iter()
            .map(|(seq, frame)| self.list_frame(seq, frame))
            .collect()
    }

    /// The rows of a ULIDs scope.
    fn list_frame(&mut self, seq: i64, frame: usize) -> Vec<u8> {
        let seen: Vec<(Identifier, String)> = self.stop.seen(frame).collect();
        let rows: Vec<Value> = seen
            .into_iter()
            .map(|(id, names)| {
                let reference = self.reference(Parent { id, raw: 0 });
                let value = settings::text_and_time(id, &self.settings);
                self.typed(id.kind(), children::row(&names, &value, reference))
            })
            .collect();
        self.answer(seq, "variables", Some(&json!({"variables": rows})))
    }

    /// A row of ours with its type, for clients that show types.
    fn typed(&self, kind: Kind, mut row: Value) -> Value {
        if self.shows_types
            && let Some(row) = row.as_object_mut()
        {
            row.insert("type".to_owned(), kind.to_string().into());
        }
        row
    }

    fn answer(&mut self, request_seq: i64, command: &str, body: Option<&Value>) -> Vec<u8> {
        let mut message = json!({
            "seq": self.take_seq(), "type": "response", "request_seq": request_seq, "success": true, "command": command,
        });
        if let (Some(body), Some(message)) = (body, message.as_object_mut()) {
            message.insert("body".to_owned(), body.clone());
        }
        message.to_string().into_bytes()
    }

    fn refuse(&mut self, request_seq: i64, command: &str, reason: &str) -> Vec<u8> {
        let reason = visible(reason);
        let shown = is_asked_by_hand(command);
        let error = json!({"id": 1, "format": reason.replace(['{', '}'], "'"), "showUser": shown});
        json!({
            "seq": self.take_seq(), "type": "response", "request_seq": request_seq, "success": false,
            "command": command, "message": reason.as_ref(), "body": {"error": error},
        })
        .to_string()
        .into_bytes()
    }

    fn event(&mut self, event: &str, body: &Value) -> Vec<u8> {
        json!({"seq": self.take_seq(), "type": "event", "event": event, "body": body})
            .to_string()
            .into_bytes()
    }

    fn take_seq(&mut self) -> i64 {
        self.next_seq += 1;
        self.next_seq - 1
    }
}

/// The fields that say what a message is.
#[derive(Debug, Default)]
struct Head<'a> {
    kind: &'a [u8],
    /// The command, or the event's name.
    name: &'a [u8],
    seq: Option<i64>,
    request_seq: Option<i64>,
    success: bool,
    /// The begin of the arguments or the body.
    content: Option<usize>,
}

impl<'a> Head<'a> {
    fn read(message: &'a [u8]) -> Head<'a> {
        let mut head = Head::default();
        let inner = |range: std::ops::Range<usize>| {
            message
                .get(range.start + 1..range.end - 1)
                .unwrap_or_default()
        };
        let mut members = json::members(message, 0);
        let mut has_success = false;
        while let Some((key, start)) = members.key() {
            if matches!(key, b"arguments" | b"body") {
                head.content = Some(start);
                // it can be long, and most adapters send it last
                if head.is_complete(has_success) {
                    break;
                }
            }
            let Some(value) = members.value(start) else {
                break;
            };
            match key {
                b"type" => head.kind = inner(value),
                b"command" | b"event" => head.name = inner(value),
                b"seq" => head.seq = json::integer(message, value),
                b"request_seq" => head.request_seq = json::integer(message, value),
                b"success" => {
                    head.success = json::is_true(message, value);
                    has_success = true;
                }
                _ => {}
            }
        }
        head
    }

    /// True if nothing is missing that is looked at.
    fn is_complete(&self, has_success: bool) -> bool {
        let is_answer = self.request_seq.is_some() && has_success;
        !self.name.is_empty()
            && match self.kind {
                b"request" => self.seq.is_some(),
                b"response" => is_answer,
                kind => kind == b"event",
            }
    }
}

#[cfg(test)]
mod tests;
