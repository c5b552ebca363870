//! Whole files, beside the fastest reading of their bytes.

mod bench;

use ulid_benches::subject::{codec, find, sort};

fn main() {
    bench::run(&[codec::STREAMING, find::STREAMING, sort::STREAMING]);
}
