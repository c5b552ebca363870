//! Bars over time: how many IDs were made when.

use ratatui::{buffer::Buffer, layout::Rect};
use ulid_engine::Timestamp;

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
    let (start, end) = (timeline.times.start(), timeline.times.end());
    let span = duration((end.ms() - start.ms()).saturating_add(1));
    let mut pen = Pen::line(buffer, area, area.height.saturating_sub(1));
    let axis = format!("{} to {} ({span})", at(start), at(end));
    pen.write(axis, theme.title);
    pen
}
