//! Parts of an identifier that an adapter shows one a row: bytes and characters, as java-debug does with those of an array, and
//! the two halves of a structure, as lldb-dap does.

use super::{
    super::{json, recognise::is_name_of_half},
    row::Row,
};

/// The most elements that can be an identifier: the characters of a UUID.
const MOST: usize = 36;

/// The most characters of a number of 64 bits.
const LONGEST_NUMBER: usize = 20;

/// All elements of a list, written as other adapters write one in a single row.
#[derive(Debug)]
pub(super) struct Elements {
    pub(super) value: String,
    pub(super) type_name: Option<&'static str>,
    pub(super) count: usize,
}

/// Kind of the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bytes,
    Characters,
}

impl Elements {
    /// The elements from the first row on, behind which the row at `next` begins; `None` unless these are all rows that there are
    /// and each is the byte or the character of its number, or one of two halves.
    pub(super) fn from(first: &Row<'_>, next: Option<usize>) -> Option<Elements> {
        Elements::halves(first, next).or_else(|| Elements::numbered(first, next))
    }

    /// Two rows with the names of halves.
    fn halves(first: &Row<'_>, next: Option<usize>) -> Option<Elements> {
        if !is_name_of_half(&first.name()) {
            return None;
        }
        let (second, end) = first.at(next?);
        let are_all = json::item_after(first.message(), end?).is_none();
        let half = |row: &Row<'_>| {
            let value = row.value()?;
            (value.len() <= LONGEST_NUMBER).then(|| format!("{}:{value}", row.name()))
        };
        let (first, second) = (half(first)?, half(&second)?);
        are_all.then(|| Elements {
            value: format!("{{{first}, {second}}}"),
            type_name: None,
            count: 2,
        })
    }

    fn numbered(first: &Row<'_>, mut next: Option<usize>) -> Option<Elements> {
        if !is_numbered(first, 0) {
            return None;
        }
        let kind = Kind::of(&first.type_name()?)?;
        let mut codes = vec![kind.read(first)?];
        while let Some(at) = next.filter(|_| codes.len() < MOST) {
            let (row, end) = first.at(at);
            let is_one = is_numbered(&row, codes.len()) && row.quoted_type() == first.quoted_type();
            codes.push(kind.read(&row).filter(|_| is_one)?);
            next = json::item_after(first.message(), end?);
        }
        next.is_none().then(|| kind.written(&codes))
    }
}

impl Kind {
    fn of(type_name: &str) -> Option<Kind> {
        match type_name {
            "byte" | "Byte" | "sbyte" | "uint8" | "uint8_t" | "u8" | "unsigned char" => {
                Some(Kind::Bytes)
            }
            "char" | "Character" => Some(Kind::Characters),
            _ => None,
        }
    }

    /// An element as a byte: that of a character, which is one of ASCII in each identifier.
    fn read(self, row: &Row<'_>) -> Option<u8> {
        let value = row.value()?;
        match self {
            Kind::Bytes => byte(&value),
            Kind::Characters => {
                let quoted = value
                    .strip_prefix('\'')
                    .and_then(|it| it.strip_suffix('\''));
                match quoted.unwrap_or(&value).as_bytes() {
                    [code] if code.is_ascii_graphic() => Some(*code),
                    _ => None,
                }
            }
        }
    }

    fn written(self, codes: &[u8]) -> Elements {
        let count = codes.len();
        match self {
            Kind::Bytes => Elements {
                value: format!("{codes:?}"),
                type_name: Some("byte[]"),
                count,
            },
            Kind::Characters => Elements {
                value: format!("\"{}\"", String::from_utf8_lossy(codes)),
                type_name: Some("char[]"),
                count,
            },
        }
    }
}

/// A byte, also one of a language whose bytes have a sign.
fn byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("0x");
    let unsigned = digits.map_or_else(|| text.parse(), |hex| u8::from_str_radix(hex, 16));
    let signed = || text.parse::<i8>().map(i8::cast_unsigned);
    unsigned.or_else(|_| signed()).ok()
}

/// True if the name of a row is the number of an element: `3`, `[3]`.
fn is_numbered(row: &Row<'_>, number: usize) -> bool {
    let name = row.name();
    let inner = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    inner.unwrap_or(&name).parse() == Ok(number)
}
