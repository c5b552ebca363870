//! Threads that leave the processors to the one that answers keys.

/// Makes the threads that go over rows give way to the others of the program. To be called before anything is opened.
pub(crate) fn make_workers_give_way() {
    // an error says that there are workers already, which go on as they are
    let _ = rayon::ThreadPoolBuilder::new()
        .thread_name(|number| format!("rows {number}"))
        .start_handler(|_| give_way())
        .build_global();
}

/// Lets the calling thread run after those that somebody waits for: a key is then answered at once even where every
/// processor is busy. Linux alone ranks single threads so; elsewhere all stay equal.
pub(crate) fn give_way() {
    #[cfg(target_os = "linux")]
    {
        const STEPS: i32 = 10;
        // where the system does not let us, only the answers come later
        let _ = rustix::process::nice(STEPS);
    }
}
