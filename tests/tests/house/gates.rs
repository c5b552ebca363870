#![cfg(unix)]

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

const SOUND: &str = "//! A crate.\n\n/// Adds one.\npub fn next(x: u8) -> u8 {\n    x.wrapping_add(1)\n}\n\n#[test]\nfn one() {\n    assert_eq!(next(0), 1);\n}\n";

/// A stage of `tests/run`, and what a crate of one file has to hold for that stage to refuse it.
const BROKEN: &[(&str, &str)] = &[
    ("format", "pub fn next( ) { }\n"),
    ("lint", "pub fn next(x: u8) -> u8 {\n    return x;\n}\n"),
    ("build", "pub fn next() -> u8 {\n    \"one\"\n}\n"),
    ("tests", "#[test]\nfn one() {\n    assert_eq!(1, 2);\n}\n"),
    (
        "doctests",
        "/// ```\n/// assert_eq!(1, 2);\n/// ```\npub fn next() {}\n",
    ),
    ("rustdoc", "/// See [`nowhere`].\npub fn next() {}\n"),
];

/// A gate that cannot fail guards nothing.
#[test]
fn each_stage_passes_what_is_sound_and_refuses_what_is_not() {
    let sound = checkout(SOUND);
    for (stage, broken) in BROKEN {
        assert_eq!(
            outcome(sound.path(), stage),
            (true, "1 passed, 0 failed".to_owned()),
            "{stage}"
        );
        assert_eq!(
            outcome(checkout(broken).path(), stage),
            (false, "0 passed, 1 failed".to_owned()),
            "{stage}"
        );
    }
}

#[test]
fn a_script_with_a_fault_is_refused() {
    if ulid_tests::tool("python/bin/shellcheck").is_none() {
        return;
    }
    let place = checkout(SOUND);
    std::os::unix::fs::symlink(
        ulid_tests::root().join(".tools"),
        place.path().join(".tools"),
    )
    .expect("a link");
    fs::write(place.path().join("bad.sh"), "#!/bin/sh\ncd $1\n").expect("a script");
    let git = Command::new("git")
        .args(["init", "-q"])
        .current_dir(place.path())
        .status();
    assert!(git.is_ok_and(|status| status.success()));
    assert!(!outcome(place.path(), "scripts").0);
}

/// Where CI is set, a part that is missing is a failure; elsewhere it is named and that is all.
#[test]
fn what_is_missing_fails_in_ci_alone() {
    let place = checkout(SOUND);
    let run = |ci: bool| {
        let mut command = command(place.path(), "scripts");
        if ci {
            command.env("CI", "true");
        }
        let output = command.output().expect("bash runs");
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).contains("== not run on this machine:"),
        )
    };
    assert_eq!((run(false), run(true)), ((true, true), (false, true)));
}

#[test]
fn an_unknown_stage_is_refused() {
    let status = command(ulid_tests::root(), "nonsense")
        .output()
        .expect("bash runs")
        .status;
    assert_eq!(status.code(), Some(2));
}

/// A checkout of one crate with `tests/run` in it.
fn checkout(code: &str) -> TempDir {
    let place = tempfile::tempdir().expect("a temporary folder");
    let write = |path: &str, text: &str| {
        let path = place.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let script = fs::read_to_string(ulid_tests::root().join("tests/run")).expect("the script");
    write("tests/run", &script);
    write("src/lib.rs", code);
    write(
        "Cargo.toml",
        "[package]\nname = \"broken\"\nversion = \"0.0.0\"\nedition = \"2024\"\n",
    );
    write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"broken\"\nversion = \"0.0.0\"\n",
    );
    place
}

/// Whether a stage passes there, and its closing line.
fn outcome(place: &Path, stage: &str) -> (bool, String) {
    let output = command(place, stage).output().expect("bash runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let closing = text.lines().last().unwrap_or_default().to_owned();
    (output.status.success(), closing)
}

fn command(place: &Path, stage: &str) -> Command {
    let mut command = Command::new("bash");
    command
        .arg(place.join("tests/run"))
        .arg(stage)
        .current_dir(place);
    // The run that this test belongs to says nothing to the run that it starts.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name == "CI"
            || ["CARGO_", "NEXTEST", "RUSTC", "RUSTDOC"]
                .iter()
                .any(|part| name.starts_with(part))
                && name != "CARGO_HOME"
        {
            command.env_remove(&*name);
        }
    }
    command
}
