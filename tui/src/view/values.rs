//! The list of values: how many rows have each, as a bar, and when the first and the last of them were made.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Clear, Widget as _},
};
use ulid_engine::{Timestamp, query::Value, timestamp::InZone as _};
use unicode_width::UnicodeWidthStr as _;

use super::{pen::Pen, status::plural};
use crate::{
    rows::{PERIODS, Tally, TallyRow},
    state::{State, ValueList, ValueOrder},
    text::{bar, cut, grouped, harmless, spark},
    theme::Theme,
};

/// Widths of the columns of numbers and times.
const COUNT: usize = 13;
const SHARE: usize = 8;
const TIME: usize = 20;
const INVALID: usize = 10;
const DUPLICATE: usize = 11;
const OUT_OF_ORDER: usize = 14;
const SPARK: usize = PERIODS + 2;
/// Room of the longest bar, and of one that says something.
const BAR: usize = 20;
const LEAST_BAR: usize = 7;

pub(super) fn draw(
    state: &State,
    list: &ValueList,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    Clear.render(area, buffer);
    buffer.set_style(area, theme.base);
    let Some(tally) = list.tally.as_deref() else {
        let words = format!(
            "values of {}: they are being counted",
            harmless(list.by.as_bytes())
        );
        Pen::line(buffer, area, 0).write(words, theme.header);
        return;
    };
    let rows = list.rows();
    let columns = Columns::of(area, &rows, list.order);
    draw_summary(list, tally, theme, area, buffer);
    columns.draw_heading(list, theme, area, buffer);
    let most = rows.iter().map(|row| row.count).max().unwrap_or(0);
    let shown = rows.iter().enumerate().skip(list.top);
    for (y, (place, row)) in (2..area.height).zip(shown) {
        let mut pen = Pen::line(buffer, area, y);
        columns.draw_row(&mut pen, state, (row, tally.total, most), theme);
        if place == list.selected {
            let line = Rect {
                y: area.y + y,
                height: 1,
                ..area
            };
            buffer.set_style(line, theme.cursor);
        }
    }
}

/// `values of service: 1,000 of 12,345 rows; numbers from 1 to 90, median 7, mean 9.5`
fn draw_summary(list: &ValueList, tally: &Tally, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let count = usize::try_from(tally.values).unwrap_or(usize::MAX);
    let mut words = format!(
        " {} {} in {} rows",
        grouped(tally.values),
        plural(count, "value"),
        grouped(tally.total)
    );
    if let Some(first) = tally.of_first {
        words = format!(
            " {} {} in the first {} rows; the others are being counted",
            grouped(tally.values),
            plural(count, "value"),
            grouped(first)
        );
    }
    if tally.values > tally.rows.len() as u64 {
        words += &format!(", the {} most frequent", grouped(tally.rows.len() as u64));
    }
    if let Some(numbers) = tally.numbers {
        words += &format!(
            "; from {} to {}, median {}, mean {}",
            number(numbers.least),
            number(numbers.most),
            number(numbers.median),
            number(numbers.mean)
        );
    }
    Pen::line(buffer, area, 0)
        .write(harmless(list.by.as_bytes()), theme.title)
        .write(words, theme.plain);
}

/// A number as a person reads it, to four places.
fn number(number: f64) -> String {
    let rounded = format!("{number:.4}");
    let trimmed = rounded.trim_end_matches('0').trim_end_matches('.');
    trimmed.to_owned()
}

/// The columns that fit.
struct Columns {
    value: usize,
    share: bool,
    bar: usize,
    spark: bool,
    times: bool,
    flaws: Vec<FlawColumn>,
}

/// A column of flaws: its name, its width, and the order that it stands for.
#[derive(Debug, Clone, Copy)]
struct FlawColumn {
    name: &'static str,
    width: usize,
    order: ValueOrder,
    count: fn(&TallyRow) -> u64,
}

/// Flaws of the rows of a value.
const FLAWS: [FlawColumn; 3] = [
    FlawColumn {
        name: "invalid",
        width: INVALID,
        order: ValueOrder::Invalid,
        count: |row| row.invalid,
    },
    FlawColumn {
        name: "duplicate",
        width: DUPLICATE,
        order: ValueOrder::Duplicate,
        count: |row| row.closer.as_ref().map_or(0, |closer| closer.duplicate),
    },
    FlawColumn {
        name: "out of order",
        width: OUT_OF_ORDER,
        order: ValueOrder::OutOfOrder,
        count: |row| row.closer.as_ref().map_or(0, |closer| closer.out_of_order),
    },
];

impl Columns {
    fn of(area: Rect, rows: &[&TallyRow], order: ValueOrder) -> Columns {
        let width = usize::from(area.width);
        let longest = rows.iter().map(|row| text(&row.value).width()).max();
        let wanted = longest.unwrap_or(0).max(7) + 1;
        let mut left = width.saturating_sub(COUNT);
        let value = wanted.min(left * 3 / 5);
        left -= value;
        let mut take = |room: usize| {
            let fits = room <= left;
            left -= if fits { room } else { 0 };
            fits
        };
        let share = take(SHARE);
        let has_bar = take(LEAST_BAR);
        let spark = rows.iter().any(|row| row.closer.is_some()) && take(SPARK);
        let has_some = |flaw: &FlawColumn| rows.iter().any(|row| (flaw.count)(row) > 0);
        // what they are ordered by is seen first, then the times
        let mut flaws: Vec<FlawColumn> = FLAWS.into_iter().filter(has_some).collect();
        let mut fitting: Vec<ValueOrder> = Vec::new();
        let wanted_first = [order, ValueOrder::Invalid];
        let mut times = false;
        for pass in [true, false] {
            for flaw in &flaws {
                let is_first = wanted_first.contains(&flaw.order);
                if is_first == pass && take(flaw.width) {
                    fitting.push(flaw.order);
                }
            }
            times |= pass && take(2 * TIME);
        }
        flaws.retain(|flaw| fitting.contains(&flaw.order));
        left += if has_bar { LEAST_BAR } else { 0 };
        let bar = left.min(BAR + 1);
        Columns {
            value: value + (left - bar).min(wanted - value),
            share,
            bar,
            spark,
            times,
            flaws,
        }
    }

    fn draw_heading(&self, list: &ValueList, theme: &Theme, area: Rect, buffer: &mut Buffer) {
        let name = |name: &str, order: ValueOrder| match order == list.order {
            true => format!("{name} {}", if order.ascends() { '▲' } else { '▼' }),
            false => name.to_owned(),
        };
        let value = name("value", ValueOrder::Value);
        let count = name("rows", ValueOrder::Count);
        let mut pen = Pen::line(buffer, area, 1);
        pen.write_padded(&value, self.value, theme.header)
            .write_padded(&right(&count, COUNT), COUNT, theme.header);
        if self.share {
            pen.write_padded(&right("share", SHARE), SHARE, theme.header);
        }
        for flaw in &self.flaws {
            let words = right(&name(flaw.name, flaw.order), flaw.width);
            pen.write_padded(&words, flaw.width, theme.header);
        }
        pen.write_padded("", self.bar, theme.header);
        if self.spark {
            pen.write_padded(" over time", SPARK, theme.header);
        }
        if self.times {
            for (time, order) in [("first", ValueOrder::First), ("last", ValueOrder::Last)] {
                pen.write_padded(&format!(" {}", name(time, order)), TIME, theme.header);
            }
        }
    }

    fn draw_row(
        &self,
        pen: &mut Pen<'_>,
        state: &State,
        (row, total, most): (&TallyRow, u64, u64),
        theme: &Theme,
    ) {
        let style = match row.value {
            Value::Missing => theme.faint,
            _ => theme.plain,
        };
        pen.write_padded(
            &cut(&text(&row.value), self.value.saturating_sub(1)),
            self.value,
            style,
        )
        .write_padded(&right(&grouped(row.count), COUNT), COUNT, theme.plain);
        if self.share {
            let share = format!("{:.1} %", row.count as f64 * 100.0 / total.max(1) as f64);
            pen.write_padded(&right(&share, SHARE), SHARE, theme.faint);
        }
        for flaw in &self.flaws {
            let count = match (flaw.count)(row) {
                0 => String::new(),
                count => grouped(count),
            };
            pen.write_padded(&right(&count, flaw.width), flaw.width, theme.fault);
        }
        let length = self.bar.saturating_sub(1);
        let share = row.count as f64 / most.max(1) as f64;
        pen.write_padded(&format!(" {}", bar(share, length)), self.bar, theme.time);
        if self.spark {
            let periods = row.closer.as_ref().map(|closer| spark(&closer.periods));
            pen.write_padded(
                &format!(" {}", periods.unwrap_or_default()),
                SPARK,
                theme.time,
            );
        }
        if self.times {
            for time in [row.first, row.last] {
                pen.write_padded(&format!(" {}", clock(state, time)), TIME, theme.faint);
            }
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Missing => "(none)".to_owned(),
        Value::Text(text) if text.is_empty() => "(empty)".to_owned(),
        value => harmless(value.to_string().as_bytes()),
    }
}

fn right(text: &str, width: usize) -> String {
    let room = width.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(room))
}

/// A time to the second, as the clock of the zone shows it.
fn clock(state: &State, time: Option<Timestamp>) -> String {
    time.map_or(String::new(), |time| {
        let civil = time.in_zone(&state.view().zone);
        let clock = civil.time_of_day().to_string();
        let seconds = clock.get(..8).unwrap_or(&clock);
        format!("{} {seconds}", civil.date())
    })
}
