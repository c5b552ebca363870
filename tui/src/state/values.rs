//! The list of the values of an expression, over the table: which rows have them, and how many.

use std::sync::Arc;

use ulid_engine::{
    query::{compare_values, condition_of_value},
    stats::Limits,
};

use super::{Effect, Filter, Mode, State};
use crate::{
    action::Action,
    jobs::{Kind, Task},
    rows::{Tally, TallyRow},
};

/// The values of an expression, and the one under the cursor.
#[derive(Debug, Clone)]
pub struct ValueList {
    /// The expression.
    pub by: String,
    /// The values, once they are counted.
    pub tally: Option<Arc<Tally>>,
    /// The cursor.
    pub selected: usize,
    /// The first value in sight.
    pub top: usize,
    /// True if they stand in their own order, and not the most frequent first.
    pub by_value: bool,
    /// The rows that were counted: which, how far the source was indexed, and how many were shown.
    of: (Filter, u64, usize),
}

/// Rows from which on the first are looked at before all are counted.
const MANY: usize = 200_000;

impl ValueList {
    /// The values in the order in which they are shown.
    #[must_use]
    pub fn rows(&self) -> Vec<&TallyRow> {
        let tally = self.tally.as_deref();
        let mut rows: Vec<&TallyRow> =
            tally.map_or(Vec::new(), |tally| tally.rows.iter().collect());
        if self.by_value {
            rows.sort_by(|a, b| compare_values(&a.value, &b.value));
        }
        rows
    }

    /// Puts the cursor on a value, if there are so many.
    pub(super) fn select(&mut self, place: usize) {
        let count = self.tally.as_ref().map_or(0, |tally| tally.rows.len());
        if place < count {
            self.selected = place;
        }
    }

    fn keep_in_view(&mut self, page: usize) {
        let count = self.tally.as_ref().map_or(0, |tally| tally.rows.len());
        self.selected = self.selected.min(count.saturating_sub(1));
        let lowest = (self.selected + 1).saturating_sub(page.max(1));
        self.top = self.top.clamp(lowest, self.selected);
    }
}

impl State {
    /// Lists the values of an expression.
    pub(super) fn list_values(&mut self, by: String) -> Vec<Effect> {
        if let Err(error) = self.source.tallying(&by, self.now, &self.view.zone) {
            self.warn(error.to_string());
            return Vec::new();
        }
        self.mode = Mode::Values(ValueList {
            by,
            tally: None,
            selected: 0,
            top: 0,
            by_value: false,
            of: (Filter::All, 0, 0),
        });
        let mut effects: Vec<Effect> = self.recount_values(true).into_iter().collect();
        // of many rows the first are seen at once
        if self.listed().is_none() && self.extent.rows > MANY {
            let by = match &self.mode {
                Mode::Values(list) => list.by.clone(),
                _ => return effects,
            };
            let grouping = self.source.tallying(&by, self.now, &self.view.zone);
            effects.extend(
                grouping
                    .ok()
                    .map(|grouping| Effect::Start(Task::Glance(Box::new(grouping)))),
            );
        }
        effects
    }

    /// Counts the values once more where other rows are shown, or more have come.
    pub(super) fn recount_values(&mut self, is_new: bool) -> Option<Effect> {
        let of = (
            self.view.filter.clone(),
            self.extent.indexed,
            self.listing.len(),
        );
        let Mode::Values(list) = &mut self.mode else {
            return None;
        };
        let is_other = is_new || list.of.0 != of.0;
        if !is_other && (list.of.1, list.of.2) == (of.1, of.2) {
            return None;
        }
        list.of = of;
        let by = list.by.clone();
        let task = self.tallying(&by)?;
        Some(match is_other {
            true => Effect::Start(task),
            false => Effect::Renew(task),
        })
    }

    /// Takes what was counted, and has it counted once more where rows have come meanwhile.
    pub(super) fn take_tally(&mut self, tally: Arc<Tally>) -> Option<Effect> {
        let page = self.values_page();
        let is_behind = tally.total != self.listing.len() as u64;
        let Mode::Values(list) = &mut self.mode else {
            return None;
        };
        if tally.of_first.is_some() {
            // what is of all rows is not replaced by what is of some
            list.tally.get_or_insert(tally);
            return None;
        }
        list.tally = Some(tally);
        list.keep_in_view(page);
        let by = list.by.clone();
        is_behind
            .then(|| self.tallying(&by).map(Effect::Renew))
            .flatten()
    }

    fn tallying(&self, by: &str) -> Option<Task> {
        let grouping = self.source.tallying(by, self.now, &self.view.zone).ok()?;
        Some(Task::Tally(Box::new(grouping), self.listed()))
    }

    /// Values that fit the screen.
    fn values_page(&self) -> usize {
        // its heading takes a line of the table
        self.page().unsigned_abs().saturating_sub(1).max(1)
    }

    pub(super) fn values_action(&mut self, action: Action) -> Vec<Effect> {
        let page = self.values_page();
        let Mode::Values(list) = &mut self.mode else {
            return Vec::new();
        };
        let last = list.rows().len().saturating_sub(1);
        match action {
            Action::Down => list.selected += 1,
            Action::Up => list.selected = list.selected.saturating_sub(1),
            Action::PageDown => list.selected += page,
            Action::PageUp => list.selected = list.selected.saturating_sub(page),
            Action::HalfPageDown => list.selected += page.div_ceil(2),
            Action::HalfPageUp => list.selected = list.selected.saturating_sub(page.div_ceil(2)),
            Action::First => list.selected = 0,
            Action::Last => list.selected = last,
            Action::SortById | Action::SortBy | Action::Reverse => {
                list.by_value = !list.by_value;
                list.selected = 0;
            }
            Action::Pick | Action::Accept => return self.keep_value(true),
            Action::Exclude => return self.keep_value(false),
            Action::Undo | Action::Redo | Action::ShowAll => return self.browse(action),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Cancel | Action::Back | Action::Quit | Action::Values => {
                self.mode = Mode::Browse;
                return vec![Effect::Cancel(Kind::Tally)];
            }
            _ => {
                self.say("this key does nothing among values; esc goes back to the rows");
                return Vec::new();
            }
        }
        list.keep_in_view(page);
        Vec::new()
    }

    /// Shows only the rows with the value under the cursor, or all but those.
    fn keep_value(&mut self, keeps: bool) -> Vec<Effect> {
        let Mode::Values(list) = &self.mode else {
            return Vec::new();
        };
        let Some(value) = list.rows().get(list.selected).map(|row| row.value.clone()) else {
            return Vec::new();
        };
        let condition = condition_of_value(&list.by, &value);
        if keeps {
            self.mode = Mode::Browse;
        }
        self.narrow(condition, keeps)
    }

    /// Shows only those of the rows shown that meet a condition, or all of them but those.
    pub(super) fn narrow(&mut self, condition: String, keeps: bool) -> Vec<Effect> {
        let condition = match keeps {
            true => condition,
            false => format!("not ({condition})"),
        };
        let condition = match self.filter_in_words() {
            Some(before) => format!("({before}) and {condition}"),
            None => condition,
        };
        self.filter(condition)
    }

    /// The rows shown, as a condition; `None` for all, and for those that no condition describes, which are told to be left.
    fn filter_in_words(&mut self) -> Option<String> {
        match &self.wanted().filter {
            Filter::All => None,
            Filter::Query(text) => Some(text.clone()),
            Filter::Flaw(flaw) => Some(flaw.condition(Limits::at(self.now))),
            Filter::Times(times) => Some(format!(
                "time in \"{}\"..=\"{}\"",
                times.start(),
                times.end()
            )),
            Filter::Relation(_)
            | Filter::Marked(_)
            | Filter::Rows(..)
            | Filter::SharedRandomness(_) => {
                self.say("no condition says which rows were shown; this one is of all rows");
                None
            }
        }
    }
}
