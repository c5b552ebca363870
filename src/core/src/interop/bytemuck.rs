//! Slices of ULIDs as slices of their bits or bytes, and back.

#![expect(unsafe_code, reason = "the traits say how a type lies in memory")]

use ::bytemuck::{Pod, TransparentWrapper, Zeroable};

use crate::Ulid;

// SAFETY: it is laid out as a `u128`, whose bits may all be zero.
unsafe impl Zeroable for Ulid {}

// SAFETY: it is laid out as a `u128`, of which every bit may be anything.
unsafe impl Pod for Ulid {}

// SAFETY: it is `repr(transparent)` and has no other field.
unsafe impl TransparentWrapper<u128> for Ulid {}
