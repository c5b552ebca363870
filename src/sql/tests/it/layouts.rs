//! One answer for the same IDs, however an array holds them.

use std::sync::Arc;

use crate::common::{one, query, session, table};
use datafusion::arrow::{
    array::{
        Array, ArrayRef, BinaryArray, BinaryViewArray, DictionaryArray, FixedSizeBinaryBuilder,
        LargeBinaryArray, LargeStringArray, StringArray, StringViewArray, StringViewBuilder,
    },
    compute::cast,
    datatypes::{DataType, Int8Type, Int32Type, UInt64Type},
};

const TEXTS: [Option<&str>; 10] = [
    Some("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    None,
    Some("01arz3ndektsv4rrffq69g5fav"),
    Some("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
    Some(""),
    Some("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
    Some("01ARZ3NDEKTSV4RRFFQ69G5FAU"),
    Some("hello"),
    Some("01ARZ3NDEKTSV4RRFFQ69G5FAé"),
    Some("00000000000000000000000000"),
];

const ANSWERS: &str = "SELECT ulid_timestamp(id), ulid_is_valid(id), ulid_fault(id), ulid_bucket('day', id), \
    ulid_canonical(id), ulid_to_bytes(id), ulid_to_uuid(id), ulid_random(id) FROM t ORDER BY n";

/// Answers of the specification for [`TEXTS`].
const EXPECTED: [&str; 10] = [
    "2016-07-30T23:54:10.259Z|true||2016-07-30T00:00:00Z|01ARZ3NDEKTSV4RRFFQ69G5FAV|01563e3ab5d3d6764c61efb99302bd5b|01563e3a-b5d3-d676-4c61-efb99302bd5b|d6764c61efb99302bd5b",
    "|||||||",
    "2016-07-30T23:54:10.259Z|true||2016-07-30T00:00:00Z|01ARZ3NDEKTSV4RRFFQ69G5FAV|01563e3ab5d3d6764c61efb99302bd5b|01563e3a-b5d3-d676-4c61-efb99302bd5b|d6764c61efb99302bd5b",
    "|false|overflow|||||",
    "|false|length|||||",
    "+10889-08-02T05:31:50.655Z|true||+10889-08-02T00:00:00Z|7ZZZZZZZZZZZZZZZZZZZZZZZZZ|ffffffffffffffffffffffffffffffff|ffffffff-ffff-ffff-ffff-ffffffffffff|ffffffffffffffffffff",
    "|false|character|||||",
    "|false|length|||||",
    "|false|character|||||",
    "1970-01-01T00:00:00Z|true||1970-01-01T00:00:00Z|00000000000000000000000000|00000000000000000000000000000000|00000000-0000-0000-0000-000000000000|00000000000000000000",
];

fn numbers(rows: usize) -> ArrayRef {
    Arc::new(datafusion::arrow::array::Int32Array::from_iter_values(
        0..rows as i32,
    ))
}

/// Views into several buffers, and short texts within the views themselves.
fn views() -> ArrayRef {
    let mut views = StringViewBuilder::new().with_fixed_block_size(40);
    TEXTS.iter().for_each(|text| views.append_option(*text));
    let views = views.finish();
    assert!(views.data_buffers().len() > 2);
    Arc::new(views)
}

fn texts() -> Vec<ArrayRef> {
    let plain: StringArray = TEXTS.iter().collect();
    let sliced: StringArray = [Some("before"), Some("01ARZ3NDEKTSV4RRFFQ69G5FAV")]
        .into_iter()
        .chain(TEXTS)
        .chain([Some("behind")])
        .collect();
    vec![
        Arc::new(plain.clone()),
        Arc::new(sliced.slice(2, TEXTS.len())),
        Arc::new(TEXTS.iter().collect::<LargeStringArray>()),
        Arc::new(TEXTS.iter().collect::<StringViewArray>()),
        views(),
        Arc::new(TEXTS.into_iter().collect::<DictionaryArray<Int8Type>>()),
        Arc::new(TEXTS.into_iter().collect::<DictionaryArray<UInt64Type>>()),
        cast(
            &plain,
            &DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8View)),
        )
        .unwrap(),
        dictionary_with_a_null_value(),
    ]
}

/// NULL as a value of the dictionary rather than as a key, and a value that no row has.
fn dictionary_with_a_null_value() -> ArrayRef {
    let values: StringArray = TEXTS.into_iter().chain([Some("unused")]).collect();
    let keys = datafusion::arrow::array::Int32Array::from_iter_values(0..TEXTS.len() as i32);
    Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(values)))
}

#[tokio::test]
async fn text_of_every_layout_has_the_same_answers() {
    for array in texts() {
        let context = session(2);
        table(
            &context,
            "t",
            &[("id", array.clone()), ("n", numbers(array.len()))],
            2,
        );
        let found = query(&context, ANSWERS).await.unwrap();
        assert_eq!(found, EXPECTED, "{}", array.data_type());
    }
}

#[tokio::test]
async fn sixteen_bytes_of_every_layout_have_the_same_answers() {
    let ids: [Option<&[u8]>; 4] = [
        Some(b"\x01\x56\x3e\x3a\xb5\xd3\xd6\x76\x4c\x61\xef\xb9\x93\x02\xbd\x5b"),
        None,
        Some(&[255; 16]),
        Some(&[0; 16]),
    ];
    let mut fixed = FixedSizeBinaryBuilder::new(16);
    for id in ids {
        match id {
            Some(id) => fixed.append_value(id).unwrap(),
            None => fixed.append_null(),
        }
    }
    let plain = BinaryArray::from_iter(ids);
    let arrays: Vec<ArrayRef> = vec![
        Arc::new(fixed.finish()),
        Arc::new(LargeBinaryArray::from_iter(ids)),
        Arc::new(BinaryViewArray::from_iter(ids)),
        cast(
            &plain,
            &DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Binary)),
        )
        .unwrap(),
        Arc::new(plain),
    ];
    for array in arrays {
        let context = session(1);
        table(
            &context,
            "t",
            &[("id", array.clone()), ("n", numbers(4))],
            1,
        );
        let found = query(&context, ANSWERS).await.unwrap();
        assert_eq!(
            found,
            [EXPECTED[0], EXPECTED[1], EXPECTED[5], EXPECTED[9]],
            "{}",
            array.data_type()
        );
        let back = query(&context, "SELECT ulid_from_bytes(id) FROM t ORDER BY n")
            .await
            .unwrap();
        assert_eq!(
            back,
            [
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "",
                "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
                "00000000000000000000000000"
            ]
        );
    }
}

#[tokio::test]
async fn bytes_that_are_not_sixteen_are_faults() {
    let bytes = BinaryArray::from_iter_values([&b"01ARZ3NDEKTSV4RRFFQ69G5FAV"[..], b"", &[1; 17]]);
    let context = session(1);
    table(&context, "t", &[("id", Arc::new(bytes))], 1);
    let found = query(&context, "SELECT ulid_fault(id), ulid_timestamp(id) FROM t")
        .await
        .unwrap();
    assert_eq!(found, ["length|", "length|", "length|"]);
}

#[tokio::test]
async fn no_rows_and_nothing_but_null_have_answers_too() {
    for array in [
        Arc::new(StringArray::from(Vec::<&str>::new())) as ArrayRef,
        Arc::new(StringArray::from(vec![None::<&str>; 3])),
        Arc::new(datafusion::arrow::array::NullArray::new(3)),
        datafusion::arrow::array::new_null_array(&DataType::FixedSizeBinary(16), 3),
    ] {
        let context = session(3);
        let rows = array.len();
        table(&context, "t", &[("id", array), ("n", numbers(rows))], 1);
        assert_eq!(
            query(&context, ANSWERS).await.unwrap(),
            vec!["|||||||"; rows]
        );
        let audit = one(&context, "SELECT unnest(ulid_audit(id)) FROM t").await;
        assert_eq!(audit, format!("0|{rows}|0|0|0|||||0|0|0"));
        let verdict = one(&context, "SELECT ulid_randomness(id)['verdict'] FROM t").await;
        assert_eq!(verdict, "too_few");
    }
}

#[tokio::test]
async fn uuids_of_version_7_have_functions_of_their_own() {
    // The example of RFC 9562, A.6, in both cases; one of version 4; one without hyphens; one with a wrong character.
    let texts = StringArray::from(vec![
        Some("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"),
        Some("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"),
        Some("919108f7-52d1-4320-9bac-f847db4148a8"),
        Some("017f22e279b07cc398c4dc0c0c07398f"),
        Some("017f22e2-79b0-7cc3-98c4-dc0c0c07398g"),
        None,
    ]);
    let context = session(1);
    table(
        &context,
        "t",
        &[("id", Arc::new(texts)), ("n", numbers(6))],
        1,
    );
    let sql = "SELECT uuid7_timestamp(id), uuid7_fault(id), uuid7_canonical(id), uuid7_to_bytes(id), \
        ulid_from_uuid(id) FROM t ORDER BY n";
    let version_7 = "2022-02-22T19:22:22Z||017f22e2-79b0-7cc3-98c4-dc0c0c07398f|017f22e279b07cc398c4dc0c0c07398f|01FWHE4YDGFK1SHH6W1G60EECF";
    assert_eq!(
        query(&context, sql).await.unwrap(),
        [
            version_7,
            version_7,
            "|uuid|||4HJ44FEMPH8CG9QB7R8ZDM2J58",
            "|length|||",
            "|uuid|||",
            "||||"
        ]
    );
    let audit = "SELECT unnest(uuid7_audit(id)) FROM t";
    let (smallest, time) = (
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        "2022-02-22T19:22:22Z",
    );
    assert_eq!(
        one(&context, audit).await,
        format!("2|1|1|2|{smallest}|{smallest}|{time}|{time}|0|1|2")
    );
}
