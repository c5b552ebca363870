//! Messages with the very bytes in which they came, and whatever stands between them.
//!
//! A debuggee, an init file or a wrapper script can print on the stream that carries the protocol. Such text is handed
//! out as it came, and the next `Content-Length: N` at the end of a line begins a message again. In JSON no line end
//! stands within a string, so that no body holds such a line.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    ops::Range,
};

use crate::frame::{self, HEADER_LINE_MAX, HEADER_MAX};

/// Messages longer than this pass without being looked at.
pub(super) const LOOKED_AT_MAX: u64 = 16 * 1024 * 1024;
/// Bytes that a reader keeps allocated between messages.
const KEPT: usize = 256 * 1024;
const BUFFER: usize = 64 * 1024;
/// Bytes at the end of a line that is too long which may be the begin of a header.
const TAIL: usize = 64;

/// A stream cut into messages, header bytes included.
pub(super) struct Wire<R> {
    input: BufReader<R>,
    /// The header as far as it was read; once it is handed out, only memory.
    header: Vec<u8>,
    /// A line under way.
    line: Vec<u8>,
    /// The last message at its beginning; what lies behind is left from longer ones.
    bytes: Vec<u8>,
}

/// The next thing on a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A message: its bytes, and where the body begins in them.
    Message(&'a [u8], usize),
    /// A long message: its header, and the length of the body that [`Wire::pass_on`] copies.
    Long(&'a [u8], u64),
    /// Bytes outside of the protocol. Messages may follow.
    Stray(&'a [u8]),
    /// The end.
    End,
}

/// Outcome of the lines of a header.
enum Header {
    /// A whole header, and the length of the body.
    Whole(u64),
    /// No header.
    Stray,
    /// The end of the stream.
    End,
}

impl<R: Read> Wire<R> {
    pub(super) fn new(input: R) -> Wire<R> {
        Wire {
            input: BufReader::with_capacity(BUFFER, input),
            header: Vec::new(),
            line: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// The next part.
    pub(super) fn next(&mut self) -> io::Result<Part<'_>> {
        self.bytes.truncate(KEPT);
        self.bytes.shrink_to(KEPT);
        match self.read_header()? {
            Header::End => Ok(Part::End),
            Header::Stray => Ok(Part::Stray(&self.header)),
            Header::Whole(length) if length <= LOOKED_AT_MAX => {
                let body = self.header.len();
                room(&mut self.bytes, 0..body).copy_from_slice(&self.header);
                let end = read_body(&mut self.input, length, &mut self.bytes, body)?;
                let bytes = self.bytes.get(..end).unwrap_or_default();
                Ok(if (end - body) as u64 == length {
                    Part::Message(bytes, body)
                } else {
                    Part::Stray(bytes)
                })
            }
            Header::Whole(length) => Ok(Part::Long(&self.header, length)),
        }
    }

    /// Reads the lines of a header, or as much as is surely none.
    fn read_header(&mut self) -> io::Result<Header> {
        self.header.clear();
        let mut length = None;
        loop {
            if !self.read_line()? {
                return Ok(self.unended());
            }
            let is_first = self.header.trim_ascii().is_empty();
            let is_blank = self.line.trim_ascii().is_empty();
            let found = frame::length_at(&self.line);
            let begin = found.map_or(0, |(begin, _)| begin);
            if begin > 0 {
                self.header.extend(self.line.drain(..begin));
                return Ok(Header::Stray);
            }
            let is_part = match found {
                Some((_, found)) => *length.get_or_insert(found) == found,
                None => is_blank && is_first || frame::is_header_line(&self.line),
            };
            self.header.append(&mut self.line);
            match length {
                Some(length) if is_blank => return Ok(Header::Whole(length)),
                _ if !is_part || self.header.len() > HEADER_MAX => return Ok(Header::Stray),
                _ => {}
            }
        }
    }

    /// Reads on to the end of the line under way; false where none comes within the limit or before the stream ends.
    fn read_line(&mut self) -> io::Result<bool> {
        if self.line.last() != Some(&b'\n') {
            let limit = HEADER_LINE_MAX.saturating_sub(self.line.len()) as u64;
            let mut input = (&mut self.input).take(limit);
            input.read_until(b'\n', &mut self.line)?;
        }
        Ok(self.line.last() == Some(&b'\n'))
    }

    /// Gives up a line that does not end. Where it is too long a header may begin at its end.
    fn unended(&mut self) -> Header {
        let is_cut = self.line.len() >= HEADER_LINE_MAX;
        let kept = if is_cut { TAIL } else { 0 };
        let given_up = self.line.len().saturating_sub(kept);
        self.header.extend(self.line.drain(..given_up));
        if self.header.is_empty() {
            Header::End
        } else {
            Header::Stray
        }
    }

    /// Copies that many bytes without looking at them.
    pub(super) fn pass_on(&mut self, length: u64, output: &mut dyn Write) -> io::Result<()> {
        io::copy(&mut (&mut self.input).take(length), output)?;
        output.flush()
    }
}

/// Reads a body of a known length into some bytes from `begin` on, as far as the stream goes. Where it ends.
fn read_body(
    input: &mut BufReader<impl Read>,
    length: u64,
    bytes: &mut Vec<u8>,
    begin: usize,
) -> io::Result<usize> {
    let (mut end, mut left) = (begin, length);
    while left > 0 {
        // the announced length alone must not take memory, and what is kept is enough for the first piece
        let room_left = KEPT - end % KEPT;
        let piece = usize::try_from(left).unwrap_or(KEPT).min(room_left);
        let read = fill(input, room(bytes, end..end + piece))?;
        end += read;
        left -= read as u64;
        if read < piece {
            break;
        }
    }
    Ok(end)
}

/// A range of some bytes, which are made longer where they do not reach so far.
fn room(bytes: &mut Vec<u8>, range: Range<usize>) -> &mut [u8] {
    if bytes.len() < range.end {
        bytes.resize(range.end, 0);
    }
    bytes.get_mut(range).unwrap_or_default()
}

/// Reads until a buffer is full or the stream ends. How many bytes were read.
fn fill(input: &mut BufReader<impl Read>, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        // what is not in the buffer already need not pass through it
        let read = if input.buffer().is_empty() {
            input.get_mut().read(rest)
        } else {
            input.read(rest)
        };
        match read {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests;
