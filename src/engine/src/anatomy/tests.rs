//! The parts and spellings of the example of the specification, and repairs of what people break.

use crate::{Reading, codec, row::Spelling};
use proptest::prelude::*;

use super::*;

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn id(text: &str) -> Ulid {
    codec::parse(text, Reading::Strict).unwrap()
}

#[test]
fn the_specifications_example_taken_apart() {
    let anatomy = Anatomy::of(id(ID));
    assert_eq!(anatomy.timestamp.ms(), 1_469_922_850_259);
    assert_eq!(anatomy.randomness_hex(), "d6764c61efb99302bd5b");
    assert_eq!(
        anatomy.randomness_bytes(),
        [0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b]
    );
    let (time, randomness) = anatomy.bits();
    assert_eq!(u64::from_str_radix(&time, 2), Ok(anatomy.timestamp.ms()));
    assert_eq!(u128::from_str_radix(&randomness, 2), Ok(anatomy.randomness));
    assert_eq!((time.len(), randomness.len()), (48, 80));
}

#[test]
fn forms_of_the_specifications_example() {
    let cases = [
        (Spelling::Ulid, ID),
        (Spelling::Uuid, "01563e3a-b5d3-d676-4c61-efb99302bd5b"),
        (
            Spelling::Urn,
            "urn:uuid:01563e3a-b5d3-d676-4c61-efb99302bd5b",
        ),
        (Spelling::Hex, "01563e3ab5d3d6764c61efb99302bd5b"),
        (Spelling::Integer, "1777027686520646174104517696511196507"),
        (Spelling::Base64, "AVY+OrXT1nZMYe+5kwK9Ww=="),
    ];
    for (form, text) in cases {
        assert_eq!(form.print(id(ID)), text);
        assert_eq!(Spelling::read(text, Reading::Strict), Ok((form, id(ID))));
    }
    for text in [
        "0x01563e3ab5d3d6764c61efb99302bd5b",
        "{01563E3A-B5D3-D676-4C61-EFB99302BD5B}",
        " 01arz3ndektsv4rrffq69g5fav ",
    ] {
        assert_eq!(
            Spelling::read(text, Reading::Strict).map(|(_, id)| id),
            Ok(id(ID)),
            "{text}"
        );
    }
}

#[test]
fn integers_that_look_like_another_form_are_printed_after_a_zero() {
    for digits in [26, 32] {
        let text = "6".repeat(digits);
        let id = Ulid::from_u128(text.parse().unwrap());
        let printed = Spelling::Integer.print(id);
        assert_eq!(printed, format!("0{text}"));
        assert_eq!(
            Spelling::read(&printed, Reading::Strict),
            Ok((Spelling::Integer, id))
        );
    }
}

#[test]
fn what_has_no_form_is_refused() {
    let too_large = "340282366920938463463374607431768211456";
    for text in [
        "",
        "+1",
        "0x",
        "0x+1",
        "hello",
        too_large,
        "99999999999999999999999999",
        "01563e3a-b5d3-d676-4c61-efb99302bd5",
        "AVY+OrXT1nZMYe+5kwK9",
    ] {
        assert!(Spelling::read(text, Reading::Strict).is_err(), "{text}");
    }
}

#[test]
fn repairs() {
    let cases = [
        ("\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",", ID, RepairKind::Unwrapped),
        (
            "\u{FEFF}01ARZ3NDEKTSV4RRFFQ69G5FAV\r\n",
            ID,
            RepairKind::Unwrapped,
        ),
        ("OlARZ3NDEKTSV4RRFFQ69G5FAV", ID, RepairKind::Folded),
        ("01ARZ3NDEK-TSV4RRFF-Q69G5FAV", ID, RepairKind::Folded),
        (
            "'OIARZ3NDEKTSV4RRFFQ69G5FAV'",
            ID,
            RepairKind::UnwrappedAndFolded,
        ),
        (
            "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            ID,
            RepairKind::PrefixRemoved,
        ),
        (
            "01563e3a-b5d3-d676-4c61-efb99302bd5b",
            ID,
            RepairKind::OtherSpelling(Spelling::Uuid),
        ),
    ];
    for (text, repaired, kind) in cases {
        assert_eq!(
            repair(text),
            Some(Repair {
                id: id(repaired),
                kind
            }),
            "{text}"
        );
    }
    for text in [
        ID,
        "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "01ARZ3NDEKTSV4RRFFQ69G5FAU",
        "",
        "_01ARZ",
    ] {
        assert_eq!(repair(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn every_form_reads_back(bits: u128, unused in 0..u128::BITS) {
        let id = Ulid::from_u128(bits >> unused);
        for form in Spelling::WRITTEN {
            prop_assert_eq!(Spelling::read(&form.print(id), Reading::Strict), Ok((form, id)));
        }
    }

    #[test]
    fn no_text_is_too_odd_to_repair(text: String) {
        if let Some(repair) = repair(&text) {
            prop_assert!(!codec::is_valid(&text, Reading::Strict), "{repair:?}");
        }
    }
}
