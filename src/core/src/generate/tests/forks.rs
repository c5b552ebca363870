//! A generator that is forked with a process: parent and child go on at the same time, and share no ULID.

use std::{
    collections::HashSet,
    io::{Read, Write},
    sync::Arc,
};

use super::*;

const COUNT: usize = 20_000;

/// A function that draws the next keys of a generator.
type Draw = Box<dyn FnMut(&mut [u128])>;

/// Draws in this process and in a child forked from it; gives the keys of both.
#[expect(unsafe_code, reason = "forking, and ending and awaiting the child")]
fn in_both(draw: &mut Draw) -> (Vec<u128>, Vec<u128>) {
    let (mut from_child, to_parent) = std::io::pipe().unwrap();
    let mut ours = vec![0; COUNT];
    // SAFETY: the child of this test uses no lock that another thread may hold, and ends without unwinding.
    let child = unsafe { libc::fork() };
    draw(&mut ours);
    if child == 0 {
        let bytes: Vec<u8> = ours.iter().flat_map(|key| key.to_le_bytes()).collect();
        let sent = (&to_parent).write_all(&bytes).is_ok();
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(i32::from(!sent)) };
    }
    drop(to_parent);
    let mut bytes = Vec::new();
    from_child.read_to_end(&mut bytes).unwrap();
    // SAFETY: waits for the child made above.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    let theirs: Vec<u128> = bytes
        .as_chunks()
        .0
        .iter()
        .map(|&key| u128::from_le_bytes(key))
        .collect();
    assert_eq!(theirs.len(), COUNT);
    (ours, theirs)
}

/// The keys of a call that gives one ULID.
fn each<E: std::fmt::Debug>(mut next: impl FnMut() -> Result<Ulid, E> + 'static) -> Draw {
    Box::new(move |keys| keys.fill_with(|| next().unwrap().0))
}

fn now(generator: fn(&SharedGenerator, Timestamp) -> Ulid) -> Draw {
    let (shared, time) = (SharedGenerator::new(), Timestamp::now());
    each(move || Ok::<_, Exhausted>(generator(&shared, time)))
}

fn one_by_one(order: fn() -> Order, new: fn(Order) -> Series) -> Draw {
    let (mut series, time) = (new(order()), Timestamp::now());
    each(move || series.generate(time))
}

fn many(order: fn() -> Order, new: fn(Order) -> Series) -> Draw {
    let (mut series, time) = (new(order()), Timestamp::now());
    Box::new(move |keys| series.fill(keys, || time).unwrap())
}

fn shared() -> Order {
    Order::Shared(Arc::new(SharedGenerator::new()))
}

fn ascending() -> Order {
    Order::Ascending(Monotonic::new())
}

fn exact() -> Order {
    Order::Exact(Monotonic::new())
}

fn independent() -> Order {
    Order::Independent
}

fn seeded(order: Order) -> Series {
    Series::seeded(order, 7)
}

/// Every generator, and whether its ULIDs ascend.
fn generators() -> Vec<(String, bool, Draw)> {
    let filled = |stride: Stride| -> Draw {
        let shared = SharedGenerator::new();
        Box::new(move |keys| shared.fill(keys, stride).unwrap())
    };
    let mut monotonic = Monotonic::new();
    let mut continued = Monotonic::after(random(Timestamp::now(), &mut system_rng()));
    let mut bulk = AesRng::new().unwrap();
    let mut all: Vec<(String, bool, Draw)> = vec![
        (
            "shared, now".into(),
            true,
            now(|shared, _| shared.generate().unwrap()),
        ),
        (
            "shared, at a time".into(),
            true,
            now(|shared, time| shared.generate_at(time).unwrap()),
        ),
        ("shared, many by one".into(), true, filled(Stride::One)),
        (
            "shared, many at random".into(),
            true,
            filled(Stride::Random),
        ),
        (
            "monotonic".into(),
            true,
            each(move || monotonic.generate(at(5), &mut system_rng())),
        ),
        (
            "continued".into(),
            true,
            each(move || continued.generate(at(5), &mut system_rng())),
        ),
        (
            "random".into(),
            false,
            each(|| Ok::<_, Exhausted>(random(at(5), &mut system_rng()))),
        ),
        (
            "many at random".into(),
            false,
            Box::new(move |keys| fill_random(keys, || at(5), &mut bulk)),
        ),
    ];
    let orders: [(fn() -> Order, bool); 4] = [
        (shared, true),
        (ascending, true),
        (exact, true),
        (independent, false),
    ];
    for (order, ascends) in orders {
        for (name, new) in [
            ("system", Series::new as fn(Order) -> Series),
            ("seeded", seeded),
        ] {
            let called = format!("{name} series, {:?}", order());
            all.push((format!("{called}, one"), ascends, one_by_one(order, new)));
            all.push((format!("{called}, many"), ascends, many(order, new)));
        }
    }
    all
}

#[test]
fn a_forked_child_gives_no_ulid_of_its_parent() {
    for (name, ascends, mut draw) in generators() {
        // Parent and child share what was drawn before, unless nothing was.
        for drawn_before in [0, 3] {
            let mut before = vec![0; drawn_before];
            draw(&mut before);
            let (ours, theirs) = in_both(&mut draw);
            let seen: HashSet<u128> = ours.iter().chain(&before).copied().collect();
            let twice = theirs.iter().filter(|&key| seen.contains(key)).count();
            assert_eq!(twice, 0, "{name}, after {drawn_before}");
            // An exact time stays what it is, so there a child begins anew within it.
            if ascends && !name.contains("Exact") {
                let all = [&before[..], &theirs].concat();
                assert!(
                    all.is_sorted_by(|a, b| a < b),
                    "{name}, after {drawn_before}"
                );
            }
        }
    }
}

#[test]
fn a_child_of_the_last_millisecond_is_told_that_none_follows() {
    let last = Timestamp::MAX.first_id();
    let mut generator = Monotonic::new();
    generator.inherit(last);
    let next = generator.generate(Timestamp::MAX, &mut system_rng());
    assert_eq!(next, Err(Exhausted { last }));
}

/// A thread of the parent may hold the lock in the moment of the fork; in the child nobody gives it back.
#[test]
fn a_lock_that_is_held_in_the_moment_of_the_fork_stops_no_child() {
    let shared = Arc::new(SharedGenerator::new());
    let before = shared.next_id();
    let (held, wait_until_held) = std::sync::mpsc::channel();
    let (give_back, wait_until_forked) = std::sync::mpsc::channel();
    let holder = {
        let shared = Arc::clone(&shared);
        std::thread::spawn(move || {
            shared.while_locked(|| {
                held.send(()).unwrap();
                wait_until_forked.recv().unwrap();
            });
        })
    };
    wait_until_held.recv().unwrap();
    let mut give_back = Some(give_back);
    let child_of = std::process::id();
    let mut draw: Draw = Box::new(move |keys| {
        // The parent lets its thread go on; the child has no such thread.
        if std::process::id() == child_of
            && let Some(give_back) = give_back.take()
        {
            give_back.send(()).unwrap();
        }
        keys.fill_with(|| shared.next_id().0);
    });
    let (ours, theirs) = in_both(&mut draw);
    holder.join().unwrap();
    assert!(ours.is_sorted_by(|a, b| a < b) && theirs.is_sorted_by(|a, b| a < b));
    assert!(theirs[0] > before.0);
    let ours: HashSet<u128> = ours.into_iter().collect();
    assert!(theirs.iter().all(|key| !ours.contains(key)));
}
