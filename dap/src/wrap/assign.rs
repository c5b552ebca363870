//! A ULID as the literal that an adapter understands when a variable is set.

use std::borrow::Cow;

use ulid_engine::{
    Timestamp, codec,
    timestamp::{InZone, TimeZone},
};

use super::{
    family::Family,
    kind::{Identifier, Kind},
    recognise::{Case, Found, Shape, names_a_ulid},
};

/// A variable that showed a ULID.
#[derive(Debug, Clone)]
pub(super) struct Target<'a> {
    pub(super) found: Found,
    pub(super) type_name: Option<Cow<'a, str>>,
    /// An expression of the debuggee's language for the variable.
    pub(super) expression: Option<Cow<'a, str>>,
}

/// Identifier that a user typed for a variable that shows a ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) id: Identifier,
    /// The case of its letters, where it has any that say so.
    case: Option<Case>,
}

/// Why a variable cannot be set to a ULID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot write a ULID here: {reason}", family.map_or_else(|| "this debugger".to_owned(), |family| family.to_string()))]
pub(super) struct Refusal {
    family: Option<Family>,
    reason: &'static str,
}

/// Reads what a user typed: a bare identifier of the kind of `old`, a ULID for a UUID and the reverse, or a time. A time keeps
/// the rest of `old`.
///
/// Everything else is the debuggee's own language, first of all what stands in quotes.
pub(super) fn read(typed: &str, old: Identifier, zone: &TimeZone) -> Option<Typed> {
    let typed = typed.trim();
    if let Some(id) = old.read_like(typed) {
        // the letters of a UUID have a case of their own
        let is_ulid = typed.len() == codec::TEXT_LEN;
        let case = is_ulid.then(|| Case::of(typed));
        return Some(Typed { id, case });
    }
    // a year alone is a number too
    let is_time = typed.len() >= "2016-07-30".len() && typed.contains('-');
    let time = Timestamp::parse_in(typed, zone).ok().filter(|_| is_time)?;
    let id = old.at(time)?;
    Some(Typed { id, case: None })
}

/// The literal that sets a variable to a ULID.
pub(super) fn literal(
    target: &Target<'_>,
    typed: Typed,
    family: Option<Family>,
) -> Result<String, Refusal> {
    // a UUID and digits are in their own case, however the ULID was typed
    let is_own = matches!(target.found.shape, Shape::Uuid | Shape::Hex);
    let case = typed.case.filter(|_| !is_own);
    let value = Value {
        id: typed.id,
        case: case.unwrap_or(target.found.case),
    };
    let prefixed = "a prefix stands before it; type the whole text as the program writes it";
    let halved = "it is two numbers; set each of them, or type the object as the program writes it";
    let written = match family {
        _ if target.found.shape == Shape::Prefixed => Err(prefixed),
        _ if target.found.shape == Shape::Halves => Err(halved),
        Some(Family::Debugpy) => python(target, value),
        Some(Family::Js) => javascript(target, value),
        Some(Family::Delve) => go(target, value),
        Some(Family::Gdb) => gdb(target, value.id),
        Some(Family::OpenDebug) => {
            native(target, value.id).and_then(|written| up_to_64_bits(value.id, written))
        }
        Some(Family::Rdbg) => text_alone(target, value, "assign the object in the console"),
        Some(Family::Php) => text_alone(
            target,
            value,
            "it sets strings and numbers; set what is inside of the object",
        ),
        Some(Family::Java | Family::NetCoreDbg) => text_alone(
            target,
            value,
            "it sets strings and numbers, but no objects and arrays",
        ),
        Some(Family::Lldb | Family::CodeLldb) => native(target, value.id),
        None => unknown(target, value),
    };
    written.map_err(|reason| Refusal { family, reason })
}

/// Value to be written.
#[derive(Debug, Clone, Copy)]
struct Value {
    id: Identifier,
    /// The case of the letters of a text.
    case: Case,
}

impl Value {
    /// The text of the identifier, in the case of what it replaces where its kind has both.
    fn text(self) -> String {
        let text = self.id.print();
        match self.id.kind() {
            Kind::Ksuid | Kind::Objectid | Kind::Snowflake | Kind::Discord => text,
            _ => self.in_case(&text),
        }
    }

    fn in_case(self, text: &str) -> String {
        match self.case {
            Case::Upper => text.to_ascii_uppercase(),
            Case::Lower => text.to_ascii_lowercase(),
        }
    }

    /// The text that a variable holds: a UUID where it held one.
    fn like(self, shape: Shape) -> Option<String> {
        match shape {
            Shape::Text(_) => Some(self.text()),
            Shape::Uuid => Some(self.in_case(&self.id.uuid())),
            Shape::Hex => Some(self.in_case(&self.id.hex())),
            Shape::Prefixed
            | Shape::ByteText
            | Shape::Bare
            | Shape::Bytes
            | Shape::List
            | Shape::Halves
            | Shape::Integer => None,
        }
    }
}

/// Text in the quotes that the row showed, and numbers: so much is alike in every language.
fn unknown(target: &Target<'_>, value: Value) -> Result<String, &'static str> {
    let found = target.found;
    let text = value.like(found.shape).zip(found.quote);
    match text.filter(|_| !found.wrapped) {
        Some((text, quote)) => Ok(format!("{quote}{text}{quote}")),
        None if found.shape == Shape::Integer && !found.wrapped => Ok(value.id.low().to_string()),
        None => {
            Err("how it writes this value is not known; type it in the language of the program")
        }
    }
}

fn python(target: &Target<'_>, value: Value) -> Result<String, &'static str> {
    let type_name = target.type_name.as_deref().unwrap_or_default();
    let id = value.id;
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
    let shape = target.found.shape;
    match (type_name, shape) {
        ("str" | "", Shape::Text(_) | Shape::Uuid | Shape::Hex) if !target.found.wrapped => {
            Ok(format!("'{}'", value.like(shape).unwrap_or_default()))
        }
        ("bytes", Shape::ByteText) => Ok(format!("b'{}'", value.text())),
        ("bytearray", Shape::ByteText) => Ok(format!("bytearray(b'{}')", value.text())),
        ("bytes", Shape::Bytes) => Ok(bytes()),
        ("bytearray", Shape::Bytes) => Ok(format!("bytearray({})", bytes())),
        ("list", Shape::List) => Ok(format!("[{}]", numbers(id))),
        ("int", Shape::Integer) => Ok(id.low().to_string()),
        ("UUID", _) => of_type(format!("bytes={}", bytes())),
        ("ObjectId", _) => of_type(format!("'{}'", value.text())),
        (name, _) if names_a_ulid(name) => of_type(bytes()),
        _ => Err("how to build an object of this type is not known"),
    }
}

fn javascript(target: &Target<'_>, value: Value) -> Result<String, &'static str> {
    let type_name = target.type_name.as_deref().unwrap_or_default();
    let (id, shape) = (value.id, target.found.shape);
    match (type_name, shape) {
        ("string" | "", Shape::Text(_) | Shape::Uuid | Shape::Hex) if !target.found.wrapped => {
            Ok(format!("'{}'", value.like(shape).unwrap_or_default()))
        }
        ("String", Shape::Text(_)) => Ok(format!("new String('{}')", value.text())),
        ("bigint", Shape::Integer) => Ok(format!("{}n", id.low())),
        ("Array", Shape::List) => Ok(format!("[{}]", numbers(id))),
        ("Uint8Array", Shape::List) => Ok(format!("new Uint8Array([{}])", numbers(id))),
        ("Buffer", Shape::List) => Ok(format!("Buffer.from([{}])", numbers(id))),
        _ => Err("how to build an object of this type is not known"),
    }
}

fn go(target: &Target<'_>, value: Value) -> Result<String, &'static str> {
    let otherwise = "it sets strings and numbers, but no arrays; set the single bytes";
    text_alone(target, value, otherwise)
}

/// Text in double quotes, where a text is what the variable holds.
fn text_alone(
    target: &Target<'_>,
    value: Value,
    otherwise: &'static str,
) -> Result<String, &'static str> {
    let text = value.like(target.found.shape);
    let text = text.filter(|_| !target.found.wrapped);
    text.map(|text| format!("\"{text}\"")).ok_or(otherwise)
}

fn native(target: &Target<'_>, id: Identifier) -> Result<String, &'static str> {
    match target.found.shape {
        Shape::Integer if !target.found.wrapped => Ok(id.low().to_string()),
        Shape::Integer => Err("it sets numbers, but no structures; set the number inside"),
        _ => Err("it sets numbers, but no strings and arrays; set the single elements"),
    }
}

/// gdb reads no larger constant in C, and says no more than that; it computes one of two halves. The type stands in quotes,
/// since it has another name in C than in what the compiler tells of it.
fn gdb(target: &Target<'_>, id: Identifier) -> Result<String, &'static str> {
    let written = native(target, id)?;
    let (high, low) = (id.low() >> 64, id.low() & u128::from(u64::MAX));
    let type_name = target.type_name.as_deref().unwrap_or_default();
    let type_name = type_name
        .trim_start_matches("const ")
        .trim_start_matches("volatile ");
    let is_words = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b' ';
    match type_name {
        _ if high == 0 => Ok(written),
        "u128" => Ok(format!("({high:#x} as u128) << 64 | ({low:#x} as u128)")),
        name if !name.is_empty() && name.bytes().all(is_words) => {
            Ok(format!("(('{name}'){high:#x} << 64) | ('{name}'){low:#x}"))
        }
        _ => up_to_64_bits(id, written),
    }
}

fn up_to_64_bits(id: Identifier, written: String) -> Result<String, &'static str> {
    match u64::try_from(id.low()) {
        Ok(_) => Ok(written),
        Err(_) => {
            Err("it reads no number of more than 64 bits; set the two halves by their addresses")
        }
    }
}

fn numbers(id: Identifier) -> String {
    let bytes = id.to_bytes();
    let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
    numbers.join(", ")
}

#[cfg(test)]
mod tests {
    use ulid_engine::{Reading, Ulid};

    use super::*;

    const NEW: &str = "01BX5ZZKBKACTAV9WEVGEMMVRY";

    fn id(text: &str) -> Ulid {
        codec::parse(text, Reading::Strict).unwrap()
    }

    fn target(type_name: &str, shape: Shape, wrapped: bool) -> Target<'_> {
        let case = match shape {
            Shape::Uuid => Case::Lower,
            _ => Case::Upper,
        };
        let quote = match shape {
            Shape::Text(quote) => Some(quote),
            _ => None,
        };
        Target {
            found: Found {
                id: id("01ARZ3NDEKTSV4RRFFQ69G5FAV").into(),
                shape,
                case,
                quote,
                whole: true,
                wrapped,
            },
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
            // as gdb 16.3 took them
            (
                Gdb,
                "const __int128 unsigned",
                Shape::Integer,
                false,
                "(('__int128 unsigned')0x15f4bffcd735334 << 64) | ('__int128 unsigned')0xada78edc1d4a6f1e".into(),
            ),
            (
                Gdb,
                "u128",
                Shape::Integer,
                false,
                "(0x15f4bffcd735334 as u128) << 64 | (0xada78edc1d4a6f1e as u128)".into(),
            ),
            (
                Java,
                "String",
                Shape::Text('"'),
                false,
                format!("\"{NEW}\""),
            ),
            (
                NetCoreDbg,
                "string",
                Shape::Text('"'),
                false,
                format!("\"{NEW}\""),
            ),
            (Php, "string", Shape::Text('"'), false, format!("\"{NEW}\"")),
        ];
        for (family, type_name, shape, wrapped, expected) in cases {
            let target = target(type_name, shape, wrapped);
            assert_eq!(
                literal(&target, typed(NEW), Some(family)).as_ref(),
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
            (
                OpenDebug,
                "unsigned __int128",
                Shape::Integer,
                false,
                "OpenDebugAD7 cannot write a ULID here: it reads no number of more than 64 bits",
            ),
            (
                Gdb,
                "ulid_t &",
                Shape::Integer,
                false,
                "gdb cannot write a ULID here: it reads no number of more than 64 bits",
            ),
            (Js, "symbol", Shape::Bare, true, "not known"),
            (
                Rdbg,
                "ULID",
                Shape::Bare,
                true,
                "rdbg cannot write a ULID here: assign the object",
            ),
            (
                Java,
                "UUID",
                Shape::Uuid,
                true,
                "java-debug cannot write a ULID here: it sets strings",
            ),
            (
                NetCoreDbg,
                "System.Ulid",
                Shape::Bare,
                true,
                "but no objects",
            ),
            (
                OpenDebug,
                "std::string",
                Shape::Text('"'),
                false,
                "set the single elements",
            ),
            (Debugpy, "Rec", Shape::Text('\''), true, "not known"),
            (Debugpy, "Ulid", Shape::Halves, true, "it is two numbers"),
            (CodeLldb, "UlidHL", Shape::Halves, true, "it is two numbers"),
        ] {
            let target = target(type_name, shape, wrapped);
            let refusal = literal(&target, typed(NEW), Some(family)).unwrap_err();
            assert!(refusal.to_string().contains(says), "{refusal}");
        }
    }

    fn typed(text: &str) -> Typed {
        read(
            text,
            id("01ARZ3NDEKTSV4RRFFQ69G5FAV").into(),
            &TimeZone::UTC,
        )
        .unwrap()
    }

    #[test]
    fn an_adapter_that_is_not_known_gets_the_quotes_that_it_showed() {
        let text = |quote| target("String", Shape::Text(quote), false);
        assert_eq!(
            literal(&text('"'), typed(NEW), None),
            Ok(format!("\"{NEW}\""))
        );
        assert_eq!(
            literal(&text('`'), typed(NEW), None),
            Ok(format!("`{NEW}`"))
        );
        let integer = target("BigInteger", Shape::Integer, false);
        assert_eq!(
            literal(&integer, typed(NEW), None).as_deref(),
            Ok("1824037644831285921095405231938367262")
        );
        for other in [
            target("Ulid", Shape::Bare, true),
            target("byte[]", Shape::List, false),
            target("std::string", Shape::Text('"'), true),
        ] {
            let refusal = literal(&other, typed(NEW), None).unwrap_err().to_string();
            assert_eq!(
                refusal,
                "this debugger cannot write a ULID here: how it writes this value is not known; type it in the language of the program"
            );
        }
    }

    #[test]
    fn a_text_keeps_its_case() {
        let mut lower = target("str", Shape::Text('\''), false);
        lower.found.case = Case::Lower;
        let upper = target("str", Shape::Text('\''), false);
        let set = |target: &Target<'_>, text: &str| {
            literal(target, typed(text), Some(Family::Debugpy)).unwrap()
        };
        assert_eq!(set(&lower, "2020-01-02"), "'01dxhrth00tsv4rrffq69g5fav'");
        assert_eq!(set(&upper, "2020-01-02"), "'01DXHRTH00TSV4RRFFQ69G5FAV'");
        // whoever types an ID has said which
        assert_eq!(set(&lower, NEW), format!("'{NEW}'"));
        assert_eq!(
            set(&upper, &NEW.to_lowercase()),
            format!("'{}'", NEW.to_lowercase())
        );
        let mut uuid = target("str", Shape::Uuid, false);
        assert_eq!(set(&uuid, NEW), "'015f4bff-cd73-5334-ada7-8edc1d4a6f1e'");
        let mut hex = target("str", Shape::Hex, false);
        assert_eq!(set(&hex, NEW), "'015F4BFFCD735334ADA78EDC1D4A6F1E'");
        hex.found.case = Case::Lower;
        assert_eq!(
            set(&hex, "2020-01-02"),
            "'016f638d4400d6764c61efb99302bd5b'"
        );
        uuid.found.case = Case::Upper;
        assert_eq!(set(&uuid, NEW), "'015F4BFF-CD73-5334-ADA7-8EDC1D4A6F1E'");
    }

    #[test]
    fn what_can_be_typed() {
        let old = id("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        let typed =
            |text: &str| read(text, old.into(), &TimeZone::UTC).and_then(|typed| typed.id.ulid());
        for text in [
            NEW,
            " 01bx5zzkbkactav9wevgemmvry ",
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
            // literals are the debuggee's own
            "'01BX5ZZKBKACTAV9WEVGEMMVRY'",
            "\"2020-01-01\"",
        ] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
