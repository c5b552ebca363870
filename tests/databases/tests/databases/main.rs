//! ULIDs in columns of every type that can hold them, by every driver.
#![cfg(all(unix, feature = "databases"))]
#![expect(
    clippy::unwrap_used,
    reason = "what connects to a database is a function of a test"
)]

mod postgres;
mod sqlite;
mod sqlx;

use ulid_core::{Ulid, ulid};

/// The ends of the range, the specification's example, and its neighbours.
const IDS: [Ulid; 5] = [
    Ulid::NIL,
    ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAT"),
    ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAW"),
    Ulid::MAX,
];
