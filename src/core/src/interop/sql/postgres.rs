//! Columns of PostgreSQL by `postgres-types`: text, bytes and UUIDs, as the server says that they are.

use core::error::Error;

use ::postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use bytes::BytesMut;

use crate::Ulid;

impl<'a> FromSql<'a> for Ulid {
    fn from_sql(column: &Type, raw: &'a [u8]) -> Result<Ulid, Box<dyn Error + Sync + Send>> {
        match *column {
            Type::UUID | Type::BYTEA => Ok(raw.try_into()?),
            // A column of a fixed width fills up with spaces.
            Type::BPCHAR => Ok(str::from_utf8(raw)?.trim_end_matches(' ').parse()?),
            _ => Ok(str::from_utf8(raw)?.parse()?),
        }
    }

    fn accepts(column: &Type) -> bool {
        is_ours(column)
    }
}

impl ToSql for Ulid {
    fn to_sql(
        &self,
        column: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match *column {
            Type::UUID | Type::BYTEA => out.extend_from_slice(&self.to_bytes()),
            _ => out.extend_from_slice(self.text().as_bytes()),
        }
        Ok(IsNull::No)
    }

    fn accepts(column: &Type) -> bool {
        is_ours(column)
    }

    to_sql_checked!();
}

fn is_ours(column: &Type) -> bool {
    matches!(
        *column,
        Type::UUID | Type::BYTEA | Type::TEXT | Type::VARCHAR | Type::BPCHAR
    )
}
