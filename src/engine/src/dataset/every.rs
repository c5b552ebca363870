//! Every ID of a text as a row of its own.

use memchr::memrchr;

use crate::{codec::TEXT_LEN, find};

/// Finds the ends of rows in bytes that arrive in pieces of any size. A row ends behind the byte that ends its ID. What
/// stands above the line of the ID belongs to no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Every {
    /// The letters and digits at the end of the last piece, as far as they may be an ID.
    run: [u8; TEXT_LEN],
    /// How many these are; one more than an ID has for all that are too many.
    len: usize,
}

impl Every {
    pub(super) const NEW: Every = Every {
        run: [0; TEXT_LEN],
        len: 0,
    };

    /// One past the end of the first row that ends in a piece.
    pub(super) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let end = bytes.iter().position(|&byte| self.pass(byte))?;
        Some(end + 1)
    }

    /// Calls `each` with the place behind each row that ends in a piece.
    pub(super) fn each_end(&mut self, bytes: &[u8], mut each: impl FnMut(usize)) {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.pass(byte) {
                each(at + 1);
            }
        }
    }

    /// Goes on by a byte, and says whether a row ends behind it.
    #[inline(always)]
    fn pass(&mut self, byte: u8) -> bool {
        if byte.is_ascii_alphanumeric() {
            if let Some(room) = self.run.get_mut(self.len) {
                *room = byte;
            }
            self.len = (self.len + 1).min(TEXT_LEN + 1);
            return false;
        }
        let ends = self.len == TEXT_LEN && !matches!(byte, b'_' | b'-') && self.is_id();
        self.len = 0;
        ends
    }

    /// True if an ID stands at the end of the bytes so far, and nothing behind it.
    pub(super) fn is_id(&self) -> bool {
        let mut found = false;
        if self.len == TEXT_LEN {
            find::each(&self.run, find::Options::default(), |_| found = true);
        }
        found
    }
}

/// Bytes of a row behind its ID: none at the end of a file.
pub(super) fn ending_len(row: &[u8]) -> usize {
    let is_ended = row.last().is_some_and(|last| !last.is_ascii_alphanumeric());
    usize::from(is_ended)
}

/// Bytes of a row above the line of its ID.
pub(super) fn leading_len(row: &[u8]) -> usize {
    let behind = ending_len(row) + TEXT_LEN;
    let before = row.get(..row.len().saturating_sub(behind));
    before
        .and_then(|before| memrchr(b'\n', before))
        .map_or(0, |at| at + 1)
}
