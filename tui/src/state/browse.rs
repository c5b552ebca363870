//! Actions on the table.

use ulid_engine::{RowSet, Timestamp, codec, dataset::Row, row::Spelling};

use super::{
    Effect, Filter, Mode, Prompt, Purpose, RecordView, State, TimeZone, place::Place,
    view::next_form,
};
use crate::{
    action::Action,
    jobs::{Kind, Task},
    layout::{Inspector, Layout},
    rows::{Listing, Needle},
    text::grouped,
};

/// Rows that are copied at once.
const MOST_COPIED: usize = 10_000;

/// How far one can go up from the last row before the index has come there.
const FARTHEST_FROM_END: usize = 10_000;

impl State {
    pub(super) fn browse(&mut self, action: Action) -> Vec<Effect> {
        match self.meant(action) {
            Action::Down => self.move_by(1),
            Action::Up => self.move_by(-1),
            Action::PageDown => self.turn_page(true, false),
            Action::PageUp => self.turn_page(false, false),
            Action::WrapRows => self.toggle_wrap(),
            Action::HalfPageDown => self.turn_page(true, true),
            Action::HalfPageUp => self.turn_page(false, true),
            Action::First => self.go_to(0),
            Action::Last => self.go_to_last(),
            Action::ColumnsLeft if self.has_focused_timeline() => self.move_bar(false),
            Action::ColumnsRight if self.has_focused_timeline() => self.move_bar(true),
            Action::HeatMap => return self.open_heat(),
            Action::Drift => return self.open_drift(),
            Action::SwitchPane => self.switch_pane(),
            Action::StackBy => self.ask_with_column(Purpose::Stack),
            Action::ColumnsRight
            | Action::ColumnsLeft
            | Action::Narrower
            | Action::Wider
            | Action::FitColumn
            | Action::HideColumn
            | Action::UnhideColumns
            | Action::CarryLeft
            | Action::CarryRight
            | Action::PinColumn => self.column_action(action),
            Action::GoToColumn => self.ask(Purpose::Column),
            Action::KeepCell => return self.narrow_by_cell(true),
            Action::LeaveCell => return self.narrow_by_cell(false),
            Action::Pick
                if self.has_focused_timeline()
                    && self
                        .timeline
                        .as_ref()
                        .is_some_and(|timeline| timeline.cursor.is_some()) =>
            {
                return self.show_bar().unwrap_or_default();
            }
            Action::Pick if self.picks => return vec![Effect::Pick],
            Action::ToggleInspector => self.next_inspector(),
            Action::NextOfInspector => self.turn_inspector(),
            // Enter opens what it is on
            Action::Pick => self.mode = Mode::Record(RecordView::default()),
            Action::Mark => self.mark(),
            Action::Unmark => {
                if !self.marks.is_empty() {
                    self.set_marks(RowSet::new());
                }
                self.say("no row is marked; u marks them again");
            }
            Action::Find => self.ask(Purpose::Find),
            Action::FindInColumn => self.ask_in_column(),
            Action::Filter => self.ask_for_filter(),
            Action::SortBy => self.ask_with_column(Purpose::Sort),
            Action::Values => self.ask_with_column(Purpose::Values),
            Action::Exclude => {
                self.say("! leaves a value out in the list of values; open it first")
            }
            Action::Export => self.ask(Purpose::Export),
            Action::Repair => return self.ask_to_repair(),
            Action::ChooseZone => self.ask(Purpose::Zone),
            Action::Help | Action::Palette => self.ask(Purpose::Command),
            Action::FindNext => return self.find_again(false),
            Action::FindPrevious => return self.find_again(true),
            Action::ToggleTimeline
            | Action::ZoomIn
            | Action::ZoomOut
            | Action::Earlier
            | Action::Later
            | Action::ShowTimes => return self.timeline_action(self.meant(action)),
            Action::Brush => return self.brush(),
            Action::ToggleMouse => return vec![Effect::ToggleMouse],
            Action::Copy | Action::CopyRow | Action::CopyBounds => return self.copy(action),
            Action::Cancel | Action::Back => return self.cancel(action),
            Action::Quit => return vec![Effect::Quit],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Accept | Action::Complete | Action::NextTake | Action::Edit(_) => {}
            other => return self.browse_view(other),
        }
        Vec::new()
    }

    /// True if the keys for columns are those of the timeline.
    pub(super) fn has_focused_timeline(&self) -> bool {
        let timeline = self.timeline.as_ref();
        timeline.is_some_and(|timeline| timeline.is_focused)
    }

    /// The same key zooms and moves the timeline where there is one.
    fn meant(&self, action: Action) -> Action {
        match action {
            _ if !self.has_focused_timeline() => action,
            Action::KeepCell => Action::ZoomIn,
            Action::LeaveCell => Action::ZoomOut,
            Action::Narrower => Action::Earlier,
            Action::Wider => Action::Later,
            _ => action,
        }
    }

    /// More of the inspector, or less; where it has no room, that is said.
    fn next_inspector(&mut self) {
        self.inspector = self.inspector.next();
        let panes = Layout::of(
            self.size,
            self.inspector,
            self.timeline.is_some(),
            self.has_kinds(),
        );
        if self.inspector == Inspector::Hidden {
            self.say("the inspector is closed; enter reads the whole row");
        } else if panes.inspector.is_empty() {
            let lines = self.size.height;
            self.say(format!(
                "a screen of {lines} lines has no room for the inspector; enter reads the whole row"
            ));
        }
    }

    /// The next part of what the inspector says of the row under the cursor.
    fn turn_inspector(&mut self) {
        match (self.inspector, self.current_row()) {
            (Inspector::Whole, Some(row)) => {
                self.turned = Some((row.index, self.inspector_turns(row.index) + 1));
            }
            _ => self.warn("the inspector is turned where all of it is shown"),
        }
    }

    /// Actions that change the view.
    fn browse_view(&mut self, action: Action) -> Vec<Effect> {
        let mut view = self.wanted().clone();
        match action {
            Action::Undo => return self.undo(),
            Action::Redo => return self.redo(),
            Action::SortById => return self.sort_by("id"),
            Action::SortByPosition => return self.sort_by("position"),
            Action::Reverse => view.arrangement = view.arrangement.reversed(),
            Action::NextForm => view.form = next_form(view.form),
            Action::ToggleZone => {
                view.zone = if view.zone == TimeZone::UTC {
                    TimeZone::system()
                } else {
                    TimeZone::UTC
                };
            }
            Action::ShowAll => view.filter = Filter::All,
            Action::ShowMarked if self.marks.is_empty() => self.warn("no row is marked"),
            Action::ShowMarked => view.filter = Filter::Marked(self.marks.clone()),
            Action::ShowInvalid
            | Action::ShowDuplicates
            | Action::ShowOutOfOrder
            | Action::ShowFuture
            | Action::ShowGaps
            | Action::ShowStepBack
            | Action::ShowSpan
            | Action::ShowVerdict
            | Action::ShowSameMillisecond
            | Action::ShowDifferent
            | Action::ShowFirst
            | Action::ShowSecond
            | Action::ShowBoth
            | Action::ShowChanged
            | Action::ShowMoved => return self.show_figure(action),
            _ => {}
        }
        self.change(view)
    }

    /// The first press ends what runs or is open, and Ctrl-C leaves where nothing is.
    fn cancel(&mut self, action: Action) -> Vec<Effect> {
        if self.drop_pending() {
            self.say("cancelled");
            return vec![Effect::Cancel(Kind::Arrange)];
        }
        if self.lift_brush() || action == Action::Back && self.lift_bar() {
            return Vec::new();
        }
        if action == Action::Back
            && let Some(effect) = self.unmark_search()
        {
            return vec![effect];
        }
        if action == Action::Cancel {
            return vec![Effect::CancelOrQuit];
        }
        if self.view.filter != Filter::All {
            return self.browse_view(Action::ShowAll);
        }
        Vec::new()
    }

    pub(super) fn move_by(&mut self, rows: isize) {
        match &mut self.from_end {
            Some(from_end) => {
                *from_end = from_end
                    .saturating_add_signed(rows.saturating_neg())
                    .min(FARTHEST_FROM_END);
            }
            None => self.cursor = self.cursor.saturating_add_signed(rows),
        }
    }

    pub(super) fn go_to(&mut self, place: usize) {
        self.from_end = None;
        let page = self.page().unsigned_abs();
        if place < self.top || place >= self.top + page {
            self.top = place.saturating_sub(page / 2);
        }
        self.cursor = place;
        self.keep_in_view();
    }

    fn go_to_last(&mut self) {
        if self.extent.complete || !self.listing.is_source() {
            self.go_to(self.listing.len().saturating_sub(1));
        } else {
            self.from_end = Some(0);
        }
    }

    /// Goes to what was typed.
    pub(super) fn go(&mut self, place: Place) -> Vec<Effect> {
        match place {
            Place::Row(row) => match self.listing.find(row) {
                Some(place) => self.go_to(place),
                None => self.warn(format!("row {} is not among those shown", row + 1)),
            },
            Place::Percent(percent) => {
                let last = self.listing.len().saturating_sub(1);
                self.go_to(last / 100 * percent + last % 100 * percent / 100);
            }
            Place::Time(time) => {
                self.sought = format!("{:?}", time.to_string());
                return self.search(Needle::Time(time), self.listing.len().saturating_sub(1));
            }
        }
        Vec::new()
    }

    fn mark(&mut self) {
        if self.from_end.is_some() {
            self.warn("a row can be marked when its number is known");
        } else if let Some(row) = self.current_row() {
            let row = row.index as u64;
            let mut marks = self.marks.clone();
            if !marks.remove(row) {
                marks.insert(row);
            }
            self.set_marks(marks);
            self.move_by(1);
        }
    }

    fn copy(&mut self, action: Action) -> Vec<Effect> {
        if action == Action::CopyBounds {
            return self.copy_bounds();
        }
        let is_row = action == Action::CopyRow;
        let text_of = |row: &Row| match (&row.id, is_row) {
            (_, true) => row.text().into_owned(),
            (Ok(id), false) => self.view.form.print(*id),
            (Err(_), false) => row.id_text().into_owned(),
        };
        if self.marks.is_empty() {
            let Some(row) = self.current_row() else {
                self.say("there is no row to copy");
                return Vec::new();
            };
            let text = text_of(&row);
            return vec![Effect::Copy(text.clone(), text)];
        }
        let mut texts = Vec::new();
        for row in self.marks.iter().take(MOST_COPIED) {
            let row = usize::try_from(row).unwrap_or(usize::MAX);
            let found = self
                .source
                .window(row, 1)
                .ok()
                .and_then(|mut rows| rows.pop());
            texts.extend(found.as_ref().map(text_of));
        }
        if self.marks.len() > MOST_COPIED as u64 {
            self.warn(format!(
                "{} rows are marked; no more than {} are copied, e writes them to a file",
                grouped(self.marks.len()),
                grouped(MOST_COPIED as u64)
            ));
            return Vec::new();
        }
        let what = match (texts.as_slice(), is_row) {
            ([only], _) => only.clone(),
            (all, true) => format!("{} marked rows", grouped(all.len() as u64)),
            (all, false) => format!("the IDs of {} marked rows", grouped(all.len() as u64)),
        };
        vec![Effect::Copy(texts.join("\n"), what)]
    }

    /// `BETWEEN` the smallest and the largest ID of the times of the marked rows; without any, of the times that alone are
    /// shown, of the rows shown, or, where these are all, of the millisecond of this row.
    fn copy_bounds(&mut self) -> Vec<Effect> {
        let listing = match (self.marks.is_empty(), &self.view.filter) {
            (true, Filter::Times(range)) => {
                return self.copy_bounds_of(Some((*range.start(), *range.end())), 0);
            }
            (true, Filter::All) => {
                let row = self.current_row().and_then(|row| row.id.ok());
                let time = row.map(Timestamp::of);
                return self.copy_bounds_of(time.map(|time| (time, time)), 1);
            }
            (true, _) => self.listing.clone(),
            (false, _) => Listing::ordered(
                self.marks
                    .iter()
                    .filter_map(|row| u32::try_from(row).ok())
                    .collect::<Vec<u32>>(),
            ),
        };
        vec![Effect::Start(Task::Bounds(listing))]
    }

    /// Copies the bounds of times; of how many rows they are is told, where that is known.
    pub(super) fn copy_bounds_of(
        &mut self,
        times: Option<(Timestamp, Timestamp)>,
        rows: u64,
    ) -> Vec<Effect> {
        let Some((first, last)) = times else {
            self.warn("no ID here has a time");
            return Vec::new();
        };
        let text = self.between(first, last);
        let of = match rows {
            0 => " (the times shown)".to_owned(),
            1 => " (this row)".to_owned(),
            rows if self.marks.is_empty() => format!(" ({} rows shown)", grouped(rows)),
            rows => format!(" ({} marked rows)", grouped(rows)),
        };
        vec![Effect::Copy(text.clone(), text + &of)]
    }

    fn between(&self, first: Timestamp, last: Timestamp) -> String {
        let print = |id| match self.view.form {
            form @ (Spelling::Integer | Spelling::HexMarked) => form.print(id),
            Spelling::Ulid => format!("'{}'", codec::print(id)),
            Spelling::Hex => format!("x'{}'", Spelling::Hex.print(id)),
            form => format!("'{}'", form.print(id)),
        };
        let (first, last) = (print(first.first_id()), print(last.last_id()));
        format!("BETWEEN {first} AND {last}")
    }

    /// Begins with the condition that is there already.
    fn ask_for_filter(&mut self) {
        let mut prompt = Prompt::new(Purpose::Filter);
        if let Filter::Query(text) = &self.wanted().filter {
            prompt.input = text.as_str().into();
        }
        self.mode = Mode::Prompt(Box::new(prompt));
    }

    pub(super) fn ask(&mut self, purpose: Purpose) {
        self.mode = Mode::Prompt(Box::new(Prompt::new(purpose)));
    }
}
