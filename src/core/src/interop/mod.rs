//! Traits of other crates, each behind the feature that is called as the crate.

#[cfg(feature = "arbitrary")]
mod arbitrary;
#[cfg(feature = "bytemuck")]
mod bytemuck;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "proptest")]
mod proptest;
#[cfg(feature = "schemars")]
mod schemars;
#[cfg(feature = "serde")]
pub mod serde;
#[cfg(any(feature = "sqlx", feature = "rusqlite", feature = "postgres-types"))]
pub mod sql;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "ulid")]
mod ulid;
#[cfg(feature = "uuid")]
mod uuid;

#[cfg(test)]
mod tests;
