//! The whole of a row, over the table.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget as _},
};

use super::pen::Pen;
use crate::{
    state::{RECORD_GAP, Record, RecordView, Role, State},
    theme::Theme,
};

pub(super) fn draw(
    state: &State,
    record: &RecordView,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    Clear.render(area, buffer);
    buffer.set_style(area, theme.base);
    let Record { label, lines } = state.record(area.width.into());
    // the last line says where one is, where not all fits
    let is_longer = lines.len() > usize::from(area.height);
    let height = area.height.saturating_sub(u16::from(is_longer));
    let top = record.top.min(lines.len().saturating_sub(1));
    for (y, line) in (0..height).zip(lines.iter().skip(top)) {
        let style = match line.role {
            Role::Value => theme.plain,
            Role::Meaning => theme.time,
            Role::Flaw => theme.fault,
            Role::Note => theme.faint,
        };
        Pen::line(buffer, area, y)
            .write_padded(&line.label, label, theme.title)
            .skip(RECORD_GAP)
            .write(&line.text, style);
    }
    if is_longer {
        let last = (top + usize::from(height)).min(lines.len());
        let place = format!("lines {} to {last} of {}", top + 1, lines.len());
        Pen::line(buffer, area, height).write_right(&place, theme.faint);
    }
}
