//! Values of the row before of the same writer, found in a pass over all rows before they are asked for.
//!
//! Threads divide a block among writers by themselves, and the blocks are joined in the order of the rows: a row whose writer
//! was not met before in its block takes the last value that the blocks before have of it.

use std::{
    ops::ControlFlow,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    super::{
        beforehand::Beforehand, code::Code, columns::BlockFacts, select::SelectError, value::Val,
    },
    Key, encode,
    pass::Keys,
    table::{Batch, Table},
    values::Source,
};
use crate::{
    RowSet, Ulid,
    dataset::Dataset,
    pass::{Block, TooMuch},
    progress::Progress,
    row::{Around, Fact},
};

/// An expression of the row before of the same writer.
#[derive(Debug)]
pub(in super::super) struct Lag {
    /// Expression that tells writers apart; `key` is the same for a pass.
    by: Code,
    key: Key,
    of: Code,
    source: Source,
    of_ids: bool,
    found: RwLock<Arc<Stored>>,
}

/// Bytes of values that are kept at most.
const MOST_BYTES: u64 = 4 << 30;

/// No row of the block.
const NONE: u32 = u32::MAX;

impl Lag {
    /// The value of `of` in the row before of the writer. An ID is that of its last row that has one.
    pub(in super::super) fn new(of: Code, by: Code) -> Lag {
        let is_id = matches!(of.op, super::Op::Fact(super::Which::Here, Fact::Id, _));
        Lag {
            key: Key::Value(Source::new(&by)),
            by,
            source: Source::new(&of),
            of,
            of_ids: is_id,
            found: RwLock::default(),
        }
    }

    pub(in super::super) fn of(&self) -> &Code {
        &self.of
    }

    pub(in super::super) fn by(&self) -> &Code {
        &self.by
    }

    /// The value for a row; missing for the first row of a writer, and for rows that had not come when they were gone over.
    pub(in super::super) fn value(&self, row: &Around<'_>) -> Val<'static> {
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
        found.value(row.row.index)
    }

    /// True once it has gone over the rows.
    pub(in super::super) fn is_known(&self) -> bool {
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
        found.bytes() > 0
    }

    /// Goes over all rows, and keeps the values.
    pub(in super::super) fn find(
        &self,
        dataset: &Dataset,
        progress: &Progress,
    ) -> Result<(), SelectError> {
        let mut before = Beforehand::default();
        before.add(&self.by);
        before.add(&self.of);
        let duplicates = before.find(dataset, progress)?;
        let like = Table::new();
        let mut all = Joined::new(&like, self.of_ids);
        let map = |block: &Block| self.part(block, &duplicates, &like);
        dataset.pass(progress).each(map, |part| {
            all.add(&part);
            match all.stored.bytes() as u64 > MOST_BYTES {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if all.stored.bytes() as u64 > MOST_BYTES {
            return Err(TooMuch.into());
        }
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        *found = Arc::new(all.stored);
        Ok(())
    }

    fn part(&self, block: &Block, duplicates: &RowSet, like: &Table) -> Part {
        let columns = BlockFacts::new(block, duplicates);
        let rows = columns.chosen(None, &Progress::new());
        let keys = Keys::of(&self.key, &columns, &rows);
        let values = self.source.of(&columns, &rows).values;
        let mut part = Part {
            table: Table::like(like),
            values: values.into_iter().map(Val::into_static).collect(),
            writers: Vec::with_capacity(rows.len()),
            before: Vec::with_capacity(rows.len()),
            last: Vec::new(),
        };
        let mut batch = Batch::default();
        for at in 0..rows.len() {
            batch.push(&part.table, |bytes| keys.push(at, bytes));
        }
        let writers = &mut part.writers;
        // a block has far fewer rows
        let narrow = |number: usize| u32::try_from(number).unwrap_or(NONE);
        part.table
            .add_batch(&batch, |number| writers.push(narrow(number)));
        part.last.resize(part.table.len(), NONE);
        for (row, &writer) in part.writers.iter().enumerate() {
            let last = &mut part.last[writer as usize];
            part.before.push(*last);
            let counts = !self.of_ids || part.values[row] != Val::Missing;
            if counts {
                *last = narrow(row);
            }
        }
        part
    }
}

/// The rows of a block.
struct Part {
    table: Table,
    values: Vec<Val<'static>>,
    /// The writer of each row, by its number in the table.
    writers: Vec<u32>,
    /// For each row the one before of its writer in this block.
    before: Vec<u32>,
    /// For each writer its last row in this block.
    last: Vec<u32>,
}

/// The rows of all blocks so far.
struct Joined {
    table: Table,
    last: Vec<Val<'static>>,
    stored: Stored,
}

impl Joined {
    fn new(like: &Table, of_ids: bool) -> Joined {
        Joined {
            table: Table::like(like),
            last: Vec::new(),
            stored: Stored::new(of_ids),
        }
    }

    fn add(&mut self, part: &Part) {
        let mut writers = Vec::with_capacity(part.table.len());
        self.table.merge(&part.table, |_, here| writers.push(here));
        self.last.resize(self.table.len(), Val::Missing);
        for (&writer, &before) in part.writers.iter().zip(&part.before) {
            let value = match part.values.get(before as usize) {
                Some(value) => value,
                None => &self.last[writers[writer as usize]],
            };
            self.stored.push(value);
        }
        for (&writer, &last) in writers.iter().zip(&part.last) {
            if let Some(value) = part.values.get(last as usize) {
                self.last[writer] = value.clone();
            }
        }
    }
}

/// A value for each row. IDs, which are asked for most, take 16 bytes and a bit.
#[derive(Debug)]
enum Stored {
    Ids { keys: Vec<u128>, present: Vec<u64> },
    Values { bytes: Vec<u8>, ends: Vec<usize> },
}

impl Default for Stored {
    fn default() -> Stored {
        Stored::new(true)
    }
}

impl Stored {
    fn new(of_ids: bool) -> Stored {
        match of_ids {
            true => Stored::Ids {
                keys: Vec::new(),
                present: Vec::new(),
            },
            false => Stored::Values {
                bytes: Vec::new(),
                ends: Vec::new(),
            },
        }
    }

    fn push(&mut self, value: &Val<'_>) {
        match self {
            Stored::Ids { keys, present } => {
                if keys.len().is_multiple_of(64) {
                    present.push(0);
                }
                if let (Val::Id(_), Some(bits)) = (value, present.last_mut()) {
                    *bits |= 1 << (keys.len() % 64);
                }
                keys.push(match value {
                    Val::Id(id) => id.to_u128(),
                    _ => 0,
                });
            }
            Stored::Values { bytes, ends } => {
                encode::push(value, bytes);
                ends.push(bytes.len());
            }
        }
    }

    fn value(&self, row: usize) -> Val<'static> {
        match self {
            Stored::Ids { keys, present } => {
                let is_there = present
                    .get(row / 64)
                    .is_some_and(|bits| bits >> (row % 64) & 1 == 1);
                let key = keys.get(row).filter(|_| is_there);
                key.map_or(Val::Missing, |key| Val::Id(Ulid::from_u128(*key)))
            }
            Stored::Values { bytes, ends } => {
                let start = row
                    .checked_sub(1)
                    .map_or(Some(0), |before| ends.get(before).copied());
                let end = ends.get(row).copied();
                let found = start
                    .zip(end)
                    .and_then(|(start, end)| bytes.get(start..end));
                found
                    .and_then(|mut bytes| encode::take(&mut bytes))
                    .unwrap_or(Val::Missing)
            }
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Stored::Ids { keys, .. } => keys.len() * size_of::<u128>(),
            Stored::Values { bytes, ends } => bytes.len() + ends.len() * size_of::<usize>(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::super::{Expression, Query, Scope, Value, select};
    use super::*;
    use crate::{Timestamp, codec, dataset::OpenOptions, timestamp::TimeZone};

    /// A host, the time of an ID or none, and a number.
    type Written = (u8, Option<u64>, u8);

    fn dataset(rows: &[Written]) -> Dataset {
        let mut text = "host,id,took\n".to_owned();
        for (host, ms, took) in rows {
            let id = ms.map_or("no ID".to_owned(), |ms| {
                codec::print(Ulid::from_parts(ms, 7).unwrap()).to_string()
            });
            text += &format!("h{host},{id},{took}\n");
        }
        let options = OpenOptions {
            column: Some("id".to_owned()),
            ..OpenOptions::default()
        };
        Dataset::from_bytes("x.csv", text.into(), &options).unwrap()
    }

    fn chosen(dataset: &Dataset, condition: &str) -> RowSet {
        let zone = TimeZone::UTC;
        let scope = Scope::of(dataset, Timestamp::MAX, &zone);
        let query = Query::parse(condition, &scope).unwrap();
        select(dataset, &query, &Progress::new()).unwrap()
    }

    proptest! {
        #[test]
        fn rows_of_a_writer_follow_one_another(
            rows in prop::collection::vec(
                (0_u8..4, prop::option::weighted(0.9, 0_u64..10_000_000), 0_u8..10),
                1..200,
            ),
        ) {
            let dataset = dataset(&rows);
            let (mut ids, mut all): (HashMap<u8, u64>, HashMap<u8, u8>) = Default::default();
            let (mut falls, mut gaps, mut grown) = (RowSet::new(), RowSet::new(), RowSet::new());
            for (row, &(host, ms, took)) in (0..).zip(&rows) {
                if all.insert(host, took).is_some_and(|before| took > before) {
                    grown.insert(row);
                }
                let Some(ms) = ms else { continue };
                let Some(before) = ids.insert(host, ms) else { continue };
                if ms < before {
                    falls.insert(row);
                }
                if ms > before + 3_600_000 {
                    gaps.insert(row);
                }
            }
            prop_assert_eq!(chosen(&dataset, "out_of_order by host"), falls.clone());
            prop_assert_eq!(chosen(&dataset, "since_previous by host > 1h"), gaps.clone());
            prop_assert_eq!(chosen(&dataset, "time - prev.time by host > 1h or gap by host > 1h"), gaps);
            prop_assert_eq!(chosen(&dataset, "took > prev.took by host"), grown.clone());
            prop_assert_eq!(chosen(&dataset, "took > prev.took by (lower(host))"), grown);
            prop_assert_eq!(chosen(&dataset, "id < prev.id by `host`"), falls);
        }
    }

    #[test]
    fn a_value_of_the_row_before_keeps_its_type_and_the_first_row_has_none() {
        let rows = [
            (1, Some(5), 1),
            (2, Some(6), 2),
            (1, None, 3),
            (1, Some(9), 4),
        ];
        let dataset = dataset(&rows);
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        let value = |text: &str, row: usize| {
            let expression = Expression::parse(text, &scope).unwrap();
            let budget = std::time::Duration::from_secs(9);
            expression
                .evaluate(&dataset, row, None, budget, &Progress::new())
                .unwrap()
        };
        assert_eq!(value("prev.row by host", 2), Value::Int(1));
        assert_eq!(value("prev.took by host", 3), Value::Text("3".to_owned()));
        // the row before has no ID; that of the last row with one is meant
        assert_eq!(value("since_previous by host", 3), Value::Duration(4));
        assert_eq!(value("prev.valid by host", 3), Value::Bool(false));
        assert_eq!(value("out_of_order by host", 0), Value::Bool(false));
        assert_eq!(value("prev.took by host", 1), Value::Missing);
    }

    #[test]
    fn what_does_not_follow_rows_takes_no_writer() {
        let dataset = dataset(&[(1, None, 1)]);
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        for text in [
            "duplicate by host",
            "next.took by host",
            "took by host",
            "valid by host",
        ] {
            let error = Query::parse(text, &scope).unwrap_err().to_string();
            assert!(error.contains("found \"by\""), "{text}: {error}");
        }
        let alone = Scope {
            writers: false,
            ..scope
        };
        let error = Query::parse("out_of_order by host", &alone).unwrap_err();
        assert!(
            error.to_string().contains("in a pass over all rows"),
            "{error}"
        );
    }
}
