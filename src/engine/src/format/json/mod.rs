//! Fields of a JSON object in a line.

pub(crate) mod array;
pub(crate) mod template;

use std::{borrow::Cow, fmt, ops::Range, sync::LazyLock};

use memchr::memmem::Finder;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{error::Category, value::RawValue};

use crate::cell::Cell;
use crate::format::ordered::{Json, Members};

/// The place of the text of a string field, without its quotes and with its escapes: see [`unescaped`]. `None` if the
/// record is no object, if it has no such field, or if that is no string.
pub(crate) fn string_at(record: &[u8], field: &str) -> Option<Range<usize>> {
    read(record, |record| {
        let mut reader = serde_json::Deserializer::from_slice(record);
        // The key is tried as a whole first: a field may have a dot in its name.
        let text = StringAt { path: field }.deserialize(&mut reader)?;
        Ok(text.map(|text| place_of(text, record)))
    })
}

/// The result of reading a record, or, if it is no JSON, the record with numbers for the words of [`without_words`].
fn read<T>(record: &[u8], read: impl Fn(&[u8]) -> serde_json::Result<Option<T>>) -> Option<T> {
    match read(record) {
        Ok(found) => found,
        Err(_) => read(&without_words(record)?).ok()?,
    }
}

/// A record in which the words of Python, pandas and JavaScript for what is no number of JSON, `NaN`, `Infinity` and
/// `-Infinity`, are numbers as long as they; nothing where none stands outside of texts.
fn without_words(record: &[u8]) -> Option<Vec<u8>> {
    const WORDS: [(&[u8], &[u8]); 2] = [(b"NaN", b"0.0"), (b"Infinity", b"0.000000")];
    static FIRST: LazyLock<[Finder<'static>; 2]> =
        LazyLock::new(|| WORDS.map(|(word, _)| Finder::new(word)));
    FIRST.iter().find_map(|word| word.find(record))?;
    let mut numbers = record.to_vec();
    let (mut at, mut is_text) = (0, false);
    while let Some(&byte) = record.get(at) {
        match byte {
            b'"' => is_text = !is_text,
            b'\\' => at += 1,
            b'N' | b'I' if !is_text => {
                let rest = numbers.get_mut(at..).unwrap_or_default();
                let word = WORDS.iter().find(|(word, _)| rest.starts_with(word));
                for (place, &digit) in rest.iter_mut().zip(word.map_or(&b""[..], |word| word.1)) {
                    *place = digit;
                }
            }
            _ => {}
        }
        at += 1;
    }
    (numbers != record).then_some(numbers)
}

/// The place of a part in a whole.
fn place_of(part: &str, whole: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

/// The place of the text of a record that is a string, without its quotes and with its escapes.
pub(crate) fn whole_string(record: &[u8]) -> Option<Range<usize>> {
    let value: &RawValue = serde_json::from_slice(record).ok()?;
    Some(place_of(between_quotes(value.get())?, record))
}

fn between_quotes(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// The text between the quotes of a string, as it is meant: PHP writes `/` as `\/`, and any character may be `\u0030`.
pub(crate) fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', text).is_none() {
        return Cow::Borrowed(text);
    }
    let quoted = [b"\"", text, b"\""].concat();
    let meant = serde_json::from_slice::<String>(&quoted);
    meant.map_or(Cow::Borrowed(text), |meant| Cow::Owned(meant.into_bytes()))
}

/// Values of the fields of an object, as they are written.
#[derive(Debug, Default)]
pub(crate) struct Values<'a> {
    /// Values of some names, in their order; none at all where the record is no object.
    pub(crate) named: Vec<Option<&'a str>>,
    /// Values of all other names.
    pub(crate) further: Vec<(Cow<'a, str>, &'a str)>,
}

/// The values of an object, those of some fields in their order.
pub(crate) fn values<'a>(record: &'a [u8], columns: &[String]) -> Values<'a> {
    let with_words = || {
        let numbers = without_words(record)?;
        let Values { named, further } = strict_values(&numbers, columns).ok()?;
        let written =
            |number: &str| std::str::from_utf8(record.get(place_of(number, &numbers))?).ok();
        let further = further
            .into_iter()
            .filter_map(|(name, value)| Some((Cow::Owned(name.into_owned()), written(value)?)));
        Some(Values {
            named: named.into_iter().map(|value| written(value?)).collect(),
            further: further.collect(),
        })
    };
    let values = strict_values(record, columns);
    values
        .or_else(|_| with_words().ok_or(()))
        .unwrap_or_default()
}

fn strict_values<'a>(record: &'a [u8], columns: &[String]) -> serde_json::Result<Values<'a>> {
    let mut reader = serde_json::Deserializer::from_slice(record);
    let values = reader.deserialize_any(ValuesOf { columns })?;
    reader.end().map(|()| values)
}

/// The value of a field, or of a path of fields, as text.
pub(crate) fn cell<'a>(record: &'a [u8], path: &str) -> Option<Cow<'a, str>> {
    show_raw(value(record, path)?)
}

/// The value of a field, or of a path of fields, as it is written.
pub(crate) fn value<'a>(record: &'a [u8], path: &str) -> Option<&'a str> {
    let at = read(record, |record| {
        let mut reader = serde_json::Deserializer::from_slice(record);
        let value = reader.deserialize_any(ValueAt { path })?;
        reader.end()?;
        Ok(value.map(|value| place_of(value.get(), record)))
    });
    std::str::from_utf8(record.get(at?)?).ok()
}

/// The object in a line; an empty one if there is none.
pub(crate) fn object(record: &[u8]) -> Members {
    match read(record, |record| serde_json::from_slice(record).map(Some)) {
        Some(Json::Object(members)) => members,
        _ => Members::new(),
    }
}

/// True for a record that is an object.
pub(crate) fn is_object(record: &[u8]) -> bool {
    record.trim_ascii_start().starts_with(b"{") && is_value(record)
}

/// True for a value of JSON and nothing else.
fn is_value(text: &[u8]) -> bool {
    read(text, |text| {
        serde_json::from_slice::<IgnoredAny>(text).map(Some)
    })
    .is_some()
}

/// Why a record is no JSON, if it is none: where its first wrong character stands, from 1, or that it ends too early.
pub(crate) fn broken(record: &[u8]) -> Option<String> {
    if is_value(record) {
        return None;
    }
    let error = serde_json::from_slice::<IgnoredAny>(record).err()?;
    Some(match error.classify() {
        Category::Eof => "it ends before it is closed".to_owned(),
        _ => format!("it goes wrong at byte {}", error.column()),
    })
}

/// A value that was not read yet, as text. `None` if it is none.
pub(crate) fn show_raw(value: &str) -> Option<Cow<'_, str>> {
    let is_plain_text = |bytes: &[u8]| matches!(bytes, [b'"', .., b'"']) && !bytes.contains(&b'\\');
    let bytes = value.as_bytes();
    if !is_plain_text(bytes) && !is_shown_as_written(bytes) {
        is_value(bytes).then_some(())?;
    }
    Some(Cell::of_json(value).into_text())
}

/// True for a word or a whole number, which is valid without a further look.
pub(crate) fn is_shown_as_written(value: &[u8]) -> bool {
    match value {
        [b'1'..=b'9', rest @ ..] | [b'-', b'1'..=b'9', rest @ ..] => {
            rest.len() < 15 && rest.iter().all(u8::is_ascii_digit)
        }
        _ => matches!(value, b"0" | b"true" | b"false"),
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
        while let Some(key) = object.next_key_seed(Step { path: self.path })? {
            match key {
                Key::Wanted => found = object.next_value_seed(Leaf)?.or(found),
                Key::OnTheWay(path) => {
                    found = object.next_value_seed(Inner(StringAt { path }))?.or(found);
                }
                Key::Other => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// Finds one value in an object and passes over everything else.
#[derive(Clone, Copy)]
struct ValueAt<'p> {
    path: &'p str,
}

impl<'de> Visitor<'de> for ValueAt<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let (mut found, mut inner): (Option<&RawValue>, Option<(&RawValue, &str)>) = (None, None);
        while let Some(key) = object.next_key_seed(Step { path: self.path })? {
            match key {
                Key::Wanted => found = Some(object.next_value()?),
                Key::OnTheWay(path) => inner = Some((object.next_value()?, path)),
                Key::Other => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        // Of a name that stands there twice the last counts, as for everybody who reads JSON.
        Ok(found.or_else(|| {
            let (value, path) = inner?;
            let mut reader = serde_json::Deserializer::from_str(value.get());
            reader.deserialize_any(ValueAt { path }).ok()?
        }))
    }
}

/// Finds the values of an object as they are written.
struct ValuesOf<'c> {
    columns: &'c [String],
}

impl<'de> Visitor<'de> for ValuesOf<'_> {
    type Value = Values<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut values = Values {
            named: vec![None; self.columns.len()],
            further: Vec::new(),
        };
        let mut next = 0;
        let columns = self.columns;
        while let Some(name) = object.next_key_seed(NameAmong { columns, next })? {
            let value = object.next_value::<&RawValue>()?.get();
            match name {
                Name::Column(place) => {
                    values.named[place] = Some(value);
                    next = place + 1;
                }
                // of a name that stands there twice the last counts
                Name::Further(name) => {
                    values.further.retain(|(other, _)| *other != name);
                    values.further.push((name, value));
                }
            }
        }
        Ok(values)
    }
}

/// A name of a field beside those of columns.
enum Name<'a> {
    /// The place of the column.
    Column(usize),
    /// That of no column.
    Further(Cow<'a, str>),
}

/// The place of a name among those of columns.
struct NameAmong<'c> {
    columns: &'c [String],
    /// Its most likely place: most objects of a file have their fields in one order.
    next: usize,
}

impl NameAmong<'_> {
    fn place(&self, name: &str) -> Option<usize> {
        match self.columns.get(self.next) {
            Some(next) if next == name => Some(self.next),
            _ => self.columns.iter().position(|column| column == name),
        }
    }
}

impl<'de> DeserializeSeed<'de> for NameAmong<'_> {
    type Value = Name<'de>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameAmong<'_> {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
        let place = self.place(name);
        Ok(place.map_or(Name::Further(Cow::Borrowed(name)), Name::Column))
    }

    fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
        let further = || Name::Further(Cow::Owned(name.to_owned()));
        Ok(self.place(name).map_or_else(further, Name::Column))
    }
}

/// How a name in an object lies to a path.
enum Key<'p> {
    /// It is the whole path, even one with dots in it.
    Wanted,
    /// It is the first of the path, and the rest is this.
    OnTheWay(&'p str),
    Other,
}

/// Compares names with a path where they stand.
struct Step<'p> {
    path: &'p str,
}

impl<'de, 'p> DeserializeSeed<'de> for Step<'p> {
    type Value = Key<'p>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<'p> Visitor<'_> for Step<'p> {
    type Value = Key<'p>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key<'p>, E> {
        if name == self.path {
            return Ok(Key::Wanted);
        }
        Ok(match self.path.split_once('.') {
            Some((head, rest)) if name == head => Key::OnTheWay(rest),
            _ => Key::Other,
        })
    }
}

/// The value of a field that is wanted: its text if it is a string.
struct Leaf;

impl<'de> DeserializeSeed<'de> for Leaf {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        let value = <&'de RawValue as serde::Deserialize>::deserialize(reader)?;
        Ok(between_quotes(value.get()))
    }
}

/// The value of a field on the way to one that is wanted: nothing unless it is an object.
struct Inner<'p>(StringAt<'p>);

impl<'de> DeserializeSeed<'de> for Inner<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        let value = <&'de RawValue as serde::Deserialize>::deserialize(reader)?;
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
        check(r#"{"id":"a\nb"}"#, "id", Some(r"a\nb"));
        check(r#"{"id":"\/a\u0030"}"#, "id", Some(r"\/a\u0030"));
        check(r#"{"id":"cut"#, "id", None);
        check("[1]", "id", None);
        check("", "id", None);
    }

    #[test]
    fn the_text_of_a_string_is_what_is_meant() {
        let check = |text: &str, meant: &str| {
            assert_eq!(unescaped(text.as_bytes()), meant.as_bytes(), "{text}");
        };
        check("plain", "plain");
        check(r"\/orders\/1", "/orders/1");
        check(r"\u0030\u00e9\ud83d\ude00", "0é😀");
        check(r#"a\"b\\"#, "a\"b\\");
        check(r"\x", r"\x");
        let string = whole_string(br#" "\/a" "#).unwrap();
        assert_eq!(string, 2..5);
    }

    #[test]
    fn the_value_of_a_field_is_text() {
        let check = |record: &str, path: &str, expected: Option<&str>| {
            let found = cell(record.as_bytes(), path);
            assert_eq!(found.as_deref(), expected, "{path} in {record}");
        };
        let record = r#"{"n":12,"z":0,"y":-0,"m":-3,"f":1.50,"big":123456789012345678901234567890,"s":"a\"b","e":null,
            "t":true,"o":{"x":[1, 2],"x":{"y":"in"}},"o.x":"dot"}"#;
        check(record, "n", Some("12"));
        check(record, "z", Some("0"));
        check(record, "y", Some("-0"));
        check(record, "m", Some("-3"));
        check(record, "f", Some("1.50"));
        check(record, "big", Some("123456789012345678901234567890"));
        check(record, "s", Some("a\"b"));
        check(record, "e", Some(""));
        check(record, "t", Some("true"));
        check(record, "o", Some(r#"{"x":[1,2],"x":{"y":"in"}}"#));
        check(record, "o.x", Some("dot"));
        check(record, "o.x.y", Some("in"));
        check(record, "o.x.z", None);
        check(record, "n.m", None);
        check(record, "x", None);
        check(r#"{"n":1} 2"#, "n", None);
        check(r#"{"n":1"#, "n", None);
        check("[1]", "n", None);
    }

    /// As Python's `json`, which writes them, reads them.
    #[test]
    fn words_for_what_is_no_number_are_values() {
        let record =
            r#"{"a":NaN,"b":[-Infinity, NaN],"id":"NaN \"Infinity","c":-Infinity,"N":Infinity}"#;
        let columns = ["a", "b", "id", "c"].map(str::to_owned);
        let Values { named, further } = values(record.as_bytes(), &columns);
        let expected = [
            "NaN",
            "[-Infinity, NaN]",
            r#""NaN \"Infinity""#,
            "-Infinity",
        ];
        assert_eq!(named, expected.map(Some));
        assert_eq!(further, [(Cow::Borrowed("N"), "Infinity")]);
        assert_eq!(cell(record.as_bytes(), "a").as_deref(), Some("NaN"));
        assert_eq!(
            cell(record.as_bytes(), "b").as_deref(),
            Some("[-Infinity,NaN]")
        );
        let at = string_at(record.as_bytes(), "id").unwrap();
        assert_eq!(&record[at], r#"NaN \"Infinity"#);
        assert_eq!(object(record.as_bytes()).len(), 5);
        assert!(is_object(record.as_bytes()));
        for broken in [r#"{"a":NaNs}"#, r#"{"a":nan}"#, r#"{NaN:1}"#] {
            assert!(!is_object(broken.as_bytes()), "{broken}");
        }
    }
}
