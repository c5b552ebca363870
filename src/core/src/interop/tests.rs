//! Each feature beside what the specification, or the other crate, says of the same ULID.

use crate::{Timestamp, Ulid, ulid};

/// The specification's example.
const EXAMPLE: Ulid = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV");
const EXAMPLE_BYTES: [u8; 16] = [
    0x01, 0x56, 0x3e, 0x3a, 0xb5, 0xd3, 0xd6, 0x76, 0x4c, 0x61, 0xef, 0xb9, 0x93, 0x02, 0xbd, 0x5b,
];
const EXAMPLE_UUID: &str = "01563e3a-b5d3-d676-4c61-efb99302bd5b";
const EXAMPLE_MS: i64 = 1_469_922_850_259;

#[test]
fn the_examples_are_one_ulid() {
    assert_eq!(Ulid::from_bytes(EXAMPLE_BYTES), EXAMPLE);
    assert_eq!(Timestamp::from_ms(EXAMPLE_MS), Ok(EXAMPLE.timestamp()));
    let digits = EXAMPLE_UUID.replace('-', "");
    assert_eq!(u128::from_str_radix(&digits, 16), Ok(EXAMPLE.to_u128()));
}

#[cfg(feature = "serde")]
mod serde {
    use ::serde::{Deserialize, Serialize, de::DeserializeOwned};

    use super::*;
    use crate::{
        codec::Fault,
        serde::{bytes, lenient, text},
    };

    #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct Written(#[serde(with = "text")] Ulid);

    #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct Typed(#[serde(with = "lenient")] Ulid);

    #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct Raw(#[serde(with = "bytes")] Ulid);

    fn both_ways<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
        value: T,
        json: &str,
        postcard: &[u8],
        message_pack: &[u8],
    ) {
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(postcard::to_allocvec(&value).unwrap(), postcard);
        assert_eq!(rmp_serde::to_vec(&value).unwrap(), message_pack);
        assert_eq!(serde_json::from_str::<T>(json).unwrap(), value);
        assert_eq!(postcard::from_bytes::<T>(postcard).unwrap(), value);
        assert_eq!(rmp_serde::from_slice::<T>(message_pack).unwrap(), value);
    }

    /// A length, and what it is of.
    fn counted(prefix: &[u8], bytes: &[u8]) -> Vec<u8> {
        [prefix, bytes].concat()
    }

    #[test]
    fn text_is_for_people_and_sixteen_bytes_are_for_programs() {
        let json = "\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"";
        // Postcard writes a length as a varint; MessagePack 0xc4 and a byte for binary, 0xa0 with it for a short text.
        let bytes = (
            counted(&[16], &EXAMPLE_BYTES),
            counted(&[0xc4, 16], &EXAMPLE_BYTES),
        );
        both_ways(EXAMPLE, json, &bytes.0, &bytes.1);
        let text = EXAMPLE.to_string().into_bytes();
        let text = (counted(&[26], &text), counted(&[0xa0 + 26], &text));
        both_ways(Written(EXAMPLE), json, &text.0, &text.1);
        both_ways(Typed(EXAMPLE), json, &text.0, &text.1);
        let list = "[1,86,62,58,181,211,214,118,76,97,239,185,147,2,189,91]";
        both_ways(Raw(EXAMPLE), list, &bytes.0, &bytes.1);
    }

    #[test]
    fn what_is_no_ulid_is_refused_with_its_fault() {
        let said = |json: &str| serde_json::from_str::<Ulid>(json).unwrap_err().to_string();
        let overflow = said("\"8ZZZZZZZZZZZZZZZZZZZZZZZZZ\"");
        assert!(
            overflow.starts_with("overflow at character 1"),
            "{overflow}"
        );
        let alias = said("\"O1ARZ3NDEKTSV4RRFFQ69G5FAV\"");
        assert!(
            alias.starts_with("invalid character at character 1"),
            "{alias}"
        );
        let number = said("7");
        let expected = "invalid type: integer `7`, expected the 26 characters of a ULID";
        assert!(number.starts_with(expected), "{number}");
        for len in [15, 17] {
            let short = counted(&[len], &vec![0; usize::from(len)]);
            assert!(postcard::from_bytes::<Ulid>(&short).is_err());
            let list = serde_json::to_string(&vec![0; usize::from(len)]).unwrap();
            assert!(serde_json::from_str::<Raw>(&list).is_err());
        }
        assert!(
            rmp_serde::from_slice::<Ulid>(
                &rmp_serde::to_vec("01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap()
            )
            .is_err()
        );
    }

    #[test]
    fn lenient_fields_read_what_people_type_and_write_what_is_canonical() {
        let typed: Typed = serde_json::from_str("\"o1arz3ndek-tsv4rrffq69g5fav\"").unwrap();
        assert_eq!(typed, Typed(EXAMPLE));
        assert!(serde_json::from_str::<Typed>("\"U1ARZ3NDEKTSV4RRFFQ69G5FAV\"").is_err());
    }

    #[cfg(feature = "uuid")]
    #[test]
    fn fields_may_have_the_spelling_of_uuids() {
        #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
        struct Spelled(#[serde(with = "crate::serde::uuid")] Ulid);

        let json = format!("\"{EXAMPLE_UUID}\"");
        assert_eq!(serde_json::to_string(&Spelled(EXAMPLE)).unwrap(), json);
        let upper = json.to_uppercase();
        for json in [json, upper] {
            assert_eq!(
                serde_json::from_str::<Spelled>(&json).unwrap(),
                Spelled(EXAMPLE)
            );
        }
        for other in [
            "01563e3ab5d3d6764c61efb99302bd5b",
            "urn:uuid:01563e3a-b5d3-d676-4c61-efb99302bd5b",
            "{01563e3a-b5d3-d676-4c61-efb99302bd5b}",
            "01563e3a-b5d3-d676-4c61-efb99302bd5g",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            let json = format!("\"{other}\"");
            assert!(serde_json::from_str::<Spelled>(&json).is_err(), "{other}");
        }
    }

    #[test]
    fn times_are_rfc_3339_for_people_and_milliseconds_for_programs() {
        let time = EXAMPLE.timestamp();
        let json = "\"2016-07-30T23:54:10.259Z\"";
        assert_eq!(serde_json::to_string(&time).unwrap(), json);
        assert_eq!(serde_json::from_str::<Timestamp>(json).unwrap(), time);
        let ms = postcard::to_allocvec(&EXAMPLE_MS.cast_unsigned()).unwrap();
        assert_eq!(postcard::to_allocvec(&time).unwrap(), ms);
        assert_eq!(postcard::from_bytes::<Timestamp>(&ms).unwrap(), time);
        let outside = postcard::to_allocvec(&(1_u64 << 48)).unwrap();
        assert!(postcard::from_bytes::<Timestamp>(&outside).is_err());
    }

    #[test]
    fn a_kind_is_told_to_people_and_not_to_programs() {
        struct Order;

        impl crate::Kind for Order {
            const PREFIX: &'static str = "ord";
        }

        let order = crate::Prefixed::<Order>::new(EXAMPLE);
        let json = "\"ord_01ARZ3NDEKTSV4RRFFQ69G5FAV\"";
        let bytes = postcard::to_allocvec(&EXAMPLE).unwrap();
        let message_pack = rmp_serde::to_vec(&EXAMPLE).unwrap();
        both_ways(order, json, &bytes, &message_pack);
        let other =
            serde_json::from_str::<crate::Prefixed<Order>>("\"usr_01ARZ3NDEKTSV4RRFFQ69G5FAV\"");
        assert!(
            other
                .unwrap_err()
                .to_string()
                .starts_with("it does not begin with")
        );
    }

    #[test]
    fn a_fault_is_what_a_server_answers() {
        let fault: Fault = "01ARZ3NDEKTSV4RRFFQ69G5FAU".parse::<Ulid>().unwrap_err();
        assert_eq!(
            serde_json::to_value(fault).unwrap(),
            serde_json::json!({
                "kind": "character",
                "position": 26,
                "message": "invalid character at character 26: 'U' is not in the alphabet",
            })
        );
    }
}

#[cfg(feature = "ulid")]
#[test]
fn the_type_of_the_ulid_crate_goes_both_ways() {
    let theirs = ::ulid::Ulid::from(EXAMPLE);
    assert_eq!(theirs, ::ulid::Ulid::from_bytes(EXAMPLE_BYTES));
    assert_eq!(Ulid::from(theirs), EXAMPLE);
}

#[cfg(feature = "uuid")]
#[test]
fn uuids_hold_the_same_bits() {
    let uuid = ::uuid::Uuid::try_parse(EXAMPLE_UUID).unwrap();
    assert_eq!(Ulid::from(uuid), EXAMPLE);
    assert_eq!(::uuid::Uuid::from(EXAMPLE), uuid);
    assert_eq!(EXAMPLE.to_guid_bytes(), uuid.to_bytes_le());
    assert_eq!(Ulid::from_guid_bytes(uuid.to_bytes_le()), EXAMPLE);
}

#[cfg(feature = "jiff")]
#[test]
fn times_of_jiff_are_the_millisecond_that_they_lie_in() {
    use ::jiff::Timestamp as Theirs;

    let theirs: Theirs = "2016-07-30T23:54:10.259Z".parse().unwrap();
    assert_eq!(Timestamp::try_from(theirs), Ok(EXAMPLE.timestamp()));
    assert_eq!(Theirs::try_from(EXAMPLE.timestamp()).unwrap(), theirs);
    let within = Theirs::from_nanosecond(i128::from(EXAMPLE_MS) * 1_000_000 + 999_999).unwrap();
    assert_eq!(Timestamp::try_from(within), Ok(EXAMPLE.timestamp()));
    let before_1970 = Theirs::from_nanosecond(-1).unwrap();
    assert_eq!(Timestamp::try_from(before_1970).unwrap_err().ms, -1);
    assert!(Theirs::try_from(Timestamp::MAX).is_err());
}

#[cfg(feature = "chrono")]
#[test]
fn times_of_chrono_are_the_millisecond_that_they_lie_in() {
    use ::chrono::{DateTime, FixedOffset, Utc};

    let theirs = DateTime::from_timestamp_millis(EXAMPLE_MS).unwrap();
    assert_eq!(Timestamp::try_from(theirs), Ok(EXAMPLE.timestamp()));
    assert_eq!(DateTime::<Utc>::from(EXAMPLE.timestamp()), theirs);
    let elsewhere = theirs.with_timezone(&FixedOffset::east_opt(7_200).unwrap());
    assert_eq!(Timestamp::try_from(elsewhere), Ok(EXAMPLE.timestamp()));
    let last = DateTime::<Utc>::from(Timestamp::MAX);
    assert_eq!(last.timestamp_millis(), (1 << 48) - 1);
    let before_1970 = DateTime::from_timestamp_nanos(-1);
    assert_eq!(Timestamp::try_from(before_1970).unwrap_err().ms, -1);
}

#[cfg(feature = "time")]
#[test]
fn times_of_time_are_the_millisecond_that_they_lie_in() {
    use ::time::OffsetDateTime;

    let at = |ns| OffsetDateTime::from_unix_timestamp_nanos(ns).unwrap();
    let theirs = at(i128::from(EXAMPLE_MS) * 1_000_000);
    assert_eq!(Timestamp::try_from(theirs), Ok(EXAMPLE.timestamp()));
    assert_eq!(OffsetDateTime::try_from(EXAMPLE.timestamp()), Ok(theirs));
    assert_eq!(Timestamp::try_from(at(-1)).unwrap_err().ms, -1);
    assert!(OffsetDateTime::try_from(Timestamp::MAX).is_err());
}

#[cfg(feature = "schemars")]
#[test]
fn the_schema_takes_what_is_read() {
    let schema = ::schemars::schema_for!(Ulid);
    let pattern = schema.get("pattern").and_then(|it| it.as_str()).unwrap();
    let pattern = regex::Regex::new(pattern).unwrap();
    for text in [
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01arz3ndektsv4rrffq69g5fav",
        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
        "01ARZ3NDEKTSV4RRFFQ69G5FAé",
        "",
    ] {
        assert_eq!(
            pattern.is_match(text),
            text.parse::<Ulid>().is_ok(),
            "{text}"
        );
    }
    for letter in (' '..='~').chain(['é']) {
        let text = format!("0{letter}ARZ3NDEKTSV4RRFFQ69G5FAV");
        assert_eq!(
            pattern.is_match(&text),
            text.parse::<Ulid>().is_ok(),
            "{text}"
        );
    }
    let time = ::schemars::schema_for!(Timestamp);
    assert_eq!(
        time.get("format").and_then(|it| it.as_str()),
        Some("date-time")
    );
}

#[cfg(feature = "bytemuck")]
#[test]
fn slices_are_those_of_their_bits() {
    use ::bytemuck::{TransparentWrapper, cast_slice};

    let ids = [EXAMPLE, Ulid::MAX];
    assert_eq!(
        cast_slice::<Ulid, u128>(&ids),
        [EXAMPLE.to_u128(), u128::MAX]
    );
    assert_eq!(Ulid::wrap_slice(&[EXAMPLE.to_u128(), u128::MAX]), ids);
}

#[cfg(feature = "zerocopy")]
#[test]
fn bytes_are_those_of_their_bits() {
    use ::zerocopy::{FromBytes, IntoBytes};

    assert_eq!(EXAMPLE.as_bytes(), EXAMPLE.to_u128().to_ne_bytes());
    assert_eq!(Ulid::read_from_bytes(EXAMPLE.as_bytes()), Ok(EXAMPLE));
}

#[cfg(feature = "arbitrary")]
#[test]
fn a_fuzzer_reaches_every_ulid_and_every_time() {
    use ::arbitrary::{Arbitrary, Unstructured};

    let given = |bytes: &[u8; 16]| Ulid::arbitrary(&mut Unstructured::new(bytes)).unwrap();
    assert_eq!(given(&EXAMPLE.to_u128().to_le_bytes()), EXAMPLE);
    assert_eq!(given(&[0xff; 16]), Ulid::MAX);
    let time = Timestamp::arbitrary(&mut Unstructured::new(&[0xff; 8])).unwrap();
    assert_eq!(time, Timestamp::MAX);
}

#[cfg(feature = "proptest")]
mod proptest {
    use ::proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_ulid_and_any_time_are_given(id: Ulid, time: Timestamp) {
            prop_assert_eq!(id.text().parse(), Ok(id));
            prop_assert!(time <= Timestamp::MAX);
        }
    }
}
