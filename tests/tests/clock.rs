//! Generators under a clock that is set forward by years and back again, by libfaketime.
#![cfg(target_os = "linux")]

use std::{env, fs, path::PathBuf, process::Command};

use ulid_core::{
    Timestamp, Ulid,
    generate::{Monotonic, Policy, SharedGenerator, jump_in_thread, system_rng},
};
use ulid_tests::report_not_run;

/// The file that says how far the clock of this process is off; set in the process that libfaketime is loaded into.
const OFFSET: &str = "ULID_TEST_CLOCK";
const FOUR_YEARS_MS: u64 = 4 * 365 * 86_400_000;

fn library() -> Option<PathBuf> {
    let folder = format!("/usr/lib/{}-linux-gnu/faketime", env::consts::ARCH);
    let library = PathBuf::from(folder).join("libfaketime.so.1");
    if !library.exists() {
        report_not_run("libfaketime (Debian package libfaketime)");
        return None;
    }
    Some(library)
}

/// Runs a test of this file again, in a process whose clock follows a file.
fn again_with_a_clock_of_its_own(test: &str) {
    let Some(library) = library() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let offset = folder.path().join("offset");
    fs::write(&offset, "+0").expect("room for a file");
    let output = Command::new(env::current_exe().expect("this test is a file"))
        .args([test, "--exact", "--nocapture"])
        .env(OFFSET, &offset)
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", &offset)
        .env("FAKETIME_NO_CACHE", "1")
        .output()
        .expect("this test runs");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[test]
fn a_clock_that_jumped_four_years_ahead_pins_no_server_to_the_future() {
    let Some(offset) = env::var_os(OFFSET) else {
        return again_with_a_clock_of_its_own(
            "a_clock_that_jumped_four_years_ahead_pins_no_server_to_the_future",
        );
    };
    let set_clock = |by: &str| fs::write(&offset, by).expect("the file is there");
    let shared = SharedGenerator::new();
    let mut by_the_specification = Monotonic::with(Policy::SPECIFICATION);
    let mut next = || {
        let id = by_the_specification.generate(Timestamp::now(), &mut system_rng());
        (
            shared.next_id(),
            Ulid::generate_ascending(),
            id.expect("room"),
        )
    };
    let (begin, before) = (Timestamp::now(), next());
    set_clock("+4y");
    let ahead = next();
    for id in [ahead.0, ahead.1, ahead.2] {
        assert!(
            id.timestamp_ms() > begin.ms() + FOUR_YEARS_MS - 86_400_000,
            "the clock jumped: {id}"
        );
    }
    set_clock("+0");
    let back = next();
    for id in [back.0, back.1] {
        assert!(
            id.timestamp_ms() < begin.ms() + 600_000,
            "the clock is followed: {id}"
        );
    }
    // In one millisecond, chance decides which is the smaller.
    assert!(before.0.timestamp() <= back.0.timestamp());
    assert!(before.1.timestamp() <= back.1.timestamp());
    assert_eq!(
        back.2,
        ahead.2.increment().expect("room"),
        "the reference is pinned"
    );
    let jump = shared.jump().expect("it is told");
    assert_eq!(jump.last, ahead.0);
    assert_eq!(shared.jump(), None, "once");
    assert_eq!(jump_in_thread().map(|jump| jump.last), Some(ahead.1));
}
