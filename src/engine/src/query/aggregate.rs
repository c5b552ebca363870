//! `count`, `min` and `max`: what all rows come to.

use std::{cmp::Ordering, ops::ControlFlow};

use super::{
    code::Code,
    columns::BlockFacts,
    error::Type,
    plan::{Number, Test},
    select::{EvaluateError, Until},
    value::Val,
};
use crate::{RowSet, dataset::Dataset, pass::Block, progress::Progress};

/// A pass over all rows that an expression needs.
#[derive(Debug, Clone)]
pub(super) struct Aggregate {
    kind: AggregateKind,
    of: Code,
    by: Method,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AggregateKind {
    Count,
    Min,
    Max,
}

/// How a block is gone over.
#[derive(Debug, Clone)]
enum Method {
    Test(Test),
    Number(Number),
    Row,
}

impl Aggregate {
    pub(super) fn new(kind: AggregateKind, of: Code) -> Aggregate {
        let by = match (kind, Number::new(&of)) {
            (AggregateKind::Count, _) => Method::Test(Test::new(&of)),
            (_, Some(number)) => Method::Number(number),
            _ => Method::Row,
        };
        Aggregate { kind, of, by }
    }

    /// The value that is counted or compared.
    pub(super) fn of(&self) -> &Code {
        &self.of
    }

    pub(super) fn run(
        &self,
        dataset: &Dataset,
        duplicates: &RowSet,
        until: &Until,
        progress: &Progress,
    ) -> Result<Val<'static>, EvaluateError> {
        let mut total = match self.kind {
            AggregateKind::Count => Val::Int(0),
            AggregateKind::Min | AggregateKind::Max => Val::Missing,
        };
        let mut in_time = Ok(());
        let map = |block: &Block| self.of_block(block, duplicates);
        dataset.pass(progress).each(map, |part| {
            total = self.merged(&total, part);
            in_time = until.check();
            match in_time {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })?;
        in_time.map(|()| total)
    }

    fn of_block(&self, block: &Block, duplicates: &RowSet) -> Val<'static> {
        let columns = BlockFacts::new(block, duplicates);
        match &self.by {
            Method::Test(test) => Val::Int(i128::from(columns.count(test))),
            Method::Number(number) => self.of_numbers(&columns, number),
            Method::Row => {
                let mut total = Val::Missing;
                columns.each_row(self.of.needs(), |row| {
                    let value = self.of.run(row, &[]).into_static();
                    total = self.merged(&total, value);
                });
                total
            }
        }
    }

    fn of_numbers(&self, columns: &BlockFacts<'_>, number: &Number) -> Val<'static> {
        let mut best: Option<i64> = None;
        columns.each_number(number, |value| {
            let better = match self.kind {
                AggregateKind::Min => best.is_none_or(|best| value < best),
                AggregateKind::Max | AggregateKind::Count => best.is_none_or(|best| value > best),
            };
            if better {
                best = Some(value);
            }
        });
        let value = |best: i64| match self.of.ty {
            Type::Time => Val::Time(best),
            Type::Duration => Val::Duration(best),
            _ => Val::Int(i128::from(best)),
        };
        best.map_or(Val::Missing, value)
    }

    fn merged(&self, total: &Val<'static>, part: Val<'static>) -> Val<'static> {
        match (self.kind, total, part) {
            (AggregateKind::Count, Val::Int(a), Val::Int(b)) => Val::Int(a + b),
            (_, total, Val::Missing) => total.clone(),
            (_, Val::Missing, part) => part,
            (kind, total, part) => {
                let order = part.order(total);
                let better = match kind {
                    AggregateKind::Min => order.is_some_and(Ordering::is_lt),
                    AggregateKind::Max | AggregateKind::Count => order.is_some_and(Ordering::is_gt),
                };
                if better { part } else { total.clone() }
            }
        }
    }
}
