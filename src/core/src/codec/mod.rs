//! 16 bytes to 26 characters and back.
//!
//! The rules are those of the [ULID specification](https://github.com/ulid/spec): 26 characters of Crockford's base 32,
//! most significant first, upper or lower case, the first at most `7`. Crockford's own decoding also reads I and L as 1,
//! and O as 0, and skips hyphens; the ULID alphabet leaves those out, so only [`Reading::Lenient`] accepts them. U is
//! never valid.

mod alphabet;
#[cfg(feature = "alloc")]
mod base32;
mod text;

mod kernel;

mod keys;

mod records;

mod lines;

mod column;

mod sequence;

mod words;

mod fault;

mod dispatch;
mod scalar;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;

pub use alphabet::ALPHABET;
#[cfg(feature = "alloc")]
pub use base32::{Base32Fault, decode_bytes, encode_bytes};
#[cfg(feature = "alloc")]
pub use column::{ColumnFull, print_column};
pub use column::{Offset, RowFault, parse_column};
pub(crate) use fault::parse_const;
pub use fault::{Fault, FaultKind};
#[cfg(feature = "alloc")]
pub use kernel::KernelError;
pub use kernel::{KERNEL_VARIABLE, Kernel, Level};
pub use keys::Key;
pub use lines::{LineFault, Lines};
#[cfg(feature = "alloc")]
pub use lines::{parse_lines, print_lines};
pub use records::Shape;
pub use sequence::Sequence;
pub use text::Text;

pub(crate) use words::word_at;

use crate::Ulid;

use crate::Timestamp;

/// Characters of a ULID's text.
pub const TEXT_LEN: usize = 26;

/// Strictness of reading text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Reading {
    /// The ULID alphabet alone, in either case.
    #[default]
    Strict,
    /// Also I and L for 1, O for 0, and hyphens anywhere, which are skipped.
    Lenient,
}

/// Reads the text of a ULID.
///
/// ```
/// use ulid_core::{Reading, codec, ulid};
///
/// let id = codec::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Strict)?;
/// assert_eq!(id, ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
/// // Bytes are read as well, for what comes from a file or a socket.
/// assert_eq!(codec::parse(b"01ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Strict)?, id);
///
/// let fault = codec::parse("01ARZ3NDEKTSV4RRFFQ69G5FAU", Reading::Strict).unwrap_err();
/// assert_eq!(fault.to_string(), "invalid character at character 26: 'U' is not in the alphabet");
/// # Ok::<(), codec::Fault>(())
/// ```
///
/// # Errors
///
/// A [`Fault`] that says which character is wrong and why.
#[doc(alias = "decode")]
#[doc(alias = "from_string")]
#[inline]
pub fn parse(text: impl AsRef<[u8]>, reading: Reading) -> Result<Ulid, Fault> {
    let text = text.as_ref();
    match text.try_into() {
        Ok(text) => dispatch::parse(text, reading),
        Err(_) => fault::rescan(text, reading),
    }
}

/// Tells if [`parse`] would accept the text, without building the reason when it would not.
///
/// ```
/// use ulid_core::{Reading, codec};
///
/// assert!(codec::is_valid("01arz3ndektsv4rrffq69g5fav", Reading::Strict));
/// assert!(!codec::is_valid("O1ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Strict));
/// assert!(codec::is_valid("O1ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Lenient));
/// ```
#[inline]
#[must_use]
pub fn is_valid(text: impl AsRef<[u8]>, reading: Reading) -> bool {
    let text = text.as_ref();
    text.try_into()
        .is_ok_and(|text| dispatch::accepts(text, reading))
        || (reading == Reading::Lenient && fault::rescan(text, reading).is_ok())
}

/// Reads the time of a ULID from its text. Only the first ten of the 26 characters are looked at.
///
/// ```
/// use ulid_core::{Reading, codec};
///
/// let time = codec::parse_time("01ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Strict)?;
/// assert_eq!(time.ms(), 1_469_922_850_259);
/// # Ok::<(), codec::Fault>(())
/// ```
///
/// # Errors
///
/// A [`Fault`] where the length, or one of those characters, is wrong.
#[inline]
pub fn parse_time(text: impl AsRef<[u8]>, reading: Reading) -> Result<Timestamp, Fault> {
    let text = text.as_ref();
    let ms = text
        .try_into()
        .ok()
        .and_then(|text| scalar::decode_time(text, reading));
    match ms.and_then(|ms| Timestamp::from_ms(ms).ok()) {
        Some(time) => Ok(time),
        None => fault::rescan(text, reading).map(Timestamp::of),
    }
}

/// Writes a ULID as its canonical, upper-case text.
///
/// ```
/// use ulid_core::{Ulid, codec};
///
/// assert_eq!(codec::print(Ulid::NIL), "00000000000000000000000000");
/// ```
#[doc(alias = "encode")]
#[inline]
#[must_use]
pub fn print(id: Ulid) -> Text {
    dispatch::encode(id.0)
}

/// The calls for one ULID, for a kernel of choice.
impl Kernel {
    /// As [`parse`].
    ///
    /// # Errors
    ///
    /// As [`parse`].
    #[inline]
    pub fn parse(self, text: impl AsRef<[u8]>, reading: Reading) -> Result<Ulid, Fault> {
        let text = text.as_ref();
        match text.try_into() {
            Ok(text) => self.read(text, reading),
            Err(_) => fault::rescan(text, reading),
        }
    }

    /// As [`is_valid`].
    #[inline]
    #[must_use]
    pub fn is_valid(self, text: impl AsRef<[u8]>, reading: Reading) -> bool {
        let text = text.as_ref();
        text.try_into()
            .is_ok_and(|text| self.accepts(text, reading))
            || (reading == Reading::Lenient && fault::rescan(text, reading).is_ok())
    }

    /// As [`print()`].
    #[inline]
    #[must_use]
    pub fn print(self, id: Ulid) -> Text {
        self.encode(id.0)
    }
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests;
