//! Values that measures keep: every different one, or every number.

use super::{
    super::{
        order::{float_key, integer_key},
        value::Val,
    },
    encode,
    measure::{Measure, Take, counts},
    quantile::Quantile,
    table::{Batch, Table},
};

/// Values of a measure, each with the number of its group.
#[derive(Debug)]
pub(super) enum Kept {
    /// Different ones: the number of the group, then the value.
    Distinct(Table),
    /// Numbers as what they are ordered by.
    Numbers(Vec<u32>, Vec<u128>),
}

/// Bytes of a number while it is kept, and of its place among those of its group in the end.
const NUMBER: usize = 4 + 16 + 16;
/// Bytes of the number of a group before a value.
const OWNER: usize = 4;

/// Measures that keep values, in their order.
pub(super) fn keeping(measures: &[Measure]) -> impl Iterator<Item = &Measure> {
    measures
        .iter()
        .filter(|measure| measure.take.keeps_values())
}

impl Kept {
    pub(super) fn new(take: Take, like: &Table) -> Kept {
        match take {
            Take::Distinct => Kept::Distinct(Table::like(like)),
            _ => Kept::Numbers(Vec::new(), Vec::new()),
        }
    }

    /// Takes in the values of rows, of which the groups are known.
    pub(super) fn add<'v, 'a: 'v>(
        &mut self,
        groups: &[u32],
        values: impl Iterator<Item = &'v Val<'a>>,
        batch: &mut Batch,
    ) {
        let pairs = groups.iter().zip(values).filter(|(_, value)| counts(value));
        match self {
            Kept::Distinct(table) => {
                batch.clear();
                for (group, value) in pairs {
                    batch.push(table, |bytes| {
                        bytes.extend(group.to_be_bytes());
                        encode::push(value, bytes);
                    });
                }
                table.add_batch(batch, |_| {});
            }
            Kept::Numbers(owners, keys) => {
                for (group, value) in pairs {
                    owners.push(*group);
                    keys.push(key_of(value));
                }
            }
        }
    }

    /// Adds what another thread has kept, whose groups are called by the numbers of `groups` here.
    pub(super) fn merge(&mut self, other: &Kept, groups: &[u32]) {
        const STEP: usize = 1 << 12;
        match (self, other) {
            (Kept::Distinct(ours), Kept::Distinct(theirs)) => {
                let mut batch = Batch::default();
                for first in (0..theirs.len()).step_by(STEP) {
                    batch.clear();
                    for number in first..theirs.len().min(first + STEP) {
                        let (owner, value) = owned(theirs.key(number));
                        batch.push(ours, |bytes| {
                            bytes.extend(groups[owner as usize].to_be_bytes());
                            bytes.extend_from_slice(value);
                        });
                    }
                    ours.add_batch(&batch, |_| {});
                }
            }
            (Kept::Numbers(owners, keys), Kept::Numbers(others, theirs)) => {
                owners.extend(others.iter().map(|&owner| groups[owner as usize]));
                keys.extend_from_slice(theirs);
            }
            _ => {}
        }
    }

    /// Bytes that it takes, and that what it comes to will take.
    pub(super) fn size(&self) -> usize {
        match self {
            Kept::Distinct(table) => table.size(),
            Kept::Numbers(_, keys) => NUMBER * keys.len(),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Kept::Distinct(table) => table.len(),
            Kept::Numbers(owners, _) => owners.len(),
        }
    }

    /// How many different values each of so many groups has.
    pub(super) fn distinct(&self, groups: usize) -> Vec<u64> {
        let mut counts = vec![0; groups];
        if let Kept::Distinct(table) = self {
            for number in 0..table.len() {
                counts[owned(table.key(number)).0 as usize] += 1;
            }
        }
        counts
    }

    /// The quantile of each of so many groups.
    pub(super) fn quantiles(&self, share: f64, groups: usize) -> Vec<Quantile> {
        let Kept::Numbers(owners, keys) = self else {
            return Vec::new();
        };
        // Each group's numbers side by side.
        let mut begins = vec![0_usize; groups + 1];
        owners
            .iter()
            .for_each(|&owner| begins[owner as usize + 1] += 1);
        for group in 0..groups {
            begins[group + 1] += begins[group];
        }
        let mut next = begins.clone();
        let mut sorted = vec![0; keys.len()];
        for (&owner, &key) in owners.iter().zip(keys) {
            let place = &mut next[owner as usize];
            sorted[*place] = key;
            *place += 1;
        }
        let slices = begins.windows(2);
        let quantile = |ends: &[usize]| Quantile::of(share, &mut sorted[ends[0]..ends[1]]);
        slices.map(quantile).collect()
    }

    /// All values as they go to a file, in the order of the ranks of their groups and then their own: the number of the
    /// group, the bytes of the value.
    pub(super) fn sorted(&self, ranks: &[u32]) -> Vec<(u32, Vec<u8>)> {
        let rank = |owner: u32| ranks[owner as usize];
        match self {
            Kept::Distinct(table) => {
                let mut numbers: Vec<usize> = (0..table.len()).collect();
                let key = |number: usize| {
                    let (owner, value) = owned(table.key(number));
                    (rank(owner), value)
                };
                numbers.sort_unstable_by(|&a, &b| key(a).cmp(&key(b)));
                let entry = |number: usize| {
                    let (owner, value) = owned(table.key(number));
                    (owner, value.to_vec())
                };
                numbers.into_iter().map(entry).collect()
            }
            Kept::Numbers(owners, keys) => {
                let mut pairs: Vec<(u32, u128, u32)> = owners
                    .iter()
                    .zip(keys)
                    .map(|(&owner, &key)| (rank(owner), key, owner))
                    .collect();
                pairs.sort_unstable();
                let entry = |(_, key, owner)| {
                    let mut bytes = Vec::new();
                    encode::push(&super::super::order::number_of(key), &mut bytes);
                    (owner, bytes)
                };
                pairs.into_iter().map(entry).collect()
            }
        }
    }
}

/// The number of the group, and the value.
fn owned(key: &[u8]) -> (u32, &[u8]) {
    match key.split_first_chunk::<OWNER>() {
        Some((owner, value)) => (u32::from_be_bytes(*owner), value),
        None => (0, key),
    }
}

fn key_of(value: &Val<'_>) -> u128 {
    match value {
        Val::Int(number) => integer_key(*number),
        Val::Duration(ms) | Val::Time(ms) => integer_key(i128::from(*ms)),
        Val::Float(number) => float_key(*number),
        _ => 0,
    }
}
