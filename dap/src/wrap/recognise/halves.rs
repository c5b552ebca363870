//! 128 bits as two numbers of 64: `hi: 96332863914628726, lo: 5503943799937875291`.

/// Names of the more significant half, in small letters.
const HIGH: [&str; 9] = [
    "hi",
    "high",
    "msb",
    "upper",
    "mostsigbits",
    "mostsignificantbits",
    "most_significant_bits",
    "__0",
    "0",
];
/// Names of the other half, each in the place of its first.
const LOW: [&str; 9] = [
    "lo",
    "low",
    "lsb",
    "lower",
    "leastsigbits",
    "leastsignificantbits",
    "least_significant_bits",
    "__1",
    "1",
];

/// Two halves of 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Halves {
    high: u64,
    low: u64,
    /// True if their names say which is which; else the first is the more significant one.
    pub(super) are_named: bool,
}

impl Halves {
    pub(super) fn bits(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }
}

/// True if a name is that of a half.
#[must_use]
pub fn is_name_of_half(name: &str) -> bool {
    let mut names = HIGH.iter().chain(&LOW);
    names.any(|half| half.eq_ignore_ascii_case(name))
}

/// Two numbers that are halves; `None` for what is no such pair.
pub(super) fn read(pair: &str) -> Option<Halves> {
    let (first, second) = pair.split_once(',')?;
    let (first, second) = (member(first)?, member(second)?);
    let names = (first.0.to_ascii_lowercase(), second.0.to_ascii_lowercase());
    let of_names = |high: &str, low: &str| {
        let mut pairs = HIGH.iter().zip(LOW);
        pairs.any(|(h, l)| (*h, l) == (high, low))
    };
    let are_named = !names.0.is_empty() || !names.1.is_empty();
    let (high, low) = match are_named {
        true if of_names(&names.1, &names.0) => (second.1, first.1),
        true if !of_names(&names.0, &names.1) => return None,
        _ => (first.1, second.1),
    };
    Some(Halves {
        high,
        low,
        are_named,
    })
}

/// The 12 bytes of four numbers of 24 bits, as the ObjectId of `bson` 7 for JavaScript keeps them: `i0: 7016794, i1: …`.
pub(super) fn quarters(text: &str) -> Option<[u8; 12]> {
    let mut bytes = [0; 12];
    let mut members = text.split(',');
    for (number, place) in bytes.chunks_exact_mut(3).enumerate() {
        let (name, value) = member(members.next()?)?;
        let [0, 0, 0, 0, 0, quarter @ ..] = value.to_be_bytes() else {
            return None;
        };
        if name.strip_prefix('i')?.parse() != Ok(number) {
            return None;
        }
        place.copy_from_slice(&quarter);
    }
    members.next().is_none().then_some(bytes)
}

/// The name of a half, empty where it has none, and its number.
fn member(text: &str) -> Option<(&str, u64)> {
    let text = text.trim();
    let (name, value) = text.split_once([':', '=']).unwrap_or(("", text));
    Some((name.trim(), number(value.trim())?))
}

/// A number of 64 bits. Java has them with a sign, JavaScript with an `n`.
fn number(text: &str) -> Option<u64> {
    let digits = text.strip_suffix('n').unwrap_or(text);
    if let Some(hex) = digits.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok();
    }
    match digits.parse() {
        Ok(number) => Some(number),
        Err(_) => digits.parse().ok().map(i64::cast_unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::{quarters, read};

    const BITS: u128 = 0x0156_3e3a_b5d3_d676_4c61_efb9_9302_bd5b;

    #[test]
    fn halves_are_told_by_their_names() {
        for pair in [
            "hi:96332863914628726, lo:5503943799937875291",
            "lo = 5503943799937875291, hi = 96332863914628726",
            "Hi: 96332863914628726, Lo: 5503943799937875291",
            "hi=0x1563e3ab5d3d676, lo=0x4c61efb99302bd5b",
            "high: 96332863914628726n, low: 5503943799937875291n",
            "msb=96332863914628726, lsb=5503943799937875291",
            "__0:96332863914628726, __1:5503943799937875291",
            "96332863914628726, 5503943799937875291",
            "96332863914628726,5503943799937875291",
        ] {
            assert_eq!(read(pair).map(super::Halves::bits), Some(BITS), "{pair}");
        }
        let negative = read("mostSigBits = -1, leastSigBits = -2").map(super::Halves::bits);
        assert_eq!(negative, Some(u128::MAX - 1));
        for pair in [
            "hi:1, hi:2",
            "x:1, y:2",
            "hi:1, low:2",
            "1, 2, 3",
            "hi:1",
            "hi:x, lo:2",
            "hi:1, lo:36893488147419103232",
            "",
        ] {
            assert_eq!(read(pair), None, "{pair}");
        }
    }

    #[test]
    fn quarters_are_four_in_order() {
        let bytes = quarters("i0: 5275423, i1: 7847160, i2: 7133081, i3: 4427793");
        let id = [80, 127, 31, 119, 188, 248, 108, 215, 153, 67, 144, 17];
        assert_eq!(bytes, Some(id));
        for text in [
            "i0: 1, i1: 2, i2: 3",
            "i0: 1, i1: 2, i2: 3, i3: 4, i4: 5",
            "i1: 1, i0: 2, i2: 3, i3: 4",
            "i0: 16777216, i1: 2, i2: 3, i3: 4",
            "1, 2, 3, 4",
            "",
        ] {
            assert_eq!(quarters(text), None, "{text}");
        }
    }
}
