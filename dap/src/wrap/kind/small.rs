//! Identifiers of fewer than 128 bits: ObjectIds of MongoDB, and Snowflakes.

use super::{Bits, Decoder, Evidence, Hint, Kind, Written};

/// Seconds since 1970 in 32 bits, 40 random bits of the process, 24 of a counter.
pub(super) const OBJECT_ID: Decoder = Decoder {
    kind: Kind::Objectid,
    name: "ObjectId",
    own: "objectid",
    width: 96,
    recognise: |written, hint| {
        let bits = match written {
            Written::Text(text) => digits(text)?,
            Written::Bytes(bytes) => bytes_of_12(bytes)?,
            _ => return None,
        };
        (hint == Hint::ObjectId).then_some((Bits::of_128(bits), Evidence::Bits))
    },
    ms: |bits| Some(low_64(bits.low >> 64) * 1000),
    at: |bits, ms| {
        let seconds = u32::try_from(ms / 1000).ok()?;
        let rest = bits.low & ((1 << 64) - 1);
        Some(Bits::of_128(u128::from(seconds) << 64 | rest))
    },
    parts: |bits| {
        let process = (bits.low >> 24) & ((1 << 40) - 1);
        let counter = bits.low & ((1 << 24) - 1);
        vec![
            ("process", format!("{process:010x}")),
            ("counter", counter.to_string()),
        ]
    },
    print: |bits| format!("{:024x}", bits.low),
    read: |text| Some(Bits::of_128(digits(text.as_bytes())?)),
};

/// 41 bits of milliseconds since 2010-11-04T01:42:54.657Z, 10 of a machine, 12 of a sequence.
pub(super) const SNOWFLAKE: Decoder = Decoder {
    kind: Kind::Snowflake,
    name: "Snowflake",
    own: "snowflake",
    width: 64,
    recognise: number,
    ms: |bits| Some(low_64(bits.low >> 22) + OF_TWITTER),
    at: |bits, ms| snowflake_at(bits, ms, OF_TWITTER),
    parts: |bits| {
        vec![
            ("machine", (bits.low >> 12 & 0x3ff).to_string()),
            ("sequence", (bits.low & 0xfff).to_string()),
        ]
    },
    print: |bits| bits.low.to_string(),
    // a number is the debuggee's own
    read: |_| None,
};

/// The same since 2015, with a worker and a process in place of the machine.
pub(super) const DISCORD: Decoder = Decoder {
    kind: Kind::Discord,
    name: "Discord",
    ms: |bits| Some(low_64(bits.low >> 22) + OF_DISCORD),
    at: |bits, ms| snowflake_at(bits, ms, OF_DISCORD),
    parts: |bits| {
        vec![
            ("worker", (bits.low >> 17 & 0x1f).to_string()),
            ("process", (bits.low >> 12 & 0x1f).to_string()),
            ("increment", (bits.low & 0xfff).to_string()),
        ]
    },
    ..SNOWFLAKE
};

const OF_TWITTER: u64 = 1_288_834_974_657;
const OF_DISCORD: u64 = 1_420_070_400_000;
/// The fewest digits of a Snowflake that is older than a minute.
const FEWEST: usize = 12;

fn number(written: Written<'_>, hint: Hint) -> Option<(Bits, Evidence)> {
    let number = match written {
        Written::Number(number) => number,
        // JSON has them as text, since its numbers are not exact
        Written::Text(text) if text.len() >= FEWEST && text.iter().all(u8::is_ascii_digit) => {
            str::from_utf8(text).ok()?.parse().ok()?
        }
        _ => return None,
    };
    let is_positive = i64::try_from(number).is_ok();
    (is_positive && hint > Hint::None).then_some((Bits::of_128(number.into()), Evidence::Bits))
}

fn snowflake_at(bits: Bits, ms: u64, epoch: u64) -> Option<Bits> {
    let since = u128::from(ms.checked_sub(epoch)?);
    let low = since << 22 | bits.low & ((1 << 22) - 1);
    (low < 1 << 63).then_some(Bits::of_128(low))
}

fn low_64(bits: u128) -> u64 {
    (bits & u128::from(u64::MAX)) as u64
}

/// 24 hexadecimal digits in small letters, as every driver writes them.
fn digits(text: &[u8]) -> Option<u128> {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let is_it = text.len() == 24 && text.iter().all(is_digit);
    let text = is_it.then(|| str::from_utf8(text).ok())??;
    u128::from_str_radix(text, 16).ok()
}

fn bytes_of_12(bytes: &[u8]) -> Option<u128> {
    let is_it = bytes.len() == 12;
    is_it.then(|| {
        let number = bytes.iter();
        number.fold(0, |number, byte| number << 8 | u128::from(*byte))
    })
}
