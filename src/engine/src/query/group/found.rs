//! A group with all its figures, and how it goes to a file and comes back.

use super::{
    super::{error::Type, value::Val},
    encode,
    measure::{Measure, State, Take, take_u64},
    quantile::Quantile,
};

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

    /// A group whose states were spilled.
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

/// The result for the values of a group: how many different ones there are, or the one at a share of them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tally {
    Distinct(u64),
    Quantile(Quantile),
}

impl Tally {
    /// The result for some values, of which there are so many.
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
