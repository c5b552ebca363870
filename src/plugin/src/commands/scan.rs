//! `ulid scan`: IDs in any text, with their places.

use std::{
    collections::HashSet,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, PipelineMetadata, ShellError, Signature, Span,
    SyntaxShape, Type, Value, record,
};
use ulid_engine::{
    Timestamp,
    dataset::{Hit, ScanError, search_file, search_stream},
    find::Options,
    progress::Progress,
    timestamp::TimeZone,
};

use crate::{
    UlidPlugin, args,
    args::Rules,
    filter,
    interrupt::Interruptible,
    label,
    pump::pump,
    source::{self, Source},
    value,
};

/// `ulid scan`.
pub(crate) struct Scan;

impl PluginCommand for Scan {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid scan"
    }

    fn signature(&self) -> Signature {
        args::zone_flag(args::signature(self.name()))
            .rest(
                "files",
                SyntaxShape::GlobPattern,
                "Files to search, gzip and zstd too; else the input is.",
            )
            .switch("unique", "Each ID once, where it comes first.", Some('u'))
            .switch("count", "Only how many there are.", Some('c'))
            .input_output_types(vec![
                (Type::Nothing, Type::Any),
                (Type::String, Type::Any),
                (Type::Binary, Type::Any),
                (Type::list(Type::Any), Type::Any),
                // the item at hand inside of `each`, where files are named
                (Type::Any, Type::Any),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Find ULIDs in text, bytes or files, whatever stands around them."
    }

    fn extra_description(&self) -> &str {
        "An ID is 26 characters of the alphabet in one case, the first 0 to 7, with no letter or digit on either side. \
         A UUID of version 7 is found as well, and given as the ULID of the same bits. \
         `offset` counts bytes from 0 and `line` lines from 1, in each file. Files are searched in constant memory; `--unique` remembers 16 bytes for each ID."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["find", "grep", "extract", "log"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "'user_01ARZ3NDEKTSV4RRFFQ69G5FAV logged in' | ulid scan",
                description: "Find IDs in text",
                result: Some(Value::test_list(vec![Value::test_record(record! {
                    "ulid" => Value::test_string("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                    "timestamp" => value::example_datetime(1_469_922_850_259),
                    "offset" => Value::test_int(5),
                    "line" => Value::test_int(1),
                    "file" => Value::test_nothing(),
                })])),
            },
            Example {
                example: "ulid scan --unique app.log old.log.gz | get ulid",
                description: "The different IDs in files",
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
        let sources = source::of(engine, call, input, self.name())?;
        let rules = Rules::of(engine, call)?;
        let zone = rules.zone()?.clone();
        let run = Interruptible::of(engine)?;
        let unique = call.has_flag("unique")?;
        let head = call.head;
        if call.has_flag("count")? {
            let mut count = Counter::new(unique);
            for source in sources {
                search(source, run.progress(), head, |hit| {
                    count.add(hit);
                    ControlFlow::Continue(())
                })?;
            }
            return Ok(PipelineData::value(Value::int(count.total, head), None));
        }
        let metadata = sources
            .iter()
            .any(|source| source.path().is_some())
            .then(|| {
                // Nushell shows these cells as it shows the names that `ls` gives
                PipelineMetadata::default().with_path_columns(vec!["file".to_owned()])
            });
        let rows = pump(move |give| {
            let mut seen = Counter::new(unique);
            for source in sources {
                let file = source.path().map(Path::to_owned);
                let searched = search(source, run.progress(), head, |hit| {
                    if seen.add(hit) {
                        give(row(hit, file.as_ref(), &zone, head))
                    } else {
                        ControlFlow::Continue(())
                    }
                });
                if let Err(error) = searched
                    && give(Value::error(ShellError::from(error), head)).is_break()
                {
                    return;
                }
            }
        });
        Ok(filter::stream(engine, head, rows).set_metadata(metadata))
    }
}

/// Counts hits, each ID once where that is asked for.
struct Counter {
    total: i64,
    seen: Option<HashSet<u128>>,
}

impl Counter {
    fn new(unique: bool) -> Counter {
        Counter {
            total: 0,
            seen: unique.then(HashSet::new),
        }
    }

    /// True if this one counts.
    fn add(&mut self, hit: Hit) -> bool {
        let counts = self
            .seen
            .as_mut()
            .is_none_or(|seen| seen.insert(hit.id.to_u128()));
        self.total += i64::from(counts);
        counts
    }
}

fn search(
    source: Source,
    progress: &Progress,
    head: Span,
    on_hit: impl FnMut(Hit) -> ControlFlow<()>,
) -> Result<(), LabeledError> {
    let options = Options::default();
    let searched = match source {
        Source::File { path, span } => search_file(&path, options, progress, on_hit)
            .map_err(|error| label::not_opened(&error, span))?,
        Source::Stream(reader) => {
            search_stream(Path::new("the input"), reader, options, progress, on_hit)
        }
    };
    match searched {
        // Ctrl-C: the stream ends, as every stream does.
        Ok(()) | Err(ScanError::Cancelled(_)) => Ok(()),
        Err(ScanError::Read(error)) => Err(label::not_read(&error, head)),
    }
}

fn row(hit: Hit, file: Option<&PathBuf>, zone: &TimeZone, span: Span) -> Value {
    let int = |number: u64| Value::int(i64::try_from(number).unwrap_or(i64::MAX), span);
    let file = match file {
        Some(path) => Value::string(path.to_string_lossy(), span),
        None => Value::nothing(span),
    };
    let row = record! {
        "ulid" => value::id(hit.id, span),
        "timestamp" => value::datetime(Timestamp::of(hit.id), zone, span),
        "offset" => int(hit.offset),
        "line" => int(hit.line),
        "file" => file,
    };
    Value::record(row, span)
}
