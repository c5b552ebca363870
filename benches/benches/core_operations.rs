//! One ULID at a time, beside the peers.

mod bench;

use ulid_benches::subject::{codec, generate};

fn main() {
    bench::run(&[codec::CORE, generate::CORE]);
}
