//! Text to 128 bits and back.

use std::{fmt::Write as _, hint::black_box, io::Write, rc::Rc};

use ferroid::{base32::Base32UlidExt, id::ULID};
use memmap2::Mmap;
use rayon::{ThreadPool, ThreadPoolBuilder, iter::ParallelIterator, slice::ParallelSlice};
use ulid::Ulid as Peer;
use ulid_engine::{
    Reading, Ulid,
    codec::{Kernel, Key, Sequence, Shape},
};

use super::{READ, ULID, Work, ours, read_all};
use crate::{Group, clock::Clock};

/// One ULID at a time.
pub const CORE: &[Work] = &[
    Work::new("print one to &str", print_one),
    Work::new("print one to a String", print_string),
    Work::new("print one by write!", print_formatted),
    Work::new("parse one", parse_one),
    Work::new("validate one", validate_one),
    Work::new("read the time of one", read_time),
    Work::new("read 16 bytes", read_bytes),
    Work::new("parse one from JSON", parse_json),
];
/// Many at once.
pub const BULK: &[Work] = &[
    Work::new("print in bulk, in cache", print_in_cache),
    Work::new("parse in bulk, in cache", parse_in_cache),
    Work::new("print in bulk, by kind", print_kinds),
    Work::new("parse in bulk, by kind", parse_kinds),
    Work::new("print in bulk, out of cache", print_out_of_cache),
    Work::new("parse in bulk, out of cache", parse_out_of_cache),
];
/// A file from one end to the other.
pub const STREAMING: &[Work] = &[
    Work::new("validate a mapped file", validate_mapped),
    Work::new(
        "decode a mapped file with order, duplicates and gaps",
        follow_mapped,
    ),
    Work::new(
        "decode a mapped file with order, on two cores",
        follow_on_two,
    ),
];

/// ULIDs that fit a second-level cache with their text.
const IN_CACHE: usize = 4096;
/// ULIDs that do not fit any cache.
const OUT_OF_CACHE: usize = 1_000_000;
/// Lines of the mapped file, 270 MB.
const IN_FILE: usize = 10_000_000;
/// Lines of it that pass so quickly that a moment in which nothing else runs is long enough.
const IN_MOMENT: usize = 2_000_000;

const MEMCPY: &str = "memcpy of the text";

/// Keys, eight a millisecond in no order, the same each time.
#[must_use]
pub fn keys(count: usize) -> Vec<u128> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    };
    (0..count as u128)
        .map(|index| {
            let time = 1_780_000_000_000 + index / 8;
            time << 80 | u128::from(random() >> 48) << 64 | u128::from(random())
        })
        .collect()
}

/// Their text, one a line.
#[must_use]
pub fn lines(keys: &[u128]) -> Vec<u8> {
    let mut text = vec![0; 27 * keys.len()];
    let printed = Kernel::SCALAR.print_records(keys, Shape::Lines, &mut text);
    assert_eq!(printed, keys.len());
    text
}

/// Calls a function on one of a few ULIDs after the other.
fn in_turn<T: 'static>(items: Vec<T>, mut run: impl FnMut(&T) + 'static) -> impl FnMut() {
    move || items.iter().for_each(|item| run(black_box(item)))
}

const FEW: usize = 64;

/// The same ULIDs, as ours and as the peer's, whose texts were found to be the same.
fn ids() -> (Vec<Ulid>, Vec<Peer>) {
    let ids: Vec<Ulid> = keys(FEW).into_iter().map(Ulid::from_u128).collect();
    for &id in &ids {
        let text = Peer::from(id).array_to_str(&mut [0; 26]).to_owned();
        assert_eq!(id.text(), text);
        assert_eq!(id.to_string(), text);
        assert_eq!(format!("{id}"), text);
        assert_eq!(ULID::from_raw(id.to_u128()).encode().as_str(), text);
        assert_eq!(rusty_ulid::Ulid::from(id.to_u128()).to_string(), text);
    }
    let peers = ids.iter().map(|&id| Peer::from(id)).collect();
    (ids, peers)
}

fn print_one(group: Group) -> Group {
    let (ids, peers) = ids();
    group
        .operations(FEW)
        .case(
            ULID,
            in_turn(peers, |id| {
                let mut text = [0; 26];
                black_box(&*id.array_to_str(&mut text));
            }),
        )
        .case(
            "ferroid 2.0.0",
            in_turn(keys(FEW), |&key| {
                black_box(ULID::from_raw(key).encode().as_str());
            }),
        )
        .case(
            "ulid-core",
            in_turn(ids, |&id| {
                black_box(id.text().as_str());
            }),
        )
        .aim("ulid-core", ULID, 3.0)
}

fn print_string(group: Group) -> Group {
    let (ids, peers) = ids();
    group
        .operations(FEW)
        .case(
            ULID,
            in_turn(peers, |id| {
                black_box(&id.to_string());
            }),
        )
        .case(
            "rusty_ulid 2.0.1",
            in_turn(keys(FEW), |&key| {
                black_box(&rusty_ulid::Ulid::from(key).to_string());
            }),
        )
        .case(
            "ulid-core",
            in_turn(ids, |&id| {
                black_box(&id.to_string());
            }),
        )
        .aim("ulid-core", ULID, 1.5)
}

/// Writes into one text again and again.
fn written<T: std::fmt::Display + 'static>(items: Vec<T>) -> impl FnMut() {
    let mut text = String::with_capacity(26);
    in_turn(items, move |item| {
        text.clear();
        let written = write!(text, "{item}");
        assert!(written.is_ok());
        black_box(&text);
    })
}

fn print_formatted(group: Group) -> Group {
    let (ids, peers) = ids();
    group
        .operations(FEW)
        .case(ULID, written(peers))
        .case("ulid-core", written(ids))
        .aim("ulid-core", ULID, 2.0)
}

fn read_bytes(group: Group) -> Group {
    let (ids, peers) = ids();
    let bytes: Vec<[u8; 16]> = ids.iter().map(|id| id.to_bytes()).collect();
    for ((&bytes, &id), peer) in bytes.iter().zip(&ids).zip(peers) {
        assert_eq!(Ulid::from_bytes(bytes), id);
        assert_eq!(Peer::from_bytes(bytes), peer);
    }
    group
        .operations(FEW)
        .case(
            ULID,
            in_turn(bytes.clone(), |&bytes| {
                black_box(&Peer::from_bytes(bytes));
            }),
        )
        .case(
            "ulid-core",
            in_turn(bytes, |&bytes| {
                black_box(&Ulid::from_bytes(bytes));
            }),
        )
}

fn parse_json(group: Group) -> Group {
    let json: Vec<String> = texts().iter().map(|text| format!("\"{text}\"")).collect();
    for (json, key) in json.iter().zip(keys(FEW)) {
        let ours: Option<Ulid> = serde_json::from_str(json).ok();
        let theirs: Option<Peer> = serde_json::from_str(json).ok();
        assert_eq!(ours.map(Ulid::to_u128), Some(key));
        assert_eq!(theirs.map(|id| id.0), Some(key));
    }
    group
        .operations(FEW)
        .case(
            ULID,
            in_turn(json.clone(), |json| {
                black_box(&serde_json::from_str::<Peer>(json));
            }),
        )
        .case(
            "ulid-core",
            in_turn(json, |json| {
                black_box(&serde_json::from_str::<Ulid>(json));
            }),
        )
        .aim("ulid-core", ULID, 1.5)
}

/// Texts of their own, so that no two share a cache line by a fixed distance.
fn texts() -> Vec<String> {
    let texts: Vec<String> = keys(FEW)
        .iter()
        .map(|&key| Ulid::from_u128(key).to_string())
        .collect();
    for (text, key) in texts.iter().zip(keys(FEW)) {
        let engine = ulid_engine::codec::parse(text, Reading::Strict);
        assert_eq!(engine, Ok(Ulid::from_u128(key)));
        assert_eq!(Peer::from_string(text), Ok(Peer(key)));
        assert_eq!(ULID::decode(text).map(|id| id.to_raw()).ok(), Some(key));
        let rusty: Option<rusty_ulid::Ulid> = text.parse().ok();
        assert_eq!(rusty.map(u128::from), Some(key));
        let mr: Option<mr_ulid::Ulid> = text.parse().ok();
        assert_eq!(mr.map(mr_ulid::Ulid::to_u128), Some(key));
    }
    texts
}

fn parse_one(group: Group) -> Group {
    group
        .operations(FEW)
        .case(
            ULID,
            in_turn(texts(), |text| {
                black_box(&Peer::from_string(text));
            }),
        )
        .case(
            "ferroid 2.0.0",
            in_turn(texts(), |text| {
                black_box(&ULID::decode(text));
            }),
        )
        .case(
            "mr-ulid 3.0.1",
            in_turn(texts(), |text| {
                black_box(&text.parse::<mr_ulid::Ulid>());
            }),
        )
        .case(
            "rusty_ulid 2.0.1",
            in_turn(texts(), |text| {
                black_box(&text.parse::<rusty_ulid::Ulid>());
            }),
        )
        .case(
            "ulid-core",
            in_turn(texts(), |text| {
                black_box(&text.parse::<Ulid>());
            }),
        )
        .case(
            "ulid-core, as a constant is",
            in_turn(texts(), |text| {
                black_box(&Ulid::parse(text));
            }),
        )
        .aim("ulid-core", ULID, 3.5)
        .aim("ulid-core, as a constant is", ULID, 1.0)
}

fn validate_one(group: Group) -> Group {
    group
        .operations(FEW)
        .case(
            ULID,
            in_turn(texts(), |text| {
                black_box(Peer::from_string(text).is_ok());
            }),
        )
        .case(
            "mr-ulid 3.0.1",
            in_turn(texts(), |text| {
                black_box(mr_ulid::validate(text).is_ok());
            }),
        )
        .case(
            "ulid-core",
            in_turn(texts(), |text| {
                black_box(ulid_engine::codec::is_valid(text, Reading::Strict));
            }),
        )
        .aim("ulid-core", ULID, 5.0)
}

fn read_time(group: Group) -> Group {
    group
        .operations(FEW)
        .case(
            ULID,
            in_turn(texts(), |text| {
                black_box(&Peer::from_string(text).map(|id| id.timestamp_ms()));
            }),
        )
        .case(
            "ulid-core",
            in_turn(texts(), |text| {
                black_box(&ulid_engine::codec::parse_time(text, Reading::Strict));
            }),
        )
        .aim("ulid-core", ULID, 4.0)
}

/// Processors of AMD copy many times slower to a place little behind the source's within its page.
const APART: usize = 2048;

/// Room for a copy that begins [`APART`] behind where an allocator would put it.
fn apart(text: &[u8]) -> Vec<u8> {
    vec![0; APART + text.len()]
}

/// Prints all keys by every kernel, in a group that has the peer already.
fn with_printing(mut group: Group, keys: &Rc<[u128]>, text: &Rc<[u8]>) -> Group {
    for kernel in Kernel::available() {
        let (keys, mut out) = (keys.clone(), vec![0; text.len()]);
        kernel.print_records(&keys, Shape::Lines, &mut out);
        assert_eq!(out[..], text[..], "{kernel}");
        group = group.case(ours(kernel.name()), move || {
            kernel.print_records(black_box(&keys), Shape::Lines, &mut out);
            black_box(&out);
        });
    }
    group
}

fn print_in_bulk(group: Group, count: usize) -> Group {
    let keys: Rc<[u128]> = keys(count).into();
    let text: Rc<[u8]> = lines(&keys).into();
    let (ulid_keys, mut ulid_out) = (keys.clone(), vec![0; text.len()]);
    let (from, mut to) = (text.clone(), apart(&text));
    let group = group
        .operations(count)
        .bytes(27.0)
        .case(ULID, move || {
            let (records, _) = ulid_out.as_chunks_mut::<27>();
            for (&key, record) in black_box(&ulid_keys).iter().zip(records) {
                if let Some(place) = record.first_chunk_mut() {
                    Peer(key).array_to_str(place);
                }
                record[26] = b'\n';
            }
            black_box(&ulid_out);
        })
        .case(MEMCPY, move || {
            to[APART..].copy_from_slice(black_box(&from));
            black_box(&to);
        });
    with_printing(group, &keys, &text)
}

fn print_in_cache(group: Group) -> Group {
    print_in_bulk(group, IN_CACHE)
        .aim(&ours("avx512"), ULID, 12.0)
        .aim(&ours("avx512"), MEMCPY, 0.8)
        .aim(&ours("avx2"), ULID, 7.0)
        .aim(&ours("scalar"), ULID, 1.8)
}

/// The same bits as each kind of key.
const KINDS: [&str; 3] = ["128 bits", "Ulid", "16 bytes"];

fn print_kind<K: Key + 'static>(kinds: Vec<K>, text: &Rc<[u8]>) -> impl FnMut() + 'static {
    let mut out = vec![0; text.len()];
    Kernel::active().print_records(&kinds, Shape::Lines, &mut out);
    assert_eq!(out[..], text[..]);
    move || {
        Kernel::active().print_records(black_box(&kinds), Shape::Lines, &mut out);
        black_box(&out);
    }
}

fn print_kinds(group: Group) -> Group {
    let keys = keys(IN_CACHE);
    let text: Rc<[u8]> = lines(&keys).into();
    let ids = keys.iter().map(|&key| Ulid::from_u128(key)).collect();
    let bytes = keys.iter().map(|key| key.to_be_bytes()).collect();
    let [bits, id, byte] = KINDS;
    group
        .operations(IN_CACHE)
        .bytes(27.0)
        .case(bits, print_kind::<u128>(keys, &text))
        .case(id, print_kind::<Ulid>(ids, &text))
        .case(byte, print_kind::<[u8; 16]>(bytes, &text))
        .aim(id, bits, 0.95)
        .aim(byte, bits, 0.95)
}

fn parse_kind<K: Key + PartialEq + 'static>(
    expected: &[K],
    none: K,
    text: &Rc<[u8]>,
) -> impl FnMut() + 'static {
    let (mut read, text) = (vec![none; expected.len()], text.clone());
    let right = Kernel::active().parse_records(&text, Shape::Lines, Reading::Strict, &mut read);
    assert_eq!(right, expected.len());
    assert!(read == expected);
    move || {
        let right = Kernel::active().parse_records(
            black_box(&text),
            Shape::Lines,
            Reading::Strict,
            &mut read,
        );
        assert_eq!(right, read.len());
        black_box(&read);
    }
}

fn parse_kinds(group: Group) -> Group {
    let keys = keys(IN_CACHE);
    let text: Rc<[u8]> = lines(&keys).into();
    let ids: Vec<Ulid> = keys.iter().map(|&key| Ulid::from_u128(key)).collect();
    let bytes: Vec<[u8; 16]> = keys.iter().map(|key| key.to_be_bytes()).collect();
    let [bits, id, byte] = KINDS;
    group
        .operations(IN_CACHE)
        .bytes(27.0)
        .case(bits, parse_kind(&keys, 0, &text))
        .case(id, parse_kind(&ids, Ulid::NIL, &text))
        .case(byte, parse_kind(&bytes, [0; 16], &text))
        .aim(id, bits, 0.95)
        .aim(byte, bits, 0.95)
}

fn print_out_of_cache(group: Group) -> Group {
    print_in_bulk(group, OUT_OF_CACHE).aim(&ours("avx512"), MEMCPY, 1.0)
}

fn parse_in_bulk(group: Group, count: usize) -> Group {
    let keys: Rc<[u128]> = keys(count).into();
    let text: Rc<[u8]> = lines(&keys).into();
    let (ulid_text, mut ulid_keys) = (text.clone(), vec![0; count]);
    let (from, mut to) = (text.clone(), apart(&text));
    let mut group = group
        .operations(count)
        .bytes(27.0)
        .case(ULID, move || {
            let (records, _) = black_box(&ulid_text).as_chunks::<27>();
            for (record, slot) in records.iter().zip(&mut ulid_keys) {
                let text = str::from_utf8(&record[..26]).unwrap_or_default();
                *slot = Peer::from_string(text).map_or(0, |id| id.0);
            }
            black_box(&ulid_keys);
        })
        .case(MEMCPY, move || {
            to[APART..].copy_from_slice(black_box(&from));
            black_box(&to);
        });
    for kernel in Kernel::available() {
        let (text, keys, mut read) = (text.clone(), keys.clone(), vec![0; count]);
        let right = kernel.parse_records(&text, Shape::Lines, Reading::Strict, &mut read);
        assert_eq!((right, &read[..]), (count, &keys[..]), "{kernel}");
        group = group.case(ours(kernel.name()), move || {
            let right =
                kernel.parse_records(black_box(&text), Shape::Lines, Reading::Strict, &mut read);
            assert_eq!(right, read.len());
            black_box(&read);
        });
    }
    group
}

fn parse_in_cache(group: Group) -> Group {
    with_validating(parse_in_bulk(group, IN_CACHE), IN_CACHE)
        .aim(&ours("avx512"), ULID, 14.0)
        .aim(&ours("avx512"), MEMCPY, 0.5)
        .aim(&ours("avx2"), ULID, 5.5)
        .aim(&ours("scalar"), ULID, 1.4)
}

fn parse_out_of_cache(group: Group) -> Group {
    parse_in_bulk(group, OUT_OF_CACHE)
        .aim(&ours("avx512"), ULID, 9.0)
        .aim(&ours("avx512"), MEMCPY, 1.0)
}

fn with_validating(mut group: Group, count: usize) -> Group {
    let text: Rc<[u8]> = lines(&keys(count)).into();
    for kernel in Kernel::available() {
        let text = text.clone();
        group = group.case(
            format!("{}, validate alone", ours(kernel.name())),
            move || {
                let right = kernel.valid_records(black_box(&text), Shape::Lines, Reading::Strict);
                assert_eq!(right, count);
            },
        );
    }
    group
}

/// A file of lines in memory's cache of files, mapped.
///
/// # Panics
///
/// If the temporary folder cannot hold it.
#[expect(
    clippy::expect_used,
    reason = "a bench without its file has nothing to measure"
)]
fn mapped() -> Rc<Mmap> {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(&lines(&keys(IN_FILE)))
        .expect("room for the file");
    // SAFETY: the file is a temporary one without a name, which nobody else can change.
    #[expect(unsafe_code, reason = "mapping a file")]
    let map = unsafe { Mmap::map(&file) }.expect("a map of the file");
    Rc::new(map)
}

fn with_ceilings(group: Group, map: &Rc<Mmap>) -> Group {
    let (xor, scan) = (map.clone(), map.clone());
    group
        .bytes(27.0)
        .case(READ, move || {
            black_box(read_all(black_box(&xor)));
        })
        .case("memchr of a byte that is not there", move || {
            assert_eq!(memchr::memchr(b'!', black_box(&scan)), None);
        })
}

fn validate_mapped(group: Group) -> Group {
    let map = mapped();
    let mut group = with_ceilings(group.operations(IN_FILE), &map);
    for kernel in Kernel::available() {
        let map = map.clone();
        group = group.case(ours(kernel.name()), move || {
            let right = kernel.valid_records(black_box(&map), Shape::Lines, Reading::Strict);
            assert_eq!(right, IN_FILE);
        });
    }
    group.aim(&ours("avx512"), READ, 0.95)
}

fn follow_mapped(group: Group) -> Group {
    let map = mapped();
    let mut group = with_ceilings(group.operations(IN_FILE), &map);
    for kernel in Kernel::available() {
        let map = map.clone();
        group = group.case(ours(kernel.name()), move || {
            let mut order = Sequence::new(1000);
            kernel.follow_records(black_box(&map), Shape::Lines, Reading::Strict, &mut order);
            assert_eq!((order.count, order.gaps), (IN_FILE as u64, 0));
        });
    }
    group.aim(&ours("avx512"), READ, 0.6)
}

/// Decodes and compares lines in as many parts as there are threads, by the fastest kernel.
fn follow_in_parts(text: &[u8], threads: usize) -> Sequence {
    let part = Shape::Lines.stride() * IN_MOMENT.div_ceil(threads);
    let follow = |text: &[u8]| {
        let mut order = Sequence::new(1000);
        Kernel::active().follow_records(text, Shape::Lines, Reading::Strict, &mut order);
        order
    };
    let orders: Vec<Sequence> = text.par_chunks(part).map(follow).collect();
    let mut whole = Sequence::new(1000);
    orders.iter().for_each(|next| whole.merge(next));
    whole
}

fn follow_on_two(group: Group) -> Group {
    const ONE: &str = "ulid-engine, one thread";
    const TWO: &str = "ulid-engine, two threads";
    let map = mapped();
    let mut group = group.operations(IN_MOMENT).bytes(27.0).clock(Clock::Wall);
    for (name, threads) in [(ONE, 1), (TWO, 2)] {
        let map = map.clone();
        let pool = pool(threads);
        group = group.case(name, move || {
            let text = &black_box(&map)[..Shape::Lines.stride() * IN_MOMENT];
            let order = pool.install(|| follow_in_parts(text, threads));
            assert_eq!((order.count, order.gaps), (IN_MOMENT as u64, 0));
        });
    }
    group.aim(TWO, ONE, 1.9)
}

/// Threads that wait for work.
///
/// # Panics
///
/// If the system has no threads to give.
#[expect(
    clippy::expect_used,
    reason = "a bench without its threads has nothing to measure"
)]
fn pool(threads: usize) -> ThreadPool {
    let threads = ThreadPoolBuilder::new().num_threads(threads);
    threads.build().expect("threads")
}
