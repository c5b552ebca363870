//! `ulid diff`: the rows that two files do not share. How rows are compared is known by the engine alone.

use nu_plugin::{EngineInterface, EvaluatedCall, PluginCommand};
use nu_protocol::{
    Example, LabeledError, PipelineData, Record, Signature, Span, SyntaxShape, Type, Value, record,
};
use std::{borrow::Cow, ops::ControlFlow};
use ulid_engine::{
    Timestamp,
    compare::{Comparison, TwoFiles},
    dataset::{Dataset, OpenOptions, ReadError, Row},
    pass::MEMORY,
    timestamp::TimeZone,
};

use super::open::{Cells, readable_text};
use crate::{
    UlidPlugin,
    args::{self, Rules},
    dataset, filter,
    interrupt::Interruptible,
    label,
    pump::pump,
    source, value,
};

/// `ulid diff`.
pub(crate) struct DiffOf;

impl PluginCommand for DiffOf {
    type Plugin = UlidPlugin;

    fn name(&self) -> &str {
        "ulid diff"
    }

    fn signature(&self) -> Signature {
        let signature = args::signature(self.name())
            .required("first", SyntaxShape::GlobPattern, "A file of ULIDs.")
            .required(
                "second",
                SyntaxShape::GlobPattern,
                "Another one, of any format and with columns of its own.",
            );
        dataset::flags(signature)
            .switch("all", "Also the rows that are the same.", Some('a'))
            .named(
                "key",
                SyntaxShape::String,
                "Compare by the cells of this column, and not by the IDs.",
                Some('k'),
            )
            .input_output_type(Type::Nothing, Type::table())
    }

    fn description(&self) -> &str {
        "Compare two files by their ULIDs."
    }

    fn extra_description(&self) -> &str {
        "`relation` is `first` or `second` for rows of one file alone, `changed` where a column that both have differs, `moved` \
         where the order does, and `without_key` for rows that have nothing to compare by; `first` and `second` are the rows \
         themselves. Broken IDs are matched by what they most likely stood for. Of an ID that one file has more often the \
         further copies are there alone. Rows stand in the order of the first file, those of the second alone behind them."
    }

    fn search_terms(&self) -> Vec<&str> {
        vec!["compare", "difference", "join", "missing"]
    }

    fn examples(&self) -> Vec<Example<'_>> {
        vec![
            Example {
                example: "ulid diff yesterday.csv today.csv | where relation == changed",
                description: "Rows that both files have, with other values",
                result: None,
            },
            Example {
                example: "try { ulid diff /no/such/file /nor/this } catch {|error| $error.details.code }",
                description: "A missing file is an error with a code",
                result: Some(Value::test_string("ulid::file")),
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
        let options = OpenOptions {
            may_be_empty: true,
            ..dataset::options(&rules, call)?
        };
        let files = source::named(engine, call, 0)?;
        let [(first, of_first), (second, of_second)] = files.as_slice() else {
            return Err(label::not_two(files.len(), call.head));
        };
        let span = match first.exists() {
            true => of_second,
            false => of_first,
        };
        let key: Option<String> = call.get_flag("key")?;
        let opened = TwoFiles::open([first, second], &options, key.as_deref());
        let (both, pair) = opened.map_err(|error| label::no_pair(&error, *span))?;
        let run = Interruptible::of(engine)?;
        let comparison = pair
            .compare(&both, MEMORY, run.progress())
            .map_err(|error| label::not_ordered(&error, call.head))?;
        // of a part of a file everything would be told as gone that stands behind it
        dataset::whole(&both, *span)?;
        let writer = Writer {
            first_rows: pair.first().len(),
            both,
            pair,
            comparison,
            wants_all: call.has_flag("all")?,
            zone: rules.zone()?.clone(),
            span: call.head,
        };
        let rows = pump(move |give| writer.give(give));
        Ok(filter::stream(engine, call.head, rows))
    }
}

/// Makes values of rows that are related.
struct Writer {
    both: Dataset,
    pair: TwoFiles,
    comparison: Comparison,
    first_rows: usize,
    wants_all: bool,
    zone: TimeZone,
    span: Span,
}

impl Writer {
    /// Gives out the rows, some at a time.
    fn give(&self, give: &mut dyn FnMut(Value) -> ControlFlow<()>) {
        const AT_ONCE: usize = 4096;
        // those of the second file that have a partner stand beside it
        let stands =
            |row: &usize| *row < self.first_rows || self.comparison.partner(*row).is_none();
        let is_wanted =
            |row: &usize| self.wants_all || self.comparison.word_for(*row) != Comparison::SAME;
        let mut rows = (0..self.both.len()).filter(stands).filter(is_wanted);
        loop {
            let some: Vec<usize> = rows.by_ref().take(AT_ONCE).collect();
            if some.is_empty() {
                return;
            }
            let given = match self.values(&some) {
                Ok(values) => values.into_iter().try_for_each(&mut *give),
                Err(error) => {
                    let error = label::not_read(&error, self.span);
                    let _: ControlFlow<()> = give(Value::error(error.into(), self.span));
                    ControlFlow::Break(())
                }
            };
            if given.is_break() {
                return;
            }
        }
    }

    fn values(&self, rows: &[usize]) -> Result<Vec<Value>, ReadError> {
        let beside: Vec<usize> = rows
            .iter()
            .filter_map(|&row| self.comparison.partner(row))
            .collect();
        let mut beside = self.both.rows_at(&beside)?.into_iter();
        let value = |row: Row| {
            let partner = self
                .comparison
                .partner(row.index)
                .and_then(|_| beside.next());
            self.value(&row, partner.as_ref())
        };
        Ok(self.both.rows_at(rows)?.into_iter().map(value).collect())
    }

    fn value(&self, row: &Row, partner: Option<&Row>) -> Value {
        let span = self.span;
        let nothing = || Value::nothing(span);
        let record = |row: Option<&Row>| row.map(|row| Value::record(self.record(row), span));
        let (first, second) = match row.index < self.first_rows {
            true => (Some(row), partner),
            false => (None, Some(row)),
        };
        let id = row.id.ok();
        let time = id.map(|id| value::datetime(Timestamp::of(id), &self.zone, span));
        let row = record! {
            "relation" => Value::string(self.comparison.word_for(row.index), span),
            "ulid" => id.map_or_else(nothing, |id| value::id(id, span)),
            "timestamp" => time.unwrap_or_else(nothing),
            "first" => record(first).unwrap_or_else(nothing),
            "second" => record(second).unwrap_or_else(nothing),
        };
        Value::record(row, span)
    }

    /// The columns of a row that its own file has, and its further fields, or its text.
    fn record(&self, row: &Row) -> Record {
        let [of_first, of_second] = self.pair.only();
        let elsewhere = match row.index < self.first_rows {
            true => of_second,
            false => of_first,
        };
        let row = row.borrow();
        if !row.has_columns() || self.both.columns().is_empty() {
            return record! { "text" => readable_text(&row, self.span) };
        }
        let cells = Cells {
            infers: !row.has_types(),
            zone: &self.zone,
            span: self.span,
        };
        let values = row.typed_cells().into_iter().enumerate();
        let values = values.map(|(at, cell)| cells.value(cell, row.declared_type(at)));
        let further = row.surplus_names().into_iter().map(Cow::into_owned);
        let names = self.both.columns().iter().cloned().chain(further);
        names
            .zip(values)
            .filter(|(name, _)| !elsewhere.contains(name))
            .collect()
    }
}
