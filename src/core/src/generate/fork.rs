//! A child process must not go on with what its parent has drawn: neither with its randomness nor with its last ID.
//!
//! Forks are counted by a function that the system calls in each child. A process that is made past the C library, by the
//! system call itself, is not seen.

/// A number, never 0, that differs between a process and each child forked after it was first asked for.
#[cfg(all(unix, feature = "generate"))]
pub(super) use counted::generation;

/// The same number always: there are no forks to count, or nobody who counts them.
#[cfg(not(all(unix, feature = "generate")))]
pub(super) const fn generation() -> usize {
    1
}

#[cfg(all(unix, feature = "generate"))]
mod counted {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    /// Number of forks of this process and its forerunners since [`watch`], plus one; 0 before it.
    static FORKS: AtomicUsize = AtomicUsize::new(0);

    #[inline]
    pub(in crate::generate) fn generation() -> usize {
        match FORKS.load(Relaxed) {
            0 => watch(),
            generation => generation,
        }
    }

    /// Counts forks from now on; gives the number of this process. Two threads may both register, which counts a fork
    /// twice and does no harm; a lock that a third one forks with would stay locked in its child.
    #[cold]
    #[expect(
        unsafe_code,
        reason = "the system calls a function of ours after a fork"
    )]
    fn watch() -> usize {
        extern "C" fn in_child() {
            FORKS.fetch_add(1, Relaxed);
        }

        // SAFETY: the function only adds to an atomic number, which is allowed in a child of a process with threads.
        unsafe {
            libc::pthread_atfork(None, None, Some(in_child));
        }
        FORKS
            .compare_exchange(0, 1, Relaxed, Relaxed)
            .map_or_else(|generation| generation, |_| 1)
    }
}
