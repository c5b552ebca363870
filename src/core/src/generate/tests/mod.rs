//! Monotony, overflow, steps of the clock, threads, forks, and what seeded generation gives.

use rand::{SeedableRng, rngs::StdRng};

use super::*;

fn at(ms: u64) -> Timestamp {
    Timestamp::from_ms(ms).unwrap()
}

#[test]
fn within_a_millisecond_the_randomness_grows_by_one() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut generator = Monotonic::new();
    let first = generator.generate(at(7), &mut rng).unwrap();
    assert_eq!(generator.generate(at(7), &mut rng), Ok(Ulid(first.0 + 1)));
    assert_eq!(
        generator.generate(at(3), &mut rng),
        Ok(Ulid(first.0 + 2)),
        "the clock stepped back"
    );
    assert_eq!(
        generator.generate(at(8), &mut rng).unwrap().timestamp_ms(),
        8
    );
}

#[test]
fn the_specifications_overflow_is_an_error() {
    let parse = |text| crate::codec::parse(text, crate::Reading::Strict).unwrap();
    let mut rng = StdRng::seed_from_u64(1);
    let mut generate_after = |text| {
        let last = parse(text);
        Monotonic::after(last).generate(Timestamp::of(last), &mut rng)
    };
    assert_eq!(
        generate_after("01BX5ZZKBKACTAV9WEVGEMMVRZ"),
        Ok(parse("01BX5ZZKBKACTAV9WEVGEMMVS0"))
    );
    let full = parse("01BX5ZZKBKZZZZZZZZZZZZZZZZ");
    assert_eq!(
        generate_after("01BX5ZZKBKZZZZZZZZZZZZZZZZ"),
        Err(Exhausted { last: full })
    );
    assert!(generate_after("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").is_err());
}

#[test]
fn randomness_is_80_bits_that_differ() {
    let mut rng = StdRng::seed_from_u64(1);
    let ids: Vec<u128> = (0..64).map(|_| random(at(5), &mut rng).0).collect();
    assert!(ids.iter().all(|bits| bits >> 80 == 5));
    let (ones, zeros) = ids
        .iter()
        .fold((0, 0), |(ones, zeros), bits| (ones | bits, zeros | !bits));
    assert_eq!(
        (ones & RANDOM_MASK, zeros & RANDOM_MASK),
        (RANDOM_MASK, RANDOM_MASK),
        "every bit was seen both ways"
    );
}

#[test]
fn threads_share_one_order() {
    static GENERATOR: SharedGenerator = SharedGenerator::new();
    let batches = std::thread::scope(|scope| {
        let batch = || {
            (0..500)
                .map(|_| GENERATOR.generate().unwrap().0)
                .collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(batch)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    assert!(batches.iter().all(|batch| batch.is_sorted_by(|a, b| a < b)));
    let mut all = batches.concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 2000, "no ULID was given out twice");
}

#[test]
fn neighbours_end_at_the_ends() {
    assert_eq!(next(Ulid(1)), Some(Ulid(2)));
    assert_eq!(previous(Ulid(1)), Some(Ulid(0)));
    assert_eq!((next(Ulid(u128::MAX)), previous(Ulid(0))), (None, None));
}

#[test]
fn many_at_random_have_the_time_of_their_block_and_differ() {
    let mut ms = 0;
    let clock = || {
        ms += 1;
        at(ms)
    };
    let mut keys = vec![0; 2500];
    fill_random(&mut keys, clock, &mut StdRng::seed_from_u64(1));
    let times: Vec<u128> = keys.iter().map(|key| key >> 80).collect();
    assert_eq!(times, [vec![1; 1024], vec![2; 1024], vec![3; 452]].concat());
    let (ones, zeros) = keys
        .iter()
        .fold((0, 0), |(ones, zeros), key| (ones | key, zeros | !key));
    assert_eq!(
        (ones & RANDOM_MASK, zeros & RANDOM_MASK),
        (RANDOM_MASK, RANDOM_MASK)
    );
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 2500);
}

#[test]
fn lines_are_the_text_of_what_a_seed_fills() {
    for count in [0, 1, 1023, 1024, 1025, 3000] {
        let mut keys = vec![0; count];
        fill_random(&mut keys, || at(5), &mut AesRng::from_seed([3; 32]));
        let mut text = b"# ids\n".to_vec();
        random_lines(count, &mut text, || at(5), &mut AesRng::from_seed([3; 32]));
        let lines = text.strip_prefix(b"# ids\n").unwrap();
        assert_eq!(
            crate::codec::parse_lines(lines, crate::Reading::Strict),
            Ok(keys)
        );
    }
}

#[test]
fn filling_by_one_is_generating_one_after_the_other() {
    for start in [7_u128, u128::from(u64::MAX) - 5, (3 << 80) - 30] {
        let mut one_by_one = Monotonic::after(Ulid(start));
        let mut filled = one_by_one.clone();
        let mut rng = StdRng::seed_from_u64(1);
        let mut keys = [0; 20];
        filled
            .fill(&mut keys, Stride::One, at(0), &mut rng)
            .unwrap();
        let expected: Vec<u128> = (0..20)
            .map(|_| one_by_one.generate(at(0), &mut rng).unwrap().0)
            .collect();
        assert_eq!(keys[..], expected);
        assert_eq!(filled.last(), one_by_one.last());
    }
}

#[test]
fn random_strides_ascend_by_up_to_a_word() {
    let mut generator = Monotonic::new();
    let mut keys = vec![0; 5000];
    let mut rng = StdRng::seed_from_u64(1);
    generator
        .fill(&mut keys, Stride::Random, at(9), &mut rng)
        .unwrap();
    let strides: Vec<u128> = keys.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(
        strides
            .iter()
            .all(|&stride| (1..=1 << 32).contains(&stride))
    );
    assert!(strides.iter().any(|&stride| stride > 1 << 31));
    assert_eq!(generator.last(), keys.last().map(|&key| Ulid(key)));
    assert!(keys.iter().all(|key| key >> 80 == 9));
    let after = generator.generate(at(2), &mut rng).unwrap();
    assert_eq!(after.0, keys[4999] + 1, "the clock stepped back");
}

#[test]
fn filling_fails_rather_than_wraps_and_changes_nothing() {
    let mut rng = StdRng::seed_from_u64(1);
    let last = Ulid::from_parts(4, RANDOM_MASK - 10).unwrap();
    for (stride, fits) in [(Stride::One, 10), (Stride::Random, 0)] {
        let mut generator = Monotonic::after(last);
        let mut fill = |generator: &mut Monotonic, count: usize| {
            generator.fill(&mut vec![0; count], stride, at(4), &mut rng)
        };
        assert!(fill(&mut generator, fits + 2000).is_err(), "{stride:?}");
        assert_eq!(generator.last(), Some(last));
        assert_eq!(fill(&mut generator, fits), Ok(()), "{stride:?}");
        if stride == Stride::One {
            let full = Ulid::from_parts(4, RANDOM_MASK).unwrap();
            assert_eq!(fill(&mut generator, 1), Err(Exhausted { last: full }));
        }
    }
}

#[test]
fn a_shared_generator_fills_in_its_order() {
    let generator = SharedGenerator::new();
    let first = generator.generate().unwrap();
    let mut keys = vec![first.0; 5001];
    generator.fill(&mut keys[1..], Stride::Random).unwrap();
    keys.push(generator.generate().unwrap().0);
    assert!(keys.is_sorted_by(|a, b| a < b));
}

#[cfg(target_os = "linux")]
mod forks;
mod policy;
