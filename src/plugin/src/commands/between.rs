//! `ulid between`: IDs of a range of time. What a text means as a time is for `dataset` and `human-date-parser`.

use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    DynamicSuggestion, Example, LabeledError, PipelineData, Signature, SyntaxShape, Type, Value,
    engine::ArgType,
};
use ulid_engine::{Timestamp, Ulid};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label, times, value,
};

/// `ulid between`.
pub(crate) struct Between;

impl PluginCommand for Between {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid between"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::item_flags(args::signature(self.name())))
            .optional("path", SyntaxShape::CellPath, "The cell that holds the ID of a row.")
            .named(
                "since",
                SyntaxShape::Any,
                "The first time within: a datetime, a text such as '2 days ago', milliseconds since 1970, or a duration before now.",
                None,
            )
            .named("until", SyntaxShape::Any, "The first time no longer within: likewise.", None)
            .input_output_types(vec![
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Keep the rows whose ULID lies within a time."
    }

    fn extra_description(&self) -> &str {
        "With `--on-error null` and `--on-error drop` rows without a ULID are left out."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["where", "filter", "range", "since", "until"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "[01ARZ3NDEKTSV4RRFFQ69G5FAV, 01HK153X000000000000000000] | ulid between --since 2024-01-01",
                description: "IDs from a time on",
                result: Some(Value::test_list(vec![Value::test_string(
                    "01HK153X000000000000000000",
                )])),
            },
            Example {
                example: "[[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | ulid between id --since 2016-07-30 --until 2016-07-31 | length",
                description: "Rows of a day",
                result: None,
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
        let rules = Rules::of(engine, call)?;
        let path = args::path(call, 0)?;
        let now = Timestamp::now();
        let zone = rules.zone()?.clone();
        let bound = |name: &str| -> Result<Option<Timestamp>, LabeledError> {
            let moment = call
                .get_flag_value(name)
                .map(|value| value::moment(&value, now, &zone));
            moment.transpose()
        };
        let (since, until) = (bound("since")?, bound("until")?);
        if since.zip(until).is_some_and(|(since, until)| until < since) {
            let span = |name| call.get_flag_span(name).unwrap_or(call.head);
            return Err(label::backwards(span("since"), Some(span("until"))));
        }
        let (since, until) = (
            since.map(Timestamp::first_id),
            until.map(Timestamp::first_id),
        );
        let is_within = move |id: Ulid| {
            since.is_none_or(|since| id >= since) && until.is_none_or(|until| id < until)
        };
        filter::each(engine, call.head, input, move |row| {
            let id = filter::id_of_row(&rules, &row, path.as_ref())?;
            Ok(id.is_some_and(is_within).then_some(row))
        })
    }

    #[expect(
        deprecated,
        reason = "the only way yet to offer values that depend on the clock"
    )]
    fn get_dynamic_completion(
        &self,
        _plugin: &UlidPlugin,
        _engine: &EngineInterface,
        _call: DynamicCompletionCall,
        argument: ArgType,
        _experimental: ExperimentalMarker,
    ) -> Option<Vec<DynamicSuggestion>> {
        matches!(argument, ArgType::Flag(name) if name == "since" || name == "until")
            .then(|| times::moments(Timestamp::now()))
    }
}
