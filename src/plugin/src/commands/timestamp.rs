//! `ulid timestamp`: the time of an ID, in its place or beside it.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Signature, SyntaxShape, Type, Value, record,
};
use ulid_engine::Timestamp;

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label, value,
};

/// `ulid timestamp`.
pub(crate) struct TimestampOf;

impl PluginCommand for TimestampOf {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid timestamp"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::filter_signature(self.name()))
            .switch("ms", "Milliseconds since 1970 instead of a datetime.", None)
            .named(
                "insert",
                SyntaxShape::String,
                "Put the time into a new column of this name, and leave the ID.",
                None,
            )
            .input_output_types(vec![
                (Type::Nothing, Type::Nothing),
                (Type::String, Type::Any),
                (Type::Binary, Type::Any),
                (Type::record(), Type::record()),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Get the time of ULIDs."
    }

    fn extra_description(&self) -> &str {
        "Use --ms where you compute with times past the year 2262, which Nushell's datetimes do not allow."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["time", "date", "datetime", "created", "age"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let id = || Value::test_string("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        vec![
            Example {
                example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid timestamp",
                description: "When an ID was made",
                result: Some(value::example_datetime(1_469_922_850_259)),
            },
            Example {
                example: "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid timestamp --ms",
                description: "The same in milliseconds, for a list",
                result: Some(Value::test_list(vec![Value::test_int(1_469_922_850_259)])),
            },
            Example {
                example: "[[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | ulid timestamp id --insert created",
                description: "A new column beside the ID",
                result: Some(Value::test_list(vec![Value::test_record(record! {
                    "id" => id(),
                    "created" => value::example_datetime(1_469_922_850_259),
                })])),
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
        let in_ms = call.has_flag("ms")?;
        let time = move |rules: &Rules, item: &Value| {
            let time = Timestamp::of(rules.id(item)?);
            Ok(if in_ms {
                Value::int(value::ms(time), item.span())
            } else {
                value::datetime(time, rules.zone()?, item.span())
            })
        };
        match (call.get_flag_value("insert"), paths.as_slice()) {
            (None, _) => filter::transform(engine, call.head, input, rules, paths, time),
            (Some(name), [path]) => {
                let name = name.into_string()?;
                filter::insert(engine, call.head, input, rules, path.clone(), name, time)
            }
            (Some(name), _) => Err(label::insert_needs_path(name.span())),
        }
    }
}
