//! Tab completes the words that options take.

use std::{fs, process::Command};

use super::harness;

/// Completions at the end of a line.
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
    let answer = String::from_utf8_lossy(&output.stdout);
    let list = answer.trim().strip_prefix("{\"completions\": [");
    let list = list.and_then(|list| list.strip_suffix("]}"));
    let list = list.expect("a list of completions");
    // Nushell escapes no quotes in it, so that it is not always JSON
    let words = list
        .strip_prefix('"')
        .and_then(|list| list.strip_suffix('"'))
        .map(|words| words.split("\", \"").map(str::to_owned));
    Some(words.into_iter().flatten().collect())
}

/// Each program's completions are read by the shell that they are for, and offer its flags.
#[test]
fn completions_of_the_programs_are_read_by_nushell() {
    let folder = tempfile::tempdir().expect("a folder");
    for (program, arguments, line, flag) in [
        (
            "ulid-tui",
            ["--completions", "nushell"],
            "ulid-tui --che",
            "--check",
        ),
        (
            "ulid-dap",
            ["completions", "nushell"],
            "ulid-dap wrap --rec",
            "--record",
        ),
    ] {
        let written = Command::new(ulid_tests::binary(program))
            .args(arguments)
            .output()
            .expect("the program starts");
        let mut text = String::from_utf8(written.stdout).expect("a script is text");
        text += line;
        let script = folder.path().join(format!("{program}.nu"));
        fs::write(&script, &text).expect("a file is written");
        let Some(mut nu) = harness::bare() else {
            return;
        };
        let output = nu
            .args(["--ide-complete", &text.len().to_string()])
            .arg(&script)
            .output()
            .expect("nu starts");
        let offered = String::from_utf8_lossy(&output.stdout);
        assert!(offered.contains(flag), "{program}: {offered}");
    }
}

/// Each line, and words that have to be among those offered at its end.
fn check(cases: &[(&str, &[&str])]) {
    for (line, expected) in cases {
        let Some(offered) = offered(line) else {
            return;
        };
        for word in *expected {
            assert!(
                offered.iter().any(|offer| offer.trim() == *word),
                "{line}: {offered:?}"
            );
        }
    }
}

#[test]
fn words_of_options_are_offered() {
    check(&[
        ("[] | ulid parse --on-error ", &["error", "null", "drop"]),
        ("[] | ulid encode base32 --on-error d", &["drop"]),
        ("[] | ulid histogram ", &["15min", "1day", "month"]),
        ("[] | ulid between --since ", &["1hr", "1day"]),
        ("ulid bounds ", &["7day"]),
        ("ulid bounds 2024-01-01 ", &["1day"]),
        ("ulid gene", &["ulid generate"]),
        ("ulid generate --ze", &["--zeroed"]),
        ("ulid stats READ", &["README.md"]),
    ]);
}

#[test]
fn columns_of_the_file_are_offered() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("users.csv");
    let text = "id,name,born in\n01ARZ3NDEKTSV4RRFFQ69G5FAV,Ada,London\n";
    fs::write(&file, text).expect("a file is written");
    let file = serde_json::Value::from(file.to_string_lossy());
    check(&[
        (
            &format!("ulid open {file} --column "),
            &["id", "name", "'born in'"],
        ),
        (&format!("ulid open {file} -c na"), &["name"]),
    ]);
}

#[test]
fn a_condition_goes_on_word_by_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("users.csv");
    let text = "id,name\n01ARZ3NDEKTSV4RRFFQ69G5FAV,Ada\n";
    fs::write(&file, text).expect("a file is written");
    let open = format!(
        "ulid open {}",
        serde_json::Value::from(file.to_string_lossy())
    );
    check(&[
        // a condition has spaces, so it begins with a quote
        (
            &format!("{open} --filter "),
            &["\"valid", "\"time", "\"name"],
        ),
        (&format!("{open} --filter ti"), &["\"time"]),
        (&format!("{open} --filter \"valid and ti"), &["time"]),
        (&format!("{open} -f 'na"), &["name"]),
        (&format!("{open} -f 'name "), &["==", "contains"]),
        (&format!("{open} -f 'name == `id` a"), &["and"]),
    ]);
    for line in [
        format!("{open} --filter \"valid and ti\""),
        "ulid open /no/such/file --filter \"va".to_owned(),
    ] {
        assert!(
            offered(&line).is_none_or(|offered| offered.is_empty()),
            "{line}"
        );
    }
}

#[test]
fn days_of_the_calendar_are_offered() {
    for line in [
        "[] | ulid between --until ",
        "ulid generate --timestamp ",
        "random ulid -t ",
        "ulid bounds 20",
    ] {
        let Some(offered) = offered(line) else {
            return;
        };
        let days = offered
            .iter()
            .filter(|word| word.len() == 10 && word.starts_with("20"));
        assert!(days.count() >= 2, "{line}: {offered:?}");
    }
}
