//! The values of an expression for many rows of a block, without looking at a row where its bytes or its key suffice.

use std::borrow::Cow;

use super::super::{
    code::{Code, Needs, Op, Which, read},
    columns::BlockFacts,
    error::Type,
    plan::{Number, Test},
    value::Val,
};
use crate::row::Fact;

/// How the values of an expression are found.
#[derive(Debug, Clone)]
pub(in super::super) enum Source {
    Column(String),
    /// A column as a number, a time, an ID.
    Read(Type, String),
    Number(Number, Type),
    /// A condition where only those that meet it are asked for: what is missing there does not.
    Test(Box<Test>, bool),
    Row(Code, Needs),
}

/// Values of rows, and how many of them were text that could not be read as what was wanted.
#[derive(Debug, Default)]
pub(in super::super) struct Values<'a> {
    pub(in super::super) values: Vec<Val<'a>>,
    pub(in super::super) unread: u64,
}

impl Source {
    pub(in super::super) fn new(code: &Code) -> Source {
        match &code.op {
            Op::Column(Which::Here, name) => return Source::Column(name.clone()),
            Op::Read(ty, of) => {
                if let Op::Column(Which::Here, name) = &of.op {
                    return Source::Read(*ty, name.clone());
                }
            }
            _ => {}
        }
        match Number::new(code) {
            Some(number) => Source::Number(number, code.ty),
            None => Source::Row(code.clone(), code.needs()),
        }
    }

    /// The rows that meet a condition, or have a value.
    pub(super) fn to_count(code: &Code) -> Source {
        match code.ty {
            Type::Bool => {
                let asks_for_ids = code.needs().neighbours || asks_for_ids(code);
                Source::Test(Box::new(Test::new(code)), asks_for_ids)
            }
            _ => Source::new(code),
        }
    }

    /// True if it is nothing but a column.
    pub(super) fn is_column(&self) -> bool {
        matches!(self, Source::Column(_))
    }

    /// True if no row's ID is asked for.
    pub(super) fn needs_ids(&self) -> bool {
        match self {
            Source::Column(_) | Source::Read(..) => false,
            Source::Number(..) => true,
            Source::Test(_, asks_for_ids) => *asks_for_ids,
            Source::Row(code, needs) => needs.neighbours || asks_for_ids(code),
        }
    }

    /// The values of rows, by their numbers in the block.
    pub(in super::super) fn of<'a>(&'a self, columns: &BlockFacts<'a>, rows: &[u32]) -> Values<'a> {
        match self {
            Source::Column(name) => Values::sound(columns.cells(name, rows)),
            Source::Read(ty, name) => Values::read(*ty, columns.cells(name, rows)),
            Source::Number(number, ty) => {
                let typed = |value: Option<i64>| match (value, ty) {
                    (None, _) => Val::Missing,
                    (Some(ms), Type::Time) => Val::Time(ms),
                    (Some(ms), Type::Duration) => Val::Duration(ms),
                    (Some(value), _) => Val::Int(value.into()),
                };
                let numbers = columns.numbers_of(number, rows);
                Values::sound(numbers.into_iter().map(typed).collect())
            }
            Source::Test(test, _) => {
                let passes = columns.passes(test, rows).into_iter();
                Values::sound(passes.map(Val::Bool).collect())
            }
            Source::Row(code, needs) => {
                let value = |&row: &u32| {
                    let around = columns.around(row as usize, *needs);
                    around.map_or(Val::Missing, |around| code.run(&around, &[]))
                };
                Values::sound(rows.iter().map(value).collect())
            }
        }
    }
}

impl<'a> Values<'a> {
    fn sound(values: Vec<Val<'a>>) -> Values<'a> {
        Values { values, unread: 0 }
    }

    fn read(ty: Type, cells: Vec<Val<'a>>) -> Values<'a> {
        let mut unread = 0;
        let mut value = |cell: Val<'a>| {
            let value = read(ty, &cell);
            let is_empty = matches!(&cell, Val::Missing)
                || matches!(&cell, Val::Text(text) if text.is_empty());
            unread += u64::from(value == Val::Missing && !is_empty);
            value
        };
        let values = cells.into_iter().map(&mut value).collect();
        Values { values, unread }
    }
}

fn asks_for_ids(code: &Code) -> bool {
    let own = match &code.op {
        Op::Fact(which, fact, _) => {
            let is_of_record = matches!(fact, Fact::Row | Fact::Line | Fact::Text);
            *which != Which::Here || !is_of_record
        }
        // a value of another row is found by the number of this one
        Op::Lag(_) | Op::IdText(_) => true,
        _ => false,
    };
    own || code.operands().into_iter().any(asks_for_ids)
}

impl<'a> BlockFacts<'a> {
    /// The cells of a column, as text.
    fn cells(&self, name: &str, rows: &[u32]) -> Vec<Val<'a>> {
        self.rows().with_column(name, |column| {
            let cell = |&row: &u32| column.cell(row as usize).map_or(Val::Missing, text);
            rows.iter().map(cell).collect()
        })
    }
}

fn text(cell: Cow<'_, [u8]>) -> Val<'_> {
    Val::Text(cell)
}
