//! From and to other types.

use core::{array::TryFromSliceError, error, fmt};

use super::Ulid;
use crate::{
    Reading,
    codec::{self, Fault},
};

impl TryFrom<&str> for Ulid {
    type Error = Fault;

    #[inline]
    fn try_from(text: &str) -> Result<Ulid, Fault> {
        codec::parse(text, Reading::Strict)
    }
}

/// Bytes that are not 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LengthError {
    /// Number of the bytes.
    pub found: usize,
}

impl fmt::Display for LengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, a ULID has 16", self.found)
    }
}

impl error::Error for LengthError {}

impl TryFrom<&[u8]> for Ulid {
    type Error = LengthError;

    /// The ULID of 16 bytes, most significant first; its text is read by [`codec::parse`].
    #[inline]
    fn try_from(bytes: &[u8]) -> Result<Ulid, LengthError> {
        let found = bytes.len();
        let bytes: Result<[u8; 16], TryFromSliceError> = bytes.try_into();
        bytes
            .map(Ulid::from_bytes)
            .map_err(|_| LengthError { found })
    }
}

impl From<u128> for Ulid {
    #[inline]
    fn from(bits: u128) -> Ulid {
        Ulid::from_u128(bits)
    }
}

impl From<Ulid> for u128 {
    #[inline]
    fn from(id: Ulid) -> u128 {
        id.to_u128()
    }
}

impl From<[u8; 16]> for Ulid {
    #[inline]
    fn from(bytes: [u8; 16]) -> Ulid {
        Ulid::from_bytes(bytes)
    }
}

impl From<Ulid> for [u8; 16] {
    #[inline]
    fn from(id: Ulid) -> [u8; 16] {
        id.to_bytes()
    }
}
