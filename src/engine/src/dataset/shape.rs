//! JSON objects that are written like one before them.
//!
//! In most files every object has the same keys in the same places. What stands between the values of a record that was
//! read is then compared with the next record, and only the values are looked at. A record that differs is read in full.

use std::{borrow::Cow, ops::Range};

use memchr::memchr2;

use super::{json, text_bytes};

/// Records and values of more are read in full.
const LONGEST: usize = 4096;
const MOST_VALUES: usize = 64;
/// Where so many records of a pass differ from the one before them, they have no shape in common.
const MOST_SHAPES: u32 = 64;

/// How the last record was written that was read in full.
#[derive(Debug, Default)]
pub(super) struct Shape {
    record: Vec<u8>,
    /// Its texts, numbers and words at any depth, in the order in which they stand.
    values: Vec<Value>,
    /// Which of them was asked for.
    wanted: usize,
    seen: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Value {
    /// Without the quotes of a text.
    at: Range<usize>,
    is_text: bool,
}

impl Shape {
    /// What [`json::string_at`] finds in a record. The same field is to be asked for each time, and no other.
    pub(super) fn string_at(&mut self, record: &[u8], field: &str) -> Option<Range<usize>> {
        if let Some(value) = self.follow(record) {
            return Some(value.at);
        }
        let found = json::string_at(record, field)?;
        let at = found.clone();
        self.learn_if_new(record, &Value { at, is_text: true });
        Some(found)
    }

    /// What [`json::cell`] finds in a record. The same path is to be asked for each time, and no other.
    pub(super) fn cell<'a>(&mut self, record: &'a [u8], path: &str) -> Option<Cow<'a, [u8]>> {
        if let Some(Value { at, is_text }) = self.follow(record) {
            let value = record.get(at)?;
            if is_text || json::is_short_whole(value) {
                return Some(Cow::Borrowed(value));
            }
            return json::show_raw(str::from_utf8(value).ok()?).map(text_bytes);
        }
        let found = json::value(record, path)?;
        let start = found.as_ptr().addr() - record.as_ptr().addr();
        self.learn_if_new(
            record,
            &Value::new(start..start + found.len(), found.as_bytes()),
        );
        json::show_raw(found).map(text_bytes)
    }

    fn learn_if_new(&mut self, record: &[u8], found: &Value) {
        if record.len() <= LONGEST && self.seen < MOST_SHAPES {
            self.seen += 1;
            self.learn(record, found);
        }
    }

    /// The wanted value of a record that differs from the known one in plain values alone.
    fn follow(&self, record: &[u8]) -> Option<Value> {
        let (mut at, mut known, mut wanted) = (0, 0, None);
        for (number, value) in self.values.iter().enumerate() {
            at += skip(record.get(at..)?, self.record.get(known..value.at.start)?)?;
            let rest = record.get(at..)?;
            // what ends a text has to be the quote that comes next in the known record
            let len = if value.is_text {
                plain_len(rest)
            } else {
                word_len(rest)?
            };
            if number == self.wanted {
                wanted = Some(Value {
                    at: at..at + len,
                    is_text: value.is_text,
                });
            }
            (at, known) = (at + len, value.at.end);
        }
        (record.get(at..) == self.record.get(known..)).then_some(wanted)?
    }

    /// Takes a record for the known one, in which the wanted value was found.
    fn learn(&mut self, record: &[u8], found: &Value) {
        self.values.clear();
        let mut at = 0;
        while let Some(begin) = record.get(at..).and_then(next_value) {
            let begin = at + begin;
            let rest = record.get(begin..).unwrap_or_default();
            let Some(end) = value_end(rest).map(|end| begin + end) else {
                break;
            };
            at = end;
            let behind = record.get(end..).unwrap_or_default();
            let value = Value::new(begin..end, rest);
            let is_key = value.is_text && behind.trim_ascii_start().starts_with(b":");
            if !is_key {
                self.values.push(value);
            }
        }
        match self.values.iter().position(|value| value == found) {
            Some(wanted) if self.values.len() <= MOST_VALUES => {
                self.wanted = wanted;
                self.record.clear();
                self.record.extend_from_slice(record);
            }
            _ => self.values.clear(),
        }
    }
}

impl Value {
    /// What stands, with its quotes, at a place of a record, and how it begins.
    fn new(at: Range<usize>, begin: &[u8]) -> Value {
        let is_text = begin.starts_with(b"\"");
        let quote = usize::from(is_text);
        Value {
            at: at.start + quote..at.end - quote,
            is_text,
        }
    }
}

/// The length of `known`, where `bytes` begin with it.
fn skip(bytes: &[u8], known: &[u8]) -> Option<usize> {
    let len = known.len();
    is_same(bytes.get(..len)?, known).then_some(len)
}

/// Whether two slices of one length are the same. Short ones are compared by two words that may overlap, which takes
/// less than the call that longer ones are worth.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    fn ends<const N: usize>(bytes: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((bytes.first_chunk()?, bytes.last_chunk()?))
    }
    match a.len() {
        1 => a.first() == b.first(),
        2..=3 => ends::<2>(a) == ends(b),
        4..=7 => ends::<4>(a) == ends(b),
        8..=15 => ends::<8>(a) == ends(b),
        16..=32 => ends::<16>(a) == ends(b),
        _ => a == b,
    }
}

/// How many bytes of a text stand here as they are: up to a quote, an escape, a control character or what is not ASCII.
/// In words of eight, because most texts are too short for more.
fn plain_len(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    for (number, word) in words.iter().enumerate() {
        let others = others_of(u64::from_le_bytes(*word));
        if others != 0 {
            return 8 * number + others.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| matches!(byte, b' '..0x80) && !matches!(byte, b'"' | b'\\');
    bytes.len() - rest.len() + rest.iter().take_while(is_plain).count()
}

/// The high bit of the first byte that is not plain, and of others behind it that mean nothing.
fn others_of(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // what is less than it borrows from the highest bit
    let below = |word: u64, least: u8| word.wrapping_sub(ONES * u64::from(least));
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (word | below(word, b' ') | is(b'"') | is(b'\\')) & (ONES << 7)
}

/// The length of the whole or decimal number or of the word that stands here. What may follow it is not looked at.
fn word_len(bytes: &[u8]) -> Option<usize> {
    const WORDS: [&[u8]; 3] = [b"null", b"true", b"false"];
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let sign = usize::from(bytes.starts_with(b"-"));
    let whole = sign + digits(sign);
    match bytes.get(sign) {
        Some(b'0') if whole > sign + 1 => None,
        Some(b'0'..=b'9') if bytes.get(whole) == Some(&b'.') => match digits(whole + 1) {
            0 => None,
            decimals => Some(whole + 1 + decimals),
        },
        Some(b'0'..=b'9') => Some(whole),
        _ => WORDS.iter().find_map(|word| skip(bytes, word)),
    }
}

/// Where the next text, number or word begins, in JSON.
fn next_value(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .position(|byte| matches!(byte, b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'))
}

/// Where the text, number or word ends that stands here, in JSON.
fn value_end(bytes: &[u8]) -> Option<usize> {
    if !bytes.starts_with(b"\"") {
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
        return Some(bytes.iter().position(is_end).unwrap_or(bytes.len()));
    }
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record() -> impl Strategy<Value = String> {
        let value = prop_oneof![
            4 => "\"[a-z0-9 ]{0,6}\"",
            1 => "\"[\\x00-\\x7fé\\\\\"]{0,4}\"",
            2 => "-?[0-9]{1,3}(\\.[0-9]{0,2})?(e5)?",
            1 => "null|true|false|nul|01|-",
            1 => "\\[\\]|\\[1, \"x\"\\]|\\{\"id\": \"inner\"\\}|\\{",
        ];
        let key = prop_oneof![2 => Just("id"), 1 => Just("name"), 1 => Just("i\\u0064")];
        let member = (key, value).prop_map(|(key, value)| format!("\"{key}\": {value}"));
        let end = prop_oneof![9 => Just("}"), 1 => Just("} x"), 1 => Just("")];
        (prop::collection::vec(member, 0..4), end)
            .prop_map(|(members, end)| format!("{{{}{end}", members.join(", ")))
    }

    proptest! {
        #[test]
        fn words_tell_what_bytes_do(a in prop::collection::vec(prop_oneof![9 => 0x1E..0x22_u8, 1 => any::<u8>()], 0..40), at: prop::sample::Index, other: u8) {
            let is_plain = |byte: &&u8| (0x20..0x80).contains(*byte) && !b"\"\\".contains(byte);
            prop_assert_eq!(plain_len(&a), a.iter().take_while(is_plain).count());
            let mut b = a.clone();
            if !a.is_empty() {
                b[at.index(a.len())] = other;
            }
            prop_assert_eq!(is_same(&a, &b), a == b);
        }

        #[test]
        fn a_shape_finds_what_a_reader_does(records in prop::collection::vec(record(), 1..6), field in "id|name|id\\.id") {
            let mut shape = Shape::default();
            for record in records.iter().chain(records.iter().rev()) {
                let found = shape.string_at(record.as_bytes(), &field);
                prop_assert_eq!(found, json::string_at(record.as_bytes(), &field), "{}", record);
            }
        }

        #[test]
        fn a_shape_shows_what_a_reader_does(records in prop::collection::vec(record(), 1..6), path in "id|name|id\\.id") {
            let mut shape = Shape::default();
            for record in records.iter().chain(records.iter().rev()) {
                let shown = shape.cell(record.as_bytes(), &path);
                let expected = json::cell(record.as_bytes(), &path).map(text_bytes);
                prop_assert_eq!(shown, expected, "{}", record);
            }
        }

        #[test]
        fn values_are_read_as_a_reader_does(values in prop::collection::vec("\"[a-z\\\\\"\\x01é]{0,5}\"|-?[0-9.]{1,5}|null|true|false|[a-z]{1,5}", 1..6)) {
            let mut shape = Shape::default();
            shape.string_at(br#"{"n": 1, "id": "first"}"#, "id");
            for value in values {
                for record in [format!("{{\"n\": {value}, \"id\": \"second\"}}"), format!("{{\"n\": 7, \"id\": {value}}}")] {
                    let found = shape.string_at(record.as_bytes(), "id");
                    prop_assert_eq!(found, json::string_at(record.as_bytes(), "id"), "{}", record);
                }
            }
        }
    }

    #[test]
    fn records_of_one_shape_are_followed() {
        let mut shape = Shape::default();
        let first = br#"{"n": 1, "user": {"id": "a", "tags": ["x", true]}}"#;
        assert_eq!(shape.string_at(first, "user.id"), Some(25..26));
        for followed in [
            &br#"{"n": -20.5, "user": {"id": "bcd", "tags": ["", null]}}"#[..],
            br#"{"n": 0, "user": {"id": "", "tags": ["long", false]}}"#,
        ] {
            assert!(shape.follow(followed).is_some());
            let found = json::string_at(followed, "user.id");
            assert_eq!(shape.string_at(followed, "user.id"), found);
        }
        for other in [
            &br#"{"n": 01, "user": {"id": "a", "tags": ["x", true]}}"#[..],
            br#"{"n": 1, "user": {"id": "a\n", "tags": ["x", true]}}"#,
            br#"{"n": 1, "user": {"id": "a", "tags": ["x", true]}"#,
            br#"{"n": 1, "user": {"id": "a", "tags": []}}"#,
            br#"{"n": "1", "user": {"id": "a", "tags": ["x", true]}}"#,
        ] {
            assert_eq!(shape.follow(other), None);
        }
    }
}
