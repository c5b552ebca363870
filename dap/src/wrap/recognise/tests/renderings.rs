//! How each adapter writes an ID.

use super::*;

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
        // cut before its length
        (
            "{data_ptr:\"01ARZ3NDEKTSV4RRFFQ69G5FAVready\\nassertion failed: step != 0unsafe precondition(s)\"..., ...}",
            "&str",
            "s",
            Shape::Bare,
            false,
        ),
        (
            "{data_ptr:\"01ARZ3NDEKTSV4RRFFQ69G5FAVready\\nassertion failed\", ...}",
            "&str",
            "s",
            Shape::Bare,
            false,
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
