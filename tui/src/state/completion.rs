//! Words that a line can go on with, written one after another.

use tui_input::Input;
use ulid_engine::query;

use super::export::at_home;

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
    /// What fits at a character of a line, as `complete` has it for a byte; nothing where no word does.
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
