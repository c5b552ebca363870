//! ULIDs and times out of the bytes of a fuzzer.

use ::arbitrary::{Arbitrary, Result, Unstructured};

use crate::{Timestamp, Ulid};

impl<'a> Arbitrary<'a> for Ulid {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Ulid> {
        bytes.arbitrary().map(Ulid::from_u128)
    }

    fn size_hint(depth: usize) -> (usize, Option<usize>) {
        u128::size_hint(depth)
    }
}

impl<'a> Arbitrary<'a> for Timestamp {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Timestamp> {
        bytes.arbitrary().map(Timestamp::from_48_bits)
    }

    fn size_hint(depth: usize) -> (usize, Option<usize>) {
        u64::size_hint(depth)
    }
}
