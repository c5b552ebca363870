use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, SyntaxShape, Type, Value, record,
};
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};
use ulid_engine::{
    RowSet, Timestamp,
    dataset::{Dataset, OpenOptions, ReadError, Row, RowRef},
    diff::{Diff, Pairs},
    timestamp::TimeZone,
};

use super::open::{Cells, readable_text};
use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset, filter,
    interrupt::Interruptible,
    label,
    pump::pump,
    source, value,
};

/// `ulid diff`.
pub(crate) struct DiffOf;

impl PluginCommand for DiffOf {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid diff"
    }

    fn signature(&self) -> Signature {
        let signature = args::signature(self.name())
            .required("first", SyntaxShape::GlobPattern, "A file of ULIDs.")
            .required(
                "second",
                SyntaxShape::GlobPattern,
                "Another one, of any format and with columns of its own.",
            );
        dataset::flags(signature)
            .switch("all", "Also the rows that are the same.", Some('a'))
            .input_output_type(Type::Nothing, Type::table())
    }

    fn description(&self) -> &str {
        "Compare two files by their ULIDs."
    }

    fn extra_description(&self) -> &str {
        "`relation` is `first` or `second` for rows of one file alone, `changed` where a column that both have differs, `moved` \
         where the order does, and `without_id` for rows that have no ULID; `first` and `second` are the rows themselves. Of an \
         ID that one file has more often the further copies are there alone. Rows stand in the order of the first file, those \
         of the second alone behind them."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["compare", "difference", "join", "missing"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "ulid diff yesterday.csv today.csv | where relation == changed",
                description: "Rows that both files have, with other values",
                result: None,
            },
            Example {
                example: "try { ulid diff /no/such/file /nor/this } catch {|error| $error.details.code }",
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
        let options = OpenOptions {
            may_be_empty: true,
            ..dataset::options(&rules, call)?
        };
        let mut sides = Vec::new();
        for (path, span) in source::named(engine, call, 0)? {
            sides.push(Side::open(&path, &options, span)?);
        }
        let [first, second] =
            <[Side; 2]>::try_from(sides).map_err(|sides| label::not_two(sides.len(), call.head))?;
        let run = Interruptible::of(engine)?;
        let wants_all = call.has_flag("all")?;
        let pairing = Pairing::of(&first, &second, &run, call.head)?;
        let writer = Writer {
            first,
            second,
            zone: rules.zone()?.clone(),
            span: call.head,
        };
        let rows = pump(move |give| writer.give(&pairing, wants_all, give));
        Ok(filter::stream(engine, call.head, rows))
    }
}

/// One of the files.
struct Side {
    dataset: Arc<Dataset>,
    span: Span,
}

impl Side {
    fn open(path: &Path, options: &OpenOptions, span: Span) -> Result<Side, LabeledError> {
        let paths: [PathBuf; 1] = [path.to_owned()];
        let opened = Dataset::open_paths(&paths, options);
        let dataset = opened.map_err(|error| label::not_opened(&error, span))?;
        Ok(Side {
            dataset: Arc::new(dataset),
            span,
        })
    }
}

impl Side {
    /// Name of the column that holds the IDs.
    fn id_column(&self) -> Option<&str> {
        let place = self.dataset.layout().id_column?;
        self.dataset.columns().get(place).map(String::as_str)
    }
}

/// Rows that belong together, and those that stand alone.
struct Pairing {
    pairs: Pairs,
    diff: Diff,
    first_rows: usize,
    rows: usize,
}

impl Pairing {
    fn of(
        first: &Side,
        second: &Side,
        run: &Interruptible,
        head: Span,
    ) -> Result<Pairing, LabeledError> {
        let keys = |side: &Side| {
            let keys = side.dataset.keys(usize::MAX, run.progress());
            let keys = keys.map_err(|error| label::not_scanned(&error, side.span))?;
            dataset::whole(&side.dataset, side.span).map(|()| keys)
        };
        let (ours, theirs) = (keys(first)?, keys(second)?);
        let first_rows = ours.keys.len();
        let behind = theirs.faults.iter();
        let behind = behind.map(|fault| fault.row + first_rows as u64);
        let without = ours.faults.iter().map(|fault| fault.row).chain(behind);
        let without: RowSet = without.collect();
        let keys = [ours.keys, theirs.keys].concat();
        let pair = || {
            let mut pairs = Pairs::new(first_rows, keys.len() - first_rows)?;
            pairs.add(&keys, &without, None, run.progress())?;
            let diff = pairs.diff(&without, run.progress())?;
            Ok((pairs, diff))
        };
        let (pairs, diff) = pair().map_err(|error| label::not_sorted(&error, head))?;
        Ok(Pairing {
            pairs,
            diff,
            first_rows,
            rows: keys.len(),
        })
    }

    /// The rows of the table, each as the places in both files.
    fn rows(&self) -> impl Iterator<Item = Places> {
        let place = |row: usize| match row.checked_sub(self.first_rows) {
            Some(second) => Places {
                second: Some(second),
                ..Places::default()
            },
            None => Places {
                first: Some(row),
                second: self.pairs.partner(row).map(|it| it - self.first_rows),
                is_moved: self.diff.moved.contains(row as u64),
            },
        };
        // those of the second file that have a partner stand beside it
        let stands = |row: &usize| *row < self.first_rows || self.pairs.partner(*row).is_none();
        (0..self.rows).filter(stands).map(place)
    }
}

/// Places of a row in the files.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    first: Option<usize>,
    second: Option<usize>,
    is_moved: bool,
}

/// Makes values of rows.
struct Writer {
    first: Side,
    second: Side,
    zone: TimeZone,
    span: Span,
}

impl Writer {
    /// Gives out the rows, some at a time.
    fn give(
        &self,
        pairing: &Pairing,
        wants_all: bool,
        give: &mut dyn FnMut(Value) -> ControlFlow<()>,
    ) {
        const AT_ONCE: usize = 4096;
        let mut rows = pairing.rows();
        loop {
            let some: Vec<Places> = rows.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return;
            }
            let given = match self.values(&some, wants_all) {
                Ok(values) => values.into_iter().try_for_each(&mut *give),
                Err(error) => {
                    let error = label::not_read(&error, self.span);
                    let _: ControlFlow<()> = give(Value::error(error.into(), self.span));
                    ControlFlow::Break(())
                }
            };
            if given.is_break() {
                return;
            }
        }
    }

    fn values(&self, places: &[Places], wants_all: bool) -> Result<Vec<Value>, ReadError> {
        let read = |side: &Side, place: &dyn Fn(&Places) -> Option<usize>| {
            let wanted: Vec<usize> = places.iter().filter_map(place).collect();
            side.dataset.rows_at(&wanted)
        };
        let firsts = read(&self.first, &|places| places.first)?;
        let seconds = read(&self.second, &|places| places.second)?;
        let (mut firsts, mut seconds) = (firsts.into_iter(), seconds.into_iter());
        let mut values = Vec::new();
        for places in places {
            let first = places.first.and_then(|_| firsts.next());
            let second = places.second.and_then(|_| seconds.next());
            let value = self.value(first.as_ref(), second.as_ref(), places.is_moved);
            let is_wanted = |(relation, _): &(&str, Value)| wants_all || *relation != SAME;
            values.extend(value.filter(is_wanted).map(|(_, value)| value));
        }
        Ok(values)
    }

    fn value(
        &self,
        first: Option<&Row>,
        second: Option<&Row>,
        is_moved: bool,
    ) -> Option<(&'static str, Value)> {
        let id = first.or(second)?.id.ok();
        let ours = first.map(|row| self.record(&self.first, row.borrow()));
        let theirs = second.map(|row| self.record(&self.second, row.borrow()));
        let relation = match (&ours, &theirs) {
            _ if id.is_none() => "without_id",
            (Some(ours), Some(theirs)) if self.differ(ours, theirs) => "changed",
            (Some(_), Some(_)) if is_moved => "moved",
            (Some(_), Some(_)) => SAME,
            (Some(_), None) => "first",
            (None, _) => "second",
        };
        let span = self.span;
        let nothing = || Value::nothing(span);
        let time = id.map(|id| value::datetime(Timestamp::of(id), &self.zone, span));
        let record = |record: Option<Record>| record.map(|record| Value::record(record, span));
        let row = record! {
            "relation" => Value::string(relation, span),
            "ulid" => id.map_or_else(nothing, |id| value::id(id, span)),
            "timestamp" => time.unwrap_or_else(nothing),
            "first" => record(ours).unwrap_or_else(nothing),
            "second" => record(theirs).unwrap_or_else(nothing),
        };
        Some((relation, Value::record(row, span)))
    }

    /// True if a column that both rows have, and that holds no ID, has another value.
    fn differ(&self, ours: &Record, theirs: &Record) -> bool {
        let of_ids = [&self.first, &self.second].map(Side::id_column);
        let differs = |(name, value): (&String, &Value)| {
            let is_id = of_ids.contains(&Some(name.as_str()));
            !is_id && theirs.get(name).is_some_and(|other| other != value)
        };
        ours.iter().any(differs)
    }

    /// The columns of a row under their own names, or its text.
    fn record(&self, side: &Side, row: RowRef<'_>) -> Record {
        let names = side.dataset.columns();
        if !row.has_columns() || names.is_empty() {
            return record! { "text" => readable_text(&row, self.span) };
        }
        let cells = Cells {
            infers: !row.has_types(),
            span: self.span,
        };
        let values = row.typed_cells().into_iter().map(|cell| cells.value(cell));
        names.iter().cloned().zip(values).collect()
    }
}

const SAME: &str = "same";
