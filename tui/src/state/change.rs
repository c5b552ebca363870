//! Changes of the view, and their undoing.

use std::sync::Arc;

use ulid_engine::{RowSet, row::Flaw, sort::Direction};

use super::{Effect, Filter, State, View};
use crate::{
    jobs::{Arrange, Arranged, Kind, Task},
    rows::{Arrangement, Chosen, Listing, Order},
};

/// A view whose rows are being made.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    view: View,
    step: Step,
}

/// State that an undo brings back.
#[derive(Debug, Clone)]
pub(super) enum Past {
    /// Another view.
    View(View),
    /// Other marks.
    Marks(RowSet),
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
    /// It is there already, of other rows of a source that has changed.
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
        let effects = self.step(view, Step::New);
        self.keep_layout();
        effects
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        match self.done.last().cloned() {
            Some(Past::View(view)) => self.step(view, Step::Back),
            Some(Past::Marks(marks)) => {
                self.done.pop();
                let before = std::mem::replace(&mut self.marks, marks);
                self.undone.push(Past::Marks(before));
                self.tell_marks();
                Vec::new()
            }
            None => {
                self.say("there is nothing to undo");
                Vec::new()
            }
        }
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        match self.undone.last().cloned() {
            Some(Past::View(view)) => self.step(view, Step::Again),
            Some(Past::Marks(marks)) => {
                self.undone.pop();
                let before = std::mem::replace(&mut self.marks, marks);
                self.done.push(Past::Marks(before));
                self.tell_marks();
                Vec::new()
            }
            None => {
                self.say("there is nothing to do again");
                Vec::new()
            }
        }
    }

    /// Marks other rows, so that it can be taken back.
    pub(super) fn set_marks(&mut self, marks: RowSet) {
        let before = std::mem::replace(&mut self.marks, marks);
        self.undone.clear();
        self.done.push(Past::Marks(before));
        if self.done.len() > MEMORY {
            self.done.remove(0);
        }
    }

    fn tell_marks(&mut self) {
        match self.marks.len() {
            0 => self.say("no row is marked"),
            1 => self.say("1 row is marked"),
            count => self.say(format!("{count} rows are marked")),
        }
    }

    /// Forgets marks of rows that are gone.
    pub(super) fn forget_marks(&mut self) {
        self.marks.clear();
        let is_view = |past: &Past| matches!(past, Past::View(_));
        self.done.retain(is_view);
        self.undone.retain(is_view);
    }

    fn step(&mut self, view: View, step: Step) -> Vec<Effect> {
        let was_pending = self.pending.take().is_some();
        let mut effects = Vec::new();
        if was_pending {
            effects.push(Effect::Cancel(Kind::Arrange));
        }
        if view.has_rows_of(&self.view) {
            self.take_step(view, step);
            effects.extend(self.catch_up());
        } else if let (Filter::All, Arrangement::ByPosition(_)) = (&view.filter, &view.arrangement)
        {
            self.arranged = None;
            self.show(Listing::whole(self.extent.rows, &view.arrangement));
            self.take_step(view, step);
            effects.extend(self.count_shown());
        } else {
            effects.push(Effect::Start(self.arrange(view, step)));
        }
        effects
    }

    fn arrange(&mut self, view: View, step: Step) -> Task {
        let task = Task::Arrange(Arrange {
            order: self.order(&view),
            chosen: self.chosen(&view.filter),
            so_far: self.arranged.clone().filter(|_| step == Step::Renewed),
        });
        self.pending = Some(Pending { view, step });
        task
    }

    /// Chooses and orders the rows once more, now that all are there.
    pub(super) fn renew(&mut self) -> Vec<Effect> {
        match self.pending.take() {
            Some(Pending { view, step }) => {
                let task = self.arrange(view, step);
                vec![Effect::Cancel(Kind::Arrange), Effect::Start(task)]
            }
            None if self.listing.is_whole() => Vec::new(),
            None => vec![Effect::Start(
                self.arrange(self.view.clone(), Step::Renewed),
            )],
        }
    }

    /// Chooses and orders the rows once more where there are more than those of the listing.
    pub(super) fn catch_up(&mut self) -> Vec<Effect> {
        let of = self.arranged.as_ref().map(|arranged| arranged.of.indexed);
        let is_behind = of.is_some_and(|of| of < self.extent.indexed);
        match self.view.filter {
            // these come with the figures that they are of, and marks are there or not
            Filter::Flaw(_) | Filter::Relation(_) | Filter::Marked(_) | Filter::Rows(..) => {
                Vec::new()
            }
            _ if is_behind && self.pending.is_none() => self.arrange_again(),
            _ => Vec::new(),
        }
    }

    /// Chooses and orders the rows of the view once more.
    pub(super) fn arrange_again(&mut self) -> Vec<Effect> {
        if self.pending.is_some() {
            return self.renew();
        }
        let task = self.arrange(self.view.clone(), Step::Renewed);
        vec![Effect::Renew(task)]
    }

    /// Takes the rows of the pending view.
    pub(super) fn take_rows(&mut self, arranged: Arranged) -> Vec<Effect> {
        let Some(Pending { view, step }) = self.pending.take() else {
            return Vec::new();
        };
        let listing = Listing::shared(Arc::clone(&arranged.rows));
        self.arranged = Some(arranged);
        let is_renewed = step == Step::Renewed;
        let was_empty = is_renewed && self.listing.is_empty();
        if is_renewed {
            self.show_again(listing);
        } else {
            self.show(listing);
        }
        if self.listing.is_empty() && !was_empty {
            self.say("no row is like that; esc shows all");
        }
        self.take_step(view, step);
        let mut effects = self.catch_up();
        effects.extend(self.count_shown());
        effects
    }

    /// Forgets the view that is being made, and says whether the user had asked for it.
    pub(super) fn drop_pending(&mut self) -> bool {
        let is_asked_for = |pending: &mut Pending| pending.step != Step::Renewed;
        self.pending.take_if(is_asked_for).is_some()
    }

    fn take_step(&mut self, view: View, step: Step) {
        let before = std::mem::replace(&mut self.view, view);
        if before.zone != self.view.zone {
            self.renew_own_columns();
        }
        match step {
            Step::New => {
                self.undone.clear();
                self.done.push(Past::View(before));
            }
            Step::Back => {
                self.done.pop();
                self.undone.push(Past::View(before));
            }
            Step::Again => {
                self.undone.pop();
                self.done.push(Past::View(before));
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
            Filter::Flaw(Flaw::Duplicate) => {
                let rows = self.findings.as_ref().map(|found| found.duplicates.clone());
                Chosen::Copies(rows.unwrap_or_default())
            }
            Filter::Flaw(flaw) => {
                let rows = self
                    .findings
                    .as_ref()
                    .map(|found| found.rows(*flaw).clone());
                Chosen::These(rows.unwrap_or_default())
            }
            Filter::Relation(relation) => match &self.comparison {
                Some(found) => Chosen::Related(Arc::clone(found), *relation),
                None => Chosen::These(RowSet::new()),
            },
            Filter::Marked(rows) | Filter::Rows(_, rows) => Chosen::These(rows.clone()),
            Filter::SharedRandomness(bits) => Chosen::SharedRandomness(*bits),
            Filter::Times(times) => Chosen::Times(times.clone()),
            // it was read when it was typed; one that cannot be read any more shows nothing
            Filter::Query(text) => match self.source.query(text, self.now, &self.view.zone) {
                Ok(query) => Chosen::Query(Box::new(query)),
                Err(_) => Chosen::These(RowSet::new()),
            },
        }
    }

    /// The rows shown, where they are not all.
    pub(super) fn listed(&self) -> Option<Listing> {
        let shows_all = self.view.filter == Filter::All;
        (!shows_all).then(|| self.listing.clone())
    }

    /// Shows the rows that meet a condition.
    pub(super) fn filter(&mut self, text: String) -> Vec<Effect> {
        match self.source.query(&text, self.now, &self.view.zone) {
            Err(error) => {
                self.warn(error.to_string());
                return Vec::new();
            }
            Ok(query) if query.notes().is_empty() => {}
            Ok(query) => self.say(query.notes().join("; ")),
        }
        let mut view = self.wanted().clone();
        view.filter = Filter::Query(text);
        self.change(view)
    }

    /// Orders the rows by a column or an expression; by the present one, the other way round.
    pub(super) fn sort_by(&mut self, by: &str) -> Vec<Effect> {
        let mut view = self.wanted().clone();
        let arrangement = Arrangement::named(by, Direction::Ascending);
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

    /// Shows other rows, with the cursor on the row it was on. A cursor at the very top of all rows stays there.
    fn show(&mut self, listing: Listing) {
        let row = self.listing.row(self.cursor);
        let was_among_some = !self.listing.is_whole();
        self.from_end = None;
        self.listing = listing;
        if self.cursor > 0 || was_among_some {
            self.cursor = row.and_then(|row| self.listing.find(row)).unwrap_or(0);
        }
        let above = self.page().unsigned_abs() / 2;
        self.top = self.cursor.saturating_sub(above);
        self.keep_in_view();
    }

    /// Shows the same rows and others that have come. A cursor on the last row stays on the last one, any other on its row
    /// and on its line of the screen.
    fn show_again(&mut self, listing: Listing) {
        let row = self.listing.row(self.cursor);
        let was_at_end = self.is_at_end();
        let above = self.cursor - self.top;
        self.listing = listing;
        if was_at_end {
            self.cursor = self.listing.len().saturating_sub(1);
        } else if self.cursor > 0 {
            let place = row.and_then(|row| self.listing.find(row));
            self.cursor = place.unwrap_or(self.cursor);
        }
        self.top = self.cursor.saturating_sub(above);
        self.keep_in_view();
    }

    /// True if the cursor goes along with the end of the listing.
    pub(super) fn is_at_end(&self) -> bool {
        self.cursor > 0 && self.cursor + 1 == self.listing.len()
    }
}
