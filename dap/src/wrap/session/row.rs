//! A variable where it stands in a message.

use std::{borrow::Cow, ops::Range};

use super::super::{
    json,
    recognise::{self, Found, Glance, Hint, Rendering, Rules},
};

/// The members of a row that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Value,
    Name,
    Type,
    Expression,
    Reference,
    IndexedCount,
    NamedCount,
    Hint,
    Other,
}

const FIELDS: usize = Field::Other as usize + 1;

/// The name of a row that is the text of a ULID, within the quotes of JSON.
const SHORTEST_KEY: usize = 26 + 2;

impl Field {
    fn of(key: &[u8]) -> Field {
        match key {
            b"value" | b"result" => Field::Value,
            b"name" => Field::Name,
            b"type" => Field::Type,
            b"evaluateName" => Field::Expression,
            b"variablesReference" => Field::Reference,
            b"indexedVariables" => Field::IndexedCount,
            b"namedVariables" => Field::NamedCount,
            b"presentationHint" => Field::Hint,
            _ => Field::Other,
        }
    }
}

/// How the rows of one message are written.
pub(super) type Layout = json::Layout<Field>;

/// A variable, or the body of a response that shows one value.
///
/// Only where its members stand is known; their texts are read when somebody asks. Most rows show no ULID, and of those
/// nobody does.
#[derive(Debug)]
pub(super) struct Row<'a> {
    message: &'a str,
    /// The place of each field; empty where there is none.
    fields: [Range<usize>; FIELDS],
}

impl<'a> Row<'a> {
    /// The row in the value that starts at `at`.
    pub(super) fn read(message: &'a str, at: usize) -> Row<'a> {
        Row::read_to_end(message, at, &mut Layout::default()).0
    }

    /// The row in the value that starts at `at`, and the end of that value.
    pub(super) fn read_to_end(
        message: &'a str,
        at: usize,
        layout: &mut Layout,
    ) -> (Row<'a>, Option<usize>) {
        let mut fields = [const { 0..0 }; FIELDS];
        let end = layout.members(message.as_bytes(), at, Field::of, |field, range| {
            if let Some(place) = fields.get_mut(field as usize) {
                *place = range;
            }
        });
        (Row { message, fields }, end)
    }

    /// The message in which it stands.
    pub(super) fn message(&self) -> &'a [u8] {
        self.message.as_bytes()
    }

    /// Another row of the message, and its end.
    pub(super) fn at(&self, at: usize) -> (Row<'a>, Option<usize>) {
        Row::read_to_end(self.message, at, &mut Layout::default())
    }

    fn range(&self, field: Field) -> Option<Range<usize>> {
        let range = self.fields.get(field as usize)?;
        (!range.is_empty()).then(|| range.clone())
    }

    fn raw(&self, field: Field) -> Option<&'a str> {
        self.message.get(self.range(field)?)
    }

    fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        json::unquoted(self.raw(field)?)
    }

    /// The value's text.
    pub(super) fn value(&self) -> Option<Cow<'a, str>> {
        self.text(Field::Value)
    }

    /// The place of the value, quotes included.
    pub(super) fn value_range(&self) -> Option<Range<usize>> {
        self.range(Field::Value)
    }

    /// The value's text as it stands in JSON, without quotes.
    pub(super) fn escaped_value(&self) -> Option<&'a str> {
        self.raw(Field::Value)?.strip_prefix('"')?.strip_suffix('"')
    }

    /// The kind of the value without name and type.
    pub(super) fn glance(&self) -> Glance {
        let escaped = self.escaped_value();
        escaped.map_or(Glance::Nothing, |text| recognise::glance(text.as_bytes()))
    }

    /// The identifier that is the name of the row, as the keys of maps are: in the quotes of the language, bare or made by a
    /// constructor.
    pub(super) fn key(&self, hint: Hint, rules: &Rules) -> Option<Found> {
        // names are short but for these
        if self.raw(Field::Name)?.len() < SHORTEST_KEY {
            return None;
        }
        let rendering = Rendering {
            value: &self.name(),
            type_name: None,
            name: "",
            hint,
        };
        let found = recognise::recognise(&rendering, rules)?;
        // it stands alone, whatever made it
        Some(Found {
            wrapped: false,
            ..found
        })
    }

    /// The text of Rust's `&str` in quotes, whose rows are a pointer and behind it a length: the text at the pointer runs on
    /// to the next NUL.
    pub(super) fn text_with_length(&self, next: usize) -> Option<String> {
        if self.raw(Field::Name) != Some("\"data_ptr\"") {
            return None;
        }
        let length = Row::read(self.message, next);
        let is_length = length.raw(Field::Name) == Some("\"length\"");
        let length: usize = length.value().filter(|_| is_length)?.parse().ok()?;
        let value = self.value()?;
        let (_pointer, text) = value.split_once(" \"")?;
        // escapes would make bytes and characters differ; the text of a ULID has none
        let text = text.get(..length).filter(|text| !text.contains('\\'))?;
        Some(format!("\"{text}\""))
    }

    /// The name in its quotes.
    pub(super) fn quoted_name(&self) -> &'a str {
        self.raw(Field::Name).unwrap_or("\"\"")
    }

    /// The type in its quotes.
    pub(super) fn quoted_type(&self) -> Option<&'a str> {
        self.raw(Field::Type)
    }

    /// An expression of the debuggee's language for the value, in its quotes.
    pub(super) fn quoted_expression(&self) -> Option<&'a str> {
        let expression = self.raw(Field::Expression);
        expression.filter(|expression| *expression != "\"\"")
    }

    /// The name, empty where there is none.
    pub(super) fn name(&self) -> Cow<'a, str> {
        self.text(Field::Name).unwrap_or_default()
    }

    pub(super) fn type_name(&self) -> Option<Cow<'a, str>> {
        self.text(Field::Type)
    }

    /// The reference of what lies below, 0 for nothing.
    pub(super) fn reference(&self) -> i64 {
        self.range(Field::Reference)
            .and_then(|range| json::integer(self.message.as_bytes(), range))
            .unwrap_or(0)
    }

    /// True if there is something in the place of the reference that is no number: what lies below is the adapter's alone.
    fn has_strange_reference(&self) -> bool {
        let written = self.raw(Field::Reference);
        written.is_some_and(|text| {
            let is_number = json::integer(text.as_bytes(), 0..text.len()).is_some();
            !is_number && text != "null"
        })
    }

    /// Hint of the row for what lies below it.
    pub(super) fn hint(&self) -> Hint {
        let type_name = self.type_name();
        let by_type = type_name.map_or(Hint::None, |name| recognise::hint_of_type(&name));
        by_type.max(recognise::hint_of_name(&self.name()))
    }

    /// True if expanding the row runs code in the debuggee.
    pub(super) fn is_lazy(&self) -> bool {
        let message = self.message.as_bytes();
        let Some(hint) = self.range(Field::Hint) else {
            return false;
        };
        let mut written = message.get(hint.clone()).unwrap_or_default().windows(4);
        written.any(|word| word == b"lazy")
            && json::member(message, hint.start, "lazy")
                .is_some_and(|range| json::is_true(message, range))
    }

    /// Lets the row open into ours, which are counted where the row has counts. Those of the adapter's own rows would make
    /// clients ask for pages of them.
    pub(super) fn point_to(
        &self,
        reference: i64,
        rows: impl FnOnce() -> usize,
        edits: &mut json::Edits<'_>,
    ) {
        let Some(range) = self.range(Field::Reference) else {
            return;
        };
        if self.has_strange_reference() {
            return;
        }
        edits.replace_number(range, reference);
        let (indexed, named) = (
            self.range(Field::IndexedCount),
            self.range(Field::NamedCount),
        );
        match (indexed, named) {
            (indexed, Some(named)) => {
                edits.replace(named, rows());
                if let Some(indexed) = indexed {
                    edits.replace(indexed, 0);
                }
            }
            // ours have names
            (Some(indexed), None) => {
                const KEY: &str = "\"indexedVariables\"";
                let before = self.message.get(..indexed.start).unwrap_or_default();
                match before.rfind(KEY) {
                    Some(key) => {
                        let end = indexed.end;
                        edits.replace(key..end, format_args!("\"namedVariables\":{}", rows()));
                    }
                    None => edits.replace(indexed, 0),
                }
            }
            (None, None) => {}
        }
    }
}
