//! Shared parts of the end-to-end tests: where our binaries are, and where the tools lie that `tests/run` installs.

use std::{
    env,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

/// The root of the checkout.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ lies in the checkout")
}

/// One of our binaries, as built beside this test.
///
/// # Panics
///
/// If it is not built: run the tests by `tests/run`, or `cargo build --workspace` first.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a test knows its own path");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("tests run from target/PROFILE/deps");
    let path = profile.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "{} is not built: cargo build --workspace",
        path.display()
    );
    path
}

/// A tool that `tests/run` installs, by its path in `.tools/`; else by that name on the `PATH`.
///
/// If it is missing the test is reported by name as not run, at the end of `tests/run`, and has to return. In CI,
/// where the variable `CI` is set, nothing may be missing.
///
/// # Panics
///
/// In CI, where the tool is missing.
#[must_use]
pub fn tool(path: &str) -> Option<PathBuf> {
    let installed = root().join(".tools").join(path);
    if installed.exists() {
        return Some(installed);
    }
    let on_path = env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(path))
        .find(|candidate| candidate.is_file());
    if on_path.is_none() {
        report_not_run(path);
    }
    on_path
}

/// The official `nu`; nothing where it is not installed, which is then reported.
///
/// # Panics
///
/// In CI, where it is missing.
#[must_use]
pub fn nu() -> Option<PathBuf> {
    let system = match env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "x64",
    };
    let program = format!("nu{}", env::consts::EXE_SUFFIX);
    tool(&format!(
        "npm/node_modules/@nushell/{system}-{machine}/bin/{program}"
    ))
}

/// Notes for the end of `tests/run` that the test at hand is not run for want of `what`.
///
/// # Panics
///
/// In CI, where nothing may be missing.
pub fn report_not_run(what: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    assert!(env::var_os("CI").is_none(), "{test}: {what} is missing");
    eprintln!("NOT RUN: {test}: {what} is missing, tests/run installs it");
    let list = root().join("target/not-run.txt");
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(list) {
        // One write, so that the lines of tests that run side by side do not mix; the message above stands anyway.
        let _ = file.write_all(format!("test {test}: {what}\n").as_bytes());
    }
}
