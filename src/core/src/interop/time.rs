//! Times of the `time` crate, which end with the year 9999 unless its feature `large-dates` is on.

use ::time::{OffsetDateTime, error::ComponentRange};

use crate::{Timestamp, timestamp::OutOfRange};

impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = OutOfRange;

    /// The millisecond that the time lies in.
    fn try_from(time: OffsetDateTime) -> Result<Timestamp, OutOfRange> {
        Timestamp::from_ms(time.unix_timestamp_nanos().div_euclid(1_000_000))
    }
}

impl TryFrom<Timestamp> for OffsetDateTime {
    type Error = ComponentRange;

    fn try_from(time: Timestamp) -> Result<OffsetDateTime, ComponentRange> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(time.ms()) * 1_000_000)
    }
}
