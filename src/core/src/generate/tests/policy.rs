//! Needs of servers that the specification does not speak of.

use std::{collections::HashSet, thread};

use super::*;

/// A generator that goes on after a ULID, and the randomness of a test.
fn after(last: Ulid, policy: Policy) -> (Monotonic, StdRng) {
    let generator = Monotonic {
        policy,
        ..Monotonic::after(last)
    };
    (generator, StdRng::seed_from_u64(7))
}

#[test]
fn where_a_millisecond_is_used_up_the_next_id_is_of_the_next_one() {
    // The specification's example of a millisecond that is used up.
    let full: Ulid = "01BX5ZZKBKZZZZZZZZZZZZZZZZ".parse().unwrap();
    let time = full.timestamp();
    let (mut generator, mut rng) = after(full, Policy::SPECIFICATION);
    assert_eq!(
        generator.generate(time, &mut rng),
        Err(Exhausted { last: full })
    );
    let next = generator.next_id(time, &mut rng);
    assert_eq!(next.timestamp_ms(), time.ms() + 1);
    assert_eq!(generator.next_id(time, &mut rng), next.increment().unwrap());
    assert_eq!(generator.jump(), None);
}

#[test]
fn after_the_last_ulid_there_is_one_begins_anew_and_tells_it() {
    let (mut generator, mut rng) = after(Ulid::MAX, Policy::SPECIFICATION);
    let time = at(5);
    assert_eq!(generator.next_id(time, &mut rng).timestamp(), time);
    let jump = Jump {
        last: Ulid::MAX,
        time,
    };
    assert_eq!(generator.jump(), Some(jump));
    assert_eq!(generator.jump(), None, "it is told once");
}

#[test]
fn head_room_leaves_the_upper_bits_of_a_first_id_zero() {
    let mut rng = StdRng::seed_from_u64(7);
    for (bits, most) in [(0, 80), (1, 79), (10, 70), (79, 1), (80, 1), (200, 1)] {
        let mut generator = Monotonic::with(Policy::SPECIFICATION.head_room(bits));
        let seen = (0..500).fold(0, |seen, ms| {
            seen | generator.generate(at(ms), &mut rng).unwrap().random()
        });
        assert_eq!(128 - seen.leading_zeros(), most, "{bits}");
    }
    let mut generator = Monotonic::with(Policy::SPECIFICATION.head_room(1));
    let first = generator.generate(at(5), &mut rng).unwrap();
    let second = generator.generate(at(5), &mut rng).unwrap();
    assert_eq!(
        Some(second),
        first.increment(),
        "within a millisecond nothing is cut"
    );
}

#[test]
fn random_steps_are_of_up_to_32_bits_and_never_wrap() {
    let policy = Policy::SPECIFICATION.step(Stride::Random);
    let mut generator = Monotonic::with(policy);
    let mut rng = StdRng::seed_from_u64(7);
    let ids: Vec<u128> = (0..1_000)
        .map(|_| generator.generate(at(5), &mut rng).unwrap().0)
        .collect();
    let steps: HashSet<u128> = ids.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps.len() > 990, "steps hardly repeat: {}", steps.len());
    assert!(steps.iter().all(|step| (1..=1 << 32).contains(step)));
    assert!(steps.iter().any(|&step| step > 1 << 31));

    let last = Ulid::from_parts(5, RANDOM_MASK - 1).unwrap();
    let (mut generator, mut rng) = after(last, policy);
    assert_eq!(generator.generate(at(5), &mut rng), Err(Exhausted { last }));
    assert_eq!(generator.next_id(at(5), &mut rng).timestamp(), at(6));
}

#[test]
fn the_first_of_many_at_random_cannot_be_guessed_either() {
    let last = Ulid::from_parts(5, 7).unwrap();
    let firsts: HashSet<u128> = (0..100)
        .map(|seed| {
            let (mut generator, _) = after(last, Policy::SPECIFICATION);
            let mut keys = [0; 3];
            let mut rng = StdRng::seed_from_u64(seed);
            let filled = generator.fill(&mut keys, Stride::Random, at(5), &mut rng);
            assert_eq!(filled, Ok(()));
            keys[0]
        })
        .collect();
    assert!(firsts.len() > 95, "{}", firsts.len());
}

#[test]
fn a_clock_that_jumped_ahead_is_followed_again_after_ten_seconds() {
    let last = Ulid::from_parts(20_000, 7).unwrap();
    // Ten seconds are forgiven, as for a clock that is set by a service of time.
    let (mut generator, mut rng) = after(last, Policy::SERVER);
    let forgiven = generator.generate(at(10_000), &mut rng);
    assert_eq!(forgiven, Ok(last.increment().unwrap()));
    assert_eq!(generator.jump(), None);

    let (mut generator, mut rng) = after(last, Policy::SERVER);
    let time = at(9_999);
    let followed = generator.generate(time, &mut rng).unwrap();
    assert_eq!(followed.timestamp(), time);
    let jump = generator.jump().unwrap();
    assert_eq!(jump, Jump { last, time });
    assert_eq!(
        jump.to_string(),
        "the clock shows 1970-01-01T00:00:09.999Z, 10001 ms before the last ULID, \
         0000000KH00000000000000007: new ones follow the clock and are smaller"
    );
    let next = generator.generate(time, &mut rng);
    assert_eq!(
        next,
        Ok(followed.increment().unwrap()),
        "and ascends from there"
    );

    let (mut generator, mut rng) = after(last, Policy::SPECIFICATION);
    let pinned = generator.generate(at(0), &mut rng);
    assert_eq!(
        pinned,
        Ok(last.increment().unwrap()),
        "the specification has no limit"
    );

    let (mut generator, mut rng) = after(last, Policy::SERVER.ahead_by_at_most(0));
    assert_eq!(
        generator.generate(at(20_000), &mut rng).ok(),
        last.increment()
    );
    assert_eq!(
        generator
            .generate(at(19_999), &mut rng)
            .unwrap()
            .timestamp(),
        at(19_999)
    );
}

#[test]
fn many_at_once_follow_the_clock_again_too() {
    let last = Ulid::from_parts(20_000, 7).unwrap();
    let (mut generator, mut rng) = after(last, Policy::SERVER);
    let mut keys = [0; 10];
    assert_eq!(
        generator.fill(&mut keys, Stride::One, at(5), &mut rng),
        Ok(())
    );
    assert!(keys.iter().all(|&key| Ulid(key).timestamp() == at(5)));
    assert!(keys.is_sorted_by(|a, b| a < b));
    assert!(generator.jump().is_some());
}

#[test]
fn a_shared_generator_goes_on_after_what_a_database_has() {
    let newest = Timestamp::from_ms(Timestamp::now().ms() + 5_000)
        .unwrap()
        .first_id();
    let generator = SharedGenerator::after(newest);
    assert_eq!(generator.next_id(), newest.increment().unwrap());
    assert_eq!(generator.jump(), None);

    let wrong = Timestamp::from_ms(Timestamp::now().ms() + 60_000)
        .unwrap()
        .first_id();
    let generator = SharedGenerator::after(wrong);
    assert!(generator.next_id() < wrong);
    assert_eq!(generator.jump().map(|jump| jump.last), Some(wrong));
}

#[test]
fn each_thread_ascends_by_itself_and_no_two_threads_meet() {
    let drawn = || {
        (0..5_000)
            .map(|_| Ulid::generate_ascending())
            .collect::<Vec<_>>()
    };
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(drawn)).collect();
    let lists: Vec<Vec<Ulid>> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    assert!(lists.iter().all(|list| list.is_sorted_by(|a, b| a < b)));
    let all: HashSet<Ulid> = lists.into_iter().flatten().collect();
    assert_eq!(all.len(), 20_000);
}
