//! Orders of rows: which row comes first, which next.

use std::ops::Range;

use rayon::prelude::*;
use ulid::Ulid;

use super::{Direction, OrderError, bits::Survey, radix, room::Room};
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
    u32::try_from(keys.len()).map_err(|_| OrderError::TooManyRows { rows: keys.len() })?;
    let valid = valid_stretches(keys, invalid);
    let window = KeyWindow::of(keys, &valid, direction);
    let mut room = Room::of(valid.iter().map(Range::len).sum());
    let entries = room.keys();
    window.fill_entries(entries, keys, &valid);
    radix::sort(entries, progress)?;
    window.order_ties(entries, keys);
    let mut order = Vec::with_capacity(keys.len());
    entries
        .par_iter()
        .map(|&entry| row_of(entry))
        .collect_into_vec(&mut order);
    let last = invalid.iter().map_while(|row| u32::try_from(row).ok());
    order.extend(last.take_while(|&row| (row as usize) < keys.len()));
    progress.advance((keys.len() - entries.len()) as u64)?;
    Ok(order)
}

/// The rows between invalid ones.
fn valid_stretches(keys: &[u128], invalid: &RowSet) -> Vec<Range<usize>> {
    let ends = invalid.iter().map_while(|row| usize::try_from(row).ok());
    let ends = ends.take_while(|&row| row < keys.len());
    let mut start = 0;
    ends.chain([keys.len()])
        .map(|end| std::mem::replace(&mut start, end + 1)..end)
        .filter(|stretch| !stretch.is_empty())
        .collect()
}

/// Bits of a row in an entry.
const ROW_BITS: u32 = 32;
/// Bits of a key in an entry.
const KEY_BITS: u32 = u128::BITS - ROW_BITS;

/// The topmost 96 bits in which keys differ. With the row below them they make an entry of 128 bits, and sorting entries
/// orders rows, stably. Keys that agree in those bits are rare, as all lie within 2^32 of each other or less.
struct KeyWindow {
    shift: u32,
    direction: Direction,
}

impl KeyWindow {
    fn of(keys: &[u128], valid: &[Range<usize>], direction: Direction) -> KeyWindow {
        let (mut any, mut all) = (0, u128::MAX);
        for stretch in valid {
            let survey = Survey::of(&keys[stretch.clone()]);
            any |= survey.any;
            all &= survey.all;
        }
        let differing = any & !all;
        let end = u128::BITS - differing.leading_zeros();
        KeyWindow {
            shift: end.saturating_sub(KEY_BITS),
            direction,
        }
    }

    fn fill_entries(&self, mut entries: &mut [u128], keys: &[u128], valid: &[Range<usize>]) {
        const PART: usize = 1 << 16;
        let flip = match self.direction {
            Direction::Ascending => 0,
            Direction::Descending => u128::MAX,
        };
        for stretch in valid {
            let (own, behind) = std::mem::take(&mut entries).split_at_mut(stretch.len());
            entries = behind;
            let parts = own
                .par_chunks_mut(PART)
                .zip(keys[stretch.clone()].par_chunks(PART));
            parts.enumerate().for_each(|(part, (entries, keys))| {
                let rows = stretch.start + part * PART..;
                for ((entry, key), row) in entries.iter_mut().zip(keys).zip(rows) {
                    *entry = (key ^ flip) >> self.shift << ROW_BITS | row as u128;
                }
            });
        }
    }

    /// Orders entries that agree in the window by the whole of their keys.
    fn order_ties(&self, entries: &mut [u128], keys: &[u128]) {
        let tie = |a: &u128, b: &u128| (a ^ b) >> ROW_BITS == 0;
        if self.shift == 0 || !entries.windows(2).any(|pair| tie(&pair[0], &pair[1])) {
            return;
        }
        for tied in entries.chunk_by_mut(tie) {
            let key = |entry: u128| keys.get(row_of(entry) as usize);
            match self.direction {
                Direction::Ascending => tied.sort_by(|&a, &b| key(a).cmp(&key(b))),
                Direction::Descending => tied.sort_by(|&a, &b| key(b).cmp(&key(a))),
            }
        }
    }
}

fn row_of(entry: u128) -> u32 {
    entry as u32
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
