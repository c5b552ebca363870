//! A value of JSON as Nushell's own, with its type, as `from json` reads it: numbers as numbers, objects as records in the
//! order of their keys, null as nothing.

use std::fmt;

use nu_protocol::{Record, Span, Value};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The value of a piece of JSON. What cannot be read, such as objects more than a hundred deep, stays text.
pub(crate) fn value(json: &str, span: Span) -> Value {
    let mut reader = serde_json::Deserializer::from_str(json);
    match (Json { span }).deserialize(&mut reader) {
        Ok(value) => value,
        Err(_) => Value::string(json, span),
    }
}

/// A value as JSON, as `to json` writes it: times as RFC 3339, durations and sizes as numbers, bytes as a list. What JSON
/// cannot say, such as a closure, is null.
pub(crate) fn of(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;

    match value {
        Value::Bool { val, .. } => Json::from(*val),
        Value::Int { val, .. } => Json::from(*val),
        Value::Float { val, .. } => Json::from(*val),
        Value::Duration { val, .. } => Json::from(*val),
        Value::Filesize { val, .. } => Json::from(val.get()),
        Value::String { val, .. } | Value::Glob { val, .. } => Json::from(val.as_str()),
        Value::Date { val, .. } => Json::from(val.to_rfc3339()),
        Value::Binary { val, .. } => Json::from(val.as_ref()),
        Value::List { vals, .. } => vals.iter().map(of).collect(),
        Value::Record { val, .. } => {
            let fields = val.iter().map(|(name, value)| (name.clone(), of(value)));
            Json::Object(fields.collect())
        }
        _ => Json::Null,
    }
}

#[derive(Clone, Copy)]
struct Json {
    span: Span,
}

impl<'de> DeserializeSeed<'de> for Json {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Json {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::nothing(self.span))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::bool(value, self.span))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::int(value, self.span))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        // a number larger than any of Nushell's integers becomes a float, as with `from json`
        Ok(match i64::try_from(value) {
            Ok(value) => Value::int(value, self.span),
            Err(_) => Value::float(value as f64, self.span),
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::float(value, self.span))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::string(value, self.span))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::list(list, self.span))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut record = Record::new();
        while let Some(name) = members.next_key::<String>()? {
            // of a name that stands there twice the last value counts
            record.insert(name, members.next_value_seed(self)?);
        }
        Ok(Value::record(record, self.span))
    }
}
