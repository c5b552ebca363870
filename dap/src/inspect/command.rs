//! A program whose output is the file to step through: it runs as long as the session wants it.

use std::{
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// A program under way. It ends with whoever started it.
#[derive(Debug)]
pub(super) struct Running(Child);

impl Running {
    /// Starts a program in a folder, by its name and its arguments, and gives what it prints. What it says on its error stream goes to
    /// ours.
    ///
    /// # Errors
    ///
    /// A sentence that names the program which cannot be started.
    pub(super) fn start(
        words: &[String],
        folder: Option<&Path>,
    ) -> Result<(Running, ChildStdout), String> {
        let Some((program, arguments)) = words.split_first() else {
            return Err("\"command\" is empty; name a program and its arguments".to_owned());
        };
        let mut command = Command::new(program);
        command.args(arguments);
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        apart(&mut command);
        let cannot = |why: &dyn std::fmt::Display| format!("{program:?} cannot be started: {why}");
        let mut child = command.spawn().map_err(|error| cannot(&error))?;
        let output = child.stdout.take();
        let running = Running(child);
        let output = output.ok_or_else(|| cannot(&"it has no output"))?;
        Ok((running, output))
    }
}

/// Children of the program end with it.
impl Drop for Running {
    fn drop(&mut self) {
        end(&mut self.0);
        // a zombie would stay for as long as a server of many sessions runs
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;

    command.process_group(0);
}

#[cfg(not(unix))]
fn apart(_: &mut Command) {}

#[cfg(unix)]
fn end(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};

    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // one that is over has no group any more
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end(child: &mut Child) {
    // one that is over cannot be ended
    let _ = child.kill();
}
