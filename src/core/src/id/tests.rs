//! The type beside the specification, and what is read while compiling beside what is read while running.

use std::{collections::HashSet, string::ToString as _};

use proptest::prelude::*;

use super::*;
use crate::{codec::FaultKind, ulid};

/// The specification's example, its bytes and its time.
const EXAMPLE: Ulid = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV");
const EXAMPLE_BYTES: [u8; 16] = [
    0x01, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b,
];

#[test]
fn the_specifications_example_is_its_bytes_its_time_and_its_text() {
    assert_eq!(EXAMPLE.to_bytes(), EXAMPLE_BYTES);
    assert_eq!(Ulid::from(EXAMPLE_BYTES), EXAMPLE);
    assert_eq!(EXAMPLE.timestamp_ms(), 1_469_922_850_259);
    assert_eq!(EXAMPLE.random(), 0xd676_4c61_efb9_9302_bd5b);
    let parts = Ulid::from_parts(EXAMPLE.timestamp_ms(), EXAMPLE.random());
    assert_eq!(parts, Ok(EXAMPLE));
    assert_eq!(format!("{EXAMPLE:?}"), "Ulid(01ARZ3NDEKTSV4RRFFQ69G5FAV)");
}

#[test]
fn no_way_from_text_wraps_an_overflow() {
    let text = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    let fault = Err(Fault {
        kind: FaultKind::Overflow,
        position: 0,
    });
    assert_eq!(text.parse::<Ulid>(), fault);
    assert_eq!(Ulid::try_from(text), fault);
    assert_eq!(Ulid::parse(text), fault);
    assert_eq!(Ulid::parse_lenient(text), fault);
    assert_eq!("7ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse(), Ok(Ulid::MAX));
    assert_eq!("00000000000000000000000000".parse(), Ok(Ulid::NIL));
}

#[test]
fn text_keeps_to_width_and_fill_in_every_way_of_printing() {
    for (printed, expected) in [
        (format!("{EXAMPLE:>28}"), "  01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        (format!("{EXAMPLE:_<28}"), "01ARZ3NDEKTSV4RRFFQ69G5FAV__"),
        (format!("{EXAMPLE:.5}"), "01ARZ"),
        (format!("{EXAMPLE}"), "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        (EXAMPLE.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        (ToString::to_string(&EXAMPLE), "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        (EXAMPLE.text().into(), "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        (EXAMPLE.to_lowercase().into(), "01arz3ndektsv4rrffq69g5fav"),
    ] {
        assert_eq!(printed, expected);
    }
}

#[test]
fn steps_end_where_the_millisecond_ends() {
    // The specification's examples of monotonic generation.
    let steps = [
        (
            "01BX5ZZKBKACTAV9WEVGEMMVRZ",
            Some("01BX5ZZKBKACTAV9WEVGEMMVS0"),
        ),
        (
            "01BX5ZZKBKACTAV9WEVGEMMVS0",
            Some("01BX5ZZKBKACTAV9WEVGEMMVS1"),
        ),
        ("01BX5ZZKBKZZZZZZZZZZZZZZZZ", None),
        ("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", None),
    ];
    for (text, next) in steps {
        let (id, next) = (read(text), next.map(read));
        assert_eq!(id.increment(), next, "{text}");
        if let Some(next) = next {
            assert_eq!(next.decrement(), Some(id), "{text}");
        }
    }
    assert_eq!(read("01BX5ZZKBK0000000000000000").decrement(), None);
    assert_eq!(Ulid::NIL.decrement(), None);
}

fn read(text: &str) -> Ulid {
    text.parse().unwrap()
}

#[test]
fn parts_that_do_not_fit_are_refused_and_not_cut() {
    let time = Err(PartsError::Time(OutOfRange { ms: 1 << 48 }));
    assert_eq!(Ulid::from_parts(1 << 48, 5), time);
    assert_eq!(Ulid::from_parts(5, 1 << 80), Err(PartsError::Random));
    let last = Ulid::from_parts((1 << 48) - 1, (1 << 80) - 1);
    assert_eq!(last, Ok(Ulid::MAX));
    let said = PartsError::Random.to_string();
    assert_eq!(said, "the randomness is more than 80 bits");
}

#[test]
fn bytes_that_are_not_sixteen_are_refused() {
    assert_eq!(Ulid::try_from(&EXAMPLE_BYTES[..]), Ok(EXAMPLE));
    for len in [0, 15, 17, 26] {
        let found = Ulid::try_from(&vec![0; len][..]);
        assert_eq!(found, Err(LengthError { found: len }));
        let said = format!("{len} bytes, a ULID has 16");
        assert_eq!(found.unwrap_err().to_string(), said);
    }
}

/// A character that stands in or near the texts of ULIDs.
fn character() -> impl Strategy<Value = char> {
    prop_oneof![
        20 => proptest::char::ranges(vec!['0'..='9', 'A'..='Z', 'a'..='z'].into()),
        1 => any::<char>(),
        1 => Just('-'),
    ]
}

proptest! {
    #[test]
    fn constants_are_read_as_text_is(characters in prop::collection::vec(character(), 0..30)) {
        let text = String::from_iter(&characters);
        prop_assert_eq!(Ulid::parse(&text), text.parse(), "{}", text);
    }

    #[test]
    fn constants_read_what_is_printed(bits: u128) {
        let id = Ulid::from_u128(bits);
        prop_assert_eq!(Ulid::parse(&id.text()), Ok(id));
        prop_assert_eq!(Ulid::parse(&id.to_lowercase()), Ok(id));
    }

    #[test]
    fn order_is_that_of_text_and_of_bytes(one: u128, other: u128) {
        let (one, other) = (Ulid::from_u128(one), Ulid::from_u128(other));
        prop_assert_eq!(one.cmp(&other), one.text().cmp(&other.text()));
        prop_assert_eq!(one.cmp(&other), one.to_bytes().cmp(&other.to_bytes()));
    }
}

#[test]
fn a_set_of_texts_is_asked_by_a_str() {
    let texts = HashSet::from([EXAMPLE.text()]);
    assert!(texts.contains("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    assert!(!texts.contains("01arz3ndektsv4rrffq69g5fav"));
}
