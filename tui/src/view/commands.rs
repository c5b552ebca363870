//! The list of commands and their keys, made from the registry: help and palette in one.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget as _},
};

use super::pen::Pen;
use crate::{
    action::Entry,
    keymap::Keymap,
    state::{Prompt, matching},
    theme::Theme,
};

enum Line {
    Heading(&'static str),
    Entry {
        entry: &'static Entry,
        number: usize,
    },
}

pub(super) fn draw(
    keymap: &Keymap,
    prompt: &Prompt,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    const KEYS_WIDTH: usize = 18;
    const NAME_WIDTH: usize = 18;
    Clear.render(area, buffer);
    let lines = lines(prompt.input.value());
    let selected =
        |line: &Line| matches!(line, Line::Entry { number, .. } if *number == prompt.selected);
    let at = lines.iter().position(selected).unwrap_or(0);
    let height = usize::from(area.height);
    // the selected line is kept in sight, with its heading where that fits
    let top = (at + 2)
        .saturating_sub(height)
        .min(lines.len().saturating_sub(height));
    for (y, line) in (0..area.height).zip(lines.iter().skip(top)) {
        let mut pen = Pen::line(buffer, area, y);
        match line {
            Line::Heading(title) => {
                pen.write(title, theme.header);
            }
            Line::Entry { entry, .. } => {
                pen.write("  ", theme.plain)
                    .write_padded(&keymap.keys_of(entry).join(" "), KEYS_WIDTH, theme.title)
                    .write_padded(entry.name, NAME_WIDTH, theme.faint)
                    .write(entry.help, theme.plain);
            }
        }
        if selected(line) {
            let whole = Rect {
                y: area.y + y,
                height: 1,
                ..area
            };
            buffer.set_style(whole, theme.cursor);
        }
    }
    if lines.is_empty() {
        Pen::line(buffer, area, 0).write(
            "no command is like that; a number, 50% or @2025-03-01 goes to a row",
            theme.plain,
        );
    }
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut group = None;
    for (number, entry) in matching(text).enumerate() {
        if group != Some(entry.group) {
            group = Some(entry.group);
            lines.push(Line::Heading(entry.group.title()));
        }
        lines.push(Line::Entry { entry, number });
    }
    lines
}
