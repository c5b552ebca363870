//! `ulid inspect`: everything that an ID tells, as a record.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, Type, Value, record,
};
use ulid_engine::{Timestamp, anatomy::Anatomy, row::Fact, row::Spelling, timestamp::TimeZone};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter,
    value::{self, fact_name},
};

/// `ulid inspect`.
pub(crate) struct Inspect;

impl PluginCommand for Inspect {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid inspect"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::filter_signature(self.name()))
            .input_output_types(vec![
                (Type::Nothing, Type::Nothing),
                (Type::String, Type::record()),
                (Type::Binary, Type::record()),
                (Type::record(), Type::record()),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Show every part of ULIDs, and every form they can be written in."
    }

    fn extra_description(&self) -> &str {
        "`int` is text, for Nushell's integers have 64 bits. `age` is null where it is more than the 292 years that \
         Nushell's durations hold."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["anatomy", "details", "uuid", "hex", "age"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid inspect",
                description: "Everything about an ID",
                result: None,
            },
            Example {
                example: "('01arz3ndektsv4rrffq69g5fav' | ulid inspect).uuid",
                description: "One of the forms",
                result: Some(Value::test_string("01563e3a-b5d3-d676-4c61-efb99302bd5b")),
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
        let paths = args::paths(call, 0)?;
        let now = Timestamp::now();
        filter::transform(
            engine,
            call.head,
            input,
            rules,
            paths,
            move |rules, item| {
                let anatomy = Anatomy::of(rules.id(item)?);
                let zone = rules.zone()?;
                Ok(Value::record(
                    everything(&anatomy, now, zone, item.span()),
                    item.span(),
                ))
            },
        )
    }
}

fn everything(anatomy: &Anatomy, now: Timestamp, zone: &TimeZone, span: Span) -> Record {
    let form = |form: Spelling| Value::string(form.print(anatomy.id), span);
    let age_ns = anatomy.timestamp.age(now).ms.checked_mul(1_000_000);
    let (time_bits, random_bits) = anatomy.bits();
    record! {
        fact_name(Fact::Id) => value::id(anatomy.id, span),
        fact_name(Fact::Time) => value::datetime(anatomy.timestamp, zone, span),
        fact_name(Fact::UnixMs) => Value::int(value::ms(anatomy.timestamp), span),
        fact_name(Fact::Age) => age_ns.map_or(Value::nothing(span), |ns| Value::duration(ns, span)),
        fact_name(Fact::Random) => Value::binary(anatomy.randomness_bytes(), span),
        fact_name(Fact::RandomHex) => Value::string(anatomy.randomness_hex(), span),
        "bytes" => Value::binary(anatomy.bytes(), span),
        "uuid" => form(Spelling::Uuid),
        "urn" => form(Spelling::Urn),
        "hex" => form(Spelling::Hex),
        "int" => form(Spelling::Integer),
        "base64" => form(Spelling::Base64),
        "bits" => Value::record(record! {
            "timestamp" => Value::string(time_bits, span),
            "random" => Value::string(random_bits, span),
        }, span),
    }
}
