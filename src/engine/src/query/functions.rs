//! The functions of the language. There are no others, and none of them changes anything.

use super::{
    aggregate::{Aggregate, AggregateKind},
    apply::{Apply, common_type},
    code::{Code, Op, Which},
    compile::{Compiled, Compiler, code, error, similar},
    error::{QueryError, QueryErrorKind, Type},
    literal, lookup,
    parse::{Node, Tree},
    token::TokenKind,
    value::Val,
};
use crate::{
    Timestamp,
    calendar::CalendarPart,
    row::{Fact, Spelling},
};

/// A function, for the documentation at hand.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Words for the values that it takes.
    pub takes: &'static str,
    /// Words for the value that it gives.
    pub gives: &'static str,
    compile: Compile,
}

/// A call that is being compiled.
struct Call<'t> {
    function: &'static Function,
    arguments: &'t [Tree],
    tree: &'t Tree,
}

type Compile = fn(&mut Compiler<'_>, &Call<'_>) -> Compiled;

/// Every function, each with all that is known of it.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "time",
        takes: "an ID, a text or milliseconds",
        gives: "the time of it",
        compile: |compiler, call| time(compiler, call.only()?),
    },
    Function {
        name: "ulid",
        takes: "a time or an ID in any spelling",
        gives: "the ULID, for a time the smallest of its millisecond",
        compile: |compiler, call| id(compiler, call.only()?),
    },
    Function {
        name: "uuid",
        takes: "an ID",
        gives: "its spelling as a UUID",
        compile: |compiler, call| print(compiler, Spelling::Uuid, call),
    },
    Function {
        name: "hex",
        takes: "an ID",
        gives: "its 32 hexadecimal digits",
        compile: |compiler, call| print(compiler, Spelling::Hex, call),
    },
    Function {
        name: "integer",
        takes: "an ID",
        gives: "its 128 bits as a decimal number, as text",
        compile: |compiler, call| print(compiler, Spelling::Integer, call),
    },
    Function {
        name: "base64",
        takes: "an ID",
        gives: "its 16 bytes in base 64",
        compile: |compiler, call| print(compiler, Spelling::Base64, call),
    },
    Function {
        name: "between",
        takes: "two times",
        gives: "all IDs from the first up to, and without, the second",
        compile: between,
    },
    Function {
        name: "column",
        takes: "the name of a column in quotes",
        gives: "its value",
        compile: column,
    },
    Function {
        name: "len",
        takes: "a text",
        gives: "its length in bytes",
        compile: |compiler, call| {
            let text = text(compiler, call.only()?)?;
            Ok(code(Op::Apply(Apply::Len, vec![text]), Type::Number))
        },
    },
    Function {
        name: "lower",
        takes: "a text",
        gives: "the text in lower case",
        compile: |compiler, call| {
            let text = text(compiler, call.only()?)?;
            Ok(code(Op::Apply(Apply::Lower, vec![text]), Type::Text))
        },
    },
    Function {
        name: "hour",
        takes: TIME,
        gives: "the hour of the day in the zone shown, 0 to 23",
        compile: |compiler, call| calendar(compiler, CalendarPart::Hour, call),
    },
    Function {
        name: "weekday",
        takes: TIME,
        gives: "the day of the week, 1 for Monday to 7 for Sunday",
        compile: |compiler, call| calendar(compiler, CalendarPart::Weekday, call),
    },
    Function {
        name: "date",
        takes: TIME,
        gives: "the day in the zone shown, as text",
        compile: date,
    },
    Function {
        name: "week",
        takes: TIME,
        gives: "the week of the year as ISO 8601 counts, 1 to 53",
        compile: |compiler, call| calendar(compiler, CalendarPart::Week, call),
    },
    Function {
        name: "month",
        takes: TIME,
        gives: "the month of the year, 1 to 12",
        compile: |compiler, call| calendar(compiler, CalendarPart::Month, call),
    },
    Function {
        name: "year",
        takes: TIME,
        gives: "the year",
        compile: |compiler, call| calendar(compiler, CalendarPart::Year, call),
    },
    Function {
        name: "text",
        takes: "an ID",
        gives: "its 26 characters, as text",
        compile: |compiler, call| print(compiler, Spelling::Ulid, call),
    },
    Function {
        name: "lookup",
        takes: "a file in quotes, perhaps with a column of it behind a colon, a key, and the name of another column in quotes",
        gives: "that column in the row of the file that has the key: an ID, or the text of a column",
        compile: lookup,
    },
    Function {
        name: "prefix",
        takes: "`id`, or a column of IDs",
        gives: "what stands before an ID such as `ord_01ARZ…`, without the sign between",
        compile: prefix,
    },
    Function {
        name: "replace",
        takes: "a text, a part of it and what takes its place",
        gives: "the text with each of these parts replaced",
        compile: replace,
    },
    Function {
        name: "split",
        takes: "a text, what divides it, and a number from 1, or from the end if it is negative",
        gives: "that part of the text",
        compile: split,
    },
    Function {
        name: "coalesce",
        takes: "values of one type",
        gives: "the first that is there and not empty",
        compile: coalesce,
    },
    Function {
        name: "if",
        takes: "a condition and two values of one type",
        gives: "the first value where it holds, else the second",
        compile: either,
    },
    Function {
        name: "abs",
        takes: "a number or a duration",
        gives: "it without its sign",
        compile: abs,
    },
    Function {
        name: "count",
        takes: "a condition",
        gives: "the number of rows that meet it",
        compile: |compiler, call| aggregate(compiler, AggregateKind::Count, call),
    },
    Function {
        name: "min",
        takes: "a value",
        gives: "the smallest of all rows",
        compile: |compiler, call| aggregate(compiler, AggregateKind::Min, call),
    },
    Function {
        name: "max",
        takes: "a value",
        gives: "the largest of all rows",
        compile: |compiler, call| aggregate(compiler, AggregateKind::Max, call),
    },
];

const TIME: &str = "a time, or what has one: an ID, a column";

impl Call<'_> {
    /// The only argument.
    fn only(&self) -> Result<&Tree, QueryError> {
        match self.arguments {
            [argument] => Ok(argument),
            _ => Err(self.wrong(self.function.takes)),
        }
    }

    /// An error that says what the function takes.
    fn wrong(&self, takes: &'static str) -> QueryError {
        let function = self.function.name;
        error(QueryErrorKind::Arguments { function, takes }, self.tree)
    }
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
    let call = Call {
        function,
        arguments,
        tree,
    };
    (function.compile)(compiler, &call)
}

fn calendar(compiler: &mut Compiler<'_>, part: CalendarPart, call: &Call<'_>) -> Compiled {
    let time = time(compiler, call.only()?)?;
    let function = Apply::Calendar(part, compiler.scope.zone.clone());
    Ok(code(Op::Apply(function, vec![time]), Type::Number))
}

fn date(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let time = time(compiler, call.only()?)?;
    let function = Apply::Date(compiler.scope.zone.clone());
    Ok(code(Op::Apply(function, vec![time]), Type::Text))
}

fn lookup(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let [file, key, column] = call.arguments else {
        return Err(call.wrong(call.function.takes));
    };
    let (Node::Literal(TokenKind::Text(file)), Node::Literal(TokenKind::Text(column))) =
        (&file.node, &column.node)
    else {
        return Err(call.wrong(call.function.takes));
    };
    lookup::lookup(compiler, (file, column), key, call.tree)
}

fn prefix(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let of = compiler.any(call.only()?)?;
    let text = match of.op {
        Op::Fact(which, Fact::Id, _) => code(Op::IdText(which), Type::Text),
        _ if matches!(of.ty, Type::Column | Type::Text) => of,
        _ => return Err(call.wrong(call.function.takes)),
    };
    Ok(code(Op::Apply(Apply::Prefix, vec![text]), Type::Text))
}

fn replace(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let [of, from, to] = call.arguments else {
        return Err(call.wrong(call.function.takes));
    };
    let parts = [of, from, to].map(|part| text(compiler, part));
    let parts = parts
        .into_iter()
        .collect::<Result<Vec<Code>, QueryError>>()?;
    Ok(code(Op::Apply(Apply::Replace, parts), Type::Text))
}

fn split(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let [of, by, number] = call.arguments else {
        return Err(call.wrong(call.function.takes));
    };
    let number = compiler.any(number)?;
    if !matches!(number.op, Op::Const(Val::Int(number)) if number != 0) {
        return Err(call.wrong(call.function.takes));
    }
    let parts = vec![text(compiler, of)?, text(compiler, by)?, number];
    Ok(code(Op::Apply(Apply::Split, parts), Type::Text))
}

fn coalesce(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let (parts, ty) = of_one_type(compiler, call, call.arguments)?;
    Ok(code(Op::Apply(Apply::Coalesce, parts), ty))
}

fn either(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let [condition, values @ ..] = call.arguments else {
        return Err(call.wrong(call.function.takes));
    };
    let condition = compiler.condition(condition)?;
    let (values, ty) = of_one_type(compiler, call, values)?;
    let [then, or] = <[Code; 2]>::try_from(values).map_err(|_| call.wrong(call.function.takes))?;
    Ok(code(Op::Apply(Apply::If, vec![condition, then, or]), ty))
}

/// Values of one type; columns are read as what the others are.
fn of_one_type(
    compiler: &mut Compiler<'_>,
    call: &Call<'_>,
    arguments: &[Tree],
) -> Result<(Vec<Code>, Type), QueryError> {
    let wrong = || call.wrong(call.function.takes);
    let values = arguments.iter().map(|part| compiler.any(part));
    let values = values.collect::<Result<Vec<Code>, QueryError>>()?;
    let ty = common_type(values.iter().map(|value| value.ty)).ok_or_else(wrong)?;
    let fitted = values.into_iter().zip(arguments).map(|(value, tree)| {
        let fitted = compiler.fit(value, ty, tree)?;
        fitted.ok_or_else(wrong)
    });
    Ok((fitted.collect::<Result<Vec<Code>, QueryError>>()?, ty))
}

fn column(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let argument = call.only()?;
    match &argument.node {
        Node::Literal(TokenKind::Text(name)) => compiler.column(Which::Here, name, argument),
        _ => Err(call.wrong(call.function.takes)),
    }
}

fn abs(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let value = compiler.any(call.only()?)?;
    match value.ty {
        ty @ (Type::Number | Type::Duration) => Ok(code(Op::Abs(Box::new(value)), ty)),
        // as in any calculation a column counts as a number
        Type::Column => {
            let number = code(Op::Read(Type::Number, Box::new(value)), Type::Number);
            Ok(code(Op::Abs(Box::new(number)), Type::Number))
        }
        _ => Err(call.wrong(call.function.takes)),
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
            // so few digits are a year, a month or a day, and no integer of 128 bits
            let is_date = text.len() <= 8 && text.bytes().all(|byte| byte.is_ascii_digit());
            match literal::id(&text, argument) {
                Ok(id) if !is_date => Op::Const(Val::Id(id)),
                _ => Op::IdOf(Box::new(time(compiler, argument)?)),
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

fn print(compiler: &mut Compiler<'_>, form: Spelling, call: &Call<'_>) -> Compiled {
    let id = id(compiler, call.only()?)?;
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

fn between(compiler: &mut Compiler<'_>, call: &Call<'_>) -> Compiled {
    let [from, to] = call.arguments else {
        return Err(call.wrong(call.function.takes));
    };
    let mut end = |tree: &Tree| match time(compiler, tree)?.constant() {
        Some(Val::Time(ms)) => Ok(ms.clamp(0, Timestamp::MAX.ms().cast_signed())),
        _ => Err(call.wrong("two times that are known beforehand")),
    };
    let (from, to) = (end(from)?, end(to)?);
    let times = (Timestamp::from_ms(from), Timestamp::from_ms(to - 1));
    match times {
        (Ok(first), Ok(last)) if first <= last => {
            let bounds = Val::Bounds(first.first_id(), last.last_id());
            Ok(code(Op::Const(bounds), Type::Range))
        }
        _ => Err(call.wrong("two times, the earlier one first")),
    }
}

fn aggregate(compiler: &mut Compiler<'_>, kind: AggregateKind, call: &Call<'_>) -> Compiled {
    let argument = call.only()?;
    let refused = || error(QueryErrorKind::Aggregate(call.function.name), call.tree);
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
