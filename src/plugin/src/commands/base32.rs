//! `ulid encode base32` and `ulid decode base32`.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, SyntaxShape, Type, Value};
use ulid_engine::{
    Reading,
    codec::{decode_bytes, encode_bytes},
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label,
};

const PATHS: &str = "The cells to convert, for records and tables.";

/// `ulid encode base32`.
pub(crate) struct Encode;

impl PluginCommand for Encode {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid encode base32"
    }

    fn signature(&self) -> Signature {
        args::on_error_flag(args::signature(self.name()))
            .rest("paths", SyntaxShape::CellPath, PATHS)
            .input_output_types(vec![
                (Type::Nothing, Type::Nothing),
                (Type::String, Type::String),
                (Type::Binary, Type::String),
                (Type::record(), Type::record()),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Encode text or bytes of any length in Crockford's base 32."
    }

    fn extra_description(&self) -> &str {
        "Nushell's `encode base32` writes the alphabet of RFC 4648, which is another one."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["crockford", "base32"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![Example {
            example: "'Hello, world!' | ulid encode base32",
            description: "Encode text",
            result: Some(Value::test_string("91JPRV3F5GG7EVVJDHJ22")),
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
        let paths = args::paths(call, 0)?;
        filter::map_bytes(engine, call.head, input, rules, paths, |_, item| {
            let bytes = match item {
                Value::String { val, .. } => val.as_bytes(),
                Value::Binary { val, .. } => val.as_slice(),
                Value::Error { error, .. } => return Err(error.as_ref().clone().into()),
                _ => return Err(label::wrong_type(item, "text or bytes")),
            };
            Ok(Value::string(encode_bytes(bytes), item.span()))
        })
    }
}

/// `ulid decode base32`.
pub(crate) struct Decode;

impl PluginCommand for Decode {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid decode base32"
    }

    fn signature(&self) -> Signature {
        args::item_flags(args::signature(self.name()))
            .rest("paths", SyntaxShape::CellPath, PATHS)
            .input_output_types(vec![
                (Type::Nothing, Type::Nothing),
                (Type::String, Type::Binary),
                (Type::record(), Type::record()),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Decode Crockford's base 32 to the bytes it stands for."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["crockford", "base32"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "'91JPRV3F5GG7EVVJDHJ22' | ulid decode base32",
                description: "Decode to bytes; `decode` makes them text",
                result: Some(Value::test_binary(*b"Hello, world!")),
            },
            Example {
                example: "'d1jp-rv3f' | ulid decode base32 --lenient",
                description: "Skip hyphens",
                result: Some(Value::test_binary(*b"hello")),
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
            let text = match item {
                Value::String { val, .. } => val,
                Value::Error { error, .. } => return Err(error.as_ref().clone().into()),
                _ => return Err(label::wrong_type(item, "text")),
            };
            let bytes = match decode_bytes(text, Reading::Strict) {
                Ok(bytes) => bytes,
                Err(_) => decode_bytes(text, rules.reading()?)
                    .map_err(|fault| label::no_base32(&fault, item.span()))?,
            };
            Ok(Value::binary(bytes, item.span()))
        })
    }
}
