//! The table. Only the rows on the screen are read and drawn.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use ulid_engine::{
    Timestamp, Ulid, codec, dataset::Row, row::Flaw, row::Spelling, sort::Direction,
};

use super::pen::Pen;
use crate::{
    findings::glyph,
    layout::Layout,
    rows::Arrangement,
    state::{COLUMN_GAP, Column, Page, Placed, State},
    text::{cut, from_column, harmless, harmless_char, lines, width},
    theme::Theme,
};

const GAP: usize = COLUMN_GAP;
/// Signs at the edges where there are more columns.
const MORE: &str = "›";
const BEFORE: &str = "‹";

pub(super) fn draw(state: &State, page: &Page, theme: &Theme, at: &Layout, buffer: &mut Buffer) {
    let number_width = state.number_width();
    draw_header(state, theme, number_width, at.header, buffer);
    let plain = Theme {
        cursor: theme.cursor,
        ..Theme::plain()
    };
    let mut line = 0;
    for (place, (row, &lines)) in page.rows.iter().zip(&page.heights).enumerate() {
        let number = if let Some(file) = state.source().file_of(row.index) {
            let width = number_width.saturating_sub(1);
            format!("{file}{:>width$} ", state.source().number_of(row.index))
        } else if page.exact {
            format!("{:>number_width$} ", row.number())
        } else {
            format!("{:>number_width$} ", format!("~{}", row.number()))
        };
        let is_current = place == page.cursor;
        let height = u16::try_from(lines).unwrap_or(u16::MAX);
        // the row under the cursor is one bar, and no patchwork of colours
        let theme = if is_current { &plain } else { theme };
        if is_current {
            let whole = Rect {
                y: at.rows.y + line,
                height,
                ..at.rows
            };
            buffer.set_style(whole, theme.cursor);
        }
        let look = Look {
            state,
            theme,
            is_current,
            lines,
            changed: state.beside(row).map_or(Vec::new(), |(_, changed)| changed),
        };
        draw_row(&look, &number, row, Pen::line(buffer, at.rows, line));
        line = line.saturating_add(height);
    }
}

/// Styles and widths that a row is drawn with.
struct Look<'s> {
    state: &'s State,
    theme: &'s Theme,
    /// True for the row under the cursor.
    is_current: bool,
    /// Lines that the row takes.
    lines: usize,
    /// Columns of the file that differ in the other file.
    changed: Vec<usize>,
}

impl Look<'_> {
    /// The style of what was searched for, upon what stands there.
    fn found(&self) -> Style {
        match self.is_current {
            true => Style::new()
                .remove_modifier(Modifier::REVERSED)
                .add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            false => self.theme.found,
        }
    }

    /// Places of what was searched for in a text.
    fn found_in(&self, text: &str, column: Option<&Column>) -> Vec<Range<usize>> {
        let mark = self.state.mark_in(column);
        let found = mark.iter().flat_map(|mark| mark.find_iter(text));
        found.map(|found| found.range()).collect()
    }

    /// Marks what was searched for in an ID that was written at a place.
    fn mark_id(&self, pen: &mut Pen<'_>, at: u16, text: &str) {
        for found in self.found_in(text, None) {
            pen.restyle(at, found.start, found.len(), self.found());
        }
    }
}

fn draw_header(state: &State, theme: &Theme, number_width: usize, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::line(buffer, area, 0);
    for heading in headings(state, number_width) {
        // the arrow stands in the first column of the gap at the latest
        let arrow = heading.arrow(&state.view().arrangement);
        let text = cut(&heading.text, heading.width);
        let extra = width(arrow);
        let style = match heading.is_current {
            true => theme.header.add_modifier(Modifier::REVERSED),
            false => theme.header,
        };
        pen.write_padded(&format!("{text}{arrow}"), heading.width + extra, style)
            .skip(heading.gap - extra);
    }
    if area.height > 1 {
        let mut pen = Pen::line(buffer, area, 1);
        for heading in headings(state, number_width) {
            pen.write_padded(heading.kind, heading.width, theme.faint)
                .skip(heading.gap);
        }
    }
    draw_edges(state, theme, number_width, area, buffer);
}

fn draw_edges(state: &State, theme: &Theme, number_width: usize, area: Rect, buffer: &mut Buffer) {
    let all = headings(state, number_width);
    let extent: usize = all.iter().map(|heading| heading.width + heading.gap).sum();
    if extent > usize::from(area.width) + GAP {
        let last = Rect {
            x: area.right().saturating_sub(1),
            width: area.width.min(1),
            ..area
        };
        Pen::line(buffer, last, 0).write(MORE, theme.title);
    }
    if state.columns().has_left() {
        let fixed = all.iter().take(2 + state.columns().pinned());
        let before: usize = fixed.map(|heading| heading.width + heading.gap).sum();
        Pen::line(buffer, area, 0)
            .skip(before.saturating_sub(1))
            .write(BEFORE, theme.title);
    }
}

/// The order of the rows when the heading at a column of the screen is clicked.
pub(super) fn heading_at(state: &State, x: u16) -> Option<String> {
    let mut end = 0;
    let mut headings = headings(state, state.number_width()).into_iter();
    let hit = headings.find(|heading| {
        let start = end;
        end = start + heading.width + heading.gap;
        (start..end).contains(&usize::from(x))
    })?;
    Some(hit.by)
}

/// The heading of a column of the table.
struct Heading {
    text: String,
    width: usize,
    /// Columns of the screen up to the next.
    gap: usize,
    /// The order of its rows.
    by: String,
    /// Type of its values.
    kind: &'static str,
    /// True for the column under the cursor.
    is_current: bool,
}

impl Heading {
    /// Which way the rows are ordered by it, if they are.
    fn arrow(&self, arrangement: &Arrangement) -> &'static str {
        let ordered = |direction| Arrangement::named(&self.by, direction) == *arrangement;
        if self.by != "position" && ordered(Direction::Ascending) {
            "▲"
        } else if ordered(Direction::Descending) {
            "▼"
        } else {
            ""
        }
    }
}

fn headings(state: &State, number_width: usize) -> Vec<Heading> {
    let form = state.view().form;
    let mut headings = vec![
        Heading {
            text: format!("{:>number_width$}", "ROW"),
            width: number_width + 2,
            gap: 1,
            by: "position".to_owned(),
            kind: "",
            is_current: false,
        },
        Heading {
            text: form.name().to_uppercase(),
            width: form.width(),
            gap: GAP,
            by: "id".to_owned(),
            kind: "ID",
            is_current: false,
        },
    ];
    let columns = state.columns();
    headings.extend(columns.shown().map(|placed| {
        let text = harmless(placed.column.heading(&state.view().zone).as_bytes());
        let right = match placed.is_number {
            true => placed.width.saturating_sub(width(&text)),
            false => 0,
        };
        Heading {
            text: format!("{}{text}", " ".repeat(right)),
            width: placed.width,
            gap: GAP,
            by: placed.column.sort_key(),
            kind: placed.kind,
            is_current: columns.is_current(placed),
        }
    }));
    headings
}

fn draw_row(look: &Look<'_>, number: &str, row: &Row, mut pen: Pen<'_>) {
    let (state, theme) = (look.state, look.theme);
    // so narrow a screen is for the ID alone
    if pen.room() > number.len() + codec::TEXT_LEN {
        pen.write(number, theme.faint);
        draw_marks(&marks(state, row, theme), theme, &mut pen);
    }
    let width = state.view().form.width();
    match row.id {
        Ok(id) => {
            draw_id(look, id, &mut pen);
            pen.skip(GAP);
        }
        Err(_) if row.is_text_alone() => {
            pen.skip(width + GAP);
        }
        Err(_) if row.has_columns() => draw_id_text(width, theme, row, &mut pen),
        Err(_) => return draw_fault(width, theme, row, &mut pen),
    }
    let cells = row.cells();
    for (placed, room) in state.columns_in_sight() {
        let text = state.text_shown(placed, row, &cells);
        let style = match placed.column {
            Column::Time if row.id.is_err() => theme.fault,
            Column::Randomness => theme.faint,
            _ if row.is_text_alone() => theme.faint,
            _ => theme.plain,
        };
        write_cell(look, &mut pen, (placed, room), &text, style);
    }
}

/// Draws one sign and a space, or two signs.
fn draw_marks(signs: &[(&'static str, Style)], theme: &Theme, pen: &mut Pen<'_>) {
    let blank = (" ", theme.plain);
    for at in 0..2 {
        let (sign, style) = signs.get(at).copied().unwrap_or(blank);
        pen.write(sign, style);
    }
}

/// The signs before the ID, where there is something to say, the weightiest first.
fn marks(state: &State, row: &Row, theme: &Theme) -> Vec<(&'static str, Style)> {
    let mut signs = Vec::new();
    if state.marks().contains(row.index as u64) {
        signs.push(("*", theme.title));
    }
    let is_broken = row.id.is_err() && !row.is_text_alone();
    if let Some(comparison) = state.comparison() {
        let relation = comparison.of_row(row.index);
        signs.extend(relation.map(|relation| (crate::rows::sign_of(relation), theme.warning)));
        if is_broken {
            signs.push((glyph(Flaw::Invalid), theme.fault));
        }
        return signs;
    }
    match row.id {
        Err(_) if is_broken => signs.push((glyph(Flaw::Invalid), theme.fault)),
        Err(_) => {}
        Ok(id) => {
            let found = state.findings().into_iter();
            let flaws = found.flat_map(|found| found.of_row(row.index));
            signs.extend(flaws.map(|flaw| match flaw {
                Flaw::SameMillisecond => (glyph(flaw), theme.faint),
                _ => (glyph(flaw), theme.warning),
            }));
            let is_ahead = Timestamp::of(id) > state.now();
            if is_ahead && state.findings().is_none() {
                signs.push((glyph(Flaw::Future), theme.warning));
            }
        }
    }
    signs
}

fn draw_id(look: &Look<'_>, id: Ulid, pen: &mut Pen<'_>) {
    let (form, theme) = (look.state.view().form, look.theme);
    let at = pen.place();
    if form != Spelling::Ulid {
        let text = form.print(id);
        pen.write_padded(&text, form.width(), theme.plain);
        return look.mark_id(pen, at, &text);
    }
    const TIME_CHARACTERS: usize = 10;
    let text = codec::print(id);
    let (time, randomness) = text.split_at(TIME_CHARACTERS);
    pen.write(time, theme.time)
        .write(randomness, theme.randomness);
    look.mark_id(pen, at, &text);
}

/// Writes a cell on the lines of its row, with `…` where it is cut, and a number at the right end.
fn write_cell(
    look: &Look<'_>,
    pen: &mut Pen<'_>,
    (placed, room): (&Placed, usize),
    text: &str,
    style: Style,
) {
    let columns = look.state.columns();
    let style = match State::is_changed(&placed.column, &look.changed) {
        true => style.patch(look.theme.changed),
        false => style,
    };
    let style = match look.is_current && columns.is_current(placed) {
        true => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        false => style,
    };
    let text = from_column(text, columns.shift_of(placed));
    let cell = Cell {
        placed,
        room,
        found: look.found_in(&text, Some(&placed.column)),
        text: &text,
        style,
    };
    let mut lines: Vec<Range<usize>> = lines(&text, room).take(look.lines).collect();
    if let Some(last) = lines.last_mut() {
        last.end = text.len();
    }
    for (line, part) in lines.into_iter().enumerate() {
        if let Some(mut pen) = pen.below(line) {
            cell.write_line(look, &mut pen, part);
        }
    }
    pen.skip(room + GAP);
}

/// A cell that is drawn.
struct Cell<'c> {
    placed: &'c Placed,
    /// Columns of the screen.
    room: usize,
    text: &'c str,
    /// Places of what was searched for.
    found: Vec<Range<usize>>,
    style: Style,
}

impl Cell<'_> {
    /// Writes a line of it, which is cut where it is wider than the room.
    fn write_line(&self, look: &Look<'_>, pen: &mut Pen<'_>, line: Range<usize>) {
        let whole = self.text.get(line.clone()).unwrap_or_default();
        // a line that goes on behind the edge has no end that is shown
        let text = match self.placed.column {
            Column::Line if self.placed.width > self.room && !look.state.wraps() => whole.into(),
            _ => cut(whole, self.room),
        };
        let wide = match self.placed.is_number {
            true => width(&text),
            false => self.room,
        };
        pen.skip(self.room.saturating_sub(wide).min(pen.room()));
        let at = pen.place();
        pen.write_padded(&text, wide, self.style);
        for found in &self.found {
            let (start, end) = (found.start.max(line.start), found.end.min(line.end));
            if start < end {
                let column =
                    |end| width(self.text.get(line.start..end).unwrap_or_default()).min(wide);
                pen.restyle(at, column(start), column(end) - column(start), look.found());
            }
        }
    }
}

/// The text as it stands, and the reason behind it.
fn draw_fault(width: usize, theme: &Theme, row: &Row, pen: &mut Pen<'_>) {
    draw_id_text(width, theme, row, pen);
    if let Some(reason) = row.reason() {
        pen.write(reason, theme.fault);
    }
}

/// The text in the place of the ID as it stands, its wrong character marked.
fn draw_id_text(width: usize, theme: &Theme, row: &Row, pen: &mut Pen<'_>) {
    let Err(fault) = row.id else { return };
    let in_place = row.id_text();
    // other columns are not what stands in the place of the ID
    let text = if in_place.is_empty() && !row.has_columns() {
        row.text()
    } else {
        in_place
    };
    let mut written = 0;
    for (position, character) in text.chars().enumerate().take(width) {
        let style = if position == fault.position {
            theme
                .fault
                .add_modifier(ratatui::style::Modifier::UNDERLINED)
        } else {
            theme.fault
        };
        let before = pen.room();
        pen.write(harmless_char(character).to_string(), style);
        written += before - pen.room();
        if written >= width {
            break;
        }
    }
    pen.skip((width + GAP).saturating_sub(written));
}
