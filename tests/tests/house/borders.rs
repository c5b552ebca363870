//! Borders between the crates: what each must never know, held by what cargo says that it depends on.

use super::{dependencies, none};

/// Crates that a crate must never depend on, itself or through another. A name that ends in `-` stands for a family.
const BORDERS: &[(&str, &[&str])] = &[
    (
        "ulid-core",
        &[
            "ulid-engine",
            "ulid-nu",
            "ulid-tui",
            "ulid-dap",
            "nu-",
            "ratatui",
            "crossterm",
            "clap",
            "dap",
            "rayon",
            "rand",
            "jiff",
            "cc",
        ],
    ),
    (
        "ulid-engine",
        &[
            "ulid-nu",
            "ulid-tui",
            "ulid-dap",
            "nu-",
            "ratatui",
            "crossterm",
            "clap",
            "dap",
            "ulid-sql",
            "datafusion",
            "datafusion-",
            "tonic",
        ],
    ),
    (
        "ulid-nu",
        &[
            "ulid-tui",
            "ulid-dap",
            "dap",
            "ratatui",
            "ulid-sql",
            "arrow",
            "datafusion",
            "tonic",
        ],
    ),
    (
        "ulid-tui",
        &[
            "ulid-nu",
            "ulid-dap",
            "nu-",
            "dap",
            "ulid-sql",
            "arrow",
            "datafusion",
            "tonic",
        ],
    ),
    (
        "ulid-dap",
        &[
            "ulid-nu",
            "ulid-tui",
            "nu-",
            "ratatui",
            "crossterm",
            "ulid-sql",
            "arrow",
            "datafusion",
            "tonic",
        ],
    ),
    (
        "ulid-sql",
        &[
            "ulid-nu",
            "ulid-tui",
            "ulid-dap",
            "nu-",
            "dap",
            "ratatui",
            "crossterm",
        ],
    ),
];

/// Crates for tests and benches alone.
const FOR_TESTS_ALONE: &[&str] = &[
    "criterion",
    "ferroid",
    "insta",
    "mr-ulid",
    "nu-cmd-lang",
    "nu-plugin-test-support",
    "portable-pty",
    "proptest",
    "rusty_ulid",
    "ulid-benches",
    "ulid-fuzz",
    "ulid-tests",
    "vt100",
];

/// Features that count as shipped: of the programs all, of the core those that it has by itself, since each of its others
/// is named after a crate that its user has already.
fn shipped_features(package: &str) -> &'static [&'static str] {
    if package == "ulid-core" {
        &[]
    } else {
        &["--all-features"]
    }
}

/// Whoever wants no more than the type and the codec takes one crate with it, where the `ulid` crate takes seven; nothing
/// needs a compiler of another language.
#[test]
fn the_codec_alone_takes_one_crate_with_it() {
    let codec = ["--no-default-features", "--features=std"];
    let tree = dependencies("ulid-core", "{lib}", &codec);
    let mut crates: Vec<_> = tree.lines().collect();
    crates.sort_unstable();
    assert_eq!(crates, ["memchr", "ulid_core"]);
}

#[test]
fn each_crate_knows_what_it_may_and_nothing_else() {
    for (package, never) in BORDERS {
        let tree = dependencies(package, "{p}", shipped_features(package));
        none(
            &format!("{package} must never know"),
            &trespassers(&tree, never),
        );
        let mut for_tests = trespassers(&tree, FOR_TESTS_ALONE);
        // Ballista numbers its jobs by it.
        for_tests.retain(|line| *package != "ulid-sql" || !line.starts_with("ferroid "));
        none(
            &format!("{package} ships what is for tests alone"),
            &for_tests,
        );
    }
}

#[test]
fn a_trespasser_is_seen() {
    let tree = "ulid-tui v0.1.0\nserde v1.0.0\nnu-protocol v0.115.1\ndaphne v1.0.0\n";
    assert_eq!(trespassers(tree, &["nu-", "dap"]), ["nu-protocol v0.115.1"]);
    assert_eq!(trespassers(tree, &["ratatui"]), [""; 0]);
}

/// Encoding is the core's: the text functions of the `ulid` crate accept what the specification forbids.
#[test]
fn text_becomes_a_ulid_in_the_core_alone() {
    let Some(files) = super::tracked() else {
        return;
    };
    let front_ends = files
        .iter()
        .filter(|path| path.ends_with(".rs"))
        .filter(|path| {
            [
                "src/engine/src/",
                "src/plugin/src/",
                "src/sql/src/",
                "tui/src/",
                "dap/src/",
            ]
            .iter()
            .any(|part| path.starts_with(part))
        });
    let findings: Vec<_> = front_ends
        .filter(|path| {
            let text = super::text(path).unwrap_or_default();
            [
                "use ulid::",
                "Ulid::from_string(",
                "ulid::base32",
                ".array_to_str(",
            ]
            .iter()
            .any(|call| text.contains(call))
        })
        .cloned()
        .collect();
    none("these read or write ULIDs past the core's codec", &findings);
}

/// The lines of a dependency list that name one of `never`, each once.
fn trespassers(tree: &str, never: &[&str]) -> Vec<String> {
    let forbidden = |line: &&str| {
        let name = line.split(' ').next().unwrap_or_default();
        never
            .iter()
            .any(|rule| name == *rule || (rule.ends_with('-') && name.starts_with(rule)))
    };
    let mut found: Vec<_> = tree.lines().filter(forbidden).map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
}

/// Things of which one declaration is all there may be, each with the file that has it.
const DECLARED_ONCE: [(&str, &str); 4] = [
    ("Fact", "src/engine/src/row/fact.rs"),
    ("Flaw", "src/engine/src/row/flaw.rs"),
    ("Spelling", "src/engine/src/spelling.rs"),
    ("Cell", "src/engine/src/cell.rs"),
];

/// Files of a tree in which an enum of a name is declared.
fn declaring<'f>(files: &'f [(String, String)], name: &str) -> Vec<&'f str> {
    let begin = format!("enum {name}");
    let declares = |line: &str| {
        line.trim_start()
            .trim_start_matches("pub ")
            .trim_start_matches("pub(super) ")
            .trim_start_matches("pub(crate) ")
            .strip_prefix(&begin)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    let found = files.iter().filter(|(_, text)| text.lines().any(declares));
    found.map(|(path, _)| path.as_str()).collect()
}

#[test]
fn what_is_known_of_a_row_is_declared_once() {
    let Some(tracked) = super::tracked() else {
        return;
    };
    let sources = tracked.into_iter().filter(|path| path.ends_with(".rs"));
    let files: Vec<(String, String)> = sources
        .filter_map(|path| Some((path.clone(), super::text(&path)?)))
        .collect();
    for (name, path) in DECLARED_ONCE {
        assert_eq!(declaring(&files, name), [path], "{name}");
    }
    // a second one would be seen
    let twin = (
        "tui/src/twin.rs".to_owned(),
        "pub(crate) enum Flaw {\n}\n".to_owned(),
    );
    let with_twin = [files, vec![twin]].concat();
    assert_eq!(declaring(&with_twin, "Flaw").len(), 2);
}

/// Modules that a library of a program gives to others: what its binary and the tests of the whole need, and no more.
const FACES: [(&str, &[&str]); 2] = [
    ("tui/src/lib.rs", &["cli", "run"]),
    (
        "dap/src/lib.rs",
        &["connection", "frame", "inspect", "listen", "replay", "wrap"],
    ),
];

#[test]
fn the_face_of_a_program_s_library_is_small() {
    for (path, expected) in FACES {
        let lib = super::text(path).expect("the root of a crate is text");
        let module = |line: &str| {
            Some(
                line.strip_prefix("pub mod ")?
                    .trim_end_matches(';')
                    .to_owned(),
            )
        };
        let mut modules: Vec<_> = lib.lines().filter_map(module).collect();
        modules.sort_unstable();
        assert_eq!(modules, expected, "{path}");
    }
}
