//! Which rows of a block are looked for.

use std::ops::Range;

use ulid_engine::{
    Ulid,
    dataset::Row,
    query::{Context, Query},
};

use super::{Broken, Scan, Sought, Stop, Way};
use crate::inspect::{
    exceptions::flaws_of,
    query::Around,
    survey::Flaw,
    watch::{Passing, Watch},
};

/// What each row of a block is looked at for.
#[derive(Debug, Clone, Copy)]
enum Look<'a> {
    Watch(&'a Watch),
    Query(&'a Query),
}

impl Scan {
    /// Every row of a block that is looked for, in the order of the way.
    pub(super) fn candidates(&self, block: &Range<usize>) -> Result<Vec<(usize, &Stop)>, Broken> {
        let mut found: Vec<(usize, &Stop)> = Vec::new();
        for stop in &self.stops {
            match &stop.sought {
                Sought::Row(row) if block.contains(row) => found.push((*row, stop)),
                Sought::Row(_) | Sought::Watch(_) | Sought::Query(_) => {}
                Sought::Flaw(flaw) => {
                    let rows = self.flawed(block, *flaw)?;
                    found.extend(rows.into_iter().map(|row| (row, stop)));
                }
            }
        }
        self.look(block, &mut found)?;
        found.sort_by_key(|&(row, stop)| (row, stop.id));
        if matches!(self.way, Way::BackFrom(_)) {
            found.reverse();
        }
        Ok(found)
    }

    /// Whether a breakpoint's own condition holds at a row.
    pub(super) fn holds(&self, row: usize, stop: &Stop) -> Result<bool, Broken> {
        let Some(condition) = &stop.condition else {
            return Ok(true);
        };
        let around = Around::of(&self.table, row)?;
        let around = around.map(|around| match self.duplicates() {
            Some(duplicates) => around.among(duplicates),
            None => around,
        });
        let context = around.as_ref().and_then(Around::context);
        Ok(context.is_some_and(|context| condition.matches(&context)))
    }

    fn flawed(&self, block: &Range<usize>, flaw: Flaw) -> Result<Vec<usize>, Broken> {
        // the survey speaks of the file as it is
        let changed = self.table.changed()?;
        let mut rows = self.survey.flawed(block, flaw);
        rows.retain(|row| !changed.contains(row));
        for &row in changed.range(block.clone()) {
            let flaws = flaws_of(&self.table, row, self.survey.limits)?;
            if flaws.iter().any(|&(found, _)| found == flaw) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Looks at each row of a block, where that is needed.
    fn look<'a>(
        &'a self,
        block: &Range<usize>,
        found: &mut Vec<(usize, &'a Stop)>,
    ) -> Result<(), Broken> {
        let look = |stop: &'a Stop| match &stop.sought {
            Sought::Watch(watch) => Some((Look::Watch(watch), stop)),
            Sought::Query(query) => Some((Look::Query(query), stop)),
            Sought::Row(_) | Sought::Flaw(_) => None,
        };
        let looks: Vec<(Look<'_>, &Stop)> = self.stops.iter().filter_map(look).collect();
        if looks.is_empty() {
            return Ok(());
        }
        let first = block.start.saturating_sub(1);
        let rows = self.table.rows(first, block.end + 1 - first)?;
        let before_all = self.table.valid_before(block.start)?;
        let mut id_before = before_all.and_then(|row| row.id.ok());
        let skipped = block.start - first;
        for (index, row) in rows.iter().enumerate().skip(skipped).take(block.len()) {
            for (look, stop) in &looks {
                if self.sees(*look, &rows, index, id_before) {
                    found.push((row.index, stop));
                }
            }
            id_before = row.id.ok().or(id_before);
        }
        Ok(())
    }

    fn sees(&self, look: Look<'_>, rows: &[Row], index: usize, id_before: Option<Ulid>) -> bool {
        let Some(row) = rows.get(index) else {
            return false;
        };
        let before = index.checked_sub(1).and_then(|before| rows.get(before));
        match look {
            Look::Watch(watch) => {
                let passing = Passing {
                    row,
                    before,
                    id_before,
                };
                watch.stops_at(passing, self.survey.limits)
            }
            Look::Query(query) => query.matches(&Context {
                row: row.borrow(),
                prev: before.map(Row::borrow),
                next: rows.get(index + 1).map(Row::borrow),
                valid_before: id_before,
                duplicate: self
                    .duplicates()
                    .is_some_and(|duplicates| duplicates.contains(row.index as u64)),
            }),
        }
    }
}
