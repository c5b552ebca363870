//! Texts and times that are searched for, as data.

use std::fmt;

use ulid_engine::Timestamp;

/// A text that is searched for, in either case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// The text, or a regular expression.
    pub text: String,
    /// True for a regular expression.
    pub is_regex: bool,
    /// The column of the file that it is looked for in; `None` for the whole row.
    pub column: Option<String>,
}

impl Pattern {
    /// A search as it is typed: a regular expression behind `~`, and else a text.
    #[must_use]
    pub(crate) fn typed(text: &str, column: Option<String>) -> Pattern {
        let expression = text.strip_prefix('~');
        Pattern {
            text: expression.unwrap_or(text).to_owned(),
            is_regex: expression.is_some(),
            column,
        }
    }

    /// The regular expression that finds it.
    #[must_use]
    pub(crate) fn expression(&self) -> String {
        match self.is_regex {
            true => self.text.clone(),
            false => regex::escape(&self.text),
        }
    }

    /// True if a query can only look for it as a regular expression.
    #[must_use]
    pub(crate) fn needs_condition(&self) -> bool {
        self.is_regex || self.column.is_some()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_regex {
            true => write!(f, "~{}", self.text)?,
            false => write!(f, "{:?}", self.text)?,
        }
        match &self.column {
            Some(column) => write!(f, " in {column}"),
            None => Ok(()),
        }
    }
}

/// The aim of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Needle {
    /// A text in the row, in either case.
    Text(Pattern),
    /// An ID of this time or a later one.
    Time(Timestamp),
}
