//! KSUIDs: 32 bits of seconds since 2014-05-13T16:53:20Z and 128 random bits, as 27 characters of base 62.

use super::{Bits, Decoder, Evidence, Hint, Kind, Written};

pub(super) const KSUID: Decoder = Decoder {
    kind: Kind::Ksuid,
    name: "KSUID",
    own: "ksuid",
    width: 160,
    recognise,
    ms: |bits| Some((u64::from(bits.head) + EPOCH) * 1000),
    at: |bits, ms| {
        let head = u32::try_from((ms / 1000).checked_sub(EPOCH)?).ok()?;
        Some(Bits { head, ..bits })
    },
    parts: |bits| {
        vec![
            ("seconds", bits.head.to_string()),
            ("payload", format!("{:032x}", bits.low)),
        ]
    },
    print,
    read: |text| read(text.as_bytes()),
};

/// The seconds of the year 1970 that a KSUID counts from.
const EPOCH: u64 = 1_400_000_000;
const TEXT_LEN: usize = 27;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn recognise(written: Written<'_>, hint: Hint) -> Option<(Bits, Evidence)> {
    let bits = match written {
        Written::Text(text) | Written::Prefixed(text) if has_both_cases(text) => read(text)?,
        Written::Bytes(bytes) if hint == Hint::Ksuid => {
            let (head, low) = bytes.split_first_chunk()?;
            Bits {
                head: u32::from_be_bytes(*head),
                low: u128::from_be_bytes(low.try_into().ok()?),
            }
        }
        _ => return None,
    };
    Some((bits, Evidence::Bits))
}

/// True if a text has capital and small letters, as all but one in a million have. An ID with a letter too many has not.
fn has_both_cases(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase)
}

/// 160 bits, as five digits of 32 bits.
type Limbs = [u32; 5];

fn read(text: &[u8]) -> Option<Bits> {
    if text.len() != TEXT_LEN {
        return None;
    }
    let mut limbs: Limbs = [0; 5];
    for byte in text {
        let digit = DIGITS.iter().position(|digit| digit == byte)?;
        let mut carry = u64::try_from(digit).ok()?;
        for limb in limbs.iter_mut().rev() {
            let sum = u64::from(*limb) * 62 + carry;
            *limb = low_half(sum);
            carry = sum >> 32;
        }
        if carry != 0 {
            return None;
        }
    }
    let [head, rest @ ..] = limbs;
    let low = rest
        .iter()
        .fold(0_u128, |low, limb| low << 32 | u128::from(*limb));
    Some(Bits { head, low })
}

fn print(bits: Bits) -> String {
    let low = bits.low;
    let limb = |shift: u32| low_half(((low >> shift) & 0xffff_ffff) as u64);
    let mut limbs: Limbs = [bits.head, limb(96), limb(64), limb(32), limb(0)];
    let mut text = [b'0'; TEXT_LEN];
    for place in text.iter_mut().rev() {
        let mut rest = 0_u64;
        for limb in &mut limbs {
            let dividend = rest << 32 | u64::from(*limb);
            *limb = low_half(dividend / 62);
            rest = dividend % 62;
        }
        let digit = usize::try_from(rest).ok();
        *place = digit
            .and_then(|digit| DIGITS.get(digit))
            .copied()
            .unwrap_or(b'0');
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn low_half(number: u64) -> u32 {
    (number & 0xffff_ffff) as u32
}
