//! The list of the values of an expression, over the table: which rows have them, and how many.

use std::{cmp::Reverse, sync::Arc};

use ulid_engine::{
    query::{compare_values, condition_of_value},
    stats::Limits,
};

use super::{Effect, Filter, Mode, State, timeline::busy_times};
use crate::{
    action::Action,
    jobs::{Kind, Task},
    rows::{Closer, Tally, TallyRow},
};

/// The values of an expression, and the one under the cursor.
#[derive(Debug, Clone)]
pub(crate) struct ValueList {
    /// The expression.
    pub by: String,
    /// The values, once they are counted.
    pub tally: Option<Arc<Tally>>,
    /// The cursor.
    pub selected: usize,
    /// The first value in sight.
    pub top: usize,
    /// The order in which they stand.
    pub order: ValueOrder,
    /// The rows that were counted: which, how far the source was indexed, and how many were shown.
    of: (Filter, u64, usize),
}

/// An order of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ValueOrder {
    /// The most frequent first.
    #[default]
    Count,
    /// Their own.
    Value,
    /// Values with the most rows without a valid ID first.
    Invalid,
    /// Values with the most IDs that other rows have first.
    Duplicate,
    /// Values with the most rows out of order first.
    OutOfOrder,
    /// The one whose first row is the earliest first.
    First,
    /// The one whose last row is the latest first.
    Last,
}

impl ValueOrder {
    /// Every order, each before the one that its key goes on to.
    const ALL: [ValueOrder; 7] = [
        ValueOrder::Count,
        ValueOrder::Value,
        ValueOrder::Invalid,
        ValueOrder::Duplicate,
        ValueOrder::OutOfOrder,
        ValueOrder::First,
        ValueOrder::Last,
    ];

    /// The order in words.
    #[must_use]
    pub(crate) fn words(self) -> &'static str {
        match self {
            ValueOrder::Count => "most frequent first",
            ValueOrder::Value => "by value",
            ValueOrder::Invalid => "most invalid first",
            ValueOrder::Duplicate => "most duplicates first",
            ValueOrder::OutOfOrder => "most out of order first",
            ValueOrder::First => "by first time",
            ValueOrder::Last => "latest first",
        }
    }

    /// True if the smallest stands first.
    #[must_use]
    pub(crate) fn ascends(self) -> bool {
        matches!(self, ValueOrder::Value | ValueOrder::First)
    }

    /// True if it tells these values apart.
    fn has_effect(self, rows: &[TallyRow]) -> bool {
        let any = |of: fn(&Closer) -> u64| {
            let closers = rows.iter().filter_map(|row| row.closer.as_ref());
            closers.map(of).any(|count| count > 0)
        };
        match self {
            ValueOrder::Count | ValueOrder::Value => true,
            ValueOrder::Invalid => rows.iter().any(|row| row.invalid > 0),
            ValueOrder::Duplicate => any(|closer| closer.duplicate),
            ValueOrder::OutOfOrder => any(|closer| closer.out_of_order),
            ValueOrder::First | ValueOrder::Last => rows.iter().any(|row| row.first.is_some()),
        }
    }

    /// The next order that tells these values apart, or the one before.
    #[must_use]
    pub(crate) fn next(self, rows: &[TallyRow], is_back: bool) -> ValueOrder {
        let count = ValueOrder::ALL.len();
        let here = ValueOrder::ALL
            .iter()
            .position(|&order| order == self)
            .unwrap_or(0);
        let places = (1..=count).map(|by| {
            if is_back {
                here + count - by
            } else {
                here + by
            }
        });
        let mut orders = places.filter_map(|place| ValueOrder::ALL.get(place % count).copied());
        orders.find(|order| order.has_effect(rows)).unwrap_or(self)
    }

    fn sort(self, rows: &mut [&TallyRow]) {
        let closer = |row: &TallyRow, of: fn(&Closer) -> u64| Reverse(row.closer.as_ref().map(of));
        // among equals the most frequent stays first
        match self {
            ValueOrder::Count => {}
            ValueOrder::Value => rows.sort_by(|a, b| compare_values(&a.value, &b.value)),
            ValueOrder::Invalid => rows.sort_by_key(|row| Reverse(row.invalid)),
            ValueOrder::Duplicate => rows.sort_by_key(|row| closer(row, |closer| closer.duplicate)),
            ValueOrder::OutOfOrder => {
                rows.sort_by_key(|row| closer(row, |closer| closer.out_of_order))
            }
            ValueOrder::First => rows.sort_by_key(|row| (row.first.is_none(), row.first)),
            ValueOrder::Last => rows.sort_by_key(|row| Reverse(row.last)),
        }
    }
}

/// Rows from which on the first are looked at before all are counted.
const MANY: usize = 200_000;

impl ValueList {
    /// The values in the order in which they are shown.
    #[must_use]
    pub(crate) fn rows(&self) -> Vec<&TallyRow> {
        let tally = self.tally.as_deref();
        let mut rows: Vec<&TallyRow> =
            tally.map_or(Vec::new(), |tally| tally.rows.iter().collect());
        self.order.sort(&mut rows);
        rows
    }

    /// The order that the key goes on to.
    #[must_use]
    pub(crate) fn next_order(&self, is_back: bool) -> ValueOrder {
        let rows = self.tally.as_ref().map_or(&[][..], |tally| &tally.rows);
        self.order.next(rows, is_back)
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
            order: ValueOrder::Count,
            of: (Filter::All, 0, 0),
        });
        let mut effects = vec![Effect::Cancel(Kind::Closer)];
        effects.extend(self.recount_values(true));
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
        match is_behind {
            true => self.tallying(&by).map(Effect::Renew),
            false => self.look_closer(),
        }
    }

    /// Has the values looked at closer, where all of them are there.
    fn look_closer(&self) -> Option<Effect> {
        let Mode::Values(list) = &self.mode else {
            return None;
        };
        let tally = list.tally.as_ref().filter(|tally| tally.wants_a_look())?;
        let findings = self.findings.as_ref();
        let busy = findings.map(|found| busy_times(&found.summary.histogram));
        let clock = (self.now, &self.view.zone);
        let look = self.source.closer_look(&list.by, tally, busy, clock);
        let task = Task::Closer(
            Box::new(look.ok()??),
            tally.clone(),
            self.listed(),
            self.findings.clone(),
        );
        Some(Effect::Renew(task))
    }

    /// Takes more about values, if they are still those that are shown.
    pub(super) fn take_closer(&mut self, of: &Arc<Tally>, tally: Arc<Tally>) {
        if let Mode::Values(list) = &mut self.mode
            && list
                .tally
                .as_ref()
                .is_some_and(|shown| Arc::ptr_eq(shown, of))
        {
            list.tally = Some(tally);
        }
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
                list.order = list.next_order(action == Action::Reverse);
                list.selected = 0;
            }
            Action::Pick | Action::Accept => return self.keep_value(true),
            Action::Exclude => return self.keep_value(false),
            Action::Undo | Action::Redo | Action::ShowAll => return self.browse(action),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Cancel | Action::Back | Action::Quit | Action::Values => {
                self.mode = Mode::Browse;
                return vec![Effect::Cancel(Kind::Tally), Effect::Cancel(Kind::Closer)];
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
