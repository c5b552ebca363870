//! Tab completes the words that options take.

use std::fs;

use super::harness;

/// What is offered at the end of a line.
fn offered(line: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let registry = folder.path().join("plugins.msgpackz");
    let plugin = ulid_tests::binary("nu_plugin_ulid");
    let quote =
        |path: &std::path::Path| serde_json::Value::from(path.to_string_lossy()).to_string();
    let add = format!(
        "plugin add --plugin-config {} {}",
        quote(&registry),
        quote(&plugin)
    );
    let added = harness::bare()?.args(["--commands", &add]).status();
    assert!(added.expect("nu starts").success());
    let script = folder.path().join("line.nu");
    let text = format!(
        "plugin use --plugin-config {} ulid\n{line}",
        quote(&registry)
    );
    fs::write(&script, &text).expect("a file is written");
    let output = harness::bare()?
        .args(["--ide-complete", &text.len().to_string()])
        .arg(&script)
        .output()
        .expect("nu starts");
    let answer: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("it answers in JSON");
    let words = answer["completions"].as_array().expect("a list").iter();
    Some(
        words
            .filter_map(|word| Some(word.as_str()?.to_owned()))
            .collect(),
    )
}

#[test]
fn words_of_options_are_offered() {
    let cases = [
        (
            "[] | ulid parse --on-error ",
            &["error", "null", "drop"][..],
        ),
        ("[] | ulid histogram ", &["15min", "1day", "month"][..]),
        ("[] | ulid between --since ", &["1hr", "1day"][..]),
        ("ulid gene", &["ulid generate"][..]),
        ("ulid generate --ze", &["--zeroed"][..]),
    ];
    for (line, expected) in cases {
        let Some(offered) = offered(line) else {
            return;
        };
        for word in expected {
            assert!(
                offered.iter().any(|offer| offer.trim() == *word),
                "{line}: {offered:?}"
            );
        }
    }
}

#[test]
fn days_of_the_calendar_are_offered() {
    let Some(offered) = offered("[] | ulid between --until ") else {
        return;
    };
    let days = offered
        .iter()
        .filter(|word| word.len() == 10 && word.starts_with("20"));
    assert!(days.count() >= 2, "{offered:?}");
}
