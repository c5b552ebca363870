//! The rows of a dataset one by one. For all rows of a large source a pass is the way, on every thread.

use super::{Dataset, records::Records};
use crate::{row::Row, source::ReadError};

/// Rows of a [`Dataset`] one after another. Ends after the first error.
#[derive(Debug)]
pub struct Rows<'a> {
    dataset: &'a Dataset,
    records: Option<Records<'a>>,
    next: u64,
    known: u64,
    ended: bool,
}

impl<'a> Rows<'a> {
    pub(super) fn new(dataset: &'a Dataset, first: u64) -> Rows<'a> {
        Rows {
            dataset,
            records: None,
            next: first,
            known: 0,
            ended: false,
        }
    }

    fn read(&mut self) -> Result<Option<Row>, ReadError> {
        let store = &self.dataset.store;
        if self.next >= self.known {
            let (known, error) = self.dataset.wait_for_row(self.next);
            self.known = known;
            if self.next >= known {
                return error.map_or(Ok(None), Err);
            }
        }
        if self.records.is_none() {
            let mark = store.lock().index.mark_of_row(self.next);
            let mut records = store.records(mark, Row::TEXT_LIMIT);
            records.skip_to_row(self.next)?;
            self.records = Some(records);
        }
        let record = match &mut self.records {
            Some(records) => records.next_record()?,
            None => None,
        };
        self.next += 1;
        record
            .map(|record| self.dataset.into_row(record))
            .transpose()
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.read().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}
