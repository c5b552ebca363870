//! `ulid open`: the rows of files as a table, on their way out as records or as MessagePack. How a file is read is known by
//! the engine alone.

mod declared;
mod packed;
mod tab;
mod table;

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{Arc, atomic::AtomicU64},
};

use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    ByteStream, ByteStreamType, DataSource, DynamicSuggestion, Example, LabeledError, PipelineData,
    PipelineMetadata, Signature, SyntaxShape, Type, Value, engine::ArgType,
};
use ulid_engine::{pass::RowOrder, row::Schema, sort::Direction};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset::{self, Files, Meaning},
    filter,
    interrupt::Interruptible,
    pump::{pump_batches, pump_pieces},
    source,
    value::fact_name,
    wire::{Item, in_place, items},
};

pub(super) use table::{Cells, readable_text};
use table::{FACTS, Listed, Make, Table};

/// `ulid open`.
pub(crate) struct Open;

impl PluginCommand for Open {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid open"
    }

    fn signature(&self) -> Signature {
        let signature = args::signature(self.name())
            .rest(
                "files",
                SyntaxShape::GlobPattern,
                "Lines, CSV, TSV, JSON, text or 16-byte records, gzip or zstd or not. Each may have a format and columns of \
                 its own. Without files what comes in is read: bytes, or the names of files, also as rows of `ls`.",
            );
        dataset::filter_flag(dataset::flags(signature))
            .switch("sort", "By ID, rows without one last; else in the order of the file.", Some('s'))
            .switch("reverse", "Largest ID first; with --sort.", Some('r'))
            .switch("no-infer", "Cells of CSV stay text, as with `from csv --no-infer`.", None)
            .named(
                "columns",
                SyntaxShape::String,
                "The columns of the table, in the language of the browser: \"id, time, lag=time(created_at)-time\".",
                None,
            )
            .switch(
                "msgpack",
                "As MessagePack, for `from msgpack --objects`: the fast way for very many rows.",
                None,
            )
            .input_output_types(vec![
                (Type::Nothing, Type::Any),
                (Type::String, Type::Any),
                (Type::Binary, Type::Any),
                (Type::record(), Type::Any),
                (Type::table(), Type::Any),
                (Type::list(Type::Any), Type::Any),
                // the item at hand inside of `each`, where files are named
                (Type::Any, Type::Any),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Open files of ULIDs as a table, filtered and sorted on the way."
    }

    fn extra_description(&self) -> &str {
        "The rows have `row`, `ulid` (null where there is none), `timestamp`, and the columns of the file, or its `text`. \
         A column of the file that is called like one of these gets `_` behind its name. Values of JSON keep their types, cells of CSV are read as `from csv` reads them. \
         Columns of several files are joined by name. \
         Rows that are left out here never become Nushell's values. Each row that comes as a value costs Nushell several times \
         what `from msgpack --objects` takes to read it, which `--msgpack` is for: times are in UTC there, and durations are \
         nanoseconds, as `to msgpack` writes them."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["file", "csv", "jsonl", "load", "query"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "ulid open orders.csv --filter \"valid and time >= 2024-01-01\" --sort",
                description: "Orders of this year and later, oldest first",
                result: None,
            },
            Example {
                example: "ls exports/*.csv | ulid open --filter \"not valid\"",
                description: "Broken rows of many files, with the columns of each",
                result: None,
            },
            Example {
                example: "ulid open orders.csv --columns \"id, time, since_previous, customer\"",
                description: "Facts and columns of one's choice, also computed from the rows beside each",
                result: None,
            },
            Example {
                example: "ulid open orders.csv --msgpack | from msgpack --objects | where took > 100",
                description: "All rows of a large file, in the fastest way",
                result: None,
            },
            Example {
                example: "try { ulid open /no/such/file } catch {|error| $error.details.code }",
                description: "A missing file is an error with a code",
                result: Some(Value::test_string("ulid::file")),
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
        let rules = Rules::of(engine, call)?;
        let meaning = Meaning::of(engine, &rules, "ulid open")?;
        let options = dataset::options(&rules, call)?;
        let is_packed = call.has_flag("msgpack")?;
        let none = || match is_packed {
            true => Value::binary(Vec::new(), call.head),
            false => Value::list(Vec::new(), call.head),
        };
        let Some((files, input)) = files(engine, call, input)? else {
            return Ok(PipelineData::value(none(), None));
        };
        let metadata = metadata(&files.paths);
        let direction = args::direction(call)?;
        let opened = files.open(input, &options, self.name(), call.head)?;
        let Some(dataset) = opened else {
            return Ok(PipelineData::value(none(), Some(metadata)));
        };
        let run = Interruptible::of(engine)?;
        let filter = meaning.filter(&dataset, call)?;
        let columns = match call.get_flag_value("columns") {
            Some(columns) => Some(Listed::read(&dataset, &columns, &meaning, direction)?),
            None => None,
        };
        let table = Table {
            columns,
            schema: Schema::of_all(&FACTS.map(fact_name), dataset.layout()),
            dataset: Arc::new(dataset),
            filter,
            zone: meaning.zone().clone(),
            infers: !call.has_flag("no-infer")?,
            cut: AtomicU64::new(0),
            span: call.head,
        };
        let rows = Rows {
            table,
            order: direction,
            run,
        };
        match is_packed {
            true => {
                let metadata = metadata.with_content_type(Some(packed::CONTENT_TYPE.to_owned()));
                rows.packed(engine, metadata)
            }
            false => Ok(rows.values(engine)?.set_metadata(Some(metadata))),
        }
    }

    #[expect(
        deprecated,
        reason = "the only way yet to offer values that depend on a file"
    )]
    fn get_dynamic_completion(
        &self,
        _plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: DynamicCompletionCall,
        argument: ArgType,
        _experimental: ExperimentalMarker,
    ) -> Option<Vec<DynamicSuggestion>> {
        match argument {
            ArgType::Flag(name) if name == "filter" || name == "columns" => {
                tab::expression(engine, &call, &name)
            }
            ArgType::Flag(name) if name == "column" => tab::columns(engine, &call),
            _ => None,
        }
    }
}

/// The files that are named, or whose names come in; and what else comes in. A list without a name is nothing to open.
fn files(
    engine: &EngineInterface,
    call: &EvaluatedCall,
    input: PipelineData,
) -> Result<Option<(Files, PipelineData)>, LabeledError> {
    let files = Files::named(engine, call, 0)?;
    if !files.paths.is_empty() {
        return Ok(Some((files, input)));
    }
    Ok(match source::names_that_come(engine, input)? {
        Ok(named) if named.is_empty() => None,
        Ok(named) => Some((Files::of(named, call.head), PipelineData::empty())),
        Err(input) => Some((files, input)),
    })
}

/// The file that the rows are from, if it is one.
fn metadata(paths: &[PathBuf]) -> PipelineMetadata {
    let metadata = PipelineMetadata::default();
    match paths {
        [path] => metadata.with_data_source(DataSource::FilePath(path.clone())),
        _ => metadata,
    }
}

/// Rows that are asked for, in their order.
struct Rows {
    table: Table,
    /// By ID, or in the order of the file if there is none.
    order: Option<Direction>,
    run: Interruptible,
}

impl Rows {
    /// A stream of records. What ends it early is its last value.
    fn values(self, engine: &EngineInterface) -> Result<PipelineData, LabeledError> {
        let head = self.table.span;
        let order = self.sorted()?;
        let rows = pump_batches(move |give| {
            let failure = self.give(order.as_ref(), &|rows| items(rows, head), give);
            if let Some(error) = failure {
                let error = Value::error(error.into(), head);
                let _: ControlFlow<()> = give(vec![Item::Value(error)]);
            }
        });
        Ok(filter::stream(engine, head, in_place(rows, head)))
    }

    /// The same as MessagePack. What ends it early is an error of the stream.
    fn packed(
        self,
        engine: &EngineInterface,
        metadata: PipelineMetadata,
    ) -> Result<PipelineData, LabeledError> {
        let head = self.table.span;
        let order = self.sorted()?;
        let pieces = pump_pieces(move |give| {
            let each = &mut |piece: Vec<u8>| give(Ok(piece));
            let failure = self.give(order.as_ref(), &packed::rows, each);
            if let Some(error) = failure {
                let _: ControlFlow<()> = give(Err(error));
            }
        });
        let signals = engine.signals().clone();
        let reader = packed::Pieces::of(pieces);
        let stream = ByteStream::read(reader, head, signals, ByteStreamType::Binary);
        Ok(PipelineData::byte_stream(stream, Some(metadata)))
    }

    fn sorted(&self) -> Result<Option<RowOrder>, LabeledError> {
        let order = self
            .order
            .map(|direction| self.table.sorted(direction, &self.run));
        order.transpose()
    }

    /// Gives what `make` makes of the rows, and the error that ended it early.
    fn give<T: Send>(
        &self,
        order: Option<&RowOrder>,
        make: &Make<'_, T>,
        give: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Option<LabeledError> {
        let scanned = match order {
            Some(order) => self.table.in_order(order, &self.run, make, give),
            None => self.table.in_file_order(&self.run, make, give),
        };
        self.table.failure(scanned, &self.run)
    }
}
