//! Every code block of the documents is run, or read by the program that it is meant for.
//!
//! The first word behind the fence says how. `sh` and `nushell` run in a folder that holds the files of
//! `tests/fixtures/guide`, all blocks of a document in the same one. `text` is output: behind a block that runs, it is
//! what that block prints, where `…` stands for whatever differs from run to run. `json`, `toml` and `lua` are read.
//! `sql` below a comment `<!-- duckdb -->` is run by DuckDB.
//! `ulid-query`, and the rows in `csv` that it speaks of, are run by the test of the guide to the language; `rust` by
//! rustdoc, as an example of the crate that includes the document.
//! The blocks of Nushell are typed into one session besides, from top to bottom, as a person works through a document.
//! A comment above a block asks for more: `<!-- in the checkout -->`, `<!-- keys: j Enter q -->` for a program of the
//! terminal, `<!-- fails -->` where an error is shown, `<!-- elsewhere: FILE -->` where that file runs the same lines.

mod block;
mod language;
mod run;
mod session;

use std::path::PathBuf;

use run::Place;

/// One test for each document, so that they run side by side and a failure names its document.
macro_rules! documents {
    ($($name:ident: $path:literal,)*) => {
        $(#[test] fn $name() { check($path); })*
        const DOCUMENTS: &[&str] = &[$($path),*];
    };
}

documents! {
    readme: "README.md",
    security: "SECURITY.md",
    contributing: "CONTRIBUTING.md",
    changelog: "CHANGELOG.md",
    nushell: "docs/nushell.md",
    query: "docs/query.md",
    browser: "docs/tui.md",
    coming_from: "docs/coming-from.md",
    formats: "docs/formats.md",
    architecture: "docs/architecture.md",
    support: "docs/support.md",
    maintenance: "docs/maintenance.md",
}

/// Documents that speak of `ulid-sql`, which is built by a stage of its own: the one after it runs their blocks.
const OF_SQL: &[&str] = &["docs/sql.md", "docs/warehouses.md"];

#[cfg(feature = "sql")]
#[test]
fn sql() {
    for path in OF_SQL {
        check_in(path, &Place::with_sql());
    }
}

/// Whoever adds a flag to `ulid-sql` writes it down.
#[cfg(feature = "sql")]
#[test]
fn every_flag_of_sql_is_in_its_guide() {
    let place = Place::with_sql();
    let commands = [
        "ulid-sql --help",
        "ulid-sql write --help",
        "ulid-sql audit --help",
        "ulid-sql scheduler --help",
        "ulid-sql executor --help",
    ];
    let flags = commands
        .iter()
        .flat_map(|command| unwritten(&place, command, "docs/sql.md"));
    let unwritten: Vec<String> = flags.collect();
    assert!(unwritten.is_empty(), "in no guide: {unwritten:#?}");
}

/// Documents that have no test by their own name are read all the same.
#[test]
fn every_other_document() {
    for folder in [
        ".",
        "docs",
        "dap/editors",
        "dap/editors/*",
        "src/core",
        "src/plugin",
        "benches/results",
    ] {
        let documents = markdown(folder);
        documents
            .iter()
            .filter(|path| !DOCUMENTS.contains(&path.as_str()) && !OF_SQL.contains(&path.as_str()))
            .for_each(|path| check(path));
    }
}

/// The Markdown files of a folder, or with `/*` of the folders in it, by their paths from the root.
fn markdown(folder: &str) -> Vec<String> {
    let root = ulid_tests::root();
    let entries = |path: &PathBuf| -> Vec<PathBuf> {
        let read = std::fs::read_dir(path).into_iter().flatten();
        read.flatten().map(|entry| entry.path()).collect()
    };
    let folders = match folder.strip_suffix("/*") {
        Some(parent) => entries(&root.join(parent)),
        None => vec![root.join(folder)],
    };
    let files = folders.iter().flat_map(entries);
    let documents = files.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let named = documents.filter_map(|path| {
        Some(
            path.strip_prefix(root)
                .ok()?
                .to_string_lossy()
                .replace('\\', "/"),
        )
    });
    named
        .map(|path| path.trim_start_matches("./").to_owned())
        .collect()
}

/// Runs the blocks of a document in order, and reports every one that fails.
fn check(path: &str) {
    check_in(path, &Place::new());
}

fn check_in(path: &str, place: &Place) {
    let text =
        std::fs::read_to_string(ulid_tests::root().join(path)).expect("the document is there");
    let blocks = block::blocks(&text);
    let mut failures = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let printed = blocks
            .get(index + 1)
            .filter(|next| next.is_output_of(block));
        if let Err(why) = place.run(block, printed.map(|next| next.code.as_str())) {
            failures.push(format!("{path}:{}: {why}\n{}", block.line, block.code));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn a_block_that_fails_or_prints_something_else_is_seen() {
    let place = Place::new();
    let outcome = |text: &str| {
        let blocks = block::blocks(text);
        let printed = blocks.get(1).filter(|next| next.is_output_of(&blocks[0]));
        place
            .run(&blocks[0], printed.map(|next| next.code.as_str()))
            .is_ok()
    };
    assert!(outcome("```sh\necho one two\n```\n```text\none t…\n```\n"));
    assert!(!outcome("```sh\necho one\n```\n```text\ntwo\n```\n"));
    assert!(!outcome("```sh\nfalse\n```\n"));
    assert!(outcome("<!-- fails -->\n```sh\nfalse\n```\n"));
    assert!(!outcome("```json\n{ \"a\": }\n```\n"));
    assert!(!outcome("```toml\na = \n```\n"));
    assert!(!outcome("```mystery\n1\n```\n"));
    assert!(outcome(
        "<!-- keys: q -->\n```sh\nprintf 'ready '; read -rsn1 key; test $key = q\n```\n"
    ));
    assert!(!outcome(
        "<!-- keys: x -->\n```sh\nprintf 'ready '; read -rsn1 key; test $key = q\n```\n"
    ));
}

/// Whoever adds a flag or a command writes it down.
#[test]
fn every_flag_and_command_is_in_its_guide() {
    let place = Place::new();
    let guides = [
        ("ulid-tui --help", "docs/tui.md"),
        ("ulid-dap inspect --help", "docs/debugging.md"),
        ("ulid-dap wrap --help", "docs/debugging.md"),
    ];
    let flags = guides
        .iter()
        .flat_map(|(command, guide)| unwritten(&place, command, guide));
    let mut unwritten: Vec<String> = flags.collect();
    if let Some(commands) = place.nushell_commands() {
        let guide = std::fs::read_to_string(ulid_tests::root().join("docs/nushell.md"))
            .expect("the guide is there");
        assert!(commands.len() > 5, "{commands:?}");
        unwritten.extend(
            commands
                .into_iter()
                .filter(|name| !guide.contains(name.as_str())),
        );
    }
    assert!(unwritten.is_empty(), "in no guide: {unwritten:#?}");
}

/// Flags in the help of a command that its guide does not have.
fn unwritten(place: &Place, command: &str, guide: &str) -> Vec<String> {
    let guide =
        std::fs::read_to_string(ulid_tests::root().join(guide)).expect("the guide is there");
    let help = place.printed(command);
    let words = help.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let flags = words.filter(|word| word.starts_with("--") && word.len() > 3);
    let absent =
        flags.filter(|flag| !guide.contains(flag) && !["--help", "--version"].contains(flag));
    absent.map(|flag| format!("{command}: {flag}")).collect()
}
