//! The printed text of a ULID as a value on the stack. It knows no way to read one: that is for the codec around it.

#[cfg(feature = "alloc")]
use alloc::string::String;
use core::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
};

use super::TEXT_LEN;

/// The text of a ULID, on the stack. It is used as any `str`:
///
/// ```
/// use std::collections::HashMap;
/// use ulid_core::{codec::{self, Text}, ulid};
///
/// let text = codec::print(ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
/// assert_eq!(text, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
/// assert!(text.starts_with("01ARZ"));
///
/// let names = HashMap::from([(text, "first")]);
/// assert_eq!(names.get("01ARZ3NDEKTSV4RRFFQ69G5FAV"), Some(&"first"));
/// assert_eq!(text.to_lowercase(), "01arz3ndektsv4rrffq69g5fav");
/// # let _: &HashMap<Text, &str> = &names;
/// ```
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
    ///
    /// # Safety
    ///
    /// The bytes are ASCII.
    #[expect(unsafe_code, reason = "the text is read as UTF-8 without a look at it")]
    #[inline]
    pub(super) unsafe fn new(bytes: [u8; Text::ROOM]) -> Text {
        debug_assert!(bytes[..TEXT_LEN].is_ascii());
        Text { bytes }
    }

    /// The text.
    #[expect(unsafe_code, reason = "a second look costs more than writing the text")]
    #[inline]
    #[must_use]
    pub const fn as_str(&self) -> &str {
        // SAFETY: the characters are ASCII, as `new` demands, and nothing changes them.
        unsafe { str::from_utf8_unchecked(self.as_bytes()) }
    }

    /// The text as bytes.
    #[inline]
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; TEXT_LEN] {
        const { assert!(TEXT_LEN <= Text::ROOM) };
        match self.bytes.first_chunk() {
            Some(text) => text,
            // There is always a first chunk; the compiler sees it.
            None => &[b'0'; TEXT_LEN],
        }
    }

    /// The text in lower case.
    #[inline]
    #[must_use]
    pub const fn to_lowercase(mut self) -> Text {
        self.bytes.make_ascii_lowercase();
        self
    }

    /// The text as a `String`, by one allocation and one copy.
    #[cfg(feature = "alloc")]
    #[expect(
        clippy::inherent_to_string_shadow_display,
        reason = "the general way asks a formatter, which takes longer than writing the text"
    )]
    #[inline]
    #[must_use]
    pub fn to_string(&self) -> String {
        String::from(self.as_str())
    }
}

impl PartialEq for Text {
    #[inline]
    fn eq(&self, other: &Text) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    #[inline]
    fn partial_cmp(&self, other: &Text) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    #[inline]
    fn cmp(&self, other: &Text) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Text {
    /// As a `str`, so that a map is asked by either.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

macro_rules! compared {
    ($($other:ty),*) => {$(
        impl PartialEq<$other> for Text {
            #[inline]
            fn eq(&self, other: &$other) -> bool {
                let other: &str = other;
                self.as_str() == other
            }
        }

        impl PartialEq<Text> for $other {
            #[inline]
            fn eq(&self, other: &Text) -> bool {
                other == self
            }
        }
    )*};
}

compared!(str, &str);
#[cfg(feature = "alloc")]
compared!(String);

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    #[inline]
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    #[inline]
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<[u8]> for Text {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

#[cfg(feature = "alloc")]
impl From<Text> for String {
    #[inline]
    fn from(text: Text) -> String {
        text.to_string()
    }
}

impl fmt::Display for Text {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Padding counts characters, also where there is nothing to pad.
        if f.width().is_none() && f.precision().is_none() {
            f.write_str(self.as_str())
        } else {
            f.pad(self.as_str())
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
