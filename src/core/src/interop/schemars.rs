//! JSON Schemas of what serde writes in readable formats.

use alloc::{borrow::Cow, format};

use ::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{Kind, Prefixed, Timestamp, Ulid};

impl JsonSchema for Ulid {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Ulid".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "ulid_core::Ulid".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "ulid",
            "pattern": "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$",
        })
    }
}

impl<K: Kind> JsonSchema for Prefixed<K> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Prefixed_{}", K::PREFIX).into()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("ulid_core::Prefixed_{}", K::PREFIX).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let prefix = K::PREFIX;
        json_schema!({
            "type": "string",
            "pattern": format!("^{prefix}_[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{{25}}$"),
        })
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "ulid_core::Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
