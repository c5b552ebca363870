//! Settings of a launch configuration: the file to open, how it is read, and how the program begins.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use ulid_engine::{
    dataset::{OpenOptions, Wait, delimiter},
    query::similar,
    row::Spelling,
    timestamp::{TimeZone, zone},
};

use super::{
    program::{Launch, Manner, Target},
    refusal::Refusal,
};

/// Every setting that a configuration may have.
pub(super) const NAMES: [&str; 19] = [
    "program",
    "programs",
    "command",
    "format",
    "column",
    "field",
    "delimiter",
    "header",
    "skip",
    "comment",
    "every",
    "spelling",
    "stopOnEntry",
    "follow",
    "timeZone",
    "by",
    "logs",
    "logsPerSecond",
    "noDebug",
];

/// Settings that editors have for themselves and pass on.
const OF_EDITORS: [&str; 23] = [
    "adapter",
    "args",
    "build",
    "console",
    "cwd",
    "debugServer",
    "env",
    "host",
    "internalConsoleOptions",
    "label",
    "modes",
    "name",
    "port",
    "postDebugTask",
    "preLaunchTask",
    "presentation",
    "request",
    "serverReadyAction",
    "suppressMultipleSessionWarning",
    "tcp_connection",
    "type",
    "ulid",
    "wrap",
];

/// Lines that log points of every row write in a second, where nothing else is said.
const LOGS_PER_SECOND: u32 = 1_000;

/// Settings that are read one by one.
struct Given(Map<String, Value>);

impl Given {
    /// A setting, if it is given and not empty.
    fn take<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<T>, Refusal> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(value) => serde_json::from_value(value)
                .map(Some)
                .map_err(|error| Refusal::Setting(format!("{name:?} cannot be used: {error}"))),
        }
    }

    /// A setting that is read from text.
    fn parse<T, E: ToString>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Refusal> {
        let text: Option<String> = self.take(name)?;
        let refused = |error: E| Refusal::Setting(error.to_string());
        text.as_deref().map(read).transpose().map_err(refused)
    }

    /// Sentences about settings that do not exist.
    fn unknown(&self) -> Vec<String> {
        let is_foreign =
            |name: &&String| !OF_EDITORS.contains(&name.as_str()) && !name.starts_with(['_', '$']);
        let sentence = |name: &String| match similar(name, NAMES) {
            Some(near) => format!("there is no setting {name:?}; did you mean {near:?}?"),
            None => format!(
                "there is no setting {name:?}; there are {}",
                NAMES.join(", ")
            ),
        };
        self.0.keys().filter(is_foreign).map(sentence).collect()
    }
}

/// Reads a configuration; `known` is the file if it names none. A program is started only where it `may_run`. Gives sentences about what was left out, too.
pub(super) fn target(
    data: Option<&Value>,
    no_debug: Option<bool>,
    manner: Manner,
    known: Option<&Path>,
    may_run: bool,
) -> Result<(Target, Vec<String>), Refusal> {
    let data = data.and_then(Value::as_object).cloned();
    let mut given = Given(data.unwrap_or_default());
    let options = options(&mut given)?;
    let command: Option<Vec<String>> = given.take("command")?;
    let path = given.take::<PathBuf>("program")?;
    let path = match &command {
        Some(words) => words.first().map(PathBuf::from),
        None => path.or(known.map(Path::to_owned)),
    };
    if command.is_some() && !may_run {
        return Err(Refusal::Setting("\"command\" is run for a client on standard input alone, and not over TCP; start it yourself and give a pipe as \"program\"".to_owned()));
    }
    let follow = given.take("follow")?;
    let stop_on_entry = given.take("stopOnEntry")?;
    let is_attach = manner == Manner::Attach;
    let target = Target {
        manner,
        path: path.ok_or(Refusal::NoProgram)?,
        command,
        options,
        launch: Launch {
            stop_on_entry: stop_on_entry.unwrap_or(!is_attach),
            no_debug: no_debug.or(given.take("noDebug")?).unwrap_or(false),
            follow: follow.unwrap_or(is_attach),
        },
        zone: given.parse("timeZone", zone)?.unwrap_or(TimeZone::UTC),
        by: given.take("by")?,
        logs: given.take("logs")?.unwrap_or_default(),
        logs_per_second: given.take("logsPerSecond")?.unwrap_or(LOGS_PER_SECOND),
    };
    Ok((target, given.unknown()))
}

/// How the file is read.
fn options(given: &mut Given) -> Result<OpenOptions, Refusal> {
    Ok(OpenOptions {
        format: given.parse("format", str::parse)?,
        column: given.take("column")?,
        field: given.take("field")?,
        delimiter: given.parse("delimiter", delimiter)?,
        header: given.take("header")?,
        skip: given.take("skip")?.unwrap_or(0),
        comment: given.take("comment")?,
        every: given.take("every")?.unwrap_or(false),
        spelling: given.parse("spelling", spelling)?,
        wait: Wait::FirstRecord,
        ..OpenOptions::default()
    })
}

fn spelling(text: &str) -> Result<Spelling, String> {
    Spelling::named(text).ok_or_else(|| {
        let names = Spelling::NAMES.join(", ");
        format!("there is no spelling {text:?}; there are {names}")
    })
}
