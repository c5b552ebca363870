//! UUIDs of version 7, TypeIDs and GUIDs: what they are told to be, and what is read of them.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    Timestamp,
    spelling::Spelling,
    stats::{Limits, Summary, Verdict},
    version7::Kinds,
};

const MS: u64 = 1_735_689_600_000;

/// The first TypeID of the specification's list of valid ones with a time of ours, and its UUID.
const TYPEID: (&str, &str) = (
    "prefix_01h455vb4pex5vsknk084sn02q",
    "01890a5d-ac96-774b-bcce-b302099a8057",
);

fn open(name: &str, text: &str) -> Dataset {
    let bytes = text.as_bytes().to_vec();
    Dataset::from_bytes(name, bytes, &OpenOptions::default()).unwrap()
}

fn summary(dataset: &Dataset) -> Summary {
    let limits = Limits::at(Timestamp::from_ms(MS * 2).unwrap());
    let audit = dataset.audit(limits, &Progress::new()).unwrap();
    audit.summary().clone()
}

/// Different bits each time, by a generator of odd steps.
fn bits(number: u64) -> u128 {
    let word = |number: u64| {
        let mixed = (number ^ number >> 31).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        u128::from((mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9))
    };
    word(number * 2) << 64 | word(number * 2 + 1)
}

/// A UUID of version 7 as the `uuid` crate builds it.
fn uuid(number: u64) -> Uuid {
    let bytes = bits(number).to_be_bytes();
    let random = bytes.first_chunk().copied().unwrap();
    uuid::Builder::from_unix_timestamp_millis(MS + number, &random).into_uuid()
}

/// A ULID that does not look like a UUID of version 7.
fn ulid(number: u64) -> String {
    let bits = bits(number) & ((1 << 80) - 1) & !(0xF << 76);
    codec::print(Ulid::from_parts(MS + number, bits).unwrap()).to_string()
}

fn typeid(number: u64) -> String {
    let text = codec::print(Ulid::from_u128(uuid(number).as_u128())).to_string();
    format!("user_{}", text.to_lowercase())
}

#[test]
fn a_typeid_is_the_uuid_of_its_specification() {
    let (text, uuid) = TYPEID;
    let dataset = open("ids.csv", &format!("n,id\n1,{text}\n2,{uuid}\n3,none\n"));
    let rows: Vec<_> = dataset.rows().map(Result::unwrap).collect();
    let expected = Uuid::parse_str(uuid).unwrap();
    let ms = expected.get_timestamp().unwrap().to_unix();
    let ms = ms.0 * 1000 + u64::from(ms.1) / 1_000_000;
    for row in &rows[..2] {
        let id = row.id.unwrap();
        assert_eq!((id.to_u128(), id.timestamp_ms()), (expected.as_u128(), ms));
    }
    assert!(rows[2].id.is_err());
}

#[test]
fn a_source_says_what_its_ids_are_by_their_version() {
    let lines = |each: &dyn Fn(u64) -> String| -> String {
        (0..300).map(|number| each(number) + "\n").collect()
    };
    let uuids = lines(&|number| uuid(number).to_string());
    let unhyphenated = lines(&|number| uuid(number).simple().to_string());
    let mixed = lines(&|number| match number % 3 {
        0 => uuid(number).to_string(),
        _ => ulid(number),
    });
    for (text, layout, uuids_v7) in [
        (uuids, "lines, UUIDv7", 300),
        (unhyphenated, "lines, UUIDv7", 300),
        (lines(&typeid), "lines, UUIDv7, TypeIDs", 300),
        (lines(&ulid), "lines", 0),
        (mixed, "lines, ULIDs and UUIDv7", 100),
    ] {
        let dataset = open("ids", &text);
        assert_eq!(dataset.layout().to_string(), layout, "{text}");
        let found = summary(&dataset);
        assert_eq!((found.valid, found.uuids_v7()), (300, uuids_v7), "{layout}");
        let rows = dataset.rows().map(Result::unwrap);
        let named = rows.filter(|row| row.borrow().uuid_version() == Some(7));
        assert_eq!(named.count() as u64, uuids_v7, "{layout}");
    }
}

#[test]
fn uuids_that_come_late_are_ids_and_others_are_faults() {
    let text: String = (0..2_000)
        .map(|number| match number {
            0..1_000 => ulid(number) + "\n",
            1_500 => "c2aa1ee2-3174-4296-8cb6-5de0c7e24dd0\n".to_owned(),
            _ => uuid(number).to_string() + "\n",
        })
        .collect();
    let objects: String = text
        .lines()
        .map(|id| format!("{{\"n\":1,\"id\":\"{id}\"}}\n"))
        .collect();
    let table: String = text.lines().map(|id| format!("1,{id}\n")).collect();
    for (name, text) in [("x", &text), ("x.jsonl", &objects), ("x.csv", &table)] {
        let dataset = open(name, text);
        assert_eq!(dataset.layout().kinds, Kinds::Ulids);
        let found = summary(&dataset);
        assert_eq!(
            (found.valid, found.uuids_v7(), found.faults.length),
            (1_999, 999, 1)
        );
        let chosen: crate::RowSet = (500..1_200).collect();
        let limits = Limits::at(Timestamp::MAX);
        let some = dataset
            .summary_of(&chosen, limits, &Progress::new())
            .unwrap();
        assert_eq!((some.valid, some.uuids_v7()), (700, 200));
    }
}

#[test]
fn fixed_bits_are_no_part_of_the_randomness() {
    let text = |fixed: u64| -> String {
        let bits = |number| Ulid::from_parts(MS + number, bits(number) & ((1 << 80) - 1)).unwrap();
        let marked = |id: Ulid| Ulid::from_u128(id.to_u128() | u128::from(fixed));
        let made = (0..3_000).map(|number| crate::version7::as_version_7(marked(bits(number))));
        made.map(|id| Spelling::Uuid.print(id) + "\n").collect()
    };
    let (verdict, evidence) = summary(&open("ids", &text(0))).verdict();
    assert_eq!(verdict, Verdict::Random, "{evidence:?}");
    assert_eq!(evidence.random_bits, 62);
    // a bit that is always set is a flaw there too
    let (verdict, evidence) = summary(&open("ids", &text(1 << 40))).verdict();
    assert_eq!(verdict, Verdict::BiasedBits, "{evidence:?}");
    assert_eq!(evidence.constant_bits, 1 << 40);
}

#[test]
fn a_guid_is_told_by_its_times_and_put_right_by_its_name() {
    let guid = |number| Uuid::from_bytes(uuid(number).to_bytes_le());
    let lines = |each: &dyn Fn(u64) -> String| -> String {
        (0..50).map(|number| each(number) + "\n").collect()
    };
    let expected: Vec<_> = (0..50)
        .map(|number| Some(Ulid::from_u128(uuid(number).as_u128())))
        .collect();
    for (name, text) in [
        ("x", lines(&|number| guid(number).to_string())),
        ("x", lines(&|number| guid(number).urn().to_string())),
        (
            "x.csv",
            "id;n\n".to_owned() + &lines(&|number| format!("{};1", guid(number).braced())),
        ),
        (
            "x.jsonl",
            lines(&|number| format!("{{\"n\":1,\"id\":\"{}\"}}", guid(number))),
        ),
    ] {
        let hint = open(name, &text).layout().hint.clone().unwrap_or_default();
        assert!(
            hint.ends_with("50 if the bytes of their first groups are turned: try --spelling guid"),
            "{hint}"
        );
        let options = OpenOptions {
            spelling: Some(Spelling::Guid),
            ..OpenOptions::default()
        };
        let dataset = Dataset::from_bytes(name, text.into_bytes(), &options).unwrap();
        assert_eq!(dataset.ids().unwrap(), expected, "{name}");
        assert_eq!(dataset.layout().hint, None);
        assert!(
            dataset
                .layout()
                .to_string()
                .ends_with("UUIDv7, spelled as GUIDs")
        );
    }
    let random = lines(&|number| {
        uuid::Builder::from_random_bytes(bits(number).to_be_bytes())
            .into_uuid()
            .to_string()
    });
    let hint = open("x", &random).layout().hint.clone();
    assert!(hint.is_some_and(|hint| hint.contains("version 4")));
}

proptest! {
    #[test]
    fn a_guid_is_what_dotnet_makes_of_the_bytes(bits: u128) {
        let guid = Uuid::from_bytes(Uuid::from_u128(bits).to_bytes_le()).to_string();
        let read = Spelling::Guid.read_cell(guid.as_bytes(), crate::Reading::Strict);
        prop_assert_eq!(read, Ok(Ulid::from_u128(bits)));
        prop_assert_eq!(Spelling::Guid.print(Ulid::from_u128(bits)), guid);
    }
}
