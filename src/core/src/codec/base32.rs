//! Crockford's base 32 of any bytes: five bits a character, the last one filled up with zeros, no padding characters.

use alloc::{string::String, vec::Vec};
use core::{error, fmt};

use super::{
    ALPHABET, Reading,
    alphabet::{self, INVALID},
};

/// Why a text is no base 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base32Fault {
    /// A character outside of the alphabet.
    Character {
        /// The character.
        found: char,
        /// Which one it is, from 0.
        position: usize,
    },
    /// A count of characters that no whole bytes give.
    Length {
        /// Characters that count; hyphens do not where they are skipped.
        found: usize,
    },
    /// The bits that fill up the last character are not zero, so that this is cut or no base 32.
    Surplus,
}

impl fmt::Display for Base32Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Base32Fault::Character { found, position } => {
                let number = position + 1;
                write!(f, "{found:?} at character {number} is not in the alphabet")
            }
            Base32Fault::Length { found } => {
                write!(f, "{found} characters are no whole number of bytes")
            }
            Base32Fault::Surplus => f.write_str("the last character holds more than the last byte"),
        }
    }
}

impl error::Error for Base32Fault {}

impl Base32Fault {
    /// A short, stable name: `character`, `length` or `surplus`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Base32Fault::Character { .. } => "character",
            Base32Fault::Length { .. } => "length",
            Base32Fault::Surplus => "surplus",
        }
    }
}

/// Writes bytes as upper-case base 32.
#[must_use]
pub fn encode_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut bits, mut held) = (0_u32, 0);
    let mut push = |bits: u32| text.push(char::from(ALPHABET[(bits & 31) as usize]));
    for &byte in bytes {
        bits = bits << 8 | u32::from(byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            push(bits >> held);
        }
    }
    if held > 0 {
        push(bits << (5 - held));
    }
    text
}

/// Reads base 32 back, in either case.
///
/// # Errors
///
/// [`Base32Fault`] for what [`encode_bytes`] never writes.
pub fn decode_bytes(text: &str, reading: Reading) -> Result<Vec<u8>, Base32Fault> {
    let table = alphabet::table(reading);
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut held, mut counted) = (0_u32, 0, 0);
    for (position, found) in text.chars().enumerate() {
        if reading == Reading::Lenient && found == '-' {
            continue;
        }
        let value = u8::try_from(found).map_or(INVALID, |byte| table[byte as usize]);
        if value == INVALID {
            return Err(Base32Fault::Character { found, position });
        }
        counted += 1;
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.extend((bits >> held).to_le_bytes().first());
        }
    }
    if held >= 5 {
        return Err(Base32Fault::Length { found: counted });
    }
    if bits & ((1 << held) - 1) != 0 {
        return Err(Base32Fault::Surplus);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_texts() {
        let cases = [
            ("", ""),
            ("f", "CR"),
            ("hello", "D1JPRV3F"),
            ("Hello, world!", "91JPRV3F5GG7EVVJDHJ22"),
        ];
        for (bytes, text) in cases {
            assert_eq!(encode_bytes(bytes.as_bytes()), text);
            assert_eq!(
                decode_bytes(text, Reading::Strict),
                Ok(bytes.into()),
                "{text}"
            );
        }
        assert_eq!(
            decode_bytes("d1jp-rv3f", Reading::Lenient),
            Ok(b"hello".into())
        );
    }

    #[test]
    fn what_no_bytes_give_is_refused() {
        let cases = [
            (
                "D1JU",
                Base32Fault::Character {
                    found: 'U',
                    position: 3,
                },
            ),
            (
                "é",
                Base32Fault::Character {
                    found: 'é',
                    position: 0,
                },
            ),
            (
                "C-R",
                Base32Fault::Character {
                    found: '-',
                    position: 1,
                },
            ),
            ("C", Base32Fault::Length { found: 1 }),
            ("CRC", Base32Fault::Length { found: 3 }),
            ("CS", Base32Fault::Surplus),
        ];
        for (text, fault) in cases {
            assert_eq!(decode_bytes(text, Reading::Strict), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn bytes_read_back(bytes: Vec<u8>) {
            let text = encode_bytes(&bytes);
            prop_assert_eq!(decode_bytes(&text.to_lowercase(), Reading::Strict), Ok(bytes));
        }

        #[test]
        fn sixteen_bytes_are_no_ulid_text(bits: u128) {
            // A ULID fills up at its begin, base 32 at its end: the same bits, shifted by two.
            let ulid = super::super::print(crate::Ulid(bits)).to_string();
            let text = encode_bytes(&bits.to_be_bytes());
            prop_assert_eq!(text.len(), ulid.len());
            prop_assert_eq!(text == ulid, bits == 0);
        }
    }
}
