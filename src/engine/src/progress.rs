//! Long runs that other threads watch and end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

/// How far a run has come, and whether somebody wants it to end. Shared by reference or `Arc` between the thread that
/// works and those that watch.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    cancelled: Arc<AtomicBool>,
}

/// The run was cancelled. What it had made is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Progress {
    /// A run that has not begun and whose size is not known.
    #[must_use]
    pub fn new() -> Progress {
        Progress::default()
    }

    /// A piece of this run that counts in units of its own. Both are cancelled together.
    #[must_use]
    pub fn piece(&self) -> Progress {
        Progress {
            cancelled: self.cancelled.clone(),
            ..Progress::default()
        }
    }

    /// Says how large the run is, in units of the caller's choice: bytes, rows.
    pub fn set_total(&self, total: u64) {
        self.total.store(total, Relaxed);
    }

    /// Adds to what is done. Call it once a block, not once a row.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] once [`Progress::cancel`] was called: stop and return it.
    pub fn advance(&self, units: u64) -> Result<(), Cancelled> {
        self.done.fetch_add(units, Relaxed);
        if self.is_cancelled() {
            Err(Cancelled)
        } else {
            Ok(())
        }
    }

    /// Asks the run to end at its next block.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// True if [`Progress::cancel`] was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }

    /// Units done so far.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done.load(Relaxed)
    }

    /// Units of the whole run; 0 while that is not known.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_run_ends_at_its_next_block() {
        let progress = Progress::new();
        progress.set_total(10);
        assert_eq!(progress.advance(4), Ok(()));
        progress.cancel();
        assert_eq!(progress.advance(4), Err(Cancelled));
        assert_eq!((progress.done(), progress.total()), (8, 10));
    }

    #[test]
    fn a_piece_counts_by_itself_and_is_cancelled_with_the_whole() {
        let whole = Progress::new();
        whole.set_total(10);
        let piece = whole.piece();
        piece.set_total(3);
        assert_eq!(piece.advance(3), Ok(()));
        assert_eq!((whole.done(), whole.total()), (0, 10));
        whole.cancel();
        assert_eq!(piece.advance(0), Err(Cancelled));
    }
}
