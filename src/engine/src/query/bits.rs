//! Rows as bits: 64 of them in a word.

use crate::RowSet;

/// A bit for each of the rows from one on.
#[derive(Debug, Default)]
pub(super) struct Bits {
    /// The row of the first bit, a multiple of 64.
    first: u64,
    words: Vec<u64>,
}

/// A stretch of the rows of a block that lies in one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Its first row, by its number in the block.
    pub(super) start: usize,
    /// Its rows, at most 64.
    pub(super) len: usize,
}

impl Stretch {
    /// A bit for each row.
    pub(super) fn all(self) -> u64 {
        u64::MAX >> (64 - self.len.clamp(1, 64))
    }
}

impl Bits {
    /// Asks `test` for the bits of `rows` rows from `first_row` on, as many at a time as lie in one word. The lowest bit
    /// is the first row of the stretch.
    pub(super) fn of(first_row: u64, rows: usize, mut test: impl FnMut(Stretch) -> u64) -> Bits {
        let mut bits = Bits {
            first: first_row & !63,
            words: Vec::with_capacity(rows / 64 + 2),
        };
        each_stretch(first_row, rows, |stretch, shift| {
            bits.words.push(test(stretch) << shift);
        });
        bits
    }

    pub(super) fn count(&self) -> u64 {
        self.words
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }

    /// The rows by their numbers from a row on, which is that of the first bit that may be set.
    pub(super) fn numbers(&self, first_row: u64) -> Vec<u32> {
        let mut numbers = Vec::new();
        for (at, &word) in self.words.iter().enumerate() {
            let (mut word, first) = (word, self.first + 64 * at as u64);
            while word != 0 {
                let row = first + u64::from(word.trailing_zeros());
                // a block has far fewer rows
                numbers.extend(u32::try_from(row - first_row));
                word &= word - 1;
            }
        }
        numbers
    }

    pub(super) fn into_rows(mut self) -> RowSet {
        self.words.iter_mut().for_each(|word| *word = word.to_le());
        let mut maps = Vec::with_capacity(1);
        let (mut first, mut words) = (self.first, self.words.as_slice());
        while !words.is_empty() {
            // A map has the rows that agree in their upper half.
            let (high, low) = ((first >> 32) as u32, first as u32);
            let room = ((1 << 32) - u64::from(low)) / 64;
            let here = usize::try_from(room).map_or(words.len(), |room| room.min(words.len()));
            let bytes = bytemuck::cast_slice(&words[..here]);
            maps.push((high, roaring::RoaringBitmap::from_lsb0_bytes(low, bytes)));
            words = &words[here..];
            first += room * 64;
        }
        RowSet::from_bitmaps(maps)
    }
}

/// Calls `each` for one stretch after the other, with the place of its first bit in the word, as long as it says so.
fn each_stretch(first_row: u64, rows: usize, mut each: impl FnMut(Stretch, u32)) {
    let mut start = 0;
    while start < rows {
        let shift = ((first_row + start as u64) % 64) as u32;
        let len = (64 - shift as usize).min(rows - start);
        each(Stretch { start, len }, shift);
        start += len;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(first_row: u64, rows: &[bool]) {
        let test = |stretch: Stretch| {
            let rows = &rows[stretch.start..stretch.start + stretch.len];
            let bits = rows.iter().rev();
            bits.fold(0, |bits, &row| bits << 1 | u64::from(row))
        };
        let expected: Vec<u64> = (first_row..)
            .zip(rows)
            .filter_map(|(row, &is)| is.then_some(row))
            .collect();
        let bits = Bits::of(first_row, rows.len(), test);
        assert_eq!(bits.count(), expected.len() as u64);
        assert_eq!(bits.into_rows().iter().collect::<Vec<u64>>(), expected);
    }

    proptest! {
        #[test]
        fn bits_are_the_rows_they_stand_for(
            first_row in prop_oneof![0_u64..200, (1_u64 << 32) - 200..(1 << 32) + 100, Just((5 << 32) - 64)],
            rows in proptest::collection::vec(any::<bool>(), 0..300),
        ) {
            check(first_row, &rows);
        }
    }

    #[test]
    fn a_stretch_is_at_most_a_word() {
        assert_eq!(Stretch { start: 0, len: 64 }.all(), u64::MAX);
        assert_eq!(Stretch { start: 9, len: 3 }.all(), 0b111);
        check(7, &[]);
        check(63, &[true; 130]);
    }
}
