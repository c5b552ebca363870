//! More than ten thousand texts, right and wrong ones, read by every kernel, by a plain reference that follows the words of
//! the specification, and by the strict readers of two other languages.

use std::{
    collections::BTreeSet,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use ulid_core::{
    Reading, Ulid,
    codec::{self, Kernel, Shape},
};
use ulid_tests::{report_not_run, root, tool};

/// The specification's examples, its largest, its smallest, and what lies beside them.
const BASES: [&str; 5] = [
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01BX5ZZKBKACTAV9WEVGEMMVRZ",
    "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "00000000000000000000000000",
    "01hgw2n7ehjcs0vx1qkz5mbtfa",
];

/// Texts of every length to 40, every printable character and some others in every place, and every first character.
fn vectors() -> Vec<String> {
    let mut texts = BTreeSet::new();
    let others = ['\0', '\n', '\u{7f}', 'é', 'ı', 'ſ', '\u{212a}', '１', '😀'];
    for base in BASES {
        texts.insert(base.to_owned());
        texts.insert(base.to_lowercase());
        texts.insert(base.to_uppercase());
        texts.extend((0..=40).map(|len| base.chars().cycle().take(len).collect::<String>()));
        for place in 0..base.len() {
            for character in (' '..='~').chain(others) {
                let (before, after) = (&base[..place], &base[place + 1..]);
                texts.insert(format!("{before}{character}{after}"));
            }
        }
    }
    texts.into_iter().collect()
}

/// The value of a text by the words of the specification: 26 characters of Crockford's base 32, in either case, the
/// largest `7ZZZZZZZZZZZZZZZZZZZZZZZZZ`.
fn reference(text: &str) -> Option<u128> {
    const CROCKFORD: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if text.chars().count() != 26 {
        return None;
    }
    let mut value = 0_u128;
    for character in text.chars() {
        let digit = CROCKFORD.find(character.to_ascii_uppercase())?;
        value = value.checked_mul(32)?.checked_add(digit as u128)?;
    }
    Some(value)
}

/// Reads a text by one kernel, alone and among others.
fn read_by(kernel: Kernel, text: &str) -> Option<u128> {
    let alone = kernel.parse(text, Reading::Strict).ok().map(Ulid::to_u128);
    assert_eq!(
        kernel.is_valid(text, Reading::Strict),
        alone.is_some(),
        "{text:?}"
    );
    if text.len() == codec::TEXT_LEN {
        // Far enough into a block that vectors read it.
        let around = "01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(20);
        let lines = format!("{around}{text}\n{around}{around}");
        let mut keys = [0; 61];
        let right =
            kernel.parse_records(lines.as_bytes(), Shape::Lines, Reading::Strict, &mut keys);
        let among_others = (right > 20).then_some(keys[20]);
        assert_eq!(among_others, alone, "{kernel}: {text:?}");
    }
    alone
}

#[test]
fn every_kernel_reads_what_the_specification_says() {
    let texts = vectors();
    assert!(texts.len() > 11_725, "{}", texts.len());
    let right = texts
        .iter()
        .filter(|text| reference(text).is_some())
        .count();
    assert!(right > 5_000 && texts.len() - right > 5_000, "{right}");
    for text in &texts {
        let expected = reference(text);
        for kernel in Kernel::available() {
            assert_eq!(read_by(kernel, text), expected, "{kernel}: {text:?}");
        }
        let constant = Ulid::parse(text).ok().map(Ulid::to_u128);
        assert_eq!(constant, expected, "{text:?}");
        if let Some(value) = expected {
            assert_eq!(
                Ulid::from_u128(value).to_string(),
                text.to_ascii_uppercase()
            );
        }
    }
}

/// Answers of a program to all texts, in order.
fn answers(texts: &[String], command: &mut Command) -> Result<Vec<Option<u128>>, String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let lines: String = texts
        .iter()
        .map(|text| {
            text.bytes()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                + "\n"
        })
        .collect();
    let mut input = child.stdin.take().expect("a pipe");
    // It answers while it reads. Where it has ended already, its complaint says why.
    let writer = thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    let _ = writer.join();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let answers = String::from_utf8(output.stdout).expect("digits");
    Ok(answers
        .lines()
        .map(|line| u128::from_str_radix(line, 16).ok())
        .collect())
}

fn agree(name: &str, command: &mut Command) {
    let texts = vectors();
    let theirs = match answers(&texts, command) {
        Ok(theirs) => theirs,
        Err(complaint) => {
            eprintln!("{complaint}");
            report_not_run(name);
            return;
        }
    };
    assert_eq!(theirs.len(), texts.len(), "{name}");
    for (text, theirs) in texts.iter().zip(theirs) {
        assert_eq!(reference(text), theirs, "{name}: {text:?}");
    }
}

fn script(name: &str) -> std::path::PathBuf {
    root().join("tests/fixtures/vectors").join(name)
}

#[test]
fn python_ulid_reads_the_same() {
    if let Some(python) = tool("python/bin/python") {
        agree(
            "python-ulid (PyPI)",
            Command::new(python).arg(script("read.py")),
        );
    }
}

#[test]
fn the_strict_reader_of_oklog_reads_the_same() {
    // Where Debian puts the sources of Go packages.
    const SOURCES: &str = "/usr/share/gocode";
    let package = "oklog/ulid (Debian package golang-github-oklog-ulid-dev)";
    if !Path::new(SOURCES)
        .join("src/github.com/oklog/ulid")
        .exists()
    {
        report_not_run(package);
        return;
    }
    let Some(go) = tool("go") else { return };
    let mut command = Command::new(go);
    command
        .arg("run")
        .arg(script("read.go"))
        .env("GO111MODULE", "off")
        .env("GOPATH", SOURCES)
        .env("GOCACHE", root().join("target/go"));
    agree(package, &mut command);
}
