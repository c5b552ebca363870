use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
};

use super::TEXT_LEN;

/// The canonical text of a ULID, on the stack.
// Aligned so that writing it at once never crosses a cache line.
#[derive(Clone, Copy)]
#[repr(align(32))]
pub struct Text {
    /// The characters, and bytes that nobody looks at: as long as a vector, a text is written at once.
    bytes: [u8; Text::ROOM],
}

impl Text {
    /// Bytes that an encoder may write.
    pub(super) const ROOM: usize = 32;

    /// The first [`TEXT_LEN`] bytes are characters of the alphabet, as the encoders make them.
    #[inline]
    pub(super) fn new(bytes: [u8; Text::ROOM]) -> Text {
        debug_assert!(bytes[..TEXT_LEN].is_ascii());
        Text { bytes }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The encoders write ASCII alone, so the fallback is never taken; it costs less than an unsafe block.
        str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The text as bytes.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; TEXT_LEN] {
        const { assert!(TEXT_LEN <= Text::ROOM) };
        // There is always a first chunk; the compiler sees it.
        self.bytes.first_chunk().unwrap_or(&[b'0'; TEXT_LEN])
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Text) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Text) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
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
        self.as_bytes()
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
