//! Several expressions of a row, as columns of one's own.

use std::ops::ControlFlow;

use super::{
    Expression, Query, Scope, Value,
    apply::Apply,
    beforehand::Beforehand,
    code::{Code, Needs, Op, Which},
    columns::BlockFacts,
    compile::Compiler,
    error::{QueryError, QueryErrorKind, Type},
    items::items,
    lookup,
    select::SelectError,
};
use crate::{
    dataset::{Dataset, Layout, Near, ReadError, Row, RowRef},
    pass::{Block, Decoding},
    progress::Progress,
    row::{Around, Fact, Schema, Window},
};

/// Expressions with names: `id, time, lag=time(created_at) - time`.
#[derive(Debug, Clone)]
pub struct ExpressionList {
    names: Vec<String>,
    texts: Vec<String>,
    codes: Vec<Code>,
    beforehand: Beforehand,
}

impl ExpressionList {
    /// Reads expressions with commas between them, each with a name before `=` or called as it is written.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<ExpressionList, QueryError> {
        let mut list = ExpressionList {
            names: Vec::new(),
            texts: Vec::new(),
            codes: Vec::new(),
            beforehand: Beforehand::default(),
        };
        for item in items(text)? {
            let code = item.compile(scope, |compiler| compiler.any(&item.tree))?;
            if code.ty == Type::Range {
                let kind = QueryErrorKind::Type {
                    expected: Type::Text,
                    found: Type::Range,
                };
                return Err(QueryError::new(kind, item.tree.at.clone()).in_text(text));
            }
            list.beforehand.add(&code);
            list.names.push(item.name);
            list.texts.push(item.written.to_owned());
            list.codes.push(code);
        }
        Ok(list)
    }

    /// Facts, and the columns of a source behind them, as [`Schema`] names them.
    #[must_use]
    pub fn of_schema(facts: &[Fact], layout: &Layout) -> ExpressionList {
        let fact = |&fact: &Fact| {
            let entry = fact.entry();
            let op = Op::Fact(Which::Here, fact, 0);
            (entry.name.to_owned(), Code { op, ty: entry.ty })
        };
        let schema = Schema::beside_id(&[], facts, layout);
        let columns = schema.columns().iter().filter_map(|column| {
            let op = Op::Column(Which::Here, layout.columns.get(column.place)?.clone());
            let code = Code {
                op,
                ty: Type::Column,
            };
            Some((column.name.clone(), code))
        });
        let (names, codes): (Vec<String>, Vec<Code>) =
            facts.iter().map(fact).chain(columns).unzip();
        ExpressionList {
            texts: names.clone(),
            names,
            codes,
            beforehand: Beforehand::default(),
        }
    }

    /// Adds the columns of another file, found by the ID, or by the column of the same name as the one behind a colon:
    /// `users.csv:user_id`. Their names get `_` until they are free. Gives sentences about what was left out.
    ///
    /// # Errors
    ///
    /// [`QueryError`] if the file cannot be read, or has no such column.
    pub fn join(&mut self, file: &str, scope: &Scope<'_>) -> Result<Vec<String>, QueryError> {
        let mut compiler = Compiler::of_row(scope, "");
        let key = lookup::key_of(file);
        for (name, code) in lookup::joined(&mut compiler, file, &key, None, &key)? {
            let free = std::iter::successors(Some(name), |name| Some(format!("{name}_")));
            let name = free.take(1000).find(|name| !self.names.contains(name));
            self.texts.extend(name.clone());
            self.names.extend(name);
            self.codes.push(code);
        }
        Ok(compiler.notes)
    }

    /// The same to be written: of a row whose ID is broken, the text that stands in its place.
    #[must_use]
    pub fn with_broken_ids(mut self) -> ExpressionList {
        for code in &mut self.codes {
            if let Op::Fact(Which::Here, Fact::Id, _) = code.op {
                let text = Code {
                    op: Op::IdText(Which::Here),
                    ty: Type::Text,
                };
                code.op = Op::Apply(Apply::Coalesce, vec![code.clone(), text]);
            }
        }
        self
    }

    /// Names of the expressions.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The expressions as they were written, without their names; the name of one that was not written.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// For each expression the column of the source, if it is nothing else: the source may know more of its type.
    pub fn columns(&self) -> impl Iterator<Item = Option<&str>> {
        self.codes.iter().map(|code| match &code.op {
            Op::Column(Which::Here, name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Types of the expressions.
    pub fn types(&self) -> impl Iterator<Item = Type> {
        self.codes.iter().map(|code| code.ty)
    }

    /// True if a row by itself does not tell all values: neighbours, duplicates or lines are asked for.
    #[must_use]
    pub fn looks_around(&self) -> bool {
        let needs = self.needs();
        !self.beforehand.is_empty() || needs.neighbours || needs.line
    }

    fn needs(&self) -> Needs {
        let needs: Vec<Needs> = self.codes.iter().map(Code::needs).collect();
        Needs {
            neighbours: needs.iter().any(|needs| needs.neighbours),
            line: needs.iter().any(|needs| needs.line),
        }
    }

    /// The values of a row by itself.
    #[must_use]
    pub fn values(&self, row: RowRef<'_>) -> Vec<Value> {
        self.values_in(&Around::of_row(row))
    }

    /// True if only a pass over all rows tells the values: duplicates or rows of the same writer are asked for.
    #[must_use]
    pub fn needs_all_rows(&self) -> bool {
        !self.beforehand.is_empty()
    }

    /// The values of a row of a dataset, with its neighbours as far as they are known by now. Those that need all rows are
    /// [`Value::Missing`].
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the neighbours can no longer be read.
    pub fn values_at(&self, dataset: &Dataset, row: &Row) -> Result<Vec<Value>, ReadError> {
        if !self.looks_around() {
            return Ok(self.values(row.borrow()));
        }
        let window = Window::of_row(&Near::of(dataset), row.index)?;
        let around = window.around(row.index);
        Ok(around.map_or_else(Vec::new, |around| self.values_in(&around)))
    }

    fn values_in(&self, row: &Around<'_>) -> Vec<Value> {
        let values = self.codes.iter().map(|code| code.run(row, &[]));
        values.map(super::value::Val::into_value).collect()
    }

    /// Each of the expressions by itself.
    pub fn expressions(&self) -> impl Iterator<Item = Expression> {
        self.codes.iter().map(|code| Expression {
            beforehand: Beforehand::of(code),
            code: code.clone(),
            aggregates: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Each of the expressions as a list of its own.
    pub fn singles(&self) -> impl Iterator<Item = ExpressionList> {
        let named = self.names.iter().zip(&self.texts).zip(&self.codes);
        named.map(|((name, text), code)| ExpressionList {
            names: vec![name.clone()],
            texts: vec![text.clone()],
            codes: vec![code.clone()],
            beforehand: Beforehand::of(code),
        })
    }

    /// Goes over all rows, or over those that meet a condition: `map` gets neighbouring rows with their values, on all
    /// threads, and `each` gets what it made of them in the order of the rows.
    ///
    /// # Errors
    ///
    /// As [`super::select()`].
    pub fn scan<T: Send>(
        &self,
        dataset: &Dataset,
        condition: Option<&Query>,
        progress: &Progress,
        map: impl Fn(&mut dyn Iterator<Item = (RowRef<'_>, Vec<Value>)>) -> T + Sync,
        each: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), SelectError> {
        let duplicates = self.beforehand.with(condition).find(dataset, progress)?;
        let needs = self.needs();
        let map = |block: &Block| {
            let columns = BlockFacts::new(block, &duplicates);
            let rows = columns.chosen(condition, progress);
            let rows = rows
                .iter()
                .filter_map(|&row| columns.around(row as usize, needs));
            map(&mut rows.map(|row| (row.row, self.values_in(&row))))
        };
        let looks_ahead =
            self.codes.iter().any(Code::looks_ahead) || condition.is_some_and(Query::looks_ahead);
        Ok(dataset
            .pass(progress)
            .reading(Decoding::ids(looks_ahead))
            .each(map, each)?)
    }
}
