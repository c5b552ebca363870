//! Spellings: the ways in which an ID is written, each read and printed here only.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Reading, Ulid, codec,
    codec::{Fault, FaultKind, TEXT_LEN},
    version7::is_version_7,
};

/// Hexadecimal digits of 128 bits.
const HEX_LEN: usize = 32;
/// Characters of a UUID, plain, in braces and as a URN.
const UUID_LEN: usize = 36;
const BRACED_LEN: usize = 38;
const URN_LEN: usize = 45;
/// 1990-01-01 and 2100-01-01: a time outside of them speaks against a guess.
pub(crate) const PLAUSIBLE_MS: std::ops::Range<u64> = 631_152_000_000..4_102_444_800_000;
/// Characters that end a prefix.
const ENDS_OF_PREFIX: [u8; 6] = *b"_-:./#";

/// A way to write an ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Spelling {
    /// 26 characters of Crockford's base 32, upper case.
    #[default]
    Ulid,
    /// Hyphenated groups of 8-4-4-4-12 hexadecimal digits, lower case.
    Uuid,
    /// `urn:uuid:` before the UUID (RFC 9562).
    Urn,
    /// 32 hexadecimal digits, lower case.
    Hex,
    /// `0x` before the 32 digits, as SQL Server and many programs write bytes.
    HexMarked,
    /// `\x` before the 32 digits, as PostgreSQL writes a `bytea`.
    Bytea,
    /// The unsigned 128-bit integer in decimal; after a zero where its 26 or 32 digits would be read as another spelling.
    Integer,
    /// Base 64 of the 16 bytes, most significant first, padded (RFC 4648).
    Base64,
    /// A UUID of which the first three groups have their bytes in the other order, as .NET and SQL Server keep them. It is
    /// read where it is named, and never written.
    Guid,
    /// A ULID, or a UUID of version 7, somewhere in a text, such as a message of a log or JSON within a text. It is read, and
    /// never written.
    Within,
    /// A prefix before the 26 characters, up to the last `_`, `-`, `:`, `.`, `/` or `#`: `ord_01ARZ…`. It is read, and never
    /// written.
    Prefixed,
}

impl Spelling {
    /// Every spelling, the canonical one first, and last the three that are not written.
    pub const ALL: [Spelling; 11] = [
        Spelling::Ulid,
        Spelling::Uuid,
        Spelling::Urn,
        Spelling::Hex,
        Spelling::HexMarked,
        Spelling::Bytea,
        Spelling::Integer,
        Spelling::Base64,
        Spelling::Guid,
        Spelling::Within,
        Spelling::Prefixed,
    ];

    /// The spellings that are written: all but [`Spelling::Guid`], which reads as another UUID, and those of which the text
    /// around the ID is not known.
    pub const WRITTEN: [Spelling; 8] = {
        let [written @ .., _, _, _] = Spelling::ALL;
        written
    };

    /// The names of all spellings, in their order.
    pub const NAMES: [&str; Spelling::ALL.len()] = {
        let mut names = [""; Spelling::ALL.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = Spelling::ALL[at].name();
            at += 1;
        }
        names
    };

    /// Name in options and outputs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Spelling::Ulid => "ulid",
            Spelling::Uuid => "uuid",
            Spelling::Urn => "urn",
            Spelling::Hex => "hex",
            Spelling::HexMarked => "0x",
            Spelling::Bytea => "bytea",
            Spelling::Integer => "integer",
            Spelling::Base64 => "base64",
            Spelling::Guid => "guid",
            Spelling::Within => "within",
            Spelling::Prefixed => "prefixed",
        }
    }

    /// The spelling of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Spelling> {
        let mut all = Spelling::ALL.into_iter();
        all.find(|spelling| spelling.name() == name)
    }

    /// Characters of the longest ID.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Spelling::Ulid | Spelling::Within | Spelling::Prefixed => TEXT_LEN,
            Spelling::Uuid | Spelling::Guid => UUID_LEN,
            Spelling::Urn => URN_LEN,
            Spelling::Hex => HEX_LEN,
            Spelling::HexMarked | Spelling::Bytea => HEX_LEN + 2,
            Spelling::Integer => 39,
            Spelling::Base64 => 24,
        }
    }

    /// A ULID in this spelling, which [`Spelling::read`] reads back if it is one of [`Spelling::WRITTEN`].
    #[must_use]
    pub fn print(self, id: Ulid) -> String {
        match self {
            Spelling::Ulid | Spelling::Within | Spelling::Prefixed => codec::print(id).to_string(),
            Spelling::Uuid => uuid(id),
            Spelling::Guid => uuid(Ulid::from_u128(guid(id.to_u128()))),
            Spelling::Urn => format!("urn:uuid:{}", uuid(id)),
            Spelling::Hex => hex(id),
            Spelling::HexMarked => format!("0x{}", hex(id)),
            Spelling::Bytea => format!("\\x{}", hex(id)),
            Spelling::Integer => integer(id),
            Spelling::Base64 => STANDARD.encode(id.to_bytes()),
        }
    }

    /// Reads text in whichever spelling it is, and says which that was. A prefix is not taken off.
    ///
    /// 26 characters are always read as a ULID, and 32 hexadecimal digits as [`Spelling::Hex`] even if all of them are
    /// decimal.
    ///
    /// # Errors
    ///
    /// [`SpellingError`] with the fault as a ULID if the text is in none of the spellings.
    pub fn read(text: &str, reading: Reading) -> Result<(Spelling, Ulid), SpellingError> {
        let text = text.trim();
        let fault = match codec::parse(text, reading) {
            Ok(id) => return Ok((Spelling::Ulid, id)),
            Err(fault) => fault,
        };
        Some(text.as_bytes())
            .filter(|text| text.len() != TEXT_LEN)
            .and_then(other)
            .ok_or(SpellingError { fault })
    }

    /// The ID that a text is, if hardly anything else looks like it: a ULID, either alone or behind a prefix, and a UUID whose
    /// first bits are a time from 1990 to 2099. Digits and base 64 may be anything, and are not read.
    ///
    /// ```
    /// use ulid_engine::row::Spelling;
    ///
    /// let of = |text| Spelling::recognise(text).map(|(spelling, _)| spelling);
    /// assert_eq!(of("usr_01ARZ3NDEKTSV4RRFFQ69G5FAV"), Some(Spelling::Prefixed));
    /// assert_eq!(of("01563e3a-b5d3-d676-4c61-efb99302bd5b"), Some(Spelling::Uuid));
    /// // a random one, whose first bits are no time of ours
    /// assert_eq!(of("f47ac10b-58cc-4372-a567-0e02b2c3d479"), None);
    /// ```
    #[must_use]
    pub fn recognise(text: &str) -> Option<(Spelling, Ulid)> {
        let text = text.trim();
        match Spelling::read(text, Reading::Strict) {
            Ok((Spelling::Ulid, id)) => Some((Spelling::Ulid, id)),
            Ok((spelling @ (Spelling::Uuid | Spelling::Urn), id)) => {
                let is_time = PLAUSIBLE_MS.contains(&id.timestamp_ms());
                is_time.then_some((spelling, id))
            }
            _ => {
                prefix_of(text.as_bytes())?;
                let id = read_prefixed(text.as_bytes(), Reading::Strict).ok()?;
                Some((Spelling::Prefixed, id))
            }
        }
    }

    /// Reads an ID of a column whose IDs have this spelling. Columns of UUIDs hold them in any way that a UUID is written,
    /// every column may hold ULIDs, and columns of ULIDs may hold UUIDs that say by their version that they have a time.
    pub(crate) fn read_cell(self, text: &[u8], reading: Reading) -> Result<Ulid, Fault> {
        match self {
            Spelling::Ulid | Spelling::Within => {
                codec::parse(text, reading).or_else(|fault| version_7(text).ok_or(fault))
            }
            Spelling::Prefixed => {
                read_prefixed(text, reading).or_else(|fault| version_7(text).ok_or(fault))
            }
            Spelling::Integer => read_integer(text).map_or_else(|| codec::parse(text, reading), Ok),
            Spelling::Base64 => read_base64(text).map_or_else(|| codec::parse(text, reading), Ok),
            Spelling::Uuid
            | Spelling::Urn
            | Spelling::Hex
            | Spelling::HexMarked
            | Spelling::Bytea => read_digits(text).map_or_else(
                || codec::parse(text, reading).map_err(|_| no_uuid(text)),
                |(_, id)| Ok(id),
            ),
            Spelling::Guid => read_guid(text).map_or_else(
                || codec::parse(text, reading).map_err(|_| no_uuid(text)),
                Ok,
            ),
        }
    }

    /// True if a text has the hyphens of a UUID at their places, with or without what may stand around it.
    pub(crate) fn is_uuid(text: &[u8]) -> bool {
        const HYPHENS: [usize; 4] = [8, 13, 18, 23];
        const URN: usize = 9;
        let start = match text.len() {
            UUID_LEN => 0,
            BRACED_LEN => 1,
            URN_LEN => URN,
            _ => return false,
        };
        HYPHENS.iter().all(|at| text.get(start + at) == Some(&b'-'))
    }

    /// The spelling of the ID that a text is by itself, without a look at those beside it: `None` for a text that could as
    /// well be something else, such as a short number.
    pub(crate) fn of(text: &[u8], reading: Reading) -> Option<(Spelling, Ulid)> {
        if let Ok(id) = codec::parse(text, reading) {
            return Some((Spelling::Ulid, id));
        }
        if text.len() > TEXT_LEN + 1
            && may_be_prefixed(text)
            && let Ok(id) = read_prefixed(text, reading)
        {
            return Some((Spelling::Prefixed, id));
        }
        // 128 bits with a time in them have that many digits from 1972 on
        const DIGITS: std::ops::RangeInclusive<usize> = 36..=39;
        match other(text)? {
            (Spelling::Integer, _) if !DIGITS.contains(&text.len()) => None,
            // programs that print a number in hexadecimal leave zeros out, but not many of them
            (Spelling::HexMarked, _) if text.len() < HEX_LEN => None,
            found => Some(found),
        }
    }
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Text in none of the spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "neither a ULID nor a UUID, 32 hexadecimal digits, an integer or base 64 of 16 bytes; as a ULID: {fault}"
)]
pub struct SpellingError {
    /// The fault of the text as a ULID.
    pub fault: Fault,
}

fn hex(id: Ulid) -> String {
    format!("{:032x}", id.to_u128())
}

fn uuid(id: Ulid) -> String {
    uuid::Uuid::from_u128(id.to_u128()).hyphenated().to_string()
}

fn integer(id: Ulid) -> String {
    let digits = id.to_u128().to_string();
    match digits.len() {
        TEXT_LEN | HEX_LEN => format!("0{digits}"),
        _ => digits,
    }
}

/// An ID in a spelling that is no ULID.
fn other(text: &[u8]) -> Option<(Spelling, Ulid)> {
    let integer = || Some((Spelling::Integer, read_integer(text)?));
    let base64 = || Some((Spelling::Base64, read_base64(text)?));
    read_digits(text).or_else(integer).or_else(base64)
}

/// An ID as hexadecimal digits, in one of the ways that UUIDs and bytes are written.
fn read_digits(text: &[u8]) -> Option<(Spelling, Ulid)> {
    const URN: &[u8] = b"urn:uuid:";
    let id = |bits: u128| Ulid::from_u128(bits);
    match text {
        [b'\\', b'x' | b'X', digits @ ..] => {
            Some((Spelling::Bytea, id(read_hex(digits, HEX_LEN)?)))
        }
        [b'0', b'x' | b'X', digits @ ..] => {
            let len = digits.len().min(HEX_LEN);
            Some((Spelling::HexMarked, id(read_hex(digits, len)?)))
        }
        _ if text.len() == HEX_LEN => Some((Spelling::Hex, id(read_hex(text, HEX_LEN)?))),
        _ => {
            let (head, tail) = text.split_at_checked(URN.len()).unwrap_or((b"", text));
            let (spelling, text) = match head.eq_ignore_ascii_case(URN) {
                true => (Spelling::Urn, tail),
                false => (Spelling::Uuid, text),
            };
            // 32 digits in braces or behind a mark of their own are no spelling of a UUID
            let is_grouped = text.contains(&b'-');
            let read = uuid::Uuid::try_parse_ascii(text).ok()?;
            is_grouped.then(|| (spelling, id(read.as_u128())))
        }
    }
}

/// The bytes of the first three groups of a UUID in the other order; twice changes nothing.
fn guid(bits: u128) -> u128 {
    let [a, b, c, d, e, f, g, h, rest @ ..] = bits.to_be_bytes();
    let [i, j, k, l, m, n, o, p] = rest;
    u128::from_be_bytes([d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p])
}

/// An ID whose first groups are in the other byte order, in any way that a UUID is written.
pub(crate) fn read_guid(text: &[u8]) -> Option<Ulid> {
    let (_, id) = read_digits(text)?;
    Some(Ulid::from_u128(guid(id.to_u128())))
}

/// A UUID that says that it is of version 7, by its bits and its time.
#[cold]
fn version_7(text: &[u8]) -> Option<Ulid> {
    let (_, id) = read_digits(text).filter(|_| Spelling::is_uuid(text))?;
    let is_7 = is_version_7(id) && PLAUSIBLE_MS.contains(&id.timestamp_ms());
    is_7.then_some(id)
}

fn read_hex(digits: &[u8], len: usize) -> Option<u128> {
    // from_str_radix also takes a sign
    let is_hex = digits.len() == len && digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u128::from_str_radix(digits, 16).ok()
}

fn read_integer(text: &[u8]) -> Option<Ulid> {
    let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let digits = str::from_utf8(text).ok().filter(|_| is_number)?;
    digits.parse().ok().map(Ulid::from_u128)
}

fn read_base64(text: &[u8]) -> Option<Ulid> {
    const LEN: usize = 24;
    if text.len() != LEN {
        return None;
    }
    let bytes: [u8; 16] = STANDARD.decode(text).ok()?.try_into().ok()?;
    Some(Ulid::from_bytes(bytes))
}

fn no_uuid(text: &[u8]) -> Fault {
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let wrong = text.iter().position(|byte| !is_part(byte));
    Fault {
        kind: FaultKind::Uuid,
        position: wrong.unwrap_or(text.len()),
    }
}

/// The prefix of an ID that has one, without the character that ends it.
pub(crate) fn prefix_of(text: &[u8]) -> Option<&[u8]> {
    let text = text.trim_ascii();
    read_prefixed(text, Reading::Strict).ok()?;
    let end = text
        .iter()
        .rposition(|byte| ENDS_OF_PREFIX.contains(byte))?;
    text.get(..end)
}

/// True for a text without what divides texts: behind a delimiter, a quote or a blank stands an ID of its own.
fn may_be_prefixed(text: &[u8]) -> bool {
    const DIVIDES: &[u8] = b",;|\"'`";
    let divides = |byte: &u8| DIVIDES.contains(byte) || byte.is_ascii_whitespace();
    !text.iter().any(divides)
}

fn read_prefixed(text: &[u8], reading: Reading) -> Result<Ulid, Fault> {
    let end = text.iter().rposition(|byte| ENDS_OF_PREFIX.contains(byte));
    let start = end.map_or(0, |at| at + 1);
    let (prefix, id) = text.split_at(start);
    codec::parse(id, reading).map_err(|fault| Fault {
        position: fault.position + String::from_utf8_lossy(prefix).chars().count(),
        ..fault
    })
}
