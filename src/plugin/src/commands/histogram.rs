//! `ulid histogram`: counts by periods of a zone. Where a period begins is known by the engine alone.

use std::collections::{BTreeMap, HashMap};

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Completion, Config, Example, Flag, LabeledError, PipelineData, PositionalArg, Record,
    Signature, Span, SyntaxShape, Type, Value, ast::CellPath, record,
};
use ulid_engine::{
    Timestamp,
    calendar::{self, Step},
    timestamp::{InZone as _, TimeZone},
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label, value,
};

const BUCKETS: &[&str] = &[
    "1sec", "1min", "15min", "1hr", "1day", "1wk", "hour", "day", "week", "month", "quarter",
    "year",
];

/// `ulid histogram`.
pub(crate) struct Histogram;

impl PluginCommand for Histogram {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid histogram"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::item_flags(args::signature(self.name())))
            .param(
                PositionalArg::new("bucket", SyntaxShape::Any)
                    .desc("How much time a bucket covers: a duration, or hour, day, week, month, quarter or year of the calendar.")
                    .completion(Completion::new_list(BUCKETS))
                    .required(),
            )
            .optional("path", SyntaxShape::CellPath, "The cell that holds the ID of a row.")
            .param(
                Flag::new("by")
                    .arg(SyntaxShape::CellPath)
                    .desc("The cell by whose values counts are told apart."),
            )
            .input_output_types(vec![
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::table()),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Count ULIDs by time."
    }

    fn extra_description(&self) -> &str {
        "Durations are counted from 1970 in UTC, and only buckets that hold something are shown. Periods of the calendar are \
         those of `--zone`, or of the configuration's, from the first that holds something to the last, those of nothing \
         among them; of more than a thousand of nothing in a row none is shown. Beside the count stand the label of the \
         bucket, and the share of all as `histogram` shows it. With `--on-error null` and `--on-error \
         drop` rows without a ULID are left out."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["group", "count", "rate", "distribution"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let bucket = |ms, label, count, total| {
            let mut row = record! {
                "bucket" => value::example_datetime(ms),
                "label" => Value::test_string(label),
                "count" => Value::test_int(count),
            };
            add_share(&mut row, count, total, Span::test_data());
            Value::test_record(row)
        };
        vec![
            Example {
                example: "[01HK153X000000000000000000, 01HK153X010000000000000000, 01HK3QGM000000000000000000, 01HK3QGM000000000000000001] | ulid histogram day",
                description: "IDs of each day",
                result: Some(Value::test_list(vec![
                    bucket(1_704_067_200_000, "2024-01-01", 2, 4),
                    bucket(1_704_153_600_000, "2024-01-02", 2, 4),
                ])),
            },
            Example {
                example: "[01HK153X000000000000000000] | ulid histogram quarter --zone America/New_York | $in.label",
                description: "The quarter on the clocks of New York, where it was still 2023",
                result: Some(Value::test_list(vec![Value::test_string("2023-Q4")])),
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
        let path = args::path(call, 1)?;
        let by = args::path_of_flag(call, "by")?;
        let zone = rules.zone()?.clone();
        let mut counts = Counts::of(&call.req(0)?, zone)?;
        for row in filter::rows(input, call.head)? {
            engine.signals().check(&call.head)?;
            let row = row?;
            if let Some(id) = filter::id_of_row(&rules, &row, path.as_ref())? {
                let series = match &by {
                    Some(by) => filter::cell_of_row(&row, by)?,
                    None => None,
                };
                counts.record(Timestamp::of(id), series);
            }
        }
        let table = counts.table(by.as_ref(), call.head);
        Ok(PipelineData::value(table, None))
    }
}

/// How long buckets are.
enum Bucket {
    /// So many milliseconds, from 1970 on.
    Even(i64),
    Calendar(Step),
}

/// Counts of buckets, for each value of a cell apart.
struct Counts {
    bucket: Bucket,
    zone: TimeZone,
    /// Values of the cell, by their places in the keys of the counts.
    series: Vec<Value>,
    places: HashMap<String, usize>,
    counts: BTreeMap<(i64, usize), u64>,
}

impl Counts {
    fn of(bucket: &Value, zone: TimeZone) -> Result<Counts, LabeledError> {
        let span = bucket.span();
        let bucket = match bucket {
            Value::Duration { val, .. } if *val >= 1_000_000 => Bucket::Even(val / 1_000_000),
            Value::Duration { .. } => {
                return Err(label::bad_number(
                    "a bucket covers a millisecond or more",
                    "1hr",
                    span,
                ));
            }
            Value::String { val, .. } => match val.parse() {
                Ok(step) => Bucket::Calendar(step),
                Err(_) => return Err(label::not_one_of(val, BUCKETS, span)),
            },
            _ => {
                return Err(label::wrong_type(
                    bucket,
                    "a duration, or hour, day, week, month, quarter or year",
                ));
            }
        };
        Ok(Counts {
            bucket,
            zone,
            series: Vec::new(),
            places: HashMap::new(),
            counts: BTreeMap::new(),
        })
    }

    fn record(&mut self, time: Timestamp, series: Option<Value>) {
        let ms = time.ms().cast_signed();
        let start = match self.bucket {
            Bucket::Even(length) => ms - ms % length,
            Bucket::Calendar(step) => step.period(ms, &self.zone).start,
        };
        let series = series.unwrap_or_else(|| Value::nothing(Span::unknown()));
        let text = series.to_expanded_string(", ", &Config::default());
        let place = *self.places.entry(text).or_insert_with(|| {
            self.series.push(series);
            self.series.len() - 1
        });
        *self.counts.entry((start, place)).or_insert(0) += 1;
    }

    fn table(&self, by: Option<&CellPath>, span: Span) -> Value {
        let rows = match self.bucket {
            Bucket::Even(_) => self
                .counts
                .iter()
                .map(|(&(start, series), &count)| (start, series, count))
                .collect(),
            Bucket::Calendar(step) => calendar::fill(step, &self.zone, &self.counts).rows,
        };
        let total: u64 = self.counts.values().sum();
        let row = |(begin, series, count): (i64, usize, u64)| {
            // the first period of 1970 may begin before it
            let start = Timestamp::from_ms(begin.max(0)).unwrap_or(Timestamp::MAX);
            let mut row = record! {
                "bucket" => value::datetime(start, &self.zone, span),
                "label" => Value::string(self.bucket.label(begin, &self.zone), span),
            };
            if let (Some(by), Some(series)) = (by, self.series.get(series)) {
                row.push(by.to_column_name(), series.clone());
            }
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            row.push("count", Value::int(count, span));
            add_share(&mut row, count, total, span);
            Value::record(row, span)
        };
        Value::list(rows.into_iter().map(row).collect(), span)
    }
}

impl Bucket {
    /// A bucket as people write it, which stays readable where Nushell shows a time as `10 years ago`.
    fn label(&self, begin: i64, zone: &TimeZone) -> String {
        match self {
            Bucket::Calendar(step) => step.label(begin, zone),
            Bucket::Even(_) => {
                let start = Timestamp::from_ms(begin).unwrap_or(Timestamp::MAX);
                match *zone == TimeZone::UTC {
                    true => start.to_string(),
                    false => start.in_zone(zone).to_string(),
                }
            }
        }
    }
}

/// Adds the share of all, as Nushell's `histogram` has it.
fn add_share(row: &mut Record, count: i64, total: u64, span: Span) {
    const FULL: f64 = 100.0;
    let share = count as f64 / total.max(1) as f64;
    row.push("quantile", Value::float(share, span));
    row.push(
        "percentage",
        Value::string(format!("{:.2}%", share * FULL), span),
    );
    let bar = "*".repeat((share * FULL).floor() as usize);
    row.push("frequency", Value::string(bar, span));
}
