//! Rows as MessagePack, one object behind another, as `to msgpack` writes them and `from msgpack --objects` reads them.
//!
//! A row that crosses as a value is a message that Nushell reads, acknowledges and hands from one thread to another. Bytes
//! cross in portions of many rows, and Nushell's own reader makes records of them where it needs them.

use std::io::{self, Cursor, Read};

use nu_protocol::{LabeledError, Value};
use serde::{Serialize, Serializer};

use crate::wire::{Members, fails_with};

/// Type of the bytes, as Nushell's metadata has it.
pub(super) const CONTENT_TYPE: &str = "application/x-msgpack";

/// Rows behind one another.
pub(super) fn rows(rows: &mut dyn Iterator<Item = Members<'_>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in rows {
        // memory takes all that is written, and every value has a form
        let _ = rmp_serde::encode::write(&mut bytes, &Row(&row));
    }
    bytes
}

/// The names and values of a row.
struct Row<'a>(&'a Members<'a>);

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Packed(value))))
    }
}

/// Pieces behind one another, and the error that ends them.
pub(super) struct Pieces<I> {
    pieces: I,
    piece: Cursor<Vec<u8>>,
}

impl<I: Iterator<Item = Result<Vec<u8>, LabeledError>>> Pieces<I> {
    pub(super) fn of(pieces: I) -> Pieces<I> {
        Pieces {
            pieces,
            piece: Cursor::default(),
        }
    }
}

impl<I: Iterator<Item = Result<Vec<u8>, LabeledError>>> Read for Pieces<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.piece.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            match self.pieces.next() {
                Some(Ok(piece)) => self.piece = Cursor::new(piece),
                Some(Err(error)) => return Err(fails_with(error)),
                None => return Ok(0),
            }
        }
    }
}

/// A value without its place.
struct Packed<'a>(&'a Value);

impl Serialize for Packed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Bool { val, .. } => serializer.serialize_bool(*val),
            Value::Int { val, .. } | Value::Duration { val, .. } => serializer.serialize_i64(*val),
            Value::Filesize { val, .. } => serializer.serialize_i64(val.get()),
            Value::Float { val, .. } => serializer.serialize_f64(*val),
            Value::String { val, .. } | Value::Glob { val, .. } => serializer.serialize_str(val),
            Value::Binary { val, .. } => serializer.serialize_bytes(val),
            Value::Date { val, .. } => {
                let (seconds, nanos) = (val.timestamp(), val.timestamp_subsec_nanos());
                let time = Extension(TIMESTAMP, &timestamp(seconds, nanos));
                serializer.serialize_newtype_struct(rmp_serde::MSGPACK_EXT_STRUCT_NAME, &time)
            }
            Value::List { vals, .. } => serializer.collect_seq(vals.iter().map(Packed)),
            Value::Record { val, .. } => {
                serializer.collect_map(val.iter().map(|(name, value)| (name, Packed(value))))
            }
            _ => serializer.serialize_unit(),
        }
    }
}

/// Number of the extension of MessagePack that is a time.
const TIMESTAMP: i8 = -1;

/// A time in the longest of the forms that MessagePack has: nanoseconds, then seconds since 1970, which hold any.
fn timestamp(seconds: i64, nanos: u32) -> [u8; 12] {
    let mut bytes = [0; 12];
    let (of_nanos, of_seconds) = bytes.split_at_mut(4);
    of_nanos.copy_from_slice(&nanos.to_be_bytes());
    of_seconds.copy_from_slice(&seconds.to_be_bytes());
    bytes
}

/// A value of an extension: its number, and bytes.
struct Extension<'a>(i8, &'a [u8]);

impl Serialize for Extension<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.0, Bytes(self.1)).serialize(serializer)
    }
}

struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_the_specification_of_messagepack_says() {
        let row: Members = vec![
            ("n".into(), Value::test_int(7)),
            ("t".into(), crate::value::example_datetime(1_500)),
            ("z".into(), Value::test_nothing()),
        ];
        let nanos = 500_000_000_u32.to_be_bytes();
        let mut wanted = vec![0x83, 0xa1, b'n', 7, 0xa1, b't', 0xc7, 12, 0xff];
        wanted.extend(nanos);
        wanted.extend([0, 0, 0, 0, 0, 0, 0, 1, 0xa1, b'z', 0xc0]);
        let found = rows(&mut [row.clone(), row].into_iter());
        assert_eq!(found, [&wanted[..], &wanted].concat());
    }
}
