//! The whole of a row: every column with all of its value, what its IDs mean, and what is wrong with it.

use ulid_engine::{
    Timestamp, Ulid, codec,
    dataset::{Format, Row},
    row::{Cell, Spelling},
    timestamp::{InZone as _, TimeZone},
};

use super::{Effect, Mode, State};
use crate::{
    action::Action,
    text::{self, grouped, harmless, lines},
};

/// A row that is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RecordView {
    /// The first line in sight.
    pub top: usize,
}

/// A row in lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Columns of the screen for the labels.
    pub label: usize,
    /// The lines.
    pub lines: Vec<RecordLine>,
}

/// A line of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordLine {
    /// The name of a column or fact; empty where its value goes on.
    pub label: String,
    /// As much of the value as fits.
    pub text: String,
    /// Subject of the line.
    pub role: Role,
}

/// Subject of a line of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A value as it stands in the file.
    Value,
    /// Facts of an ID.
    Meaning,
    /// A fault or flaw.
    Flaw,
    /// A word on the view itself.
    Note,
}

/// Bytes of a value that are shown.
const MOST: usize = 64 << 10;
/// Columns of the screen of the longest label.
const LABEL: usize = 24;
/// Columns between a label and its value.
pub(crate) const GAP: usize = 2;

impl State {
    /// The row under the cursor, in lines of a width.
    #[must_use]
    pub(crate) fn record(&self, width: usize) -> Record {
        self.current_row()
            .map_or_else(Record::default, |row| self.record_of(&row, width))
    }

    fn record_of(&self, row: &Row, width: usize) -> Record {
        let mut parts = self.facts(row);
        let columns = &self.source.layout().columns;
        let borrowed = row.borrow();
        let beside = self.beside(row);
        parts.extend(self.files(row, beside.as_ref()));
        if row.has_columns() && !columns.is_empty() {
            let cells = borrowed.typed_cells();
            let surplus = borrowed.surplus_names();
            for (at, cell) in cells.iter().enumerate() {
                let further = || surplus.get(at.checked_sub(columns.len())?);
                let name = columns.get(at).map(String::as_str);
                let name = name.or_else(|| Some(further()?.as_ref())).map_or_else(
                    || format!("beyond the columns, {}", at + 1),
                    |name| harmless(name.as_bytes()),
                );
                parts.extend(of_cell(name, cell, &self.view.zone));
                if let Some((other, changed)) = &beside
                    && changed.contains(&at)
                {
                    let there = cell_there(other, at, further().map(AsRef::as_ref));
                    parts.push(self.otherwise(other, "", &there));
                }
            }
            if let Some((other, _)) = &beside {
                let names = other.borrow().surplus_names();
                for name in names.iter().filter(|name| !surplus.contains(name)) {
                    let there = cell_there(other, usize::MAX, Some(name));
                    parts.push(self.otherwise(other, &harmless(name.as_bytes()), &there));
                }
            }
        } else {
            parts.extend(of_text("text".to_owned(), &row.text, &self.view.zone));
        }
        parts.extend(self.lines_around(row));
        if borrowed.is_cut() {
            let note = format!(
                "the row has {} bytes; its begin is shown",
                grouped(row.full_len)
            );
            parts.push(part("", note, Role::Note));
        }
        let longest = parts.iter().map(|part| text::width(&part.label)).max();
        let label = longest.unwrap_or(0).min(LABEL).min(width / 3);
        let room = width.saturating_sub(label + GAP).max(1);
        let lines = parts.into_iter().flat_map(|part| wrapped(part, room));
        Record {
            label,
            lines: lines.collect(),
        }
    }

    /// The value that a row of the other file has in the place of one of this row.
    fn otherwise(&self, other: &Row, label: &str, value: &str) -> RecordLine {
        let file = self.source.file_of(other.index).unwrap_or(' ');
        let text = format!("≠ {file}: {}", harmless(value.as_bytes()));
        part(label, text, Role::Flaw)
    }

    /// Of text the lines without an ID below a row, such as a stack trace, or the row above that such a line belongs to.
    fn lines_around(&self, row: &Row) -> Vec<RecordLine> {
        let layout = self.source.layout();
        if layout.format != Format::Text || layout.every {
            return Vec::new();
        }
        match row.is_text_alone() {
            true => self.record_above(row).into_iter().collect(),
            false => self.lines_below(row),
        }
    }

    fn record_above(&self, row: &Row) -> Option<RecordLine> {
        // a line that cannot be read belongs to none
        let above = self.source.row_with_id_before(row.index).ok()??;
        let id = above.id.ok()?;
        let time = Timestamp::of(id).in_zone(&self.view.zone);
        let number = grouped(above.number() as u64);
        let (date, clock) = (time.date(), time.time_of_day());
        let text = format!("row {number}, {}, {date} {clock}", codec::print(id));
        Some(part("below", text, Role::Meaning))
    }

    fn lines_below(&self, row: &Row) -> Vec<RecordLine> {
        const LINES: usize = 200;
        let rows = self.source.window(row.index + 1, LINES + 1);
        let rows = rows.unwrap_or_default().into_iter();
        let mut below: Vec<Row> = rows.take_while(Row::is_text_alone).collect();
        let is_more = below.len() > LINES;
        below.truncate(LINES);
        let mut parts = Vec::new();
        for (at, line) in below.iter().enumerate() {
            let label = if at == 0 { "below" } else { "" };
            let shown = line.text.get(..MOST).unwrap_or(&line.text);
            parts.push(part(label, harmless(shown), Role::Value));
        }
        if is_more {
            parts.push(part(
                "",
                "… and more lines without an ID".to_owned(),
                Role::Note,
            ));
        }
        parts
    }

    /// The files that the row stands in, where two are compared.
    fn files(&self, row: &Row, beside: Option<&(Row, Vec<usize>)>) -> Option<RecordLine> {
        let place = |row: &Row| {
            let file = self.source.file_of(row.index)?;
            Some(format!(
                "{file} {}",
                grouped(self.source.number_of(row.index) as u64)
            ))
        };
        let here = place(row)?;
        let text = match beside.and_then(|(other, changed)| Some((place(other)?, changed.len()))) {
            None => format!("{here}, in no row of the other file"),
            Some((there, 0)) => format!("{here} and {there}, the same"),
            Some((there, 1)) => format!("{here} and {there}, 1 column differs"),
            Some((there, count)) => format!("{here} and {there}, {count} columns differ"),
        };
        Some(part("row", text, Role::Note))
    }

    /// Facts of the row without its columns.
    fn facts(&self, row: &Row) -> Vec<RecordLine> {
        let mut parts = Vec::new();
        match row.id {
            Ok(id) => {
                let time = Timestamp::of(id);
                let shown = time.in_zone(&self.view.zone);
                parts.push(part("ID", codec::print(id).to_string(), Role::Value));
                let time = format!(
                    "{} {}, {}",
                    shown.date(),
                    shown.time_of_day(),
                    time.age(self.now)
                );
                parts.push(part("time", time, Role::Meaning));
            }
            Err(_) => parts.extend(row.reason().map(|reason| part("fault", reason, Role::Flaw))),
        }
        let found = self.findings.as_deref().into_iter();
        let flaws: Vec<&str> = found
            .flat_map(|found| found.of_row(row.index))
            .map(|flaw| flaw.entry().label)
            .collect();
        if !flaws.is_empty() && row.id.is_ok() {
            parts.push(part("flaws", flaws.join(", "), Role::Flaw));
        }
        parts
    }

    pub(super) fn record_action(&mut self, action: Action) -> Vec<Effect> {
        let page = self.page().unsigned_abs();
        let lines = self.record(self.size.width.into()).lines.len();
        let Mode::Record(record) = &mut self.mode else {
            return Vec::new();
        };
        match action {
            Action::Down => record.top += 1,
            Action::Up => record.top = record.top.saturating_sub(1),
            Action::PageDown => record.top += page,
            Action::PageUp => record.top = record.top.saturating_sub(page),
            Action::HalfPageDown => record.top += page.div_ceil(2),
            Action::HalfPageUp => record.top = record.top.saturating_sub(page.div_ceil(2)),
            Action::First => record.top = 0,
            Action::Last => record.top = lines,
            Action::ColumnsRight => return self.read_next(1),
            Action::ColumnsLeft => return self.read_next(-1),
            Action::Pick | Action::Accept | Action::Back | Action::Quit | Action::Cancel => {
                self.mode = Mode::Browse;
                return Vec::new();
            }
            Action::Copy
            | Action::CopyRow
            | Action::Suspend
            | Action::Redraw
            | Action::FindNext
            | Action::FindPrevious => return self.browse(action),
            _ => {
                self.say("this key does nothing while a row is read; esc goes back to the rows");
                return Vec::new();
            }
        }
        record.top = record.top.min(lines.saturating_sub(page));
        Vec::new()
    }

    /// Reads the row before or after.
    fn read_next(&mut self, rows: isize) -> Vec<Effect> {
        self.mode = Mode::Record(RecordView::default());
        self.move_by(rows);
        self.keep_in_view();
        Vec::new()
    }
}

fn part(label: &str, text: String, role: Role) -> RecordLine {
    RecordLine {
        label: label.to_owned(),
        text,
        role,
    }
}

/// The value of a cell in a row of another file: at its place, or that of a field beyond the columns by its name.
fn cell_there(row: &Row, at: usize, name: Option<&str>) -> String {
    let (cells, names) = (row.cells(), row.borrow().surplus_names());
    let behind = cells.len().saturating_sub(names.len());
    let by_name = name.map(|name| names.iter().position(|other| other == name));
    let at = by_name.map_or(Some(at), |place| Some(behind + place?));
    let cell = at.and_then(|at| cells.into_iter().nth(at));
    cell.unwrap_or_default()
}

fn of_cell(name: String, cell: &Cell<'_>, zone: &TimeZone) -> Vec<RecordLine> {
    match cell {
        Cell::Missing => vec![part(&name, "(none)".to_owned(), Role::Note)],
        Cell::Null => vec![part(&name, "null".to_owned(), Role::Note)],
        Cell::Bool(value) => vec![part(&name, value.to_string(), Role::Value)],
        Cell::Number(number) => vec![part(&name, harmless(number.as_bytes()), Role::Value)],
        Cell::List(json) | Cell::Object(json) => of_json(&name, json),
        Cell::Text(text) if text.is_empty() => {
            vec![part(&name, "(empty)".to_owned(), Role::Note)]
        }
        Cell::Text(text) => of_text(name, text.as_bytes(), zone),
    }
}

/// A text by its lines, and below it the time of the ID that it is.
fn of_text(name: String, text: &[u8], zone: &TimeZone) -> Vec<RecordLine> {
    let shown = text.get(..MOST).unwrap_or(text);
    let mut label = name;
    let mut parts = Vec::new();
    for line in shown.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        parts.push(part(
            &std::mem::take(&mut label),
            harmless(line),
            Role::Value,
        ));
    }
    if text.len() > shown.len() {
        let left = grouped((text.len() - shown.len()) as u64);
        parts.push(part(
            "",
            format!("… and {left} bytes more; Y copies the row"),
            Role::Note,
        ));
    }
    let id = str::from_utf8(shown).ok().and_then(Spelling::recognise);
    if let Some((spelling, id)) = id {
        parts.push(part("", meaning(spelling, id, zone), Role::Meaning));
    }
    parts
}

fn meaning(spelling: Spelling, id: Ulid, zone: &TimeZone) -> String {
    let time = Timestamp::of(id);
    let shown = time.in_zone(zone);
    let (date, clock) = (shown.date(), shown.time_of_day());
    match spelling {
        Spelling::Ulid | Spelling::Prefixed => format!("→ {date} {clock}"),
        _ => format!("→ {}, {date} {clock}", codec::print(id)),
    }
}

/// JSON as a tree: a line for each value, each level further to the right.
fn of_json(name: &str, json: &str) -> Vec<RecordLine> {
    let shown = match json.char_indices().nth(MOST) {
        Some((end, _)) => &json[..end],
        None => json,
    };
    let mut lines = tree(shown);
    if shown.len() < json.len() {
        let left = grouped((json.len() - shown.len()) as u64);
        lines.push(format!("… and {left} bytes more; Y copies the row"));
    }
    let labels = std::iter::once(name).chain(std::iter::repeat(""));
    labels
        .zip(lines)
        .map(|(label, line)| part(label, harmless(line.as_bytes()), Role::Value))
        .collect()
}

/// Lines of a text of JSON, broken behind brackets and commas outside of its texts.
fn tree(json: &str) -> Vec<String> {
    const DEEPEST: usize = 40;
    let (mut lines, mut depth) = (vec![String::new()], 0_usize);
    let (mut within, mut escaped) = (false, false);
    let open = |lines: &mut Vec<String>, depth: usize| {
        lines.push("  ".repeat(depth.min(DEEPEST)));
    };
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if within {
            within = escaped || character != '"';
            escaped = !escaped && character == '\\';
            push(&mut lines, character);
            continue;
        }
        match character {
            '{' | '[' => {
                push(&mut lines, character);
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                if matches!(characters.peek(), Some('}' | ']')) {
                    continue;
                }
                depth += 1;
                open(&mut lines, depth);
            }
            '}' | ']' => {
                let is_empty = lines.last().is_some_and(|line| line.ends_with(['{', '[']));
                if !is_empty {
                    depth = depth.saturating_sub(1);
                    open(&mut lines, depth);
                }
                push(&mut lines, character);
            }
            ',' => {
                push(&mut lines, character);
                open(&mut lines, depth);
            }
            ':' => {
                push(&mut lines, character);
                push(&mut lines, ' ');
            }
            character if character.is_whitespace() => {}
            character => {
                within = character == '"';
                push(&mut lines, character);
            }
        }
    }
    lines
}

fn push(lines: &mut [String], character: char) {
    if let Some(line) = lines.last_mut() {
        line.push(character);
    }
}

/// A part in lines that fit, the label before the first of them.
fn wrapped(part: RecordLine, room: usize) -> Vec<RecordLine> {
    let RecordLine { label, text, role } = part;
    let labels = std::iter::once(label).chain(std::iter::repeat(String::new()));
    let texts = lines(&text, room).map(|line| text.get(line).unwrap_or_default().to_owned());
    labels
        .zip(texts)
        .map(|(label, text)| RecordLine { label, text, role })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_a_tree_and_its_texts_stay_whole() {
        let lines = tree("{\"a\":[1, {\"b\":\"x,{\\\"}\"}],\"c\":{},\"d\":[ ]}");
        assert_eq!(
            lines,
            [
                "{",
                "  \"a\": [",
                "    1,",
                "    {",
                "      \"b\": \"x,{\\\"}\"",
                "    }",
                "  ],",
                "  \"c\": {},",
                "  \"d\": []",
                "}",
            ]
        );
    }

    #[test]
    fn ids_in_columns_mean_times() {
        let zone = TimeZone::UTC;
        let of = |text: &str| {
            let parts = of_text("x".to_owned(), text.as_bytes(), &zone);
            parts.get(1).map(|part| part.text.clone())
        };
        let time = "2016-07-30 23:54:10.259";
        assert_eq!(of("01ARZ3NDEKTSV4RRFFQ69G5FAV"), Some(format!("→ {time}")));
        assert_eq!(
            of("usr_01arz3ndektsv4rrffq69g5fav"),
            Some(format!("→ {time}"))
        );
        assert_eq!(
            of("01563e3a-b5d3-d676-4c61-efb99302bd5b"),
            Some(format!("→ 01ARZ3NDEKTSV4RRFFQ69G5FAV, {time}"))
        );
        // a random UUID has no time
        assert_eq!(of("f47ac10b-58cc-4372-a567-0e02b2c3d479"), None);
        assert_eq!(of("paid"), None);
    }
}
