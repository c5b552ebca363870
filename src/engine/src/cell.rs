//! The cell of a row with the type that its source gives it. What a front end makes of a type is not known here, and
//! nothing is guessed of text.

use std::borrow::Cow;

/// A cell of a row, with the type that its source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The row has no such cell.
    Missing,
    /// The source says that there is no value.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, with its digits as they are written: `1.50`, `12345678901234567890123`.
    Number(&'a str),
    /// Text: a field of a table without its quotes, a text of JSON without its escapes. Bytes that are not UTF-8 became
    /// U+FFFD.
    Text(Cow<'a, str>),
    /// A list of JSON, as it is written.
    List(Cow<'a, str>),
    /// An object of JSON, as it is written.
    Object(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// The cell that a value of JSON is. `json` has to be one; a text whose escapes mean nothing stays as it is written.
    #[must_use]
    pub fn of_json(json: &'a str) -> Cell<'a> {
        match json.as_bytes() {
            b"null" => Cell::Null,
            b"true" => Cell::Bool(true),
            b"false" => Cell::Bool(false),
            [b'"', text @ .., b'"'] if !text.contains(&b'\\') => {
                Cell::Text(Cow::Borrowed(json.get(1..json.len() - 1).unwrap_or(json)))
            }
            [b'"', ..] => {
                let meant = serde_json::from_str::<String>(json);
                Cell::Text(meant.map_or(Cow::Borrowed(json), Cow::Owned))
            }
            [b'[', ..] => Cell::List(Cow::Borrowed(json)),
            [b'{', ..] => Cell::Object(Cow::Borrowed(json)),
            _ => Cell::Number(json),
        }
    }

    /// The cell as text: nothing for none, a list or an object without white space between its values.
    #[must_use]
    pub fn into_text(self) -> Cow<'a, str> {
        match self {
            Cell::Missing | Cell::Null => Cow::Borrowed(""),
            Cell::Bool(true) => Cow::Borrowed("true"),
            Cell::Bool(false) => Cow::Borrowed("false"),
            Cell::Number(digits) => Cow::Borrowed(digits),
            Cell::Text(text) => text,
            Cell::List(json) | Cell::Object(json) => match json {
                Cow::Borrowed(json) => compact(json),
                Cow::Owned(json) => Cow::Owned(compact(&json).into_owned()),
            },
        }
    }
}

/// Type that a source declares for the cells of a column. Only Parquet declares types so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellType {
    /// Text, and nothing but text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// A day or a time, as text: `2024-01-01`, `2024-01-01T10:00:00.000Z`; without the `Z` it is on the clock of a wall of
    /// which nothing else is known. One that no calendar has is the number that the source has for it.
    Time,
    /// Time since midnight, as text: `10:00:00.000`.
    TimeOfDay,
    /// A list of JSON, with the type of its elements.
    List(Box<CellType>),
    /// An object of JSON, with the names and types of its members.
    Object(Vec<(String, CellType)>),
    /// An object of JSON with the type of its values, whose names are not told beforehand.
    Map(Box<CellType>),
}

impl CellType {
    /// The cell that a text is. `is_quoted` tells an empty text from none.
    pub(crate) fn cell<'a>(&self, text: Cow<'a, str>, is_quoted: bool) -> Cell<'a> {
        match (self, text) {
            (_, text) if text.is_empty() && !is_quoted => Cell::Null,
            (CellType::Number, Cow::Borrowed(digits)) => Cell::Number(digits),
            (CellType::Time, Cow::Borrowed(digits)) if digits.parse::<i64>().is_ok() => {
                Cell::Number(digits)
            }
            (CellType::Bool, text) if text == "true" || text == "false" => {
                Cell::Bool(text == "true")
            }
            (CellType::List(_), text) if text.starts_with('[') => Cell::List(text),
            (CellType::Object(_) | CellType::Map(_), text) if text.starts_with('{') => {
                Cell::Object(text)
            }
            (_, text) => Cell::Text(text),
        }
    }
}

/// JSON without the white space outside of its texts, and otherwise as it is written.
#[must_use]
pub fn compact(json: &str) -> Cow<'_, str> {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    if !json.bytes().any(is_blank) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let (mut in_text, mut is_escaped) = (false, false);
    for character in json.chars() {
        let is_outside = !in_text && u8::try_from(character).is_ok_and(is_blank);
        if !is_outside {
            text.push(character);
        }
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = in_text,
            '"' => in_text = !in_text,
            _ => {}
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_types_and_its_digits() {
        for (json, cell, text) in [
            ("null", Cell::Null, ""),
            ("true", Cell::Bool(true), "true"),
            ("1.50", Cell::Number("1.50"), "1.50"),
            ("-0", Cell::Number("-0"), "-0"),
            (
                "12345678901234567890123",
                Cell::Number("12345678901234567890123"),
                "12345678901234567890123",
            ),
            (r#""a\/b""#, Cell::Text("a/b".into()), "a/b"),
            (r#""""#, Cell::Text("".into()), ""),
            ("[1, 2.0]", Cell::List("[1, 2.0]".into()), "[1,2.0]"),
            (
                "{\"a b\" :\n\t\"c \\\" d\"}",
                Cell::Object("{\"a b\" :\n\t\"c \\\" d\"}".into()),
                "{\"a b\":\"c \\\" d\"}",
            ),
        ] {
            assert_eq!(Cell::of_json(json), cell, "{json}");
            assert_eq!(cell.into_text(), text, "{json}");
        }
    }
}
