//! Stages of the test runner, each given something broken that it has to refuse.

#![cfg(unix)]

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use tempfile::TempDir;

const SOUND: &str = "//! A crate.\n\n/// Adds one.\npub fn next(x: u8) -> u8 {\n    x.wrapping_add(1)\n}\n\n#[test]\nfn one() {\n    assert_eq!(next(0), 1);\n}\n";

const MANIFEST: &str = "[package]\nname = \"ulid-engine\"\nversion = \"0.1.0\"\nedition = \"2024\"\nlicense = \"MIT\"\nrust-version = \"1.95\"\n\n[workspace]\nmembers = [\"src/core\", \"src/plugin\", \"src/sql\", \"tui\", \"dap\"]\n\n[profile.sql]\ninherits = \"dev\"\n";

/// The other crates, each with its folder. They are as sound as the first and have nothing in them.
const OTHERS: [(&str, &str); 5] = [
    ("ulid-core", "src/core"),
    ("ulid-nu", "src/plugin"),
    ("ulid-sql", "src/sql"),
    ("ulid-tui", "tui"),
    ("ulid-dap", "dap"),
];

/// The end of the core's manifest: its stages turn features on by name.
const CORE_FEATURES: &str = "license = \"MIT\"\nrust-version = \"1.89\"\n\n[features]\nalloc = []\narbitrary = []\nbytemuck = []\nchrono = []\ngenerate = []\njiff = []\njs = []\nproptest = []\nrand_core = []\nschemars = []\nserde = []\nstd = []\ntime = []\nulid = []\nuuid = []\nzerocopy = []\n";

/// A stage of `tests/run`, a file of a crate, and what it has to hold for the stage to refuse the crate.
type Broken = (&'static str, &'static str, &'static str);

const BROKEN: &[Broken] = &[
    ("format", "src/lib.rs", "pub fn next( ) { }\n"),
    (
        "lint",
        "src/lib.rs",
        "pub fn next(x: u8) -> u8 {\n    return x;\n}\n",
    ),
    (
        "build",
        "src/lib.rs",
        "pub fn next() -> u8 {\n    \"one\"\n}\n",
    ),
    (
        "release",
        "tui/src/lib.rs",
        "#[cfg(not(debug_assertions))]\ncompile_error!(\"as it ships\");\n",
    ),
    (
        "features",
        "tui/src/lib.rs",
        "#[cfg(feature = \"parquet\")]\ncompile_error!(\"with Parquet\");\n",
    ),
    (
        "sql",
        "src/sql/src/lib.rs",
        "#[test]\nfn one() {\n    assert_eq!(1, 2);\n}\n",
    ),
    (
        "core",
        "src/core/src/lib.rs",
        "#![no_std]\n#[cfg(feature = \"serde\")]\ncompile_error!(\"with serde\");\n",
    ),
    (
        "bare",
        "src/core/src/lib.rs",
        "#![no_std]\n#[cfg(not(feature = \"alloc\"))]\nextern crate std;\n",
    ),
    (
        "wasm",
        "src/core/tests/wasm.rs",
        "#[cfg(target_arch = \"wasm32\")]\ncompile_error!(\"for WebAssembly\");\n",
    ),
    (
        "package",
        "dap/Cargo.toml",
        "[package]\nname = \"ulid-dap\"\nversion = \"0.1.0\"\nedition = \"2024\"\nreadme = \"nowhere.md\"\n",
    ),
    (
        "tests",
        "src/lib.rs",
        "#[test]\nfn one() {\n    assert_eq!(1, 2);\n}\n",
    ),
    (
        "tests",
        "src/snapshots/unread.snap",
        "---\nsource: src/lib.rs\n---\n1\n",
    ),
    (
        "doctests",
        "src/lib.rs",
        "/// ```\n/// assert_eq!(1, 2);\n/// ```\npub fn next() {}\n",
    ),
    (
        "rustdoc",
        "src/lib.rs",
        "/// See [`nowhere`].\npub fn next() {}\n",
    ),
    ("scripts", "bad.sh", "#!/bin/sh\ncd $1\n"),
    (
        "unused",
        "Cargo.toml",
        "[package]\nname = \"ulid-engine\"\nversion = \"0.1.0\"\n[dependencies]\nserde = \"1\"\n",
    ),
    (
        "extension",
        "dap/editors/vscode/package.json",
        "{ \"name\": \"ulid-debug\", \"version\": \"one\" }\n",
    ),
];

/// The same of stages that only the nightly tier runs, and installs tools for.
const BROKEN_NIGHTLY: &[Broken] = &[
    (
        "deny",
        "Cargo.toml",
        "[package]\nname = \"ulid-engine\"\nversion = \"0.1.0\"\nlicense = \"GPL-3.0-only\"\n",
    ),
    (
        "verify",
        "dap/Cargo.toml",
        "[package]\nname = \"ulid-dap\"\nversion = \"0.1.0\"\nedition = \"2024\"\nexclude = [\"src\"]\n",
    ),
    (
        "frames",
        "dap/src/lib.rs",
        "#[test]\nfn broken_frames() {\n    assert_eq!(1, 2);\n}\n",
    ),
    (
        "moves",
        "dap/src/lib.rs",
        "#[test]\nfn random_moves() {\n    assert_eq!(1, 2);\n}\n",
    ),
    (
        "formats",
        "tests/Cargo.toml",
        "[package]\nname = \"ulid-tests\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    ),
    (
        "msrv",
        "src/lib.rs",
        "#![feature(never_type)]\npub fn next(_: !) {}\n",
    ),
    (
        "cross",
        "src/lib.rs",
        "pub use std::os::unix::fs::symlink;\n",
    ),
    (
        "neon",
        "src/core/src/lib.rs",
        "#[cfg(test)]\nmod codec {\n    #[test]\n    fn one() {\n        assert!(cfg!(target_arch = \"x86_64\"));\n    }\n}\n",
    ),
    (
        "coverage",
        "src/lib.rs",
        "pub fn next(x: u8) -> u8 {\n    x.wrapping_add(1)\n}\n",
    ),
    (
        "api",
        "src/lib.rs",
        "/// Adds two.\npub fn after_next(x: u8) -> u8 {\n    x.wrapping_add(2)\n}\n",
    ),
];

/// A gate that cannot fail guards nothing.
#[test]
fn each_stage_passes_what_is_sound_and_refuses_what_is_not() {
    for tool in [
        "python/bin/shellcheck",
        "npm/node_modules/.bin/vsce",
        "cargo/bin/cargo-machete",
    ] {
        if ulid_tests::tool(tool).is_none() {
            return;
        }
    }
    refuse_each(BROKEN);
}

#[test]
fn each_nightly_stage_passes_what_is_sound_and_refuses_what_is_not() {
    if std::env::var("TIER").is_ok_and(|tier| tier == "nightly") {
        refuse_each(BROKEN_NIGHTLY);
    }
}

fn refuse_each(broken: &[Broken]) {
    let place = checkout();
    for (stage, file, text) in broken {
        let sound = outcome(place.path(), stage);
        if sound.not_run {
            continue; // named at the end of the run that this test belongs to, which lacks the same
        }
        assert!(sound.passed, "{stage}: {}", sound.text);
        let before = fs::read_to_string(place.path().join(file)).ok();
        write(place.path(), file, text);
        let broken = outcome(place.path(), stage);
        assert!(!broken.passed, "{stage} passes {text}");
        match before {
            Some(before) => write(place.path(), file, &before),
            None => fs::remove_file(place.path().join(file)).expect("the file goes"),
        }
    }
}

/// If CI is set, a part that is missing is a failure; elsewhere it is named and that is all.
#[test]
fn what_is_missing_fails_in_ci_alone() {
    let place = checkout();
    let _ = fs::remove_file(place.path().join(".tools"));
    let run = |ci: bool| {
        let mut command = command(place.path(), "scripts");
        if ci {
            command.env("CI", "true");
        }
        let outcome = Outcome::of(&mut command);
        (outcome.passed, outcome.not_run)
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

/// A checkout of sound crates and a sound extension with `tests/run` in it, its first release tagged.
fn checkout() -> TempDir {
    let place = tempfile::tempdir().expect("a temporary folder");
    let copy = |path: &str| {
        let text = fs::read_to_string(ulid_tests::root().join(path)).expect("a text of ours");
        write(place.path(), path, &text);
    };
    copy("tests/run");
    copy("deny.toml");
    copy(".github/workflows/ci.yml");
    copy("dap/editors/vscode/package.json");
    copy("dap/editors/vscode/extension.js");
    copy("dap/editors/vscode/README.md");
    for step in ["install", "times", "decoded", "file"] {
        copy(&format!("dap/editors/vscode/walkthrough/{step}.md"));
    }
    for picture in ["icon.png", "walkthrough/parts.png"] {
        let picture = format!("dap/editors/vscode/{picture}");
        let from = ulid_tests::root().join(&picture);
        fs::copy(from, place.path().join(&picture)).expect("a picture of ours");
    }
    write(place.path(), ".gitignore", "/target/\n/.tools\n");
    write(place.path(), "src/lib.rs", SOUND);
    write(place.path(), "Cargo.toml", MANIFEST);
    let mut lock = "version = 4\n".to_owned();
    for (name, folder) in OTHERS {
        let features = match name {
            "ulid-core" => CORE_FEATURES,
            _ => "license = \"MIT\"\n\n[features]\nparquet = []\ncluster = []\n",
        };
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{features}"
        );
        write(place.path(), &format!("{folder}/Cargo.toml"), &manifest);
        // What its stages compile for has no standard library, and a test of its own.
        let (begin, test) = match name {
            "ulid-core" => ("//! A crate.\n#![no_std]\n", "#![cfg(windows)]\n"),
            _ => ("//! A crate.\n", ""),
        };
        write(place.path(), &format!("{folder}/src/lib.rs"), begin);
        if !test.is_empty() {
            write(place.path(), &format!("{folder}/tests/wasm.rs"), test);
        }
    }
    for name in [
        "ulid-core",
        "ulid-dap",
        "ulid-engine",
        "ulid-nu",
        "ulid-sql",
        "ulid-tui",
    ] {
        lock += &format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    }
    write(place.path(), "Cargo.lock", &lock);
    symlink(
        ulid_tests::root().join(".tools"),
        place.path().join(".tools"),
    )
    .expect("a link");
    let identity = ["-c", "user.name=a", "-c", "user.email=a@localhost"];
    for arguments in [
        &["init", "--quiet"][..],
        &["add", "."],
        &["commit", "--quiet", "--message", "a"],
        &["tag", "v0.1.0"],
    ] {
        let status = Command::new("git")
            .args(identity)
            .args(arguments)
            .current_dir(place.path())
            .status();
        assert!(status.is_ok_and(|status| status.success()));
    }
    place
}

fn write(place: &Path, path: &str, text: &str) {
    let path = place.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// How a stage ended.
struct Outcome {
    passed: bool,
    /// Something that the stage needs is missing.
    not_run: bool,
    text: String,
}

impl Outcome {
    fn of(command: &mut Command) -> Outcome {
        let output = command.output().expect("bash runs");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        Outcome {
            passed: output.status.success(),
            not_run: text.contains("== not run on this machine:"),
            text,
        }
    }
}

fn outcome(place: &Path, stage: &str) -> Outcome {
    Outcome::of(&mut command(place, stage))
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
