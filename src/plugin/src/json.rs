//! A value of JSON as Nushell's own, with its type, as `from json` reads it: numbers as numbers, objects as records in the
//! order of their keys, null as nothing.

use std::fmt;

use chrono::{DateTime, FixedOffset};
use indexmap::IndexMap;
use nu_protocol::{Record, Span, Value};
use serde::{
    Serialize, Serializer,
    de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

/// The value of a piece of JSON. What cannot be read, such as objects more than a hundred deep, stays text.
pub(crate) fn value(json: &str, span: Span) -> Value {
    let mut reader = serde_json::Deserializer::from_str(json);
    match (Json { span }).deserialize(&mut reader) {
        Ok(value) => value,
        Err(_) => of_large_numbers(json, span, DEPTH).unwrap_or_else(|| Value::string(json, span)),
    }
}

/// A number as Nushell reads it: whole where its integers hold it, past all floats infinite. `None` if it is none.
pub(crate) fn number(text: &str, span: Span) -> Option<Value> {
    if let Ok(int) = text.parse() {
        return Some(Value::int(int, span));
    }
    let float = text.parse().ok()?;
    Some(Value::float(float, span))
}

/// Levels of lists and objects that are read within one another, as many as the reader of JSON takes.
const DEPTH: usize = 127;

/// A value with numbers past all floats in it, such as `1e400`, which the reader refuses and which are infinite as
/// Nushell's own reader has them. `None` if that is not why it was refused.
fn of_large_numbers(json: &str, span: Span, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let read = |json: &RawValue| of_large_numbers(json.get(), span, depth);
    match json.trim_start().as_bytes().first()? {
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
            let items = items.into_iter().map(read).collect::<Option<_>>()?;
            Some(Value::list(items, span))
        }
        b'{' => {
            let members: IndexMap<String, &RawValue> = serde_json::from_str(json).ok()?;
            let mut record = Record::with_capacity(members.len());
            for (name, json) in members {
                record.push(name, read(json)?);
            }
            Some(Value::record(record, span))
        }
        b'-' | b'0'..=b'9' => number(json.trim(), span),
        _ => {
            let mut reader = serde_json::Deserializer::from_str(json);
            (Json { span }).deserialize(&mut reader).ok()
        }
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
