//! An audit beside one that looks at every pair of neighbours by itself, however the rows are cut, and verdicts on good and
//! bad randomness.

use std::collections::HashSet;

use crate::{
    RowSet, Ulid,
    sort::{self, Direction},
};
use proptest::prelude::*;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use super::*;

const NOW_MS: u64 = 1_768_464_000_000;
const GAP_MS: u64 = 50;

fn limits() -> Limits {
    Limits {
        now: Timestamp::from_ms(NOW_MS).unwrap(),
        gap_ms: GAP_MS,
    }
}

type Row = Result<u128, FaultKind>;

fn columns(rows: &[Row]) -> (Vec<u128>, Vec<RowFault>) {
    let keys = rows.iter().map(|row| row.unwrap_or(u128::MAX)).collect();
    let fault = |(row, value): (u64, &Row)| value.err().map(|kind| RowFault { row, kind });
    (keys, (0..).zip(rows).filter_map(fault).collect())
}

/// Cuts rows into pieces, audits each by itself and merges them.
fn in_pieces(rows: &[Row], piece: usize) -> Audit {
    let (keys, faults) = columns(rows);
    let mut whole = Audit::new(limits(), 0);
    for (index, keys) in keys.chunks(piece).enumerate() {
        let mut audit = Audit::new(limits(), (index * piece) as u64);
        audit.extend(keys, &faults);
        whole.merge(audit);
    }
    whole
}

/// Looks at every pair of valid neighbours, one question at a time.
fn check(rows: &[Row], audit: &Audit) {
    let (summary, flaws) = (audit.summary(), audit.flaws());
    let valid: Vec<(u64, u128)> = (0..)
        .zip(rows)
        .filter_map(|(row, value)| Some((row, value.ok()?)))
        .collect();
    let ms = |key: u128| (key >> 80) as i64;
    let pairs = || {
        valid
            .windows(2)
            .map(|pair| (pair[1].0, pair[0].1, pair[1].1))
    };
    let rows_where = |is: &dyn Fn(u128, u128) -> bool| -> RowSet {
        pairs()
            .filter(|&(_, a, b)| is(a, b))
            .map(|(row, ..)| row)
            .collect()
    };
    let first_largest = |size: &dyn Fn(u128, u128) -> i64, least: i64| {
        let largest = pairs().map(|(_, a, b)| size(a, b)).max()?;
        let row = pairs().find(|&(_, a, b)| size(a, b) == largest)?.0;
        let ms = largest as u64;
        (largest >= least).then_some(Span { row, ms })
    };

    assert_eq!(summary.valid, valid.len() as u64);
    assert_eq!(summary.rows(), rows.len() as u64);
    let overflows = rows
        .iter()
        .filter(|row| **row == Err(FaultKind::Overflow))
        .count();
    assert_eq!(summary.faults.overflow, overflows as u64);
    assert_eq!(summary.invalid(), flaws.invalid.len());
    let invalid: RowSet = (0..)
        .zip(rows)
        .filter(|(_, row)| row.is_err())
        .map(|(row, _)| row)
        .collect();
    assert_eq!(flaws.invalid, invalid);
    let place = |&(row, key): &(u64, u128)| Place {
        row,
        id: Ulid::from_u128(key),
    };
    assert_eq!(summary.first, valid.first().map(place));
    assert_eq!(summary.last, valid.last().map(place));
    assert_eq!(
        summary.smallest,
        valid.iter().map(|&(_, key)| Ulid::from_u128(key)).min()
    );
    assert_eq!(
        summary.largest,
        valid.iter().map(|&(_, key)| Ulid::from_u128(key)).max()
    );

    assert_eq!(flaws.out_of_order, rows_where(&|a, b| b < a));
    assert_eq!(flaws.adjacent_duplicates, rows_where(&|a, b| b == a));
    assert_eq!(
        flaws.gaps,
        rows_where(&|a, b| ms(b) - ms(a) > GAP_MS as i64)
    );
    let future = valid
        .iter()
        .filter(|(_, key)| ms(*key) > NOW_MS as i64)
        .map(|&(row, _)| row);
    assert_eq!(flaws.future, future.collect());
    assert_eq!(summary.out_of_order, flaws.out_of_order.len());
    assert_eq!(summary.adjacent_duplicates, flaws.adjacent_duplicates.len());
    assert_eq!(summary.gaps, flaws.gaps.len());
    assert_eq!(summary.future, flaws.future.len());
    let same_ms = rows_where(&|a, b| ms(a) == ms(b));
    assert_eq!(summary.same_ms, same_ms.len());
    assert_eq!(audit.flaws().same_ms, same_ms);
    let back = |a: u128, b: u128| if b < a { ms(a) - ms(b) } else { -1 };
    assert_eq!(summary.worst_step_back, first_largest(&back, 0));
    assert_eq!(summary.largest_gap, first_largest(&|a, b| ms(b) - ms(a), 1));
    let counted: u64 = summary
        .histogram
        .buckets()
        .iter()
        .map(|bucket| bucket.count)
        .sum();
    assert_eq!(counted, summary.valid);
}

fn row() -> impl Strategy<Value = Row> {
    let key = (0..400_u64, 0..4_u128)
        .prop_map(|(ms, random)| Ok(u128::from(NOW_MS - 300 + ms) << 80 | random << 60));
    prop_oneof![
        20 => key,
        1 => Just(Err(FaultKind::Overflow)),
        1 => Just(Err(FaultKind::Length { found: 3 })),
        1 => Just(Err(FaultKind::Character { found: 'U' })),
    ]
}

proptest! {
    #[test]
    fn figures_and_rows_are_those_of_the_pairs(
        rows in prop::collection::vec(row(), 0..400),
        piece in 1..200_usize,
    ) {
        let whole = in_pieces(&rows, usize::MAX);
        check(&rows, &whole);
        let merged = in_pieces(&rows, piece);
        prop_assert_eq!(merged.summary(), whole.summary());
        prop_assert_eq!(merged.flaws(), whole.flaws());
        let mut pushed = Audit::new(limits(), 0);
        rows.iter().for_each(|row| pushed.push(row.map(Ulid::from_u128)));
        prop_assert_eq!(pushed.summary(), whole.summary());
    }

    #[test]
    fn duplicates_are_the_rows_whose_id_was_there_before(
        keys in prop::collection::vec(0..50_u128, 0..100),
        descending in any::<bool>(),
    ) {
        let direction = if descending { Direction::Descending } else { Direction::Ascending };
        let order = sort::order_keys(&keys, &RowSet::new(), direction, &Progress::new()).unwrap();
        let mut seen = HashSet::new();
        let expected: RowSet = (0..).zip(&keys).filter(|(_, key)| !seen.insert(**key)).map(|(row, _)| row).collect();
        prop_assert_eq!(duplicates(&keys, &order), expected.clone());
        let sorted: Vec<u128> = order.iter().map(|&row| keys[row as usize]).collect();
        prop_assert_eq!(count_duplicates(&sorted), expected.len());
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut rng = StdRng::seed_from_u64(7);
    let rows: Vec<Row> = (0..1_200_000_u64)
        .map(|row| match row % 1_000 {
            17 => Err(FaultKind::Overflow),
            _ => Ok(u128::from(NOW_MS - 100_000 + row / 10) << 80 | random_bits(&mut rng)),
        })
        .collect();
    let (keys, faults) = columns(&rows);
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| audit(&keys, &faults, limits(), &Progress::new()).unwrap())
    };
    let (one, four, whole) = (
        with_threads(1),
        with_threads(4),
        in_pieces(&rows, usize::MAX),
    );
    assert_eq!(one.summary(), whole.summary());
    assert_eq!(four.summary(), whole.summary());
    assert_eq!(four.flaws(), whole.flaws());
    assert_eq!(one.summary().verdict(), four.summary().verdict());
}

#[test]
fn a_cancelled_audit_ends() {
    let progress = Progress::new();
    progress.cancel();
    assert_eq!(
        audit(&[0; 100], &[], limits(), &progress).unwrap_err(),
        Cancelled
    );
}

fn random_bits(rng: &mut impl Rng) -> u128 {
    rng.random::<u128>() >> 48
}

/// The verdict on IDs whose randomness `next` makes of the index, the randomness before and good random bits. Every
/// third ID opens a millisecond.
fn verdict_on(count: u64, mut next: impl FnMut(u64, u128, u128) -> u128) -> (Verdict, Evidence) {
    let mut rng = StdRng::seed_from_u64(count);
    let mut before = 0;
    let keys: Vec<u128> = (0..count)
        .map(|index| {
            before = next(index, before, random_bits(&mut rng)) & ((1 << 80) - 1);
            u128::from(NOW_MS + index / 3) << 80 | before
        })
        .collect();
    audit(&keys, &[], limits(), &Progress::new())
        .unwrap()
        .summary()
        .verdict()
}

#[test]
fn good_randomness() {
    for count in [64, 500, 3_000, 100_000] {
        let (verdict, evidence) = verdict_on(count, |_, _, fresh| fresh);
        assert_eq!(verdict, Verdict::Random, "{count}: {evidence:?}");
    }
    let (_, evidence) = verdict_on(100_000, |_, _, fresh| fresh);
    assert_eq!(evidence.sampled, 16_384);
    assert!(evidence.entropy_bits.unwrap() > 79.9, "{evidence:?}");
    assert_eq!(verdict_on(63, |_, _, fresh| fresh).0, Verdict::TooFew);
    assert_eq!(verdict_on(0, |_, _, fresh| fresh).0, Verdict::TooFew);
}

#[test]
fn monotonic_generators() {
    let opens = |index: u64| index.is_multiple_of(3);
    for count in [30, 1_000, 100_000] {
        let (verdict, evidence) = verdict_on(
            count,
            |i, before, fresh| if opens(i) { fresh } else { before + 1 },
        );
        assert_eq!(verdict, Verdict::MonotonicByOne, "{count}: {evidence:?}");
        assert_eq!(evidence.stride, Some((1, 1)));
        assert_eq!(evidence.steps_by_one, evidence.steps_within);

        let stride = |fresh: u128| 1 + (fresh & 0xFFFF_FFFF);
        let (verdict, evidence) = verdict_on(count, |i, before, fresh| {
            if opens(i) {
                fresh
            } else {
                before + stride(fresh)
            }
        });
        assert_eq!(verdict, Verdict::MonotonicByStride, "{count}: {evidence:?}");
        assert!(evidence.stride.unwrap().1 <= 1 << 32);

        let (verdict, evidence) = verdict_on(
            count,
            |i, before, fresh| if i == 0 { fresh } else { before + 1 },
        );
        assert_eq!(verdict, Verdict::CountsAcross, "{count}: {evidence:?}");
    }
}

#[test]
fn monotonic_ids_in_descending_order() {
    let mut rng = StdRng::seed_from_u64(1);
    let keys: Vec<u128> = (0..1_000_u64)
        .flat_map(|ms| {
            let first = random_bits(&mut rng);
            (0..3).map(move |step| u128::from(NOW_MS + ms) << 80 | (first + step))
        })
        .rev()
        .collect();
    let whole = audit(&keys, &[], limits(), &Progress::new()).unwrap();
    assert_eq!(whole.summary().verdict().0, Verdict::MonotonicByOne);
}

#[test]
fn weak_randomness() {
    let check = |expected: Verdict, weaken: &dyn Fn(u64, u128) -> u128| {
        for count in [2_000, 100_000] {
            let (verdict, evidence) = verdict_on(count, |index, _, fresh| weaken(index, fresh));
            assert_eq!(verdict, expected, "{count}: {evidence:?}");
            assert!(verdict.is_weak());
        }
    };
    check(Verdict::Constant, &|_, _| 0);
    check(Verdict::Constant, &|_, _| 0x1234_5678_9ABC_DEF0_1234);
    check(Verdict::BiasedBits, &|_, fresh| fresh & !(1 << 79));
    check(Verdict::BiasedBits, &|_, fresh| fresh | 1 << 5);
    // one in four instead of one in two
    check(Verdict::BiasedBits, &|_, fresh| {
        fresh & !((fresh >> 1 & 1) << 33)
    });
    check(Verdict::RepeatedTails, &|_, fresh| {
        fresh & !0xFFFF_FFFF | 0xBEEF
    });
    check(Verdict::RepeatedTails, &|index, fresh| {
        fresh & !0xFFFF_FFFF | u128::from((index as u32 % 900).wrapping_mul(0x9E37_79B9))
    });
    // sixteen bits, spread over all by multiplication
    check(Verdict::LowEntropy, &|_, fresh| {
        (fresh & 0xFFF).wrapping_mul(0x1_9E37_79B9_7F4A_7C15_F39C)
    });
}

#[test]
fn uneven_bytes_without_an_uneven_bit() {
    // Both nibbles of a byte equal: each bit is fair, but only 16 of 256 values occur.
    let (verdict, evidence) = verdict_on(50_000, |_, _, fresh| {
        fresh & !0xF0_0000_0000 | (fresh & 0xF_0000_0000) << 4
    });
    assert_eq!(verdict, Verdict::LowEntropy, "{evidence:?}");
    assert!(evidence.entropy_bits.unwrap() < 76.5, "{evidence:?}");
    assert_eq!(evidence.biased_bits, 0);
}

#[test]
fn ids_that_occur_often_are_no_flaw_of_their_generator() {
    let mut rng = StdRng::seed_from_u64(3);
    let ids: Vec<u128> = (0..2_000_u64)
        .map(|ms| u128::from(NOW_MS + ms) << 80 | random_bits(&mut rng))
        .collect();
    let mentions: Vec<u128> = (0..100_000)
        .map(|_| ids[rng.random_range(0..ids.len())])
        .collect();
    let whole = audit(&mentions, &[], limits(), &Progress::new()).unwrap();
    assert_eq!(whole.summary().verdict().0, Verdict::Random);
}

#[test]
fn good_randomness_is_never_blamed() {
    let mut rng = StdRng::seed_from_u64(0xFA15E);
    for round in 0..300 {
        let count = [64, 80, 200, 1_300, 3_000][round % 5];
        let per_ms = [1, 3, 1_000][round % 3];
        let keys: Vec<u128> = (0..count)
            .map(|index| u128::from(NOW_MS + index / per_ms) << 80 | random_bits(&mut rng))
            .collect();
        let mut whole = Audit::new(limits(), 0);
        whole.extend(&keys, &[]);
        let (verdict, evidence) = whole.summary().verdict();
        assert_eq!(verdict, Verdict::Random, "round {round}: {evidence:?}");
    }
}
