//! Commands by what is typed: which are meant, the likeliest first, and what is written behind their names.

use super::Purpose;
use crate::{
    action::{Action, Entry, REGISTRY},
    keymap::Keymap,
};

/// Other names of commands, from programs that people know.
const ALIASES: &[(&str, Action)] = &[
    ("sort", Action::SortBy),
    ("w", Action::Export),
    ("write", Action::Export),
    ("q!", Action::Quit),
    ("exit", Action::Quit),
    ("freq", Action::Values),
];

/// How well a command fits what was typed. The best comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// A key of the command.
    Key,
    /// The name of the command.
    Name,
    /// Its name begins so.
    Begin,
    /// A word of its name begins so.
    Word,
    /// All of its words stand in the name, a key, the help or the heading.
    Help,
}

/// The commands that a text may mean, the likeliest first: what Enter runs is what is shown first. All of them, in the
/// order of help, for no text. A command that is named in full and has something written behind it is the only one.
#[must_use]
pub(crate) fn matching(text: &str, keymap: &Keymap) -> Vec<&'static Entry> {
    let text = text.trim();
    if is_place(text) {
        return Vec::new();
    }
    if let Some((entry, ..)) = with_argument(text, keymap) {
        return vec![entry];
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = REGISTRY.iter().filter_map(|entry| {
        let fit = fit(entry, text, &words, keymap)?;
        Some((fit, entry))
    });
    let mut fits: Vec<_> = fits.collect();
    if !text.is_empty() {
        fits.sort_by_key(|(fit, _)| *fit);
    }
    fits.into_iter().map(|(_, entry)| entry).collect()
}

/// True for a text that is somewhere to go to, and no command: a number, a percentage, or a time behind `@`.
#[must_use]
pub(crate) fn is_place(text: &str) -> bool {
    text.trim_start()
        .starts_with(|first: char| first == '@' || first.is_ascii_digit())
}

/// A command that is named in full, what it takes, and what is written behind it.
pub(super) fn with_argument<'t>(
    text: &'t str,
    keymap: &Keymap,
) -> Option<(&'static Entry, Purpose, &'t str)> {
    let (name, argument) = text.trim().split_once(char::is_whitespace)?;
    let entry = REGISTRY.iter().find(|entry| {
        let fit = fit(entry, name, &[], keymap);
        matches!(fit, Some(Fit::Key | Fit::Name))
    })?;
    Some((entry, taken_by(entry.action)?, argument.trim()))
}

/// The purpose of the line that a command asks for, if it asks for one.
fn taken_by(action: Action) -> Option<Purpose> {
    Some(match action {
        Action::Find => Purpose::Find,
        Action::Filter => Purpose::Filter,
        Action::SortBy => Purpose::Sort,
        Action::Values => Purpose::Values,
        Action::StackBy => Purpose::Stack,
        Action::Drift => Purpose::Drift,
        Action::Export => Purpose::Export,
        Action::GoToColumn => Purpose::Column,
        Action::ChooseZone => Purpose::Zone,
        _ => return None,
    })
}

fn fit(entry: &Entry, text: &str, words: &[String], keymap: &Keymap) -> Option<Fit> {
    let is_alias = |&(alias, action): &(&str, Action)| alias == text && action == entry.action;
    let lower = text.to_lowercase();
    if keymap.keys_of(entry).iter().any(|key| key == text) {
        Some(Fit::Key)
    } else if entry.name == lower || ALIASES.iter().any(is_alias) {
        Some(Fit::Name)
    } else if entry.name.starts_with(&lower) {
        Some(Fit::Begin)
    } else if entry.name.split('-').any(|word| word.starts_with(&lower)) {
        Some(Fit::Word)
    } else {
        has_words(entry, words, keymap).then_some(Fit::Help)
    }
}

fn has_words(entry: &Entry, words: &[String], keymap: &Keymap) -> bool {
    let help = entry.help.to_lowercase();
    let heading = entry.group.title().to_lowercase();
    let keys = keymap.keys_of(entry);
    words.iter().all(|word| {
        entry.name.contains(word)
            || help.contains(word)
            || heading.contains(word)
            || keys.iter().any(|key| key.to_lowercase() == *word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<Action> {
        let found = matching(text, &Keymap::default());
        found.first().map(|entry| entry.action)
    }

    #[test]
    fn every_name_and_every_key_runs_its_own_command() {
        for entry in REGISTRY {
            assert_eq!(first(entry.name), Some(entry.action), "{}", entry.name);
            // a digit goes to a row
            for key in entry.keys.iter().filter(|key| !is_place(key)) {
                assert_eq!(first(key), Some(entry.action), "{key}");
            }
        }
    }

    #[test]
    fn what_people_type_elsewhere_is_understood() {
        for (text, action) in [
            ("q", Action::Quit),
            ("q!", Action::Quit),
            ("quit", Action::Quit),
            ("QUIT", Action::Quit),
            ("w", Action::Export),
            ("w out.csv", Action::Export),
            ("sort", Action::SortBy),
            ("sort took", Action::SortBy),
            ("filter n > 1", Action::Filter),
            ("zone Europe/Berlin", Action::ChooseZone),
            ("zo", Action::ZoomIn),
            ("invalid", Action::ShowInvalid),
        ] {
            assert_eq!(first(text), Some(action), "{text}");
        }
        assert_eq!(first("nothing of the kind"), None);
        assert_eq!(first("17"), None);
    }

    #[test]
    fn a_key_that_the_configuration_moved_runs_what_it_is_bound_to() {
        let moved = [("quit".to_owned(), vec!["x".to_owned()])].into();
        let (keymap, _) = Keymap::with(&moved).unwrap();
        let found = matching("x", &keymap);
        assert_eq!(found.first().map(|entry| entry.action), Some(Action::Quit));
        let found = matching("q", &keymap);
        assert_ne!(found.first().map(|entry| entry.name), None);
    }
}
