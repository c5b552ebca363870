//! Many ULIDs at once, as records of one shape and as lines of any.

use super::{Kernel, Key, Reading, Sequence, TEXT_LEN};

/// Arrangement of the texts of many ULIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Shape {
    /// 26 characters each, with nothing between them.
    Packed,
    /// Lines that end with a line feed, 27 bytes each.
    #[default]
    Lines,
    /// Lines that end with carriage return and line feed, 28 bytes each.
    CrLfLines,
}

impl Shape {
    /// Bytes of a record.
    #[must_use]
    pub const fn stride(self) -> usize {
        TEXT_LEN
            + match self {
                Shape::Packed => 0,
                Shape::Lines => 1,
                Shape::CrLfLines => 2,
            }
    }
}

/// The ending of a record of this many bytes.
pub(super) const fn ending<const STRIDE: usize>() -> &'static [u8] {
    match STRIDE {
        27 => b"\n",
        28 => b"\r\n",
        _ => b"",
    }
}

/// The bulk calls, for a kernel of choice.
impl Kernel {
    /// Writes as many records as both sides have room for, and says how many.
    #[inline]
    pub fn print_records<K: Key>(self, keys: &[K], shape: Shape, out: &mut [u8]) -> usize {
        let stride = shape.stride();
        let count = keys.len().min(out.len() / stride);
        K::encode(self, &keys[..count], shape, &mut out[..count * stride]);
        count
    }

    /// Reads records into `out` until one is wrong, `out` is full or less than a record is left; says how many were
    /// right. Slots after those may have been overwritten.
    ///
    /// A record is right where [`parse`](super::parse) accepts it and its line ends as the shape says; hyphens are not
    /// skipped here.
    #[inline]
    #[must_use]
    pub fn parse_records<K: Key>(
        self,
        text: &[u8],
        shape: Shape,
        reading: Reading,
        out: &mut [K],
    ) -> usize {
        K::decode(self, text, shape, reading, out)
    }

    /// Says how many records are right before the first that is wrong, as [`Kernel::parse_records`] does.
    #[must_use]
    pub fn valid_records(self, text: &[u8], shape: Shape, reading: Reading) -> usize {
        self.accept_records(text, shape, reading)
    }

    /// Adds records to `order` until one is wrong; says how many were right.
    pub fn follow_records(
        self,
        text: &[u8],
        shape: Shape,
        reading: Reading,
        order: &mut Sequence,
    ) -> usize {
        self.order_records(text, shape, reading, order)
    }
}
