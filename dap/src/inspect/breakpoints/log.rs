//! Messages of log points: text with values in braces.

use ulid_engine::Timestamp;

use crate::inspect::{
    meaning::{Meaning, meaning},
    table::Table,
};

/// A message, taken apart when it is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::inspect) struct LogMessage(Vec<Part>);

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::inspect) enum Part {
    /// Text that stands for itself.
    Text(String),
    /// A name or an expression, whose value is written.
    Value(String),
}

/// Parts a text in two: a condition, and behind `log:` what to write instead of stopping, with a semicolon between if there
/// are both. The protocol gives filters and functions no field for the latter.
pub(in crate::inspect) fn split_log(text: &str) -> (Option<&str>, Option<&str>) {
    const LOG: &str = "log:";
    if let Some(message) = text.trim_start().strip_prefix(LOG) {
        return (None, Some(message.trim()));
    }
    let mut ends = text.match_indices(';');
    let found = ends.find_map(|(at, _)| {
        let message = text.get(at + 1..)?.trim_start().strip_prefix(LOG)?;
        Some((text.get(..at)?, message.trim()))
    });
    match found {
        Some((condition, message)) => (Some(condition), Some(message)),
        None => (Some(text), None),
    }
}

impl LogMessage {
    /// Reads `{time}: {text =~ "b{1}"}`. A brace of its own is written twice, or with a backslash before it.
    pub(super) fn parse(message: &str) -> Result<LogMessage, String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = message.chars();
        while let Some(next) = rest.next() {
            let ahead = rest.clone().next();
            match (next, ahead) {
                ('{', Some('{')) | ('}', Some('}')) => {
                    text.push(next);
                    rest.next();
                }
                ('\\', Some(brace @ ('{' | '}'))) => {
                    text.push(brace);
                    rest.next();
                }
                ('{', _) => {
                    let value = expression(rest.as_str()).ok_or_else(|| unclosed(message))?;
                    let after = rest.as_str().get(value.len() + 1..).unwrap_or_default();
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Value(value.trim().to_owned()));
                    rest = after.chars();
                }
                _ => text.push(next),
            }
        }
        parts.push(Part::Text(text));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(LogMessage(parts))
    }

    /// The pieces in their order.
    pub(in crate::inspect) fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Checks that each value can be had at a row, and tells if duplicates have to be known for that.
    pub(super) fn check(&self, table: Option<&Table>, now: Timestamp) -> Result<bool, String> {
        let mut needs_duplicates = false;
        for part in &self.0 {
            let Part::Value(text) = part else { continue };
            let meaning = meaning(text, table, now);
            match meaning.map_err(|error| format!("{{{text}}}: {error}"))? {
                Meaning::Variable | Meaning::Explained(_) => {}
                Meaning::Expression(expression)
                    if !expression.has_aggregates() && !expression.needs_writers() =>
                {
                    needs_duplicates |= expression.needs_duplicates();
                }
                Meaning::Expression(_) | Meaning::Figures(_) => {
                    return Err(format!(
                        "{{{text}}} looks at all rows, which a log point cannot do at each; ask for it in the console, or stop where it holds"
                    ));
                }
            }
        }
        Ok(needs_duplicates)
    }
}

fn unclosed(message: &str) -> String {
    format!("a brace in {message:?} is not closed; write {{{{ for a brace of its own")
}

/// Text before the brace that closes, which is none within quotes or further braces.
fn expression(text: &str) -> Option<&str> {
    let (mut depth, mut quote) = (0_usize, None);
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return text.get(..at),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_stands_behind_the_condition() {
        for (text, expected) in [
            ("line > 9", (Some("line > 9"), None)),
            ("log: {time}", (None, Some("{time}"))),
            (
                "line > 9; log: {time}; {id}",
                (Some("line > 9"), Some("{time}; {id}")),
            ),
            ("line > 9; >= 5;log:x", (Some("line > 9; >= 5"), Some("x"))),
            // a column that is called so
            ("log == 1", (Some("log == 1"), None)),
        ] {
            assert_eq!(split_log(text), expected, "{text}");
        }
    }

    #[test]
    fn braces_and_quotes_are_balanced() {
        let value = |text: &str| Part::Value(text.to_owned());
        let text = |text: &str| Part::Text(text.to_owned());
        for (message, expected) in [
            ("plain", vec![text("plain")]),
            ("{id}", vec![value("id")]),
            (
                "at { time }: {hex(id)}",
                vec![text("at "), value("time"), text(": "), value("hex(id)")],
            ),
            (
                r#"{text =~ "b{1}"}!"#,
                vec![value(r#"text =~ "b{1}""#), text("!")],
            ),
            (r#"{text =~ "}\"}"}"#, vec![value(r#"text =~ "}\"}""#)]),
            ("{{id}}", vec![text("{id}")]),
            (r"\{id\} {id}", vec![text("{id} "), value("id")]),
            ("", vec![]),
        ] {
            assert_eq!(
                LogMessage::parse(message),
                Ok(LogMessage(expected)),
                "{message}"
            );
        }
        for message in ["{", "{id", r#"{"}"#, "a {text =~ \"x}"] {
            assert!(
                LogMessage::parse(message)
                    .unwrap_err()
                    .contains("not closed"),
                "{message}"
            );
        }
    }
}
