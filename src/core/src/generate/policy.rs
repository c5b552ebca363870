//! Rules by which a generator goes on from its last ULID.

use core::fmt;

use super::Stride;
use crate::{Timestamp, Ulid};

/// Rules by which a generator goes on from its last ULID, where time does not move on by itself.
///
/// ```
/// # #[cfg(feature = "generate")] {
/// use ulid_core::generate::{Policy, SharedGenerator, Stride};
///
/// // IDs that nobody can guess from their neighbours, with room for 2^79 of them in any millisecond.
/// static IDS: SharedGenerator =
///     SharedGenerator::with(Policy::SERVER.step(Stride::Random).head_room(1));
/// let (first, second) = (IDS.next_id(), IDS.next_id());
/// assert!(first < second);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(super) step: Stride,
    pub(super) head_room_bits: u32,
    /// No more than 48 bits, so that a time that is not ahead at all, by wrapping, is further ahead.
    pub(super) max_ahead_ms: u64,
}

impl Policy {
    /// As the specification has it: by one, from any randomness, after any last ULID however far it lies ahead.
    pub const SPECIFICATION: Policy = Policy {
        step: Stride::One,
        head_room_bits: 0,
        max_ahead_ms: Timestamp::MAX.ms(),
    };

    /// The same for clocks that are set: where the last ULID lies more than 10 seconds ahead, the clock had jumped and came
    /// back, and IDs follow it again. [`Jump`] tells it.
    pub const SERVER: Policy = Policy {
        max_ahead_ms: 10_000,
        ..Policy::SPECIFICATION
    };

    /// Sets the distance between IDs of one millisecond.
    pub const fn step(self, step: Stride) -> Policy {
        Policy { step, ..self }
    }

    /// Sets how many of the upper bits of the randomness are zero in the first ID of a millisecond, so that many fit after it:
    /// with one bit, half of all there are. More than 79 are taken as 79.
    pub const fn head_room(self, bits: u32) -> Policy {
        let most = Ulid::RANDOM_BITS - 1;
        let head_room_bits = if bits < most { bits } else { most };
        Policy {
            head_room_bits,
            ..self
        }
    }

    /// Sets how far the last ULID may lie ahead of the clock, in milliseconds, before IDs follow the clock again and no longer
    /// ascend.
    pub const fn ahead_by_at_most(self, ms: u64) -> Policy {
        let longest = Timestamp::MAX.ms();
        let max_ahead_ms = if ms < longest { ms } else { longest };
        Policy {
            max_ahead_ms,
            ..self
        }
    }

    /// Tells if the clock was set back behind the last ULID.
    pub(super) const fn is_jump(self, last: Ulid, time: Timestamp) -> bool {
        last.timestamp_ms().saturating_sub(time.ms()) > self.max_ahead_ms
    }

    /// The randomness of the first ID of a millisecond.
    pub(super) const fn first(self, random: u128) -> u128 {
        random & (Ulid::MAX_RANDOM >> self.head_room_bits)
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy::SPECIFICATION
    }
}

/// A clock that had jumped ahead and came back: IDs follow it again, and are smaller than the last one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jump {
    /// The last ULID of the time ahead.
    pub last: Ulid,
    /// Time of the clock now.
    pub time: Timestamp,
}

impl fmt::Display for Jump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ahead_ms = self.last.timestamp_ms().saturating_sub(self.time.ms());
        write!(
            f,
            "the clock shows {}, {ahead_ms} ms before the last ULID, {}: new ones follow the clock and are smaller",
            self.time, self.last
        )
    }
}
