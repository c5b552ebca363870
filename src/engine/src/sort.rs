//! Orders of rows.

use ulid::Ulid;

/// Which way an order runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub fn reversed(self) -> Direction {
        match self {
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
        }
    }
}

/// The positions of `ids` in the order of their values. Equal ones keep their order in either direction, and rows
/// without a ULID come last in either direction, in their order.
#[must_use]
pub fn order(ids: &[Option<Ulid>], direction: Direction) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by(|&a, &b| match (ids[a], ids[b]) {
        (Some(a), Some(b)) if direction == Direction::Descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    });
    order
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
        assert_eq!(order(&ids, Direction::Ascending), [2, 5, 0, 3, 1, 4]);
        assert_eq!(order(&ids, Direction::Descending), [0, 3, 5, 2, 1, 4]);
    }
}
