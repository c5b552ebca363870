//! Groups by their first figure, the largest first.

use std::{collections::BinaryHeap, io};

use super::{super::value::Val, encode, runs::Runs};

/// Groups on their way into their order.
pub(super) struct Top {
    /// Largest on top, which is the one to go where too many are there.
    kept: BinaryHeap<Entry>,
    most: usize,
    memory: usize,
    bytes: usize,
    runs: Option<Runs>,
}

/// Bytes that groups are ordered by, and all values of a group.
type Entry = (Vec<u8>, Vec<u8>);

impl Top {
    /// No groups yet, of which so many are wanted, or all.
    pub(super) fn new(most: Option<usize>, memory: usize) -> Top {
        Top {
            kept: BinaryHeap::new(),
            most: most.unwrap_or(usize::MAX),
            memory,
            bytes: 0,
            runs: None,
        }
    }

    /// Takes in the values of a group, of which the first so many are what it is grouped by.
    pub(super) fn add(&mut self, values: Vec<Val<'static>>, keys: usize) -> io::Result<()> {
        let mut order = Vec::new();
        if let Some(figure) = values.get(keys) {
            encode::push(figure, &mut order);
        }
        // No value begins another, so that bytes turned over are in the order turned over.
        order.iter_mut().for_each(|byte| *byte = !*byte);
        let keys = values.get(..keys).unwrap_or_default();
        keys.iter()
            .for_each(|key| encode::push_cell(key, &mut order));
        let mut all = Vec::new();
        values
            .iter()
            .for_each(|value| encode::push(value, &mut all));
        self.bytes += size_of::<Entry>() + order.len() + all.len();
        self.kept.push((order, all));
        if self.kept.len() > self.most {
            let gone = self.kept.pop();
            self.bytes -= gone.map_or(0, |(order, all)| {
                size_of::<Entry>() + order.len() + all.len()
            });
        }
        match self.bytes > self.memory {
            true => self.spill(),
            false => Ok(()),
        }
    }

    fn spill(&mut self) -> io::Result<()> {
        let runs = match &mut self.runs {
            Some(runs) => runs,
            none => none.insert(Runs::new()?),
        };
        for (order, all) in std::mem::take(&mut self.kept).into_sorted_vec() {
            runs.write(&order, &all)?;
        }
        runs.end_run();
        self.bytes = 0;
        Ok(())
    }

    /// Gives out the values of each group that is wanted.
    pub(super) fn give(
        mut self,
        each: &mut dyn FnMut(Vec<Val<'static>>) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.runs.is_some() {
            self.spill()?;
        }
        let Some(runs) = self.runs else {
            let sorted = self.kept.into_sorted_vec().into_iter();
            return sorted.map(|(_, all)| values_of(&all)).try_for_each(each);
        };
        let mut left = self.most;
        runs.merge(self.memory, |_, all| match left.checked_sub(1) {
            None => Ok(()),
            Some(less) => {
                left = less;
                each(values_of(all))
            }
        })
    }
}

fn values_of(mut all: &[u8]) -> Vec<Val<'static>> {
    std::iter::from_fn(|| encode::take(&mut all)).collect()
}
