//! Keys as they lie in memory, and columns of text, beside what one call a row gives.

use proptest::prelude::*;

use super::*;
use crate::codec::{ColumnFull, Key, RowFault, Shape, parse_column, print_column};

/// Prints keys of a kind by every kernel, and reads them back.
fn both_ways<K: Key + PartialEq + std::fmt::Debug>(
    keys: &[u128],
    kind: impl Fn(u128) -> K,
    none: K,
) {
    let kinds: Vec<K> = keys.iter().map(|&key| kind(key)).collect();
    for kernel in Kernel::available() {
        for shape in [Shape::Packed, Shape::Lines, Shape::CrLfLines] {
            let (mut expected, mut text) = (vec![0; shape.stride() * keys.len()], Vec::new());
            text.resize(expected.len(), 0);
            Kernel::SCALAR.print_records(keys, shape, &mut expected);
            assert_eq!(kernel.print_records(&kinds, shape, &mut text), keys.len());
            assert_eq!(text, expected, "{kernel}");
            let mut read = vec![none; keys.len()];
            let right = kernel.parse_records(&text, shape, Strict, &mut read);
            assert_eq!((right, &read), (keys.len(), &kinds), "{kernel}");
        }
    }
}

#[test]
fn keys_of_each_kind_are_printed_and_read_as_their_bits() {
    for count in [0, 1, 2, 17, 255, 256, 257, 600] {
        let keys: Vec<u128> = (0..count)
            .map(|key: u128| key.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835))
            .collect();
        both_ways(&keys, |key| key, 0);
        both_ways(&keys, Ulid::from_u128, Ulid::NIL);
        both_ways(&keys, u128::to_be_bytes, [0; 16]);
    }
}

#[test]
fn reading_bytes_ends_at_the_first_record_that_is_wrong() {
    let keys: Vec<u128> = (0..600).collect();
    for wrong in [0, 1, 255, 256, 257, 511, 512, 599] {
        let mut text = vec![0; 27 * keys.len()];
        Kernel::SCALAR.print_records(&keys, Shape::Lines, &mut text);
        text[27 * wrong + 3] = b'U';
        for kernel in Kernel::available() {
            let mut read = vec![[0; 16]; keys.len()];
            let right = kernel.parse_records(&text, Shape::Lines, Strict, &mut read);
            assert_eq!(right, wrong, "{kernel}");
            let expected: Vec<[u8; 16]> =
                keys[..wrong].iter().map(|key| key.to_be_bytes()).collect();
            assert_eq!(read[..wrong], expected, "{kernel}");
        }
    }
}

#[test]
fn a_column_tells_its_row_and_never_falls_over_its_offsets() {
    let text = b"01ARZ3NDEKTSV4RRFFQ69G5FAV7ZZZZZZZZZZZZZZZZZZZZZZZZZ01ARZ3NDEKTSV4RRFFQ69G5FAU";
    let mut ids = [Ulid::NIL; 3];
    let read = parse_column(&[0, 26, 52, 78], text, Strict, &mut ids);
    let fault = Fault {
        kind: FaultKind::Character { found: 'U' },
        position: 25,
    };
    assert_eq!(read, Err(RowFault { row: 2, fault }));
    assert_eq!(ids[1], Ulid::MAX);
    assert_eq!(
        read.unwrap_err().to_string(),
        "row 3: invalid character at character 26: 'U' is not in the alphabet"
    );
    // No text, not in the data, backwards, before its begin.
    for offsets in [[0, 0], [60, 86], [26, 0], [-26, 0], [i32::MIN, i32::MAX]] {
        let read = parse_column(&offsets, text, Strict, &mut ids);
        let fault = read.map_err(|fault| fault.fault.kind);
        assert_eq!(fault, Err(FaultKind::Length { found: 0 }), "{offsets:?}");
    }
    assert_eq!(parse_column(&[0_i64; 0], text, Strict, &mut ids), Ok(0));
    assert_eq!(
        parse_column(&[0, 26, 52], text, Strict, &mut ids[..1]),
        Ok(1)
    );
}

#[test]
fn a_column_of_hyphens_is_read_leniently() {
    let text = b"01ARZ3NDEKTSV4RRFFQ69G5FAV01ARZ3NDEK-TSV4RRFFQ6-9G5FAVO1ARZ3NDEKTSV4RRFFQ69G5FAV";
    let mut ids = [Ulid::NIL; 3];
    assert_eq!(
        parse_column(&[0, 26, 54, 80], text, Lenient, &mut ids),
        Ok(3)
    );
    assert_eq!(ids, [Ulid::from_u128(SPEC_EXAMPLE); 3]);
}

#[test]
fn a_column_that_its_offsets_cannot_count_is_told() {
    let mut data = vec![0; i32::MAX as usize - 25];
    let mut offsets = vec![0, 7];
    let full = print_column(&[Ulid::NIL], &mut offsets, &mut data);
    assert_eq!((full, offsets), (Err(ColumnFull), vec![0, 7]));
}

proptest! {
    #[test]
    fn columns_read_back(keys: Vec<u128>, more: Vec<u128>) {
        let (mut offsets, mut data) = (Vec::<i64>::new(), Vec::new());
        print_column(&keys, &mut offsets, &mut data).unwrap();
        print_column(&more, &mut offsets, &mut data).unwrap();
        let mut read = vec![0; keys.len() + more.len()];
        prop_assert_eq!(parse_column(&offsets, &data, Strict, &mut read), Ok(read.len()));
        prop_assert_eq!(read, [keys, more].concat());
    }
}
