//! Keys that work on the column under the cursor.

use ulid_engine::{
    Timestamp,
    anatomy::Anatomy,
    codec,
    dataset::Row,
    query::{Value, condition_of_value},
    timestamp::InZone as _,
};

use super::{Column, Effect, Mode, Prompt, Purpose, State};
use crate::{
    action::Action,
    text::{self, harmless},
};

/// Said where a key works on a column and the cursor is on the ID.
const NO_COLUMN: &str = "the cursor is on the ID; l and h, or c and a name, go to a column";

impl State {
    pub(super) fn column_action(&mut self, action: Action) {
        const BY: usize = 4;
        let room = self.room_for_columns();
        match action {
            Action::ColumnsRight => self.step_right(room),
            Action::ColumnsLeft => self.step_left(room),
            Action::Narrower => self.set_width(|width| width.saturating_sub(BY)),
            Action::Wider => self.set_width(|width| width + BY),
            Action::FitColumn => {
                let widest = self.widest_on_page();
                self.set_width(|width| widest.unwrap_or(width));
            }
            Action::HideColumn => match self.columns.hide(room) {
                Some(name) => self.say(format!("{name} is hidden; X shows it again")),
                None => self.say(NO_COLUMN),
            },
            Action::UnhideColumns => match self.columns.unhide() {
                0 => {
                    self.say("no column of the file is hidden; c and a name show others: age, uuid")
                }
                1 => self.say("1 column is shown again"),
                count => self.say(format!("{count} columns are shown again")),
            },
            Action::CarryLeft | Action::CarryRight => {
                if self.columns.current().is_none() {
                    self.say(NO_COLUMN);
                } else if !self.columns.carry(action == Action::CarryRight, room) {
                    self.say("the column stands at the end there");
                }
            }
            Action::PinColumn => match self.columns.pin(room) {
                Some(true) => self.say("the column stays beside the ID; P lets it go"),
                Some(false) => self.say("the column goes along with the others again"),
                None => self.say("the ID is always in sight; l and h go to a column"),
            },
            _ => {}
        }
        self.columns.keep_in_view(room);
    }

    /// To the next column, or on within one that is wider than the screen.
    fn step_right(&mut self, room: usize) {
        let here = self.columns.room_of_current(room);
        let is_wide = self
            .columns
            .current()
            .is_some_and(|placed| placed.width > here);
        let widest = self.widest_on_page().unwrap_or(0);
        let is_wide = is_wide && !self.wraps();
        if is_wide && here > 0 && widest > self.columns.shift + here {
            self.columns.shift += (here / 2).max(1);
        } else if !self.columns.step(true, room) {
            self.say("this is the last column; c and a name show others: age, uuid, hex");
        }
    }

    fn step_left(&mut self, room: usize) {
        if self.columns.shift > 0 {
            let here = self.columns.room_of_current(room);
            self.columns.shift = self.columns.shift.saturating_sub((here / 2).max(1));
        } else if !self.columns.step(false, room) {
            self.say("this is the ID; columns are on the right");
        }
    }

    fn set_width(&mut self, width: impl Fn(usize) -> usize) {
        match self.columns.set_width(width) {
            Some(width) => self.say(format!("{width} wide")),
            None => self.say(NO_COLUMN),
        }
    }

    /// As much of the text of a column as any screen shows, of a row that has an ID or needs none.
    #[must_use]
    pub(crate) fn cell_text(&self, column: &Column, row: &Row, cells: &[String]) -> String {
        let of_id = |text: &dyn Fn(Anatomy) -> String| {
            row.id.map_or(String::new(), |id| text(Anatomy::of(id)))
        };
        match column {
            Column::Time => of_id(&|anatomy| {
                let civil = anatomy.timestamp.in_zone(&self.view.zone);
                format!("{} {}", civil.date(), civil.time_of_day())
            }),
            Column::Age => of_id(&|anatomy| anatomy.timestamp.age(self.now).to_string()),
            Column::Randomness => of_id(&|anatomy| anatomy.randomness_hex()),
            Column::Form(form) => row.id.map_or(String::new(), |id| form.print(id)),
            Column::Cell { position, .. } => self.shown(
                cells.get(*position).map_or("", String::as_str).as_bytes(),
                0,
            ),
            // one that is scrolled is shown from further on
            Column::Line => self.shown(&row.text, self.columns.shift),
            Column::Own(own) => own.cell(&self.source, row, self.view.form, &self.view.zone),
        }
    }

    /// As much of a text as the screen can show from a column on, made harmless.
    fn shown(&self, text: &[u8], from: usize) -> String {
        const LIMIT: usize = 4096;
        const LONGEST: usize = 4;
        let room = match self.wraps() {
            true => usize::from(self.size.width) * usize::from(self.size.height) * LONGEST,
            false => LIMIT,
        };
        let limit = from.saturating_mul(LONGEST).saturating_add(room);
        harmless(text.get(..limit).unwrap_or(text))
    }

    /// Columns of the screen of the widest text of the column under the cursor, of the rows in sight.
    pub(super) fn widest_on_page(&self) -> Option<usize> {
        let column = &self.columns.current()?.column;
        let rows = self.page_rows().ok()?.rows;
        let name = text::width(&column.heading(&self.view.zone));
        let texts = rows
            .iter()
            .map(|row| text::width(&self.cell_text(column, row, &row.cells())));
        Some(texts.max().unwrap_or(0).max(match column {
            Column::Line => 0,
            _ => name,
        }))
    }

    pub(super) fn go_to_column(&mut self, name: &str) {
        let room = self.room_for_columns();
        if ["id", "ulid"].contains(&name.to_lowercase().as_str())
            && !self.source.columns().iter().any(|other| other == name)
            || self.id_column() == Some(name)
        {
            self.columns.find_id(room);
        } else if !self.columns.find(name, room) {
            match self.makes_column(name) {
                true => self.add_columns(name),
                false => self.warn(format!(
                    "no column is called {name:?}; c and Tab name those there are, and late = gap > 1h makes one"
                )),
            }
        }
    }

    /// The names of all columns, hidden ones among them.
    pub(super) fn column_names(&self) -> Vec<String> {
        let names = self.columns.all().iter();
        names.map(|placed| placed.column.name()).collect()
    }

    /// The values of a column among the first rows and those in sight, the most frequent first.
    pub(super) fn values_of(&self, name: &str) -> Vec<String> {
        const ROWS: usize = 1_000;
        const MOST: usize = 50;
        let Some(at) = self
            .source
            .columns()
            .iter()
            .position(|column| column == name)
        else {
            return Vec::new();
        };
        let first = self.source.window(0, ROWS).unwrap_or_default();
        let shown = self.page_rows().map(|page| page.rows).unwrap_or_default();
        let mut counts: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
        for row in first.iter().chain(&shown) {
            let cell = row
                .cells()
                .into_iter()
                .nth(at)
                .filter(|cell| !cell.is_empty());
            if let Some(cell) = cell {
                *counts.entry(cell).or_default() += 1;
            }
        }
        let mut values: Vec<(String, usize)> = counts.into_iter().collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values
            .into_iter()
            .take(MOST)
            .map(|(value, _)| value)
            .collect()
    }

    /// Asks for a text to be found in the column under the cursor.
    pub(super) fn ask_in_column(&mut self) {
        let column = match self.columns.current().map(|placed| &placed.column) {
            Some(Column::Cell { source, .. }) => Some(source.clone()),
            None => self.id_column().map(str::to_owned),
            Some(Column::Line) => None,
            Some(Column::Own(_)) => {
                self.say("this column is computed, and is not searched; & and a condition choose rows by it");
                return;
            }
            Some(_) => {
                self.say("this column is made from the ID, and is not searched; :@2025-03-01 goes to a time");
                return;
            }
        };
        let mut prompt = Prompt::new(Purpose::Find);
        prompt.column = column;
        self.mode = Mode::Prompt(Box::new(prompt));
    }

    /// Asks for an expression, beginning with the column under the cursor.
    pub(super) fn ask_with_column(&mut self, purpose: Purpose) {
        let mut prompt = Prompt::new(purpose);
        if let Some(placed) = self.columns.current() {
            prompt.preset(placed.column.expression());
        }
        self.mode = Mode::Prompt(Box::new(prompt));
    }

    /// Shows only the rows with the value of the cell under the cursor, or all but those.
    pub(super) fn narrow_by_cell(&mut self, keeps: bool) -> Vec<Effect> {
        let Some(row) = self.current_row() else {
            return Vec::new();
        };
        let condition = match self.columns.current().map(|placed| &placed.column) {
            None => match row.id {
                Ok(id) => format!("id == \"{}\"", codec::print(id)),
                Err(_) => "not valid".to_owned(),
            },
            Some(Column::Time) => match row.id {
                Ok(id) => condition_of_value("time", &Value::Time(Timestamp::of(id))),
                Err(_) => "not valid".to_owned(),
            },
            Some(Column::Own(own)) => condition_of_value(&own.text, &own.value(&self.source, &row)),
            Some(column @ (Column::Cell { .. } | Column::Line)) => {
                let by = column.expression();
                match self.source.value_of(&by, &row, self.now, &self.view.zone) {
                    Some(value) => condition_of_value(&by, &value),
                    None => {
                        self.say("the value of this cell cannot be told");
                        return Vec::new();
                    }
                }
            }
            Some(_) => {
                self.say(
                    "this column is made from the ID; go to the ID or to a column of the file",
                );
                return Vec::new();
            }
        };
        self.narrow(condition, keeps)
    }
}
