//! The list of keys, made from the registry.

use ratatui::{buffer::Buffer, layout::Rect};

use super::pen::Pen;
use crate::{
    action::{Entry, Group, REGISTRY},
    theme::Theme,
};

enum Line {
    Heading(&'static str),
    Entry(&'static Entry),
}

/// How many lines the list has.
#[must_use]
pub fn line_count() -> usize {
    lines().count()
}

fn lines() -> impl Iterator<Item = Line> {
    let mut group: Option<Group> = None;
    REGISTRY.iter().flat_map(move |entry| {
        let heading = (group != Some(entry.group)).then(|| Line::Heading(entry.group.title()));
        group = Some(entry.group);
        heading.into_iter().chain([Line::Entry(entry)])
    })
}

pub(super) fn draw(top: usize, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    const KEYS_WIDTH: usize = 22;
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buffer);
    for (at, line) in (0..area.height).zip(lines().skip(top)) {
        let mut pen = Pen::line(buffer, area, at);
        match line {
            Line::Heading(title) => {
                pen.write(title, theme.header);
            }
            Line::Entry(entry) => {
                let keys = entry.keys.join(" ");
                pen.write(format!("  {keys:KEYS_WIDTH$} "), theme.title)
                    .write(entry.help, theme.plain);
            }
        }
    }
}
