//! Rows on their way into a file: where their IDs are, and which of their columns are written under which name.

use std::mem;

use nu_plugin::EvaluatedCall;
use nu_protocol::{
    LabeledError, Record, Span, Value,
    ast::{CellPath, PathMember},
    casing::Casing,
};
use ulid_engine::{
    Reading, Timestamp, Ulid,
    anatomy::repair,
    codec,
    progress::Progress,
    row::{Fact, Spelling},
    sort::{Direction, order},
    write::Content,
};

use crate::{
    args::{self, Rules},
    filter, label,
    value::{self, fact_name},
};

/// Rows that are looked at before the first is written.
const SAMPLE: usize = 1000;

/// Facts that `ulid open` puts before the columns of a file, in its order.
const FACTS: [Fact; 3] = [Fact::Row, Fact::Id, Fact::Time];

/// Numbers of what was written.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) rows: u64,
    /// Rows without an ID, of which a list of IDs has nothing.
    pub(super) without_id: u64,
    /// IDs that were repaired, and broken ones that were not, if that was asked for.
    pub(super) repaired: Option<(u64, u64)>,
    /// Columns that were not written.
    pub(super) left_out: Vec<String>,
}

/// Rows that are to be written.
pub(super) struct Table<'a> {
    /// The first rows, or all.
    pub(super) rows: Vec<Value>,
    /// The others, as they come.
    pub(super) rest: Box<dyn Iterator<Item = Result<Value, LabeledError>> + 'a>,
    /// The cell with the ID of a row; none for IDs themselves.
    path: Option<CellPath>,
    added: Added,
    repairs: bool,
    pub(super) counts: Counts,
    head: Span,
}

impl<'a> Table<'a> {
    /// The rows that come, all or the first of them at once.
    pub(super) fn of(
        mut rest: Box<dyn Iterator<Item = Result<Value, LabeledError>> + 'a>,
        reads_all: bool,
        rules: &Rules,
        call: &EvaluatedCall,
        content: Content,
    ) -> Result<Table<'a>, LabeledError> {
        let at_once = if reads_all { usize::MAX } else { SAMPLE };
        let rows = rest.by_ref().take(at_once).collect::<Result<Vec<_>, _>>()?;
        let repairs = call.has_flag("repair")?;
        // a list of IDs and rows as they stand have no columns that could be left out
        let has_no_columns = !content.has_columns() && !repairs;
        let added = match has_no_columns || call.has_flag("facts")? {
            true => Added::default(),
            false => Added::to(&rows, reads_all),
        };
        let what_for = match (repairs, call.has_flag("sort")?) {
            (true, _) => Some("--repair"),
            (_, true) => Some("--sort"),
            _ if content == Content::Ids => Some("a list of them"),
            _ => None,
        };
        let path = match (args::path_of_flag(call, "column")?, what_for) {
            (Some(path), _) => Some(path),
            (None, Some(what_for)) => {
                match column(rules, &rows, &added, what_for, call.head) {
                    // the ID is within a text, where `ulid open` has found it
                    Err(_) if added.facts.contains(&Fact::Id) && !repairs => {
                        Some(member(fact_name(Fact::Id), call.head))
                    }
                    column => column?,
                }
            }
            (None, None) => None,
        };
        Ok(Table {
            rows,
            rest,
            path,
            counts: Counts {
                repaired: repairs.then_some((0, 0)),
                left_out: added.names(),
                ..Counts::default()
            },
            added,
            repairs,
            head: call.head,
        })
    }

    /// Puts the rows into the order of their IDs, those without one last.
    pub(super) fn sort(
        &mut self,
        direction: Direction,
        rules: &Rules,
        progress: &Progress,
    ) -> Result<(), LabeledError> {
        let mut rows = mem::take(&mut self.rows);
        let mut keys = Vec::with_capacity(rows.len());
        for row in &mut rows {
            self.repair(row, rules)?;
            keys.push(self.id(row, rules)?);
        }
        // what is repaired now is not counted again
        self.repairs = false;
        let order = order(&keys, direction, progress)
            .map_err(|error| label::not_sorted(&error, self.head))?;
        let mut rows: Vec<Option<Value>> = rows.into_iter().map(Some).collect();
        let sorted = order
            .iter()
            .filter_map(|&at| rows.get_mut(at as usize)?.take());
        self.rows = sorted.collect();
        Ok(())
    }

    /// The ID of a row, in whatever spelling; `None` if there is none.
    fn id(&self, row: &Value, rules: &Rules) -> Result<Option<Ulid>, LabeledError> {
        let cell = match &self.path {
            None => Some(row.clone()),
            Some(path) => cell(row, path)?,
        };
        Ok(match cell {
            Some(cell) => id(&cell, rules.reading()?),
            None => None,
        })
    }

    /// The text of a row's ID, or of what stands in its place; `None` if there is nothing.
    pub(super) fn id_text(&self, row: &Value) -> Result<Option<String>, LabeledError> {
        let cell = match &self.path {
            None => Some(row.clone()),
            Some(path) => cell(row, path)?,
        };
        Ok(match cell {
            None | Some(Value::Nothing { .. }) => None,
            Some(Value::String { val, .. }) if val.contains(['\n', '\r']) => {
                return Err(label::several_lines(row));
            }
            Some(Value::String { val, .. }) => Some(val).filter(|text| !text.is_empty()),
            Some(bytes @ Value::Binary { .. }) => {
                let id =
                    id(&bytes, Reading::Strict).ok_or_else(|| label::no_form_in_file(&bytes))?;
                Some(codec::print(id).as_str().to_owned())
            }
            Some(Value::Error { error, .. }) => return Err((*error).into()),
            Some(other) => return Err(label::wrong_type(&other, "a ULID as text or 16 bytes")),
        })
    }

    /// Repairs the ID of a row, and counts it, if that is asked for.
    pub(super) fn repair(&mut self, row: &mut Value, rules: &Rules) -> Result<(), LabeledError> {
        let Some((repaired, broken)) = &mut self.counts.repaired else {
            return Ok(());
        };
        if !self.repairs {
            return Ok(());
        }
        let found = match &self.path {
            None => Some(row.clone()),
            Some(path) => cell(row, path)?,
        };
        let Some(Value::String { val: text, .. }) = &found else {
            return Ok(());
        };
        if text.is_empty() {
            return Ok(());
        }
        // what `ulid open` has read as an ID is none that is broken, however it is spelled
        if rules.id_in_text(text, row.span()).is_ok() || self.added.has_id(row) {
            return Ok(());
        }
        let Some(repair) = repair(text) else {
            *broken += 1;
            return Ok(());
        };
        *repaired += 1;
        let id = value::id(repair.id, row.span());
        match &self.path {
            None => *row = id,
            Some(path) => row.update_data_at_cell_path(&path.members, id)?,
        }
        Ok(())
    }

    /// The row with the columns that are written, under their names.
    pub(super) fn written(&self, row: Value) -> Value {
        self.added.taken_off(row)
    }
}

/// The ID that a value is, in whatever spelling.
fn id(value: &Value, reading: Reading) -> Option<Ulid> {
    match value {
        Value::String { val, .. } => {
            let strict = codec::parse(val, Reading::Strict).ok();
            strict.or_else(|| Some(Spelling::read(val, reading).ok()?.1))
        }
        Value::Binary { val, .. } => Some(Ulid::from_bytes(val.as_slice().try_into().ok()?)),
        _ => None,
    }
}

/// The cell of a row at a path; `None` if the row does not have it. An error that stands there passes.
fn cell(row: &Value, path: &CellPath) -> Result<Option<Value>, LabeledError> {
    match row.follow_cell_path(&path.members) {
        Ok(cell) => match cell.into_owned() {
            Value::Error { error, .. } => Err((*error).into()),
            Value::Nothing { .. } => Ok(None),
            value => Ok(Some(value)),
        },
        Err(error) if filter::is_of_path(&error, path) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The path to a column.
fn member(name: &str, head: Span) -> CellPath {
    let member = PathMember::string(name.to_owned(), false, Casing::Sensitive, head);
    CellPath {
        members: vec![member],
    }
}

/// The first of the columns in which most of the rows have an ID; `None` if the rows are IDs themselves.
fn column(
    rules: &Rules,
    rows: &[Value],
    added: &Added,
    what_for: &str,
    head: Span,
) -> Result<Option<CellPath>, LabeledError> {
    let reading = rules.reading()?;
    let mut found: Vec<(&str, u64)> = Vec::new();
    let records = rows.iter().take(SAMPLE);
    let mut are_records = false;
    for record in records.filter_map(|row| row.as_record().ok()) {
        are_records = true;
        let own = record.iter().filter(|(name, _)| !added.is_left_out(name));
        for (name, value) in own {
            let is_id = match value {
                Value::String { val, .. } => {
                    codec::is_valid(val, reading) || value::is_likely_id(val)
                }
                Value::Binary { val, .. } => val.len() == 16,
                _ => false,
            };
            match found.iter_mut().find(|(known, _)| known == name) {
                Some((_, count)) => *count += u64::from(is_id),
                None => found.push((name, is_id.into())),
            }
        }
    }
    if !are_records {
        return Ok(None);
    }
    let most = found
        .iter()
        .map(|(_, count)| *count)
        .max()
        .unwrap_or_default();
    match found.iter().find(|(_, count)| *count == most && most > 0) {
        Some((name, _)) => Ok(Some(member(name, head))),
        None => Err(label::no_ids(what_for, head)),
    }
}

/// Columns that `ulid open` has added to rows, which say nothing that the rows do not say without them.
#[derive(Debug, Default)]
struct Added {
    facts: Vec<Fact>,
}

impl Added {
    /// Columns of these rows; of each of them if they are all that are written.
    fn to(rows: &[Value], are_all: bool) -> Added {
        let Some(first) = rows.first().and_then(|row| row.as_record().ok()) else {
            return Added::default();
        };
        let leading = |fact: &Fact| {
            let place = first.columns().position(|name| name == fact_name(*fact));
            place.is_some_and(|place| place < FACTS.len())
        };
        let mut added = Added {
            facts: FACTS.into_iter().filter(leading).collect(),
        };
        let looked_at = if are_all { rows.len() } else { 1 };
        for row in rows.iter().take(looked_at) {
            added.facts = added.without_use_in(row);
        }
        added
    }

    /// Columns that say nothing new of a row.
    fn without_use_in(&self, row: &Value) -> Vec<Fact> {
        let Ok(record) = row.as_record() else {
            return Vec::new();
        };
        let has = |fact| self.facts.contains(&fact);
        let id = record.get(fact_name(Fact::Id));
        // without the ID that they are of, a time and a number are the table's own
        if !has(Fact::Id) || id.is_some_and(|id| !self.is_said_elsewhere(id, record)) {
            return Vec::new();
        }
        let of = id.and_then(|id| id.as_str().ok()?.parse_id());
        let time = record.get(fact_name(Fact::Time));
        let is_of_id = match (time, of) {
            (None | Some(Value::Nothing { .. }), _) => true,
            (Some(Value::Date { val, .. }), Some(id)) => {
                val.timestamp_millis() == value::ms(Timestamp::of(id))
            }
            _ => false,
        };
        let is_number = |row: &Value| matches!(row, Value::Int { .. });
        let number = record.get(fact_name(Fact::Row));
        let stays = |fact: &Fact| match fact {
            Fact::Time => is_of_id,
            Fact::Row => is_of_id && number.is_none_or(is_number),
            _ => true,
        };
        self.facts.iter().copied().filter(stays).collect()
    }

    /// True for an ID that another column has too, however it is spelled there, and for none.
    fn is_said_elsewhere(&self, id: &Value, record: &Record) -> bool {
        let text = match id {
            Value::Nothing { .. } => return true,
            Value::String { val, .. } => val,
            _ => return false,
        };
        let own = record.iter().filter(|(name, _)| !self.is_left_out(name));
        own.into_iter().any(|(_, value)| match value {
            Value::String { val, .. } => {
                val.eq_ignore_ascii_case(text)
                    || val.contains(text.as_str())
                    || self::id(value, Reading::Lenient)
                        .is_some_and(|id| Some(id) == text.parse_id())
            }
            Value::Binary { .. } => self::id(value, Reading::Strict) == text.parse_id(),
            _ => false,
        })
    }

    fn is_left_out(&self, name: &str) -> bool {
        self.facts.iter().any(|fact| fact_name(*fact) == name)
    }

    fn names(&self) -> Vec<String> {
        let names = self.facts.iter().map(|fact| fact_name(*fact).to_owned());
        names.collect()
    }

    /// True if `ulid open` has found an ID in the row.
    fn has_id(&self, row: &Value) -> bool {
        self.facts.contains(&Fact::Id)
            && row.as_record().is_ok_and(|row| {
                row.get(fact_name(Fact::Id))
                    .is_some_and(|id| !id.is_nothing())
            })
    }

    /// A row without them, and with the names back that columns of the file had.
    fn taken_off(&self, row: Value) -> Value {
        let span = row.span();
        let facts = self.without_use_in(&row);
        let Value::Record { val, .. } = row else {
            return row;
        };
        let mut record = Record::with_capacity(val.len());
        let all: Vec<String> = val.columns().cloned().collect();
        for (name, value) in val.into_owned() {
            if facts.iter().any(|fact| fact_name(*fact) == name) {
                continue;
            }
            let own = facts
                .iter()
                .find_map(|fact| renamed(fact_name(*fact), &name, &all));
            record.push(own.map_or(name, str::to_owned), value);
        }
        Value::record(record, span)
    }
}

/// The name of a fact, if a column was called like it and has it with `_` behind: with the most of them that there are.
fn renamed(fact: &'static str, name: &str, all: &[String]) -> Option<&'static str> {
    let is_one = |name: &str| {
        name.strip_prefix(fact)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte == b'_'))
    };
    let longest = all
        .iter()
        .filter(|name| is_one(name))
        .map(String::len)
        .max()?;
    (is_one(name) && name.len() == longest).then_some(fact)
}

trait ParseId {
    fn parse_id(&self) -> Option<Ulid>;
}

impl ParseId for str {
    fn parse_id(&self) -> Option<Ulid> {
        codec::parse(self, Reading::Strict).ok()
    }
}
