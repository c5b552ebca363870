//! The rows of the open file, for the session and for the work beside it.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    sync::{Arc, OnceLock},
    time::Duration,
};

use ulid_engine::{
    RowSet, Timestamp, Ulid,
    codec::{self, TEXT_LEN},
    dataset::{Change, Dataset, Format, ReadError, Row, ScanError},
    pass::Block,
    progress::Progress,
    query::{SelectError, WritersError},
    row::{RowSource, Value},
    timestamp::{InZone as _, TimeZone},
};

use super::{
    other::Others,
    survey::Survey,
    unit::{Span, Unit},
};

/// Words for figures of a file in which an ID was put where none of its kind stands.
const NO_ROOM: &str = "an ID that was put in place is written otherwise than what stands there, so that all rows cannot be looked at with it; restart to look at the file as it is";

/// Time that a request on a line waits at most for the file to be gone over.
const INDEXED_WITHIN: Duration = Duration::from_secs(2);

/// The rows of a file.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) dataset: Arc<Dataset>,
    /// The facts of the file as it is.
    pub(super) survey: Arc<Survey>,
    /// The zone of the times that are shown and typed.
    pub(super) zone: TimeZone,
    /// True if an editor is shown the lines that hold the rows; else one line a row.
    pub(super) has_lines: bool,
    /// True if it is a pipe, whose rows come for as long as somebody writes them.
    pub(super) is_live: bool,
    /// True if the file is followed: what is written to its end comes as further rows.
    pub(super) is_followed: bool,
    /// The other files of the session.
    pub(super) others: Arc<Others>,
    /// IDs that stand for those of the file.
    overlay: BTreeMap<usize, Ulid>,
    /// Rows whose ID an earlier row has, with those IDs in place; found only once somebody asks.
    changed_duplicates: Arc<OnceLock<RowSet>>,
    /// Long stretches of time that were found, one of each unit: rows near each other lie in the same.
    spans: Cell<[Option<Span>; Unit::COUNT]>,
}

impl Table {
    pub(super) fn new(dataset: Dataset, survey: Survey, zone: TimeZone) -> Table {
        Table {
            has_lines: dataset.layout().has_lines(),
            zone,
            dataset: Arc::new(dataset),
            survey: Arc::new(survey),
            is_live: false,
            is_followed: false,
            others: Arc::default(),
            overlay: BTreeMap::new(),
            changed_duplicates: Arc::default(),
            spans: Cell::default(),
        }
    }

    /// A time as it is shown.
    pub(super) fn time(&self, time: Timestamp) -> String {
        match self.zone == TimeZone::UTC {
            true => time.to_string(),
            false => time.in_zone(&self.zone).to_string(),
        }
    }

    /// A value as it is shown.
    pub(super) fn text_of(&self, value: &Value) -> String {
        match value {
            Value::Time(time) => self.time(*time),
            value => value.to_string(),
        }
    }

    /// True if rows may come that nobody can know of.
    pub(super) fn is_endless(&self) -> bool {
        self.is_followed || self.is_live && !self.dataset.extent().complete
    }

    /// Takes in what was written to a file that is followed.
    pub(super) fn refresh(&self) -> Result<(), String> {
        if !self.is_followed {
            return Ok(());
        }
        match self.dataset.refresh() {
            Ok(Change::Truncated) => {
                Err("the file was cut; restart to begin with what it holds now".to_owned())
            }
            // one that is rotated has no name for a moment
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The rows to be asked about all of them: of a stream those that have come, and with the IDs that were put in place.
    ///
    /// # Errors
    ///
    /// A sentence if one of these IDs has no room in the file.
    pub(super) fn all(&self) -> Result<Arc<Dataset>, String> {
        if self.is_changed() {
            let changed = self.dataset.with_ids(&self.overlay);
            let changed = changed.map_err(|error| error.to_string())?;
            return changed.map(Arc::new).ok_or_else(|| NO_ROOM.to_owned());
        }
        Ok(if self.is_endless() {
            Arc::new(self.dataset.snapshot())
        } else {
            self.dataset.clone()
        })
    }

    /// Puts an ID in the place of a row's own.
    pub(super) fn put(&mut self, at: usize, id: Ulid) {
        self.overlay.insert(at, id);
        self.changed_duplicates = Arc::default();
    }

    /// The rows whose ID an earlier row has, where they were found.
    pub(super) fn duplicates(&self) -> Option<&RowSet> {
        if self.is_changed() {
            self.changed_duplicates.get()
        } else {
            self.survey.duplicates()
        }
    }

    /// Finds the rows whose ID an earlier row has. Takes an order of all rows the first time.
    pub(super) fn find_duplicates(&self, progress: &Progress) -> Result<(), SelectError> {
        self.survey.find_duplicates(&self.dataset, progress)?;
        if self.is_changed() && self.changed_duplicates.get().is_none() {
            let found = self.duplicates_with_changes(progress)?;
            self.changed_duplicates.get_or_init(|| found);
        }
        Ok(())
    }

    /// Finds which rows are out of order or after a gap among those of their writer, where that is asked for.
    pub(super) fn find_writers(&self, progress: &Progress) -> Result<(), WritersError> {
        self.survey.find_writers(&self.dataset, progress)
    }

    /// The duplicates of the file, put right where an ID that was taken away or put in place has its like.
    fn duplicates_with_changes(&self, progress: &Progress) -> Result<RowSet, SelectError> {
        let mut concerned: BTreeSet<u128> = self.overlay.values().map(|id| id.to_u128()).collect();
        for &at in self.overlay.keys() {
            let own = self.dataset.window(at, 1).map_err(ScanError::Read)?;
            concerned.extend(own.iter().filter_map(|row| Some(row.id.ok()?.to_u128())));
        }
        let mut rows_of: BTreeMap<u128, BTreeSet<u64>> = BTreeMap::new();
        let find = |block: &Block| rows_with(block, &concerned);
        self.dataset.pass(progress).each(find, |found| {
            for (key, row) in found {
                rows_of.entry(key).or_default().insert(row);
            }
            ControlFlow::Continue(())
        })?;
        let mut duplicates = self.survey.duplicates().cloned().unwrap_or_default();
        for &row in rows_of.values().flatten() {
            duplicates.remove(row);
        }
        for (&at, id) in &self.overlay {
            let row = at as u64;
            duplicates.remove(row);
            rows_of.values_mut().for_each(|rows| {
                rows.remove(&row);
            });
            rows_of.entry(id.to_u128()).or_default().insert(row);
        }
        for rows in rows_of.values() {
            duplicates.extend(rows.iter().skip(1).copied());
        }
        Ok(duplicates)
    }

    /// True if IDs stand for those of the file.
    pub(super) fn is_changed(&self) -> bool {
        !self.overlay.is_empty()
    }

    /// Rows whose flaws the overlay may have changed: those it stands for, and the valid rows after them.
    pub(super) fn changed(&self) -> Result<BTreeSet<usize>, ReadError> {
        const REACH: usize = 1_000;
        let mut changed = BTreeSet::new();
        for &at in self.overlay.keys() {
            changed.insert(at);
            let after = self.rows(at + 1, REACH)?;
            let next = after.into_iter().find(|row| row.id.is_ok());
            changed.extend(next.map(|row| row.index));
        }
        Ok(changed)
    }

    /// The number of rows that are known so far, and the place behind the last of them.
    pub(super) fn end(&self) -> usize {
        self.dataset.extent().rows
    }

    /// True if a place lies behind the last row that there will be.
    pub(super) fn is_end(&self, at: usize) -> bool {
        let extent = self.dataset.extent();
        extent.complete && at >= extent.rows && !self.is_followed
    }

    /// A row, of those that are known so far.
    pub(super) fn row(&self, index: usize) -> Result<Option<Row>, ReadError> {
        Ok(self.rows(index, 1)?.pop())
    }

    /// Rows one after another, of those that are known so far.
    pub(super) fn rows(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        let mut rows = self.dataset.window(first, count)?;
        for (&at, &id) in self.overlay.range(first..first.saturating_add(count)) {
            if let Some(row) = rows.get_mut(at - first) {
                row.id = Ok(id);
                let place = row.id_at();
                if let Some(text) = row
                    .text
                    .get_mut(place)
                    .filter(|text| text.len() == TEXT_LEN)
                {
                    text.copy_from_slice(codec::print(id).as_bytes());
                }
            }
        }
        Ok(rows)
    }

    /// The ULIDs of rows one after another, of those that are known so far; none for a row without one.
    pub(super) fn ids(&self, first: usize, count: usize) -> Result<Vec<Option<Ulid>>, ReadError> {
        let mut ids = self.dataset.known_ids(first, count)?;
        for (&at, &id) in self.overlay.range(first..first.saturating_add(count)) {
            if let Some(stands) = ids.get_mut(at - first) {
                *stands = Some(id);
            }
        }
        Ok(ids)
    }

    /// The ULID of a row, if it has one.
    pub(super) fn id(&self, index: usize) -> Result<Option<Ulid>, ReadError> {
        Ok(self.row(index)?.and_then(|row| row.id.ok()))
    }

    /// The row with an ID, of those that are near a place.
    fn row_near(&self, at: usize, id: Ulid) -> Result<Option<usize>, ReadError> {
        const REACH: usize = 500;
        let rows = self.rows(at.saturating_sub(REACH), 2 * REACH)?;
        let found = rows
            .iter()
            .filter(|row| row.id == Ok(id))
            .map(|row| row.index);
        Ok(found.min_by_key(|row| row.abs_diff(at)))
    }

    /// The row with an ID: the nearest of those that are near a place, else the first of a file in order.
    pub(super) fn row_with(&self, at: usize, id: Ulid) -> Result<Option<usize>, ReadError> {
        let near = self.row_near(at, id)?;
        if near.is_some() || !self.is_ordered() {
            return Ok(near);
        }
        let (mut first, mut behind) = (0, self.end());
        while first < behind {
            let middle = first.midpoint(behind);
            if self.id(middle)?.is_some_and(|other| other < id) {
                first = middle + 1;
            } else {
                behind = middle;
            }
        }
        Ok((self.id(first)? == Some(id)).then_some(first))
    }

    /// True if every row is known to have an ID that is not smaller than the one before.
    pub(super) fn is_ordered(&self) -> bool {
        // what comes later was not gone over
        self.overlay.is_empty() && !self.is_followed && self.survey.found_order()
    }

    /// The line of a row in the text that the editor shows, from 1. The end of the file is shown on its last line.
    pub(super) fn line(&self, at: usize) -> i64 {
        let row = at.min(self.end().saturating_sub(1));
        let found = self.has_lines.then(|| self.row(row).ok().flatten());
        match found.flatten() {
            Some(row) => self.line_of(&row),
            None => i64::try_from(row + 1).unwrap_or(i64::MAX),
        }
    }

    /// The line of a row that was read: its number for rows that are shown one a line.
    pub(super) fn line_of(&self, row: &Row) -> i64 {
        let in_file = || self.dataset.line_at(row.offset).ok().flatten();
        let line = self.has_lines.then(in_file).flatten();
        i64::try_from(line.unwrap_or(row.index as u64 + 1)).unwrap_or(i64::MAX)
    }

    /// The stretch around a row that was found before.
    pub(super) fn known_span(&self, at: usize, unit: Unit) -> Option<Span> {
        let span = self.spans.get()[unit as usize];
        span.filter(|span| (span.first..=span.last).contains(&at))
    }

    /// Keeps a stretch that was found.
    pub(super) fn keep_span(&self, unit: Unit, span: Span) {
        let mut spans = self.spans.get();
        spans[unit as usize] = Some(span);
        self.spans.set(spans);
    }

    /// The row of a line, from 1. As long as the file is not read to its end any line may still come.
    pub(super) fn row_of_line(&self, line: i64) -> Result<Option<usize>, ReadError> {
        let Some(line) = u64::try_from(line).ok().filter(|&line| line > 0) else {
            return Ok(None);
        };
        let known = match self.has_lines {
            true => self.row_at(line)?,
            false => usize::try_from(line - 1)
                .ok()
                .filter(|&row| row < self.end()),
        };
        Ok(known.or_else(|| self.row_to_come(line)))
    }

    /// The row of a line of the file. Elements of JSON take any number of lines, so that a file of them is gone over first.
    fn row_at(&self, line: u64) -> Result<Option<usize>, ReadError> {
        let found = self.dataset.row_of_line(line)?;
        if found.is_some() || self.dataset.layout().format != Format::Json || self.is_endless() {
            return Ok(found);
        }
        match self.dataset.wait_for_end(INDEXED_WITHIN) {
            true => self.dataset.row_of_line(line),
            false => Ok(None),
        }
    }

    /// The row that will stand on a line that has not come yet, if each of those before it takes one.
    fn row_to_come(&self, line: u64) -> Option<usize> {
        let extent = self.dataset.extent();
        let last = u64::try_from(self.line(extent.rows)).ok()?;
        if extent.complete && !self.is_followed || line <= last {
            return None;
        }
        let ahead = usize::try_from(line - last).ok()?;
        extent.rows.checked_sub(1)?.checked_add(ahead)
    }
}

impl RowSource for Table {
    fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        self.rows(first, count)
    }

    fn is_duplicate(&self, index: usize) -> Option<bool> {
        Some(self.duplicates()?.contains(index as u64))
    }

    fn lines_of(&self, rows: &[Row]) -> Result<Vec<Option<u64>>, ReadError> {
        self.dataset.lines_of(rows)
    }

    fn without_ids_before(&self, index: usize) -> usize {
        let known = self.survey.without_ids_before(index);
        let changed = self.overlay.range(known..index).next_back();
        changed.map_or(known, |(&row, _)| row + 1)
    }
}

/// The rows of a block that have one of some IDs, each with the bits of it.
fn rows_with(block: &Block, wanted: &BTreeSet<u128>) -> Vec<(u128, u64)> {
    let is_broken = |row: u64| block.faults().iter().any(|fault| fault.row == row);
    let rows = block.keys().iter().copied().zip(block.first_row()..);
    rows.filter(|(key, row)| wanted.contains(key) && !is_broken(*row))
        .collect()
}
