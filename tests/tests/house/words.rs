//! Words that the project does not use, and how its comments begin.

use super::{none, text, tracked};

/// Words that belong to a workplace and not to the project. Each is split, so that this file does not hold it.
const WORKPLACE: &[&[&str]] = &[
    &["/wo", "rk/"],
    &["/fa", "rm/"],
    &[".libr", "ary"],
    &["../sha", "red"],
    &["before-", "stop"],
    &["comp", "ass"],
    &["CE", "O"],
    &["LL", "M"],
    &["Clau", "de"],
];

/// Marks of work that is not done.
const UNFINISHED: &[&[&str]] = &[
    &["todo", "!("],
    &["unimpl", "emented!("],
    &["FIX", "ME"],
    &["XX", "X"],
    &["HA", "CK"],
    &["#[ign", "ore"],
];

#[test]
fn the_project_speaks_of_itself_alone() {
    none(
        "these lines speak of a workplace",
        &lines_with(WORKPLACE, |_| true),
    );
}

#[test]
fn nothing_calls_itself_unfinished() {
    let code = |path: &str| {
        [".rs", ".js", ".py", ".sh", ".nu", ".lua", ".el"]
            .iter()
            .any(|end| path.ends_with(end))
    };
    none(
        "unfinished by their own word",
        &lines_with(UNFINISHED, code),
    );
}

/// A doc comment names the thing first: a clause in its place has to be read twice.
#[test]
fn doc_comments_begin_with_the_thing() {
    const CLAUSES: [&str; 5] = ["What ", "Whether ", "Where ", "Those ", "They "];
    let begins_so = |line: &str| {
        let line = line.trim_start();
        let words = line.strip_prefix("/// ").or(line.strip_prefix("//! "));
        words.is_some_and(|words| CLAUSES.iter().any(|clause| words.starts_with(clause)))
    };
    let files = tracked().unwrap_or_default();
    let mut found = Vec::new();
    for path in files.iter().filter(|path| path.ends_with(".rs")) {
        let text = text(path).unwrap_or_default();
        let lines = text.lines().enumerate().filter(|(_, line)| begins_so(line));
        found.extend(lines.map(|(index, line)| format!("{path}:{}: {}", index + 1, line.trim())));
    }
    none("these comments begin with a clause", &found);
}

fn lines_with(words: &[&[&str]], of: impl Fn(&str) -> bool) -> Vec<String> {
    let words: Vec<_> = words.iter().map(|halves| halves.concat()).collect();
    let files = tracked().unwrap_or_default();
    let files = files
        .iter()
        .filter(|path| !path.ends_with("Cargo.lock") && !path.ends_with("package-lock.json"));
    let mut found = Vec::new();
    for path in files.filter(|path| of(path)) {
        let text = text(path).unwrap_or_default();
        let lines = text.lines().enumerate();
        let bad = lines.filter(|(_, line)| words.iter().any(|word| holds(line, word)));
        found.extend(bad.map(|(index, line)| format!("{path}:{}: {}", index + 1, line.trim())));
    }
    found
}

/// True if the word stands in the line, and not as a part of a longer one.
fn holds(line: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let joined_before = letter(word.chars().next()) && letter(before.chars().next_back());
        let joined_after = letter(word.chars().next_back()) && letter(after.chars().next());
        !joined_before && !joined_after
    })
}

#[test]
fn a_word_is_seen_only_where_it_stands_alone() {
    let mark = ["XX", "X"].concat();
    assert!(holds(&format!("// {mark}: later"), &mark));
    assert!(!holds(&format!("01{mark}YYYY"), &mark));
}
