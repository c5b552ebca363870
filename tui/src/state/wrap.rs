//! Rows on more lines than one: where the table wraps, a value that is wider than its column goes on below. It knows the
//! lines of each row, and with them how many rows a page has; it draws nothing.

use std::borrow::Cow;

use ulid_engine::dataset::Row;

use super::{COLUMN_GAP, Column, Placed, State};
use crate::text::lines;

impl State {
    /// True if values that are wider than their column go on below.
    #[must_use]
    pub(crate) fn wraps(&self) -> bool {
        self.wraps
    }

    pub(super) fn toggle_wrap(&mut self) {
        self.wraps = !self.wraps;
        self.columns.shift = 0;
        self.say(match self.wraps {
            true => "wide values go on below, to half a page for a row; enter reads all of it",
            false => "a line for each row",
        });
    }

    /// The columns in sight, and the columns of the screen that are left for each.
    pub(crate) fn columns_in_sight(&self) -> impl Iterator<Item = (&Placed, usize)> {
        let mut left = self.room_for_columns();
        self.columns.shown().map_while(move |placed| {
            let room = placed.width.min(left);
            left = left.saturating_sub(placed.width + COLUMN_GAP);
            (room > 0).then_some((placed, room))
        })
    }

    /// The text in a column of a row. A row without an ID has its reason in place of the time where that is the first
    /// column, and a line of text without an ID has its line alone.
    pub(crate) fn text_shown<'r>(
        &self,
        placed: &Placed,
        row: &'r Row,
        cells: &'r [String],
    ) -> Cow<'r, str> {
        let column = &placed.column;
        let is_first = || {
            self.columns
                .shown()
                .next()
                .is_some_and(|first| first == placed)
        };
        match (column, row.id.is_ok(), row.is_text_alone()) {
            (_, true, _)
            | (Column::Line, false, true)
            | (Column::Cell { .. } | Column::Own(_), false, false) => {
                self.cell_text(column, row, cells).into()
            }
            (Column::Time, false, false) if !self.source.columns().is_empty() && is_first() => {
                row.reason().unwrap_or_default().into()
            }
            _ => Cow::Borrowed(""),
        }
    }

    /// The lines that each of some rows takes.
    pub(super) fn heights(&self, rows: &[Row]) -> Vec<usize> {
        rows.iter().map(|row| self.height(row)).collect()
    }

    fn height(&self, row: &Row) -> usize {
        let most = (self.page().unsigned_abs() / 2).max(1);
        // a text that is no row of columns has its whole line for itself
        if !self.wraps || row.id.is_err() && !row.is_text_alone() && !row.has_columns() {
            return 1;
        }
        let cells = row.cells();
        let heights = self.columns_in_sight().map(|(placed, room)| {
            let text = self.text_shown(placed, row, &cells);
            lines(&text, room).take(most).count()
        });
        heights.max().unwrap_or(1)
    }

    /// The first row of a page whose last row stands at a place of the listing.
    pub(super) fn first_of_page_to(&self, place: usize) -> usize {
        let page = self.page().unsigned_abs();
        let first = (place + 1).saturating_sub(page);
        // rows that cannot be read are told where they are drawn
        let rows = self.wraps.then(|| self.rows_at(first, place + 1 - first));
        match rows {
            Some(Ok(rows)) => place + 1 - self.rows_to_end(&rows).max(1),
            _ => first,
        }
    }

    /// How many of the last of these rows fit a page.
    pub(super) fn rows_to_end(&self, rows: &[Row]) -> usize {
        self.fitting(self.heights(rows).iter().rev())
    }

    /// How many rows from a place of the listing on fit a page, at least one.
    pub(super) fn rows_on_page_from(&self, place: usize) -> usize {
        let page = self.page().unsigned_abs();
        let rows = self.wraps.then(|| self.rows_at(place, page));
        match rows {
            Some(Ok(rows)) => self.fitting(self.heights(&rows).iter()).max(1),
            _ => page,
        }
    }

    fn fitting<'h>(&self, heights: impl Iterator<Item = &'h usize>) -> usize {
        let page = self.page().unsigned_abs();
        ends(heights).take_while(|&end| end <= page).count()
    }

    /// A page down or up, or half of one. No row is passed over, however many lines the rows have.
    pub(super) fn turn_page(&mut self, down: bool, half: bool) {
        if !self.wraps || self.from_end.is_some() {
            let page = self.page();
            let rows = if half { (page / 2).max(1) } else { page };
            return self.move_by(if down { rows } else { -rows });
        }
        let behind = self.cursor.saturating_sub(self.top);
        let last = self.listing.len().saturating_sub(1);
        let in_sight = self.rows_on_page_from(self.top);
        let rows = if half {
            (in_sight / 2).max(1)
        } else {
            in_sight
        };
        self.top = match (down, self.top.checked_sub(1)) {
            (true, _) if self.top + rows > last => return self.cursor = last,
            (true, _) => self.top + rows,
            (false, None) => return self.cursor = 0,
            (false, Some(before)) if half => {
                let top = self.top.saturating_sub(rows);
                top.max(self.first_of_page_to(before))
            }
            (false, Some(before)) => self.first_of_page_to(before),
        };
        let rows = self.rows_on_page_from(self.top);
        self.cursor = self.top + behind.min(rows - 1);
    }
}

/// The line behind each of some rows, counted from the first one on.
pub(super) fn ends<'h>(heights: impl Iterator<Item = &'h usize>) -> impl Iterator<Item = usize> {
    heights.scan(0, |end, height| {
        *end += height;
        Some(*end)
    })
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Size;
    use ulid_engine::{Ulid, codec, dataset::Dataset};

    use super::*;
    use crate::action::Action;

    const NOTE: usize = 20;

    /// Rows with notes of such lengths; the notes have 20 columns of the screen.
    fn notes(lengths: &[usize]) -> State {
        let row = |(n, &length): (usize, &usize)| {
            let id = Ulid::from_parts(1_735_689_600_000 + n as u64, n as u128);
            let note: String = "abcdefghij".chars().cycle().take(length).collect();
            format!("{},{note}\n", codec::print(id.unwrap()))
        };
        let rows: String = lengths.iter().enumerate().map(row).collect();
        let bytes = format!("id,note\n{rows}").into_bytes();
        let dataset = Dataset::from_bytes("notes.csv", bytes, &Default::default()).unwrap();
        let now = "2026-11-23".parse().unwrap();
        let mut state = State::new(dataset.into(), Size::new(100, 24), now);
        let effects = state.begin(state.view().clone());
        state.settle(effects);
        state.go_to_column("note");
        state.columns.set_width(|_| NOTE);
        state.apply(Action::WrapRows);
        state
    }

    /// Rows of which all lines are on the screen.
    fn whole(state: &State) -> std::ops::Range<usize> {
        state.top
            ..state.top
                + state
                    .rows_on_page_from(state.top)
                    .min(state.listing.len() - state.top)
    }

    #[test]
    fn a_row_has_the_lines_of_its_longest_value_up_to_half_a_page() {
        let state = notes(&[0, 1, NOTE, NOTE + 1, 5 * NOTE, 9_999]);
        let half = state.page().unsigned_abs() / 2;
        let page = state.page_rows().unwrap();
        let last = state.page().unsigned_abs() - 10;
        assert_eq!(page.heights, [1, 1, 1, 2, 5, half.min(last)]);
        assert_eq!(state.heights(&page.rows), [1, 1, 1, 2, 5, half]);
    }

    #[test]
    fn pages_pass_no_row_over_whatever_its_height() {
        // many low ones before high ones, and the other way round
        let lengths: Vec<usize> = (0..200)
            .map(|n| [3, 10, 900, 170, 30][n / 30 % 5] + n)
            .collect();
        for (down, up) in [
            (Action::PageDown, Action::PageUp),
            (Action::HalfPageDown, Action::HalfPageUp),
        ] {
            let mut state = notes(&lengths);
            state.apply(Action::First);
            let mut seen = whole(&state);
            let mut turns = 0;
            while seen.end < lengths.len() {
                state.apply(down);
                let now = whole(&state);
                assert!(
                    now.start <= seen.end && now.contains(&state.cursor),
                    "{now:?}"
                );
                seen = now;
                turns += 1;
                assert!(turns < 300, "{seen:?}");
            }
            state.apply(Action::Last);
            let mut seen = whole(&state);
            assert_eq!(seen.end, lengths.len());
            while seen.start > 0 {
                state.apply(up);
                let now = whole(&state);
                assert!(
                    now.end >= seen.start && now.contains(&state.cursor),
                    "{now:?}"
                );
                assert!(now.start < seen.start, "{now:?}");
                seen = now;
            }
        }
    }

    #[test]
    fn the_row_under_the_cursor_is_whole_in_sight() {
        let lengths: Vec<usize> = (0..60).map(|n| n * 37 % 500).collect();
        let mut state = notes(&lengths);
        for action in [Action::Down, Action::Up] {
            for _ in 0..lengths.len() {
                state.apply(action);
                assert!(whole(&state).contains(&state.cursor), "{}", state.cursor);
            }
        }
        state.apply(Action::Last);
        assert!(whole(&state).contains(&state.cursor));
    }

    #[test]
    fn each_line_of_a_row_is_a_place_of_it() {
        let state = notes(&[NOTE * 3, 0, NOTE * 2, 0]);
        let page = state.page_rows().unwrap();
        let rows: Vec<Option<usize>> = (0..8).map(|line| page.row_at(line)).collect();
        assert_eq!(
            rows,
            [
                Some(0),
                Some(0),
                Some(0),
                Some(1),
                Some(2),
                Some(2),
                Some(3),
                None
            ]
        );
    }
}
