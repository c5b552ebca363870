//! The rules of the house: what each crate may know, and that every file in it is alive.

mod borders;
mod documents;
mod files;
mod gates;
mod licences;
#[cfg(unix)]
mod packages;
mod promises;
mod rooms;
mod support;
mod unify;
mod words;

use std::{path::Path, process::Command};

/// The files that git tracks, as paths from the root with forward slashes; `None` in a tree that is not a checkout.
fn tracked() -> Option<Vec<String>> {
    let root = ulid_tests::root();
    let listed = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success());
    let Some(listed) = listed else {
        ulid_tests::report_not_run("a git checkout");
        return None;
    };
    let names = String::from_utf8(listed.stdout).expect("names of ours are UTF-8");
    let present = names
        .split_terminator('\0')
        .filter(|name| root.join(name).exists());
    Some(present.map(str::to_owned).collect())
}

/// A tracked file as text; `None` where it is not text.
fn text(path: &str) -> Option<String> {
    let bytes = std::fs::read(ulid_tests::root().join(Path::new(path)))
        .expect("a tracked file is readable");
    String::from_utf8(bytes).ok()
}

/// Fails with every finding at once, one a line.
fn none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}

/// Everything that ships with `package` on any platform, one a line in a format of `cargo tree`.
fn dependencies(package: &str, format: &str, features: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--package",
            package,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ])
        .args(features)
        .args(["--target", "all", "--locked", "--offline"])
        .args(["--format", format])
        .current_dir(ulid_tests::root())
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo tree, after a cargo fetch: {complaint}"
    );
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}
