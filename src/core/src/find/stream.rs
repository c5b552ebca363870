//! The finder over a text that comes in chunks: what stands across their borders is put together here, and nowhere else.
//! How ULIDs are found in one chunk is not known here.

use super::{Escape, Found, Options, each};
use crate::codec::TEXT_LEN;

/// The longest text that the border of two chunks can cut: a ULID and what delimits it, a sequence before it or the byte
/// behind it.
const EDGE: usize = TEXT_LEN + Escape::LONGEST;

/// Finds ULIDs in a text that comes in chunks, and loses none where they meet. It gives what [`each`] gives of the whole
/// text.
///
/// ```
/// use ulid_core::find::{Finder, Options};
///
/// let mut offsets = Vec::new();
/// let mut finder = Finder::new(Options::default());
/// for chunk in ["id=01ARZ3NDEKTSV4", "RRFFQ69G5FAV", " end"] {
///     finder.feed(chunk.as_bytes(), |found| offsets.push(found.offset));
/// }
/// finder.finish(|found| offsets.push(found.offset));
/// assert_eq!(offsets, [3]);
/// ```
#[derive(Debug, Clone)]
pub struct Finder {
    options: Options,
    tail: Tail,
    /// Bytes of the text so far.
    len: u64,
    /// Offset before which all is decided.
    decided: u64,
}

/// The last bytes of the text so far, at most [`EDGE`], and behind them the begin of the next chunk.
#[derive(Debug, Clone)]
struct Tail {
    bytes: [u8; 2 * EDGE],
    len: usize,
}

impl Tail {
    const EMPTY: Tail = Tail {
        bytes: [0; 2 * EDGE],
        len: 0,
    };

    fn get(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Appends at most [`EDGE`] bytes.
    fn extend(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        self.bytes[self.len..end].copy_from_slice(bytes);
        self.len = end;
    }

    /// Keeps the last [`EDGE`] bytes.
    fn shorten(&mut self) {
        let surplus = self.len.saturating_sub(EDGE);
        self.bytes.copy_within(surplus..self.len, 0);
        self.len -= surplus;
    }
}

impl Finder {
    /// A finder at the begin of a text.
    #[must_use]
    pub fn new(options: Options) -> Finder {
        Finder {
            options,
            tail: Tail::EMPTY,
            len: 0,
            decided: 0,
        }
    }

    /// Bytes fed so far.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Tells if nothing was fed yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Searches the next chunk, and the border to the one before. A ULID whose end or delimiter is yet to come is told
    /// with the chunk that brings it.
    pub fn feed(&mut self, chunk: &[u8], mut on_found: impl FnMut(Found)) {
        let border = chunk.len().min(EDGE);
        let chunk_start = self.len;
        self.tail.extend(&chunk[..border]);
        self.len += border as u64;
        self.search_tail(self.len, &mut on_found);
        if chunk.len() > border {
            self.len += (chunk.len() - border) as u64;
            let (decided, decidable) = (self.decided, decidable(self.len));
            each(chunk, self.options, |found| {
                let offset = chunk_start + found.offset;
                if (decided..decidable).contains(&offset) {
                    on_found(Found { offset, ..found });
                }
            });
            self.decided = self.decided.max(decidable);
            self.tail = Tail::EMPTY;
            self.tail.extend(&chunk[chunk.len() - EDGE..]);
        } else {
            self.tail.shorten();
        }
    }

    /// Ends the text, which delimits, and makes the finder ready for another one.
    pub fn finish(&mut self, mut on_found: impl FnMut(Found)) {
        self.search_tail(u64::MAX, &mut on_found);
        *self = Finder::new(self.options);
    }

    /// Searches the tail, of which what begins [`TEXT_LEN`] before `end` can be decided.
    fn search_tail(&mut self, end: u64, on_found: &mut impl FnMut(Found)) {
        let tail_start = self.len - self.tail.len as u64;
        let (decided, decidable) = (self.decided, decidable(end));
        each(self.tail.get(), self.options, |found| {
            let offset = tail_start + found.offset;
            if (decided..decidable).contains(&offset) {
                on_found(Found { offset, ..found });
            }
        });
        self.decided = self.decided.max(decidable);
    }
}

/// Place of the first ULID that a text of this length does not decide: the byte behind it must be known.
fn decidable(len: u64) -> u64 {
    len.saturating_sub(TEXT_LEN as u64)
}
