//! The one ULID that a broken text can have stood for. It knows a single text: which row it is from, and what is done with
//! the guess, is for others.

use std::fmt;

use crate::{
    Reading, Ulid,
    codec::{self, TEXT_LEN},
};

/// A ULID that a broken text most likely stood for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repair {
    /// The ULID.
    pub id: Ulid,
    /// The change.
    pub kind: RepairKind,
}

/// The kind of change that a [`Repair`] made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairKind {
    /// White space, quotes, brackets or commas around it were taken off.
    Unwrapped,
    /// I and L were read as 1, O as 0, hyphens skipped.
    Folded,
    /// Both of the above.
    UnwrappedAndFolded,
    /// A prefix such as `ord_` was taken off.
    PrefixRemoved,
    /// It is another spelling of 128 bits: a UUID, hexadecimal, an integer, base 64.
    OtherSpelling(crate::row::Spelling),
}

impl fmt::Display for RepairKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RepairKind::Unwrapped => f.pad("what stands around it is taken off"),
            RepairKind::Folded => f.pad("I and L are read as 1, O as 0, hyphens skipped"),
            RepairKind::UnwrappedAndFolded => {
                f.pad("what stands around it is taken off; I and L are read as 1, O as 0, hyphens skipped")
            }
            RepairKind::PrefixRemoved => f.pad("the prefix is taken off"),
            RepairKind::OtherSpelling(form) => write!(f, "the same 128 bits written as {form}"),
        }
    }
}

/// The ULID that a text most likely stood for, where there is exactly one sensible guess. Nothing for a text that is
/// valid as it stands, and for an overflow or a lost character, which no rule can bring back.
#[must_use]
pub fn repair(text: &str) -> Option<Repair> {
    if codec::is_valid(text, Reading::Strict) {
        return None;
    }
    let inner = unwrap(text);
    let unwrapped = inner.len() != text.len();
    let repaired = |id, kind| Some(Repair { id, kind });
    if let Ok(id) = codec::parse(inner, Reading::Strict) {
        return repaired(id, RepairKind::Unwrapped);
    }
    if let Ok((form, id)) = crate::row::Spelling::read(inner, Reading::Strict) {
        return repaired(id, RepairKind::OtherSpelling(form));
    }
    if let Ok(id) = codec::parse(inner, Reading::Lenient) {
        return repaired(
            id,
            if unwrapped {
                RepairKind::UnwrappedAndFolded
            } else {
                RepairKind::Folded
            },
        );
    }
    without_prefix(inner).and_then(|id| repaired(id, RepairKind::PrefixRemoved))
}

/// Takes off white space, quotes, brackets and list punctuation.
fn unwrap(text: &str) -> &str {
    const AROUND: &[char] = &[
        '"', '\'', '`', ',', ';', '(', ')', '[', ']', '{', '}', '<', '>', '\u{FEFF}', '\u{200B}',
        '\0',
    ];
    text.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(&c))
}

/// The ULID behind a type prefix: `ord_01ARZ…`, `user-01ARZ…`.
fn without_prefix(text: &str) -> Option<Ulid> {
    let (prefix, id) = text.split_at_checked(text.len().checked_sub(TEXT_LEN)?)?;
    let name = prefix.strip_suffix(['_', '-', ':', '/', '.'])?;
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b':'));
    codec::parse(id, Reading::Strict).ok().filter(|_| is_name)
}
