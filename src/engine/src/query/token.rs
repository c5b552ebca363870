//! Text to tokens. Each knows where it stands, so that every error can point at it.

use std::ops::Range;

use winnow::{
    Parser,
    ascii::{digit1, multispace0},
    combinator::{alt, fail, not, opt, peek, repeat},
    error::EmptyError,
    stream::{LocatingSlice, Location},
    token::{any, one_of, take_while},
};

use super::error::{QueryError, QueryErrorKind};

/// Longer texts are no expression that a person wrote.
const MAX_TOKENS: usize = 1_000;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) at: Range<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A name or a keyword.
    Word(String),
    /// A name in backquotes: always that of a column.
    Column(String),
    Text(String),
    Int(i128),
    Float(f64),
    /// Milliseconds.
    Duration(i64),
    /// A date to any precision, as written.
    Date(String),
    /// Letters and digits that begin with a digit: a ULID, or the begin of one.
    Bare(String),
    Op(&'static str),
}

type Input<'i> = LocatingSlice<&'i str>;
type Parsed<T> = Result<T, EmptyError>;

/// The longer ones first.
const OPERATORS: [&str; 22] = [
    "..=", "==", "!=", "<=", ">=", "=~", "!~", "..", "<", ">", "=", "(", ")", "[", "]", ",", ".",
    "+", "-", "*", "/", "%",
];

/// Signs of other languages, each with what it is called here.
const FOREIGN: [(&str, &str); 3] = [("&&", "and"), ("||", "or"), ("!", "not")];

/// Divides an expression into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut input = LocatingSlice::new(text);
    let mut tokens = Vec::new();
    loop {
        // White space always parses.
        let _: Parsed<&str> = multispace0.parse_next(&mut input);
        let start = input.current_token_start();
        if start >= text.len() {
            return Ok(tokens);
        }
        let kind = token.parse_next(&mut input).map_err(|_| {
            let rest = &text[start..];
            let kind = match rest.chars().next() {
                Some(quote @ ('"' | '\'' | '`')) => QueryErrorKind::OpenQuote(quote),
                first => QueryErrorKind::NoToken(first.unwrap_or_default()),
            };
            QueryError::new(kind, start..text.len())
        })?;
        let at = start..input.previous_token_end();
        if tokens.len() == MAX_TOKENS {
            return Err(QueryError::new(QueryErrorKind::TooLong, at));
        }
        tokens.push(Token { kind, at });
    }
}

fn token(input: &mut Input<'_>) -> Parsed<TokenKind> {
    alt((
        quoted('"').map(TokenKind::Text),
        quoted('\'').map(TokenKind::Text),
        quoted('`').map(TokenKind::Column),
        alt((short_date, date.map(str::to_owned))).map(TokenKind::Date),
        duration.map(TokenKind::Duration),
        number,
        bare.map(|text: &str| TokenKind::Bare(text.to_owned())),
        word.map(|text: &str| TokenKind::Word(text.to_owned())),
        alt((
            "<>".value(TokenKind::Op("!=")),
            operator.map(TokenKind::Op),
            foreign.map(|word| TokenKind::Word(word.to_owned())),
        )),
    ))
    .parse_next(input)
}

fn operator(input: &mut Input<'_>) -> Parsed<&'static str> {
    for mut operator in OPERATORS {
        if input.starts_with(operator) {
            operator.parse_next(input)?;
            return Ok(operator);
        }
    }
    fail.parse_next(input)
}

fn foreign(input: &mut Input<'_>) -> Parsed<&'static str> {
    for (mut sign, word) in FOREIGN {
        if input.starts_with(sign) {
            sign.parse_next(input)?;
            return Ok(word);
        }
    }
    fail.parse_next(input)
}

/// Text between quotes. A backslash stands for itself, so that patterns need no doubling, unless the quote or another
/// backslash follows it.
fn quoted<'i>(mut quote: char) -> impl Parser<Input<'i>, String, EmptyError> {
    move |input: &mut Input<'i>| {
        quote.parse_next(input)?;
        let mut text = String::new();
        loop {
            match any.parse_next(input)? {
                end if end == quote => return Ok(text),
                '\\' if input.starts_with(quote) || input.starts_with('\\') => {
                    text.push(any.parse_next(input)?);
                }
                other => text.push(other),
            }
        }
    }
}

fn digits<'i>(count: usize) -> impl Parser<Input<'i>, &'i str, EmptyError> {
    take_while(count, |c: char| c.is_ascii_digit())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The end of a literal: no letter or digit that would make it a longer word.
fn word_end(input: &mut Input<'_>) -> Parsed<()> {
    not(one_of(is_word)).parse_next(input)
}

/// A day whose month or day may have one digit: `2024-3-1`, which nobody means as a subtraction.
fn short_date(input: &mut Input<'_>) -> Parsed<String> {
    let few = || take_while(1..=2, |c: char| c.is_ascii_digit());
    (digits(4), '-', few(), '-', few(), word_end)
        .map(|(year, _, month, _, day, ())| format!("{year}-{month:0>2}-{day:0>2}"))
        .parse_next(input)
}

fn date<'i>(input: &mut Input<'i>) -> Parsed<&'i str> {
    let offset = alt((
        one_of(['Z', 'z']).void(),
        (one_of(['+', '-']), digits(2), ':', digits(2)).void(),
    ));
    let seconds = (':', digits(2), opt(('.', digit1)));
    let minutes = (':', digits(2), opt(seconds));
    let time = (one_of(['T', 't']), digits(2), opt(minutes), opt(offset));
    let utc = || one_of(['Z', 'z']).void();
    let day = ('-', digits(2), opt(alt((time.void(), utc()))));
    let rest = opt(alt((day.void(), utc())));
    (digits(4), '-', digits(2), rest, word_end)
        .take()
        .map(|text: &str| text)
        .parse_next(input)
}

fn duration(input: &mut Input<'_>) -> Parsed<i64> {
    let unit = alt((
        "ms".value(1_i64),
        alt(("sec", "s")).value(1_000),
        alt(("mins", "min", "m")).value(60_000),
        alt(("hours", "hour", "hr", "h")).value(3_600_000),
        alt(("days", "day", "d")).value(86_400_000),
        alt(("weeks", "week", "wk", "w")).value(604_800_000),
        alt(("years", "year", "y")).value(31_557_600_000),
    ));
    let part = (digit1.parse_to::<i64>(), unit).verify_map(|(count, unit)| count.checked_mul(unit));
    let sum = repeat(1.., part).verify_fold(|| 0_i64, |sum, part: i64| sum.checked_add(part));
    (sum, word_end).map(|(sum, ())| sum).parse_next(input)
}

fn number(input: &mut Input<'_>) -> Parsed<TokenKind> {
    let exponent = || (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    let fraction = || ('.', digit1, opt(exponent()));
    let float = alt((
        (digit1, fraction()).void(),
        fraction().void(),
        (digit1, exponent()).void(),
    ));
    let float = (float, word_end)
        .take()
        // of the letters of an ID, E is one
        .verify(|text: &str| text.len() != ID_LEN || text.contains('.'))
        .parse_to()
        .map(TokenKind::Float);
    let int = (digit1, word_end).take().parse_to().map(TokenKind::Int);
    alt((float, int)).parse_next(input)
}

/// Characters of an ID.
const ID_LEN: usize = crate::codec::TEXT_LEN;

fn bare<'i>(input: &mut Input<'i>) -> Parsed<&'i str> {
    peek(one_of(|c: char| c.is_ascii_digit())).parse_next(input)?;
    take_while(1.., is_word).parse_next(input)
}

fn word<'i>(input: &mut Input<'i>) -> Parsed<&'i str> {
    take_while(1.., is_word).parse_next(input)
}
