//! Memory that will be read soon.

/// Bytes that the processor fetches at once.
const LINE: usize = 64;

/// Asks for the bytes from `at` on, which may lie past the end of `of`: a hint reads nothing. Where the target has no such
/// hint, nothing is done.
#[inline(always)]
pub(crate) fn prefetch<T>(of: &[T], at: usize, bytes: usize) {
    for line in (at..at + bytes).step_by(LINE) {
        #[cfg(target_arch = "x86_64")]
        {
            use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

            let ahead = of.as_ptr().cast::<i8>().wrapping_add(line);
            #[expect(unsafe_code, reason = "a hint takes a pointer")]
            // SAFETY: prefetching is allowed for any address.
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(ahead);
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (of, line);
    }
}
