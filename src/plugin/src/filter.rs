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

use crate::{args::Rules, label};

/// What a filter makes of one value: another one, nothing where it is left out, or an error.
pub(crate) type Outcome = Result<Option<Value>, LabeledError>;

/// Items between two looks at whether the user wants to stop.
const SIGNAL_INTERVAL: usize = 1024;

/// Sends everything that comes in through `row`, in the shape in which it comes.
///
/// A list is answered as one value, which costs a third of streaming it. There the first error fails the command; in
/// a stream the error takes the place of its item, and the rest flows on.
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
        PipelineData::Value(value, metadata) => Ok(match row(value)? {
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
        results.extend(row(item)?);
    }
    Ok(results)
}

/// The item's outcome, an error as a value.
fn in_place(item: Value, row: &mut impl FnMut(Value) -> Outcome) -> Option<Value> {
    let span = item.span();
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
                Some(new) => row.update_data_at_cell_path(&path.members, new)?,
                None => return Ok(None),
            }
        }
        Ok(Some(row))
    })
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
        row.insert_data_at_cell_path(&to, new, head)?;
        Ok(Some(row))
    })
}

/// The cell at a path; nothing where an optional path (`id?`) leads nowhere.
fn cell<'a>(row: &'a Value, path: &CellPath) -> Result<Option<Cow<'a, Value>>, LabeledError> {
    let cell = row.follow_cell_path(&path.members)?;
    let leads_nowhere = cell.is_nothing() && path.members.iter().any(is_optional);
    Ok((!leads_nowhere).then_some(cell))
}

fn is_optional(member: &PathMember) -> bool {
    match member {
        PathMember::String { optional, .. } | PathMember::Int { optional, .. } => *optional,
    }
}

/// The rows of a list, a table or a stream.
pub(crate) fn rows(
    input: PipelineData,
    head: Span,
) -> Result<Box<dyn Iterator<Item = Value>>, LabeledError> {
    match input {
        PipelineData::Value(Value::List { vals, .. }, _) => {
            Ok(Box::new(vals.into_owned().into_iter()))
        }
        PipelineData::ListStream(stream, _) => Ok(stream.into_inner()),
        PipelineData::Value(value, _) if !value.is_nothing() => {
            Err(label::wrong_type(&value, "a list or a table"))
        }
        _ => Err(label::no_input("a list or a table from the pipeline", head)),
    }
}

/// The ID of a row: the row itself, or the cell at a path; nothing where an optional path (`id?`) leads nowhere.
pub(crate) fn id_of_row(
    rules: &Rules,
    row: &Value,
    path: Option<&CellPath>,
) -> Result<Option<Ulid>, LabeledError> {
    let cell = match path {
        None => return rules.id(row).map(Some),
        Some(path) => cell(row, path)?,
    };
    cell.map(|cell| rules.id(&cell)).transpose()
}

/// A stream of values that ends when the user says so.
pub(crate) fn stream(
    engine: &EngineInterface,
    head: Span,
    items: impl Iterator<Item = Value> + Send + 'static,
) -> PipelineData {
    PipelineData::list_stream(ListStream::new(items, head, engine.signals().clone()), None)
}
