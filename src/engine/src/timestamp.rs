//! The 48 bits of time: milliseconds since 1970-01-01T00:00Z, up to 10889-08-02T05:31:50.655Z.

mod age;
mod civil;
mod unit;

pub use age::Age;
pub use jiff::tz::TimeZone;
pub use unit::Unit;

use std::time::{SystemTime, UNIX_EPOCH};

use ulid::Ulid;

/// The time of a ULID: Unix milliseconds that fit 48 bits.
///
/// [`Display`](std::fmt::Display) is RFC 3339 in UTC with milliseconds. Years past 9999 are written in the expanded
/// form of ISO 8601, with a plus sign: `+10889-08-02T05:31:50.655Z`. [`FromStr`](std::str::FromStr) reads both back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

/// A time that 48 bits of milliseconds cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{ms} ms is outside of 0 to {} ms (1970-01-01T00:00:00.000Z to {})", Timestamp::MAX.0, Timestamp::MAX)]
pub struct OutOfRange {
    /// The refused time, in milliseconds since 1970.
    pub ms: i128,
}

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Neither RFC 3339 nor a shorter prefix of it.
    #[error(
        "{text:?} is no time: {reason}; write it as 2025-03-01T12:00:00.000Z, or a prefix such as 2025-03"
    )]
    Syntax {
        /// What was read.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A time before 1970 or after the year 10889.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z.
    pub const MIN: Timestamp = Timestamp(0);
    /// 10889-08-02T05:31:50.655Z, 2^48 - 1 ms.
    pub const MAX: Timestamp = Timestamp((1 << 48) - 1);

    /// The time `ms` milliseconds after 1970.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] below 0 and above [`Timestamp::MAX`].
    pub fn from_ms(ms: impl Into<i128>) -> Result<Timestamp, OutOfRange> {
        let ms = ms.into();
        match u64::try_from(ms) {
            Ok(unsigned) if unsigned <= Timestamp::MAX.0 => Ok(Timestamp(unsigned)),
            _ => Err(OutOfRange { ms }),
        }
    }

    /// The time in a ULID.
    #[must_use]
    pub fn of(id: Ulid) -> Timestamp {
        Timestamp(id.timestamp_ms())
    }

    /// The time of the system clock; [`Timestamp::MIN`] or [`Timestamp::MAX`] where the clock is set outside of them.
    #[must_use]
    pub fn now() -> Timestamp {
        let since_1970 = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        // One comparison, which holds but for the last second, instead of one for each step.
        if since_1970.as_secs() < Timestamp::MAX.0 / 1000 {
            Timestamp(since_1970.as_secs() * 1000 + u64::from(since_1970.subsec_millis()))
        } else {
            Timestamp::MAX
        }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn ms(self) -> u64 {
        self.0
    }

    /// The smallest ULID of this millisecond.
    #[must_use]
    pub fn first_id(self) -> Ulid {
        Ulid::from_parts(self.0, 0)
    }

    /// The largest ULID of this millisecond.
    #[must_use]
    pub fn last_id(self) -> Ulid {
        Ulid::from_parts(self.0, (1 << Ulid::RAND_BITS) - 1)
    }

    /// How long ago this was at `now`, or how far ahead it lies.
    #[must_use]
    pub fn age(self, now: Timestamp) -> Age {
        Age::between(self, now)
    }
}

#[cfg(test)]
mod tests;
