//! Values as bytes whose order is that of the values, so that groups are found, sorted and merged by comparing bytes.
//!
//! A value ends by itself: several in a row can be told apart again, and none is the beginning of another.

use std::borrow::Cow;

use super::super::{
    code::read,
    error::Type,
    order::{float_key, integer_key, number_of},
    value::Val,
};
use crate::Ulid;

const MISSING: u8 = 1;
const BOOL: u8 = 2;
const NUMBER: u8 = 3;
/// Text of a column that is a number: before other texts, in the order of the numbers, and still the text it was.
const NUMBER_TEXT: u8 = 4;
const TEXT: u8 = 5;
const DURATION: u8 = 6;
const TIME: u8 = 7;
const ID: u8 = 8;
const BOUNDS: u8 = 9;

/// Number that its key tells, and one of so many digits that it follows.
const PLAIN: u8 = 1;
const LONG: u8 = 2;
/// Bytes of a key.
const KEY_LEN: usize = 15;
/// Bit that makes signed numbers ascend as unsigned ones.
const SIGN: u128 = 1 << 127;
/// Byte that an end and a zero byte of a text begin with.
const ZERO: u8 = 0;
const END: u8 = 1;
const ESCAPED_ZERO: u8 = 0xFF;

/// Appends a value.
pub(super) fn push(value: &Val<'_>, bytes: &mut Vec<u8>) {
    match value {
        Val::Missing => bytes.push(MISSING),
        Val::Bool(value) => bytes.extend([BOOL, u8::from(*value)]),
        Val::Int(value) => push_int(*value, bytes),
        Val::Float(value) => push_float(*value, bytes),
        Val::Duration(ms) => push_ms(DURATION, *ms, bytes),
        Val::Time(ms) => push_ms(TIME, *ms, bytes),
        Val::Id(id) => push_ids(ID, &[*id], bytes),
        Val::Bounds(from, to) => push_ids(BOUNDS, &[*from, *to], bytes),
        Val::Text(text) => {
            bytes.push(TEXT);
            push_text(text, bytes);
        }
    }
}

/// Appends the value of a column, which is text, in the order of numbers where it is one.
pub(super) fn push_cell(value: &Val<'_>, bytes: &mut Vec<u8>) {
    let Val::Text(text) = value else {
        return push(value, bytes);
    };
    let may_be_number = matches!(text.first(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b' '));
    let key = match may_be_number.then(|| read(Type::Number, value)) {
        Some(Val::Int(number)) => Some(integer_key(number)),
        Some(Val::Float(number)) if number.is_finite() => Some(float_key(number)),
        _ => None,
    };
    match key {
        Some(key) => {
            push_key(NUMBER_TEXT, key, bytes);
        }
        None => bytes.push(TEXT),
    }
    push_text(text, bytes);
}

fn push_int(value: i128, bytes: &mut Vec<u8>) {
    let key = integer_key(value);
    push_key(NUMBER, key, bytes);
    match number_of(key) {
        Val::Int(whole) if whole == value => bytes.push(PLAIN),
        _ => {
            bytes.push(LONG);
            bytes.extend((value.cast_unsigned() ^ SIGN).to_be_bytes());
        }
    }
}

/// A number with a fraction. A whole one is the same value as the integer.
fn push_float(value: f64, bytes: &mut Vec<u8>) {
    let key = float_key(value);
    push_key(NUMBER, key, bytes);
    bytes.push(PLAIN);
}

/// The key by which numbers are ordered, of which the first byte says nothing here.
fn push_key(tag: u8, key: u128, bytes: &mut Vec<u8>) {
    let [_, key @ ..] = key.to_be_bytes();
    bytes.push(tag);
    bytes.extend(key);
}

fn push_ms(tag: u8, ms: i64, bytes: &mut Vec<u8>) {
    bytes.push(tag);
    bytes.extend((ms.cast_unsigned() ^ (1 << 63)).to_be_bytes());
}

fn push_ids(tag: u8, ids: &[Ulid], bytes: &mut Vec<u8>) {
    bytes.push(tag);
    ids.iter()
        .for_each(|id| bytes.extend(id.to_u128().to_be_bytes()));
}

fn push_text(text: &[u8], bytes: &mut Vec<u8>) {
    let mut parts = text.split(|&byte| byte == ZERO);
    bytes.extend_from_slice(parts.next().unwrap_or_default());
    for part in parts {
        bytes.extend([ZERO, ESCAPED_ZERO]);
        bytes.extend_from_slice(part);
    }
    bytes.extend([ZERO, END]);
}

/// Writes the key of an entry in a file: of a group, of one kind, with a value.
pub(super) fn entry(key: &mut Vec<u8>, group: &[u8], kind: u8, value: &[u8]) {
    key.clear();
    key.extend_from_slice(group);
    key.push(kind);
    key.extend_from_slice(value);
}

/// Takes the first value off.
pub(super) fn take(bytes: &mut &[u8]) -> Option<Val<'static>> {
    Some(match take_byte(bytes)? {
        BOOL => Val::Bool(take_byte(bytes)? != 0),
        NUMBER => {
            let key = take_key(bytes)?;
            match take_byte(bytes)? {
                LONG => Val::Int((u128::from_be_bytes(take_array(bytes)?) ^ SIGN).cast_signed()),
                _ => number_of(key),
            }
        }
        NUMBER_TEXT => {
            take_key(bytes)?;
            take_text(bytes)?
        }
        TEXT => take_text(bytes)?,
        DURATION => Val::Duration(take_ms(bytes)?),
        TIME => Val::Time(take_ms(bytes)?),
        ID => Val::Id(take_id(bytes)?),
        BOUNDS => Val::Bounds(take_id(bytes)?, take_id(bytes)?),
        _ => Val::Missing,
    })
}

/// How many bytes some values take.
pub(super) fn len_of(values: usize, bytes: &[u8]) -> usize {
    (0..values).fold(0, |at, _| {
        at + len_of_first(bytes.get(at..).unwrap_or_default())
    })
}

fn len_of_first(bytes: &[u8]) -> usize {
    const NUMBER_LEN: usize = 1 + KEY_LEN;
    let text_len = |at: usize| at + len_of_text(bytes.get(at..).unwrap_or_default());
    let len = match bytes.first() {
        Some(&BOOL) => 2,
        Some(&NUMBER) => match bytes.get(NUMBER_LEN) {
            Some(&LONG) => NUMBER_LEN + 1 + 16,
            _ => NUMBER_LEN + 1,
        },
        Some(&NUMBER_TEXT) => text_len(NUMBER_LEN),
        Some(&TEXT) => text_len(1),
        Some(&DURATION | &TIME) => 1 + 8,
        Some(&ID) => 1 + 16,
        Some(&BOUNDS) => 1 + 32,
        _ => 1,
    };
    len.min(bytes.len())
}

fn len_of_text(bytes: &[u8]) -> usize {
    let is_end = |&at: &usize| bytes.get(at + 1) == Some(&END);
    let end = memchr::memchr_iter(ZERO, bytes).find(is_end);
    end.map_or(bytes.len(), |at| at + 2)
}

fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(first)
}

fn take_array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (&first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(first)
}

fn take_key(bytes: &mut &[u8]) -> Option<u128> {
    let mut key = [0; 16];
    key[1..].copy_from_slice(&take_array::<KEY_LEN>(bytes)?);
    Some(u128::from_be_bytes(key))
}

fn take_ms(bytes: &mut &[u8]) -> Option<i64> {
    Some((u64::from_be_bytes(take_array(bytes)?) ^ (1 << 63)).cast_signed())
}

fn take_id(bytes: &mut &[u8]) -> Option<Ulid> {
    Some(Ulid::from_u128(u128::from_be_bytes(take_array(bytes)?)))
}

fn take_text(bytes: &mut &[u8]) -> Option<Val<'static>> {
    let mut text = Vec::new();
    loop {
        let at = memchr::memchr(ZERO, bytes)?;
        text.extend_from_slice(&bytes[..at]);
        *bytes = &bytes[at + 1..];
        match take_byte(bytes)? {
            ESCAPED_ZERO => text.push(ZERO),
            _ => return Some(Val::Text(Cow::Owned(text))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Val<'static>> {
        prop_oneof![
            Just(Val::Missing),
            any::<bool>().prop_map(Val::Bool),
            any::<i128>().prop_map(Val::Int),
            (-300..300_i128).prop_map(Val::Int),
            any::<i64>().prop_map(Val::Duration),
            any::<i64>().prop_map(Val::Time),
            any::<u128>().prop_map(|key| Val::Id(Ulid::from_u128(key))),
            proptest::collection::vec(prop_oneof![Just(0), Just(1), Just(255), any::<u8>()], 0..6)
                .prop_map(|text| Val::Text(Cow::Owned(text))),
            // a whole number is the same value as the integer
            (-1e9..1e9).prop_map(|number: f64| Val::Float(number.trunc() + 0.25)),
        ]
    }

    fn bytes_of(values: &[Val<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        values.iter().for_each(|value| push(value, &mut bytes));
        bytes
    }

    proptest! {
        #[test]
        fn values_read_back_and_bytes_are_in_their_order(a in value(), b in value(), c in value()) {
            let bytes = bytes_of(&[a.clone(), b.clone()]);
            let mut left = bytes.as_slice();
            prop_assert_eq!(take(&mut left), Some(a.clone()));
            prop_assert_eq!(take(&mut left), Some(b.clone()));
            prop_assert!(left.is_empty());
            prop_assert_eq!(len_of(1, &bytes), bytes_of(std::slice::from_ref(&a)).len());
            // What stands behind does not change what comes first.
            if let Some(order) = a.order(&b) && order.is_ne() {
                let behind = |value: &Val<'static>| bytes_of(&[value.clone(), c.clone()]);
                prop_assert_eq!(behind(&a).cmp(&behind(&b)), order);
            }
        }
    }

    #[test]
    fn cells_that_are_numbers_come_first_in_the_order_of_numbers() {
        let mut cells = ["b", "10", "9", "-3.5", "1e3", "", "a"].map(|cell| {
            let mut bytes = Vec::new();
            push_cell(&Val::Text(cell.as_bytes().into()), &mut bytes);
            (bytes, cell)
        });
        cells.sort();
        let order = cells.map(|(_, cell)| cell);
        assert_eq!(order, ["-3.5", "9", "10", "1e3", "", "a", "b"]);
    }
}
