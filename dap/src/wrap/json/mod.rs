//! Just enough JSON to find a few fields in a message and to change them where they stand.
//!
//! A message that is not ours to change must leave as it came, and one that is keeps its key order and every field that
//! we do not know. So nothing is parsed into a tree and written again: fields are found as ranges of bytes, and edits
//! replace ranges. Text that is not JSON is found to have no fields.

mod layout;

pub(super) use layout::Layout;

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    ops::Range,
};

/// The members of the object that starts at `at`, as raw keys without quotes and the ranges of their values.
pub(super) fn members(json: &[u8], at: usize) -> Members<'_> {
    let at = skip_space(json, at);
    Members {
        json,
        at: (json.get(at) == Some(&b'{')).then_some(at + 1),
        end: None,
    }
}

/// The ranges of the items of the array that starts at `at`.
pub(super) fn items(json: &[u8], at: usize) -> Items<'_> {
    let at = skip_space(json, at);
    Items {
        json,
        at: (json.get(at) == Some(&b'[')).then_some(at + 1),
    }
}

/// The value of one member of the object that starts at `at`.
pub(super) fn member(json: &[u8], at: usize, key: &str) -> Option<Range<usize>> {
    members(json, at).find_map(|(found, value)| (found == key.as_bytes()).then_some(value))
}

/// The begin of the value of one member of the object that starts at `at`, found without looking for its end.
pub(super) fn member_start(json: &[u8], at: usize, key: &str) -> Option<usize> {
    let mut members = members(json, at);
    loop {
        let (found, start) = members.key()?;
        if found == key.as_bytes() {
            return Some(start);
        }
        members.value(start)?;
    }
}

/// The begin of the first item of the array that starts at `at`.
pub(super) fn first_item(json: &[u8], at: usize) -> Option<usize> {
    let at = skip_space(json, at);
    let first = skip_space(json, at + 1);
    (json.get(at) == Some(&b'[') && json.get(first) != Some(&b']')).then_some(first)
}

/// The begin of the item after one that ends at `end`.
pub(super) fn item_after(json: &[u8], end: usize) -> Option<usize> {
    let comma = skip_space(json, end);
    (json.get(comma) == Some(&b',')).then(|| skip_space(json, comma + 1))
}

/// The end of the value that starts at `at`.
pub(super) fn end_of_value(json: &[u8], at: usize) -> Option<usize> {
    skip_value(json, at)
}

/// A string's text.
pub(super) fn text(json: &[u8], range: Range<usize>) -> Option<Cow<'_, str>> {
    unquoted(std::str::from_utf8(json.get(range)?).ok()?)
}

/// The text of a string in its quotes.
pub(super) fn unquoted(quoted: &str) -> Option<Cow<'_, str>> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(quoted).ok().map(Cow::Owned)
}

/// A whole number, which some languages write with a fraction of 0.
pub(super) fn integer(json: &[u8], range: Range<usize>) -> Option<i64> {
    let text = std::str::from_utf8(json.get(range)?).ok()?;
    let whole = || text.trim_end_matches('0').strip_suffix('.')?.parse().ok();
    text.parse().ok().or_else(whole)
}

/// True if the value is `true`.
pub(super) fn is_true(json: &[u8], range: Range<usize>) -> bool {
    json.get(range) == Some(b"true")
}

/// A text as JSON, quotes included.
pub(super) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// See [`members`].
pub(super) struct Members<'a> {
    json: &'a [u8],
    at: Option<usize>,
    end: Option<usize>,
}

impl<'a> Members<'a> {
    /// The end of the object, once all members were taken.
    pub(super) fn end(&self) -> Option<usize> {
        self.end
    }

    /// The next key, and where its value begins, which [`Members::value`] has to pass.
    pub(super) fn key(&mut self) -> Option<(&'a [u8], usize)> {
        let at = skip_separator(self.json, self.at.take()?);
        if self.json.get(at) == Some(&b'}') {
            self.end = Some(at + 1);
            return None;
        }
        let key_end = skip_string(self.json, at)?;
        let key = self.json.get(at + 1..key_end - 1)?;
        let colon = skip_space(self.json, key_end);
        (self.json.get(colon) == Some(&b':')).then(|| (key, skip_space(self.json, colon + 1)))
    }

    /// The value that begins at `start`.
    pub(super) fn value(&mut self, start: usize) -> Option<Range<usize>> {
        self.value_to(start, None)
    }

    /// The value that begins at `start`, whose end may be known.
    fn value_to(&mut self, start: usize, end: Option<usize>) -> Option<Range<usize>> {
        let end = end.or_else(|| skip_value(self.json, start))?;
        self.at = Some(end);
        Some(start..end)
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a [u8], Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, start) = self.key()?;
        Some((key, self.value(start)?))
    }
}

/// See [`items`].
pub(super) struct Items<'a> {
    json: &'a [u8],
    at: Option<usize>,
}

impl Iterator for Items<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = skip_separator(self.json, self.at.take()?);
        let end = skip_value(self.json, start)?;
        self.at = Some(end);
        Some(start..end)
    }
}

/// Replacements of ranges of a message. Nearly all come in the order of the message, and are written at once behind what is
/// kept before them.
#[derive(Debug)]
pub(super) struct Edits<'a> {
    json: &'a [u8],
    /// The message as far as it is edited.
    edited: Vec<u8>,
    /// How far that is.
    done: usize,
    /// The edits before which others may come: each with the place of its new text in `edited`.
    open: Vec<(Range<usize>, Range<usize>)>,
}

/// Bytes to which text is added.
struct Text<'a>(&'a mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl<'a> Edits<'a> {
    /// No edits of a message so far.
    pub(super) fn of(json: &'a [u8]) -> Edits<'a> {
        Edits::within(json, Vec::new())
    }

    /// Edits of a message that are made in the memory of another that is done with.
    pub(super) fn within(json: &'a [u8], mut memory: Vec<u8>) -> Edits<'a> {
        memory.clear();
        Edits {
            json,
            edited: memory,
            done: 0,
            open: Vec::new(),
        }
    }

    /// Replaces a range. Ranges are given in any order and do not overlap.
    pub(super) fn replace(&mut self, range: Range<usize>, with: impl fmt::Display) {
        self.edit(range, |edited| {
            // it takes all that is written
            let _ = write!(Text(edited), "{with}");
        });
    }

    /// Replaces a range with a number.
    pub(super) fn replace_number(&mut self, range: Range<usize>, number: i64) {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(number).as_bytes();
        self.edit(range, |edited| edited.extend_from_slice(digits));
    }

    /// Puts something before the byte at `at`.
    pub(super) fn insert(&mut self, at: usize, what: impl fmt::Display) {
        self.replace(at..at, what);
    }

    fn edit(&mut self, range: Range<usize>, write: impl FnOnce(&mut Vec<u8>)) {
        if range.start < self.done {
            return self.edit_before(range, write);
        }
        let kept = self.json.get(self.done..range.start).unwrap_or_default();
        self.edited.extend_from_slice(kept);
        let begin = self.edited.len();
        write(&mut self.edited);
        self.done = range.end;
        self.open.push((range, begin..self.edited.len()));
    }

    /// Makes an edit that lies before others.
    fn edit_before(&mut self, range: Range<usize>, write: impl FnOnce(&mut Vec<u8>)) {
        let number = self
            .open
            .partition_point(|(open, _)| open.start <= range.start);
        let Some((next, text)) = self.open.get(number) else {
            return;
        };
        // between the two the message is as it was
        let end = text
            .start
            .saturating_sub(next.start.saturating_sub(range.end));
        let begin = end.saturating_sub(range.len());
        let mut with = Vec::new();
        write(&mut with);
        let (grown, shrunk) = (with.len(), end - begin);
        self.edited.splice(begin..end, with);
        for (_, text) in self.open.iter_mut().skip(number) {
            *text = text.start + grown - shrunk..text.end + grown - shrunk;
        }
        self.open.insert(number, (range, begin..begin + grown));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.edited.is_empty() && self.done == 0
    }

    /// Settles the edits so far. Whatever comes after lies behind them.
    pub(super) fn settle(&mut self) {
        self.open.clear();
    }

    /// The message with the edits made.
    pub(super) fn apply(mut self) -> Vec<u8> {
        let rest = self.json.get(self.done..).unwrap_or_default();
        self.edited.extend_from_slice(rest);
        self.edited
    }

    /// The memory, where nothing was to be edited.
    pub(super) fn into_memory(self) -> Vec<u8> {
        self.edited
    }
}

/// A message with another number in one of its fields.
pub(crate) fn with_number(json: &[u8], key: &str, number: i64) -> Vec<u8> {
    let mut edits = Edits::of(json);
    if let Some(range) = member(json, 0, key) {
        edits.replace_number(range, number);
    }
    edits.apply()
}

/// The range of a member with the one comma that goes with it, so that the object stays JSON without it.
pub(super) fn with_comma(json: &[u8], object: usize, key: &str) -> Option<Range<usize>> {
    let mut before = skip_space(json, object) + 1;
    for (found, value) in members(json, object) {
        if found == key.as_bytes() {
            let after = skip_space(json, value.end);
            return Some(if json.get(after) == Some(&b',') {
                // the first of several: up to the next key; else from the end of the one before
                if json.get(before) == Some(&b',') {
                    before..value.end
                } else {
                    before..after + 1
                }
            } else {
                before..value.end
            });
        }
        before = value.end;
    }
    None
}

fn skip_space(json: &[u8], mut at: usize) -> usize {
    while matches!(json.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

fn skip_separator(json: &[u8], at: usize) -> usize {
    let at = skip_space(json, at);
    if json.get(at) == Some(&b',') {
        skip_space(json, at + 1)
    } else {
        at
    }
}

/// The end of the value that starts at `at`.
fn skip_value(json: &[u8], at: usize) -> Option<usize> {
    match json.get(at)? {
        b'"' => skip_string(json, at),
        b'{' | b'[' => skip_nested(json, at),
        b'}' | b']' | b',' | b':' => None,
        _ => {
            let length = json
                .get(at..)?
                .iter()
                .take_while(|byte| {
                    !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
                })
                .count();
            Some(at + length)
        }
    }
}

fn skip_nested(json: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match json.get(at)? {
            b'"' => {
                at = skip_string(json, at)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn skip_string(json: &[u8], at: usize) -> Option<usize> {
    if json.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', json.get(at..)?)?;
        if json.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn fields_are_found_in_any_order_and_spacing() {
        let json =
            br#" { "body" : {"x":"}\"]","y":[1,{"a":2}]} , "n":-5,"t" :true,"e":"a\u00e9" }"#;
        assert_eq!(integer(json, member(json, 0, "n").unwrap()), Some(-5));
        assert!(is_true(json, member(json, 0, "t").unwrap()));
        assert_eq!(text(json, member(json, 0, "e").unwrap()).unwrap(), "aé");
        let body = member(json, 0, "body").unwrap();
        assert_eq!(
            text(json, member(json, body.start, "x").unwrap()).unwrap(),
            "}\"]"
        );
        let list = member(json, body.start, "y").unwrap();
        assert_eq!(items(json, list.start).count(), 2);
        assert_eq!(member(json, 0, "absent"), None);
    }

    #[test]
    fn whole_numbers_may_have_a_fraction_of_zero() {
        for (text, expected) in [
            ("7", Some(7)),
            ("7.0", Some(7)),
            ("-70.00", Some(-70)),
            ("7.5", None),
            ("70", Some(70)),
            ("\"7\"", None),
            ("null", None),
            (".0", None),
        ] {
            assert_eq!(integer(text.as_bytes(), 0..text.len()), expected, "{text}");
        }
    }

    #[test]
    fn a_member_leaves_with_its_comma() {
        for (json, expected) in [
            (r#"{"a":1,"u":{"x":2},"b":3}"#, r#"{"a":1,"b":3}"#),
            (r#"{"u":{"x":2},"b":3}"#, r#"{"b":3}"#),
            (r#"{"a":1,"u":{"x":2}}"#, r#"{"a":1}"#),
            (r#"{"u":{}}"#, "{}"),
            (r#"{ "u" : {} , "b" : 3 }"#, r#"{ "b" : 3 }"#),
            (r#"{ "a" : 1 , "u" : {} }"#, r#"{ "a" : 1 }"#),
        ] {
            let range = with_comma(json.as_bytes(), 0, "u").unwrap();
            let mut edits = Edits::of(json.as_bytes());
            edits.replace(range, "");
            let left = edits.apply();
            assert_eq!(String::from_utf8(left).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn edits_may_be_settled_by_the_way_and_in_used_memory() {
        let json = b"0123456789";
        let all = [(1..2, "one"), (0..0, "<"), (4..6, ""), (9..10, "nine>")];
        for settled_after in 0..=4 {
            let mut edits = Edits::within(json, b"what was there before".to_vec());
            assert!(edits.is_empty());
            for (number, (range, with)) in all.iter().enumerate() {
                edits.replace(range.clone(), with);
                // the second stands before the first
                if number > 0 && number == settled_after {
                    edits.settle();
                    assert!(!edits.is_empty());
                }
            }
            assert_eq!(edits.apply(), b"<0one23678nine>");
        }
    }

    pub(super) fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ -~é\"\\\\{}\\[\\],:]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,3}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn edits_come_in_any_order(
            text in "[a-z]{0,40}",
            parts in prop::collection::vec((0_usize..6, 0_usize..4, "[A-Z]{0,5}"), 0..10),
            order in any::<prop::sample::Index>(),
        ) {
            let (mut at, mut all, mut expected) = (0, Vec::new(), String::new());
            for (kept, cut, with) in parts {
                // two in one place have no order between them
                let begin = at + kept + 1;
                let Some(before) = text.get(at..begin).filter(|_| begin + cut <= text.len()) else { break };
                expected.push_str(before);
                expected.push_str(&with);
                at = begin + cut;
                all.push((begin..at, with));
            }
            expected.push_str(text.get(at..).unwrap_or_default());
            let turned = order.index(all.len().max(1));
            let count = all.len();
            all.rotate_left(turned.min(count));
            if turned % 2 == 1 {
                all.reverse();
            }
            let mut edits = Edits::of(text.as_bytes());
            for (range, with) in &all {
                edits.replace(range.clone(), with);
            }
            prop_assert_eq!(edits.is_empty(), all.is_empty());
            prop_assert_eq!(String::from_utf8(edits.apply()).unwrap(), expected);
        }

        #[test]
        fn finds_what_a_parser_finds(value in json_value(), pretty: bool) {
            let json = if pretty { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) }.unwrap();
            if let Value::Object(object) = &value {
                let found: Vec<_> = members(&json, 0)
                    .map(|(key, range)| (String::from_utf8(key.to_vec()).unwrap(), serde_json::from_slice(&json[range]).unwrap()))
                    .collect();
                let expected: Vec<_> = object.clone().into_iter().collect();
                prop_assert_eq!(found, expected);
            }
            if let Value::Array(array) = &value {
                let found: Vec<Value> = items(&json, 0).map(|range| serde_json::from_slice(&json[range]).unwrap()).collect();
                prop_assert_eq!(&found, array);
            }
        }

        #[test]
        fn no_bytes_make_it_fail(json in prop::collection::vec(any::<u8>(), 0..60), cut in "[{}\\[\\]\",:a0 \\\\]{0,40}") {
            for json in [json.as_slice(), cut.as_bytes()] {
                for (_, value) in members(json, 0) {
                    let _ = (text(json, value.clone()), items(json, value.start).count());
                }
                let _ = with_comma(json, 0, "a");
            }
        }
    }
}
