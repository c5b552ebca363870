//! The way from input to output that all filters share: a value gives a value, a list a list, a stream a stream, and
//! a table keeps its rows and other columns. Metadata stays.

use std::borrow::Cow;

use nu_plugin::EngineInterface;
use nu_protocol::{
    LabeledError, ListStream, PipelineData, ShellError, Span, Value,
    ast::{CellPath, PathMember},
    casing::Casing,
};

use ulid_engine::Ulid;

use crate::{args::Rules, choice::OnError, label};

/// The result of a filter for one value: another one, nothing where it is left out, or an error.
pub(crate) type Outcome = Result<Option<Value>, LabeledError>;

/// Items between two looks at whether the user wants to stop.
const SIGNAL_INTERVAL: usize = 1024;

/// Sends everything that comes in through `row`, in the shape in which it comes.
///
/// A list is answered as one value, which costs a third of streaming it. There the first error fails the command; in
/// a stream the error takes the place of its item, and the rest flows on. An error that comes in is no bad item: it
/// passes before any rule.
pub(crate) fn each(
    engine: &EngineInterface,
    head: Span,
    input: PipelineData,
    mut row: impl FnMut(Value) -> Outcome + Send + 'static,
) -> Result<PipelineData, LabeledError> {
    match input {
        PipelineData::Empty => Err(label::no_input(
            "a value, a list or a table from the pipeline",
            head,
        )),
        PipelineData::Value(
            Value::List {
                vals,
                internal_span,
                ..
            },
            metadata,
        ) => {
            let items = each_of_list(engine, head, vals.into_owned(), row)?;
            Ok(PipelineData::value(
                Value::list(items, internal_span),
                metadata,
            ))
        }
        PipelineData::Value(value, metadata) => Ok(match row(sound(value)?)? {
            Some(value) => PipelineData::value(value, metadata),
            None => PipelineData::empty(),
        }),
        PipelineData::ListStream(stream, metadata) => {
            let rows =
                stream.modify(|items| items.filter_map(move |item| in_place(item, &mut row)));
            Ok(PipelineData::list_stream(rows, metadata))
        }
        PipelineData::ByteStream(stream, metadata) => {
            let value = stream.into_value()?;
            each(engine, head, PipelineData::value(value, metadata), row)
        }
    }
}

fn each_of_list(
    engine: &EngineInterface,
    head: Span,
    items: Vec<Value>,
    mut row: impl FnMut(Value) -> Outcome,
) -> Result<Vec<Value>, LabeledError> {
    let mut results = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        if index % SIGNAL_INTERVAL == 0 {
            engine.signals().check(&head)?;
        }
        results.extend(row(sound(item)?)?);
    }
    Ok(results)
}

/// A value that is no error. One that came in as an error stays one, whatever the rules for bad items say.
fn sound(value: Value) -> Result<Value, LabeledError> {
    match value {
        Value::Error { error, .. } => Err((*error).into()),
        value => Ok(value),
    }
}

/// The item's outcome, an error as a value.
fn in_place(item: Value, row: &mut impl FnMut(Value) -> Outcome) -> Option<Value> {
    let span = item.span();
    if item.is_error() {
        return Some(item);
    }
    match row(item) {
        Ok(outcome) => outcome,
        Err(error) => Some(Value::error(ShellError::from(error), span)),
    }
}

/// Sends the values, or where paths are given the cells at them, through `item`, under the shared rules.
pub(crate) fn map(
    engine: &EngineInterface,
    head: Span,
    input: PipelineData,
    rules: Rules,
    paths: Vec<CellPath>,
    item: impl FnMut(&Rules, &Value) -> Result<Value, LabeledError> + Send + 'static,
) -> Result<PipelineData, LabeledError> {
    map_bytes(engine, head, without_line_end(input)?, rules, paths, item)
}

/// As [`map`], for what takes text as it is: the line end of a program's output is part of it.
pub(crate) fn map_bytes(
    engine: &EngineInterface,
    head: Span,
    input: PipelineData,
    rules: Rules,
    paths: Vec<CellPath>,
    mut item: impl FnMut(&Rules, &Value) -> Result<Value, LabeledError> + Send + 'static,
) -> Result<PipelineData, LabeledError> {
    each(engine, head, input, move |value| {
        if paths.is_empty() {
            return rules.settle(item(&rules, &value), value.span());
        }
        let mut row = value;
        for path in &paths {
            let Some(cell) = cell(&row, path)? else {
                continue;
            };
            match rules.settle(item(&rules, &cell), cell.span())? {
                Some(new) => row
                    .update_data_at_cell_path(&path.members, new)
                    .map_err(|reason| no_cell(&reason, path, None))?,
                None => return Ok(None),
            }
        }
        Ok(Some(row))
    })
}

/// Text from a program without the one line end that closes it, as Nushell itself makes a value of it. Over the wire it
/// cannot be told that a stream is a program's; of no ID is a line end a part.
fn without_line_end(input: PipelineData) -> Result<PipelineData, LabeledError> {
    let PipelineData::ByteStream(stream, metadata) = input else {
        return Ok(input);
    };
    let mut value = stream.into_value()?;
    if let Value::String { val, .. } = &mut value
        && val.ends_with('\n')
    {
        val.truncate(val.len() - if val.ends_with("\r\n") { 2 } else { 1 });
    }
    Ok(PipelineData::value(value, metadata))
}

/// As [`map`], for what turns text into something else: the content type of the input says nothing of it any more.
pub(crate) fn transform(
    engine: &EngineInterface,
    head: Span,
    input: PipelineData,
    rules: Rules,
    paths: Vec<CellPath>,
    item: impl FnMut(&Rules, &Value) -> Result<Value, LabeledError> + Send + 'static,
) -> Result<PipelineData, LabeledError> {
    let is_whole = paths.is_empty();
    let mut output = map(engine, head, input, rules, paths, item)?;
    if is_whole && let Some(metadata) = output.metadata_mut() {
        metadata.content_type = None;
    }
    Ok(output)
}

/// Puts what `item` makes of the cell at `path` into a new column, under the shared rules.
pub(crate) fn insert(
    engine: &EngineInterface,
    head: Span,
    input: PipelineData,
    rules: Rules,
    path: CellPath,
    column: String,
    mut item: impl FnMut(&Rules, &Value) -> Result<Value, LabeledError> + Send + 'static,
) -> Result<PipelineData, LabeledError> {
    let to = [PathMember::string(column, false, Casing::Sensitive, head)];
    each(engine, head, input, move |mut row| {
        let Some(cell) = cell(&row, &path)? else {
            return Ok(Some(row));
        };
        let Some(new) = rules.settle(item(&rules, &cell), cell.span())? else {
            return Ok(None);
        };
        row.insert_data_at_cell_path(&to, new, head)
            .map_err(|reason| label::not_inserted(&reason, head))?;
        Ok(Some(row))
    })
}

/// The cell at a path; nothing where an optional path (`id?`) leads nowhere.
fn cell<'a>(row: &'a Value, path: &CellPath) -> Result<Option<Cow<'a, Value>>, LabeledError> {
    let cell = row
        .follow_cell_path(&path.members)
        .map_err(|reason| no_cell(&reason, path, Some(row)))?;
    let leads_nowhere = cell.is_nothing() && path.members.iter().any(is_optional);
    Ok((!leads_nowhere).then_some(cell))
}

/// A path that leads nowhere, in our words; or an error that stood at its end, which is not of the path and stays what it
/// is.
fn no_cell(reason: &ShellError, path: &CellPath, row: Option<&Value>) -> LabeledError {
    match path.members.first() {
        Some(first) if is_of_path(reason, path) => {
            label::no_cell(reason, row, &path.members, first.span())
        }
        _ => reason.clone().into(),
    }
}

/// True for an error that says that a path leads nowhere, and does not stand at the end of it.
pub(crate) fn is_of_path(reason: &ShellError, path: &CellPath) -> bool {
    let at = match reason {
        ShellError::CantFindColumn { span, .. } => *span,
        ShellError::DidYouMean { span, .. }
        | ShellError::IncompatiblePathAccess { span, .. }
        | ShellError::AccessBeyondEnd { span, .. }
        | ShellError::AccessEmptyContent { span, .. }
        | ShellError::TypeMismatch { span, .. } => Some(*span),
        _ => None,
    };
    at.is_some() && at == path.members.first().map(PathMember::span)
}

fn is_optional(member: &PathMember) -> bool {
    match member {
        PathMember::String { optional, .. } | PathMember::Int { optional, .. } => *optional,
    }
}

/// The rows of a list, a table or a stream. One that came in as an error is given as it is.
pub(crate) fn rows(
    input: PipelineData,
    head: Span,
) -> Result<impl Iterator<Item = Result<Value, LabeledError>>, LabeledError> {
    let rows: Box<dyn Iterator<Item = Value>> = match input {
        PipelineData::Value(Value::List { vals, .. }, _) => Box::new(vals.into_owned().into_iter()),
        PipelineData::ListStream(stream, _) => stream.into_inner(),
        PipelineData::Value(value, _) if !value.is_nothing() => {
            return Err(label::wrong_type(&sound(value)?, "a list or a table"));
        }
        PipelineData::ByteStream(..) => return Err(label::not_lines(head)),
        _ => return Err(label::no_input("a list or a table from the pipeline", head)),
    };
    Ok(rows.map(sound))
}

/// The ID of a row, under the shared rules: of the row itself, or of the cell at a path. `None` where an optional path
/// (`id?`) leads nowhere, and where the rules leave a bad item out.
pub(crate) fn id_of_row(
    rules: &Rules,
    row: &Value,
    path: Option<&CellPath>,
) -> Result<Option<Ulid>, LabeledError> {
    let cell = match path {
        None => Some(Cow::Borrowed(row)),
        Some(path) => cell(row, path)?,
    };
    match cell.map(|cell| rules.id(&cell)).transpose() {
        Err(error) if rules.on_error()? == OnError::Error => Err(error),
        Err(_) => Ok(None),
        id => id,
    }
}

/// The cell of a row at a path; `None` where an optional path leads nowhere.
pub(crate) fn cell_of_row(row: &Value, path: &CellPath) -> Result<Option<Value>, LabeledError> {
    Ok(cell(row, path)?.map(Cow::into_owned))
}

/// A stream of values that ends when the user says so.
pub(crate) fn stream(
    engine: &EngineInterface,
    head: Span,
    items: impl Iterator<Item = Value> + Send + 'static,
) -> PipelineData {
    PipelineData::list_stream(ListStream::new(items, head, engine.signals().clone()), None)
}
