//! The pass that finds groups, on all threads.

use std::{
    io, mem,
    ops::{ControlFlow, Range},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    super::{Query, columns::BlockFacts, value::Val},
    Grouping, Key, encode,
    found::{Group, Tally, counts_of, kind_of},
    kept::keeping,
    measure::Take,
    part::Part,
    runs::Runs,
    table::Table,
    values::{Source, Values},
};
use crate::{
    RowSet,
    dataset::Dataset,
    pass::{Block, Decoding, SortError},
    progress::Progress,
};

/// Groups on their way.
pub(super) struct Pass<'g> {
    grouping: &'g Grouping,
    /// Of each measure how its values are found.
    sources: Vec<Option<Source>>,
    /// Memory of one thread, in bytes.
    share: usize,
    /// Table that hashes as all others do.
    like: Table,
    parts: Mutex<Vec<Part>>,
    runs: Mutex<Option<Runs>>,
    /// Of each measure the rows that have a text there that cannot be read.
    unread: Mutex<Vec<u64>>,
}

/// Groups of all rows.
pub(super) enum Found {
    Memory(Box<Part>),
    File(Runs),
}

impl<'g> Pass<'g> {
    pub(super) fn new(grouping: &'g Grouping, memory: usize) -> Result<Pass<'g>, SortError> {
        let measures = &grouping.measures;
        let sources = measures.iter().map(|measure| {
            let code = measure.of.as_ref()?;
            Some(match measure.take {
                Take::Count => Source::to_count(code),
                _ => Source::new(code),
            })
        });
        let like = Table::new();
        let mut first = Part::new(&like, measures);
        if grouping.keys.is_empty() {
            first.add_group_of_all(measures);
        }
        Ok(Pass {
            grouping,
            sources: sources.collect(),
            // what is left of it is for the merge
            share: memory / 4 * 3 / rayon::current_num_threads().max(1),
            like,
            parts: Mutex::new(vec![first]),
            runs: Mutex::new(None),
            unread: Mutex::new(vec![0; measures.len()]),
        })
    }

    /// Goes over the rows, and gives the groups and of each measure how many texts could not be read.
    pub(super) fn run(
        self,
        dataset: &Dataset,
        condition: Option<&Query>,
        progress: &Progress,
    ) -> Result<(Found, Vec<u64>), SortError> {
        let beforehand = self.grouping.beforehand.with(condition);
        let duplicates = beforehand.find(dataset, progress)?;
        let mut failure = None;
        let map = |block: &Block| self.take_in(block, condition, &duplicates, progress);
        dataset
            .pass(progress)
            .reading(self.decoding(condition))
            .each(map, |done| match done {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            })?;
        match failure {
            Some(error) => Err(error.into()),
            None => Ok(self.finish()?),
        }
    }

    fn decoding(&self, condition: Option<&Query>) -> Decoding {
        let keys = self.grouping.keys.iter().map(Key::source);
        let mut sources = keys.chain(self.sources.iter().flatten());
        match condition.map(Query::decoding) {
            Some(Decoding::Ids) => Decoding::Ids,
            _ if sources.any(Source::needs_ids) => Decoding::Ids,
            Some(other) => other,
            None => Decoding::Alone,
        }
    }

    fn take_in<'a>(
        &'a self,
        block: &'a Block,
        condition: Option<&Query>,
        duplicates: &'a RowSet,
        progress: &Progress,
    ) -> io::Result<()> {
        let columns = BlockFacts::new(block, duplicates);
        let rows = columns.chosen(condition, progress);
        if rows.is_empty() {
            return Ok(());
        }
        let free = lock(&self.parts).pop();
        let mut part = free.unwrap_or_else(|| self.no_groups());
        self.add_rows(&mut part, block.first_row(), &columns, &rows);
        if part.is_full(self.share) {
            self.spill(&mut part)?;
        }
        lock(&self.parts).push(part);
        Ok(())
    }

    fn no_groups(&self) -> Part {
        Part::new(&self.like, &self.grouping.measures)
    }

    fn add_rows<'a>(&'a self, part: &mut Part, first: u64, columns: &BlockFacts<'a>, rows: &[u32]) {
        let keys: Vec<Keys<'_>> = self
            .grouping
            .keys
            .iter()
            .map(|key| Keys::of(key, columns, rows))
            .collect();
        let values = self.sources.iter().map(|source| match source {
            Some(source) => source.of(columns, rows),
            None => Values::default(),
        });
        let values: Vec<Values<'_>> = values.collect();
        let key = |at: usize, bytes: &mut Vec<u8>| {
            keys.iter().for_each(|keys| keys.push(at, bytes));
        };
        let value = |number: usize, at: usize| {
            let values = values.get(number).map(|values| &values.values);
            values
                .and_then(|values| values.get(at))
                .unwrap_or(&Val::Missing)
        };
        let key = (!keys.is_empty()).then_some(key);
        part.add(rows, first, &self.grouping.measures, key, value);
        let mut unread = lock(&self.unread);
        for (all, here) in unread.iter_mut().zip(&values) {
            *all += here.unread;
        }
    }

    fn spill(&self, part: &mut Part) -> io::Result<()> {
        let mut runs = lock(&self.runs);
        let runs = match &mut *runs {
            Some(runs) => runs,
            none => none.insert(Runs::new()?),
        };
        part.spill(self.grouping.measures.len(), runs)?;
        *part = self.no_groups();
        Ok(())
    }

    fn finish(self) -> io::Result<(Found, Vec<u64>)> {
        let mut parts = mem::take(&mut *lock(&self.parts));
        let unread = mem::take(&mut *lock(&self.unread));
        let has_spilled = lock(&self.runs).is_some();
        if has_spilled {
            parts.iter_mut().try_for_each(|part| self.spill(part))?;
        }
        if let Some(runs) = lock(&self.runs).take() {
            return Ok((Found::File(runs), unread));
        }
        // The smaller ones go into the largest.
        parts.sort_unstable_by_key(Part::size);
        let measures = &self.grouping.measures;
        let mut whole = parts.pop().unwrap_or_else(|| self.no_groups());
        parts.iter().for_each(|part| whole.merge(part, measures));
        Ok((Found::Memory(Box::new(whole)), unread))
    }
}

/// A lock that another thread's panic does not spoil: what it guards is whole between two additions.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Key {
    pub(super) fn source(&self) -> &Source {
        match self {
            Key::Value(source) | Key::Period(source, ..) => source,
        }
    }
}

/// The values by which some rows are grouped.
pub(super) struct Keys<'a> {
    values: Vec<Val<'a>>,
    is_column: bool,
}

impl<'a> Keys<'a> {
    pub(super) fn of(key: &'a Key, columns: &BlockFacts<'a>, rows: &[u32]) -> Keys<'a> {
        let mut values = key.source().of(columns, rows).values;
        if let Key::Period(_, step, zone) = key {
            // One row most often falls where the one before fell.
            let mut last: Range<i64> = 0..0;
            for value in &mut values {
                if let Val::Time(ms) = value {
                    if !last.contains(ms) {
                        last = step.period(*ms, zone);
                    }
                    // the first period of 1970 may begin before it, where no ID has a time
                    *ms = last.start.max(0);
                }
            }
        }
        Keys {
            values,
            is_column: key.source().is_column(),
        }
    }

    pub(super) fn push(&self, at: usize, key: &mut Vec<u8>) {
        match self.values.get(at) {
            Some(value) if self.is_column => encode::push_cell(value, key),
            Some(value) => encode::push(value, key),
            None => encode::push(&Val::Missing, key),
        }
    }
}

impl Found {
    /// Gives out every group in the order of what they are grouped by.
    pub(super) fn each(
        self,
        grouping: &Grouping,
        memory: usize,
        each: &mut dyn FnMut(Group) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Found::Memory(part) => part.each_group(&grouping.measures, each),
            Found::File(runs) => {
                let mut merged = Merged {
                    grouping,
                    group: None,
                    value: None,
                };
                runs.merge(memory, |entry, payload| merged.add(entry, payload, each))?;
                merged.end_group(each)
            }
        }
    }
}

/// The group at hand while runs are merged.
struct Merged<'g> {
    grouping: &'g Grouping,
    group: Option<Group>,
    /// The last value, of which other runs may have more: of which kind, its bytes, how often.
    value: Option<(usize, Vec<u8>, u64)>,
}

impl Merged<'_> {
    fn add(
        &mut self,
        entry: &[u8],
        payload: &[u8],
        each: &mut dyn FnMut(Group) -> io::Result<()>,
    ) -> io::Result<()> {
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let keys = self.grouping.keys.len();
        let (key, kind, value) = kind_of(entry, keys).ok_or_else(broken)?;
        if kind > 0 {
            let mut payload = payload;
            let count = super::measure::take_u64(&mut payload).ok_or_else(broken)?;
            self.add_value(kind, value, count);
            return Ok(());
        }
        let measures = &self.grouping.measures;
        let states = Group::read(key, measures, payload).ok_or_else(broken)?;
        match &mut self.group {
            Some(group) if group.key == key => group.merge(&states, measures),
            _ => {
                self.end_group(each)?;
                self.group = Some(states);
            }
        }
        Ok(())
    }

    fn add_value(&mut self, kind: usize, value: &[u8], count: u64) {
        match &mut self.value {
            Some((of, bytes, sum)) if *of == kind && bytes == value => *sum += count,
            _ => {
                self.end_value();
                self.value = Some((kind, value.to_vec(), count));
            }
        }
    }

    fn end_value(&mut self) {
        let (Some((kind, value, count)), Some(group)) = (self.value.take(), &mut self.group) else {
            return;
        };
        begin_tallies(group, self.grouping);
        if let Some(tally) = group.tallies.get_mut(kind - 1) {
            tally.add(&value, count);
        }
    }

    fn end_group(&mut self, each: &mut dyn FnMut(Group) -> io::Result<()>) -> io::Result<()> {
        self.end_value();
        match self.group.take() {
            None => Ok(()),
            Some(mut group) => {
                begin_tallies(&mut group, self.grouping);
                each(group)
            }
        }
    }
}

/// Begins to tally values, once the states of all runs are merged.
fn begin_tallies(group: &mut Group, grouping: &Grouping) {
    if group.tallies.is_empty() {
        let measures = &grouping.measures;
        let counts = counts_of(&group.states, measures);
        let pairs = keeping(measures).zip(counts);
        group.tallies = pairs
            .map(|(measure, count)| Tally::new(measure.take, count))
            .collect();
    }
}
