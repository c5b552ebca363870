//! Keys, rows and lines in order.

use std::{
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    rc::Rc,
    sync::Arc,
};

use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use rdst::RadixSort as _;
use tempfile::TempDir;
use ulid::Ulid;
use ulid_engine::{
    Reading, RowSet,
    progress::Progress,
    sort::{self, Direction, LineSort},
};
use voracious_radix_sort::RadixSort as _;

use super::{
    Work,
    codec::{keys, lines},
    on_this_thread,
};
use crate::{Group, clock::Clock};

/// Many at once.
pub const BULK: &[Work] = &[
    Work::new("sort keys, in cache", sort_in_cache),
    Work::new("sort 10 million keys, shuffled", sort_shuffled),
    Work::new("sort 10 million keys, sorted already", sort_sorted),
    Work::new("sort 10 million keys, reversed", sort_reversed),
    Work::new("sort 10 million keys, sorted shards joined", sort_shards),
    Work::new("order 10 million rows", order_rows),
];
/// A text from one end to the other.
pub const STREAMING: &[Work] = &[Work::new("sort a file of 10 million lines", sort_file)];

/// Keys that fit a second-level cache of 512 KiB with as much spare memory.
const IN_CACHE: usize = 1 << 14;
const MANY: usize = 10_000_000;

const OURS: &str = "ulid-engine, one thread";
const UNSTABLE: &str = "sort_unstable";
const VORACIOUS: &str = "voracious_radix_sort 1.2.0";
const RDST: &str = "rdst 0.20.14";
const GLIDESORT: &str = "glidesort 0.1.2";
const COPY: &str = "copying the keys";

fn sort_in_cache(group: Group) -> Group {
    sort_keys(group, shuffled(IN_CACHE)).aim(OURS, UNSTABLE, 4.0)
}

fn sort_shuffled(group: Group) -> Group {
    sort_keys(group, shuffled(MANY))
        .aim(OURS, UNSTABLE, 2.5)
        .aim(OURS, VORACIOUS, 2.0)
        .aim(OURS, RDST, 2.0)
        .aim(OURS, GLIDESORT, 2.0)
}

fn sort_sorted(group: Group) -> Group {
    sort_keys(group, ascending(MANY)).aim(OURS, COPY, 1.0)
}

fn sort_reversed(group: Group) -> Group {
    let reversed = ascending(MANY).into_iter().rev().collect();
    sort_keys(group, reversed).aim(OURS, COPY, 0.5)
}

fn sort_shards(group: Group) -> Group {
    let mut shards = shuffled(MANY);
    shards
        .chunks_mut(MANY / 8)
        .for_each(<[u128]>::sort_unstable);
    sort_keys(group, shards)
        .aim(OURS, UNSTABLE, 2.5)
        .aim(OURS, GLIDESORT, 1.0)
}

/// Touches as much free memory as a case takes. A virtual machine gets memory from its host at the first touch, and gives
/// it back when it was free for seconds, which takes longer than the sort and is no work of a case.
fn touch_memory() {
    let mut memory = vec![0_u8; 1 << 29];
    memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    black_box(&memory);
}

fn order_rows(group: Group) -> Group {
    const PAIRS: &str = "pairs of key and row, sort_unstable";
    const BY_KEY: &str = "rows, sort_unstable_by_key";
    let keys: Arc<[u128]> = shuffled(MANY).into();
    let (for_pairs, for_rows) = (keys.clone(), keys.clone());
    let rows = || 0..MANY as u32;
    group
        .operations(MANY)
        .rounds(7)
        .prepared_case(
            OURS,
            (),
            |()| touch_memory(),
            move |()| {
                let order = on_this_thread(|| {
                    let none = RowSet::new();
                    sort::order_keys(&keys, &none, Direction::Ascending, &Progress::new())
                });
                assert_eq!(black_box(order).map(|order| order.len()), Ok(MANY));
            },
        )
        .prepared_case(
            PAIRS,
            (),
            |()| touch_memory(),
            move |()| {
                let mut pairs: Vec<(u128, u32)> = for_pairs.iter().copied().zip(rows()).collect();
                pairs.sort_unstable();
                black_box(pairs);
            },
        )
        .prepared_case(
            BY_KEY,
            (),
            |()| touch_memory(),
            move |()| {
                let mut order: Vec<u32> = rows().collect();
                order.sort_unstable_by_key(|&row| for_rows[row as usize]);
                black_box(order);
            },
        )
        .aim(OURS, PAIRS, 4.0)
        .aim(OURS, BY_KEY, 9.0)
}

/// The folder of files to sort, and the sorted text.
struct Files {
    folder: TempDir,
    sorted: Vec<u8>,
}

impl Files {
    /// A file of shuffled lines.
    ///
    /// # Panics
    ///
    /// If the temporary folder cannot hold it.
    #[expect(
        clippy::expect_used,
        reason = "a bench without its file has nothing to measure"
    )]
    fn new() -> Files {
        let folder = TempDir::new().expect("a temporary folder");
        let files = Files {
            folder,
            sorted: lines(&ascending(MANY)),
        };
        fs::write(files.input(), lines(&shuffled(MANY))).expect("room for the file");
        files
    }

    fn input(&self) -> PathBuf {
        self.folder.path().join("input")
    }

    /// A case that sorts the input into a file of its own, after it has shown that it does.
    fn case(self: &Rc<Files>, group: Group, name: &str, sort: fn(&Path, &Path) -> bool) -> Group {
        let files = self.clone();
        let output = files.folder.path().join(name);
        assert!(sort(&files.input(), &output), "{name}");
        assert!(
            fs::read(&output).is_ok_and(|text| text == files.sorted),
            "{name}"
        );
        // Once before each time that counts: memory for files, too, takes longer at the first touch. What was written is
        // gone by then, for it is no work of a sort to free another file.
        let (before, output_before) = (files.clone(), output.clone());
        let prepare = move |(): &mut ()| {
            let sorted = sort(&before.input(), &output_before);
            assert!(sorted && fs::remove_file(&output_before).is_ok());
        };
        group.prepared_case(name, (), prepare, move |()| {
            assert!(sort(&files.input(), &output));
        })
    }
}

fn sort_file(group: Group) -> Group {
    const ULID: &str = "lines, ulid 3.0.0, sort_unstable";
    const GNU: &str = "GNU sort, in the locale C";
    let files = Rc::new(Files::new());
    let group = group
        .operations(MANY)
        .bytes(27.0)
        .clock(Clock::ThreadAndChildren)
        .rounds(3);
    let group = files.case(group, OURS, sort_by_engine);
    let group = files.case(group, ULID, sort_by_ulid);
    let group = if has_gnu_sort() {
        files.case(group, GNU, sort_by_gnu)
    } else {
        eprintln!("NOT RUN: GNU sort, which this machine lacks");
        group
    };
    group.aim(OURS, ULID, 4.0).aim(OURS, GNU, 30.0)
}

fn sort_by_engine(input: &Path, output: &Path) -> bool {
    let (Ok(input), Ok(output)) = (File::open(input), File::create(output)) else {
        return false;
    };
    on_this_thread(|| {
        let (reading, sort) = (Reading::Strict, LineSort::default());
        sort::sort_lines(input, reading, output, sort, &Progress::new()).is_ok()
    })
}

fn sort_by_ulid(input: &Path, output: &Path) -> bool {
    let (Ok(text), Ok(output)) = (fs::read_to_string(input), File::create(output)) else {
        return false;
    };
    let mut ids: Vec<Ulid> = text.lines().flat_map(Ulid::from_string).collect();
    ids.sort_unstable();
    let mut output = BufWriter::new(output);
    let written = ids.iter().all(|id| {
        let mut line = [b'\n'; 27];
        id.array_to_str(first_26(&mut line));
        output.write_all(&line).is_ok()
    });
    written && output.flush().is_ok()
}

fn first_26(line: &mut [u8; 27]) -> &mut [u8; 26] {
    let [text @ .., _] = line;
    text
}

fn has_gnu_sort() -> bool {
    let version = Command::new("sort").arg("--version").output();
    version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("GNU"))
}

fn sort_by_gnu(input: &Path, output: &Path) -> bool {
    let mut sort = Command::new("sort");
    sort.env("LC_ALL", "C").stdin(Stdio::null());
    sort.args(["--parallel=1", "--buffer-size=2G", "--output"]);
    sort.args([output, input]);
    sort.status().is_ok_and(|status| status.success())
}

type Sort = fn(&mut [u128]);

/// Cases that sort copies of the same keys. Making the copy does not count.
fn sort_keys(group: Group, keys: Vec<u128>) -> Group {
    let keys: Arc<[u128]> = keys.into();
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    let mut group = group.operations(keys.len());
    if keys.len() == MANY {
        group = group.rounds(7);
    }
    let sorts: [(&str, Sort); 5] = [
        (OURS, ours),
        (UNSTABLE, |keys| keys.sort_unstable()),
        (VORACIOUS, |keys| keys.voracious_sort()),
        (RDST, |keys| {
            let sort = keys.radix_sort_builder().with_parallel(false);
            sort.with_single_threaded_tuner().sort();
        }),
        (GLIDESORT, |keys| glidesort::sort(keys)),
    ];
    for (name, sort) in sorts {
        let mut copy = keys.to_vec();
        sort(&mut copy);
        assert!(copy == sorted, "{name}");
        let source = keys.clone();
        group = group.prepared_case(
            name,
            copy,
            move |copy| {
                copy.copy_from_slice(&source);
                if copy.len() == MANY {
                    touch_memory();
                }
            },
            move |copy| {
                sort(black_box(copy));
                black_box(copy);
            },
        );
    }
    group.case(COPY, move || {
        sorted.copy_from_slice(black_box(&keys));
        black_box(&sorted);
    })
}

fn ours(keys: &mut [u128]) {
    assert!(on_this_thread(|| sort::sort_keys(keys, &Progress::new())).is_ok());
}

fn ascending(count: usize) -> Vec<u128> {
    let mut keys = keys(count);
    keys.sort_unstable();
    keys
}

fn shuffled(count: usize) -> Vec<u128> {
    let mut keys = keys(count);
    keys.shuffle(&mut StdRng::seed_from_u64(1));
    keys
}
