//! libFuzzer over one target, which `ULID_FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use ulid_fuzz::{Target, target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("ULID_FUZZ_TARGET").expect("ULID_FUZZ_TARGET names a target");
    target(&name).expect("ULID_FUZZ_TARGET is one of the targets")
});

fuzz_target!(|bytes: &[u8]| (TARGET.check)(bytes));
