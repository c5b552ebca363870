//! The search for a row in a listing.

use ulid_engine::{Timestamp, dataset::Row, progress::Progress};

use super::JobError;
use crate::{rows::Source, state::Listing};

/// A search through a listing.
#[derive(Debug, Clone)]
pub struct Search {
    /// The rows and their order.
    pub listing: Listing,
    /// Where it begins; this place is the last to be looked at.
    pub from: usize,
    /// Whether it goes up.
    pub upwards: bool,
    /// What is looked for.
    pub needle: Needle,
}

/// What a search looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needle {
    /// A text in the row, in either case.
    Text(String),
    /// An ID of this time or a later one.
    Time(Timestamp),
}

impl Search {
    /// Goes once round the listing. The place it began at comes last.
    pub(super) fn run(
        &self,
        source: &Source,
        progress: &Progress,
    ) -> Result<Option<usize>, JobError> {
        const AT_ONCE: usize = 1024;
        let count = self.listing.len();
        progress.set_total(count as u64);
        let mut gone = 0;
        while gone < count {
            let step = AT_ONCE.min(count - gone);
            let (first, step) = self.stretch(gone, step, count);
            let rows = source.rows_of(&self.listing, first, step)?;
            let hit = if self.upwards {
                rows.iter().rposition(|row| self.needle.is_in(row))
            } else {
                rows.iter().position(|row| self.needle.is_in(row))
            };
            if let Some(hit) = hit {
                return Ok(Some(first + hit));
            }
            gone += step;
            progress.advance(step as u64)?;
        }
        Ok(None)
    }

    /// The next places to look at: the first of them and how many, not going over an end of the listing.
    fn stretch(&self, gone: usize, step: usize, count: usize) -> (usize, usize) {
        if self.upwards {
            // from the place above, up to the first, then from the last
            let end = (self.from + count - gone - 1) % count + 1;
            let step = step.min(end);
            (end - step, step)
        } else {
            let first = (self.from + 1 + gone) % count;
            (first, step.min(count - first))
        }
    }
}

impl Needle {
    fn is_in(&self, row: &Row) -> bool {
        match self {
            Needle::Text(text) => contains_ignoring_case(&row.text, text.as_bytes()),
            Needle::Time(time) => row.id.is_ok_and(|id| Timestamp::of(id) >= *time),
        }
    }
}

fn contains_ignoring_case(text: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty()
        && text
            .windows(needle.len())
            .any(|part| part.eq_ignore_ascii_case(needle))
}
