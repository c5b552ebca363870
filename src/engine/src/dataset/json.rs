//! Fields of a JSON object in a line.

use std::{fmt, ops::Range};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Where the text of a string field stands, without its quotes. Nothing if the record is no object, if it has no such
/// field, or if that is no string, or one with escapes, which no ID needs.
pub(super) fn string_at(record: &[u8], field: &str) -> Option<Range<usize>> {
    let mut reader = serde_json::Deserializer::from_slice(record);
    // The key is tried as a whole first: a field may have a dot in its name.
    let text = StringAt { path: field }.deserialize(&mut reader).ok()??;
    let start = text.as_ptr().addr() - record.as_ptr().addr();
    Some(start..start + text.len())
}

/// The values of some fields, as text.
pub(super) fn cells(record: &[u8], columns: &[String]) -> Vec<String> {
    let object = object(record);
    columns
        .iter()
        .map(|column| object.get(column).map(show).unwrap_or_default())
        .collect()
}

/// The value of a field, or of a path of fields, as text.
pub(super) fn cell(record: &[u8], path: &str) -> Option<String> {
    find(&object(record), path).map(show)
}

/// The object in a line; an empty one if there is none.
pub(super) fn object(record: &[u8]) -> Map<String, Value> {
    serde_json::from_slice(record).unwrap_or_default()
}

fn find<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    object.get(path).or_else(|| {
        let (head, tail) = path.split_once('.')?;
        find(object.get(head)?.as_object()?, tail)
    })
}

fn show(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Reads one string out of an object and passes over everything else without building it.
#[derive(Clone, Copy)]
struct StringAt<'p> {
    path: &'p str,
}

impl<'de> DeserializeSeed<'de> for StringAt<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StringAt<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        let split = self.path.split_once('.');
        while let Some(key) = object.next_key::<std::borrow::Cow<'de, str>>()? {
            match split {
                _ if key == self.path => found = object.next_value_seed(Leaf)?.or(found),
                Some((head, path)) if key == head => {
                    found = object.next_value_seed(Inner(StringAt { path }))?.or(found);
                }
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// The value of a field that is wanted: its text if it is a string.
struct Leaf;

impl<'de> DeserializeSeed<'de> for Leaf {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        let value = <&'de serde_json::value::RawValue as serde::Deserialize>::deserialize(reader)?;
        let text = value.get();
        let inner = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        Ok(inner.filter(|text| !text.contains('\\')))
    }
}

/// The value of a field on the way to one that is wanted: nothing unless it is an object.
struct Inner<'p>(StringAt<'p>);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        let value = <&'de serde_json::value::RawValue as serde::Deserialize>::deserialize(reader)?;
        let mut inner = serde_json::Deserializer::from_str(value.get());
        Ok(self.0.deserialize(&mut inner).unwrap_or(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_field_is_found_where_it_stands() {
        let check = |record: &str, field: &str, expected: Option<&str>| {
            let at = string_at(record.as_bytes(), field);
            assert_eq!(at.map(|at| &record[at]), expected, "{field} in {record}");
        };
        check(r#"{"id":"abc"}"#, "id", Some("abc"));
        check(r#" { "x": {"id":"no"}, "id" : "yes" } "#, "id", Some("yes"));
        check(r#"{"user":{"id":"in"}}"#, "user.id", Some("in"));
        check(r#"{"user.id":"dot"}"#, "user.id", Some("dot"));
        check(r#"{"user":3,"id":"x"}"#, "user.id", None);
        check(r#"{"id":7}"#, "id", None);
        check(r#"{"id":"a\nb"}"#, "id", None);
        check(r#"{"id":"cut"#, "id", None);
        check("[1]", "id", None);
        check("", "id", None);
    }
}
