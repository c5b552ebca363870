//! UUIDs of version 7 (RFC 9562, section 5.7): a time and random bits where a ULID has them, but for six bits that say what
//! they are. A TypeID is one in the text of a ULID.

use crate::Ulid;

/// The four bits of the version and the two of the variant, which all UUIDs of version 7 share.
pub const FIXED_BITS: u128 = 0xF << 76 | 0b11 << 62;
/// The value of these bits.
const MARKS: u128 = 0x7 << 76 | 0b10 << 62;

/// True if the fixed bits are those of a UUID of version 7: of ULIDs one in 64 has them by chance.
#[inline]
#[must_use]
pub const fn is_version_7(id: Ulid) -> bool {
    has_marks(id.to_u128())
}

/// The same of a key.
#[inline]
pub(crate) const fn has_marks(key: u128) -> bool {
    key & FIXED_BITS == MARKS
}

/// The 128 bits with the version and the variant of a UUID of version 7 put over six of the random bits. The time stays;
/// the six bits are lost.
#[must_use]
pub fn as_version_7(id: Ulid) -> Ulid {
    Ulid::from_u128(id.to_u128() & !FIXED_BITS | MARKS)
}

/// Kinds of IDs that were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kinds {
    /// ULIDs, or nothing that tells.
    #[default]
    Ulids,
    /// UUIDs of version 7, as TypeIDs are.
    UuidsV7,
    /// Some of each.
    Both,
}

/// How many of some IDs are UUIDs of version 7. Where an ID is written as a UUID its bits say it; of IDs in another spelling
/// only many say it, for one in 64 ULIDs looks like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Versions {
    /// IDs that were not counted on from the one before: each of these has its bits for itself.
    pub(crate) fresh: u64,
    /// Of these, those with the fixed bits.
    pub(crate) fresh_marked: u64,
    /// IDs that are written as UUIDs.
    pub(crate) written: u64,
    /// Of these, those with the fixed bits.
    pub(crate) written_marked: u64,
}

impl Versions {
    /// Counts an ID that was not counted on from another; `is_written` is true if it is written as a UUID.
    pub(crate) fn push(&mut self, id: Ulid, is_written: bool) {
        let is_marked = is_version_7(id);
        self.fresh += 1;
        self.fresh_marked += u64::from(is_marked);
        self.written += u64::from(is_written);
        self.written_marked += u64::from(is_marked && is_written);
    }

    /// Kinds of so many IDs, each of which was pushed.
    pub(crate) fn kinds(self, ids: u64) -> Kinds {
        match self.uuids_v7(ids, self.fresh_marked) {
            0 => Kinds::Ulids,
            all if all == ids => Kinds::UuidsV7,
            _ => Kinds::Both,
        }
    }

    /// Adds those of other IDs.
    pub(crate) fn add(&mut self, other: Versions) {
        self.fresh += other.fresh;
        self.fresh_marked += other.fresh_marked;
        self.written += other.written;
        self.written_marked += other.written_marked;
    }

    /// UUIDs of version 7 among `ids`, all of which are counted here, and of which `marked` have the fixed bits. Of IDs that
    /// are not written as UUIDs, those that have the bits by chance are taken off.
    pub(crate) fn uuids_v7(self, ids: u64, marked: u64) -> u64 {
        let others = ids.saturating_sub(self.written);
        let marked = marked.saturating_sub(self.written_marked);
        let of_others = match self.is_beyond_chance() {
            true => marked.saturating_sub(others.saturating_sub(marked) / (ONE_IN - 1)),
            false => 0,
        };
        self.written_marked + of_others
    }

    /// True if a quarter of the IDs that are not written as UUIDs, and at least four, have the fixed bits: by chance that
    /// happens less than once in a hundred thousand times, and no bias of three bits explains it.
    pub(crate) fn is_beyond_chance(self) -> bool {
        const LEAST: u64 = 4;
        const ONE_OF: u64 = 4;
        let all = self.fresh.saturating_sub(self.written);
        let marked = self.fresh_marked.saturating_sub(self.written_marked);
        marked >= LEAST && marked * ONE_OF >= all
    }
}

/// Of so many ULIDs one has the fixed bits by chance.
const ONE_IN: u64 = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::{Uuid, Variant};

    use super::*;

    proptest! {
        #[test]
        fn six_bits_change(bits: u128) {
            let made = as_version_7(Ulid::from_u128(bits)).to_u128();
            let uuid = Uuid::from_u128(made);
            prop_assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, Variant::RFC4122));
            prop_assert_eq!((made ^ bits) & !(0xF << 76 | 0b11 << 62), 0);
        }

        #[test]
        fn what_another_library_calls_version_7_is_one(bits: u128, version in 0_u128..16, variant in 0_u128..4) {
            let bits = bits & !FIXED_BITS | version << 76 | variant << 62;
            let uuid = Uuid::from_u128(bits);
            let is_7 = uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122;
            prop_assert_eq!(is_version_7(Ulid::from_u128(bits)), is_7);
        }
    }

    /// So many IDs, of which `marked` have the bits, none of them written as a UUID.
    fn found(marked: u64, ids: u64) -> u64 {
        let versions = Versions {
            fresh: ids,
            fresh_marked: marked,
            ..Versions::default()
        };
        versions.uuids_v7(ids, marked)
    }

    #[test]
    fn one_in_64_is_chance_and_a_quarter_is_not() {
        assert_eq!(found(1, 1), 0);
        assert_eq!(found(3, 3), 0);
        assert_eq!(found(4, 4), 4);
        assert_eq!(found(1_000, 64_000), 0);
        assert_eq!(found(8_000, 64_000), 0);
        assert_eq!(found(100_000, 100_000), 100_000);
        // 500 of one kind and 512 of the other, of which eight look like the first
        assert_eq!(found(508, 1_012), 500);
    }

    #[test]
    fn ids_that_count_on_from_one_with_the_bits_say_no_more_than_that_one() {
        let versions = Versions {
            fresh: 1,
            fresh_marked: 1,
            ..Versions::default()
        };
        assert_eq!(versions.uuids_v7(1_000, 1_000), 0);
    }

    #[test]
    fn what_is_written_as_a_uuid_says_itself_what_it_is() {
        let versions = Versions {
            fresh: 40,
            fresh_marked: 3,
            written: 4,
            written_marked: 2,
        };
        assert_eq!(versions.uuids_v7(40, 3), 2);
    }
}
