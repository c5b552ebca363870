//! Every ID of a text as a row of its own.

use std::{mem, ops::Range};

use memchr::memrchr;

use super::{
    within,
    within::{All, UUID_LEN},
};
use crate::{
    codec::TEXT_LEN,
    find::{self, Escape},
};

/// Finds the ends of rows in bytes that arrive in pieces of any size. A row ends behind the byte that ends its ID. What
/// stands above the line of the ID belongs to no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Every {
    /// The letters and digits at the end of the last piece, as far as they may be an ID.
    run: [u8; TEXT_LEN],
    /// How many these are; one more than an ID has for all that are too many.
    len: usize,
    /// The same of letters, digits and hyphens, as far as they may be a UUID.
    word: [u8; UUID_LEN],
    word_len: usize,
    /// The colour of a terminal that is being set.
    escape: Escape,
    /// True for one that is set behind an ID: the row goes on to its end.
    ends_row: bool,
}

impl Every {
    pub(crate) const NEW: Every = Every {
        run: [0; TEXT_LEN],
        len: 0,
        word: [0; UUID_LEN],
        word_len: 0,
        escape: Escape::NONE,
        ends_row: false,
    };

    /// One past the end of the first row that ends in a piece.
    pub(crate) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let end = bytes.iter().position(|&byte| self.pass(byte))?;
        Some(end + 1)
    }

    /// Calls `each` with the place behind each row that ends in a piece.
    pub(crate) fn each_end(&mut self, bytes: &[u8], mut each: impl FnMut(usize)) {
        let first = self.pass_word(bytes, &mut each);
        let last = last_word(bytes).max(first);
        // between two bytes that divide words all IDs are found at once, and none goes beyond
        let middle = bytes.get(first..last).unwrap_or_default();
        All::of(middle).each_end(|end| {
            each(first + end + delimiter_len(middle.get(end..).unwrap_or_default()))
        });
        self.pass_all(bytes, last..bytes.len(), &mut each);
    }

    /// Goes on to the first byte that divides words and is in no colour. Returns the place behind it.
    fn pass_word(&mut self, bytes: &[u8], each: &mut impl FnMut(usize)) -> usize {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.pass(byte) {
                each(at + 1);
            }
            if divides(byte) && !self.escape.is_open() {
                return at + 1;
            }
        }
        bytes.len()
    }

    fn pass_all(&mut self, bytes: &[u8], part: Range<usize>, each: &mut impl FnMut(usize)) {
        for at in part {
            if bytes.get(at).is_some_and(|&byte| self.pass(byte)) {
                each(at + 1);
            }
        }
    }

    /// Goes on by a byte, and says whether a row ends behind it.
    #[inline(always)]
    fn pass(&mut self, byte: u8) -> bool {
        let is_behind_colour = self.escape.pass(byte);
        let ends = self.pass_as_text(byte);
        if is_behind_colour {
            (self.len, self.word_len) = (0, 0);
        }
        if ends && byte == Escape::BEGIN {
            self.ends_row = true;
            return false;
        }
        ends || !self.escape.is_open() && mem::take(&mut self.ends_row)
    }

    /// Goes on by a byte, and says whether it is the one behind an ID.
    #[inline(always)]
    fn pass_as_text(&mut self, byte: u8) -> bool {
        if byte.is_ascii_alphanumeric() {
            if let Some(room) = self.run.get_mut(self.len) {
                *room = byte;
            }
            self.len = (self.len + 1).min(TEXT_LEN + 1);
            self.add_to_word(byte);
            return false;
        }
        if byte == b'-' {
            self.len = 0;
            self.add_to_word(byte);
            return false;
        }
        let ends = self.len == TEXT_LEN && byte != b'_' && self.is_ulid() || self.is_uuid();
        (self.len, self.word_len) = (0, 0);
        ends
    }

    #[inline(always)]
    fn add_to_word(&mut self, byte: u8) {
        if let Some(room) = self.word.get_mut(self.word_len) {
            *room = byte;
        }
        self.word_len = (self.word_len + 1).min(UUID_LEN + 1);
    }

    /// True if an ID stands at the end of the bytes so far, and nothing behind it.
    pub(crate) fn is_id(&self) -> bool {
        self.ends_row || self.is_ulid() || self.is_uuid()
    }

    fn is_uuid(&self) -> bool {
        self.word_len == UUID_LEN && within::uuids(&self.word).next().is_some()
    }

    fn is_ulid(&self) -> bool {
        let mut found = false;
        if self.len == TEXT_LEN {
            find::each(&self.run, find::Options::default(), |_| found = true);
        }
        found
    }
}

fn divides(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && byte != b'-'
}

/// Begin of the last word of a text, or of an earlier one where colours stand between.
fn last_word(bytes: &[u8]) -> usize {
    let mut end = bytes.len();
    loop {
        let before = bytes.get(..end).unwrap_or_default();
        let begin = before.iter().rposition(|&byte| divides(byte));
        let begin = begin.map_or(0, |at| at + 1);
        let from = begin.saturating_sub(Escape::LONGEST);
        let near = before.get(from..begin).unwrap_or_default();
        match memrchr(Escape::BEGIN, near) {
            Some(escape) => end = from + escape,
            None => return begin,
        }
    }
}

/// Bytes behind an ID that end its row: one, or all of what sets a colour.
fn delimiter_len(behind: &[u8]) -> usize {
    let mut escape = Escape::NONE;
    let ends = |&byte: &u8| escape.pass(byte) || !escape.is_open();
    let end = behind.iter().position(ends);
    end.map_or(behind.len().max(1), |at| at + 1)
}

/// Bytes of a row behind its ID: none at the end of a file.
pub(crate) fn ending_len(row: &[u8]) -> usize {
    let near = row.len().saturating_sub(Escape::LONGEST);
    let escape = memrchr(Escape::BEGIN, row.get(near..).unwrap_or_default());
    let behind = escape.and_then(|escape| row.get(near + escape..));
    if let Some(behind) = behind.filter(|behind| delimiter_len(behind) == behind.len()) {
        return behind.len();
    }
    let is_ended = row.last().is_some_and(|last| !last.is_ascii_alphanumeric());
    usize::from(is_ended)
}

/// Bytes of a row above the line of its ID.
pub(crate) fn leading_len(row: &[u8]) -> usize {
    let behind = ending_len(row) + TEXT_LEN;
    let before = row.get(..row.len().saturating_sub(behind));
    before
        .and_then(|before| memrchr(b'\n', before))
        .map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_of_any_size_end_where_single_bytes_do(
            words in prop::collection::vec(
                "01ARZ3NDEKTSV4RRFFQ69G5FAV|01890a5d-ac96-774b-bcce-b302099a8057|[a-z0-9 ,_\n-]{0,12}\
                |\x1b\\[[0-9;]{0,6}m?|\x1b\\[([0-9]{2};){18,22}m",
                0..60,
            ),
            between in prop::sample::select(vec!["", " ", "-", "_", "\n"]),
            size in 1..90_usize,
        ) {
            let text = words.join(between).into_bytes();
            let mut state = Every::NEW;
            let mut expected = Vec::new();
            for (at, &byte) in text.iter().enumerate() {
                if state.pass(byte) {
                    expected.push(at + 1);
                }
            }
            let mut state = Every::NEW;
            let mut found = Vec::new();
            for (number, piece) in text.chunks(size).enumerate() {
                state.each_end(piece, |end| found.push(number * size + end));
            }
            prop_assert_eq!(found, expected);
        }
    }
}
