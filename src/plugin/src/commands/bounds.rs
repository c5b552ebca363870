//! `ulid bounds`: the least and the largest ID of a range of time, in the spellings that sort by time.

use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    DynamicSuggestion, Example, LabeledError, PipelineData, Signature, Span, SyntaxShape, Type,
    Value, engine::ArgType, record,
};
use ulid_engine::{Timestamp, Ulid, codec, row::Spelling};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    label, times, value,
};

/// `ulid bounds`.
pub(crate) struct Bounds;

impl PluginCommand for Bounds {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid bounds"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::signature(self.name()))
            .required(
                "from",
                SyntaxShape::Any,
                "The first time: a datetime, a text such as '2 days ago', milliseconds since 1970, or a duration before now.",
            )
            .optional(
                "to",
                SyntaxShape::Any,
                "The first time no longer within: likewise, or a duration from the first one on. Default: now, included.",
            )
            .param(args::chosen(
                "spelling",
                "How the bounds are spelled: ulid, lower, uuid, hex or binary.",
                &SPELLINGS,
            ))
            .input_output_type(Type::Nothing, Type::record())
    }

    fn description(&self) -> &str {
        "Get the IDs between which all IDs of a time lie."
    }

    fn extra_description(&self) -> &str {
        "`start` is within, `end` is not, so that bounds of times that meet share nothing: \
         `where id >= $b.start and id < $b.end`, or the same in SQL. A range over text holds for IDs in upper case and where \
         text is compared by its bytes: of a column in lower case it misses most rows, which `--spelling lower` puts right. \
         For columns of bytes and UUIDs there are `--spelling binary` and `--spelling uuid`."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["range", "sql", "min", "max", "between"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let day = || {
            Value::test_record(record! {
                "start" => Value::test_string("01HK153X000000000000000000"),
                "end" => Value::test_string("01HK3QGM000000000000000000"),
            })
        };
        vec![
            Example {
                example: "ulid bounds 2024-01-01 2024-01-02",
                description: "All IDs of a day",
                result: Some(day()),
            },
            Example {
                example: "ulid bounds '2024-01-01' 1day --spelling uuid | $in.start",
                description: "The begin for a column of UUIDs",
                result: Some(Value::test_string("018cc251-f400-0000-0000-000000000000")),
            },
            Example {
                example: "ulid bounds 2024-01-01 1day",
                description: "The same",
                result: Some(day()),
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
        let spelled = spelling(call)?;
        let (now, zone) = (Timestamp::now(), rules.zone()?);
        let from_value: Value = call.req(0)?;
        let from = value::moment(&from_value, now, zone)?;
        let until = match call.nth(1) {
            None => value::shifted(now, 1, call.head)?,
            Some(Value::Duration {
                val, internal_span, ..
            }) => value::shifted(from, val / 1_000_000, internal_span)?,
            Some(to) => value::moment(&to, now, zone)?,
        };
        if until < from {
            return Err(label::backwards(
                from_value.span(),
                call.nth(1).map(|to| to.span()),
            ));
        }
        let bounds = record! {
            "start" => spelled.value(from.first_id(), call.head),
            "end" => spelled.value(until.first_id(), call.head),
        };
        Ok(PipelineData::value(Value::record(bounds, call.head), None))
    }

    #[expect(
        deprecated,
        reason = "the only way yet to offer values that depend on the clock"
    )]
    fn get_dynamic_completion(
        &self,
        _plugin: &UlidPlugin,
        _engine: &EngineInterface,
        _call: DynamicCompletionCall,
        argument: ArgType,
        _experimental: ExperimentalMarker,
    ) -> Option<Vec<DynamicSuggestion>> {
        match argument {
            ArgType::Positional(0) => Some(times::moments(Timestamp::now())),
            ArgType::Positional(_) => Some(times::ends(Timestamp::now())),
            ArgType::Flag(_) => None,
        }
    }
}

/// How bounds are written.
enum Spelled {
    Text(Spelling),
    /// As canonical text is written, in lower case.
    Lower,
    Binary,
    /// As canonical text.
    Canonical,
}

impl Spelled {
    fn value(&self, id: Ulid, span: Span) -> Value {
        match self {
            Spelled::Canonical => value::id(id, span),
            Spelled::Lower => Value::string(codec::print(id).to_ascii_lowercase(), span),
            Spelled::Binary => Value::binary(id.to_bytes(), span),
            Spelled::Text(spelling) => Value::string(spelling.print(id), span),
        }
    }
}

/// Names of `--spelling`: those in which a column can be in the order of time.
const SPELLINGS: [&str; 5] = ["ulid", "lower", "uuid", "hex", "binary"];

fn spelling(call: &EvaluatedCall) -> Result<Spelled, LabeledError> {
    let Some(name) = call.get_flag_value("spelling") else {
        return Ok(Spelled::Canonical);
    };
    Ok(match name.as_str()? {
        "ulid" => Spelled::Canonical,
        "lower" => Spelled::Lower,
        "binary" => Spelled::Binary,
        "uuid" => Spelled::Text(Spelling::Uuid),
        "hex" => Spelled::Text(Spelling::Hex),
        other => return Err(label::not_one_of(other, &SPELLINGS, name.span())),
    })
}
