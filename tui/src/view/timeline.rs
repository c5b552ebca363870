//! Bars over time: how many IDs were made when.

use std::ops::RangeInclusive;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use ulid_engine::{Timestamp, timestamp::InZone};

use super::pen::Pen;
use crate::{
    ruler::Counts,
    state::{Page, State, Timeline},
    text::{cut, duration, grouped, harmless},
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
        draw_bars(page, timeline, counts, theme, area, buffer);
        let brush = timeline.brush.as_ref().filter(|brush| !brush.is_click());
        if let Some(times) = brush.and_then(|_| state.brushed()) {
            draw_brush(&times, timeline, theme, area, buffer);
        }
        let mut pen = draw_axis(state, timeline, counts, theme, area, buffer);
        let most = counts.parts.iter().max().copied().unwrap_or(0);
        let outside = format!(
            " {} earlier, {} later, at most {} a bar",
            grouped(counts.earlier),
            grouped(counts.later),
            grouped(most)
        );
        pen.write_right(&outside, theme.faint);
    } else {
        draw_axis(state, timeline, &Counts::default(), theme, area, buffer);
    }
}

fn draw_bars(
    page: &Page,
    timeline: &Timeline,
    counts: &Counts,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let most = counts.parts.iter().max().copied().unwrap_or(0).max(1);
    let here = page.rows.get(page.cursor).and_then(|row| row.id.ok());
    let here = here.map(Timestamp::of);
    let here = here.and_then(|time| timeline.ruler.part_of(time).ok());
    let bar_width = timeline.bar_width(area.width.into());
    for (part, &count) in counts.parts.iter().enumerate() {
        let bar = Bar {
            left: usize::from(area.x) + part * bar_width,
            // side by side without a gap, where that would be all that is left of one
            width: if bar_width > 2 {
                bar_width - 1
            } else {
                bar_width
            },
            is_here: here == Some(part),
            is_current: timeline.cursor == Some(part),
        };
        let stacked = stacked(counts, part, theme);
        bar.draw(&stacked, (count, most), theme, area, buffer);
    }
}

/// The counts of a bar, from the ground up, and their styles.
fn stacked(counts: &Counts, part: usize, theme: &Theme) -> Vec<(u64, Style)> {
    let styles = theme.series.iter().cycle();
    let series = counts.series.iter().zip(styles);
    let of_part = series.map(|((_, parts), style)| (parts.get(part).copied().unwrap_or(0), *style));
    match counts.series.is_empty() {
        true => vec![(counts.parts.get(part).copied().unwrap_or(0), theme.time)],
        false => of_part.collect(),
    }
}

struct Bar {
    left: usize,
    width: usize,
    /// True for the period of the row under the cursor of the table.
    is_here: bool,
    /// True for the bar under the cursor of the timeline.
    is_current: bool,
}

impl Bar {
    fn draw(
        &self,
        stacked: &[(u64, Style)],
        (count, most): (u64, u64),
        theme: &Theme,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let heights = area.height.saturating_sub(1);
        let full = u128::from(heights) * 8;
        // whatever is there shows at least one eighth
        let height = |count: u64| (u128::from(count) * full).div_ceil(u128::from(most));
        for line in 0..heights {
            let below = u128::from(heights - 1 - line) * 8;
            let part = usize::try_from(height(count).saturating_sub(below).min(8)).unwrap_or(8);
            let mut style = match self.is_here && !self.is_current && stacked.len() == 1 {
                true => theme.warning,
                false => style_at(stacked, below, height),
            };
            if self.is_current {
                style = style.patch(theme.cursor);
            }
            let sign = match (part, self.is_here && line + 1 == heights) {
                (0, true) => "·",
                (part, _) => EIGHTHS[part],
            };
            for x in self.left..self.left + self.width {
                if let Ok(x) = u16::try_from(x)
                    && x < area.right()
                {
                    buffer.set_stringn(x, area.y + line, sign, 1, style);
                }
            }
        }
    }
}

/// The style of the value that fills most of a cell that begins at a height.
fn style_at(stacked: &[(u64, Style)], below: u128, height: impl Fn(u64) -> u128) -> Style {
    let mut sum = 0;
    const HALF: u128 = 4;
    let filling = stacked.iter().find(|(count, _)| {
        sum += count;
        height(sum) >= below + HALF
    });
    filling
        .or(stacked.iter().rfind(|(count, _)| *count > 0))
        .map_or(Style::new(), |(_, style)| *style)
}

/// Reverses the bars under the brush.
fn draw_brush(
    brushed: &RangeInclusive<Timestamp>,
    timeline: &Timeline,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let shown = &timeline.times;
    if brushed.end() < shown.start() || brushed.start() > shown.end() {
        return;
    }
    let bar_width = timeline.bar_width(area.width.into());
    let part = |time: &Timestamp| {
        let part = timeline
            .ruler
            .part_of(*time.clamp(shown.start(), shown.end()));
        part.unwrap_or(0)
    };
    let (first, last) = (part(brushed.start()), part(brushed.end()));
    let narrow = |columns: usize| u16::try_from(columns).unwrap_or(u16::MAX);
    let under = Rect {
        x: area.x.saturating_add(narrow(first * bar_width)),
        y: area.y,
        width: narrow((last + 1 - first) * bar_width),
        height: area.height.saturating_sub(1),
    };
    buffer.set_style(under.intersection(area), theme.cursor);
}

fn draw_axis<'a>(
    state: &State,
    timeline: &Timeline,
    counts: &Counts,
    theme: &Theme,
    area: Rect,
    buffer: &'a mut Buffer,
) -> Pen<'a> {
    let zone = &state.view().zone;
    let mut pen = Pen::line(buffer, area, area.height.saturating_sub(1));
    let at = |time: &Timestamp| {
        let civil = time.in_zone(zone);
        format!("{} {}", civil.date(), civil.time_of_day())
    };
    let long = |times: &RangeInclusive<Timestamp>| {
        duration((times.end().ms() - times.start().ms()).saturating_add(1))
    };
    let is_brushed = timeline
        .brush
        .as_ref()
        .is_some_and(|brush| !brush.is_click());
    if let Some(times) = state.brushed().filter(|_| is_brushed) {
        let (start, end) = (at(times.start()), at(times.end()));
        pen.write("brushed: ", theme.warning)
            .write(format!("{start} to {end} ({})", long(&times)), theme.title);
    } else if let Some(part) = timeline.cursor {
        let label = timeline.ruler.label(part, zone);
        let count = counts.parts.get(part).copied().unwrap_or(0);
        pen.write(format!("{label}, {}: ", timeline.ruler.unit()), theme.title)
            .write(grouped(count), theme.title);
        draw_values(&mut pen, counts, Some(part), theme);
    } else {
        let (start, end) = (timeline.ruler.label(0, zone), &timeline.times);
        let last = timeline
            .ruler
            .label(timeline.ruler.parts().saturating_sub(1), zone);
        let axis = format!(
            "{start} to {last} ({}), by {}",
            long(end),
            timeline.ruler.unit()
        );
        pen.write(axis, theme.title);
        draw_values(&mut pen, counts, None, theme);
    }
    pen
}

/// The values that bars are told apart by, with their counts in a period or in all.
fn draw_values(pen: &mut Pen<'_>, counts: &Counts, part: Option<usize>, theme: &Theme) {
    const NAME: usize = 16;
    let styles = theme.series.iter().cycle();
    for ((name, parts), style) in counts.series.iter().zip(styles) {
        let count = match part {
            Some(part) => parts.get(part).copied().unwrap_or(0),
            None => parts.iter().sum(),
        };
        let name = harmless(name.as_bytes());
        pen.write("  ", theme.plain).write("█ ", *style).write(
            format!("{} {}", cut(&name, NAME), grouped(count)),
            theme.plain,
        );
    }
}
