//! Settings of a launch configuration: the file to open, how it is read, and how the program begins.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use ulid_engine::{
    dataset::{Format, OpenOptions, UnknownFormat, Wait, delimiter},
    query::similar,
    row::Spelling,
    timestamp::{TimeZone, zone},
};

use super::{
    program::{Launch, LogSetting, Manner, Target},
    refusal::Refusal,
};

/// Every setting that a configuration may have.
pub(super) const NAMES: [&str; 20] = [
    "program",
    "programs",
    "command",
    "cwd",
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
const OF_EDITORS: [&str; 24] = [
    "adapter",
    "args",
    "build",
    "console",
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
    "processId",
    "request",
    "serverReadyAction",
    "suppressMultipleSessionWarning",
    "tcp_connection",
    "trace",
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
                .map_err(|error| Refusal::Setting(unusable(name, &error))),
        }
    }

    /// A setting that is `true` or `false`; templates of editors fill in texts alone.
    fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Refusal> {
        match self.0.get(name).and_then(Value::as_str) {
            Some("true") => self.set(name, Value::Bool(true)),
            Some("false") => self.set(name, Value::Bool(false)),
            _ => {}
        }
        self.take(name)
    }

    /// A setting that is a whole number, be it written as text.
    fn number<T: DeserializeOwned>(&mut self, name: &'static str) -> Result<Option<T>, Refusal> {
        let written = self.0.get(name).and_then(Value::as_str);
        if let Some(number) = written.and_then(|text| text.parse::<u64>().ok()) {
            self.set(name, number.into());
        }
        self.take(name)
    }

    /// A setting that is a name, or a number that stands for one.
    fn name(&mut self, name: &'static str) -> Result<Option<String>, Refusal> {
        if let Some(number) = self.0.get(name).and_then(Value::as_u64) {
            self.set(name, number.to_string().into());
        }
        self.take(name)
    }

    /// Log points of every row: a list, or one that stands alone. A text is a message.
    fn logs(&mut self) -> Result<Vec<LogSetting>, Refusal> {
        let logs = match self.0.remove("logs") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(logs)) => logs,
            Some(log) => vec![log],
        };
        let messages = logs.into_iter().map(|log| match log {
            Value::String(message) => json!({ "message": message }),
            log => log,
        });
        self.set("logs", messages.collect());
        Ok(self.take("logs")?.unwrap_or_default())
    }

    fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
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

/// Words for a setting of which nothing can be made.
fn unusable(name: &str, error: &serde_json::Error) -> String {
    let hint = match name {
        "program" => "; give the path of one file in quotes, and several files as \"programs\"",
        "command" => {
            "; give a list of a program and its arguments, as [\"kubectl\", \"logs\", \"-f\", \"orders\"]"
        }
        _ => "",
    };
    format!("{name:?} cannot be used: {error}{hint}")
}

/// A path as the configuration means it: from the folder of the session.
fn in_folder(path: PathBuf, folder: Option<&Path>) -> PathBuf {
    match folder {
        Some(folder) => folder.join(path),
        None => path,
    }
}

/// A sentence about a path that only a shell or another editor would make one of; none if nothing is wrong with it.
pub(super) fn why_no_path(path: &Path) -> Option<&'static str> {
    let text = path.to_string_lossy();
    if path.exists() {
        None
    } else if text.contains("${") {
        Some("the editor has left a variable in it; write the path itself")
    } else if text.starts_with('~') {
        Some("a shell knows what ~ is; write the path from / on")
    } else if text.starts_with("file:") {
        Some("it is a URI; write the path alone")
    } else if text.contains(['*', '?']) {
        Some("a shell knows what * and ? stand for; name the files as \"programs\"")
    } else {
        None
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
    let folder: Option<PathBuf> = given.take("cwd")?;
    let command: Option<Vec<String>> = given.take("command")?;
    let path = given.take::<PathBuf>("program")?;
    let path = path.map(|path| in_folder(path, folder.as_deref()));
    let path = match &command {
        Some(words) => words.first().map(PathBuf::from),
        None => path.or(known.map(Path::to_owned)),
    };
    if command.is_some() && !may_run {
        return Err(Refusal::Setting("\"command\" is run for a client on standard input alone, and not over TCP; start it yourself and give a pipe as \"program\"".to_owned()));
    }
    let follow = given.flag("follow")?;
    let stop_on_entry = given.flag("stopOnEntry")?;
    let is_attach = manner == Manner::Attach;
    let target = Target {
        manner,
        path: path.ok_or(Refusal::NoProgram)?,
        command,
        folder,
        options,
        launch: Launch {
            stop_on_entry: stop_on_entry.unwrap_or(!is_attach),
            no_debug: no_debug.or(given.flag("noDebug")?).unwrap_or(false),
            follow: follow.unwrap_or(is_attach),
        },
        zone: given.parse("timeZone", zone)?.unwrap_or(TimeZone::UTC),
        by: given.name("by")?,
        logs: given.logs()?,
        logs_per_second: given.number("logsPerSecond")?.unwrap_or(LOGS_PER_SECOND),
    };
    Ok((target, given.unknown()))
}

/// How the file is read.
fn options(given: &mut Given) -> Result<OpenOptions, Refusal> {
    Ok(OpenOptions {
        format: given.parse("format", format)?,
        column: given.name("column")?,
        field: given.take("field")?,
        delimiter: given.parse("delimiter", delimiter)?,
        header: given.flag("header")?,
        skip: given.number("skip")?.unwrap_or(0),
        comment: given.take("comment")?,
        every: given.flag("every")?.unwrap_or(false),
        spelling: given.parse("spelling", spelling)?,
        wait: Wait::FirstRecord,
        ..OpenOptions::default()
    })
}

/// A format by its name in letters of any case, or by the other name of JSON lines.
fn format(text: &str) -> Result<Format, UnknownFormat> {
    let name = text.to_ascii_lowercase();
    if name == "ndjson" {
        return Ok(Format::JsonLines);
    }
    // an unknown one is told as it was written
    name.parse().or_else(|_| text.parse())
}

fn spelling(text: &str) -> Result<Spelling, String> {
    Spelling::named(text).ok_or_else(|| {
        let names = Spelling::NAMES.join(", ");
        format!("there is no spelling {text:?}; there are {names}")
    })
}
