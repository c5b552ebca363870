//! Times divided into periods of a calendar, as many as fit side by side.

use std::ops::RangeInclusive;

use ulid_engine::{Timestamp, calendar::Step, timestamp::TimeZone};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Periods that people count in, the shortest first.
const STEPS: [(Step, i64); 31] = [
    clock(1),
    clock(2),
    clock(5),
    clock(10),
    clock(20),
    clock(50),
    clock(100),
    clock(200),
    clock(500),
    clock(SECOND),
    clock(2 * SECOND),
    clock(5 * SECOND),
    clock(10 * SECOND),
    clock(15 * SECOND),
    clock(30 * SECOND),
    clock(MINUTE),
    clock(2 * MINUTE),
    clock(5 * MINUTE),
    clock(10 * MINUTE),
    clock(15 * MINUTE),
    clock(30 * MINUTE),
    clock(HOUR),
    clock(2 * HOUR),
    clock(3 * HOUR),
    clock(6 * HOUR),
    clock(12 * HOUR),
    (Step::Day, 24 * HOUR),
    (Step::Week, 7 * 24 * HOUR),
    (Step::Months(1), 30 * 24 * HOUR),
    (Step::Months(3), 91 * 24 * HOUR),
    (Step::Months(12), 365 * 24 * HOUR),
];

const fn clock(ms: i64) -> (Step, i64) {
    (Step::Clock(ms), ms)
}

/// Times divided into periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruler {
    /// The first millisecond of each period.
    starts: Vec<i64>,
    /// The last millisecond of the last one.
    end: i64,
    /// The periods of the calendar that they are; `None` where they are longer than a year, and equal parts.
    pub step: Option<Step>,
}

impl Ruler {
    /// Divides times into the shortest periods of which no more than `most` are needed. They begin and end with a period.
    #[must_use]
    pub(crate) fn of(times: &RangeInclusive<Timestamp>, most: usize, zone: &TimeZone) -> Ruler {
        let (start, end) = (ms_of(*times.start()), ms_of(*times.end()));
        let most = most.max(1);
        let fits = |(step, length): &(Step, i64)| {
            // counting them is for those of which there are few enough
            let about = (end - start) / length;
            let few = usize::try_from(about).is_ok_and(|about| about < most + most / 8 + 2);
            few.then(|| periods(*step, start, end, most, zone))
                .flatten()
        };
        STEPS
            .iter()
            .find_map(fits)
            .unwrap_or_else(|| equal_parts(start, end, most))
    }

    /// How many periods there are.
    #[must_use]
    pub(crate) fn parts(&self) -> usize {
        self.starts.len()
    }

    /// The period that a time falls into; an error says whether it is before all of them or behind.
    pub(crate) fn part_of(&self, time: Timestamp) -> Result<usize, Outside> {
        let ms = ms_of(time);
        if ms > self.end {
            return Err(Outside::Later);
        }
        let after = self.starts.partition_point(|&start| start <= ms);
        after.checked_sub(1).ok_or(Outside::Earlier)
    }

    /// The same for many times, of which one often falls into the period of the one before.
    pub(crate) fn parts_of(&self) -> impl FnMut(Timestamp) -> Result<usize, Outside> {
        let (mut last, mut shared) = (Err(Outside::Earlier), 0..0);
        move |time| {
            let ms = ms_of(time);
            if !shared.contains(&ms) {
                last = self.part_of(time);
                let next = |part: usize| self.starts.get(part + 1).copied();
                shared = match last {
                    Ok(part) => {
                        self.starts.get(part).copied().unwrap_or(0)..next(part).unwrap_or(self.end)
                    }
                    Err(_) => 0..0,
                };
            }
            last
        }
    }

    /// The times of a period.
    #[must_use]
    pub(crate) fn times_of(&self, part: usize) -> RangeInclusive<Timestamp> {
        let last = self.starts.len().saturating_sub(1);
        let part = part.min(last);
        let start = self.starts.get(part).copied().unwrap_or(0);
        let next = self.starts.get(part + 1).map(|next| next - 1);
        time_of(start)..=time_of(next.unwrap_or(self.end))
    }

    /// All times.
    #[must_use]
    pub(crate) fn range(&self) -> RangeInclusive<Timestamp> {
        *self.times_of(0).start()..=time_of(self.end)
    }

    /// A period as people write it.
    #[must_use]
    pub(crate) fn label(&self, part: usize, zone: &TimeZone) -> String {
        let times = self.times_of(part);
        let label = |time: Timestamp| match self.step {
            Some(step) => step.label(ms_of(time), zone),
            None => Step::Months(12).label(ms_of(time), zone),
        };
        label(*times.start())
    }

    /// The length of the periods, in a word.
    #[must_use]
    pub(crate) fn unit(&self) -> String {
        match self.step {
            Some(Step::Day) => "day".to_owned(),
            Some(Step::Week) => "week".to_owned(),
            Some(Step::Months(1)) => "month".to_owned(),
            Some(Step::Months(3)) => "quarter".to_owned(),
            Some(Step::Months(_)) => "year".to_owned(),
            Some(Step::Clock(HOUR)) => "hour".to_owned(),
            Some(Step::Clock(MINUTE)) => "minute".to_owned(),
            Some(Step::Clock(SECOND)) => "second".to_owned(),
            Some(Step::Clock(ms)) => crate::text::duration(ms.unsigned_abs()),
            None => {
                let times = self.times_of(0);
                let length = ms_of(*times.end()) - ms_of(*times.start());
                format!("{} years", (length / (365 * 24 * HOUR)).max(1))
            }
        }
    }
}

/// Place of a time that falls into no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outside {
    /// Before the first.
    Earlier,
    /// Behind the last.
    Later,
}

/// The periods that begin with the one of `start` and end with the one of `end`; `None` if they are too many, or one of
/// them has no length.
fn periods(step: Step, start: i64, end: i64, most: usize, zone: &TimeZone) -> Option<Ruler> {
    let mut starts = Vec::new();
    let mut at = start;
    loop {
        let period = step.period(at, zone);
        if period.end <= at || starts.len() == most {
            return None;
        }
        // nothing is earlier than 1970
        starts.push(period.start.max(0));
        if period.end > end {
            let end = (period.end - 1).min(ms_of(Timestamp::MAX));
            return Some(Ruler {
                starts,
                end,
                step: Some(step),
            });
        }
        at = period.end;
    }
}

fn equal_parts(start: i64, end: i64, most: usize) -> Ruler {
    let span = i128::from(end) - i128::from(start) + 1;
    let parts = i128::try_from(most)
        .unwrap_or(i128::MAX)
        .clamp(1, span.max(1));
    let at = |part: i128| i64::try_from(i128::from(start) + part * span / parts).unwrap_or(end);
    Ruler {
        starts: (0..parts).map(at).collect(),
        end,
        step: None,
    }
}

fn ms_of(time: Timestamp) -> i64 {
    i64::try_from(time.ms()).unwrap_or(i64::MAX)
}

fn time_of(ms: i64) -> Timestamp {
    Timestamp::from_ms(i128::from(ms)).unwrap_or(if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// How many IDs fall into the periods of a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Counts of each period.
    pub parts: Vec<u64>,
    /// IDs before the stretch.
    pub earlier: u64,
    /// IDs behind it.
    pub later: u64,
    /// The values that the bars are told apart by, with the counts of each, the most frequent first.
    pub series: Vec<(String, Vec<u64>)>,
}

impl Counts {
    /// No IDs yet in so many periods.
    #[must_use]
    pub(crate) fn new(parts: usize) -> Counts {
        Counts {
            parts: vec![0; parts],
            ..Counts::default()
        }
    }

    /// Adds IDs of a period.
    pub(crate) fn add(&mut self, part: Result<usize, Outside>, count: u64) {
        match part {
            Err(Outside::Earlier) => self.earlier += count,
            Err(Outside::Later) => self.later += count,
            Ok(part) => {
                if let Some(part) = self.parts.get_mut(part) {
                    *part += count;
                }
            }
        }
    }

    /// Adds the counts of other IDs.
    pub(crate) fn merge(&mut self, other: &Counts) {
        for (part, count) in self.parts.iter_mut().zip(&other.parts) {
            *part += count;
        }
        self.earlier += other.earlier;
        self.later += other.later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ruler(from: &str, to: &str, most: usize, zone: &str) -> Ruler {
        let zone = TimeZone::get(zone).unwrap();
        let [from, to] = [from, to].map(|text| text.parse::<Timestamp>().unwrap());
        Ruler::of(&(from..=to), most, &zone)
    }

    #[test]
    fn periods_are_those_of_the_calendar_and_the_shortest_that_fit() {
        for (from, to, most, unit, parts) in [
            ("2026-01-15T08:13", "2026-01-16T14:20", 80, "30 min", 61),
            ("2026-01-15T08:13", "2026-01-16T14:20", 30, "2 h", 16),
            ("2026-01-01", "2026-01-31", 80, "12 h", 61),
            ("2026-01-01", "2026-01-31", 40, "day", 31),
            ("2025-01-15", "2026-06-20", 80, "week", 75),
            ("2020-01-15", "2026-06-20", 80, "month", 78),
            ("2016-02-15", "2026-06-20", 80, "quarter", 42),
            ("1970-01-01", "2026-06-20", 80, "year", 57),
            (
                "2026-01-01T00:00:00.000",
                "2026-01-01T00:00:00.003",
                80,
                "1 ms",
                4,
            ),
        ] {
            let ruler = ruler(from, to, most, "UTC");
            assert_eq!(
                (ruler.unit().as_str(), ruler.parts()),
                (unit, parts),
                "{from} {to} {most}"
            );
        }
        let all = Ruler::of(&(Timestamp::MIN..=Timestamp::MAX), 80, &TimeZone::UTC);
        assert_eq!(all.parts(), 80);
        assert_eq!(all.range(), Timestamp::MIN..=Timestamp::MAX);
    }

    #[test]
    fn days_are_those_of_the_zone_also_where_clocks_change() {
        // in Berlin the night to the 29th of March is an hour short
        let ruler = ruler("2026-03-28T12:00Z", "2026-03-30T12:00Z", 3, "Europe/Berlin");
        let lengths: Vec<u64> = (0..3)
            .map(|part| {
                let times = ruler.times_of(part);
                (times.end().ms() - times.start().ms() + 1) / 3_600_000
            })
            .collect();
        assert_eq!(lengths, [24, 23, 24]);
        assert_eq!(
            ruler.times_of(0).start().to_string(),
            "2026-03-27T23:00:00.000Z"
        );
        assert_eq!(
            ruler.label(1, &TimeZone::get("Europe/Berlin").unwrap()),
            "2026-03-29"
        );
    }

    #[test]
    fn each_time_falls_into_one_period() {
        for most in [1, 7, 80] {
            let ruler = ruler(
                "2026-10-24T20:10Z",
                "2026-10-26T03:00Z",
                most,
                "Europe/Berlin",
            );
            let mut next = *ruler.range().start();
            let mut part_of = ruler.parts_of();
            for part in 0..ruler.parts() {
                let times = ruler.times_of(part);
                assert_eq!(*times.start(), next);
                assert_eq!(ruler.part_of(*times.start()), Ok(part));
                assert_eq!(ruler.part_of(*times.end()), Ok(part));
                assert_eq!(part_of(*times.start()), Ok(part));
                assert_eq!(part_of(*times.end()), Ok(part));
                next = time_of(ms_of(*times.end()) + 1);
            }
            assert_eq!(part_of(next), Err(Outside::Later));
            assert_eq!(ruler.part_of(next), Err(Outside::Later));
            assert_eq!(ruler.part_of(Timestamp::MIN), Err(Outside::Earlier));
        }
    }
}
