//! A run under way: whither it goes, and how much it may write.

use dap::types::StoppedEventReason;

use super::scan::{Goal, Way};

/// A way that the program goes.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) way: Way,
    pub(super) goal: Goal,
    /// Reason of the stop if nothing else stops it.
    pub(super) reason: StoppedEventReason,
}

/// Lines of log points of every row, by the second.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    second: u64,
    written: u32,
    /// Lines that were not written.
    pub(super) left_out: u64,
}

impl Throttle {
    /// Counts a line, and tells if it may be written.
    pub(super) fn allows(&mut self, second: u64, most: u32) -> bool {
        if self.second != second {
            (self.second, self.written) = (second, 0);
        }
        let is_allowed = self.written < most;
        match is_allowed {
            true => self.written += 1,
            false => self.left_out += 1,
        }
        is_allowed
    }
}
