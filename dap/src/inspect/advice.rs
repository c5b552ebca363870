//! Advice of the engine, in the words of who writes a launch configuration: the engine names options of command lines.

use std::{borrow::Cow, fmt::Display};

/// Options of a command line that are settings here, and take a value.
const SETTINGS: [&str; 3] = ["format", "spelling", "column"];
/// An option of a command line without a value, and the setting in its place.
const EVERY: (&str, &str) = ("--every", "\"every\": true");

/// An error or a hint as an editor shows it.
pub(super) fn in_settings(words: &impl Display) -> String {
    let words = words.to_string();
    let words = match words.split_once(" | ulid-tui") {
        Some((before, _)) => format!("{before}; a \"command\" brings what that prints"),
        None => words.replace(EVERY.0, EVERY.1),
    };
    SETTINGS
        .iter()
        .fold(Cow::from(words), |words, name| {
            with_setting(&words, name).map_or(words, Cow::from)
        })
        .into_owned()
}

/// The words with `"format": "text"` instead of `--format text`; none where the option is not among them.
fn with_setting(words: &str, name: &str) -> Option<String> {
    let (before, rest) = words.split_once(&format!("--{name} "))?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
    let (value, after) = rest.split_at(end.unwrap_or(rest.len()));
    Some(format!("{before}\"{name}\": \"{value}\"{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_command_lines_are_settings() {
        for (words, expected) in [
            (
                "elsewhere: try --format text",
                "elsewhere: try \"format\": \"text\"",
            ),
            (
                "turned: try --spelling guid, please",
                "turned: try \"spelling\": \"guid\", please",
            ),
            (
                "unpack it on the way: xz -dc FILE | ulid-tui --every",
                "unpack it on the way: xz -dc FILE; a \"command\" brings what that prints",
            ),
            (
                "of each row the first is its ID: try --every for a row of each",
                "of each row the first is its ID: try \"every\": true for a row of each",
            ),
            ("as --format", "as --format"),
            ("", ""),
        ] {
            assert_eq!(in_settings(&words), expected);
        }
    }
}
