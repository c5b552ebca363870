//! One row: its facts and columns, and its ULID in parts and spellings.

use ulid_engine::{
    Timestamp, Ulid,
    anatomy::{Anatomy, repair},
    codec,
    row::Spelling,
    row::{
        About, Around, Cell, FACTS, Fact, FactEntry, Schema, Side, Type, Value, Window,
        named_columns,
    },
};

use super::{Entry, Node};
use crate::inspect::{refusal::Refusal, table::Table, variables::shown};

/// The ULID of a row in parts, or what is wrong and what it may have been.
pub(in crate::inspect) fn ulid(
    table: &Table,
    at: usize,
    now: Timestamp,
) -> Result<Vec<Entry>, Refusal> {
    let window = Window::of_row(table, at)?;
    let (Some(row), Some(around)) = (window.row(at), window.around(at)) else {
        return Ok(Vec::new());
    };
    let mut entries = facts(table, About::Id, &around, now);
    match row.id {
        Ok(id) => {
            let place = row.offset + row.id_at().start as u64;
            let own = entries.iter_mut().find(|entry| entry.name == ID);
            if let Some(own) = own {
                own.offset = Some(place);
            }
            entries.extend(parts(id));
        }
        Err(_) => entries.extend(repaired(&row.id_text())),
    }
    Ok(entries)
}

const ID: &str = "id";

/// The facts of a row about a part of it, those that it has.
pub(in crate::inspect) fn facts(
    table: &Table,
    about: About,
    around: &Around<'_>,
    now: Timestamp,
) -> Vec<Entry> {
    let of_part = FACTS.iter().filter(|entry| entry.about == about);
    of_part
        .filter_map(|entry| fact(table, entry, around, now))
        .collect()
}

fn fact(table: &Table, entry: &FactEntry, around: &Around<'_>, now: Timestamp) -> Option<Entry> {
    let value = match entry.fact.value(around, Side::Here, now) {
        Value::Missing if entry.fact == Fact::Duplicate => "not known so far".to_owned(),
        Value::Missing => return None,
        value => shown(&value, table),
    };
    Some(Entry::new(entry.name, entry.ty.name(), value))
}

/// Facts by which another row is known again.
const IN_SHORT: [Fact; 5] = [Fact::Row, Fact::Id, Fact::Time, Fact::Fault, Fact::Message];

/// A row in short.
pub(in crate::inspect) fn in_short(
    table: &Table,
    around: &Around<'_>,
    now: Timestamp,
) -> Vec<Entry> {
    let facts = IN_SHORT.iter().map(|short| short.entry());
    facts
        .filter_map(|entry| fact(table, entry, around, now))
        .collect()
}

fn parts(id: Ulid) -> [Entry; 3] {
    [
        Entry::new("spellings", "spellings", Spelling::Uuid.print(id)).above(Node::Forms(id)),
        Entry::new("bytes", "[byte; 16]", Spelling::Hex.print(id)).above(Node::Bytes(id)),
        Entry::new("bits", "[bit; 128]", "48 of time, 80 of randomness").above(Node::Bits(id)),
    ]
}

fn repaired(text: &str) -> Vec<Entry> {
    let Some(repair) = repair(text) else {
        return Vec::new();
    };
    vec![
        Entry::new("repair", "ULID", codec::print(repair.id)),
        Entry::new("repaired_by", "text", repair.kind),
    ]
}

pub(in crate::inspect) fn forms(id: Ulid) -> Vec<Entry> {
    Spelling::WRITTEN
        .into_iter()
        .map(|form| Entry::new(form.name(), "text", form.print(id)))
        .collect()
}

pub(in crate::inspect) fn bytes(id: Ulid) -> Vec<Entry> {
    let bytes = id.to_bytes().into_iter().enumerate();
    bytes
        .map(|(index, byte)| Entry::new(format!("[{index}]"), "byte", format!("0x{byte:02x}")))
        .collect()
}

pub(in crate::inspect) fn bits(id: Ulid) -> Vec<Entry> {
    let (time, randomness) = Anatomy::of(id).bits();
    vec![
        Entry::new("time", "[bit; 48]", time),
        Entry::new("randomness", "[bit; 80]", randomness),
    ]
}

/// The record: its columns under names of their own, and its facts.
pub(in crate::inspect) fn row(
    table: &Table,
    at: usize,
    now: Timestamp,
) -> Result<Vec<Entry>, Refusal> {
    let window = Window::of_row(table, at)?;
    let Some(around) = window.around(at) else {
        return Ok(Vec::new());
    };
    let names = named_columns(table.dataset.columns());
    let mut cells = around.row.typed_cells();
    let surplus = cells.split_off(names.len().min(cells.len()));
    let facts_first: Vec<&str> = FACTS.iter().map(|entry| entry.name).collect();
    let schema = Schema::of_all(&facts_first, table.dataset.layout());
    let further = schema.surplus_names(&around.row, surplus.len());
    let mut entries: Vec<Entry> = names
        .into_iter()
        .zip(cells)
        .map(|((name, column), cell)| Entry {
            evaluate_name: Some(in_expressions(&name, column)),
            ..column_entry(table, name, cell)
        })
        .collect();
    let own = around.row.surplus_names();
    for (at, (name, cell)) in further.into_iter().zip(surplus).enumerate() {
        entries.push(Entry {
            evaluate_name: own.get(at).map(|column| in_expressions(&name, column)),
            ..column_entry(table, name, cell)
        });
    }
    entries.extend(facts(table, About::Record, &around, now));
    Ok(entries)
}

/// A cell under a name, with its type.
fn column_entry(table: &Table, name: String, cell: Cell<'_>) -> Entry {
    let kind = match cell {
        Cell::Missing | Cell::Null | Cell::Text(_) => Type::Text.name(),
        Cell::Bool(_) => Type::Bool.name(),
        Cell::Number(_) => Type::Number.name(),
        Cell::List(_) => "list",
        Cell::Object(_) => "object",
    };
    let value = match cell {
        Cell::Missing => Value::Missing,
        cell => Value::Text(cell.into_text().into_owned()),
    };
    Entry::new(name, kind, shown(&value, table))
}

/// A column as expressions name it.
fn in_expressions(name: &str, column: &str) -> String {
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && name.starts_with(|c: char| !c.is_ascii_digit());
    match is_word && name == column {
        true => name.to_owned(),
        false => format!("`{column}`"),
    }
}
