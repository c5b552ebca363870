//! Random actions, held against a model of plain vectors that sorts and filters anew each time.

use proptest::prelude::*;
use ulid_engine::{
    Ulid, codec,
    dataset::{Dataset, Format, OpenOptions},
};

use super::*;

/// The model: what is shown is computed from nothing but the lines and a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Words {
    by_id: bool,
    descending: bool,
    only: Only,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Only {
    All,
    Invalid,
    Duplicates,
}

struct Model {
    ids: Vec<Option<Ulid>>,
    history: Vec<Words>,
    at: usize,
}

impl Model {
    fn now(&self) -> Words {
        self.history[self.at]
    }

    fn rows(&self) -> Vec<usize> {
        let words = self.now();
        let mut rows: Vec<usize> = (0..self.ids.len())
            .filter(|&row| self.is_shown(row))
            .collect();
        if words.by_id {
            let (mut valid, invalid): (Vec<_>, Vec<_>) =
                rows.into_iter().partition(|&row| self.ids[row].is_some());
            valid.sort_by_key(|&row| self.ids[row]);
            if words.descending {
                // the largest first, and equal ones still in their order
                valid.reverse();
                valid.sort_by_key(|&row| std::cmp::Reverse(self.ids[row]));
                let mut start = 0;
                while start < valid.len() {
                    let same = valid[start..]
                        .iter()
                        .take_while(|&&row| self.ids[row] == self.ids[valid[start]])
                        .count();
                    valid[start..start + same].sort_unstable();
                    start += same;
                }
            }
            valid.extend(invalid);
            return valid;
        }
        if words.only == Only::Duplicates {
            // copies beside each other
            let first = |row: &usize| self.ids.iter().position(|id| *id == self.ids[*row]);
            rows.sort_by_key(|row| (first(row), *row));
        }
        if words.descending {
            rows.reverse();
        }
        rows
    }

    fn is_shown(&self, row: usize) -> bool {
        let id = self.ids[row];
        match self.now().only {
            Only::All => true,
            Only::Invalid => id.is_none(),
            Only::Duplicates => {
                id.is_some() && self.ids.iter().filter(|other| **other == id).count() > 1
            }
        }
    }

    fn apply(&mut self, action: Action) {
        let mut words = self.now();
        let only = |words: &mut Words, only: Only, some: bool| {
            if some {
                words.only = if words.only == only { Only::All } else { only };
            }
        };
        match action {
            Action::SortById if words.by_id && !words.descending => words.descending = true,
            Action::SortById => (words.by_id, words.descending) = (true, false),
            Action::SortByPosition if !words.by_id && !words.descending => words.descending = true,
            Action::SortByPosition => (words.by_id, words.descending) = (false, false),
            Action::Reverse => words.descending = !words.descending,
            Action::ShowAll => words.only = Only::All,
            Action::ShowInvalid => {
                only(&mut words, Only::Invalid, self.ids.contains(&None));
            }
            Action::ShowDuplicates => {
                let ids: Vec<Ulid> = self.ids.iter().flatten().copied().collect();
                let some = (1..ids.len()).any(|at| ids[..at].contains(&ids[at]));
                only(&mut words, Only::Duplicates, some);
            }
            // each mark is a step of its own
            Action::Mark if !self.rows().is_empty() => {
                self.history.truncate(self.at + 1);
                self.history.push(words);
                self.at += 1;
            }
            Action::Undo => self.at = self.at.saturating_sub(1),
            Action::Redo => self.at = (self.at + 1).min(self.history.len() - 1),
            _ => {}
        }
        if !matches!(action, Action::Undo | Action::Redo) && words != self.now() {
            self.history.truncate(self.at + 1);
            self.history.push(words);
            self.at += 1;
        }
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        // few values, so that there are duplicates
        4 => (0..40_u128).prop_map(|low| codec::print(Ulid::from_u128(1_700_000_000_000 << 80 | low)).to_string()),
        1 => Just("no ULID".to_owned()),
        1 => Just(String::new()),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::SortById),
        Just(Action::SortByPosition),
        Just(Action::Reverse),
        Just(Action::ShowAll),
        Just(Action::ShowInvalid),
        Just(Action::ShowDuplicates),
        Just(Action::Undo),
        Just(Action::Redo),
        Just(Action::Down),
        Just(Action::PageDown),
        Just(Action::Up),
        Just(Action::First),
        Just(Action::Last),
        Just(Action::Mark),
        Just(Action::ToggleInspector),
        Just(Action::PageUp),
        Just(Action::HalfPageDown),
        Just(Action::HalfPageUp),
        Just(Action::WrapRows),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_list_is_what_the_model_says(
        lines in prop::collection::vec(line(), 1..60),
        actions in prop::collection::vec(action(), 1..40),
        height in 1_u16..40,
    ) {
        let text = lines.join("\n") + "\n";
        let options = OpenOptions { format: Some(Format::Lines), ..OpenOptions::default() };
        let dataset = Dataset::from_bytes("lines", text.into_bytes(), &options).unwrap();
        let now = "2026-11-23".parse().unwrap();
        let mut state = State::new(dataset.into(), Size::new(80, height), now);
        let effects = state.begin(state.view().clone());
        state.settle(effects);
        let mut model = Model {
            ids: lines.iter().map(|line| codec::parse(line, ulid_engine::Reading::Strict).ok()).collect(),
            history: vec![Words { by_id: false, descending: false, only: Only::All }],
            at: 0,
        };
        for action in actions {
            let effects = state.apply(action);
            state.settle(effects);
            model.apply(action);
            let rows: Vec<usize> =
                (0..state.listing().len()).filter_map(|place| state.listing().row(place)).collect();
            prop_assert_eq!(&rows, &model.rows(), "after {:?}", action);
            let page = state.page_rows().unwrap();
            let cursor = state.cursor().unwrap();
            prop_assert!(cursor < rows.len().max(1));
            prop_assert_eq!(page.rows.get(page.cursor).map(|row| row.index), rows.get(cursor).copied());
        }
    }
}
