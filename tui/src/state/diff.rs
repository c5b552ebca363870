//! Two files that are compared.

use std::sync::Arc;

use ulid_engine::{
    compare::{Comparison, Relation},
    dataset::{Extent, Row},
};

use super::{Column, Effect, Filter, State};
use crate::{action::Action, jobs::Task, rows::words_for};

impl State {
    /// How the two files are related, once they have been compared.
    #[must_use]
    pub(crate) fn comparison(&self) -> Option<&Comparison> {
        self.comparison.as_deref()
    }

    /// The row of the other file that belongs to a row, and the columns of the file in which they differ.
    #[must_use]
    pub(crate) fn beside(&self, row: &Row) -> Option<(Row, Vec<usize>)> {
        let partner = self.comparison.as_ref()?.partner(row.index)?;
        let partner = self.source.window(partner, 1).ok()?.pop()?;
        let changed = self.source.columns_changed(row, &partner);
        Some((partner, changed))
    }

    /// True for a column that is among those that differ.
    #[must_use]
    pub(crate) fn is_changed(column: &Column, changed: &[usize]) -> bool {
        matches!(column, Column::Cell { position, .. } if changed.contains(position))
    }

    /// Which rows are shown as soon as the files have been compared.
    pub(crate) fn set_relation(&mut self, relation: Relation) {
        self.relation = Some(relation);
    }

    /// Has two files compared where all of both is there, and they have not been already.
    pub(super) fn compare(&mut self) -> Vec<Effect> {
        let is_behind = self.comparison.is_none() || self.compared < self.extent.indexed;
        if self.extent.complete && is_behind && self.source.compared().is_some() {
            vec![Effect::Renew(Task::Compare)]
        } else {
            Vec::new()
        }
    }

    pub(super) fn take_comparison(
        &mut self,
        comparison: Arc<Comparison>,
        of: &Extent,
    ) -> Vec<Effect> {
        self.comparison = Some(comparison);
        self.compared = of.indexed;
        let mut effects = self.compare();
        match (self.relation.take(), &self.wanted().filter) {
            (Some(relation), _) => effects.extend(self.show_relation(relation)),
            (None, Filter::Relation(_)) => effects.extend(self.arrange_again()),
            (None, _) => {}
        }
        effects
    }

    /// Shows the rows of a relation, or all again.
    pub(super) fn show_relation(&mut self, relation: Relation) -> Vec<Effect> {
        let Some(comparison) = &self.comparison else {
            self.warn("two files are compared with --diff");
            return Vec::new();
        };
        if comparison.count(relation) == 0 {
            self.say(match relation {
                Relation::Different => "both files have the same rows".to_owned(),
                Relation::Changed => "no row is changed".to_owned(),
                _ => format!("no row is only {}", words_for(relation)),
            });
            return Vec::new();
        }
        let mut view = self.wanted().clone();
        let filter = Filter::Relation(relation);
        view.filter = if view.filter == filter {
            Filter::All
        } else {
            filter
        };
        self.change(view)
    }
}

/// The relation that an action shows.
pub(super) fn relation_of(action: Action) -> Option<Relation> {
    Some(match action {
        Action::ShowDifferent => Relation::Different,
        Action::ShowFirst => Relation::First,
        Action::ShowSecond => Relation::Second,
        Action::ShowBoth => Relation::Both,
        Action::ShowChanged => Relation::Changed,
        Action::ShowMoved => Relation::Moved,
        _ => return None,
    })
}
