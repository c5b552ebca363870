//! ULIDs inside any bytes: JSON, CSV, logs, prose, binary files.
//!
//! A ULID stands out by rules that other text hardly meets by chance:
//!
//! - exactly 26 characters of the alphabet in a row, the first 0 to 7;
//! - delimited: no letter or digit stands on either side. An underscore or hyphen before it delimits, so that
//!   `user_01ARZ3NDEKTSV4RRFFQ69G5FAV` is found; behind it, it makes a longer word that is none. A sequence that colours
//!   a terminal's text delimits with the letter at its end: [`Escape`];
//! - of one case: all its letters upper, or all lower;
//! - optionally, of a plausible time: [`Options`].
//!
//! Bytes that are not ASCII delimit. Digits of 32 or 40, words and base 64 give nothing.
//!
//! ```
//! use ulid_core::find::{self, Options};
//!
//! let text = b"{\"user\":\"user_01arz3ndektsv4rrffq69g5fav\",\"sha\":\"0123456789012345678901234567\"}";
//! let found = find::all(text, Options::default());
//! assert_eq!(found.len(), 1);
//! assert_eq!(found[0].offset, 14);
//! ```

mod escape;
#[cfg_attr(
    not(any(target_arch = "x86_64", target_arch = "aarch64")),
    expect(
        dead_code,
        reason = "kernels without vectors do not search by the page"
    )
)]
mod page;
mod stream;
mod words;

pub use escape::{Escape, between_escapes, escape_before};
pub use stream::Finder;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::{Timestamp, Ulid, codec::Kernel};

/// Which ULIDs count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Earlier ones are taken for chance.
    pub earliest: Timestamp,
    /// Later ones are taken for chance.
    pub latest: Timestamp,
}

impl Default for Options {
    /// Every time.
    fn default() -> Options {
        Options {
            earliest: Timestamp::MIN,
            latest: Timestamp::MAX,
        }
    }
}

/// A ULID and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its first byte, counted from the begin of the text.
    pub offset: u64,
    /// The ULID.
    pub id: Ulid,
}

/// All ULIDs in a text, from the first.
///
/// ```
/// use ulid_core::find::{self, Options};
///
/// let found = find::all(b"GET /orders/01ARZ3NDEKTSV4RRFFQ69G5FAV 200", Options::default());
/// assert_eq!(found[0].offset, 12);
/// ```
#[cfg(feature = "alloc")]
#[must_use]
pub fn all(text: &[u8], options: Options) -> Vec<Found> {
    let mut found = Vec::new();
    each(text, options, |hit| found.push(hit));
    found
}

/// Calls `on_found` for each ULID in a text, from the first. The ends of the text delimit.
pub fn each(text: &[u8], options: Options, on_found: impl FnMut(Found)) {
    each_by(Kernel::active(), text, options, on_found);
}

/// As [`each`], by a kernel of choice.
pub fn each_by(kernel: Kernel, text: &[u8], options: Options, mut on_found: impl FnMut(Found)) {
    for (begin, part) in between_escapes(text) {
        words::each(kernel, part, |start, id| {
            let time = Timestamp::of(id);
            if options.earliest <= time && time <= options.latest {
                let offset = (begin + start) as u64;
                on_found(Found { offset, id });
            }
        });
    }
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests;
