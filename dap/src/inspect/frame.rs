//! Frames of the stack: a row, and the stretches of time that it lies in.

use ulid_engine::{Timestamp, codec, dataset::Row};

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
        match (self.around, row.map(|row| row.id)) {
            (None, Some(Ok(id))) => {
                format!("{} {}", codec::print(id), table.time(Timestamp::of(id)))
            }
            (None, Some(Err(fault))) => {
                format!(
                    "invalid: {} at character {}",
                    fault.kind,
                    fault.position + 1
                )
            }
            (Some((unit, span)), Some(Ok(id))) => {
                let name = unit.name(&table.time(Timestamp::of(id)));
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
