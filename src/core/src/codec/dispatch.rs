//! From a [`Kernel`] to its functions: the one place that calls them. Bulk functions are called once for all records.

#![expect(
    unsafe_code,
    reason = "calls of functions compiled for more than the target's base instructions"
)]

use core::{
    mem,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

use crate::Ulid;

use super::{
    Fault, Kernel, Reading, Sequence, Shape, TEXT_LEN, Text, kernel::Level, keys::Stored, scalar,
};

#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};

#[cfg(target_arch = "aarch64")]
use super::neon;

macro_rules! dispatch {
    ($kernel:ident, $function:ident $(::<$stride:literal $(, $key:ty)?>)? ($($argument:expr),*)) => {
        match $kernel.0 {
            Level::Scalar => scalar::$function $(::<$stride $(, $key)?>)? ($($argument),*),
            // SAFETY: a kernel of this level exists only where the processor was found to have its instructions.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { avx2::$function $(::<$stride $(, $key)?>)? ($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => unsafe { avx512::$function $(::<$stride $(, $key)?>)? ($($argument),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            Level::Neon => unsafe { neon::$function $(::<$stride $(, $key)?>)? ($($argument),*) },
        }
    };
}

/// For functions over keys, whichever way they lie in memory.
macro_rules! dispatch_keys {
    ($kernel:ident, $shape:expr, $function:ident ($($argument:expr),*)) => {
        match $shape {
            Shape::Packed => dispatch!($kernel, $function::<26, _>($($argument),*)),
            Shape::Lines => dispatch!($kernel, $function::<27, _>($($argument),*)),
            Shape::CrLfLines => dispatch!($kernel, $function::<28, _>($($argument),*)),
        }
    };
}

macro_rules! dispatch_shape {
    ($kernel:ident, $shape:expr, $function:ident ($($argument:expr),*)) => {
        match $shape {
            Shape::Packed => dispatch!($kernel, $function::<26>($($argument),*)),
            Shape::Lines => dispatch!($kernel, $function::<27>($($argument),*)),
            Shape::CrLfLines => dispatch!($kernel, $function::<28>($($argument),*)),
        }
    };
}

impl Kernel {
    // Each kernel makes the whole result, in place: results that are joined first and then made up are copied.

    #[inline]
    pub(super) fn encode(self, key: u128) -> Text {
        dispatch!(self, encode(key))
    }

    #[inline]
    pub(super) fn read(self, text: &[u8; TEXT_LEN], reading: Reading) -> Result<Ulid, Fault> {
        dispatch!(self, parse(text, reading))
    }

    #[inline]
    pub(crate) fn decode(self, text: &[u8; TEXT_LEN], reading: Reading) -> Option<u128> {
        dispatch!(self, decode(text, reading))
    }

    #[inline]
    pub(super) fn accepts(self, text: &[u8; TEXT_LEN], reading: Reading) -> bool {
        dispatch!(self, accepts(text, reading))
    }

    pub(super) fn encode_records<K: Stored>(self, keys: &[K], shape: Shape, out: &mut [u8]) {
        dispatch_keys!(self, shape, encode_records(keys, out));
    }

    pub(super) fn decode_records<K: Stored>(
        self,
        text: &[u8],
        shape: Shape,
        reading: Reading,
        out: &mut [K],
    ) -> usize {
        dispatch_keys!(self, shape, decode_records(text, reading, out))
    }

    pub(super) fn accept_records(self, text: &[u8], shape: Shape, reading: Reading) -> usize {
        dispatch_shape!(self, shape, accept_records(text, reading))
    }

    pub(super) fn order_records(
        self,
        text: &[u8],
        shape: Shape,
        reading: Reading,
        order: &mut Sequence,
    ) -> usize {
        dispatch_shape!(self, shape, order_records(text, reading, order))
    }

    /// Reads the words at all `places`, strictly. Those that are ULIDs move to the front of `places`, their values to that
    /// of `ids`; says how many they are. Of the two, the shorter ends the work.
    pub(crate) fn decode_words(self, text: &[u8], places: &mut [u16], ids: &mut [u128]) -> usize {
        dispatch!(self, decode_words(text, places, ids))
    }

    pub(super) fn extend_order(self, order: &mut Sequence, keys: &[u128]) {
        dispatch!(self, extend_order(order, keys));
    }
}

/// Makes a function for one ULID that is the one of the [active](Kernel::active) kernel. Choosing costs as much as half of
/// what such a function does, so it is done once: a pointer leads to the choice first, and to what was chosen from then on.
macro_rules! chosen_once {
    ($function:ident($($argument:ident: $kind:ty),*) -> $result:ty) => {
        #[inline]
        pub(super) fn $function($($argument: $kind),*) -> $result {
            type Function = unsafe fn($($kind),*) -> $result;

            static FUNCTION: AtomicPtr<()> = AtomicPtr::new(choose as Function as *mut ());

            #[cold]
            fn choose($($argument: $kind),*) -> $result {
                let chosen: Function = match Kernel::active().0 {
                    Level::Scalar => scalar::$function,
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx2 => avx2::$function,
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx512 => avx512::$function,
                    #[cfg(target_arch = "aarch64")]
                    Level::Neon => neon::$function,
                };
                FUNCTION.store(chosen as *mut (), Relaxed);
                // SAFETY: the processor was found to have the instructions of the active kernel.
                unsafe { chosen($($argument),*) }
            }

            // SAFETY: nothing but functions of this type is stored.
            let function = unsafe { mem::transmute::<*mut (), Function>(FUNCTION.load(Relaxed)) };
            // SAFETY: as in `choose`, which itself needs no instructions of a kernel.
            unsafe { function($($argument),*) }
        }
    };
}

chosen_once!(encode(key: u128) -> Text);
chosen_once!(parse(text: &[u8; TEXT_LEN], reading: Reading) -> Result<Ulid, Fault>);
chosen_once!(accepts(text: &[u8; TEXT_LEN], reading: Reading) -> bool);
