//! The ID under the cursor, taken apart.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use ulid_engine::{
    Timestamp, Ulid,
    anatomy::{Anatomy, repair},
    codec::{self, Fault},
    dataset::Row,
    row::Spelling,
};

use super::pen::Pen;
use crate::{
    action::Action,
    records::rfc3339,
    state::{Page, State},
    text::{duration, grouped, harmless, harmless_char, octets},
    theme::Theme,
};

/// A label and what stands behind it.
type Line = (&'static str, String, Style);

pub(super) fn draw(state: &State, page: &Page, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let beside = area.x > 0;
    let inner = frame(theme, beside, area, buffer);
    let Some(row) = page.rows.get(page.cursor) else {
        return;
    };
    let lines = match row.id {
        Ok(id) => valid(state, theme, row, id),
        Err(_) if row.is_text_alone() => vec![
            ("text", harmless(&row.text), theme.plain),
            ("", "no ID stands in this line".to_owned(), theme.faint),
        ],
        Err(fault) => invalid(theme, row, fault),
    };
    if inner.height <= STRIP {
        return draw_strip(theme, lines, inner, buffer);
    }
    let lines = lines.into_iter().flat_map(|line| broken(line, inner.width));
    let parts = Parts::of(lines.collect(), beside, inner);
    parts.draw(state, state.inspector_turns(row.index), theme, buffer);
}

/// The lines of the inspector, in as many parts as they need.
struct Parts {
    lines: Vec<Line>,
    area: Rect,
    columns: u16,
    /// Lines of a column in each part.
    height: u16,
}

impl Parts {
    fn of(lines: Vec<Line>, beside: bool, area: Rect) -> Parts {
        let is_short = |height: u16| lines.len() > usize::from(height);
        // side by side where that is how all of it has room
        let columns = match is_short(area.height) && !beside && area.width >= TWO_COLUMNS {
            true => 2,
            false => 1,
        };
        // the last line tells of the other parts
        let height = match is_short(area.height.saturating_mul(columns)) {
            true => area.height.saturating_sub(1).max(1),
            false => area.height.max(1),
        };
        Parts {
            lines,
            area,
            columns,
            height,
        }
    }

    fn draw(&self, state: &State, turns: usize, theme: &Theme, buffer: &mut Buffer) {
        let in_one = usize::from(self.height.saturating_mul(self.columns)).max(1);
        let count = self.lines.len().div_ceil(in_one).max(1);
        let part = turns % count;
        let width = self.area.width / self.columns;
        let lines = self.lines.iter().skip(part * in_one).take(in_one);
        for ((label, text, style), at) in lines.zip(0_u16..) {
            let place = Rect {
                x: self.area.x + at / self.height * width,
                width: width.saturating_sub(self.columns - 1),
                ..self.area
            };
            Pen::line(buffer, place, at % self.height)
                .write(format!("{label:LABEL_WIDTH$}"), theme.title)
                .write(text, *style);
        }
        if count > 1 {
            let key = state.keymap().key_of(Action::NextOfInspector);
            let key = key.map_or_else(String::new, |key| format!(", {key} for the next"));
            let told = format!("part {} of {count}{key}", part + 1);
            Pen::line(buffer, self.area, self.height).write(told, theme.faint);
        }
    }
}

/// Width from which the inspector below the table has two columns.
const TWO_COLUMNS: u16 = 100;

/// Lines of the inspector where it is a strip.
const STRIP: u16 = 2;

/// Draws what fits into a strip, one part behind the other.
fn draw_strip(theme: &Theme, lines: Vec<Line>, area: Rect, buffer: &mut Buffer) {
    // the ID stands in its row, and its parts would fill the strip
    let has_repair = lines.iter().any(|(label, ..)| *label == "repair");
    let is_wanted = |(label, ..): &Line| {
        let is_known = ["", "ULID", "Unix ms"].contains(label);
        !is_known && (!has_repair || *label != "text")
    };
    let mut parts = lines.into_iter().filter(is_wanted).peekable();
    for line in 0..area.height {
        let mut pen = Pen::line(buffer, area, line);
        let mut is_first = true;
        while let Some((label, text, style)) = parts.next_if(|(label, text, _)| {
            let width = super::pen::width(label) + 1 + super::pen::width(text);
            is_first || usize::from(width) <= pen.room()
        }) {
            pen.write(label, theme.title)
                .skip(1)
                .write(text, style)
                .skip(2);
            is_first = false;
        }
    }
}

/// Draws the edge towards the table, and gives the room inside.
fn frame(theme: &Theme, beside: bool, area: Rect, buffer: &mut Buffer) -> Rect {
    if beside {
        for line in 0..area.height {
            Pen::line(buffer, area, line).write("│", theme.faint);
        }
        return Rect {
            x: area.x + 2,
            width: area.width.saturating_sub(2),
            ..area
        };
    }
    let rule = "─".repeat(usize::from(area.width));
    Pen::line(buffer, area, 0).write(rule, theme.faint);
    Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    }
}

const LABEL_WIDTH: usize = 12;

/// A line as lines that fit into a width, of which the first has the label.
fn broken((label, text, style): Line, width: u16) -> impl Iterator<Item = Line> {
    let room = usize::from(width).saturating_sub(LABEL_WIDTH).max(1);
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    let parts = labels.zip(wrap(&text, room));
    parts.map(move |(label, part)| (label, part, style))
}

/// Breaks a text into lines, at spaces where there are some. The columns of a character count as one.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let fits = |line: &String| line.chars().count() + word.trim_end().chars().count() <= room;
        if !lines.last().is_some_and(fits) && !lines.last().is_some_and(String::is_empty) {
            lines.push(String::new());
        }
        for character in word.chars() {
            if let Some(line) = lines.last_mut()
                && line.chars().count() < room
            {
                line.push(character);
            } else if character != ' ' {
                lines.push(character.to_string());
            }
        }
    }
    lines
}

fn valid(state: &State, theme: &Theme, row: &Row, id: Ulid) -> Vec<Line> {
    let anatomy = Anatomy::of(id);
    let version = row.borrow().uuid_version();
    let (time_bits, randomness_bits) = match version {
        Some(_) => anatomy.bits_of_version_7(),
        None => anatomy.bits(),
    };
    let age = anatomy.timestamp.age(state.now());
    let mut lines = vec![
        ("ULID", codec::print(id).to_string(), theme.plain),
        (
            "time",
            rfc3339(anatomy.timestamp, &state.view().zone).to_string(),
            theme.time,
        ),
        ("age", age.to_string(), theme.plain),
        ("Unix ms", anatomy.timestamp.ms().to_string(), theme.plain),
        ("randomness", anatomy.randomness_hex(), theme.randomness),
    ];
    let of_version = |version: u8| ("version", format!("UUIDv{version}"), theme.plain);
    lines.extend(version.map(of_version));
    let flaws: Vec<&str> = state
        .findings()
        .into_iter()
        .flat_map(|found| found.of_row(row.index))
        .map(|flaw| flaw.entry().label)
        .collect();
    if !flaws.is_empty() {
        lines.push(("flaws", flaws.join(", "), theme.warning));
    }
    lines.extend(neighbours(state, theme, row, anatomy.timestamp));
    let others = Spelling::WRITTEN
        .into_iter()
        .filter(|&form| form != Spelling::Ulid);
    lines.extend(others.map(|form| (form.name(), form.print(id), theme.plain)));
    lines.push(("time bits", octets(&time_bits), theme.time));
    lines.push(("random bits", octets(&randomness_bits), theme.randomness));
    lines
}

/// How far in time the rows before and after it in the file are, whatever rows are shown.
fn neighbours(state: &State, theme: &Theme, row: &Row, time: Timestamp) -> Vec<Line> {
    let at = |index: Option<usize>| {
        let found = state.source().window(index?, 1).ok()?.pop()?;
        Some(found.id.ok().map(Timestamp::of))
    };
    let gap = |other: Option<Option<Timestamp>>| match other {
        None => "none".to_owned(),
        Some(None) => "no ID there".to_owned(),
        Some(Some(other)) => {
            let ms = time.ms().cast_signed() - other.ms().cast_signed();
            match ms {
                0 => "same millisecond".to_owned(),
                1.. => format!("{} before", length(ms.unsigned_abs())),
                _ => format!("{} after", length(ms.unsigned_abs())),
            }
        }
    };
    let before = gap(at(row.index.checked_sub(1)));
    let after = gap(at(row.index.checked_add(1)));
    vec![
        ("row before", before, theme.plain),
        ("row after", after, theme.plain),
    ]
}

/// A length of time as a person reads it, and in milliseconds where that says more.
fn length(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        _ => format!("{} ({} ms)", duration(ms), grouped(ms)),
    }
}

fn invalid(theme: &Theme, row: &Row, fault: Fault) -> Vec<Line> {
    let text = row.id_text();
    // a long line is shown around its fault
    let start = fault.position.saturating_sub(30);
    let around: String = text
        .chars()
        .skip(start)
        .take(36)
        .map(harmless_char)
        .collect();
    let caret = format!("{}^", " ".repeat(fault.position - start));
    let mut lines = vec![
        ("text", around, theme.plain),
        ("", caret, theme.fault),
        ("fault", row.reason().unwrap_or_default(), theme.fault),
    ];
    match repair(&text) {
        Some(repair) => {
            lines.push(("repair", codec::print(repair.id).to_string(), theme.good));
            lines.push(("", repair.kind.to_string(), theme.plain));
            let time = Timestamp::of(repair.id).to_string();
            lines.push(("its time", time, theme.time));
        }
        None => lines.push((
            "repair",
            "none can be told for sure".to_owned(),
            theme.plain,
        )),
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn long_texts_go_on_below() {
        for (text, room, lines) in [
            ("", 5, vec![""]),
            ("abc", 5, vec!["abc"]),
            ("abcdefgh", 5, vec!["abcde", "fgh"]),
            ("ab cd ef", 5, vec!["ab cd", "ef"]),
            ("00000000 11111111", 10, vec!["00000000 ", "11111111"]),
        ] {
            assert_eq!(wrap(text, room), lines, "{text}");
        }
    }
}
