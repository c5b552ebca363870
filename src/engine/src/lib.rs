//! Everything about ULIDs, and nothing about screens, shells or protocols.
//!
//! A ULID is 128 bits: 48 bits of Unix milliseconds and 80 bits of randomness, written as 26 characters of Crockford's
//! base 32 whose text order is the value order. The value type is [`Ulid`] of the `ulid` crate; its text goes in and
//! out through [`codec`] alone, which rejects what the specification rejects and says where and why.
//!
//! ```
//! use ulid_engine::{Reading, anatomy::Anatomy, codec};
//!
//! let id = codec::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Strict)?;
//! assert_eq!(Anatomy::of(id).timestamp.to_string(), "2016-07-30T23:54:10.259Z");
//!
//! let fault = codec::parse("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", Reading::Strict).unwrap_err();
//! assert_eq!(fault.to_string(), "overflow at character 1: the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
//! # Ok::<(), ulid_engine::codec::Fault>(())
//! ```
//!
//! What this crate does not do: it prints nothing, asks no terminal, and knows no Nushell value and no protocol.

pub mod codec;
pub mod timestamp;

pub mod generate;

pub mod anatomy;

pub mod dataset;

pub mod find;

pub mod stats;

pub mod sort;

pub mod diff;

pub mod query;

pub mod progress;

pub mod background;

mod prefetch;

pub use codec::Reading;
/// Rows chosen from a dataset, by their index. Compressed: a few flaws among a hundred million rows take a few bytes, and
/// no choice takes more than a bit a row.
pub use roaring::RoaringTreemap as RowSet;
pub use timestamp::Timestamp;
pub use ulid::Ulid;
