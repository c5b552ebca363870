//! One ULID taken apart, in every form; one broken text put right.

mod repair;
mod version7;

pub use repair::{Repair, RepairKind, repair};
pub use version7::as_version_7;

use crate::Ulid;

use crate::Timestamp;

/// The parts of a ULID. See [`Spelling`](crate::row::Spelling) for the ways in which it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anatomy {
    /// The ULID itself.
    pub id: Ulid,
    /// The upper 48 bits.
    pub timestamp: Timestamp,
    /// The lower 80 bits.
    pub randomness: u128,
}

impl Anatomy {
    /// Takes a ULID apart.
    #[must_use]
    pub fn of(id: Ulid) -> Anatomy {
        Anatomy {
            id,
            timestamp: Timestamp::of(id),
            randomness: id.random(),
        }
    }

    /// The 16 bytes, most significant first.
    #[must_use]
    pub fn bytes(&self) -> [u8; 16] {
        self.id.to_bytes()
    }

    /// The 10 bytes of randomness, most significant first.
    #[must_use]
    pub fn randomness_bytes(&self) -> [u8; 10] {
        let [_, _, _, _, _, _, randomness @ ..] = self.bytes();
        randomness
    }

    /// The randomness as 20 hexadecimal digits, lower case.
    #[must_use]
    pub fn randomness_hex(&self) -> String {
        format!("{:020x}", self.randomness)
    }

    /// The 128 bits as digits, the 48 of the time and the 80 of the randomness apart.
    #[must_use]
    pub fn bits(&self) -> (String, String) {
        (
            format!("{:048b}", self.timestamp.ms()),
            format!("{:080b}", self.randomness),
        )
    }
}

#[cfg(test)]
mod tests;
