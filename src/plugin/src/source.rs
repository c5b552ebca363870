//! Sources of commands for bulk data: files by name, or what comes in.

use std::{
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
};

use nu_plugin::{EngineInterface, EvaluatedCall};
use nu_protocol::{LabeledError, PipelineData, Span, Value};

use crate::label;

/// Bytes to go through.
pub(crate) enum Source {
    /// A file.
    File {
        /// Its path, made absolute.
        path: PathBuf,
        /// The span in which the user wrote it.
        span: Span,
    },
    /// The input.
    Stream(Box<dyn Read + Send>),
}

impl Source {
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Source::File { path, .. } => Some(path),
            Source::Stream(_) => None,
        }
    }
}

/// The files that the rest arguments name, else the input as bytes. Lines of a list become lines of text.
pub(crate) fn of(
    engine: &EngineInterface,
    call: &EvaluatedCall,
    input: PipelineData,
    command: &str,
) -> Result<Vec<Source>, LabeledError> {
    let files = files(engine, call)?;
    if !files.is_empty() {
        return Ok(files);
    }
    Ok(vec![Source::Stream(bytes(input, command, call.head)?)])
}

/// The files that the rest arguments name, against Nushell's current folder.
pub(crate) fn files(
    engine: &EngineInterface,
    call: &EvaluatedCall,
) -> Result<Vec<Source>, LabeledError> {
    let files = named(engine, call, 0)?.into_iter();
    Ok(files
        .map(|(path, span)| Source::File { path, span })
        .collect())
}

/// The files that the positional arguments name from `first` on, each with its place: a bare word may be a pattern, as it is
/// to `open` and `ls`.
pub(crate) fn named(
    engine: &EngineInterface,
    call: &EvaluatedCall,
    first: usize,
) -> Result<Vec<(PathBuf, Span)>, LabeledError> {
    let mut files = Vec::new();
    for argument in call.positional.iter().skip(first) {
        let span = argument.span();
        match argument {
            Value::Glob { val, no_expand, .. } if !no_expand => {
                let paths = matching(engine, val, span)?;
                files.extend(paths.into_iter().map(|path| (path, span)));
            }
            Value::Glob { val, .. } | Value::String { val, .. } => {
                files.push((absolute(engine, val)?, span));
            }
            // a list of names behind `...` comes as its values
            other => return Err(label::no_name_of_a_file(other)),
        }
    }
    Ok(files)
}

/// The files that a bare word means: those that it matches as a pattern, or the one of this name.
fn matching(
    engine: &EngineInterface,
    word: &str,
    span: Span,
) -> Result<Vec<PathBuf>, LabeledError> {
    let path = expanded(engine, word)?;
    if path.exists() || !word.contains(['*', '?', '[']) {
        return Ok(vec![path]);
    }
    let pattern = path.to_string_lossy();
    let found = glob::glob(&pattern).map_err(|error| label::bad_pattern(word, &error, span))?;
    let found: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    match found.is_empty() {
        true => Err(label::no_match(word, span)),
        false => Ok(found),
    }
}

/// The files that come in by their names: a text, a list of texts, or a table with a column `name`, as `ls` has it. None
/// where something else comes in, which is given back.
pub(crate) fn names_that_come(
    engine: &EngineInterface,
    input: PipelineData,
) -> Result<Result<Vec<(PathBuf, Span)>, PipelineData>, LabeledError> {
    let values = match input {
        PipelineData::ListStream(stream, _) => stream.into_iter().collect(),
        PipelineData::Value(Value::List { vals, .. }, _) => vals.into_owned(),
        PipelineData::Value(value @ Value::Record { .. }, _) => vec![value],
        PipelineData::Value(value @ Value::String { .. }, _) if !is_content(&value) => vec![value],
        other => return Ok(Err(other)),
    };
    let named = |value: &Value| -> Result<(PathBuf, Span), LabeledError> {
        let name = match value {
            Value::Record { val, .. } => val.get("name").unwrap_or(value),
            other => other,
        };
        match name {
            Value::Error { error, .. } => Err((**error).clone().into()),
            Value::String { val, .. } => Ok((absolute(engine, val)?, name.span())),
            other => Err(label::no_name_of_a_file(other)),
        }
    };
    Ok(Ok(values.iter().map(named).collect::<Result<_, _>>()?))
}

/// True for a text that is no name: several lines, or nothing at all.
fn is_content(value: &Value) -> bool {
    value
        .as_str()
        .is_ok_and(|text| text.is_empty() || text.contains('\n'))
}

/// A path that may begin at the home of the user.
pub(crate) fn expanded(engine: &EngineInterface, word: &str) -> Result<PathBuf, LabeledError> {
    let home = word
        .strip_prefix('~')
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match home.zip(std::env::home_dir()) {
        Some((rest, home)) => Ok(home.join(rest.trim_start_matches('/'))),
        None => absolute(engine, word),
    }
}

/// A path against Nushell's current folder, which is not that of this process.
pub(crate) fn absolute(engine: &EngineInterface, name: &str) -> Result<PathBuf, LabeledError> {
    let path = Path::new(name);
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    Ok(PathBuf::from(engine.get_current_dir()?).join(path))
}

/// The rows that commands for bulk data work on.
pub(crate) const WANTED: &str = "text, bytes or a list from the pipeline, or the names of files";

/// The input as bytes, for a command of that name. Rows of a table are none: they would be empty lines.
pub(crate) fn bytes(
    input: PipelineData,
    command: &str,
    head: Span,
) -> Result<Box<dyn Read + Send>, LabeledError> {
    if let PipelineData::Value(Value::List { vals, .. }, _) = &input
        && let Some(row @ Value::Record { .. }) = vals.first()
    {
        return Err(label::table(row, command));
    }
    Ok(match input {
        PipelineData::ByteStream(stream, _) => match stream.reader() {
            Some(reader) => Box::new(reader),
            None => Box::new(io::empty()),
        },
        PipelineData::Value(Value::String { val, .. }, _) => Box::new(Cursor::new(val)),
        PipelineData::Value(Value::Binary { val, .. }, _) => {
            Box::new(Cursor::new(val.into_owned()))
        }
        PipelineData::Value(Value::List { vals, .. }, _) => {
            Box::new(Lines::new(vals.into_owned().into_iter()))
        }
        PipelineData::ListStream(stream, _) => Box::new(Lines::new(stream.into_inner())),
        PipelineData::Value(value, _) if !value.is_nothing() => {
            return Err(label::wrong_type(&value, "text or bytes"));
        }
        _ => return Err(label::no_input(WANTED, head)),
    })
}

/// Values as lines of text; those that are none as empty lines. Rows of a table and errors end it.
pub(crate) struct Lines<I> {
    values: I,
    line: Cursor<Vec<u8>>,
}

impl<I: Iterator<Item = Value>> Lines<I> {
    pub(crate) fn new(values: I) -> Lines<I> {
        Lines {
            values,
            line: Cursor::new(Vec::new()),
        }
    }
}

impl<I: Iterator<Item = Value>> Read for Lines<I> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.line.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let Some(value) = self.values.next() else {
                return Ok(0);
            };
            let mut line = match value {
                Value::String { val, .. } => val.into_bytes(),
                Value::Binary { val, .. } => val.into_owned(),
                Value::Record { .. } => {
                    return Err(io::Error::other(
                        "rows of a table came in; take the column with the IDs, as in `get id`",
                    ));
                }
                Value::Error { error, .. } => return Err(io::Error::other(*error)),
                _ => Vec::new(),
            };
            line.push(b'\n');
            self.line = Cursor::new(line);
        }
    }
}
