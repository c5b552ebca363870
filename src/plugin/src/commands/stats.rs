use std::path::PathBuf;

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, SyntaxShape, Type, Value, record,
};
use ulid_engine::{
    RowSet, Timestamp, Ulid,
    codec::{self, FaultKind},
    dataset::{Dataset, MEMORY, OpenError, OpenOptions},
    progress::Progress,
    row::{FLAWS, Flaw},
    sort::sort_keys,
    stats::{Audit, Limits, Place, Summary, count_duplicates},
    timestamp::TimeZone,
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter,
    interrupt::Interruptible,
    label,
    source::{self, Source},
    value,
};

/// `ulid stats`.
pub(crate) struct Stats;

impl PluginCommand for Stats {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid stats"
    }

    fn signature(&self) -> Signature {
        args::lenient_flag(args::signature(self.name()))
            .rest(
                "files",
                SyntaxShape::Filepath,
                "Files of IDs: lines, CSV, TSV, JSON, bytes, gzip or zstd; else the input is taken.",
            )
            .named("format", SyntaxShape::String, args::FORMATS, None)
            .switch("every", "Each ID of a text counts, not only the first of a line.", None)
            .input_output_types(vec![
                (Type::Nothing, Type::record()),
                (Type::String, Type::record()),
                (Type::Binary, Type::record()),
                (Type::list(Type::Any), Type::record()),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Measure many ULIDs: their count, order, duplicates, span and randomness."
    }

    fn extra_description(&self) -> &str {
        "`out_of_order` counts IDs smaller than the valid one before. `verdict` says what made the randomness, as far as \
         that can be told. Sorted data takes constant memory; else two bytes for each ID of a file, and 16 for each of a list, to \
         count the duplicates."
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
        let zone = rules.config().settings()?.zone.clone();
        let run = Interruptible::of(engine)?;
        let files = source::files(engine, call)?;
        let figures = match input {
            _ if !files.is_empty() => {
                of_files(files, &options(&rules, call)?, run.progress(), call.head)?
            }
            PipelineData::ByteStream(..)
            | PipelineData::Value(Value::String { .. } | Value::Binary { .. }, _) => {
                let reader = source::bytes(input, self.name(), call.head)?;
                let options = options(&rules, call)?;
                let opened = Dataset::from_reader("the input", reader, &options);
                Figures::of_opened(opened, run.progress(), call.head, call.head)?
            }
            PipelineData::Empty | PipelineData::Value(Value::Nothing { .. }, _) => {
                return Err(label::no_input(source::WANTED, call.head));
            }
            input => of_values(engine, input, &rules, run.progress(), call.head)?,
        };
        let record = figures.record(&zone, call.head);
        Ok(PipelineData::value(Value::record(record, call.head), None))
    }
}

fn options(rules: &Rules, call: &EvaluatedCall) -> Result<OpenOptions, LabeledError> {
    Ok(OpenOptions {
        reading: rules.reading()?,
        format: args::format(call)?,
        every: call.has_flag("every")?,
        ..OpenOptions::default()
    })
}

fn of_files(
    files: Vec<Source>,
    options: &OpenOptions,
    progress: &Progress,
    head: Span,
) -> Result<Figures, LabeledError> {
    let span = match files.first() {
        Some(Source::File { span, .. }) => *span,
        _ => head,
    };
    let paths: Vec<PathBuf> = files
        .iter()
        .filter_map(|file| file.path().map(PathBuf::from))
        .collect();
    let opened = Dataset::open_paths(&paths, options);
    Figures::of_opened(opened, progress, span, head)
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

/// What is known of many IDs.
struct Figures {
    audit: Audit,
    duplicates: u64,
}

impl Figures {
    /// The figures of a source; of one that holds nothing those of no rows.
    fn of_opened(
        opened: Result<Dataset, OpenError>,
        progress: &Progress,
        source: Span,
        head: Span,
    ) -> Result<Figures, LabeledError> {
        match opened {
            Ok(dataset) => Figures::of_dataset(&dataset, progress, head),
            Err(error) if error.is_empty_source() => {
                let audit = Audit::new(Limits::at(Timestamp::now()), 0);
                Figures::of_values(audit, Vec::new(), progress, head)
            }
            Err(error) => Err(label::not_opened(&error, source)),
        }
    }

    fn of_dataset(
        dataset: &Dataset,
        progress: &Progress,
        head: Span,
    ) -> Result<Figures, LabeledError> {
        let limits = Limits::at(Timestamp::now());
        let (audit, repeated) = dataset
            .survey(limits, MEMORY, progress)
            .map_err(|error| label::not_scanned(&error, head))?;
        // Figures of a part would pass for those of the whole.
        if let Some(error) = dataset.extent().error {
            return Err(label::not_read(&error, head));
        }
        let duplicates = repeated.len();
        Ok(Figures { audit, duplicates })
    }

    /// The figures of values, of which `keys` are the valid ones.
    fn of_values(
        audit: Audit,
        mut keys: Vec<u128>,
        progress: &Progress,
        head: Span,
    ) -> Result<Figures, LabeledError> {
        sort_keys(&mut keys, progress).map_err(|cancelled| label::cancelled(&cancelled, head))?;
        let duplicates = count_duplicates(&keys);
        Ok(Figures { audit, duplicates })
    }

    fn record(self, zone: &TimeZone, span: Span) -> Record {
        let summary = self.audit.summary();
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
        for entry in &FLAWS {
            record.push(entry.name, int(self.rows_with(entry.flaw)));
        }
        record
    }

    /// Number of rows with a flaw.
    fn rows_with(&self, flaw: Flaw) -> u64 {
        match flaw {
            Flaw::Duplicate => self.duplicates,
            other => other.rows(self.audit.flaws(), &RowSet::new()).len(),
        }
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
