//! Empty periods between those that hold something. It knows neither IDs nor how counts come about.

use std::collections::{BTreeMap, BTreeSet};

use super::Step;
use crate::timestamp::TimeZone;

/// Counts of periods and series, those of nothing among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled<K> {
    /// The begin of a period in milliseconds since 1970, the series, and the count.
    pub rows: Vec<(i64, K, u64)>,
    /// Periods without anything that were left out, because there are too many of them in a row.
    pub left_out: u64,
}

/// Periods in a row of which nothing is counted and which are still given out. One ID of a wrong clock would make millions.
const MOST_EMPTY: usize = 1_000;

/// Every period from the first that holds something to the last, for every series that holds something anywhere.
#[must_use]
pub fn fill<K: Ord + Clone>(
    step: Step,
    zone: &TimeZone,
    counts: &BTreeMap<(i64, K), u64>,
) -> Filled<K> {
    let series: BTreeSet<&K> = counts.keys().map(|(_, series)| series).collect();
    let starts: BTreeSet<i64> = counts.keys().map(|(start, _)| *start).collect();
    let mut filled = Filled {
        rows: Vec::new(),
        left_out: 0,
    };
    let mut next = None;
    for start in starts {
        if let Some(from) = next {
            let (empty, left_out) = empty_between(step, zone, from, start);
            let zeros = empty.into_iter().flat_map(|start| {
                let zero = move |series: &&K| (start, (*series).clone(), 0);
                series.iter().map(zero).collect::<Vec<_>>()
            });
            filled.rows.extend(zeros);
            filled.left_out += left_out;
        }
        for &series in &series {
            let count = counts.get(&(start, series.clone())).copied().unwrap_or(0);
            filled.rows.push((start, series.clone(), count));
        }
        next = Some(step.period(start, zone).end);
    }
    filled
}

/// Periods from one on up to another, and how many there are beyond those that are given out.
fn empty_between(step: Step, zone: &TimeZone, from: i64, to: i64) -> (Vec<i64>, u64) {
    let mut starts = Vec::new();
    let mut at = from;
    while at < to {
        if starts.len() == MOST_EMPTY {
            let period = step.period(at, zone);
            let rest = (to - at).unsigned_abs() / (period.end - period.start).unsigned_abs().max(1);
            return (Vec::new(), MOST_EMPTY as u64 + rest.max(1));
        }
        starts.push(at);
        at = step.period(at, zone).end.max(at + 1);
    }
    (starts, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn every_series_has_every_period() {
        let counts = BTreeMap::from([((0, "a"), 2), ((0, "b"), 1), ((2 * DAY, "b"), 5)]);
        let filled = fill(Step::Day, &TimeZone::UTC, &counts);
        let expected = [
            (0, "a", 2),
            (0, "b", 1),
            (DAY, "a", 0),
            (DAY, "b", 0),
            (2 * DAY, "a", 0),
            (2 * DAY, "b", 5),
        ];
        assert_eq!(filled.rows, expected);
        assert_eq!(filled.left_out, 0);
    }

    #[test]
    fn a_wrong_clock_does_not_make_millions_of_rows() {
        let counts = BTreeMap::from([((0, ()), 1), ((5_000 * DAY, ()), 1)]);
        let filled = fill(Step::Day, &TimeZone::UTC, &counts);
        assert_eq!(filled.rows.len(), 2);
        assert_eq!(filled.left_out, 4_999);
        let days = BTreeMap::from([((0, ()), 1), ((1_000 * DAY, ()), 1)]);
        assert_eq!(fill(Step::Day, &TimeZone::UTC, &days).rows.len(), 1_001);
    }
}
