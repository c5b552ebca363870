//! `ulid count`: figures of groups of rows. How they are counted is known by the engine alone.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, Spanned, SyntaxShape, Type, Value,
};
use ulid_engine::{
    dataset::Dataset,
    pass::MEMORY,
    query::{self, GroupOrder, Grouping},
};

use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset::{self, Files, Filter, Meaning},
    interrupt::Interruptible,
    label, value,
};

/// `ulid count`.
pub(crate) struct Count;

impl PluginCommand for Count {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid count"
    }

    fn signature(&self) -> Signature {
        let signature = args::signature(self.name()).rest(
            "files",
            SyntaxShape::GlobPattern,
            "Files of IDs: lines, CSV, TSV, JSON, bytes, gzip or zstd; else text or bytes from the pipeline.",
        );
        dataset::filter_flag(dataset::flags(signature))
            .named(
                "by",
                SyntaxShape::String,
                "What rows are grouped by, in the language of the browser: \"service, date(time)\".",
                Some('b'),
            )
            .named(
                "aggregate",
                SyntaxShape::String,
                "The figures of each group: \"count(), distinct(user), p95(took)\"; else how many.",
                Some('a'),
            )
            .named(
                "top",
                SyntaxShape::Int,
                "Only so many groups, those with the largest first figure first.",
                Some('t'),
            )
            .input_output_types(vec![
                (Type::Nothing, Type::table()),
                (Type::String, Type::table()),
                (Type::Binary, Type::table()),
                (Type::list(Type::Any), Type::table()),
                // the item at hand inside of `each`, where files are named
                (Type::Any, Type::table()),
            ])
            .allow_variants_without_examples(true)
    }

    fn description(&self) -> &str {
        "Count the rows of files by anything, or take other figures of them."
    }

    fn extra_description(&self) -> &str {
        "Groups come in the order of what they are grouped by, or with `--top` the largest first. Without `--by` there is \
         one, of all rows. The figures are count, distinct, sum, mean, min, max, median, p1 to p99 and quantile; they are \
         exact, and what needs more than a gigabyte goes to a temporary file. Rows never become Nushell's values."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec![
            "group",
            "aggregate",
            "top",
            "distinct",
            "frequency",
            "histogram",
        ]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        let row = |host: &str, count| {
            let mut record = Record::new();
            record.push("lower(text)", Value::test_string(host));
            record.push("count()", Value::test_int(count));
            Value::test_record(record)
        };
        vec![
            Example {
                example: "\"a\\nb\\nA\\n\" | ulid count --format text --by \"lower(text)\"",
                description: "Rows by an expression",
                result: Some(Value::test_list(vec![row("a", 2), row("b", 1)])),
            },
            Example {
                example: "ulid count orders.csv --by customer --top 10",
                description: "The ten customers with the most rows",
                result: None,
            },
            Example {
                example: "ulid count orders.csv --by \"date(time)\" --aggregate \"count(), p95=p95(took)\" --filter \"time > -7d\"",
                description: "Figures of each day of a week",
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
        let asked = Asked::of(call)?;
        let files = Files::named(engine, call, 0)?;
        let options = dataset::options(&rules, call)?;
        let opened = files.open(input, &options, "ulid count", call.head)?;
        let Some(dataset) = opened else {
            let none = Value::list(Vec::new(), call.head);
            return Ok(PipelineData::value(none, None));
        };
        let meaning = Meaning::of(engine, &rules, "ulid count")?;
        let filter = meaning.filter(&dataset, call)?;
        let run = Interruptible::of(engine)?;
        let rows = asked.rows(&dataset, filter.as_ref(), &meaning, &run)?;
        dataset::whole(&dataset, call.head)?;
        Ok(PipelineData::value(Value::list(rows, call.head), None))
    }
}

/// Figures, groups and their order that a call asks for.
struct Asked {
    figures: Option<Spanned<String>>,
    by: Option<Spanned<String>>,
    order: GroupOrder,
    head: Span,
}

impl Asked {
    fn of(call: &EvaluatedCall) -> Result<Asked, LabeledError> {
        let by: Option<Spanned<String>> = call.get_flag("by")?;
        let order = match call.get_flag::<Spanned<i64>>("top")? {
            None => GroupOrder::ByKey,
            Some(top) if by.is_none() => {
                return Err(label::needs_flag(
                    "top",
                    "by",
                    "leave it out: there is one group",
                    top.span,
                ));
            }
            Some(top) => match usize::try_from(top.item) {
                Ok(most @ 1..) => GroupOrder::Top(Some(most)),
                _ => {
                    return Err(label::bad_number(
                        "a number of groups, from 1",
                        "--top 10",
                        top.span,
                    ));
                }
            },
        };
        Ok(Asked {
            figures: call.get_flag("aggregate")?,
            by,
            order,
            head: call.head,
        })
    }

    fn grouping(&self, dataset: &Dataset, meaning: &Meaning) -> Result<Grouping, LabeledError> {
        let scope = meaning.scope(dataset);
        for text in [&self.figures, &self.by].into_iter().flatten() {
            meaning.tell(&query::notes(&text.item, &scope));
            meaning.tell_unknown(&text.item, &scope);
        }
        let by = self.by.as_ref().map(|by| by.item.as_str());
        let figures = self.figures.as_ref().map(|figures| figures.item.as_str());
        let figures = figures.unwrap_or("count()");
        Grouping::parse(figures, by, &scope).map_err(|error| match (&self.figures, &self.by) {
            // without groups it is a figure that is wrong, else what they are by
            (Some(text), _) if Grouping::parse(figures, None, &scope).is_err() => {
                label::bad_figures(&error, text.span)
            }
            (_, Some(by)) => label::bad_columns(&error, by.span),
            _ => label::bad_figures(&error, self.head),
        })
    }

    fn rows(
        &self,
        dataset: &Dataset,
        filter: Option<&Filter>,
        meaning: &Meaning,
        run: &Interruptible,
    ) -> Result<Vec<Value>, LabeledError> {
        let grouping = self.grouping(dataset, meaning)?;
        let condition = filter.map(|filter| &filter.query);
        let mut rows = Vec::new();
        let notes = grouping.run(
            dataset,
            condition,
            self.order,
            MEMORY,
            run.progress(),
            |values| {
                let cell = |value: &query::Value| {
                    value::of_language(value.clone(), meaning.zone(), self.head)
                };
                let cells = grouping
                    .names()
                    .iter()
                    .cloned()
                    .zip(values.iter().map(cell));
                rows.push(Value::record(cells.collect(), self.head));
                Ok(())
            },
        );
        let notes = notes.map_err(|error| label::not_ordered(&error, self.head))?;
        let told: Vec<String> = notes.iter().map(ToString::to_string).collect();
        meaning.tell(&told);
        Ok(rows)
    }
}
