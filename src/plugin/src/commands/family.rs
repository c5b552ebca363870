//! `ulid`: the help of all commands.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, Type, Value};

use crate::{UlidPlugin, args};

/// `ulid`: the help of the family.
pub(crate) struct Family;

impl PluginCommand for Family {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid"
    }

    fn signature(&self) -> Signature {
        args::signature(self.name()).input_output_type(Type::Nothing, Type::String)
    }

    fn description(&self) -> &str {
        "Make, read, check, sort and find ULIDs."
    }

    fn extra_description(&self) -> &str {
        "An ID in a pipeline is its text of 26 upper-case characters. Commands take a string, a list, a stream, or a \
         table with the cell paths of its IDs.

Defaults come from $env.config.plugins.ulid, a record of
  reading   strict or lenient (I and L read as 1, O as 0, hyphens skipped)
  on_error  error, null or drop
  zone      UTC, local, or a name such as Europe/Berlin, for datetimes"
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["id", "uuid", "identifier", "crockford"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![Example {
            example: "ulid | describe",
            description: "Show this help",
            result: Some(Value::test_string("string")),
        }]
    }

    fn run(
        &self,
        _plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        _input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let help = Value::string(engine.get_help()?, call.head);
        Ok(PipelineData::value(help, None))
    }
}
