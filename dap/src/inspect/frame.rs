//! Frames of the stack: a row, and the stretches of time that it lies in.

use ulid_engine::{Timestamp, codec, dataset::Row};

use crate::visible::visible;

use super::{
    refusal::Refusal,
    span::Near,
    table::Table,
    unit::{Span, Unit},
};

/// The meaning of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// The row where the program stands, or the end.
    pub(super) at: usize,
    /// The rows around it in the same unit of time; none for the row itself.
    pub(super) around: Option<(Unit, Span)>,
}

impl Frame {
    /// Every frame at a place, the innermost first.
    pub(super) fn all(table: &Table, at: usize) -> Result<Vec<Frame>, Refusal> {
        let mut frames = vec![Frame { at, around: None }];
        let near = Near::of(table, at)?;
        let mut around = Vec::new();
        // from the outside in: of what is long the next unit below is a frame, too
        for unit in [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second] {
            let span = Span::around(table, &near, unit)?;
            around.extend(span.map(|span| (unit, span)));
            let is_long = span.is_some_and(|span| span.is_long());
            if unit != Unit::Day && !is_long {
                break;
            }
        }
        let own = Span::around(table, &near, Unit::Millisecond)?;
        around.extend(own.map(|span| (Unit::Millisecond, span)));
        let frame = |around| Frame {
            at,
            around: Some(around),
        };
        frames.extend(around.into_iter().rev().map(frame));
        Ok(frames)
    }

    /// True if its first row is known.
    pub(super) fn is_whole(&self) -> bool {
        self.around.is_none_or(|(_, span)| span.whole)
    }

    /// The row that the frame points at.
    pub(super) fn row(&self) -> usize {
        self.around.map_or(self.at, |(_, span)| span.first)
    }

    /// The words in the list of frames, of which the innermost is of a row.
    pub(super) fn name(&self, table: &Table, row: Option<&Row>) -> String {
        match (self.around, row) {
            (None, Some(row)) => name_of(table, row),
            (Some((unit, span)), Some(Row { id: Ok(id), .. })) => {
                let name = unit.name(&table.time(Timestamp::of(*id)));
                format!("{} {name}, {}", unit.title().to_lowercase(), span.rows())
            }
            _ => "end of file".to_owned(),
        }
    }

    /// The words for the target of a jump.
    pub(super) fn start_label(&self, table: &Table) -> Result<String, Refusal> {
        let line = table.line(self.row());
        Ok(match (self.around, table.id(self.at)?) {
            (Some((unit, _)), Some(id)) => {
                let name = unit.name(&table.time(Timestamp::of(id)));
                let title = unit.title().to_lowercase();
                format!("row {line}, the first of the {title} {name}")
            }
            _ => format!("row {line}"),
        })
    }

    /// A name that is the same at every stop.
    pub(super) fn key(&self) -> &'static str {
        self.around.map_or("Row", |(unit, _)| unit.title())
    }
}

/// The words for a row.
fn name_of(table: &Table, row: &Row) -> String {
    match row.id {
        Ok(id) => format!("{} {}", codec::print(id), table.time(Timestamp::of(id))),
        Err(_) if row.is_text_alone() => text_alone(row),
        Err(fault) => {
            let place = fault.position + 1;
            format!("invalid: {} at character {place}", fault.kind)
        }
    }
}

/// The words for a row of free text that has no ID and needs none: how it begins.
pub(super) fn text_alone(row: &Row) -> String {
    const BEGIN: usize = 60;
    let text = row.text();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return "no ID".to_owned();
    }
    let mut begin: String = text.chars().take(BEGIN).collect();
    if begin.len() < text.len() {
        begin.push('…');
    }
    format!("no ID: {}", visible(&begin))
}
