//! Files as Python's modules write and read them, read by the program: `tests/oracle/formats.py`.

use std::{env, fs, process::Command};

use ulid_tests::{binary, root, tool};

/// Cases where nobody asks for more: the variable `ULID_CASES` does.
const CASES: &str = "300";

/// Runs so many cases. Whether all agree, and what the oracle says.
fn run(program: &std::path::Path, cases: &str) -> Option<(bool, String)> {
    let python = tool("python/bin/python")?;
    let output = Command::new(python)
        .arg(root().join("tests/oracle/formats.py"))
        .arg(program)
        .arg(cases)
        .output()
        .expect("Python runs");
    let said = [output.stdout, output.stderr].concat();
    Some((
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    ))
}

#[test]
fn random_files_of_every_format_are_read_as_other_programs_read_them() {
    let cases = env::var("ULID_CASES").unwrap_or_else(|_| CASES.to_owned());
    let Some((agrees, said)) = run(&binary("ulid-tui"), &cases) else {
        return;
    };
    assert!(agrees, "{said}");
    assert!(
        said.contains(&format!("{cases} of {cases} cases agree")),
        "{said}"
    );
}

/// A program that loses the last row of what it prints.
#[cfg(unix)]
#[test]
fn the_oracle_sees_a_row_that_is_lost() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("loses");
    let program = binary("ulid-tui");
    let text = format!("#!/bin/sh\n'{}' \"$@\" | sed '$d'\n", program.display());
    fs::write(&script, text).expect("a script is written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it is made a program");
    if let Some((agrees, said)) = run(&script, "5") {
        assert!(!agrees, "{said}");
        assert!(said.contains("0 of 5 cases agree"), "{said}");
    }
}
