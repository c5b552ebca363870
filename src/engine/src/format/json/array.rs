//! Ends of the elements of a JSON array, and of objects that stand one behind another without an array around them.

use std::mem;

use crate::format::byte_mask::each_structural;

/// Finds the ends of elements in bytes that arrive in pieces of any size. An element of an array ends behind the comma that
/// follows it, or, where another array follows its own, behind the bracket that opens that. Nothing ends the last one. An
/// object of a sequence ends with its own bracket, so that it is known at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Elements {
    /// True for objects without an array around them.
    is_sequence: bool,
    /// True if the element that is open holds something.
    is_filled: bool,
    /// Objects and arrays that are open in the element.
    depth: u64,
    in_string: bool,
    escaped: bool,
    /// True if the array itself has ended.
    closed: bool,
}

impl Elements {
    /// The ends of objects one behind another, as `jq` writes them.
    pub(crate) const SEQUENCE: Elements = Elements {
        is_sequence: true,
        is_filled: false,
        depth: 0,
        in_string: false,
        escaped: false,
        closed: false,
    };

    /// True if the array, or an object of a sequence, is open at the end of a piece.
    pub(crate) fn is_open(&self) -> bool {
        match self.is_sequence {
            true => self.is_filled || self.depth > 0,
            false => !self.closed || self.depth > 0 || self.in_string,
        }
    }

    /// True if what follows the last object of a sequence, or the last comma of an array, is no element.
    pub(crate) fn holds_nothing(&self) -> bool {
        !self.is_filled
    }

    /// Bytes of what stands between two objects of a sequence.
    pub(crate) fn leading_len(&self, record: &[u8]) -> usize {
        let is_object = |byte: &u8| !is_between(*byte);
        match self.is_sequence {
            true => record.iter().position(is_object).unwrap_or(record.len()),
            false => 0,
        }
    }

    /// Keeps whether the element that is open behind a piece holds something.
    fn fill(&mut self, open: &[u8]) {
        let mut open = open.iter().copied();
        self.is_filled |= match self.is_sequence {
            true => !open.all(is_between),
            false => !open.all(|byte| byte.is_ascii_whitespace() || byte == b']'),
        };
    }

    /// One past the end of the first element that ends in a piece.
    pub(crate) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let Some(end) = bytes.iter().position(|&byte| self.pass(byte)) else {
            self.fill(bytes);
            return None;
        };
        self.is_filled = false;
        Some(end + 1)
    }

    /// Calls `each` with the place behind each element that ends in a piece.
    pub(crate) fn each_end(&mut self, bytes: &[u8], mut each: impl FnMut(usize)) {
        let mut state = *self;
        // what is escaped says nothing, and may be no byte that is given out
        let mut from = usize::from(mem::take(&mut state.escaped));
        let mut open = 0;
        each_structural(bytes, |at| {
            if at < from {
                return;
            }
            if state.pass(bytes[at]) {
                open = at + 1;
                state.is_filled = false;
                each(open);
            }
            if mem::take(&mut state.escaped) {
                from = at + 2;
            }
        });
        state.escaped = from > bytes.len();
        state.fill(&bytes[open..]);
        *self = state;
    }

    /// Goes on by a byte, and says whether an element ends behind it.
    #[inline(always)]
    fn pass(&mut self, byte: u8) -> bool {
        if mem::take(&mut self.escaped) {
            return false;
        }
        match byte {
            b'"' => self.in_string = !self.in_string,
            b'\\' => self.escaped = self.in_string,
            _ if self.in_string => {}
            b'{' => self.depth += 1,
            b'}' | b']' if self.is_sequence && self.depth == 1 => {
                self.depth = 0;
                return true;
            }
            b'[' if self.depth > 0 || self.is_sequence || !self.closed => self.depth += 1,
            b'}' | b']' if self.depth > 0 => self.depth -= 1,
            _ if self.is_sequence => {}
            b']' => self.closed = true,
            b',' | b'[' if self.depth == 0 => {
                self.closed = false;
                return true;
            }
            _ => {}
        }
        false
    }
}

/// True for what stands between two objects of a sequence: white space, commas, or the mark of RFC 7464.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | 0x1E)
}

/// Bytes of what stands behind an element: white space, and a comma or the brackets between two arrays or behind the last.
pub(crate) fn ending_len(record: &[u8]) -> usize {
    let body = match record.trim_ascii_end() {
        [body @ .., b',' | b']'] => body,
        [body @ .., b'['] => {
            let body = body.trim_ascii_end();
            body.strip_suffix(b"]").unwrap_or(body)
        }
        body => body,
    };
    record.len() - body.trim_ascii_end().len()
}

/// The first byte behind the bracket that opens an array, if that is what a text begins with.
pub(crate) fn first_element(text: &[u8]) -> Option<usize> {
    let blank = text.len() - text.trim_ascii_start().len();
    (text.get(blank) == Some(&b'[')).then_some(blank + 1)
}

/// The end of a text that is an array without elements.
pub(crate) fn empty_array(text: &[u8]) -> Option<usize> {
    let inside = text.get(first_element(text)?..)?;
    (inside.trim_ascii() == b"]").then_some(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            r#"[\[\]{},:"\\a ]{0,8}"#.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a,\"]{0,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// The elements of a text that arrives in pieces of a size.
    fn elements(text: &[u8], size: usize) -> Vec<Vec<u8>> {
        let (mut found, mut record) = (Vec::new(), Vec::new());
        let (mut divider, mut all_at_once) = (Elements::default(), Elements::default());
        for mut piece in text.chunks(size) {
            let (mut ends, mut one_by_one) = (Vec::new(), Vec::new());
            all_at_once.each_end(piece, |end| ends.push(end));
            let (mut alone, mut at) = (divider, 0);
            while let Some(end) = alone.find_end(&piece[at..]) {
                at += end;
                one_by_one.push(at);
            }
            assert_eq!((one_by_one, alone), (ends, all_at_once));
            while let Some(end) = divider.find_end(piece) {
                record.extend_from_slice(&piece[..end]);
                assert_eq!(divider, Elements::default(), "as at the begin of each");
                found.push(mem::take(&mut record));
                piece = &piece[end..];
            }
            record.extend_from_slice(piece);
        }
        found.extend((!record.is_empty()).then_some(record));
        for record in &mut found {
            record.truncate(record.len() - ending_len(record));
        }
        found
    }

    proptest! {
        #[test]
        fn objects_of_a_sequence_are_those_that_a_parser_finds(
            objects in prop::collection::vec(prop::collection::hash_map("[a,\"]{0,3}", value(), 0..4), 1..6),
            is_pretty in any::<bool>(),
            between in prop_oneof![Just(""), Just("\n"), Just("\r\n\r\n"), Just(",\n"), Just("\n\x1e")],
            size in prop_oneof![1_usize..40, 60_usize..300],
        ) {
            let text = |object| match is_pretty {
                true => serde_json::to_string_pretty(object).unwrap(),
                false => serde_json::to_string(object).unwrap(),
            };
            let text = objects.iter().map(text).collect::<Vec<_>>().join(between) + between;
            let (mut divider, mut all_at_once) = (Elements::SEQUENCE, Elements::SEQUENCE);
            let (mut found, mut record) = (Vec::new(), Vec::new());
            for mut piece in text.as_bytes().chunks(size) {
                let mut ends = 0;
                all_at_once.each_end(piece, |_| ends += 1);
                while let Some(end) = divider.find_end(piece) {
                    record.extend_from_slice(&piece[..end]);
                    prop_assert_eq!(divider, Elements::SEQUENCE, "as at the begin of each");
                    found.push(mem::take(&mut record));
                    piece = &piece[end..];
                    ends -= 1;
                }
                record.extend_from_slice(piece);
                prop_assert_eq!((ends, all_at_once), (0, divider));
                prop_assert_eq!(divider.holds_nothing(), record.iter().copied().all(is_between));
            }
            let read = |text: &Vec<u8>| -> Value { serde_json::from_slice(&text[divider.leading_len(text)..]).unwrap() };
            prop_assert!(divider.holds_nothing());
            let objects: Vec<Value> = objects.into_iter().map(|map| Value::Object(map.into_iter().collect())).collect();
            prop_assert_eq!(found.iter().map(read).collect::<Vec<_>>(), objects);
        }

        #[test]
        fn elements_are_those_that_a_parser_finds(
            arrays in prop::collection::vec(prop::collection::vec(value(), 1..6), 1..3),
            is_pretty in any::<bool>(),
            size in prop_oneof![1_usize..40, 60_usize..300],
        ) {
            let text = |array: &Vec<Value>| match is_pretty {
                true => serde_json::to_string_pretty(array).unwrap() + "\n",
                false => serde_json::to_string(array).unwrap(),
            };
            let text: String = arrays.iter().map(text).collect();
            let start = first_element(text.as_bytes()).unwrap();
            let found = elements(&text.as_bytes()[start..], size);
            let found: Vec<Value> =
                found.iter().map(|text| serde_json::from_slice(text).unwrap()).collect();
            prop_assert_eq!(found, arrays.concat());
        }
    }
}
