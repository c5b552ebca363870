//! Records one after another, from any known begin of one.

use std::sync::Arc;

use super::index::Mark;
use crate::{
    format::{Divider, as_index},
    row::Record,
    source::{ReadError, Section, Source},
};

/// A walk over records.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    source: &'a Source,
    /// The file gone over.
    section: Section,
    divider: Divider,
    /// The next record.
    at: Mark,
    /// Bytes of a record that are kept.
    limit: usize,
    block_start: u64,
    block: Arc<[u8]>,
}

impl<'a> Records<'a> {
    /// A walk from `at` on, the begin of a record.
    pub(crate) fn new(source: &'a Source, at: Mark, limit: usize) -> Records<'a> {
        let section = source.section_at(at.offset);
        Records {
            source,
            divider: section.layout.divider(),
            section,
            at,
            limit,
            block_start: 0,
            block: Arc::default(),
        }
    }

    /// The begin of the next record.
    pub(crate) fn at(&self) -> Mark {
        self.at
    }

    /// The begin of the text of the next record, below blank lines.
    pub(crate) fn begin_of_next(&mut self) -> Result<u64, ReadError> {
        self.enter();
        self.skip_blanks()?;
        Ok(self.at.offset)
    }

    /// Passes over records until the next one is `row`, or the source ends.
    pub(crate) fn skip_to_row(&mut self, row: u64) -> Result<(), ReadError> {
        while self.at.row < row && self.pass(|_| {})? > 0 {}
        Ok(())
    }

    /// The next record, if there is one.
    pub(crate) fn next_record(&mut self) -> Result<Option<Record>, ReadError> {
        let begin = self.at;
        let mut text = Vec::new();
        // Two more than the limit, so that a line ending never hides behind it.
        let limit = self.limit + 2;
        let len = self.pass(|piece| {
            let room = limit - text.len();
            text.extend_from_slice(&piece[..piece.len().min(room)]);
        })?;
        let begin = Mark {
            offset: self.at.offset - len,
            ..begin
        };
        if len == 0 {
            return Ok(None);
        }
        if let Divider::Every(_) = self.divider {
            return self.record_of_id(begin, len).map(Some);
        }
        let leading = match self.divider {
            Divider::Pages(_) | Divider::Elements(_) => self.divider.leading_len(&text),
            _ => 0,
        };
        text.drain(..leading);
        let (len, begin) = (len - leading as u64, begin.after(leading));
        let ending = if len > limit as u64 {
            self.ending_before(begin.offset + len)?
        } else {
            self.divider.ending_len(&text)
        };
        let full_len = len - ending as u64;
        text.truncate(as_index(full_len).min(self.limit));
        Ok(Some(Record {
            layout: self.section.layout.clone(),
            file: self.section.number,
            row: begin.row,
            offset: begin.offset,
            text,
            full_len,
        }))
    }

    /// Hands the pieces of the next record out, goes past it, and gives its length with the line ending.
    fn pass(&mut self, mut each: impl FnMut(&[u8])) -> Result<u64, ReadError> {
        loop {
            let begin = self.begin_of_next()?;
            let is_ended = self.pass_to_end(&mut each)?;
            let len = self.at.offset - begin;
            if is_ended || len == 0 || !self.divider.holds_nothing() {
                self.at.row += u64::from(len > 0);
                return Ok(len);
            }
            // what stands behind the last ID of a file is no record
            self.divider = self.section.layout.divider();
            if !self.section.is_sealed {
                self.at.offset = begin;
                return Ok(0);
            }
        }
    }

    /// Hands out the pieces of the next record as far as its file goes. Whether it ended.
    fn pass_to_end(&mut self, each: &mut impl FnMut(&[u8])) -> Result<bool, ReadError> {
        loop {
            let within = self.fill()?;
            let room = as_index(self.section.end.saturating_sub(self.at.offset));
            let bytes = &self.block[within..];
            let bytes = &bytes[..bytes.len().min(room)];
            if bytes.is_empty() {
                if self.is_at_end() {
                    return Ok(false);
                }
                continue;
            }
            let end = self.divider.find_end(bytes);
            let piece = &bytes[..end.unwrap_or(bytes.len())];
            each(piece);
            self.at.offset += piece.len() as u64;
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    /// The row of an ID, whose record is `len` bytes long and may begin many lines above it.
    fn record_of_id(&self, begin: Mark, len: u64) -> Result<Record, ReadError> {
        let kept = len.min(self.limit as u64);
        let mut text = vec![0; as_index(kept)];
        let from = begin.offset + len - kept;
        let count = self.source.read_at(from, &mut text)?;
        text.truncate(count);
        let leading = self.divider.leading_len(&text);
        text.truncate(text.len() - self.divider.ending_len(&text));
        text.drain(..leading.min(text.len()));
        Ok(Record {
            layout: self.section.layout.clone(),
            file: self.section.number,
            row: begin.row,
            offset: from + leading as u64,
            full_len: text.len() as u64,
            text,
        })
    }

    /// Passes over blank lines where these are no records, and over those at the end of a file to the next one.
    fn skip_blanks(&mut self) -> Result<(), ReadError> {
        while self.divider.skips_blanks() {
            let within = self.fill()?;
            let left = as_index(self.section.end.saturating_sub(self.at.offset));
            let blank = match self.block.get(within..).unwrap_or_default() {
                [b'\n', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                [b'\r'] if left > 1 && self.begins_with_line_end()? => 2,
                _ => break,
            };
            if left < blank {
                break;
            }
            self.at.offset += blank as u64;
            self.enter();
        }
        Ok(())
    }

    /// True if the next two bytes, which lie in two blocks, end a line.
    fn begins_with_line_end(&self) -> Result<bool, ReadError> {
        let mut next = [0; 2];
        let count = self.source.read_at(self.at.offset, &mut next)?;
        Ok(count == 2 && next == *b"\r\n")
    }

    /// Goes on to the rows of the next file, where this one has no more.
    fn enter(&mut self) {
        while self.is_at_end() && self.section.is_sealed {
            self.section = self.source.section(self.section.number + 1);
            self.divider = self.section.layout.divider();
            self.at.offset = self.section.rows;
        }
    }

    /// True if the current file has no more, also by now.
    fn is_at_end(&mut self) -> bool {
        if self.at.offset < self.section.end {
            return false;
        }
        if !self.section.is_sealed {
            self.section = self.source.section(self.section.number);
        }
        self.at.offset >= self.section.end
    }

    /// Makes the block of the next byte the current one, and says where in it that byte is.
    fn fill(&mut self) -> Result<usize, ReadError> {
        let offset = self.at.offset;
        let within = offset
            .checked_sub(self.block_start)
            .and_then(|within| usize::try_from(within).ok())
            .filter(|&within| within < self.block.len());
        if let Some(within) = within {
            return Ok(within);
        }
        (self.block_start, self.block) = self.source.block(offset)?;
        let within = usize::try_from(offset - self.block_start).unwrap_or(usize::MAX);
        Ok(within.min(self.block.len()))
    }

    /// Bytes of the ending of a record whose end was not kept.
    fn ending_before(&self, end: u64) -> Result<usize, ReadError> {
        let mut last = [0; 2];
        self.source.read_at(end - 2, &mut last)?;
        Ok(self.divider.ending_len(&last))
    }
}
