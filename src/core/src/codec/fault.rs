//! Why a text is not a ULID. The decoders only refuse; this cold path reads again to say where and what.

#[cfg(feature = "alloc")]
use alloc::{format, string::String};
use core::{error, fmt};

use crate::Ulid;

use super::{
    Reading, TEXT_LEN,
    alphabet::{self, INVALID},
    scalar,
};

/// A fault in a text: its kind and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The kind of fault.
    pub kind: FaultKind,
    /// The first wrong character, counted in characters from 0. For a text that is too short this is its length.
    pub position: usize,
}

/// The kinds of [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// Not 26 characters.
    Length {
        /// Characters found. Bytes that are not UTF-8 count one each.
        found: usize,
    },
    /// A character outside of the alphabet.
    Character {
        /// The character; U+FFFD for bytes that are not UTF-8.
        found: char,
    },
    /// More than 128 bits: the first character is above `7`.
    Overflow,
    /// Not the spelling of a UUID, where one is expected.
    Uuid,
    /// Nothing that could be a ULID: a row of free text without one, a JSON object without the field.
    Absent,
}

impl FaultKind {
    /// A short, stable name: `length`, `character`, `overflow`, `uuid` or `absent`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            FaultKind::Length { .. } => "length",
            FaultKind::Character { .. } => "character",
            FaultKind::Overflow => "overflow",
            FaultKind::Uuid => "uuid",
            FaultKind::Absent => "absent",
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            FaultKind::Length { .. } => "wrong length",
            FaultKind::Character { .. } => "invalid character",
            FaultKind::Overflow => "overflow",
            FaultKind::Uuid => "no UUID",
            FaultKind::Absent => "no ULID",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { kind, position } = *self;
        match kind {
            FaultKind::Absent => write!(f, "{kind}: {}", Explanation(kind)),
            _ => write!(
                f,
                "{kind} at character {}: {}",
                position + 1,
                Explanation(kind)
            ),
        }
    }
}

impl error::Error for Fault {}

impl Fault {
    /// The reason in words, without the position.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn explanation(&self) -> String {
        format!("{}", Explanation(self.kind))
    }
}

/// The reason in words.
struct Explanation(FaultKind);

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            FaultKind::Length { found: 0 } => {
                write!(f, "the text is empty, a ULID has {TEXT_LEN} characters")
            }
            FaultKind::Length { found: 1 } => write!(f, "1 character, a ULID has {TEXT_LEN}"),
            FaultKind::Length { found: 36 } => {
                write!(
                    f,
                    "36 characters, as a UUID has them, a ULID has {TEXT_LEN}"
                )
            }
            FaultKind::Length { found } => write!(f, "{found} characters, a ULID has {TEXT_LEN}"),
            FaultKind::Character { found } => explain_character(found, f),
            FaultKind::Overflow => f.write_str("the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
            FaultKind::Uuid => {
                f.write_str("a UUID has 32 hexadecimal digits, in groups of 8-4-4-4-12")
            }
            FaultKind::Absent => f.write_str("there is none in this row"),
        }
    }
}

fn explain_character(found: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let meant = match found.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        'U' => return write!(f, "{found:?} is not in the alphabet"),
        '-' => {
            return f.write_str("'-' is not in the alphabet; only a lenient reading skips hyphens");
        }
        char::REPLACEMENT_CHARACTER => return f.write_str("these bytes are not UTF-8 text"),
        _ => {
            return write!(
                f,
                "{found:?} is not in the alphabet 0-9 A-Z without I, L, O and U"
            );
        }
    };
    write!(
        f,
        "{found:?} is not in the alphabet; it may stand for {meant}, which only a lenient reading assumes"
    )
}

/// Reads again, slowly: the value where hyphens made the decoder refuse, the reason otherwise.
#[cold]
pub(super) fn rescan(text: &[u8], reading: Reading) -> Result<Ulid, Fault> {
    let skips_hyphens = reading == Reading::Lenient;
    let characters = || {
        characters(text)
            .enumerate()
            .filter(move |&(_, c)| !(skips_hyphens && c == '-'))
    };
    let found = characters().count();
    if found != TEXT_LEN {
        let end = || {
            characters()
                .map(|(position, _)| position + 1)
                .last()
                .unwrap_or(0)
        };
        let position = characters()
            .nth(TEXT_LEN)
            .map_or_else(end, |(position, _)| position);
        return Err(Fault {
            kind: FaultKind::Length { found },
            position,
        });
    }
    let table = alphabet::table(reading);
    let mut bits = 0_u128;
    let mut overflow = None;
    for (position, character) in characters() {
        let value = u8::try_from(character)
            .ok()
            .filter(u8::is_ascii)
            .map_or(INVALID, |byte| table[byte as usize]);
        if value == INVALID {
            return Err(Fault {
                kind: FaultKind::Character { found: character },
                position,
            });
        }
        if bits >> 123 != 0 {
            overflow = overflow.or(characters().next());
        }
        bits = bits << 5 | u128::from(value);
    }
    match overflow {
        Some((position, _)) => Err(Fault {
            kind: FaultKind::Overflow,
            position,
        }),
        None => Ok(Ulid(bits)),
    }
}

/// Reads text also while a program is compiled, which knows neither iterators nor kernels.
pub(crate) const fn parse_const(text: &str) -> Result<Ulid, Fault> {
    let bits = match text.as_bytes().first_chunk::<TEXT_LEN>() {
        Some(first) if first.len() == text.len() => scalar::decode_const(first),
        _ => None,
    };
    match bits {
        Some(bits) => Ok(Ulid(bits)),
        None => Err(fault_const(text)),
    }
}

/// The fault of a text that is no ULID.
#[cold]
const fn fault_const(text: &str) -> Fault {
    let (mut found, mut rest, mut wrong) = (0, text, None);
    while let Some((character, after)) = first_character(rest) {
        let has_value = character.is_ascii() && alphabet::strict()[character as usize] != INVALID;
        if wrong.is_none() && !has_value {
            wrong = Some((character, found));
        }
        (found, rest) = (found + 1, after);
    }
    let (kind, position) = match wrong {
        _ if found != TEXT_LEN => {
            let position = if found < TEXT_LEN { found } else { TEXT_LEN };
            (FaultKind::Length { found }, position)
        }
        Some((found, position)) => (FaultKind::Character { found }, position),
        None => (FaultKind::Overflow, 0),
    };
    Fault { kind, position }
}

/// The first character of a text and what follows it.
const fn first_character(text: &str) -> Option<(char, &str)> {
    let bytes = text.as_bytes();
    let Some(&first) = bytes.first() else {
        return None;
    };
    let len = match first {
        0..=0x7F => 1,
        0x80..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    };
    // The bits that the first byte has, then six of each that follows it.
    let mut code = if len == 1 {
        first as u32
    } else {
        first as u32 & (0x7F >> len)
    };
    let mut at = 1;
    while at < len {
        code = code << 6 | (bytes[at] & 0x3F) as u32;
        at += 1;
    }
    let (_, rest) = text.split_at(len);
    match char::from_u32(code) {
        Some(character) => Some((character, rest)),
        // A `str` holds no other codes.
        None => Some((char::REPLACEMENT_CHARACTER, rest)),
    }
}

/// The characters of bytes that may not be UTF-8.
fn characters(text: &[u8]) -> impl Iterator<Item = char> {
    text.utf8_chunks().flat_map(|chunk| {
        let invalid = chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(invalid)
    })
}
