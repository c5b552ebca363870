//! The plugin that does nothing: what every command pays for crossing into a plugin and back.

use nu_plugin::{
    EngineInterface, EvaluatedCall, MsgPackSerializer, Plugin, PluginCommand, serve_plugin,
};
use nu_protocol::{LabeledError, PipelineData, Signature, Type};

/// Whether Nushell has started this program as a plugin.
pub(crate) fn is_wanted(arguments: &[String]) -> bool {
    ["--local-socket", "--stdio"]
        .iter()
        .any(|mode| arguments.first().is_some_and(|first| first == mode))
}

/// Serves `pass through` until Nushell goes.
pub(crate) fn serve() {
    serve_plugin(&Passing, MsgPackSerializer);
}

struct Passing;

impl Plugin for Passing {
    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn commands(&self) -> Vec<Box<dyn PluginCommand<Plugin = Passing>>> {
        vec![Box::new(PassThrough)]
    }
}

struct PassThrough;

impl PluginCommand for PassThrough {
    type Plugin = Passing;

    fn name(&self) -> &str {
        "pass through"
    }

    fn signature(&self) -> Signature {
        Signature::build(self.name()).input_output_type(Type::Any, Type::Any)
    }

    fn description(&self) -> &str {
        "Give back what comes in."
    }

    fn run(
        &self,
        _plugin: &Passing,
        _engine: &EngineInterface,
        _call: &EvaluatedCall,
        input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        Ok(input)
    }
}
