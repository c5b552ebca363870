mod browser;
mod foreground;

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{Example, LabeledError, PipelineData, Signature, SyntaxShape, Type, Value};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    source::{self, Source},
};
use browser::Browser;

/// `ulid explore`.
pub(crate) struct Explore;

impl PluginCommand for Explore {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid explore"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::lenient_flag(args::signature(self.name())))
            .rest(
                "files",
                SyntaxShape::GlobPattern,
                "Files of IDs: lines, CSV, TSV, JSON, text, bytes, gzip or zstd; else the input is shown.",
            )
            .input_output_types(vec![
                (Type::Nothing, Type::list(Type::String)),
                (Type::String, Type::list(Type::String)),
                (Type::Binary, Type::list(Type::String)),
                (Type::list(Type::Any), Type::list(Type::String)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Browse ULIDs in the terminal with ulid-tui, and get those that were picked there."
    }

    fn extra_description(&self) -> &str {
        "Enter picks the marked rows, or the one under the cursor; `m` marks, `?` shows all keys, and `q` leaves with nothing \
         picked. The program is looked for beside this plugin and on the PATH; `cargo install --locked --path tui` in the \
         checkout installs it. What comes in is shown while it flows."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["browse", "pick", "tui", "view", "select"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "ulid explore orders.csv | ulid parse",
                description: "Pick orders on the screen, and take their IDs apart",
                result: None,
            },
            Example {
                example: "try { [[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | ulid explore } catch {|error| $error.details.help }",
                description: "A table is an error that says what to do",
                result: Some(Value::test_string(
                    "take the column that holds the ID, as in `get id | ulid explore`",
                )),
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
        let files = source::files(engine, call)?;
        let input = if files.is_empty() {
            Some(source::bytes(input, self.name(), call.head)?)
        } else {
            None
        };
        let rules = Rules::of(engine, call)?;
        let browser = Browser {
            files: files.iter().filter_map(Source::path).collect(),
            reading: rules.reading()?,
            zone: rules.zone()?,
        };
        let picked = browser.pick(engine, input, call.head)?;
        let picked = picked.lines().map(|id| Value::string(id, call.head));
        Ok(PipelineData::value(
            Value::list(picked.collect(), call.head),
            None,
        ))
    }
}
