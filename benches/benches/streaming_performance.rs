//! Whole files, beside the fastest reading of their bytes.

mod bench;

use ulid_benches::subject::{codec, find, query, sort};

fn main() {
    bench::run(&[
        codec::STREAMING,
        find::STREAMING,
        query::STREAMING,
        sort::STREAMING,
    ]);
}
