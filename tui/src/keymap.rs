//! Keys to actions.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::InputRequest;

use crate::action::{Action, Entry, REGISTRY};

/// A key with what is held down beside it: `j`, `G`, `ctrl-d`, `shift-tab`, `f1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Chord {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Chord {
    /// The chord of a key event. A character carries its case in itself, so Shift is left out beside it.
    #[must_use]
    pub(crate) fn of(key: KeyEvent) -> Chord {
        let mut modifiers =
            key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        if matches!(key.code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers -= KeyModifiers::SHIFT;
        }
        Chord {
            code: key.code,
            modifiers,
        }
    }
}

/// A text that names no key, or one that no terminal sends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoSuchKey {
    /// A text that names none.
    #[error(
        "{0:?} is no key; write it as j, G, ctrl-d, alt-x, space, enter, esc, tab, pagedown or f1"
    )]
    Unknown(String),
    /// A key that comes as another one.
    #[error("{key:?} never comes: terminals send {comes} for it; write {comes}")]
    NeverComes {
        /// The key.
        key: String,
        /// The one that comes in its place.
        comes: String,
    },
}

/// Control characters that terminals send for keys of their own.
const SENT_AS: &[(char, &str)] = &[
    ('i', "tab"),
    ('m', "enter"),
    ('j', "enter"),
    ('h', "backspace"),
    ('[', "esc"),
];

const NAMED: &[(&str, KeyCode)] = &[
    ("space", KeyCode::Char(' ')),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("shift-tab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
];

const HELD: &[(&str, KeyModifiers)] = &[
    ("ctrl-", KeyModifiers::CONTROL),
    ("alt-", KeyModifiers::ALT),
    ("shift-", KeyModifiers::SHIFT),
];

impl FromStr for Chord {
    type Err = NoSuchKey;

    fn from_str(text: &str) -> Result<Chord, NoSuchKey> {
        let named = |name: &str| NAMED.iter().find(|(known, _)| *known == name);
        let mut rest = text;
        let mut modifiers = KeyModifiers::NONE;
        while named(rest).is_none() {
            let Some((prefix, modifier)) = HELD.iter().find(|(held, _)| rest.starts_with(held))
            else {
                break;
            };
            modifiers |= *modifier;
            rest = &rest[prefix.len()..];
        }
        let mut characters = rest.chars();
        let code = match (named(rest), characters.next(), characters.as_str()) {
            (Some((_, code)), ..) => *code,
            (None, Some(only), "") => KeyCode::Char(only),
            (None, Some('f'), number) => match number.parse() {
                Ok(number @ 1..=12) => KeyCode::F(number),
                _ => return Err(NoSuchKey::Unknown(text.to_owned())),
            },
            _ => return Err(NoSuchKey::Unknown(text.to_owned())),
        };
        match comes_as(code, modifiers) {
            Some(comes) => Err(NoSuchKey::NeverComes {
                key: text.to_owned(),
                comes,
            }),
            None => Ok(Chord { code, modifiers }),
        }
    }
}

/// The key that comes in the place of one that never does.
fn comes_as(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
    let KeyCode::Char(character) = code else {
        return None;
    };
    let has = |held| modifiers.contains(held);
    let rest = match has(KeyModifiers::ALT) {
        true => "alt-",
        false => "",
    };
    if has(KeyModifiers::CONTROL) {
        let lower = character.to_ascii_lowercase();
        let sent = SENT_AS.iter().find(|(letter, _)| *letter == lower);
        return match sent {
            Some((_, name)) => Some(format!("{rest}{name}")),
            None if character != lower || has(KeyModifiers::SHIFT) => {
                Some(format!("ctrl-{rest}{lower}"))
            }
            None => None,
        };
    }
    has(KeyModifiers::SHIFT).then(|| match character {
        ' ' => format!("{rest}space"),
        _ => format!("{rest}{}", character.to_uppercase()),
    })
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (prefix, modifier) in HELD {
            if self.modifiers.contains(*modifier) {
                f.write_str(prefix)?;
            }
        }
        let named = NAMED.iter().find(|(_, code)| *code == self.code);
        match (named, self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(character)) => write!(f, "{character}"),
            (None, KeyCode::F(number)) => write!(f, "f{number}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keymap {
    actions: HashMap<Chord, Action>,
}

impl Default for Keymap {
    /// The keys of the registry.
    fn default() -> Keymap {
        let actions = REGISTRY
            .iter()
            .flat_map(|entry| entry.keys.iter().map(|key| (key, entry.action)))
            .filter_map(|(key, action)| Some((key.parse().ok()?, action)))
            .collect();
        Keymap { actions }
    }
}

/// Why keys cannot be bound so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeymapError {
    /// The registry has no action of that name.
    #[error("{0:?} is no action; `ulid-tui --man` lists them")]
    NoSuchAction(String),
    /// A key that is none.
    #[error(transparent)]
    NoSuchKey(#[from] NoSuchKey),
    /// One key for two actions.
    #[error("{key} is given to both {first} and {second}")]
    Twice {
        /// The key.
        key: Chord,
        /// One of the actions.
        first: String,
        /// The other.
        second: String,
    },
}

impl Keymap {
    /// The keys of the registry, but for the actions named in `changes`, which have those given there and no others; and a
    /// sentence about actions that lose a key by it.
    ///
    /// # Errors
    ///
    /// [`KeymapError`] for a name or a key that is none, and for a key given twice.
    pub(crate) fn with(
        changes: &BTreeMap<String, Vec<String>>,
    ) -> Result<(Keymap, Option<String>), KeymapError> {
        let mut keymap = Keymap::default();
        let mut taken = Vec::new();
        let mut given: HashMap<Chord, &String> = HashMap::new();
        for name in changes.keys() {
            let entry = REGISTRY.iter().find(|entry| entry.name == name);
            let entry = entry.ok_or_else(|| KeymapError::NoSuchAction(name.clone()))?;
            keymap.actions.retain(|_, action| *action != entry.action);
        }
        for (name, keys) in changes {
            let entry = REGISTRY.iter().find(|entry| entry.name == name);
            for (key, entry) in keys.iter().zip(std::iter::repeat(entry)) {
                let key: Chord = key.parse()?;
                if let Some(first) = given.insert(key, name) {
                    let (first, second) = (first.clone(), name.clone());
                    return Err(KeymapError::Twice { key, first, second });
                }
                let Some(entry) = entry else { continue };
                if let Some(before) = keymap.actions.insert(key, entry.action)
                    && let Some(before) = REGISTRY.iter().find(|entry| entry.action == before)
                {
                    taken.push(format!("{key} is {name} now, and {} no more", before.name));
                }
            }
        }
        let told =
            (!taken.is_empty()).then(|| format!("the configuration says: {}", taken.join("; ")));
        Ok((keymap, told))
    }

    /// The keys of an action, those of the registry first.
    #[must_use]
    pub(crate) fn keys_of(&self, entry: &Entry) -> Vec<String> {
        let bound = self
            .actions
            .iter()
            .filter(|(_, action)| **action == entry.action);
        let mut keys: Vec<String> = bound.map(|(key, _)| key.to_string()).collect();
        keys.sort_by_key(|key| {
            let at = entry.keys.iter().position(|known| known == key);
            (at.unwrap_or(usize::MAX), key.clone())
        });
        keys
    }

    /// The first key of an action.
    #[must_use]
    pub(crate) fn key_of(&self, action: Action) -> Option<String> {
        let entry = REGISTRY.iter().find(|entry| entry.action == action)?;
        self.keys_of(entry).into_iter().next()
    }

    /// The action of a key while rows are browsed.
    #[must_use]
    pub(crate) fn action(&self, key: KeyEvent) -> Option<Action> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        self.actions.get(&Chord::of(key)).copied()
    }
}

/// The action of a key while a line is typed. These keys are those of every input line, and not remapped.
#[must_use]
pub(crate) fn editing(key: KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let request = match (key.code, key.modifiers) {
        (KeyCode::Enter, _) => return Some(Action::Accept),
        (KeyCode::Tab, _) => return Some(Action::Complete),
        (KeyCode::Char('t'), KeyModifiers::CONTROL) => return Some(Action::NextTake),
        (KeyCode::Esc, _) | (KeyCode::Char('c'), KeyModifiers::CONTROL) => {
            return Some(Action::Back);
        }
        (KeyCode::Up, _) | (KeyCode::Char('p'), KeyModifiers::CONTROL) => return Some(Action::Up),
        (KeyCode::Down, _) | (KeyCode::Char('n'), KeyModifiers::CONTROL) => {
            return Some(Action::Down);
        }
        (KeyCode::PageUp, _) => return Some(Action::PageUp),
        (KeyCode::PageDown, _) => return Some(Action::PageDown),
        (KeyCode::Char('z'), KeyModifiers::CONTROL) => return Some(Action::Suspend),
        (KeyCode::Char('w'), KeyModifiers::CONTROL) => InputRequest::DeletePrevWord,
        (KeyCode::Char('u'), KeyModifiers::CONTROL) => InputRequest::DeleteLine,
        (KeyCode::Char('k'), KeyModifiers::CONTROL) => InputRequest::DeleteTillEnd,
        (KeyCode::Char('a'), KeyModifiers::CONTROL) | (KeyCode::Home, _) => InputRequest::GoToStart,
        (KeyCode::Char('e'), KeyModifiers::CONTROL) | (KeyCode::End, _) => InputRequest::GoToEnd,
        (KeyCode::Left, _) => InputRequest::GoToPrevChar,
        (KeyCode::Right, _) => InputRequest::GoToNextChar,
        (KeyCode::Backspace, _) => InputRequest::DeletePrevChar,
        (KeyCode::Delete, _) => InputRequest::DeleteNextChar,
        (KeyCode::Char(character), held) if (held - KeyModifiers::SHIFT).is_empty() => {
            InputRequest::InsertChar(character)
        }
        _ => return None,
    };
    Some(Action::Edit(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_the_registry_is_a_key_and_prints_as_written() {
        for entry in REGISTRY {
            for key in entry.keys {
                let chord: Chord = key.parse().unwrap();
                assert_eq!(chord.to_string(), *key);
                assert_eq!(
                    Keymap::default().actions.get(&chord),
                    Some(&entry.action),
                    "{key}"
                );
            }
        }
    }

    #[test]
    fn a_text_that_names_no_key_is_refused() {
        for text in ["", "ctrl-", "f13", "f0", "jj", "hyper-j"] {
            assert_eq!(
                text.parse::<Chord>(),
                Err(NoSuchKey::Unknown(text.to_owned()))
            );
        }
        for (text, comes) in [
            ("shift-g", "G"),
            ("ctrl-i", "tab"),
            ("ctrl-m", "enter"),
            ("ctrl-S", "ctrl-s"),
            ("ctrl-shift-s", "ctrl-s"),
            ("alt-shift-x", "alt-X"),
            ("ctrl-[", "esc"),
        ] {
            let error = text.parse::<Chord>().unwrap_err().to_string();
            assert!(
                error.ends_with(&format!("write {comes}")),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn changed_keys_replace_those_of_the_registry() {
        let changes = BTreeMap::from([("quit".to_owned(), vec!["x".to_owned(), "j".to_owned()])]);
        let (keymap, told) = Keymap::with(&changes).unwrap();
        assert_eq!(
            told.as_deref(),
            Some(
                "the configuration says: x is quit now, and hide-column no more; j is quit now, and down no more"
            )
        );
        let action = |key| keymap.action(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE));
        assert_eq!(
            (action('x'), action('j')),
            (Some(Action::Quit), Some(Action::Quit))
        );
        assert_eq!((action('q'), action('k')), (None, Some(Action::Up)));
        let quit = REGISTRY
            .iter()
            .find(|entry| entry.action == Action::Quit)
            .unwrap();
        assert_eq!(keymap.keys_of(quit), ["j", "x"]);
    }

    #[test]
    fn shift_is_in_the_case_of_a_character() {
        let key = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(Keymap::default().action(key), Some(Action::Last));
        let release = KeyEvent::new_with_kind(
            KeyCode::Char('j'),
            KeyModifiers::NONE,
            KeyEventKind::Release,
        );
        assert_eq!(Keymap::default().action(release), None);
    }
}
