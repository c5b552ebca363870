//! Messages with the very bytes in which they came.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    ops::Range,
};

use crate::frame::{self, FrameError};

/// Messages longer than this pass without being looked at.
pub(super) const LOOKED_AT_MAX: u64 = 16 * 1024 * 1024;
/// What a reader keeps allocated between messages.
const KEPT: usize = 256 * 1024;
const BUFFER: usize = 64 * 1024;

/// A stream cut into messages, header bytes included.
pub(super) struct Wire<R> {
    input: BufReader<R>,
    header: Vec<u8>,
    /// The last message at its beginning; what lies behind is left from longer ones.
    bytes: Vec<u8>,
}

/// What comes next on a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A message: its bytes, and where the body begins in them.
    Message(&'a [u8], usize),
    /// A long message: its header, and the length of the body that [`Wire::pass_on`] copies.
    Long(&'a [u8], u64),
    /// Bytes that are no message. The rest of the stream is for [`Wire::pass_on`].
    Unframed(&'a [u8]),
    /// The end.
    End,
}

impl<R: Read> Wire<R> {
    pub(super) fn new(input: R) -> Wire<R> {
        Wire {
            input: BufReader::with_capacity(BUFFER, input),
            header: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// The next part.
    pub(super) fn next(&mut self) -> io::Result<Part<'_>> {
        self.header.clear();
        self.bytes.truncate(KEPT);
        self.bytes.shrink_to(KEPT);
        let mut header = Tee {
            input: &mut self.input,
            taken: &mut self.header,
        };
        match frame::read_header(&mut header) {
            Ok(None) => Ok(Part::End),
            Ok(Some(length)) if length <= LOOKED_AT_MAX => {
                let body = self.header.len();
                room(&mut self.bytes, 0..body).copy_from_slice(&self.header);
                let end = read_body(&mut self.input, length, &mut self.bytes, body)?;
                let bytes = self.bytes.get(..end).unwrap_or_default();
                Ok(if (end - body) as u64 == length {
                    Part::Message(bytes, body)
                } else {
                    Part::Unframed(bytes)
                })
            }
            Ok(Some(length)) => Ok(Part::Long(&self.header, length)),
            Err(FrameError::Io(error)) => Err(error),
            Err(_) => Ok(Part::Unframed(&self.header)),
        }
    }

    /// Copies that many bytes, or all that follow, without looking at them.
    pub(super) fn pass_on(
        &mut self,
        length: Option<u64>,
        output: &mut dyn Write,
    ) -> io::Result<()> {
        let mut rest = (&mut self.input).take(length.unwrap_or(u64::MAX));
        io::copy(&mut rest, output)?;
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
        // the announced length alone must not take memory
        let piece = usize::try_from(left).unwrap_or(KEPT).min(KEPT);
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

/// Keeps a copy of what is read through it.
struct Tee<'a, R> {
    input: &'a mut BufReader<R>,
    taken: &'a mut Vec<u8>,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.taken
            .extend_from_slice(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R: Read> BufRead for Tee<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.input.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.taken
            .extend_from_slice(self.input.buffer().get(..amount).unwrap_or_default());
        self.input.consume(amount);
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Everything that comes out of a stream, in one piece, and the bodies.
    fn pass(input: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
        let mut wire = Wire::new(input);
        let (mut all, mut bodies) = (Vec::new(), Vec::new());
        loop {
            let rest = match wire.next().expect("memory does not fail") {
                Part::Message(bytes, body) => {
                    all.extend_from_slice(bytes);
                    bodies.push(bytes[body..].to_vec());
                    continue;
                }
                Part::Long(header, length) => {
                    all.extend_from_slice(header);
                    Some(length)
                }
                Part::Unframed(bytes) => {
                    all.extend_from_slice(bytes);
                    None
                }
                Part::End => return (all, bodies),
            };
            wire.pass_on(rest, &mut all).expect("memory does not fail");
        }
    }

    #[test]
    fn headers_keep_their_form() {
        let input = b"Content-Length: 2\r\n\r\n{}content-length:4\nContent-Type: x\n\n[1] Content-Length: 0\r\n\r\n";
        let (all, bodies) = pass(input);
        assert_eq!(all, input);
        assert_eq!(bodies, [b"{}".to_vec(), b"[1] ".to_vec(), Vec::new()]);
    }

    #[test]
    fn what_is_no_frame_passes_to_the_end() {
        for input in [
            "warning\r\nContent-Length: 2\r\n\r\n{}",
            "Content-Length: 9\r\n\r\n{}",
            "Content-Length: x\r\n\r\n{}",
            "no header at all",
        ] {
            let (all, bodies) = pass(input.as_bytes());
            assert_eq!(
                (String::from_utf8(all).unwrap(), bodies.len()),
                (input.to_owned(), 0)
            );
        }
    }

    #[test]
    fn long_messages_are_not_held() {
        let length = usize::try_from(LOOKED_AT_MAX).unwrap() + 1;
        let mut input = format!("Content-Length: {length}\r\n\r\n").into_bytes();
        input.resize(input.len() + length, b'x');
        input.extend_from_slice(b"Content-Length: 2\r\n\r\n{}");
        let (all, bodies) = pass(&input);
        assert!(all == input);
        assert_eq!(bodies, [b"{}".to_vec()]);
    }

    proptest! {
        #[test]
        fn no_byte_is_lost_or_added(input in prop::collection::vec(any::<u8>(), 0..200), text in "(Content-Length: [0-9]{1,2}(\r\n){1,2}|[{}a:\r\n ]){0,12}") {
            for input in [input.as_slice(), text.as_bytes()] {
                // blank lines before the end of the stream belong to no message
                let (all, _) = pass(input);
                prop_assert!(input.starts_with(&all));
                prop_assert!(input[all.len()..].iter().all(|byte| matches!(byte, b'\r' | b'\n')));
            }
        }
    }
}
