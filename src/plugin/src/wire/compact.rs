//! Messages in which values are written without the names of their parts, which Nushell's reader takes as well.

use nu_protocol::{PipelineMetadata, Record};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// [`PluginOutput`](nu_plugin_protocol::PluginOutput), named alike.
#[derive(Serialize)]
pub(super) enum Message<'a> {
    Data(usize, Portion<'a>),
    CallResponse(usize, Response<'a>),
}

/// [`StreamData`](nu_plugin_protocol::StreamData), named alike.
#[derive(Serialize)]
pub(super) enum Portion<'a> {
    Raw(Result<Bytes<'a>, ()>),
    List(Value<'a>),
}

/// [`PluginCallResponse`](nu_plugin_protocol::PluginCallResponse), named alike.
#[derive(Serialize)]
pub(super) enum Response<'a> {
    PipelineData(Header<'a>),
}

/// [`PipelineDataHeader`](nu_plugin_protocol::PipelineDataHeader), named alike.
#[derive(Serialize)]
pub(super) enum Header<'a> {
    Value(Value<'a>, &'a Option<PipelineMetadata>),
}

/// Bytes in one piece. Nushell's own serializer writes them number by number, which costs a call for each at both ends.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// A value whose parts are told by their place: `{"Int": [5, [0, 7]]}` in place of
/// `{"Int": {"val": 5, "span": {"start": 0, "end": 7}}}`.
pub(super) struct Value<'a>(pub(super) &'a nu_protocol::Value);

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use nu_protocol::Value as Of;

        let span = self.0.span();
        let span = (span.start, span.end);
        // a variant is told by its name; its number is not looked at
        match self.0 {
            Of::Bool { val, .. } => variant(serializer, "Bool", &(val, span)),
            Of::Int { val, .. } => variant(serializer, "Int", &(val, span)),
            Of::Float { val, .. } => variant(serializer, "Float", &(val, span)),
            Of::String { val, .. } => variant(serializer, "String", &(val, span)),
            Of::Duration { val, .. } => variant(serializer, "Duration", &(val, span)),
            Of::Date { val, .. } => variant(serializer, "Date", &(val, span)),
            Of::Record { val, .. } => variant(serializer, "Record", &(Members(val), span)),
            Of::List { vals, .. } => variant(serializer, "List", &(Items(vals), span)),
            Of::Binary { val, .. } => variant(serializer, "Binary", &(Bytes(val), span)),
            Of::Nothing { .. } => variant(serializer, "Nothing", &(span,)),
            other => other.serialize(serializer),
        }
    }
}

fn variant<S: Serializer>(
    serializer: S,
    name: &'static str,
    parts: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_variant("Value", 0, name, parts)
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
