//! The plugin that does nothing: what every command pays for crossing into a plugin and back.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use nu_plugin::{
    EngineInterface, EvaluatedCall, MsgPackSerializer, Plugin, PluginCommand, SimplePluginCommand,
    serve_plugin,
};
use nu_protocol::{LabeledError, ListStream, PipelineData, Signature, SyntaxShape, Type, Value};

/// True if Nushell has started this program as a plugin.
pub(crate) fn is_wanted(arguments: &[String]) -> bool {
    ["--local-socket", "--stdio"]
        .iter()
        .any(|mode| arguments.first().is_some_and(|first| first == mode))
}

/// Serves the commands until Nushell goes.
pub(crate) fn serve() {
    serve_plugin(&Passing::default(), MsgPackSerializer);
}

#[derive(Default)]
struct Passing {
    kept: Mutex<HashMap<String, Value>>,
}

impl Plugin for Passing {
    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn commands(&self) -> Vec<Box<dyn PluginCommand<Plugin = Passing>>> {
        vec![
            Box::new(PassThrough),
            Box::new(Keep),
            Box::new(Give),
            Box::new(Rows),
        ]
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

/// Equal rows, of which nothing has to be read or worked out: what Nushell and its library take for a stream of them.
struct Rows;

impl PluginCommand for Rows {
    type Plugin = Passing;

    fn name(&self) -> &str {
        "pass rows"
    }

    fn signature(&self) -> Signature {
        Signature::build(self.name())
            .input_output_type(Type::Nothing, Type::Any)
            .required("count", SyntaxShape::Int, "How many.")
            .required("row", SyntaxShape::Any, "Each of them.")
    }

    fn description(&self) -> &str {
        "Give the same row again and again."
    }

    fn run(
        &self,
        _plugin: &Passing,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        _input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let (count, row): (usize, Value) = (call.req(0)?, call.req(1)?);
        let rows = std::iter::repeat_n(row, count);
        let stream = ListStream::new(rows, call.head, engine.signals().clone());
        Ok(PipelineData::list_stream(stream, None))
    }
}

struct Keep;

impl SimplePluginCommand for Keep {
    type Plugin = Passing;

    fn name(&self) -> &str {
        "pass keep"
    }

    fn signature(&self) -> Signature {
        Signature::build("pass keep")
            .input_output_type(Type::Any, Type::Nothing)
            .required("name", SyntaxShape::String, "What to give it back by.")
    }

    fn description(&self) -> &str {
        "Keep what comes in."
    }

    fn run(
        &self,
        plugin: &Passing,
        _engine: &EngineInterface,
        call: &EvaluatedCall,
        input: &Value,
    ) -> Result<Value, LabeledError> {
        let mut kept = plugin.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(call.req(0)?, input.clone());
        Ok(Value::nothing(call.head))
    }
}

struct Give;

impl SimplePluginCommand for Give {
    type Plugin = Passing;

    fn name(&self) -> &str {
        "pass give"
    }

    fn signature(&self) -> Signature {
        Signature::build("pass give")
            .input_output_type(Type::Nothing, Type::Any)
            .required("name", SyntaxShape::String, "What it was kept by.")
    }

    fn description(&self) -> &str {
        "Give what was kept: what Nushell takes to read it."
    }

    fn run(
        &self,
        plugin: &Passing,
        _engine: &EngineInterface,
        call: &EvaluatedCall,
        _input: &Value,
    ) -> Result<Value, LabeledError> {
        let name: String = call.req(0)?;
        let kept = plugin.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let value = kept.get(&name).cloned();
        value.ok_or_else(|| LabeledError::new(format!("nothing was kept as {name:?}")))
    }
}
