//! Groups as one thread has found them, and what they come to when all are merged.

use std::{collections::HashMap, io};

use rayon::prelude::*;

use super::super::{error::Type, value::Val};
use super::{
    encode,
    measure::{self, Measure, State, Take, take_u64},
    quantile::Quantile,
    runs::Runs,
    table::{MOST_KEYS, Table},
};

/// Groups of some of the rows.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) groups: Table,
    /// States of the measures that have one, group after group.
    states: Vec<State>,
    heap: usize,
    /// For each measure that keeps values: the key of the group, the value, and how often.
    values: Vec<Table>,
    key: Vec<u8>,
    long_key: Vec<u8>,
}

/// A key in a table of a part: 0 for that of the groups, then those of values.
struct Entry {
    kind: usize,
    at: usize,
    group_len: usize,
}

impl Entry {
    fn of(kind: usize, at: usize, key: &[u8], keys: usize) -> Entry {
        Entry {
            kind,
            at,
            group_len: encode::len_of(keys, key),
        }
    }
}

impl Part {
    /// No groups yet, with tables that hash like another.
    pub(super) fn new(like: &Table, measures: &[Measure]) -> Part {
        let keeping = measures
            .iter()
            .filter(|measure| measure.take.keeps_values());
        Part {
            groups: Table::like(like),
            states: Vec::new(),
            heap: 0,
            values: keeping.map(|_| Table::like(like)).collect(),
            key: Vec::new(),
            long_key: Vec::new(),
        }
    }

    /// Makes the group of all rows, which is there also where no row is.
    pub(super) fn add_group_of_all(&mut self, measures: &[Measure]) {
        self.groups.add(&[], 0);
        let states = measures.iter().map(|measure| State::new(measure.take));
        self.states.extend(states);
    }

    /// Where a key is to be written before [`Part::add`].
    pub(super) fn key(&mut self) -> &mut Vec<u8> {
        self.key.clear();
        &mut self.key
    }

    /// Adds a row to the group of the key at hand. `value` gives the value of a measure, by its number.
    pub(super) fn add<'v, 'a: 'v>(
        &mut self,
        row: u64,
        measures: &[Measure],
        value: impl Fn(usize) -> &'v Val<'a>,
    ) {
        let group = self.groups.add(&self.key, 1);
        let width = measures.len();
        if self.states.len() < (group + 1) * width {
            let new = measures.iter().map(|measure| State::new(measure.take));
            self.states.extend(new);
        }
        let mut keeping = 0;
        for (number, measure) in measures.iter().enumerate() {
            let Some(state) = self.states.get_mut(group * width + number) else {
                continue;
            };
            if measure.of.is_none() && measure.take == Take::Count {
                continue;
            }
            let value = value(number);
            let before = state.heap_len();
            state.add(measure.take, value, row);
            self.heap += state.heap_len().saturating_sub(before);
            if measure.take.keeps_values() {
                if measure::counts(value) {
                    self.long_key.clear();
                    self.long_key.extend_from_slice(&self.key);
                    encode::push(value, &mut self.long_key);
                    self.values[keeping].add(&self.long_key, 1);
                }
                keeping += 1;
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Part, measures: &[Measure]) {
        let width = measures.len();
        let (states, heap) = (&mut self.states, &mut self.heap);
        self.groups.merge(&other.groups, |from, to| {
            let theirs = &other.states[from * width..(from + 1) * width];
            let Some(ours) = states.get_mut(to * width..(to + 1) * width) else {
                *heap += theirs.iter().map(State::heap_len).sum::<usize>();
                states.extend_from_slice(theirs);
                return;
            };
            for ((ours, theirs), measure) in ours.iter_mut().zip(theirs).zip(measures) {
                ours.merge(measure.take, theirs);
            }
        });
        for (ours, theirs) in self.values.iter_mut().zip(&other.values) {
            ours.merge(theirs, |_, _| {});
        }
    }

    /// Bytes that it takes, nearly.
    pub(super) fn size(&self) -> usize {
        let values: usize = self.values.iter().map(Table::size).sum();
        self.groups.size() + self.states.len() * size_of::<State>() + self.heap + values
    }

    /// True if it has to be written to a file before it takes in another block.
    pub(super) fn is_full(&self, memory: usize) -> bool {
        let most = MOST_KEYS - (1 << 24);
        self.size() > memory
            || self.groups.len() > most
            || self.values.iter().any(|table| table.len() > most)
    }

    fn states_of(&self, group: usize, width: usize) -> &[State] {
        self.states
            .get(group * width..(group + 1) * width)
            .unwrap_or_default()
    }

    /// Writes all groups as a sorted run.
    pub(super) fn spill(&self, width: usize, keys: usize, runs: &mut Runs) -> io::Result<()> {
        let mut entries: Vec<Entry> = (0..self.groups.len())
            .map(|at| Entry::of(0, at, self.groups.key(at), keys))
            .collect();
        for (number, table) in self.values.iter().enumerate() {
            let of_table = |at| Entry::of(number + 1, at, table.key(at), keys);
            entries.extend((0..table.len()).map(of_table));
        }
        // The kind stands between the key of the group and the value.
        let parts = |entry: &Entry| {
            let key = match entry.kind.checked_sub(1) {
                None => self.groups.key(entry.at),
                Some(number) => self.values[number].key(entry.at),
            };
            let (group, value) = key.split_at(entry.group_len);
            (group, entry.kind, value)
        };
        entries.par_sort_unstable_by(|a, b| parts(a).cmp(&parts(b)));
        let (mut key, mut payload) = (Vec::new(), Vec::new());
        for entry in &entries {
            let (group, kind, value) = parts(entry);
            key.clear();
            key.extend_from_slice(group);
            key.push(u8::try_from(kind).unwrap_or(u8::MAX));
            key.extend_from_slice(value);
            payload.clear();
            match kind.checked_sub(1) {
                None => {
                    payload.extend(self.groups.count(entry.at).to_be_bytes());
                    let states = self.states_of(entry.at, width);
                    states.iter().for_each(|state| state.push(&mut payload));
                }
                Some(number) => payload.extend(self.values[number].count(entry.at).to_be_bytes()),
            }
            runs.write(&key, &payload)?;
        }
        runs.end_run();
        Ok(())
    }

    /// Gives out every group, in the order of the keys.
    pub(super) fn each_group(
        &self,
        measures: &[Measure],
        keys: usize,
        each: &mut dyn FnMut(Group) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut order: Vec<u32> = (0..self.groups.len())
            .filter_map(|at| u32::try_from(at).ok())
            .collect();
        order.sort_unstable_by(|&a, &b| {
            self.groups.key(a as usize).cmp(self.groups.key(b as usize))
        });
        let taken: Vec<Values<'_>> = keeping(measures)
            .zip(&self.values)
            .map(|(measure, table)| Values::of(table, measure.take, keys))
            .collect();
        let mut values: Vec<_> = taken.iter().map(Values::cursor).collect();
        for number in order {
            let number = number as usize;
            let key = self.groups.key(number);
            let mut group = Group::new(
                key,
                self.groups.count(number),
                self.states_of(number, measures.len()).to_vec(),
            );
            let counts: Vec<u64> = counts_of(&group.states, measures).collect();
            for (cursor, count) in values.iter_mut().zip(counts) {
                let tally = cursor.take_for(key, count);
                group.tallies.push(tally);
            }
            each(group)?;
        }
        Ok(())
    }
}

/// Measures that keep values, in their order.
pub(super) fn keeping(measures: &[Measure]) -> impl Iterator<Item = &Measure> {
    measures
        .iter()
        .filter(|measure| measure.take.keeps_values())
}

/// A group with all that is known of it.
pub(super) struct Group {
    pub(super) key: Vec<u8>,
    pub(super) count: u64,
    pub(super) states: Vec<State>,
    /// For each measure that keeps values what they came to.
    pub(super) tallies: Vec<Tally>,
}

impl Group {
    pub(super) fn new(key: &[u8], count: u64, states: Vec<State>) -> Group {
        Group {
            key: key.to_vec(),
            count,
            states,
            tallies: Vec::new(),
        }
    }

    /// A group as [`Part::spill`] wrote its states.
    pub(super) fn read(key: &[u8], measures: &[Measure], mut payload: &[u8]) -> Option<Group> {
        let count = take_u64(&mut payload)?;
        let states: Option<Vec<State>> = measures
            .iter()
            .map(|measure| State::take(measure.take, &mut payload))
            .collect();
        Some(Group::new(key, count, states?))
    }

    pub(super) fn merge(&mut self, other: &Group, measures: &[Measure]) {
        self.count += other.count;
        for ((ours, theirs), measure) in self.states.iter_mut().zip(&other.states).zip(measures) {
            ours.merge(measure.take, theirs);
        }
    }
}

/// What the values of a group came to: how many different ones there are, or the one at a share of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tally {
    Distinct(u64),
    Quantile(Quantile),
}

impl Tally {
    /// What some values come to, of which there are so many.
    pub(super) fn new(take: Take, values: u64) -> Tally {
        match take {
            Take::Quantile(share) => Tally::Quantile(Quantile::new(share, values)),
            _ => Tally::Distinct(0),
        }
    }

    /// The figure, of values of a type.
    pub(super) fn value(&self, ty: Type) -> Val<'static> {
        match self {
            Tally::Distinct(different) => Val::Int(i128::from(*different)),
            Tally::Quantile(quantile) => quantile.value(ty),
        }
    }

    /// Takes in a value, greater than those before.
    pub(super) fn add(&mut self, value: &[u8], count: u64) {
        match self {
            Tally::Distinct(different) => *different += 1,
            Tally::Quantile(quantile) => quantile.add(value, count),
        }
    }
}

/// The values that a measure kept, by their groups.
enum Values<'t> {
    /// How many different ones each group has: their order does not matter.
    Distinct(HashMap<&'t [u8], u64>),
    /// In the order of groups and values.
    Sorted {
        table: &'t Table,
        order: Vec<u32>,
        take: Take,
        keys: usize,
    },
}

impl<'t> Values<'t> {
    fn of(table: &'t Table, take: Take, keys: usize) -> Values<'t> {
        if take == Take::Distinct {
            let mut counts = HashMap::new();
            if keys == 0 {
                counts.insert(&[][..], table.len() as u64);
            } else {
                for number in 0..table.len() {
                    let key = table.key(number);
                    *counts.entry(&key[..encode::len_of(keys, key)]).or_insert(0) += 1;
                }
            }
            return Values::Distinct(counts);
        }
        let mut order: Vec<u32> = (0..table.len())
            .filter_map(|at| u32::try_from(at).ok())
            .collect();
        order.par_sort_unstable_by(|&a, &b| table.key(a as usize).cmp(table.key(b as usize)));
        Values::Sorted {
            table,
            order,
            take,
            keys,
        }
    }

    fn cursor(&self) -> Cursor<'_> {
        Cursor {
            values: self,
            at: 0,
        }
    }
}

/// Values that are given out group after group.
struct Cursor<'v> {
    values: &'v Values<'v>,
    at: usize,
}

impl Cursor<'_> {
    /// What the values of the next group come to, which are so many.
    fn take_for(&mut self, group: &[u8], count: u64) -> Tally {
        let (table, order, take, keys) = match self.values {
            Values::Distinct(counts) => {
                return Tally::Distinct(counts.get(group).copied().unwrap_or(0));
            }
            Values::Sorted {
                table,
                order,
                take,
                keys,
            } => (table, order, *take, *keys),
        };
        let mut tally = Tally::new(take, count);
        while let Some(&number) = order.get(self.at) {
            let key = table.key(number as usize);
            let (of, value) = key.split_at(encode::len_of(keys, key));
            if of != group {
                break;
            }
            tally.add(value, table.count(number as usize));
            self.at += 1;
        }
        tally
    }
}

/// Counts of the values of measures that keep them, in their order.
pub(super) fn counts_of(states: &[State], measures: &[Measure]) -> impl Iterator<Item = u64> {
    let pairs = states.iter().zip(measures);
    pairs
        .filter(|(_, measure)| measure.take.keeps_values())
        .map(|(state, _)| match state {
            State::Count(count) => *count,
            _ => 0,
        })
}

/// The kind of an entry in a file, behind the key of its group.
pub(super) fn kind_of(entry: &[u8], keys: usize) -> Option<(&[u8], usize, &[u8])> {
    let (group, rest) = entry.split_at(encode::len_of(keys, entry));
    let (&kind, value) = rest.split_first()?;
    Some((group, usize::from(kind), value))
}
