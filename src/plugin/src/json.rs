//! A value of JSON as Nushell's own, with its type, as `from json` reads it: numbers as numbers, objects as records in the
//! order of their keys, null as nothing.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use nu_protocol::{Record, Span, Value};
use serde::{
    Serialize, Serializer,
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};

/// The value of a piece of JSON. What cannot be read, such as objects more than a hundred deep, stays text.
pub(crate) fn value(json: &str, span: Span) -> Value {
    let mut reader = serde_json::Deserializer::from_str(json);
    match (Json { span }).deserialize(&mut reader) {
        Ok(value) => value,
        Err(_) => Value::string(json, span),
    }
}

/// A value as JSON, as [`Written`] writes it.
pub(crate) fn of(value: &Value) -> serde_json::Value {
    serde_json::to_value(Written(value)).unwrap_or_default()
}

/// A value as `to json` writes it: times as RFC 3339, durations and sizes as numbers, bytes as a list, members in their
/// order. What JSON cannot say, such as a closure, is null.
pub(crate) struct Written<'a>(pub(crate) &'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool { val, .. } => serializer.serialize_bool(*val),
            Value::Int { val, .. } | Value::Duration { val, .. } => serializer.serialize_i64(*val),
            Value::Float { val, .. } => serializer.serialize_f64(*val),
            Value::Filesize { val, .. } => serializer.serialize_i64(val.get()),
            Value::String { val, .. } | Value::Glob { val, .. } => serializer.serialize_str(val),
            Value::Date { val, .. } => serializer.collect_str(&rfc3339(val)),
            Value::Binary { val, .. } => serializer.collect_seq(val.iter()),
            Value::List { vals, .. } => serializer.collect_seq(vals.iter().map(Written)),
            Value::Record { val, .. } => {
                serializer.collect_map(val.iter().map(|(name, value)| (name, Written(value))))
            }
            _ => serializer.serialize_unit(),
        }
    }
}

/// A time as RFC 3339 has it.
pub(crate) fn rfc3339(time: &DateTime<FixedOffset>) -> String {
    time.to_rfc3339()
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
