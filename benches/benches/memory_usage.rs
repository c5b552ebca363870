//! How much memory ordinary work takes: the peak while it runs, beyond its input, and the number of allocations. Fails
//! where a limit of `thresholds.toml` is passed.

use std::{collections::BTreeMap, fs, hint::black_box, process::ExitCode};

use allocation_counter::measure;
use serde::Deserialize;
use ulid_benches::{
    gate,
    subject::codec::{keys, lines},
};
use ulid_engine::{
    Reading, Timestamp, Ulid,
    codec::{self, Lines, Sequence},
    generate::{AesRng, fill_random, random_lines},
};

/// The part of the file that is about memory.
#[derive(Deserialize)]
struct Thresholds {
    memory: BTreeMap<String, Limit>,
}

#[derive(Deserialize)]
struct Limit {
    peak_bytes: u64,
    allocations: u64,
}

const MANY: usize = 1_000_000;

type Work = (&'static str, fn(&[u8]));

const WORKS: [Work; 6] = [
    ("print and parse one", print_and_parse_one),
    ("validate lines", validate_lines),
    ("follow lines", follow_lines),
    ("read lines by the block", read_by_the_block),
    ("make ten megabytes of lines", make_lines),
    ("parse all lines into keys", parse_all),
];

fn print_and_parse_one(_: &[u8]) {
    let id = black_box(Ulid::from_u128(one_key()));
    let text = codec::print(id);
    assert_eq!(codec::parse(text, Reading::Strict), Ok(id));
}

fn one_key() -> u128 {
    0x0156_3e3a_b5d3_d676_4c61_efb9_9302_bd5b
}

fn validate_lines(text: &[u8]) {
    assert_eq!(Lines::new(text, Reading::Strict).pass(), MANY);
}

fn follow_lines(text: &[u8]) {
    let mut order = Sequence::new(1000);
    assert_eq!(Lines::new(text, Reading::Strict).follow(&mut order), MANY);
}

fn read_by_the_block(text: &[u8]) {
    let mut lines = Lines::new(text, Reading::Strict);
    let (mut keys, mut total) = ([0; 4096], 0);
    loop {
        let read = lines.read(&mut keys);
        total += read;
        if read < keys.len() {
            break;
        }
    }
    assert_eq!(total, MANY);
}

fn make_lines(_: &[u8]) {
    let mut rng = AesRng::from_seed([1; 32]);
    let mut block = [0; 1024];
    fill_random(&mut block, Timestamp::now, &mut rng);
    let mut out = Vec::with_capacity(27 * 4096);
    for _ in 0..100 {
        out.clear();
        random_lines(4096, &mut out, Timestamp::now, &mut rng);
    }
    black_box((&block, &out));
}

fn parse_all(text: &[u8]) {
    let keys = codec::parse_lines(text, Reading::Strict);
    assert_eq!(keys.map(|keys| keys.len()), Ok(MANY));
}

#[expect(clippy::expect_used, reason = "the file is part of the sources")]
fn main() -> ExitCode {
    let file = fs::read_to_string(gate::FILE).expect("the file of thresholds");
    let limits: Thresholds = toml::from_str(&file).expect("a section of memory");
    let text = lines(&keys(MANY));
    let mut passed = true;
    println!("| work | peak, bytes | allocations |\n|---|--:|--:|");
    for (name, work) in WORKS {
        // What is set up once for a process is not of the work.
        work(&text);
        let used = measure(|| work(&text));
        println!("| {name} | {} | {} |", used.bytes_max, used.count_total);
        let within = limits.memory.get(name).is_some_and(|limit| {
            used.bytes_max <= limit.peak_bytes && used.count_total <= limit.allocations
        });
        if !within {
            eprintln!("{name}: more than thresholds.toml allows");
            passed = false;
        }
    }
    if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
