//! Completions for a line that is being typed.

use std::ops::Range;

use super::{
    FUNCTIONS, Scope,
    error::Expected,
    parse,
    token::{self, TokenKind},
};
use crate::row::FACTS;

/// Something that may stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text to write.
    pub text: String,
    /// The bytes of the line that it takes the place of: a word that has been begun, or nothing.
    pub replaces: Range<usize>,
    /// Its kind.
    pub kind: CompletionKind,
    /// A few words about it.
    pub detail: String,
}

/// The kinds of [`Completion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A field that every row has.
    Field,
    /// A column of the source.
    Column,
    /// A function.
    Function,
    /// A word of the language.
    Keyword,
    /// An operator.
    Operator,
}

/// Completions at a place in a line, given by its byte.
#[must_use]
pub fn complete(line: &str, cursor: usize, scope: &Scope<'_>) -> Vec<Completion> {
    let before = line.get(..cursor).unwrap_or(line);
    let Ok(mut tokens) = token::tokens(before) else {
        return Vec::new();
    };
    let mut begun = "";
    let mut replaces = before.len()..before.len();
    if let Some(last) = tokens.last()
        && last.at.end == before.len()
        && matches!(last.kind, TokenKind::Word(_))
    {
        replaces = last.at.clone();
        begun = &before[replaces.clone()];
        tokens.pop();
    }
    let mut completions = Vec::new();
    for expected in parse::expected_after(&tokens) {
        for (text, kind, detail) in candidates(expected, scope) {
            // what may stand in two ways is offered once
            let is_new = completions
                .iter()
                .all(|known: &Completion| known.text != text);
            if is_new && text.starts_with(begun) && text != begun {
                completions.push(Completion {
                    text,
                    replaces: replaces.clone(),
                    kind,
                    detail,
                });
            }
        }
    }
    completions
}

type Candidate = (String, CompletionKind, String);

fn candidates(expected: Expected, scope: &Scope<'_>) -> Vec<Candidate> {
    use CompletionKind::{Function, Keyword, Operator};
    let words = |words: &[(&str, &str)], kind| {
        let owned = |&(text, detail): &(&str, &str)| (text.to_owned(), kind, detail.to_owned());
        words.iter().map(owned).collect()
    };
    match expected {
        Expected::Value => {
            let mut all = fields(scope);
            all.extend(FUNCTIONS.iter().map(|function| {
                let detail = format!("of {}: {}", function.takes, function.gives);
                (format!("{}(", function.name), Function, detail)
            }));
            let keywords: Vec<Candidate> = words(
                &[
                    ("not", "the opposite"),
                    ("now", "the present"),
                    ("prev.", "of the row before"),
                    ("next.", "of the row after"),
                    ("true", "always"),
                    ("false", "never"),
                ],
                Keyword,
            );
            all.extend(keywords);
            all
        }
        Expected::Field => fields(scope),
        Expected::Comparison => words(
            &[
                ("==", "equal; for a date: within it"),
                ("!=", "not equal"),
                ("<", "less, before"),
                ("<=", "at most, until the end of"),
                (">", "more, after the end of"),
                (">=", "at least, from the begin of"),
                ("=~", "a regular expression is found in it"),
                ("!~", "no regular expression is found in it"),
            ],
            Operator,
        ),
        Expected::Arithmetic => words(
            &[
                ("+", "plus"),
                ("-", "minus"),
                ("*", "times"),
                ("/", "by"),
                ("%", "remainder"),
            ],
            Operator,
        ),
        Expected::Range => words(
            &[
                ("..", "up to, without its end"),
                ("..=", "up to, with its end"),
            ],
            Operator,
        ),
        Expected::Word(word) => words(&[(word, "")], Keyword),
        Expected::Sign(sign) => words(&[(sign, "")], Operator),
        Expected::End => Vec::new(),
    }
}

fn fields(scope: &Scope<'_>) -> Vec<Candidate> {
    let fields = FACTS.iter().map(|entry| {
        let detail = format!("{}: {}", entry.ty, entry.sentence);
        (entry.name.to_owned(), CompletionKind::Field, detail)
    });
    let is_name = |name: &str| {
        name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && name.starts_with(|c: char| !c.is_ascii_digit())
            && !FACTS.iter().any(|entry| entry.name == name)
    };
    let columns = scope.columns.iter().map(|name| {
        let text = if is_name(name) {
            name.clone()
        } else {
            format!("`{name}`")
        };
        (text, CompletionKind::Column, "a column".to_owned())
    });
    fields.chain(columns).collect()
}
