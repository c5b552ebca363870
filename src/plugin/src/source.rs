//! Where commands for bulk data take it from: files by name, or what comes in.

use std::{
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
};

use nu_plugin::{EngineInterface, EvaluatedCall};
use nu_protocol::{LabeledError, PipelineData, Span, Spanned, Value};

use crate::label;

/// Bytes to go through.
pub(crate) enum Source {
    /// A file.
    File {
        /// Its path, made absolute.
        path: PathBuf,
        /// Where the user wrote it.
        span: Span,
    },
    /// What comes in.
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
    let names: Vec<Spanned<String>> = call.rest(0)?;
    let file = |name: Spanned<String>| {
        Ok(Source::File {
            path: absolute(engine, &name.item)?,
            span: name.span,
        })
    };
    names.into_iter().map(file).collect()
}

/// A path against Nushell's current folder, which is not that of this process.
pub(crate) fn absolute(engine: &EngineInterface, name: &str) -> Result<PathBuf, LabeledError> {
    let path = Path::new(name);
    if path.is_absolute() {
        return Ok(path.to_owned());
    }
    Ok(PathBuf::from(engine.get_current_dir()?).join(path))
}

/// What commands for bulk data work on.
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
struct Lines<I> {
    values: I,
    line: Cursor<Vec<u8>>,
}

impl<I: Iterator<Item = Value>> Lines<I> {
    fn new(values: I) -> Lines<I> {
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
