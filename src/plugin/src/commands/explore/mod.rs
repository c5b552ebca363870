//! `ulid explore`: the rows that somebody picks in the browser, which is a program of its own and known by its name alone.

mod browser;
mod foreground;

use std::{
    io::Read,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, Span, SyntaxShape, Type, Value};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    json,
    source::{self, Source},
};
use browser::Browser;

/// `ulid explore`.
pub(crate) struct Explore;

impl PluginCommand for Explore {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid explore"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::lenient_flag(args::signature(self.name())))
            .rest(
                "files",
                SyntaxShape::GlobPattern,
                "Files of IDs: lines, CSV, TSV, JSON, text, bytes, gzip or zstd; else the input is shown.",
            )
            .input_output_types(vec![
                (Type::Nothing, Type::list(Type::String)),
                (Type::String, Type::list(Type::String)),
                (Type::Binary, Type::list(Type::String)),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
                // the item at hand inside of `each`, where files are named
                (Type::Any, Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Browse ULIDs in the terminal with ulid-tui, and get those that were picked there."
    }

    fn extra_description(&self) -> &str {
        "Enter picks the marked rows, or the one under the cursor; `m` marks, `?` shows all keys, and `q` leaves with nothing \
         picked. The program is looked for beside this plugin and on the PATH; `cargo install --locked --path tui` in the \
         checkout installs it. What comes in is shown while it flows. Of a table the rows that were picked come back whole."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["browse", "pick", "tui", "view", "select"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "ulid explore orders.csv | ulid parse",
                description: "Pick orders on the screen, and take their IDs apart",
                result: None,
            },
            Example {
                example: "try { [[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | ulid explore --zone Mars } catch {|error| $error.details.code }",
                description: "A zone that is not there is an error, before the screen is taken",
                result: Some(Value::test_string("ulid::config")),
            },
            Example {
                example: "ls | insert id { ulid generate } | ulid explore",
                description: "Pick rows of a table, which come back with all their columns",
                result: None,
            },
        ]
    }

    fn run(
        &self,
        _plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let files = source::files(engine, call)?;
        let (input, table) = match files.is_empty() {
            true => shown(input, self.name(), call.head)?,
            false => (None, None),
        };
        let rules = Rules::of(engine, call)?;
        let browser = Browser {
            files: files.iter().filter_map(Source::path).collect(),
            reading: rules.reading()?,
            zone: rules.zone()?,
            wants_rows: table.is_some(),
        };
        let picked = browser.pick(engine, input, call.head)?;
        let picked = match table {
            Some(table) => table.picked(&picked),
            None => picked
                .lines()
                .map(|id| Value::string(id, call.head))
                .collect(),
        };
        Ok(PipelineData::value(Value::list(picked, call.head), None))
    }
}

/// Bytes for the browser; nothing where it opens files.
type Input = Option<Box<dyn Read + Send>>;

/// The input as bytes for the browser, and the table that it is, if it is one.
fn shown(
    input: PipelineData,
    command: &str,
    head: Span,
) -> Result<(Input, Option<Table>), LabeledError> {
    let mut values: Box<dyn Iterator<Item = Value> + Send> = match input {
        PipelineData::Value(Value::List { vals, .. }, _) => Box::new(vals.into_owned().into_iter()),
        PipelineData::ListStream(stream, _) => Box::new(stream.into_iter()),
        other => return Ok((Some(source::bytes(other, command, head)?), None)),
    };
    let first = values.next();
    let is_table = matches!(first, Some(Value::Record { .. }));
    let values = first.into_iter().chain(values);
    if is_table {
        let table = Table::default();
        let lines = table.lines(values);
        return Ok((Some(Box::new(lines)), Some(table)));
    }
    Ok((Some(Box::new(source::Lines::new(values))), None))
}

/// Rows that the browser has been shown, to be given back.
#[derive(Clone, Default)]
struct Table(Arc<Mutex<Vec<Value>>>);

impl Table {
    /// The rows as lines of JSON, each kept as it passes.
    fn lines<I: Iterator<Item = Value> + Send>(&self, rows: I) -> impl Read + Send + use<I> {
        let kept = self.clone();
        let lines = rows.map(move |row| {
            if row.is_error() {
                return row;
            }
            let line = Value::string(json::of(&row).to_string(), row.span());
            kept.rows().push(row);
            line
        });
        source::Lines::new(lines)
    }

    /// The rows of numbers, one a line, counted from 1.
    fn picked(&self, numbers: &str) -> Vec<Value> {
        let rows = self.rows();
        let row = |number: &str| {
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            rows.get(place).cloned()
        };
        numbers.lines().filter_map(row).collect()
    }

    fn rows(&self) -> MutexGuard<'_, Vec<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
