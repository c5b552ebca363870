//! Numbers that clients hold for frames and for variables with children.
//!
//! A number belongs to a parent and a name and is given out again at every stop, so that the tree that a person has
//! opened stays open while the rows go by. What was not asked for since the last stop is stale.

use std::collections::{BTreeMap, HashMap};

/// Names kept between stops. Beyond it their numbers are forgotten, at the next stop, and given anew.
const NAMES_MAX: usize = 65_536;

/// The numbers in use, each for a `T`.
#[derive(Debug)]
pub(super) struct Handles<T> {
    numbers: HashMap<(i64, String), i64>,
    live: HashMap<i64, T>,
    last: i64,
}

impl<T> Default for Handles<T> {
    fn default() -> Handles<T> {
        Handles {
            numbers: HashMap::new(),
            live: HashMap::new(),
            last: 0,
        }
    }
}

impl<T> Handles<T> {
    /// The number of what `parent` calls `name`, which now is `value`. The parent of a root is 0.
    pub(super) fn number(&mut self, parent: i64, name: &str, value: T) -> i64 {
        let number = *self
            .numbers
            .entry((parent, name.to_owned()))
            .or_insert_with(|| {
                self.last += 1;
                self.last
            });
        self.live.insert(number, value);
        number
    }

    /// The meaning of a number since the last stop.
    pub(super) fn get(&self, number: i64) -> Option<&T> {
        self.live.get(&number)
    }

    /// Makes every number stale until it is given out again.
    pub(super) fn retire(&mut self) {
        self.live.clear();
        if self.numbers.len() > NAMES_MAX {
            self.numbers.clear();
        }
    }
}

/// The targets that were offered since the last stop, and their rows.
#[derive(Debug, Default)]
pub(super) struct Targets(pub(super) BTreeMap<i64, usize>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_their_values_go_stale() {
        let mut handles = Handles::default();
        let frame = handles.number(0, "frame", 'a');
        let inner = handles.number(frame, "frame", 'b');
        assert_ne!(frame, inner);
        assert_eq!(handles.get(inner), Some(&'b'));
        handles.retire();
        assert_eq!(handles.get(inner), None);
        assert_eq!(handles.number(frame, "frame", 'c'), inner);
        assert_eq!((handles.get(inner), handles.get(frame)), (Some(&'c'), None));
    }

    #[test]
    fn forgotten_numbers_are_not_given_to_another() {
        let mut handles = Handles::default();
        let first = handles.number(0, "first", 0);
        for name in 0..NAMES_MAX {
            handles.number(first, &name.to_string(), 0);
        }
        handles.retire();
        let other = handles.number(0, "other", 0);
        assert!(other > first + i64::try_from(NAMES_MAX).unwrap());
    }
}
