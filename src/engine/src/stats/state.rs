//! The error of statistics that were written by another version, or by none.

/// A state that no statistics of this version have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The length is another one.
    #[error("a state of statistics has {expected}, not {found} bytes: another version wrote it")]
    Length {
        /// Length that is needed.
        expected: &'static str,
        /// Bytes that are there.
        found: usize,
    },
    /// The numbers cannot be true together.
    #[error("a state of statistics is damaged: its smallest ID is above its largest")]
    Bounds,
}
