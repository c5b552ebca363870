//! How one ID follows another: for a single row the rule by which an [`Audit`](super::Audit) finds flaws.

use crate::Ulid;

use super::Limits;

/// How an ID follows the last one before it. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// It is the same.
    Repeats,
    /// It is smaller, and so much earlier; 0 ms where only the randomness fell.
    Back {
        /// How much.
        ms: u64,
    },
    /// It is larger, and so much later.
    Ahead {
        /// How much.
        ms: u64,
    },
    /// It is so much later that there is a gap between the two.
    Gap {
        /// How much.
        ms: u64,
    },
}

impl Limits {
    /// How an ID follows another.
    #[must_use]
    pub fn follows(&self, before: Ulid, id: Ulid) -> Follows {
        let (ms, ms_before) = (id.timestamp_ms(), before.timestamp_ms());
        if id == before {
            return Follows::Repeats;
        }
        match ms.checked_sub(ms_before) {
            _ if id < before => Follows::Back {
                ms: ms_before.saturating_sub(ms),
            },
            Some(ms) if ms > self.gap_ms => Follows::Gap { ms },
            ahead => Follows::Ahead {
                ms: ahead.unwrap_or(0),
            },
        }
    }

    /// True if an ID is later than now.
    #[must_use]
    pub fn is_future(&self, id: Ulid) -> bool {
        id.timestamp_ms() > self.now.ms()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Timestamp, stats::Audit};

    proptest! {
        #[test]
        fn an_audit_of_two_rows_says_the_same(
            ms in 0_u64..6, random in 0_u128..3, ms_before in 0_u64..6, random_before in 0_u128..3,
        ) {
            let limits = Limits { now: Timestamp::from_ms(3).unwrap(), gap_ms: 2 };
            let id = |ms: u64, random| Ulid::from_u128(u128::from(ms) << 80 | random);
            let (before, id) = (id(ms_before, random_before), id(ms, random));
            let mut audit = Audit::new(limits, 0);
            audit.extend(&[before.to_u128(), id.to_u128()], &[]);
            let (follows, flaws) = (limits.follows(before, id), audit.flaws());
            prop_assert_eq!(flaws.adjacent_duplicates.contains(1), follows == Follows::Repeats);
            prop_assert_eq!(flaws.out_of_order.contains(1), matches!(follows, Follows::Back { .. }));
            prop_assert_eq!(flaws.gaps.contains(1), matches!(follows, Follows::Gap { .. }));
            prop_assert_eq!(flaws.future.contains(1), limits.is_future(id));
            let apart = match follows {
                Follows::Repeats => 0,
                Follows::Back { ms } | Follows::Ahead { ms } | Follows::Gap { ms } => ms,
            };
            prop_assert_eq!(apart, ms.abs_diff(ms_before));
        }
    }
}
