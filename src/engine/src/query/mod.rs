//! The one expression language: filters of the browser, conditions and watches of the debugger, `--filter` of commands.
//!
//! ```
//! use ulid_engine::{Timestamp, dataset::Dataset, progress::Progress, query::{self, Query, Scope}};
//! use ulid_engine::timestamp::TimeZone;
//!
//! let sample = Dataset::sample();
//! let zone = TimeZone::UTC;
//! let scope = Scope::of(&sample, Timestamp::now(), &zone);
//! let query = Query::parse("not valid and fault == 'overflow'", &scope)?;
//! assert_eq!(query::select(&sample, &query, &Progress::new())?.len(), 20);
//!
//! let error = Query::parse("valid and tyme > -2h", &scope).unwrap_err();
//! assert_eq!(error.to_string(), "column 11: there is no field or column \"tyme\"; did you mean \"time\"?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The grammar is closed: expressions read rows and nothing else, and change nothing. A text is parsed once, its types
//! are checked and its literals read; `now` and the time zone are arguments. What a condition says of time and ID alone
//! becomes a [`KeySet`], which runs over a column of keys without looking at a row.
//!
//! A missing value compares with nothing: a row without an ID is neither before nor after a time, and `not` of either is
//! true for it.

mod aggregate;
mod complete;
mod equal;
mod error;
mod functions;
mod group;
mod keys;
mod list;
mod lookup;
mod order;
mod sample;
mod select;

mod apply;
mod beforehand;
mod bits;
mod code;
mod columns;
mod compare;
mod compile;
mod explain;
mod items;
mod literal;
mod parse;
mod plan;
mod set;
mod token;
mod unfit;
mod unknown;

pub use crate::pass::TooMuch;
pub use crate::row::{Around, Value};
pub use compile::similar;
pub use complete::{Completion, CompletionKind, complete};
pub use equal::{condition_of_value, quoted};
pub use error::{Expected, QueryError, QueryErrorKind, Type};
pub use functions::{FUNCTIONS, Function};
pub use group::{
    FirstRows, GROUP_FUNCTIONS, GroupFunction, GroupNote, GroupOrder, Grouping, Writer,
    WriterAudit, Writers, WritersError,
};
pub use keys::KeySet;
pub use list::ExpressionList;
pub use order::{compare_values, first_in_order, order};
pub use sample::sample;
pub use select::{EvaluateError, SelectError, duplicates, find_known, scan, select, select_known};
pub use unknown::{UnknownName, notes, unknown_names};

use std::{path::Path, sync::Arc};

use jiff::tz::TimeZone;
use regex::bytes::RegexBuilder;

use self::{
    aggregate::Aggregate,
    beforehand::Beforehand,
    code::{Code, Needle, Op, Which},
    compile::Compiler,
    plan::Test,
};
use crate::{
    RowSet, Timestamp,
    dataset::Dataset,
    pass::Case,
    progress::Progress,
    row::{Fact, value},
};

/// The number that a cell is, as conditions and orders read it: `1e3`, `-.5`, `1,50`; `None` for any other text.
#[must_use]
pub fn number_of_cell(text: &str) -> Option<f64> {
    code::read(Type::Number, &value::Val::Text(text.as_bytes().into())).as_float()
}

/// The meaning of names and literals.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The names of the columns.
    pub columns: &'a [String],
    /// True if any other name is that of a column too, as in JSONL, whose rows may differ.
    pub any_column: bool,
    /// The time from which `now`, `age` and durations beside a time count.
    pub now: Timestamp,
    /// Whose wall clock a date without an offset is.
    pub zone: &'a TimeZone,
    /// The folder that names of files in `file("…")` begin at; an empty one is that of the process. `None` where files are
    /// not to be read.
    pub files: Option<&'a Path>,
    /// True where all rows may be gone over before the first is looked at, as `by` needs it.
    pub writers: bool,
}

impl<'a> Scope<'a> {
    /// The columns of a dataset.
    #[must_use]
    pub fn of(dataset: &'a Dataset, now: Timestamp, zone: &'a TimeZone) -> Scope<'a> {
        Scope {
            columns: dataset.columns(),
            any_column: dataset.layout().format.has_objects(),
            now,
            zone,
            files: Some(Path::new("")),
            writers: true,
        }
    }
}

/// A condition that rows meet or not.
#[derive(Debug, Clone)]
pub struct Query {
    /// Whatever meets the condition is among these.
    keys: KeySet,
    /// The rest that it must meet.
    rest: Option<Code>,
    /// The same by columns.
    test: Option<Test>,
    beforehand: Beforehand,
    notes: Vec<String>,
}

impl Query {
    /// Reads a condition.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Query, QueryError> {
        let read = compile(text, scope, Expect::Condition)?;
        Ok(Query {
            notes: read.notes,
            ..Query::of(read.code)
        })
    }

    /// The condition that a row has a text in it, in upper or lower case. Nothing for no text, and for one that is too long
    /// to be looked for.
    #[must_use]
    pub fn has_text(text: &str) -> Option<Query> {
        let here = Code {
            op: Op::Fact(Which::Here, Fact::Text, 0),
            ty: Type::Text,
        };
        let here = Box::new(here);
        let op = if text.is_ascii() {
            Op::Contains(here, Needle::new(text, Case::Ignored))
        } else {
            let mut pattern = RegexBuilder::new(&regex::escape(text));
            Op::Matches(here, pattern.case_insensitive(true).build().ok()?)
        };
        let found = Code { op, ty: Type::Bool };
        (!text.is_empty()).then(|| Query::of(found))
    }

    /// The condition that a row is among some.
    #[must_use]
    pub fn among(rows: RowSet) -> Query {
        Query::of(Code {
            op: Op::InRows(Arc::new(rows)),
            ty: Type::Bool,
        })
    }

    fn of(code: Code) -> Query {
        let beforehand = Beforehand::of(&code);
        let (mut keys, mut others) = (KeySet::all(), Vec::new());
        split(code, &mut keys, &mut others);
        let and = |a, b| Code {
            op: Op::And(Box::new(a), Box::new(b)),
            ty: Type::Bool,
        };
        let rest = parse::balanced(others, &and);
        Query {
            keys,
            test: rest.as_ref().map(Test::new),
            rest,
            beforehand,
            notes: Vec::new(),
        }
    }

    /// The condition that both hold.
    #[must_use]
    pub fn and(self, other: Query) -> Query {
        let rest = self.rest.into_iter().chain(other.rest).collect();
        let and = |a, b| Code {
            op: Op::And(Box::new(a), Box::new(b)),
            ty: Type::Bool,
        };
        let rest = parse::balanced(rest, &and);
        Query {
            keys: self.keys.intersection(&other.keys),
            test: rest.as_ref().map(Test::new),
            rest,
            beforehand: self.beforehand.and(&other.beforehand),
            notes: [self.notes, other.notes].concat(),
        }
    }

    /// Sentences about words of the condition that are read, and should be written otherwise.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// True if a row meets it.
    #[must_use]
    pub fn matches(&self, row: &Around<'_>) -> bool {
        let of_keys = match row.row.id {
            Ok(id) => self.keys.contains(id.to_u128()),
            Err(_) => self.keys.has_invalid(),
        };
        of_keys
            && self
                .rest
                .as_ref()
                .is_none_or(|rest| rest.run(row, &[]).is_true())
    }

    /// The keys of the rows that meet it, where nothing but the key decides.
    #[must_use]
    pub fn key_set(&self) -> Option<&KeySet> {
        self.rest.is_none().then_some(&self.keys)
    }

    /// True if it looks at the IDs of rows, and not at other text of theirs alone.
    fn needs_ids(&self) -> bool {
        !self.keys.is_all() || self.test.as_ref().is_some_and(Test::needs_ids)
    }

    fn looks_ahead(&self) -> bool {
        self.rest.as_ref().is_some_and(Code::looks_ahead)
    }

    /// True if it asks for the line of the file, for which bytes are counted.
    #[must_use]
    pub fn needs_lines(&self) -> bool {
        let asks = |code: &Code| code.asks_for(Fact::Line);
        self.rest.as_ref().is_some_and(asks)
    }

    /// True if it asks for facts that take a pass over all rows first, so that rows that come later may change what it says
    /// of those that are known.
    #[must_use]
    pub fn needs_all_rows(&self) -> bool {
        !self.beforehand.is_empty()
    }

    /// True if it asks for rows of the same writer, which [`Query::prepare`] finds where rows are looked at one by one.
    #[must_use]
    pub fn needs_writers(&self) -> bool {
        self.beforehand.has_writers()
    }

    /// Finds out what rows of the same writer have, in a pass over all rows, unless that is known already. [`select()`] and
    /// its like do so by themselves, each time anew.
    ///
    /// # Errors
    ///
    /// As [`select()`].
    pub fn prepare(&self, dataset: &Dataset, progress: &Progress) -> Result<(), SelectError> {
        self.beforehand.find_lags_once(dataset, progress)
    }

    /// True if [`Query::prepare`] has nothing to do.
    #[must_use]
    pub fn is_prepared(&self) -> bool {
        self.beforehand.knows_lags()
    }

    /// True if it asks for duplicates, which takes an order of all rows: see [`duplicates`].
    #[must_use]
    pub fn needs_duplicates(&self) -> bool {
        self.beforehand.duplicates
    }
}

/// An expression that comes to a value.
#[derive(Debug, Clone)]
pub struct Expression {
    code: Code,
    /// Passes over all rows that it needs.
    aggregates: Vec<Aggregate>,
    beforehand: Beforehand,
    notes: Vec<String>,
}

impl Expression {
    /// Reads an expression. Other than a [`Query`] it may hold `count`, `min` and `max`, which look at all rows.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Expression, QueryError> {
        Ok(Expression::of(compile(text, scope, Expect::Any)?))
    }

    /// Reads an expression of a row alone, as an order needs one: `count`, `min` and `max` are refused.
    ///
    /// # Errors
    ///
    /// As [`Expression::parse`].
    pub fn of_row(text: &str, scope: &Scope<'_>) -> Result<Expression, QueryError> {
        Ok(Expression::of(compile(text, scope, Expect::OfRow)?))
    }

    fn of(read: Read) -> Expression {
        let Read {
            code,
            aggregates,
            notes,
        } = read;
        let mut beforehand = Beforehand::of(&code);
        aggregates.iter().for_each(|all| beforehand.add(all.of()));
        Expression {
            code,
            aggregates,
            beforehand,
            notes,
        }
    }

    /// Sentences about words of the expression that are read, and should be written otherwise.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The value of a column, whatever else its name would mean in the language.
    #[must_use]
    pub fn of_column(name: &str) -> Expression {
        Expression {
            code: Code {
                op: Op::Column(Which::Here, name.to_owned()),
                ty: Type::Column,
            },
            aggregates: Vec::new(),
            beforehand: Beforehand::default(),
            notes: Vec::new(),
        }
    }

    /// True if it holds `count`, `min` or `max`, so that [`Expression::value`] cannot know them.
    #[must_use]
    pub fn needs_all_rows(&self) -> bool {
        !self.aggregates.is_empty() || !self.beforehand.is_empty()
    }

    /// True if it asks for rows of the same writer, which only [`Expression::evaluate`] finds.
    #[must_use]
    pub fn needs_writers(&self) -> bool {
        self.beforehand.has_writers()
    }

    /// True if it asks for duplicates, which [`Expression::value`] is told of by its context.
    #[must_use]
    pub fn needs_duplicates(&self) -> bool {
        self.beforehand.duplicates
    }

    /// True if it holds `count`, `min` or `max`.
    #[must_use]
    pub fn has_aggregates(&self) -> bool {
        !self.aggregates.is_empty()
    }

    /// Its value for a row. An expression that looks at all rows is [`Value::Missing`]; see [`Expression::evaluate`].
    #[must_use]
    pub fn value(&self, row: &Around<'_>) -> Value {
        self.code.run(row, &[]).into_value()
    }

    /// Its type.
    #[must_use]
    pub fn type_of(&self) -> Type {
        self.code.ty
    }
}

/// The kind of text that is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Condition,
    /// A value of a row.
    OfRow,
    /// A value of a row or of all.
    Any,
}

/// A text that was read and checked.
struct Read {
    code: Code,
    /// Passes over all rows that it needs.
    aggregates: Vec<Aggregate>,
    notes: Vec<String>,
}

fn compile(text: &str, scope: &Scope<'_>, wanted: Expect) -> Result<Read, QueryError> {
    let compiled = || {
        let tokens = token::tokens(text)?;
        let tree = parse::parse(&tokens, text)?;
        let mut compiler = Compiler {
            scope,
            text,
            aggregates: (wanted == Expect::Any).then(Vec::new),
            notes: Vec::new(),
        };
        let code = if wanted == Expect::Condition {
            compiler.condition(&tree)?
        } else {
            compiler.any(&tree)?
        };
        Ok(Read {
            code,
            aggregates: compiler.aggregates.unwrap_or_default(),
            notes: compiler.notes,
        })
    };
    compiled().map_err(|error: QueryError| error.in_text(text))
}

/// Divides a condition into what the key decides and what it does not.
fn split(code: Code, keys: &mut KeySet, rest: &mut Vec<Code>) {
    if let Some(set) = code.key_set() {
        *keys = keys.intersection(&set);
        return;
    }
    match code.op {
        Op::And(a, b) => {
            split(*a, keys, rest);
            split(*b, keys, rest);
        }
        _ => rest.push(code),
    }
}

#[cfg(test)]
mod tests;
