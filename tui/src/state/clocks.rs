//! Panes over the table: IDs by day and hour, and another time of rows beside that of their IDs.

use std::sync::Arc;

use ulid_engine::{
    Timestamp,
    calendar::{CalendarPart, Step},
    dataset::Format,
    timestamp::{InZone as _, TimeZone},
};

use super::{Column, Effect, Filter, Mode, Purpose, State, timeline::busy_times};
use crate::{
    action::Action,
    jobs::{Drifting, Kind, Task},
    rows::{Beside, DRIFT_WORDS, Drift, Heat, NO_DRIFT},
    ruler::Ruler,
};

/// IDs by day and hour.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeatView {
    /// The counts, once there are some.
    pub heat: Option<Arc<Heat>>,
    /// The day under the cursor.
    pub day: usize,
    /// The hour under the cursor.
    pub hour: usize,
    /// The first day in sight.
    pub top: usize,
}

/// Another time of rows beside that of their IDs.
#[derive(Debug, Clone)]
pub(crate) struct DriftView {
    /// The other time.
    pub beside: Beside,
    /// The periods of the plot.
    pub ruler: Arc<Ruler>,
    /// The differences, once they are counted.
    pub drift: Option<Arc<Drift>>,
    /// The size of difference under the cursor, by its place among those that occur.
    pub selected: usize,
    /// The first one in sight.
    pub top: usize,
}

impl DriftView {
    /// The sizes of differences that occur, the other time latest first.
    #[must_use]
    pub(crate) fn bins(&self) -> Vec<usize> {
        let bins = self
            .drift
            .as_ref()
            .map_or(&[][..], |drift| drift.bins.as_slice());
        let has_rows = |&at: &usize| bins.get(at).is_some_and(|bin| !bin.rows.is_empty());
        (0..bins.len()).rev().filter(has_rows).collect()
    }

    /// The words for the other time.
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        match &self.beside {
            Beside::Expression(by) => by,
            Beside::OwnTime => "the time at the begin of the line",
        }
    }
}

/// A size of differences in words: `1h to 6h later`.
#[must_use]
pub(crate) fn drift_in_words(bin: usize) -> String {
    let (over, side) = match bin >= NO_DRIFT {
        true => (bin - NO_DRIFT, "later"),
        false => (NO_DRIFT - bin, "earlier"),
    };
    let word = |at: usize| DRIFT_WORDS.get(at).copied();
    match (over.checked_sub(1).and_then(word), word(over)) {
        (None, _) => format!("less than {}", DRIFT_WORDS[0]),
        (Some(from), Some(to)) => format!("{from} to {to} {side}"),
        (Some(from), None) => format!("{from} or more {side}"),
    }
}

/// The condition that a difference is of a size.
fn drift_condition(by: &str, bin: usize) -> String {
    let (over, difference, other) = match bin >= NO_DRIFT {
        true => (
            bin - NO_DRIFT,
            format!("time({by}) - time"),
            format!("time - time({by})"),
        ),
        false => (
            NO_DRIFT - bin,
            format!("time - time({by})"),
            format!("time({by}) - time"),
        ),
    };
    let word = |at: usize| DRIFT_WORDS.get(at).copied();
    match (over.checked_sub(1).and_then(word), word(over)) {
        (None, _) => {
            let least = DRIFT_WORDS[0];
            format!("{difference} < {least} and {other} < {least}")
        }
        (Some(from), Some(to)) => format!("{difference} >= {from} and {difference} < {to}"),
        (Some(from), None) => format!("{difference} >= {from}"),
    }
}

impl State {
    /// Shows the IDs by day and hour.
    pub(super) fn open_heat(&mut self) -> Vec<Effect> {
        let Some(times) = self.times_of_most() else {
            return Vec::new();
        };
        self.mode = Mode::Heat(HeatView::default());
        let (listing, zone) = (self.listed(), self.view.zone.clone());
        vec![Effect::Start(Task::Heat(times, zone, listing))]
    }

    fn times_of_most(&mut self) -> Option<(Timestamp, Timestamp)> {
        let Some(findings) = &self.findings else {
            self.say("the file is still being looked over; once more in a moment");
            return None;
        };
        if findings.summary.valid == 0 {
            self.warn("no row has an ID, and so none has a time");
            return None;
        }
        let times = busy_times(&findings.summary.histogram);
        Some((*times.start(), *times.end()))
    }

    /// Puts a time beside that of the IDs: the column under the cursor if it has times, the first one that has, or the time
    /// at the begin of a line; else one is asked for.
    pub(super) fn open_drift(&mut self) -> Vec<Effect> {
        let is_time = |placed: &&super::Placed| {
            placed.kind == "time" && matches!(placed.column, Column::Cell { .. })
        };
        let current = self.columns.current().filter(is_time);
        let found = current.or_else(|| self.columns.all().iter().find(is_time));
        let found = found.map(|placed| placed.column.expression());
        match found {
            Some(by) => self.show_drift(Beside::Expression(by)),
            None if self.source.layout().format == Format::Text => self.show_drift(Beside::OwnTime),
            None => {
                self.ask_with_column(Purpose::Drift);
                Vec::new()
            }
        }
    }

    pub(super) fn show_drift(&mut self, beside: Beside) -> Vec<Effect> {
        let Some((from, to)) = self.times_of_most() else {
            return Vec::new();
        };
        // labels and counts stand before the plot
        let room = usize::from(self.size.width)
            .saturating_sub(DRIFT_LABELS)
            .max(1);
        let ruler = Arc::new(Ruler::of(&(from..=to), room, &self.view.zone));
        self.mode = Mode::Drift(DriftView {
            beside: beside.clone(),
            ruler: Arc::clone(&ruler),
            drift: None,
            selected: 0,
            top: 0,
        });
        vec![Effect::Start(Task::Drift(Drifting {
            beside,
            ruler,
            zone: self.view.zone.clone(),
            listing: self.listed(),
        }))]
    }

    pub(super) fn take_heat(&mut self, heat: Arc<Heat>) {
        if let Mode::Heat(view) = &mut self.mode {
            view.day = heat.days.len().saturating_sub(1);
            view.heat = Some(heat);
        }
        self.keep_clocks_in_view();
    }

    pub(super) fn take_drift(&mut self, drift: Arc<Drift>) {
        if let Mode::Drift(view) = &mut self.mode {
            view.drift = Some(drift);
        }
        self.keep_clocks_in_view();
    }

    fn keep_clocks_in_view(&mut self) {
        // two lines stand above the map, one above the plot
        let page = self.page().unsigned_abs();
        match &mut self.mode {
            Mode::Heat(view) => {
                let last = view
                    .heat
                    .as_ref()
                    .map_or(0, |heat| heat.days.len().saturating_sub(1));
                view.day = view.day.min(last);
                let lowest = (view.day + 1).saturating_sub(page.saturating_sub(1).max(1));
                view.top = view.top.clamp(lowest, view.day);
            }
            Mode::Drift(view) => {
                let last = view.bins().len().saturating_sub(1);
                view.selected = view.selected.min(last);
                let lowest = (view.selected + 1).saturating_sub(page.max(1));
                view.top = view.top.clamp(lowest, view.selected);
            }
            _ => {}
        }
    }

    pub(super) fn clocks_action(&mut self, action: Action) -> Vec<Effect> {
        let page = self.page().unsigned_abs().saturating_sub(1).max(1);
        let (down, up) = match action {
            Action::Down => (1, 0),
            Action::Up => (0, 1),
            Action::PageDown => (page, 0),
            Action::PageUp => (0, page),
            Action::HalfPageDown => (page.div_ceil(2), 0),
            Action::HalfPageUp => (0, page.div_ceil(2)),
            Action::Last => (usize::MAX / 2, 0),
            Action::First => (0, usize::MAX / 2),
            _ => (0, 0),
        };
        let moved = |at: usize| at.saturating_add(down).saturating_sub(up);
        match (&mut self.mode, action) {
            (_, Action::Pick | Action::Accept) => return self.show_rows_of_clocks(),
            (_, Action::Suspend) => return vec![Effect::Suspend],
            (_, Action::Redraw) => return vec![Effect::Redraw],
            (_, Action::Back | Action::Quit | Action::Cancel | Action::HeatMap | Action::Drift) => {
                self.mode = Mode::Browse;
                return vec![Effect::Cancel(Kind::Clocks)];
            }
            (Mode::Heat(view), Action::ColumnsRight) => view.hour = (view.hour + 1).min(23),
            (Mode::Heat(view), Action::ColumnsLeft) => view.hour = view.hour.saturating_sub(1),
            (Mode::Heat(view), _) if down + up > 0 => view.day = moved(view.day),
            (Mode::Drift(view), _) if down + up > 0 => view.selected = moved(view.selected),
            _ => {
                self.say("this key does nothing here; enter shows the rows, esc goes back to them")
            }
        }
        self.keep_clocks_in_view();
        Vec::new()
    }

    /// Shows only the rows of the hour or of the size of difference under the cursor.
    fn show_rows_of_clocks(&mut self) -> Vec<Effect> {
        match self.mode.clone() {
            Mode::Heat(view) => {
                let day = view.heat.as_ref().and_then(|heat| heat.days.get(view.day));
                let Some(day) = day else { return Vec::new() };
                let Some(times) = hour_of(day.start_ms, view.hour, &self.view.zone) else {
                    self.say("clocks were put forward over this hour; there was none on this day");
                    return Vec::new();
                };
                self.mode = Mode::Browse;
                self.show_times(times.0..=times.1)
            }
            Mode::Drift(view) => {
                let Some(bin) = view.bins().get(view.selected).copied() else {
                    return Vec::new();
                };
                self.mode = Mode::Browse;
                match &view.beside {
                    Beside::Expression(by) => self.narrow(drift_condition(by, bin), true),
                    Beside::OwnTime => self.show_drifted(&view, bin),
                }
            }
            _ => Vec::new(),
        }
    }

    fn show_drifted(&mut self, drift: &DriftView, bin: usize) -> Vec<Effect> {
        let rows = drift.drift.as_ref().and_then(|drift| drift.bins.get(bin));
        let Some(rows) = rows.map(|bin| bin.rows.clone()) else {
            return Vec::new();
        };
        let words = format!("{} {}", drift.name(), drift_in_words(bin));
        let mut view = self.wanted().clone();
        view.filter = Filter::Rows(words, rows);
        self.change(view)
    }
}

/// Columns of the screen before the plot of differences.
pub(crate) const DRIFT_LABELS: usize = 36;

/// The times of an hour that the clock shows on a day; `None` if it shows none. One that it shows twice is both.
fn hour_of(day_ms: i64, hour: usize, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    const HOUR: Step = Step::Clock(3_600_000);
    let end = Step::Day.period(day_ms, zone).end;
    let mut found: Option<(i64, i64)> = None;
    let mut at = day_ms;
    while at < end {
        let period = HOUR.period(at, zone);
        if period.end <= at {
            break;
        }
        if usize::try_from(CalendarPart::Hour.of(period.start, zone)) == Ok(hour) {
            let first = found.map_or(period.start, |(first, _)| first);
            found = Some((first, period.end - 1));
        }
        at = period.end;
    }
    let time = |ms: i64| Timestamp::from_ms(i128::from(ms)).ok();
    let (first, last) = found?;
    Some((time(first.max(0))?, time(last)?))
}

/// A day as people write it, with its weekday.
#[must_use]
pub(crate) fn day_in_words(start_ms: i64, zone: &TimeZone) -> String {
    const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let weekday = usize::try_from(CalendarPart::Weekday.of(start_ms, zone) - 1).unwrap_or(0);
    let weekday = WEEKDAYS.get(weekday).copied().unwrap_or_default();
    let date =
        Timestamp::from_ms(i128::from(start_ms)).map(|time| time.in_zone(zone).date().to_string());
    format!("{} {weekday}", date.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_a_clock_shows_twice_is_both_and_one_that_it_skips_is_none() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let day = |text: &str| {
            let noon = text.parse::<Timestamp>().unwrap();
            Step::Day
                .period(i64::try_from(noon.ms()).unwrap(), &berlin)
                .start
        };
        let autumn = hour_of(day("2026-10-25T12:00Z"), 2, &berlin).unwrap();
        assert_eq!(autumn.0.to_string(), "2026-10-25T00:00:00.000Z");
        assert_eq!(autumn.1.to_string(), "2026-10-25T01:59:59.999Z");
        assert_eq!(hour_of(day("2026-03-29T12:00Z"), 2, &berlin), None);
        assert_eq!(
            day_in_words(day("2026-03-29T12:00Z"), &berlin),
            "2026-03-29 Sun"
        );
    }

    #[test]
    fn sizes_of_differences_are_words_and_conditions() {
        assert_eq!(drift_in_words(NO_DRIFT), "less than 10ms");
        assert_eq!(drift_in_words(NO_DRIFT + 7), "1h to 6h later");
        assert_eq!(drift_in_words(0), "365d or more earlier");
        assert_eq!(
            drift_condition("at", NO_DRIFT - 7),
            "time - time(at) >= 1h and time - time(at) < 6h"
        );
    }
}
