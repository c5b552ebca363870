//! Facts of all rows that a pass has to know before it looks at the first.

use std::sync::Arc;

use super::{
    code::{Code, Op},
    group::Lag,
    select::{self, SelectError},
};
use crate::{RowSet, dataset::Dataset, progress::Progress, row::Fact};

/// Things that expressions ask of all rows at once: which are duplicates, and what the row before of the same writer has.
#[derive(Debug, Clone, Default)]
pub(super) struct Beforehand {
    pub(super) duplicates: bool,
    lags: Vec<Arc<Lag>>,
}

impl Beforehand {
    pub(super) fn of(code: &Code) -> Beforehand {
        let mut asked = Beforehand::default();
        asked.add(code);
        asked
    }

    /// Adds what an expression asks for.
    pub(super) fn add(&mut self, code: &Code) {
        self.duplicates |= code.asks_for(Fact::Duplicate);
        self.add_lags(code);
    }

    fn add_lags(&mut self, code: &Code) {
        if let Op::Lag(lag) = &code.op {
            self.lags.push(Arc::clone(lag));
        }
        for operand in code.operands() {
            self.add_lags(operand);
        }
    }

    /// Adds what another one asks for.
    pub(super) fn and(mut self, other: &Beforehand) -> Beforehand {
        self.duplicates |= other.duplicates;
        self.lags.extend(other.lags.iter().map(Arc::clone));
        self
    }

    /// The same with what a condition asks for, if there is one.
    pub(super) fn with(&self, condition: Option<&super::Query>) -> Beforehand {
        match condition {
            Some(query) => self.clone().and(&query.beforehand),
            None => self.clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.duplicates && self.lags.is_empty()
    }

    /// True if it asks for rows of the same writer.
    pub(super) fn has_writers(&self) -> bool {
        !self.lags.is_empty()
    }

    /// Finds it out, each in a pass of its own, and gives the duplicates; no rows if nothing asks for those.
    pub(super) fn find(
        &self,
        dataset: &Dataset,
        progress: &Progress,
    ) -> Result<RowSet, SelectError> {
        self.find_lags(dataset, progress)?;
        match self.duplicates {
            true => select::duplicates(dataset, progress),
            false => Ok(RowSet::new()),
        }
    }

    /// True if what rows of the same writer have is known.
    pub(super) fn knows_lags(&self) -> bool {
        self.lags.iter().all(|lag| lag.is_known())
    }

    /// Finds out what rows of the same writer have, unless that is known already.
    pub(super) fn find_lags_once(
        &self,
        dataset: &Dataset,
        progress: &Progress,
    ) -> Result<(), SelectError> {
        let mut unknown = self.lags.iter().filter(|lag| !lag.is_known());
        unknown.try_for_each(|lag| lag.find(dataset, progress))
    }

    /// Finds out what rows of the same writer have.
    fn find_lags(&self, dataset: &Dataset, progress: &Progress) -> Result<(), SelectError> {
        self.lags
            .iter()
            .try_for_each(|lag| lag.find(dataset, progress))
    }
}
