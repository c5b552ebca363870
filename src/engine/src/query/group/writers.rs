//! Order, gaps and clocks of each writer by itself. An export mixes the IDs of many generators, of which each may be in order
//! where the mix is not.

use std::ops::ControlFlow;

use super::{
    super::{
        Query, Scope, Value, columns::BlockFacts, error::QueryError, select::SelectError,
        value::Val,
    },
    Grouping, encode,
    pass::Keys,
    table::{Batch, Table},
};
use crate::{
    RowSet, Timestamp, Ulid,
    dataset::Dataset,
    pass::{Beside, Block, MEMORY},
    progress::Progress,
    stats::{Follows, Limits},
};

/// The expression by which IDs are told apart: the host or process that made them.
#[derive(Debug, Clone)]
pub struct Writers(Grouping);

/// Figures of the rows of one writer.
#[derive(Debug, Clone, PartialEq)]
pub struct Writer {
    /// The values by which the writer is told apart.
    pub values: Vec<Value>,
    /// How many rows it wrote.
    pub rows: u64,
    /// Rows with an ID.
    pub valid: u64,
    /// Rows whose ID an earlier row has, whoever wrote that.
    pub duplicate: u64,
    /// Rows whose ID is smaller than that of the writer's row before.
    pub out_of_order: u64,
    /// The worst of these, in milliseconds.
    pub worst_step_back_ms: Option<u64>,
    /// Rows that come an hour or more after the writer's row before.
    pub gaps: u64,
    /// Rows whose time lies ahead.
    pub future: u64,
    /// The smallest ID.
    pub earliest: Option<Ulid>,
    /// The largest ID.
    pub latest: Option<Ulid>,
    /// Milliseconds that its clock is ahead of the middle one of the last times of all writers: the median of up to some
    /// thousand rows. It tells of clocks where rows stand in the order in which they came.
    pub clock_ms: Option<i64>,
}

impl Writer {
    /// Names of the figures.
    pub const FIGURES: [&str; 11] = [
        "rows",
        "valid",
        "invalid",
        "duplicate",
        "out_of_order",
        "worst_step_back",
        "gaps",
        "future",
        "earliest",
        "latest",
        "clock",
    ];

    /// The figures, in the order of [`Writer::FIGURES`].
    #[must_use]
    pub fn figures(&self) -> Vec<Value> {
        let count = |count: u64| Value::Int(count.into());
        let time =
            |id: Option<Ulid>| id.map_or(Value::Missing, |id| Value::Time(Timestamp::of(id)));
        let duration = |ms: Option<i64>| ms.map_or(Value::Missing, Value::Duration);
        let worst = self.worst_step_back_ms;
        vec![
            count(self.rows),
            count(self.valid),
            count(self.rows - self.valid),
            count(self.duplicate),
            count(self.out_of_order),
            duration(worst.and_then(|ms| i64::try_from(ms).ok())),
            count(self.gaps),
            count(self.future),
            time(self.earliest),
            time(self.latest),
            duration(self.clock_ms),
        ]
    }
}

/// Figures of all writers, and the rows behind them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WriterAudit {
    /// The writers, in the order of what they are told apart by.
    pub writers: Vec<Writer>,
    /// Rows whose ID is smaller than that of the row before of the same writer.
    pub out_of_order: RowSet,
    /// Rows that come an hour or more after the row before of the same writer.
    pub gaps: RowSet,
}

/// Why writers could not be told apart.
#[derive(Debug, thiserror::Error)]
pub enum WritersError {
    /// The pass ended early.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// There are more than are kept.
    #[error(
        "there are more than {MOST_WRITERS} different values; take a column that names what made the IDs"
    )]
    TooMany,
}

/// Writers that are kept.
const MOST_WRITERS: usize = 1_000_000;
/// Writers of a block whose clocks are compared at most.
const MOST_COMPARED: usize = 256;
/// Rows of a block at which clocks are compared, nearly.
const SAMPLED: usize = 128;
/// Distances between clocks that are kept of a writer, of a block and of all.
const LEADS_OF_BLOCK: usize = 32;
const LEADS: usize = 4096;
/// Distances that tell of a clock.
const LEAST_LEADS: usize = 8;

impl Writers {
    /// Reads what writers are told apart by.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub fn parse(by: &str, scope: &Scope<'_>) -> Result<Writers, QueryError> {
        let mut grouping = Grouping::empty();
        grouping.group_by(by, scope)?;
        Ok(Writers(grouping))
    }

    /// Names of what writers are told apart by.
    #[must_use]
    pub fn names(&self) -> &[String] {
        self.0.names()
    }

    /// Goes over the rows that meet a condition, or all: once where `duplicates`, those of
    /// [`super::super::duplicates`], are known; else they are found in the same pass as far as that goes.
    ///
    /// # Errors
    ///
    /// [`WritersError`]
    pub fn audit(
        &self,
        dataset: &Dataset,
        condition: Option<&Query>,
        duplicates: Option<&RowSet>,
        limits: Limits,
        progress: &Progress,
    ) -> Result<WriterAudit, WritersError> {
        let mut beforehand = self.0.beforehand.with(condition);
        let asks = beforehand.duplicates;
        beforehand.duplicates &= duplicates.is_none();
        let asked = beforehand.find(dataset, progress)?;
        let pass = Pass {
            writers: self,
            condition,
            limits,
            progress,
        };
        match duplicates.or(asks.then_some(&asked)) {
            Some(duplicates) => pass.knowing(dataset, duplicates),
            None => pass.finding(dataset),
        }
    }
}

/// A way over rows that tells apart what made their IDs.
struct Pass<'a> {
    writers: &'a Writers,
    condition: Option<&'a Query>,
    limits: Limits,
    progress: &'a Progress,
}

impl Pass<'_> {
    /// One pass, with the duplicates known.
    fn knowing(&self, dataset: &Dataset, duplicates: &RowSet) -> Result<WriterAudit, WritersError> {
        let mut all = Part::new(&Table::new());
        let like = Table::new();
        let map = |block: &Block| self.part(block, duplicates, &like);
        let scanned = dataset
            .pass(self.progress)
            .each(map, |part| all.take(part, self.limits));
        scanned.map_err(SelectError::from)?;
        self.finish(all)
    }

    /// One pass that finds the duplicates, too; another one counts them, where there are any.
    fn finding(&self, dataset: &Dataset) -> Result<WriterAudit, WritersError> {
        let like = Table::new();
        let mut all = Part::new(&like);
        let none = RowSet::new();
        let look = |block: &Block| self.part(block, &none, &like);
        let each = |seen| match seen {
            Beside::Part(part) => all.take(part, self.limits),
            Beside::Anew => {
                all = Part::new(&like);
                ControlFlow::Continue(())
            }
        };
        let found = dataset.duplicates_beside(MEMORY, self.progress, look, each);
        let duplicates = found.map_err(SelectError::from)?;
        if !duplicates.is_empty() && all.table.len() <= MOST_WRITERS {
            self.count_duplicates(dataset, &duplicates, &mut all)?;
        }
        self.finish(all)
    }

    /// Adds to each writer how many of its rows are duplicates.
    fn count_duplicates(
        &self,
        dataset: &Dataset,
        duplicates: &RowSet,
        all: &mut Part,
    ) -> Result<(), WritersError> {
        let like = Table::new();
        let map = |block: &Block| {
            let columns = BlockFacts::new(block, duplicates);
            let mut rows = columns.chosen(self.condition, self.progress);
            let first = block.first_row();
            rows.retain(|row| duplicates.contains(first + u64::from(*row)));
            self.numbered(&columns, &rows, &like).0
        };
        let scanned = dataset.pass(self.progress).each(map, |found| {
            for number in 0..found.len() {
                let here = all.table.add(found.key(number), 0);
                if let Some(figures) = all.figures.get_mut(here) {
                    figures.duplicate += found.count(number);
                }
            }
            ControlFlow::Continue(())
        });
        Ok(scanned.map_err(SelectError::from)?)
    }

    fn finish(&self, all: Part) -> Result<WriterAudit, WritersError> {
        match all.table.len() > MOST_WRITERS {
            true => Err(WritersError::TooMany),
            false => Ok(all.finish(self.writers.0.keys.len())),
        }
    }

    /// The writers of some rows, and for each row the number of its own.
    fn numbered<'a>(
        &'a self,
        columns: &BlockFacts<'a>,
        rows: &[u32],
        like: &Table,
    ) -> (Table, Vec<usize>) {
        let keys = self.writers.0.keys.iter();
        let keys: Vec<Keys<'_>> = keys.map(|key| Keys::of(key, columns, rows)).collect();
        let mut table = Table::like(like);
        let mut batch = Batch::default();
        for at in 0..rows.len() {
            batch.push(&table, |bytes| {
                keys.iter().for_each(|keys| keys.push(at, bytes));
            });
        }
        let mut numbers = Vec::with_capacity(rows.len());
        table.add_batch(&batch, |number| numbers.push(number));
        (table, numbers)
    }

    fn part<'a>(&'a self, block: &'a Block, duplicates: &'a RowSet, like: &Table) -> Part {
        let columns = BlockFacts::new(block, duplicates);
        let rows = columns.chosen(self.condition, self.progress);
        let (table, numbers) = self.numbered(&columns, &rows, like);
        let mut part = Part {
            table,
            ..Part::new(like)
        };
        part.figures.resize_with(part.table.len(), Figures::default);
        let (compares, mut times) = (part.table.len() <= MOST_COMPARED, Vec::new());
        let is_duplicate = |row: u64| !duplicates.is_empty() && duplicates.contains(row);
        for (&row, &number) in rows.iter().zip(&numbers) {
            let (id, row) = (columns.id(row as usize), block.first_row() + u64::from(row));
            part.push(number, row, id, is_duplicate(row), self.limits);
            if id.is_some() && compares && is_sampled(row, rows.len()) {
                part.compare_clocks(number, &mut times);
            }
        }
        part
    }
}

/// True for some rows of many, in no step that writers could keep.
fn is_sampled(row: u64, rows: usize) -> bool {
    let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    mixed.is_multiple_of((rows / SAMPLED).max(1) as u64)
}

/// Writers of some of the rows.
struct Part {
    table: Table,
    figures: Vec<Figures>,
    out_of_order: RowSet,
    gaps: RowSet,
}

#[derive(Debug, Default)]
struct Figures {
    rows: u64,
    valid: u64,
    duplicate: u64,
    out_of_order: u64,
    worst_step_back_ms: Option<u64>,
    gaps: u64,
    future: u64,
    earliest: Option<Ulid>,
    latest: Option<Ulid>,
    first: Option<(u64, Ulid)>,
    last: Option<Ulid>,
    leads: Vec<i64>,
}

impl Part {
    fn new(like: &Table) -> Part {
        Part {
            table: Table::like(like),
            figures: Vec::new(),
            out_of_order: RowSet::new(),
            gaps: RowSet::new(),
        }
    }

    fn push(&mut self, writer: usize, row: u64, id: Option<Ulid>, again: bool, limits: Limits) {
        let Some(figures) = self.figures.get_mut(writer) else {
            return;
        };
        figures.rows += 1;
        let Some(id) = id else {
            return;
        };
        figures.valid += 1;
        figures.duplicate += u64::from(again);
        figures.future += u64::from(limits.is_future(id));
        figures.earliest = figures.earliest.min(Some(id)).or(Some(id));
        figures.latest = figures.latest.max(Some(id));
        if let Some(before) = figures.last {
            let follows = limits.follows(before, id);
            figures.note(follows, row, &mut self.out_of_order, &mut self.gaps);
        }
        figures.first.get_or_insert((row, id));
        figures.last = Some(id);
    }

    /// Compares the clock of a writer, at its last row, with those of all others.
    fn compare_clocks(&mut self, writer: usize, times: &mut Vec<i64>) {
        let is_wanted = |it: &Figures| it.leads.len() < LEADS_OF_BLOCK;
        if !self.figures.get(writer).is_some_and(is_wanted) {
            return;
        }
        times.clear();
        let last = self.figures.iter().filter_map(|figures| figures.last);
        times.extend(last.map(|id| id.timestamp_ms().cast_signed()));
        if times.len() < 2 {
            return;
        }
        let middle = (times.len() - 1) / 2;
        let middle = *times.select_nth_unstable(middle).1;
        if let Some(figures) = self.figures.get_mut(writer)
            && let Some(last) = figures.last
        {
            figures
                .leads
                .push(last.timestamp_ms().cast_signed() - middle);
        }
    }

    /// Adds the rows behind these, and ends the pass where there are too many writers.
    fn take(&mut self, next: Part, limits: Limits) -> ControlFlow<()> {
        self.merge(next, limits);
        match self.table.len() > MOST_WRITERS {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// Adds the rows behind these.
    fn merge(&mut self, next: Part, limits: Limits) {
        self.out_of_order |= next.out_of_order;
        self.gaps |= next.gaps;
        for (number, theirs) in next.figures.into_iter().enumerate() {
            let here = self
                .table
                .add(next.table.key(number), next.table.count(number));
            if self.figures.len() <= here {
                self.figures.resize_with(here + 1, Figures::default);
            }
            let ours = &mut self.figures[here];
            if let (Some(before), Some((row, id))) = (ours.last, theirs.first) {
                let follows = limits.follows(before, id);
                ours.note(follows, row, &mut self.out_of_order, &mut self.gaps);
            }
            ours.merge(theirs);
        }
    }

    fn finish(self, keys: usize) -> WriterAudit {
        let mut order: Vec<usize> = (0..self.table.len()).collect();
        order.sort_unstable_by(|&a, &b| self.table.key(a).cmp(self.table.key(b)));
        let mut figures: Vec<Option<Figures>> = self.figures.into_iter().map(Some).collect();
        let writers = order.into_iter().filter_map(|number| {
            let mut key = self.table.key(number);
            let values = (0..keys).map(|_| encode::take(&mut key).unwrap_or(Val::Missing));
            let values = values.map(Val::into_value).collect();
            let figures = figures.get_mut(number)?.take()?;
            Some(figures.finish(values))
        });
        WriterAudit {
            writers: writers.collect(),
            out_of_order: self.out_of_order,
            gaps: self.gaps,
        }
    }
}

impl Figures {
    fn note(&mut self, follows: Follows, row: u64, falls: &mut RowSet, gaps: &mut RowSet) {
        match follows {
            Follows::Back { ms } => {
                self.out_of_order += 1;
                self.worst_step_back_ms = self.worst_step_back_ms.max(Some(ms));
                falls.insert(row);
            }
            Follows::Gap { .. } => {
                self.gaps += 1;
                gaps.insert(row);
            }
            Follows::Repeats | Follows::Ahead { .. } => {}
        }
    }

    fn merge(&mut self, next: Figures) {
        self.rows += next.rows;
        self.valid += next.valid;
        self.duplicate += next.duplicate;
        self.out_of_order += next.out_of_order;
        self.worst_step_back_ms = self.worst_step_back_ms.max(next.worst_step_back_ms);
        self.gaps += next.gaps;
        self.future += next.future;
        self.earliest = match (self.earliest, next.earliest) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.latest = self.latest.max(next.latest);
        self.first = self.first.or(next.first);
        self.last = next.last.or(self.last);
        let room = LEADS.saturating_sub(self.leads.len());
        self.leads.extend(next.leads.into_iter().take(room));
    }

    fn finish(mut self, values: Vec<Value>) -> Writer {
        let clock_ms = (self.leads.len() >= LEAST_LEADS).then(|| {
            let middle = self.leads.len() / 2;
            *self.leads.select_nth_unstable(middle).1
        });
        Writer {
            values,
            rows: self.rows,
            valid: self.valid,
            duplicate: self.duplicate,
            out_of_order: self.out_of_order,
            worst_step_back_ms: self.worst_step_back_ms,
            gaps: self.gaps,
            future: self.future,
            earliest: self.earliest,
            latest: self.latest,
            clock_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{codec, dataset::OpenOptions, timestamp::TimeZone};

    /// The same whether the duplicates are known or not.
    fn audit(rows: &[(u8, Option<u64>)]) -> WriterAudit {
        let mut text = "host,id\n".to_owned();
        for (host, ms) in rows {
            let id = ms.map_or("no ID".to_owned(), |ms| {
                codec::print(Ulid::from_parts(ms, 7).unwrap()).to_string()
            });
            text += &format!("h{host},{id}\n");
        }
        let options = OpenOptions {
            column: Some("id".to_owned()),
            ..OpenOptions::default()
        };
        let dataset = Dataset::from_bytes("x.csv", text.into(), &options).unwrap();
        let zone = TimeZone::UTC;
        let now = Timestamp::from_ms(50_000_000).unwrap();
        let writers = Writers::parse("host", &Scope::of(&dataset, now, &zone)).unwrap();
        let progress = Progress::new();
        let duplicates = super::super::super::duplicates(&dataset, &progress).unwrap();
        let audit = |duplicates| {
            writers
                .audit(&dataset, None, duplicates, Limits::at(now), &progress)
                .unwrap()
        };
        let found = audit(Some(&duplicates));
        assert_eq!(audit(None), found);
        found
    }

    proptest! {
        #[test]
        fn each_writer_is_looked_at_by_itself(
            rows in prop::collection::vec((0_u8..4, prop::option::weighted(0.9, 0_u64..60_000_000)), 1..200),
        ) {
            let found = audit(&rows);
            let mut last: BTreeMap<u8, u64> = BTreeMap::new();
            let (mut falls, mut gaps) = (RowSet::new(), RowSet::new());
            for (row, (host, ms)) in rows.iter().enumerate() {
                let Some(ms) = *ms else { continue };
                if let Some(before) = last.insert(*host, ms) {
                    if ms < before {
                        falls.insert(row as u64);
                    }
                    if ms > before && ms - before > Limits::at(Timestamp::MAX).gap_ms {
                        gaps.insert(row as u64);
                    }
                }
            }
            prop_assert_eq!(&found.out_of_order, &falls);
            prop_assert_eq!(&found.gaps, &gaps);
            let all = found.writers.iter().map(|writer| (writer.rows, writer.out_of_order));
            let all = all.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
            prop_assert_eq!(all, (rows.len() as u64, falls.len()));
            for writer in &found.writers {
                let times = rows.iter().filter(|(host, _)| writer.values == [Value::Text(format!("h{host}"))]);
                let times: Vec<u64> = times.filter_map(|(_, ms)| *ms).collect();
                prop_assert_eq!(writer.valid, times.len() as u64);
                prop_assert_eq!(writer.earliest.map(|id| id.timestamp_ms()), times.iter().min().copied());
                prop_assert_eq!(writer.latest.map(|id| id.timestamp_ms()), times.iter().max().copied());
                prop_assert_eq!(writer.future, times.iter().filter(|ms| **ms > 50_000_000).count() as u64);
            }
        }
    }

    #[test]
    fn a_clock_that_is_off_is_told_and_the_order_of_the_mix_is_not() {
        // three hosts in turn, every 10 ms, the clock of the last an hour ahead
        let rows: Vec<(u8, Option<u64>)> = (0..300_u64)
            .map(|row| {
                let host = u8::try_from(row % 3).unwrap();
                let ahead = if host == 2 { 3_600_000 } else { 0 };
                (host, Some(10 * row + ahead))
            })
            .collect();
        let found = audit(&rows);
        let clocks: Vec<Option<i64>> = found.writers.iter().map(|writer| writer.clock_ms).collect();
        let near =
            |clock: Option<i64>, ms: i64| clock.is_some_and(|clock| clock.abs_diff(ms) <= 20);
        assert!(near(clocks[0], 0) && near(clocks[1], 0), "{clocks:?}");
        assert!(near(clocks[2], 3_600_000), "{clocks:?}");
        assert!(found.out_of_order.is_empty());
    }
}
