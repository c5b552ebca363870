//! `other` and `other.name` in expressions: whether another file of the session has the ID of a row, and a column of its row.
//!
//! These names are other words for expressions of the query language: `id in file("b.csv")` and `lookup("b.csv", id, "name")`. A client
//! may be another person, who is not to look into files, so that these two are left to the files that are open.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use ulid_engine::query::{Expression, Query, QueryError, Scope};

/// Expressions that are kept, for each has read the other files.
const KEPT: usize = 64;
/// Words whose meaning changes with the time of day.
const OF_NOW: [&str; 3] = ["now", "age", "future"];

/// The other files, and what was read with them.
#[derive(Debug, Default)]
pub(super) struct Others {
    paths: Vec<PathBuf>,
    conditions: Mutex<HashMap<String, Query>>,
    expressions: Mutex<HashMap<String, Expression>>,
}

/// A text in which `other` is written out.
#[derive(Debug, Default)]
struct Written {
    text: String,
    /// The place of each of them in the text, and where it stood, in characters.
    places: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    begin: usize,
    end: usize,
    before: usize,
    before_end: usize,
}

impl Others {
    pub(super) fn new(paths: Vec<PathBuf>) -> Others {
        Others {
            paths,
            ..Others::default()
        }
    }

    /// A condition that speaks of other files; none where the text does not.
    pub(super) fn condition(
        &self,
        text: &str,
        scope: &Scope<'_>,
    ) -> Option<Result<Query, QueryError>> {
        self.read(text, scope, &self.conditions, Query::parse)
    }

    /// An expression that speaks of other files; none where the text does not.
    pub(super) fn expression(
        &self,
        text: &str,
        scope: &Scope<'_>,
    ) -> Option<Result<Expression, QueryError>> {
        self.read(text, scope, &self.expressions, Expression::parse)
    }

    fn read<T: Clone>(
        &self,
        text: &str,
        scope: &Scope<'_>,
        kept: &Mutex<HashMap<String, T>>,
        parse: impl Fn(&str, &Scope<'_>) -> Result<T, QueryError>,
    ) -> Option<Result<T, QueryError>> {
        let words = words(text);
        let of_other = |word: &&Word<'_>| word.is_other(scope.columns);
        if self.paths.is_empty() || !words.iter().any(|word| of_other(&word)) {
            return None;
        }
        // these would read any file
        if words
            .iter()
            .any(|word| ["file", "lookup"].contains(&word.text) && word.is_called)
        {
            return None;
        }
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(text) {
            return Some(Ok(known.clone()));
        }
        let scope = Scope {
            files: Some(std::path::Path::new("")),
            ..*scope
        };
        let written = self.written(text, &words, &scope);
        let read = parse(&written.text, &scope).map_err(|error| written.put_right(error));
        let changes = words.iter().any(|word| OF_NOW.contains(&word.text));
        if let (Ok(read), false, true) = (&read, changes, kept.len() < KEPT) {
            kept.insert(text.to_owned(), read.clone());
        }
        Some(read)
    }

    fn written(&self, text: &str, words: &[Word<'_>], scope: &Scope<'_>) -> Written {
        let mut written = Written::default();
        let mut from = 0;
        for word in words.iter().filter(|word| word.is_other(scope.columns)) {
            written.text += text.get(from..word.begin).unwrap_or_default();
            let begin = written.text.chars().count();
            written.text += &self.meaning(word, scope);
            written.places.push(Place {
                begin,
                end: written.text.chars().count(),
                before: characters(text, word.begin),
                before_end: characters(text, word.end),
            });
            from = word.end;
        }
        written.text += text.get(from..).unwrap_or_default();
        written
    }

    /// The meaning of a word in the query language.
    fn meaning(&self, word: &Word<'_>, scope: &Scope<'_>) -> String {
        let files = self
            .paths
            .iter()
            .map(|path| quoted(&path.display().to_string()));
        let Some(name) = word.name else {
            let parts: Vec<String> = files.map(|file| format!("id in file({file})")).collect();
            return format!("({})", parts.join(" or "));
        };
        let name = quoted(name);
        let parts: Vec<String> = files
            .map(|file| format!("lookup({file}, id, {name})"))
            .collect();
        if parts.len() == 1 {
            return parts.concat();
        }
        // of several files those are asked that have such a column
        let has = |part: &&String| Expression::parse(part, scope).is_ok();
        let known: Vec<&str> = parts.iter().filter(has).map(String::as_str).collect();
        match known.as_slice() {
            [] => parts.into_iter().next().unwrap_or_default(),
            [one] => (*one).to_owned(),
            several => format!("coalesce({})", several.join(", ")),
        }
    }
}

impl Written {
    /// An error as it stands in the text of the person.
    fn put_right(&self, error: QueryError) -> QueryError {
        let mut column = error.column;
        for place in self.places.iter().rev() {
            // columns are counted from 1
            let at = error.column.saturating_sub(1);
            if at >= place.end {
                column = at - place.end + place.before_end + 1;
                break;
            }
            if at >= place.begin {
                column = place.before + 1;
                break;
            }
        }
        QueryError { column, ..error }
    }
}

/// A word outside of quotes.
#[derive(Debug)]
struct Word<'a> {
    text: &'a str,
    /// The name behind `other.`.
    name: Option<&'a str>,
    begin: usize,
    end: usize,
    /// True behind a dot: it is a part of another name.
    is_part: bool,
    is_called: bool,
}

impl Word<'_> {
    /// True if it speaks of another file; a column of that name comes first.
    fn is_other(&self, columns: &[String]) -> bool {
        let is_column = |name: &str| columns.iter().any(|column| column == name);
        let whole = self.name.map(|name| format!("other.{name}"));
        self.text == "other"
            && !self.is_part
            && !self.is_called
            && !is_column(whole.as_deref().unwrap_or("other"))
    }
}

/// The words of an expression.
fn words(text: &str) -> Vec<Word<'_>> {
    let bytes = text.as_bytes();
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\'' | b'`') {
            at = end_of_quotes(bytes, at);
            continue;
        }
        let end = end_of_word(bytes, at);
        if end == at {
            at += 1;
            continue;
        }
        let is_part = at > 0 && bytes.get(at - 1) == Some(&b'.');
        let (name, end) = name_behind(text, at, end);
        let mut rest = bytes
            .iter()
            .skip(end)
            .filter(|byte| !byte.is_ascii_whitespace());
        words.push(Word {
            text: text.get(at..end_of_word(bytes, at)).unwrap_or_default(),
            name,
            begin: at,
            end,
            is_part,
            is_called: rest.next() == Some(&b'('),
        });
        at = end;
    }
    words
}

/// The name behind the dot of `other.`, which may stand in backticks, and where it ends.
fn name_behind(text: &str, begin: usize, end: usize) -> (Option<&str>, usize) {
    let bytes = text.as_bytes();
    if text.get(begin..end) != Some("other") || bytes.get(end) != Some(&b'.') {
        return (None, end);
    }
    let start = end + 1;
    if bytes.get(start) == Some(&b'`') {
        let close = end_of_quotes(bytes, start);
        return (text.get(start + 1..close.saturating_sub(1)), close);
    }
    let close = end_of_word(bytes, start);
    match close > start {
        true => (text.get(start..close), close),
        false => (None, end),
    }
}

fn end_of_word(bytes: &[u8], begin: usize) -> usize {
    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || !byte.is_ascii();
    begin + bytes.iter().skip(begin).take_while(is_word).count()
}

/// The end of a text in quotes, the closing one included.
fn end_of_quotes(bytes: &[u8], begin: usize) -> usize {
    let quote = bytes.get(begin);
    let mut at = begin + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            byte if Some(byte) == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn characters(text: &str, end: usize) -> usize {
    text.get(..end).unwrap_or_default().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_quotes_and_of_other_names_stay() {
        let columns = ["other".to_owned()];
        for (text, columns, expected) in [
            ("not other", &[][..], 1),
            ("other.took > took and other", &[], 2),
            ("other.`user name` == \"x\"", &[], 1),
            ("text contains \"other.took\"", &[], 0),
            ("prev.other == 1", &[], 0),
            ("another == 1", &[], 0),
            ("other == 1", &columns, 0),
            ("other.took == 1", &columns, 1),
            ("\"an open quote other", &[], 0),
        ] {
            let found = words(text);
            let count = found.iter().filter(|word| word.is_other(columns)).count();
            assert_eq!(count, expected, "{text}");
        }
    }

    #[test]
    fn places_of_errors_are_those_of_what_was_typed() {
        let others = Others::new(vec!["/no/such/b.csv".into()]);
        let columns = [];
        let zone = ulid_engine::timestamp::TimeZone::UTC;
        let scope = Scope {
            columns: &columns,
            any_column: false,
            now: ulid_engine::Timestamp::MIN,
            zone: &zone,
            files: None,
            writers: true,
        };
        let error = |text: &str| {
            let read = others.condition(text, &scope).unwrap();
            read.unwrap_err().to_string()
        };
        assert!(error("valid and other").starts_with("column 11: /no/such/b.csv"));
        assert!(
            error("time > and other").starts_with("column 8: "),
            "{}",
            error("time > and other")
        );
        // no other file than those that are open
        assert!(
            others
                .condition("other and id in file(\"/etc/passwd\")", &scope)
                .is_none()
        );
        assert!(others.condition("valid", &scope).is_none());
        assert!(Others::default().condition("other", &scope).is_none());
    }
}
