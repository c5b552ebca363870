//! Threads with a name, by which a debugger and `top -H` tell them apart.

use std::{io, thread};

/// Starts a thread that nobody waits for.
///
/// # Errors
///
/// If the system has no room for another; what it would have run is dropped then.
pub(crate) fn named(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn(run).map(drop)
}
