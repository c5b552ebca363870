//! From a tree to checked code: names are looked up, types fitted together, literals read.

use std::sync::Arc;

use super::{
    Scope,
    aggregate::Aggregate,
    code::{Arithmetic, Code, Comparison, Op, Which},
    error::{QueryError, QueryErrorKind, Type},
    functions,
    group::Lag,
    literal,
    parse::{self, Name, Node, Operator, Side, Tree},
    token::{self, TokenKind},
    value::Val,
};
use crate::codec::TEXT_LEN;
use crate::row::{FACTS, Fact, OLD_NAMES, OldName, Reach, source_column};

pub(super) struct Compiler<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) text: &'a str,
    /// The passes found so far; nothing where none may be.
    pub(super) aggregates: Option<Vec<Aggregate>>,
    /// Sentences about old names.
    pub(super) notes: Vec<String>,
}

pub(super) type Compiled = Result<Code, QueryError>;

pub(super) fn code(op: Op, ty: Type) -> Code {
    Code { op, ty }
}

pub(super) fn error(kind: QueryErrorKind, tree: &Tree) -> QueryError {
    QueryError::new(kind, tree.at.clone())
}

impl<'a> Compiler<'a> {
    /// A compiler of expressions of a row, in which no pass over all rows may be.
    pub(super) fn of_row(scope: &'a Scope<'a>, text: &'a str) -> Compiler<'a> {
        Compiler {
            scope,
            text,
            aggregates: None,
            notes: Vec::new(),
        }
    }
}

impl Compiler<'_> {
    /// A tree that must be a condition.
    pub(super) fn condition(&mut self, tree: &Tree) -> Compiled {
        let found = self.any(tree)?;
        let found = match found.ty {
            Type::Column => code(Op::Read(Type::Bool, Box::new(found)), Type::Bool),
            _ => found,
        };
        self.wants(found, Type::Bool, tree)
    }

    pub(super) fn wants(&self, code: Code, expected: Type, tree: &Tree) -> Compiled {
        if code.ty == expected {
            return Ok(code);
        }
        let found = code.ty;
        Err(error(QueryErrorKind::Type { expected, found }, tree))
    }

    pub(super) fn any(&mut self, tree: &Tree) -> Compiled {
        match &tree.node {
            Node::Literal(token) => self.literal(token, tree),
            Node::Field(name) => self.name(Which::Here, name, tree),
            Node::Column(name) => self.column(Which::Here, name, tree),
            Node::Neighbour(side, name) => self.neighbour(*side, name, tree),
            Node::OfWriter(of, by) => self.of_writer(of, by, tree),
            Node::Call(name, arguments) => functions::call(self, name, arguments, tree),
            Node::Not(inner) => {
                let inner = self.condition(inner)?;
                Ok(code(Op::Not(Box::new(inner)), Type::Bool))
            }
            Node::Missing(inner) => {
                let inner = self.any(inner)?;
                Ok(code(Op::IsMissing(Box::new(inner)), Type::Bool))
            }
            Node::Negative(inner) => self.negative(inner, tree),
            Node::Binary(operator, left, right) => self.binary(*operator, left, right, tree),
            Node::Range(..) | Node::List(_) => Err(error(
                QueryErrorKind::Type {
                    expected: Type::Bool,
                    found: Type::Range,
                },
                tree,
            )),
        }
    }

    fn literal(&self, token: &TokenKind, tree: &Tree) -> Compiled {
        let (value, ty) = match token {
            TokenKind::Int(value) => (Val::Int(*value), Type::Number),
            TokenKind::Float(value) => (Val::Float(value.clamp(f64::MIN, f64::MAX)), Type::Number),
            TokenKind::Duration(ms) => (Val::Duration(*ms), Type::Duration),
            TokenKind::Text(text) => (Val::Text(text.clone().into_bytes().into()), Type::Text),
            TokenKind::Date(text) => {
                let (first, last) = literal::date(text, self.scope.zone)
                    .map_err(|reason| error(QueryErrorKind::Time(reason), tree))?;
                return Ok(code(Op::Interval(first, last), Type::Time));
            }
            TokenKind::Bare(text) if is_begin_of_id(text) => {
                return Err(error(QueryErrorKind::BeginOfId(text.clone()), tree));
            }
            TokenKind::Bare(text) if is_amount(text) => {
                return Err(error(QueryErrorKind::Unit(text.clone()), tree));
            }
            TokenKind::Bare(text) => (Val::Id(literal::id(text, tree)?), Type::Id),
            TokenKind::Word(_) | TokenKind::Column(_) | TokenKind::Op(_) => {
                (Val::Missing, Type::Text)
            }
        };
        Ok(code(Op::Const(value), ty))
    }

    fn name(&mut self, which: Which, name: &str, tree: &Tree) -> Compiled {
        if which == Which::Here
            && let Some(constant) = self.constant(name)
        {
            return Ok(constant);
        }
        if let Some(fact) = Fact::named(name) {
            self.note_hidden_column(name);
            return self.fact(which, fact, name, tree);
        }
        if self.has_column(name) {
            return self.column(which, name, tree);
        }
        if let Some(column) = source_column(self.scope.columns, name) {
            return self.column(which, column, tree);
        }
        match OLD_NAMES.iter().find(|old| old.name == name) {
            Some(old) => self.old_name(which, *old, tree),
            None => self.column(which, name, tree),
        }
    }

    /// Notes a name that is that of a fact and of a column, of which the fact is meant.
    fn note_hidden_column(&mut self, name: &str) {
        // the column of the IDs says the same as the fact
        let is_id = name == Fact::Id.entry().name;
        if !is_id && self.has_column(name) {
            let sentence = Fact::named(name).map_or("", |fact| fact.entry().sentence);
            self.note(format!(
                "{name} is {sentence}; the column of that name is `{name}` in backquotes"
            ));
        }
    }

    /// Notes a sentence, once.
    fn note(&mut self, sentence: String) {
        if !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }

    fn fact(&self, which: Which, fact: Fact, name: &str, tree: &Tree) -> Compiled {
        let entry = fact.entry();
        if entry.reach != Reach::Row && which != Which::Here {
            return Err(error(
                QueryErrorKind::NotOfNeighbours(name.to_owned()),
                tree,
            ));
        }
        let now = self.scope.now.ms().cast_signed();
        Ok(code(Op::Fact(which, fact, now), entry.ty))
    }

    /// Reads what is written today in place of an old name, and notes it.
    fn old_name(&mut self, which: Which, old: OldName, tree: &Tree) -> Compiled {
        let tokens = token::tokens(old.instead)?;
        let instead = parse::parse(&tokens, old.instead)?;
        let read = match &instead.node {
            Node::Field(name) => self.name(which, name, tree),
            _ if which != Which::Here => Err(error(
                QueryErrorKind::NotOfNeighbours(old.name.to_owned()),
                tree,
            )),
            _ => self.any(&instead),
        }?;
        self.note(format!(
            "{:?} is an old name that will no longer be read after this release; write {}",
            old.name, old.instead
        ));
        Ok(read)
    }

    fn neighbour(&mut self, side: Side, name: &Name, tree: &Tree) -> Compiled {
        let which = match side {
            Side::Prev => Which::Prev,
            Side::Next => Which::Next,
        };
        match name {
            Name::Word(name) => self.name(which, name, tree),
            Name::Column(name) => self.column(which, name, tree),
        }
    }

    /// A row beside the row before of the same writer.
    fn of_writer(&mut self, of: &Tree, by: &Tree, tree: &Tree) -> Compiled {
        if !self.scope.writers {
            return Err(error(QueryErrorKind::NoWriters, tree));
        }
        let by = self.any(by)?;
        let before = |of: Code| {
            let ty = of.ty;
            code(Op::Lag(Arc::new(Lag::new(of, by.clone()))), ty)
        };
        let here = |fact: Fact| code(Op::Fact(Which::Here, fact, 0), fact.entry().ty);
        let last_id = |before: &dyn Fn(Code) -> Code| Box::new(before(here(Fact::Id)));
        match &of.node {
            Node::Neighbour(_, Name::Column(name)) => {
                Ok(before(self.column(Which::Here, name, of)?))
            }
            Node::Neighbour(_, Name::Word(name)) => Ok(before(self.name(Which::Here, name, of)?)),
            Node::Field(name) if Fact::named(name) == Some(Fact::OutOfOrder) => {
                let smaller = Box::new(here(Fact::Id));
                let op = Op::Compare(Comparison::Less, smaller, last_id(&before));
                Ok(code(op, Type::Bool))
            }
            _ => {
                let time = code(Op::TimeOf(last_id(&before)), Type::Time);
                let now = Box::new(here(Fact::Time));
                let op = Op::Arithmetic(Arithmetic::Subtract, now, Box::new(time));
                Ok(code(op, Type::Duration))
            }
        }
    }

    fn constant(&self, name: &str) -> Option<Code> {
        let now = self.scope.now.ms().cast_signed();
        Some(match name {
            "true" => code(Op::Const(Val::Bool(true)), Type::Bool),
            "false" => code(Op::Const(Val::Bool(false)), Type::Bool),
            "now" => code(Op::Const(Val::Time(now)), Type::Time),
            _ => return None,
        })
    }

    fn has_column(&self, name: &str) -> bool {
        self.scope.columns.iter().any(|column| column == name)
    }

    pub(super) fn column(&self, which: Which, name: &str, tree: &Tree) -> Compiled {
        if !self.has_column(name) && !self.scope.any_column {
            let columns = self.scope.columns.iter().map(String::as_str);
            let names = FACTS.iter().map(|entry| entry.name).chain(columns);
            return Err(error(
                QueryErrorKind::Unknown {
                    name: name.to_owned(),
                    similar: similar(name, names),
                },
                tree,
            ));
        }
        Ok(code(Op::Column(which, name.to_owned()), Type::Column))
    }

    fn negative(&mut self, inner: &Tree, tree: &Tree) -> Compiled {
        let inner = match self.any(inner)? {
            // as in any calculation a column counts as a number
            column if column.ty == Type::Column => {
                code(Op::Read(Type::Number, Box::new(column)), Type::Number)
            }
            other => other,
        };
        let zero = match inner.ty {
            Type::Duration => Val::Duration(0),
            Type::Number => Val::Int(0),
            found => {
                let expected = Type::Number;
                return Err(error(QueryErrorKind::Type { expected, found }, tree));
            }
        };
        let ty = inner.ty;
        let zero = code(Op::Const(zero), ty);
        let op = Op::Arithmetic(Arithmetic::Subtract, Box::new(zero), Box::new(inner));
        Ok(folded(code(op, ty)))
    }

    fn binary(&mut self, operator: Operator, left: &Tree, right: &Tree, tree: &Tree) -> Compiled {
        let comparison = match operator {
            Operator::Or | Operator::And => {
                let (left, right) = (self.condition(left)?, self.condition(right)?);
                let both = (Box::new(left), Box::new(right));
                let op = match operator {
                    Operator::Or => Op::Or(both.0, both.1),
                    _ => Op::And(both.0, both.1),
                };
                return Ok(code(op, Type::Bool));
            }
            Operator::In => return self.within(left, right, tree),
            Operator::NotIn => {
                let within = self.within(left, right, tree)?;
                return Ok(code(Op::Not(Box::new(within)), Type::Bool));
            }
            Operator::Matches
            | Operator::MatchesNot
            | Operator::Contains
            | Operator::StartsWith
            | Operator::EndsWith
            | Operator::Like
            | Operator::NotLike => {
                return self.text_test(operator, left, right);
            }
            Operator::Add => return self.arithmetic(Arithmetic::Add, left, right, tree),
            Operator::Subtract => return self.arithmetic(Arithmetic::Subtract, left, right, tree),
            Operator::Multiply => return self.arithmetic(Arithmetic::Multiply, left, right, tree),
            Operator::Divide => return self.arithmetic(Arithmetic::Divide, left, right, tree),
            Operator::Remainder => {
                return self.arithmetic(Arithmetic::Remainder, left, right, tree);
            }
            Operator::Equal => Comparison::Equal,
            Operator::NotEqual => Comparison::NotEqual,
            Operator::Less => Comparison::Less,
            Operator::LessOrEqual => Comparison::LessOrEqual,
            Operator::Greater => Comparison::Greater,
            Operator::GreaterOrEqual => Comparison::GreaterOrEqual,
        };
        let (a, b) = (self.any(left)?, self.any(right)?);
        self.compare(comparison, (a, left), (b, right), tree)
    }

    fn arithmetic(
        &mut self,
        operator: Arithmetic,
        left: &Tree,
        right: &Tree,
        tree: &Tree,
    ) -> Compiled {
        let number = |code: Code| match code.ty {
            Type::Column => Code {
                op: Op::Read(Type::Number, Box::new(code)),
                ty: Type::Number,
            },
            _ => code,
        };
        let (a, b) = (number(self.any(left)?), number(self.any(right)?));
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        let ty = match (operator, a.ty, b.ty) {
            (_, Type::Number, Type::Number) => Type::Number,
            (Add | Subtract, Type::Duration, Type::Duration) => Type::Duration,
            (Add | Subtract, Type::Time, Type::Duration) | (Add, Type::Duration, Type::Time) => {
                Type::Time
            }
            (Subtract, Type::Time, Type::Time) => Type::Duration,
            (Multiply | Divide, Type::Duration, Type::Number)
            | (Multiply, Type::Number, Type::Duration) => Type::Duration,
            (_, left, right) => {
                let verb = match operator {
                    Add => "added",
                    Subtract => "subtracted",
                    Multiply => "multiplied",
                    _ => "divided",
                };
                return Err(error(QueryErrorKind::Mismatch { left, right, verb }, tree));
            }
        };
        let op = Op::Arithmetic(operator, Box::new(a), Box::new(b));
        Ok(folded(code(op, ty)))
    }
}

/// True for the first characters of an ID of a time of ours.
fn is_begin_of_id(text: &str) -> bool {
    let may_be = text.starts_with('0') && (4..TEXT_LEN).contains(&text.len());
    may_be && literal::prefix(text).is_some()
}

/// True for some digits with a few letters behind them, which nobody means as an ID.
fn is_amount(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.len() < 12 && !unit.is_empty() && unit.chars().all(char::is_alphabetic)
}

/// A value that is known already is computed already.
pub(super) fn folded(value: Code) -> Code {
    match value.constant() {
        Some(constant) if !matches!(value.op, Op::Interval(..)) => {
            code(Op::Const(constant), value.ty)
        }
        _ => value,
    }
}

/// The name that is most like another, if one is: no more than two letters have to be changed, added or left out, and of a
/// short name no more than a third.
pub fn similar<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    const LONGEST: usize = 100; // no slip of a finger makes a name longer
    if name.len() > LONGEST {
        return None;
    }
    let distance = |other: &str| distance(&name.to_lowercase(), &other.to_lowercase());
    let nearest = names
        .into_iter()
        .map(|other| (distance(other), other))
        .min()?;
    let most = name.chars().count().div_ceil(3).min(2);
    (nearest.0 <= most && nearest.0 < name.chars().count()).then(|| nearest.1.to_owned())
}

/// Letters to be changed, added or left out.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
