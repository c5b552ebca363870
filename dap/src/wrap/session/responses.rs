//! Messages of the adapter.

use std::{borrow::Cow, cell::OnceCell, ops::Range};

use serde_json::json;

use super::{
    super::{
        assign::Target,
        children, console, json,
        recognise::{self, Found, Rendering},
    },
    Family, Fate, Head, Pending, Place, Redirect, Session, Subject, Turn,
    stop::Origin,
};

impl Session {
    /// A message of the adapter.
    pub fn adapter(&mut self, message: &[u8], redirect: &mut Redirect<'_>) -> Turn {
        let head = Head::read(message);
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
            b"stopped" | b"continued" => self.resume(),
            b"terminated" => self.is_terminated = true,
            b"debugpyAttach" => return redirected(message, head.content?, redirect),
            _ => {}
        }
        None
    }

    fn response(&mut self, message: &[u8], head: &Head<'_>) -> Option<Vec<u8>> {
        let Pending { subject, .. } = self.pending.remove(&head.request_seq?)?;
        let body = head.content.filter(|_| head.success && self.is_on())?;
        match subject {
            Subject::Other => None,
            Subject::Scopes(frame) => self.scopes(message, body, frame),
            Subject::Rows(reference) => self.rows(message, body, reference),
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
        if !self.may_number {
            return None;
        }
        let reference = children::scope_reference(self.stop.frame_number(frame)?)?;
        let scope = json!({"name": "ULIDs", "variablesReference": reference, "expensive": false});
        let comma = if is_empty { "" } else { "," };
        let mut edits = json::Edits::default();
        edits.insert(scopes.end - 1, format_args!("{comma}{scope}"));
        Some(edits.apply(message))
    }

    /// Decorates the rows below a reference.
    fn rows(&mut self, message: &[u8], body: usize, parent: i64) -> Option<Vec<u8>> {
        let rows = json::member_start(message, body, "variables")?;
        let origin = self.stop.origin(parent);
        let mut edits = json::Edits::within(std::mem::take(&mut self.memory));
        let mut next = json::first_item(message, rows);
        while let Some(at) = next {
            let (row, end) = Row::read_to_end(message, at);
            if let Some(row) = row {
                self.row(message, &row, parent, origin, &mut edits);
                edits.settle(message);
            }
            next = end.and_then(|end| json::item_after(message, end));
        }
        if edits.is_empty() {
            self.memory = edits.into_memory();
            return None;
        }
        Some(edits.apply(message))
    }

    fn row(
        &mut self,
        message: &[u8],
        row: &Row<'_>,
        parent: i64,
        origin: Origin,
        edits: &mut json::Edits,
    ) {
        let found = self.recognise(row, row.name(), origin.hinted);
        let raw = row.reference.unwrap_or(0);
        if raw > 0 {
            let hinted = origin.hinted || row.hints();
            self.issue(
                raw,
                Origin {
                    frame: origin.frame,
                    hinted,
                    id: found.map(|found| found.id),
                },
            );
        }
        let Some(found) = found else {
            return;
        };
        let place = Place::Row(parent, row.name().into());
        if let Some(frame) = origin.frame {
            self.stop
                .see(frame, found.id, row.expression().unwrap_or(row.name()));
        }
        let target = self.target(&found, row, row.expression());
        self.stop.show(place, target);
        self.decorate(message, row, &found, edits);
    }

    /// Decorates the one value of evaluate, setVariable or setExpression.
    fn value(&mut self, message: &[u8], body: usize, shown: &Shown<'_>) -> Option<Vec<u8>> {
        let row = Row::read(message, body)?;
        let found = self.recognise(&row, shown.name, false);
        if let Some(raw) = row.reference.filter(|raw| *raw > 0) {
            let hinted = row.hints() || recognise::names_an_identifier(shown.name);
            self.issue(
                raw,
                Origin {
                    frame: shown.frame,
                    hinted,
                    id: found.map(|found| found.id),
                },
            );
        }
        let expression = self.expression_of(shown);
        let seen_as = expression.as_deref().unwrap_or(shown.name);
        if let Some(frame) = shown.frame {
            self.stop.unsee(frame, seen_as);
        }
        let Some(found) = found else {
            self.stop.unshow(&shown.place);
            return None;
        };
        if let Some(frame) = shown.frame {
            self.stop.see(frame, found.id, seen_as);
        }
        let target = self.target(&found, &row, expression.as_deref());
        self.stop.show(shown.place.clone(), target);
        let mut edits = json::Edits::default();
        self.decorate(message, &row, &found, &mut edits);
        Some(edits.apply(message))
    }

    /// The expression for a value: of a row that was set, the one that it had before.
    fn expression_of(&self, shown: &Shown<'_>) -> Option<Box<str>> {
        match &shown.place {
            Place::Expression(expression) => Some(expression.clone()),
            place @ Place::Row(..) => self.stop.target(place)?.expression.clone(),
        }
    }

    /// The answer to the console's `ulid EXPR`.
    fn console_answer(&mut self, message: &[u8], body: usize, expression: &str) -> Option<Vec<u8>> {
        let row = Row::read(message, body)?;
        let rendering = Rendering {
            value: &row.value,
            type_name: row.type_name.get(),
            name: expression,
            hinted: true,
        };
        let mut edits = json::Edits::default();
        let found = recognise::recognise(&rendering, &recognise::Rules::anything());
        let told = match found {
            Some(found) => {
                let reference = self.reference(found.id, row.reference.unwrap_or(0));
                row.point_to(reference, &mut edits);
                console::describe(found.id, &self.settings, (self.clock)())
            }
            None => format!("{} is no ULID that its text shows", row.value),
        };
        edits.replace(row.value_range.clone(), json::quote(&told));
        Some(edits.apply(message))
    }

    fn recognise(&self, row: &Row<'_>, name: &str, hinted: bool) -> Option<Found> {
        let rendering = Rendering {
            value: &row.value,
            type_name: row.type_name.get(),
            name,
            hinted,
        };
        recognise::recognise(&rendering, &self.settings.rules)
    }

    fn decorate(&mut self, message: &[u8], row: &Row<'_>, found: &Found, edits: &mut json::Edits) {
        // before the closing quote; the suffix has nothing that JSON escapes
        edits.insert(row.value_range.end - 1, self.settings.suffix(found));
        if found.whole && !row.is_lazy(message) {
            let reference = self.reference(found.id, row.reference.unwrap_or(0));
            row.point_to(reference, edits);
        }
    }

    fn target(&mut self, found: &Found, row: &Row<'_>, expression: Option<&str>) -> Target {
        let family = self
            .family
            .or_else(|| Family::of_value(&row.value, row.type_name.get()))
            .unwrap_or(Family::Lldb);
        Target {
            family,
            id: found.id,
            shape: found.shape,
            wrapped: found.wrapped,
            type_name: row.type_name.get().map(|name| self.stop.type_name(name)),
            expression: expression.map(Into::into),
        }
    }

    /// The adapter gave out a reference; what hung on the same number before is void.
    fn issue(&mut self, reference: i64, origin: Origin) {
        if children::is_ours(reference) {
            self.may_number = false;
        }
        if let Some(before) = self.stop.issue(reference, origin) {
            self.stop.forget_rows_of(reference);
            if before.id.is_some() {
                self.children.forget_raw_number(reference);
            }
        }
    }
}

/// Where a single value is shown.
struct Shown<'a> {
    frame: Option<i64>,
    place: Place,
    name: &'a str,
}

/// A text of a message that is read once somebody asks for it. Most rows show no ULID, and of those nobody does.
#[derive(Debug, Default)]
struct Text<'a> {
    message: &'a [u8],
    range: Option<Range<usize>>,
    read: OnceCell<Option<Cow<'a, str>>>,
}

impl<'a> Text<'a> {
    fn at(message: &'a [u8], range: Range<usize>) -> Text<'a> {
        Text {
            message,
            range: Some(range),
            read: OnceCell::new(),
        }
    }

    fn get(&self) -> Option<&str> {
        let read = || json::text(self.message, self.range.clone()?);
        self.read.get_or_init(read).as_deref()
    }
}

/// A variable, or the body of a response that shows one value.
#[derive(Debug)]
struct Row<'a> {
    value: Cow<'a, str>,
    value_range: Range<usize>,
    name: Text<'a>,
    type_name: Text<'a>,
    expression: Text<'a>,
    reference: Option<i64>,
    reference_range: Option<Range<usize>>,
    /// How many children the adapter says there are: indexed, named.
    counts: [Option<Range<usize>>; 2],
    hint: Option<Range<usize>>,
}

impl<'a> Row<'a> {
    fn read(message: &'a [u8], at: usize) -> Option<Row<'a>> {
        Row::read_to_end(message, at).0
    }

    /// The row in the value that starts at `at`, where it is one, and the end of that value.
    fn read_to_end(message: &'a [u8], at: usize) -> (Option<Row<'a>>, Option<usize>) {
        let mut value = None;
        let mut row = Row {
            value: Cow::Borrowed(""),
            value_range: 0..0,
            name: Text::default(),
            type_name: Text::default(),
            expression: Text::default(),
            reference: None,
            reference_range: None,
            counts: [None, None],
            hint: None,
        };
        let mut members = json::members(message, at);
        for (key, range) in members.by_ref() {
            match key {
                b"value" | b"result" => value = Some(range),
                b"name" => row.name = Text::at(message, range),
                b"type" => row.type_name = Text::at(message, range),
                b"evaluateName" => row.expression = Text::at(message, range),
                b"variablesReference" => {
                    row.reference = json::integer(message, range.clone());
                    row.reference_range = Some(range);
                }
                b"indexedVariables" => row.counts[0] = Some(range),
                b"namedVariables" => row.counts[1] = Some(range),
                b"presentationHint" => row.hint = Some(range),
                _ => {}
            }
        }
        let end = members.end().or_else(|| json::end_of_value(message, at));
        let text = value.and_then(|range| Some((json::text(message, range.clone())?, range)));
        let row = text.map(|(value, value_range)| Row {
            value,
            value_range,
            ..row
        });
        (row, end)
    }

    fn name(&self) -> &str {
        self.name.get().unwrap_or_default()
    }

    fn expression(&self) -> Option<&str> {
        let expression = self.expression.get();
        expression.filter(|expression| !expression.is_empty())
    }

    /// Whether name or type say that what lies below is an identifier.
    fn hints(&self) -> bool {
        let type_name = self.type_name.get();
        let by_type = type_name.is_some_and(recognise::names_a_ulid_or_uuid);
        by_type || recognise::names_an_identifier(self.name())
    }

    /// Whether expanding the row runs code in the debuggee.
    fn is_lazy(&self, message: &[u8]) -> bool {
        let lazy = |hint: &Range<usize>| json::member(message, hint.start, "lazy");
        let lazy = self.hint.as_ref().and_then(lazy);
        lazy.is_some_and(|range| json::is_true(message, range))
    }

    /// Lets the row open into ours. Counts of the adapter's children would make clients ask for pages of them.
    fn point_to(&self, reference: i64, edits: &mut json::Edits) {
        if let Some(range) = &self.reference_range {
            edits.replace(range.clone(), reference);
            for count in self.counts.iter().flatten() {
                edits.replace(count.clone(), "0");
            }
        }
    }
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
    let mut edits = json::Edits::default();
    edits.replace(port_range, ours);
    if let Some(range) = host_range {
        edits.replace(range, "\"127.0.0.1\"");
    }
    Some(edits.apply(message))
}
