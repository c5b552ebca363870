//! The functions of the language. There are no others, and none of them changes anything.

use super::{
    aggregate::{Aggregate, AggregateKind},
    code::{Code, Op, Which},
    compile::{Compiled, Compiler, code, error, similar},
    error::{QueryErrorKind, Type},
    literal,
    parse::{Node, Tree},
    token::TokenKind,
    value::Val,
};
use crate::{Timestamp, anatomy::Form};

/// A function, for the documentation at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What it gives.
    pub gives: &'static str,
}

/// Every function.
pub const FUNCTIONS: [Function; 14] = [
    function("time", "an ID, a text or milliseconds", "the time of it"),
    function(
        "ulid",
        "a time or an ID in any form",
        "the ULID, for a time the smallest of its millisecond",
    ),
    function("uuid", "an ID", "its spelling as a UUID"),
    function("hex", "an ID", "its 32 hexadecimal digits"),
    function(
        "integer",
        "an ID",
        "its 128 bits as a decimal number, as text",
    ),
    function("base64", "an ID", "its 16 bytes in base 64"),
    function(
        "between",
        "two times",
        "all IDs from the first up to, and without, the second",
    ),
    function("column", "the name of a column in quotes", "its value"),
    function("len", "a text", "its length in bytes"),
    function("lower", "a text", "the text in lower case"),
    function("abs", "a number or a duration", "it without its sign"),
    function("count", "a condition", "the number of rows that meet it"),
    function("min", "a value", "the smallest of all rows"),
    function("max", "a value", "the largest of all rows"),
];

const fn function(name: &'static str, takes: &'static str, gives: &'static str) -> Function {
    Function { name, takes, gives }
}

pub(super) fn call(
    compiler: &mut Compiler<'_>,
    name: &str,
    arguments: &[Tree],
    tree: &Tree,
) -> Compiled {
    let Some(function) = FUNCTIONS.iter().find(|function| function.name == name) else {
        let similar = similar(name, FUNCTIONS.iter().map(|function| function.name));
        let name = name.to_owned();
        return Err(error(
            QueryErrorKind::UnknownFunction { name, similar },
            tree,
        ));
    };
    let wrong = || {
        let kind = QueryErrorKind::Arguments {
            function: function.name,
            takes: function.takes,
        };
        error(kind, tree)
    };
    if function.name == "between" {
        let [from, to] = arguments else {
            return Err(wrong());
        };
        return between(compiler, from, to, tree);
    }
    let [argument] = arguments else {
        return Err(wrong());
    };
    match function.name {
        "count" => aggregate(compiler, AggregateKind::Count, argument, tree),
        "min" => aggregate(compiler, AggregateKind::Min, argument, tree),
        "max" => aggregate(compiler, AggregateKind::Max, argument, tree),
        "column" => match &argument.node {
            Node::Literal(TokenKind::Text(name)) => compiler.column(Which::Here, name, argument),
            _ => Err(wrong()),
        },
        "time" => time(compiler, argument),
        "ulid" => id(compiler, argument),
        "uuid" => print(compiler, Form::Uuid, argument),
        "hex" => print(compiler, Form::Hex, argument),
        "integer" => print(compiler, Form::Integer, argument),
        "base64" => print(compiler, Form::Base64, argument),
        "len" => Ok(code(
            Op::Len(Box::new(text(compiler, argument)?)),
            Type::Number,
        )),
        "lower" => Ok(code(
            Op::Lower(Box::new(text(compiler, argument)?)),
            Type::Text,
        )),
        _ => {
            let value = compiler.any(argument)?;
            match value.ty {
                ty @ (Type::Number | Type::Duration) => Ok(code(Op::Abs(Box::new(value)), ty)),
                _ => Err(wrong()),
            }
        }
    }
}

/// A value as a time.
fn time(compiler: &mut Compiler<'_>, argument: &Tree) -> Compiled {
    let value = compiler.any(argument)?;
    let op = match (value.ty, &value.op) {
        (Type::Time, _) => return Ok(value),
        (Type::Text, Op::Const(Val::Text(text))) => {
            let text = String::from_utf8_lossy(text);
            let moment = literal::moment(&text, compiler.scope)
                .map_err(|reason| error(QueryErrorKind::Time(reason), argument))?;
            Op::Interval(moment.0, moment.1)
        }
        (Type::Duration, _) => {
            let now = Val::Time(compiler.scope.now.ms().cast_signed());
            let now = code(Op::Const(now), Type::Time);
            Op::Arithmetic(super::code::Arithmetic::Add, Box::new(now), Box::new(value))
        }
        (Type::Id | Type::Number, _) => Op::TimeOf(Box::new(value)),
        (Type::Column, _) => Op::Read(Type::Time, Box::new(value)),
        _ => return compiler.wants(value, Type::Time, argument),
    };
    Ok(code(op, Type::Time))
}

/// A value as an ID. Text is read as an ID, or else as a time.
fn id(compiler: &mut Compiler<'_>, argument: &Tree) -> Compiled {
    let value = compiler.any(argument)?;
    let op = match (value.ty, &value.op) {
        (Type::Id, _) => return Ok(value),
        (Type::Column, _) => Op::Read(Type::Id, Box::new(value)),
        (Type::Text, Op::Const(Val::Text(text))) => {
            let text = String::from_utf8_lossy(text).into_owned();
            match literal::id(&text, argument) {
                Ok(id) => Op::Const(Val::Id(id)),
                Err(_) => Op::IdOf(Box::new(time(compiler, argument)?)),
            }
        }
        (Type::Time | Type::Duration | Type::Number, _) => {
            Op::IdOf(Box::new(time(compiler, argument)?))
        }
        _ => return compiler.wants(value, Type::Id, argument),
    };
    let id = code(op, Type::Id);
    Ok(match id.constant() {
        Some(constant) => code(Op::Const(constant), Type::Id),
        None => id,
    })
}

fn print(compiler: &mut Compiler<'_>, form: Form, argument: &Tree) -> Compiled {
    let id = id(compiler, argument)?;
    Ok(code(Op::Print(form, Box::new(id)), Type::Text))
}

fn text(compiler: &mut Compiler<'_>, argument: &Tree) -> Compiled {
    let value = compiler.any(argument)?;
    match value.ty {
        Type::Column => Ok(Code {
            ty: Type::Text,
            ..value
        }),
        _ => compiler.wants(value, Type::Text, argument),
    }
}

fn between(compiler: &mut Compiler<'_>, from: &Tree, to: &Tree, tree: &Tree) -> Compiled {
    let mut end = |tree: &Tree| {
        let wrong = || {
            let kind = QueryErrorKind::Arguments {
                function: "between",
                takes: "two times that are known beforehand",
            };
            error(kind, tree)
        };
        match time(compiler, tree)?.constant() {
            Some(Val::Time(ms)) => Ok(ms.clamp(0, Timestamp::MAX.ms().cast_signed())),
            _ => Err(wrong()),
        }
    };
    let (from, to) = (end(from)?, end(to)?);
    let times = (Timestamp::from_ms(from), Timestamp::from_ms(to - 1));
    let bounds = match times {
        (Ok(first), Ok(last)) if first <= last => Val::Bounds(first.first_id(), last.last_id()),
        _ => {
            let kind = QueryErrorKind::Arguments {
                function: "between",
                takes: "two times, the earlier one first",
            };
            return Err(error(kind, tree));
        }
    };
    Ok(code(Op::Const(bounds), Type::Range))
}

fn aggregate(
    compiler: &mut Compiler<'_>,
    kind: AggregateKind,
    argument: &Tree,
    tree: &Tree,
) -> Compiled {
    let name = match kind {
        AggregateKind::Count => "count",
        AggregateKind::Min => "min",
        AggregateKind::Max => "max",
    };
    let refused = || error(QueryErrorKind::Aggregate(name), tree);
    // Inside of one there is no other.
    let mut others = compiler.aggregates.take().ok_or_else(refused)?;
    let of = match kind {
        AggregateKind::Count => compiler.condition(argument),
        AggregateKind::Min | AggregateKind::Max => compiler.any(argument),
    };
    let of = match of {
        Ok(of) if of.ty == Type::Column => code(Op::Read(Type::Number, Box::new(of)), Type::Number),
        Ok(of) if of.ty == Type::Range => return compiler.wants(of, Type::Number, argument),
        of => of?,
    };
    let ty = match kind {
        AggregateKind::Count => Type::Number,
        AggregateKind::Min | AggregateKind::Max => of.ty,
    };
    others.push(Aggregate::new(kind, of));
    let number = others.len() - 1;
    compiler.aggregates = Some(others);
    Ok(code(Op::Aggregate(number), ty))
}
