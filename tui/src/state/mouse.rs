//! Actions of the mouse, if it was asked for.

use super::{Brush, Effect, Mode, State};
use crate::action::Action;

/// The thing under the pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A line of the table.
    Row(usize),
    /// A heading of the table; its rows are ordered by this.
    Heading(String),
    /// A figure or a hint; it does this.
    Action(Action),
    /// A column of the timeline.
    Time(usize),
    /// A command of the list, by its number among those that match.
    Command(usize),
}

/// The gesture of the pointer there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pointer {
    /// The left button goes down.
    Press,
    /// The right button goes down.
    PressRight,
    /// It moves with the left button down.
    Drag,
    /// The left button goes up.
    Release,
    /// The wheel turns towards the top.
    WheelUp,
    /// The wheel turns towards the bottom.
    WheelDown,
}

impl State {
    /// Does what the mouse asks for.
    pub(crate) fn point(&mut self, pointer: Pointer, target: Option<Target>) -> Vec<Effect> {
        if matches!(self.mode, Mode::Prompt(_)) {
            return self.point_at_list(pointer, target);
        }
        if matches!(self.mode, Mode::Record(_) | Mode::Heat(_) | Mode::Drift(_)) {
            return self.point_at_record(pointer, target);
        }
        if matches!(self.mode, Mode::Values(_)) {
            return self.point_at_values(pointer, target);
        }
        match (pointer, target) {
            (Pointer::WheelUp, Some(Target::Time(_))) => self.apply(Action::ZoomIn),
            (Pointer::WheelDown, Some(Target::Time(_))) => self.apply(Action::ZoomOut),
            (Pointer::WheelUp, _) => self.turn(-1),
            (Pointer::WheelDown, _) => self.turn(1),
            (Pointer::Press, Some(Target::Time(column))) => {
                self.brush_column(column, true);
                Vec::new()
            }
            (Pointer::Drag, Some(Target::Time(column))) => {
                self.brush_column(column, false);
                Vec::new()
            }
            (Pointer::Release, _) => self.release(),
            (Pointer::Press, Some(Target::Row(line))) => {
                self.point_at_row(line);
                Vec::new()
            }
            (Pointer::PressRight, Some(Target::Row(line))) => {
                self.point_at_row(line);
                self.apply(Action::Mark)
            }
            (Pointer::Press, Some(Target::Heading(by))) => {
                self.message = None;
                self.sort_by(&by)
            }
            (Pointer::Press, Some(Target::Action(action))) => self.apply(action),
            _ => Vec::new(),
        }
    }

    fn point_at_record(&mut self, pointer: Pointer, target: Option<Target>) -> Vec<Effect> {
        match (pointer, target) {
            (Pointer::WheelUp, _) => self.apply(Action::Up),
            (Pointer::WheelDown, _) => self.apply(Action::Down),
            (Pointer::Press, Some(Target::Action(action))) => self.apply(action),
            _ => Vec::new(),
        }
    }

    fn point_at_values(&mut self, pointer: Pointer, target: Option<Target>) -> Vec<Effect> {
        match (pointer, target) {
            (Pointer::WheelUp, _) => self.apply(Action::Up),
            (Pointer::WheelDown, _) => self.apply(Action::Down),
            (Pointer::Press, Some(Target::Row(line))) => {
                // the headings of the list are its first line there
                if let (Mode::Values(list), Some(line)) = (&mut self.mode, line.checked_sub(1)) {
                    list.select(list.top + line);
                }
                Vec::new()
            }
            (Pointer::Press, Some(Target::Action(action))) => self.apply(action),
            _ => Vec::new(),
        }
    }

    fn point_at_list(&mut self, pointer: Pointer, target: Option<Target>) -> Vec<Effect> {
        match (pointer, target) {
            (Pointer::WheelUp, _) => self.apply(Action::Up),
            (Pointer::WheelDown, _) => self.apply(Action::Down),
            (Pointer::Press, Some(Target::Command(number))) => {
                if let Mode::Prompt(prompt) = &mut self.mode {
                    prompt.selected = number;
                }
                self.apply(Action::Accept)
            }
            _ => Vec::new(),
        }
    }

    fn turn(&mut self, notches: isize) -> Vec<Effect> {
        const ROWS: isize = 3;
        self.message = None;
        self.move_by(notches * ROWS);
        self.keep_in_view();
        Vec::new()
    }

    /// The rows of the times that were brushed over; of one column alone nothing, so that a click does no harm.
    fn release(&mut self) -> Vec<Effect> {
        let brush = self
            .timeline
            .as_ref()
            .and_then(|timeline| timeline.brush.as_ref());
        // one that follows the cursor is none of the mouse
        let Some(is_drawn) = brush.and_then(Brush::is_drawn) else {
            return Vec::new();
        };
        match self.brushed() {
            Some(times) if is_drawn => self.show_times(times),
            _ => {
                self.lift_brush();
                Vec::new()
            }
        }
    }

    fn point_at_row(&mut self, line: usize) {
        self.message = None;
        let Ok(page) = self.page_rows() else { return };
        // places of rows that the index has not come to are not known
        if let Some(behind) = page.row_at(line)
            && page.exact
        {
            self.cursor = self.top + behind;
        }
    }
}
