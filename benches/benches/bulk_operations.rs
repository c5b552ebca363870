//! Many ULIDs at once, beside the peers and the machine's ceilings.

mod bench;

use ulid_benches::subject::{codec, generate, sort};

fn main() {
    bench::run(&[codec::BULK, generate::BULK, sort::BULK]);
}
