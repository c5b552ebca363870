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
        // java-debug, by its formatters
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
    ] {
        assert_eq!(read(&value, "x", "id", Level::Hinted), None, "{value}");
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

/// Kind that a value is read as; `None` for no identifier.
fn kind(value: &str, type_name: &str, name: &str, hint: Hint) -> Option<Kind> {
    let rendering = Rendering {
        value,
        type_name: Some(type_name),
        name,
        hint,
    };
    recognise(&rendering, &rules(Level::Hinted)).map(|found| found.id.kind())
}

#[test]
fn uuids_are_what_their_version_says() {
    // the examples of RFC 9562, then such with the first bits of a ULID of 2016
    for (text, expected) in [
        ("c232ab00-9414-11ec-b3c8-9f6bdeced846", Some(Kind::Uuidv1)),
        ("1ec9414c-232a-6b00-b3c8-9f6bdeced846", Some(Kind::Uuidv6)),
        ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", Some(Kind::Uuidv7)),
        ("5df41881-3aed-3515-88a7-2f4a814cf09e", None),
        ("919108f7-52d1-4320-9bac-f847db4148a8", None),
        ("2ed6657d-e927-568b-95e1-2665a8aea6a2", None),
        ("2489e9ad-2ee2-8e00-8ec9-32d5f69181c0", None),
        ("01563e3a-b5d3-3676-8c61-efb99302bd5b", None),
        ("01563e3a-b5d3-4676-8c61-efb99302bd5b", None),
        ("01563e3a-b5d3-5676-8c61-efb99302bd5b", None),
        ("01563e3a-b5d3-8676-8c61-efb99302bd5b", None),
        // before 1970
        ("01563e3a-b5d3-1000-8c61-efb99302bd5b", None),
    ] {
        let quoted = format!("'{text}'");
        // the version needs no hint
        assert_eq!(kind(&quoted, "str", "path", Hint::None), expected, "{text}");
        assert_eq!(
            kind(&quoted, "str", "user_id", Hint::None),
            expected,
            "{text}"
        );
        let object = format!("UUID('{text}')");
        assert_eq!(kind(&object, "UUID", "x", Hint::None), expected, "{text}");
        // the rows below a UUID: its bytes and its integer
        let number = u128::from_str_radix(&text.replace('-', ""), 16).unwrap();
        let below = kind(&number.to_string(), "int", "int", Hint::Uuid);
        assert_eq!(below, expected, "{text}");
        let numbers = number.to_be_bytes().map(|byte| byte.to_string()).join(", ");
        let list = format!("[{numbers}]");
        assert_eq!(
            kind(&list, "[16]uint8", "bytes", Hint::Uuid),
            expected,
            "{text}"
        );
    }
    // what is called a ULID is one, also where it looks like a UUID
    let like_4 = "'01563e3a-b5d3-4676-8c61-efb99302bd5b'";
    assert_eq!(
        kind(like_4, "str", "user_ulid", Hint::None),
        Some(Kind::Ulid)
    );
    let like_7 = "'01563e3a-b5d3-7676-8c61-efb99302bd5b'";
    assert_eq!(kind(like_7, "Ulid", "x", Hint::None), Some(Kind::Ulid));
    // a ULID as a UUID mostly has no version at all
    let ulid = "'01563e3a-b5d3-d676-4c61-efb99302bd5b'";
    assert_eq!(kind(ulid, "str", "id", Hint::None), Some(Kind::Ulid));
    assert_eq!(kind(ulid, "str", "path", Hint::None), None);
}

#[test]
fn digits_and_types_that_end_in_id_are_read_by_their_hint() {
    let digits = "'01563e3ab5d3d6764c61efb99302bd5b'";
    let read = |value: &str, type_name: &str, name: &str| kind(value, type_name, name, Hint::None);
    assert_eq!(read(digits, "str", "id_hex"), Some(Kind::Ulid));
    assert_eq!(read(digits, "str", "user_id"), Some(Kind::Ulid));
    assert_eq!(
        read(&digits.to_uppercase(), "str", "user_id"),
        Some(Kind::Ulid)
    );
    assert_eq!(
        read("'01563E3Ab5d3d6764c61efb99302bd5b'", "str", "user_id"),
        None
    );
    assert_eq!(read(digits, "str", "checksum"), None);
    // a hash lies outside of the window
    assert_eq!(
        read("'d41d8cd98f00b204e9800998ecf8427e'", "str", "user_id"),
        None
    );
    let bytes = format!("main.UserID [{NUMBERS}]");
    assert_eq!(read(&bytes, "main.UserID", "x"), Some(Kind::Ulid));
    assert_eq!(
        read(&format!("[16]uint8 [{NUMBERS}]"), "[16]uint8", "x"),
        None
    );
    let number = "1777027686520646174104517696511196507";
    assert_eq!(read(number, "app::OrderId", "x"), Some(Kind::Ulid));
    assert_eq!(read(number, "app::Grid", "x"), None);
}

#[test]
fn an_id_behind_a_prefix_is_read() {
    let read = |value: &str, name: &str| kind(value, "str", name, Hint::None);
    for value in [
        "'user_01ARZ3NDEKTSV4RRFFQ69G5FAV'",
        "\"usr_01arz3ndektsv4rrffq69g5fav\"",
        "'price_list2_01ARZ3NDEKTSV4RRFFQ69G5FAV'",
        // as long as a UUID
        "'user_long_01ARZ3NDEKTSV4RRFFQ69G5FAV'",
    ] {
        assert_eq!(read(value, "x"), Some(Kind::Ulid), "{value}");
    }
    // the example of the specification of TypeID, which is the UUIDv7 01890a5d-ac96-774b-bcce-b302099a8057
    let type_id = "'user_01h455vb4pex5vsknk084sn02q'";
    assert_eq!(read(type_id, "x"), Some(Kind::Typeid));
    // far in the future, so that a hint is needed
    let far = "'user_5GVNSXACBQ5A9C3JZR4K1T2M7H'";
    assert_eq!(
        (read(far, "x"), read(far, "user_id")),
        (None, Some(Kind::Ulid))
    );
}

#[test]
fn halves_are_one_identifier() {
    // as CodeLLDB, Delve, debugpy and js-debug show structures of two numbers
    for (value, type_name, name) in [
        (
            "{hi:96332863914628726, lo:5503943799937875291}",
            "UlidHL",
            "x",
        ),
        (
            "{lo:5503943799937875291, hi:96332863914628726}",
            "Pair",
            "user_id",
        ),
        (
            "main.ID {Hi: 96332863914628726, Lo: 5503943799937875291}",
            "main.ID",
            "x",
        ),
        (
            "Ulid(hi=96332863914628726, lo=5503943799937875291)",
            "Ulid",
            "x",
        ),
        (
            "{high: 96332863914628726n, low: 5503943799937875291n}",
            "Object",
            "userId",
        ),
        (
            "[2]uint64 [96332863914628726,5503943799937875291]",
            "[2]uint64",
            "ulid",
        ),
        ("(96332863914628726, 5503943799937875291)", "tuple", "ulid"),
    ] {
        let found = read(value, type_name, name, Level::Hinted);
        assert_eq!(found, Some((ID.to_owned(), Shape::Halves, true)), "{value}");
    }
    for (value, type_name, name) in [
        (
            "{hi:96332863914628726, lo:5503943799937875291}",
            "Pair",
            "x",
        ),
        (
            "{x:96332863914628726, y:5503943799937875291}",
            "Point",
            "id",
        ),
        ("(96332863914628726, 5503943799937875291)", "tuple", "id"),
        ("[2]int [1,2]", "[2]int", "ulid"),
        ("{1, 2}", "set", "ids"),
    ] {
        assert_eq!(read(value, type_name, name, Level::Hinted), None, "{value}");
    }
}

#[test]
fn other_kinds_need_a_name_that_says_so() {
    let read = |value: &str, type_name: &str, name: &str| kind(value, type_name, name, Hint::None);
    let ksuid = "'0ujtsYcgvSTl8PAuAdqWYSMnLOv'";
    let object = "'507f1f77bcf86cd799439011'";
    for (value, type_name, name, expected) in [
        (ksuid, "str", "event_id", Some(Kind::Ksuid)),
        (ksuid, "ksuid.KSUID", "x", Some(Kind::Ksuid)),
        (ksuid, "str", "token", None),
        (
            "'user_0ujtsYcgvSTl8PAuAdqWYSMnLOv'",
            "str",
            "user_id",
            Some(Kind::Ksuid),
        ),
        ("'user_0ujtsYcgvSTl8PAuAdqWYSMnLOv'", "str", "x", None),
        (object, "str", "_id", Some(Kind::Objectid)),
        (object, "str", "doc._id", Some(Kind::Objectid)),
        (object, "str", "user_id", None),
        (object, "str", "x", None),
        (
            "ObjectId('507f1f77bcf86cd799439011')",
            "ObjectId",
            "x",
            Some(Kind::Objectid),
        ),
        (
            "go.mongodb.org/mongo-driver/bson/primitive.ObjectID [80,127,31,119,188,248,108,215,153,67,144,17]",
            "go.mongodb.org/mongo-driver/bson/primitive.ObjectID",
            "x",
            Some(Kind::Objectid),
        ),
        (
            "github.com/segmentio/ksuid.KSUID [6,105,247,239,181,161,205,52,181,249,157,17,84,251,104,83,52,92,151,53]",
            "github.com/segmentio/ksuid.KSUID",
            "x",
            Some(Kind::Ksuid),
        ),
        // 20 bytes of anything, such as a hash
        (
            "[20]uint8 [6,105,247,239,181,161,205,52,181,249,157,17,84,251,104,83,52,92,151,53]",
            "[20]uint8",
            "id",
            None,
        ),
        ("175928847299117063", "int", "user_id", None),
    ] {
        assert_eq!(read(value, type_name, name), expected, "{value} {name}");
    }
    let mut chosen = rules(Level::Hinted);
    chosen.kinds.push(Kind::Discord);
    let read = |value: &str, name: &str| {
        let rendering = Rendering {
            value,
            type_name: Some("int"),
            name,
            hint: Hint::None,
        };
        recognise(&rendering, &chosen).map(|found| found.id.kind())
    };
    assert_eq!(read("175928847299117063", "guild_id"), Some(Kind::Discord));
    assert_eq!(
        read("'175928847299117063'", "guild_id"),
        Some(Kind::Discord)
    );
    assert_eq!(read("175928847299117063", "total"), None);
    // a number of 128 bits is a ULID as before
    assert_eq!(
        read("1777027686520646174104517696511196507", "user_id"),
        Some(Kind::Ulid)
    );
}

#[test]
fn kinds_that_are_not_wanted_are_left_alone() {
    let mut rules = rules(Level::Hinted);
    rules.kinds = vec![Kind::Uuidv7];
    let read = |value: &str| {
        let rendering = Rendering {
            value,
            type_name: Some("str"),
            name: "id",
            hint: Hint::None,
        };
        recognise(&rendering, &rules).map(|found| found.id.kind())
    };
    assert_eq!(read("'01ARZ3NDEKTSV4RRFFQ69G5FAV'"), None);
    assert_eq!(read("'c232ab00-9414-11ec-b3c8-9f6bdeced846'"), None);
    assert_eq!(
        read("'017f22e2-79b0-7cc3-98c4-dc0c0c07398f'"),
        Some(Kind::Uuidv7)
    );
}

/// A sequence of numbers that look random: splitmix64.
fn random(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from(mixed ^ (mixed >> 31)).unwrap()
}

#[test]
fn tokens_and_secrets_of_the_same_alphabet_stay_what_they_are() {
    const EACH: usize = 100_000;
    let mut state = 7;
    for (kind, alphabet, length) in [
        ("licence keys", "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26),
        (
            "TOTP seeds of 128 bits",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            26,
        ),
        ("secrets in base 32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32),
        ("hashes of Git", "0123456789abcdef", 40),
        (
            "tokens of 27 characters",
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            27,
        ),
        ("keys of 24 digits", "0123456789abcdef", 24),
        (
            "keys behind a prefix",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            26,
        ),
    ] {
        let mut decorated = 0;
        let prefix = if kind.contains("prefix") { "sk_" } else { "" };
        for _ in 0..EACH {
            let letters =
                (0..length).map(|_| alphabet.as_bytes()[random(&mut state) % alphabet.len()]);
            let text = format!(
                "'{prefix}{}'",
                String::from_utf8(letters.collect()).unwrap()
            );
            decorated += usize::from(read(&text, "str", "token", Level::Hinted).is_some());
        }
        assert!(decorated <= EACH / 1_000, "{decorated} of {EACH} {kind}");
    }
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
