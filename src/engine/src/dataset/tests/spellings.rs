//! Whatever is written is opened again: every spelling, in every format that holds text.

use proptest::prelude::*;

use super::*;
use crate::{Reading, spelling::Spelling};

/// The same IDs in every format of text.
fn sources(ids: &[String]) -> [(&'static str, String); 5] {
    let of_each = |each: &dyn Fn(&String) -> String| ids.iter().map(each).collect::<String>();
    let quoted = |id: &String| serde_json::to_string(id).unwrap();
    let objects: Vec<String> = ids
        .iter()
        .map(|id| format!("{{\"n\":1,\"id\":{}}}", quoted(id)))
        .collect();
    [
        ("ids.txt", of_each(&|id| format!("{id}\n"))),
        (
            "ids.csv",
            "n,id\n".to_owned() + &of_each(&|id| format!("1,{id}\n")),
        ),
        (
            "ids.tsv",
            "id\tn\n".to_owned() + &of_each(&|id| format!("{id}\t1\n")),
        ),
        ("ids.jsonl", objects.join("\n") + "\n"),
        ("ids.json", format!("[{}]", objects.join(","))),
    ]
}

/// IDs that a dataset of a text has.
fn ids_of(name: &str, text: &str, options: &OpenOptions) -> Vec<Option<Ulid>> {
    let dataset = Dataset::from_bytes(name, text.as_bytes().to_vec(), options).unwrap();
    let rows = dataset.rows().map(Result::unwrap);
    rows.map(|row| row.id.ok()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_spelling_is_recognised(
        randoms in prop::collection::vec(0_u128..1 << 80, 3..9),
        ms in 1_262_304_000_000_u64..1_767_225_600_000,
    ) {
        let ids: Vec<Ulid> = randoms
            .into_iter()
            .map(|random| Ulid::from_parts(ms, random).unwrap())
            .collect();
        let expected: Vec<Option<Ulid>> = ids.iter().copied().map(Some).collect();
        for spelling in Spelling::WRITTEN {
            let written: Vec<String> = ids.iter().map(|&id| spelling.print(id)).collect();
            for (name, text) in sources(&written) {
                let found = ids_of(name, &text, &OpenOptions::default());
                prop_assert_eq!(&found, &expected, "{} in {}: {}", spelling, name, text);
            }
        }
    }

    #[test]
    fn every_id_is_read_in_the_spelling_that_is_named(bits: u128) {
        let id = Ulid::from_u128(bits);
        for spelling in Spelling::WRITTEN {
            let options = OpenOptions {
                spelling: Some(spelling),
                format: Some(Format::Lines),
                ..OpenOptions::default()
            };
            let text = spelling.print(id) + "\n";
            prop_assert_eq!(ids_of("ids", &text, &options), [Some(id)], "{}", text);
            let read = Spelling::read(text.trim(), Reading::Strict);
            prop_assert_eq!(read, Ok((spelling, id)), "{}", text);
        }
    }
}

#[test]
fn spellings_of_other_programs_are_recognised() {
    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    for text in [
        "{01563E3A-B5D3-D676-4C61-EFB99302BD5B}",
        "URN:UUID:01563e3a-b5d3-d676-4c61-efb99302bd5b",
        "01563E3AB5D3D6764C61EFB99302BD5B",
        "0X01563E3AB5D3D6764C61EFB99302BD5B",
        // Rust, Go and Python leave the zero before a number out
        "0x1563e3ab5d3d6764c61efb99302bd5b",
        "\\x01563e3ab5d3d6764c61efb99302bd5b",
        "order_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "ORDER#01ARZ3NDEKTSV4RRFFQ69G5FAV",
    ] {
        let found = ids_of(
            "ids.csv",
            &format!("n,key\n1,{text}\n2,{text}\n"),
            &OpenOptions::default(),
        );
        let expected = codec::parse(ID, Reading::Strict).ok();
        assert_eq!(found, [expected, expected], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_number_is_no_id() {
    for text in [
        "0x1f",
        "12345678",
        "1777027686520646174",
        "aGVsbG8gd29ybGQ=",
    ] {
        assert_eq!(
            Spelling::of(text.as_bytes(), Reading::Strict),
            None,
            "{text}"
        );
    }
}
