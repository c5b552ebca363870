//! Groups as one thread has found them, and what they come to when all are merged.

use std::io;

use super::{
    super::value::Val,
    encode,
    found::{Group, Tally},
    kept::{Kept, keeping},
    measure::{Measure, State, Take},
    runs::Runs,
    table::{Batch, MOST_KEYS, Table},
};

/// Groups of some of the rows.
#[derive(Debug)]
pub(super) struct Part {
    groups: Table,
    /// States of the measures, group after group.
    states: Vec<State>,
    /// Bytes that states have beside their own.
    heap: usize,
    /// For each measure that keeps values.
    kept: Vec<Kept>,
    batch: Batch,
    /// The groups of the rows at hand.
    rows: Vec<u32>,
}

impl Part {
    /// No groups yet, with tables that hash like another.
    pub(super) fn new(like: &Table, measures: &[Measure]) -> Part {
        let kept = keeping(measures).map(|measure| Kept::new(measure.take, like));
        Part {
            groups: Table::like(like),
            states: Vec::new(),
            heap: 0,
            kept: kept.collect(),
            batch: Batch::default(),
            rows: Vec::new(),
        }
    }

    /// Makes the group of all rows, which is there also where no row is.
    pub(super) fn add_group_of_all(&mut self, measures: &[Measure]) {
        self.groups.add(&[], 0);
        let states = measures.iter().map(|measure| State::new(measure.take));
        self.states.extend(states);
    }

    /// Adds rows: `key` appends what one is grouped by, if by anything, and `value` gives that of a measure, by numbers.
    pub(super) fn add<'v, 'a: 'v>(
        &mut self,
        rows: &[u32],
        first: u64,
        measures: &[Measure],
        key: Option<impl Fn(usize, &mut Vec<u8>)>,
        value: impl Fn(usize, usize) -> &'v Val<'a>,
    ) {
        self.find_groups(rows.len(), key);
        let width = measures.len();
        for _ in self.states.len() / width.max(1)..self.groups.len() {
            let new = measures.iter().map(|measure| State::new(measure.take));
            self.states.extend(new);
        }
        let mut kept = self.kept.iter_mut();
        for (number, measure) in measures.iter().enumerate() {
            if measure.of.is_none() && measure.take == Take::Count {
                continue;
            }
            for (at, (&group, &row)) in self.rows.iter().zip(rows).enumerate() {
                let Some(state) = self.states.get_mut(group as usize * width + number) else {
                    continue;
                };
                let before = state.heap_len();
                state.add(measure.take, value(number, at), first + u64::from(row));
                self.heap += state.heap_len().saturating_sub(before);
            }
            if measure.take.keeps_values()
                && let Some(kept) = kept.next()
            {
                let values = (0..rows.len()).map(|at| value(number, at));
                kept.add(&self.rows, values, &mut self.batch);
            }
        }
    }

    /// Finds the groups of so many rows, and counts these in them.
    fn find_groups(&mut self, rows: usize, key: Option<impl Fn(usize, &mut Vec<u8>)>) {
        let numbers = &mut self.rows;
        numbers.clear();
        let Some(key) = key else {
            // all rows are of one group
            self.groups.add(&[], rows as u64);
            numbers.resize(rows, 0);
            return;
        };
        self.batch.clear();
        for at in 0..rows {
            self.batch.push(&self.groups, |bytes| key(at, bytes));
        }
        // there are never more groups than such numbers
        self.groups.add_batch(&self.batch, |number| {
            numbers.push(u32::try_from(number).unwrap_or(u32::MAX));
        });
    }

    pub(super) fn merge(&mut self, other: &Part, measures: &[Measure]) {
        let width = measures.len();
        let (states, heap) = (&mut self.states, &mut self.heap);
        let mut numbers = vec![0; other.groups.len()];
        self.groups.merge(&other.groups, |from, to| {
            numbers[from] = u32::try_from(to).unwrap_or(u32::MAX);
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
        for (ours, theirs) in self.kept.iter_mut().zip(&other.kept) {
            ours.merge(theirs, &numbers);
        }
    }

    /// Bytes that it takes, nearly.
    pub(super) fn size(&self) -> usize {
        let kept: usize = self.kept.iter().map(Kept::size).sum();
        self.groups.size() + self.states.len() * size_of::<State>() + self.heap + kept
    }

    /// True if it has to be written to a file before it takes in another block.
    pub(super) fn is_full(&self, memory: usize) -> bool {
        let longest = self.kept.iter().map(Kept::len).max().unwrap_or(0);
        self.size() > memory || self.groups.len().max(longest) > MOST_KEYS
    }

    fn states_of(&self, group: usize, width: usize) -> &[State] {
        self.states
            .get(group * width..(group + 1) * width)
            .unwrap_or_default()
    }

    /// The numbers of the groups in the order of their keys.
    fn order(&self) -> Vec<u32> {
        let numbers = 0..self.groups.len();
        let mut order: Vec<u32> = numbers.filter_map(|at| u32::try_from(at).ok()).collect();
        let key = |&number: &u32| self.groups.key(number as usize);
        order.sort_unstable_by(|a, b| key(a).cmp(key(b)));
        order
    }

    /// Writes all groups as a sorted run: of each its states, then what measures kept, behind the number of the measure.
    pub(super) fn spill(&self, width: usize, runs: &mut Runs) -> io::Result<()> {
        let order = self.order();
        let mut ranks = vec![0; order.len()];
        for (rank, &number) in (0..).zip(&order) {
            ranks[number as usize] = rank;
        }
        let kept = self.kept.iter().map(|kept| kept.sorted(&ranks));
        let mut kept: Vec<_> = kept.map(|values| values.into_iter().peekable()).collect();
        let (mut key, mut payload) = (Vec::new(), Vec::new());
        for &number in &order {
            let group = self.groups.key(number as usize);
            encode::entry(&mut key, group, 0, &[]);
            payload.clear();
            payload.extend(self.groups.count(number as usize).to_be_bytes());
            let states = self.states_of(number as usize, width);
            states.iter().for_each(|state| state.push(&mut payload));
            runs.write(&key, &payload)?;
            for (kind, values) in (1..).zip(&mut kept) {
                while let Some((_, value)) = values.next_if(|(owner, _)| *owner == number) {
                    let mut count = 1_u64;
                    while values
                        .next_if(|next| next.0 == number && next.1 == value)
                        .is_some()
                    {
                        count += 1;
                    }
                    encode::entry(&mut key, group, kind, &value);
                    runs.write(&key, &count.to_be_bytes())?;
                }
            }
        }
        runs.end_run();
        Ok(())
    }

    /// Gives out every group, in the order of the keys.
    pub(super) fn each_group(
        &self,
        measures: &[Measure],
        each: &mut dyn FnMut(Group) -> io::Result<()>,
    ) -> io::Result<()> {
        let groups = self.groups.len();
        let pairs = keeping(measures).zip(&self.kept);
        let tallies: Vec<Vec<Tally>> = pairs
            .map(|(measure, kept)| match measure.take {
                Take::Quantile(share) => {
                    let quantiles = kept.quantiles(share, groups).into_iter();
                    quantiles.map(Tally::Quantile).collect()
                }
                _ => {
                    let counts = kept.distinct(groups).into_iter();
                    counts.map(Tally::Distinct).collect()
                }
            })
            .collect();
        for number in self.order() {
            let number = number as usize;
            let states = self.states_of(number, measures.len()).to_vec();
            let mut group = Group::new(self.groups.key(number), self.groups.count(number), states);
            let of_group = tallies.iter().filter_map(|tallies| tallies.get(number));
            group.tallies.extend(of_group.cloned());
            each(group)?;
        }
        Ok(())
    }
}
