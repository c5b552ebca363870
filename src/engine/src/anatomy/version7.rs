use crate::Ulid;

/// The 128 bits with the version and the variant of a UUID of version 7 (RFC 9562) put over six of the random bits.
/// The time stays; the six bits are lost.
#[must_use]
pub fn as_version_7(id: Ulid) -> Ulid {
    const VERSION: u128 = 0xF << 76;
    const VARIANT: u128 = 0b11 << 62;
    Ulid::from_u128(id.to_u128() & !VERSION & !VARIANT | 0x7 << 76 | 0b10 << 62)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn six_bits_change(bits: u128) {
            let uuid = uuid_text(as_version_7(Ulid::from_u128(bits)));
            prop_assert_eq!(&uuid[14..15], "7");
            prop_assert!("89ab".contains(&uuid[19..20]));
            let original = uuid_text(Ulid::from_u128(bits));
            prop_assert_eq!((&uuid[..14], &uuid[15..19], &uuid[20..]), (&original[..14], &original[15..19], &original[20..]));
            prop_assert_eq!((as_version_7(Ulid::from_u128(bits)).to_u128() ^ bits) & !(0xF << 76 | 0b11 << 62), 0);
        }
    }

    fn uuid_text(id: Ulid) -> String {
        crate::row::Spelling::Uuid.print(id)
    }
}
