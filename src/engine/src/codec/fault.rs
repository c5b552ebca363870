//! Why a text is not a ULID. The decoders only refuse; this cold path reads again to say where and what.

use ulid::Ulid;

use super::{
    Reading, TEXT_LEN,
    alphabet::{self, INVALID},
};

/// What is wrong with a text, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{kind} at character {}: {}", position + 1, self.explanation())]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The first wrong character, counted in characters from 0. For a text that is too short this is its length.
    pub position: usize,
}

/// The kinds of [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

impl std::fmt::Display for FaultKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            FaultKind::Length { .. } => "wrong length",
            FaultKind::Character { .. } => "invalid character",
            FaultKind::Overflow => "overflow",
            FaultKind::Uuid => "no UUID",
            FaultKind::Absent => "no ULID",
        })
    }
}

impl Fault {
    /// The reason in words, without the position.
    #[must_use]
    pub fn explanation(&self) -> String {
        match self.kind {
            FaultKind::Length { found: 0 } => {
                format!("the text is empty, a ULID has {TEXT_LEN} characters")
            }
            FaultKind::Length { found: 1 } => format!("1 character, a ULID has {TEXT_LEN}"),
            FaultKind::Length { found } => format!("{found} characters, a ULID has {TEXT_LEN}"),
            FaultKind::Character { found } => explain_character(found),
            FaultKind::Overflow => "the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ".to_owned(),
            FaultKind::Uuid => {
                "a UUID has 32 hexadecimal digits, in groups of 8-4-4-4-12".to_owned()
            }
            FaultKind::Absent => "there is none in this row".to_owned(),
        }
    }
}

fn explain_character(found: char) -> String {
    match found.to_ascii_uppercase() {
        'I' | 'L' => {
            format!(
                "{found:?} is not in the alphabet; it may stand for 1, which only a lenient reading assumes"
            )
        }
        'O' => format!(
            "{found:?} is not in the alphabet; it may stand for 0, which only a lenient reading assumes"
        ),
        'U' => format!("{found:?} is not in the alphabet"),
        '-' => "'-' is not in the alphabet; only a lenient reading skips hyphens".to_owned(),
        char::REPLACEMENT_CHARACTER => "these bytes are not UTF-8 text".to_owned(),
        _ => format!("{found:?} is not in the alphabet 0-9 A-Z without I, L, O and U"),
    }
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

/// The characters of bytes that may not be UTF-8.
fn characters(text: &[u8]) -> impl Iterator<Item = char> {
    text.utf8_chunks().flat_map(|chunk| {
        let invalid = chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER);
        chunk.valid().chars().chain(invalid)
    })
}
