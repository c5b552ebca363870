//! Lines that end by a carriage return alone, as Excel for Mac writes them, or by two and a line feed, as a program does that
//! has its line ends made those of Windows twice. They are made lines like others on the way. The first line end of a
//! source tells whether they are.

use std::{
    io::{self, Read},
    iter, mem,
};

use super::input::Stream;

/// Bytes within which the first line has to end.
const LOOKED_AT: usize = 4096;
/// Bytes that are read at a time.
const PIECE: usize = 16 * 1024;

/// The line ends of a source, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// More bytes are needed.
    Nothing,
    LineFeeds,
    Returns,
}

/// The line ends that bytes tell, before which others came.
fn tell(bytes: &[u8], seen: usize) -> Told {
    let mut is_behind_return = false;
    for (&byte, at) in bytes.iter().zip(seen..) {
        match byte {
            b'\r' | b'\t' | b' '.. if is_behind_return => return Told::Returns,
            _ if at >= LOOKED_AT => return Told::LineFeeds,
            b'\r' => is_behind_return = true,
            b'\t' | b' '.. => {}
            // a line feed, or a byte that no text has
            _ => return Told::LineFeeds,
        }
    }
    Told::Nothing
}

/// True for a source whose first line ends by a return alone, or by two.
pub(crate) fn ends_by_return(head: &[u8]) -> bool {
    tell(head, 0) == Told::Returns
}

/// The bytes of a source whose lines end by line feeds.
pub(crate) fn with_line_feeds(bytes: Vec<u8>) -> Vec<u8> {
    if !ends_by_return(&bytes) {
        return bytes;
    }
    let mut lines = Returns::new(Box::new(io::empty()));
    lines.pass(&bytes);
    lines.end();
    lines.text
}

/// A stream in which each line ends by a line feed.
pub(crate) struct Returns {
    stream: Stream,
    told: Told,
    /// Bytes that were given out before it was told.
    seen: usize,
    /// True if the last byte was a return, for which a line feed was given out.
    is_behind_return: bool,
    /// Returns behind that one: part of the same line end if a line feed follows.
    held: usize,
    text: Vec<u8>,
    given: usize,
    /// An error behind bytes that are still to be given out.
    failure: Option<io::Error>,
}

impl Returns {
    pub(crate) fn new(stream: Stream) -> Returns {
        Returns {
            stream,
            told: Told::Nothing,
            seen: 0,
            is_behind_return: false,
            held: 0,
            text: Vec::new(),
            given: 0,
            failure: None,
        }
    }

    /// Reads on until there is something to give out, or the stream has ended.
    fn fill(&mut self) {
        self.given = 0;
        self.text.clear();
        let mut piece = [0; PIECE];
        // a return of which nothing is told yet waits here
        let mut untold = Vec::new();
        while self.text.is_empty() {
            let count = match self.stream.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    // what came before damage is kept
                    self.text.append(&mut untold);
                    self.failure = Some(error);
                    break;
                }
                Ok(count) => count,
            };
            let bytes = piece.get(..count).unwrap_or_default();
            match self.told {
                Told::LineFeeds => self.text.extend_from_slice(bytes),
                Told::Returns => self.pass(bytes),
                Told::Nothing => {
                    untold.extend_from_slice(bytes);
                    self.begin(&mut untold, count == 0);
                }
            }
            if count == 0 {
                self.end();
                break;
            }
        }
    }

    /// Gives out the first bytes of a source, but for a return that they end with.
    fn begin(&mut self, bytes: &mut Vec<u8>, is_end: bool) {
        self.told = tell(bytes, self.seen);
        match self.told {
            Told::Returns => self.pass(bytes),
            Told::LineFeeds => self.text.extend_from_slice(bytes),
            Told::Nothing if is_end || bytes.last() != Some(&b'\r') => {
                self.seen += bytes.len();
                self.text.extend_from_slice(bytes);
            }
            Told::Nothing => return,
        }
        bytes.clear();
    }

    /// Gives out what was held at the end of a source.
    fn end(&mut self) {
        let held = mem::take(&mut self.held);
        self.text.extend(iter::repeat_n(b'\n', held));
    }

    /// Gives out bytes of lines that end by returns.
    fn pass(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            match byte {
                b'\r' if self.is_behind_return => self.held += 1,
                b'\r' => {
                    self.is_behind_return = true;
                    self.text.push(b'\n');
                }
                b'\n' if self.is_behind_return => (self.is_behind_return, self.held) = (false, 0),
                byte => {
                    self.text.extend(iter::repeat_n(b'\n', self.held));
                    (self.is_behind_return, self.held) = (false, 0);
                    self.text.push(byte);
                }
            }
        }
    }
}

impl Read for Returns {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let has_more = |returns: &Returns| returns.given < returns.text.len();
        if !has_more(self) && self.failure.is_none() {
            if self.told == Told::LineFeeds {
                return self.stream.read(buffer);
            }
            self.fill();
        }
        if !has_more(self)
            && let Some(error) = self.failure.take()
        {
            return Err(error);
        }
        let mut rest = self.text.get(self.given..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::source::trickle::Trickle;

    fn read(bytes: &[u8], size: usize) -> Vec<u8> {
        let mut text = Vec::new();
        let stream = Trickle {
            bytes: Cursor::new(bytes.to_vec()),
            size,
        };
        Returns::new(Box::new(stream))
            .read_to_end(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn each_kind_of_line_end_is_one() {
        for (bytes, text) in [
            (&b"a\rb\rc"[..], &b"a\nb\nc"[..]),
            (b"a\r\rb\r", b"a\n\nb\n"),
            (b"a\r\r\nb\r\r\n", b"a\nb\n"),
            (b"a\rb\r\nc\nd\r", b"a\nb\nc\nd\n"),
            // that first line ends as others do
            (b"a\r\nb\rc\n", b"a\r\nb\rc\n"),
            (b"a\nb\rc\r", b"a\nb\rc\r"),
            (b"a\r", b"a\r"),
            // no text
            (b"\x01\x94a\rb\rc", b"\x01\x94a\rb\rc"),
            (b"a\r\x01b", b"a\r\x01b"),
        ] {
            for size in 1..5 {
                assert_eq!(read(bytes, size), text, "{bytes:?} by {size}");
            }
            assert_eq!(with_line_feeds(bytes.to_vec()), text, "{bytes:?}");
            assert_eq!(ends_by_return(bytes), read(bytes, 99) != bytes, "{bytes:?}");
        }
    }

    /// A stream that is damaged behind some bytes.
    struct Damaged(Option<&'static [u8]>);

    impl Read for Damaged {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let bytes = self.0.take().ok_or(io::ErrorKind::InvalidData)?;
            buffer[..bytes.len()].copy_from_slice(bytes);
            Ok(bytes.len())
        }
    }

    #[test]
    fn what_came_before_damage_is_given_out() {
        for (bytes, text) in [
            (&b"a\r"[..], &b"a\r"[..]),
            (b"a\rb\r", b"a\nb\n"),
            (b"a\n", b"a\n"),
        ] {
            let mut read = Vec::new();
            let error = Returns::new(Box::new(Damaged(Some(bytes)))).read_to_end(&mut read);
            assert_eq!(
                error.map_err(|error| error.kind()),
                Err(io::ErrorKind::InvalidData)
            );
            assert_eq!(read, text);
        }
    }

    proptest! {
        #[test]
        fn text_is_the_same_in_pieces_of_any_size(text in "[ab\r]{0,20}[ab\r\n]{0,40}", size in 1_usize..9) {
            prop_assert_eq!(read(text.as_bytes(), size), read(text.as_bytes(), usize::MAX));
        }

        #[test]
        fn what_ends_late_is_left_alone(len in 4090_usize..4100, size in 1_usize..5000) {
            let text = [&vec![b'a'; len][..], b"\rb\rc"].concat();
            let expected = match len < LOOKED_AT {
                true => [&vec![b'a'; len][..], b"\nb\nc"].concat(),
                false => text.clone(),
            };
            prop_assert_eq!(read(&text, size), expected);
        }
    }
}
