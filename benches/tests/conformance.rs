//! The specification's rules as a table of texts, ours beside what published crates make of them. A peer that changes its
//! mind in a later version fails here, and the table is put right.

use ferroid::{base32::Base32UlidExt, id::ULID};
use ulid::Ulid as Peer;
use ulid_engine::{Reading, Ulid, codec};

/// The result of reading a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    /// The value that the specification gives the text.
    Right,
    /// Another value: the text was silently changed.
    Changed,
    /// An error.
    Refused,
}

use Read::{Changed as C, Refused as X, Right as R};

/// Reads a text, or refuses it.
type Reader = fn(&str) -> Option<u128>;

const READERS: [(&str, Reader); 6] = [
    ("ulid-engine, strict", |text| {
        codec::parse(text, Reading::Strict)
            .ok()
            .map(|id| id.to_u128())
    }),
    ("ulid-engine, lenient", |text| {
        codec::parse(text, Reading::Lenient)
            .ok()
            .map(|id| id.to_u128())
    }),
    ("ulid 3.0.0", |text| {
        Peer::from_string(text).ok().map(|id| id.0)
    }),
    ("rusty_ulid 2.0.1", |text| {
        text.parse::<rusty_ulid::Ulid>().ok().map(u128::from)
    }),
    ("mr-ulid 3.0.1", |text| {
        text.parse::<mr_ulid::Ulid>()
            .ok()
            .map(mr_ulid::Ulid::to_u128)
    }),
    ("ferroid 2.0.0", |text| {
        ULID::decode(text).ok().map(|id| id.to_raw())
    }),
];

/// A text, its value by the specification's alphabet with Crockford's aliases, and what each reader makes of it.
type Case = (&'static str, Option<u128>, [Read; 6]);

const SPEC: u128 = 0x0156_3e3a_b5d3_d676_4c61_efb9_9302_bd5b;
/// The specification's example with the last character 1, or 0.
const ENDS_1: u128 = SPEC - 26;
const ENDS_0: u128 = SPEC - 27;

const CASES: &[Case] = &[
    ("01ARZ3NDEKTSV4RRFFQ69G5FAV", Some(SPEC), [R, R, R, R, R, R]),
    ("01arz3ndektsv4rrffq69g5fav", Some(SPEC), [R, R, R, R, R, R]),
    ("01aRZ3NDEKTSV4RRFFq69G5FAv", Some(SPEC), [R, R, R, R, R, R]),
    (
        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        Some(u128::MAX),
        [R, R, R, R, R, R],
    ),
    ("00000000000000000000000000", Some(0), [R, R, R, R, X, R]),
    ("80000000000000000000000000", None, [X, X, C, X, X, C]),
    ("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", None, [X, X, C, X, X, C]),
    ("ZZZZZZZZZZZZZZZZZZZZZZZZZZ", None, [X, X, C, X, X, C]),
    (
        "01ARZ3NDEKTSV4RRFFQ69G5FAI",
        Some(ENDS_1),
        [X, R, X, R, R, R],
    ),
    (
        "01ARZ3NDEKTSV4RRFFQ69G5FAl",
        Some(ENDS_1),
        [X, R, X, R, R, R],
    ),
    (
        "O1ARZ3NDEKTSV4RRFFQ69G5FAo",
        Some(ENDS_0),
        [X, R, X, R, R, R],
    ),
    ("01ARZ3NDEKTSV4RRFFQ69G5FAU", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5FAu", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEK-SV4RRFFQ69G5FAV", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5FA", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5FAVX", None, [X, X, X, X, X, X]),
    ("", None, [X, X, X, X, X, X]),
    (" 01ARZ3NDEKTSV4RRFFQ69G5FA", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5FAV\n", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5Fé", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5FAé", None, [X, X, X, X, X, X]),
    ("ééééééééééééé", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5１", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5\u{212A}", None, [X, X, X, X, X, X]),
    ("01ARZ3NDEKTSV4RRFFQ69G5FA\0", None, [X, X, X, X, X, X]),
];

#[test]
fn each_reader_does_as_the_table_says() {
    for (text, value, expected) in CASES {
        let found = READERS.map(|(_, read)| match read(text) {
            None => X,
            Some(read) if Some(read) == *value => R,
            Some(_) => C,
        });
        let names = READERS.map(|(name, _)| name);
        assert_eq!(found, *expected, "{text:?} by {names:?}");
    }
}

#[test]
fn no_peer_is_exact_about_where_and_never_changes_a_text() {
    let ours = |read: &[Read; 6]| [read[0], read[1]];
    assert!(CASES.iter().all(|(.., read)| !ours(read).contains(&C)));
    let fault = codec::parse("01ARZ3NDEKTSV4RRFFQ69G5FAU", Reading::Strict).unwrap_err();
    assert_eq!(fault.position, 25);
}

#[test]
fn what_is_larger_than_a_part_is_refused_when_ids_are_made() {
    use ulid_engine::{Timestamp, generate::Monotonic};

    assert!(Timestamp::from_ms(1_i64 << 48).is_err());
    assert_eq!(Peer::from_parts(1 << 48, 5).0, 5, "ulid wraps in silence");
    assert!(Ulid::from_parts(1 << 48, 5).is_err());
    let full = Ulid::from_parts(1, (1 << 80) - 1).unwrap();
    let mut rng = rand::rng();
    let time = Timestamp::of(full);
    assert!(Monotonic::after(full).generate(time, &mut rng).is_err());
}
