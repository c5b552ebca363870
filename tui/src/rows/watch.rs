//! Changes of a source while it is open.

use std::{thread, time::Duration};

use ulid_engine::dataset::Change;

use super::Source;

impl Source {
    /// Calls `tell` when rows have been added, at most ten times a second, until the source is complete or `tell` says
    /// that nobody listens any more. Sleeps in between, for as long as nothing comes. Where `follow` is set it goes on
    /// looking at the file five times a second, and tells also what else happened to it.
    ///
    /// It tells at least once, for the source may have become complete since its listener looked at it.
    pub(crate) fn watch(&self, follow: bool, tell: impl Fn(Change) -> bool + Send + 'static) {
        let source = self.clone();
        thread::spawn(move || {
            if source.watch_index(&tell) && follow {
                source.watch_file(&tell);
            }
        });
    }

    /// True if somebody still listens when the source is complete.
    fn watch_index(&self, tell: &impl Fn(Change) -> bool) -> bool {
        const PAUSE: Duration = Duration::from_millis(100);
        loop {
            let before = self.extent();
            // the last look tells that the source is complete
            if !tell(Change::Grown { bytes: 0 }) {
                return false;
            }
            // a source that cannot be read any more says so when its rows are drawn
            if self.dataset.recognise_anew().unwrap_or(false) && !tell(Change::Recognised) {
                return false;
            }
            if before.complete {
                return true;
            }
            // waits for the row behind the last known one; what it holds is of no interest here
            let _ = self.dataset.row(before.rows);
            // but the end is told at once
            let _ = self.dataset.wait_for_end(PAUSE);
        }
    }

    fn watch_file(&self, tell: &impl Fn(Change) -> bool) {
        const PAUSE: Duration = Duration::from_millis(200);
        let mut deleted = false;
        loop {
            thread::sleep(PAUSE);
            // a file that cannot be read any more says so when its rows are drawn
            let change = self.dataset.refresh().unwrap_or(Change::None);
            let is_news = match change {
                Change::None => false,
                Change::Deleted => !deleted,
                _ => true,
            };
            deleted = change == Change::Deleted;
            if is_news && !tell(change) {
                break;
            }
            let is_other = self.dataset.recognise_anew().unwrap_or(false);
            if is_other && !tell(Change::Recognised) {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_source_that_is_complete_already_is_told_of() {
        let (telling, told) = mpsc::channel();
        let source = Source::sample();
        assert!(source.extent().complete);
        source.watch(false, move |change| telling.send(change).is_ok());
        assert_eq!(told.recv(), Ok(Change::Grown { bytes: 0 }));
        assert!(told.recv().is_err(), "that is all");
    }
}
