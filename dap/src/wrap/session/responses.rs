//! Messages of the adapter.

use std::borrow::Cow;

use serde_json::json;

use super::{
    super::{
        children::{self, Parent},
        console, json,
        recognise::{self, Found, Glance, Hint, Rendering},
    },
    Family, Fate, Head, Motion, Pending, Place, Redirect, Session, Subject, Turn,
    completions::completed,
    elements::Elements,
    row::{Layout, Row},
    stop::{Listing, Origin, Question, Showing},
};

/// The events of the protocol.
const STANDARD: [&[u8]; 17] = [
    b"breakpoint",
    b"capabilities",
    b"continued",
    b"exited",
    b"initialized",
    b"invalidated",
    b"loadedSource",
    b"memory",
    b"module",
    b"output",
    b"process",
    b"progressEnd",
    b"progressStart",
    b"progressUpdate",
    b"stopped",
    b"terminated",
    b"thread",
];

impl Session {
    /// A message of the adapter.
    pub fn adapter(&mut self, message: &[u8], redirect: &mut Redirect<'_>) -> Turn {
        let head = Head::read(message);
        if head.kind == b"event" && self.settings.standard_events && !STANDARD.contains(&head.name)
        {
            return Turn {
                fate: Fate::Keep,
                to_client: Vec::new(),
            };
        }
        let edited = match head.kind {
            b"response" => self.response(message, &head),
            b"event" => self.adapter_event(message, &head, redirect),
            b"request" if head.name == b"startDebugging" => head
                .content
                .and_then(|at| json::member(message, at, "configuration"))
                .and_then(|configuration| redirected(message, configuration.start, redirect)),
            _ => None,
        };
        Turn {
            fate: edited.map_or(Fate::Pass, Fate::Replace),
            to_client: self.answer_waiting(false),
        }
    }

    fn adapter_event(
        &mut self,
        message: &[u8],
        head: &Head<'_>,
        redirect: &mut Redirect<'_>,
    ) -> Option<Vec<u8>> {
        match head.name {
            b"stopped" => {
                self.stops += 1;
                self.looks.had_rows |= std::mem::take(&mut self.looks.has_rows);
                self.resume(moved_thread(message, head, "allThreadsStopped", false));
                if self.settings.standard_events {
                    return with_reason(message, head);
                }
            }
            b"continued" => {
                self.resume(moved_thread(message, head, "allThreadsContinued", true));
            }
            b"terminated" => self.is_terminated = true,
            b"output" => {
                self.output_event(message, head);
                return self.printed(message, head);
            }
            b"debugpyAttach" => return redirected(message, head.content?, redirect),
            _ => {}
        }
        None
    }

    /// Some adapters say who they are in their first lines.
    fn output_event(&mut self, message: &[u8], head: &Head<'_>) {
        const LONGEST: usize = 64;
        let member = |key: &str| json::member(message, head.content?, key);
        let reference = member("variablesReference");
        if let Some(reference) = reference.and_then(|range| json::integer(message, range))
            && reference > 0
        {
            self.issue(reference, Origin::default());
        }
        let text = member("output")
            .filter(|range| range.len() <= LONGEST)
            .and_then(|range| json::text(message, range));
        let category = member("category").and_then(|range| json::text(message, range));
        let said = category.zip(text);
        if let Some(family) = said.and_then(|(category, text)| Family::of_output(&category, &text))
        {
            self.family = Some(family);
        }
    }

    fn response(&mut self, message: &[u8], head: &Head<'_>) -> Option<Vec<u8>> {
        let mut pending = self.pending.remove(&head.request_seq?)?;
        if !head.success {
            return self.refused(head.request_seq?, pending);
        }
        if let Some(motion) = pending.motion.take() {
            self.moved(message, head, motion, &pending.command);
        }
        let body = head.content.filter(|_| self.is_on())?;
        match pending.subject {
            Subject::Capabilities => {
                let family = Family::of_capabilities(message, body);
                self.family = family.or(self.family);
                self.announce_completions(message, body)
            }
            Subject::Completions(ours) => completed(message, body, &ours),
            Subject::Frames(thread) => self.frames(message, body, thread),
            Subject::Other | Subject::Copy(_) => None,
            Subject::Scopes(frame) => self.scopes(message, body, frame),
            Subject::Rows(reference, arguments) => self.rows(message, body, reference, arguments),
            Subject::Value { frame, expression } => {
                let shown = Shown {
                    frame,
                    place: Place::Expression(expression.clone()),
                    name: &expression,
                };
                self.value(message, body, &shown)
            }
            Subject::Console { expression } => self.console_answer(message, body, &expression),
            Subject::Set { frame, place } => {
                let name = match &place {
                    Place::Row(_, name) | Place::Expression(name) => name.clone(),
                };
                let shown = Shown {
                    frame,
                    place,
                    name: &name,
                };
                self.value(message, body, &shown)
            }
        }
    }

    /// Undoes what hung on a request that the adapter refused.
    fn refused(&mut self, seq: i64, pending: Pending) -> Option<Vec<u8>> {
        if &*pending.command == "disconnect" {
            self.is_disconnecting = false;
        }
        if let Some(settings) = pending.settings {
            self.settings = *settings;
        }
        // the client would copy the row as it shows it, our suffix included
        match pending.subject {
            Subject::Copy(Some(plain)) => {
                let body = json!({"result": plain, "variablesReference": 0});
                Some(self.answer(seq, &pending.command, Some(&body)))
            }
            Subject::Completions(ours) => {
                Some(self.answer(seq, &pending.command, Some(&json!({"targets": ours}))))
            }
            _ => None,
        }
    }

    /// The adapter has taken a request that moves the debuggee. Some say so after the stop that it led to.
    fn moved(&mut self, message: &[u8], head: &Head<'_>, motion: Motion, command: &str) {
        if motion.from != self.stops {
            return;
        }
        let leaves_others =
            command == "continue" && !says_all(message, head, "allThreadsContinued", true);
        self.resume(motion.thread.filter(|_| motion.is_single || leaves_others));
    }

    /// Takes note of the thread of each frame.
    fn frames(&mut self, message: &[u8], body: usize, thread: i64) -> Option<Vec<u8>> {
        let frames = json::member(message, body, "stackFrames")?;
        for frame in json::items(message, frames.start) {
            let id = json::member(message, frame.start, "id");
            if let Some(id) = id.and_then(|range| json::integer(message, range)) {
                self.stop.has_thread(id, thread);
            }
        }
        None
    }

    /// Adds the ULIDs scope after the adapter's own.
    fn scopes(&mut self, message: &[u8], body: usize, frame: i64) -> Option<Vec<u8>> {
        let scopes = json::member(message, body, "scopes")
            .filter(|range| message.get(range.end - 1) == Some(&b']'))?;
        let mut is_empty = true;
        for scope in json::items(message, scopes.start) {
            is_empty = false;
            let reference = json::member(message, scope.start, "variablesReference");
            if let Some(reference) = reference.and_then(|range| json::integer(message, range)) {
                self.issue(
                    reference,
                    Origin {
                        frame: Some(frame),
                        ..Origin::default()
                    },
                );
            }
        }
        if !self.may_number || !self.looks.may_show_ids() {
            return None;
        }
        let number = self.stop.frame_number(frame)?;
        let reference = children::scope_reference(number)?;
        self.scopes = self.scopes.max(number + 1);
        let scope = json!({"name": "ULIDs", "variablesReference": reference, "expensive": false});
        let comma = if is_empty { "" } else { "," };
        let mut edits = json::Edits::of(message);
        edits.insert(scopes.end - 1, format_args!("{comma}{scope}"));
        Some(edits.apply())
    }

    /// Decorates the rows of an answer.
    fn rows(
        &mut self,
        message: &[u8],
        body: usize,
        parent: i64,
        arguments: Box<[u8]>,
    ) -> Option<Vec<u8>> {
        let text = simdutf8::basic::from_utf8(message).ok()?;
        let rows = json::member_start(message, body, "variables")?;
        let origin = self.stop.origin(parent);
        let mut listing = self
            .stop
            .begin(Question::Rows(parent, arguments), origin.frame);
        let mut edits = json::Edits::within(message, std::mem::take(&mut self.memory));
        let mut layout = Layout::default();
        let mut next = json::first_item(message, rows);
        let mut is_first = true;
        while let Some(at) = next {
            let (row, end) = Row::read_to_end(text, at, &mut layout);
            next = end.and_then(|end| json::item_after(message, end));
            let is_told = self.row(&row, next, origin, &mut listing, &mut edits);
            self.key(&row, origin.hint, is_told, &mut listing, &mut edits);
            if std::mem::take(&mut is_first) {
                self.elements(&row, next, origin, &mut listing, &mut edits);
            }
            edits.settle();
        }
        self.looks.has_rows = true;
        self.looks.has_ids |= self.stop.end(listing);
        if edits.is_empty() {
            self.memory = edits.into_memory();
            return None;
        }
        Some(edits.apply())
    }

    /// Decorates a row, behind which `next` begins. True if something was added to its value.
    fn row(
        &mut self,
        row: &Row<'_>,
        next: Option<usize>,
        origin: Origin,
        listing: &mut Listing,
        edits: &mut json::Edits<'_>,
    ) -> bool {
        let glance = row.glance();
        let raw = row.reference();
        if raw <= 0 && glance == Glance::Nothing {
            self.stop.show_none(listing, row.quoted_name());
            return self.text(row, Some(listing), edits);
        }
        let found = match glance {
            Glance::Nothing => None,
            Glance::Ulid(found) if self.settings.rules.takes(&found) => Some(found),
            Glance::Ulid(_) | Glance::Perhaps => self
                .recognise(row, &row.name(), origin.hint)
                .or_else(|| self.recognise_view(row, next?, origin.hint)),
        };
        if raw > 0 {
            self.issue(
                raw,
                Origin {
                    frame: origin.frame,
                    hint: origin.hint.max(row.hint()),
                    id: found.map(|found| found.id),
                },
            );
        }
        let Some(found) = found else {
            self.stop.show_none(listing, row.quoted_name());
            return self.text(row, Some(listing), edits);
        };
        let showing = Showing {
            found,
            name: row.quoted_name(),
            type_name: row.quoted_type(),
            expression: row.quoted_expression(),
            is_beside: false,
        };
        self.stop.show(listing, &showing);
        self.decorate(row, raw, &found, edits);
        true
    }

    /// Tells the time of an identifier whose bytes, characters or halves are the rows, behind the first of them.
    fn elements(
        &mut self,
        first: &Row<'_>,
        next: Option<usize>,
        origin: Origin,
        listing: &mut Listing,
        edits: &mut json::Edits<'_>,
    ) {
        // of one that was seen already these are the rows in full
        if origin.id.is_some() {
            return;
        }
        let Some(elements) = Elements::from(first, next) else {
            return;
        };
        let rendering = Rendering {
            value: &elements.value,
            type_name: elements.type_name,
            name: "",
            hint: origin.hint,
        };
        let found = recognise::recognise(&rendering, &self.settings.rules);
        let Some((found, value)) = found.zip(first.value_range()) else {
            return;
        };
        let suffix = self.settings.suffix_of_all(&found, elements.count);
        edits.insert(value.end - 1, suffix);
        let showing = Showing {
            found,
            name: "\"elements\"",
            type_name: None,
            expression: None,
            is_beside: true,
        };
        self.stop.show(listing, &showing);
    }

    /// Tells the time of the key of a map, which adapters show as the name of a row. The name itself stays, for clients give it
    /// back, and so the time is added to the value.
    fn key(
        &mut self,
        row: &Row<'_>,
        hint: Hint,
        is_told: bool,
        listing: &mut Listing,
        edits: &mut json::Edits<'_>,
    ) {
        let Some(found) = row.key(hint, &self.settings.rules) else {
            return;
        };
        if let Some(value) = row.value_range().filter(|_| row.escaped_value().is_some()) {
            edits.insert(value.end - 1, self.settings.suffix_of_key(&found, is_told));
        }
        let showing = Showing {
            found,
            name: "\"key\"",
            type_name: None,
            expression: None,
            is_beside: true,
        };
        self.stop.show(listing, &showing);
    }

    /// Decorates the one value of evaluate, setVariable or setExpression.
    fn value(&mut self, message: &[u8], body: usize, shown: &Shown<'_>) -> Option<Vec<u8>> {
        let row = Row::read(std::str::from_utf8(message).ok()?, body);
        let raw = row.reference();
        let found = self.recognise(&row, shown.name, Hint::None);
        if raw > 0 {
            let hint = row.hint().max(recognise::hint_of_name(shown.name));
            self.issue(
                raw,
                Origin {
                    frame: shown.frame,
                    hint,
                    id: found.map(|found| found.id),
                },
            );
        }
        let expression = self.expression_of(shown);
        let seen_as = expression.as_deref().unwrap_or(shown.name);
        self.stop.replace(&shown.place, shown.frame, seen_as);
        let question = Question::One(shown.place.clone());
        self.stop.note_question(&question);
        let Some(found) = found else {
            let mut edits = json::Edits::of(message);
            self.text(&row, None, &mut edits);
            return (!edits.is_empty()).then(|| edits.apply());
        };
        let (name, expression) = (
            json::quote(shown.name),
            expression.as_deref().map(json::quote),
        );
        let showing = Showing {
            found,
            name: &name,
            type_name: row.quoted_type(),
            expression: expression.as_deref(),
            is_beside: false,
        };
        let mut listing = self.stop.begin(question, shown.frame);
        self.stop.show(&mut listing, &showing);
        self.looks.has_ids |= self.stop.end(listing);
        let mut edits = json::Edits::of(message);
        self.decorate(&row, raw, &found, &mut edits);
        Some(edits.apply())
    }

    /// The expression for a value: of a row that was set, the one that it had before.
    fn expression_of(&self, shown: &Shown<'_>) -> Option<Box<str>> {
        match &shown.place {
            Place::Expression(expression) => Some(expression.clone()),
            place @ Place::Row(..) => Some(self.stop.target(place)?.expression?.into()),
        }
    }

    /// The answer to the console's `ulid EXPR`.
    fn console_answer(&mut self, message: &[u8], body: usize, expression: &str) -> Option<Vec<u8>> {
        let row = Row::read(std::str::from_utf8(message).ok()?, body);
        let (value, type_name) = (row.value()?, row.type_name());
        let rendering = Rendering {
            value: &value,
            type_name: type_name.as_deref(),
            name: expression,
            hint: Hint::Identifier,
        };
        let mut edits = json::Edits::of(message);
        let found = recognise::recognise(&rendering, &recognise::Rules::anything());
        let told = match found {
            Some(found) => {
                let (id, raw) = (found.id, row.reference());
                let reference = self.point_to(&row, Parent { id, raw }, &mut edits);
                console::describe(id, reference > 0, &self.settings, (self.clock)())
            }
            None => format!("{value} is no ULID that its text shows"),
        };
        edits.replace(row.value_range()?, json::quote(&told));
        Some(edits.apply())
    }

    fn recognise(&self, row: &Row<'_>, name: &str, hint: Hint) -> Option<Found> {
        let (value, type_name) = (row.value()?, row.type_name());
        let rendering = Rendering {
            value: &value,
            type_name: type_name.as_deref(),
            name,
            hint,
        };
        recognise::recognise(&rendering, &self.settings.rules)
    }

    /// Reads the text that a pointer and the length in the next row describe.
    fn recognise_view(&self, row: &Row<'_>, next: usize, hint: Hint) -> Option<Found> {
        let text = row.text_with_length(next)?;
        let rendering = Rendering {
            value: &text,
            type_name: None,
            name: "",
            hint,
        };
        recognise::recognise(&rendering, &self.settings.rules)
    }

    fn decorate(&mut self, row: &Row<'_>, raw: i64, found: &Found, edits: &mut json::Edits<'_>) {
        if let Some(value) = row.value_range() {
            // before the closing quote; the suffix has nothing that JSON escapes
            edits.insert(value.end - 1, self.settings.suffix(found));
        }
        if found.whole && self.may_number && !row.is_lazy() {
            self.point_to(row, Parent { id: found.id, raw }, edits);
        }
    }

    /// Lets a row open into the parts of an identifier.
    fn point_to(&mut self, row: &Row<'_>, parent: Parent, edits: &mut json::Edits<'_>) -> i64 {
        let reference = self.reference(parent);
        let is_ours = self.may_number;
        let rows = || if is_ours { children::count(parent) } else { 0 };
        row.point_to(reference, rows, edits);
        reference
    }

    /// The adapter gave out a reference; what hung on the same number before is void.
    fn issue(&mut self, reference: i64, origin: Origin) {
        if children::is_ours(reference) {
            self.may_number = false;
        }
        if let Some(before) = self.stop.issue(reference, origin) {
            self.stop.forget_rows_of(reference);
            if before.id.is_some() {
                self.children.forget_raw(|raw| raw == reference);
            }
        }
    }
}

/// A stop with the reason that the protocol demands, where it has none: lldb-dap leaves it out at times, and Helix ends there.
fn with_reason(message: &[u8], head: &Head<'_>) -> Option<Vec<u8>> {
    let body = head.content?;
    let has_reason = json::member(message, body, "reason").is_some();
    (!has_reason && message.get(body) == Some(&b'{')).then_some(())?;
    let is_empty = json::members(message, body).next().is_none();
    let comma = if is_empty { "" } else { "," };
    let mut edits = json::Edits::of(message);
    edits.insert(body + 1, format_args!("\"reason\":\"unknown\"{comma}"));
    Some(edits.apply())
}

/// The thread that an event is about; none where it is about all.
fn moved_thread(message: &[u8], head: &Head<'_>, all: &str, by_default: bool) -> Option<i64> {
    if says_all(message, head, all, by_default) {
        return None;
    }
    let thread = json::member(message, head.content?, "threadId")?;
    json::integer(message, thread)
}

/// True if a message says that all threads are meant.
fn says_all(message: &[u8], head: &Head<'_>, all: &str, by_default: bool) -> bool {
    let said = head.content.and_then(|at| json::member(message, at, all));
    said.map_or(by_default, |range| json::is_true(message, range))
}

/// The place in which a single value is shown.
struct Shown<'a> {
    frame: Option<i64>,
    place: Place,
    name: &'a str,
}

/// A message whose `connect` address leads to us instead of to the adapter.
fn redirected(message: &[u8], at: usize, redirect: &mut Redirect<'_>) -> Option<Vec<u8>> {
    let connect = json::member(message, at, "connect")?;
    let host_range = json::member(message, connect.start, "host");
    let host = host_range
        .clone()
        .and_then(|range| json::text(message, range))
        .unwrap_or(Cow::Borrowed("127.0.0.1"));
    let port_range = json::member(message, connect.start, "port")?;
    let port = u16::try_from(json::integer(message, port_range.clone())?).ok()?;
    let ours = redirect(&host, port)?;
    let mut edits = json::Edits::of(message);
    edits.replace(port_range, ours);
    if let Some(range) = host_range {
        edits.replace(range, "\"127.0.0.1\"");
    }
    Some(edits.apply())
}
