//! Text of one ULID a line, read by the block where it is regular and line by line where it is not.

#[cfg(feature = "alloc")]
use alloc::{vec, vec::Vec};
use core::{error, fmt};

use crate::Ulid;
use memchr::memchr;

#[cfg(feature = "alloc")]
use super::Key;
use super::{Fault, Kernel, Reading, Sequence, Shape};

/// A line that is no ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFault {
    /// Which line it is, from 0.
    pub line: usize,
    /// Begin of the line, in bytes from the start of the text.
    pub offset: usize,
    /// The bytes of the line, without its end.
    pub len: usize,
    /// The fault.
    pub fault: Fault,
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line + 1, self.fault)
    }
}

impl error::Error for LineFault {}

/// Reads text of one ULID a line, as fast as memory allows where lines have 26 characters.
///
/// Lines end with a line feed, or with carriage return and line feed; the last may lack its end. A byte order mark at the
/// start is skipped. An empty line is a fault, but the end of the last line does not begin another.
///
/// Each call goes on to the next line that is wrong, which [`Lines::fault`] then tells and passes:
///
/// ```
/// use ulid_core::{Reading, codec::Lines};
///
/// let text = b"01ARZ3NDEKTSV4RRFFQ69G5FAV\r\nnone\n01ARZ3NDEKTSV4RRFFQ69G5FAW";
/// let mut lines = Lines::new(text, Reading::Strict);
/// let mut keys = [0; 64];
/// assert_eq!(lines.read(&mut keys), 1);
/// assert_eq!(lines.fault().map(|fault| fault.line), Some(1));
/// assert_eq!(lines.read(&mut keys), 1);
/// assert_eq!(lines.fault(), None);
/// ```
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a [u8],
    reading: Reading,
    kernel: Kernel,
    offset: usize,
    line: usize,
    /// The shape of the last line that was right, in which the next ones are tried.
    shape: Shape,
}

/// The use of the records that a kernel finds right.
enum Use<'a> {
    Keep { keys: &'a mut [u128], kept: usize },
    Follow(&'a mut Sequence),
    Pass,
}

/// A single line.
struct Line {
    id: Result<Ulid, Fault>,
    /// Bytes without the end.
    len: usize,
    /// Bytes of the end: 0, 1 or 2.
    end: usize,
}

impl<'a> Lines<'a> {
    /// From the start of a text.
    #[must_use]
    pub fn new(text: &'a [u8], reading: Reading) -> Lines<'a> {
        Lines::by(Kernel::active(), text, reading)
    }

    /// As [`Lines::new`], by a kernel of choice.
    #[must_use]
    pub fn by(kernel: Kernel, text: &'a [u8], reading: Reading) -> Lines<'a> {
        const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
        let offset = if text.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        Lines {
            text,
            reading,
            kernel,
            offset,
            line: 0,
            shape: Shape::Lines,
        }
    }

    /// Begin of the next line, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Which line comes next, from 0.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Reads the next ULIDs, as their 128 bits, until `keys` is full, a line is wrong or the text ends; says how many.
    pub fn read(&mut self, keys: &mut [u128]) -> usize {
        let before = self.line;
        self.advance(&mut Use::Keep { keys, kept: 0 });
        self.line - before
    }

    /// Adds the next ULIDs to `order` until a line is wrong or the text ends; says how many.
    pub fn follow(&mut self, order: &mut Sequence) -> usize {
        let before = self.line;
        self.advance(&mut Use::Follow(order));
        self.line - before
    }

    /// Passes the next ULIDs until a line is wrong or the text ends; says how many.
    pub fn pass(&mut self) -> usize {
        let before = self.line;
        self.advance(&mut Use::Pass);
        self.line - before
    }

    /// The next line, where it is wrong, which is then passed. Nothing where it is right, and at the end.
    pub fn fault(&mut self) -> Option<LineFault> {
        let line = self.next_line()?;
        let fault = line.id.err()?;
        let found = LineFault {
            line: self.line,
            offset: self.offset,
            len: line.len,
            fault,
        };
        self.offset += line.len + line.end;
        self.line += 1;
        Some(found)
    }

    fn advance(&mut self, sink: &mut Use) {
        while !sink.is_full() {
            let rest = &self.text[self.offset..];
            let records = sink.take_records(self.kernel, rest, self.shape, self.reading);
            self.offset += records * self.shape.stride();
            self.line += records;
            if sink.is_full() {
                return;
            }
            let Some(line) = self.next_line() else {
                return;
            };
            let Ok(id) = line.id else {
                return;
            };
            sink.take(id);
            self.offset += line.len + line.end;
            self.line += 1;
            self.shape = match line.end {
                2 => Shape::CrLfLines,
                _ => Shape::Lines,
            };
        }
    }

    fn next_line(&self) -> Option<Line> {
        let rest = &self.text[self.offset..];
        if rest.is_empty() {
            return None;
        }
        let (bytes, end) = match memchr(b'\n', rest) {
            Some(at) => match rest[..at].strip_suffix(b"\r") {
                Some(bytes) => (bytes, 2),
                None => (&rest[..at], 1),
            },
            None => match rest.strip_suffix(b"\r") {
                Some(bytes) => (bytes, 1),
                None => (rest, 0),
            },
        };
        Some(Line {
            id: self.kernel.parse(bytes, self.reading),
            len: bytes.len(),
            end,
        })
    }
}

impl Use<'_> {
    fn is_full(&self) -> bool {
        matches!(self, Use::Keep { keys, kept } if *kept == keys.len())
    }

    fn take_records(
        &mut self,
        kernel: Kernel,
        text: &[u8],
        shape: Shape,
        reading: Reading,
    ) -> usize {
        match self {
            Use::Keep { keys, kept } => {
                let read = kernel.parse_records(text, shape, reading, &mut keys[*kept..]);
                *kept += read;
                read
            }
            Use::Follow(order) => kernel.follow_records(text, shape, reading, order),
            Use::Pass => kernel.valid_records(text, shape, reading),
        }
    }

    fn take(&mut self, id: Ulid) {
        match self {
            Use::Keep { keys, kept } => {
                if let Some(slot) = keys.get_mut(*kept) {
                    *slot = id.0;
                    *kept += 1;
                }
            }
            Use::Follow(order) => order.push(id),
            Use::Pass => {}
        }
    }
}

/// Reads a whole text of one ULID a line.
///
/// # Errors
///
/// The first line that is no ULID.
#[cfg(feature = "alloc")]
pub fn parse_lines(text: &[u8], reading: Reading) -> Result<Vec<u128>, LineFault> {
    // At most as many as there are lines of 27 bytes and a last one; shorter lines are faults.
    let mut keys = vec![0; text.len() / 27 + 1];
    let mut lines = Lines::new(text, reading);
    let read = lines.read(&mut keys);
    match lines.fault() {
        Some(fault) => Err(fault),
        None => {
            keys.truncate(read);
            Ok(keys)
        }
    }
}

/// Writes ULIDs one a line, after what `out` holds.
#[cfg(feature = "alloc")]
pub fn print_lines(keys: &[impl Key], out: &mut Vec<u8>) {
    let before = out.len();
    out.resize(before + Shape::Lines.stride() * keys.len(), 0);
    Kernel::active().print_records(keys, Shape::Lines, &mut out[before..]);
}
