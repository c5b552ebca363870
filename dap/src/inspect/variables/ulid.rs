//! One row: its text, and its ULID in parts and forms.

use ulid_engine::{
    Timestamp, Ulid,
    anatomy::{Anatomy, Form, repair},
    codec::{self, Fault},
};

use super::{Entry, Node};
use crate::inspect::{refusal::Refusal, table::Table};

/// The ULID of a row in parts, or what is wrong and what it may have been.
pub(super) fn ulid(table: &Table, at: usize, now: Timestamp) -> Result<Vec<Entry>, Refusal> {
    Ok(match table.row(at)? {
        None => Vec::new(),
        Some(row) => match row.id {
            Ok(id) => parts(id, now, row.offset + row.id_at().start as u64),
            Err(fault) => flaw(&row.id_text(), fault),
        },
    })
}

fn parts(id: Ulid, now: Timestamp, offset: u64) -> Vec<Entry> {
    let anatomy = Anatomy::of(id);
    let time = anatomy.timestamp;
    vec![
        Entry {
            offset: Some(offset),
            ..Entry::new("id", "ULID", codec::print(id))
        },
        Entry::new("time", "time", time),
        Entry::new("time_ms", "integer", time.ms()),
        Entry::new("age", "duration", time.age(now)),
        Entry::new("randomness", "hex", anatomy.randomness_hex()),
        Entry::new("forms", "forms", Form::Uuid.print(id)).above(Node::Forms(id)),
        Entry::new("bytes", "[byte; 16]", Form::Hex.print(id)).above(Node::Bytes(id)),
        Entry::new("bits", "[bit; 128]", "48 of time, 80 of randomness").above(Node::Bits(id)),
    ]
}

fn flaw(text: &str, fault: Fault) -> Vec<Entry> {
    let mut entries = vec![
        Entry::new("fault", "fault", fault),
        Entry::new("kind", "text", fault.kind.code()),
        Entry::new("position", "integer", fault.position + 1),
        Entry::new("text", "text", quoted(text)),
    ];
    if let Some(repair) = repair(text) {
        entries.push(Entry::new("repair", "ULID", codec::print(repair.id)));
        entries.push(Entry::new("repaired_by", "text", repair.kind));
    }
    entries
}

pub(super) fn forms(id: Ulid) -> Vec<Entry> {
    Form::ALL
        .into_iter()
        .map(|form| Entry::new(form.name(), "text", form.print(id)))
        .collect()
}

pub(super) fn bytes(id: Ulid) -> Vec<Entry> {
    let bytes = id.to_bytes().into_iter().enumerate();
    bytes
        .map(|(index, byte)| Entry::new(format!("[{index}]"), "byte", format!("0x{byte:02x}")))
        .collect()
}

pub(super) fn bits(id: Ulid) -> Vec<Entry> {
    let (time, randomness) = Anatomy::of(id).bits();
    vec![
        Entry::new("time", "[bit; 48]", time),
        Entry::new("randomness", "[bit; 80]", randomness),
    ]
}

/// The row as it stands in the file.
pub(super) fn row(table: &Table, at: usize) -> Result<Vec<Entry>, Refusal> {
    let Some(row) = table.row(at)? else {
        return Ok(Vec::new());
    };
    let names = table.dataset.columns();
    let mut entries: Vec<Entry> = names
        .iter()
        .zip(row.cells())
        .map(|(name, cell)| Entry::new(name.clone(), "text", quoted(&cell)))
        .collect();
    let own = [
        Entry::new("line", "integer", table.line(at)),
        Entry::new("offset", "integer", row.offset),
        Entry::new("length", "integer", row.full_len),
        Entry::new("text", "text", quoted(&row.text())),
    ];
    // a column of that name is what a person looks for
    entries.extend(
        own.into_iter()
            .filter(|entry| !names.iter().any(|name| *name == entry.name)),
    );
    Ok(entries)
}

/// Text as a person may want to see it: quoted, control characters escaped, cut where it is very long.
fn quoted(text: &str) -> String {
    const MAX: usize = 2_000;
    let cut: String = text.chars().take(MAX).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}
