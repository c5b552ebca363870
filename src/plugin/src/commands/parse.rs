//! `ulid parse`: the parts of an ID as a record.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, Type, Value, record};
use ulid_engine::anatomy::Anatomy;

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, value,
};

const ALIAS: &str = "parse ulid";

/// `ulid parse`, and `parse ulid`.
pub(crate) struct Parse {
    name: &'static str,
}

impl Parse {
    pub(super) const COMMAND: Parse = Parse { name: "ulid parse" };
    pub(super) const ALIAS: Parse = Parse { name: ALIAS };
}

impl PluginCommand for Parse {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::filter_signature(self.name))
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
        "Take ULIDs apart: their time and their randomness."
    }

    fn extra_description(&self) -> &str {
        "`timestamp` is a datetime. `unix_ms` is the same time as milliseconds since 1970: Nushell computes with datetimes up \
         to the year 2262 alone, a ULID goes to the year 10889."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["decode", "timestamp", "datetime", "randomness"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let parts = Value::test_record(record! {
            "ulid" => Value::test_string("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            "timestamp" => value::example_datetime(1_469_922_850_259),
            "unix_ms" => Value::test_int(1_469_922_850_259),
            "random" => Value::test_binary(*b"\xd6\x76\x4c\x61\xef\xb9\x93\x02\xbd\x5b"),
        });
        if self.name == ALIAS {
            return vec![Example {
                example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | parse ulid",
                description: "Take an ID apart",
                result: Some(parts),
            }];
        }
        vec![
            Example {
                example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid parse",
                description: "Take an ID apart",
                result: Some(parts.clone()),
            },
            Example {
                example: "[01ARZ3NDEKTSV4RRFFQ69G5FAV, oops] | ulid parse --on-error null",
                description: "Take a list apart, with null for what is no ULID",
                result: Some(Value::test_list(vec![parts.clone(), Value::test_nothing()])),
            },
            Example {
                example: "[[id, n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV, 1]] | ulid parse id",
                description: "Take the column of a table apart",
                result: Some(Value::test_list(vec![Value::test_record(record! {
                    "id" => parts,
                    "n" => Value::test_int(1),
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
        filter::transform(engine, call.head, input, rules, paths, |rules, item| {
            let anatomy = Anatomy::of(rules.id(item)?);
            let zone = rules.zone()?;
            Ok(Value::record(
                value::parts(&anatomy, zone, item.span()),
                item.span(),
            ))
        })
    }
}
