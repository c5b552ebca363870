//! Messages in which values are written without the names of their variants and parts, which Nushell's reader takes as well.

use std::borrow::Cow;

use nu_protocol::{Record, Span};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A variant of an enum of Nushell's, told by its number, and what it has.
///
/// Nushell's reader takes numbers as well as names, and a number saves it a text that it would have to fetch byte by byte,
/// to compare it with all names: a row of nine columns has ten of them.
pub(super) struct Variant<T>(pub(super) u8, pub(super) T);

impl<T: Serialize> Serialize for Variant<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.0, &self.1)?;
        map.end()
    }
}

/// [`PluginOutput`](nu_plugin_protocol::PluginOutput), as far as it has values or bytes.
pub(super) mod output {
    pub(in crate::wire) const CALL_RESPONSE: u8 = 2;
    pub(in crate::wire) const DATA: u8 = 4;
}

/// [`StreamData`](nu_plugin_protocol::StreamData).
pub(super) mod portion {
    pub(in crate::wire) const LIST: u8 = 0;
    pub(in crate::wire) const RAW: u8 = 1;
}

/// [`PluginCallResponse`](nu_plugin_protocol::PluginCallResponse) with data.
pub(super) const PIPELINE_DATA: u8 = 6;

/// [`PipelineDataHeader`](nu_plugin_protocol::PipelineDataHeader) of a value.
pub(super) const VALUE: u8 = 1;

/// Bytes in one piece. Nushell's own serializer writes them number by number, which costs a call for each at both ends.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// [`nu_protocol::Value`] that is a record.
const RECORD: u8 = 9;

/// A value whose parts are told by their place: `{1: [5, [0, 7]]}` in place of
/// `{"Int": {"val": 5, "span": {"start": 0, "end": 7}}}`.
pub(super) struct Value<'a>(pub(super) &'a nu_protocol::Value);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use nu_protocol::Value as Of;

        let span = self.0.span();
        let span = (span.start, span.end);
        // numbers of the variants of `nu_protocol::Value`, in their order there
        match self.0 {
            Of::Bool { val, .. } => Variant(0, (val, span)).serialize(serializer),
            Of::Int { val, .. } => Variant(1, (val, span)).serialize(serializer),
            Of::Float { val, .. } => Variant(2, (val, span)).serialize(serializer),
            Of::String { val, .. } => Variant(3, (val, span)).serialize(serializer),
            Of::Duration { val, .. } => Variant(6, (val, span)).serialize(serializer),
            Of::Date { val, .. } => Variant(7, (val, span)).serialize(serializer),
            Of::Record { val, .. } => Variant(RECORD, (Members(val), span)).serialize(serializer),
            Of::List { vals, .. } => Variant(10, (Items(vals), span)).serialize(serializer),
            Of::Binary { val, .. } => Variant(13, (Bytes(val), span)).serialize(serializer),
            Of::Nothing { .. } => Variant(16, (span,)).serialize(serializer),
            other => other.serialize(serializer),
        }
    }
}

/// A row of a table, which no record was made of.
pub(super) struct Row<'a, 'n>(
    pub(super) &'a [(Cow<'n, str>, nu_protocol::Value)],
    pub(super) Span,
);

impl Serialize for Row<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Variant(RECORD, (Named(self.0), (self.1.start, self.1.end))).serialize(serializer)
    }
}

struct Named<'a, 'n>(&'a [(Cow<'n, str>, nu_protocol::Value)]);

impl Serialize for Named<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &Value(value))?;
        }
        map.end()
    }
}

struct Members<'a>(&'a Record);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, &Value(value))?;
        }
        map.end()
    }
}

struct Items<'a>(&'a [nu_protocol::Value]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Value))
    }
}
