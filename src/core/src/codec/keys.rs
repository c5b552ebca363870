//! The ways in which 128 bits lie in memory, for the calls that read and write many.

#![expect(unsafe_code, reason = "a slice of ULIDs is one of their bits")]

use super::{Kernel, Reading, Shape};
use crate::Ulid;

/// A ULID as its 128 bits, as a [`Ulid`], or as 16 bytes with the most significant first, which is how columns of fixed
/// width hold it.
pub trait Key: sealed::Key {}

impl Key for u128 {}
impl Key for Ulid {}
impl Key for [u8; 16] {}

pub(super) mod sealed {
    use super::{Kernel, Reading, Shape, Ulid};

    pub trait Key: Copy {
        /// The key of a ULID.
        fn of(id: Ulid) -> Self;

        /// Fills `out` with the records of `keys`.
        fn encode(kernel: Kernel, keys: &[Self], shape: Shape, out: &mut [u8]);

        /// Reads records until one is wrong or `out` is full; says how many were right.
        fn decode(
            kernel: Kernel,
            text: &[u8],
            shape: Shape,
            reading: Reading,
            out: &mut [Self],
        ) -> usize;
    }
}

/// A key as kernels load and store it: 16 bytes in one order or the other.
pub(super) trait Stored: Copy {
    /// Tells if the most significant byte is the first in memory, other than in vectors.
    #[cfg_attr(
        not(target_arch = "x86_64"),
        expect(
            dead_code,
            reason = "elsewhere a key goes through a register that turns it"
        )
    )]
    const TURNED: bool;

    fn bits(self) -> u128;

    fn of_bits(bits: u128) -> Self;
}

impl Stored for u128 {
    const TURNED: bool = false;

    #[inline(always)]
    fn bits(self) -> u128 {
        self
    }

    #[inline(always)]
    fn of_bits(bits: u128) -> u128 {
        bits
    }
}

impl Stored for [u8; 16] {
    const TURNED: bool = true;

    #[inline(always)]
    fn bits(self) -> u128 {
        u128::from_be_bytes(self)
    }

    #[inline(always)]
    fn of_bits(bits: u128) -> [u8; 16] {
        bits.to_be_bytes()
    }
}

macro_rules! as_stored {
    ($($key:ty),*) => {$(
        impl sealed::Key for $key {
            fn of(id: Ulid) -> $key {
                Stored::of_bits(id.to_u128())
            }

            fn encode(kernel: Kernel, keys: &[$key], shape: Shape, out: &mut [u8]) {
                kernel.encode_records(keys, shape, out);
            }

            fn decode(
                kernel: Kernel,
                text: &[u8],
                shape: Shape,
                reading: Reading,
                out: &mut [$key],
            ) -> usize {
                kernel.decode_records(text, shape, reading, out)
            }
        }
    )*};
}

as_stored!(u128, [u8; 16]);

impl sealed::Key for Ulid {
    fn of(id: Ulid) -> Ulid {
        id
    }

    fn encode(kernel: Kernel, keys: &[Ulid], shape: Shape, out: &mut [u8]) {
        // SAFETY: a ULID is laid out as its bits are, `repr(transparent)`.
        let keys: &[u128] =
            unsafe { core::slice::from_raw_parts(keys.as_ptr().cast(), keys.len()) };
        kernel.encode_records(keys, shape, out);
    }

    fn decode(
        kernel: Kernel,
        text: &[u8],
        shape: Shape,
        reading: Reading,
        out: &mut [Ulid],
    ) -> usize {
        // SAFETY: a ULID is laid out as its bits are, `repr(transparent)`, and any bits are one.
        let out: &mut [u128] =
            unsafe { core::slice::from_raw_parts_mut(out.as_mut_ptr().cast(), out.len()) };
        kernel.decode_records(text, shape, reading, out)
    }
}
