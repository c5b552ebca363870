//! The 48 bits of time: milliseconds since 1970-01-01T00:00Z, up to 10889-08-02T05:31:50.655Z.

mod age;
mod calendar;
#[cfg(feature = "alloc")]
mod parse;
mod print;
mod unit;

pub use age::Age;
#[cfg(feature = "alloc")]
pub use parse::TimestampError;
pub use unit::Unit;

use core::{error, fmt};
#[cfg(feature = "std")]
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Ulid;

/// The time of a ULID: Unix milliseconds that fit 48 bits.
///
/// [`Display`](fmt::Display) is RFC 3339 in UTC with milliseconds. Years past 9999 are written in the expanded form of
/// ISO 8601, with a plus sign: `+10889-08-02T05:31:50.655Z`. [`FromStr`](core::str::FromStr) reads both back.
///
/// ```
/// use ulid_core::{Timestamp, ulid};
///
/// let time = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV").timestamp();
/// assert_eq!(time.ms(), 1_469_922_850_259);
/// assert_eq!(time.to_string(), "2016-07-30T23:54:10.259Z");
/// assert_eq!("2016-07-30T23:54:10.259Z".parse(), Ok(time));
/// assert!("2016-07".parse::<Timestamp>()? < time);
/// # Ok::<(), ulid_core::timestamp::TimestampError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

/// A time that 48 bits of milliseconds cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfRange {
    /// The refused time, in milliseconds since 1970.
    pub ms: i128,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ms, last) = (self.ms, Timestamp::MAX);
        write!(
            f,
            "{ms} ms is outside of 0 to {} ms ({} to {last})",
            last.0,
            Timestamp::MIN
        )
    }
}

impl error::Error for OutOfRange {}

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

    /// The time whose milliseconds are the lower 48 bits.
    #[inline]
    pub(crate) const fn from_48_bits(ms: u64) -> Timestamp {
        Timestamp(ms & Timestamp::MAX.0)
    }

    /// The time in a ULID.
    #[inline]
    #[must_use]
    pub const fn of(id: Ulid) -> Timestamp {
        Timestamp(id.timestamp_ms())
    }

    /// The time of the system clock; [`Timestamp::MIN`] or [`Timestamp::MAX`] where the clock is set outside of them.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now() -> Timestamp {
        let since_1970 = since_1970();
        // One comparison, which holds but for the last second, instead of one for each step.
        if since_1970.as_secs() < Timestamp::MAX.0 / 1000 {
            Timestamp(since_1970.as_secs() * 1000 + u64::from(since_1970.subsec_millis()))
        } else {
            Timestamp::MAX
        }
    }

    /// Milliseconds since 1970.
    #[inline]
    #[must_use]
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// The smallest ULID of this millisecond.
    #[inline]
    #[must_use]
    pub const fn first_id(self) -> Ulid {
        Ulid::from_time(self, 0)
    }

    /// The largest ULID of this millisecond.
    #[inline]
    #[must_use]
    pub const fn last_id(self) -> Ulid {
        Ulid::from_time(self, Ulid::MAX_RANDOM)
    }

    /// Distance from `now`: how long ago this was, or how far ahead it lies.
    #[must_use]
    pub fn age(self, now: Timestamp) -> Age {
        Age::between(self, now)
    }
}

/// Time of the system's clock; nothing where that is before 1970.
#[cfg(feature = "std")]
fn since_1970() -> Duration {
    // Rust's library knows no clock there; JavaScript does.
    #[cfg(all(feature = "js", target_arch = "wasm32", target_os = "unknown"))]
    use web_time::{SystemTime, UNIX_EPOCH};

    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(feature = "std")]
impl TryFrom<SystemTime> for Timestamp {
    type Error = OutOfRange;

    /// The millisecond that the time lies in.
    fn try_from(time: SystemTime) -> Result<Timestamp, OutOfRange> {
        match time.duration_since(UNIX_EPOCH) {
            Ok(since) => Timestamp::from_ms(since.as_millis().cast_signed()),
            Err(before) => {
                // A part of a millisecond before 1970 lies in the one that begins before it.
                let ms = before.duration().as_nanos().div_ceil(1_000_000);
                Timestamp::from_ms(-ms.cast_signed())
            }
        }
    }
}

#[cfg(feature = "std")]
impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(time.0)
    }
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests;
