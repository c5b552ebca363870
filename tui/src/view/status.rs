//! The lines around the table: title, status, keys.

use ratatui::{buffer::Buffer, layout::Rect};
use ulid_engine::dataset::{Extent, ReadError};

use super::pen::Pen;
use crate::{
    action::{Action, REGISTRY},
    jobs::Running,
    state::{Filter, Mode, Prompt, Purpose, State},
    text::{grouped, harmless},
    theme::Theme,
};

pub(super) fn draw_title(state: &State, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let name = harmless(state.source().name().as_bytes());
    let extent = state.extent();
    let rows = grouped(extent.rows as u64);
    let mut pen = Pen::line(buffer, area, 0);
    pen.write("ulid-tui ", theme.title)
        .write(&name, theme.plain)
        .write(
            format!("  {rows} {}", plural(extent.rows, "row")),
            theme.plain,
        )
        .write(growth(extent), theme.warning)
        .write(format!("  {}  ", state.source().layout()), theme.faint)
        .write_right(&view_in_words(state), theme.faint);
}

pub(super) fn draw_status(
    state: &State,
    running: &[Running],
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let shown = state.listing().len();
    let place = match state.cursor() {
        Some(cursor) => grouped((cursor + 1).min(shown) as u64),
        None => "last rows".to_owned(),
    };
    let place = format!(" {place} of {}", grouped(shown as u64));
    let mut pen = Pen::line(buffer, area, 0);
    pen.write_right(&place, theme.faint);
    if let Some(message) = state.message() {
        let (glyph, style) = if message.is_error {
            ("✗ ", theme.fault)
        } else {
            ("", theme.plain)
        };
        pen.write(glyph, style)
            .write(harmless(message.text.as_bytes()), style);
    } else if let Some(job) = running.last() {
        pen.write(describe(job), theme.warning);
    }
}

/// `by ID, invalid, 3 marked, Europe/Berlin`
fn view_in_words(state: &State) -> String {
    let view = state.view();
    let mut words = vec![view.arrangement.to_string()];
    match &view.filter {
        Filter::All => {}
        Filter::Flaw(flaw) => words.push(format!("only {}", flaw.name())),
        Filter::Query(text) => words.push(format!("only {}", harmless(text.as_bytes()))),
        Filter::Marked(_) => words.push("only marked".to_owned()),
        Filter::Times(times) => words.push(format!("only {} to {}", times.start(), times.end())),
    }
    if !state.marks().is_empty() {
        words.push(format!("{} marked", grouped(state.marks().len())));
    }
    words.join(", ")
}

/// What is said while there are more rows to come.
fn growth(extent: &Extent) -> String {
    if extent.complete {
        String::new()
    } else if extent.indexed < extent.bytes {
        format!(" so far, {} %", extent.indexed * 100 / extent.bytes)
    } else {
        " so far".to_owned()
    }
}

pub(super) fn draw_error(error: &ReadError, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    Pen::line(buffer, area, 0)
        .write("✗ ", theme.fault)
        .write(harmless(error.to_string().as_bytes()), theme.fault);
}

/// `sorting 45 %, 3 s left; Ctrl-C ends it`
fn describe(job: &Running) -> String {
    let (done, total) = (job.progress.done(), job.progress.total());
    let elapsed = job.since.elapsed().as_secs_f64();
    let mut text = job.title.to_owned();
    if total > 0 && done > 0 {
        let share = (done as f64 / total as f64).min(1.0);
        text += &format!(" {:.0} %", share * 100.0);
        let left = elapsed / share - elapsed;
        if elapsed > 1.0 && left >= 1.0 {
            text += &format!(", {left:.0} s left");
        }
    }
    text + "; Ctrl-C ends it"
}

/// The line being typed, and its cursor.
pub(super) fn draw_prompt(prompt: &Prompt, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buffer);
    let mut pen = Pen::line(buffer, area, 0);
    pen.write(prompt.purpose.label(), theme.title);
    let room = pen.room().saturating_sub(1);
    let scrolled = prompt.input.visual_scroll(room);
    let before_cursor = prompt.input.visual_cursor().saturating_sub(scrolled);
    let visible: String = prompt.input.value().chars().skip(scrolled).collect();
    let start = area.width - u16::try_from(pen.room()).unwrap_or(0);
    pen.write(visible, theme.plain);
    let cursor = start.saturating_add(u16::try_from(before_cursor).unwrap_or(u16::MAX));
    if cursor < area.width {
        let cell = Rect::new(area.x + cursor, area.y, 1, 1);
        buffer.set_style(cell, theme.cursor);
    }
}

pub(super) fn draw_keys(state: &State, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::line(buffer, area, 0);
    let mut hint = |key: &str, what: &str| {
        let fits = key.len() + what.len() < pen.room();
        if fits {
            pen.write(key, theme.title)
                .write(" ", theme.plain)
                .write(what, theme.faint)
                .skip(2);
        }
        fits
    };
    match state.mode() {
        Mode::Browse => {
            let pick = state.picks().then_some(&(Action::Pick, "pick"));
            for &(action, what) in pick.into_iter().chain(BROWSE_HINTS) {
                let entry = REGISTRY.iter().find(|entry| entry.action == action);
                let keys = entry.map(|entry| state.keymap().keys_of(entry));
                if let Some(key) = keys.unwrap_or_default().first()
                    && !hint(key, what)
                {
                    break;
                }
            }
        }
        Mode::Prompt(prompt) => {
            let is_command = prompt.purpose == Purpose::Command;
            hint("enter", if is_command { "run" } else { "take" });
            hint("esc", "close");
            if is_command {
                hint("up down", "choose");
                hint("1234 50% @2025-03-01 @-2h", "go to");
            }
        }
    }
}

/// What the key bar offers, the most wanted first.
const BROWSE_HINTS: &[(Action, &str)] = &[
    (Action::Help, "help"),
    (Action::Quit, "quit"),
    (Action::SortById, "sort"),
    (Action::ShowInvalid, "invalid"),
    (Action::ShowAll, "all"),
    (Action::Find, "find"),
    (Action::Filter, "filter"),
    (Action::Palette, "go to"),
    (Action::ToggleTimeline, "timeline"),
    (Action::Mark, "mark"),
    (Action::Copy, "copy"),
    (Action::Export, "export"),
    (Action::NextForm, "form"),
    (Action::ToggleZone, "zone"),
    (Action::ToggleInspector, "inspector"),
    (Action::Undo, "undo"),
];

/// `row` or `rows`.
pub(super) fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}
