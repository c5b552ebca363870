//! A child process must not go on with what its parent has drawn: neither with its randomness nor with its last ID.
//!
//! Forks are counted by a function that the system calls in each child. A process that is made past the C library, by the
//! system call itself, is not seen.

use core::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How often this process and its forerunners were forked since [`watch`], plus one; 0 before it.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// A number that differs between a process and each child forked after it was first asked for.
#[inline]
pub(super) fn generation() -> u64 {
    match FORKS.load(Relaxed) {
        0 => watch(),
        generation => generation,
    }
}

/// Counts forks from now on; gives the number of this process. Two threads may both register, which counts a fork twice
/// and does no harm; a lock that a third one forks with would stay locked in its child.
#[cold]
fn watch() -> u64 {
    register();
    FORKS
        .compare_exchange(0, 1, Relaxed, Relaxed)
        .map_or_else(|generation| generation, |_| 1)
}

#[cfg(all(unix, feature = "generate"))]
#[expect(
    unsafe_code,
    reason = "the system calls a function of ours after a fork"
)]
fn register() {
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Relaxed);
    }

    // SAFETY: the function only adds to an atomic number, which is allowed in a child of a process with threads.
    unsafe {
        libc::pthread_atfork(None, None, Some(in_child));
    }
}

/// There are no forks to count, or nobody who counts them.
#[cfg(not(all(unix, feature = "generate")))]
fn register() {}
