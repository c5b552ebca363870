//! Tokens to a tree. Every terminal that does not match says what it had expected, and what was expected at the
//! furthest place is what an error names and a completion offers.

use std::{cell::RefCell, ops::Range};

use winnow::{
    Parser,
    combinator::{alt, fail, opt, repeat, separated},
    error::EmptyError,
    stream::{Stateful, Stream, TokenSlice},
};

use super::{
    error::{Expected, QueryError, QueryErrorKind},
    token::{Token, TokenKind},
};
use crate::row::{Fact, Reach};

/// Parentheses within parentheses; a stack has an end.
const MAX_DEPTH: usize = 40;
/// Parts within parts of a tree. What is deeper is run by recursion on the stack of a thread, some kilobytes a level.
const MAX_LEVELS: usize = 64;

/// A part of an expression, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    pub(super) node: Node,
    pub(super) at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Literal(TokenKind),
    /// A field or column.
    Field(String),
    /// A column, and never a field.
    Column(String),
    /// A field or column of the row before or after.
    Neighbour(Side, Name),
    Call(String, Vec<Tree>),
    /// A fact that depends on the row before, or something of that row, among the rows of the same writer: which, and what
    /// writers are told apart by.
    OfWriter(Box<Tree>, Box<Tree>),
    Not(Box<Tree>),
    /// Something that a row does not have.
    Missing(Box<Tree>),
    Negative(Box<Tree>),
    Binary(Operator, Box<Tree>, Box<Tree>),
    /// From, to, and whether the end is included; either may be open.
    Range(Option<Box<Tree>>, Option<Box<Tree>>, bool),
    /// Values to be in.
    List(Vec<Tree>),
}

impl Tree {
    /// Parts within parts. There are no more of them than tokens, which have a limit.
    fn levels(&self) -> usize {
        let deepest = |parts: &[Tree]| parts.iter().map(Tree::levels).max().unwrap_or(0);
        let either = |part: &Option<Box<Tree>>| part.as_ref().map_or(0, |part| part.levels());
        1 + match &self.node {
            Node::Literal(_) | Node::Field(_) | Node::Column(_) | Node::Neighbour(..) => 0,
            Node::Call(_, parts) | Node::List(parts) => deepest(parts),
            Node::Not(inner) | Node::Missing(inner) | Node::Negative(inner) => inner.levels(),
            Node::Binary(_, left, right) | Node::OfWriter(left, right) => {
                left.levels().max(right.levels())
            }
            Node::Range(from, to, _) => either(from).max(either(to)),
        }
    }
}

/// Joins parts by an operation that may be grouped in any way, as a tree that is as low as it can be: a chain of hundreds
/// would be as deep as it is long.
pub(super) fn balanced<T>(parts: Vec<T>, join: &impl Fn(T, T) -> T) -> Option<T> {
    let mut level = parts;
    while level.len() > 1 {
        let mut above = Vec::with_capacity(level.len().div_ceil(2));
        let mut parts = level.into_iter();
        while let Some(left) = parts.next() {
            above.push(match parts.next() {
                Some(right) => join(left, right),
                None => left,
            });
        }
        level = above;
    }
    level.pop()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Prev,
    Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    MatchesNot,
    Contains,
    StartsWith,
    EndsWith,
    Like,
    NotLike,
    In,
    NotIn,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// The tokens that were expected at the furthest place.
#[derive(Debug, Default)]
struct Furthest {
    /// Tokens left there.
    left: usize,
    expected: Vec<Expected>,
    depth: usize,
    too_deep: bool,
}

type Input<'t> = Stateful<TokenSlice<'t, Token>, &'t RefCell<Furthest>>;
type Parsed<T> = Result<T, EmptyError>;

/// The tree of a whole expression.
pub(super) fn parse(tokens: &[Token], text: &str) -> Result<Tree, QueryError> {
    let (tree, furthest) = run(tokens);
    let too_deep = || QueryError::new(QueryErrorKind::TooDeep, 0..text.len());
    if tree.as_ref().is_some_and(|tree| tree.levels() > MAX_LEVELS) {
        return Err(too_deep());
    }
    tree.ok_or_else(|| {
        if furthest.too_deep {
            return too_deep();
        }
        let end = text.trim_end().len();
        let found = tokens.get(tokens.len() - furthest.left);
        let at = found.map_or(end..end, |token| token.at.clone());
        let kind = QueryErrorKind::Expected {
            expected: furthest.expected,
            found: found
                .and_then(|token| text.get(token.at.clone()))
                .map(str::to_owned),
        };
        QueryError::new(kind, at)
    })
}

/// The tokens that may follow.
pub(super) fn expected_after(tokens: &[Token]) -> Vec<Expected> {
    let (_, furthest) = run(tokens);
    if furthest.left > 0 {
        return Vec::new();
    }
    furthest.expected
}

fn run(tokens: &[Token]) -> (Option<Tree>, Furthest) {
    let furthest = RefCell::new(Furthest {
        left: tokens.len(),
        ..Furthest::default()
    });
    let mut input = Input {
        input: TokenSlice::new(tokens),
        state: &furthest,
    };
    let tree = or(&mut input).ok();
    let whole = input.input.eof_offset() == 0;
    if !whole {
        expect(&input, Expected::End);
    }
    let mut furthest = furthest.take();
    furthest.expected.sort_unstable();
    furthest.expected.dedup();
    (tree.filter(|_| whole), furthest)
}

fn expect(input: &Input<'_>, expected: Expected) {
    let left = input.input.eof_offset();
    let mut furthest = input.state.borrow_mut();
    if left < furthest.left {
        furthest.left = left;
        furthest.expected.clear();
    }
    if left == furthest.left {
        furthest.expected.push(expected);
    }
}

/// The next token, if it is one that is wanted.
fn terminal<'t, T>(
    expected: Expected,
    wanted: impl Fn(&TokenKind) -> Option<T>,
) -> impl Parser<Input<'t>, (T, Range<usize>), EmptyError> {
    move |input: &mut Input<'t>| {
        let found = input.input.peek_token();
        let wanted = found.and_then(|token| Some((wanted(&token.kind)?, token.at.clone())));
        match wanted {
            Some(found) => {
                input.input.next_token();
                Ok(found)
            }
            None => {
                expect(input, expected);
                fail.parse_next(input)
            }
        }
    }
}

/// A word of the language, in lower case or, as in SQL, in capitals.
fn is_word(found: &str, word: &str) -> bool {
    found == word || (found.eq_ignore_ascii_case(word) && !found.contains(char::is_lowercase))
}

fn keyword<'t>(word: &'static str) -> impl Parser<Input<'t>, Range<usize>, EmptyError> {
    let is_it =
        move |kind: &TokenKind| matches!(kind, TokenKind::Word(found) if is_word(found, word));
    terminal(Expected::Word(word), move |kind| is_it(kind).then_some(())).map(|((), at)| at)
}

/// A word of SQL, which is understood and not offered.
fn foreign<'t>(word: &'static str) -> impl Parser<Input<'t>, Range<usize>, EmptyError> {
    move |input: &mut Input<'t>| match input.input.peek_token() {
        Some(Token {
            kind: TokenKind::Word(found),
            at,
        }) if is_word(found, word) => {
            let at = at.clone();
            input.input.next_token();
            Ok(at)
        }
        _ => fail.parse_next(input),
    }
}

fn sign<'t>(sign: &'static str) -> impl Parser<Input<'t>, Range<usize>, EmptyError> {
    let is_it = move |kind: &TokenKind| *kind == TokenKind::Op(sign);
    terminal(Expected::Sign(sign), move |kind| is_it(kind).then_some(())).map(|((), at)| at)
}

fn binary(operator: Operator, left: Tree, right: Tree) -> Tree {
    Tree {
        at: left.at.start..right.at.end,
        node: Node::Binary(operator, Box::new(left), Box::new(right)),
    }
}

fn or(input: &mut Input<'_>) -> Parsed<Tree> {
    let parts = separated(1.., and, keyword("or")).parse_next(input)?;
    joined(Operator::Or, parts)
}

fn and(input: &mut Input<'_>) -> Parsed<Tree> {
    let parts = separated(1.., negation, keyword("and")).parse_next(input)?;
    joined(Operator::And, parts)
}

fn joined(operator: Operator, parts: Vec<Tree>) -> Parsed<Tree> {
    balanced(parts, &|left, right| binary(operator, left, right)).ok_or(EmptyError)
}

fn negation(input: &mut Input<'_>) -> Parsed<Tree> {
    let nots: Vec<Range<usize>> = repeat(0.., keyword("not")).parse_next(input)?;
    let inner = comparison.parse_next(input)?;
    Ok(nots.into_iter().rev().fold(inner, |inner, not| Tree {
        at: not.start..inner.at.end,
        node: Node::Not(Box::new(inner)),
    }))
}

fn comparison(input: &mut Input<'_>) -> Parsed<Tree> {
    let left = sum.parse_next(input)?;
    let missing = alt((
        (foreign("is"), foreign("not"), foreign("null")).map(|(_, _, end)| (true, end)),
        (foreign("is"), foreign("null")).map(|(_, end)| (false, end)),
    ));
    if let Some((is_there, end)) = opt(missing).parse_next(input)? {
        return Ok(null_test(left, is_there, end));
    }
    let between = alt((
        (foreign("not"), foreign("between")).value(Operator::NotIn),
        foreign("between").value(Operator::In),
    ));
    if let Some(operator) = opt(between).parse_next(input)? {
        let (from, _, to) = (sum, keyword("and"), sum).parse_next(input)?;
        return Ok(binary(operator, left, closed_range(from, to)));
    }
    let Some(operator) = opt(comparing).parse_next(input)? else {
        return Ok(left);
    };
    let right = match operator {
        Operator::In | Operator::NotIn => alt((list, sql_list, range)).parse_next(input)?,
        _ => sum.parse_next(input)?,
    };
    Ok(binary(operator, left, right))
}

/// `is null` and `is not null` of SQL.
fn null_test(value: Tree, is_there: bool, end: Range<usize>) -> Tree {
    let at = value.at.start..end.end;
    let missing = Tree {
        node: Node::Missing(Box::new(value)),
        at: at.clone(),
    };
    match is_there {
        false => missing,
        true => Tree {
            node: Node::Not(Box::new(missing)),
            at,
        },
    }
}

/// The range of `between` in SQL, which has both ends.
fn closed_range(from: Tree, to: Tree) -> Tree {
    Tree {
        at: from.at.start..to.at.end,
        node: Node::Range(Some(Box::new(from)), Some(Box::new(to)), true),
    }
}

fn comparing(input: &mut Input<'_>) -> Parsed<Operator> {
    let signs = terminal(Expected::Comparison, |kind| {
        let TokenKind::Op(sign) = kind else {
            return None;
        };
        Some(match *sign {
            "==" | "=" => Operator::Equal,
            "!=" => Operator::NotEqual,
            "<" => Operator::Less,
            "<=" => Operator::LessOrEqual,
            ">" => Operator::Greater,
            ">=" => Operator::GreaterOrEqual,
            "=~" => Operator::Matches,
            "!~" => Operator::MatchesNot,
            _ => return None,
        })
    });
    alt((
        signs.map(|(operator, _)| operator),
        keyword("in").value(Operator::In),
        (keyword("not"), keyword("in")).value(Operator::NotIn),
        keyword("contains").value(Operator::Contains),
        (keyword("starts"), keyword("with")).value(Operator::StartsWith),
        (keyword("ends"), keyword("with")).value(Operator::EndsWith),
        foreign("like").value(Operator::Like),
        (foreign("not"), foreign("like")).value(Operator::NotLike),
    ))
    .parse_next(input)
}

fn list(input: &mut Input<'_>) -> Parsed<Tree> {
    let start = sign("[").parse_next(input)?;
    let values: Vec<Tree> = nested(input, |input| {
        separated(1.., sum, sign(",")).parse_next(input)
    })?;
    let end = sign("]").parse_next(input)?;
    Ok(Tree {
        node: Node::List(values),
        at: start.start..end.end,
    })
}

/// A list as SQL writes it, unless what stands in the parentheses is the begin of a range or a sum.
fn sql_list(input: &mut Input<'_>) -> Parsed<Tree> {
    let start = sign("(").parse_next(input)?;
    let values: Vec<Tree> = nested(input, |input| {
        separated(1.., sum, sign(",")).parse_next(input)
    })?;
    let end = sign(")").parse_next(input)?;
    let goes_on =
        |token: &Token| matches!(token.kind, TokenKind::Op(sign) if GO_ON.contains(&sign));
    if input.input.peek_token().is_some_and(goes_on) {
        return fail.parse_next(input);
    }
    Ok(Tree {
        node: Node::List(values),
        at: start.start..end.end,
    })
}

/// Signs behind a value in parentheses that make more of it.
const GO_ON: [&str; 7] = ["..", "..=", "+", "-", "*", "/", "%"];

/// `a..b`, `a..=b`, `a..`, `..b`, or a value alone.
fn range(input: &mut Input<'_>) -> Parsed<Tree> {
    let from = opt(sum).parse_next(input)?;
    let dots = terminal(Expected::Range, |kind| match kind {
        TokenKind::Op("..") => Some(false),
        TokenKind::Op("..=") => Some(true),
        _ => None,
    });
    let Some((included, dots)) = opt(dots).parse_next(input)? else {
        return from.map_or_else(|| fail.parse_next(input), Ok);
    };
    let to = match (&from, included) {
        (Some(_), false) => opt(sum).parse_next(input)?,
        _ => Some(sum.parse_next(input)?),
    };
    let start = from.as_ref().map_or(dots.start, |from| from.at.start);
    let end = to.as_ref().map_or(dots.end, |to| to.at.end);
    Ok(Tree {
        node: Node::Range(from.map(Box::new), to.map(Box::new), included),
        at: start..end,
    })
}

fn sum(input: &mut Input<'_>) -> Parsed<Tree> {
    let operator = |input: &mut Input<'_>| {
        arithmetic(input, &[("+", Operator::Add), ("-", Operator::Subtract)])
    };
    let first = product.parse_next(input)?;
    let more: Vec<(Operator, Tree)> = repeat(0.., (operator, product)).parse_next(input)?;
    Ok(more.into_iter().fold(first, |left, (operator, right)| {
        binary(operator, left, right)
    }))
}

fn product(input: &mut Input<'_>) -> Parsed<Tree> {
    const OPERATORS: [(&str, Operator); 3] = [
        ("*", Operator::Multiply),
        ("/", Operator::Divide),
        ("%", Operator::Remainder),
    ];
    let operator = |input: &mut Input<'_>| arithmetic(input, &OPERATORS);
    let first = unary.parse_next(input)?;
    let more: Vec<(Operator, Tree)> = repeat(0.., (operator, unary)).parse_next(input)?;
    Ok(more.into_iter().fold(first, |left, (operator, right)| {
        binary(operator, left, right)
    }))
}

fn arithmetic(input: &mut Input<'_>, operators: &[(&str, Operator)]) -> Parsed<Operator> {
    let find = |kind: &TokenKind| {
        let TokenKind::Op(sign) = kind else {
            return None;
        };
        let found = operators.iter().find(|(known, _)| known == sign)?;
        Some(found.1)
    };
    terminal(Expected::Arithmetic, find)
        .map(|(operator, _)| operator)
        .parse_next(input)
}

fn unary(input: &mut Input<'_>) -> Parsed<Tree> {
    let plus = |input: &mut Input<'_>| {
        let is_plus = |kind: &TokenKind| (*kind == TokenKind::Op("+")).then_some(());
        terminal(Expected::Value, is_plus).void().parse_next(input)
    };
    let _: Vec<()> = repeat(0.., plus).parse_next(input)?;
    let minus: Vec<Range<usize>> = repeat(0.., negative_sign).parse_next(input)?;
    let inner = operand.parse_next(input)?;
    Ok(minus.into_iter().rev().fold(inner, |inner, minus| Tree {
        at: minus.start..inner.at.end,
        node: Node::Negative(Box::new(inner)),
    }))
}

/// A minus before a value is nothing that a message need name.
fn negative_sign(input: &mut Input<'_>) -> Parsed<Range<usize>> {
    let is_minus = |kind: &TokenKind| (*kind == TokenKind::Op("-")).then_some(());
    terminal(Expected::Value, is_minus)
        .map(|((), at)| at)
        .parse_next(input)
}

fn operand(input: &mut Input<'_>) -> Parsed<Tree> {
    let parenthesis = |input: &mut Input<'_>| {
        let is_open = |kind: &TokenKind| (*kind == TokenKind::Op("(")).then_some(());
        terminal(Expected::Value, is_open).parse_next(input)?;
        let inner = nested(input, or)?;
        sign(")").parse_next(input)?;
        Ok(inner)
    };
    let found = alt((parenthesis, literal, named)).parse_next(input)?;
    of_writer(found, input)
}

/// `out_of_order by host`, `prev.took by host`.
fn of_writer(of: Tree, input: &mut Input<'_>) -> Parsed<Tree> {
    let follows = match &of.node {
        Node::Field(name) => Fact::named(name)
            .is_some_and(|fact| fact.entry().reach == Reach::Before && fact != Fact::Duplicate),
        Node::Neighbour(side, _) => *side == Side::Prev,
        _ => false,
    };
    if !follows || opt(keyword("by")).parse_next(input)?.is_none() {
        return Ok(of);
    }
    let parenthesis = (sign("("), named, sign(")")).map(|(_, by, _)| by);
    let by = alt((parenthesis, named)).parse_next(input)?;
    Ok(Tree {
        at: of.at.start..by.at.end,
        node: Node::OfWriter(Box::new(of), Box::new(by)),
    })
}

fn literal(input: &mut Input<'_>) -> Parsed<Tree> {
    let value = |kind: &TokenKind| match kind {
        TokenKind::Column(_) | TokenKind::Word(_) | TokenKind::Op(_) => None,
        literal => Some(literal.clone()),
    };
    let (literal, at) = terminal(Expected::Value, value).parse_next(input)?;
    Ok(Tree {
        node: Node::Literal(literal),
        at,
    })
}

/// A field, a column, a field of a neighbour, or a call.
fn named(input: &mut Input<'_>) -> Parsed<Tree> {
    let (first, at) = name(Expected::Value).parse_next(input)?;
    let word = match first {
        Name::Column(name) => {
            return Ok(Tree {
                node: Node::Column(name),
                at,
            });
        }
        Name::Word(word) => word,
    };
    let is_path = has_dot(input);
    let side = match word.as_str() {
        "prev" => Some(Side::Prev),
        "previous" if is_path => Some(Side::Prev),
        "next" => Some(Side::Next),
        _ => None,
    };
    if let Some(side) = side {
        sign(".").parse_next(input)?;
        let (name, end) = name(Expected::Field).parse_next(input)?;
        let (name, end) = match name {
            Name::Word(word) if has_dot(input) => {
                let (path, end) = path(word, input)?;
                (Name::Column(path), end)
            }
            name => (name, end),
        };
        return Ok(Tree {
            node: Node::Neighbour(side, name),
            at: at.start..end.end,
        });
    }
    if is_path {
        let (path, end) = path(word, input)?;
        return Ok(Tree {
            node: Node::Column(path),
            at: at.start..end.end,
        });
    }
    let is_call = matches!(
        input.input.peek_token(),
        Some(token) if token.kind == TokenKind::Op("(")
    );
    if !is_call {
        return Ok(Tree {
            node: Node::Field(word),
            at,
        });
    }
    sign("(").parse_next(input)?;
    let arguments: Vec<Tree> = nested(input, |input| {
        separated(0.., or, sign(",")).parse_next(input)
    })?;
    let end = sign(")").parse_next(input)?;
    Ok(Tree {
        node: Node::Call(word, arguments),
        at: at.start..end.end,
    })
}

fn has_dot(input: &Input<'_>) -> bool {
    matches!(
        input.input.peek_token(),
        Some(token) if token.kind == TokenKind::Op(".")
    )
}

/// The rest of a path into an object, `user.name`, with its begin; and where it ends.
fn path(begin: String, input: &mut Input<'_>) -> Parsed<(String, Range<usize>)> {
    let (mut path, mut end) = (begin, 0..0);
    while opt(sign(".")).parse_next(input)?.is_some() {
        let (name, at) = name(Expected::Field).parse_next(input)?;
        let (Name::Word(name) | Name::Column(name)) = name;
        path.push('.');
        path.push_str(&name);
        end = at;
    }
    Ok((path, end))
}

/// A name, and whether it stood in backquotes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Name {
    /// Of a field, or else of a column.
    Word(String),
    /// Of a column, whatever else it would mean.
    Column(String),
}

fn name<'t>(expected: Expected) -> impl Parser<Input<'t>, (Name, Range<usize>), EmptyError> {
    const KEYWORDS: [&str; 7] = ["and", "or", "not", "in", "contains", "starts", "with"];
    let is_keyword = |word: &str| KEYWORDS.iter().any(|keyword| is_word(word, keyword));
    terminal(expected, move |kind| match kind {
        TokenKind::Word(word) if !is_keyword(word) => Some(Name::Word(word.clone())),
        TokenKind::Column(name) => Some(Name::Column(name.clone())),
        _ => None,
    })
}

/// One level down, as far as the stack allows.
fn nested<T>(
    input: &mut Input<'_>,
    mut inner: impl FnMut(&mut Input<'_>) -> Parsed<T>,
) -> Parsed<T> {
    let too_deep = {
        let mut furthest = input.state.borrow_mut();
        furthest.depth += 1;
        furthest.too_deep |= furthest.depth > MAX_DEPTH;
        furthest.too_deep
    };
    if too_deep {
        return fail.parse_next(input);
    }
    let result = inner(input);
    input.state.borrow_mut().depth -= 1;
    result
}
