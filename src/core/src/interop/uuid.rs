//! UUIDs of the same 128 bits. A UUID of version 7 is read as the ULID that sorts beside it; one that is made of a ULID has
//! no version.

use ::uuid::Uuid;

use crate::Ulid;

impl From<Uuid> for Ulid {
    #[inline]
    fn from(uuid: Uuid) -> Ulid {
        Ulid::from_u128(uuid.as_u128())
    }
}

impl From<Ulid> for Uuid {
    #[inline]
    fn from(id: Ulid) -> Uuid {
        Uuid::from_u128(id.to_u128())
    }
}
