//! Broken IDs and their repairs, over the table, before they are written.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget as _},
};
use ulid_engine::codec;

use super::pen::Pen;
use crate::{
    rows::Repairs,
    state::State,
    text::{cut, grouped, harmless},
    theme::Theme,
};

pub(super) fn draw(
    state: &State,
    repairs: &Repairs,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    const TEXT_WIDTH: usize = codec::TEXT_LEN + 10;
    Clear.render(area, buffer);
    buffer.set_style(area, theme.base);
    let words = match (repairs.repaired, repairs.broken) {
        (_, 0) => "no ID is broken: there is nothing to repair".to_owned(),
        (0, broken) => format!(
            "none of {} broken IDs can be repaired for sure",
            grouped(broken)
        ),
        (repaired, broken) if repaired == broken => {
            format!("all of {} broken IDs can be repaired:", grouped(broken))
        }
        (repaired, broken) => format!(
            "{} of {} broken IDs can be repaired, the others stay as they are:",
            grouped(repaired),
            grouped(broken)
        ),
    };
    Pen::line(buffer, area, 0).write(words, theme.header);
    let width = state.number_width();
    for (y, repaired) in (1..area.height).zip(&repairs.first) {
        let number = state.source().number_of(repaired.row);
        let text = harmless(repaired.text.as_bytes());
        Pen::line(buffer, area, y)
            .write(format!("{number:>width$}  "), theme.faint)
            .write_padded(&cut(&text, TEXT_WIDTH), TEXT_WIDTH, theme.fault)
            .write(" → ", theme.plain)
            .write(&repaired.id, theme.good)
            .write(format!("  {}", repaired.kind), theme.faint);
    }
}
