//! Bars over time: how many IDs were made when.

use std::ops::RangeInclusive;

use ratatui::{buffer::Buffer, layout::Rect};
use ulid_engine::{Timestamp, timestamp::InZone};

use super::pen::Pen;
use crate::{
    state::{Page, State, Timeline, part_of},
    text::{duration, grouped},
    theme::Theme,
};

const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

pub(super) fn draw(
    state: &State,
    page: &Page,
    timeline: &Timeline,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    if let Some(counts) = &timeline.counts {
        draw_bars(page, timeline, &counts.parts, theme, area, buffer);
        if let Some(times) = state.brushed() {
            draw_brush(&times, timeline, counts.parts.len(), theme, area, buffer);
        }
        let most = counts.parts.iter().max().copied().unwrap_or(0);
        let outside = format!(
            " {} earlier, {} later, at most {} a column",
            grouped(counts.earlier),
            grouped(counts.later),
            grouped(most)
        );
        draw_axis(state, timeline, theme, area, buffer).write_right(&outside, theme.faint);
    } else {
        draw_axis(state, timeline, theme, area, buffer);
    }
}

fn draw_bars(
    page: &Page,
    timeline: &Timeline,
    parts: &[u64],
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let heights = area.height.saturating_sub(1);
    let most = parts.iter().max().copied().unwrap_or(0).max(1);
    let here = page.rows.get(page.cursor).and_then(|row| row.id.ok());
    let here = here
        .map(Timestamp::of)
        .filter(|time| timeline.times.contains(time))
        .map(|time| part_of(time, &timeline.times, parts.len()));
    let columns = parts.iter().take(usize::from(area.width)).enumerate();
    for (x, (column, &count)) in (area.x..area.right()).zip(columns) {
        // whatever is there shows at least one eighth
        let full = u128::from(heights) * 8;
        let eighths = (u128::from(count) * full).div_ceil(u128::from(most));
        let style = if here == Some(column) {
            theme.warning
        } else {
            theme.time
        };
        for line in 0..heights {
            let below = u128::from(heights - 1 - line) * 8;
            let part = usize::try_from(eighths.saturating_sub(below).min(8)).unwrap_or(8);
            buffer.set_stringn(x, area.y + line, EIGHTHS[part], 1, style);
        }
        if here == Some(column) && heights > 0 && eighths == 0 {
            buffer.set_stringn(x, area.y + heights - 1, "·", 1, style);
        }
    }
}

/// Reverses the columns under the brush.
fn draw_brush(
    brushed: &RangeInclusive<Timestamp>,
    timeline: &Timeline,
    parts: usize,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let shown = &timeline.times;
    if brushed.end() < shown.start() || brushed.start() > shown.end() {
        return;
    }
    let column = |time: &Timestamp| {
        let part = part_of(*time.clamp(shown.start(), shown.end()), shown, parts);
        u16::try_from(part).unwrap_or(u16::MAX)
    };
    let (first, last) = (column(brushed.start()), column(brushed.end()));
    let under = Rect {
        x: area.x.saturating_add(first),
        y: area.y,
        width: (last - first).saturating_add(1),
        height: area.height.saturating_sub(1),
    };
    buffer.set_style(under.intersection(area), theme.cursor);
}

fn draw_axis<'a>(
    state: &State,
    timeline: &Timeline,
    theme: &Theme,
    area: Rect,
    buffer: &'a mut Buffer,
) -> Pen<'a> {
    let zone = &state.view().zone;
    let at = |time: &Timestamp| {
        let civil = time.in_zone(zone);
        format!("{} {}", civil.date(), civil.time_of_day())
    };
    let brushed = state.brushed();
    let times = brushed.as_ref().unwrap_or(&timeline.times);
    let (start, end) = (times.start(), times.end());
    let span = duration((end.ms() - start.ms()).saturating_add(1));
    let mut pen = Pen::line(buffer, area, area.height.saturating_sub(1));
    if brushed.is_some() {
        pen.write("brushed: ", theme.warning);
    }
    let axis = format!("{} to {} ({span})", at(start), at(end));
    pen.write(axis, theme.title);
    pen
}
