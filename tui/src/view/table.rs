//! The table. Only the rows on the screen are read and drawn.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use ulid_engine::{
    Timestamp, Ulid, anatomy::Anatomy, codec, dataset::Row, row::Flaw, row::Spelling,
    sort::Direction, timestamp::InZone,
};
use unicode_width::UnicodeWidthStr as _;

use super::{layout::Layout, pen::Pen};
use crate::{
    findings::glyph,
    state::{Arrangement, Column, Page, State},
    text::{cut, harmless, harmless_char},
    theme::Theme,
};

const GAP: usize = 2;
/// Sign at the edge where there are more columns.
const MORE: &str = "›";

pub(super) fn draw(state: &State, page: &Page, theme: &Theme, at: &Layout, buffer: &mut Buffer) {
    let number_width = number_width(state);
    draw_header(state, theme, number_width, at.header, buffer);
    for (line, row) in (0..at.rows.height).zip(&page.rows) {
        let number = if page.exact {
            format!("{:>number_width$} ", state.source().number_of(row.index))
        } else {
            format!("{:>number_width$} ", format!("~{}", row.number()))
        };
        draw_row(state, theme, &number, row, Pen::line(buffer, at.rows, line));
        if usize::from(line) == page.cursor {
            let whole = Rect {
                y: at.rows.y + line,
                height: 1,
                ..at.rows
            };
            buffer.set_style(whole, theme.cursor);
        }
    }
}

/// Columns of the row number: those of the largest one, at least three.
fn number_width(state: &State) -> usize {
    state.extent().rows.to_string().len().max(4)
}

fn draw_header(state: &State, theme: &Theme, number_width: usize, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::line(buffer, area, 0);
    for heading in headings(state, number_width) {
        // the arrow stands in the first column of the gap at the latest
        let arrow = heading.arrow(&state.view().arrangement);
        let text: String = heading.text.chars().take(heading.width).collect();
        let extra = arrow.chars().count();
        pen.write_padded(&(text + arrow), heading.width + extra, theme.header)
            .skip(heading.gap - extra);
    }
    let width: usize = headings(state, number_width)
        .iter()
        .map(|heading| heading.width + heading.gap)
        .sum();
    if width > usize::from(area.width) + GAP {
        let last = Rect {
            x: area.right().saturating_sub(1),
            width: area.width.min(1),
            ..area
        };
        Pen::line(buffer, last, 0).write(MORE, theme.title);
    }
}

/// What the rows are ordered by when the heading at a column of the screen is clicked.
pub(super) fn heading_at(state: &State, x: u16) -> Option<String> {
    let mut end = 0;
    let mut headings = headings(state, number_width(state)).into_iter();
    let hit = headings.find(|heading| {
        let start = end;
        end = start + heading.width + heading.gap;
        (start..end).contains(&usize::from(x))
    })?;
    Some(hit.by)
}

/// What stands over a column of the table.
struct Heading {
    text: String,
    width: usize,
    /// Columns of the screen up to the next.
    gap: usize,
    /// What its rows are ordered by.
    by: String,
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
        },
        Heading {
            text: form.name().to_uppercase(),
            width: form.width(),
            gap: GAP,
            by: "id".to_owned(),
        },
    ];
    headings.extend(state.columns().iter().map(|column| Heading {
        text: harmless(column.heading(&state.view().zone).as_bytes()),
        width: column.width(),
        gap: GAP,
        by: column.sort_key(),
    }));
    headings
}

fn draw_row(state: &State, theme: &Theme, number: &str, row: &Row, mut pen: Pen<'_>) {
    // so narrow a screen is for the ID alone
    if pen.room() > number.len() + codec::TEXT_LEN {
        pen.write(number, theme.faint);
        let (glyph, style) = mark(state, row, theme);
        pen.write(glyph, style).write(" ", theme.plain);
    }
    match row.id {
        Ok(id) => {
            draw_id(state, theme, id, &mut pen);
            pen.skip(GAP);
            let cells = row.cells();
            for column in state.columns() {
                let (text, style) = cell(state, theme, column, id, row, &cells);
                write_cell(&mut pen, column, &text, style);
            }
        }
        Err(_) if row.is_text_alone() => draw_text(state, theme, row, &mut pen),
        Err(_) if row.has_columns() => {
            draw_id_text(state.view().form.width(), theme, row, &mut pen);
            draw_cells_of_fault(state, theme, row, &mut pen);
        }
        Err(_) => draw_fault(state.view().form.width(), theme, row, &mut pen),
    }
}

/// The one-character sign before the ID, where there is something to say.
fn mark(state: &State, row: &Row, theme: &Theme) -> (&'static str, Style) {
    if state.marks().contains(row.index as u64) {
        return ("*", theme.title);
    }
    if let Some(comparison) = state.comparison() {
        return match comparison.of_row(row.index) {
            Some(relation) => (relation.glyph(), theme.warning),
            None if row.id.is_err() && !row.is_text_alone() => (glyph(Flaw::Invalid), theme.fault),
            None => (" ", theme.plain),
        };
    }
    let found = state
        .findings()
        .and_then(|found| found.of_row(row.index).next());
    match (row.id, found) {
        (Err(_), _) if row.is_text_alone() => (" ", theme.plain),
        (Err(_), _) => (glyph(Flaw::Invalid), theme.fault),
        (Ok(_), Some(Flaw::SameMillisecond)) => (glyph(Flaw::SameMillisecond), theme.faint),
        (Ok(_), Some(flaw)) => (glyph(flaw), theme.warning),
        (Ok(id), None) if Timestamp::of(id) > state.now() => (glyph(Flaw::Future), theme.warning),
        (Ok(_), None) => (" ", theme.plain),
    }
}

fn draw_id(state: &State, theme: &Theme, id: Ulid, pen: &mut Pen<'_>) {
    let form = state.view().form;
    if form != Spelling::Ulid {
        pen.write_padded(&form.print(id), form.width(), theme.plain);
        return;
    }
    const TIME_CHARACTERS: usize = 10;
    let text = codec::print(id);
    let (time, randomness) = text.split_at(TIME_CHARACTERS);
    pen.write(time, theme.time)
        .write(randomness, theme.randomness);
}

fn cell(
    state: &State,
    theme: &Theme,
    column: &Column,
    id: Ulid,
    row: &Row,
    cells: &[String],
) -> (String, Style) {
    let anatomy = Anatomy::of(id);
    match column {
        Column::Time => {
            let civil = anatomy.timestamp.in_zone(&state.view().zone);
            let text = format!("{} {}", civil.date(), civil.time_of_day());
            (text, theme.plain)
        }
        Column::Age => (anatomy.timestamp.age(state.now()).to_string(), theme.plain),
        Column::Randomness => (anatomy.randomness_hex(), theme.faint),
        Column::Cell { position, .. } => {
            let cell = cells.get(*position).map_or("", String::as_str);
            (shown(cell.as_bytes()), theme.plain)
        }
        Column::Line => (shown(&row.text), theme.plain),
    }
}

/// As much of a text as any screen shows, made harmless.
fn shown(text: &[u8]) -> String {
    const LIMIT: usize = 2048;
    harmless(text.get(..LIMIT).unwrap_or(text))
}

/// Writes a cell, with `…` where it is cut, and a number at the right end.
fn write_cell(pen: &mut Pen<'_>, column: &Column, text: &str, style: Style) {
    let width = column.width().min(pen.room());
    // a line has no end that is shown
    let text = match column {
        Column::Line => text.into(),
        _ => cut(text, width),
    };
    if let Column::Cell {
        is_number: true, ..
    } = column
    {
        pen.skip(width.saturating_sub(text.width()).min(pen.room()));
        pen.write_padded(&text, text.width(), style);
    } else {
        pen.write_padded(&text, width, style);
    }
    pen.skip(GAP);
}

/// The reason in place of the time, and the other columns of a row without an ID.
fn draw_cells_of_fault(state: &State, theme: &Theme, row: &Row, pen: &mut Pen<'_>) {
    let cells = row.cells();
    let reason = row
        .id
        .map_or_else(|fault| fault.to_string(), |_| String::new());
    let is_first = state.columns().first() == Some(&Column::Time);
    let has_cells = state
        .columns()
        .iter()
        .any(|column| matches!(column, Column::Cell { .. }));
    for column in state.columns() {
        match column {
            Column::Cell { position, .. } => {
                let text = cells.get(*position).map_or("", String::as_str);
                write_cell(pen, column, &shown(text.as_bytes()), theme.plain);
            }
            Column::Time if is_first && has_cells => {
                write_cell(pen, column, &reason, theme.fault);
            }
            _ => write_cell(pen, column, "", theme.plain),
        }
    }
}

/// A line of text without an ID, in the column of lines.
fn draw_text(state: &State, theme: &Theme, row: &Row, pen: &mut Pen<'_>) {
    pen.skip(state.view().form.width() + GAP);
    for column in state.columns() {
        let text = match column {
            Column::Line => shown(&row.text),
            _ => String::new(),
        };
        pen.write_padded(&text, column.width(), theme.faint)
            .skip(GAP);
    }
}

/// The text as it stands, and the reason behind it.
fn draw_fault(width: usize, theme: &Theme, row: &Row, pen: &mut Pen<'_>) {
    draw_id_text(width, theme, row, pen);
    if let Err(fault) = row.id {
        pen.write(fault.to_string(), theme.fault);
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
