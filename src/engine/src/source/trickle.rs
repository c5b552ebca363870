//! A stream for tests, which gives a few bytes at a time.

use std::io::{Cursor, Read};

/// A stream that gives a few bytes at a time.
pub(crate) struct Trickle {
    pub(crate) bytes: Cursor<Vec<u8>>,
    pub(crate) size: usize,
}

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.size.min(buffer.len());
        self.bytes.read(&mut buffer[..size])
    }
}
