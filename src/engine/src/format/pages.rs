//! Elements of an array that stands within an object, as in a page of an API: `{"data": [...], "next": 2}`. Several pages
//! may follow each other.

use std::mem;

use super::{
    byte_mask::{each_structural, is_structural},
    json::array,
};

/// Objects within objects around an array, at most.
const MOST_LEVELS: usize = 4;
/// Begin and factor of a hash by Fowler, Noll and Vo.
const BASIS: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0100_0000_01B3;

/// The names on the way to an array, as hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ArrayPath {
    names: [u64; MOST_LEVELS],
    len: usize,
}

impl ArrayPath {
    /// The path of some names, as they are written; nothing where these are none or too many.
    pub(crate) fn of<'n>(names: impl Iterator<Item = &'n [u8]>) -> Option<ArrayPath> {
        let mut path = ArrayPath {
            names: [0; MOST_LEVELS],
            len: 0,
        };
        for name in names {
            *path.names.get_mut(path.len)? = hashed(BASIS, name);
            path.len += 1;
        }
        (path.len > 0).then_some(path)
    }

    /// The place in a text where the first element of the first array at the path begins.
    pub(crate) fn first_element(self, text: &[u8]) -> Option<usize> {
        let mut state = Pages::outside(self);
        let opens = |byte: &u8| {
            state.go_on(*byte);
            state.inside.is_some()
        };
        text.iter().position(opens).map(|at| at + 1)
    }
}

fn hashed(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

/// Finds the ends of elements in bytes that arrive in pieces of any size. An element ends behind the comma that follows it,
/// or, where another page follows its own, behind the bracket that opens the array of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pages {
    path: ArrayPath,
    /// Objects and arrays that are open around what comes next, without those in an element.
    depth: usize,
    /// How many of them, from the outermost on, are on the way to the array.
    on_the_way: usize,
    /// Objects and arrays that are open in the element; nothing outside of the array.
    inside: Option<u64>,
    /// True if the element that is open holds something.
    is_filled: bool,
    in_string: bool,
    escaped: bool,
    /// The hash of the last text outside of the array: the name of what follows it.
    name: u64,
}

impl Pages {
    /// As at the begin of each element.
    pub(crate) fn new(path: ArrayPath) -> Pages {
        Pages {
            depth: path.len,
            on_the_way: path.len,
            inside: Some(0),
            ..Pages::outside(path)
        }
    }

    /// As at the begin of a page.
    fn outside(path: ArrayPath) -> Pages {
        Pages {
            path,
            depth: 0,
            on_the_way: 0,
            inside: None,
            is_filled: false,
            in_string: false,
            escaped: false,
            name: BASIS,
        }
    }

    /// True if a page is open at the end of a piece.
    pub(crate) fn is_open(&self) -> bool {
        self.depth > 0 || self.inside.is_some() || self.in_string
    }

    /// True if the element that is open at the end of a piece is none.
    pub(crate) fn holds_nothing(&self) -> bool {
        !self.is_filled
    }

    /// One past the end of the first element that ends in a piece.
    pub(crate) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let end = bytes.iter().position(|&byte| self.go_on(byte))?;
        Some(end + 1)
    }

    /// Calls `each` with the place behind each element that ends in a piece.
    pub(crate) fn each_end(&mut self, bytes: &[u8], mut each: impl FnMut(usize)) {
        let mut state = *self;
        // what is escaped says nothing, and may be no byte that is given out
        let mut from = usize::from(mem::take(&mut state.escaped));
        let mut begin = 0;
        each_structural(bytes, |at| {
            if at < from {
                return;
            }
            state.hash(&bytes[begin..at]);
            if state.pass(bytes[at]) {
                each(at + 1);
            }
            begin = at + usize::from(bytes[at] == b'"' || !state.in_string);
            if mem::take(&mut state.escaped) {
                from = at + 2;
            }
        });
        state.hash(&bytes[begin.min(bytes.len())..]);
        state.escaped = from > bytes.len();
        *self = state;
    }

    /// Goes on by any byte, and says whether an element ends behind it.
    fn go_on(&mut self, byte: u8) -> bool {
        let is_escaped = mem::take(&mut self.escaped);
        if is_escaped || !is_structural(byte) || self.in_string && byte != b'"' {
            self.escaped = self.in_string && byte == b'\\' && !is_escaped;
            self.hash(&[byte]);
            return false;
        }
        self.pass(byte)
    }

    fn hash(&mut self, text: &[u8]) {
        if self.in_string && self.inside.is_none() {
            self.name = hashed(self.name, text);
        }
    }

    /// Goes on by a byte that is structural, and says whether an element ends behind it.
    fn pass(&mut self, byte: u8) -> bool {
        match byte {
            b'"' => {
                self.in_string = !self.in_string;
                if self.in_string {
                    self.name = BASIS;
                    self.is_filled |= self.inside.is_some();
                }
                false
            }
            b'\\' => {
                self.escaped = self.in_string;
                false
            }
            _ if self.in_string => false,
            _ => match self.inside {
                Some(depth) => self.pass_inside(byte, depth),
                None => self.pass_outside(byte),
            },
        }
    }

    fn pass_inside(&mut self, byte: u8, depth: u64) -> bool {
        match byte {
            b'{' | b'[' => {
                self.is_filled = true;
                self.inside = Some(depth + 1);
            }
            b'}' | b']' => self.inside = depth.checked_sub(1),
            b',' if depth == 0 => {
                self.is_filled = false;
                return true;
            }
            _ => {}
        }
        false
    }

    fn pass_outside(&mut self, byte: u8) -> bool {
        let at_path = self.depth == self.on_the_way;
        let wanted = self.on_the_way.checked_sub(1).map(|at| self.path.names[at]);
        let is_named = wanted.is_none_or(|wanted| wanted == self.name);
        let is_last = self.on_the_way == self.path.len;
        match byte {
            b'[' if at_path && is_last && is_named => {
                self.inside = Some(0);
                self.name = BASIS;
                return mem::take(&mut self.is_filled);
            }
            b'{' if at_path && !is_last && is_named => {
                self.depth += 1;
                self.on_the_way += 1;
            }
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.on_the_way = self.on_the_way.min(self.depth);
            }
            _ => {}
        }
        false
    }

    /// Bytes before an element: blanks, and pages without one.
    pub(crate) fn leading_len(&self, record: &[u8]) -> usize {
        let blank = record.len() - record.trim_ascii_start().len();
        if record.get(blank).is_none_or(|first| *first != b']') {
            return blank;
        }
        let mut state = Pages::new(self.path);
        let begins = |byte: &u8| {
            state.go_on(*byte);
            state.is_filled
        };
        record.iter().position(begins).unwrap_or(record.len())
    }

    /// Bytes behind an element, which the record begins with.
    pub(crate) fn ending_len(&self, record: &[u8]) -> usize {
        if record.trim_ascii_end().ends_with(b",") {
            return array::ending_len(record);
        }
        let mut state = Pages::new(self.path);
        let ends = |byte: &u8| {
            state.go_on(*byte);
            state.is_filled && !state.in_string && state.inside == Some(0)
        };
        let end = record.iter().position(ends).map(|at| at + 1);
        end.map_or_else(|| array::ending_len(record), |end| record.len() - end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn element() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            r#"[\[\]{},:"\\a ]{0,8}"#.prop_map(Value::from)
        ];
        let inner = prop::collection::vec(leaf, 0..4).prop_map(Value::from);
        prop::collection::hash_map("(data|hits|[a,\"\\\\]{0,3})", inner, 0..4)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    }

    /// A page, with other things around its elements that look like them.
    fn page(elements: &[Value], beside: &Value) -> Value {
        json!({ "a": beside, "data": [beside], "hits": { "data": {"hits": [beside]}, "hits": elements, "z": beside }, "tail": [[beside]] })
    }

    proptest! {
        #[test]
        fn elements_are_those_that_a_parser_finds(
            pages in prop::collection::vec(prop::collection::vec(element(), 0..5), 1..4),
            beside in element(),
            is_pretty in any::<bool>(),
            size in prop_oneof![1_usize..40, 60_usize..300],
        ) {
            let text = |elements: &Vec<Value>| match is_pretty {
                true => serde_json::to_string_pretty(&page(elements, &beside)).unwrap() + "\n",
                false => serde_json::to_string(&page(elements, &beside)).unwrap() + "\n",
            };
            let text: String = pages.iter().map(text).collect();
            let path = ArrayPath::of([b"hits".as_slice(), b"hits"].into_iter()).unwrap();
            let start = path.first_element(text.as_bytes()).unwrap();
            let body = &text.as_bytes()[start..];
            let (mut one, mut all) = (Pages::new(path), Pages::new(path));
            let (mut records, mut record) = (Vec::new(), Vec::new());
            for mut piece in body.chunks(size) {
                let (mut ends, mut at, mut alone) = (Vec::new(), 0, one);
                all.each_end(piece, |end| ends.push(end));
                let mut found = Vec::new();
                while let Some(end) = alone.find_end(&piece[at..]) {
                    at += end;
                    found.push(at);
                }
                prop_assert_eq!((found, alone), (ends, all));
                while let Some(end) = one.find_end(piece) {
                    record.extend_from_slice(&piece[..end]);
                    prop_assert_eq!(one, Pages::new(path), "as at the begin of each");
                    records.push(mem::take(&mut record));
                    piece = &piece[end..];
                }
                record.extend_from_slice(piece);
            }
            if !one.holds_nothing() {
                records.push(record);
            }
            let value = |record: &Vec<u8>| {
                let record = &record[one.leading_len(record)..];
                let element = &record[..record.len() - one.ending_len(record)];
                serde_json::from_slice::<Value>(element).unwrap()
            };
            prop_assert_eq!(records.iter().map(value).collect::<Vec<_>>(), pages.concat());
        }
    }
}
