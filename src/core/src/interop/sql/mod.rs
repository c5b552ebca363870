//! ULIDs in the columns of databases.
//!
//! A [`Ulid`] is text in a column. With sqlx and rusqlite, where a column is of another type, its value is wrapped:
//! [`AsBytes`] for `BYTEA`, `BLOB` and `BINARY(16)`, `AsUuid` for `UUID` (with the feature `uuid`). All three sort as ULIDs
//! do. With `postgres-types` the column says itself what it is, so a [`Ulid`] goes into any of them as it is.

#[cfg(feature = "postgres-types")]
mod postgres;
#[cfg(feature = "rusqlite")]
mod rusqlite;
#[cfg(feature = "sqlx")]
mod sqlx;

use crate::Ulid;

macro_rules! wrapper {
    ($(#[$what:meta])* $name:ident) => {
        $(#[$what])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[repr(transparent)]
        pub struct $name(pub Ulid);

        impl From<Ulid> for $name {
            #[inline]
            fn from(id: Ulid) -> $name {
                $name(id)
            }
        }

        impl From<$name> for Ulid {
            #[inline]
            fn from(id: $name) -> Ulid {
                id.0
            }
        }
    };
}

wrapper! {
    /// A ULID in a column of bytes.
    AsBytes
}

#[cfg(feature = "uuid")]
wrapper! {
    /// A ULID in a column of UUIDs.
    AsUuid
}
