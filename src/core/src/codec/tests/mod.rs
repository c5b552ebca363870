//! Conformance with the specification as a table of cases, and the codec against a one-digit-at-a-time oracle.

mod columns;
mod kernels;
mod lines;
mod words;

use proptest::prelude::*;

use super::*;
use Reading::{Lenient, Strict};

const SPEC_EXAMPLE: u128 = 0x0156_3e3a_b5d3_d676_4c61_efb9_9302_bd5b;

fn check(text: &str, reading: Reading, expected: Result<u128, (FaultKind, usize)>) {
    let read = parse(text, reading)
        .map(|id| id.0)
        .map_err(|fault| (fault.kind, fault.position));
    assert_eq!(read, expected, "{text:?} {reading:?}");
    assert_eq!(
        is_valid(text, reading),
        expected.is_ok(),
        "{text:?} {reading:?}"
    );
}

#[test]
fn valid_texts() {
    let cases = [
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", SPEC_EXAMPLE),
        ("01arz3ndektsv4rrffq69g5fav", SPEC_EXAMPLE),
        ("01ARZ3NDEKtsv4rrffq69g5fav", SPEC_EXAMPLE),
        ("00000000000000000000000000", 0),
        ("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", u128::MAX),
        (
            "21850M2GA1850M2GA1850M2GA1",
            u128::from_be_bytes([0x41; 16]),
        ),
    ];
    for (text, bits) in cases {
        check(text, Strict, Ok(bits));
        check(text, Lenient, Ok(bits));
        assert_eq!(
            print(Ulid::from_u128(bits)).as_str(),
            text.to_ascii_uppercase()
        );
    }
}

#[test]
fn only_a_lenient_reading_folds_aliases_and_skips_hyphens() {
    let one = parse("01ARZ3NDEKTSV4RRFFQ69G5FA1", Strict).unwrap().0;
    let zero = parse("01ARZ3NDEKTSV4RRFFQ69G5FA0", Strict).unwrap().0;
    let cases = [
        ("01ARZ3NDEKTSV4RRFFQ69G5FAI", 'I', 25, one),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAl", 'l', 25, one),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAO", 'O', 25, zero),
        ("oiARZ3NDEKTSV4RRFFQ69G5FA0", 'o', 0, zero),
    ];
    for (text, found, position, bits) in cases {
        check(
            text,
            Strict,
            Err((FaultKind::Character { found }, position)),
        );
        check(text, Lenient, Ok(bits));
    }
    check(
        "01ARZ3NDEK-TSV4RRFFQ6-9G5FA1",
        Strict,
        Err((FaultKind::Length { found: 28 }, 26)),
    );
    check("01ARZ3NDEK-TSV4RRFFQ6-9G5FA1", Lenient, Ok(one));
    check(
        "01ARZ3NDEK-TSV4RRFFQ69G5FA",
        Strict,
        Err((FaultKind::Character { found: '-' }, 10)),
    );
    check(
        "01ARZ3NDEK-TSV4RRFFQ69G5FA",
        Lenient,
        Err((FaultKind::Length { found: 25 }, 26)),
    );
}

#[test]
fn invalid_texts() {
    let character = |found, position| (FaultKind::Character { found }, position);
    let length = |found, position| (FaultKind::Length { found }, position);
    let cases = [
        ("80000000000000000000000000", (FaultKind::Overflow, 0)),
        ("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", (FaultKind::Overflow, 0)),
        ("ZZZZZZZZZZZZZZZZZZZZZZZZZZ", (FaultKind::Overflow, 0)),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAU", character('U', 25)),
        ("01ARZ3NDEKTuV4RRFFQ69G5FAV", character('u', 11)),
        ("8UZZZZZZZZZZZZZZZZZZZZZZZZ", character('U', 1)),
        ("", length(0, 0)),
        ("0", length(1, 1)),
        ("01ARZ3NDEKTSV4RRFFQ69G5FA", length(25, 25)),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAVX", length(27, 26)),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV\n", length(27, 26)),
        (" 01ARZ3NDEKTSV4RRFFQ69G5FA", character(' ', 0)),
        ("01ARZ3NDEKTSV4RRFFQ69G5FA\0", character('\0', 25)),
        ("01ARZ3NDEKTSV4RRFFQ69G5Fé", length(25, 25)),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAé", character('é', 25)),
        ("ééééééééééééé", length(13, 13)),
        ("01ARZ3NDEKTSV4RRFFQ69G5F１A", character('１', 24)),
        (
            "01ARZ3NDEKTSV4RRFFQ69G5F\u{212A}A",
            character('\u{212A}', 24),
        ),
    ];
    for (text, fault) in cases {
        check(text, Strict, Err(fault));
    }
    let fault = parse(b"01ARZ3NDEKTSV4RRFFQ69G5FA\xFF", Strict).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "invalid character at character 26: these bytes are not UTF-8 text"
    );
}

#[test]
fn faults_say_what_to_make_of_them() {
    let says = |text: &str| parse(text, Strict).unwrap_err().to_string();
    assert_eq!(
        says(""),
        "wrong length at character 1: the text is empty, a ULID has 26 characters"
    );
    assert_eq!(
        says("01ARZ"),
        "wrong length at character 6: 5 characters, a ULID has 26"
    );
    assert_eq!(
        says("01ARZ3NDEKTSV4RRFFQ69G5FAO"),
        "invalid character at character 26: 'O' is not in the alphabet; it may stand for 0, which only a lenient reading assumes"
    );
}

/// One digit at a time, from the specification's words.
fn oracle(text: &[u8], reading: Reading) -> Option<u128> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|&b| reading == Strict || b != b'-')
        .collect();
    let digit = |byte: u8| match byte.to_ascii_uppercase() {
        b'I' | b'L' if reading == Lenient => Some(1),
        b'O' if reading == Lenient => Some(0),
        upper => ALPHABET.iter().position(|&c| c == upper),
    };
    let digits = text
        .iter()
        .map(|&byte| digit(byte))
        .collect::<Option<Vec<_>>>()?;
    if digits.len() != TEXT_LEN || digits[0] > 7 {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |bits, &digit| bits * 32 + digit as u128),
    )
}

#[test]
fn every_byte_at_every_position() {
    for base in [
        *b"01ARZ3NDEKTSV4RRFFQ69G5FAV",
        *b"7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    ] {
        for position in 0..TEXT_LEN {
            for byte in 0..=255 {
                let mut text = base;
                text[position] = byte;
                for reading in [Strict, Lenient] {
                    let read = parse(text, reading).ok().map(|id| id.0);
                    assert_eq!(
                        read,
                        oracle(&text, reading),
                        "{byte} at {position}, {reading:?}"
                    );
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(bits: u128) {
        let text = print(Ulid::from_u128(bits));
        prop_assert_eq!(parse(text, Strict), Ok(Ulid::from_u128(bits)));
        prop_assert_eq!(oracle(text.as_ref(), Strict), Some(bits));
    }

    #[test]
    fn text_order_is_value_order(a: u128, b: u128) {
        prop_assert_eq!(print(Ulid::from_u128(a)).cmp(&print(Ulid::from_u128(b))), a.cmp(&b));
    }

    #[test]
    fn any_bytes_read_as_the_oracle_reads_them(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        for reading in [Strict, Lenient] {
            let read = parse(&bytes, reading);
            prop_assert_eq!(read.ok().map(|id| id.0), oracle(&bytes, reading));
            if let Err(fault) = read {
                prop_assert!(fault.position <= bytes.len());
            }
        }
    }
}
