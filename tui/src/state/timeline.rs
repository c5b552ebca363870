//! A stretch of time, and how many IDs fall into each of its parts.

use std::{ops::RangeInclusive, sync::Arc};

use ulid_engine::{Timestamp, stats::Histogram};

use super::{Brush, Effect, Filter, State};
use crate::{action::Action, jobs::Task};

/// The stretch of time that the timeline shows.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// From its first to its last millisecond.
    pub times: RangeInclusive<Timestamp>,
    /// The IDs of its parts, once they are counted.
    pub counts: Option<Arc<Counts>>,
    /// A range of it that is being brushed.
    pub brush: Option<Brush>,
    /// The rows that are counted.
    pub(super) of: Filter,
}

/// How many IDs fall into equal parts of a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Those of each part.
    pub parts: Vec<u64>,
    /// Those before the stretch.
    pub earlier: u64,
    /// Those behind it.
    pub later: u64,
}

impl Counts {
    /// No IDs yet in so many parts.
    #[must_use]
    pub fn new(parts: usize) -> Counts {
        Counts {
            parts: vec![0; parts],
            ..Counts::default()
        }
    }

    /// Adds an ID of a time.
    pub fn add(&mut self, time: Timestamp, times: &RangeInclusive<Timestamp>) {
        if time < *times.start() {
            self.earlier += 1;
        } else if time > *times.end() {
            self.later += 1;
        } else {
            let part = part_of(time, times, self.parts.len());
            if let Some(count) = self.parts.get_mut(part) {
                *count += 1;
            }
        }
    }

    /// Adds the counts of other IDs.
    pub fn merge(&mut self, other: &Counts) {
        for (part, count) in self.parts.iter_mut().zip(&other.parts) {
            *part += count;
        }
        self.earlier += other.earlier;
        self.later += other.later;
    }
}

/// Which of equal parts a time falls into.
#[must_use]
pub fn part_of(time: Timestamp, times: &RangeInclusive<Timestamp>, parts: usize) -> usize {
    let past = u128::from(time.ms().saturating_sub(times.start().ms()));
    usize::try_from(past * parts as u128 / span_ms(times)).unwrap_or(usize::MAX)
}

/// The times that fall into one of equal parts.
pub(super) fn times_of_part(
    part: usize,
    times: &RangeInclusive<Timestamp>,
    parts: usize,
) -> RangeInclusive<Timestamp> {
    let span = span_ms(times);
    let start_of = |part: usize| (part as u128 * span).div_ceil(parts.max(1) as u128);
    let at = |past: u128| clamped(i128::from(times.start().ms()) + past.cast_signed());
    let first = at(start_of(part).min(span - 1));
    // where there are more parts than milliseconds, some have none of their own
    let last = at(start_of(part + 1).clamp(1, span) - 1);
    first..=last.max(first)
}

/// Milliseconds of a stretch, at least one.
fn span_ms(times: &RangeInclusive<Timestamp>) -> u128 {
    u128::from(times.end().ms().saturating_sub(times.start().ms())) + 1
}

/// Shares of the stretch shown by which it is moved and zoomed.
const PAN: i128 = 4;
const ZOOM: u128 = 2;

impl State {
    pub(super) fn timeline_action(&mut self, action: Action) -> Vec<Effect> {
        if action == Action::ToggleTimeline && self.timeline.take().is_some() {
            return Vec::new();
        }
        if self.timeline.is_none() {
            return self.open_timeline();
        }
        let Some(timeline) = &mut self.timeline else {
            return Vec::new();
        };
        let times = timeline.times.clone();
        match action {
            Action::ZoomIn => return self.zoom(span_ms(&times) / ZOOM),
            Action::ZoomOut => return self.zoom(span_ms(&times) * ZOOM),
            Action::Earlier => timeline.times = moved(&times, -1),
            Action::Later => timeline.times = moved(&times, 1),
            Action::ShowTimes => return self.show_times(times),
            _ => return Vec::new(),
        }
        self.count()
    }

    /// Shows the timeline, of the times of nearly all IDs.
    pub(super) fn open_timeline(&mut self) -> Vec<Effect> {
        if self.timeline.is_some() {
            return Vec::new();
        }
        let Some(findings) = self
            .findings
            .as_ref()
            .filter(|found| found.summary.valid > 0)
        else {
            self.warn("there are no figures of the file yet");
            return Vec::new();
        };
        self.timeline = Some(Timeline {
            times: busy_times(&findings.summary.histogram),
            counts: None,
            brush: None,
            of: Filter::All,
        });
        self.count()
    }

    /// Shows so many milliseconds around the time of the row under the cursor, or around the middle.
    fn zoom(&mut self, span: u128) -> Vec<Effect> {
        let at = self
            .current_row()
            .and_then(|row| row.id.ok())
            .map(Timestamp::of);
        let Some(timeline) = &mut self.timeline else {
            return Vec::new();
        };
        let times = &timeline.times;
        let middle = at
            .filter(|at| times.contains(at))
            .map_or(times.start().ms() / 2 + times.end().ms() / 2, Timestamp::ms);
        let span = span.clamp(1, u128::from(Timestamp::MAX.ms()) + 1);
        let half = i128::try_from(span / 2).unwrap_or(i128::MAX);
        let start = clamped(i128::from(middle) - half);
        let end = clamped(i128::from(start.ms()) + i128::try_from(span).unwrap_or(i128::MAX) - 1);
        timeline.times = start..=end;
        self.count()
    }

    /// Has the parts counted, one for each column of the screen.
    pub(super) fn count(&mut self) -> Vec<Effect> {
        self.counting().map(Effect::Start).into_iter().collect()
    }

    /// Has the parts counted once more where other rows are shown.
    pub(super) fn count_shown(&mut self) -> Vec<Effect> {
        let of = self.timeline.as_ref().map(|timeline| &timeline.of);
        match of {
            Some(of) if *of != self.view.filter => self.count(),
            // the same, of more rows
            Some(of) if *of != Filter::All => self.count(),
            _ => Vec::new(),
        }
    }

    /// The same for more rows.
    pub(super) fn count_again(&mut self) -> Vec<Effect> {
        self.counting().map(Effect::Renew).into_iter().collect()
    }

    fn counting(&mut self) -> Option<Task> {
        let parts = usize::from(self.size.width.max(1));
        let filter = self.view.filter.clone();
        let timeline = self.timeline.as_mut()?;
        timeline.of = filter;
        let times = timeline.times.clone();
        Some(Task::Count(times, parts, self.listed()))
    }
}

fn moved(times: &RangeInclusive<Timestamp>, steps: i128) -> RangeInclusive<Timestamp> {
    let span = i128::try_from(span_ms(times)).unwrap_or(i128::MAX);
    let by = (span / PAN).max(1) * steps;
    let last = i128::from(Timestamp::MAX.ms()) + 1 - span;
    let start = (i128::from(times.start().ms()) + by).clamp(0, last.max(0));
    clamped(start)..=clamped(start + span - 1)
}

fn clamped(ms: i128) -> Timestamp {
    Timestamp::from_ms(ms).unwrap_or(if ms < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// The times of nearly all IDs. The few of clocks that were set wrong would make all others one column.
fn busy_times(histogram: &Histogram) -> RangeInclusive<Timestamp> {
    const LEFT_OUT: u64 = 200;
    let buckets = histogram.buckets();
    let total: u64 = buckets.iter().map(|bucket| bucket.count).sum();
    let mut few = total / LEFT_OUT;
    let first = buckets.iter().find(|bucket| {
        let is_many = bucket.count > few;
        few = few.saturating_sub(bucket.count);
        is_many
    });
    few = total / LEFT_OUT;
    let last = buckets.iter().rev().find(|bucket| {
        let is_many = bucket.count > few;
        few = few.saturating_sub(bucket.count);
        is_many
    });
    match (first, last) {
        (Some(first), Some(last)) if first.start <= last.last => first.start..=last.last,
        _ => Timestamp::MIN..=Timestamp::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(from_ms: u64, to_ms: u64) -> RangeInclusive<Timestamp> {
        clamped(from_ms.into())..=clamped(to_ms.into())
    }

    #[test]
    fn every_id_is_counted_once() {
        let stretch = times(1000, 1999);
        let mut counts = Counts::new(7);
        for ms in 0..3000 {
            counts.add(clamped(ms), &stretch);
        }
        assert_eq!((counts.earlier, counts.later), (1000, 1000));
        assert_eq!(counts.parts.iter().sum::<u64>(), 1000);
        assert!(
            counts.parts.iter().all(|part| (142..=143).contains(part)),
            "{counts:?}"
        );
    }

    #[test]
    fn the_times_of_the_parts_are_all_times_once() {
        for (stretch, parts) in [(times(1000, 1999), 7), (times(0, 79), 80), (times(5, 5), 1)] {
            let mut next = stretch.start().ms();
            for part in 0..parts {
                let times = times_of_part(part, &stretch, parts);
                assert_eq!(times.start().ms(), next);
                assert_eq!(part_of(*times.start(), &stretch, parts), part);
                assert_eq!(part_of(*times.end(), &stretch, parts), part);
                next = times.end().ms() + 1;
            }
            assert_eq!(next, stretch.end().ms() + 1);
        }
    }

    #[test]
    fn a_stretch_is_moved_and_never_shrinks_at_the_ends() {
        assert_eq!(moved(&times(1000, 1999), 1), times(1250, 2249));
        assert_eq!(moved(&times(100, 1099), -1), times(0, 999));
        let last = Timestamp::MAX.ms();
        assert_eq!(moved(&times(last - 999, last), 1), times(last - 999, last));
        assert_eq!(moved(&times(5, 5), 1), times(6, 6));
    }

    #[test]
    fn one_wrong_clock_does_not_widen_the_timeline() {
        let mut histogram = Histogram::new(Histogram::BUCKETS);
        for second in 0..1000 {
            histogram.record(clamped(1_700_000_000_000 + second * 1000));
        }
        histogram.record(Timestamp::MAX);
        let busy = busy_times(&histogram);
        assert!(busy.end().ms() - busy.start().ms() <= 1_000_000, "{busy:?}");
    }
}
