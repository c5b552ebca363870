//! Orders of rows: which row comes first, which next.

use std::{
    ops::{BitOr, Range},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use crate::{
    RowSet, Ulid,
    progress::{Cancelled, Progress},
};
use rayon::prelude::*;

use super::{Direction, OrderError, key::Key, radix, room::Room};

/// The positions of `ids` in the order of their values. Equal ones keep their order in either direction, and rows
/// without a ULID come last in either direction, in their order.
///
/// # Errors
///
/// [`OrderError`] for a cancelled run, and for more rows than 32 bits count.
pub fn order(
    ids: &[Option<Ulid>],
    direction: Direction,
    progress: &Progress,
) -> Result<Vec<u32>, OrderError> {
    let keys: Vec<u128> = ids
        .iter()
        .map(|id| id.map_or(0, |id| id.to_u128()))
        .collect();
    let invalid: RowSet = (0_u64..)
        .zip(ids)
        .filter_map(|(row, id)| id.is_none().then_some(row))
        .collect();
    order_keys(&keys, &invalid, direction, progress)
}

/// The positions of `keys` in the order of their values, as [`order`] gives them; the key of an `invalid` row counts for
/// nothing. A unit of `progress` is a row in its place; where very many keys begin alike, some are counted twice.
///
/// # Errors
///
/// As [`order`].
pub fn order_keys(
    keys: &[u128],
    invalid: &RowSet,
    direction: Direction,
    progress: &Progress,
) -> Result<Vec<u32>, OrderError> {
    u32::try_from(keys.len()).map_err(|_| OrderError::TooManyRows { rows: keys.len() })?;
    let valid = valid_stretches(keys, invalid);
    let count = valid.iter().map(Range::len).sum();
    let mut order = vec![0; keys.len()];
    let (of_valid, last) = order.split_at_mut(count);
    let rows = Rows::of(keys, valid, direction);
    if !rows.order::<u64>(of_valid, progress)? {
        rows.order::<u128>(of_valid, progress)?;
    }
    let invalid = invalid.iter().map_while(|row| u32::try_from(row).ok());
    for (place, row) in last.iter_mut().zip(invalid) {
        *place = row;
    }
    progress.advance(last.len() as u64)?;
    Ok(order)
}

/// Rows of a stretch, at most.
const STRETCH: usize = 1 << 16;

/// The rows between invalid ones, in stretches that threads share among them.
fn valid_stretches(keys: &[u128], invalid: &RowSet) -> Vec<Range<usize>> {
    let ends = invalid.iter().map_while(|row| usize::try_from(row).ok());
    let ends = ends.take_while(|&row| row < keys.len());
    let mut start = 0;
    ends.chain([keys.len()])
        .map(|end| std::mem::replace(&mut start, end + 1)..end)
        .flat_map(|between| {
            let starts = between.clone().step_by(STRETCH);
            starts.map(move |start| start..between.end.min(start + STRETCH))
        })
        .collect()
}

/// Rows that are ordered by entries: numbers with as much of a key as there is room for, and below it the row. Sorting
/// them orders rows, stably.
struct Rows<'a> {
    keys: &'a [u128],
    valid: Vec<Range<usize>>,
    direction: Direction,
    /// The topmost bits of a key, in which all agree; the lowest bit is never one of them.
    same_bits: u32,
    /// Bits that number a row.
    row_bits: u32,
}

impl<'a> Rows<'a> {
    fn of(keys: &'a [u128], valid: Vec<Range<usize>>, direction: Direction) -> Rows<'a> {
        let first = valid.first().map_or(0, |stretch| keys[stretch.start]);
        let differing = |stretch: &Range<usize>| {
            let keys = keys[stretch.clone()].iter();
            keys.fold(0, |bits, key| bits | key ^ first)
        };
        let differing = valid.par_iter().map(differing).reduce(|| 0, u128::bitor);
        Rows {
            keys,
            direction,
            same_bits: differing.leading_zeros().min(u128::BITS - 1),
            row_bits: usize::BITS - keys.len().leading_zeros(),
            valid,
        }
    }

    /// Orders the rows, unless too many entries agree in the part of the key that they hold.
    fn order<E: Key>(&self, order: &mut [u32], progress: &Progress) -> Result<bool, Cancelled> {
        let mut room = Room::<E>::of(order.len());
        let entries = room.keys();
        self.fill(entries);
        let exact = u128::BITS - self.same_bits <= E::BITS - self.row_bits;
        let most_ties = match E::BITS {
            u128::BITS => usize::MAX,
            _ => order.len() / 16,
        };
        let ties = AtomicUsize::new(0);
        let done = radix::sort_into(entries, order, self.row_bits, progress, |entries, order| {
            if !exact {
                let own = self.order_ties(entries);
                if ties.fetch_add(own, Relaxed) + own > most_ties {
                    return Err(Cancelled);
                }
            }
            for (place, &entry) in order.iter_mut().zip(entries.iter()) {
                *place = self.row_of(entry);
            }
            Ok(())
        });
        match done {
            Err(Cancelled) if ties.into_inner() > most_ties => Ok(false),
            done => done.map(|()| true),
        }
    }

    fn fill<E: Key>(&self, mut entries: &mut [E]) {
        let mut stretches = Vec::with_capacity(self.valid.len());
        for stretch in &self.valid {
            let (own, behind) = std::mem::take(&mut entries).split_at_mut(stretch.len());
            entries = behind;
            stretches.push((own, stretch.start));
        }
        let stretches = stretches.into_par_iter();
        stretches.for_each(|(entries, first)| self.fill_stretch(entries, first));
    }

    /// Makes the entries of the rows from `first` on.
    fn fill_stretch<E: Key>(&self, entries: &mut [E], first: usize) {
        let flip = match self.direction {
            Direction::Ascending => 0,
            Direction::Descending => u128::MAX,
        };
        let cut = u128::BITS - (E::BITS - self.row_bits);
        for ((entry, key), row) in entries.iter_mut().zip(&self.keys[first..]).zip(first..) {
            let key = (key ^ flip) << self.same_bits >> cut;
            *entry = E::lowest(key << self.row_bits | row as u128);
        }
    }

    /// Orders entries that agree in their part of the key by the whole of it, and says how many do.
    fn order_ties<E: Key>(&self, entries: &mut [E]) -> usize {
        let part = |entry: E| entry.into() >> self.row_bits;
        let mut ties = 0;
        let mut from = 0;
        while let Some(tie) = entries[from..]
            .array_windows()
            .position(|&[a, b]| part(a) == part(b))
        {
            let start = from + tie;
            let tied = part(entries[start]);
            let same = entries[start..]
                .iter()
                .take_while(|&&entry| part(entry) == tied);
            from = start + same.count();
            ties += from - start;
            let key = |entry: E| self.keys.get(self.row_of(entry) as usize);
            match self.direction {
                Direction::Ascending => entries[start..from].sort_by(|&a, &b| key(a).cmp(&key(b))),
                Direction::Descending => entries[start..from].sort_by(|&a, &b| key(b).cmp(&key(a))),
            }
        }
        ties
    }

    fn row_of<E: Key>(&self, entry: E) -> u32 {
        let row_bits = (1 << self.row_bits) - 1;
        (entry.into() & row_bits) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_stable_and_end_with_the_invalid() {
        let ids = [
            Some(Ulid::from_u128(3)),
            None,
            Some(Ulid::from_u128(1)),
            Some(Ulid::from_u128(3)),
            None,
            Some(Ulid::from_u128(2)),
        ];
        let order = |direction| order(&ids, direction, &Progress::new());
        assert_eq!(order(Direction::Ascending), Ok(vec![2, 5, 0, 3, 1, 4]));
        assert_eq!(order(Direction::Descending), Ok(vec![0, 3, 5, 2, 1, 4]));
    }
}
