//! `ulid stats`: the figures of IDs, of files or of what comes in.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, Spanned, SyntaxShape, Type,
    Value, record,
};
use ulid_engine::{
    RowSet, Timestamp, Ulid,
    codec::{self, FaultKind},
    dataset::Dataset,
    pass::MEMORY,
    progress::Progress,
    query::{Writer, Writers},
    row::{FLAWS, Flaw, FlawEntry},
    sort::sort_keys,
    stats::{Audit, Limits, Place, Summary, count_duplicates},
    timestamp::TimeZone,
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset::{self, Files, Filter, Meaning},
    filter,
    interrupt::Interruptible,
    label, source, value,
};

/// `ulid stats`.
pub(crate) struct Stats;

impl PluginCommand for Stats {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid stats"
    }

    fn signature(&self) -> Signature {
        let signature = args::signature(self.name()).rest(
            "files",
            SyntaxShape::GlobPattern,
            "Files of IDs: lines, CSV, TSV, JSON, bytes, gzip or zstd; else the input is taken.",
        );
        dataset::filter_flag(dataset::flags(signature))
            .named(
                "by",
                SyntaxShape::String,
                "What tells apart the programs that made the IDs, such as \"host\": a row of figures for each.",
                Some('b'),
            )
            .input_output_types(vec![
                (Type::Nothing, Type::Any),
                (Type::String, Type::Any),
                (Type::Binary, Type::Any),
                (Type::list(Type::Any), Type::Any),
                // the item at hand inside of `each`, where files are named
                (Type::Any, Type::Any),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Measure many ULIDs: their count, order, duplicates, span and randomness."
    }

    fn extra_description(&self) -> &str {
        "`out_of_order` counts IDs smaller than the valid one before. `verdict` says what made the randomness, as far as \
         that can be told. Sorted data takes constant memory; else two bytes for each ID of a file, and 16 for each of a list, to \
         count the duplicates. With `--by` the rows of each value are looked at by themselves: an export mixes the IDs of many \
         programs, and each may be in order where the mix is not. `clock` is how far the clock of one is ahead of the others."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["statistics", "count", "duplicates", "quality", "audit"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "[01BX5ZZKBKACTAV9WEVGEMMVRZ, 01ARZ3NDEKTSV4RRFFQ69G5FAV, oops] | ulid stats | $in.out_of_order",
                description: "IDs out of order in a list",
                result: Some(Value::test_int(1)),
            },
            Example {
                example: "ulid stats ids.txt.zst",
                description: "Measure a file",
                result: None,
            },
            Example {
                example: "ulid stats orders.csv --by host --filter \"time > -1d\"",
                description: "Order, gaps and clock of each host, of the rows of a day",
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
        let rules = Rules::of(engine, call)?;
        let run = Interruptible::of(engine)?;
        let files = Files::named(engine, call, 0)?;
        let zone = rules.zone()?.clone();
        let is_source = !files.paths.is_empty()
            || matches!(
                input,
                PipelineData::ByteStream(..)
                    | PipelineData::Value(Value::String { .. } | Value::Binary { .. }, _)
            );
        let found = match input {
            input if is_source => {
                let options = dataset::options(&rules, call)?;
                let opened = files.open(input, &options, self.name(), call.head)?;
                let meaning = Meaning::of(engine, &rules, "ulid stats")?;
                of_source(opened.as_ref(), call, &meaning, &run)?
            }
            PipelineData::Empty | PipelineData::Value(Value::Nothing { .. }, _) => {
                return Err(label::no_input(source::WANTED, call.head));
            }
            input => {
                dataset::refuse_flags(call, &["filter", "by"])?;
                let figures = of_values(engine, input, &rules, run.progress(), call.head)?;
                Value::record(figures.record(&zone, call.head), call.head)
            }
        };
        Ok(PipelineData::value(found, None))
    }
}

/// Figures of a source, or of each value that its rows are told apart by; of one that holds nothing those of no rows.
fn of_source(
    dataset: Option<&Dataset>,
    call: &EvaluatedCall,
    meaning: &Meaning,
    run: &Interruptible,
) -> Result<Value, LabeledError> {
    let by: Option<Spanned<String>> = call.get_flag("by")?;
    let Some(dataset) = dataset else {
        let none = Figures::of_audit(Audit::new(Limits::at(meaning.now()), 0), &RowSet::new());
        return Ok(match by {
            Some(_) => Value::list(Vec::new(), call.head),
            None => Value::record(none.record(meaning.zone(), call.head), call.head),
        });
    };
    let filter = meaning.filter(dataset, call)?;
    let found = match by {
        Some(by) => writers(dataset, &by, filter.as_ref(), meaning, run, call.head)?,
        None => {
            let figures = Figures::of_dataset(dataset, filter.as_ref(), meaning, run, call.head)?;
            Value::record(figures.record(meaning.zone(), call.head), call.head)
        }
    };
    // Figures of a part would pass for those of the whole.
    dataset::whole(dataset, call.head)?;
    Ok(found)
}

/// A row of figures for each writer.
fn writers(
    dataset: &Dataset,
    by: &Spanned<String>,
    filter: Option<&Filter>,
    meaning: &Meaning,
    run: &Interruptible,
    head: Span,
) -> Result<Value, LabeledError> {
    let scope = meaning.scope(dataset);
    let writers =
        Writers::parse(&by.item, &scope).map_err(|error| label::bad_columns(&error, by.span))?;
    meaning.tell_unknown(&by.item, &scope);
    let condition = filter.map(|filter| &filter.query);
    let limits = Limits::at(meaning.now());
    let audit = writers
        .audit(dataset, condition, None, limits, run.progress())
        .map_err(|error| label::not_told_apart(&error, by.span))?;
    let names = writers.names().iter().cloned();
    let names: Vec<String> = names.chain(Writer::FIGURES.map(str::to_owned)).collect();
    let row = |writer: &Writer| {
        let values = writer.values.iter().cloned().chain(writer.figures());
        let cells = values.map(|found| value::of_language(found, meaning.zone(), head));
        Value::record(names.iter().cloned().zip(cells).collect(), head)
    };
    Ok(Value::list(audit.writers.iter().map(row).collect(), head))
}

fn of_values(
    engine: &EngineInterface,
    input: PipelineData,
    rules: &Rules,
    progress: &Progress,
    head: Span,
) -> Result<Figures, LabeledError> {
    let mut audit = Audit::new(Limits::at(Timestamp::now()), 0);
    let mut keys = Vec::new();
    for value in filter::rows(input, head)? {
        engine.signals().check(&head)?;
        let value = value?;
        if matches!(value, Value::Record { .. }) {
            return Err(label::table(&value, "ulid stats"));
        }
        let id = match rules.id_if_any(&value)? {
            Some(id) => Ok(id),
            None => Err(kind_of(&value, rules)?),
        };
        keys.extend(id.ok().map(|id| id.to_u128()));
        audit.push(id);
    }
    Figures::of_values(audit, keys, progress, head)
}

/// Why a value is no ULID.
fn kind_of(value: &Value, rules: &Rules) -> Result<FaultKind, LabeledError> {
    Ok(match value {
        Value::String { val, .. } => codec::parse(val, rules.reading()?)
            .err()
            .map_or(FaultKind::Absent, |fault| fault.kind),
        Value::Binary { val, .. } => FaultKind::Length { found: val.len() },
        _ => FaultKind::Absent,
    })
}

/// Figures of many IDs.
struct Figures {
    summary: Summary,
    /// Of each of [`FLAWS`] the number of rows.
    flaws: Vec<u64>,
}

impl Figures {
    fn of_audit(audit: Audit, duplicates: &RowSet) -> Figures {
        let (summary, flaws) = audit.into_parts();
        let rows = |entry: &FlawEntry| entry.flaw.rows(&flaws, duplicates).len();
        Figures {
            flaws: FLAWS.iter().map(rows).collect(),
            summary,
        }
    }

    /// The figures of a source, or of the rows that meet a condition. How a row follows others is said of the whole source.
    fn of_dataset(
        dataset: &Dataset,
        filter: Option<&Filter>,
        meaning: &Meaning,
        run: &Interruptible,
        head: Span,
    ) -> Result<Figures, LabeledError> {
        let limits = Limits::at(meaning.now());
        let (audit, duplicates) = dataset
            .survey(limits, MEMORY, run.progress())
            .map_err(|error| label::not_scanned(&error, head))?;
        let Some(filter) = filter else {
            return Ok(Figures::of_audit(audit, &duplicates));
        };
        let rows = filter.select(dataset, run)?;
        let summary = dataset
            .summary_of(&rows, limits, run.progress())
            .map_err(|error| label::not_scanned(&error, head))?;
        let (_, flaws) = audit.into_parts();
        let among =
            |entry: &FlawEntry| entry.flaw.rows(&flaws, &duplicates).intersection_len(&rows);
        Ok(Figures {
            flaws: FLAWS.iter().map(among).collect(),
            summary,
        })
    }

    /// The figures of values, of which `keys` are the valid ones.
    fn of_values(
        audit: Audit,
        mut keys: Vec<u128>,
        progress: &Progress,
        head: Span,
    ) -> Result<Figures, LabeledError> {
        sort_keys(&mut keys, progress).map_err(|cancelled| label::cancelled(&cancelled, head))?;
        let mut figures = Figures::of_audit(audit, &RowSet::new());
        let is_duplicate = |entry: &FlawEntry| entry.flaw == Flaw::Duplicate;
        if let Some(place) = FLAWS.iter().position(is_duplicate)
            && let Some(rows) = figures.flaws.get_mut(place)
        {
            *rows = count_duplicates(&keys);
        }
        Ok(figures)
    }

    fn record(self, zone: &TimeZone, span: Span) -> Record {
        let summary = &self.summary;
        let int = |number: u64| Value::int(i64::try_from(number).unwrap_or(i64::MAX), span);
        let time = |id: Option<Ulid>| match id {
            Some(id) => value::datetime(Timestamp::of(id), zone, span),
            None => Value::nothing(span),
        };
        let place = |place: Option<Place>| match place {
            Some(place) => value::id(place.id, span),
            None => Value::nothing(span),
        };
        let (verdict, _) = summary.verdict();
        let mut record = record! {
            "count" => int(summary.rows()),
            "valid" => int(summary.valid),
            "without_id" => int(summary.without),
            "further_ids" => int(summary.further),
            "uuids_v7" => int(summary.uuids_v7()),
            "faults" => Value::record(faults(summary, span), span),
            "sorted" => Value::bool(summary.is_sorted(), span),
            "first" => place(summary.first),
            "last" => place(summary.last),
            "earliest" => time(summary.smallest),
            "latest" => time(summary.largest),
            "span" => duration(summary.span_ms(), span),
            "rate_per_second" => summary.rate_per_second().map_or(Value::nothing(span), |rate| Value::float(rate, span)),
            "verdict" => Value::string(verdict.to_string(), span),
            "weak" => Value::bool(verdict.is_weak(), span),
        };
        for (entry, rows) in FLAWS.iter().zip(self.flaws) {
            record.push(entry.name, int(rows));
        }
        record
    }
}

fn faults(summary: &Summary, span: Span) -> Record {
    let faults = summary.faults;
    let int = |number: u64| Value::int(i64::try_from(number).unwrap_or(i64::MAX), span);
    record! {
        "length" => int(faults.length),
        "character" => int(faults.character),
        "overflow" => int(faults.overflow),
        "uuid" => int(faults.uuid),
        "absent" => int(faults.absent),
    }
}

/// A duration; null where it is longer than Nushell's durations.
fn duration(ms: Option<u64>, span: Span) -> Value {
    ms.and_then(|ms| i64::try_from(ms).ok()?.checked_mul(1_000_000))
        .map_or(Value::nothing(span), |ns| Value::duration(ns, span))
}
