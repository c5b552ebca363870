//! Conditions as tests of columns: what of a row they look at, so that 64 rows are tested together.

use std::{borrow::Cow, cmp::Ordering, sync::Arc};

use memchr::memmem::Finder;
use regex::bytes::Regex;

use super::{
    code::{Arithmetic, Code, Comparison, Needle, Needs, Op, Which, read, short_whole},
    error::Type,
    keys::KeySet,
    set::ValueSet,
    value::Val,
};
use crate::{RowSet, pass::Case, row::Fact};

/// A condition by the columns that it needs. It holds where its [`Code`] comes to true.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Keys(KeySet),
    Not(Box<Test>),
    /// The cheaper of both first.
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Duplicate,
    /// A row that is among some.
    Rows(Arc<RowSet>),
    OutOfOrder,
    Numbers(Comparison, Number, Number),
    Within(Number, i64, i64),
    Random(Comparison, u128),
    Ids(Comparison, Which, Which),
    /// An ID that is among others.
    InSet(Arc<ValueSet>),
    /// Of a column with the part, if any, that the row has to hold somewhere.
    Text(TextOf, TextTest, Option<Box<Part>>),
    /// A test without columns is asked of one row after another: of the row alone, or of it and what it [`Needs`].
    Row(Code, Needs),
}

/// Times, durations and whole numbers that a row always has as 64 bits.
#[derive(Debug, Clone)]
pub(super) enum Number {
    Const(i64),
    Time(Which),
    /// Up to this time.
    Age(Which, i64),
    SincePrevious,
    Row(Which),
    /// Of the file.
    Line,
    /// The outmost number where the sum lies outside of 64 bits.
    Sum(Box<Number>, Box<Number>),
    Difference(Box<Number>, Box<Number>),
    Quotient(Box<Number>, i64),
    Remainder(Box<Number>, i64),
    Abs(Box<Number>),
}

/// Which text of a row.
#[derive(Debug, Clone)]
pub(super) enum TextOf {
    Record,
    Fault,
    Column(String),
}

/// A test of a text.
#[derive(Debug, Clone)]
pub(super) enum TextTest {
    Compares(Comparison, Vec<u8>),
    /// As a value of another type.
    Reads(Type, Comparison, Val<'static>),
    /// As a time from the first to the second.
    ReadsWithin(i64, i64),
    Contains(Needle),
    StartsWith(Vec<u8>),
    Matches(Regex),
    InSet(Arc<ValueSet>),
}

impl TextTest {
    pub(super) fn holds(&self, text: &[u8]) -> bool {
        match self {
            TextTest::Compares(Comparison::Equal, other) => text == other,
            TextTest::Compares(comparison, other) => comparison.holds(text.cmp(other)),
            TextTest::Reads(ty, comparison, other) => {
                order(*ty, text, other).is_some_and(|order| comparison.holds(order))
            }
            TextTest::ReadsWithin(first, last) => {
                matches!(as_type(Type::Time, text), Val::Time(ms) if (*first..=*last).contains(&ms))
            }
            TextTest::Contains(needle) => needle.is_in(text),
            TextTest::StartsWith(part) => text.starts_with(part),
            TextTest::Matches(regex) => regex.is_match(text),
            TextTest::InSet(set) => set.has_text(text),
        }
    }
}

/// A part of every text that passes a test.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// It stands as it is wherever nothing is quoted.
    pub(super) whole: Finder<'static>,
    /// The part of it that stands as it is wherever nothing is escaped in JSON: all of it if it cannot be but within a text, or its
    /// letters, because numbers and what is between values may be written in other ways.
    pub(super) unescaped: Option<Finder<'static>>,
    /// Both are in lower case if the case is ignored.
    pub(super) case: Case,
}

impl Part {
    fn of(text: &[u8], case: Case) -> Option<Part> {
        // other characters stand there in any encoding
        let ascii = text.split(|byte| !byte.is_ascii());
        let longest = ascii.max_by_key(|run| run.len())?;
        let is_plain = !longest
            .iter()
            .any(|byte| matches!(byte, b'"' | b'\n' | b'\r'));
        // what numbers, words and what is between values are made of
        const NO_TEXT: &[u8] = b"0123456789+-.eEtrufalsn{}[]:,";
        let finder = |part: &[u8]| (part.len() >= 2).then(|| Finder::new(part).into_owned());
        let runs = text.split(|byte| !byte.is_ascii_alphabetic());
        let unescaped = if text.iter().all(|byte| NO_TEXT.contains(byte)) {
            runs.max_by_key(|run| run.len()).and_then(finder)
        } else {
            finder(text)
        };
        Some(Part {
            whole: finder(longest).filter(|_| is_plain)?,
            unescaped,
            case,
        })
    }
}

impl TextTest {
    /// A part of every text that passes, where it is long enough to be rare.
    fn part(&self) -> Option<Part> {
        match self {
            TextTest::Compares(Comparison::Equal, part) | TextTest::StartsWith(part) => {
                Part::of(part, Case::Matters)
            }
            TextTest::Contains(needle) => Part::of(needle.text(), needle.case()),
            _ => None,
        }
    }
}

/// How a text, as a value of a type, stands to another of it.
fn order(ty: Type, text: &[u8], other: &Val<'_>) -> Option<Ordering> {
    if let Val::Int(other) = other
        && let Some(whole) = short_whole(text)
    {
        return Some(i128::from(whole).cmp(other));
    }
    as_type(ty, text).order(other)
}

fn as_type(ty: Type, text: &[u8]) -> Val<'static> {
    read(ty, &Val::Text(Cow::Borrowed(text)))
}

impl Test {
    pub(super) fn new(code: &Code) -> Test {
        if let Some(set) = code.key_set() {
            return Test::Keys(set);
        }
        let test = match &code.op {
            Op::Not(inner) => Some(Test::Not(Box::new(Test::new(inner)))),
            Op::And(a, b) => {
                let (first, second) = cheaper_first(Test::new(a), Test::new(b));
                Some(Test::And(first, second))
            }
            Op::Or(a, b) => {
                let (first, second) = cheaper_first(Test::new(a), Test::new(b));
                Some(Test::Or(first, second))
            }
            Op::Fact(Which::Here, Fact::Duplicate, _) => Some(Test::Duplicate),
            Op::InRows(rows) => Some(Test::Rows(Arc::clone(rows))),
            Op::Fact(Which::Here, Fact::OutOfOrder, _) => Some(Test::OutOfOrder),
            Op::Compare(comparison, a, b) => compare(*comparison, a, b),
            Op::Within(value, first, last) => match &value.op {
                Op::Read(Type::Time, column) => text(column, TextTest::ReadsWithin(*first, *last)),
                _ => Number::new(value).map(|value| Test::Within(value, *first, *last)),
            },
            Op::InSet(value, set) => match value.op {
                Op::Fact(Which::Here, Fact::Id, _) => Some(Test::InSet(Arc::clone(set))),
                _ => text(value, TextTest::InSet(Arc::clone(set))),
            },
            Op::Contains(value, needle) => text(value, TextTest::Contains(needle.clone())),
            Op::StartsWith(value, part) => text(value, TextTest::StartsWith(part.clone())),
            Op::Matches(value, regex) => text(value, TextTest::Matches(regex.clone())),
            _ => None,
        };
        test.unwrap_or_else(|| Test::Row(code.clone(), code.needs()))
    }

    /// True if it looks at the IDs of rows, and not at other text of theirs alone.
    pub(super) fn needs_ids(&self) -> bool {
        match self {
            Test::Rows(_) | Test::Text(TextOf::Record | TextOf::Column(_), ..) => false,
            Test::Not(inner) => inner.needs_ids(),
            Test::And(a, b) | Test::Or(a, b) => a.needs_ids() || b.needs_ids(),
            _ => true,
        }
    }

    fn cost(&self) -> u8 {
        match self {
            Test::Keys(_) | Test::Duplicate | Test::Rows(_) => 0,
            Test::OutOfOrder | Test::Numbers(..) | Test::Within(..) | Test::Random(..) => 1,
            Test::Ids(..) | Test::InSet(_) | Test::Text(TextOf::Fault, ..) => 1,
            Test::Text(TextOf::Record, TextTest::Matches(_), _) => 3,
            Test::Text(TextOf::Record, ..) => 2,
            Test::Text(TextOf::Column(_), ..) => 4,
            Test::Row(..) => 5,
            Test::Not(inner) => inner.cost(),
            Test::And(a, b) | Test::Or(a, b) => a.cost().max(b.cost()),
        }
    }
}

fn cheaper_first(a: Test, b: Test) -> (Box<Test>, Box<Test>) {
    if b.cost() < a.cost() {
        (Box::new(b), Box::new(a))
    } else {
        (Box::new(a), Box::new(b))
    }
}

fn compare(comparison: Comparison, a: &Code, b: &Code) -> Option<Test> {
    match (&a.op, &b.op) {
        (Op::Fact(Which::Here, Fact::Random, _), Op::Const(Val::Int(value))) => {
            let value = u128::try_from(*value).ok()?;
            Some(Test::Random(comparison, value))
        }
        (Op::Fact(a, Fact::Id, _), Op::Fact(b, Fact::Id, _)) => Some(Test::Ids(comparison, *a, *b)),
        (Op::Read(ty, column), Op::Const(other)) => {
            let test = TextTest::Reads(*ty, comparison, other.clone());
            text(column, test)
        }
        (Op::Const(other), Op::Read(ty, column)) => {
            let test = TextTest::Reads(*ty, comparison.mirrored(), other.clone());
            text(column, test)
        }
        (_, Op::Const(Val::Text(other))) => text(a, TextTest::Compares(comparison, other.to_vec())),
        (Op::Const(Val::Text(other)), _) => {
            let comparison = comparison.mirrored();
            text(b, TextTest::Compares(comparison, other.to_vec()))
        }
        _ if a.ty == b.ty => Some(Test::Numbers(comparison, Number::new(a)?, Number::new(b)?)),
        _ => None,
    }
}

fn text(of: &Code, test: TextTest) -> Option<Test> {
    let of = match &of.op {
        Op::Fact(Which::Here, Fact::Text, _) => TextOf::Record,
        Op::Fact(Which::Here, Fact::Fault, _) => TextOf::Fault,
        Op::Column(Which::Here, name) => TextOf::Column(name.clone()),
        _ => return None,
    };
    let part = match of {
        TextOf::Column(_) | TextOf::Record => test.part().map(Box::new),
        TextOf::Fault => None,
    };
    Some(Test::Text(of, test, part))
}

impl Number {
    pub(super) fn new(code: &Code) -> Option<Number> {
        Some(match &code.op {
            Op::Const(Val::Time(value) | Val::Duration(value)) => Number::Const(*value),
            Op::Const(Val::Int(value)) => Number::Const(i64::try_from(*value).ok()?),
            Op::Interval(first, _) => Number::Const(*first),
            Op::Fact(which, Fact::Time | Fact::UnixMs, _) => Number::Time(*which),
            Op::Fact(which, Fact::Age, now) => Number::Age(*which, *now),
            Op::Fact(Which::Here, Fact::SincePrevious, _) => Number::SincePrevious,
            Op::Fact(which, Fact::Row, _) => Number::Row(*which),
            Op::Fact(Which::Here, Fact::Line, _) => Number::Line,
            Op::TimeOf(id) => match id.op {
                Op::Fact(which, Fact::Id, _) => Number::Time(which),
                _ => return None,
            },
            Op::Abs(value) if value.ty == Type::Duration => {
                Number::Abs(Box::new(Number::new(value)?))
            }
            Op::Arithmetic(operator, a, b) => calculation(*operator, a, b)?,
            _ => return None,
        })
    }
}

fn calculation(operator: Arithmetic, a: &Code, b: &Code) -> Option<Number> {
    match (a.ty, b.ty) {
        (Type::Time | Type::Duration, Type::Time | Type::Duration) => {}
        (Type::Number | Type::Duration, Type::Number) => return division(operator, a, b),
        _ => return None,
    }
    let (x, y) = (Box::new(Number::new(a)?), Box::new(Number::new(b)?));
    match operator {
        Arithmetic::Add => Some(Number::Sum(x, y)),
        Arithmetic::Subtract => Some(Number::Difference(x, y)),
        _ => None,
    }
}

/// A division by a number above zero, which cannot overflow. Sums and products of numbers may need more than 64 bits.
fn division(operator: Arithmetic, a: &Code, b: &Code) -> Option<Number> {
    let Number::Const(divisor @ 1..) = Number::new(b)? else {
        return None;
    };
    let dividend = Box::new(Number::new(a)?);
    match operator {
        // a number may have a fraction then
        Arithmetic::Divide if a.ty == Type::Duration => Some(Number::Quotient(dividend, divisor)),
        Arithmetic::Remainder if a.ty == Type::Number => Some(Number::Remainder(dividend, divisor)),
        _ => None,
    }
}
