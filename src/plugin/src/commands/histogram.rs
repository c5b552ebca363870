use std::num::NonZeroU64;

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Completion, Example, LabeledError, PipelineData, PositionalArg, Signature, Span, SyntaxShape,
    Type, Value, record,
};
use ulid_engine::{
    Timestamp,
    stats::{Bucket, EvenHistogram, Histogram as Calendar, Width},
    timestamp::TimeZone,
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label, value,
};

const BUCKETS: &[&str] = &[
    "1sec", "1min", "15min", "1hr", "1day", "1wk", "month", "year",
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
                    .desc("How much time a bucket covers: a duration, or month or year of the calendar.")
                    .completion(Completion::new_list(BUCKETS))
                    .required(),
            )
            .optional("path", SyntaxShape::CellPath, "The cell that holds the ID of a row.")
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
        "Buckets are counted from 1970 in UTC, and only those that hold something are shown. With `--on-error null` and \
         `--on-error drop` rows without a ULID are left out."
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
        let mut counts = Counts::of(&call.req(0)?)?;
        let path = args::path(call, 1)?;
        let zone = rules.config().settings()?.zone.clone();
        for row in filter::rows(input, call.head)? {
            engine.signals().check(&call.head)?;
            if let Some(id) = filter::id_of_row(&rules, &row?, path.as_ref())? {
                counts.record(Timestamp::of(id));
            }
        }
        let table = counts.table(&zone, call.head);
        Ok(PipelineData::value(table, None))
    }
}

enum Counts {
    Even(EvenHistogram),
    Calendar(Calendar),
}

impl Counts {
    fn of(bucket: &Value) -> Result<Counts, LabeledError> {
        let span = bucket.span();
        match bucket {
            Value::Duration { val, .. } => u64::try_from(val / 1_000_000)
                .ok()
                .and_then(NonZeroU64::new)
                .map(|length| Counts::Even(EvenHistogram::new(length)))
                .ok_or_else(|| label::bad_number("a bucket covers a millisecond or more", span)),
            Value::String { val, .. } => match val.as_str() {
                "month" => Ok(Counts::Calendar(Calendar::with_width(Width::Month))),
                "year" => Ok(Counts::Calendar(Calendar::with_width(Width::Year))),
                _ => Err(label::not_one_of(val, BUCKETS, span)),
            },
            _ => Err(label::wrong_type(bucket, "a duration, month or year")),
        }
    }

    fn record(&mut self, time: Timestamp) {
        match self {
            Counts::Even(counts) => counts.record(time),
            Counts::Calendar(counts) => counts.record(time),
        }
    }

    fn table(&self, zone: &TimeZone, span: Span) -> Value {
        let row = |bucket: Bucket| {
            let count = i64::try_from(bucket.count).unwrap_or(i64::MAX);
            Value::record(
                record! {
                    "bucket" => value::datetime(bucket.start, zone, span),
                    "count" => Value::int(count, span),
                },
                span,
            )
        };
        let rows = match self {
            Counts::Even(counts) => counts.buckets().map(row).collect(),
            Counts::Calendar(counts) => counts.buckets().into_iter().map(row).collect(),
        };
        Value::list(rows, span)
    }
}
