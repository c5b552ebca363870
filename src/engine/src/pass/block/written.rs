//! Rows of a block whose ID is written as a UUID: what its version says holds for sure.

use crate::version7::{Versions, has_marks};

/// Indexes of rows in a block, a bit for each. Takes no memory where there are none.
#[derive(Debug, Default)]
pub(crate) struct Written(Vec<u64>);

impl Written {
    pub(crate) fn insert(&mut self, index: usize) {
        let word = index / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (index % 64);
        }
    }

    fn contains(&self, index: usize) -> bool {
        let word = self.0.get(index / 64).copied().unwrap_or_default();
        word >> (index % 64) & 1 == 1
    }

    /// How many there are, and how many of these have the bits of version 7. What is marked among the others is not counted.
    pub(crate) fn versions(&self, keys: &[u128]) -> Versions {
        let mut found = Versions::default();
        for index in 0..self.0.len() * 64 {
            found.add(self.version(keys, index));
        }
        found
    }

    /// The same of one row.
    pub(crate) fn version(&self, keys: &[u128], index: usize) -> Versions {
        let key = keys.get(index).filter(|_| self.contains(index));
        Versions {
            written: key.is_some().into(),
            written_marked: key.is_some_and(|&key| has_marks(key)).into(),
            ..Versions::default()
        }
    }
}
