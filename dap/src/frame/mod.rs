//! The outermost layer of the protocol: `Content-Length: N`, a blank line, N bytes of body.
//!
//! The reader takes what real clients and adapters send: header names in any case and order, headers that it does not
//! know, line ends with or without a carriage return, blank lines before a header. It holds no more than one header
//! line of [`HEADER_LINE_MAX`] bytes and one body of the caller's limit. The writer sends the one header and nothing
//! outside of the counted bytes, since some clients end the session at a stray line break.
//!
//! ```
//! use ulid_dap::frame;
//!
//! let mut wire = Vec::new();
//! frame::write(&mut wire, b"{}")?;
//! assert_eq!(wire, b"Content-Length: 2\r\n\r\n{}");
//! assert_eq!(frame::read(&mut wire.as_slice(), 1024)?, Some(b"{}".to_vec()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, BufRead, IoSlice, Read, Write};

/// The longest header line that is accepted, in bytes, its end included.
pub const HEADER_LINE_MAX: usize = 4 * 1024;

/// The longest header that is accepted, in bytes: all its lines together.
pub const HEADER_MAX: usize = 16 * 1024;

/// Why a stream could not be cut into frames.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// A header line does not end within [`HEADER_LINE_MAX`] bytes.
    #[error("a header line is longer than {HEADER_LINE_MAX} bytes")]
    HeaderLine,
    /// A header does not end within [`HEADER_MAX`] bytes.
    #[error("a header is longer than {HEADER_MAX} bytes")]
    Header,
    /// A line of the header is no `Name: value`.
    #[error("not a header line: {0:?}")]
    Syntax(String),
    /// The header ends without a `Content-Length`.
    #[error("the header has no Content-Length")]
    NoLength,
    /// The `Content-Length` is no number, or is given twice with different numbers.
    #[error("not a Content-Length: {0:?}")]
    Length(String),
    /// The body is larger than the caller's limit. The next read begins within this body unless it is skipped.
    #[error("a message of {length} bytes, the limit is {max}")]
    TooLong {
        /// Bytes announced.
        length: u64,
        /// The limit.
        max: u64,
    },
    /// The stream ends inside of a frame.
    #[error("the stream ends inside of a message")]
    Truncated,
    /// The other end speaks HTTP: a browser that was led here by some page.
    #[error("this port speaks the Debug Adapter Protocol, not HTTP")]
    Http,
    /// The stream failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads one body of at most `body_max` bytes; nothing where the stream ends between frames.
///
/// # Errors
///
/// [`FrameError`]. After [`FrameError::TooLong`] the body was skipped and the next frame can be read; after any other
/// the stream is of no more use.
pub fn read(input: &mut impl BufRead, body_max: u64) -> Result<Option<Vec<u8>>, FrameError> {
    let Some(length) = read_header(input)? else {
        return Ok(None);
    };
    if length > body_max {
        skip_body(input, length)?;
        return Err(FrameError::TooLong {
            length,
            max: body_max,
        });
    }
    read_body(input, length).map(Some)
}

/// Reads a header and returns the length of the body that follows; nothing where the stream ends before a header.
///
/// # Errors
///
/// [`FrameError`].
pub fn read_header(input: &mut impl BufRead) -> Result<Option<u64>, FrameError> {
    let mut length = None;
    let (mut lines, mut bytes) = (0, 0);
    loop {
        let Some(line) = read_line(input)? else {
            return if lines == 0 {
                Ok(None)
            } else {
                Err(FrameError::Truncated)
            };
        };
        bytes += line.len() + 1;
        if bytes > HEADER_MAX {
            return Err(FrameError::Header);
        }
        if line.is_empty() {
            match length {
                Some(length) => return Ok(Some(length)),
                None if lines > 0 => return Err(FrameError::NoLength),
                None => continue,
            }
        }
        lines += 1;
        let (name, value) = split(&line)?;
        if name.eq_ignore_ascii_case(b"origin") {
            return Err(FrameError::Http);
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            let found = parse_length(value)?;
            if length.is_some_and(|earlier| earlier != found) {
                return Err(FrameError::Length(lossy(value)));
            }
            length = Some(found);
        }
    }
}

/// Reads a body whose header was read.
///
/// # Errors
///
/// [`FrameError::Truncated`], [`FrameError::Io`].
pub fn read_body(input: &mut impl BufRead, length: u64) -> Result<Vec<u8>, FrameError> {
    // grows with what arrives: the announced length alone must not take memory
    let mut body = Vec::new();
    let read = input.take(length).read_to_end(&mut body)?;
    if read as u64 == length {
        Ok(body)
    } else {
        Err(FrameError::Truncated)
    }
}

/// Reads past a body whose header was read.
///
/// # Errors
///
/// [`FrameError::Truncated`], [`FrameError::Io`].
pub fn skip_body(input: &mut impl BufRead, length: u64) -> Result<(), FrameError> {
    if io::copy(&mut input.take(length), &mut io::sink())? == length {
        Ok(())
    } else {
        Err(FrameError::Truncated)
    }
}

/// Writes one body with its header, in one call so that a socket sends one packet, and flushes.
///
/// # Errors
///
/// Errors of the stream.
pub fn write(output: &mut impl Write, body: &[u8]) -> io::Result<()> {
    let header = format!("Content-Length: {}\r\n\r\n", body.len());
    write_both(output, header.as_bytes(), body)
}

fn write_both(output: &mut impl Write, header: &[u8], body: &[u8]) -> io::Result<()> {
    let both = [IoSlice::new(header), IoSlice::new(body)];
    let written = match output.write_vectored(&both) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
        written => written?,
    };
    output.write_all(header.get(written..).unwrap_or_default())?;
    let of_body = written.saturating_sub(header.len());
    output.write_all(body.get(of_body..).unwrap_or_default())?;
    output.flush()
}

/// The next line without its end; nothing at the end of the stream.
fn read_line(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, FrameError> {
    let mut line = Vec::new();
    input
        .take(HEADER_LINE_MAX as u64)
        .read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop_if(|byte| *byte == b'\n').is_none() {
        return Err(if line.len() == HEADER_LINE_MAX {
            FrameError::HeaderLine
        } else {
            FrameError::Truncated
        });
    }
    line.pop_if(|byte| *byte == b'\r');
    Ok(Some(line))
}

fn split(line: &[u8]) -> Result<(&[u8], &[u8]), FrameError> {
    if is_http(line) {
        return Err(FrameError::Http);
    }
    let colon = line
        .iter()
        .position(|&byte| byte == b':')
        .ok_or_else(|| FrameError::Syntax(lossy(line)))?;
    let (name, value) = line.split_at(colon);
    Ok((
        name.trim_ascii(),
        value.get(1..).unwrap_or_default().trim_ascii(),
    ))
}

/// The request line of a browser: `GET / HTTP/1.1`.
fn is_http(line: &[u8]) -> bool {
    line.windows(6).any(|bytes| bytes == b" HTTP/")
}

fn parse_length(value: &[u8]) -> Result<u64, FrameError> {
    // parse alone would take a sign
    std::str::from_utf8(value)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| FrameError::Length(lossy(value)))
}

/// Position of the `Content-Length: N` that a line ends with, and N.
#[must_use]
pub fn length_at(line: &[u8]) -> Option<(usize, u64)> {
    const NAME: &[u8] = b"content-length";
    let line = line.trim_ascii_end();
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit());
    let (before, digits) = line.split_at(line.len() - digits.count());
    let length = str::from_utf8(digits).ok()?.parse().ok()?;
    let name = before.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end();
    let begin = name.len().checked_sub(NAME.len())?;
    let is_length = name.get(begin..)?.eq_ignore_ascii_case(NAME);
    is_length.then_some((begin, length))
}

/// True if a line is one that a header can have: a name in letters, digits and hyphens, and a colon.
#[must_use]
pub fn is_header_line(line: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let name = line.iter().take_while(|byte| is_name(byte)).count();
    name > 0 && line.get(name) == Some(&b':')
}

/// Writes one body with the header that another had, in which no more than the length changes, and flushes.
///
/// # Errors
///
/// Errors of the stream.
pub fn write_like(output: &mut impl Write, header: &[u8], body: &[u8]) -> io::Result<()> {
    let mut changed = Vec::with_capacity(header.len() + 8);
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        let (text, end) = line.split_at(line.trim_ascii_end().len());
        if length_at(text).is_some() {
            let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit());
            let name = text.len() - digits.count();
            changed.extend_from_slice(text.get(..name).unwrap_or_default());
            changed.extend_from_slice(body.len().to_string().as_bytes());
        } else {
            changed.extend_from_slice(text);
        }
        changed.extend_from_slice(end);
    }
    write_both(output, &changed, body)
}

/// Bytes for an error message, not more than a person wants to read.
fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..80).unwrap_or(bytes)).into_owned()
}

#[cfg(test)]
mod tests;
