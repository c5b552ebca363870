use std::borrow::Cow;

/// A cell of a row, with the type that its source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The row has no such cell.
    Missing,
    /// Text, as a table has it, without its quotes; bytes that are not UTF-8 became U+FFFD.
    Text(Cow<'a, str>),
    /// A value of JSON, as it is written: a text with its quotes, a number with all of its digits.
    Json(&'a str),
}
