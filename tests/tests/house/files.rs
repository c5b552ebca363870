//! Every file is alive, lies where it belongs, and says at its head what it is for.

use std::collections::HashSet;

use super::{none, text, tracked};

/// rustc passes over a source file that no `mod` names, so nothing else would tell.
#[test]
fn every_source_file_is_a_module_of_something() {
    let Some(files) = tracked() else { return };
    let known: HashSet<_> = files.iter().map(String::as_str).collect();
    let orphans: Vec<_> = files
        .iter()
        .filter(|path| path.ends_with(".rs") && !is_crate_root(path))
        .filter(|path| {
            let shared = roots_beside(path, &files);
            let mut parents = parents(path);
            parents.extend(shared);
            !parents
                .iter()
                .any(|parent| known.contains(parent.as_str()) && declares(parent, path))
        })
        .cloned()
        .collect();
    none("no module declares", &orphans);
}

#[test]
fn the_parents_of_a_module_are_where_rust_looks() {
    assert_eq!(
        parents("tui/src/view/list.rs"),
        [
            "tui/src/view.rs",
            "tui/src/view/mod.rs",
            "tui/src/view/main.rs"
        ]
    );
    assert_eq!(
        parents("tui/src/view/mod.rs"),
        ["tui/src/lib.rs", "tui/src/main.rs"]
    );
    assert_eq!(
        parents("tests/tests/house/files.rs"),
        [
            "tests/tests/house.rs",
            "tests/tests/house/mod.rs",
            "tests/tests/house/main.rs"
        ]
    );
}

/// A module with files of its own begins in their folder, so that one look shows all of it.
#[test]
fn a_module_lies_in_the_folder_of_its_files() {
    let Some(files) = tracked() else { return };
    let beside: Vec<_> = files
        .iter()
        .filter_map(|path| path.strip_suffix(".rs"))
        .filter(|module| {
            files
                .iter()
                .any(|file| file.ends_with(".rs") && file.starts_with(&format!("{module}/")))
        })
        .collect();
    let beside: Vec<String> = beside.into_iter().map(str::to_owned).collect();
    none("modules beside the folder of their files", &beside);
}

/// A newcomer who opens a file reads first what it is for.
#[test]
fn every_source_file_begins_with_what_it_is_for() {
    let Some(files) = tracked() else { return };
    let begins = |path: &str| text(path).is_some_and(|text| text.starts_with("//! "));
    let mut bare = files;
    bare.retain(|path| path.ends_with(".rs") && !begins(path));
    none("files without a word of what they are for", &bare);
}

/// A file of data is there for a test, a script or a document that names it, or the folder that it lies in.
#[test]
fn every_other_file_is_named_somewhere() {
    let Some(files) = tracked() else { return };
    let texts: Vec<_> = files
        .iter()
        .map(|path| (path, text(path).unwrap_or_default()))
        .collect();
    let mut dead = files.clone();
    dead.retain(|path| {
        let names = names(path);
        let named = |(other, text): &(&String, String)| {
            *other != path && names.iter().any(|name| text.contains(name))
        };
        !found_by_convention(path) && !texts.iter().any(named)
    });
    none("nothing names", &dead);
}

/// Names by which a test, script or document calls a file: its own name, or the folder of which it reads every file.
fn names(path: &str) -> Vec<String> {
    let mut parts = path.rsplit('/');
    let mut names: Vec<_> = parts.next().map(str::to_owned).into_iter().collect();
    if let Some(folder) = parts.next() {
        names.extend([
            format!("\"{folder}\""),
            format!("/{folder}\""),
            format!("{folder}/\""),
        ]);
    }
    names
}

fn is_crate_root(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let name = path.rsplit('/').next().unwrap_or_default();
    ["lib.rs", "main.rs", "build.rs"].contains(&name)
        || ["/tests", "/benches", "/examples", "/bin", "/fuzz_targets"]
            .iter()
            .any(|end| folder.ends_with(end))
        || folder == "benches"
        || path.starts_with("tests/fixtures/")
}

/// The files in which a `mod` line may stand for the module in `path`.
fn parents(path: &str) -> Vec<String> {
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let Some((folder, _)) = module.rsplit_once('/') else {
        return Vec::new();
    };
    if folder.ends_with("/src") {
        return vec![format!("{folder}/lib.rs"), format!("{folder}/main.rs")];
    }
    ["", "/mod", "/main"]
        .map(|name| format!("{folder}{name}.rs"))
        .into()
}

/// The crate roots in the folder of a module, where that is a folder of them: tests and benches may share a module.
fn roots_beside(path: &str, files: &[String]) -> Vec<String> {
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let folder = module.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |file: &&String| {
        file.rsplit_once('/')
            .is_some_and(|(place, _)| place == folder)
            && is_crate_root(file)
    };
    files.iter().filter(beside).cloned().collect()
}

fn declares(parent: &str, path: &str) -> bool {
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    let name = module.rsplit('/').next().unwrap_or_default();
    text(parent).unwrap_or_default().lines().any(|line| {
        let line = line.trim();
        line.ends_with(&format!("mod {name};")) && !line.starts_with("//")
    })
}

/// Files that cargo, git, a forge or the test runner look for by their own rules.
fn found_by_convention(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.ends_with(".rs")
        || path.ends_with(".snap")
        || path.starts_with(".github/")
        || path.contains("/corpus/")
        || path.contains("/proptest-regressions/")
        || [
            ".gitignore",
            "Cargo.toml",
            "Cargo.lock",
            "README.md",
            ".ci/run",
            "clippy.toml",
            "deny.toml",
        ]
        .contains(&name)
        || path == ".ci/run"
}
