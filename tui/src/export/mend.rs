//! Repair of the IDs of rows that are written, counted on the way.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use ulid_engine::{Ulid, anatomy::repair, dataset::RowRef, row::Spelling, write::Content};

use super::{Take, Written};
use crate::records::Notes;

/// Repairs the IDs of rows, and counts them.
pub(super) struct Mender {
    repairs: bool,
    only: bool,
    rows: AtomicU64,
    repaired: AtomicU64,
    broken: AtomicU64,
}

impl Mender {
    pub(super) fn of(take: &Take) -> Mender {
        Mender {
            repairs: take.repairs(),
            only: *take == Take::Changed,
            rows: AtomicU64::new(0),
            repaired: AtomicU64::new(0),
            broken: AtomicU64::new(0),
        }
    }

    /// Most likely meaning of the broken ID of a row; `None` also if nothing is to be repaired.
    pub(super) fn repair(&self, row: &RowRef<'_>) -> Option<Ulid> {
        if !self.repairs || row.fault().is_none() {
            return None;
        }
        let repair = repair(&row.id_text());
        let count = match repair {
            Some(_) => &self.repaired,
            None => &self.broken,
        };
        count.fetch_add(1, Relaxed);
        Some(repair?.id)
    }

    /// The row with its ID repaired; `None` if it is not to be written.
    pub(super) fn mended<'a>(&self, row: RowRef<'a>) -> Option<RowRef<'a>> {
        let repaired = self.repair(&row);
        if self.only && repaired.is_none() {
            return None;
        }
        self.rows.fetch_add(1, Relaxed);
        let mut row = row;
        if let Some(id) = repaired {
            row.id = Ok(id);
        }
        Some(row)
    }

    /// Writes the line of a row as it stands with its ID repaired, unless it is not to be written.
    pub(super) fn write_line(
        &self,
        out: &mut impl Write,
        row: &RowRef<'_>,
        (content, spelling): (Content, Spelling),
    ) -> io::Result<()> {
        let Some(mended) = self.mended(*row) else {
            return Ok(());
        };
        let at = row.id_at();
        let parts = (row.text.get(..at.start), row.text.get(at.end..));
        match (mended.id, row.id, parts) {
            (Ok(id), Err(_), (Some(before), Some(behind))) => {
                content.write_row(out, before)?;
                out.write_all(spelling.print(id).as_bytes())?;
                content.write_row(out, behind)?;
            }
            _ => content.write_row(out, row.text)?,
        }
        out.write_all(b"\n")
    }

    pub(super) fn written(self, notes: Notes) -> Written {
        let counts = (self.repaired.into_inner(), self.broken.into_inner());
        Written {
            rows: self.rows.into_inner(),
            repaired: self.repairs.then_some(counts),
            notes,
        }
    }
}
