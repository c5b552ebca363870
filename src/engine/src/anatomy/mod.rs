//! One ULID taken apart, in every form; one broken text put right.

mod repair;

pub use repair::{Repair, RepairKind, repair};

use crate::{Timestamp, Ulid, version7::FIXED_BITS};

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

    /// The digits of [`Anatomy::bits`] with `-` for the six bits that are the same in all UUIDs of version 7.
    #[must_use]
    pub fn bits_of_version_7(&self) -> (String, String) {
        let (time, random) = self.bits();
        let fixed = format!("{:0128b}", FIXED_BITS);
        let is_fixed = fixed.bytes().skip(time.len()).map(|bit| bit == b'1');
        let random = random.chars().zip(is_fixed);
        let random = random.map(|(bit, is_fixed)| if is_fixed { '-' } else { bit });
        (time, random.collect())
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
