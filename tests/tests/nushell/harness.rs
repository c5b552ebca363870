//! Runs code in the official `nu`, with the plugin and nobody's configuration.

use std::{
    env,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

/// A path as Nushell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    Value::from(path.to_string_lossy()).to_string()
}

/// A secret in the environment that no output may hold. Its name is the first of all, since Nushell shows the begin of the
/// environment where an error points at a place of 0.
const CANARY: (&str, &str) = ("AAA_CANARY", "the-canary-has-got-out");

/// `nu` with the plugin in scope, about to run a piece of code.
pub(crate) fn command(code: &str) -> Option<Command> {
    let plugin = ulid_tests::binary("nu_plugin_ulid");
    let mut command = bare()?;
    let plugins = format!("[{}]", Value::from(plugin.to_string_lossy()));
    command.args(["--plugins", &plugins, "--commands", code]);
    Some(command)
}

/// `nu` without the plugin, and with nothing of the user's.
pub(crate) fn bare() -> Option<Command> {
    let mut command = Command::new(ulid_tests::nu()?);
    command
        .arg("--no-config-file")
        .env("HOME", env::temp_dir())
        .env(CANARY.0, CANARY.1)
        // a value that a test may use, right beside it
        .env("AAA_CANARZ", "beside")
        .env_remove("XDG_CONFIG_HOME")
        .env("TZ", "UTC")
        .current_dir(ulid_tests::root())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Some(command)
}

/// Runs code to its end.
pub(crate) fn run(code: &str) -> Option<Output> {
    let output = command(code)?.output().expect("nu starts");
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        assert!(!text.contains(CANARY.1), "a secret in\n{text}\nof {code}");
    }
    Some(output)
}

/// Starts code and leaves it running.
#[cfg(unix)]
pub(crate) fn start(code: &str) -> Option<Child> {
    Some(command(code)?.spawn().expect("nu starts"))
}

/// The output of code.
pub(crate) fn printed(code: &str) -> Option<String> {
    let output = run(code)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{code}\n{text}\n{errors}");
    Some(text)
}

/// Checks that each piece of code gives its value, as NUON. All run in one `nu`.
pub(crate) fn check(cases: &[(&str, &str)]) {
    let pieces: Vec<String> = cases
        .iter()
        .map(|(code, _)| format!("print (do {{ {code} }} | to nuon --raw-strings)"))
        .collect();
    let Some(text) = printed(&pieces.join("\n")) else {
        return;
    };
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(found.len(), cases.len(), "one line for each case:\n{text}");
    for ((code, expected), found) in cases.iter().zip(found) {
        assert_eq!(found, *expected, "{code}");
    }
}

/// An error as a person sees it.
pub(crate) struct Expected {
    /// The code that is run.
    pub(crate) code: &'static str,
    /// The error's code, without `ulid::`.
    pub(crate) error: &'static str,
    /// The piece of the code that the label stands under.
    pub(crate) at: &'static str,
    /// A part of the label.
    pub(crate) says: &'static str,
    /// A part of the help, which every error has; empty where its words do not matter.
    pub(crate) help: &'static str,
}

/// An error, with the code, the place and parts of the words that it has to have.
pub(crate) const fn expected(
    code: &'static str,
    error: &'static str,
    at: &'static str,
    says: &'static str,
    help: &'static str,
) -> Expected {
    Expected {
        code,
        error,
        at,
        says,
        help,
    }
}

/// Checks that each piece of code fails as described. All run in one `nu`.
pub(crate) fn check_errors(cases: &[Expected]) {
    const REPORT: &str = "{|e| let l = $e.details.labels.0
        {code: $e.details.code, at: (view span $l.span.start $l.span.end), says: $l.text, help: ($e.details.help? | default '')}
        | to json -r | print }";
    let pieces: Vec<String> = cases
        .iter()
        .map(|case| {
            format!(
                "try {{ {} | collect | print; print none }} catch {REPORT}",
                case.code
            )
        })
        .collect();
    let Some(text) = printed(&pieces.join("\n")) else {
        return;
    };
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(found.len(), cases.len(), "one line for each case:\n{text}");
    for (case, found) in cases.iter().zip(found) {
        let found: Value = serde_json::from_str(found).expect(case.code);
        let part = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            part("code"),
            format!("ulid::{}", case.error),
            "{}",
            case.code
        );
        assert_eq!(part("at"), case.at, "{}", case.code);
        assert!(part("says").contains(case.says), "{}: {found}", case.code);
        assert!(part("help").contains(case.help), "{}: {found}", case.code);
        assert!(!part("help").is_empty(), "{}: {found}", case.code);
    }
}
