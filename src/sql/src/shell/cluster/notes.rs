//! Warnings of Ballista, which says them to a log, on standard error.

use std::sync::Mutex;

use log::{Level, LevelFilter, Log, Metadata, Record};
use ulid_engine::visible::visible;

/// Shows the warnings of a role from now on.
pub(super) fn show(role: &'static str) {
    let notes = Notes {
        role,
        last: Mutex::default(),
    };
    // Only one role runs in a process, and nothing else takes the log.
    if log::set_boxed_logger(Box::new(notes)).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}

struct Notes {
    role: &'static str,
    /// The last one: what is said ten times a second, such as that a scheduler is gone, is shown once.
    last: Mutex<String>,
}

impl Log for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn && metadata.target().starts_with("ballista")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let note = record.args().to_string();
        if let Ok(mut last) = self.last.lock()
            && *last != note
        {
            eprintln!("ulid-sql {}: {}", self.role, visible(&note));
            *last = note;
        }
    }

    fn flush(&self) {}
}
