//! Texts of values as debuggers render them, and the IDs that stand in them.

mod kinds;
mod properties;
mod renderings;

use ulid_engine::{Timestamp, codec};

use super::{Hint, Kind, Level, Rendering, Rules, Shape, recognise};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LLDB_BYTES: &str = "\"\\U00000001V>:\\xb5\\xd3\\xd6vLa\u{fe53}\\U00000002\\xbd[\"";
const NUMBERS: &str = "1,86,62,58,181,211,214,118,76,97,239,185,147,2,189,91";
const PYTHON_BYTES: &str = r"b'\x01V>:\xb5\xd3\xd6vLa\xef\xb9\x93\x02\xbd['";

pub(super) fn rules(level: Level) -> Rules {
    let time = |text: &str| text.parse::<Timestamp>().expect("a time");
    Rules {
        level,
        window: time("2005")..=time("2027-11"),
        kinds: Kind::USUAL.to_vec(),
        within_text: false,
    }
}

/// (value, type, name) read at a level, as (ULID, shape, whole).
fn read(value: &str, type_name: &str, name: &str, level: Level) -> Option<(String, Shape, bool)> {
    let rendering = Rendering {
        value,
        type_name: (!type_name.is_empty()).then_some(type_name),
        name,
        hint: Hint::None,
    };
    recognise(&rendering, &rules(level)).map(|found| (found.id.print(), found.shape, found.whole))
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
            hint: Hint::None,
        };
        let found = recognise(&rendering, &rules(Level::Hinted)).map(|found| found.id.low());
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
        ("'User_01ARZ3NDEKTSV4RRFFQ69G5FAV'", "str", "id"),
        ("'_01ARZ3NDEKTSV4RRFFQ69G5FAV'", "str", "id"),
        ("'user_01ARZ3NDEKTSV4RRFFQ69G5FAU'", "str", "id"),
        ("'user-01ARZ3NDEKTSV4RRFFQ69G5FAV'", "str", "id"),
        ("'see user_01ARZ3NDEKTSV4RRFFQ69G5FAV'", "str", "id"),
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
        ("{data_ptr:\"01ARZ3NDEK and more\"..., ...}", "&str", "id"),
        (
            "{ptr:\"01ARZ3NDEKTSV4RRFFQ69G5FAVready\"..., ...}",
            "S",
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
fn bytes_are_only_bytes() {
    // as debugpy, js-debug and delve show them; the time would be one of 2005
    let small = "1, 7, 9, 22, 31, 40, 51, 60, 72, 81, 90, 101, 115, 120, 133, 140";
    let python = format!("[{small}]");
    let javascript = format!("(16) [{small}]");
    let go = |kind: &str| format!("{kind} [{}]", small.replace(' ', ""));
    for (value, type_name, names) in [
        (
            python.clone(),
            "list",
            &["user_ids", "ids", "orderIDs", "rows", "uuids"][..],
        ),
        (javascript.clone(), "Array", &["userIds", "ids"]),
        (go("[16]int"), "[16]int", &["ids", "id", "userID"]),
        (go("[]int len: 16, cap: 16,"), "[]int", &["ids", "id"]),
        (go("[]int32 len: 16, cap: 16,"), "", &["id"]),
        (format!("Int32Array(16) [{small}]"), "Int32Array", &["id"]),
    ] {
        for name in names {
            let found = read(&value, type_name, name, Level::Hinted);
            assert_eq!(found, None, "{value} {name}");
        }
    }
    for (value, type_name, name) in [
        (python.clone(), "list", "user_id"),
        (javascript, "Array", "userId"),
        (python, "list", "ulid"),
        (go("[16]uint8"), "[16]uint8", "ids"),
        (go("[]uint8 len: 16, cap: 16,"), "", "id"),
        (
            go("github.com/oklog/ulid.ULID"),
            "github.com/oklog/ulid.ULID",
            "x",
        ),
        (format!("Uint8Array(16) [{small}]"), "Uint8Array", "ids"),
        (format!("[{small}]"), "[u8; 16]", "id"),
        (format!("[{small}]"), "std::array<unsigned char, 16>", "id"),
    ] {
        let found = read(&value, type_name, name, Level::Hinted);
        assert!(found.is_some(), "{value} {name}");
    }
}

#[test]
fn what_is_in_an_interface_or_behind_a_pointer_is_read() {
    // as Delve 1.20 shows them
    let bytes = |kind: &str| format!("{kind} [{NUMBERS}]");
    for (value, type_name, whole) in [
        (
            format!("interface {{}}(string) \"{ID}\""),
            "interface {}(string)",
            true,
        ),
        (format!("*\"{ID}\""), "*string", true),
        (format!("**\"{ID}\""), "**string", true),
        (
            bytes("interface {}(github.com/oklog/ulid.ULID)"),
            "interface {}(github.com/oklog/ulid.ULID)",
            true,
        ),
        (
            bytes("fmt.Stringer(github.com/oklog/ulid.ULID)"),
            "fmt.Stringer(github.com/oklog/ulid.ULID)",
            true,
        ),
        (
            format!("interface {{}}(*string) *\"{ID}\""),
            "interface {}(*string)",
            true,
        ),
        (
            format!("error(*errors.errorString) *{{s: \"{ID}\"}}"),
            "error(*errors.errorString)",
            false,
        ),
    ] {
        let found = read(&value, type_name, "x", Level::Hinted);
        let found = found.map(|(id, _, whole)| (id, whole));
        assert_eq!(found, Some((ID.to_owned(), whole)), "{value}");
    }
    for value in [
        format!("interface {{}}([2]string) [\"{ID}\",\"{ID}\"]"),
        format!("interface {{}}([16]int) [{NUMBERS}]"),
    ] {
        assert_eq!(
            read(&value, "interface {}([16]int)", "id", Level::Hinted),
            None,
            "{value}"
        );
    }
}

#[test]
fn what_other_debuggers_show_is_read() {
    let uuid = "01563e3a-b5d3-d676-4c61-efb99302bd5b";
    let bytes = r#""\x01V>:\xB5\xD3\xD6vLa\xEF\xB9\x93\x02\xBD[""#;
    for (value, type_name, name, whole) in [
        // rdbg 1.4, recorded
        (format!("\"{ID}\""), "String", "s", true),
        (format!(":\"{ID}\""), "Symbol", "sym", true),
        (format!("#<struct User id=\"{ID}\">"), "User", "u", false),
        (
            format!("#<User:0x00007f3c5c0a2f58 @id=\"{ID}\">"),
            "User",
            "u",
            false,
        ),
        (
            format!("ULID(2016-07-30 23:54:10.259 UTC: {ID})"),
            "ULID",
            "ul",
            true,
        ),
        (
            "1777027686520646174104517696511196507".to_owned(),
            "Integer",
            "num_id",
            true,
        ),
        (bytes.to_owned(), "String", "id", true),
        // java-debug 0.51, recorded
        (
            "BigInteger@61 \"1777027686520646174104517696511196507\"".to_owned(),
            "BigInteger",
            "number_id",
            true,
        ),
        (
            "Main$Pair@62 \"Pair[hi=96332863914628726, lo=5503943799937875291]\"".to_owned(),
            "Main$Pair",
            "pairId",
            true,
        ),
        (
            format!("Optional@63 \"Optional[{ID}]\""),
            "Optional",
            "x",
            true,
        ),
        (
            format!("UserId@64 \"UserId[value={ID}]\""),
            "UserId",
            "x",
            false,
        ),
        // by its formatters
        (format!("Ulid@23 \"{ID}\""), "Ulid", "x", true),
        (format!("UUID@31 \"{uuid}\""), "UUID", "x", true),
        // vsdbg and netcoredbg
        (format!("{{{ID}}}"), "System.Ulid", "x", true),
        // OpenDebugAD7, which shows what gdb prints
        (
            format!("0x55555556aeb0 \"{ID}\""),
            "const char *",
            "x",
            true,
        ),
        (
            format!("\"{ID}\", '\\000' <repeats 37 times>"),
            "char [64]",
            "x",
            true,
        ),
    ] {
        let found = read(&value, type_name, name, Level::Hinted);
        let found = found.map(|(id, _, whole)| (id, whole));
        assert_eq!(found, Some((ID.to_owned(), whole)), "{value}");
    }
    for value in [
        format!("[\"{ID}\"]"),
        format!("{{\"{ID}\"=>1}}"),
        format!("#<struct User id=\"{ID}\", name=\"x\">"),
        "#<Thread:0x00007f run>".to_owned(),
        format!("String[2]@9 [\"{ID}\"]"),
        format!("a@b.c \"{ID}\" and more"),
        format!("User@7 \"User[id={ID}, name=x]\""),
        "Point@7 \"Point[x=96332863914628726, y=5503943799937875291]\"".to_owned(),
        "Integer@7 \"96332863914628726\"".to_owned(),
    ] {
        assert_eq!(read(&value, "x", "id", Level::Hinted), None, "{value}");
    }
}

#[test]
fn what_is_coloured_is_read() {
    for value in [
        "\u{1b}[32m'01ARZ3NDEKTSV4RRFFQ69G5FAV'\u{1b}[0m",
        "\u{1b}[1;38;5;10m\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"\u{1b}[39m\u{1b}[m",
        "ULID(\u{1b}[33m01ARZ3NDEKTSV4RRFFQ69G5FAV\u{1b}[0m)",
    ] {
        let found = read(value, "str", "x", Level::Hinted).map(|(id, ..)| id);
        assert_eq!(
            found.as_deref(),
            Some("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            "{value:?}"
        );
    }
    for value in ["\u{1b}[", "\u{1b}[0", "\u{1b}[0m\u{1b}[K'x'"] {
        assert_eq!(read(value, "str", "x", Level::Hinted), None, "{value:?}");
    }
}

#[test]
fn buffers_of_c_end_at_their_first_nul() {
    // as gdb 16 shows char[27], char[32], char[64] and char[4096]
    let uuid = "01563e3a-b5d3-d676-4c61-efb99302bd5b";
    for (value, name) in [
        (format!("\"{ID}\""), "x"),
        (format!("\"{ID}\\000\\000\\000\\000\\000\""), "x"),
        (format!("\"{ID}\", '\\000' <repeats 37 times>"), "x"),
        (format!("\"{ID}\", '\\000' <repeats 4069 times>"), "x"),
        (format!("\"{uuid}\", '\\000' <repeats 27 times>"), "id"),
    ] {
        let found = read(&value, "char [64]", name, Level::Hinted);
        assert_eq!(found.map(|(id, ..)| id), Some(ID.to_owned()), "{value}");
    }
    for value in [
        format!("\"{ID}\\000and more\""),
        format!("\"{ID}\", 'x' <repeats 37 times>"),
        format!("\"{ID}\", '\\000' <repeats 99999999999999999999 times>"),
        "'\\000' <repeats 64 times>".to_owned(),
    ] {
        assert_eq!(
            read(&value, "char [64]", "id", Level::Hinted),
            None,
            "{value}"
        );
    }
}

#[test]
fn a_container_of_one_keeps_its_element() {
    // as debugpy shows a set, a frozen one, a deque and a dict of one
    for value in [
        format!("{{'{ID}'}}"),
        format!("frozenset({{'{ID}'}})"),
        format!("deque(['{ID}'])"),
        format!("{{'id': '{ID}'}}"),
        format!("{{ULID({ID})}}"),
        "{1777027686520646174104517696511196507}".to_owned(),
    ] {
        assert_eq!(read(&value, "set", "id", Level::Hinted), None, "{value}");
    }
    // an object that has a text says its time and opens into what it has
    let error = read(
        &format!("ValueError('{ID}')"),
        "ValueError",
        "e",
        Level::Hinted,
    );
    assert_eq!(error.map(|(.., whole)| whole), Some(false));
    // .NET has no other way to write a value
    let dotnet = read(&format!("{{{ID}}}"), "System.Ulid", "id", Level::Hinted);
    assert_eq!(dotnet.map(|(.., whole)| whole), Some(true));
}

#[test]
fn levels_widen_and_narrow() {
    let unhinted = ("1777027686520646174104517696511196507", "int", "total");
    assert!(read(unhinted.0, unhinted.1, unhinted.2, Level::All).is_some());
    assert!(read(unhinted.0, "ulid::Ulid", "id", Level::Text).is_none());
    assert!(read("ULID(01ARZ3NDEKTSV4RRFFQ69G5FAV)", "ULID", "x", Level::Text).is_some());
    // outside of the window only the smallest, the largest, and what is called an identifier
    let far = "'5GVNSXACBQ5A9C3JZR4K1T2M7H'";
    assert!(read(far, "str", "licence", Level::Hinted).is_none());
    assert!(read(far, "str", "user_id", Level::Hinted).is_some());
    assert!(read(far, "ULID", "x", Level::Hinted).is_some());
    assert!(
        read(
            "'00000000000000000000000000'",
            "str",
            "nil_id",
            Level::Hinted
        )
        .is_some()
    );
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
        "ksuid",
        "objectId",
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
