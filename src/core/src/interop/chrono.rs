//! Times of chrono, whose years go far past a ULID's.

use ::chrono::{DateTime, TimeDelta, TimeZone, Utc};

use crate::{Timestamp, timestamp::OutOfRange};

impl<Zone: TimeZone> TryFrom<DateTime<Zone>> for Timestamp {
    type Error = OutOfRange;

    /// The millisecond that the time lies in.
    fn try_from(time: DateTime<Zone>) -> Result<Timestamp, OutOfRange> {
        Timestamp::from_ms(time.timestamp_millis())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> DateTime<Utc> {
        // 48 bits of milliseconds are eleven thousand years, of which a date holds more than twenty times as many.
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(time.ms().cast_signed())
    }
}
