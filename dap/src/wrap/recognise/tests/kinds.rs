//! Identifiers of other kinds, and tokens that are none.

use super::*;

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
    // bytes of a version 4 in the order of little endians, which have the bits of a version 7 of the year 3999
    let little = [
        0x3a, 0x3e, 0x56, 0x01, 0xd3, 0xb5, 0x76, 0x46, 0x8c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd,
        0x5b_u8,
    ];
    let numbers = little.map(|byte| byte.to_string()).join(", ");
    let list = format!("[{numbers}]");
    assert_eq!(kind(&list, "[16]uint8", "bytes_le", Hint::Uuid), None);
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
        // bson 7 for JavaScript, recorded from js-debug
        (
            "ObjectId {i0: 7016794, i1: 6368912, i2: 5793625, i3: 5088649}",
            "ObjectId",
            "oid",
            Some(Kind::Objectid),
        ),
        (
            "Matrix {i0: 7016794, i1: 6368912, i2: 5793625, i3: 5088649}",
            "Matrix",
            "id",
            None,
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
    const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const BASE_32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const HEX: &str = "0123456789abcdef";
    const BASE_36: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
    const BASE_62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const BASE_64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = 7;
    for (kind, prefix, alphabet, length) in [
        ("licence keys", "", CROCKFORD, 26),
        ("TOTP seeds of 128 bits", "", BASE_32, 26),
        ("secrets in base 32", "", BASE_32, 32),
        ("hashes of Git", "", HEX, 40),
        ("tokens of 27 characters", "", BASE_62, 27),
        ("keys of 24 digits", "", HEX, 24),
        ("keys behind a prefix", "sk_", BASE_36, 26),
        ("hashes of 128 bits", "", HEX, 32),
        ("hashes of 256 bits", "", HEX, 64),
        ("cuid2", "", BASE_36, 24),
        ("nanoid", "", BASE_64, 21),
        ("128 bits in base 64", "", BASE_64, 22),
        ("keys of Stripe", "sk_live_", BASE_62, 24),
        ("tokens of GitHub", "ghp_", BASE_62, 36),
        ("keys of AWS", "AKIA", BASE_32, 16),
        ("numbers of 26 digits", "", "0123456789", 26),
        ("invitations", "inv_", CROCKFORD, 26),
    ] {
        let mut decorated = 0;
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
