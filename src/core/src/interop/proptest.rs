//! ULIDs and times for property tests. They shrink to the smallest.

use ::proptest::{
    arbitrary::{Arbitrary, StrategyFor, any},
    strategy::{Map, Strategy},
};

use crate::{Timestamp, Ulid};

impl Arbitrary for Ulid {
    type Parameters = ();
    type Strategy = Map<StrategyFor<u128>, fn(u128) -> Ulid>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        any::<u128>().prop_map(Ulid::from_u128)
    }
}

impl Arbitrary for Timestamp {
    type Parameters = ();
    type Strategy = Map<StrategyFor<u64>, fn(u64) -> Timestamp>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        any::<u64>().prop_map(Timestamp::from_48_bits)
    }
}
