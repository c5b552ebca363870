//! Requests of background work to the system, made so that nobody notices it.

/// Gives memory back that nobody uses any more. The allocator of glibc alone keeps so much that it is worth to ask.
pub fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        #[expect(unsafe_code, reason = "a call that no crate offers")]
        // SAFETY: it touches only memory that the allocator holds.
        unsafe {
            libc::malloc_trim(0);
        }
    }
}

/// Lets the calling thread run after others that somebody waits for, so that a key or a request is answered at once even
/// where every processor is busy. Linux alone ranks single threads so; elsewhere all stay equal.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    give_way_on_linux();
}

/// Ten steps nicer than it was, and in slices of a tenth of a second: from Linux 6.12 on a thread that wakes with a
/// shorter one, as all others have, runs at once instead of when the slice is used up.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "two system calls that no crate offers")]
fn give_way_on_linux() {
    const STEPS: i32 = 10;
    const NICEST: i32 = 19;
    const SLICE_NS: u64 = 100_000_000;
    const SIZE: usize = size_of::<libc::sched_attr>();
    const CALLING_THREAD: libc::pid_t = 0;
    const FLAGS: libc::c_uint = 0;
    let mut attributes = libc::sched_attr {
        size: SIZE as u32,
        sched_policy: 0,
        sched_flags: 0,
        sched_nice: 0,
        sched_priority: 0,
        sched_runtime: 0,
        sched_deadline: 0,
        sched_period: 0,
    };
    // SAFETY: the system writes no more than `SIZE` bytes, which the structure has.
    let known = unsafe {
        let into = &raw mut attributes;
        libc::syscall(libc::SYS_sched_getattr, CALLING_THREAD, into, SIZE, FLAGS)
    };
    if known != 0 {
        return;
    }
    attributes.sched_nice = NICEST.min(attributes.sched_nice + STEPS);
    attributes.sched_runtime = SLICE_NS;
    // SAFETY: the system reads the structure, whose `size` says how large it is. Where it does not let us, only the
    // answers come later.
    unsafe {
        let from = &raw const attributes;
        libc::syscall(libc::SYS_sched_setattr, CALLING_THREAD, from, FLAGS);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::thread;

    use rustix::process::getpriority_process;

    use super::*;

    #[test]
    fn a_thread_that_gives_way_is_ten_steps_nicer_and_no_other_is() {
        let niceness = || getpriority_process(None).unwrap();
        let before = niceness();
        let after = thread::spawn(move || {
            give_way();
            niceness()
        });
        assert_eq!(after.join().unwrap(), 19.min(before + 10));
        assert_eq!(niceness(), before);
    }
}
