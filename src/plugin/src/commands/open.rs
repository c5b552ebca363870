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
    DataSource, DynamicSuggestion, Example, LabeledError, PipelineData, PipelineMetadata, Record,
    Signature, Span, SyntaxShape, Type, Value, engine::ArgType,
};
use ulid_engine::{
    Timestamp,
    dataset::{Dataset, Format, MEMORY, RowRef},
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
    pump::pump_batches,
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
            .input_output_types(vec![
                (Type::Nothing, Type::table()),
                (Type::String, Type::table()),
                (Type::Binary, Type::table()),
                (Type::record(), Type::table()),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::table()),
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
        let none = || Value::list(Vec::new(), call.head);
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
        if let Some(direction) = direction {
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
    fn in_file_order(self, engine: &EngineInterface, run: Interruptible) -> PipelineData {
        let head = self.span;
        let rows = pump_batches(move |give| {
            let condition = self.filter.as_ref().map(|filter| &filter.query);
            let each = |rows: Vec<Value>| give(rows);
            let scanned = match &self.columns {
                None => {
                    let values = |rows: &mut dyn Iterator<Item = RowRef<'_>>| self.values(rows);
                    query::scan(&self.dataset, condition, run.progress(), values, each)
                }
                Some(columns) => columns.list.scan(
                    &self.dataset,
                    condition,
                    run.progress(),
                    |rows| {
                        rows.map(|(row, values)| self.listed(columns, &row, values))
                            .collect()
                    },
                    each,
                ),
            };
            self.give_failure(scanned, &run, give);
        });
        filter::stream(engine, head, rows)
    }

    /// Gives what ended a pass or the source early as the last value. After Ctrl-C the stream ends, as every stream does.
    fn give_failure(
        &self,
        scanned: Result<(), SelectError>,
        run: &Interruptible,
        give: &mut dyn FnMut(Vec<Value>) -> ControlFlow<()>,
    ) {
        let failure = match scanned {
            _ if run.progress().is_cancelled() => None,
            Ok(()) => {
                let error = self.dataset.extent().error;
                let error = error.map(|error| label::not_read(&error, self.span));
                error.or_else(|| self.cut_rows())
            }
            Err(SelectError::Scan(error)) => Some(label::not_scanned(&error, self.span)),
            Err(error) => Some(label::not_selected(&error, self.span)),
        };
        if let Some(error) = failure {
            let _: ControlFlow<()> = give(vec![Value::error(error.into(), self.span)]);
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
        let rows = pump_batches(move |give| {
            let rows = (0..order.len()).filter_map(|place| order.get(place));
            let scanned = self.dataset.scan_in_order(
                rows.map(|row| row as usize),
                MEMORY,
                run.progress(),
                |stretch| self.values(&mut stretch.rows()),
                &mut *give,
            );
            self.give_failure(scanned.map_err(SelectError::from), &run, give);
        });
        Ok(filter::stream(engine, head, rows))
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
            Cell::Number(json) => json::value(json, self.span),
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
    if let Ok(int) = text.parse() {
        return Value::int(int, span);
    }
    match text.parse() {
        Ok(float) => Value::float(float, span),
        Err(_) => Value::string(text, span),
    }
}
