//! Two lists of IDs beside each other: what only one of them has, and what stands in another order.
//!
//! ```
//! use ulid_engine::{RowSet, diff, progress::Progress};
//!
//! // The first list is 1 2 3, the second 3 1 2 4.
//! let keys = [1, 2, 3, 3, 1, 2, 4];
//! let diff = diff::diff(&keys, &RowSet::new(), 3, &Progress::new())?;
//! assert_eq!(diff.both.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
//! assert_eq!(diff.moved.iter().collect::<Vec<_>>(), [2, 3]);
//! assert_eq!(diff.only_second.iter().collect::<Vec<_>>(), [6]);
//! # Ok::<(), ulid_engine::sort::OrderError>(())
//! ```

use std::cmp::Ordering;

use crate::{
    RowSet,
    progress::{Cancelled, Progress},
    sort::{self, Direction, OrderError},
};

/// How the rows of two lists are related. A row without an ID belongs to none of the sets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Diff {
    /// Rows of the first list whose ID the second does not have.
    pub only_first: RowSet,
    /// Rows of the second list whose ID the first does not have.
    pub only_second: RowSet,
    /// Rows of either list whose ID the other one has too.
    pub both: RowSet,
    /// Of those the fewest that have to be moved for both lists to have the rest in the same order.
    pub moved: RowSet,
}

/// A row of the first list has no partner.
const ALONE: u32 = u32::MAX;

/// Compares two lists that stand one behind the other in `keys`, the first of them `first_rows` long. Of an ID that one
/// list has more often the copies beyond those of the other are only there.
///
/// # Errors
///
/// [`OrderError`] for a cancelled run, and for more rows than 32 bits count.
pub fn diff(
    keys: &[u128],
    invalid: &RowSet,
    first_rows: usize,
    progress: &Progress,
) -> Result<Diff, OrderError> {
    let first_rows = first_rows.min(keys.len());
    let mut pairs = Pairs::new(first_rows, keys.len() - first_rows)?;
    pairs.add(keys, invalid, None, progress)?;
    Ok(pairs.diff(invalid, progress)?)
}

/// Rows of two lists that belong together, each row of the second numbered behind those of the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    /// The partner of each row of the first list.
    first: Vec<u32>,
    /// The partner of each row of the second list.
    second: Vec<u32>,
}

impl Pairs {
    /// No pairs yet among lists of so many rows. They take four bytes a row.
    ///
    /// # Errors
    ///
    /// [`OrderError`] for more rows than 32 bits count.
    pub fn new(first_rows: usize, second_rows: usize) -> Result<Pairs, OrderError> {
        let rows = first_rows.saturating_add(second_rows);
        match u32::try_from(rows) {
            Ok(_) => Ok(Pairs {
                first: vec![ALONE; first_rows],
                second: vec![ALONE; second_rows],
            }),
            Err(_) => Err(OrderError::TooManyRows { rows }),
        }
    }

    /// Pairs up rows of equal keys: the first copy with the first, the second with the second. `rows` says which row has
    /// which key, in ascending order; without it these are all rows. The key of a place in `without` counts for nothing.
    ///
    /// # Errors
    ///
    /// [`OrderError`] for a cancelled run.
    pub fn add(
        &mut self,
        keys: &[u128],
        without: &RowSet,
        rows: Option<&[u32]>,
        progress: &Progress,
    ) -> Result<(), OrderError> {
        let first_rows = self.first.len();
        let split = match rows {
            Some(rows) => rows.partition_point(|&row| (row as usize) < first_rows),
            None => first_rows.min(keys.len()),
        };
        // each list is nearly in order by itself, as both together are not
        let (first, second) = keys.split_at(split);
        let firsts = valid_order(first, without, 0, progress)?;
        let seconds = valid_order(second, without, split, progress)?;
        let row_of = |place: usize| match rows {
            Some(rows) => rows.get(place).copied(),
            None => u32::try_from(place).ok(),
        };
        let (mut at, mut to) = (0, 0);
        while let (Some(&a), Some(&b)) = (firsts.get(at), seconds.get(to)) {
            match first[a as usize].cmp(&second[b as usize]) {
                Ordering::Less => at += 1,
                Ordering::Greater => to += 1,
                Ordering::Equal => {
                    self.join(row_of(a as usize), row_of(split + b as usize));
                    (at, to) = (at + 1, to + 1);
                }
            }
        }
        Ok(())
    }

    fn join(&mut self, first: Option<u32>, second: Option<u32>) {
        let (Some(first), Some(second)) = (first, second) else {
            return;
        };
        let behind = (second as usize).saturating_sub(self.first.len());
        if let (Some(partner), Some(back)) = (
            self.first.get_mut(first as usize),
            self.second.get_mut(behind),
        ) {
            (*partner, *back) = (second, first);
        }
    }

    /// The row that belongs to a row.
    #[must_use]
    pub fn partner(&self, row: usize) -> Option<usize> {
        let partner = match row.checked_sub(self.first.len()) {
            Some(behind) => self.second.get(behind),
            None => self.first.get(row),
        };
        let partner = partner.copied().filter(|&partner| partner != ALONE)?;
        Some(partner as usize)
    }

    /// The pairs, in the order of the first list.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let pairs = (0_u32..).zip(self.first.iter().copied());
        pairs.filter(|&(_, partner)| partner != ALONE)
    }

    /// How the lists are related; a row in `without` that has no partner belongs to neither.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] if `progress` is.
    pub fn diff(&self, without: &RowSet, progress: &Progress) -> Result<Diff, Cancelled> {
        let mut diff = Diff {
            moved: moved(&self.first, progress)?,
            ..Diff::default()
        };
        let second = (self.first.len() as u64..).zip(&self.second);
        let first = (0_u64..).zip(&self.first);
        let firsts = first.map(|(row, partner)| (row, partner, true));
        for (row, &partner, is_first) in
            firsts.chain(second.map(|(row, partner)| (row, partner, false)))
        {
            if partner != ALONE {
                diff.both.insert(row);
            } else if !without.contains(row) {
                match is_first {
                    true => diff.only_first.insert(row),
                    false => diff.only_second.insert(row),
                };
            }
        }
        Ok(diff)
    }
}

/// Places of keys in the order of their values, but for those in `without`, which numbers them from `from`.
fn valid_order(
    keys: &[u128],
    without: &RowSet,
    from: usize,
    progress: &Progress,
) -> Result<Vec<u32>, OrderError> {
    let (from, end) = (from as u64, (from + keys.len()) as u64);
    let mut own = without.iter();
    own.advance_to(from);
    let own = own.take_while(|&place| place < end);
    let own: RowSet = own.map(|place| place - from).collect();
    let mut order = sort::order_keys(keys, &own, Direction::Ascending, progress)?;
    let valid = keys.len()
        - usize::try_from(own.len())
            .unwrap_or(usize::MAX)
            .min(keys.len());
    order.truncate(valid);
    Ok(order)
}

/// The rows that are not of the longest rising chain of partners, by patience sorting: piles whose tops rise, and for
/// each row the one it lies on.
fn moved(partners: &[u32], progress: &Progress) -> Result<RowSet, Cancelled> {
    const ROWS_A_STEP: usize = 1 << 16;
    let mut tops: Vec<u32> = Vec::new();
    let mut below = vec![ALONE; partners.len()];
    for (row, &partner) in partners.iter().enumerate() {
        if row.is_multiple_of(ROWS_A_STEP) {
            progress.advance(0)?;
        }
        if partner == ALONE {
            continue;
        }
        let pile = match tops.last() {
            Some(&top) if partners[top as usize] < partner => tops.len(),
            _ => tops.partition_point(|&top| partners[top as usize] < partner),
        };
        if let Some(before) = pile.checked_sub(1) {
            below[row] = tops[before];
        }
        // an order of so many rows was refused before
        let row = u32::try_from(row).unwrap_or(ALONE);
        match tops.get_mut(pile) {
            Some(top) => *top = row,
            None => tops.push(row),
        }
    }
    let mut stays = vec![false; partners.len()];
    let mut next = tops.last().copied();
    while let Some(row) = next {
        stays[row as usize] = true;
        next = Some(below[row as usize]).filter(|&row| row != ALONE);
    }
    let moved = (0_u64..).zip(partners).zip(stays);
    let moved = moved.filter(|((_, partner), stays)| **partner != ALONE && !stays);
    Ok(moved
        .flat_map(|((row, &partner), _)| [row, u64::from(partner)])
        .collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(set: &RowSet) -> Vec<u64> {
        set.iter().collect()
    }

    fn of(first: &[u128], second: &[u128]) -> Diff {
        let keys = [first, second].concat();
        diff(&keys, &RowSet::new(), first.len(), &Progress::new()).unwrap()
    }

    #[test]
    fn copies_beyond_those_of_the_other_list_are_only_there() {
        let diff = of(&[7, 7, 8], &[7, 9, 9]);
        assert_eq!(rows(&diff.both), [0, 3]);
        assert_eq!(rows(&diff.only_first), [1, 2]);
        assert_eq!(rows(&diff.only_second), [4, 5]);
        assert!(diff.moved.is_empty());
    }

    #[test]
    fn a_row_without_an_id_belongs_nowhere() {
        let invalid: RowSet = [1_u64, 2].into_iter().collect();
        let diff = diff(&[5, 0, 0, 5], &invalid, 2, &Progress::new()).unwrap();
        assert_eq!(rows(&diff.both), [0, 3]);
        assert!(diff.only_first.is_empty() && diff.only_second.is_empty());
    }

    #[test]
    fn pairs_are_found_part_by_part() {
        let (first, second) = ([7, 9, 7, 8], [8, 7, 5, 7]);
        let keys: Vec<u128> = [first, second].concat();
        let mut whole = Pairs::new(4, 4).unwrap();
        whole
            .add(&keys, &RowSet::new(), None, &Progress::new())
            .unwrap();
        let mut parts = Pairs::new(4, 4).unwrap();
        for part in 0..2 {
            let rows: Vec<u32> = (0..8)
                .filter(|&row| keys[row as usize] % 2 == part)
                .collect();
            let keys: Vec<u128> = rows.iter().map(|&row| keys[row as usize]).collect();
            parts
                .add(&keys, &RowSet::new(), Some(&rows), &Progress::new())
                .unwrap();
        }
        assert_eq!(whole, parts);
        assert_eq!(whole.iter().collect::<Vec<_>>(), [(0, 5), (2, 7), (3, 4)]);
        assert_eq!((whole.partner(7), whole.partner(6)), (Some(2), None));
    }

    /// Pairs the k-th copy with the k-th copy, and tries every chain.
    fn fewest_moved(first: &[u128], second: &[u128]) -> usize {
        let nth = |list: &[u128], at: usize| {
            let count = list[..at].iter().filter(|&&key| key == list[at]).count();
            (list[at], count)
        };
        let places: Vec<usize> = (0..first.len())
            .filter_map(|at| (0..second.len()).find(|&to| nth(second, to) == nth(first, at)))
            .collect();
        let mut longest = vec![1; places.len()];
        for at in 0..places.len() {
            for before in 0..at {
                if places[before] < places[at] {
                    longest[at] = longest[at].max(longest[before] + 1);
                }
            }
        }
        places.len() - longest.into_iter().max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn what_stays_is_in_the_same_order_and_as_much_as_can_be(
            first in prop::collection::vec(0_u128..12, 0..12),
            second in prop::collection::vec(0_u128..12, 0..12),
        ) {
            let diff = of(&first, &second);
            let split = first.len() as u64;
            let stays: Vec<u64> = (&diff.both - &diff.moved).iter().collect();
            let at = stays.partition_point(|&row| row < split);
            let key = |&row: &u64| [&first[..], &second[..]].concat()[row as usize];
            let (a, b) = stays.split_at(at);
            prop_assert_eq!(a.iter().map(key).collect::<Vec<_>>(), b.iter().map(key).collect::<Vec<_>>());
            prop_assert_eq!(diff.moved.len() as usize, 2 * fewest_moved(&first, &second));
            let all = diff.both.len() + diff.only_first.len() + diff.only_second.len();
            prop_assert_eq!(all as usize, first.len() + second.len());
        }
    }
}
