//! The type of the `ulid` crate, which holds the same 128 bits.

use crate::Ulid;

impl From<::ulid::Ulid> for Ulid {
    #[inline]
    fn from(id: ::ulid::Ulid) -> Ulid {
        Ulid::from_u128(id.0)
    }
}

impl From<Ulid> for ::ulid::Ulid {
    #[inline]
    fn from(id: Ulid) -> ::ulid::Ulid {
        ::ulid::Ulid(id.to_u128())
    }
}
