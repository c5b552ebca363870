//! Periods of a calendar as an argument of SQL.

use std::ops::Range;

use datafusion::{
    arrow::datatypes::IntervalMonthDayNano,
    common::{Result, ScalarValue, plan_err},
};
use ulid_engine::{calendar::Step, timestamp::TimeZone};

/// The periods of a calendar in a zone.
#[derive(Debug)]
pub(crate) struct Buckets {
    step: Step,
    zone: TimeZone,
    zone_name: String,
    /// The period found last, in which the next time most often lies too.
    last: Range<i64>,
}

const DAY_MS: i64 = 86_400_000;

/// Bits of the time of an ID.
const TIME_BITS: u32 = 48;

impl Buckets {
    /// The buckets of constants: an interval as text or as SQL's own, and the name of a zone, UTC if it is not given.
    pub(crate) fn new(
        function: &str,
        interval: Option<&ScalarValue>,
        zone: Option<&ScalarValue>,
    ) -> Result<Buckets> {
        let Some(interval) = interval else {
            return plan_err!("{function}: the interval has to be a constant, such as '1 hour'");
        };
        let step = match written(interval).parse() {
            Ok(step) => step,
            Err(error) => return plan_err!("{function}: {error}"),
        };
        let zone_name = match zone.map(|zone| zone.try_as_str().flatten()) {
            None => "UTC",
            Some(Some(name)) => name,
            Some(None) => return plan_err!("{function}: the time zone has to be a name"),
        };
        let zone = match zone_name {
            "UTC" => TimeZone::UTC,
            name => match TimeZone::get(name) {
                Ok(zone) => zone,
                Err(error) => return plan_err!("{function}: {error}"),
            },
        };
        Ok(Buckets {
            step,
            zone,
            zone_name: zone_name.to_owned(),
            last: 0..0,
        })
    }

    /// The name of the zone.
    pub(crate) fn zone_name(&self) -> String {
        self.zone_name.clone()
    }

    /// True if no clock is ever put back, so that later times have no earlier bucket.
    pub(crate) fn is_even(&self) -> bool {
        self.zone == TimeZone::UTC
    }

    /// The length of the buckets where all are of one, counted from 1970.
    pub(crate) fn length(&self) -> Option<Length> {
        match self.step {
            Step::Clock(step) if self.is_even() => Length::new(step),
            Step::Day if self.is_even() => Length::new(DAY_MS),
            _ => None,
        }
    }

    /// The begin of the bucket of a time, in milliseconds since 1970.
    pub(crate) fn start(&mut self, ms: i64) -> i64 {
        self.period(ms).start
    }

    /// The bucket of a time. The one found last is only taken again in UTC: elsewhere a clock that is put back at the begin of
    /// a day shows the day before once more, within what is the next day's bucket already.
    pub(crate) fn period(&mut self, ms: i64) -> Range<i64> {
        if !(self.is_even() && self.last.contains(&ms)) {
            self.last = self.step.period(ms, &self.zone);
        }
        self.last.clone()
    }
}

/// A length of time that the times of IDs are divided by. To multiply by a fraction takes a third of the time of a division, and
/// is exact for numbers of 48 bits (Granlund and Montgomery, "Division by invariant integers using multiplication", 1994). The
/// number is taken 2^16 times, which 64 bits have room for: the upper half of the product is then all that is needed of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length {
    ms: u64,
    fraction: u64,
    shift: u32,
}

impl Length {
    fn new(ms: i64) -> Option<Length> {
        let ms = u64::try_from(ms)
            .ok()
            .filter(|ms| (1..=DAY_MS.cast_unsigned()).contains(ms))?;
        let shift = ms.next_power_of_two().trailing_zeros();
        let fraction = (1_u128 << (TIME_BITS + shift)).div_ceil(ms.into());
        Some(Length {
            ms,
            fraction: u64::try_from(fraction).ok()?,
            shift,
        })
    }

    /// The largest multiple that is not above the time of an ID.
    pub(crate) fn floor(self, ms: i64) -> i64 {
        let upper = ms.cast_unsigned() << (u64::BITS - TIME_BITS);
        let product = u128::from(upper) * u128::from(self.fraction);
        (((product >> u64::BITS) as u64 >> self.shift) * self.ms).cast_signed()
    }
}

/// An interval as the engine reads it: SQL's own has months, days and nanoseconds, of which one is given.
fn written(interval_value: &ScalarValue) -> String {
    const MS: i64 = 1_000_000;
    match interval_value {
        ScalarValue::IntervalYearMonth(Some(months)) => months_written(*months),
        ScalarValue::IntervalDayTime(Some(interval)) => {
            match (interval.days, interval.milliseconds) {
                (days, 0) => days_written(days),
                (0, ms) => format!("{ms}ms"),
                _ => interval_value.to_string(),
            }
        }
        ScalarValue::IntervalMonthDayNano(Some(interval)) => match *interval {
            IntervalMonthDayNano {
                months,
                days: 0,
                nanoseconds: 0,
            } => months_written(months),
            IntervalMonthDayNano {
                months: 0,
                days,
                nanoseconds: 0,
            } => days_written(days),
            IntervalMonthDayNano {
                months: 0,
                days: 0,
                nanoseconds,
            } if nanoseconds % MS == 0 => {
                format!("{}ms", nanoseconds / MS)
            }
            _ => interval_value.to_string(),
        },
        other => other.try_as_str().flatten().unwrap_or_default().to_owned(),
    }
}

fn months_written(months: i32) -> String {
    match months {
        1 => "month".to_owned(),
        3 => "quarter".to_owned(),
        12 => "year".to_owned(),
        months => format!("{months} months"),
    }
}

fn days_written(days: i32) -> String {
    match days {
        1 => "day".to_owned(),
        7 => "week".to_owned(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn multiples_are_those_of_integers(ms in 0..1_i64 << 48, step in 1..=DAY_MS, near in -1..2_i64) {
            let at_a_multiple = (ms / step * step + near).clamp(0, (1 << 48) - 1);
            for ms in [ms, at_a_multiple] {
                prop_assert_eq!(Length::new(step).unwrap().floor(ms), ms - ms % step);
            }
        }
    }
}
