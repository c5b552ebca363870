//! The terminal, taken from Nushell for a time and given back as it was.

use nu_plugin::EngineInterface;
use nu_protocol::{LabeledError, Span};

use crate::label;

/// Does something with the terminal in our hands.
pub(super) fn in_foreground<T>(
    engine: &EngineInterface,
    head: Span,
    work: impl FnOnce() -> T,
) -> Result<T, LabeledError> {
    #[cfg(unix)]
    let owner = terminal::Owner::now().map_err(|error| label::no_terminal(&error, head))?;
    let _guard = engine
        .enter_foreground()
        .map_err(|error| label::no_terminal(&error, head))?;
    // Declared last, dropped first.
    #[cfg(unix)]
    let _owner = owner;
    Ok(work())
}

#[cfg(unix)]
mod terminal {
    use std::{fs::File, io};

    use rustix::{
        process::Pid,
        termios::{tcgetpgrp, tcsetpgrp},
    };

    /// Gives the terminal back to those who had it. A Nushell that runs a script would be stopped by the system for
    /// taking it back itself, as it is in the background by then.
    pub(super) struct Owner {
        terminal: File,
        group: Pid,
    }

    impl Owner {
        pub(super) fn now() -> io::Result<Owner> {
            let terminal = File::open("/dev/tty")?;
            let group = tcgetpgrp(&terminal)?;
            Ok(Owner { terminal, group })
        }
    }

    impl Drop for Owner {
        fn drop(&mut self) {
            // A terminal that is gone has no owner.
            let _ = tcsetpgrp(&self.terminal, self.group);
        }
    }
}
