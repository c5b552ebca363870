//! Times over the table: a map of days by hours, and differences of times as a plot.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    widgets::{Clear, Widget as _},
};

use super::pen::Pen;
use crate::{
    rows::NO_DRIFT,
    state::{DRIFT_LABELS, DriftView, HeatView, State, day_in_words, drift_in_words},
    text::{grouped, harmless},
    theme::Theme,
};

/// Signs of a share of the most, the smallest first.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// The sign of a count beside the largest; whatever is there is seen.
fn shade(count: u64, most: u64) -> char {
    let steps = SHADES.len() as u128;
    let place = (u128::from(count) * steps).div_ceil(u128::from(most.max(1)));
    let place = usize::try_from(place.clamp(1, steps) - 1).unwrap_or(0);
    match count {
        0 => ' ',
        _ => SHADES.get(place).copied().unwrap_or('█'),
    }
}

const DAY_WIDTH: usize = 15;
const TOTAL_WIDTH: usize = 12;

pub(super) fn draw_heat(
    state: &State,
    view: &HeatView,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    Clear.render(area, buffer);
    buffer.set_style(area, theme.base);
    let Some(heat) = view.heat.as_deref() else {
        Pen::line(buffer, area, 0).write("days by hours: they are being counted", theme.header);
        return;
    };
    let zone = &state.view().zone;
    let room = usize::from(area.width).saturating_sub(DAY_WIDTH + TOTAL_WIDTH);
    let cell = (room / 24).clamp(1, 5);
    let most = heat
        .days
        .iter()
        .flat_map(|day| day.hours)
        .max()
        .unwrap_or(0);
    let mut words = String::new();
    if let Some(day) = heat.days.get(view.day) {
        let count = day.hours.get(view.hour).copied().unwrap_or(0);
        let date = day_in_words(day.start_ms, zone);
        words = format!(
            "{date}, {:02}:00 to {:02}:00: {}",
            view.hour,
            view.hour + 1,
            grouped(count)
        );
    }
    let outside = match heat.outside {
        0 => String::new(),
        count => format!("; {} on other days", grouped(count)),
    };
    Pen::line(buffer, area, 0).write(words, theme.title).write(
        format!("  at most {} an hour{outside}", grouped(most)),
        theme.faint,
    );
    let mut pen = Pen::line(buffer, area, 1);
    pen.write_padded("day", DAY_WIDTH, theme.header);
    for hour in 0..24 {
        let label = match cell > 2 || hour % 3 == 0 {
            true => format!("{hour:02}"),
            false => String::new(),
        };
        pen.write_padded(&label, cell, theme.header);
    }
    pen.write_padded("       total", TOTAL_WIDTH, theme.header);
    for (y, (place, day)) in (2..area.height).zip(heat.days.iter().enumerate().skip(view.top)) {
        let mut pen = Pen::line(buffer, area, y);
        pen.write_padded(&day_in_words(day.start_ms, zone), DAY_WIDTH, theme.plain);
        for (hour, &count) in day.hours.iter().enumerate() {
            let sign = shade(count, most).to_string().repeat(cell.max(2) - 1);
            let style = match (place, hour) == (view.day, view.hour) {
                true => theme.cursor,
                false => theme.time,
            };
            pen.write_padded(&sign, cell, style);
        }
        let total = grouped(day.hours.iter().sum());
        pen.write(format!("{total:>TOTAL_WIDTH$}"), theme.faint);
    }
}

pub(super) fn draw_drift(view: &DriftView, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    const LABEL: usize = 22;
    const COUNT: usize = DRIFT_LABELS - LABEL - 1;
    Clear.render(area, buffer);
    buffer.set_style(area, theme.base);
    let name = harmless(view.name().as_bytes());
    let Some(drift) = view.drift.as_deref() else {
        let words = format!("{name} beside the time of the ID: it is being read");
        Pen::line(buffer, area, 0).write(words, theme.header);
        return;
    };
    let counted: u64 = drift.bins.iter().map(|bin| bin.rows.len()).sum();
    let mut words = format!(" beside the time of the ID, of {} rows", grouped(counted));
    if drift.without > 0 {
        words += &format!("; {} have no such time", grouped(drift.without));
    }
    Pen::line(buffer, area, 0)
        .write(name, theme.title)
        .write(words, theme.plain);
    let most = drift
        .bins
        .iter()
        .flat_map(|bin| bin.parts.iter().copied())
        .max();
    let most = most.unwrap_or(0);
    let bar_width =
        (usize::from(area.width).saturating_sub(DRIFT_LABELS) / view.ruler.parts().max(1)).max(1);
    for (y, (place, bin)) in
        (1..area.height).zip(view.bins().into_iter().enumerate().skip(view.top))
    {
        let Some(found) = drift.bins.get(bin) else {
            continue;
        };
        let style = style_of(bin, theme);
        let mut pen = Pen::line(buffer, area, y);
        let count = grouped(found.rows.len());
        pen.write_padded(&drift_in_words(bin), LABEL, style)
            .write(format!("{count:>COUNT$} "), theme.plain);
        for &count in &found.parts {
            let sign = shade(count, most).to_string().repeat(bar_width);
            pen.write(sign, style);
        }
        if place == view.selected {
            let line = Rect {
                y: area.y + y,
                height: 1,
                ..area
            };
            buffer.set_style(line, theme.cursor);
        }
    }
}

/// Differences of an hour and more deserve a look.
fn style_of(bin: usize, theme: &Theme) -> Style {
    const HOUR: usize = 7;
    match bin.abs_diff(NO_DRIFT) >= HOUR {
        true => theme.warning,
        false => theme.time,
    }
}
