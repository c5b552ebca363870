//! The identifiers that carry a time: one table, with an entry for each kind.
//!
//! An entry says how its kind is called, which values it recognises, when it was made, of what it is made, and how it is
//! written. The first entry that recognises a value has it, so that a value is a ULID before it is anything else.

mod ksuid;
mod small;
mod ulid;
mod uuid;

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use serde::Deserialize;
use ulid_engine::{Timestamp, Ulid, row::Spelling};

/// A kind of identifier, the first of which is what most values are taken for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A ULID.
    Ulid,
    /// A TypeID: a prefix, then a UUID of version 7 in the letters of a ULID.
    Typeid,
    /// A UUID of version 7: a time in milliseconds, then a counter and random bits.
    Uuidv7,
    /// A UUID of version 1: the time and the machine.
    Uuidv1,
    /// A UUID of version 6: the same in the order of time.
    Uuidv6,
    /// A KSUID: seconds, then 128 random bits.
    Ksuid,
    /// An ObjectId of MongoDB: seconds, a process and a counter.
    Objectid,
    /// A Snowflake of X (Twitter): milliseconds, a machine and a sequence.
    Snowflake,
    /// A Snowflake of Discord, which counts from 2015.
    Discord,
}

/// Hint that names and types give about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum Hint {
    /// Nothing.
    #[default]
    None,
    /// An identifier.
    Identifier,
    /// An ObjectId.
    ObjectId,
    /// A KSUID.
    Ksuid,
    /// A UUID.
    Uuid,
    /// A ULID.
    Ulid,
}

/// A value without its quotes and wrapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// Letters and digits.
    Text(&'a [u8]),
    /// Letters and digits behind a prefix and `_`.
    Prefixed(&'a [u8]),
    /// The groups of a UUID.
    Uuid(u128),
    /// A number of 128 bits.
    Bits(u128),
    /// A number in decimal of at most 64 bits.
    Number(u64),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// How much a value says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The 26 characters as every implementation prints them.
    Text,
    /// 26 characters that may be something else: lower case.
    DoubtfulText,
    /// 26 digits, which hardly any ULID is and many a number.
    Digits,
    /// A text with a version in it.
    Version,
    /// Bits with a version in them, where a name says that they have one.
    NamedVersion,
    /// A value that may mean anything, and needs a name and a time that is believed.
    Bits,
}

/// The bits of an identifier: 160 of the longest, the first 32 of which are 0 in the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Bits {
    head: u32,
    low: u128,
}

/// An identifier. Its bits stand side by side with its kind, which takes half the room of two structures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identifier {
    head: u32,
    low: u128,
    kind: Kind,
}

/// Each row that is shown is looked up by its identifier: one word is mixed in place of three.
impl Hash for Identifier {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let rest = u128::from(self.head) << 8 | self.kind as u128;
        state.write_u128(self.low ^ rest);
    }
}

/// A part of an identifier: its name and its text.
pub(super) type Part = (&'static str, String);

/// An entry of the table.
struct Decoder {
    kind: Kind,
    name: &'static str,
    /// Name of the identifier itself among its parts.
    own: &'static str,
    /// The number of its bits.
    width: u32,
    /// The identifier in a value, and what speaks for it.
    recognise: fn(Written<'_>, Hint) -> Option<(Bits, Evidence)>,
    /// Milliseconds since 1970; none from before.
    ms: fn(Bits) -> Option<u64>,
    /// The same identifier at another time; none where it cannot have that time.
    at: fn(Bits, u64) -> Option<Bits>,
    /// Parts besides the time and the spellings of a number.
    parts: fn(Bits) -> Vec<Part>,
    /// The text of the identifier.
    print: fn(Bits) -> String,
    /// The identifier that a user types.
    read: fn(&str) -> Option<Bits>,
}

const DECODERS: [Decoder; 9] = [
    ulid::ULID,
    uuid::TYPE_ID,
    uuid::VERSION_7,
    uuid::VERSION_1,
    uuid::VERSION_6,
    ksuid::KSUID,
    small::OBJECT_ID,
    small::SNOWFLAKE,
    small::DISCORD,
];

impl Bits {
    fn of_128(low: u128) -> Bits {
        Bits { head: 0, low }
    }

    /// The first 48 of 128 bits: the milliseconds of a ULID and of a UUID of version 7.
    fn first_48(self) -> u64 {
        (self.low >> 80) as u64
    }

    fn with_first_48(self, ms: u64) -> Bits {
        Bits::of_128(self.low & ((1 << 80) - 1) | u128::from(ms) << 80)
    }
}

impl Kind {
    /// Every kind, in the order of the table.
    pub const ALL: [Kind; DECODERS.len()] = {
        let mut kinds = [Kind::Ulid; DECODERS.len()];
        let mut number = 0;
        while number < DECODERS.len() {
            kinds[number] = DECODERS[number].kind;
            number += 1;
        }
        kinds
    };

    /// The kinds that are decoded unless others are chosen. Most numbers of 64 bits that are called `id` are no Snowflakes.
    pub const USUAL: [Kind; 7] = [
        Kind::Ulid,
        Kind::Typeid,
        Kind::Uuidv7,
        Kind::Uuidv1,
        Kind::Uuidv6,
        Kind::Ksuid,
        Kind::Objectid,
    ];

    fn decoder(self) -> &'static Decoder {
        let found = DECODERS.iter().find(|decoder| decoder.kind == self);
        found.unwrap_or(&DECODERS[0])
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.decoder().name)
    }
}

/// The identifier that a value can be read as, of the chosen kinds, and what speaks for it.
pub(super) fn recognise(
    written: Written<'_>,
    hint: Hint,
    kinds: &[Kind],
) -> Option<(Identifier, Evidence)> {
    let mut decoders = DECODERS.iter();
    decoders.find_map(|decoder| {
        let chosen = kinds.contains(&decoder.kind);
        let (bits, evidence) = chosen.then(|| (decoder.recognise)(written, hint))??;
        let kind = decoder.kind;
        Some((Identifier::new(kind, bits), evidence)).filter(|(found, _)| found.time().is_some())
    })
}

impl Identifier {
    fn new(kind: Kind, Bits { head, low }: Bits) -> Identifier {
        Identifier { head, low, kind }
    }

    fn bits(self) -> Bits {
        let Identifier { head, low, .. } = self;
        Bits { head, low }
    }

    /// Kind of the identifier.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// The ULID that an identifier is; `None` for one of another kind.
    #[must_use]
    pub fn ulid(self) -> Option<Ulid> {
        (self.kind == Kind::Ulid).then(|| Ulid::from_u128(self.low))
    }

    /// The first 128 bits, or all of a shorter one, as a number.
    #[must_use]
    pub fn low(self) -> u128 {
        self.low
    }

    /// True if all bits are 0, or all are 1.
    pub(super) fn is_extreme(self) -> bool {
        [self.step(false), self.step(true)].contains(&None)
    }

    /// The time of an identifier; `None` for one from before 1970.
    #[must_use]
    pub fn time(self) -> Option<Timestamp> {
        Timestamp::from_ms((self.kind.decoder().ms)(self.bits())?).ok()
    }

    /// The same identifier at another time; `None` where its kind has no such time.
    pub(super) fn at(self, time: Timestamp) -> Option<Identifier> {
        let bits = (self.kind.decoder().at)(self.bits(), time.ms())?;
        Some(Identifier::new(self.kind, bits))
    }

    /// Another identifier of the same kind, as a user types it.
    pub(super) fn read_like(self, text: &str) -> Option<Identifier> {
        let bits = (self.kind.decoder().read)(text)?;
        Some(Identifier::new(self.kind, bits))
    }

    /// The text of an identifier as its kind has it.
    #[must_use]
    pub fn print(self) -> String {
        (self.kind.decoder().print)(self.bits())
    }

    /// The bits as the groups of a UUID.
    pub(super) fn uuid(self) -> String {
        Spelling::Uuid.print(Ulid::from_u128(self.low))
    }

    /// The bytes of the identifier, the most significant first.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let Bits { head, low } = self.bits();
        let all = [&head.to_be_bytes()[..], &low.to_be_bytes()].concat();
        let length = self.kind.decoder().width as usize / 8;
        all.get(all.len() - length..).unwrap_or_default().to_vec()
    }

    /// Name of the identifier among its parts.
    pub(super) fn own_name(self) -> &'static str {
        self.kind.decoder().own
    }

    /// Parts besides its time, and its spellings.
    pub(super) fn parts(self) -> Vec<Part> {
        let mut parts = (self.kind.decoder().parts)(self.bits());
        parts.push(("hex", self.hex()));
        if self.head == 0 {
            parts.push(("integer", self.low.to_string()));
        }
        if self.kind.decoder().width == 128 {
            let id = Ulid::from_u128(self.low);
            parts.push(("base64", Spelling::Base64.print(id)));
        }
        parts
    }

    /// The digits of the identifier in hexadecimal, as many as it has bits for.
    pub(super) fn hex(self) -> String {
        let Bits { head, low } = self.bits();
        match self.kind.decoder().width {
            160 => format!("{head:08x}{low:032x}"),
            width => format!("{low:0digits$x}", digits = width as usize / 4),
        }
    }

    /// The identifier before or after, where there is one.
    pub(super) fn step(self, forwards: bool) -> Option<Identifier> {
        let Bits { head, low } = self.bits();
        let width = self.kind.decoder().width;
        let (low, carries) = if forwards {
            low.overflowing_add(1)
        } else {
            low.overflowing_sub(1)
        };
        let head = match (carries, forwards) {
            (false, _) => head,
            (true, _) if width <= 128 => return None,
            (true, true) => head.checked_add(1)?,
            (true, false) => head.checked_sub(1)?,
        };
        let is_within = width >= 128 || low < 1 << width;
        is_within.then_some(Identifier { head, low, ..self })
    }
}

impl From<Ulid> for Identifier {
    fn from(id: Ulid) -> Identifier {
        Identifier::new(Kind::Ulid, Bits::of_128(id.to_u128()))
    }
}

#[cfg(test)]
mod tests;
