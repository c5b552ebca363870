//! Items that are sorted: keys of 128 bits, and entries of 64 bits for orders of rows.

use std::{
    cell::RefCell,
    ops::{BitAnd, BitOr, BitXor},
};

use super::radix::Workspace;

/// An unsigned number that is sorted by its bits.
pub(super) trait Key:
    Copy
    + Ord
    + Default
    + Send
    + Sync
    + bytemuck::Pod
    + Into<u128>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
{
    /// How many bits it has.
    const BITS: u32;

    /// The type as which it is copied: a number in two registers would be written in two halves.
    type Bytes: bytemuck::Pod;

    /// Keys as what they are copied as.
    fn bytes(keys: &[Self]) -> &[Self::Bytes] {
        bytemuck::cast_slice(keys)
    }

    /// The same to write to.
    fn as_bytes(keys: &mut [Self]) -> &mut [Self::Bytes] {
        bytemuck::cast_slice_mut(keys)
    }

    /// The lowest bits of a number.
    fn lowest(bits: u128) -> Self;

    /// Its uppermost 64 bits.
    fn upper(self) -> u64 {
        (self.into() >> (Self::BITS - u64::BITS)) as u64
    }

    /// Lends what this thread keeps for sorting buckets.
    fn with_workspace<R>(run: impl FnOnce(&mut Workspace<Self>) -> R) -> R;
}

macro_rules! key {
    ($($number:ty),*) => {
        $(impl Key for $number {
            const BITS: u32 = <$number>::BITS;

            type Bytes = [u8; size_of::<$number>()];

            fn lowest(bits: u128) -> Self {
                bits as $number
            }

            fn with_workspace<R>(run: impl FnOnce(&mut Workspace<Self>) -> R) -> R {
                thread_local! {
                    static KEPT: RefCell<Workspace<$number>> = RefCell::default();
                }
                KEPT.with_borrow_mut(run)
            }
        })*
    };
}

key!(u64, u128);
