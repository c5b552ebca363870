//! `ulid sort`: IDs, or rows by a column of them, by value.

use std::ops::ControlFlow;

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Signature, Span, SyntaxShape, Type, Value, ast::CellPath,
};
use ulid_engine::{
    Ulid,
    dataset::{Dataset, Format, OpenOptions, RowRef},
    progress::Progress,
    query,
    readable::readable,
    sort::{Direction, order},
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset, filter,
    interrupt::Interruptible,
    label, source,
    wire::in_batches,
};

/// `ulid sort`.
pub(crate) struct Sort;

impl PluginCommand for Sort {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid sort"
    }

    fn signature(&self) -> Signature {
        args::lenient_flag(args::signature(self.name()))
            .optional(
                "path",
                SyntaxShape::CellPath,
                "The cell that holds the ID of a row.",
            )
            .switch("reverse", "Largest first.", Some('r'))
            .input_output_types(vec![
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
                // the lines of a file
                (Type::String, Type::list(Type::String)),
                (Type::Binary, Type::list(Type::String)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Sort by ULID, which is by time."
    }

    fn extra_description(&self) -> &str {
        "Compares all 128 bits, so the spelling does not matter. Equal IDs keep their order. Rows whose ID is missing or \
         no ULID come last, in their order. Of bytes that flow in, compressed or not, each line is an ID."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["order", "chronological", "time"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let texts = |texts: &[&str]| {
            Value::test_list(texts.iter().copied().map(Value::test_string).collect())
        };
        vec![
            Example {
                example: "[01BX5ZZKBKACTAV9WEVGEMMVRZ, oops, 01arz3ndektsv4rrffq69g5fav] | ulid sort",
                description: "Sort IDs, whatever their case; what is no ULID comes last",
                result: Some(texts(&[
                    "01arz3ndektsv4rrffq69g5fav",
                    "01BX5ZZKBKACTAV9WEVGEMMVRZ",
                    "oops",
                ])),
            },
            Example {
                example: "[[id, n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV, 1], [01BX5ZZKBKACTAV9WEVGEMMVRZ, 2]] | ulid sort id --reverse | $in.n",
                description: "Sort a table, newest first",
                result: Some(Value::test_list(vec![
                    Value::test_int(2),
                    Value::test_int(1),
                ])),
            },
        ]
    }

    fn run(
        &self,
        _plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        mut input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let rules = Rules::of(engine, call)?;
        let path = args::path(call, 0)?;
        let span = call.positional.first().map_or(call.head, Value::span);
        let direction = if call.has_flag("reverse")? {
            Direction::Descending
        } else {
            Direction::Ascending
        };
        let metadata = input.take_metadata();
        let streamed = matches!(input, PipelineData::ListStream(..));
        let rows = match input {
            bytes @ PipelineData::ByteStream(..) => lines(bytes, self.name(), call.head)?,
            rows => filter::rows(rows, call.head)?.collect::<Result<Vec<Value>, _>>()?,
        };
        let keys = keys(&rules, &rows, path.as_ref(), span)?;
        let run = Interruptible::of(engine)?;
        let order = order(&keys, direction, run.progress())
            .map_err(|error| label::not_sorted(&error, call.head))?;
        let sorted = in_order(rows, &order);
        let output = if streamed {
            filter::stream(engine, call.head, in_batches([sorted].into_iter()))
        } else {
            PipelineData::value(Value::list(sorted, call.head), None)
        };
        Ok(output.set_metadata(metadata))
    }
}

/// The lines of bytes, compressed or not.
fn lines(bytes: PipelineData, command: &str, head: Span) -> Result<Vec<Value>, LabeledError> {
    let options = OpenOptions {
        format: Some(Format::Lines),
        may_be_empty: true,
        ..OpenOptions::default()
    };
    let reader = source::bytes(bytes, command, head)?;
    let opened = Dataset::from_reader("the input", reader, &options);
    let dataset = opened.map_err(|error| label::not_opened(&error, head))?;
    let mut lines = Vec::new();
    let texts = |rows: &mut dyn Iterator<Item = RowRef<'_>>| -> Vec<Value> {
        let text = |row: RowRef<'_>| Value::string(readable(row.text), head);
        rows.map(text).collect()
    };
    let scanned = query::scan(&dataset, None, &Progress::new(), texts, |part| {
        lines.extend(part);
        ControlFlow::Continue(())
    });
    scanned.map_err(|error| label::not_selected(&error, head))?;
    dataset::whole(&dataset, head)?;
    Ok(lines)
}

/// The ID of every row; nothing where there is none.
fn keys(
    rules: &Rules,
    rows: &[Value],
    path: Option<&CellPath>,
    span: Span,
) -> Result<Vec<Option<Ulid>>, LabeledError> {
    let Some(path) = path else {
        if let Some(row @ Value::Record { .. }) = rows.first() {
            return Err(label::wrong_type(row, "a ULID as text or 16 bytes"));
        }
        return rows.iter().map(|row| rules.id_if_any(row)).collect();
    };
    let mut missing = None;
    let mut keys = Vec::with_capacity(rows.len());
    let mut found = 0;
    for row in rows {
        keys.push(match row.follow_cell_path(&path.members) {
            Ok(cell) => {
                found += 1;
                rules.id_if_any(&cell)?
            }
            Err(error) if !filter::is_of_path(&error, path) => return Err(error.into()),
            Err(error) => {
                missing.get_or_insert(error);
                None
            }
        });
    }
    match missing {
        // a slip of the pen: the rows would come back as they were
        Some(error) if found == 0 => Err(label::no_such_column(rows.len(), &error, span)),
        _ => Ok(keys),
    }
}

/// Moves the rows into an order, which names each position once.
fn in_order(rows: Vec<Value>, order: &[u32]) -> Vec<Value> {
    let mut rows: Vec<Option<Value>> = rows.into_iter().map(Some).collect();
    order
        .iter()
        .filter_map(|&position| rows.get_mut(position as usize)?.take())
        .collect()
}
