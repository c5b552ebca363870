//! Changes of the view, and their undoing.

use std::sync::Arc;

use ulid_engine::{RowSet, dataset::RowOrder, sort::Direction};

use super::{Arrangement, Effect, Filter, Listing, State, View};
use crate::jobs::{Chosen, Kind, Order, Task};

/// A view whose rows are being made.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    view: View,
    step: Step,
}

/// How a view is come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// By an action of the user.
    New,
    /// Back, by undo.
    Back,
    /// On again, by redo.
    Again,
    /// It was there already, of fewer rows.
    Renewed,
}

/// Steps that can be undone.
const MEMORY: usize = 1000;

impl State {
    /// The view that will be there when the running job is done, or is there.
    pub(super) fn wanted(&self) -> &View {
        self.pending
            .as_ref()
            .map_or(&self.view, |pending| &pending.view)
    }

    /// Shows another view.
    pub(super) fn change(&mut self, view: View) -> Vec<Effect> {
        if view == *self.wanted() {
            return Vec::new();
        }
        self.step(view, Step::New)
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        match self.done.last().cloned() {
            Some(view) => self.step(view, Step::Back),
            None => {
                self.say("there is nothing to undo");
                Vec::new()
            }
        }
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        match self.undone.last().cloned() {
            Some(view) => self.step(view, Step::Again),
            None => {
                self.say("there is nothing to do again");
                Vec::new()
            }
        }
    }

    fn step(&mut self, view: View, step: Step) -> Vec<Effect> {
        let was_pending = self.pending.take().is_some();
        let mut effects = Vec::new();
        if was_pending {
            effects.push(Effect::Cancel(Kind::Arrange));
        }
        if view.has_rows_of(&self.view) {
            self.take_step(view, step);
        } else if let (Filter::All, Arrangement::ByPosition(_)) = (&view.filter, &view.arrangement)
        {
            self.show(Listing::whole(self.extent.rows, &view.arrangement));
            self.take_step(view, step);
        } else {
            effects.push(self.arrange(view, step));
        }
        effects
    }

    fn arrange(&mut self, view: View, step: Step) -> Effect {
        let task = Task::Arrange(self.order(&view), self.chosen(&view.filter));
        self.pending = Some(Pending { view, step });
        Effect::Start(task)
    }

    /// Chooses and orders the rows once more, where there were fewer the last time.
    pub(super) fn renew(&mut self) -> Vec<Effect> {
        match self.pending.take() {
            Some(Pending { view, step }) => {
                vec![Effect::Cancel(Kind::Arrange), self.arrange(view, step)]
            }
            None if self.listing.is_whole() => Vec::new(),
            None => vec![self.arrange(self.view.clone(), Step::Renewed)],
        }
    }

    /// Takes the rows of the pending view.
    pub(super) fn arranged(&mut self, rows: Arc<RowOrder>) {
        if let Some(Pending { view, step }) = self.pending.take() {
            self.show(Listing::shared(rows));
            self.take_step(view, step);
            if self.listing.is_empty() {
                self.say("no row is like that; esc shows all");
            }
        }
    }

    fn take_step(&mut self, view: View, step: Step) {
        let before = std::mem::replace(&mut self.view, view);
        match step {
            Step::New => {
                self.undone.clear();
                self.done.push(before);
            }
            Step::Back => {
                self.done.pop();
                self.undone.push(before);
            }
            Step::Again => {
                self.undone.pop();
                self.done.push(before);
            }
            Step::Renewed => {}
        }
        if self.done.len() > MEMORY {
            self.done.remove(0);
        }
    }

    /// The order of a view. It was read when it was asked for; what cannot be read any more orders nothing.
    pub(super) fn order(&self, view: &View) -> Order {
        let order = self.source.order(&view.arrangement, self.now, &view.zone);
        order.unwrap_or(Order::Position(Direction::Ascending))
    }

    fn chosen(&self, filter: &Filter) -> Chosen {
        match filter {
            Filter::All => Chosen::All,
            Filter::Flaw(flaw) => {
                let rows = self
                    .findings
                    .as_ref()
                    .map(|found| found.rows(*flaw).clone());
                Chosen::These(rows.unwrap_or_default())
            }
            Filter::Relation(relation) => {
                let rows = self.comparison.as_ref().map(|found| found.rows(*relation));
                Chosen::These(rows.unwrap_or_default())
            }
            Filter::Marked(rows) => Chosen::These(rows.clone()),
            Filter::SharedRandomness(bits) => Chosen::SharedRandomness(*bits),
            Filter::Times(times) => Chosen::Times(times.clone()),
            // it was read when it was typed; one that cannot be read any more shows nothing
            Filter::Query(text) => match self.source.query(text, self.now, &self.view.zone) {
                Ok(query) => Chosen::Query(Box::new(query)),
                Err(_) => Chosen::These(RowSet::new()),
            },
        }
    }

    /// Shows the rows that meet a condition.
    pub(super) fn filter(&mut self, text: String) -> Vec<Effect> {
        match self.source.query(&text, self.now, &self.view.zone) {
            Err(error) => {
                self.warn(error.to_string());
                return Vec::new();
            }
            Ok(query) if query.needs_duplicates() && !self.extent.complete => {
                self.warn("duplicates can be asked for when all rows are there");
                return Vec::new();
            }
            Ok(_) => {}
        }
        let mut view = self.wanted().clone();
        view.filter = Filter::Query(text);
        self.change(view)
    }

    /// Orders the rows by a column or an expression; by the present one, the other way round.
    pub(super) fn sort_by(&mut self, by: &str) -> Vec<Effect> {
        let mut view = self.wanted().clone();
        let arrangement = Arrangement::named(by, Direction::Ascending);
        if !self.extent.complete && matches!(arrangement, Arrangement::By(..)) {
            self.warn("rows can be sorted so when all of them are there");
            return Vec::new();
        }
        if let Err(error) = self.source.order(&arrangement, self.now, &view.zone) {
            self.warn(error.to_string());
            return Vec::new();
        }
        view.arrangement = if view.arrangement == arrangement {
            arrangement.reversed()
        } else {
            arrangement
        };
        self.change(view)
    }

    /// Shows other rows, with the cursor on the row it was on. A cursor at the very top stays there.
    fn show(&mut self, listing: Listing) {
        let row = self.listing.row(self.cursor);
        self.from_end = None;
        self.listing = listing;
        if self.cursor > 0 {
            self.cursor = row.and_then(|row| self.listing.find(row)).unwrap_or(0);
        }
        let above = self.page().unsigned_abs() / 2;
        self.top = self.cursor.saturating_sub(above);
        self.keep_in_view();
    }
}
