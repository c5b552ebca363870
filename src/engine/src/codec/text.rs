use std::{fmt, ops::Deref};

use super::TEXT_LEN;

/// The canonical text of a ULID, on the stack.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text([u8; TEXT_LEN]);

impl Text {
    /// `bytes` are characters of the alphabet, as the encoders make them.
    #[inline]
    pub(super) fn new(bytes: [u8; TEXT_LEN]) -> Text {
        debug_assert!(bytes.is_ascii());
        Text(bytes)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The encoders write ASCII alone, so the fallback is never taken; it costs less than an unsafe block.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The text as bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; TEXT_LEN] {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
