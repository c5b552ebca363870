//! Times of IDs by day and hour, and beside other times of their rows.

use std::{collections::HashMap, ops::ControlFlow};

use ulid_engine::{
    RowSet, Timestamp, Ulid,
    calendar::{CalendarPart, Step},
    pass::Block,
    progress::Progress,
    query::{Query, Value},
    timestamp::{InZone as _, TimeZone},
};

use super::{Listing, RowsError, Source, passes::each_valid};
use crate::ruler::Ruler;

const HOUR_MS: i64 = 3_600_000;
/// Every zone is a multiple of this away from the others.
const QUARTER_MS: i64 = HOUR_MS / 4;
/// Days of a map at most.
const MOST_DAYS: usize = 4_000;

/// How many IDs were made on which day in which hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Heat {
    /// The days, one after another.
    pub days: Vec<Day>,
    /// IDs of other days.
    pub outside: u64,
}

/// A day by its hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Day {
    /// Its first millisecond since 1970.
    pub start_ms: i64,
    /// The IDs of each hour that the clock shows.
    pub hours: [u64; 24],
}

impl Heat {
    /// The days of times, without IDs yet; of too many the last.
    fn of(from: Timestamp, to: Timestamp, zone: &TimeZone) -> Heat {
        let (first, last) = (ms_of(from), ms_of(to));
        let earliest = last - i64::try_from(MOST_DAYS).unwrap_or(0) * 24 * HOUR_MS;
        let mut at = first.max(earliest);
        let mut days = Vec::new();
        while at <= last && days.len() < MOST_DAYS {
            let period = Step::Day.period(at, zone);
            days.push(Day {
                start_ms: period.start,
                hours: [0; 24],
            });
            if period.end <= at {
                break;
            }
            at = period.end;
        }
        Heat { days, outside: 0 }
    }

    fn add(&mut self, quarter: i64, count: u64, zone: &TimeZone) {
        let ms = quarter * QUARTER_MS;
        let after = self.days.partition_point(|day| day.start_ms <= ms);
        let is_last = after == self.days.len();
        let hour = usize::try_from(CalendarPart::Hour.of(ms, zone)).unwrap_or(0);
        let day = after.checked_sub(1).and_then(|at| self.days.get_mut(at));
        match day {
            // the last day has an end as well
            Some(day) if !is_last || Step::Day.period(day.start_ms, zone).end > ms => {
                if let Some(place) = day.hours.get_mut(hour) {
                    *place += count;
                }
            }
            _ => self.outside += count,
        }
    }
}

/// The bounds of differences of times in milliseconds, on either side of none.
const DRIFTS: [i64; 12] = [
    10,
    100,
    1_000,
    10_000,
    60_000,
    600_000,
    HOUR_MS,
    6 * HOUR_MS,
    24 * HOUR_MS,
    7 * 24 * HOUR_MS,
    30 * 24 * HOUR_MS,
    365 * 24 * HOUR_MS,
];
/// The bounds as the query language writes them.
pub(crate) const DRIFT_WORDS: [&str; 12] = [
    "10ms", "100ms", "1s", "10s", "1m", "10m", "1h", "6h", "1d", "7d", "30d", "365d",
];
/// The place of no difference among all.
pub(crate) const NO_DRIFT: usize = DRIFTS.len();

/// How far another time of rows is from that of their IDs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Drift {
    /// The differences, the other time earlier first.
    pub bins: Vec<DriftBin>,
    /// Rows with an ID and without another time.
    pub without: u64,
}

/// Rows whose difference is of one size.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DriftBin {
    /// The rows.
    pub rows: RowSet,
    /// How many of them fall into each period of the time of the ID.
    pub parts: Vec<u64>,
}

/// The place of a difference: that of none in the middle, later times behind it.
#[must_use]
fn bin_of(drift_ms: i64) -> usize {
    let size = drift_ms.unsigned_abs();
    let over = DRIFTS.partition_point(|&bound| bound.unsigned_abs() <= size);
    match drift_ms < 0 {
        true => NO_DRIFT - over,
        false => NO_DRIFT + over,
    }
}

/// The other time of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Beside {
    /// Value of an expression, as a time.
    Expression(String),
    /// The time at the begin of a line.
    OwnTime,
}

impl Source {
    /// Counts the IDs of a listing, or of all rows, by day and hour of a zone.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn heat(
        &self,
        times: (Timestamp, Timestamp),
        zone: &TimeZone,
        listing: Option<&Listing>,
        progress: &Progress,
    ) -> Result<Heat, RowsError> {
        let among = listing.map(Listing::bits);
        let mut quarters: HashMap<i64, u64> = HashMap::new();
        let count = |block: &Block| {
            let mut quarters: HashMap<i64, u64> = HashMap::new();
            each_valid(block, among.as_ref(), |key| {
                let ms = ms_of(Timestamp::of(Ulid::from_u128(key)));
                *quarters.entry(ms.div_euclid(QUARTER_MS)).or_default() += 1;
            });
            quarters
        };
        self.dataset.snapshot().pass(progress).each(count, |part| {
            for (quarter, count) in part {
                *quarters.entry(quarter).or_default() += count;
            }
            ControlFlow::Continue(())
        })?;
        let mut heat = Heat::of(times.0, times.1, zone);
        for (quarter, count) in quarters {
            heat.add(quarter, count, zone);
        }
        Ok(heat)
    }

    /// Puts another time of rows beside that of their IDs, of all rows or of those of a listing.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`], and for an expression that is none.
    pub(crate) fn drift(
        &self,
        beside: &Beside,
        (ruler, zone): (&Ruler, &TimeZone),
        listing: Option<&Listing>,
        progress: &Progress,
    ) -> Result<Drift, RowsError> {
        let expression = match beside {
            Beside::Expression(by) => format!("row, id, time({by})"),
            Beside::OwnTime => "row, id, text".to_owned(),
        };
        let list = self.expressions(Some(&expression), &[], Timestamp::MIN, zone);
        let (list, _) = list.map_err(|error| RowsError::Expression(error.to_string()))?;
        let among = listing.map(|listing| Query::among(listing.rows()));
        let mut drift = Drift {
            bins: vec![DriftBin::default(); 2 * NO_DRIFT + 1],
            without: 0,
        };
        for bin in &mut drift.bins {
            bin.parts = vec![0; ruler.parts()];
        }
        self.scan_values_known(
            &list,
            among.as_ref(),
            progress,
            |rows: &mut dyn Iterator<Item = Vec<Value>>| {
                let found = rows.filter_map(|values| beside_id(&values, zone));
                found.collect::<Vec<(u64, Timestamp, Option<Timestamp>)>>()
            },
            |part| -> Result<(), RowsError> {
                for (row, time, other) in part {
                    drift.add(row, time, other, ruler);
                }
                Ok(())
            },
        )?;
        Ok(drift)
    }
}

impl Drift {
    fn add(&mut self, row: u64, time: Timestamp, other: Option<Timestamp>, ruler: &Ruler) {
        let Some(other) = other else {
            self.without += 1;
            return;
        };
        let Some(bin) = self.bins.get_mut(bin_of(ms_of(other) - ms_of(time))) else {
            return;
        };
        bin.rows.insert(row);
        if let Ok(part) = ruler.part_of(time)
            && let Some(count) = bin.parts.get_mut(part)
        {
            *count += 1;
        }
    }
}

/// The row, the time of its ID and the other one; `None` for a row without an ID.
fn beside_id(values: &[Value], zone: &TimeZone) -> Option<(u64, Timestamp, Option<Timestamp>)> {
    let [Value::Int(row), Value::Id(id), other] = values else {
        return None;
    };
    let other = match other {
        Value::Time(time) => Some(*time),
        Value::Text(text) => own_time(text, zone),
        _ => None,
    };
    // rows count from 1
    Some((u64::try_from(row - 1).ok()?, Timestamp::of(*id), other))
}

/// The time at the begin of a line: `2025-01-01T12:00:00Z …`, `2025-01-01 12:00:00,123 …`, `[2025-01-01 12:00:00] …`.
#[must_use]
fn own_time(line: &str, zone: &TimeZone) -> Option<Timestamp> {
    let line = line.trim_start().trim_start_matches(['[', '(', '"', '<']);
    let mut words =
        line.split(|character: char| character.is_whitespace() || "])\">|".contains(character));
    let (first, second) = (words.next()?, words.next().unwrap_or_default());
    let comma = |text: &str| text.replace(',', ".");
    let read = |text: &str| Timestamp::parse_in(&comma(text), zone).ok();
    let is_date = first.len() >= "2025-01-01".len() && first.as_bytes().get(4) == Some(&b'-');
    if !is_date {
        return None;
    }
    match first.contains(['T', 't']) {
        true => read(first),
        false => read(&format!("{first}T{second}")),
    }
}

fn ms_of(time: Timestamp) -> i64 {
    i64::try_from(time.ms()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_their_places_on_either_side_of_none() {
        for (drift, bin) in [
            (0, NO_DRIFT),
            (9, NO_DRIFT),
            (-9, NO_DRIFT),
            (10, NO_DRIFT + 1),
            (-10, NO_DRIFT - 1),
            (999, NO_DRIFT + 2),
            (1_000, NO_DRIFT + 3),
            (i64::MAX, 2 * NO_DRIFT),
            (i64::MIN, 0),
        ] {
            assert_eq!(bin_of(drift), bin, "{drift}");
        }
    }

    #[test]
    fn lines_begin_with_times_in_many_ways() {
        let zone = TimeZone::UTC;
        let time: Timestamp = "2025-01-02T03:04:05.678Z".parse().unwrap();
        for line in [
            "2025-01-02T03:04:05.678Z INFO x",
            "2025-01-02 03:04:05.678 INFO x",
            "2025-01-02 03:04:05,678 [main] INFO",
            "[2025-01-02 03:04:05.678] x",
            "[2025-01-02T04:04:05.678+01:00] x",
            "  2025-01-02T03:04:05.678Z|INFO",
        ] {
            assert_eq!(own_time(line, &zone), Some(time), "{line}");
        }
        for line in [
            "",
            "INFO x",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV 2025-01-02",
            "10.0.0.1 - - [x]",
        ] {
            assert_eq!(own_time(line, &zone), None, "{line}");
        }
    }

    #[test]
    fn ids_are_counted_by_the_hours_that_a_clock_shows() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let (from, to) = (time("2026-10-24T22:00Z"), time("2026-10-26T22:59Z"));
        let mut heat = Heat::of(from, to, &berlin);
        assert_eq!(heat.days.len(), 2);
        // both hours that the clock shows as the third of the night, and one of the next day
        for text in [
            "2026-10-25T00:30Z",
            "2026-10-25T01:30Z",
            "2026-10-26T01:30Z",
            "2026-10-27T01:30Z",
        ] {
            heat.add(ms_of(time(text)).div_euclid(QUARTER_MS), 1, &berlin);
        }
        assert_eq!(
            (heat.days[0].hours[2], heat.days[1].hours[2], heat.outside),
            (2, 1, 1)
        );
    }
}
