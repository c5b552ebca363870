//! Objects that are written like the one before them.

use std::ops::Range;

use super::{members, skip_space, skip_value};

/// Members of an object that are compared with those of the one before; those behind them are read.
const LEARNED: usize = 64;

/// How objects that follow one another are written: mostly with the same keys in the same places, which then need only be
/// compared with those of the object before.
#[derive(Debug)]
pub(in crate::wrap) struct Layout<K> {
    known: Vec<Known<K>>,
}

/// A member of the object before.
#[derive(Debug)]
struct Known<K> {
    /// All that stands before the value: from the end of the value before on.
    lead: Range<usize>,
    key: K,
    value: Range<usize>,
}

impl<K> Default for Layout<K> {
    fn default() -> Layout<K> {
        Layout { known: Vec::new() }
    }
}

impl<K: Copy> Layout<K> {
    /// Tells each member of the object that starts at `at`, and returns the end of the value there.
    pub(in crate::wrap) fn members(
        &mut self,
        json: &[u8],
        at: usize,
        name: impl Fn(&[u8]) -> K,
        mut tell: impl FnMut(K, Range<usize>),
    ) -> Option<usize> {
        let mut members = members(json, at);
        for number in 0.. {
            let Some(from) = members.at else { break };
            let known = self.known.get(number);
            let followed = known.and_then(|known| known.value_start(json, from));
            let read = || members.key().map(|(key, start)| (name(key), start));
            let Some((key, start)) = followed.or_else(read) else {
                break;
            };
            let is_nested = matches!(json.get(start), Some(b'{' | b'['));
            let same = known
                .filter(|_| is_nested)
                .and_then(|known| known.same_value(json, start));
            let Some(value) = members.value_to(start, same) else {
                break;
            };
            if followed.is_none() || is_nested && same.is_none() {
                let value = value.clone();
                self.learn(
                    number,
                    Known {
                        lead: from..start,
                        key,
                        value,
                    },
                );
            }
            tell(key, value);
        }
        members.end().or_else(|| skip_value(json, at))
    }

    fn learn(&mut self, number: usize, member: Known<K>) {
        match self.known.get_mut(number) {
            Some(known) => *known = member,
            None if number < LEARNED => self.known.push(member),
            None => {}
        }
    }
}

impl<K: Copy> Known<K> {
    /// The begin of the value, if the same stands before it.
    fn value_start(&self, json: &[u8], from: usize) -> Option<(K, usize)> {
        let start = from + self.lead.len();
        let is_same = json.get(from..start)? == json.get(self.lead.clone())?;
        is_same.then(|| (self.key, skip_space(json, start)))
    }

    /// The end of the value, if it is the same object or array.
    fn same_value(&self, json: &[u8], start: usize) -> Option<usize> {
        let end = start + self.value.len();
        (json.get(start..end)? == json.get(self.value.clone())?).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{
        super::{end_of_value, first_item, item_after, tests::json_value},
        *,
    };

    #[test]
    fn long_objects_are_read_to_their_end() {
        let object: String = (0..2000)
            .map(|number| format!("\"k{number}\":{number},"))
            .collect();
        let json = format!("[{{{object}\"last\":1}},{{{object}\"last\":2}}]").into_bytes();
        let mut layout = Layout::default();
        let mut next = first_item(&json, 0);
        let mut lasts = Vec::new();
        while let Some(at) = next {
            let mut count = 0;
            let tell = |is_last: bool, value: Range<usize>| {
                count += 1;
                lasts.extend(is_last.then(|| json[value].to_vec()));
            };
            let end = layout.members(&json, at, |key| key == b"last", tell);
            assert_eq!(count, 2001);
            next = end.and_then(|end| item_after(&json, end));
        }
        assert_eq!(lasts, [b"1", b"2"]);
        assert_eq!(layout.known.len(), LEARNED);
    }

    proptest! {
        #[test]
        fn objects_in_a_row_are_read_as_alone(
            rows in prop::collection::vec(prop::collection::btree_map("[a-c]", json_value(), 0..4), 0..6),
            pretty: bool,
        ) {
            let rows: Vec<Value> = rows.into_iter().map(|row| Value::Object(row.into_iter().collect())).collect();
            // the same once more, so that there is something alike
            let twice: Vec<Value> = rows.iter().flat_map(|row| [row.clone(), row.clone()]).collect();
            let json = if pretty { serde_json::to_vec_pretty(&twice) } else { serde_json::to_vec(&twice) }.unwrap();
            let mut layout = Layout::default();
            let mut next = first_item(&json, 0);
            let mut read = 0;
            while let Some(at) = next {
                let mut told = Vec::new();
                let end = layout.members(&json, at, |key| key[0], |key, range| told.push((key, range)));
                let alone: Vec<_> = members(&json, at).map(|(key, range)| (key[0], range)).collect();
                prop_assert_eq!(told, alone);
                prop_assert_eq!(end, end_of_value(&json, at));
                read += 1;
                next = item_after(&json, end.unwrap());
            }
            prop_assert_eq!(read, twice.len());
        }

        #[test]
        fn no_bytes_make_it_fail(json in prop::collection::vec(any::<u8>(), 0..60), cut in "[{}\\[\\]\",:a0 \\\\]{0,40}") {
            for json in [json.as_slice(), cut.as_bytes()] {
                let mut layout = Layout::default();
                for at in 0..json.len() {
                    let _ = layout.members(json, at, <[u8]>::len, |_, value| assert!(json.get(value).is_some()));
                }
            }
        }
    }
}
