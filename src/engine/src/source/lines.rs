//! Line ends of a source, counted as far as somebody asked.

use std::sync::{Mutex, PoisonError};

use super::{Part, ReadError, Source};
use crate::format::as_index;

/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;

/// Bytes between two counts of line ends.
const STRIDE: u64 = 1 << 20;

/// Line ends before each stride of a source, as far as somebody asked: any line is at most a stride away from a count.
#[derive(Debug, Default)]
pub(crate) struct LineCounts(Mutex<Vec<u64>>);

impl LineCounts {
    /// Forgets the counts of a source that was cut.
    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Source {
    /// Line of a file, from 1, on which a byte of the source stands.
    pub(crate) fn line_at(&self, offset: u64) -> Result<u64, ReadError> {
        let start = self.section_at(offset).start;
        let ends = self.line_ends_before(offset)? - self.line_ends_before(start)?;
        Ok(ends + 1)
    }

    /// Line ends in all bytes before an offset, which have to be there.
    fn line_ends_before(&self, offset: u64) -> Result<u64, ReadError> {
        let whole = offset / STRIDE;
        let before = {
            let mut counts = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
            if counts.is_empty() {
                counts.push(0);
            }
            while counts.len() as u64 <= whole {
                let stride = counts.len() as u64 - 1;
                let last = counts.last().copied().unwrap_or_default();
                let ends = self.line_ends_in(stride * STRIDE, (stride + 1) * STRIDE)?;
                counts.push(last + ends);
            }
            counts.get(as_index(whole)).copied().unwrap_or_default()
        };
        Ok(before + self.line_ends_in(whole * STRIDE, offset)?)
    }

    /// Begin of the stride in which the line end of a number stands, or of the last one before `end`. What is counted
    /// already is not read again.
    fn stride_of_line_end(&self, number: u64, end: u64) -> Result<u64, ReadError> {
        let counted = {
            let counts = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
            let before = counts.partition_point(|&ends| ends < number) as u64;
            (before < counts.len() as u64, before.saturating_sub(1))
        };
        let (is_behind, mut stride) = counted;
        while !is_behind
            && (stride + 1) * STRIDE < end
            && self.line_ends_before((stride + 1) * STRIDE)? < number
        {
            stride += 1;
        }
        Ok(stride * STRIDE)
    }

    pub(crate) fn line_ends_in(&self, from: u64, to: u64) -> Result<u64, ReadError> {
        let (mut at, mut ends) = (from, 0);
        let mut bytes = vec![0; PIECE.min(as_index(to - from))];
        while at < to {
            let len = bytes.len().min(as_index(to - at));
            let count = self.read_at(at, &mut bytes[..len])?;
            if count == 0 {
                break;
            }
            ends += memchr::memchr_iter(b'\n', &bytes[..count]).count() as u64;
            at += count as u64;
        }
        Ok(ends)
    }

    /// Begin of a line of the first file; `None` if fewer lines stand in its bytes before `end`.
    pub(crate) fn begin_of_line(&self, line: u64, end: u64) -> Result<Option<u64>, ReadError> {
        let Some(wanted) = line.checked_sub(1) else {
            return Ok(None);
        };
        if wanted == 0 {
            return Ok(Some(0));
        }
        let end = end.min(self.parts().first().map_or(0, Part::len));
        let mut at = self.stride_of_line_end(wanted, end)?;
        let mut left = wanted - self.line_ends_before(at)?;
        let mut bytes = vec![0; PIECE];
        while left > 0 && at < end {
            let len = PIECE.min(as_index(end - at));
            let count = self.read_at(at, &mut bytes[..len])?;
            if count == 0 {
                return Ok(None);
            }
            let mut ends = memchr::memchr_iter(b'\n', &bytes[..count]);
            match ends.by_ref().nth(as_index(left - 1)) {
                Some(last) => return Ok(Some(at + last as u64 + 1)),
                None => left -= memchr::memchr_iter(b'\n', &bytes[..count]).count() as u64,
            }
            at += count as u64;
        }
        Ok((left == 0).then_some(at))
    }
}
