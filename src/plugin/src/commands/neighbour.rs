//! `ulid next` and `ulid prev`.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, Type, Value};
use ulid_engine::{Ulid, generate};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label, value,
};

/// A command that gives the ULID on one side of another.
pub(crate) struct Neighbour {
    name: &'static str,
    description: &'static str,
    example: &'static str,
    result: &'static str,
    step: fn(Ulid) -> Option<Ulid>,
}

impl Neighbour {
    pub(super) const NEXT: Neighbour = Neighbour {
        name: "ulid next",
        description: "Get the ULID that follows, in the order of values.",
        example: "'01ARZ3NDEKTSV4RRFFQ69G5FAZ' | ulid next",
        result: "01ARZ3NDEKTSV4RRFFQ69G5FB0",
        step: generate::next,
    };
    pub(super) const PREVIOUS: Neighbour = Neighbour {
        name: "ulid prev",
        description: "Get the ULID that precedes, in the order of values.",
        example: "'01ARZ3NDEKTSV4RRFFQ69G5FB0' | ulid prev",
        result: "01ARZ3NDEKTSV4RRFFQ69G5FAZ",
        step: generate::previous,
    };
}

impl PluginCommand for Neighbour {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> Signature {
        args::filter_signature(self.name)
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
        self.description
    }

    fn extra_description(&self) -> &str {
        "Turns an open bound into a closed one. There is none at the ends: that is an error."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["successor", "predecessor", "increment", "bound"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![Example {
            example: self.example,
            description: "The neighbour of an ID",
            result: Some(Value::test_string(self.result)),
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
        let step = self.step;
        filter::map(
            engine,
            call.head,
            input,
            rules,
            paths,
            move |rules, item| {
                let span = item.span();
                match step(rules.id(item)?) {
                    Some(neighbour) => Ok(value::id(neighbour, span)),
                    None => Err(label::at_the_end(span)),
                }
            },
        )
    }
}
