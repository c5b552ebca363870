//! Neighbouring rows that a pass reads at once: their text, and their IDs as columns. A block knows the layout of its rows
//! and nothing of conditions, orders or statistics over them.

mod columns;
mod written;

pub(crate) use columns::{BlockColumns, Case, Cells};

use super::{block::written::Written, scan::Decoding};
use crate::dataset::{Mark, Store};
use std::{
    mem,
    ops::{ControlFlow, Range},
    sync::Arc,
};

use crate::{
    Ulid,
    codec::{FaultKind, Lines},
    find,
    format::{
        ByteMask, Divider, Format, Layout, Place, RECORD_LEN, Template, absent, as_index, within,
        within::All,
    },
    row::{Around, RecordRef, Row, RowRef},
    source::{Section, Source},
    spelling::Spelling,
    stats::{Audit, RowFault},
    version7::Versions,
};
use memchr::memrchr;

/// Memory of a block that is done with; what it holds has no meaning.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    pub(crate) bytes: Vec<u8>,
    pub(crate) keys: Vec<u128>,
}

/// Makes room for `len` items and some more: blocks are nearly equal, and what a vector doubles to would stay empty.
pub(crate) fn make_room<T>(items: &mut Vec<T>, len: usize) {
    if items.capacity() < len {
        items.reserve_exact(len + len / 16 - items.len());
    }
}

/// Neighbouring rows, with their IDs as columns.
#[derive(Debug)]
pub struct Block {
    layout: Arc<Layout>,
    /// The number of their file.
    file: usize,
    source: Arc<Source>,
    /// Tells the text of a record from what stands around it. It is kept, for it is asked at each record.
    edges: Divider,
    first_row: u64,
    offset: u64,
    /// Whole records with their endings; the only one may be cut.
    bytes: Vec<u8>,
    rows: u64,
    /// The length of the only record without its ending, where it is cut.
    giant: Option<u64>,
    /// Bytes of the source.
    byte_len: u64,
    keys: Vec<u128>,
    faults: Vec<RowFault>,
    written: Written,
    /// IDs of the bytes of a text, if they were found at once.
    all_ids: Option<usize>,
    before: Option<Row>,
    after: Option<Row>,
    valid_before: Option<Ulid>,
}

impl Block {
    /// A block of `rows` whole records of one file that begins at `first`.
    pub(crate) fn new(
        store: &Store,
        section: &Section,
        first: Mark,
        buffers: Buffers,
        rows: u64,
    ) -> Block {
        let Buffers { bytes, keys } = buffers;
        Block {
            layout: section.layout.clone(),
            file: section.number,
            source: store.source.clone(),
            edges: section.layout.divider(),
            first_row: first.row,
            offset: first.offset,
            byte_len: bytes.len() as u64,
            bytes,
            rows,
            giant: None,
            keys,
            faults: Vec::new(),
            written: Written::default(),
            all_ids: None,
            before: None,
            after: None,
            valid_before: None,
        }
    }

    /// A block of one record that is cut. It takes `byte_len` bytes of the source, `full_len` without its ending.
    pub(crate) fn of_giant(self, byte_len: u64, full_len: u64) -> Block {
        Block {
            byte_len,
            giant: Some(full_len),
            ..self
        }
    }

    /// The index of the first row.
    #[must_use]
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        as_index(self.rows)
    }

    /// The 128 bits of each row's ID; without meaning for the rows of [`Block::faults`].
    #[must_use]
    pub fn keys(&self) -> &[u128] {
        &self.keys
    }

    /// The rows that have no ID, ascending.
    #[must_use]
    pub fn faults(&self) -> &[RowFault] {
        &self.faults
    }

    /// The rows that have an ID, each with its key.
    pub fn valid(&self) -> impl Iterator<Item = (u64, u128)> {
        let mut faults = self.faults.iter().map(|fault| fault.row).peekable();
        let rows = (self.first_row..).zip(self.keys.iter().copied());
        rows.filter(move |(row, _)| faults.next_if_eq(row).is_none())
    }

    /// The row before the first.
    #[must_use]
    pub fn before(&self) -> Option<RowRef<'_>> {
        self.before.as_ref().map(Row::borrow)
    }

    /// The row after the last.
    #[must_use]
    pub fn after(&self) -> Option<RowRef<'_>> {
        self.after.as_ref().map(Row::borrow)
    }

    /// The last ID before the first row.
    #[must_use]
    pub fn valid_before(&self) -> Option<Ulid> {
        self.valid_before
    }

    /// True for rows of text, which need not have an ID.
    #[must_use]
    pub fn is_text(&self) -> bool {
        !self.layout.needs_ids()
    }

    /// How many IDs stand behind the first of their rows.
    pub(crate) fn further_ids(&self) -> u64 {
        let count = || {
            let mut all = 0;
            find::each(&self.bytes, find::Options::default(), |_| all += 1);
            all + within::uuids(&self.bytes).count()
        };
        let all = self.all_ids.unwrap_or_else(count) as u64;
        all.saturating_sub(self.rows - self.faults.len() as u64)
    }

    /// The rows, one after another.
    pub fn rows(&self) -> impl Iterator<Item = RowRef<'_>> {
        let mut faults = self.faults.iter().peekable();
        self.records().enumerate().map(move |(number, record)| {
            let is_faulty = faults.next_if(|fault| fault.row == record.row).is_some();
            let key = self.keys.get(number).filter(|_| !is_faulty);
            RowRef::new(&self.layout, record, key.copied().map(Ulid::from_u128))
        })
    }

    /// Calls `each` for every row with its neighbours, until it breaks off. Duplicates and lines are not looked up.
    pub fn each_around(&self, mut each: impl FnMut(&Around<'_>) -> ControlFlow<()>) {
        let mut prev = self.before();
        let mut valid_before = self.valid_before;
        let mut rows = self.rows().peekable();
        while let Some(row) = rows.next() {
            let around = Around {
                prev,
                next: rows.peek().copied().or_else(|| self.after()),
                valid_before,
                ..Around::of_row(row)
            };
            if each(&around).is_break() {
                break;
            }
            valid_before = row.id.ok().or(valid_before);
            prev = Some(row);
        }
    }

    /// Line of its file, from 1, on which each row begins: none of binary records, and fewer if the bytes before them
    /// can no longer be read.
    pub(crate) fn lines(&self) -> Vec<u64> {
        let mut lines = Vec::with_capacity(as_index(self.rows));
        if !self.layout.has_line_numbers() {
            return lines;
        }
        if self.has_a_line_each() {
            let first = self.source.line_at(self.offset);
            lines.extend(first.into_iter().flat_map(|first| first..first + self.rows));
            return lines;
        }
        let mut known: Option<(u64, u64)> = None;
        for record in self.records() {
            let blank = self.layout.blank_before(record.text);
            let begin = record.offset + blank as u64;
            let line = match known {
                Some((at, line)) => Ok(line + self.line_ends(at, begin)),
                None => self.source.line_at(begin),
            };
            let Ok(line) = line else {
                break;
            };
            known = Some((begin, line));
            lines.push(line);
        }
        lines
    }

    /// True if no row takes more than one line, and no blank one lies between. Each row that lines divide has one end of
    /// a line at least, so that where there are no more of them than rows, each has one; to count them all takes a tenth
    /// of the time that it takes to look for the begin of each.
    fn has_a_line_each(&self) -> bool {
        let is_by_line = matches!(self.edges, Divider::Lines | Divider::Filled(_));
        let ends = || memchr::memchr_iter(b'\n', &self.bytes).count() as u64;
        // the last row of a source may lack its end
        let open = u64::from(!self.bytes.ends_with(b"\n"));
        is_by_line && self.giant.is_none() && ends() + open == self.rows
    }

    /// Line ends from one place of the source up to another, both in the block.
    fn line_ends(&self, from: u64, to: u64) -> u64 {
        let place = |offset: u64| as_index(offset - self.offset);
        let bytes = self.bytes.get(place(from)..place(to)).unwrap_or_default();
        memchr::memchr_iter(b'\n', bytes).count() as u64
    }

    /// The divider of the block: lines do where nothing is quoted.
    fn divider(&self) -> Divider {
        self.layout.divider().without_quotes(&self.bytes)
    }

    /// Calls `each` with the place behind each record, as [`Block::divider`] divides them.
    fn each_end(&self, mut divider: Divider, mut each: impl FnMut(usize)) {
        let mut last = 0;
        divider.each_end(&self.bytes, |end| {
            last = end;
            each(end);
        });
        // The last record may lack its end.
        if last < self.bytes.len() {
            each(self.bytes.len());
        }
    }

    fn records(&self) -> impl Iterator<Item = RecordRef<'_>> {
        let mut ends = Vec::with_capacity(as_index(self.rows));
        self.each_end(self.divider(), |end| ends.push(end));
        let mut at = 0;
        (self.first_row..).zip(ends).map(move |(row, end)| {
            let record = self.record(row, at, &self.bytes[at..end]);
            at = end;
            record
        })
    }

    /// Reads the IDs of all rows, where anybody asks for them.
    pub(crate) fn decode(&mut self, decoding: Decoding) {
        if !matches!(decoding, Decoding::Ids | Decoding::IdsSoFar) {
            self.keys.clear();
            return;
        }
        let regular = self.layout.format == Format::Lines
            && self.layout.spelling == Spelling::Ulid
            && self.giant.is_none()
            // A byte order mark is nothing special in the middle of a source.
            && !self.bytes.starts_with(b"\xEF");
        let mut keys = mem::take(&mut self.keys);
        self.faults = if regular {
            self.decode_lines(&mut keys)
        } else if self.layout.format == Format::Binary {
            self.decode_binary(&mut keys)
        } else {
            self.decode_rows(&mut keys)
        };
        self.keys = keys;
    }

    fn decode_lines(&mut self, keys: &mut Vec<u128>) -> Vec<RowFault> {
        // What is left in it of another block is written over.
        make_room(keys, as_index(self.rows));
        keys.resize(as_index(self.rows), 0);
        let (mut faults, mut written) = (Vec::new(), Written::default());
        let mut lines = Lines::new(&self.bytes, self.layout.reading);
        let mut at = 0;
        while at < keys.len() {
            at += lines.read(&mut keys[at..]);
            let Some(found) = lines.fault() else {
                continue;
            };
            let text = self.bytes.get(found.offset..found.offset + found.len);
            let other = text.filter(|text| Spelling::is_uuid(text));
            match other.and_then(|text| self.layout.read(text).ok()) {
                Some(id) => {
                    written.insert(at);
                    keys[at] = id.to_u128();
                }
                None => faults.push(self.fault(found.line, found.fault.kind)),
            }
            at += 1;
        }
        self.written = written;
        faults
    }

    fn decode_binary(&self, keys: &mut Vec<u128>) -> Vec<RowFault> {
        let (records, rest) = self.bytes.as_chunks::<RECORD_LEN>();
        keys.clear();
        keys.extend(records.iter().copied().map(u128::from_be_bytes));
        let mut faults = Vec::new();
        if !rest.is_empty() {
            faults.push(self.fault(keys.len(), FaultKind::Absent));
            keys.push(0);
        }
        faults
    }

    fn decode_rows(&mut self, keys: &mut Vec<u128>) -> Vec<RowFault> {
        keys.clear();
        make_room(keys, as_index(self.rows));
        let (mut faults, mut template) = (Vec::new(), Template::default());
        let mut written = Written::default();
        let field = self.layout.object_field();
        let objects = field.map(|field| (field, ByteMask::new(&self.bytes)));
        let text = self.is_found_at_once().then(|| All::of(&self.bytes));
        let mut passed = 0;
        let mut at = 0;
        self.each_end(self.divider(), |end| {
            let row = self.first_row + keys.len() as u64;
            let record = self.record(row, at, &self.bytes[at..end]);
            let begin = as_index(record.offset - self.offset);
            let Place { id, at: place } = match &objects {
                Some((field, mask)) => {
                    let place = begin..begin + record.text.len();
                    let found = template.string_at(mask, place, field);
                    match &text {
                        Some(all) => first_in(all, begin, found.clone(), &mut passed)
                            .unwrap_or_else(|| self.layout.read_at(record.text, found)),
                        None => self.layout.read_at(record.text, found),
                    }
                }
                None => match &text {
                    Some(all) => {
                        let part = self.layout.place_of_text(record.text);
                        first_in(all, begin, part, &mut passed).unwrap_or_else(absent)
                    }
                    None => self.layout.locate(record.text, record.full_len),
                },
            };
            if record.text.get(place).is_some_and(Spelling::is_uuid) {
                written.insert(keys.len());
            }
            at = end;
            keys.push(id.map_or_else(
                |fault| {
                    faults.push(self.fault(keys.len(), fault.kind));
                    0
                },
                |id| id.to_u128(),
            ));
        });
        self.written = written;
        self.all_ids = text.map(|all| all.len());
        faults
    }

    /// True if the rows are text whose IDs are found at once: no row is cut, an ID does not end one, and what divides them does
    /// not make an ID longer.
    fn is_found_at_once(&self) -> bool {
        let divides = !matches!(self.layout.fields.delimiter, b'_' | b'-');
        self.is_text() && !self.layout.every && self.giant.is_none() && divides
    }

    /// Share of a row in the IDs that are written as UUIDs.
    pub(crate) fn version_of(&self, row: u64) -> Versions {
        let index = row.checked_sub(self.first_row).map(as_index);
        index.map_or(Versions::default(), |index| {
            self.written.version(&self.keys, index)
        })
    }

    /// Tells an audit, to which its rows were added last, which of them are written as UUIDs.
    fn add_versions_to(&self, audit: &mut Audit) {
        audit.add_written(self.written.versions(&self.keys));
    }

    /// Adds its rows to the audit of those before it.
    pub fn add_to(&self, audit: &mut Audit) {
        match self.is_text() {
            true => audit.extend_text(&self.keys, &self.faults, self.further_ids()),
            false => audit.extend(&self.keys, &self.faults),
        }
        self.add_versions_to(audit);
    }

    fn fault(&self, row_in_block: usize, kind: FaultKind) -> RowFault {
        RowFault {
            row: self.first_row + row_in_block as u64,
            kind,
        }
    }

    pub(crate) fn first(&self) -> Option<Row> {
        let end = self.layout.divider().find_end(&self.bytes);
        let bytes = &self.bytes[..end.unwrap_or(self.bytes.len())];
        let record = (!bytes.is_empty()).then(|| self.record(self.first_row, 0, bytes))?;
        Some(RowRef::new(&self.layout, record, None).to_row())
    }

    pub(crate) fn last(&self) -> Option<Row> {
        let row = (self.first_row + self.rows).checked_sub(1)?;
        let at = self.begin_of_last();
        let bytes = self.bytes.get(at..).filter(|bytes| !bytes.is_empty())?;
        let record = self.record(row, at, bytes);
        Some(RowRef::new(&self.layout, record, None).to_row())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Takes the last record out of a block, as long as none of it was cut.
    pub(crate) fn take_last(&mut self) -> Option<(Row, Vec<u8>)> {
        if self.giant.is_some() {
            return None;
        }
        let last = self.last()?;
        let (mut begin, mut next) = (0, 0);
        self.each_end(self.divider(), |end| begin = mem::replace(&mut next, end));
        let bytes = self.bytes.split_off(begin);
        self.rows -= 1;
        self.byte_len -= bytes.len() as u64;
        Some((last, bytes))
    }

    fn begin_of_last(&self) -> usize {
        let before_end = self.bytes.len().saturating_sub(1);
        match self.divider() {
            Divider::Lines | Divider::Filled(_) => {
                memrchr(b'\n', &self.bytes[..before_end]).map_or(0, |at| at + 1)
            }
            Divider::Fixed(_) => before_end / RECORD_LEN * RECORD_LEN,
            divider @ (Divider::Quoted(_)
            | Divider::Elements(_)
            | Divider::Every(_)
            | Divider::Pages(_)) => {
                let (mut begin, mut next) = (0, 0);
                self.each_end(divider, |end| begin = mem::replace(&mut next, end));
                begin
            }
        }
    }

    /// The last ID of the block.
    pub(crate) fn last_valid(&self) -> Option<Ulid> {
        let mut faults = self.faults.iter().rev().peekable();
        let rows = self.keys.iter().enumerate().rev();
        for (index, &key) in rows {
            let row = self.first_row + index as u64;
            if faults.next_if(|fault| fault.row == row).is_none() {
                return Some(Ulid::from_u128(key));
            }
        }
        None
    }

    pub(crate) fn connect(
        &mut self,
        before: Option<Row>,
        after: Option<Row>,
        valid_before: Option<Ulid>,
    ) {
        (self.before, self.after, self.valid_before) = (before, after, valid_before);
    }

    pub(crate) fn byte_len(&self) -> u64 {
        self.byte_len
    }

    /// Its memory, for another block.
    pub(crate) fn into_buffers(self) -> Buffers {
        Buffers {
            bytes: self.bytes,
            keys: self.keys,
        }
    }

    /// The record that stands, with its ending, at a place in the block.
    fn record<'a>(&'a self, row: u64, at: usize, bytes: &'a [u8]) -> RecordRef<'a> {
        let leading = self.edges.leading_len(bytes);
        let text = &bytes[leading..];
        let text = &text[..text.len() - self.edges.ending_len(text)];
        let leading = leading as u64;
        RecordRef {
            file: self.file,
            row,
            offset: self.offset + at as u64 + leading,
            text: &text[..text.len().min(self.layout.record_limit())],
            full_len: (self.giant).map_or(text.len() as u64, |len| len.saturating_sub(leading)),
        }
    }
}

/// The ID of a row that begins at a place of a block, by all IDs of the block.
fn first_in(
    all: &All,
    begin: usize,
    at: Option<Range<usize>>,
    passed: &mut usize,
) -> Option<Place> {
    let at = at?;
    let (at, id) = all.first_in(begin + at.start..begin + at.end, passed)?;
    Some(Place {
        at: at.start - begin..at.end - begin,
        id: Ok(id),
    })
}
