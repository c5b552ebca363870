//! Messages of the client.

use serde_json::json;

use ulid_engine::Ulid;

use super::{
    super::{
        assign,
        children::{self, Parent},
        console, json, settings,
    },
    Family, Fate, Head, Motion, Place, Session, Subject, Turn,
};

/// Requests that move the debuggee where the adapter takes them.
const MOVING: [&[u8]; 9] = [
    b"continue",
    b"next",
    b"stepIn",
    b"stepOut",
    b"stepBack",
    b"reverseContinue",
    b"goto",
    b"restartFrame",
    b"restart",
];

impl Session {
    /// A message of the client.
    pub fn client(&mut self, message: &[u8]) -> Turn {
        let head = Head::read(message);
        if head.kind != b"request" {
            return Turn::default();
        }
        let (Some(seq), Ok(command)) = (head.seq, std::str::from_utf8(head.name)) else {
            return Turn::default();
        };
        let request = Request {
            message,
            seq,
            command,
            arguments: head.content,
        };
        let turn = match command {
            "initialize" => self.initialize(&request),
            "launch" | "attach" | "restart" => self.configure(&request),
            "disconnect" => {
                self.is_disconnecting = true;
                None
            }
            "evaluate" => self.evaluate(&request),
            "setVariable" | "setExpression" => self.set(&request),
            "stackTrace" => self.stack_request(&request),
            "scopes" => self.scopes_request(&request),
            "variables" => self.variables_request(&request),
            "dataBreakpointInfo" => self.data_breakpoint_info(&request),
            "completions" => self.completions_request(&request),
            _ => None,
        };
        let turn = turn.unwrap_or_else(|| {
            self.expect(seq, command, Subject::Other);
            Turn::default()
        });
        if MOVING.contains(&head.name) {
            self.expect_motion(&request);
        }
        turn
    }

    /// Notes how the debuggee moves once the adapter has taken the request.
    fn expect_motion(&mut self, request: &Request<'_>) {
        let of_frame = |frame| self.stop.thread_of(frame);
        let (thread, is_single) = match request.command {
            "restartFrame" => (request.integer("frameId").and_then(of_frame), true),
            "goto" => (request.integer("threadId"), true),
            _ => (request.integer("threadId"), request.is_true("singleThread")),
        };
        let motion = Motion {
            thread,
            is_single,
            from: self.stops,
        };
        if let Some(pending) = self.pending.get_mut(&request.seq) {
            pending.motion = Some(motion);
        }
    }

    fn initialize(&mut self, request: &Request<'_>) -> Option<Turn> {
        self.shows_types = request.is_true("supportsVariableType");
        if self.family.is_none() {
            self.family = request
                .text("adapterID")
                .and_then(|id| Family::of_adapter_id(&id));
        }
        self.expect(request.seq, request.command, Subject::Capabilities);
        Some(Turn::default())
    }

    /// Takes our settings out of a launch configuration.
    fn configure(&mut self, request: &Request<'_>) -> Option<Turn> {
        let mut at = request.arguments?;
        if request.command == "restart" {
            at = json::member(request.message, at, "arguments")?.start;
        }
        let object = json::member(request.message, at, "ulid")?;
        let mut to_client = Vec::new();
        let before = self.settings.clone();
        match self
            .settings
            .with_launch_object(request.message.get(object)?)
        {
            Ok(settings) => self.settings = settings,
            Err(error) => to_client.push(self.output("important", &format!("{error}\n"))),
        }
        let message = without_member(request.message, at, "ulid")?;
        // by this port the extension for VS Code leads a session through us; a session that comes out of it has its own
        let message = without_member(&message, at, "debugServer").unwrap_or(message);
        self.expect(request.seq, request.command, Subject::Other);
        if let Some(pending) = self.pending.get_mut(&request.seq) {
            pending.settings = Some(Box::new(before));
        }
        Some(Turn {
            fate: Fate::Replace(message),
            to_client,
        })
    }

    fn stack_request(&mut self, request: &Request<'_>) -> Option<Turn> {
        let thread = request.integer("threadId")?;
        self.expect(request.seq, request.command, Subject::Frames(thread));
        Some(Turn::default())
    }

    fn scopes_request(&mut self, request: &Request<'_>) -> Option<Turn> {
        let frame = request.integer("frameId")?;
        self.expect(request.seq, request.command, Subject::Scopes(frame));
        Some(Turn::default())
    }

    fn variables_request(&mut self, request: &Request<'_>) -> Option<Turn> {
        let reference = request.integer("variablesReference")?;
        if !self.gave_out(reference) {
            let arguments = request.raw_arguments()?.into();
            let subject = Subject::Rows(reference, arguments);
            self.expect(request.seq, request.command, subject);
            return Some(Turn::default());
        }
        if let Some(number) = children::scope_number(reference) {
            self.waiting.push((request.seq, number));
            return Some(Turn {
                fate: Fate::Keep,
                to_client: self.answer_waiting(false),
            });
        }
        let rows = match self.children.parent(reference) {
            Some(parent) => children::rows(parent, &self.settings, (self.clock)()),
            None => Vec::new(),
        };
        let rows = page(rows, request);
        let answer = self.answer(
            request.seq,
            request.command,
            Some(&json!({"variables": rows})),
        );
        Some(kept(answer))
    }

    /// Rows of ours are no memory that can be watched.
    fn data_breakpoint_info(&mut self, request: &Request<'_>) -> Option<Turn> {
        request
            .integer("variablesReference")
            .filter(|&reference| self.gave_out(reference))?;
        let body = json!({"dataId": null, "description": "a part of a ULID, decoded by ulid-dap"});
        Some(kept(self.answer(request.seq, request.command, Some(&body))))
    }

    fn evaluate(&mut self, request: &Request<'_>) -> Option<Turn> {
        let expression = request.text("expression")?;
        let context = request.text("context").unwrap_or_default();
        if matches!(&*context, "repl" | "")
            && self.is_on()
            && let Some(argument) = console::argument(&expression)
        {
            return self.console(request, argument);
        }
        let frame = request.integer("frameId");
        let plain = self.without_suffix(&expression);
        let subject = if is_copied(&context) {
            Subject::Copy(plain.map(Box::from))
        } else {
            Subject::Value {
                frame,
                expression: plain.unwrap_or(&expression).into(),
            }
        };
        self.expect(request.seq, request.command, subject);
        let fate = plain.map_or(Fate::Pass, |plain| request.with_text("expression", plain));
        Some(Turn {
            fate,
            to_client: Vec::new(),
        })
    }

    /// `ulid EXPR` in the debug console: told at once for a ULID, else left to the adapter to evaluate.
    fn console(&mut self, request: &Request<'_>, argument: &str) -> Option<Turn> {
        if let Some(id) = console::literal(argument) {
            let id = id.into();
            let reference = self.reference(Parent { id, raw: 0 });
            let body = json!({
                "result": console::describe(id, reference > 0, &self.settings, (self.clock)()),
                "variablesReference": reference,
            });
            return Some(kept(self.answer(request.seq, request.command, Some(&body))));
        }
        let mut edits = json::Edits::of(request.message);
        edits.replace(
            json::member(request.message, request.arguments?, "expression")?,
            json::quote(argument),
        );
        match json::member(request.message, request.arguments?, "context") {
            Some(context) => edits.replace(context, "\"watch\""),
            None => {
                let open = request.message.get(request.arguments?..)?;
                let brace = open.iter().position(|byte| *byte == b'{')?;
                edits.insert(request.arguments? + brace + 1, "\"context\":\"watch\",");
            }
        }
        self.expect(
            request.seq,
            request.command,
            Subject::Console {
                expression: argument.into(),
            },
        );
        Some(Turn {
            fate: Fate::Replace(edits.apply()),
            to_client: Vec::new(),
        })
    }

    fn set(&mut self, request: &Request<'_>) -> Option<Turn> {
        let typed = request.text("value")?;
        let (place, frame) = if request.command == "setVariable" {
            let reference = request.integer("variablesReference")?;
            if self.gave_out(reference) {
                let reason = "this is a part of a ULID and cannot be set; set the ULID itself";
                return Some(kept(self.refuse(request.seq, request.command, reason)));
            }
            let place = Place::Row(reference, request.text("name")?.into());
            (place, self.stop.origin(reference).frame)
        } else {
            (
                Place::Expression(request.text("expression")?.into()),
                request.integer("frameId"),
            )
        };
        let plain = self.without_suffix(&typed);
        let mut fate = plain.map_or(Fate::Pass, |plain| request.with_text("value", plain));
        let plain = plain.unwrap_or(&typed);
        match self.literal(&place, plain) {
            Ok(None) => {}
            Ok(Some(literal)) => fate = request.with_text("value", &literal),
            Err(reason) => {
                return Some(kept(self.refuse(request.seq, request.command, &reason)));
            }
        }
        self.expect(request.seq, request.command, Subject::Set { frame, place });
        Some(Turn {
            fate,
            to_client: Vec::new(),
        })
    }
}

impl Session {
    /// True if a reference is one that we gave out, and not one of the adapter's in the same range.
    fn gave_out(&self, reference: i64) -> bool {
        self.may_number
            && match children::scope_number(reference) {
                Some(number) => number < self.scopes,
                None => self.children.has_given(reference),
            }
    }

    /// Text before our suffix, if one stands there.
    fn without_suffix<'a>(&self, text: &'a str) -> Option<&'a str> {
        settings::without_suffix(text).filter(|_| self.is_on())
    }

    /// The literal for what was typed into a place; none where it goes on as it was typed.
    fn literal(&self, place: &Place, typed: &str) -> Result<Option<String>, String> {
        if !self.is_on() {
            return Ok(None);
        }
        let zone = &self.settings.zone;
        match self.stop.target(place) {
            Some(target) => {
                let Some(read) = assign::read(typed, target.found.id, zone) else {
                    return Ok(None);
                };
                let literal = assign::literal(&target, read, self.family);
                let literal = literal.map_err(|error| error.to_string())?;
                Ok((literal != typed).then_some(literal))
            }
            None if self.stop.has_within(place)
                && assign::read(typed, Ulid::NIL.into(), zone).is_some() =>
            {
                Err(format!(
                    "{typed} was not written, since the ULID of this row stands within a longer text; type the whole text as the program writes it"
                ))
            }
            // to the debuggee's language it can be arithmetic
            None if !self.stop.has_shown(place)
                && assign::read(typed, Ulid::NIL.into(), zone).is_some() =>
            {
                Err(unplaced(typed))
            }
            None => Ok(None),
        }
    }
}

/// True if a value is evaluated to be copied. Where an adapter does not know the context for that, VS Code and Zed evaluate in
/// that of the rows, which nothing else uses.
fn is_copied(context: &str) -> bool {
    matches!(context, "clipboard" | "variables")
}

fn unplaced(typed: &str) -> String {
    format!(
        "{typed} was not written, since how the ULID of this row is written is not known; show the row again and set it then, or write ({typed}) to have it computed"
    )
}

/// A message without a member of the object at `at`, where it has that.
fn without_member(message: &[u8], at: usize, key: &str) -> Option<Vec<u8>> {
    let mut edits = json::Edits::of(message);
    edits.replace(json::with_comma(message, at, key)?, "");
    Some(edits.apply())
}

/// A request with its arguments at hand.
pub(super) struct Request<'a> {
    message: &'a [u8],
    pub(super) seq: i64,
    pub(super) command: &'a str,
    arguments: Option<usize>,
}

impl<'a> Request<'a> {
    fn member(&self, key: &str) -> Option<std::ops::Range<usize>> {
        json::member(self.message, self.arguments?, key)
    }

    fn raw_arguments(&self) -> Option<&'a [u8]> {
        let start = self.arguments?;
        self.message
            .get(start..json::end_of_value(self.message, start)?)
    }

    pub(super) fn text(&self, key: &str) -> Option<std::borrow::Cow<'a, str>> {
        json::text(self.message, self.member(key)?)
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        json::integer(self.message, self.member(key)?)
    }

    fn is_true(&self, key: &str) -> bool {
        self.member(key)
            .is_some_and(|range| json::is_true(self.message, range))
    }

    /// The request with another text in its arguments.
    fn with_text(&self, key: &str, text: &str) -> Fate {
        let mut edits = json::Edits::of(self.message);
        match self.member(key) {
            Some(range) => edits.replace(range, json::quote(text)),
            None => return Fate::Pass,
        }
        Fate::Replace(edits.apply())
    }
}

/// The part of the rows that a client asks for.
fn page(rows: Vec<serde_json::Value>, request: &Request<'_>) -> Vec<serde_json::Value> {
    if request.text("filter").as_deref() == Some("indexed") {
        return Vec::new();
    }
    let number = |key: &str| request.integer(key).and_then(|n| usize::try_from(n).ok());
    let count = number("count")
        .filter(|count| *count > 0)
        .unwrap_or(rows.len());
    rows.into_iter()
        .skip(number("start").unwrap_or(0))
        .take(count)
        .collect()
}

/// The client's message goes no further than this answer.
pub(super) fn kept(answer: Vec<u8>) -> Turn {
    Turn {
        fate: Fate::Keep,
        to_client: vec![answer],
    }
}
