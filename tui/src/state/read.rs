//! The part of the state that the view reads.

use ulid_engine::{
    RowSet, Timestamp,
    dataset::{Extent, ReadError, Row},
};

use super::{COLUMN_GAP, Columns, Message, Mode, Size, State, Timeline, View, wrap::ends};
use crate::{
    findings::Findings,
    keymap::Keymap,
    layout::{Inspector, Layout},
    rows::{Listing, Source},
};

/// The rows on the screen.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// The rows, from the top.
    pub rows: Vec<Row>,
    /// The lines that each of them takes; the last one may have fewer left.
    pub heights: Vec<usize>,
    /// Which of them is under the cursor.
    pub cursor: usize,
    /// True if their numbers are true; else they are estimates.
    pub exact: bool,
}

impl Page {
    /// Which of the rows stands on a line, counted from 0.
    #[must_use]
    pub(super) fn row_at(&self, line: usize) -> Option<usize> {
        ends(self.heights.iter()).position(|end| line < end)
    }
}

impl State {
    /// The source of the rows.
    #[must_use]
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// How far the index of the source has come.
    #[must_use]
    pub(crate) fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Findings about the source, once it has been looked over.
    #[must_use]
    pub(crate) fn findings(&self) -> Option<&Findings> {
        self.findings.as_deref()
    }

    /// The view: its rows and their look.
    #[must_use]
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// The rows shown, in their order.
    #[must_use]
    pub(crate) fn listing(&self) -> &Listing {
        &self.listing
    }

    /// The marked rows.
    #[must_use]
    pub(crate) fn marks(&self) -> &RowSet {
        &self.marks
    }

    /// Place of the cursor in the listing; nothing while the cursor is among the last rows, whose places are not known
    /// before the index has come to them.
    #[must_use]
    pub(crate) fn cursor(&self) -> Option<usize> {
        self.from_end.is_none().then_some(self.cursor)
    }

    /// The rows on the screen, and which of them is under the cursor.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub(crate) fn page_rows(&self) -> Result<Page, ReadError> {
        let count = self.page().unsigned_abs();
        if let Some(from_end) = self.from_end {
            let mut rows = self.source.tail(from_end.max(count - 1) + 1)?;
            let at = rows.len().saturating_sub(from_end + 1);
            let upto = rows.get(..rows.len().min(at + 1)).unwrap_or_default();
            let first = (at + 1).saturating_sub(self.rows_to_end(upto).max(1));
            rows.truncate(first + count);
            let rows = rows.split_off(first.min(rows.len()));
            return Ok(self.page_of(rows, at - first, false));
        }
        let rows = self.rows_at(self.top, count)?;
        Ok(self.page_of(rows, self.cursor - self.top, true))
    }

    fn page_of(&self, mut rows: Vec<Row>, cursor: usize, exact: bool) -> Page {
        let mut left = self.page().unsigned_abs();
        let mut heights = self.heights(&rows);
        heights.retain_mut(|height| {
            *height = (*height).min(left);
            left -= *height;
            *height > 0
        });
        rows.truncate(heights.len());
        Page {
            rows,
            heights,
            cursor,
            exact,
        }
    }

    /// Up to `count` rows from a place of the listing on.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub(crate) fn rows_at(&self, place: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        self.source.rows_of(&self.listing, place, count)
    }

    /// The row under the cursor, where it can be read.
    #[must_use]
    pub(crate) fn current_row(&self) -> Option<Row> {
        let mut page = self.page_rows().ok()?;
        (page.cursor < page.rows.len()).then(|| page.rows.swap_remove(page.cursor))
    }

    /// The columns behind the ID.
    #[must_use]
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// True if a line says what the columns hold.
    #[must_use]
    pub(crate) fn has_kinds(&self) -> bool {
        !self.source.columns().is_empty()
    }

    /// Columns of the screen of the row number: those of the largest one, at least four.
    #[must_use]
    pub(crate) fn number_width(&self) -> usize {
        self.extent.rows.to_string().len().max(4)
    }

    /// Columns of the screen that are left for the columns behind the ID.
    #[must_use]
    pub(crate) fn room_for_columns(&self) -> usize {
        let panes = Layout::of(
            self.size,
            self.inspector(),
            self.timeline.is_some(),
            self.has_kinds(),
        );
        let before = self.number_width() + 3 + self.view.form.width() + COLUMN_GAP;
        usize::from(panes.rows.width).saturating_sub(before)
    }

    /// The place in which the keys work.
    #[must_use]
    pub(crate) fn mode(&self) -> &Mode {
        &self.mode
    }

    /// How much is shown of the ID under the cursor, where it fits.
    #[must_use]
    pub(crate) fn inspector(&self) -> Inspector {
        match self.mode {
            // these take its room
            Mode::Values(_) | Mode::Record(_) | Mode::Heat(_) | Mode::Drift(_) => Inspector::Hidden,
            Mode::Browse | Mode::Prompt(_) => self.inspector,
        }
    }

    /// How often the inspector was turned for a row: each time to its next part.
    #[must_use]
    pub(crate) fn inspector_turns(&self, row: usize) -> usize {
        let turned = self.turned.filter(|(of, _)| *of == row);
        turned.map_or(0, |(_, turns)| turns)
    }

    /// The stretch of time that the timeline shows, where it is shown.
    #[must_use]
    pub(crate) fn timeline(&self) -> Option<&Timeline> {
        self.timeline.as_ref()
    }

    /// Which key does what.
    #[must_use]
    pub(crate) fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// True if somebody waits for rows to be picked.
    #[must_use]
    pub(crate) fn picks(&self) -> bool {
        self.picks
    }

    /// The size of the screen.
    #[must_use]
    pub(crate) fn size(&self) -> Size {
        self.size
    }

    /// The time from which ages are counted.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// A sentence for the user.
    #[must_use]
    pub(crate) fn message(&self) -> Option<&Message> {
        self.message.as_ref()
    }
}
