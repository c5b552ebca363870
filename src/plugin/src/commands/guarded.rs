//! Every command with a guard around it, for errors that would show the environment. The guard knows no command in
//! particular.

use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    DynamicSuggestion, Example, LabeledError, PipelineData, ShellError, Signature, Span, Value,
    engine::ArgType,
};

use crate::UlidPlugin;

/// A command whose errors never point into the environment.
///
/// A value of a variable stands, for Nushell, in a source that lists all variables, and the picture of an error there shows
/// its neighbours as well. Such an error is labelled at the command instead.
pub(crate) struct Guarded(pub(crate) Box<dyn PluginCommand<Plugin = UlidPlugin>>);

impl PluginCommand for Guarded {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        self.0.name()
    }

    fn signature(&self) -> Signature {
        self.0.signature()
    }

    fn description(&self) -> &str {
        self.0.description()
    }

    fn extra_description(&self) -> &str {
        self.0.extra_description()
    }

    fn search_terms(&self) -> Vec<&str> {
        self.0.search_terms()
    }

    fn examples(&self) -> Vec<Example<'_>> {
        self.0.examples()
    }

    fn run(
        &self,
        plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let guard = Guard {
            engine: engine.clone(),
            head: call.head,
        };
        match self.0.run(plugin, engine, call, input) {
            Err(error) => Err(guard.labelled(error)),
            Ok(PipelineData::ListStream(stream, metadata)) => {
                let stream = stream.modify(move |items| items.map(move |item| guard.value(item)));
                Ok(PipelineData::list_stream(stream, metadata))
            }
            Ok(output) => Ok(output),
        }
    }

    #[expect(deprecated, reason = "the command behind it may offer values")]
    fn get_dynamic_completion(
        &self,
        plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: DynamicCompletionCall,
        argument: ArgType,
        experimental: ExperimentalMarker,
    ) -> Option<Vec<DynamicSuggestion>> {
        self.0
            .get_dynamic_completion(plugin, engine, call, argument, experimental)
    }
}

struct Guard {
    engine: EngineInterface,
    head: Span,
}

impl Guard {
    fn value(&self, value: Value) -> Value {
        match value {
            Value::Error {
                error,
                internal_span,
                ..
            } => match *error {
                ShellError::LabeledError(labelled) => {
                    let labelled = self.labelled(*labelled);
                    Value::error(labelled.into(), internal_span)
                }
                other => Value::error(other, internal_span),
            },
            value => value,
        }
    }

    fn labelled(&self, mut error: LabeledError) -> LabeledError {
        for label in error.labels.iter_mut() {
            if self.is_of_environment(label.span) {
                label.span = self.head;
            }
        }
        error
    }

    /// True for a place in the first source that Nushell knows, which lists the variables that it was started with.
    fn is_of_environment(&self, place: Span) -> bool {
        // a place that is not known is shown at the begin of that source
        if place == Span::unknown() {
            return true;
        }
        let from_begin = Span::new(0, place.end);
        let text = self.engine.get_span_contents(from_begin);
        text.is_ok_and(|text| !text.is_empty())
    }
}
