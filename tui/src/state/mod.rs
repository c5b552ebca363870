//! What the browser knows, and how an action changes it. Nothing here touches a terminal.

mod columns;
mod list;

pub use columns::Column;
pub use list::{Arrangement, Listing};

use ratatui::layout::Size;
use ulid_engine::{
    Timestamp,
    dataset::{Extent, ReadError, Row},
    sort::Direction,
    timestamp::TimeZone,
};

use crate::{
    action::Action,
    jobs::{Finished, JobError, Kind, Outcome, Task},
    rows::Source,
    view::layout::Layout,
};

/// What the browser knows.
#[derive(Debug, Clone)]
pub struct State {
    source: Source,
    extent: Extent,
    listing: Listing,
    /// Place of the cursor in the listing.
    cursor: usize,
    /// Place of the first visible row in the listing.
    top: usize,
    /// How far the cursor is from the last row, while the index has not come there yet.
    from_end: Option<usize>,
    columns: Vec<Column>,
    /// Columns that are scrolled out to the left.
    first_column: usize,
    mode: Mode,
    inspector: bool,
    size: Size,
    zone: TimeZone,
    now: Timestamp,
    message: Option<Message>,
    /// What the running sort will be.
    pending: Option<Arrangement>,
}

/// The rows on the screen.
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows, from the top.
    pub rows: Vec<Row>,
    /// Which of them is under the cursor.
    pub cursor: usize,
    /// Whether their numbers are true; else they are estimates.
    pub exact: bool,
}

/// What the keys work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The table.
    Browse,
    /// The list of keys, from the line given.
    Help {
        /// Lines scrolled out at the top.
        top: usize,
    },
}

/// A sentence for the user, until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub text: String,
    /// Whether it is about something that went wrong.
    pub is_error: bool,
}

/// What the state asks the outside to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Start a job.
    Start(Task),
    /// End the job of a kind.
    Cancel(Kind),
    /// Leave.
    Quit,
    /// Stop until the shell continues us.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

impl State {
    /// The first view of a source: the order of the file, the cursor on the first row.
    #[must_use]
    pub fn new(source: Source, size: Size, now: Timestamp) -> State {
        let extent = source.extent();
        let listing = Listing::whole(extent.rows, Arrangement::default());
        State {
            columns: columns::of(&source),
            source,
            extent,
            listing,
            cursor: 0,
            top: 0,
            from_end: None,
            first_column: 0,
            mode: Mode::Browse,
            inspector: true,
            size,
            zone: TimeZone::UTC,
            now,
            message: None,
            pending: None,
        }
    }

    /// Does what a key asks for.
    pub fn apply(&mut self, action: Action) -> Vec<Effect> {
        self.message = None;
        let effects = match self.mode {
            Mode::Browse => self.browse(action),
            Mode::Help { top } => self.help(action, top),
        };
        self.keep_in_view();
        effects
    }

    /// Takes what a job brought back.
    pub fn finish(&mut self, finished: Finished) {
        match finished {
            Ok(Outcome::Arranged(order)) => {
                if let Some(arrangement) = self.pending.take() {
                    self.show(Listing::ordered(order, arrangement));
                }
            }
            Err(JobError::Cancelled(_)) => {}
            Err(error) => {
                self.pending = None;
                self.warn(error.to_string());
            }
        }
    }

    /// Takes in the rows that the source has got meanwhile.
    pub fn grow(&mut self) {
        self.extent = self.source.extent();
        let arrangement = self.listing.arrangement();
        if let Arrangement::ByPosition(direction) = arrangement {
            let added = self.extent.rows.saturating_sub(self.listing.len());
            if direction == Direction::Descending && self.cursor > 0 {
                self.cursor += added;
                self.top += added;
            }
            self.listing = Listing::whole(self.extent.rows, arrangement);
        }
        if let (Some(from_end), true) = (self.from_end, self.extent.complete) {
            self.from_end = None;
            self.cursor = self.listing.len().saturating_sub(from_end + 1);
        }
        self.keep_in_view();
    }

    /// The terminal has a new size.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
        self.keep_in_view();
    }

    /// The clock moved on; ages are counted from here.
    pub fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    fn browse(&mut self, action: Action) -> Vec<Effect> {
        let page = self.page();
        match action {
            Action::Down => self.move_by(1),
            Action::Up => self.move_by(-1),
            Action::PageDown => self.move_by(page),
            Action::PageUp => self.move_by(-page),
            Action::HalfPageDown => self.move_by((page / 2).max(1)),
            Action::HalfPageUp => self.move_by(-(page / 2).max(1)),
            Action::First => (self.cursor, self.from_end) = (0, None),
            Action::Last => self.go_to_last(),
            Action::ColumnsRight => {
                self.first_column = (self.first_column + 1).min(self.columns.len() - 1)
            }
            Action::ColumnsLeft => self.first_column = self.first_column.saturating_sub(1),
            Action::SortById => return self.arrange(Arrangement::ById),
            Action::SortByPosition => return self.arrange(Arrangement::ByPosition),
            Action::Reverse => return self.arrange_reversed(),
            Action::ToggleInspector => self.inspector = !self.inspector,
            Action::Help => self.mode = Mode::Help { top: 0 },
            Action::Cancel if self.pending.take().is_some() => {
                self.say("sorting cancelled");
                return vec![Effect::Cancel(Kind::Arrange)];
            }
            Action::Cancel | Action::Quit => return vec![Effect::Quit],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Back | Action::Accept | Action::Edit(_) => {}
        }
        Vec::new()
    }

    fn help(&mut self, action: Action, top: usize) -> Vec<Effect> {
        let page = self.page().unsigned_abs();
        let top = match action {
            Action::Down => top + 1,
            Action::Up => top.saturating_sub(1),
            Action::PageDown | Action::HalfPageDown => top + page,
            Action::PageUp | Action::HalfPageUp => top.saturating_sub(page),
            Action::First => 0,
            Action::Last => usize::MAX,
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            _ => {
                self.mode = Mode::Browse;
                return Vec::new();
            }
        };
        let lines = crate::view::help::line_count();
        let visible = usize::from(self.size.height.saturating_sub(2));
        self.mode = Mode::Help {
            top: top.min(lines.saturating_sub(visible)),
        };
        Vec::new()
    }

    /// Orders by `arrangement`; where it is the present one already, the other way round.
    fn arrange(&mut self, by: fn(Direction) -> Arrangement) -> Vec<Effect> {
        let wanted = self.pending.unwrap_or(self.listing.arrangement());
        let ascending = by(Direction::Ascending);
        self.arrange_as(if wanted == ascending {
            by(Direction::Descending)
        } else {
            ascending
        })
    }

    fn arrange_reversed(&mut self) -> Vec<Effect> {
        let wanted = self.pending.unwrap_or(self.listing.arrangement());
        self.arrange_as(wanted.reversed())
    }

    fn arrange_as(&mut self, arrangement: Arrangement) -> Vec<Effect> {
        match arrangement {
            Arrangement::ByPosition(_) => {
                let was_pending = self.pending.take().is_some();
                self.show(Listing::whole(self.extent.rows, arrangement));
                was_pending
                    .then_some(Effect::Cancel(Kind::Arrange))
                    .into_iter()
                    .collect()
            }
            Arrangement::ById(direction) => {
                self.pending = Some(arrangement);
                vec![Effect::Start(Task::SortById(direction))]
            }
        }
    }

    /// Shows other rows, with the cursor on the row it was on. A cursor at the very top stays there.
    fn show(&mut self, listing: Listing) {
        self.from_end = None;
        let row = self.listing.row(self.cursor);
        self.listing = listing;
        if self.cursor > 0 {
            self.cursor = row.and_then(|row| self.listing.find(row)).unwrap_or(0);
        }
        let above = self.page().unsigned_abs() / 2;
        self.top = self.cursor.saturating_sub(above);
        self.keep_in_view();
    }

    /// Tells the user something, until the next key.
    pub fn say(&mut self, text: impl Into<String>) {
        self.message = Some(Message {
            text: text.into(),
            is_error: false,
        });
    }

    fn warn(&mut self, text: impl Into<String>) {
        self.message = Some(Message {
            text: text.into(),
            is_error: true,
        });
    }

    fn move_by(&mut self, rows: isize) {
        match &mut self.from_end {
            Some(from_end) => {
                *from_end = from_end
                    .saturating_add_signed(rows.saturating_neg())
                    .min(FARTHEST_FROM_END);
            }
            None => self.cursor = self.cursor.saturating_add_signed(rows),
        }
    }

    fn go_to_last(&mut self) {
        let all_are_listed = self.listing.arrangement() != Arrangement::default();
        if self.extent.complete || all_are_listed {
            self.cursor = self.listing.len().saturating_sub(1);
        } else {
            self.from_end = Some(0);
        }
    }

    /// Rows of the table that fit the screen, at least one.
    fn page(&self) -> isize {
        let rows = Layout::of(self.size, self.inspector).rows.height;
        isize::try_from(rows.max(1)).unwrap_or(1)
    }

    fn keep_in_view(&mut self) {
        let last = self.listing.len().saturating_sub(1);
        let page = self.page().unsigned_abs();
        self.cursor = self.cursor.min(last);
        self.top = self
            .top
            .clamp((self.cursor + 1).saturating_sub(page), self.cursor)
            .min((last + 1).saturating_sub(page));
    }
}

/// How far one can go up from the last row before the index has come there.
const FARTHEST_FROM_END: usize = 10_000;

/// What the view reads.
impl State {
    /// The source of the rows.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The rows shown, in their order.
    #[must_use]
    pub fn listing(&self) -> &Listing {
        &self.listing
    }

    /// How far the index of the source has come.
    #[must_use]
    pub fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Place of the cursor in the listing; nothing while the cursor is among the last rows, whose places are not known
    /// before the index has come to them.
    #[must_use]
    pub fn cursor(&self) -> Option<usize> {
        self.from_end.is_none().then_some(self.cursor)
    }

    /// The rows on the screen, and which of them is under the cursor.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub fn page_rows(&self) -> Result<Page, ReadError> {
        let count = self.page().unsigned_abs();
        if let Some(from_end) = self.from_end {
            let mut rows = self.source.tail(from_end.max(count - 1) + 1)?;
            let at = rows.len().saturating_sub(from_end + 1);
            let first = at.saturating_sub(count - 1);
            rows.truncate(first + count);
            return Ok(Page {
                rows: rows.split_off(first),
                cursor: at - first,
                exact: false,
            });
        }
        Ok(Page {
            rows: self.rows_at(self.top, count)?,
            cursor: self.cursor - self.top,
            exact: true,
        })
    }

    /// Up to `count` rows from a place of the listing on.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub fn rows_at(&self, place: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        if self.listing.arrangement() == Arrangement::default() {
            return self.source.window(place, count);
        }
        let mut rows = Vec::with_capacity(count);
        for row in (place..place + count).map_while(|place| self.listing.row(place)) {
            rows.append(&mut self.source.window(row, 1)?);
        }
        Ok(rows)
    }

    /// The columns behind the ID, without those scrolled out to the left.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        self.columns.get(self.first_column..).unwrap_or_default()
    }

    /// What the keys work on.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether the inspector is shown where it fits.
    #[must_use]
    pub fn inspector(&self) -> bool {
        self.inspector
    }

    /// The size of the screen.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The zone that times are shown in.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// What ages are counted from.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A sentence for the user.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }
}

#[cfg(test)]
mod tests;
