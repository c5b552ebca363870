//! Threads that leave the processors to the one that answers keys.

use ulid_engine::background::give_way;

/// Makes the threads that go over rows give way to the others of the program. To be called before anything is opened.
pub(crate) fn make_workers_give_way() {
    // an error says that there are workers already, which go on as they are
    let _ = rayon::ThreadPoolBuilder::new()
        .thread_name(|number| format!("rows {number}"))
        .start_handler(|_| give_way())
        .build_global();
}
