//! A ULID as the literal that an adapter understands when a variable is set.

use std::borrow::Cow;

use ulid_engine::{
    Reading, Timestamp, Ulid,
    anatomy::Form,
    codec,
    timestamp::{InZone, TimeZone},
};

use super::{
    family::Family,
    recognise::{Shape, names_a_ulid},
};

/// A variable that showed a ULID.
#[derive(Debug, Clone)]
pub(super) struct Target<'a> {
    pub(super) family: Family,
    pub(super) id: Ulid,
    pub(super) shape: Shape,
    /// Whether something stood around the ULID: a constructor, a struct's braces, a pointer.
    pub(super) wrapped: bool,
    pub(super) type_name: Option<Cow<'a, str>>,
    /// An expression of the debuggee's language for the variable.
    pub(super) expression: Option<Cow<'a, str>>,
}

/// Why a variable cannot be set to a ULID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{family} cannot write a ULID here: {reason}")]
pub(super) struct Refusal {
    family: Family,
    reason: &'static str,
}

/// Reads what a user typed: a ULID, a UUID or a time, with or without quotes. A time keeps the randomness of `old`.
pub(super) fn read(typed: &str, old: Ulid, zone: &TimeZone) -> Option<Ulid> {
    let typed = typed.trim();
    let typed = ['"', '\'', '`']
        .iter()
        .find_map(|&quote| typed.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(typed);
    match Form::read(typed, Reading::Strict) {
        Ok((Form::Ulid | Form::Uuid | Form::Urn, id)) => return Some(id),
        // numbers and other spellings are the debuggee's own
        Ok(_) => return None,
        Err(_) => {}
    }
    // a year alone is a number too
    let is_time = typed.len() >= "2016-07-30".len() && typed.contains('-');
    let time = Timestamp::parse_in(typed, zone).ok().filter(|_| is_time)?;
    Ulid::from_parts(time.ms(), old.random()).ok()
}

/// The literal that sets a variable to a ULID.
pub(super) fn literal(target: &Target<'_>, id: Ulid) -> Result<String, Refusal> {
    let written = match target.family {
        Family::Debugpy => python(target, id),
        Family::Js => javascript(target, id),
        Family::Delve => go(target, id),
        Family::Lldb | Family::CodeLldb | Family::Gdb => native(target, id),
    };
    written.map_err(|reason| Refusal {
        family: target.family,
        reason,
    })
}

fn python(target: &Target<'_>, id: Ulid) -> Result<String, &'static str> {
    let type_name = target.type_name.as_deref().unwrap_or_default();
    let bytes = || {
        let escapes: String = id
            .to_bytes()
            .iter()
            .map(|byte| format!("\\x{byte:02x}"))
            .collect();
        format!("b'{escapes}'")
    };
    let of_type = |arguments: String| match &target.expression {
        Some(expression) => Ok(format!("type({expression})({arguments})")),
        None => Err("there is no expression for this object"),
    };
    match (type_name, target.shape) {
        ("str" | "", Shape::Text(_)) if !target.wrapped => Ok(format!("'{}'", codec::print(id))),
        ("str" | "", Shape::Uuid) if !target.wrapped => Ok(format!("'{}'", Form::Uuid.print(id))),
        ("bytes", Shape::ByteText) => Ok(format!("b'{}'", codec::print(id))),
        ("bytearray", Shape::ByteText) => Ok(format!("bytearray(b'{}')", codec::print(id))),
        ("bytes", Shape::Bytes) => Ok(bytes()),
        ("bytearray", Shape::Bytes) => Ok(format!("bytearray({})", bytes())),
        ("list", Shape::List) => Ok(format!("[{}]", numbers(id))),
        ("int", Shape::Integer) => Ok(id.to_u128().to_string()),
        ("UUID", _) => of_type(format!("bytes={}", bytes())),
        (name, _) if names_a_ulid(name) => of_type(bytes()),
        _ => Err("how to build an object of this type is not known"),
    }
}

fn javascript(target: &Target<'_>, id: Ulid) -> Result<String, &'static str> {
    let type_name = target.type_name.as_deref().unwrap_or_default();
    match (type_name, target.shape) {
        ("string" | "", Shape::Text(_)) if !target.wrapped => Ok(format!("'{}'", codec::print(id))),
        ("string" | "", Shape::Uuid) if !target.wrapped => {
            Ok(format!("'{}'", Form::Uuid.print(id)))
        }
        ("String", Shape::Text(_)) => Ok(format!("new String('{}')", codec::print(id))),
        ("bigint", Shape::Integer) => Ok(format!("{}n", id.to_u128())),
        ("Array", Shape::List) => Ok(format!("[{}]", numbers(id))),
        ("Uint8Array", Shape::List) => Ok(format!("new Uint8Array([{}])", numbers(id))),
        ("Buffer", Shape::List) => Ok(format!("Buffer.from([{}])", numbers(id))),
        _ => Err("how to build an object of this type is not known"),
    }
}

fn go(target: &Target<'_>, id: Ulid) -> Result<String, &'static str> {
    match target.shape {
        Shape::Text(_) if !target.wrapped => Ok(format!("\"{}\"", codec::print(id))),
        Shape::Uuid if !target.wrapped => Ok(format!("\"{}\"", Form::Uuid.print(id))),
        _ => Err("it sets strings and numbers, but no arrays; set the single bytes"),
    }
}

fn native(target: &Target<'_>, id: Ulid) -> Result<String, &'static str> {
    match target.shape {
        Shape::Integer if !target.wrapped => Ok(id.to_u128().to_string()),
        Shape::Integer => Err("it sets numbers, but no structures; set the number inside"),
        _ => Err("it sets numbers, but no strings and arrays; set the single elements"),
    }
}

fn numbers(id: Ulid) -> String {
    id.to_bytes().map(|byte| byte.to_string()).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "01BX5ZZKBKACTAV9WEVGEMMVRY";

    fn id(text: &str) -> Ulid {
        codec::parse(text, Reading::Strict).unwrap()
    }

    fn target(family: Family, type_name: &str, shape: Shape, wrapped: bool) -> Target<'_> {
        Target {
            family,
            id: id("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            shape,
            wrapped,
            type_name: (!type_name.is_empty()).then_some(type_name.into()),
            expression: Some("obj".into()),
        }
    }

    #[test]
    fn literals_of_each_adapter() {
        use Family::*;
        let numbers = "1, 95, 75, 255, 205, 115, 83, 52, 173, 167, 142, 220, 29, 74, 111, 30";
        let bytes = r"b'\x01\x5f\x4b\xff\xcd\x73\x53\x34\xad\xa7\x8e\xdc\x1d\x4a\x6f\x1e'";
        let cases = [
            (Debugpy, "str", Shape::Text('\''), false, format!("'{NEW}'")),
            (
                Debugpy,
                "str",
                Shape::Uuid,
                false,
                "'015f4bff-cd73-5334-ada7-8edc1d4a6f1e'".into(),
            ),
            (
                Debugpy,
                "bytes",
                Shape::ByteText,
                false,
                format!("b'{NEW}'"),
            ),
            (Debugpy, "bytes", Shape::Bytes, false, bytes.into()),
            (
                Debugpy,
                "bytearray",
                Shape::Bytes,
                true,
                format!("bytearray({bytes})"),
            ),
            (Debugpy, "list", Shape::List, false, format!("[{numbers}]")),
            (
                Debugpy,
                "int",
                Shape::Integer,
                false,
                "1824037644831285921095405231938367262".into(),
            ),
            (
                Debugpy,
                "ULID",
                Shape::Bare,
                true,
                format!("type(obj)({bytes})"),
            ),
            (
                Debugpy,
                "UUID",
                Shape::Uuid,
                true,
                format!("type(obj)(bytes={bytes})"),
            ),
            (Js, "string", Shape::Text('\''), false, format!("'{NEW}'")),
            (
                Js,
                "bigint",
                Shape::Integer,
                false,
                "1824037644831285921095405231938367262n".into(),
            ),
            (
                Js,
                "Uint8Array",
                Shape::List,
                false,
                format!("new Uint8Array([{numbers}])"),
            ),
            (
                Js,
                "Buffer",
                Shape::List,
                false,
                format!("Buffer.from([{numbers}])"),
            ),
            (
                Delve,
                "string",
                Shape::Text('"'),
                false,
                format!("\"{NEW}\""),
            ),
            (
                Lldb,
                "unsigned __int128",
                Shape::Integer,
                false,
                "1824037644831285921095405231938367262".into(),
            ),
        ];
        for (family, type_name, shape, wrapped, expected) in cases {
            let target = target(family, type_name, shape, wrapped);
            assert_eq!(
                literal(&target, id(NEW)).as_ref(),
                Ok(&expected),
                "{target:?}"
            );
        }
    }

    #[test]
    fn what_an_adapter_cannot_write_it_says() {
        use Family::*;
        for (family, type_name, shape, wrapped, says) in [
            (
                Delve,
                "[16]uint8",
                Shape::List,
                false,
                "delve cannot write a ULID here: it sets strings",
            ),
            (
                Lldb,
                "std::string",
                Shape::Text('"'),
                false,
                "lldb-dap cannot write",
            ),
            (
                CodeLldb,
                "ulid::Ulid",
                Shape::Integer,
                true,
                "set the number inside",
            ),
            (Js, "symbol", Shape::Bare, true, "not known"),
            (Debugpy, "Rec", Shape::Text('\''), true, "not known"),
        ] {
            let refusal = literal(&target(family, type_name, shape, wrapped), id(NEW)).unwrap_err();
            assert!(refusal.to_string().contains(says), "{refusal}");
        }
    }

    #[test]
    fn what_can_be_typed() {
        let old = id("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        let typed = |text: &str| read(text, old, &TimeZone::UTC);
        for text in [
            NEW,
            "'01BX5ZZKBKACTAV9WEVGEMMVRY'",
            " \"01bx5zzkbkactav9wevgemmvry\" ",
            "015f4bff-cd73-5334-ada7-8edc1d4a6f1e",
        ] {
            assert_eq!(typed(text), Some(id(NEW)), "{text}");
        }
        let moved = typed("2020-01-01T00:00:00Z").unwrap();
        assert_eq!(Timestamp::of(moved).to_string(), "2020-01-01T00:00:00.000Z");
        assert_eq!(moved.random(), old.random());
        for text in [
            "5",
            "2020",
            "1824037644831285921095405231938367262",
            "x + 1",
            "",
            "'",
        ] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
