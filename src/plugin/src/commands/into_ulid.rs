//! `into ulid`: any spelling of an ID, or its parts, as its text.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Record, Signature, Type, Value};
use ulid_engine::{Ulid, row::Spelling};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label, value,
};

/// `into ulid`.
pub(crate) struct IntoUlid;

impl PluginCommand for IntoUlid {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "into ulid"
    }

    fn signature(&self) -> Signature {
        args::filter_signature(self.name())
            .input_output_types(vec![
                (Type::Nothing, Type::Nothing),
                (Type::String, Type::String),
                (Type::Binary, Type::String),
                (Type::Int, Type::String),
                (Type::record(), Type::Any),
                (Type::table(), Type::list(Type::Any)),
                (Type::list(Type::Any), Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Turn other forms of the same 128 bits into canonical ULIDs."
    }

    fn extra_description(&self) -> &str {
        "Reads ULIDs of either case, UUIDs, URNs, 32 hexadecimal digits, decimal integers, base 64, 16 bytes, and records \
         with `ulid`, or with `timestamp` and `random`, as `ulid parse` gives them."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["convert", "uuid", "urn", "hex", "canonical", "upper-case"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let id = || Value::test_string("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        vec![
            Example {
                example: "'01563e3a-b5d3-d676-4c61-efb99302bd5b' | into ulid",
                description: "A UUID as ULID",
                result: Some(id()),
            },
            Example {
                example: "[01arz3ndektsv4rrffq69g5fav, '1777027686520646174104517696511196507', \
                          0x[01563e3ab5d3d6764c61efb99302bd5b]] | into ulid",
                description: "A ULID, an integer and bytes, each made canonical",
                result: Some(Value::test_list(vec![id(), id(), id()])),
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
        filter::map(engine, call.head, input, rules, paths, |rules, item| {
            Ok(value::id(read(rules, item)?, item.span()))
        })
    }
}

fn read(rules: &Rules, item: &Value) -> Result<Ulid, LabeledError> {
    let span = item.span();
    match item {
        Value::String { val, .. } => match Spelling::read(val, ulid_engine::Reading::Strict) {
            Ok((_, id)) => Ok(id),
            Err(_) => Spelling::read(val, rules.reading()?)
                .map(|(_, id)| id)
                .map_err(|error| label::no_form(val, &error, span)),
        },
        Value::Int { val, .. } => u128::try_from(*val)
            .map(Ulid::from_u128)
            .map_err(|_| label::bad_number("a ULID is 0 or more", "it without its sign", span)),
        Value::Record { val, .. } => of_parts(rules, val, item),
        _ => rules.id(item),
    }
}

fn of_parts(rules: &Rules, parts: &Record, item: &Value) -> Result<Ulid, LabeledError> {
    if let Some(id) = parts.get("ulid") {
        return rules.id(id);
    }
    match (
        ["timestamp", "unix_ms", "ms"]
            .iter()
            .find_map(|name| parts.get(name)),
        parts.get("random"),
    ) {
        (Some(time), Some(random)) => value::id_of_parts(value::time(time)?, random),
        _ => Err(label::no_parts(item)),
    }
}
