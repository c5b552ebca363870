//! `ulid to-uuid`, `ulid to-binary`, `ulid to-hex`, `ulid to-int`: one command in four forms.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, Type, Value};
use ulid_engine::{Ulid, row::Spelling, version7::as_version_7};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter,
};

/// A command that turns ULIDs into another form.
pub(crate) struct To {
    target: Target,
    name: &'static str,
    description: &'static str,
    example: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Bytes,
    Text(Spelling),
}

impl To {
    pub(super) const UUID: To = To {
        target: Target::Text(Spelling::Uuid),
        name: "ulid to-uuid",
        description: "Write ULIDs as UUIDs of the same 128 bits.",
        example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid to-uuid",
    };
    pub(super) const BINARY: To = To {
        target: Target::Bytes,
        name: "ulid to-binary",
        description: "Turn ULIDs into their 16 bytes, most significant first.",
        example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid to-binary",
    };
    pub(super) const HEX: To = To {
        target: Target::Text(Spelling::Hex),
        name: "ulid to-hex",
        description: "Write ULIDs as 32 hexadecimal digits.",
        example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid to-hex",
    };
    pub(super) const INT: To = To {
        target: Target::Text(Spelling::Integer),
        name: "ulid to-int",
        description: "Write ULIDs as decimal integers. Nushell's integers have 64 bits, so this is text.",
        example: "'01ARZ3NDEKTSV4RRFFQ69G5FAV' | ulid to-int",
    };

    fn is_uuid(&self) -> bool {
        self.target == Target::Text(Spelling::Uuid)
    }

    fn output(&self) -> Type {
        match self.target {
            Target::Bytes => Type::Binary,
            Target::Text(_) => Type::String,
        }
    }
}

/// The value that every first example shows.
const EXAMPLE: Ulid = Ulid::from_u128(0x0156_3e3a_b5d3_d676_4c61_efb9_9302_bd5b);

impl PluginCommand for To {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> Signature {
        let signature = args::filter_signature(self.name)
            .input_output_types(vec![
                (Type::Nothing, Type::Nothing),
                (Type::String, self.output()),
                (Type::Binary, self.output()),
                (Type::record(), Type::record()),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true);
        if self.is_uuid() {
            signature.switch(
                "v7",
                "Mark them as UUIDs of version 7. The marks overwrite 6 of the 80 random bits, which are lost.",
                None,
            )
        } else {
            signature
        }
    }

    fn description(&self) -> &str {
        self.description
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["convert", "form", "uuid", "bytes"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let mut examples = vec![Example {
            example: self.example,
            description: "Convert one",
            result: Some(match self.target {
                Target::Bytes => Value::test_binary(EXAMPLE.to_bytes()),
                Target::Text(form) => Value::test_string(form.print(EXAMPLE)),
            }),
        }];
        if self.is_uuid() {
            examples.push(Example {
                example: "[01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid to-uuid --v7",
                description: "A list, for programs that take nothing but version 7",
                result: Some(Value::test_list(vec![Value::test_string(
                    "01563e3a-b5d3-7676-8c61-efb99302bd5b",
                )])),
            });
        }
        examples
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
        let (target, as_v7) = (self.target, self.is_uuid() && call.has_flag("v7")?);
        let change = match target {
            Target::Bytes => filter::transform,
            Target::Text(_) => filter::map,
        };
        change(
            engine,
            call.head,
            input,
            rules,
            paths,
            move |rules: &Rules, item: &Value| {
                let id = rules.id(item)?;
                let id = if as_v7 { as_version_7(id) } else { id };
                Ok(match target {
                    Target::Bytes => Value::binary(id.to_bytes(), item.span()),
                    Target::Text(form) => Value::string(form.print(id), item.span()),
                })
            },
        )
    }
}
