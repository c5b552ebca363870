use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, Type, Value, record,
};
use ulid_engine::{Timestamp, codec::Kernel, timestamp::TimeZone};

use crate::{NUSHELL_VERSION, UlidPlugin, args, value};

/// `ulid info`.
pub(crate) struct Info;

impl PluginCommand for Info {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid info"
    }

    fn signature(&self) -> Signature {
        args::signature(self.name()).input_output_type(Type::Nothing, Type::record())
    }

    fn description(&self) -> &str {
        "Show what this plugin is, and what it runs on."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["version", "about"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![Example {
            example: "(ulid info).nushell",
            description: "The version of Nushell that the plugin was built for",
            result: Some(Value::test_string(NUSHELL_VERSION)),
        }]
    }

    fn run(
        &self,
        _plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        _input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let info = about(engine.is_using_stdio(), call.head);
        Ok(PipelineData::value(Value::record(info, call.head), None))
    }
}

fn about(uses_stdio: bool, span: Span) -> Record {
    let transport = if uses_stdio { "stdio" } else { "local socket" };
    let limits = record! {
        "earliest" => value::datetime(Timestamp::MIN, &TimeZone::UTC, span),
        "latest" => value::datetime(Timestamp::MAX, &TimeZone::UTC, span),
        "largest" => value::id(Timestamp::MAX.last_id(), span),
    };
    record! {
        "version" => Value::string(env!("CARGO_PKG_VERSION"), span),
        "nushell" => Value::string(NUSHELL_VERSION, span),
        "transport" => Value::string(transport, span),
        "kernel" => Value::string(Kernel::active().name(), span),
        "license" => Value::string(env!("CARGO_PKG_LICENSE"), span),
        "limits" => Value::record(limits, span),
    }
}

#[cfg(test)]
mod tests {
    use super::NUSHELL_VERSION;

    #[test]
    fn the_version_of_nushell_is_that_of_the_dependency() {
        let workspace = include_str!("../../../../Cargo.toml");
        assert!(workspace.contains(&format!("nu-plugin = \"={NUSHELL_VERSION}\"")));
    }
}
