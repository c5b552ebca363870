//! ULIDs: the type, its text, its time, new ones, and those inside of other text.
//!
//! A ULID is 128 bits: 48 bits of Unix milliseconds and 80 bits of randomness, written as 26 characters of Crockford's
//! base 32 whose text order is the value order. [`Ulid`] holds one, and nothing turns text into it but readers that reject
//! what the [specification](https://github.com/ulid/spec) rejects, and say where and why.
//!
//! ```
//! use ulid_core::{Ulid, ulid};
//!
//! let id: Ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV".parse()?;
//! assert_eq!(id.timestamp().to_string(), "2016-07-30T23:54:10.259Z");
//! assert_eq!(id.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
//!
//! const SAME: Ulid = ulid!("01arz3ndektsv4rrffq69g5fav");
//! assert_eq!(SAME, id);
//!
//! let fault = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<Ulid>().unwrap_err();
//! assert_eq!(fault.to_string(), "overflow at character 1: the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
//! # Ok::<(), ulid_core::codec::Fault>(())
//! ```
#![cfg_attr(
    feature = "generate",
    doc = "
New ones come from [`Ulid::generate`], and in order from [`generate::SharedGenerator`]:

```
use ulid_core::{Ulid, generate::SharedGenerator};

let id = Ulid::generate();
static IDS: SharedGenerator = SharedGenerator::new();
let (first, second) = (IDS.generate()?, IDS.generate()?);
assert!(first < second);
# Ok::<(), ulid_core::generate::Exhausted>(())
```"
)]
//!
//! | module | what |
//! |---|---|
//! | [`codec`] | encode and decode: one ULID, records, lines; strict or lenient; a kernel for each instruction set |
//! | [`timestamp`] | the 48 bits of time, read and written as RFC 3339 |
//! | [`generate`] | random and monotonic ULIDs, one or many at once |
//! | [`find`] | ULIDs inside any bytes |
//!
//! Outside of this crate: it opens no file, starts no thread and knows no time zone.

#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;

/// The examples of the README are run as those of the documentation are.
#[cfg(all(doctest, feature = "generate"))]
#[doc = include_str!("../README.md")]
struct Readme;

mod id;

pub mod codec;
pub mod timestamp;

pub mod generate;

pub mod find;

mod interop;

mod prefetch;

pub use codec::Reading;
pub use id::{Kind, LengthError, PartsError, Prefixed, PrefixedError, Ulid};
#[cfg(feature = "serde")]
pub use interop::serde;
#[cfg(any(feature = "sqlx", feature = "rusqlite", feature = "postgres-types"))]
pub use interop::sql;
pub use timestamp::Timestamp;
