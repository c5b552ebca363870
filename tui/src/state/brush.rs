//! A range of times that is brushed over the timeline: from a row to another, or from a column of it to another.

use std::ops::RangeInclusive;

use ulid_engine::Timestamp;

use super::{Effect, Filter, State};

/// A brush that is being drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Brush {
    /// The times it was set on.
    anchor: RangeInclusive<Timestamp>,
    /// The times it is drawn to; nothing while it follows the cursor.
    head: Option<RangeInclusive<Timestamp>>,
}

impl Brush {
    /// True if it was drawn from one column to another, false if it stands at one; nothing where there is none.
    pub(super) fn is_drawn(&self) -> Option<bool> {
        self.head.as_ref().map(|head| *head != self.anchor)
    }

    /// True for one that a click has begun, and that was not drawn yet.
    #[must_use]
    pub(crate) fn is_click(&self) -> bool {
        self.is_drawn() == Some(false)
    }

    fn to(&self, head: &RangeInclusive<Timestamp>) -> RangeInclusive<Timestamp> {
        *self.anchor.start().min(head.start())..=*self.anchor.end().max(head.end())
    }
}

impl State {
    /// The times under the brush, where there is one.
    #[must_use]
    pub(crate) fn brushed(&self) -> Option<RangeInclusive<Timestamp>> {
        let brush = self.timeline.as_ref()?.brush.as_ref()?;
        match &brush.head {
            Some(head) => Some(brush.to(head)),
            None => {
                let here = self.current_time();
                Some(here.map_or(brush.anchor.clone(), |time| brush.to(&(time..=time))))
            }
        }
    }

    /// Sets the brush on the row under the cursor; a second time shows the rows of the times between.
    pub(super) fn brush(&mut self) -> Vec<Effect> {
        if let Some(times) = self.brushed() {
            return self.show_times(times);
        }
        let Some(time) = self.current_time() else {
            self.warn("this row has no time");
            return Vec::new();
        };
        let effects = self.open_timeline();
        if let Some(timeline) = &mut self.timeline {
            timeline.brush = Some(Brush {
                anchor: time..=time,
                head: None,
            });
            self.say(
                "go to another row, and press the key again for the rows of the times between",
            );
        }
        effects
    }

    /// Draws the brush over columns of the timeline; `starts` where a button went down.
    pub(super) fn brush_column(&mut self, column: usize, starts: bool) {
        let Some(timeline) = &mut self.timeline else {
            return;
        };
        let part = timeline.part_at(column, self.size.width.into());
        let times = timeline.ruler.times_of(part);
        if starts {
            // a click alone reads the bar
            timeline.cursor = Some(part);
        } else {
            timeline.cursor = None;
        }
        match &mut timeline.brush {
            Some(brush) if !starts => brush.head = Some(times),
            brush => {
                *brush = Some(Brush {
                    anchor: times.clone(),
                    head: Some(times),
                });
            }
        }
    }

    /// Shows the rows of these times, and lifts the brush.
    pub(super) fn show_times(&mut self, times: RangeInclusive<Timestamp>) -> Vec<Effect> {
        self.lift_brush();
        let mut view = self.wanted().clone();
        view.filter = Filter::Times(times);
        self.change(view)
    }

    /// True if there was a brush to be lifted.
    pub(super) fn lift_brush(&mut self) -> bool {
        let brush = self.timeline.as_mut().map(|timeline| timeline.brush.take());
        brush.flatten().is_some()
    }

    fn current_time(&self) -> Option<Timestamp> {
        let row = self.current_row()?;
        row.id.ok().map(Timestamp::of)
    }
}
