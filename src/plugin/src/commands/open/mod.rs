mod packed;
mod tab;

use std::{
    mem,
    ops::ControlFlow,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    ByteStream, ByteStreamType, DataSource, DynamicSuggestion, Example, LabeledError, PipelineData,
    PipelineMetadata, Record, Signature, Span, SyntaxShape, Type, Value, engine::ArgType,
};
use ulid_engine::{
    Timestamp,
    dataset::{Dataset, Format, MEMORY, RowOrder, RowRef},
    query::{self, ExpressionList, SelectError},
    readable::readable,
    row::{Cell, Fact, Schema},
    sort::Direction,
    timestamp::TimeZone,
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset::{self, Files, Filter, Meaning},
    filter,
    interrupt::Interruptible,
    json, label,
    pump::{pump_batches, pump_pieces},
    source,
    value::{self, fact_name},
};

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

/// Columns that are asked for.
struct Listed {
    list: ExpressionList,
    /// For each the place among the columns of the file, if it is nothing else.
    places: Vec<Option<usize>>,
}

impl Listed {
    fn read(
        dataset: &Dataset,
        columns: &Value,
        meaning: &Meaning,
        direction: Option<Direction>,
    ) -> Result<Listed, LabeledError> {
        let scope = meaning.scope(dataset);
        let (text, span) = (columns.as_str()?, columns.span());
        let list = ExpressionList::parse(text, &scope)
            .map_err(|error| label::bad_columns(&error, span))?;
        if direction.is_some() && list.looks_around() {
            return Err(label::sorted_columns(span));
        }
        meaning.tell(&query::notes(text, &scope));
        meaning.tell_unknown(text, &scope);
        let place = |name: &str| dataset.columns().iter().position(|column| column == name);
        let places = list.columns().map(|column| place(column?)).collect();
        Ok(Listed { list, places })
    }
}

/// Columns of every row before those of the file.
const FACTS: [Fact; 3] = [Fact::Row, Fact::Id, Fact::Time];

/// The rows of a file that are to become values.
struct Table {
    dataset: Arc<Dataset>,
    schema: Schema,
    /// The columns that are asked for; facts and all columns of the file if there are none.
    columns: Option<Listed>,
    /// All rows become values where there is none.
    filter: Option<Filter>,
    zone: TimeZone,
    /// Cells of CSV that look like numbers become numbers.
    infers: bool,
    /// Rows of which not all was read.
    cut: AtomicU64,
    span: Span,
}

impl Table {
    /// Gives what `make` makes of the rows of each block, in the order of the file.
    fn in_file_order<T: Send>(
        &self,
        run: &Interruptible,
        make: &(impl Fn(Vec<Value>) -> T + Sync),
        give: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), SelectError> {
        let condition = self.filter.as_ref().map(|filter| &filter.query);
        match &self.columns {
            None => {
                let values = |rows: &mut dyn Iterator<Item = RowRef<'_>>| make(self.values(rows));
                query::scan(&self.dataset, condition, run.progress(), values, give)
            }
            Some(columns) => columns.list.scan(
                &self.dataset,
                condition,
                run.progress(),
                |rows| {
                    let listed = rows.map(|(row, values)| self.listed(columns, &row, values));
                    make(listed.collect())
                },
                give,
            ),
        }
    }

    /// The error that ended a pass or the source early. After Ctrl-C there is none: the stream ends, as every stream does.
    fn failure(
        &self,
        scanned: Result<(), SelectError>,
        run: &Interruptible,
    ) -> Option<LabeledError> {
        match scanned {
            _ if run.progress().is_cancelled() => None,
            Ok(()) => {
                let error = self.dataset.extent().error;
                let error = error.map(|error| label::not_read(&error, self.span));
                error.or_else(|| self.cut_rows())
            }
            Err(SelectError::Scan(error)) => Some(label::not_scanned(&error, self.span)),
            Err(error) => Some(label::not_selected(&error, self.span)),
        }
    }

    /// An error for rows that are longer than anything that is read of one.
    fn cut_rows(&self) -> Option<LabeledError> {
        let cut = self.cut.load(Relaxed);
        (cut > 0).then(|| label::cut_rows(cut, self.dataset.layout().record_limit(), self.span))
    }

    fn values(&self, rows: &mut dyn Iterator<Item = RowRef<'_>>) -> Vec<Value> {
        let value = |row: RowRef<'_>| match &self.columns {
            Some(columns) => self.listed(columns, &row, columns.list.values(row)),
            None => self.value(&row),
        };
        rows.map(value).collect()
    }

    /// A row in the columns that are asked for.
    fn listed(&self, columns: &Listed, row: &RowRef<'_>, values: Vec<query::Value>) -> Value {
        let infers = self.infers && !row.has_types();
        let mut record = Record::with_capacity(values.len());
        let cells = row.typed_cells();
        let names = columns.list.names().iter().zip(&columns.places);
        for ((name, place), value) in names.zip(values) {
            let value = match place.map(|place| cells.get(place).cloned()) {
                Some(cell) => self.cell(cell.unwrap_or(Cell::Missing), infers),
                None => value::of_language(value, &self.zone, self.span),
            };
            record.push(name.as_str(), value);
        }
        if row.is_cut() {
            self.cut.fetch_add(1, Relaxed);
        }
        Value::record(record, self.span)
    }

    /// The rows by ID, those without one last.
    fn sorted(&self, direction: Direction, run: &Interruptible) -> Result<RowOrder, LabeledError> {
        let chosen = match &self.filter {
            Some(filter) => Some(filter.select(&self.dataset, run)?),
            None => None,
        };
        self.dataset
            .order(direction, MEMORY, chosen.as_ref(), run.progress())
            .map_err(|error| label::not_ordered(&error, self.span))
    }

    /// Gives what `make` makes of rows behind one another, in an order.
    fn in_order<T: Send>(
        &self,
        order: &RowOrder,
        run: &Interruptible,
        make: &(impl Fn(Vec<Value>) -> T + Sync),
        give: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), SelectError> {
        let rows = (0..order.len()).filter_map(|place| order.get(place));
        let scanned = self.dataset.scan_in_order(
            rows.map(|row| row as usize),
            MEMORY,
            run.progress(),
            |stretch| make(self.values(&mut stretch.rows())),
            give,
        );
        scanned.map_err(SelectError::from)
    }

    fn value(&self, row: &RowRef<'_>) -> Value {
        let span = self.span;
        let columns = self.schema.columns();
        let mut record = Record::with_capacity(columns.len() + FACTS.len());
        let (number, id, time) = (
            i64::try_from(row.number()).unwrap_or(i64::MAX),
            row.id.ok().map(|id| value::id(id, span)),
            row.id
                .ok()
                .map(|id| value::datetime(Timestamp::of(id), &self.zone, span)),
        );
        let nothing = || Value::nothing(span);
        let facts = [
            Value::int(number, span),
            id.unwrap_or_else(nothing),
            time.unwrap_or_else(nothing),
        ];
        for (name, fact) in FACTS.into_iter().zip(facts) {
            record.push(fact_name(name), fact);
        }
        // what has a type is not guessed at
        let infers = self.infers && !row.has_types();
        let mut cells = row.typed_cells();
        let has_nothing = cells.iter().all(|cell| matches!(cell, Cell::Missing));
        let surplus = cells.split_off(self.dataset.columns().len());
        for column in columns {
            let cell = cells.get_mut(column.place);
            let cell = cell.map_or(Cell::Missing, |cell| mem::replace(cell, Cell::Missing));
            record.push(column.name.as_str(), self.cell(cell, infers));
        }
        let names = self.schema.surplus_names(row, surplus.len());
        for (name, cell) in names.into_iter().zip(surplus) {
            record.push(name, self.cell(cell, infers));
        }
        if row.format() == Format::Binary {
            record.push("bytes", Value::binary(row.text, span));
        } else if row.has_types() && has_nothing {
            // a line that is no JSON, or an object of other fields: what stands there tells
            let name = if record.contains("text") {
                "text_"
            } else {
                "text"
            };
            record.push(name, readable_text(row, span));
        } else if !row.has_columns() || self.dataset.columns().is_empty() {
            record.push("text", readable_text(row, span));
        }
        if row.is_cut() {
            self.cut.fetch_add(1, Relaxed);
        }
        Value::record(record, span)
    }

    fn cell(&self, cell: Cell<'_>, infers: bool) -> Value {
        let cells = Cells {
            infers,
            span: self.span,
        };
        cells.value(cell)
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
            let failure = self.give(order.as_ref(), &|rows| rows, give);
            if let Some(error) = failure {
                let _: ControlFlow<()> = give(vec![Value::error(error.into(), head)]);
            }
        });
        Ok(filter::stream(engine, head, rows))
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
            let failure = self.give(order.as_ref(), &|rows| packed::rows(&rows), each);
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
        make: &(impl Fn(Vec<Value>) -> T + Sync),
        give: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Option<LabeledError> {
        let scanned = match order {
            Some(order) => self.table.in_order(order, &self.run, make, give),
            None => self.table.in_file_order(&self.run, make, give),
        };
        self.table.failure(scanned, &self.run)
    }
}

/// How cells become values.
pub(super) struct Cells {
    /// Cells of CSV that look like numbers become numbers.
    pub(super) infers: bool,
    pub(super) span: Span,
}

impl Cells {
    pub(super) fn value(&self, cell: Cell<'_>) -> Value {
        match cell {
            Cell::Missing | Cell::Null => Value::nothing(self.span),
            Cell::Bool(value) => Value::bool(value, self.span),
            Cell::Number(text) => {
                json::number(text, self.span).unwrap_or_else(|| Value::string(text, self.span))
            }
            Cell::List(json) | Cell::Object(json) => json::value(&json, self.span),
            Cell::Text(text) if self.infers => inferred(text.into_owned(), self.span),
            Cell::Text(text) => Value::string(text, self.span),
        }
    }
}

/// The text of a row.
pub(super) fn readable_text(row: &RowRef<'_>, span: Span) -> Value {
    Value::string(readable(row.text), span)
}

/// A cell of CSV as what it looks like: a whole number, another number, or text, as `from csv` reads it.
fn inferred(text: String, span: Span) -> Value {
    json::number(&text, span).unwrap_or_else(|| Value::string(text, span))
}
