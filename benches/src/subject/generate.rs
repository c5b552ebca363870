//! New ULIDs. Nobody gives the same ones twice, so answers are checked for what they must have: the time of now, order,
//! no repetition.

use std::{cell::RefCell, hint::black_box, sync::Mutex};

use ulid::Ulid as Peer;
use ulid_engine::{
    Timestamp, Ulid,
    codec::Kernel,
    generate::{AesRng, Monotonic, SharedGenerator, Stride, fill_random, random_lines, system_rng},
};

use super::{ULID, Work};
use crate::Group;

/// One at a time.
pub const CORE: &[Work] = &[
    Work::new("generate one", generate_one),
    Work::new("generate one after the other", generate_ascending),
];
/// Many at once.
pub const BULK: &[Work] = &[
    Work::new("random in bulk", random_in_bulk),
    Work::new("random in bulk to text", random_text_in_bulk),
    Work::new("monotonic in bulk", monotonic_in_bulk),
];

const MANY: usize = 4096;
const RAND: &str = "ulid-engine, rand 0.10";
const AES: &str = "ulid-engine, aes and ctr";
const BY_ONE: &str = "ulid-engine, by one";
const BY_CHANCE: &str = "ulid-engine, by random strides";

/// True if 128 bits are ULIDs of the last minute, none twice.
fn check_fresh(keys: &[u128]) {
    let now = Timestamp::now().ms();
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), keys.len(), "no ULID twice");
    let recent = |key: &u128| (now - 60_000..=now).contains(&Ulid::from_u128(*key).timestamp_ms());
    assert!(keys.iter().all(recent), "all ULIDs of now");
}

/// Fills as many as there are by calling one after the other.
fn each(mut make: impl FnMut() -> u128 + 'static) -> impl FnMut() {
    let mut keys = [0; 64];
    keys.fill_with(&mut make);
    check_fresh(&keys);
    move || {
        for _ in 0..64 {
            black_box(make());
        }
    }
}

fn generate_one(group: Group) -> Group {
    group
        .operations(64)
        .case(ULID, each(|| Peer::generate().0))
        .case("ferroid 2.0.0", each(|| ferroid::id::ULID::now().to_raw()))
        .case("mr-ulid 3.0.1", each(|| mr_ulid::Ulid::new().to_u128()))
        .case(
            "rusty_ulid 2.0.1",
            each(|| rusty_ulid::Ulid::generate().into()),
        )
        .case("ulid-core", each(|| Ulid::generate().to_u128()))
        .case("reading the clock", || {
            for _ in 0..64 {
                black_box(std::time::SystemTime::now());
            }
        })
        .aim("ulid-core", ULID, 1.0)
}

/// From a generator of the peer's that this thread keeps.
fn peer_of_thread() -> u128 {
    thread_local! {
        static PEER: RefCell<ulid::Generator> = const { RefCell::new(ulid::Generator::new()) };
    }
    PEER.with_borrow_mut(|peer| peer.generate().map_or(0, |id| id.0))
}

fn generate_ascending(group: Group) -> Group {
    let mut peer = ulid::Generator::new();
    let shared_peer = Mutex::new(ulid::Generator::new());
    let mut ours = Monotonic::new();
    let shared = SharedGenerator::new();
    group
        .operations(64)
        .case(ULID, each(move || peer.generate().map_or(0, |id| id.0)))
        .case(
            "ulid 3.0.0, in a mutex",
            each(move || match shared_peer.lock() {
                Ok(mut peer) => peer.generate().map_or(0, |id| id.0),
                Err(_) => 0,
            }),
        )
        .case("ulid 3.0.0, one for each thread", each(peer_of_thread))
        .case(
            "ferroid 2.0.0, clock of another thread",
            each(|| ferroid::generator::thread_local::Ulid::new_ulid_mono(|_| ()).to_raw()),
        )
        .case(
            "ulid-core",
            each(move || {
                let id = ours.generate(Timestamp::now(), &mut system_rng());
                id.map_or(0, Ulid::to_u128)
            }),
        )
        .case(
            "ulid-core, one for each thread",
            each(|| Ulid::generate_ascending().to_u128()),
        )
        .case(
            "ulid-core, shared by threads",
            each(move || shared.next_id().to_u128()),
        )
        .aim("ulid-core", ULID, 1.0)
        .aim(
            "ulid-core, one for each thread",
            "ulid 3.0.0, one for each thread",
            1.0,
        )
        .aim(
            "ulid-core, shared by threads",
            "ulid 3.0.0, in a mutex",
            1.0,
        )
}

/// Fills many at once.
fn all(mut fill: impl FnMut(&mut [u128]) + 'static) -> impl FnMut() {
    let mut keys = vec![0; MANY];
    fill(&mut keys);
    check_fresh(&keys);
    move || {
        fill(black_box(&mut keys));
        black_box(&keys);
    }
}

fn with_ulid_alone(group: Group) -> Group {
    group
        .operations(MANY)
        .case(ULID, all(|keys| keys.fill_with(|| Peer::generate().0)))
}

/// The system's randomness under AES.
///
/// # Panics
///
/// If the system has none.
#[expect(
    clippy::expect_used,
    reason = "a bench without randomness has nothing to measure"
)]
fn aes() -> AesRng {
    AesRng::new().expect("the system gives randomness")
}

fn random_in_bulk(group: Group) -> Group {
    let mut bulk = aes();
    with_ulid_alone(group)
        .case(
            RAND,
            all(|keys| fill_random(keys, Timestamp::now, &mut rand::rng())),
        )
        .case(
            AES,
            all(move |keys| fill_random(keys, Timestamp::now, &mut bulk)),
        )
        .aim(RAND, ULID, 8.0)
        .aim(AES, ULID, 18.0)
}

fn random_text_in_bulk(group: Group) -> Group {
    let mut bulk = aes();
    let mut peer = vec![b'\n'; 27 * MANY];
    let mut ours = Vec::with_capacity(27 * MANY);
    random_lines(MANY, &mut ours, Timestamp::now, &mut bulk);
    let parsed = ulid_engine::codec::parse_lines(&ours, ulid_engine::Reading::Strict);
    check_fresh(&parsed.unwrap_or_default());
    let name = format!("ulid-engine, aes and ctr, {}", Kernel::active());
    group
        .operations(MANY)
        .bytes(27.0)
        .case(ULID, move || {
            for record in peer.as_chunks_mut::<27>().0 {
                if let Some(text) = record.first_chunk_mut() {
                    Peer::generate().array_to_str(text);
                }
            }
            black_box(&peer);
        })
        .case(&name, move || {
            ours.clear();
            random_lines(MANY, &mut ours, Timestamp::now, &mut bulk);
            black_box(&ours);
        })
        .aim(&name, ULID, 12.0)
}

fn monotonic_in_bulk(group: Group) -> Group {
    let mut peer = ulid::Generator::new();
    let ascending = |stride| {
        let (mut generator, mut rng) = (Monotonic::new(), aes());
        move |keys: &mut [u128]| {
            let filled = generator.fill(keys, stride, Timestamp::now(), &mut rng);
            assert_eq!(filled, Ok(()));
        }
    };
    group
        .operations(MANY)
        .case(
            "ulid 3.0.0, Generator",
            all(move |keys| keys.fill_with(|| peer.generate().map_or(0, |id| id.0))),
        )
        .case(BY_ONE, all(ascending(Stride::One)))
        .case(BY_CHANCE, all(ascending(Stride::Random)))
        .aim(BY_ONE, "ulid 3.0.0, Generator", 100.0)
        .aim(BY_CHANCE, "ulid 3.0.0, Generator", 20.0)
}
