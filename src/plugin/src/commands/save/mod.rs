//! `ulid save`: rows into a file whose name says how. That the file has its name only once it is whole is the engine's
//! work.

mod table;
mod text;

use std::path::{Path, PathBuf};

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Signature, Span, SyntaxShape, Type, Value, record,
};
use ulid_engine::{
    progress::Progress,
    write::{Content, JsonArray, NewFile, Packed, Packing, Wanted},
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    filter,
    interrupt::Interruptible,
    label, source,
};
use table::{Counts, Table};

/// `ulid save`.
pub(crate) struct Save;

impl PluginCommand for Save {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid save"
    }

    fn signature(&self) -> Signature {
        args::lenient_flag(args::signature(self.name()))
            .required(
                "file",
                SyntaxShape::Filepath,
                "The file to be made. Its name says how: .csv, .tsv, .jsonl, .json, .txt for the IDs, .log for the text of \
                 rows, each also with .gz or .zst behind.",
            )
            .named(
                "column",
                SyntaxShape::CellPath,
                "The cell that holds the ID of a row; else the first column that has IDs.",
                Some('c'),
            )
            .switch("sort", "By ID, rows without one last; else in the order in which they come.", Some('s'))
            .switch("reverse", "Largest ID first; with --sort.", Some('r'))
            .switch(
                "repair",
                "Broken IDs become the one that each most likely stood for, where there is exactly one.",
                None,
            )
            .switch("facts", "Columns that `ulid open` has added are written as well.", None)
            .switch("force", "A file that is there already is replaced.", Some('f'))
            .input_output_types(vec![
                (Type::table(), Type::record()),
                (Type::list(Type::Any), Type::record()),
                (Type::record(), Type::record()),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Save rows into a file, by the extension of its name: the reverse of `ulid open`."
    }

    fn extra_description(&self) -> &str {
        "The file has its name only once all of it is written; after an error nothing is there, or what was there before. \
         `row`, `ulid` and `timestamp` are left out where `ulid open` has added them and they say nothing that the row does \
         not say without them; a column that was called so gets its name back. Gives back what was done. \
         JSON and JSON lines are written as the rows come; CSV needs all rows in memory to know its columns, and so does --sort."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["write", "export", "csv", "jsonl", "gzip", "zstd"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "ulid open orders.csv --filter \"valid\" | ulid save valid.csv.gz --sort",
                description: "Rows with a sound ID, oldest first, compressed, with the columns that the file had",
                result: None,
            },
            Example {
                example: "ulid open old.jsonl | ulid save mended.jsonl --repair",
                description: "Repair what can be repaired, and say how many that were",
                result: None,
            },
            Example {
                example: "try { [01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid save ids.docx } catch {|error| $error.details.code }",
                description: "A name that says nothing is an error with a code",
                result: Some(Value::test_string("ulid::option")),
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
        let target = Target::of(engine, call)?;
        let direction = args::direction(call)?;
        let run = Interruptible::of(engine)?;
        let reads_all = direction.is_some() || target.content.has_header();
        let rows = rows(input, call.head)?;
        let mut table = Table::of(rows, reads_all, &rules, call, target.content)?;
        if let Some(direction) = direction {
            table.sort(direction, &rules, run.progress())?;
        }
        let counts = target.write(table, &rules, run.progress())?;
        Ok(PipelineData::value(target.told(&counts), None))
    }
}

/// The rows that come in.
fn rows(
    input: PipelineData,
    head: Span,
) -> Result<Box<dyn Iterator<Item = Result<Value, LabeledError>>>, LabeledError> {
    Ok(match input {
        PipelineData::Value(row @ Value::Record { .. }, _) => Box::new([Ok(row)].into_iter()),
        other => Box::new(filter::rows(other, head)?),
    })
}

/// The file that is to be made.
struct Target {
    path: PathBuf,
    /// Place of its name.
    span: Span,
    head: Span,
    content: Content,
    packing: Packing,
    replaces: bool,
}

impl Target {
    fn of(engine: &EngineInterface, call: &EvaluatedCall) -> Result<Target, LabeledError> {
        let name: Value = call.req(0)?;
        let span = name.span();
        let text = name.coerce_str()?;
        let wanted = Wanted::named(Path::new(&*text));
        let wanted = wanted.map_err(|error| label::unknown_name(&error, span))?;
        let Wanted::Text(content, packing) = wanted else {
            return Err(label::no_parquet(span));
        };
        Ok(Target {
            path: source::expanded(engine, &text)?,
            span,
            head: call.head,
            content,
            packing,
            replaces: call.has_flag("force")?,
        })
    }

    fn failed(&self, error: &std::io::Error) -> LabeledError {
        label::not_made(&self.path, error, self.span)
    }

    /// Writes the rows, and gives the file its name.
    fn write(
        &self,
        table: Table<'_>,
        rules: &Rules,
        progress: &Progress,
    ) -> Result<Counts, LabeledError> {
        let file = match self.replaces {
            true => NewFile::replacing(&self.path),
            false => NewFile::new(&self.path),
        };
        let failed = |error: std::io::Error| self.failed(&error);
        let mut out = Packed::new(file.map_err(failed)?, self.packing).map_err(failed)?;
        let mut array = JsonArray::over(&mut out, self.content == Content::Json);
        let counts = text::write(&mut array, self.content, table, rules, &failed, progress)?;
        array.finish().map_err(failed)?;
        let file = out.finish().map_err(failed)?;
        progress
            .advance(0)
            .map_err(|reason| label::cancelled(&reason, self.head))?;
        file.finish().map_err(failed)?;
        Ok(counts)
    }

    /// A record of the work, for whoever asks.
    fn told(&self, counts: &Counts) -> Value {
        let span = self.head;
        let number = |count: u64| Value::int(count.cast_signed(), span);
        let left_out = counts.left_out.iter();
        let left_out = left_out.map(|name| Value::string(name, span));
        let mut told = record! {
            "file" => Value::string(self.path.to_string_lossy(), span),
            "rows" => number(counts.rows),
            "left_out" => Value::list(left_out.collect(), span),
        };
        if self.content == Content::Ids {
            told.push("without_id", number(counts.without_id));
        }
        if let Some((repaired, broken)) = counts.repaired {
            told.push("repaired", number(repaired));
            told.push("broken", number(broken));
        }
        Value::record(told, span)
    }
}
