//! Keys, rows and lines in order.

use std::{hint::black_box, sync::Arc};

use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use ulid::Ulid;
use ulid_engine::{
    RowSet,
    progress::Progress,
    sort::{self, Direction, LineSort},
};
use voracious_radix_sort::RadixSort;

use super::{
    Work,
    codec::{keys, lines},
    on_this_thread,
};
use crate::Group;

/// Many at once.
pub const BULK: &[Work] = &[
    Work::new("sort keys, in cache", sort_in_cache),
    Work::new("sort 10 million keys, shuffled", sort_shuffled),
    Work::new("sort 10 million keys, sorted shards joined", sort_shards),
    Work::new("order 10 million rows", order_rows),
];
/// A text from one end to the other.
pub const STREAMING: &[Work] = &[Work::new("sort a text of a million lines", sort_text)];

const IN_CACHE: usize = 1 << 16;
const MANY: usize = 10_000_000;
const LINES: usize = 1_000_000;

const OURS: &str = "ulid-engine, one thread";
const UNSTABLE: &str = "sort_unstable";
const VORACIOUS: &str = "voracious_radix_sort 1.2.0";
const COPY: &str = "copying the keys, which all cases do first";

fn sort_in_cache(group: Group) -> Group {
    sort_keys(group, shuffled(IN_CACHE)).aim(OURS, UNSTABLE, 4.0)
}

fn sort_shuffled(group: Group) -> Group {
    sort_keys(group, shuffled(MANY))
        .aim(OURS, UNSTABLE, 2.5)
        .aim(OURS, VORACIOUS, 2.0)
}

fn sort_shards(group: Group) -> Group {
    let mut shards = shuffled(MANY);
    shards
        .chunks_mut(MANY / 8)
        .for_each(<[u128]>::sort_unstable);
    sort_keys(group, shards)
}

fn order_rows(group: Group) -> Group {
    const PAIRS: &str = "pairs of key and row, sort_unstable";
    const BY_KEY: &str = "rows, sort_unstable_by_key";
    let keys: Arc<[u128]> = shuffled(MANY).into();
    let (for_pairs, for_rows) = (keys.clone(), keys.clone());
    let rows = || 0..MANY as u32;
    group
        .operations(MANY)
        .case(OURS, move || {
            let order = on_this_thread(|| {
                let none = RowSet::new();
                sort::order_keys(&keys, &none, Direction::Ascending, &Progress::new())
            });
            assert_eq!(black_box(order).map(|order| order.len()), Ok(MANY));
        })
        .case(PAIRS, move || {
            let mut pairs: Vec<(u128, u32)> = for_pairs.iter().copied().zip(rows()).collect();
            pairs.sort_unstable();
            black_box(pairs);
        })
        .case(BY_KEY, move || {
            let mut order: Vec<u32> = rows().collect();
            order.sort_unstable_by_key(|&row| for_rows[row as usize]);
            black_box(order);
        })
        .aim(OURS, PAIRS, 4.0)
        .aim(OURS, BY_KEY, 9.0)
}

fn sort_text(group: Group) -> Group {
    const ULID: &str = "lines, ulid 3.0.0, sort_unstable";
    let text: Arc<[u8]> = lines(&shuffled(LINES)).into();
    let sorted = {
        let mut keys = keys(LINES);
        keys.sort_unstable();
        Arc::new(lines(&keys))
    };
    let (their_text, their_sorted) = (text.clone(), sorted.clone());
    group
        .operations(LINES)
        .bytes(27.0)
        .case(OURS, move || {
            let mut out = Vec::with_capacity(text.len());
            let done = on_this_thread(|| {
                sort::sort_lines(&text[..], &mut out, LineSort::default(), &Progress::new())
            });
            assert!(done.is_ok() && out == *sorted);
        })
        .case(ULID, move || {
            let mut out = Vec::with_capacity(their_text.len());
            let mut ids: Vec<Ulid> = str::from_utf8(&their_text)
                .unwrap_or_default()
                .lines()
                .flat_map(Ulid::from_string)
                .collect();
            ids.sort_unstable();
            for id in ids {
                let mut line = [b'\n'; 27];
                id.array_to_str(first_26(&mut line));
                out.extend_from_slice(&line);
            }
            assert!(out == *their_sorted);
        })
        .aim(OURS, ULID, 4.0)
}

fn first_26(line: &mut [u8; 27]) -> &mut [u8; 26] {
    let [text @ .., _] = line;
    text
}

fn sort_keys(group: Group, keys: Vec<u128>) -> Group {
    let keys: Arc<[u128]> = keys.into();
    let case = |run: fn(&mut [u128])| {
        let source = keys.clone();
        let mut keys = vec![0; source.len()];
        move || {
            keys.copy_from_slice(black_box(&source));
            run(&mut keys);
            black_box(&keys);
        }
    };
    let mut check = keys.to_vec();
    ours(&mut check);
    assert!(check.is_sorted());
    group
        .operations(keys.len())
        .case(OURS, case(ours))
        .case(UNSTABLE, case(|keys| keys.sort_unstable()))
        .case(VORACIOUS, case(|keys| keys.voracious_sort()))
        .case(COPY, case(|_| {}))
}

fn ours(keys: &mut [u128]) {
    assert!(on_this_thread(|| sort::sort_keys(keys, &Progress::new())).is_ok());
}

fn shuffled(count: usize) -> Vec<u128> {
    let mut keys = keys(count);
    keys.shuffle(&mut StdRng::seed_from_u64(1));
    keys
}
