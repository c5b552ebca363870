//! Columns by sqlx, of every database that it has: whatever it does for text, bytes and UUIDs is done for ULIDs.

#[cfg(feature = "uuid")]
use core::convert::Infallible;

use ::sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

use super::AsBytes;
#[cfg(feature = "uuid")]
use super::AsUuid;
use crate::Ulid;

/// A type whose values are written as those of another, which a database has.
macro_rules! column {
    ($ours:ty as $theirs:ty, $written:expr, from $lent:ty, $read:expr) => {
        impl<DB: Database> Type<DB> for $ours
        where
            $theirs: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$theirs as Type<DB>>::type_info()
            }

            fn compatible(column: &DB::TypeInfo) -> bool {
                <$theirs as Type<DB>>::compatible(column)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $ours
        where
            $theirs: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, out: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let written: $theirs = $written(*self);
                written.encode(out)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $ours
        where
            $lent: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<$ours, BoxDynError> {
                let read: $lent = Decode::decode(value)?;
                Ok($read(read)?)
            }
        }
    };
}

column!(
    Ulid as String, |id: Ulid| id.to_string(),
    from &'r str, |text: &str| text.trim_end_matches(' ').parse::<Ulid>()
);

column!(
    AsBytes as Vec<u8>, |AsBytes(id)| id.to_bytes().to_vec(),
    from &'r [u8], |bytes: &[u8]| bytes.try_into().map(AsBytes)
);

#[cfg(feature = "uuid")]
column!(
    AsUuid as ::uuid::Uuid,
    |AsUuid(id): AsUuid| id.into(),
    from::uuid::Uuid,
    |uuid: ::uuid::Uuid| Ok::<_, Infallible>(AsUuid(uuid.into()))
);
