//! The type: 128 bits, read strictly.

mod convert;
mod literal;
mod prefixed;

pub use convert::LengthError;
pub use prefixed::{Kind, Prefixed, PrefixedError};

use core::{error, fmt, str::FromStr};

#[cfg(feature = "alloc")]
use alloc::string::String;

use crate::{
    Reading, Timestamp,
    codec::{self, Fault, Text},
    timestamp::OutOfRange,
};

/// A ULID.
///
/// Order, text and bytes agree: whichever is sorted, the order is the same, and earlier ULIDs come first.
///
/// ```
/// use ulid_core::{Ulid, ulid};
///
/// let id: Ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse()?;
/// assert_eq!(id.timestamp_ms(), 1_469_922_850_259);
/// assert_eq!(id.random(), 0xd676_4c61_efb9_9302_bd5b);
/// assert_eq!(format!("{id:>28}"), "  01ARZ3NDEKTSV4RRFFQ69G5FAV");
/// assert_eq!(Ulid::from_bytes(id.to_bytes()), id);
/// assert!(id < ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAW"));
/// # Ok::<(), ulid_core::codec::Fault>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(
    feature = "zerocopy",
    derive(
        zerocopy::FromBytes,
        zerocopy::IntoBytes,
        zerocopy::Immutable,
        zerocopy::KnownLayout
    )
)]
#[repr(transparent)]
pub struct Ulid(pub(crate) u128);

/// Parts that are no ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartsError {
    /// The time does not fit 48 bits.
    Time(OutOfRange),
    /// The randomness does not fit 80 bits.
    Random,
}

impl fmt::Display for PartsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartsError::Time(error) => error.fmt(f),
            PartsError::Random => f.write_str("the randomness is more than 80 bits"),
        }
    }
}

impl error::Error for PartsError {}

impl Ulid {
    /// The smallest: all bits are zero.
    pub const NIL: Ulid = Ulid(0);
    /// The largest: all bits are one, `7ZZZZZZZZZZZZZZZZZZZZZZZZZ`.
    pub const MAX: Ulid = Ulid(u128::MAX);

    /// Bits of the time.
    pub const TIME_BITS: u32 = 48;
    /// Bits of the randomness.
    pub const RANDOM_BITS: u32 = 80;
    pub(crate) const MAX_RANDOM: u128 = (1 << Ulid::RANDOM_BITS) - 1;

    /// The ULID of this time, in milliseconds since 1970, and this randomness.
    ///
    /// # Errors
    ///
    /// [`PartsError`] for a time of more than 48 bits and a randomness of more than 80.
    ///
    /// ```
    /// use ulid_core::{PartsError, Ulid};
    ///
    /// let id = Ulid::from_parts(1_469_922_850_259, 0xd676_4c61_efb9_9302_bd5b)?;
    /// assert_eq!(id.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    /// assert_eq!(Ulid::from_parts(0, 1 << 80), Err(PartsError::Random));
    /// # Ok::<(), PartsError>(())
    /// ```
    pub const fn from_parts(ms: u64, random: u128) -> Result<Ulid, PartsError> {
        if ms >> Ulid::TIME_BITS != 0 {
            let ms = ms as i128;
            return Err(PartsError::Time(OutOfRange { ms }));
        }
        if random > Ulid::MAX_RANDOM {
            return Err(PartsError::Random);
        }
        Ok(Ulid::from_time(Timestamp::from_48_bits(ms), random))
    }

    /// The ULID of this time and the lower 80 bits of this randomness.
    #[inline]
    pub(crate) const fn from_time(time: Timestamp, random: u128) -> Ulid {
        Ulid((time.ms() as u128) << Ulid::RANDOM_BITS | random & Ulid::MAX_RANDOM)
    }

    /// The ULID of 128 bits, which are all that it is.
    #[inline]
    #[must_use]
    pub const fn from_u128(bits: u128) -> Ulid {
        Ulid(bits)
    }

    /// Its 128 bits.
    #[inline]
    #[must_use]
    pub const fn to_u128(self) -> u128 {
        self.0
    }

    /// The ULID of 16 bytes, most significant first, as the specification has them.
    ///
    /// ```
    /// use ulid_core::{Ulid, ulid};
    ///
    /// let bytes = *b"\x01\x56\x3e\x3a\xb5\xd3\xd6\x76\x4c\x61\xef\xb9\x93\x02\xbd\x5b";
    /// assert_eq!(Ulid::from_bytes(bytes), ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    /// assert_eq!(Ulid::try_from(&bytes[..]), Ok(Ulid::from_bytes(bytes)));
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Ulid {
        Ulid(u128::from_be_bytes(bytes))
    }

    /// Its 16 bytes, most significant first.
    #[inline]
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The ULID of the 16 bytes of a GUID as Windows and .NET hold it: the first three of its groups are numbers with the
    /// least significant byte first.
    ///
    /// ```
    /// use ulid_core::{Ulid, ulid};
    ///
    /// // 01563e3a-b5d3-d676-4c61-efb99302bd5b
    /// let guid = *b"\x3a\x3e\x56\x01\xd3\xb5\x76\xd6\x4c\x61\xef\xb9\x93\x02\xbd\x5b";
    /// let id = Ulid::from_guid_bytes(guid);
    /// assert_eq!(id, ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    /// assert_eq!(id.to_guid_bytes(), guid);
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_guid_bytes(bytes: [u8; 16]) -> Ulid {
        Ulid::from_bytes(turned_groups(bytes))
    }

    /// Its 16 bytes as Windows and .NET hold a GUID.
    #[inline]
    #[must_use]
    pub const fn to_guid_bytes(self) -> [u8; 16] {
        turned_groups(self.to_bytes())
    }

    /// Its time.
    #[inline]
    #[must_use]
    pub const fn timestamp(self) -> Timestamp {
        Timestamp::from_48_bits(self.timestamp_ms())
    }

    /// Its time, in milliseconds since 1970.
    #[inline]
    #[must_use]
    pub const fn timestamp_ms(self) -> u64 {
        (self.0 >> Ulid::RANDOM_BITS) as u64
    }

    /// Its randomness: the lower 80 bits.
    #[inline]
    #[must_use]
    pub const fn random(self) -> u128 {
        self.0 & Ulid::MAX_RANDOM
    }

    /// Tells if all its bits are zero.
    #[inline]
    #[must_use]
    pub const fn is_nil(self) -> bool {
        self.0 == 0
    }

    /// The ULID after this one within its millisecond, as monotonic generation has it; `None` if its randomness is used
    /// up. [`generate::next`](crate::generate::next) goes on into the next millisecond.
    ///
    /// ```
    /// use ulid_core::ulid;
    ///
    /// let id = ulid!("01BX5ZZKBKACTAV9WEVGEMMVRZ");
    /// assert_eq!(id.increment(), Some(ulid!("01BX5ZZKBKACTAV9WEVGEMMVS0")));
    /// assert_eq!(ulid!("01BX5ZZKBKZZZZZZZZZZZZZZZZ").increment(), None);
    /// ```
    #[inline]
    #[must_use]
    pub const fn increment(self) -> Option<Ulid> {
        if self.random() == Ulid::MAX_RANDOM {
            None
        } else {
            Some(Ulid(self.0 + 1))
        }
    }

    /// The ULID before this one within its millisecond; `None` if its randomness is zero.
    #[inline]
    #[must_use]
    pub const fn decrement(self) -> Option<Ulid> {
        if self.random() == 0 {
            None
        } else {
            Some(Ulid(self.0 - 1))
        }
    }

    /// Reads text as [`FromStr`] does, but I and L as 1, O as 0, and passes hyphens.
    ///
    /// # Errors
    ///
    /// [`Fault`], which says which character is wrong and why.
    ///
    /// ```
    /// use ulid_core::{Ulid, ulid};
    ///
    /// let typed = Ulid::parse_lenient("O1ARZ3NDEK-TSV4RRFF-Q69G5FAV");
    /// assert_eq!(typed, Ok(ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV")));
    /// ```
    #[inline]
    pub fn parse_lenient(text: &str) -> Result<Ulid, Fault> {
        codec::parse(text, Reading::Lenient)
    }

    /// Its text, on the stack. It is used as any `str`.
    ///
    /// ```
    /// use ulid_core::ulid;
    ///
    /// let text = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV").text();
    /// assert!(text.ends_with("FAV"));
    /// ```
    #[doc(alias = "encode")]
    #[inline]
    #[must_use]
    pub fn text(self) -> Text {
        codec::print(self)
    }

    /// Its text in lower case, on the stack.
    ///
    /// ```
    /// use ulid_core::ulid;
    ///
    /// assert_eq!(ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV").to_lowercase(), "01arz3ndektsv4rrffq69g5fav");
    /// ```
    #[inline]
    #[must_use]
    pub fn to_lowercase(self) -> Text {
        codec::print(self).to_lowercase()
    }

    /// Its text as a `String`, by one allocation.
    #[cfg(feature = "alloc")]
    #[expect(
        clippy::inherent_to_string_shadow_display,
        reason = "the general way asks a formatter, which takes longer than writing the text"
    )]
    #[inline]
    #[must_use]
    pub fn to_string(&self) -> String {
        codec::print(*self).to_string()
    }
}

/// The first three groups of a UUID, of 4, 2 and 2 bytes, turned round.
const fn turned_groups(bytes: [u8; 16]) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = bytes;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}

impl FromStr for Ulid {
    type Err = Fault;

    /// Reads the 26 characters of the alphabet, in either case.
    #[inline]
    fn from_str(text: &str) -> Result<Ulid, Fault> {
        codec::parse(text, Reading::Strict)
    }
}

impl fmt::Display for Ulid {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text(), f)
    }
}

impl fmt::Debug for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ulid")
            .field(&format_args!("{}", self.text()))
            .finish()
    }
}

#[cfg(feature = "alloc")]
#[cfg(test)]
mod tests;
