//! Measures of the rows of a group: `count()`, `p95(took)`.

use std::{cmp::Ordering, ops::Range};

use super::{
    super::{
        code::{Code, Op},
        compile::{Compiler, code, error, similar},
        error::{QueryError, QueryErrorKind, Type},
        parse::{Node, Tree},
        token::TokenKind,
        value::Val,
    },
    encode,
    sum::Sum,
};

/// A function of the rows of a group, for the documentation at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupFunction {
    /// Its name.
    pub name: &'static str,
    /// The argument.
    pub takes: &'static str,
    /// The result.
    pub gives: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Count,
    Distinct,
    Sum,
    Mean,
    Min,
    Max,
    Median,
    Percentile,
    Quantile,
}

/// Every function of the rows of a group.
pub const GROUP_FUNCTIONS: [GroupFunction; 10] = [
    function(
        "count",
        Kind::Count,
        "nothing, a condition or a value",
        "how many rows there are, meet it, or have it",
    ),
    function(
        "distinct",
        Kind::Distinct,
        "a value",
        "how many different ones there are",
    ),
    function("sum", Kind::Sum, "a number or a duration", "the sum"),
    function(
        "mean",
        Kind::Mean,
        "a number, a duration or a time",
        "the mean",
    ),
    function(
        "avg",
        Kind::Mean,
        "a number, a duration or a time",
        "the mean, as SQL calls it",
    ),
    function("min", Kind::Min, "a value", "the smallest"),
    function("max", Kind::Max, "a value", "the largest"),
    function(
        "median",
        Kind::Median,
        "a number, a duration or a time",
        "the one in the middle",
    ),
    function(
        "p95",
        Kind::Percentile,
        "a number, a duration or a time",
        "what 95 in a hundred are not above; also p1 to p99",
    ),
    function(
        "quantile",
        Kind::Quantile,
        "a number, a duration or a time, and a share such as 0.999",
        "what that share is not above",
    ),
];

const fn function(
    name: &'static str,
    kind: Kind,
    takes: &'static str,
    gives: &'static str,
) -> GroupFunction {
    GroupFunction {
        name,
        takes,
        gives,
        kind,
    }
}

/// A figure of a group.
#[derive(Debug, Clone)]
pub(super) struct Measure {
    pub(super) of: Option<Code>,
    pub(super) take: Take,
}

/// How values become a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Take {
    /// Rows, those that meet a condition, those that have a value.
    Count,
    Sum,
    Mean,
    Min,
    Max,
    /// The first so many rows, by their numbers.
    First(usize),
    Distinct,
    Quantile(f64),
}

impl Take {
    /// True if every different value has to be kept.
    pub(super) fn keeps_values(self) -> bool {
        matches!(self, Take::Distinct | Take::Quantile(_))
    }
}

impl Measure {
    /// Reads a call.
    pub(super) fn of(tree: &Tree, compiler: &mut Compiler<'_>) -> Result<Measure, QueryError> {
        let Node::Call(name, arguments) = &tree.node else {
            return Err(error(QueryErrorKind::NeedsGroupFunction, tree));
        };
        let (function, percent) = find(name).ok_or_else(|| {
            let names = GROUP_FUNCTIONS.iter().map(|function| function.name);
            let similar = similar(name, names);
            let name = name.clone();
            error(QueryErrorKind::UnknownGroupFunction { name, similar }, tree)
        })?;
        let wrong = || {
            let kind = QueryErrorKind::Arguments {
                function: function.name,
                takes: function.takes,
            };
            error(kind, tree)
        };
        let (value, take) = match (function.kind, arguments.as_slice()) {
            (Kind::Count, []) => {
                return Ok(Measure {
                    of: None,
                    take: Take::Count,
                });
            }
            (Kind::Quantile, [value, share]) => {
                let share = share_of(share).ok_or_else(wrong)?;
                (value, Take::Quantile(share))
            }
            (Kind::Quantile, _) => return Err(wrong()),
            (kind, [value]) => (value, kind.take(percent)),
            _ => return Err(wrong()),
        };
        let of = as_wanted(compiler.any(value)?, take).ok_or_else(wrong)?;
        Ok(Measure { of: Some(of), take })
    }

    /// The figure of a sum, or of another state.
    pub(super) fn value(&self, state: &State) -> Val<'static> {
        let ty = self.of.as_ref().map_or(Type::Number, |code| code.ty);
        match (self.take, state) {
            (_, State::Count(count)) => Val::Int(i128::from(*count)),
            (Take::Mean, State::Sum(sum)) => {
                sum.mean().map_or(Val::Missing, |mean| typed(ty, mean))
            }
            (_, State::Sum(sum)) => sum.total().map_or(Val::Missing, |sum| typed(ty, sum)),
            (_, State::Best(value)) => value.clone(),
            _ => Val::Missing,
        }
    }
}

/// A number of milliseconds as what it was.
pub(super) fn typed(ty: Type, number: Val<'static>) -> Val<'static> {
    let ms = || match number {
        Val::Int(value) => i64::try_from(value).ok(),
        Val::Float(value) if value.abs() < 9e18 => Some(value.round() as i64),
        _ => None,
    };
    match ty {
        Type::Duration => ms().map_or(Val::Missing, Val::Duration),
        Type::Time => ms().map_or(Val::Missing, Val::Time),
        _ => number,
    }
}

impl Kind {
    fn take(self, percent: f64) -> Take {
        match self {
            Kind::Count => Take::Count,
            Kind::Distinct => Take::Distinct,
            Kind::Sum => Take::Sum,
            Kind::Mean => Take::Mean,
            Kind::Min => Take::Min,
            Kind::Max => Take::Max,
            Kind::Median => Take::Quantile(0.5),
            Kind::Percentile | Kind::Quantile => Take::Quantile(percent / 100.0),
        }
    }
}

/// A function by its name, and the percentage that stands in it.
fn find(name: &str) -> Option<(&'static GroupFunction, f64)> {
    let percent = name
        .strip_prefix('p')
        .and_then(|digits| digits.parse::<u8>().ok());
    let percent = percent.filter(|percent| (1..=99).contains(percent));
    let wanted = |function: &&GroupFunction| match percent {
        Some(_) => function.kind == Kind::Percentile,
        None => function.name == name,
    };
    let function = GROUP_FUNCTIONS.iter().find(wanted)?;
    Some((function, percent.map_or(0.0, f64::from)))
}

fn share_of(tree: &Tree) -> Option<f64> {
    let share = match &tree.node {
        Node::Literal(TokenKind::Float(share)) => *share,
        Node::Literal(TokenKind::Int(share)) => *share as f64,
        _ => return None,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// A value as a measure takes it: columns are numbers where numbers are asked for. `None` if it cannot be that.
fn as_wanted(value: Code, take: Take) -> Option<Code> {
    let is_amount = matches!(value.ty, Type::Number | Type::Duration);
    match (take, value.ty) {
        (_, Type::Range) => None,
        (Take::Count | Take::Distinct | Take::First(_), _) => Some(value),
        (_, Type::Column) => Some(code(Op::Read(Type::Number, Box::new(value)), Type::Number)),
        (Take::Sum, _) => is_amount.then_some(value),
        (Take::Mean | Take::Quantile(_), ty) => (is_amount || ty == Type::Time).then_some(value),
        (Take::Min | Take::Max, _) => Some(value),
    }
}

/// The figures of the rows of a group so far.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    Count(u64),
    Sum(Sum),
    Best(Val<'static>),
    /// Row numbers, ascending.
    First(Vec<u64>),
}

impl State {
    pub(super) fn new(take: Take) -> State {
        match take {
            Take::Count | Take::Distinct | Take::Quantile(_) => State::Count(0),
            Take::Sum | Take::Mean => State::Sum(Sum::default()),
            Take::Min | Take::Max => State::Best(Val::Missing),
            Take::First(_) => State::First(Vec::new()),
        }
    }

    /// Takes in the value of a row.
    pub(super) fn add(&mut self, take: Take, value: &Val<'_>, row: u64) {
        match self {
            State::Count(count) => *count += u64::from(counts(value)),
            State::Sum(sum) => sum.add(value),
            State::Best(best) => {
                if is_better(take, value, best) {
                    *best = value.clone().into_static();
                }
            }
            State::First(rows) => insert_row(rows, row, take),
        }
    }

    pub(super) fn merge(&mut self, take: Take, other: &State) {
        match (self, other) {
            (State::Count(count), State::Count(other)) => *count += other,
            (State::Sum(sum), State::Sum(other)) => sum.merge(other),
            (State::Best(best), State::Best(other)) if is_better(take, other, best) => {
                best.clone_from(other);
            }
            (State::First(rows), State::First(others)) => {
                others.iter().for_each(|&row| insert_row(rows, row, take));
            }
            _ => {}
        }
    }

    /// Bytes that it has beside its own.
    pub(super) fn heap_len(&self) -> usize {
        match self {
            State::Best(Val::Text(text)) => text.len(),
            State::First(rows) => 8 * rows.capacity(),
            _ => 0,
        }
    }

    pub(super) fn push(&self, bytes: &mut Vec<u8>) {
        match self {
            State::Count(count) => bytes.extend(count.to_be_bytes()),
            State::Sum(sum) => bytes.extend(sum.to_bytes()),
            State::Best(value) => encode::push(value, bytes),
            State::First(rows) => {
                bytes.extend((rows.len() as u64).to_be_bytes());
                rows.iter().for_each(|row| bytes.extend(row.to_be_bytes()));
            }
        }
    }

    pub(super) fn take(take: Take, bytes: &mut &[u8]) -> Option<State> {
        Some(match State::new(take) {
            State::Count(_) => State::Count(take_u64(bytes)?),
            State::Sum(_) => {
                let (sum, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                State::Sum(Sum::from_bytes(sum))
            }
            State::Best(_) => State::Best(encode::take(bytes)?),
            State::First(_) => {
                let rows: Range<u64> = 0..take_u64(bytes)?;
                State::First(rows.map_while(|_| take_u64(bytes)).collect())
            }
        })
    }
}

pub(super) fn take_u64(bytes: &mut &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u64::from_be_bytes(first))
}

/// True if a value counts: one that is there, and no condition that is not met. A cell that is empty is none.
pub(super) fn counts(value: &Val<'_>) -> bool {
    match value {
        Val::Missing | Val::Bool(false) => false,
        Val::Text(text) => !text.is_empty(),
        _ => true,
    }
}

fn is_better(take: Take, value: &Val<'_>, best: &Val<'_>) -> bool {
    match (value, best) {
        (Val::Missing, _) => false,
        (_, Val::Missing) => true,
        _ => {
            value.order(best)
                == Some(if take == Take::Max {
                    Ordering::Greater
                } else {
                    Ordering::Less
                })
        }
    }
}

fn insert_row(rows: &mut Vec<u64>, row: u64, take: Take) {
    let Take::First(most) = take else {
        return;
    };
    let at = rows.partition_point(|&other| other < row);
    if at < most {
        rows.insert(at, row);
        rows.truncate(most);
    }
}
