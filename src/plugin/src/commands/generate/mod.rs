//! `ulid generate`: one ID, a list, a stream, or lines of text.

mod plan;

use nu_plugin::{DynamicCompletionCall, EngineInterface, EvaluatedCall, PluginCommand};
#[expect(
    deprecated,
    reason = "Nushell marks its dynamic completion as experimental"
)]
use nu_protocol::engine::ExperimentalMarker;
use nu_protocol::{
    ByteStream, ByteStreamType, DynamicSuggestion, Example, LabeledError, PipelineData,
    PipelineMetadata, ShellError, Signature, Span, SyntaxShape, Type, Value, engine::ArgType,
};

use ulid_engine::{Timestamp, Ulid, codec};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, times, value,
    wire::has_more,
};
use plan::Plan;

/// Up to this many IDs are answered as one list, which costs a fifth of streaming them.
const LIST_MAX: u64 = 100_000;

/// IDs of one piece of a byte stream; 27 bytes each.
const LINES_AT_ONCE: usize = 2_400;

const ALIAS: &str = "random ulid";

/// `ulid generate`, and `random ulid`.
pub(crate) struct Generate {
    name: &'static str,
}

impl Generate {
    pub(super) const COMMAND: Generate = Generate {
        name: "ulid generate",
    };
    pub(super) const ALIAS: Generate = Generate { name: ALIAS };
}

impl PluginCommand for Generate {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> Signature {
        args::on_error_flag(args::signature(self.name))
            .named(
                "count",
                SyntaxShape::Int,
                "How many; a list of them.",
                Some('c'),
            )
            .named(
                "timestamp",
                SyntaxShape::Any,
                "Their time: a datetime, or milliseconds since 1970. Default: now.",
                Some('t'),
            )
            .switch("zeroed", "The smallest ULID of the time.", Some('0'))
            .switch("oned", "The largest ULID of the time.", Some('1'))
            .switch(
                "random",
                "Each random by itself, in no order within a millisecond.",
                None,
            )
            .named(
                "after",
                SyntaxShape::String,
                "Go on after this ID, the last one of an earlier run say.",
                None,
            )
            .named(
                "seed",
                SyntaxShape::Int,
                "Randomness that can be repeated, for tests.",
                None,
            )
            .switch(
                "lines",
                "Text with one ID a line, for files and programs.",
                None,
            )
            .input_output_types(vec![
                (Type::Nothing, Type::Any),
                (Type::Date, Type::String),
                (Type::record(), Type::String),
                (Type::list(Type::Any), Type::list(Type::String)),
                (Type::table(), Type::list(Type::String)),
                // refused, with a better word than Nushell's
                (Type::Any, Type::Any),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Make new ULIDs: one, many, or one for each datetime of the input."
    }

    fn extra_description(&self) -> &str {
        "IDs are monotonic: each is larger than all that this plugin gave out since it was started, from whichever call or \
         thread. Within a millisecond the next ID is the last one plus one, so somebody who sees an ID can guess its \
         neighbours. Use `--random` where that matters, and never use an ID as a password, a session or a reset \
         token: its time is public in any case. Within one millisecond 2^80 IDs are an error, never a wrap.

Input may be datetimes, or records of `timestamp` and `random` (10 bytes or a whole number) as `ulid parse` gives. \
         A count up to 100,000 gives a list, more a stream."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["new", "create", "id", "random", "monotonic", "uuid"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        if self.name == ALIAS {
            return vec![Example {
                example: "random ulid --timestamp 2024-01-01 --oned",
                description: "The largest ID of a time",
                result: Some(Value::test_string("01HK153X00ZZZZZZZZZZZZZZZZ")),
            }];
        }
        vec![
            Example {
                example: "ulid generate",
                description: "Make an ID",
                result: None,
            },
            Example {
                example: "ulid generate --count 3 | length",
                description: "Make a list of IDs in ascending order",
                result: None,
            },
            Example {
                example: "ulid generate --timestamp 2024-01-01 --zeroed",
                description: "The smallest ID of a time, to compare others with",
                result: Some(Value::test_string("01HK153X000000000000000000")),
            },
            Example {
                example: "[2016-07-30T23:54:10.259Z, 2024-01-01] | ulid generate --oned",
                description: "One ID for each datetime",
                result: Some(Value::test_list(vec![
                    Value::test_string("01ARZ3NDEKZZZZZZZZZZZZZZZZ"),
                    Value::test_string("01HK153X00ZZZZZZZZZZZZZZZZ"),
                ])),
            },
            Example {
                example: "{timestamp: 2016-07-30T23:54:10.259Z, random: 0x[d6764c61efb99302bd5b]} | ulid generate",
                description: "Put an ID together from its parts",
                result: Some(Value::test_string("01ARZ3NDEKTSV4RRFFQ69G5FAV")),
            },
        ]
    }

    fn run(
        &self,
        plugin: &UlidPlugin,
        engine: &EngineInterface,
        call: &EvaluatedCall,
        input: PipelineData,
    ) -> Result<PipelineData, LabeledError> {
        if !input.is_nothing() {
            let mut plan = Plan::for_input(call)?;
            let rules = Rules::of(engine, call)?;
            return filter::map(
                engine,
                call.head,
                input,
                rules,
                Vec::new(),
                move |_, item| plan.id_for(item),
            );
        }
        let mut plan = Plan::of(call, &plugin.generator)?;
        let head = call.head;
        if call.has_flag("lines")? {
            return lines(engine, plan, head);
        }
        match plan.count {
            None => Ok(PipelineData::value(value::id(plan.id()?, head), None)),
            Some(count) if count <= LIST_MAX => {
                let mut room = vec![0; usize::try_from(count).unwrap_or_default()];
                let ids = plan.fill(&mut room)?.iter();
                let ids = ids.map(|&key| value::id(Ulid::from_u128(key), head));
                Ok(PipelineData::value(Value::list(ids.collect(), head), None))
            }
            Some(_) => Ok(filter::stream(engine, head, Values { plan, ended: false })),
        }
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
        matches!(argument, ArgType::Flag(name) if name == "timestamp")
            .then(|| times::days(Timestamp::now()))
    }
}

/// The IDs of a plan as a stream; it ends after an error.
struct Values {
    plan: Plan,
    ended: bool,
}

impl Iterator for Values {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        if self.ended || !self.plan.take_one() {
            return None;
        }
        let head = self.plan.head;
        // nothing has to come first for the next one
        has_more(true);
        Some(match self.plan.id() {
            Ok(id) => value::id(id, head),
            Err(error) => {
                self.ended = true;
                Value::error(ShellError::from(error), head)
            }
        })
    }
}

/// The IDs of a plan as text. The first piece is made at once: what is wrong with it is then an error of the call,
/// which keeps its words, where an error in a byte stream loses them.
#[expect(
    clippy::result_large_err,
    reason = "the error type is that of Nushell's byte streams"
)]
fn lines(
    engine: &EngineInterface,
    mut plan: Plan,
    head: Span,
) -> Result<PipelineData, LabeledError> {
    plan.count.get_or_insert(1);
    let mut room = vec![0; LINES_AT_ONCE];
    let mut piece = Vec::new();
    codec::print_lines(plan.fill(&mut room)?, &mut piece);
    let pieces = move |bytes: &mut Vec<u8>| {
        if piece.is_empty() {
            return Ok(false);
        }
        bytes.append(&mut piece);
        codec::print_lines(plan.fill(&mut room)?, &mut piece);
        Ok(true)
    };
    let signals = engine.signals().clone();
    let stream = ByteStream::from_fn(head, signals, ByteStreamType::String, pieces);
    let metadata = PipelineMetadata::default().with_content_type(Some("text/plain".to_owned()));
    Ok(PipelineData::byte_stream(stream, Some(metadata)))
}
