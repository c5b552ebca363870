//! `ulid info`: what a report of a fault has to name.

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
    use std::{fs, path::Path};

    use super::NUSHELL_VERSION;

    #[test]
    fn the_version_of_nushell_is_that_of_the_dependency() {
        // In a checkout the workspace states it, in a package the manifest itself.
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let stated = [own.join("../../Cargo.toml"), own.join("Cargo.toml")]
            .into_iter()
            .filter_map(|path| fs::read_to_string(path).ok())
            .find_map(|manifest| stated(&manifest));
        assert_eq!(stated.as_deref(), Some(NUSHELL_VERSION));
    }

    /// The exact version of the dependency in a manifest, on its line or below its heading.
    fn stated(manifest: &str) -> Option<String> {
        let on_a_line = manifest.split("\nnu-plugin = \"=").nth(1);
        let below = || {
            let table = manifest.split("[dependencies.nu-plugin]").nth(1)?;
            table.split("version = \"=").nth(1)
        };
        let version = on_a_line.or_else(below)?;
        Some(version.split('"').next()?.to_owned())
    }
}
