use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    DynamicSuggestion, Example, LabeledError, PipelineData, Signature, SyntaxShape, Type, Value,
    engine::ArgType, record,
};
use ulid_engine::Timestamp;

use crate::{UlidPlugin, args, label, times, value};

/// `ulid bounds`.
pub(crate) struct Bounds;

impl PluginCommand for Bounds {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid bounds"
    }

    fn signature(&self) -> Signature {
        args::signature(self.name())
            .required(
                "from",
                SyntaxShape::Any,
                "The first time: a datetime, milliseconds since 1970, or a duration before now.",
            )
            .optional(
                "to",
                SyntaxShape::Any,
                "The first time no longer within: likewise, or a duration from the first one on. Default: now, included.",
            )
            .input_output_type(Type::Nothing, Type::record())
    }

    fn description(&self) -> &str {
        "Get the IDs between which all IDs of a time lie."
    }

    fn extra_description(&self) -> &str {
        "`start` is within, `end` is not, so that bounds of times that meet share nothing: \
         `where id >= $b.start and id < $b.end`, or the same in SQL."
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
                example: "ulid bounds 2024-01-01 1day",
                description: "The same",
                result: Some(day()),
            },
        ]
    }

    fn run(
        &self,
        _plugin: &UlidPlugin,
        _engine: &EngineInterface,
        call: &EvaluatedCall,
        _input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let now = Timestamp::now();
        let from_value: Value = call.req(0)?;
        let from = value::moment(&from_value, now)?;
        let until = match call.nth(1) {
            None => value::shifted(now, 1, call.head)?,
            Some(Value::Duration {
                val, internal_span, ..
            }) => value::shifted(from, val / 1_000_000, internal_span)?,
            Some(to) => value::moment(&to, now)?,
        };
        if until < from {
            return Err(label::backwards(
                from_value.span(),
                call.nth(1).map(|to| to.span()),
            ));
        }
        let bounds = record! {
            "start" => value::id(from.first_id(), call.head),
            "end" => value::id(until.first_id(), call.head),
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
