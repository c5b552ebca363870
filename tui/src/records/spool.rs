//! The text of rows between the thread that makes it and the one that writes it. What rows look like is not known here.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Seek, SeekFrom, Write},
};

/// Bytes of a row from which on its text goes to a file.
const LONG: usize = 16 << 20;
/// Bytes that are read back at once.
const PIECE: usize = 256 << 10;

/// The text of rows: in memory, and from a row of many megabytes on in a temporary file, so that such a row is not in memory
/// twice.
#[derive(Debug)]
pub(crate) enum Spool {
    Memory(Vec<u8>),
    File(BufWriter<File>),
}

impl Spool {
    /// No text.
    pub(crate) fn new() -> Spool {
        Spool::Memory(Vec::new())
    }

    /// Is called before what is made of `len` bytes. Where no temporary file can be made, all stays in memory.
    ///
    /// # Errors
    ///
    /// If the temporary file takes no more.
    #[inline]
    pub(crate) fn expect(&mut self, len: usize) -> io::Result<()> {
        match self {
            Spool::Memory(text) if len >= LONG => {
                if let Ok(file) = tempfile::tempfile() {
                    let mut file = BufWriter::with_capacity(PIECE, file);
                    file.write_all(text)?;
                    *self = Spool::File(file);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Writes the text to where it belongs.
    ///
    /// # Errors
    ///
    /// If `out` takes no more, or the temporary file cannot be read.
    pub(crate) fn write_to(self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Spool::Memory(text) => out.write_all(&text),
            Spool::File(file) => {
                let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.seek(SeekFrom::Start(0))?;
                io::copy(&mut BufReader::with_capacity(PIECE, file), out).map(|_| ())
            }
        }
    }
}

impl From<Vec<u8>> for Spool {
    fn from(text: Vec<u8>) -> Spool {
        Spool::Memory(text)
    }
}

impl Write for Spool {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Spool::Memory(text) => {
                text.extend_from_slice(bytes);
                Ok(())
            }
            Spool::File(file) => file.write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_the_same_in_memory_and_behind_a_long_row() {
        for len in [3, LONG] {
            let mut spool = Spool::new();
            for row in ["one\n".to_owned(), "x".repeat(len), "\nthree\n".to_owned()] {
                spool.expect(row.len()).unwrap();
                spool.write_all(row.as_bytes()).unwrap();
            }
            assert_eq!(matches!(spool, Spool::File(_)), len == LONG);
            let mut out = Vec::new();
            spool.write_to(&mut out).unwrap();
            assert!(out == format!("one\n{}\nthree\n", "x".repeat(len)).into_bytes());
        }
    }
}
