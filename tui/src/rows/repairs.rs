//! Broken IDs, and what they most likely stood for.

use ulid_engine::{anatomy::repair, codec, dataset::RowRef, progress::Progress};

use super::{Listing, RowsError, Source};

/// Repairs of some rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Repairs {
    /// Rows with a broken ID.
    pub broken: u64,
    /// Rows whose ID can be repaired.
    pub repaired: u64,
    /// The first of these.
    pub first: Vec<Repaired>,
}

/// A broken ID and its repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repaired {
    /// The row, from 0.
    pub row: usize,
    /// Text that stands there.
    pub text: String,
    /// The ID that it most likely stood for.
    pub id: String,
    /// Kind of the repair.
    pub kind: String,
}

/// Repairs that are shown.
const SHOWN: usize = 500;

impl Source {
    /// Looks for what can be repaired of the rows of a listing.
    ///
    /// # Errors
    ///
    /// [`RowsError`] where `progress` is cancelled or the rows can no longer be read.
    pub(crate) fn repairs(
        &self,
        listing: &Listing,
        progress: &Progress,
    ) -> Result<Repairs, RowsError> {
        let mut all = Repairs::default();
        self.scan_listing(
            listing,
            progress,
            |rows| {
                let mut part = Repairs::default();
                for row in rows.filter(|row| row.fault().is_some()) {
                    part.note(&row);
                }
                part
            },
            |part| -> Result<(), RowsError> {
                all.broken += part.broken;
                all.repaired += part.repaired;
                let room = SHOWN - all.first.len();
                all.first.extend(part.first.into_iter().take(room));
                Ok(())
            },
        )?;
        Ok(all)
    }
}

impl Repairs {
    fn note(&mut self, row: &RowRef<'_>) {
        let text = row.id_text();
        self.broken += 1;
        let Some(repair) = repair(&text) else { return };
        self.repaired += 1;
        if self.first.len() < SHOWN {
            self.first.push(Repaired {
                row: row.index,
                text: text.into_owned(),
                id: codec::print(repair.id).to_string(),
                kind: repair.kind.to_string(),
            });
        }
    }
}
