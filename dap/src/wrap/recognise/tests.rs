use ulid_engine::{Timestamp, codec};

use super::{Level, Rendering, Rules, Shape, recognise};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LLDB_BYTES: &str = "\"\\U00000001V>:\\xb5\\xd3\\xd6vLa\u{fe53}\\U00000002\\xbd[\"";
const NUMBERS: &str = "1,86,62,58,181,211,214,118,76,97,239,185,147,2,189,91";
const PYTHON_BYTES: &str = r"b'\x01V>:\xb5\xd3\xd6vLa\xef\xb9\x93\x02\xbd['";

fn rules(level: Level) -> Rules {
    let time = |text: &str| text.parse::<Timestamp>().expect("a time");
    Rules {
        level,
        window: time("2005")..=time("2027-11"),
    }
}

/// (value, type, name) read at a level, as (ULID, shape, whole).
fn read(value: &str, type_name: &str, name: &str, level: Level) -> Option<(String, Shape, bool)> {
    let rendering = Rendering {
        value,
        type_name: (!type_name.is_empty()).then_some(type_name),
        name,
        hinted: false,
    };
    recognise(&rendering, &rules(level))
        .map(|found| (codec::print(found.id).to_string(), found.shape, found.whole))
}

#[test]
fn every_adapters_renderings() {
    let spaced = NUMBERS.replace(',', ", ");
    let array_elements = format!("{{_M_elems:{LLDB_BYTES}}}");
    let codes = ID
        .bytes()
        .map(|byte| byte.to_string())
        .collect::<Vec<_>>()
        .join(",");
    let cases: &[(&str, &str, &str, Shape, bool)] = &[
        // debugpy
        (
            "'01ARZ3NDEKTSV4RRFFQ69G5FAV'",
            "str",
            "s",
            Shape::Text('\''),
            true,
        ),
        (
            "'01arz3ndektsv4rrffq69g5fav'",
            "str",
            "s",
            Shape::Text('\''),
            true,
        ),
        (
            "b'01ARZ3NDEKTSV4RRFFQ69G5FAV'",
            "bytes",
            "b",
            Shape::ByteText,
            true,
        ),
        (PYTHON_BYTES, "bytes", "id", Shape::Bytes, true),
        (
            &format!("bytearray({PYTHON_BYTES})"),
            "bytearray",
            "id",
            Shape::Bytes,
            true,
        ),
        (&format!("[{spaced}]"), "list", "id", Shape::List, true),
        (
            "[0x1, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x2, 0xbd, 0x5b]",
            "list",
            "id",
            Shape::List,
            true,
        ),
        (
            "1777027686520646174104517696511196507",
            "int",
            "id",
            Shape::Integer,
            true,
        ),
        (
            "0x1563e3ab5d3d6764c61efb99302bd5b",
            "int",
            "id",
            Shape::Integer,
            true,
        ),
        (
            "ULID(01ARZ3NDEKTSV4RRFFQ69G5FAV)",
            "ULID",
            "x",
            Shape::Bare,
            true,
        ),
        (
            "<ULID('01ARZ3NDEKTSV4RRFFQ69G5FAV')>",
            "ULID",
            "x",
            Shape::Text('\''),
            true,
        ),
        (
            "UUID('01563e3a-b5d3-d676-4c61-efb99302bd5b')",
            "UUID",
            "u",
            Shape::Uuid,
            true,
        ),
        // lldb-dap
        (
            "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "std::string",
            "s",
            Shape::Text('"'),
            true,
        ),
        (
            "0x000055555555a008 \"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "const char *",
            "s",
            Shape::Text('"'),
            true,
        ),
        (
            "0x000055555555a008 U\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "const char32_t *",
            "s",
            Shape::Text('"'),
            true,
        ),
        (
            "L\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "std::wstring",
            "s",
            Shape::Text('"'),
            true,
        ),
        (
            "(std::string) $0 = \"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "std::string",
            "s",
            Shape::Text('"'),
            true,
        ),
        (
            "(const char *) $1 = 0x000055555555a008 \"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "const char *",
            "s",
            Shape::Text('"'),
            true,
        ),
        (
            "(alloc::string::String) $0 = \"01ARZ3NDEKTSV4RRFFQ69G5FAV\" {\n  [0] = '0'\n}",
            "alloc::string::String",
            "s",
            Shape::Text('"'),
            true,
        ),
        (LLDB_BYTES, "unsigned char[16]", "id", Shape::Bytes, true),
        (
            "1777027686520646174104517696511196507",
            "unsigned __int128",
            "ulid",
            Shape::Integer,
            true,
        ),
        (
            "0x01563e3ab5d3d6764c61efb99302bd5b",
            "unsigned __int128",
            "ulid",
            Shape::Integer,
            true,
        ),
        (
            "(ulid::Ulid) $2 = (__0 = 1777027686520646174104517696511196507)",
            "ulid::Ulid",
            "u",
            Shape::Integer,
            true,
        ),
        (
            "(ulid::Ulid) $2 = {\n  0 = 1777027686520646174104517696511196507\n}",
            "ulid::Ulid",
            "u",
            Shape::Integer,
            true,
        ),
        (
            "Some(\"01ARZ3NDEKTSV4RRFFQ69G5FAV\")",
            "core::option::Option<alloc::string::String>",
            "o",
            Shape::Text('"'),
            true,
        ),
        // CodeLLDB
        (
            "{__0:1777027686520646174104517696511196507}",
            "ulid::Ulid",
            "u",
            Shape::Integer,
            true,
        ),
        (
            "{0:1777027686520646174104517696511196507}",
            "ulid::Ulid",
            "u",
            Shape::Integer,
            true,
        ),
        (
            &format!("{{__0:{LLDB_BYTES}}}"),
            "uuid::Uuid",
            "u",
            Shape::Bytes,
            true,
        ),
        (
            &format!("{{data:{LLDB_BYTES}}}"),
            "Ulid",
            "u",
            Shape::Bytes,
            true,
        ),
        (
            &array_elements,
            "std::array<unsigned char, 16>",
            "id",
            Shape::Bytes,
            true,
        ),
        (
            "{id:\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}",
            "Rec",
            "rec",
            Shape::Text('"'),
            false,
        ),
        (
            "{_M_p:\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}",
            "std::basic_string<char>::_Alloc_hider",
            "p",
            Shape::Text('"'),
            true,
        ),
        (
            "{_M_len:26, _M_str:\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}",
            "std::string_view",
            "v",
            Shape::Text('"'),
            true,
        ),
        (
            "{data_ptr:\"01ARZ3NDEKTSV4RRFFQ69G5FAVready\\nassertion failed\", length:26}",
            "&str",
            "s",
            Shape::Bare,
            true,
        ),
        // delve
        (
            "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "string",
            "s",
            Shape::Text('"'),
            true,
        ),
        (
            &format!("github.com/oklog/ulid.ULID [{NUMBERS}]"),
            "github.com/oklog/ulid.ULID",
            "u",
            Shape::List,
            true,
        ),
        (
            &format!("*github.com/oklog/ulid.ULID [{NUMBERS}]"),
            "*github.com/oklog/ulid.ULID",
            "u",
            Shape::List,
            true,
        ),
        (
            &format!("interface {{}}(github.com/oklog/ulid.ULID) [{NUMBERS}]"),
            "interface {}",
            "eID",
            Shape::List,
            true,
        ),
        (
            &format!("[16]uint8 [{NUMBERS}]"),
            "[16]uint8",
            "rawID",
            Shape::List,
            true,
        ),
        (
            &format!("[]uint8 len: 16, cap: 16, [{NUMBERS}]"),
            "[]uint8",
            "id",
            Shape::List,
            true,
        ),
        (
            &format!("[]uint8 len: 26, cap: 32, [{codes}]"),
            "[]uint8",
            "bstr",
            Shape::List,
            true,
        ),
        (
            "\"\\x01V>:\\xb5\\xd3\\xd6vLa\\ufe53\\x02\\xbd[\"",
            "string",
            "id",
            Shape::Bytes,
            true,
        ),
        // gdb
        (
            "\"\\001V>:\\265\\323\\326vLa\\357\\271\\223\\002\\275[\"",
            "unsigned char [16]",
            "id",
            Shape::Bytes,
            true,
        ),
        (
            "\"\\001\\200\", '\\000' <repeats 14 times>",
            "unsigned char [16]",
            "ulid",
            Shape::Bytes,
            true,
        ),
        (
            "\"\\001VVVVVVVVVVVVV\", <incomplete sequence \\360\\237>",
            "unsigned char [16]",
            "ulid",
            Shape::Bytes,
            true,
        ),
        (
            "u\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"",
            "char16_t [27]",
            "s",
            Shape::Text('"'),
            true,
        ),
        // js-debug
        (
            &format!("({}) [{spaced}]", 16),
            "Array",
            "id",
            Shape::List,
            true,
        ),
        (
            &format!(
                "Uint8Array(16) [{spaced}, buffer: ArrayBuffer(16), byteLength: 16, Symbol(Symbol.toStringTag): 'Uint8Array']"
            ),
            "Uint8Array",
            "id",
            Shape::List,
            true,
        ),
        (
            &format!("Buffer(16) [{spaced}]"),
            "Buffer",
            "id",
            Shape::List,
            true,
        ),
        (
            "1777027686520646174104517696511196507n",
            "bigint",
            "id",
            Shape::Integer,
            true,
        ),
        (
            "1563e3ab5d3d6764c61efb99302bd5b",
            "bigint",
            "id",
            Shape::Integer,
            true,
        ),
        (
            "String ('01ARZ3NDEKTSV4RRFFQ69G5FAV')",
            "String",
            "so",
            Shape::Text('\''),
            true,
        ),
        (
            "Symbol(01ARZ3NDEKTSV4RRFFQ69G5FAV)",
            "symbol",
            "sym",
            Shape::Bare,
            true,
        ),
        (
            "`01ARZ3NDEKTSV4RRFFQ69G5FAV`",
            "string",
            "s",
            Shape::Text('`'),
            true,
        ),
        (
            "Rec {id: '01ARZ3NDEKTSV4RRFFQ69G5FAV'}",
            "Rec",
            "rec",
            Shape::Text('\''),
            false,
        ),
        (
            "'01563e3a-b5d3-d676-4c61-efb99302bd5b'",
            "string",
            "uuid",
            Shape::Uuid,
            true,
        ),
    ];
    for &(value, type_name, name, shape, whole) in cases {
        let (id, found, found_whole) = read(value, type_name, name, Level::Hinted)
            .unwrap_or_else(|| panic!("nothing in {value} {type_name} {name}"));
        if !value.contains("repeats") && !value.contains("incomplete") {
            assert_eq!(id, ID, "{value}");
        }
        assert_eq!((found, found_whole), (shape, whole), "{value}");
    }
}

#[test]
fn bytes_behind_repeats_and_missing_zeros_are_exact() {
    let cases = [
        (
            "\"\\001\\200\", '\\000' <repeats 14 times>",
            0x0180_u128 << 112,
        ),
        ("\"\\001\\200\\001\"", 0x01_8001 << 104),
        (
            "\"\\001V\", '\\a' <repeats 14 times>",
            0x0156_0707_0707_0707_0707_0707_0707_0707,
        ),
        (
            "\"\\001VVVVVVVVVVVVV\", <incomplete sequence \\360\\237>",
            0x0156_5656_5656_5656_5656_5656_5656_f09f,
        ),
    ];
    for (value, bits) in cases {
        let rendering = Rendering {
            value,
            type_name: Some("unsigned char[16]"),
            name: "ulid",
            hinted: false,
        };
        let found = recognise(&rendering, &rules(Level::Hinted)).map(|found| found.id.0);
        // a value shorter than the shortest ULID is not looked at
        let expected = (value.len() >= super::SHORTEST).then_some(bits);
        assert_eq!(found, expected, "{value}");
    }
}

#[test]
fn what_is_no_ulid_shows_none() {
    let list = format!("[]github.com/oklog/ulid.ULID len: 2, cap: 2, [[{NUMBERS}],[{NUMBERS}]]");
    let map = format!("map[github.com/oklog/ulid.ULID]string [[{NUMBERS}]: \"{ID}\", ]");
    let overlong = NUMBERS.to_owned() + ",7";
    let cases: &[(&str, &str, &str)] = &[
        ("'01ARZ3NDEKTSV4RRFFQ69G5FAV0'", "str", "id"),
        ("'01ARZ3NDEKTSV4RRFFQ69G5FA'", "str", "id"),
        ("'01ARZ3NDEKTSV4RRFFQ69G5FAU'", "str", "id"),
        ("'01ARZ3NDEKTSV4RRFFQ69G5FaV'", "str", "id"),
        ("'8ZZZZZZZZZZZZZZZZZZZZZZZZZ'", "str", "id"),
        ("'user_01ARZ3NDEKTSV4RRFFQ69G5FAV'", "str", "id"),
        ("'prefix 01ARZ3NDEKTSV4RRFFQ69G5FAV suffix'", "str", "id"),
        ("'01ARZ3NDEKTSV4RRFFQ69G5FAV\\'\"\\n'", "str", "id"),
        ("`01ARZ3NDEKTSV4RRFFQ69G5FAV'\"\n`", "string", "id"),
        ("'01ARZ3NDEKTSV4RRFFQ69G5FAV", "str", "id"),
        ("\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"...", "char[200]", "id"),
        (
            "['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01ARZ3NDEKTSV4RRFFQ69G5FAV']",
            "list",
            "ids",
        ),
        (
            "Rec(id='01ARZ3NDEKTSV4RRFFQ69G5FAV', key=ULID(01ARZ3NDEKTSV4RRFFQ69G5FAV))",
            "Rec",
            "id",
        ),
        ("Map(1) {size: 1, 01ARZ3NDEK…FQ69G5FAV => 1}", "Map", "id"),
        (
            "{_M_len:27, _M_str:\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}",
            "std::string_view",
            "id",
        ),
        (
            "{data_ptr:\"01ARZ3NDEKTSV4RRFFQ69G5FAVready\", length:31}",
            "&str",
            "id",
        ),
        (
            "{hi:96332863914628726, lo:5503943799937875291}",
            "UlidHL",
            "id",
        ),
        ("ulid::Ulid @ 0x7fffffffdb60", "ulid::Ulid", "id"),
        (
            "core::option::Option<ulid::Ulid> @ 0x7fffffffdd30",
            "core::option::Option<ulid::Ulid>",
            "id",
        ),
        ("<memory at 0x7fdabae86d40>", "memoryview", "id"),
        ("0x00007fffffffe340", "Ulid *", "id"),
        (&list, "[]github.com/oklog/ulid.ULID", "ids"),
        (&map, "map[github.com/oklog/ulid.ULID]string", "ids"),
        (&format!("[17]uint8 [{overlong}]"), "[17]uint8", "id"),
        (
            "[1,86,62,58,181,211,214,118,76,97,239,185,147,2,189,256]",
            "list",
            "id",
        ),
        // hashes and numbers of other kinds, named as identifiers
        ("'d41d8cd98f00b204e9800998ecf8427e'", "str", "id"),
        ("'da39a3ee5e6b4b0d3255bfef95601890afd80709'", "str", "id"),
        ("340282366920938463463374607431768211455", "int", "id"),
        ("12345678901234567890123456", "int", "id"),
        ("UUID('7c9e6679-7425-40de-944b-e07fc1f90ae7')", "UUID", "id"),
        ("UUID('01563e3a-b5d3-4676-8c61-efb99302bd5b')", "UUID", "id"),
        (
            "b'\\x8b\\x1a\\x99S\\xc4a\\x12\\x96\\xa8\\'\\xab\\xf8\\xc4x\\x04\\xd7'",
            "bytes",
            "id",
        ),
        // without a hint
        ("1777027686520646174104517696511196507", "int", "total"),
        (PYTHON_BYTES, "bytes", "payload"),
        (&format!("[16]uint8 [{NUMBERS}]"), "[16]uint8", "digest"),
        ("'01563e3a-b5d3-d676-4c61-efb99302bd5b'", "string", "path"),
        ("'12345678901234567890123456'", "str", "digits"),
        ("'zzzzzzzzzzzzzzzzzzzzzzzzzz'", "str", "word"),
        ("'5gvnsxacbq5a9c3jzr4k1t2m7h'", "str", "hash"),
        ("", "", ""),
        ("\"", "", "id"),
        ("(((((((((((((((((((", "", "id"),
        (
            "{x:{x:{x:{x:{x:{x:\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}}}}}}",
            "",
            "id",
        ),
        ("'\\x'", "str", "id"),
        ("\"\\U99999999xxxxxxxxxxxxxxxx\"", "str", "id"),
    ];
    for &(value, type_name, name) in cases {
        assert_eq!(read(value, type_name, name, Level::Hinted), None, "{value}");
    }
}

#[test]
fn levels_widen_and_narrow() {
    let unhinted = ("1777027686520646174104517696511196507", "int", "total");
    assert!(read(unhinted.0, unhinted.1, unhinted.2, Level::All).is_some());
    assert!(read(unhinted.0, "ulid::Ulid", "id", Level::Text).is_none());
    assert!(read("ULID(01ARZ3NDEKTSV4RRFFQ69G5FAV)", "ULID", "x", Level::Text).is_some());
    // outside of the window only plain text is believed
    assert!(read("'7ZZZZZZZZZZZZZZZZZZZZZZZZZ'", "str", "x", Level::Hinted).is_some());
    assert!(
        read(
            "340282366920938463463374607431768211455",
            "int",
            "id",
            Level::All
        )
        .is_none()
    );
}

#[test]
fn names_that_hint() {
    for name in [
        "id",
        "ID",
        "userId",
        "user_id",
        "orderIDs",
        "ids",
        "a.id",
        "rows[3].key_id",
        "myUlid",
        "ULID",
        "uuid",
        "id2",
    ] {
        assert!(super::names_an_identifier(name), "{name}");
    }
    for name in [
        "", "idle", "valid", "grid", "PID0x", "key", "identity", "width", "ideal",
    ] {
        assert!(!super::names_an_identifier(name), "{name}");
    }
}

#[test]
fn most_values_need_but_a_glance() {
    use super::{Glance, glance};

    for plain in [
        "",
        "42",
        "'some other text, of any length'",
        r#"\"some other text, of any length\""#,
        "'01ARZ3NDEKTSV4RRFFQ69G5FAU'",
    ] {
        assert_eq!(glance(plain.as_bytes()), Glance::Nothing, "{plain}");
    }
    for text in [
        "'01ARZ3NDEKTSV4RRFFQ69G5FAV'",
        r#"\"01ARZ3NDEKTSV4RRFFQ69G5FAV\""#,
    ] {
        assert!(matches!(glance(text.as_bytes()), Glance::Ulid(_)), "{text}");
    }
    for other in [
        "'01arz3ndektsv4rrffq69g5fav'",
        "[16]uint8 [1,86,62,58]",
        "'just 16 of these'",
        r"'\\x01V>:\\xb5\\xd3\\xd6vLa\\xef\\xb9\\x93\\x02\\xbd['",
    ] {
        assert_eq!(glance(other.as_bytes()), Glance::Perhaps, "{other}");
    }
}

mod properties {
    use proptest::prelude::*;
    use ulid_engine::{Ulid, anatomy::Form};

    use super::{
        super::{Glance, glance},
        *,
    };
    use crate::wrap::json;

    /// Python's `repr` of bytes, written from its documentation.
    fn python_repr(bytes: &[u8]) -> String {
        let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
            '"'
        } else {
            '\''
        };
        let escape = |&byte: &u8| match byte {
            b'\\' => "\\\\".to_owned(),
            b'\n' => "\\n".to_owned(),
            b'\r' => "\\r".to_owned(),
            b'\t' => "\\t".to_owned(),
            b'\'' if quote == '\'' => "\\'".to_owned(),
            0x20..=0x7e => char::from(byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        format!(
            "b{quote}{}{quote}",
            bytes.iter().map(escape).collect::<String>()
        )
    }

    /// C's octal escapes, as gdb prints them.
    fn gdb_string(bytes: &[u8]) -> String {
        let escape = |&byte: &u8| match byte {
            b'"' | b'\\' => format!("\\{}", char::from(byte)),
            0x20..=0x7e => char::from(byte).to_string(),
            _ => format!("\\{byte:03o}"),
        };
        format!("\"{}\"", bytes.iter().map(escape).collect::<String>())
    }

    fn in_window() -> impl Strategy<Value = Ulid> {
        let window = rules(Level::All).window;
        (window.start().ms()..=window.end().ms(), any::<u128>())
            .prop_map(|(ms, random)| Ulid::from_parts(ms, random & ((1 << 80) - 1)))
    }

    proptest! {
        #[test]
        fn every_shape_gives_the_value_back(id in in_window()) {
            let bytes = id.to_bytes();
            let numbers = bytes.map(|byte| byte.to_string()).join(",");
            let text = codec::print(id);
            for value in [
                format!("'{text}'"),
                python_repr(&bytes),
                gdb_string(&bytes),
                format!("[16]uint8 [{numbers}]"),
                format!("({}) [{}]", 16, numbers.replace(',', ", ")),
                format!("0x{:x}", id.0),
                id.0.to_string(),
                format!("{{__0:{}}}", id.0),
                format!("ulid.ULID('{}')", Form::Uuid.print(id)),
            ] {
                let rendering = Rendering { value: &value, type_name: Some("Ulid"), name: "x", hinted: false };
                let found = recognise(&rendering, &rules(Level::Hinted)).map(|found| found.id);
                prop_assert_eq!(found, Some(id), "{}", value);
            }
        }

        #[test]
        fn a_glance_tells_what_a_look_does(
            inner in prop_oneof!["[ -~é]{0,40}", "[0-7][0-9A-HJKMNP-TV-Z]{25}", "[0-7][0-9a-hjkmnp-tv-z]{25}",
                "[a-z0-9-]{36}", "[ -;=-~]{16}", "(\\\\x01){4}[ -~]{0,12}"],
            quote in "['\"]?", level in prop_oneof![Just(Level::Text), Just(Level::All)],
        ) {
            let value = format!("{quote}{inner}{quote}");
            let escaped = json::quote(&value);
            let rendering = Rendering { value: &value, type_name: Some("unsigned char[16]"), name: "ulid", hinted: true };
            let looked = recognise(&rendering, &super::Rules { level, ..super::Rules::anything() });
            match glance(&escaped.as_bytes()[1..escaped.len() - 1]) {
                Glance::Nothing => prop_assert_eq!(looked, None, "{}", value),
                Glance::Ulid(found) => prop_assert_eq!(looked, Some(found), "{}", value),
                Glance::Perhaps => {}
            }
        }

        #[test]
        fn no_text_makes_it_fail(value in ".{0,80}", type_name in ".{0,12}") {
            let rendering = Rendering { value: &value, type_name: Some(&type_name), name: "id", hinted: true };
            let _ = recognise(&rendering, &rules(Level::All));
        }

        #[test]
        fn near_misses_do_not_make_it_fail(cut in 0_usize..60, case in 0_usize..6) {
            let values = [LLDB_BYTES, PYTHON_BYTES, "{_M_len:26, _M_str:\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}",
                "\"\\001\\200\", '\\000' <repeats 14 times>", "(ulid::Ulid) $2 = (__0 = 1777027686520646174104517696511196507)",
                "\"\\u{1}\\u{\", <incomplete sequence \\360\\237>"];
            let value: String = values[case].chars().take(cut).collect();
            for value in [value.clone(), format!("{value}\""), format!("{value})"), format!("{value}}}"), format!("{value}]")] {
                let rendering = Rendering { value: &value, type_name: Some("char[16]"), name: "id", hinted: true };
                let _ = recognise(&rendering, &rules(Level::All));
            }
        }
    }
}
