//! Orders of rows: which row comes first, which next.

use ulid::Ulid;

use super::{Direction, OrderError};
use crate::{RowSet, progress::Progress};

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
    let keys: Vec<u128> = ids.iter().map(|id| id.map_or(0, |id| id.0)).collect();
    let invalid: RowSet = (0_u64..)
        .zip(ids)
        .filter_map(|(row, id)| id.is_none().then_some(row))
        .collect();
    order_keys(&keys, &invalid, direction, progress)
}

/// The positions of `keys` in the order of their values, as [`order`] gives them; the key of an `invalid` row counts for
/// nothing.
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
    let too_many = |_| OrderError::TooManyRows { rows: keys.len() };
    let rows = u32::try_from(keys.len()).map_err(too_many)?;
    let (mut order, last): (Vec<u32>, Vec<u32>) =
        (0..rows).partition(|&row| !invalid.contains(u64::from(row)));
    let key = |row: u32| keys[row as usize];
    order.sort_by(|&a, &b| match direction {
        Direction::Ascending => key(a).cmp(&key(b)),
        Direction::Descending => key(b).cmp(&key(a)),
    });
    order.extend(last);
    progress.advance(keys.len() as u64)?;
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_stable_and_end_with_the_invalid() {
        let ids = [
            Some(Ulid(3)),
            None,
            Some(Ulid(1)),
            Some(Ulid(3)),
            None,
            Some(Ulid(2)),
        ];
        let order = |direction| order(&ids, direction, &Progress::new());
        assert_eq!(order(Direction::Ascending), Ok(vec![2, 5, 0, 3, 1, 4]));
        assert_eq!(order(Direction::Descending), Ok(vec![0, 3, 5, 2, 1, 4]));
    }
}
