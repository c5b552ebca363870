//! ULIDs in the formats of serde: text in those that people read, 16 bytes in the others. Nothing is allocated, and text is
//! read strictly.
//!
//! Fields that are written otherwise name one of the modules here:
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use ulid_core::{Ulid, ulid};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Order {
//!     id: Ulid,
//!     #[serde(with = "ulid_core::serde::lenient")]
//!     typed_by_hand: Ulid,
//! }
//!
//! let text = r#"{"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","typed_by_hand":"o1arz3ndek-tsv4rrffq69g5fav"}"#;
//! let order: Order = serde_json::from_str(text)?;
//! assert_eq!(order.id, ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
//! assert_eq!(order.typed_by_hand, order.id);
//! # Ok::<(), serde_json::Error>(())
//! ```

use core::{fmt, marker::PhantomData};

use ::serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess, Visitor},
    ser::SerializeStruct,
};

use crate::{
    Kind, Prefixed, Reading, Timestamp, Ulid,
    codec::{self, Fault, Text},
};

impl Serialize for Ulid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            text::serialize(self, serializer)
        } else {
            bytes::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Ulid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
        if deserializer.is_human_readable() {
            text::deserialize(deserializer)
        } else {
            bytes::deserialize(deserializer)
        }
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// Text with the prefix in formats that people read, 16 bytes in the others.
impl<K: Kind> Serialize for Prefixed<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            bytes::serialize(&self.id(), serializer)
        }
    }
}

impl<'de, K: Kind> Deserialize<'de> for Prefixed<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Prefixed<K>, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(InPrefixed(PhantomData))
        } else {
            bytes::deserialize(deserializer).map(Prefixed::new)
        }
    }
}

/// Reads text with the prefix of a kind.
struct InPrefixed<K>(PhantomData<K>);

impl<K: Kind> Visitor<'_> for InPrefixed<K> {
    type Value = Prefixed<K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}_\" and the 26 characters of a ULID", K::PREFIX)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Prefixed<K>, E> {
        text.parse().map_err(E::custom)
    }
}

/// RFC 3339 in formats that people read, milliseconds since 1970 in the others.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_u64(self.ms())
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(TimeText);
        }
        let ms = u64::deserialize(deserializer)?;
        Timestamp::from_ms(ms).map_err(de::Error::custom)
    }
}

struct TimeText;

impl Visitor<'_> for TimeText {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time of RFC 3339")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }
}

/// The kind and the place of a fault, for the answer of a server: `kind`, `position` counted from 1, and `message`.
impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fault = serializer.serialize_struct("Fault", 3)?;
        fault.serialize_field("kind", self.kind.code())?;
        fault.serialize_field("position", &(self.position + 1))?;
        fault.serialize_field("message", &format_args!("{self}"))?;
        fault.end()
    }
}

/// Reads text as a ULID.
struct InText(Reading);

impl Visitor<'_> for InText {
    type Value = Ulid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the 26 characters of a ULID")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Ulid, E> {
        codec::parse(text, self.0).map_err(E::custom)
    }
}

/// Text in every format, also in those that people do not read.
pub mod text {
    use super::{Deserializer, InText, Reading, Serializer, Ulid};

    /// Writes the text.
    ///
    /// # Errors
    ///
    /// Errors of the format.
    pub fn serialize<S: Serializer>(id: &Ulid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&id.text())
    }

    /// Reads the text.
    ///
    /// # Errors
    ///
    /// The kind and the place of the fault, if the text is no ULID.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
        deserializer.deserialize_str(InText(Reading::Strict))
    }
}

/// Text in every format, read leniently: I and L as 1, O as 0, hyphens passed. What is written is canonical.
pub mod lenient {
    use super::{Deserializer, InText, Reading, Ulid};

    pub use super::text::serialize;

    /// Reads the text.
    ///
    /// # Errors
    ///
    /// The kind and the place of the fault, if the text is no ULID even so.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
        deserializer.deserialize_str(InText(Reading::Lenient))
    }
}

/// 16 bytes in every format, most significant first.
pub mod bytes {
    use super::{Deserializer, InBytes, Serializer, Ulid};

    /// Writes the bytes.
    ///
    /// # Errors
    ///
    /// Errors of the format.
    pub fn serialize<S: Serializer>(id: &Ulid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&id.to_bytes())
    }

    /// Reads the bytes.
    ///
    /// # Errors
    ///
    /// An invalid length, if the bytes are not 16.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
        deserializer.deserialize_bytes(InBytes)
    }
}

/// Reads 16 bytes as a ULID, or a list of them, which is what formats without bytes have.
struct InBytes;

impl<'de> Visitor<'de> for InBytes {
    type Value = Ulid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the 16 bytes of a ULID")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Ulid, E> {
        Ulid::try_from(bytes).map_err(|_| E::invalid_length(bytes.len(), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Ulid, A::Error> {
        let mut bytes = [0; 16];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = list
                .next_element()?
                .ok_or_else(|| de::Error::invalid_length(index, &self))?;
        }
        match list.next_element::<u8>()? {
            Some(_) => Err(de::Error::invalid_length(17, &self)),
            None => Ok(Ulid::from_bytes(bytes)),
        }
    }
}

/// The spelling of a UUID, `01563e3a-b5d3-d676-4c61-efb99302bd5b`, in every format.
#[cfg(feature = "uuid")]
pub mod uuid {
    use ::uuid::Uuid;

    use super::{Deserializer, InUuid, Serializer, Ulid};

    /// Writes the UUID of the same bits, in lower case.
    ///
    /// # Errors
    ///
    /// Errors of the format.
    pub fn serialize<S: Serializer>(id: &Ulid, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = Uuid::encode_buffer();
        serializer.serialize_str(Uuid::from(*id).hyphenated().encode_lower(&mut text))
    }

    /// Reads a UUID in groups of 8-4-4-4-12 digits.
    ///
    /// # Errors
    ///
    /// An invalid value, if the text is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Ulid, D::Error> {
        deserializer.deserialize_str(InUuid)
    }
}

/// Reads the spelling of a UUID.
#[cfg(feature = "uuid")]
struct InUuid;

#[cfg(feature = "uuid")]
impl Visitor<'_> for InUuid {
    type Value = Ulid;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID, 32 hexadecimal digits in groups of 8-4-4-4-12")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Ulid, E> {
        // The crate reads other spellings, too, which are of other lengths.
        let is_hyphenated = text.len() == ::uuid::fmt::Hyphenated::LENGTH;
        match ::uuid::Uuid::try_parse(text) {
            Ok(uuid) if is_hyphenated => Ok(uuid.into()),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}
