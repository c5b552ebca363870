//! The clipboard, where the terminal itself does not reach it.

use std::{
    io::{self, Write as _},
    process::{Command, Stdio},
};

/// Bytes that terminals take at once: many read no more than 100,000 characters of base 64.
pub(crate) const MOST: usize = 74_994;

/// True within tmux, which as it comes ignores what programs send for the clipboard.
pub(crate) fn is_in_tmux() -> bool {
    std::env::var_os("TMUX").is_some_and(|socket| !socket.is_empty())
}

/// Puts a text into a buffer of tmux, and lets it pass it on to its terminal.
///
/// # Errors
///
/// If tmux cannot be run, or says that it does not take it.
pub(crate) fn into_tmux(text: &str) -> io::Result<()> {
    // before version 3.2 it passes nothing on
    load(&["load-buffer", "-w", "-"], text).or_else(|_| load(&["load-buffer", "-"], text))
}

fn load(arguments: &[&str], text: &str) -> io::Result<()> {
    let mut tmux = Command::new("tmux")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let written = match tmux.stdin.take() {
        Some(mut input) => input.write_all(text.as_bytes()),
        None => Ok(()),
    };
    let output = tmux.wait_with_output()?;
    if output.status.success() {
        return written;
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(io::Error::other(said))
}
