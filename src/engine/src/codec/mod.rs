//! 16 bytes to 26 characters and back.
//!
//! The rules are those of the [ULID specification](https://github.com/ulid/spec): 26 characters of Crockford's base 32,
//! most significant first, upper or lower case, the first at most `7`. Crockford's own decoding also reads I and L as 1,
//! and O as 0, and skips hyphens; the ULID alphabet leaves those out, so only [`Reading::Lenient`] accepts them. U is
//! never valid.

mod alphabet;
mod fault;
mod scalar;
mod text;

pub use alphabet::ALPHABET;
pub use fault::{Fault, FaultKind};
pub use text::Text;

use ulid::Ulid;

/// Characters of a ULID's text.
pub const TEXT_LEN: usize = 26;

/// How forgiving the reading of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// The ULID alphabet alone, in either case.
    #[default]
    Strict,
    /// Also I and L for 1, O for 0, and hyphens anywhere, which are skipped.
    Lenient,
}

/// Reads the text of a ULID.
///
/// # Errors
///
/// A [`Fault`] that says which character is wrong and why.
pub fn parse(text: impl AsRef<[u8]>, reading: Reading) -> Result<Ulid, Fault> {
    let text = text.as_ref();
    match scalar::decode(text, reading) {
        Some(bits) => Ok(Ulid(bits)),
        None => fault::rescan(text, reading),
    }
}

/// Whether [`parse`] would accept the text, without building the reason when it would not.
#[must_use]
pub fn is_valid(text: impl AsRef<[u8]>, reading: Reading) -> bool {
    let text = text.as_ref();
    scalar::decode(text, reading).is_some()
        || (reading == Reading::Lenient && fault::rescan(text, reading).is_ok())
}

/// Writes a ULID as its canonical, upper-case text.
#[must_use]
pub fn print(id: Ulid) -> Text {
    Text::new(scalar::encode(id.0))
}

#[cfg(test)]
mod tests;
