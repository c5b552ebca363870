//! Datasets of ULIDs, and nothing about screens, shells or protocols: sources and their formats, rows and what is wrong
//! with them, order, statistics, differences and a query language.
//!
//! The type, its text, its time, generation and the finder are those of `ulid-core`, which this crate gives out again:
//! [`Ulid`], [`codec`], [`timestamp`], [`generate`], [`find`].
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
//! Long work runs on the pool of threads that `rayon` has for the whole program, or on another one that the caller
//! is in by `ThreadPool::install`. A source that goes on is read by a thread of its own.
//!
//! Outside of this crate: it prints nothing, asks no terminal, and knows no Nushell value and no protocol.

pub mod timestamp;

pub mod calendar;

pub mod version7;

pub mod anatomy;

mod cell;

mod spelling;

mod format;

mod source;

pub mod row;

pub mod dataset;

pub mod pass;

pub mod stats;

pub mod sort;

pub mod diff;

pub mod compare;

pub mod query;

pub mod write;

pub mod progress;

pub mod background;

mod prefetch;

pub mod readable;

pub mod visible;

/// Rows chosen from a dataset, by their index. Compressed: a few flaws among a hundred million rows take a few bytes, and
/// no choice takes more than a bit a row.
pub use roaring::RoaringTreemap as RowSet;
pub use ulid_core::{Reading, Timestamp, Ulid, codec, find, generate, ulid};
