//! Whole files, beside the fastest reading of their bytes.

mod bench;

use ulid_benches::subject::codec;

fn main() {
    bench::run(&[codec::STREAMING]);
}
