//! Sorts and orders of keys of every shape, beside the stable sort of the standard library, on one thread and on several.

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::*;
use crate::RowSet;

/// Shapes of keys that sorts have trouble with.
fn shapes(len: usize) -> Vec<(&'static str, Vec<u128>)> {
    let mut rng = StdRng::seed_from_u64(len as u64);
    let wide = len as u64 + 1;
    let ids: Vec<u128> = (0..wide - 1)
        .map(|row| u128::from(1_768_464_000_000 + row / 8) << 80 | rng.random::<u128>() >> 48)
        .collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    let mut shuffled = ids.clone();
    shuffled.shuffle(&mut rng);
    let mut jittered = ids.clone();
    jittered
        .chunks_mut(50)
        .for_each(|chunk| chunk.shuffle(&mut rng));
    let mut outlier = shuffled.clone();
    outlier.iter_mut().take(1).for_each(|key| *key = u128::MAX);
    let mut shards = shuffled.clone();
    shards
        .chunks_mut(len / 5 + 1)
        .for_each(<[u128]>::sort_unstable);
    let mut rotated = sorted.clone();
    rotated.rotate_left(len / 3);
    let mut last_is_first = sorted.clone();
    last_is_first.rotate_left(len.min(1));
    let make = |rng: &mut StdRng, key: &dyn Fn(u128) -> u128| -> Vec<u128> {
        (0..len).map(|_| key(rng.random())).collect()
    };
    vec![
        ("reversed", sorted.iter().rev().copied().collect()),
        ("sorted", sorted),
        ("time order", ids),
        ("shuffled", shuffled),
        ("jittered", jittered),
        ("one outlier", outlier),
        ("shards", shards),
        ("rotated", rotated),
        ("last is first", last_is_first),
        ("random", make(&mut rng, &|bits| bits)),
        ("few values", make(&mut rng, &|bits| bits % 7)),
        ("one value", vec![5; len]),
        ("low bits", make(&mut rng, &|bits| bits & 0xFFFF_FFFF)),
        (
            "one high bit",
            make(&mut rng, &|bits| bits & (1 << 127 | 1)),
        ),
        (
            "clusters",
            make(&mut rng, &|bits| bits & (0xFF << 100 | 0xF)),
        ),
        (
            "across words",
            make(&mut rng, &|bits| bits & (0xF_FFFF << 54)),
        ),
        (
            "mostly one",
            make(&mut rng, &|bits| if bits & 7 == 0 { bits } else { 1 << 90 }),
        ),
        (
            "organ pipe",
            (0..len as u128)
                .chain((0..len as u128).rev())
                .take(len)
                .collect(),
        ),
    ]
}

const LENGTHS: [usize; 9] = [0, 1, 2, 31, 33, 100, 5_000, 32_769, 66_001];

#[test]
fn keys_of_every_shape_are_sorted() {
    for len in LENGTHS {
        for (shape, mut keys) in shapes(len) {
            let mut expected = keys.clone();
            expected.sort_unstable();
            let progress = Progress::new();
            sort_keys(&mut keys, &progress).unwrap();
            assert!(keys == expected, "{len} keys, {shape}");
            assert_eq!(progress.done(), len as u64, "{len} keys, {shape}");
        }
    }
}

#[test]
fn rows_of_every_shape_are_ordered() {
    for len in LENGTHS {
        let mut rng = StdRng::seed_from_u64(len as u64);
        for (shape, keys) in shapes(len) {
            let invalid: RowSet = (0..len as u64)
                .filter(|_| rng.random_ratio(1, 100))
                .collect();
            for direction in [Direction::Ascending, Direction::Descending] {
                let found = order_keys(&keys, &invalid, direction, &Progress::new()).unwrap();
                let expected = oracle(&keys, &invalid, direction);
                assert!(found == expected, "{len} rows, {shape}, {direction:?}");
            }
        }
    }
}

/// A stable sort of the standard library by the whole rule.
fn oracle(keys: &[u128], invalid: &RowSet, direction: Direction) -> Vec<u32> {
    let mut valid: Vec<Option<u128>> = keys.iter().copied().map(Some).collect();
    invalid.iter().for_each(|row| valid[row as usize] = None);
    let mut order: Vec<u32> = (0..keys.len() as u32).collect();
    order.sort_by(|&a, &b| match (valid[a as usize], valid[b as usize]) {
        (Some(a), Some(b)) if direction == Direction::Ascending => a.cmp(&b),
        (Some(a), Some(b)) => b.cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    order
}

#[test]
fn a_cancelled_sort_ends() {
    let progress = Progress::new();
    progress.cancel();
    let mut rng = StdRng::seed_from_u64(0);
    for len in [10, 100_000] {
        let mut keys: Vec<u128> = (0..len).map(|_| rng.random()).collect();
        assert_eq!(sort_keys(&mut keys, &progress), Err(Cancelled));
        let ordered = order_keys(&keys, &RowSet::new(), Direction::Ascending, &progress);
        assert_eq!(ordered, Err(OrderError::Cancelled(Cancelled)));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let with_threads = |threads, keys: &[u128]| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut sorted = keys.to_vec();
            sort_keys(&mut sorted, &Progress::new()).unwrap();
            assert!(sorted.is_sorted());
            let ordered = order_keys(keys, &RowSet::new(), Direction::Ascending, &Progress::new());
            (ordered.unwrap(), sorted)
        })
    };
    for (shape, keys) in shapes(70_001) {
        let one = with_threads(1, &keys);
        assert!(one == with_threads(3, &keys), "{shape}");
        assert!(one == with_threads(8, &keys), "{shape}");
    }
}

fn handed_out(keys: &[u128], threads: usize) -> Vec<u128> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let (mut keys, mut sorted) = (keys.to_vec(), Vec::new());
    let progress = Progress::new();
    let all: Result<(), Cancelled> = pool.unwrap().install(|| {
        radix::hand_out(&mut keys, &progress, |keys| {
            sorted.extend_from_slice(keys);
            Ok(())
        })
    });
    assert_eq!((all, progress.done()), (Ok(()), keys.len() as u64));
    sorted
}

#[test]
fn what_is_handed_out_is_sorted() {
    // The last length makes buckets of more keys than are copied out.
    for len in [0, 1, 33, 66_001, 400_000] {
        let is_tested = |shape: &str| len < 400_000 || shape == "mostly one";
        for (shape, mut keys) in shapes(len) {
            if !is_tested(shape) {
                continue;
            }
            let found = [1, 3].map(|threads| handed_out(&keys, threads));
            keys.sort_unstable();
            assert!(found.iter().all(|sorted| *sorted == keys), "{len} {shape}");
        }
    }
}

#[test]
fn handing_out_ends_where_it_is_cancelled_or_fails() {
    let mut rng = StdRng::seed_from_u64(0);
    let mut keys: Vec<u128> = (0..200_000).map(|_| rng.random()).collect();
    let progress = Progress::new();
    let mut calls = 0;
    let mut hand_out = |cancel: bool, keys: &mut [u128]| {
        radix::hand_out(keys, &progress, |_| {
            calls += 1;
            if cancel {
                progress.cancel();
                return Ok(());
            }
            Err(OrderError::TooManyRows { rows: 7 })
        })
    };
    let failed = hand_out(false, &mut keys);
    assert_eq!(failed, Err(OrderError::TooManyRows { rows: 7 }));
    let cancelled = hand_out(true, &mut keys);
    assert_eq!(cancelled, Err(OrderError::Cancelled(Cancelled)));
    assert_eq!(calls, 2);
}

proptest! {
    #[test]
    fn any_keys_are_sorted(
        mut keys in prop::collection::vec(any::<u128>(), 0..3_000),
        mask in any::<u128>(),
    ) {
        keys.iter_mut().for_each(|key| *key &= mask);
        let mut expected = keys.clone();
        expected.sort_unstable();
        sort_keys(&mut keys, &Progress::new()).unwrap();
        prop_assert_eq!(keys, expected);
    }
}
