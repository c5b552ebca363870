//! The lines that somebody writes who has not read the documentation. That they compile is most of the test.
#![cfg(all(
    feature = "generate",
    feature = "serde",
    feature = "ulid",
    feature = "uuid"
))]

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, SystemTime},
};

use ulid_core::{
    Reading, Timestamp, Ulid,
    codec::{self, Kernel, Shape, Text},
    generate::SharedGenerator,
    ulid,
};

const ID: Ulid = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV");
const TEXT: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[test]
fn a_text_is_used_as_text() {
    let text = codec::print(ID);
    assert_eq!(text, TEXT);
    assert_eq!(TEXT, text);
    assert_eq!(text, *TEXT);
    assert_eq!(text, TEXT.to_owned());
    let map: HashMap<Text, u8> = HashMap::from([(text, 1)]);
    assert_eq!(map.get(TEXT), Some(&1));
    let map: BTreeMap<Text, u8> = BTreeMap::from([(text, 1)]);
    assert_eq!(map.get(TEXT), Some(&1));
    let owned: String = text.into();
    assert_eq!(owned, TEXT);
    assert_eq!(String::from(text), TEXT);
    let taken = |text: &str| text.len();
    assert_eq!(taken(&text), 26);
    let as_ref = |text: &dyn AsRef<str>| text.as_ref().len();
    assert_eq!(as_ref(&text), 26);
}

#[test]
fn a_ulid_is_made_of_whatever_there_is() {
    assert_eq!(TEXT.parse::<Ulid>(), Ok(ID));
    assert_eq!(Ulid::try_from(TEXT), Ok(ID));
    let bytes: &[u8] = &ID.to_bytes();
    assert_eq!(Ulid::try_from(bytes), Ok(ID));
    assert_eq!(Ulid::from(ID.to_bytes()), ID);
    assert_eq!(Ulid::from(ID.to_u128()), ID);
    assert_eq!(Ulid::from(uuid::Uuid::from(ID)), ID);
    assert_eq!(Ulid::from(ulid::Ulid::from(ID)), ID);
    assert_eq!(
        serde_json::from_str::<Ulid>(&format!("{TEXT:?}")).unwrap(),
        ID
    );
    assert!(Ulid::generate() > ID);
}

#[test]
fn many_are_read_and_written_as_they_are() {
    let ids = [ID, Ulid::MAX];
    let mut lines = [0; 54];
    Kernel::active().print_records(&ids, Shape::Lines, &mut lines);
    assert_eq!(
        lines,
        *b"01ARZ3NDEKTSV4RRFFQ69G5FAV\n7ZZZZZZZZZZZZZZZZZZZZZZZZZ\n"
    );
    let mut read = [Ulid::NIL; 2];
    let right = Kernel::active().parse_records(&lines, Shape::Lines, Reading::Strict, &mut read);
    assert_eq!((right, read), (2, ids));
    let mut out = Vec::new();
    codec::print_lines(&ids, &mut out);
    assert_eq!(out, lines);
}

#[test]
fn times_go_both_ways() {
    let time = ID.timestamp();
    let system = SystemTime::UNIX_EPOCH + Duration::from_millis(1_469_922_850_259);
    assert_eq!(SystemTime::from(time), system);
    assert_eq!(Timestamp::try_from(system), Ok(time));
    // A moment before 1970 lies in the millisecond that begins before it.
    let before = SystemTime::UNIX_EPOCH - Duration::from_nanos(1);
    assert_eq!(Timestamp::try_from(before).unwrap_err().ms, -1);
}

#[test]
fn a_generator_goes_on_after_what_there_is() {
    let newest = Ulid::generate();
    let generator = SharedGenerator::after(newest);
    assert!(generator.next_id() > newest);
    assert!(generator.generate().unwrap() > newest);
}
