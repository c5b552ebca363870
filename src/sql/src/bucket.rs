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

    /// The begin of the bucket of a time, in milliseconds since 1970.
    pub(crate) fn start(&mut self, ms: i64) -> i64 {
        match self.step {
            Step::Clock(step) if self.is_even() => floor(ms, step),
            Step::Day if self.is_even() => floor(ms, DAY_MS),
            _ => self.period(ms).start,
        }
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

/// The largest multiple of a step that is not above the time of an ID. Numbers below 2^53 are exact as fractions, and a quotient
/// of two below 2^48 is never rounded up to a whole number; an integer takes four times as long to divide.
fn floor(ms: i64, step: i64) -> i64 {
    (ms as f64 / step as f64) as i64 * step
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
                prop_assert_eq!(floor(ms, step), ms - ms % step);
            }
        }
    }
}
