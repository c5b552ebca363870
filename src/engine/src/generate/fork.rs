//! A child process must not go on with its parent's randomness.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How often this process and its forerunners were forked, as far as anyone asked before.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// A number that differs between a process and the children it forks after [`watch`] was called. Where there is no
/// `fork`, it is always 0.
#[inline]
pub(super) fn generation() -> u64 {
    FORKS.load(Relaxed)
}

/// Counts forks from now on.
#[cfg(unix)]
#[expect(
    unsafe_code,
    reason = "the system calls a function of ours after a fork"
)]
pub(super) fn watch() {
    use std::sync::Once;

    static REGISTERED: Once = Once::new();

    extern "C" fn in_child() {
        FORKS.fetch_add(1, Relaxed);
    }

    REGISTERED.call_once(|| {
        // SAFETY: the function only adds to an atomic number, which is allowed in a child of a process with threads.
        unsafe {
            libc::pthread_atfork(None, None, Some(in_child));
        }
    });
}

/// There is nothing to count.
#[cfg(not(unix))]
pub(super) fn watch() {}
