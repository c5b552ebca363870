//! Reasons why a text is no expression, each with its place, and in one sentence for people. How a front end shows the
//! place is not known here.

use std::{fmt, ops::Range};

pub use crate::row::Type;
use crate::{
    Timestamp,
    row::{FACTS, Flaw},
    stats::Limits,
};

/// Why a text is no expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {}: {kind}", column)]
pub struct QueryError {
    /// The error.
    pub kind: QueryErrorKind,
    /// The bytes of the text that are wrong; empty behind its end.
    pub at: Range<usize>,
    /// The first of them, counted in characters from 1.
    pub column: usize,
}

/// The kinds of [`QueryError`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryErrorKind {
    /// Something else should stand here.
    #[error("expected {}, found {}", List(expected), Found(found))]
    Expected {
        /// The tokens that may stand here.
        expected: Vec<Expected>,
        /// The token that stands here; nothing at the end.
        found: Option<String>,
    },
    /// A character that begins nothing.
    #[error("{0:?} begins nothing")]
    NoToken(char),
    /// A quote that is not closed.
    #[error("the {0} here is not closed")]
    OpenQuote(char),
    /// More than a person writes.
    #[error("the expression is too long: it has more than 1,000 words")]
    TooLong,
    /// More levels than a stack is trusted with.
    #[error(
        "the expression is nested too deeply: use fewer parentheses within parentheses, and at most 60 terms in one sum"
    )]
    TooDeep,
    /// No field, column or function has this name.
    #[error("there is no field or column {}{}", Quoted(name), Instead { name, similar })]
    Unknown {
        /// The name.
        name: String,
        /// A name that is much like it.
        similar: Option<String>,
    },
    /// No function has this name.
    #[error("there is no function {}{}", Quoted(name), WithoutParentheses { name, similar })]
    UnknownFunction {
        /// The name.
        name: String,
        /// A name that is much like it.
        similar: Option<String>,
    },
    /// No function of the rows of a group has this name.
    #[error(
        "there is no figure {}; there are count, distinct, sum, mean, min, max, median, p1 to p99 and quantile{}",
        Quoted(name),
        DidYouMean(similar)
    )]
    UnknownGroupFunction {
        /// The name.
        name: String,
        /// A name that is much like it.
        similar: Option<String>,
    },
    /// Something else than a figure of a group.
    #[error("a figure is wanted here, such as count(), distinct(user) or p95(took)")]
    NeedsGroupFunction,
    /// A field that only the row itself has.
    #[error("{} is known of the row itself, not of its neighbours", Quoted(.0))]
    NotOfNeighbours(String),
    /// A function with too many or too few values.
    #[error("{function} takes {takes}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// The arguments that it takes.
        takes: &'static str,
    },
    /// Two values that do not go together.
    #[error("{left} and {right} cannot be {verb}")]
    Mismatch {
        /// Type of the left one.
        left: Type,
        /// Type of the right one.
        right: Type,
        /// The operation that was asked for.
        verb: &'static str,
    },
    /// A value of the wrong type.
    #[error("expected {expected}, this is {found}{}", Advice { expected: *expected, found: *found })]
    Type {
        /// The type that should stand here.
        expected: Type,
        /// The type that stands here.
        found: Type,
    },
    /// A word that is compared with a fault and is the name of none.
    #[error(
        "there is no fault {}{}; there are length, character, overflow, uuid and absent",
        Quoted(word),
        DidYouMean(similar)
    )]
    UnknownFault {
        /// The word.
        word: String,
        /// A name that is much like it.
        similar: Option<String>,
    },
    /// A number with letters behind it that are no unit.
    #[error(
        "{} has no unit that is known: there are ms, s, m, h, d, w and y; a month has no length, write its dates",
        Quoted(.0)
    )]
    Unit(String),
    /// The begin of an ID where a whole one is wanted.
    #[error(
        "{0} is the begin of an ID, which has 26 characters; the IDs that begin so are those of `id starts with {0:?}`"
    )]
    BeginOfId(String),
    /// `by` where rows are looked at one by one.
    #[error(
        "the rows of a writer are told apart in a pass over all rows, which is not made here; filter a file by it, or use --check --by"
    )]
    NoWriters,
    /// A file of values that cannot be used.
    #[error("{0}")]
    File(String),
    /// Text that should be an ID.
    #[error("this is no ID: {0}")]
    Id(String),
    /// Text that should be a time.
    #[error("this is no time: {0}; write it as 2025-03-01T12:00:00Z, or a prefix such as 2025-03")]
    Time(String),
    /// A number beside a time that was computed, such as `20250 - 3`.
    #[error(
        "a computed number is no time: write a date as 2025-03-01, or milliseconds as one number"
    )]
    ComputedTime,
    /// Text that should be the begin of an ID.
    #[error("no ID begins like this: up to 26 characters of the alphabet, the first 0 to 7")]
    Prefix,
    /// A pattern that is no regular expression.
    #[error("this is no regular expression: {0}")]
    Regex(String),
    /// An operator that needs a value that is known beforehand.
    #[error("{0} needs a text in quotes on its right")]
    NeedsText(&'static str),
    /// A function over all rows inside of a condition for one, or inside of another.
    #[error("{0} looks at all rows; it cannot stand in a condition or in another such function")]
    Aggregate(&'static str),
}

/// A kind of token that may stand at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Expected {
    /// A field, column, value or function.
    Value,
    /// The name of a field or column, behind `prev.` or `next.`.
    Field,
    /// `==`, `<`, `in` and their like.
    Comparison,
    /// `+`, `-`, `*`, `/`, `%`.
    Arithmetic,
    /// `..` or `..=`.
    Range,
    /// This word.
    Word(&'static str),
    /// This sign.
    Sign(&'static str),
    /// Nothing more.
    End,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Value => f.write_str("a field, column or value"),
            Expected::Field => f.write_str("a field or column"),
            Expected::Comparison => f.write_str("a comparison such as =="),
            Expected::Arithmetic => f.write_str("an operator such as +"),
            Expected::Range => f.write_str(".."),
            Expected::Word(word) | Expected::Sign(word) => write!(f, "{word:?}"),
            Expected::End => f.write_str("the end"),
        }
    }
}

impl QueryError {
    /// The column is set by [`QueryError::in_text`].
    pub(super) fn new(kind: QueryErrorKind, at: Range<usize>) -> QueryError {
        QueryError {
            kind,
            at,
            column: 0,
        }
    }

    pub(super) fn in_text(self, text: &str) -> QueryError {
        let before = text.get(..self.at.start).unwrap_or(text);
        QueryError {
            column: before.chars().count() + 1,
            ..self
        }
    }
}

struct List<'a>(&'a [Expected]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, expected) in self.0.iter().enumerate() {
            match position {
                0 => {}
                _ if position + 1 == self.0.len() => f.write_str(" or ")?,
                _ => f.write_str(", ")?,
            }
            write!(f, "{expected}")?;
        }
        Ok(())
    }
}

struct Found<'a>(&'a Option<String>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(found) if found.eq_ignore_ascii_case("is") => {
                write!(
                    f,
                    "{}; behind it only `null` and `not null` stand",
                    Quoted(found)
                )
            }
            Some(found) => write!(f, "{}", Quoted(found)),
            None => f.write_str("the end"),
        }
    }
}

/// A name or word of the text in quotes, of which a message needs no more than the begin.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 60;
        match self.0.char_indices().nth(MOST) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => write!(f, "{:?}", format!("{}…", &self.0[..end])),
        }
    }
}

/// Words for what may be meant by a name that there is not.
struct Instead<'a> {
    name: &'a str,
    similar: &'a Option<String>,
}

impl fmt::Display for Instead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_null = ["null", "none", "nil", "nan"].contains(&self.name.to_lowercase().as_str());
        if is_null {
            return f.write_str("; where a value is missing, `is null` holds");
        }
        if let Some(flaw) = Flaw::named(&self.name.to_lowercase()) {
            return write!(
                f,
                "; the rows of this flaw meet `{}`",
                flaw.condition(Limits::at(Timestamp::MAX))
            );
        }
        match self.similar {
            Some(_) => DidYouMean(self.similar).fmt(f),
            None => f.write_str("; a text stands in quotes"),
        }
    }
}

/// Words for how a value becomes a condition or a text, where one is wanted.
struct Advice {
    expected: Type,
    found: Type,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if (self.expected, self.found) == (Type::Text, Type::Id) {
            return f.write_str(
                "; `text(id)` is the text of one, and `id starts with` takes the begin",
            );
        }
        let comparison = match self.found {
            _ if self.expected != Type::Bool => return Ok(()),
            Type::Bool | Type::Range => return Ok(()),
            Type::Number => "> 5",
            Type::Duration => "> 1h",
            Type::Time => ">= 2025-03",
            Type::Id => "is not null",
            Type::Text => "contains \"a\"",
            Type::Column => "== \"a\"",
        };
        write!(f, "; compare it, as by `{comparison}`")
    }
}

/// Words for what may be meant by a function that there is not.
struct WithoutParentheses<'a> {
    name: &'a str,
    similar: &'a Option<String>,
}

impl fmt::Display for WithoutParentheses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_value = self.name == "now" || FACTS.iter().any(|entry| entry.name == self.name);
        match is_value {
            true => write!(f, "; write `{}` without parentheses", self.name),
            false => DidYouMean(self.similar).fmt(f),
        }
    }
}

struct DidYouMean<'a>(&'a Option<String>);

impl fmt::Display for DidYouMean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, "; did you mean {name:?}?"),
            None => Ok(()),
        }
    }
}
