//! Draws the state. Nothing here changes it.

mod health;
mod hit;
mod pen;
mod status;
mod table;

mod clocks;
mod inspector;
mod record;
mod repairs;
mod timeline;
mod values;

mod commands;

use ratatui::buffer::Buffer;

use crate::{
    jobs::Running,
    layout::Layout,
    state::{Mode, Purpose, State},
    theme::Theme,
};

pub(crate) use hit::target;

/// Draws the whole screen into `buffer`, and what a job is doing.
pub(crate) fn draw(state: &State, running: Option<&Running>, theme: &Theme, buffer: &mut Buffer) {
    buffer.set_style(buffer.area, theme.base);
    let at = Layout::of(
        buffer.area.as_size(),
        state.inspector(),
        state.timeline().is_some(),
        state.has_kinds(),
    );
    status::draw_title(state, theme, at.title, buffer);
    health::draw(state, theme, at.health, buffer);
    match state.page_rows() {
        Ok(page) => {
            match state.mode() {
                Mode::Record(record) => record::draw(state, record, theme, at.table(), buffer),
                Mode::Heat(view) => clocks::draw_heat(state, view, theme, at.table(), buffer),
                Mode::Drift(view) => clocks::draw_drift(view, theme, at.table(), buffer),
                Mode::Values(list) => values::draw(state, list, theme, at.table(), buffer),
                _ => table::draw(state, &page, theme, &at, buffer),
            }
            if !at.inspector.is_empty() {
                inspector::draw(state, &page, theme, at.inspector, buffer);
            }
            if let Some(timeline) = state.timeline().filter(|_| !at.timeline.is_empty()) {
                timeline::draw(state, &page, timeline, theme, at.timeline, buffer);
            }
            status::draw_status(state, running, theme, at.status, buffer);
        }
        Err(error) => {
            status::draw_error(&error, theme, at.rows, buffer);
        }
    }
    status::draw_keys(state, theme, at.keys, buffer);
    if let Mode::Prompt(prompt) = state.mode() {
        if prompt.purpose == Purpose::Command {
            let area = commands::area(buffer.area.as_size(), &at);
            commands::draw(state.keymap(), prompt, theme, area, buffer);
        }
        if let Some(repairs) = state.repairs() {
            repairs::draw(state, repairs, theme, at.table(), buffer);
        }
        status::draw_prompt(prompt, theme, at.status, buffer);
    }
}

/// Draws what is seen while nothing has come through a pipe.
pub(crate) fn draw_waiting(theme: &Theme, buffer: &mut Buffer) {
    let area = buffer.area;
    buffer.set_style(area, theme.base);
    let mut pen = pen::Pen::line(buffer, area, 0);
    pen.write("ulid-tui ", theme.title)
        .write("stdin", theme.plain);
    pen::Pen::line(buffer, area, 2).write(
        "waiting for the first bytes of the pipe; q leaves",
        theme.plain,
    );
}

#[cfg(test)]
mod tests;
