//! ULIDs.

use ulid_engine::{
    Reading, Ulid,
    codec::{self, TEXT_LEN},
    row::Spelling,
};

use super::{Bits, Decoder, Evidence, Hint, Kind, Written, uuid};

pub(super) const ULID: Decoder = Decoder {
    kind: Kind::Ulid,
    name: "ULID",
    own: "ulid",
    width: 128,
    recognise,
    ms: |bits| Some(bits.first_48()),
    at: |bits, ms| Some(bits.with_first_48(ms)),
    parts: |bits| {
        let randomness = bits.low & ((1 << 80) - 1);
        let id = Ulid::from_u128(bits.low);
        vec![
            ("randomness", format!("{randomness:020x}")),
            ("uuid", Spelling::Uuid.print(id)),
        ]
    },
    print: |bits| codec::print(Ulid::from_u128(bits.low)).to_string(),
    read: uuid::read,
};

fn recognise(written: Written<'_>, hint: Hint) -> Option<(Bits, Evidence)> {
    let (bits, evidence) = match written {
        Written::Text(text) => self::text(text)?,
        Written::Prefixed(text) => {
            let found = self::text(text)?;
            // a TypeID
            let is_other = hint < Hint::Ulid && uuid::is_type_id(text, found.0.low);
            (!is_other).then_some(found)?
        }
        Written::Uuid(bits) if hint == Hint::Ulid || uuid::version(bits).is_none() => {
            (Bits::of_128(bits), Evidence::Bits)
        }
        Written::Bits(bits) => bits_of(bits, hint)?,
        Written::Bytes(bytes) => bits_of(u128::from_be_bytes(bytes.try_into().ok()?), hint)?,
        Written::Uuid(_) | Written::Number(_) => return None,
    };
    Some((bits, evidence))
}

/// Bits of which a name may say that they have a version: every eighth ULID has bits like one.
fn bits_of(bits: u128, hint: Hint) -> Option<(Bits, Evidence)> {
    let is_other = hint == Hint::Uuid && uuid::version(bits).is_some();
    (!is_other).then_some((Bits::of_128(bits), Evidence::Bits))
}

/// The text of a ULID, of one case.
fn text(text: &[u8]) -> Option<(Bits, Evidence)> {
    let text: &[u8; TEXT_LEN] = text.try_into().ok()?;
    // most are none, and nobody asks why
    if !codec::is_valid(text, Reading::Strict) {
        return None;
    }
    let id = codec::parse(text, Reading::Strict).ok()?;
    // among letters and digits of ASCII a letter has the bit 0x40, and a small one 0x20 beside it
    let (letters, small) = text.iter().fold((0, 0), |(letters, small), byte| {
        let is_letter = u32::from(byte & 0x40 != 0);
        (
            letters + is_letter,
            small + (is_letter & u32::from(byte >> 5)),
        )
    });
    let (upper, lower) = (small < letters, small > 0);
    let evidence = match (upper, lower) {
        (true, false) => Evidence::Text,
        // no implementation mixes them
        (true, true) => return None,
        (false, true) => Evidence::DoubtfulText,
        (false, false) => Evidence::Digits,
    };
    Some((Bits::of_128(id.to_u128()), evidence))
}
