//! JSON objects that are written like one before them.
//!
//! In most files every object has the same keys in the same places. What stands between the values of a record that was
//! read is then compared with the next record, and only the values are looked at. A record that differs is read in full.

use std::{borrow::Cow, ops::Range};

use memchr::memchr2;

use super::json;

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

#[derive(Debug)]
struct Value {
    /// With the quotes of a text.
    at: Range<usize>,
    is_text: bool,
}

impl Shape {
    /// What [`json::string_at`] finds in a record. The same field is to be asked for each time, and no other.
    pub(super) fn string_at(&mut self, record: &[u8], field: &str) -> Option<Range<usize>> {
        if let Some(at) = self.follow(record) {
            return Some(at.start + 1..at.end - 1);
        }
        let found = json::string_at(record, field)?;
        self.learn_if_new(record, found.start - 1..found.end + 1);
        Some(found)
    }

    /// What [`json::cell`] finds in a record. The same path is to be asked for each time, and no other.
    pub(super) fn cell<'a>(&mut self, record: &'a [u8], path: &str) -> Option<Cow<'a, str>> {
        let found = match self.follow(record) {
            Some(at) => str::from_utf8(record.get(at)?).ok()?,
            None => {
                let found = json::value(record, path)?;
                let start = found.as_ptr().addr() - record.as_ptr().addr();
                self.learn_if_new(record, start..start + found.len());
                found
            }
        };
        json::show_raw(found)
    }

    fn learn_if_new(&mut self, record: &[u8], found: Range<usize>) {
        if record.len() <= LONGEST && self.seen < MOST_SHAPES {
            self.seen += 1;
            self.learn(record, &found);
        }
    }

    /// Where the wanted value stands in a record that differs from the known one in plain values alone.
    fn follow(&self, record: &[u8]) -> Option<Range<usize>> {
        let (mut at, mut known, mut wanted) = (0, 0, None);
        for (number, value) in self.values.iter().enumerate() {
            at += skip(record.get(at..)?, self.record.get(known..value.at.start)?)?;
            let rest = record.get(at..)?;
            let len = if value.is_text {
                text_len(rest)?
            } else {
                word_len(rest)?
            };
            if number == self.wanted {
                wanted = Some(at..at + len);
            }
            (at, known) = (at + len, value.at.end);
        }
        (record.get(at..) == self.record.get(known..)).then_some(wanted)?
    }

    /// Takes a record for the known one, in which the wanted value was found.
    fn learn(&mut self, record: &[u8], found: &Range<usize>) {
        self.values.clear();
        let mut at = 0;
        while let Some(begin) = record.get(at..).and_then(next_value) {
            let begin = at + begin;
            let rest = record.get(begin..).unwrap_or_default();
            let is_text = rest.starts_with(b"\"");
            let Some(end) = value_end(rest).map(|end| begin + end) else {
                break;
            };
            at = end;
            let behind = record.get(end..).unwrap_or_default();
            let is_key = is_text && behind.trim_ascii_start().starts_with(b":");
            if !is_key {
                let at = begin..end;
                self.values.push(Value { at, is_text });
            }
        }
        match self.values.iter().position(|value| value.at == *found) {
            Some(wanted) if self.values.len() <= MOST_VALUES => {
                self.wanted = wanted;
                self.record.clear();
                self.record.extend_from_slice(record);
            }
            _ => self.values.clear(),
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

/// The length of the text that stands here, quotes included, if it is plain ASCII.
fn text_len(bytes: &[u8]) -> Option<usize> {
    let text = bytes.strip_prefix(b"\"")?;
    let len = memchr2(b'"', b'\\', text)?;
    (text.get(len) == Some(&b'"') && is_plain(text.get(..len)?)).then_some(len + 2)
}

/// Whether all bytes are of ASCII and none is a control character, in words of eight.
fn is_plain(text: &[u8]) -> bool {
    const SPACES: u64 = u64::from_ne_bytes([b' '; 8]);
    const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    let Some(last) = text.last_chunk() else {
        return text.iter().all(|byte| matches!(byte, b' '..0x80));
    };
    let (words, _) = text.as_chunks();
    let words = words
        .iter()
        .chain([last])
        .map(|word| u64::from_ne_bytes(*word));
    // what is less than a space borrows from the highest bit
    words.fold(0, |found, word| found | word | word.wrapping_sub(SPACES)) & HIGH_BITS == 0
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
            prop_assert_eq!(is_plain(&a), a.iter().all(|byte| (0x20..0x80).contains(byte)));
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
                prop_assert_eq!(shown, json::cell(record.as_bytes(), &path), "{}", record);
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
