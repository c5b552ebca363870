//! `ulid explain`: the way in which a condition was read.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, SyntaxShape, Type, Value};
use ulid_engine::dataset::Dataset;

use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset::{self, Files, Meaning},
    label,
};

/// `ulid explain`.
pub(crate) struct Explain;

impl PluginCommand for Explain {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid explain"
    }

    fn signature(&self) -> Signature {
        let signature = args::signature(self.name())
            .required(
                "condition",
                SyntaxShape::String,
                "A condition as --filter of `ulid open` takes it.",
            )
            .rest(
                "files",
                SyntaxShape::GlobPattern,
                "Files whose columns the condition names; without one any name may be that of a column.",
            );
        dataset::flags(signature).input_output_type(Type::Nothing, Type::list(Type::String))
    }

    fn description(&self) -> &str {
        "Say how a condition was read: its times, the IDs that can meet it, and what is read of a row."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["plan", "query", "filter"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let told = |sentences: &[&str]| {
            let sentences = sentences.iter().map(|text| Value::test_string(*text));
            Some(Value::test_list(sentences.collect()))
        };
        vec![
            Example {
                example: "ulid explain \"time == 2025-01\"",
                description: "The span of a month",
                result: told(&[
                    "2025-01-01T00:00:00.000Z <= time <= 2025-01-31T23:59:59.999Z",
                    "nothing else of a row is read",
                ]),
            },
            Example {
                example: "ulid explain \"took > 100 and valid\"",
                description: "A column, and what is known of the ID",
                result: told(&[
                    "rows with an ID",
                    "each row among them is tested: `took` as a number > 100",
                    "read of a row: the column `took`",
                ]),
            },
        ]
    }

    fn run(
        &self,
        _plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        _input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        let rules = Rules::of(engine, call)?;
        let condition: Value = call.req(0)?;
        let files = Files::named(engine, call, 1)?;
        let meaning = Meaning::of(engine, &rules, "ulid explain")?;
        let query = match files.paths.is_empty() {
            true => {
                dataset::refuse_flags(call, &[])?;
                meaning
                    .condition_of_any(&meaning.any_column(), &condition)?
                    .query
            }
            false => {
                let opened = Dataset::open_paths(&files.paths, &dataset::options(&rules, call)?);
                let dataset = files.opened(opened)?;
                let dataset = dataset.ok_or_else(|| label::no_rows(files.place()))?;
                meaning
                    .condition(&meaning.scope(&dataset), &condition)?
                    .query
            }
        };
        let told = query.explain(meaning.zone());
        let told = told.into_iter().map(|text| Value::string(text, call.head));
        Ok(PipelineData::value(
            Value::list(told.collect(), call.head),
            None,
        ))
    }
}
