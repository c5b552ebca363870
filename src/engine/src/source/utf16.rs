//! Text of two bytes a character, as Excel and SQL Server write it, made UTF-8 on the way.

use std::io::{self, Read};

use super::input::Stream;

/// Bytes that are read at a time.
const PIECE: usize = 16 * 1024;

/// Which byte of a pair comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// The byte order of UTF-16 that the first four bytes of a source tell: by their mark, or by the zeros of two letters.
pub(crate) fn byte_order(head: &[u8]) -> Option<ByteOrder> {
    let is_letter = |byte: u8| byte.is_ascii_graphic();
    match *head.first_chunk::<4>()? {
        // a mark of UTF-32 begins like this one, and is none
        [0xFF, 0xFE, 0, 0] => None,
        [0xFF, 0xFE, ..] => Some(ByteOrder::Little),
        [0xFE, 0xFF, ..] => Some(ByteOrder::Big),
        [a, 0, b, 0] if is_letter(a) && is_letter(b) => Some(ByteOrder::Little),
        [0, a, 0, b] if is_letter(a) && is_letter(b) => Some(ByteOrder::Big),
        _ => None,
    }
}

/// A stream of UTF-16 as UTF-8. Its mark becomes that of UTF-8; half of a pair becomes U+FFFD.
pub(crate) struct Utf16 {
    stream: Stream,
    order: ByteOrder,
    /// A unit whose other byte has not come.
    half: Option<u8>,
    /// The first of two units that are one character.
    first: Option<u16>,
    text: Vec<u8>,
    given: usize,
}

impl Utf16 {
    pub(crate) fn new(stream: Stream, order: ByteOrder) -> Utf16 {
        Utf16 {
            stream,
            order,
            half: None,
            first: None,
            text: Vec::new(),
            given: 0,
        }
    }

    /// Reads on until there is text, or the stream has ended.
    fn fill(&mut self) -> io::Result<()> {
        self.given = 0;
        self.text.clear();
        while self.text.is_empty() {
            let mut bytes = [0; PIECE];
            let count = self.stream.read(&mut bytes)?;
            self.decode(bytes.get(..count).unwrap_or_default());
            if count == 0 {
                self.decode_rest();
                break;
            }
        }
        Ok(())
    }

    fn decode(&mut self, bytes: &[u8]) {
        let mut units: Vec<u16> = self.first.take().into_iter().collect();
        for &byte in bytes {
            match (self.half.take(), self.order) {
                (None, _) => self.half = Some(byte),
                (Some(half), ByteOrder::Little) => units.push(u16::from_le_bytes([half, byte])),
                (Some(half), ByteOrder::Big) => units.push(u16::from_be_bytes([half, byte])),
            }
        }
        let is_first = |unit: &u16| (0xD800..0xDC00).contains(unit);
        if units.last().is_some_and(is_first) {
            self.first = units.pop();
        }
        let read =
            char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.text.extend(read.collect::<String>().into_bytes());
    }

    /// Decodes the rest at the end, which is half of a character.
    fn decode_rest(&mut self) {
        let (half, first) = (self.half.take(), self.first.take());
        if half.is_some() || first.is_some() {
            self.text
                .extend(char::REPLACEMENT_CHARACTER.to_string().into_bytes());
        }
    }
}

impl Read for Utf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.text.len() {
            self.fill()?;
        }
        let mut rest = self.text.get(self.given..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::source::trickle::Trickle;

    fn encoded(text: &str, order: ByteOrder) -> Vec<u8> {
        let bytes = |unit: u16| match order {
            ByteOrder::Little => unit.to_le_bytes(),
            ByteOrder::Big => unit.to_be_bytes(),
        };
        text.encode_utf16().flat_map(bytes).collect()
    }

    proptest! {
        #[test]
        fn text_is_the_same_in_pieces_of_any_size(text in ".{0,40}", size in 1_usize..9) {
            for order in [ByteOrder::Little, ByteOrder::Big] {
                let bytes = Cursor::new(encoded(&text, order));
                let stream = Trickle { bytes, size };
                let mut read = String::new();
                Utf16::new(Box::new(stream), order).read_to_string(&mut read).unwrap();
                prop_assert_eq!(&read, &text);
            }
        }
    }

    #[test]
    fn half_a_character_is_told() {
        let mut read = String::new();
        let cut = encoded("a😀", ByteOrder::Little)[..5].to_vec();
        let mut stream = Utf16::new(Box::new(Cursor::new(cut)), ByteOrder::Little);
        stream.read_to_string(&mut read).unwrap();
        assert_eq!(read, "a\u{FFFD}");
    }

    #[test]
    fn it_is_told_by_its_mark_or_its_zeros() {
        for (head, order) in [
            (&b"\xFF\xFEi\0"[..], Some(ByteOrder::Little)),
            (b"\xFE\xFF\0i", Some(ByteOrder::Big)),
            (b"i\0d\0", Some(ByteOrder::Little)),
            (b"\0i\0d", Some(ByteOrder::Big)),
            (b"\xFF\xFE\0\0", None),
            (b"id,n", None),
            (b"\x01\x94\x12\x34", None),
            (b"i\0", None),
        ] {
            assert_eq!(byte_order(head), order, "{head:?}");
        }
    }
}
