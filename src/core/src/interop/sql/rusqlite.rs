//! Columns of SQLite: text as it is written, text and 16 bytes as it is read.

use ::rusqlite::types::{
    FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef,
};

use super::AsBytes;
use crate::{Reading, Ulid, codec};

impl ToSql for Ulid {
    fn to_sql(&self) -> ::rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(Value::Text(self.to_string())))
    }
}

impl FromSql for Ulid {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Ulid> {
        match value {
            ValueRef::Text(text) => codec::parse(text, Reading::Strict)
                .map_err(|fault| FromSqlError::Other(fault.into())),
            ValueRef::Blob(bytes) => {
                Ulid::try_from(bytes).map_err(|error| FromSqlError::Other(error.into()))
            }
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

impl ToSql for AsBytes {
    fn to_sql(&self) -> ::rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(Value::Blob(self.0.to_bytes().to_vec())))
    }
}

impl FromSql for AsBytes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<AsBytes> {
        Ulid::column_result(value).map(AsBytes)
    }
}
