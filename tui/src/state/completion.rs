//! Words that a line can go on with, written one after another.

use std::sync::LazyLock;

use regex::Regex;
use tui_input::Input;
use ulid_engine::query;

use super::export::at_home;

/// A column that is compared, and the begin of a value.
static COMPARED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"(?:`([^`]+)`|([\p{L}_][\p{L}\p{N}_.]*))";
    let operator = r"\s*(?:==|!=|=|contains\s|starts with\s|ends with\s)\s*";
    let pattern = format!(r#"{name}{operator}("?)([^"]*)$"#);
    Regex::new(&pattern).ok()
});

/// The words that fit a place of a line.
#[derive(Debug, Clone)]
pub(super) struct Completion {
    before: String,
    after: String,
    pub(super) words: Vec<String>,
    /// Which is written next.
    next: usize,
}

impl Completion {
    /// Completions at a character of a line, as `complete` has it for a byte; nothing where no word does.
    pub(super) fn of(
        line: &str,
        character: usize,
        complete: impl Fn(&str, usize) -> Vec<query::Completion>,
    ) -> Option<Completion> {
        let at = line.char_indices().nth(character);
        let found = complete(line, at.map_or(line.len(), |(at, _)| at));
        let replaced = found.first()?.replaces.clone();
        let words = found
            .into_iter()
            .filter(|word| word.replaces == replaced)
            .map(|word| word.text);
        Some(Completion {
            before: line.get(..replaced.start)?.to_owned(),
            after: line.get(replaced.end..)?.to_owned(),
            words: words.collect(),
            next: 0,
        })
    }

    /// The completion of a line that differs from the one at hand in its first bytes alone.
    pub(super) fn beginning_with(mut self, line: &str) -> Completion {
        if let Some(before) = line.get(..self.before.len()) {
            before.clone_into(&mut self.before);
        }
        self
    }

    /// The values of a column that a condition begins at a character: behind `status == "fa`. `values` has those of a column,
    /// the most frequent first; it has none for what is no column.
    pub(super) fn of_values(
        line: &str,
        character: usize,
        values: impl Fn(&str) -> Vec<String>,
    ) -> Option<Completion> {
        let at = line.char_indices().nth(character);
        let at = at.map_or(line.len(), |(at, _)| at);
        let found = COMPARED.as_ref()?.captures(line.get(..at)?)?;
        let name = found.get(1).or(found.get(2))?.as_str();
        let begun = found.get(4)?;
        let start = found.get(3)?.start();
        let fits = |value: &String| {
            value
                .to_lowercase()
                .starts_with(&begun.as_str().to_lowercase())
        };
        let written = |value: String| match query::number_of_cell(&value) {
            Some(_) => value,
            None => query::quoted(&value),
        };
        let words: Vec<String> = values(name).into_iter().filter(fits).map(written).collect();
        (!words.is_empty()).then(|| Completion {
            before: line.get(..start).unwrap_or_default().to_owned(),
            after: line.get(at..).unwrap_or_default().to_owned(),
            words,
            next: 0,
        })
    }

    /// The names that a line begins, in either case.
    pub(super) fn among(line: &str, names: Vec<String>) -> Option<Completion> {
        let begun = line.to_lowercase();
        let fits = |name: &String| name.to_lowercase().starts_with(&begun);
        let words: Vec<String> = names.into_iter().filter(fits).collect();
        (!words.is_empty()).then(|| Completion {
            before: String::new(),
            after: String::new(),
            words,
            next: 0,
        })
    }

    /// The files and folders that a path begins.
    pub(super) fn of_path(line: &str) -> Option<Completion> {
        const MOST: usize = 200;
        let (folder, begun) = match line.rfind(['/', std::path::MAIN_SEPARATOR]) {
            Some(at) => line.split_at(at + 1),
            None => ("", line),
        };
        let place = match folder {
            "" => std::path::PathBuf::from("."),
            folder => at_home(folder),
        };
        let named = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry.ok()?;
            let is_folder = entry.path().is_dir();
            let mut name = entry.file_name().into_string().ok()?;
            let is_seen =
                name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.'));
            if is_folder {
                name.push('/');
            }
            is_seen.then_some(name)
        };
        let mut words: Vec<String> = std::fs::read_dir(place)
            .ok()?
            .filter_map(named)
            .take(MOST)
            .collect();
        words.sort();
        (!words.is_empty()).then(|| Completion {
            before: folder.to_owned(),
            after: String::new(),
            words,
            next: 0,
        })
    }

    /// The line with the next word, the cursor behind it; after the last word comes the first.
    pub(super) fn next(&mut self) -> Input {
        let word = self.words.get(self.next).map_or("", String::as_str);
        self.next = (self.next + 1) % self.words.len().max(1);
        let line = format!("{}{word}{}", self.before, self.after);
        let cursor = self.before.chars().count() + word.chars().count();
        Input::new(line).with_cursor(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_columns_are_written_on() {
        let words = |line: &str| {
            let values = |name: &str| match name {
                "status" | "order status" => ["failed", "paid", "false start"]
                    .map(str::to_owned)
                    .to_vec(),
                "n" => ["12", "7"].map(str::to_owned).to_vec(),
                _ => Vec::new(),
            };
            let found = Completion::of_values(line, line.chars().count(), values);
            found.map(|mut found| {
                let first = found.next().value().to_owned();
                (first, found.words.len())
            })
        };
        let some = |line: &str, count| Some((line.to_owned(), count));
        assert_eq!(
            words("valid and status == "),
            some("valid and status == \"failed\"", 3)
        );
        assert_eq!(words("status == \"fa"), some("status == \"failed\"", 2));
        assert_eq!(
            words("`order status` != PA"),
            some("`order status` != \"paid\"", 1)
        );
        assert_eq!(words("n = 1"), some("n = 12", 1));
        assert_eq!(words("other == "), None);
        assert_eq!(words("status == \"x"), None);
        assert_eq!(words("status"), None);
    }
}
