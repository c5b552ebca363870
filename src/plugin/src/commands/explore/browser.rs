//! The browser as a program beside this one: how it is found, called and fed. What it shows is not known here.

use std::{
    env::{self, consts::EXE_SUFFIX},
    ffi::OsString,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
};

use nu_plugin::EngineInterface;
use nu_protocol::{LabeledError, Span, Value};
use ulid_engine::{Reading, timestamp::TimeZone};

use super::foreground::in_foreground;
use crate::label;

/// The program that has the screen.
const PROGRAM: &str = "ulid-tui";
/// Exit code of the browser if somebody was to choose and left without.
const NOTHING_PICKED: i32 = 130;

/// The rows that the browser is to show, and their look.
pub(super) struct Browser<'a> {
    pub(super) files: Vec<&'a Path>,
    pub(super) reading: Reading,
    pub(super) zone: &'a TimeZone,
    /// Numbers of rows are picked, of objects that come in, and not IDs.
    pub(super) wants_rows: bool,
}

impl Browser<'_> {
    /// Hands the terminal to the browser, and gives the lines that it prints in the end.
    pub(super) fn pick(
        &self,
        engine: &EngineInterface,
        input: Option<Box<dyn Read + Send>>,
        head: Span,
    ) -> Result<String, LabeledError> {
        let mut command = self.command(engine)?;
        command.stdin(match input {
            Some(_) => Stdio::piped(),
            None => Stdio::null(),
        });
        let output = in_foreground(engine, head, || {
            let child = command
                .spawn()
                .map_err(|error| label::no_browser(PROGRAM, &error, head))?;
            answer(child, input).map_err(|error| label::browser_failed(&error, head))
        })??;
        if output.status.success() || output.status.code() == Some(NOTHING_PICKED) {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(match said.trim() {
            "" => label::browser_failed(&output.status, head),
            said => label::browser_failed(&said, head),
        })
    }

    fn command(&self, engine: &EngineInterface) -> Result<Command, LabeledError> {
        let mut command = Command::new(program());
        // on a PATH that was changed since the plugin was started
        if let Some(path) = engine.get_env_var("PATH")?.as_ref().and_then(joined) {
            command.env("PATH", path);
        }
        command
            .args(["--form", "ulid"])
            .args(match self.wants_rows {
                true => &["--pick=rows", "--format", "jsonl"][..],
                false => &["--pick"],
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .current_dir(engine.get_current_dir()?);
        if self.reading == Reading::Lenient {
            command.arg("--lenient");
        }
        // else the browser's own configuration holds
        if let Some(zone) = name_of(self.zone) {
            command.args(["--zone", &zone]);
        }
        command.arg("--").args(&self.files);
        Ok(command)
    }
}

/// A zone as the browser reads it: by its name or its offset; none for UTC, and for one that has neither.
fn name_of(zone: &TimeZone) -> Option<String> {
    match zone.iana_name() {
        _ if *zone == TimeZone::UTC => None,
        Some(name) => Some(name.to_owned()),
        None => {
            let minutes = zone.to_fixed_offset().ok()?.seconds() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
            Some(format!("{sign}{hours:02}:{minutes:02}"))
        }
    }
}

/// The program beside this one, as both are installed together; else by its name alone, on the PATH.
fn program() -> PathBuf {
    let name = format!("{PROGRAM}{EXE_SUFFIX}");
    env::current_exe()
        .ok()
        .and_then(|this| Some(this.parent()?.join(&name)))
        .filter(|beside| beside.is_file())
        .unwrap_or(name.into())
}

/// A search path that may be a list, as Nushell holds it, as one text; nothing where a folder cannot stand in one.
fn joined(path: &Value) -> Option<OsString> {
    match path {
        Value::List { vals, .. } => {
            let folders = vals.iter().filter_map(|folder| folder.as_str().ok());
            env::join_paths(folders).ok()
        }
        text => Some(text.as_str().ok()?.into()),
    }
}

/// Feeds the browser until it has had enough, and waits for its end.
fn answer(mut child: Child, input: Option<Box<dyn Read + Send>>) -> io::Result<Output> {
    if let (Some(mut input), Some(mut stdin)) = (input, child.stdin.take()) {
        // A browser that was left takes no more, which ends this.
        thread::spawn(move || io::copy(&mut input, &mut stdin));
    }
    child.wait_with_output()
}
