//! Everything that can happen to the browser, in one closed enum.

use ulid_engine::dataset::Change;

use crate::{answer::Background, jobs::Ended};

/// An event that the loop waits for.
#[derive(Debug)]
pub(crate) enum Event {
    /// A key, a resize, the mouse.
    Terminal(crossterm::event::Event),
    /// The terminal said what its background is.
    Background(Background),
    /// The terminal can no longer be read.
    TerminalLost(std::io::Error),
    /// The system asks the program to do something.
    Signal(Signal),
    /// Something happened to the source; most often it has more rows than before, or is complete.
    Source(Change),
    /// A background job ended.
    Job(Ended),
}

/// The signals that the browser answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Stop, give the terminal back to the shell.
    Suspend,
    /// The shell lets the program go on.
    Continue,
    /// End at once; the number is what the program dies of.
    End(i32),
}
