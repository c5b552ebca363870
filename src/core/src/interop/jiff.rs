//! Times of jiff, which end with the year 9999.

use crate::{Timestamp, timestamp::OutOfRange};

impl TryFrom<::jiff::Timestamp> for Timestamp {
    type Error = OutOfRange;

    /// The millisecond that the time lies in.
    fn try_from(time: ::jiff::Timestamp) -> Result<Timestamp, OutOfRange> {
        Timestamp::from_ms(time.as_nanosecond().div_euclid(1_000_000))
    }
}

impl TryFrom<Timestamp> for ::jiff::Timestamp {
    type Error = ::jiff::Error;

    fn try_from(time: Timestamp) -> Result<::jiff::Timestamp, ::jiff::Error> {
        // 48 bits fit.
        ::jiff::Timestamp::from_millisecond(time.ms().cast_signed())
    }
}
