//! Claims of the core's README about forks: IDs of peers come again in a forked child, and ours do not.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "pipes of a test are there")]

use std::{
    collections::HashSet,
    io::{Read, Write, pipe},
    sync::Arc,
};

use nix::{
    sys::wait::waitpid,
    unistd::{ForkResult, fork},
};
use ulid_core::{Ulid, generate::SharedGenerator};

const COUNT: usize = 20;

fn drawn(draw: &mut dyn FnMut() -> u128) -> Vec<u128> {
    (0..COUNT).map(|_| draw()).collect()
}

/// Number of IDs that a child gave out and its parent gave out too.
#[expect(unsafe_code, reason = "a fork is what is tested")]
fn given_twice(draw: &mut dyn FnMut() -> u128) -> usize {
    drawn(draw);
    let (mut from_child, to_parent) = pipe().unwrap();
    // SAFETY: the child draws, writes and ends; it takes no lock that another thread of the test holds.
    let forked = unsafe { fork() }.unwrap();
    let ours = drawn(draw);
    let ForkResult::Parent { child } = forked else {
        let bytes: Vec<u8> = ours.iter().flat_map(|key| key.to_le_bytes()).collect();
        let sent = (&to_parent).write_all(&bytes);
        std::process::exit(i32::from(sent.is_err()));
    };
    drop(to_parent);
    let mut bytes = Vec::new();
    from_child.read_to_end(&mut bytes).unwrap();
    waitpid(child, None).unwrap();
    let theirs = bytes
        .as_chunks()
        .0
        .iter()
        .map(|&key| u128::from_le_bytes(key));
    let ours: HashSet<u128> = ours.into_iter().collect();
    assert_eq!(bytes.len(), 16 * COUNT);
    theirs.filter(|key| ours.contains(key)).count()
}

/// The most that came again in some forks: where a generator asks the clock, both have to stand in one millisecond.
fn worst(mut draw: impl FnMut() -> u128) -> usize {
    (0..100).map(|_| given_twice(&mut draw)).max().unwrap_or(0)
}

#[test]
fn peers_repeat_themselves_after_a_fork_and_ours_do_not() {
    let mut generator = ulid::Generator::new();
    assert!(
        worst(move || generator.generate().map_or(0, |id| id.0)) > 0,
        "ulid, Generator"
    );
    assert!(worst(|| ulid::Ulid::generate().0) > 0, "ulid");
    assert!(worst(|| mr_ulid::Ulid::new().to_u128()) > 0, "mr-ulid");

    let shared = Arc::new(SharedGenerator::new());
    assert_eq!(worst(move || shared.next_id().to_u128()), 0);
    assert_eq!(worst(|| Ulid::generate().to_u128()), 0);
    assert_eq!(worst(|| Ulid::generate_ascending().to_u128()), 0);
}
