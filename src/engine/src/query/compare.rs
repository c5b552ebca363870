//! Comparisons, sets and tests of text: the sides are made to fit each other.

use crate::{Ulid, codec::TEXT_LEN, pass::Case, row::Fact};
use regex::bytes::Regex;

use super::{
    code::{Arithmetic, Code, Comparison, Needle, Op},
    compile::{Compiled, Compiler, code, error, folded, similar},
    error::{QueryError, QueryErrorKind, Type},
    literal,
    parse::{Node, Operator, Tree, balanced},
    token::TokenKind,
    value::Val,
};

/// Words for what is wrong with an ID; see [`crate::codec::FaultKind::code`].
const FAULTS: [&str; 5] = ["length", "character", "overflow", "uuid", "absent"];

impl Compiler<'_> {
    /// A comparison, after the sides have been made to fit.
    pub(super) fn compare(
        &self,
        comparison: Comparison,
        (a, left): (Code, &Tree),
        (b, right): (Code, &Tree),
        tree: &Tree,
    ) -> Compiled {
        let (type_a, type_b) = (a.ty, b.ty);
        let mismatch = || {
            let kind = QueryErrorKind::Mismatch {
                left: type_a,
                right: type_b,
                verb: "compared",
            };
            error(kind, tree)
        };
        if type_a == Type::Column && type_b == Type::Column {
            let op = Op::CompareColumns(comparison, Box::new(a), Box::new(b));
            return Ok(code(op, Type::Bool));
        }
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            check_fault(&a, (&b, right))?;
            check_fault(&b, (&a, left))?;
        }
        let wanted = common(type_a, type_b).ok_or_else(mismatch)?;
        let (a, b) = (
            self.fit(a, wanted, left)?.ok_or_else(mismatch)?,
            self.fit(b, wanted, right)?.ok_or_else(mismatch)?,
        );
        let both = |a: Code, b: Code| Op::Compare(comparison, Box::new(a), Box::new(b));
        let op = match (a.op.clone(), b.op.clone()) {
            (_, Op::Interval(first, last)) => compare_interval(comparison, a, first, last),
            (Op::Interval(first, last), _) => {
                compare_interval(comparison.mirrored(), b, first, last)
            }
            _ => both(a, b),
        };
        Ok(code(op, Type::Bool))
    }

    /// The same value as another type: a literal is read, a column gets to be read for every row. Nothing where that
    /// makes no sense.
    pub(super) fn fit(
        &self,
        value: Code,
        wanted: Type,
        tree: &Tree,
    ) -> Result<Option<Code>, QueryError> {
        let op = match (value.ty, wanted) {
            (found, wanted) if found == wanted => return Ok(Some(value)),
            (Type::Column, Type::Text) => value.op,
            (Type::Column, Type::Number | Type::Time | Type::Id | Type::Bool) => {
                Op::Read(wanted, Box::new(value))
            }
            (Type::Id, Type::Time) => Op::TimeOf(Box::new(value)),
            (Type::Duration, Type::Time) => {
                let now = code(
                    Op::Const(Val::Time(self.scope.now.ms().cast_signed())),
                    Type::Time,
                );
                Op::Arithmetic(Arithmetic::Add, Box::new(now), Box::new(value))
            }
            // Only a number as it was typed is a year: `2025 - 3` is computed, and nobody can tell of what.
            (Type::Number, Type::Time) => match tree.node {
                Node::Literal(TokenKind::Int(number)) => {
                    let time = literal::number_as_time(number, self.scope.zone);
                    time.map_err(|reason| error(QueryErrorKind::Time(reason), tree))?
                }
                _ => return Err(error(QueryErrorKind::ComputedTime, tree)),
            },
            // An ID without a letter looks like a number.
            (Type::Number, Type::Id) => {
                let written = self.text.get(tree.at.clone()).unwrap_or_default();
                match tree.node {
                    Node::Literal(TokenKind::Int(_)) if written.len() == TEXT_LEN => {
                        Op::Const(Val::Id(literal::id(written, tree)?))
                    }
                    _ => return Ok(None),
                }
            }
            (Type::Text, Type::Time | Type::Id) => {
                let Op::Const(Val::Text(text)) = &value.op else {
                    return Ok(None);
                };
                let text = String::from_utf8_lossy(text);
                if wanted == Type::Id {
                    Op::Const(Val::Id(literal::id(&text, tree)?))
                } else {
                    let moment = literal::moment(&text, self.scope);
                    let (first, last) =
                        moment.map_err(|reason| error(QueryErrorKind::Time(reason), tree))?;
                    Op::Interval(first, last)
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(folded(code(op, wanted))))
    }

    /// `value in SET`.
    pub(super) fn within(&mut self, left: &Tree, right: &Tree, tree: &Tree) -> Compiled {
        let value = self.any(left)?;
        match &right.node {
            Node::List(values) => {
                let mut equal = |each: &Tree| {
                    let side = (self.any(each)?, each);
                    self.compare(Comparison::Equal, (value.clone(), left), side, tree)
                };
                let equals: Vec<Code> = values.iter().map(&mut equal).collect::<Result<_, _>>()?;
                let or = |a, b| code(Op::Or(Box::new(a), Box::new(b)), Type::Bool);
                let none = code(Op::Const(Val::Bool(false)), Type::Bool);
                Ok(balanced(equals, &or).unwrap_or(none))
            }
            Node::Range(from, to, included) => {
                let upper = if *included {
                    Comparison::LessOrEqual
                } else {
                    Comparison::Less
                };
                let ends = [(from, Comparison::GreaterOrEqual), (to, upper)];
                let mut both: Option<Code> = None;
                for (end, comparison) in ends {
                    let Some(end) = end else {
                        continue;
                    };
                    let end_code = self.any(end)?;
                    let side =
                        self.compare(comparison, (value.clone(), left), (end_code, end), tree)?;
                    both = Some(match both {
                        None => side,
                        Some(before) => code(Op::And(Box::new(before), Box::new(side)), Type::Bool),
                    });
                }
                Ok(both.unwrap_or(code(Op::Const(Val::Bool(true)), Type::Bool)))
            }
            Node::Call(name, arguments) if name == "file" => {
                self.within_file(value, left, arguments, right)
            }
            _ => {
                let set = self.any(right)?;
                if let Op::Const(Val::Bounds(first, last)) = set.op {
                    let id = match value.ty {
                        Type::Column => self.fit(value, Type::Id, left)?,
                        _ => Some(self.wants(value, Type::Id, left)?),
                    };
                    let id = id.unwrap_or(code(Op::Const(Val::Missing), Type::Id));
                    return Ok(code(Op::InBounds(Box::new(id), first, last), Type::Bool));
                }
                self.compare(Comparison::Equal, (value, left), (set, right), tree)
            }
        }
    }

    pub(super) fn text_test(&mut self, operator: Operator, left: &Tree, right: &Tree) -> Compiled {
        let value = self.any(left)?;
        if operator == Operator::StartsWith && value.ty == Type::Id {
            let (first, last) = self.prefix(right)?;
            return Ok(code(Op::InBounds(Box::new(value), first, last), Type::Bool));
        }
        if !matches!(value.ty, Type::Text | Type::Column) {
            return self.wants(value, Type::Text, left);
        }
        let Node::Literal(TokenKind::Text(part)) = &right.node else {
            let name = match operator {
                Operator::Contains => "contains",
                Operator::StartsWith => "starts with",
                Operator::EndsWith => "ends with",
                Operator::Like | Operator::NotLike => "like",
                Operator::MatchesNot => "!~",
                _ => "=~",
            };
            return Err(error(QueryErrorKind::NeedsText(name), right));
        };
        let value = Box::new(value);
        let op = match operator {
            Operator::Contains => Op::Contains(value, Needle::new(part, Case::Matters)),
            Operator::StartsWith => Op::StartsWith(value, part.clone().into_bytes()),
            Operator::EndsWith => Op::Matches(
                value,
                pattern(&format!(r"(?s){}\z", regex::escape(part)), right)?,
            ),
            Operator::Like | Operator::NotLike => Op::Matches(value, pattern(&like(part), right)?),
            _ => Op::Matches(value, pattern(part, right)?),
        };
        let test = code(op, Type::Bool);
        Ok(match operator {
            Operator::MatchesNot | Operator::NotLike => code(Op::Not(Box::new(test)), Type::Bool),
            _ => test,
        })
    }

    /// The IDs that begin with what is written there, in quotes or not.
    fn prefix(&self, tree: &Tree) -> Result<(Ulid, Ulid), QueryError> {
        let written = self.text.get(tree.at.clone()).unwrap_or_default();
        let prefix = match &tree.node {
            Node::Literal(TokenKind::Text(text)) => text,
            _ => written,
        };
        literal::prefix(prefix).ok_or_else(|| error(QueryErrorKind::Prefix, tree))
    }
}

/// Refuses a word that is the name of no fault, which no row could ever have.
fn check_fault(of: &Code, (other, tree): (&Code, &Tree)) -> Result<(), QueryError> {
    let (Op::Fact(_, Fact::Fault, _), Op::Const(Val::Text(word))) = (&of.op, &other.op) else {
        return Ok(());
    };
    let word = String::from_utf8_lossy(word).into_owned();
    if FAULTS.contains(&word.as_str()) {
        return Ok(());
    }
    let similar = similar(&word, FAULTS);
    Err(error(QueryErrorKind::UnknownFault { word, similar }, tree))
}

fn pattern(text: &str, tree: &Tree) -> Result<Regex, QueryError> {
    Regex::new(text).map_err(|reason| error(QueryErrorKind::Regex(short(&reason)), tree))
}

/// A pattern of `like` as a regular expression: `%` is any text and `_` a character, and nothing may stand beside them.
fn like(pattern: &str) -> String {
    let part = |c: char| match c {
        '%' => ".*".to_owned(),
        '_' => ".".to_owned(),
        other => regex::escape(&other.to_string()),
    };
    let parts: String = pattern.chars().map(part).collect();
    format!(r"(?s)\A{parts}\z")
}

/// The type in which two values are compared.
fn common(a: Type, b: Type) -> Option<Type> {
    let pair = |x, y| (a, b) == (x, y) || (a, b) == (y, x);
    if a == b {
        return (a != Type::Range).then_some(a);
    }
    let other = if a == Type::Column { b } else { a };
    if a == Type::Column || b == Type::Column {
        return Some(other);
    }
    if pair(Type::Time, Type::Duration)
        || pair(Type::Time, Type::Number)
        || pair(Type::Time, Type::Text)
        || pair(Type::Time, Type::Id)
    {
        return Some(Type::Time);
    }
    (pair(Type::Id, Type::Text) || pair(Type::Id, Type::Number)).then_some(Type::Id)
}

/// A comparison with a date: `<` is before its begin, `>` behind its end, `==` anywhere in it.
fn compare_interval(comparison: Comparison, value: Code, first: i64, last: i64) -> Op {
    let value = Box::new(value);
    match comparison {
        Comparison::Equal => Op::Within(value, first, last),
        Comparison::NotEqual => {
            let before = code(
                compare_interval(Comparison::Less, (*value).clone(), first, last),
                Type::Bool,
            );
            let after = code(
                compare_interval(Comparison::Greater, *value, first, last),
                Type::Bool,
            );
            Op::Or(Box::new(before), Box::new(after))
        }
        Comparison::Less => Op::Within(value, i64::MIN, first.saturating_sub(1)),
        Comparison::LessOrEqual => Op::Within(value, i64::MIN, last),
        Comparison::Greater => Op::Within(value, last.saturating_add(1), i64::MAX),
        Comparison::GreaterOrEqual => Op::Within(value, first, i64::MAX),
    }
}

/// The first line of a message that has several.
fn short(reason: &regex::Error) -> String {
    let text = reason.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}
