//! `ulid validate`: whether a text is an ID, and where not. The rules are those of the engine.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, SyntaxShape, Type, Value,
    ast::{CellPath, PathMember},
    casing::Casing,
    record,
};
use ulid_engine::{Reading, Ulid, anatomy::repair, codec};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter, label, value,
};

/// `ulid validate`.
pub(crate) struct Validate;

impl PluginCommand for Validate {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid validate"
    }

    fn signature(&self) -> Signature {
        args::lenient_flag(args::signature(self.name()))
            .optional(
                "id",
                SyntaxShape::CellPath,
                "The text to check where nothing comes in; else a cell path too.",
            )
            .rest(
                "paths",
                SyntaxShape::CellPath,
                "The cells that hold IDs, for records and tables.",
            )
            .switch(
                "detailed",
                "Say what is wrong, where, and what it may stand for.",
                Some('d'),
            )
            .input_output_types(vec![
                (Type::Nothing, Type::Any),
                (Type::String, Type::Any),
                (Type::Binary, Type::Any),
                (Type::record(), Type::record()),
                (Type::table(), Type::table()),
                (Type::list(Type::Any), Type::list(Type::Any)),
                (Type::Any, Type::Any),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Check whether values are ULIDs."
    }

    fn extra_description(&self) -> &str {
        "Answers true or false, for a list a list of them, for a table with cell paths the table with these cells \
         replaced. A value of another type is no ULID, and no error."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["check", "valid", "verify", "repair"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV",
                description: "Check one ID",
                result: Some(Value::test_bool(true)),
            },
            Example {
                example: "[01ARZ3NDEKTSV4RRFFQ69G5FAV, 8ZZZZZZZZZZZZZZZZZZZZZZZZZ] | ulid validate",
                description: "Check a list; the second is larger than the largest ULID",
                result: Some(Value::test_list(vec![
                    Value::test_bool(true),
                    Value::test_bool(false),
                ])),
            },
            Example {
                example: "'OlARZ3NDEKTSV4RRFFQ69G5FAV' | ulid validate --detailed",
                description: "Learn what is wrong with an ID, and what it may stand for",
                result: Some(Value::test_record(record! {
                    "valid" => Value::test_bool(false),
                    "fault" => Value::test_string("character"),
                    "position" => Value::test_int(1),
                    "message" => Value::test_string(
                        "invalid character at character 1: 'O' is not in the alphabet; it may stand for 0, which only \
                         a lenient reading assumes"
                    ),
                    "canonical" => Value::test_nothing(),
                    "repair" => Value::test_string("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                })),
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
        let detailed = call.has_flag("detailed")?;
        let mut paths = args::paths(call, 0)?;
        let input = match paths.first() {
            Some(first) if is_to_be_checked(first, &input, call) => {
                PipelineData::value(argument(&paths.remove(0), call), None)
            }
            _ => input,
        };
        filter::transform(
            engine,
            call.head,
            input,
            rules,
            paths,
            move |rules, item| check(rules, item, detailed),
        )
    }
}

/// True if the first argument is to be checked itself, as nothing comes in that could have a cell of that name. Inside of
/// `each {|id| ulid validate $id }` the item at hand comes in unasked.
fn is_to_be_checked(first: &CellPath, input: &PipelineData, call: &EvaluatedCall) -> bool {
    match input {
        PipelineData::Value(row @ Value::Record { .. }, _) => {
            // a path stands in the code as it is, a text mostly in a variable
            let is_text = matches!(call.positional.first(), Some(Value::String { .. }));
            is_text && row.follow_cell_path(&first.members).is_err()
        }
        PipelineData::Value(Value::List { .. }, _) | PipelineData::ListStream(..) => false,
        _ => true,
    }
}

/// The text that was given as the first argument, which is declared as a cell path.
fn argument(path: &CellPath, call: &EvaluatedCall) -> Value {
    let span = call.positional.first().map_or(call.head, Value::span);
    let members: Vec<String> = path.members.iter().map(as_written).collect();
    Value::string(members.join("."), span)
}

/// A member of a path with its marks, which are no part of its name: as a text they are what makes it no ID.
fn as_written(member: &PathMember) -> String {
    let (name, optional, insensitive) = match member {
        PathMember::String {
            val,
            optional,
            casing,
            ..
        } => (val.clone(), *optional, *casing == Casing::Insensitive),
        PathMember::Int { val, optional, .. } => (val.to_string(), *optional, false),
    };
    let mark = |is_set, mark| if is_set { mark } else { "" };
    name + mark(insensitive, "!") + mark(optional, "?")
}

fn check(rules: &Rules, item: &Value, detailed: bool) -> Result<Value, LabeledError> {
    let span = item.span();
    let verdict = match item {
        Value::String { val, .. } if !detailed => {
            let valid =
                codec::is_valid(val, Reading::Strict) || codec::is_valid(val, rules.reading()?);
            return Ok(Value::bool(valid, span));
        }
        Value::String { val, .. } => Verdict::of_text(val, rules.reading()?),
        Value::Binary { val, .. } => Verdict::of_value(value::id_in_bytes(val, span)),
        Value::Error { error, .. } => return Err(LabeledError::from(error.as_ref().clone())),
        Value::Record { .. } => return Err(label::wrong_type(item, "a ULID as text or 16 bytes")),
        _ => Verdict::of_value(Err(label::wrong_type(item, "a ULID as text or 16 bytes"))),
    };
    Ok(if detailed {
        Value::record(verdict.into_record(span), span)
    } else {
        Value::bool(verdict.canonical.is_some(), span)
    })
}

/// The record of `--detailed`.
struct Verdict {
    canonical: Option<Ulid>,
    fault: Option<String>,
    /// Characters from 1.
    position: Option<usize>,
    message: Option<String>,
    repair: Option<Ulid>,
}

impl Verdict {
    fn of_text(text: &str, reading: Reading) -> Verdict {
        let read = codec::parse(text, reading);
        let fault = read.err();
        Verdict {
            canonical: read.ok(),
            fault: fault.map(|fault| fault.kind.code().to_owned()),
            position: fault.map(|fault| fault.position + 1),
            message: fault.map(|fault| fault.to_string()),
            repair: fault.and_then(|_| repair(text)).map(|repair| repair.id),
        }
    }

    fn of_value(read: Result<Ulid, LabeledError>) -> Verdict {
        let canonical = read.as_ref().ok().copied();
        let error = read.err();
        let code = error.as_ref().and_then(|error| error.code.as_deref());
        let label = error.as_ref().and_then(|error| error.labels.first());
        Verdict {
            canonical,
            fault: code.map(|code| code.trim_start_matches("ulid::").to_owned()),
            position: None,
            message: label.map(|label| label.text.clone()),
            repair: None,
        }
    }

    fn into_record(self, span: Span) -> Record {
        let id = |id: Option<Ulid>| id.map_or(Value::nothing(span), |id| value::id(id, span));
        let text = |text: Option<String>| {
            text.map_or(Value::nothing(span), |text| Value::string(text, span))
        };
        let position = self.position.and_then(|at| i64::try_from(at).ok());
        record! {
            "valid" => Value::bool(self.canonical.is_some(), span),
            "fault" => text(self.fault),
            "position" => position.map_or(Value::nothing(span), |at| Value::int(at, span)),
            "message" => text(self.message),
            "canonical" => id(self.canonical),
            "repair" => id(self.repair),
        }
    }
}
