//! Contents of a stream that is no UTF-8: gzip, zstd and UTF-16, told by their first bytes.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::GzDecoder;

use super::{
    input::Stream,
    utf16::{ByteOrder, Utf16, byte_order},
};

const GZIP: &[u8] = b"\x1F\x8B";
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";
/// Bytes 1 to 3 of a frame that a reader of zstd passes over; the first is one of sixteen. Parallel programs begin with one.
const SKIPPABLE: &[u8] = b"\x2A\x4D\x18";
/// Bytes that tell the kind.
const MAGIC_LEN: usize = 4;
/// The largest window that zstd itself reads without being asked, as a power of two: 128 MiB.
const LARGEST_WINDOW: u32 = 27;
/// The smallest window of zstd, as a power of two: 1 KiB.
const SMALLEST_WINDOW: u32 = 10;

/// How a stream is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
    Utf16(ByteOrder),
}

fn packing(head: &[u8]) -> Option<Packing> {
    let is_skippable = matches!(head, [0x50..=0x5F, rest @ ..] if rest.starts_with(SKIPPABLE));
    if head.starts_with(GZIP) {
        Some(Packing::Gzip)
    } else if head.starts_with(ZSTD) || is_skippable {
        Some(Packing::Zstd)
    } else {
        byte_order(head).map(Packing::Utf16)
    }
}

/// True for a source that begins like one whose bytes are not those of its rows.
pub(crate) fn is_packed(head: &[u8]) -> bool {
    packing(head).is_some()
}

/// Contents of a gzip or zstd stream, text of UTF-16 as UTF-8, or the stream itself. A decompressor takes at most about `memory` bytes.
pub(crate) fn decompressed(mut stream: Stream, memory: Option<usize>) -> io::Result<Stream> {
    let mut magic = Vec::new();
    (&mut stream)
        .take(MAGIC_LEN as u64)
        .read_to_end(&mut magic)?;
    let kind = packing(&magic);
    let whole = Cursor::new(magic).chain(stream);
    Ok(match kind {
        Some(Packing::Gzip) => utf8(Box::new(Members::new(BufReader::new(whole))))?,
        Some(Packing::Zstd) => {
            let mut decoder = zstd::stream::read::Decoder::new(whole)?;
            decoder.window_log_max(largest_window(memory))?;
            utf8(Box::new(Explained(decoder)))?
        }
        Some(Packing::Utf16(order)) => Box::new(Utf16::new(Box::new(whole), order)),
        None => Box::new(whole),
    })
}

/// Text of UTF-16 as UTF-8, or the stream itself.
fn utf8(mut stream: Stream) -> io::Result<Stream> {
    let mut head = Vec::new();
    (&mut stream)
        .take(MAGIC_LEN as u64)
        .read_to_end(&mut head)?;
    let order = byte_order(&head);
    let whole: Stream = Box::new(Cursor::new(head).chain(stream));
    Ok(match order {
        Some(order) => Box::new(Utf16::new(whole, order)),
        None => whole,
    })
}

/// The largest window that fits into so many bytes, as a power of two.
fn largest_window(memory: Option<usize>) -> u32 {
    memory
        .and_then(usize::checked_ilog2)
        .map_or(LARGEST_WINDOW, |fits| {
            fits.clamp(SMALLEST_WINDOW, LARGEST_WINDOW)
        })
}

/// The members of a gzip file one after another, up to the zero bytes that tapes and copies by blocks leave behind the
/// last, as GNU gzip reads them.
struct Members<R> {
    /// `None` only while one member makes place for the next.
    member: Option<GzDecoder<R>>,
    ended: bool,
}

impl<R: BufRead> Members<R> {
    fn new(bytes: R) -> Members<R> {
        Members {
            member: Some(GzDecoder::new(bytes)),
            ended: false,
        }
    }

    /// Goes on to the next member, if there is one.
    fn advance(&mut self) -> io::Result<()> {
        let Some(member) = self.member.take() else {
            return Ok(());
        };
        let mut bytes = member.into_inner();
        self.ended = skip_zeros(&mut bytes)?;
        self.member = Some(GzDecoder::new(bytes));
        Ok(())
    }
}

/// Passes over zero bytes. Whether nothing comes after them.
fn skip_zeros(bytes: &mut impl BufRead) -> io::Result<bool> {
    loop {
        let there = bytes.fill_buf()?;
        let zeros = there.iter().take_while(|byte| **byte == 0).count();
        match (there.len(), zeros) {
            (0, _) => return Ok(true),
            (len, zeros) if zeros < len => {
                bytes.consume(zeros);
                return Ok(false);
            }
            (len, _) => bytes.consume(len),
        }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let Some(member) = &mut self.member else {
                break;
            };
            let count = member.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            self.advance()?;
        }
        Ok(0)
    }
}

/// A decoder of zstd whose refusal of a large window says what to do.
struct Explained<R>(R);

impl<R: Read> Read for Explained<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| {
            if error.to_string().contains("requires too much memory") {
                let sentence = "the compressed data needs a window larger than the memory that is allowed; \
                                allow more, or unpack it with `zstd -d --long=31`";
                return io::Error::new(io::ErrorKind::OutOfMemory, sentence);
            }
            error
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>, memory: Option<usize>) -> io::Result<String> {
        let mut text = String::new();
        decompressed(Box::new(Cursor::new(bytes)), memory)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn members_of_gzip_follow_one_another_and_padding_is_none() {
        let (one, two) = (gzip(b"one\n"), gzip(b"two\n"));
        let padded = |zeros: usize| [&one[..], &vec![0; zeros]].concat();
        assert_eq!(read(one.clone(), None).unwrap(), "one\n");
        assert_eq!(read([&one[..], &two].concat(), None).unwrap(), "one\ntwo\n");
        for zeros in [1, 511, 100_000] {
            assert_eq!(read(padded(zeros), None).unwrap(), "one\n", "{zeros}");
        }
        let between = [&padded(3)[..], &two].concat();
        assert_eq!(read(between, None).unwrap(), "one\ntwo\n");
        assert!(read([&one[..], b"rubbish"].concat(), None).is_err());
        assert!(read(one[..one.len() - 6].to_vec(), None).is_err());
    }

    #[test]
    fn zstd_may_begin_with_a_frame_to_be_passed_over() {
        let frame = zstd::encode_all(&b"text\n"[..], 0).unwrap();
        for first in [0x50, 0x5F] {
            let skippable = [&[first, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 7, 7, 7][..], &frame].concat();
            assert!(is_packed(&skippable));
            assert_eq!(read(skippable, None).unwrap(), "text\n");
        }
    }

    #[test]
    fn a_window_larger_than_the_memory_is_refused_in_a_sentence() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(24).unwrap();
        let text = "x".repeat(40 << 20);
        encoder.write_all(text.as_bytes()).unwrap();
        let frame = encoder.finish().unwrap();
        assert_eq!(read(frame.clone(), None).unwrap().len(), text.len());
        assert_eq!(
            read(frame.clone(), Some(64 << 20)).unwrap().len(),
            text.len()
        );
        let error = read(frame, Some(1 << 20)).unwrap_err();
        assert!(error.to_string().contains("allow more"), "{error}");
    }
}
