//! The line that says what the whole source is like. The number before a figure is the key that shows its rows.

use ratatui::{buffer::Buffer, layout::Rect};
use ulid_engine::Timestamp;

use super::pen::Pen;
use crate::{
    findings::{Findings, Flaw},
    state::{Filter, State},
    text::{duration, grouped},
    theme::Theme,
};

pub(super) fn draw(state: &State, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::line(buffer, area, 0);
    let Some(findings) = state.findings() else {
        let what = if state.extent().complete {
            "looking the file over"
        } else {
            "figures follow when all rows are known"
        };
        pen.write(what, theme.faint);
        return;
    };
    let (verdict, _) = findings.summary.verdict();
    let (sign, style) = if verdict.is_weak() {
        ("! ", theme.warning)
    } else {
        ("", theme.good)
    };
    pen.write_right(&format!(" {sign}randomness {verdict}"), style);
    draw_flaws(state, findings, theme, &mut pen);
    if let Some((earliest, latest)) = findings.summary.smallest.zip(findings.summary.largest) {
        let date = |id| Timestamp::of(id).in_zone(&state.view().zone).date();
        pen.write(
            format!("{} to {}", date(earliest), date(latest)),
            theme.faint,
        );
    }
}

fn draw_flaws(state: &State, findings: &Findings, theme: &Theme, pen: &mut Pen<'_>) {
    const ROOM_FOR_ALL: usize = 130;
    let is_narrow = pen.room() < ROOM_FOR_ALL;
    for (key, flaw) in (1..).zip(Flaw::ALL) {
        let count = findings.rows(flaw).len();
        if count == 0 && is_narrow {
            continue;
        }
        let figure = format!("{} {} {}", flaw.glyph(), grouped(count), flaw.name());
        let style = match (flaw, count) {
            (_, 0) => theme.faint,
            (Flaw::Invalid, _) => theme.fault,
            _ => theme.warning,
        };
        pen.write(format!("{key} "), theme.title);
        let is_shown = state.view().filter == Filter::Flaw(flaw);
        let figure_style = if is_shown {
            style.patch(theme.cursor)
        } else {
            style
        };
        pen.write(figure, figure_style);
        if let (Flaw::OutOfOrder, Some(step)) = (flaw, findings.summary.worst_step_back)
            && step.ms > 0
            && !is_narrow
        {
            pen.write(format!(", by up to {}", duration(step.ms)), style);
        }
        pen.skip(2);
    }
}
