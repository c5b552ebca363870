//! Breakpoints shared with the runs under way.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Acquire, Ordering::Release},
};

use super::Stop;

/// Breakpoints as the session and the runs under way share them.
///
/// A run asks after every block whether it is still what it was, so that it hears of a breakpoint that is set or taken away
/// while it runs.
#[derive(Debug, Clone, Default)]
pub(in crate::inspect) struct Live(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    version: AtomicU64,
    stops: Mutex<Arc<[Stop]>>,
}

impl Live {
    /// Breakpoints that stay as they are.
    pub(in crate::inspect) fn of(stops: Vec<Stop>) -> Live {
        let live = Live::default();
        live.set(stops);
        live
    }

    /// Replaces what is set.
    pub(in crate::inspect) fn set(&self, stops: Vec<Stop>) {
        let mut current = self.0.stops.lock().unwrap_or_else(PoisonError::into_inner);
        *current = stops.into();
        self.0.version.fetch_add(1, Release);
    }

    /// Breakpoints that are set now, and the number of this version.
    pub(in crate::inspect) fn current(&self) -> (Arc<[Stop]>, u64) {
        let stops = self.0.stops.lock().unwrap_or_else(PoisonError::into_inner);
        (stops.clone(), self.version())
    }

    /// The number of the version that is set now.
    pub(in crate::inspect) fn version(&self) -> u64 {
        self.0.version.load(Acquire)
    }
}
