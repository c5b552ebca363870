//! ULIDs whose text says what they are of: `ord_01ARZ3NDEKTSV4RRFFQ69G5FAV`.

use core::{
    cmp::Ordering,
    error, fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use super::Ulid;
use crate::codec::{Fault, TEXT_LEN};

/// The kind of a [`Prefixed`] ULID.
pub trait Kind {
    /// The text before the underscore: 1 to 63 lower-case letters, and underscores that neither begin nor end it, as
    /// TypeID has them. Another one does not compile.
    const PREFIX: &'static str;
}

/// A ULID of a kind, whose text begins with the prefix of the kind. Those of two kinds are two types, and neither is read
/// as the other.
///
/// ```
/// use ulid_core::{Kind, Prefixed, Ulid, ulid};
///
/// struct Order;
///
/// impl Kind for Order {
///     const PREFIX: &'static str = "ord";
/// }
///
/// let id: Prefixed<Order> = "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse()?;
/// assert_eq!(id.id(), ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
/// assert_eq!(id.to_string(), "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV");
///
/// let other = "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse::<Prefixed<Order>>();
/// assert_eq!(other.unwrap_err().to_string(), "it does not begin with \"ord_\"");
/// # Ok::<(), ulid_core::PrefixedError>(())
/// ```
///
/// ```compile_fail
/// use ulid_core::{Kind, Prefixed, Ulid};
///
/// struct Wrong;
///
/// impl Kind for Wrong {
///     const PREFIX: &'static str = "Ord-";
/// }
///
/// let id = Prefixed::<Wrong>::new(Ulid::NIL);
/// ```
pub struct Prefixed<K> {
    id: Ulid,
    kind: PhantomData<fn() -> K>,
}

/// A text that is no ULID of the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrefixedError {
    /// No prefix of the kind, and underscore, at its begin.
    Prefix {
        /// The prefix of the kind.
        expected: &'static str,
    },
    /// A fault in what follows. The position is counted from the begin of the whole text.
    Ulid(Fault),
}

impl fmt::Display for PrefixedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PrefixedError::Prefix { expected } => {
                write!(f, "it does not begin with \"{expected}_\"")
            }
            PrefixedError::Ulid(fault) => fault.fmt(f),
        }
    }
}

impl error::Error for PrefixedError {}

const LONGEST_PREFIX: usize = 63;

/// Tells if a text is a prefix of TypeID; an empty one is none here.
const fn is_prefix(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.is_empty() || bytes.len() > LONGEST_PREFIX {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        let may_be_underscore = at > 0 && at + 1 < bytes.len();
        let is_underscore = bytes[at] == b'_' && may_be_underscore;
        if !bytes[at].is_ascii_lowercase() && !is_underscore {
            return false;
        }
        at += 1;
    }
    true
}

impl<K: Kind> Prefixed<K> {
    /// The ULID as one of the kind.
    #[inline]
    #[must_use]
    pub const fn new(id: Ulid) -> Prefixed<K> {
        const {
            assert!(
                is_prefix(K::PREFIX),
                "a prefix is 1 to 63 lower-case letters, and underscores that neither begin nor end it"
            );
        }
        let kind = PhantomData;
        Prefixed { id, kind }
    }

    /// A new one: the system's time, and 80 bits of its randomness.
    #[cfg(feature = "generate")]
    #[must_use]
    pub fn generate() -> Prefixed<K> {
        Prefixed::new(Ulid::generate())
    }
}

impl<K> Prefixed<K> {
    /// The ULID without its kind.
    #[inline]
    #[must_use]
    pub const fn id(self) -> Ulid {
        self.id
    }
}

impl<K: Kind> FromStr for Prefixed<K> {
    type Err = PrefixedError;

    /// Reads the prefix as it is, an underscore, and the 26 characters of a ULID in either case.
    fn from_str(text: &str) -> Result<Prefixed<K>, PrefixedError> {
        let expected = K::PREFIX;
        let id = text
            .strip_prefix(expected)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(PrefixedError::Prefix { expected })?;
        id.parse().map(Prefixed::new).map_err(|fault: Fault| {
            PrefixedError::Ulid(Fault {
                position: expected.len() + 1 + fault.position,
                ..fault
            })
        })
    }
}

impl<K: Kind> TryFrom<&str> for Prefixed<K> {
    type Error = PrefixedError;

    fn try_from(text: &str) -> Result<Prefixed<K>, PrefixedError> {
        text.parse()
    }
}

impl<K: Kind> From<Ulid> for Prefixed<K> {
    #[inline]
    fn from(id: Ulid) -> Prefixed<K> {
        Prefixed::new(id)
    }
}

impl<K> From<Prefixed<K>> for Ulid {
    #[inline]
    fn from(prefixed: Prefixed<K>) -> Ulid {
        prefixed.id
    }
}

impl<K: Kind> fmt::Display for Prefixed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [b'_'; LONGEST_PREFIX + 1 + TEXT_LEN];
        // The prefix was found to be no longer than this when the value was made.
        let len = K::PREFIX.len().min(LONGEST_PREFIX);
        text[..len].copy_from_slice(&K::PREFIX.as_bytes()[..len]);
        let len = len + 1 + TEXT_LEN;
        text[len - TEXT_LEN..len].copy_from_slice(self.id.text().as_bytes());
        f.pad(str::from_utf8(&text[..len]).unwrap_or_default())
    }
}

impl<K: Kind> fmt::Debug for Prefixed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefixed({}_{})", K::PREFIX, self.id)
    }
}

// By hand, since a kind need not be any of these for its ULIDs to be.

impl<K> Clone for Prefixed<K> {
    fn clone(&self) -> Prefixed<K> {
        *self
    }
}

impl<K> Copy for Prefixed<K> {}

impl<K> PartialEq for Prefixed<K> {
    fn eq(&self, other: &Prefixed<K>) -> bool {
        self.id == other.id
    }
}

impl<K> Eq for Prefixed<K> {}

impl<K> PartialOrd for Prefixed<K> {
    fn partial_cmp(&self, other: &Prefixed<K>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Prefixed<K> {
    fn cmp(&self, other: &Prefixed<K>) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl<K> Hash for Prefixed<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;
    use crate::{codec::FaultKind, ulid};

    struct Order;

    impl Kind for Order {
        const PREFIX: &'static str = "ord";
    }

    struct Longest;

    impl Kind for Longest {
        const PREFIX: &'static str =
            "abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz_abcdefghi";
    }

    #[test]
    fn prefixes_are_those_of_typeid() {
        let longest = "a".repeat(63);
        for text in ["a", "ord", "a_b", "a__b", Longest::PREFIX, &longest] {
            assert!(is_prefix(text), "{text}");
        }
        let too_long = "a".repeat(64);
        for text in [
            "", "_", "_a", "a_", "A", "ord1", "a-b", "é", "a b", &too_long,
        ] {
            assert!(!is_prefix(text), "{text}");
        }
    }

    #[test]
    fn text_reads_back_whatever_the_length_of_the_prefix() {
        let id = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        let order = Prefixed::<Order>::from(id);
        assert_eq!(order.to_string(), "ord_01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assert_eq!("ord_01arz3ndektsv4rrffq69g5fav".parse(), Ok(order));
        assert_eq!(format!("{order:>32}"), "  ord_01ARZ3NDEKTSV4RRFFQ69G5FAV");
        assert_eq!(
            format!("{order:?}"),
            "Prefixed(ord_01ARZ3NDEKTSV4RRFFQ69G5FAV)"
        );
        let longest = Prefixed::<Longest>::from(id);
        assert_eq!(longest.to_string(), format!("{}_{id}", Longest::PREFIX));
        assert_eq!(longest.to_string().parse(), Ok(longest));
    }

    #[test]
    fn another_kind_and_a_wrong_ulid_are_told_by_their_place() {
        let prefix = Err(PrefixedError::Prefix { expected: "ord" });
        for text in [
            "",
            "ord",
            "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "ORD_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "ord-01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            assert_eq!(text.parse::<Prefixed<Order>>(), prefix, "{text}");
        }
        let fault = "ord_8ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<Prefixed<Order>>();
        let overflow = PrefixedError::Ulid(Fault {
            kind: FaultKind::Overflow,
            position: 4,
        });
        assert_eq!(fault, Err(overflow));
    }
}
