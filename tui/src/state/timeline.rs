//! A stretch of time, and how many IDs fall into each of its parts.

use std::{ops::RangeInclusive, sync::Arc};

use ulid_engine::{Timestamp, stats::Histogram};

use super::{Brush, Effect, Filter, State};
use crate::{
    action::Action,
    jobs::Task,
    layout::Layout,
    rows::Counting,
    ruler::{Counts, Ruler},
};

/// The stretch of time that the timeline shows.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    /// From its first to its last millisecond.
    pub times: RangeInclusive<Timestamp>,
    /// The periods that it is divided into.
    pub ruler: Arc<Ruler>,
    /// The IDs of its periods, once they are counted.
    pub counts: Option<Arc<Counts>>,
    /// The period under the cursor.
    pub cursor: Option<usize>,
    /// Expression that tells the bars apart.
    pub by: Option<String>,
    /// True if the keys for columns are those of the timeline.
    pub is_focused: bool,
    /// A range of it that is being brushed.
    pub brush: Option<Brush>,
    /// The rows that are counted.
    pub(super) of: Filter,
}

impl Timeline {
    /// Columns of the screen that a bar takes, on a screen of a width.
    #[must_use]
    pub(crate) fn bar_width(&self, width: usize) -> usize {
        (width / self.ruler.parts().max(1)).max(1)
    }

    /// The period at a column of the screen.
    pub(super) fn part_at(&self, column: usize, width: usize) -> usize {
        let part = column / self.bar_width(width);
        part.min(self.ruler.parts().saturating_sub(1))
    }
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
        let Some(findings) = &self.findings else {
            self.wants_timeline = true;
            self.say("the timeline opens as soon as the file has been looked over");
            return Vec::new();
        };
        self.wants_timeline = false;
        if findings.summary.valid == 0 {
            self.warn("no row has an ID, and so none has a time");
            return Vec::new();
        }
        let times = busy_times(&findings.summary.histogram);
        self.timeline = Some(Timeline {
            ruler: Arc::new(Ruler::of(&times, 1, &self.view.zone)),
            times,
            counts: None,
            cursor: None,
            by: None,
            is_focused: true,
            brush: None,
            of: Filter::All,
        });
        let panes = Layout::of(self.size, self.inspector, true, self.has_kinds());
        if panes.timeline.is_empty() {
            let lines = self.size.height;
            self.say(format!(
                "a screen of {lines} lines has no room for the timeline; W shows days by hours"
            ));
        }
        self.count()
    }

    /// Shows so many milliseconds around the bar or the row under the cursor, or around the middle.
    fn zoom(&mut self, span: u128) -> Vec<Effect> {
        let at = self
            .current_row()
            .and_then(|row| row.id.ok())
            .map(Timestamp::of);
        let Some(timeline) = &mut self.timeline else {
            return Vec::new();
        };
        let times = &timeline.times;
        // the bar under the cursor comes first, and what was out of sight stays so
        let bar = timeline.cursor.map(|part| timeline.ruler.times_of(part));
        let bar = bar.map(|bar| clamped(i128::from(bar.start().ms() / 2 + bar.end().ms() / 2)));
        let middle = bar
            .or(at)
            .filter(|at| times.contains(at))
            .map_or(times.start().ms() / 2 + times.end().ms() / 2, Timestamp::ms);
        let span = span.clamp(1, u128::from(Timestamp::MAX.ms()) + 1);
        let half = i128::try_from(span / 2).unwrap_or(i128::MAX);
        let (earliest, before) = (i128::from(times.start().ms()), span_ms(times));
        let room = i128::try_from(before.saturating_sub(span)).unwrap_or(0);
        let start = i128::from(middle) - half;
        let start = match span < before {
            true => clamped(start.clamp(earliest, earliest + room)),
            false => clamped(start),
        };
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
        let most = usize::from(self.size.width.max(1));
        let filter = self.view.filter.clone();
        let listing = self.listed();
        let zone = &self.view.zone;
        let timeline = self.timeline.as_mut()?;
        timeline.of = filter;
        let ruler = Ruler::of(&timeline.times, most, zone);
        if ruler != *timeline.ruler {
            // the cursor stays on its time
            let time = timeline
                .cursor
                .map(|part| *timeline.ruler.times_of(part).start());
            timeline.cursor = time.and_then(|time| ruler.part_of(time).ok());
            timeline.counts = None;
            timeline.ruler = Arc::new(ruler);
        }
        timeline.times = timeline.ruler.range();
        let (ruler, by) = (Arc::clone(&timeline.ruler), timeline.by.clone());
        let by = by.zip(ruler.step);
        let by = by.and_then(|(by, step)| {
            let grouping = self
                .source
                .histogram(step, Some(&by), self.now, &self.view.zone);
            grouping.ok().map(Box::new)
        });
        Some(Task::Count(Counting { ruler, listing, by }))
    }

    /// Moves the cursor of the timeline by a period; it begins at the row under the cursor, or in the middle.
    pub(super) fn move_bar(&mut self, later: bool) {
        let here = self
            .current_row()
            .and_then(|row| row.id.ok())
            .map(Timestamp::of);
        let Some(timeline) = &mut self.timeline else {
            return;
        };
        let last = timeline.ruler.parts().saturating_sub(1);
        let begin = || {
            let part = here.and_then(|time| timeline.ruler.part_of(time).ok());
            part.unwrap_or(last / 2)
        };
        timeline.cursor = Some(match (timeline.cursor, later) {
            (None, _) => begin(),
            (Some(part), true) => (part + 1).min(last),
            (Some(part), false) => part.saturating_sub(1),
        });
    }

    /// Shows only the rows of the period under the cursor of the timeline; `None` where there is none.
    pub(super) fn show_bar(&mut self) -> Option<Vec<Effect>> {
        let timeline = self
            .timeline
            .as_ref()
            .filter(|timeline| timeline.is_focused)?;
        let times = timeline.ruler.times_of(timeline.cursor?);
        Some(self.show_times(times))
    }

    /// Takes the cursor of the timeline away. True if there was one.
    pub(super) fn lift_bar(&mut self) -> bool {
        let timeline = self.timeline.as_mut();
        timeline
            .and_then(|timeline| timeline.cursor.take())
            .is_some()
    }

    /// Gives the keys for columns to the timeline, or back to the table.
    pub(super) fn switch_pane(&mut self) {
        let Some(timeline) = &mut self.timeline else {
            self.say("there is one pane; t opens the timeline");
            return;
        };
        timeline.is_focused = !timeline.is_focused;
        let words = match timeline.is_focused {
            true => {
                "h and l go along the timeline, + and - zoom, < and > move it, enter shows the rows of a bar"
            }
            false => {
                "h and l go from column to column, + and - are of the cell, < and > of the width"
            }
        };
        self.say(words);
    }

    /// Tells the bars of the timeline apart by the values of an expression.
    pub(super) fn stack_by(&mut self, by: String) -> Vec<Effect> {
        let _ = self.open_timeline();
        if let Some(timeline) = &mut self.timeline {
            timeline.by = Some(by);
            if timeline.ruler.step.is_none() {
                self.warn("bars of many years are not told apart; zoom in with +");
            }
        }
        self.count()
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
pub(super) fn busy_times(histogram: &Histogram) -> RangeInclusive<Timestamp> {
    const LEFT_OUT: u64 = 200;
    const NEAR: u128 = 4;
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
    let (Some(first), Some(last)) = (first, last) else {
        return Timestamp::MIN..=Timestamp::MAX;
    };
    if first.start > last.last {
        return Timestamp::MIN..=Timestamp::MAX;
    }
    // what is left out at an end is only strange if it lies far off
    let near = span_ms(&(first.start..=last.last)) / NEAR;
    let is_near = |from: Timestamp, to: Timestamp| span_ms(&(from..=to)) <= near;
    let start = buckets
        .iter()
        .find(|bucket| bucket.count > 0 && is_near(bucket.start, first.start));
    let end = buckets
        .iter()
        .rfind(|bucket| bucket.count > 0 && is_near(last.last, bucket.last));
    start.map_or(first.start, |bucket| bucket.start.min(first.start))
        ..=end.map_or(last.last, |bucket| bucket.last.max(last.last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(from_ms: u64, to_ms: u64) -> RangeInclusive<Timestamp> {
        clamped(from_ms.into())..=clamped(to_ms.into())
    }

    #[test]
    fn every_id_is_counted_once() {
        let ruler = Ruler::of(
            &times(1000, 1999),
            7,
            &ulid_engine::timestamp::TimeZone::UTC,
        );
        let mut counts = Counts::new(ruler.parts());
        for ms in 0..3000 {
            counts.add(ruler.part_of(clamped(ms)), 1);
        }
        assert_eq!((counts.earlier, counts.later), (1000, 1000));
        // of 200 ms each
        assert_eq!(counts.parts, [200; 5]);
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
