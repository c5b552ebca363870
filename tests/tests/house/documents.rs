//! Links, claims and lengths of the documents.

use std::collections::HashSet;

use super::{none, text, tracked};

#[test]
fn every_link_in_a_document_leads_somewhere() {
    let Some(documents) = documents() else { return };
    let root = ulid_tests::root();
    let mut dead = Vec::new();
    for document in &documents {
        let folder = root.join(document);
        let folder = folder.parent().expect("a file lies in a folder");
        for link in links(&text(document).unwrap_or_default()) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            if path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let target = if path.is_empty() {
                root.join(document)
            } else {
                folder.join(path)
            };
            let headings = std::fs::read_to_string(&target)
                .map(|text| anchors(&text))
                .unwrap_or_default();
            if !target.exists() || !(anchor.is_empty() || headings.contains(anchor)) {
                dead.push(format!("{document}: {link}"));
            }
        }
    }
    none("these links are dead", &dead);
}

/// The files of a repository that a line of a document names in its code spans.
fn files_in(line: &str) -> Vec<&str> {
    let spans = line.split('`').skip(1).step_by(2);
    spans
        .filter(|span| span.contains('/') && !span.contains([' ', '<', '*']))
        .collect()
}

#[test]
fn a_thing_is_added_in_three_files_at_most_and_they_are_there() {
    let Some(tracked) = tracked() else { return };
    let document = text("docs/architecture.md").expect("the document is text");
    let section = document.split_once("\n## Where a thing is added\n");
    let section = section.expect("the section is there").1;
    let rows = section.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = rows.skip(1).take_while(|line| line.starts_with('|'));
    let mut wrong = Vec::new();
    for row in rows {
        let files = files_in(row);
        let absent = files
            .iter()
            .any(|file| !tracked.iter().any(|path| path == file));
        if files.is_empty() || files.len() > 3 || absent {
            wrong.push(row.to_owned());
        }
    }
    none(
        "these rows name more than three files, or one that is not there",
        &wrong,
    );
    let things = [
        "a format",
        "a fact",
        "a flaw",
        "a function of the language",
        "a pane",
        "an output",
        "a debug request",
        "an adapter to wrap",
        "a Nushell command",
        "a function of SQL",
    ];
    let missing = things
        .iter()
        .filter(|thing| !section.contains(&format!("\n| {thing}")));
    none(
        "nothing says how to add",
        &missing.map(ToString::to_string).collect::<Vec<_>>(),
    );
}

#[test]
fn the_files_that_the_map_of_the_house_names_are_there() {
    let Some(tracked) = tracked() else { return };
    let document = text("docs/architecture.md").expect("the document is text");
    let begins = ["src/", "tui/", "dap/", "tests/", "benches/", "docs/"];
    let named = files_in(&document)
        .into_iter()
        .filter(|file| begins.iter().any(|begin| file.starts_with(begin)));
    let is_there = |file: &str| {
        tracked.iter().any(|path| {
            path == file || path.starts_with(&format!("{}/", file.trim_end_matches('/')))
        })
    };
    let dead: Vec<_> = named
        .filter(|file| !file.contains("NAME") && !is_there(file))
        .map(str::to_owned)
        .collect();
    none("the map names what is not there", &dead);
}

#[test]
fn every_document_is_linked_from_another() {
    let Some(documents) = documents() else { return };
    let mut linked = HashSet::new();
    for document in &documents {
        let folder = document.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in links(&text(document).unwrap_or_default()) {
            let path = link.split('#').next().unwrap_or_default();
            linked.insert(joined(folder, path));
        }
    }
    let lonely: Vec<_> = documents
        .iter()
        .filter(|document| *document != "README.md" && !document.starts_with(".github/"))
        .filter(|document| !linked.contains(*document))
        .cloned()
        .collect();
    none("no document links to", &lonely);
}

/// A page that a newcomer reads first is read in one go.
#[test]
fn the_readme_is_no_longer_than_three_screens() {
    let readme = text("README.md").expect("the page is text");
    assert!(readme.lines().count() <= 120);
}

/// A claim that no test shows is not made.
#[test]
fn every_claim_of_the_security_policy_names_a_test_that_exists() {
    let policy = text("SECURITY.md").expect("the policy is text");
    let (_, table) = policy
        .split_once("| claim | test |")
        .expect("the table of claims");
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut unproven = Vec::new();
    for row in rows {
        let test = row.split('`').nth(1).unwrap_or_default();
        let (file, name) = test.split_once("::").unwrap_or((test, "no test named"));
        let code = std::fs::read_to_string(ulid_tests::root().join(file)).unwrap_or_default();
        if !code.contains(&format!("fn {name}(")) {
            unproven.push(row.to_owned());
        }
    }
    none("no such test", &unproven);
}

#[test]
fn links_and_anchors_are_read_as_a_forge_reads_them() {
    let text = "# The `one` command: how, why?\nsee [a](b.md#c) and ![p](p.svg), not `[x](y)`\n```sh\n# [no](no.md)\n```\n";
    assert_eq!(links(text), ["b.md#c", "p.svg"]);
    assert_eq!(
        anchors(text),
        HashSet::from(["the-one-command-how-why".to_owned()])
    );
    assert_eq!(joined("docs", "../tui/README.md"), "tui/README.md");
}

/// Every tracked document.
fn documents() -> Option<Vec<String>> {
    let mut files = tracked()?;
    files.retain(|path| path.ends_with(".md"));
    Some(files)
}

/// The lines of a document that are prose: outside of code blocks, without the code in backticks.
fn prose(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            lines.push(line.split('`').step_by(2).collect::<String>());
        }
    }
    lines
}

/// The targets of inline links and pictures.
fn links(text: &str) -> Vec<String> {
    let target = |rest: &str| {
        rest.split_once(')')
            .map(|(target, _)| target.trim().to_owned())
    };
    let lines = prose(text);
    lines
        .iter()
        .flat_map(|line| line.split("](").skip(1).filter_map(target))
        .collect()
}

/// The anchors that a forge gives to the headings of a document.
fn anchors(text: &str) -> HashSet<String> {
    let mut fenced = false;
    let mut found = HashSet::new();
    for line in text.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        if let (false, true) = (fenced, line.starts_with('#')) {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            found.insert(kept.map(|c| if c == ' ' { '-' } else { c }).collect());
        }
    }
    found
}

/// `path`, as written in a file of `folder`, from the root.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "" | "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The glossary says one thing for each word, and each word is one that the code uses.
#[test]
fn every_word_of_the_glossary_is_used_and_stands_once() {
    let glossary = text("docs/glossary.md").expect("the glossary is text");
    let rows = glossary.lines().filter(|line| line.starts_with("| "));
    let words: Vec<&str> = rows
        .skip(1)
        .filter_map(|row| row.split('|').nth(1))
        .map(str::trim)
        .collect();
    assert!(words.len() > 20, "{words:?}");
    let sources = tracked().unwrap_or_default();
    let sources = sources.iter().filter(|path| path.ends_with(".rs"));
    let comments: String = sources
        .filter_map(|path| text(path))
        .flat_map(|text| {
            let lines = text
                .lines()
                .filter(|line| line.trim_start().starts_with("//"));
            lines
                .map(|line| line.to_lowercase() + "\n")
                .collect::<Vec<_>>()
        })
        .collect();
    let is_used = |word: &str| {
        let mut places = comments.match_indices(word);
        places.any(|(at, _)| {
            let (before, behind) = (&comments[..at], &comments[at + word.len()..]);
            !before.ends_with(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric)
        })
    };
    let unused: Vec<_> = words
        .iter()
        .filter(|word| !is_used(word))
        .map(ToString::to_string)
        .collect();
    none(
        "no comment of the code uses these words of the glossary",
        &unused,
    );
    let mut once = HashSet::new();
    let twice: Vec<_> = words
        .iter()
        .filter(|word| !once.insert(**word))
        .map(ToString::to_string)
        .collect();
    none("these words stand in the glossary twice", &twice);
}

/// A decision that takes longer to read is not read.
#[test]
fn every_decision_is_short_and_in_the_list() {
    let architecture = text("docs/architecture.md").expect("the document is text");
    let decisions = tracked().unwrap_or_default();
    let decisions = decisions
        .iter()
        .filter(|path| path.starts_with("docs/decisions/"));
    for path in decisions {
        let decision = text(path).expect("the decision is text");
        let title = decision.lines().next().unwrap_or_default();
        let title = title
            .strip_prefix("# ")
            .unwrap_or_else(|| panic!("{path} has no title"));
        assert!(decision.lines().count() <= 12, "{path} is long");
        assert!(
            architecture.contains(&format!("[{title}](")),
            "{title} is not in the list"
        );
    }
}
