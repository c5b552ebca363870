//! UUIDs by their version, and TypeIDs, which are UUIDs in other letters.
//!
//! A UUID says by its variant and version what it is (RFC 9562, sections 4.1 and 4.2). Versions 1, 6 and 7 have a time; the
//! others have none, and are left alone.

use ulid_engine::{Reading, Ulid, codec, row::Spelling};

use super::{Bits, Decoder, Evidence, Hint, Kind, Part, Written};

pub(super) const VERSION_7: Decoder = Decoder {
    kind: Kind::Uuidv7,
    name: "UUIDv7",
    own: "uuid",
    width: 128,
    recognise: |written, hint| of_version(7, written, hint),
    ms: |bits| Some(bits.first_48()),
    at: |bits, ms| Some(bits.with_first_48(ms)),
    parts: |bits| parts_of_version_7(bits.low).into(),
    print,
    read,
};

pub(super) const VERSION_1: Decoder = Decoder {
    kind: Kind::Uuidv1,
    name: "UUIDv1",
    recognise: |written, hint| of_version(1, written, hint),
    ms: |bits| ms_of(ticks_of_version_1(bits.low)),
    at: |bits, ms| {
        let ticks = ticks_at(ms);
        let time = (ticks & 0xffff_ffff) << 96
            | (ticks >> 32 & 0xffff) << 80
            | (ticks >> 48 & 0xfff) << 64;
        Some(Bits::of_128(without_time(bits.low) | time))
    },
    parts: machine,
    ..VERSION_7
};

pub(super) const VERSION_6: Decoder = Decoder {
    kind: Kind::Uuidv6,
    name: "UUIDv6",
    recognise: |written, hint| of_version(6, written, hint),
    ms: |bits| ms_of(bits.low >> 80 << 12 | bits.low >> 64 & 0xfff),
    at: |bits, ms| {
        let ticks = ticks_at(ms);
        let time = (ticks >> 12) << 80 | (ticks & 0xfff) << 64;
        Some(Bits::of_128(without_time(bits.low) | time))
    },
    parts: machine,
    ..VERSION_7
};

/// A prefix is part of the text, so that nothing can be typed that would replace a TypeID without it.
pub(super) const TYPE_ID: Decoder = Decoder {
    kind: Kind::Typeid,
    name: "TypeID",
    own: "suffix",
    recognise: |written, _| match written {
        Written::Prefixed(text) => {
            let id = codec::parse(text, Reading::Strict).ok()?.to_u128();
            is_type_id(text, id).then_some((Bits::of_128(id), Evidence::Version))
        }
        _ => None,
    },
    parts: |bits| {
        let mut parts: Vec<Part> = parts_of_version_7(bits.low).into();
        parts.push(("uuid", print(bits)));
        parts
    },
    print: |bits| {
        let text = codec::print(Ulid::from_u128(bits.low)).to_string();
        text.to_ascii_lowercase()
    },
    ..VERSION_7
};

/// True if a text in small letters behind a prefix has the bits of a UUID of version 7.
pub(super) fn is_type_id(text: &[u8], bits: u128) -> bool {
    !text.iter().any(u8::is_ascii_uppercase) && version(bits) == Some(7)
}

/// The version of a UUID of the variant that RFC 9562 describes; `None` for other bits.
pub(super) fn version(bits: u128) -> Option<u8> {
    let is_described = (bits >> 62) & 0b11 == 0b10;
    let version = u8::try_from((bits >> 76) & 0xf).ok()?;
    (is_described && (1..=8).contains(&version)).then_some(version)
}

/// A UUID says itself what it is; other bits have that said of them.
fn of_version(wanted: u8, written: Written<'_>, hint: Hint) -> Option<(Bits, Evidence)> {
    let (bits, evidence) = match written {
        Written::Uuid(bits) => (bits, Evidence::Version),
        Written::Bits(bits) => (bits, Evidence::NamedVersion),
        Written::Bytes(bytes) => {
            let bits = u128::from_be_bytes(bytes.try_into().ok()?);
            (bits, Evidence::NamedVersion)
        }
        Written::Text(_) | Written::Prefixed(_) | Written::Number(_) => return None,
    };
    let is_meant = match evidence {
        Evidence::Version => hint < Hint::Ulid,
        _ => hint == Hint::Uuid,
    };
    (is_meant && version(bits) == Some(wanted)).then_some((Bits::of_128(bits), evidence))
}

fn print(bits: Bits) -> String {
    Spelling::Uuid.print(Ulid::from_u128(bits.low))
}

/// A UUID or a ULID, as a user types either for the other.
pub(super) fn read(text: &str) -> Option<Bits> {
    match Spelling::read(text, Reading::Strict) {
        Ok((Spelling::Ulid | Spelling::Uuid | Spelling::Urn, id)) => {
            Some(Bits::of_128(id.to_u128()))
        }
        // numbers and other spellings are the debuggee's own
        _ => None,
    }
}

fn parts_of_version_7(bits: u128) -> [Part; 2] {
    let counter = (bits >> 64) & 0xfff;
    let random = bits & ((1 << 62) - 1);
    [
        ("counter", counter.to_string()),
        ("random", format!("{random:016x}")),
    ]
}

fn machine(bits: Bits) -> Vec<Part> {
    let clock = (bits.low >> 48) & 0x3fff;
    let node = bits.low & ((1 << 48) - 1);
    vec![
        ("clock_seq", clock.to_string()),
        ("node", format!("{node:012x}")),
    ]
}

/// The begin of the Gregorian calendar before 1970, in steps of 100 ns.
const GREGORIAN: u128 = 0x01b2_1dd2_1381_4000;

fn without_time(bits: u128) -> u128 {
    bits & !(0xffff_ffff_ffff_0fff << 64)
}

fn ticks_of_version_1(bits: u128) -> u128 {
    (bits >> 64 & 0xfff) << 48 | (bits >> 80 & 0xffff) << 32 | bits >> 96
}

fn ms_of(ticks: u128) -> Option<u64> {
    u64::try_from(ticks.checked_sub(GREGORIAN)? / 10_000).ok()
}

fn ticks_at(ms: u64) -> u128 {
    u128::from(ms) * 10_000 + GREGORIAN
}
