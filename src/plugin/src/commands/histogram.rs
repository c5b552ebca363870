use std::collections::{BTreeMap, HashMap};

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Completion, Config, Example, Flag, LabeledError, PipelineData, PositionalArg, Signature, Span,
    SyntaxShape, Type, Value, ast::CellPath, record,
};
use ulid_engine::{
    Timestamp,
    calendar::{self, Step},
    timestamp::TimeZone,
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
        args::item_flags(args::signature(self.name()))
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
         those of the time zone of the configuration, from the first that holds something to the last, those of nothing \
         among them; of more than a thousand of nothing in a row none is shown. With `--on-error null` and `--on-error \
         drop` rows without a ULID are left out."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["group", "count", "rate", "distribution"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let bucket = |ms, count| {
            Value::test_record(record! {
                "bucket" => value::example_datetime(ms),
                "count" => Value::test_int(count),
            })
        };
        vec![Example {
            example: "[01HK153X000000000000000000, 01HK153X010000000000000000, 01HK3QGM000000000000000000] | ulid histogram 1day",
            description: "IDs of each day",
            result: Some(Value::test_list(vec![
                bucket(1_704_067_200_000, 2),
                bucket(1_704_153_600_000, 1),
            ])),
        }]
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
        let by: Option<CellPath> = call.get_flag("by")?;
        let zone = rules.config().settings()?.zone.clone();
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
        let row = |(start, series, count): (i64, usize, u64)| {
            // the first period of 1970 may begin before it
            let start = Timestamp::from_ms(start.max(0)).unwrap_or(Timestamp::MAX);
            let mut row = record! { "bucket" => value::datetime(start, &self.zone, span) };
            if let (Some(by), Some(series)) = (by, self.series.get(series)) {
                row.push(by.to_column_name(), series.clone());
            }
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            row.push("count", Value::int(count, span));
            Value::record(row, span)
        };
        Value::list(rows.into_iter().map(row).collect(), span)
    }
}
