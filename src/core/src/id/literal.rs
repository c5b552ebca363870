//! Text that is read while the program is compiled.

use super::Ulid;
use crate::codec::{Fault, parse_const};

impl Ulid {
    /// Reads text as [`FromStr`](core::str::FromStr) does, also where a constant is made. While a program runs,
    /// `text.parse()` gives the same and is faster, since it may choose the processor's instructions.
    ///
    /// # Errors
    ///
    /// [`Fault`], which says which character is wrong and why.
    ///
    /// ```
    /// use ulid_core::{Ulid, codec::Fault};
    ///
    /// const ID: Result<Ulid, Fault> = Ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    /// assert_eq!(ID, "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse());
    /// ```
    #[doc(alias = "decode")]
    #[doc(alias = "from_string")]
    pub const fn parse(text: &str) -> Result<Ulid, Fault> {
        parse_const(text)
    }
}

/// The ULID of a text, read while the program is compiled. A text that is no ULID does not compile.
///
/// ```
/// use ulid_core::{Ulid, ulid};
///
/// const ID: Ulid = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV");
/// assert_eq!(ID.timestamp_ms(), 1_469_922_850_259);
/// ```
///
/// ```compile_fail
/// let id = ulid_core::ulid!("8ZZZZZZZZZZZZZZZZZZZZZZZZZ");
/// ```
#[macro_export]
macro_rules! ulid {
    ($text:expr) => {
        const {
            match $crate::Ulid::parse($text) {
                Ok(id) => id,
                Err(_) => panic!(
                    "this is no ULID: 26 characters of 0-9 A-Z without I, L, O and U, the first 0 to 7"
                ),
            }
        }
    };
}
