//! Items of a stream that are written together, as long as the next one is there already.
//!
//! Nushell's library writes a stream item by item, on a thread of the stream, and each so that Nushell has it at once. Where
//! items come in batches that would be a message by itself for each of them, and only this thread knows that the next one
//! follows at once: the iterator that it takes them from says so here.

use std::{
    cell::{Cell, RefCell},
    io::{self, Write},
    vec,
};

/// Items that are written together, at most.
pub(super) const TOGETHER: usize = 32;

/// Bytes that wait for others, at most.
const ROOM: usize = 1 << 16;

thread_local! {
    /// True if the item that this thread took last has another behind it that is there already.
    static MORE: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Waiting> = const {
        RefCell::new(Waiting { items: 0, bytes: Vec::new() })
    };
}

/// Messages of a thread that are not written yet.
struct Waiting {
    items: usize,
    bytes: Vec<u8>,
}

/// Reason why a message was not written.
pub(super) enum Failure<E> {
    /// There is no form for it.
    Encode(E),
    /// Nushell takes no more.
    Write(io::Error),
}

/// Writes a message and those of this thread that wait, or leaves it waiting if it is an item with another behind it.
pub(super) fn write<E>(
    is_item: bool,
    encode: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    writer: &mut impl Write,
) -> Result<(), Failure<E>> {
    WAITING.with_borrow_mut(|waiting| {
        let before = waiting.bytes.len();
        let encoded = encode(&mut waiting.bytes);
        if encoded.is_err() {
            waiting.bytes.truncate(before);
        }
        waiting.items += 1;
        let waits = is_item && encoded.is_ok() && MORE.get();
        if !waits || waiting.items >= TOGETHER || waiting.bytes.len() >= ROOM {
            let written = writer.write_all(&waiting.bytes);
            waiting.items = 0;
            waiting.bytes.clear();
            waiting.bytes.shrink_to(ROOM);
            written.map_err(Failure::Write)?;
        }
        encoded.map_err(Failure::Encode)
    })
}

/// Says whether the item that this thread takes now has another behind it that is there already.
pub(crate) fn has_more(more: bool) {
    MORE.set(more);
}

/// Items of batches, one by one. Whoever takes them on the thread of a stream gives each on.
pub(crate) fn in_batches<T, B>(batches: B) -> Ahead<T, B>
where
    B: Iterator<Item = Vec<T>>,
{
    Ahead {
        batches,
        batch: Vec::new().into_iter(),
    }
}

/// See [`in_batches`].
pub(crate) struct Ahead<T, B> {
    batches: B,
    batch: vec::IntoIter<T>,
}

impl<T, B: Iterator<Item = Vec<T>>> Iterator for Ahead<T, B> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        loop {
            if let Some(item) = self.batch.next() {
                has_more(self.batch.len() > 0);
                return Some(item);
            }
            has_more(false);
            self.batch = self.batches.next()?.into_iter();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items that arrived behind each item, each of which is a letter.
    fn arrived(batches: &[&str]) -> Vec<String> {
        let batches = batches.iter().map(|batch| batch.bytes().collect());
        let mut out = Vec::new();
        let mut arrived = Vec::new();
        for item in in_batches(batches) {
            let encode = |bytes: &mut Vec<u8>| -> Result<(), ()> {
                bytes.push(item);
                Ok(())
            };
            assert!(write(true, encode, &mut out).is_ok());
            arrived.push(String::from_utf8(out.clone()).unwrap());
        }
        arrived
    }

    #[test]
    fn an_item_waits_for_those_that_are_there_and_for_no_other() {
        assert_eq!(arrived(&["a", "bc", "", "d"]), ["a", "a", "abc", "abcd"]);
        let many = "x".repeat(TOGETHER + 1);
        let arrived = arrived(&[&many]);
        assert_eq!(arrived[TOGETHER - 2], "");
        assert_eq!(arrived[TOGETHER - 1].len(), TOGETHER);
        assert_eq!(arrived[TOGETHER].len(), TOGETHER + 1);
    }

    #[test]
    fn what_has_no_form_leaves_nothing_behind_and_the_end_comes_after_all_items() {
        let mut out = Vec::new();
        let mut items = in_batches([vec![1_u8, 2, 3]].into_iter());
        let good = |item: u8| {
            move |bytes: &mut Vec<u8>| -> Result<(), ()> {
                bytes.push(item);
                Ok(())
            }
        };
        let bad = |bytes: &mut Vec<u8>| -> Result<(), ()> {
            bytes.push(9);
            Err(())
        };
        let mut take = || items.next().unwrap();
        assert!(write(true, good(take()), &mut out).is_ok() && out.is_empty());
        take();
        assert!(matches!(
            write(true, bad, &mut out),
            Err(Failure::Encode(()))
        ));
        assert_eq!(out, [1]);
        take();
        has_more(true);
        assert!(write(true, good(3), &mut out).is_ok());
        assert!(write(false, good(4), &mut out).is_ok());
        assert_eq!(out, [1, 3, 4]);
    }
}
