//! Duplicates wherever they are: rows in the order of their keys stand beside those they equal.

use rayon::prelude::*;

use crate::RowSet;

/// Rows whose ID an earlier row has. `order` are the valid rows as [`sort::order_keys`](crate::sort::order_keys) gives
/// them, without the invalid ones at its end.
#[must_use]
pub fn duplicates(keys: &[u128], order: &[u32]) -> RowSet {
    let mut rows: Vec<u32> = order
        .par_windows(2)
        .filter(|pair| {
            let key = |row: u32| keys.get(row as usize);
            key(pair[0]) == key(pair[1])
        })
        // The order is stable in both directions: of two equal rows the later stands behind.
        .map(|pair| pair[1])
        .collect();
    rows.par_sort_unstable();
    rows.into_iter().map(u64::from).collect()
}

/// How many of the sorted keys equal the one before.
#[must_use]
pub fn count_duplicates(sorted: &[u128]) -> u64 {
    sorted
        .par_windows(2)
        .with_min_len(1 << 16)
        .filter(|pair| pair[0] == pair[1])
        .count() as u64
}
