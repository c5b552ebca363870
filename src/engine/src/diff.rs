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
    let order = sort::order_keys(keys, invalid, Direction::Ascending, progress)?;
    let valid = order
        .iter()
        .take_while(|&&row| !invalid.contains(u64::from(row)));
    let valid = &order[..valid.count()];
    let mut partners = vec![ALONE; first_rows];
    let mut second = vec![false; keys.len() - first_rows];
    for same in valid.chunk_by(|&a, &b| keys[a as usize] == keys[b as usize]) {
        // equal rows keep their order, so that those of the first list come first
        let (a, b) = same.split_at(same.partition_point(|&row| (row as usize) < first_rows));
        for (&a, &b) in a.iter().zip(b) {
            partners[a as usize] = b;
            second[b as usize - first_rows] = true;
        }
    }
    let mut diff = Diff {
        moved: moved(&partners, progress)?,
        ..Diff::default()
    };
    for (row, partner) in (0_u64..).zip(&partners) {
        if *partner != ALONE {
            diff.both.insert(row);
        } else if !invalid.contains(row) {
            diff.only_first.insert(row);
        }
    }
    for (row, has_partner) in (first_rows as u64..).zip(second) {
        if has_partner {
            diff.both.insert(row);
        } else if !invalid.contains(row) {
            diff.only_second.insert(row);
        }
    }
    Ok(diff)
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
