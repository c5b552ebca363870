mod tab;

use std::{ops::ControlFlow, sync::Arc};

use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    DataSource, DynamicSuggestion, Example, LabeledError, PipelineData, PipelineMetadata, Record,
    Signature, Span, Spanned, SyntaxShape, Type, Value, engine::ArgType,
};
use ulid_engine::{
    RowSet, Timestamp,
    dataset::{Dataset, MEMORY, OpenOptions, RowRef},
    query::{self, Query, Scope, SelectError},
    sort::Direction,
    timestamp::TimeZone,
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter,
    interrupt::Interruptible,
    label,
    pump::pump,
    source, value,
};

/// `ulid open`.
pub(crate) struct Open;

impl PluginCommand for Open {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid open"
    }

    fn signature(&self) -> Signature {
        args::lenient_flag(args::signature(self.name()))
            .required(
                "file",
                SyntaxShape::Filepath,
                "Lines, CSV, TSV, JSON, text or 16-byte records, gzip or zstd or not.",
            )
            .named(
                "filter",
                SyntaxShape::String,
                "The condition that rows meet, in the language of the browser: \"valid and age < 2d\".",
                Some('f'),
            )
            .switch("sort", "By ID, rows without one last; else in the order of the file.", Some('s'))
            .switch("reverse", "Largest ID first; with --sort.", Some('r'))
            .named(
                "column",
                SyntaxShape::String,
                "Which column or field has the ID; else the file tells.",
                Some('c'),
            )
            .input_output_type(Type::Nothing, Type::table())
    }

    fn description(&self) -> &str {
        "Open a file of ULIDs as a table, filtered and sorted on the way."
    }

    fn extra_description(&self) -> &str {
        "The rows have `line`, `ulid` (null where there is none), `timestamp`, and the columns of the file, or its `text`. \
         Rows that are left out here never become Nushell's values."
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
        _input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let rules = Rules::of(engine, call)?;
        let zone = rules.config().settings()?.zone.clone();
        let file: Spanned<String> = call.req(0)?;
        let column: Option<String> = call.get_flag("column")?;
        let options = OpenOptions {
            field: column.clone(),
            column,
            reading: rules.reading()?,
            ..OpenOptions::default()
        };
        let path = source::absolute(engine, &file.item)?;
        let metadata =
            PipelineMetadata::default().with_data_source(DataSource::FilePath(path.clone()));
        let dataset = Dataset::open_paths(&[path], &options)
            .map_err(|error| label::not_opened(&error, file.span))?;
        let run = Interruptible::of(engine)?;
        let filter = match call.get_flag_value("filter") {
            Some(filter) => Some(Filter::read(&dataset, &filter, &zone)?),
            None => None,
        };
        let table = Table {
            dataset: Arc::new(dataset),
            filter,
            zone,
            span: call.head,
        };
        if call.has_flag("sort")? {
            let direction = if call.has_flag("reverse")? {
                Direction::Descending
            } else {
                Direction::Ascending
            };
            let sorted = table.sorted(engine, direction, run)?;
            return Ok(sorted.set_metadata(Some(metadata)));
        }
        let rows = table.in_file_order(engine, run);
        Ok(rows.set_metadata(Some(metadata)))
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
            ArgType::Flag(name) if name == "filter" => tab::condition(engine, &call),
            ArgType::Flag(name) if name == "column" => tab::columns(engine, &call),
            _ => None,
        }
    }
}

/// The condition that rows meet.
struct Filter {
    query: Query,
    span: Span,
}

impl Filter {
    fn read(dataset: &Dataset, filter: &Value, zone: &TimeZone) -> Result<Filter, LabeledError> {
        let scope = Scope::of(dataset, Timestamp::now(), zone);
        let span = filter.span();
        match Query::parse(filter.as_str()?, &scope) {
            Ok(query) => Ok(Filter { query, span }),
            Err(error) => Err(label::bad_filter(&error, span)),
        }
    }

    /// All rows that meet it.
    fn select(&self, dataset: &Dataset, run: &Interruptible) -> Result<RowSet, LabeledError> {
        query::select(dataset, &self.query, run.progress())
            .map_err(|error| label::not_selected(&error, self.span))
    }
}

/// The rows of a file that are to become values.
struct Table {
    dataset: Arc<Dataset>,
    /// All rows become values where there is none.
    filter: Option<Filter>,
    zone: TimeZone,
    span: Span,
}

impl Table {
    fn in_file_order(self, engine: &EngineInterface, run: Interruptible) -> PipelineData {
        let head = self.span;
        let rows = pump(move |give| {
            let scanned = query::scan(
                &self.dataset,
                self.filter.as_ref().map(|filter| &filter.query),
                run.progress(),
                |rows| self.values(rows),
                |rows| rows.into_iter().try_for_each(&mut *give),
            );
            self.give_failure(scanned, &run, give);
        });
        filter::stream(engine, head, rows)
    }

    /// Gives what ended a pass or the source early as the last value. After Ctrl-C the stream ends, as every stream does.
    fn give_failure(
        &self,
        scanned: Result<(), SelectError>,
        run: &Interruptible,
        give: &mut dyn FnMut(Value) -> ControlFlow<()>,
    ) {
        let failure = match scanned {
            _ if run.progress().is_cancelled() => None,
            Ok(()) => {
                let error = self.dataset.extent().error;
                error.map(|error| label::not_read(&error, self.span))
            }
            Err(SelectError::Scan(error)) => Some(label::not_scanned(&error, self.span)),
            Err(error) => Some(label::not_selected(&error, self.span)),
        };
        if let Some(error) = failure {
            let _: ControlFlow<()> = give(Value::error(error.into(), self.span));
        }
    }

    fn values(&self, rows: &mut dyn Iterator<Item = RowRef<'_>>) -> Vec<Value> {
        rows.map(|row| self.value(&row)).collect()
    }

    fn sorted(
        self,
        engine: &EngineInterface,
        direction: Direction,
        run: Interruptible,
    ) -> Result<PipelineData, LabeledError> {
        let head = self.span;
        let chosen = match &self.filter {
            Some(filter) => Some(filter.select(&self.dataset, &run)?),
            None => None,
        };
        let order = self
            .dataset
            .order(direction, MEMORY, chosen.as_ref(), run.progress())
            .map_err(|error| label::not_ordered(&error, head))?;
        let rows = pump(move |give| {
            let rows = (0..order.len()).filter_map(|place| order.get(place));
            let scanned = self.dataset.scan_in_order(
                rows.map(|row| row as usize),
                MEMORY,
                run.progress(),
                |stretch| self.values(&mut stretch.rows()),
                |rows| rows.into_iter().try_for_each(&mut *give),
            );
            self.give_failure(scanned.map_err(SelectError::from), &run, give);
        });
        Ok(filter::stream(engine, head, rows))
    }

    fn value(&self, row: &RowRef<'_>) -> Value {
        let span = self.span;
        let columns = self.dataset.columns();
        let mut record = Record::with_capacity(columns.len() + 3);
        let line = i64::try_from(row.index)
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        record.push("line", Value::int(line, span));
        match row.id {
            Ok(id) => {
                record.push("ulid", value::id(id, span));
                record.push(
                    "timestamp",
                    value::datetime(Timestamp::of(id), &self.zone, span),
                );
            }
            Err(_) => {
                record.push("ulid", Value::nothing(span));
                record.push("timestamp", Value::nothing(span));
            }
        }
        for column in columns {
            let cell = match row.cell(column) {
                Some(cell) => Value::string(cell.into_owned(), span),
                None => Value::nothing(span),
            };
            // Of columns that are called like ours the file's own are shown; but the ID stays canonical.
            if column != "ulid" {
                record.insert(column.as_str(), cell);
            }
        }
        if columns.is_empty() {
            record.push(
                "text",
                Value::string(String::from_utf8_lossy(row.text), span),
            );
        }
        Value::record(record, span)
    }
}
