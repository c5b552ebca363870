//! Columns of one's own: expressions of the query language beside the columns of the file.

use std::sync::Arc;

use ulid_engine::{
    Timestamp,
    dataset::Row,
    query::{ExpressionList, Type, Value},
    row::{Fact, Spelling},
    timestamp::TimeZone,
};

use super::{Column, Columns, Placed, State};
use crate::{
    memory::KeptColumn,
    records::Kind,
    rows::Source,
    text::{self, harmless},
    values::Values,
};

/// An expression that is shown as a column.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    /// Its name, or its text if it got none.
    pub name: String,
    /// The expression as it was typed.
    pub text: String,
    /// The expression alone.
    list: Arc<ExpressionList>,
}

impl PartialEq for Own {
    fn eq(&self, other: &Own) -> bool {
        (&self.name, &self.text) == (&other.name, &other.text)
    }
}

impl Eq for Own {}

/// Columns of the screen that a column gets, whatever it holds.
const WIDTHS: (usize, usize) = (4, 32);

impl Own {
    /// Expressions with commas between them, each with a name before `=` or without.
    fn read(
        text: &str,
        source: &Source,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Vec<Own>, String> {
        let read = source.list(text, now, zone);
        let list = read.map_err(|error| error.to_string())?;
        let named = list.names().iter().zip(list.texts()).zip(list.singles());
        named
            .map(|((name, text), single)| match single.needs_all_rows() {
                true => Err(format!(
                    "{} is known only after a look at all rows: & shows the rows where it holds",
                    harmless(text.as_bytes())
                )),
                false => Ok(Own {
                    name: name.clone(),
                    text: text.clone(),
                    list: Arc::new(single),
                }),
            })
            .collect()
    }

    /// The column with the words and the zone of now; `None` where the source no longer has what it asks for.
    fn renewed(&self, source: &Source, now: Timestamp, zone: &TimeZone) -> Option<Own> {
        let mut read = Own::read(&self.text, source, now, zone).ok()?;
        let list = read.pop()?.list;
        Some(Own {
            list,
            ..self.clone()
        })
    }

    /// The value for a row; missing where its neighbours cannot be read.
    pub(super) fn value(&self, source: &Source, row: &Row) -> Value {
        let values = source.values_at(&self.list, row).unwrap_or_default();
        values.into_iter().next().unwrap_or(Value::Missing)
    }

    /// The value for a row as a cell of the table.
    pub(super) fn cell(
        &self,
        source: &Source,
        row: &Row,
        form: Spelling,
        zone: &TimeZone,
    ) -> String {
        match self.value(source, row) {
            Value::Missing => String::new(),
            value => {
                let written = Values {
                    kind: Kind::Table,
                    form,
                    zone: zone.clone(),
                };
                written.text(&value).into_owned()
            }
        }
    }

    fn placed(self) -> Placed {
        let ty = self.list.types().next().unwrap_or(Type::Text);
        let kind = match ty {
            Type::Bool => "yes/no",
            Type::Column => "text",
            Type::Id => "ID",
            other => other.name(),
        };
        let widest = text::width(&self.name).max(kind.len());
        Placed {
            width: widest.clamp(WIDTHS.0, WIDTHS.1),
            column: Column::Own(self),
            is_number: matches!(ty, Type::Number | Type::Duration),
            kind,
            is_hidden: false,
        }
    }
}

impl State {
    /// True for a text that makes a column, and is not the name of one.
    pub(super) fn makes_column(&self, text: &str) -> bool {
        let is_name = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
        let is_known = self.columns.all().iter().any(|placed| {
            let name = placed.column.name().to_lowercase();
            name.starts_with(&text.to_lowercase())
        });
        !is_known && (Fact::named(text).is_some() || !text.chars().all(is_name))
    }

    /// Adds columns behind the one under the cursor: `lag = time(created_at) - time, user`. Those that have a name of before take its place.
    pub(super) fn add_columns(&mut self, typed: &str) {
        match Own::read(typed, &self.source, self.now, &self.view.zone) {
            Ok(all) => all.into_iter().for_each(|own| self.add_column(own)),
            Err(sentence) => self.warn(sentence),
        }
    }

    fn add_column(&mut self, own: Own) {
        let room = self.room_for_columns();
        let name = own.name.clone();
        if !self.columns.put(own.placed(), room) {
            let name = harmless(name.as_bytes());
            return self.warn(format!(
                "there is a column {name} already: give another name, as in x = …"
            ));
        }
        let widest = self.widest_on_page().unwrap_or(0);
        self.columns
            .set_width(|heading| widest.max(heading).min(WIDTHS.1));
        self.columns.keep_in_view(room);
        self.say(format!(
            "{} stands as a column now; x takes it away",
            harmless(name.as_bytes())
        ));
    }

    /// Puts the columns as they are remembered, those of one's own among them.
    pub(super) fn arrange_columns(&mut self, kept: &[KeptColumn]) {
        for column in kept {
            let Some(text) = &column.expression else {
                continue;
            };
            // one that asks for what this file does not have is not shown
            let read = Own::read(text, &self.source, self.now, &self.view.zone);
            for own in read.into_iter().flatten() {
                let name = column.name.clone();
                self.columns.put(Own { name, ..own }.placed(), 0);
            }
        }
        self.columns.find_id(0);
        self.columns.arrange(kept);
    }

    /// Takes over columns of one's own from how the columns stood before.
    pub(super) fn keep_own_columns(&mut self, before: &Columns) {
        for placed in before.all() {
            if matches!(placed.column, Column::Own(_)) {
                self.columns.put(placed.clone(), 0);
            }
        }
        self.columns.find_id(0);
    }

    /// Reads the columns of one's own anew, since words such as `today` mean something else now.
    pub(super) fn renew_own_columns(&mut self) {
        let (source, now, zone) = (&self.source, self.now, &self.view.zone);
        self.columns.renew(|own| own.renewed(source, now, zone));
    }
}
