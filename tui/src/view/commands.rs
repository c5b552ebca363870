//! The list of commands and their keys, made from the registry: help and palette in one.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect, Size},
    widgets::{Clear, Widget as _},
};

use super::pen::Pen;
use crate::{
    action::Entry,
    keymap::Keymap,
    layout::Layout,
    state::{Prompt, is_place, matching},
    theme::Theme,
};

enum Line {
    Heading(&'static str),
    Entry {
        entry: &'static Entry,
        number: usize,
    },
    /// A figure above the rows, and what it says.
    Figure(&'static str, &'static str),
}

/// Figures above the rows, and what they say.
const FIGURES: &[(&str, &str)] = &[
    ("✗ invalid", "rows whose ID is none; 0 is good news"),
    (
        "= duplicate",
        "rows whose ID an earlier row has, wherever that is",
    ),
    (
        "< out of order",
        "rows whose ID is smaller than the valid one before",
    ),
    (
        "» future",
        "rows whose time lies ahead of this computer's clock",
    ),
    (
        "… gaps",
        "rows more than an hour after the valid one before",
    ),
    (
        "up to 3 h back",
        "the farthest that time goes back from a row to the next",
    ),
    (
        "2025-01-01 to …",
        "the earliest and the latest time of all IDs, strays too",
    ),
    (
        "randomness",
        "how the random bits were made; ! deserves a look",
    ),
    ("  random", "nothing speaks against true randomness"),
    (
        "  monotonic +1",
        "within a millisecond each is one above the one before",
    ),
    (
        "  low entropy",
        "randomness that occurs again: a generator that repeats",
    ),
    ("  too few to tell", "fewer IDs than a verdict needs"),
    (
        "≈ same ms",
        "rows of the millisecond of the one before, no flaw",
    ),
];

/// All of the screen but for its last lines.
pub(super) fn area(size: Size, at: &Layout) -> Rect {
    let lines_below = at.status.height + at.keys.height;
    Rect::new(0, 0, size.width, size.height.saturating_sub(lines_below))
}

/// The command at a place of the screen, by its number among those that match.
pub(super) fn number_at(
    keymap: &Keymap,
    prompt: &Prompt,
    area: Rect,
    at: Position,
) -> Option<usize> {
    let lines = lines(prompt.input.value(), keymap);
    let line = usize::from(at.y.checked_sub(area.y)?) + top(&lines, prompt, area);
    match lines.get(line)? {
        Line::Entry { number, .. } if area.contains(at) => Some(*number),
        _ => None,
    }
}

/// The first line in sight: the selected one is kept there, with its heading where that fits.
fn top(lines: &[Line], prompt: &Prompt, area: Rect) -> usize {
    let at = lines.iter().position(|line| line.is_selected(prompt));
    let height = usize::from(area.height);
    (at.unwrap_or(0) + 2)
        .saturating_sub(height)
        .min(lines.len().saturating_sub(height))
}

impl Line {
    fn is_selected(&self, prompt: &Prompt) -> bool {
        matches!(self, Line::Entry { number, .. } if *number == prompt.selected)
    }
}

pub(super) fn draw(
    keymap: &Keymap,
    prompt: &Prompt,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    const KEYS_WIDTH: usize = 18;
    const NAME_WIDTH: usize = 23;
    Clear.render(area, buffer);
    buffer.set_style(area, theme.base);
    let lines = lines(prompt.input.value(), keymap);
    let top = top(&lines, prompt, area);
    for (y, line) in (0..area.height).zip(lines.iter().skip(top)) {
        let mut pen = Pen::line(buffer, area, y);
        match line {
            Line::Heading(title) => {
                pen.write(title, theme.header);
            }
            Line::Figure(figure, sentence) => {
                pen.write("  ", theme.plain)
                    .write_padded(figure, KEYS_WIDTH, theme.title)
                    .write(*sentence, theme.plain);
            }
            Line::Entry { entry, .. } => {
                pen.write("  ", theme.plain)
                    .write_padded(&keymap.keys_of(entry).join(" "), KEYS_WIDTH, theme.title)
                    .write_padded(entry.name, NAME_WIDTH, theme.faint)
                    .write(entry.help, theme.plain);
            }
        }
        if line.is_selected(prompt) {
            let whole = Rect {
                y: area.y + y,
                height: 1,
                ..area
            };
            buffer.set_style(whole, theme.cursor);
        }
    }
    if !lines
        .iter()
        .any(|line| matches!(line, Line::Entry { .. } | Line::Figure(..)))
    {
        let sentence = if is_place(prompt.input.value()) {
            "enter goes there: to a row by its number, 50% of the way, or @ a time"
        } else {
            "no command is like that; a number, 50% or @2025-03-01 goes to a row"
        };
        Pen::line(buffer, area, 0).write(sentence, theme.plain);
    }
}

/// The commands by groups, or, once something is typed, the likeliest first.
fn lines(text: &str, keymap: &Keymap) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut group = None;
    let is_list = text.trim().is_empty();
    for (number, entry) in matching(text, keymap).into_iter().enumerate() {
        if is_list && group != Some(entry.group) {
            group = Some(entry.group);
            lines.push(Line::Heading(entry.group.title()));
        }
        lines.push(Line::Entry { entry, number });
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let has_words = |figure: &&(&str, &str)| {
        let (name, sentence) = (figure.0.to_lowercase(), figure.1.to_lowercase());
        words
            .iter()
            .all(|word| name.contains(word) || sentence.contains(word))
    };
    let mut figures = FIGURES.iter().filter(has_words).peekable();
    if figures.peek().is_some() && !is_place(text) {
        lines.push(Line::Heading("Figures above the rows"));
        lines.extend(figures.map(|(figure, sentence)| Line::Figure(figure, sentence)));
    }
    lines
}
