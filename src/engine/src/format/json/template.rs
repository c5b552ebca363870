//! JSON objects that are written like one before them.
//!
//! In most files every object has the same keys in the same places. What stands between the values of a record that was
//! read is then compared with the next record, and only the values are looked at. A record that differs is read in full.

use std::{borrow::Cow, ops::Range};

use memchr::memchr2;

use crate::format::{byte_mask::ByteMask, json, text_bytes};

/// Records of more bytes, and templates of more words, are read in full.
const LONGEST: usize = 4096;
const MOST_WORDS: usize = 128;
/// If so many records of a block differ from the one before them, they have no template in common.
const MOST_RECORDS: u32 = 64;
/// Bytes that are compared at once.
const WIDTH: usize = size_of::<u128>();

/// How the last record was written that was read in full.
#[derive(Debug, Default)]
pub(crate) struct Template {
    words: Vec<Word>,
    /// How many words stand before the value that was asked for.
    wanted: usize,
    seen: u32,
}

/// Bytes that are the same in all records of a template, and what stands behind them.
#[derive(Debug)]
struct Word {
    bytes: u128,
    /// A bit for each of their bits.
    mask: u128,
    len: usize,
    then: Then,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The inside of a text, whose quotes are part of what is always the same.
    Text,
    /// A number, `true`, `false` or `null`.
    Bare,
    /// The next word, or the end.
    Nothing,
}

/// A text without its quotes, a number or a word in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Value {
    at: Range<usize>,
    is_text: bool,
}

impl Template {
    /// The result of [`json::string_at`] in a record of a block. The same field is to be asked for each time, and no other.
    pub(crate) fn string_at(
        &mut self,
        block: &ByteMask<'_>,
        record: Range<usize>,
        field: &str,
    ) -> Option<Range<usize>> {
        if let Some(value) = self.follow(block, record.clone()) {
            return Some(value.at);
        }
        let text = block.bytes().get(record)?;
        let found = json::string_at(text, field)?;
        let at = found.clone();
        if memchr::memchr(b'\\', &text[at.clone()]).is_none() {
            self.learn_if_new(text, &Value { at, is_text: true });
        }
        Some(found)
    }

    /// The result of [`json::cell`] in a record of a block. The same path is to be asked for each time, and no other.
    pub(crate) fn cell<'a>(
        &mut self,
        block: &ByteMask<'a>,
        record: Range<usize>,
        path: &str,
    ) -> Option<Cow<'a, [u8]>> {
        let text = block.bytes().get(record.clone())?;
        if let Some(Value { at, is_text }) = self.follow(block, record) {
            let value = text.get(at)?;
            if is_text || json::is_shown_as_written(value) {
                return Some(Cow::Borrowed(value));
            }
            return json::show_raw(str::from_utf8(value).ok()?).map(text_bytes);
        }
        let found = json::value(text, path)?;
        let start = found.as_ptr().addr() - text.as_ptr().addr();
        let value = Value::new(start..start + found.len(), found.as_bytes());
        self.learn_if_new(text, &value);
        json::show_raw(found).map(text_bytes)
    }

    fn learn_if_new(&mut self, record: &[u8], found: &Value) {
        if record.len() <= LONGEST && self.seen < MOST_RECORDS {
            self.seen += 1;
            self.learn(record, found);
        }
    }

    /// The wanted value of a record that differs from the known one in plain values alone. Neither those nor what is
    /// between them hold the end of a line, so that looking ahead of the record's end finds nothing behind it.
    fn follow(&self, block: &ByteMask<'_>, record: Range<usize>) -> Option<Value> {
        let (before, behind) = self.words.split_at_checked(self.wanted)?;
        let wanted = pass(block, before, record.start)?;
        let rest = pass(block, behind, wanted.end)?;
        (rest.end == record.end).then_some(Value {
            at: wanted.start - record.start..wanted.end - record.start,
            is_text: before.last()?.then == Then::Text,
        })
    }

    /// Takes a record for the known one, in which the wanted value was found.
    fn learn(&mut self, record: &[u8], found: &Value) {
        self.words.clear();
        let (mut at, mut known, mut wanted) = (0, 0, None);
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
                let then = if value.is_text {
                    Then::Text
                } else {
                    Then::Bare
                };
                self.push(record.get(known..value.at.start), then);
                if value == *found {
                    wanted = Some(self.words.len());
                }
                known = value.at.end;
            }
        }
        self.push(record.get(known..), Then::Nothing);
        match wanted {
            Some(wanted) if self.words.len() <= MOST_WORDS => self.wanted = wanted,
            _ => self.words.clear(),
        }
    }

    fn push(&mut self, bytes: Option<&[u8]>, then: Then) {
        let (words, rest) = bytes.unwrap_or_default().as_chunks::<WIDTH>();
        let words = words.iter().map(|word| Word::new(word, Then::Nothing));
        self.words.extend(words);
        self.words.push(Word::new(rest, then));
    }
}

/// The place of the value behind the last of some words, if a block has them from a place on. It has to go on for a whole
/// word behind each, so that its last record is read in full.
fn pass(block: &ByteMask<'_>, words: &[Word], at: usize) -> Option<Range<usize>> {
    let mut value = at..at;
    for word in words {
        let bytes = block.bytes().get(value.end..)?.first_chunk()?;
        if (u128::from_le_bytes(*bytes) ^ word.bytes) & word.mask != 0 {
            return None;
        }
        let start = value.end + word.len;
        // What ends a text has to be the quote that the next word begins with.
        let len = match word.then {
            Then::Text => block.plain_len(start),
            Then::Bare => word_len(block.bytes().get(start..)?)?,
            Then::Nothing => 0,
        };
        value = start..start + len;
    }
    Some(value)
}

impl Word {
    /// Of at most as many bytes as a word has.
    fn new(bytes: &[u8], then: Then) -> Word {
        let (mut word, mut mask) = ([0; WIDTH], [0; WIDTH]);
        for ((word, mask), byte) in word.iter_mut().zip(&mut mask).zip(bytes) {
            (*word, *mask) = (*byte, 0xFF);
        }
        Word {
            bytes: u128::from_le_bytes(word),
            mask: u128::from_le_bytes(mask),
            len: bytes.len(),
            then,
        }
    }
}

impl Value {
    /// The value, with its quotes, at a place of a record, and how it begins.
    fn new(at: Range<usize>, begin: &[u8]) -> Value {
        let is_text = begin.starts_with(b"\"");
        let quote = usize::from(is_text);
        Value {
            at: at.start + quote..at.end - quote,
            is_text,
        }
    }
}

/// The length of the whole or decimal number or of the word that stands here. What may follow it is not looked at.
fn word_len(bytes: &[u8]) -> Option<usize> {
    let whole = digits(bytes);
    match (bytes.first(), bytes.get(whole)) {
        (Some(b'1'..=b'9'), Some(behind)) if *behind != b'.' => Some(whole),
        _ => rare_word_len(bytes),
    }
}

fn rare_word_len(bytes: &[u8]) -> Option<usize> {
    const WORDS: [&[u8]; 3] = [b"null", b"true", b"false"];
    let sign = usize::from(bytes.starts_with(b"-"));
    let behind = |at: usize| bytes.get(at..).unwrap_or_default();
    let whole = sign + digits(behind(sign));
    match bytes.get(sign) {
        Some(b'0') if whole > sign + 1 => None,
        Some(b'0'..=b'9') if bytes.get(whole) == Some(&b'.') => match digits(behind(whole + 1)) {
            0 => None,
            decimals => Some(whole + 1 + decimals),
        },
        Some(b'0'..=b'9') => Some(whole),
        _ => {
            let word = WORDS.iter().find(|word| bytes.starts_with(word));
            word.map(|word| word.len())
        }
    }
}

fn digits(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// The begin of the next text, number or word, in JSON.
fn next_value(bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .position(|byte| matches!(byte, b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'))
}

/// The end of the text, number or word that stands here, in JSON.
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

    /// A record with so many bytes of another line behind it as `ahead` says.
    fn with<T>(
        record: &[u8],
        ahead: usize,
        of: impl FnOnce(&ByteMask<'_>, Range<usize>) -> T,
    ) -> T {
        let bytes = [b"\n", record, b"\n", &vec![b'x'; ahead]].concat();
        of(&ByteMask::new(&bytes), 1..record.len() + 1)
    }

    fn string_at(
        template: &mut Template,
        record: &[u8],
        ahead: usize,
        field: &str,
    ) -> Option<Range<usize>> {
        with(record, ahead, |block, record| {
            template.string_at(block, record, field)
        })
    }

    proptest! {
        #[test]
        fn a_template_finds_what_a_reader_does(records in prop::collection::vec(record(), 1..6), field in "id|name|id\\.id", ahead in 0_usize..40) {
            let mut template = Template::default();
            for record in records.iter().chain(records.iter().rev()) {
                let found = string_at(&mut template, record.as_bytes(), ahead, &field);
                prop_assert_eq!(found, json::string_at(record.as_bytes(), &field), "{}", record);
            }
        }

        #[test]
        fn a_template_shows_what_a_reader_does(records in prop::collection::vec(record(), 1..6), path in "id|name|id\\.id", ahead in 0_usize..40) {
            let mut template = Template::default();
            for record in records.iter().chain(records.iter().rev()) {
                let expected = json::cell(record.as_bytes(), &path).map(text_bytes);
                with(record.as_bytes(), ahead, |block, at| {
                    prop_assert_eq!(template.cell(block, at, &path), expected, "{}", record);
                    Ok(())
                })?;
            }
        }

        #[test]
        fn values_are_read_as_a_reader_does(values in prop::collection::vec("\"[a-z\\\\\"\\x01é]{0,5}\"|-?[0-9.]{1,5}|null|true|false|[a-z]{1,5}", 1..6)) {
            let mut template = Template::default();
            string_at(&mut template, br#"{"n": 1, "id": "first"}"#, 0, "id");
            for value in values {
                for record in [format!("{{\"n\": {value}, \"id\": \"second\"}}"), format!("{{\"n\": 7, \"id\": {value}}}")] {
                    let found = string_at(&mut template, record.as_bytes(), 16, "id");
                    prop_assert_eq!(found, json::string_at(record.as_bytes(), "id"), "{}", record);
                }
            }
        }
    }

    #[test]
    fn records_of_one_template_are_followed() {
        let mut template = Template::default();
        let first = br#"{"n": 1, "user": {"id": "a", "tags": ["x", true]}}"#;
        assert_eq!(string_at(&mut template, first, 16, "user.id"), Some(25..26));
        for followed in [
            &br#"{"n": -20.5, "user": {"id": "bcd", "tags": ["", null]}}"#[..],
            br#"{"n": 0, "user": {"id": "", "tags": ["long", false]}}"#,
        ] {
            assert!(with(followed, 16, |block, record| template
                .follow(block, record)
                .is_some()));
            let found = json::string_at(followed, "user.id");
            assert_eq!(string_at(&mut template, followed, 16, "user.id"), found);
        }
        for other in [
            &br#"{"n": 01, "user": {"id": "a", "tags": ["x", true]}}"#[..],
            br#"{"n": 1, "user": {"id": "a\n", "tags": ["x", true]}}"#,
            br#"{"n": 1, "user": {"id": "a", "tags": ["x", true]}"#,
            br#"{"n": 1, "user": {"id": "a", "tags": []}}"#,
            br#"{"n": "1", "user": {"id": "a", "tags": ["x", true]}}"#,
        ] {
            assert!(with(other, 16, |block, record| template
                .follow(block, record)
                .is_none()));
        }
    }
}
