//! Checked expressions, and what they come to for a row.

use std::{borrow::Cow, cmp::Ordering, sync::Arc};

use crate::{
    Reading, RowSet, Timestamp, Ulid,
    codec::{self, TEXT_LEN},
    format::text_bytes,
    pass::Case,
    row::{Around, Fact, Reach, Spelling},
};
use memchr::memmem;
use regex::bytes::Regex;

use super::{
    apply::Apply, error::Type, group::Lag, keys::KeySet, literal, lookup::JoinedColumn,
    set::ValueSet, value::Val,
};
pub(super) use crate::row::Side as Which;

/// A checked expression, with its literals read.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) op: Op,
    pub(super) ty: Type,
}

#[derive(Debug, Clone)]
pub(super) enum Op {
    Const(Val<'static>),
    /// A date, which is all the milliseconds from the first to the second. Alone it is the first.
    Interval(i64, i64),
    /// A fact; ages are counted up to these milliseconds.
    Fact(Which, Fact, i64),
    Column(Which, String),
    /// The text that an ID is read of, with its prefix, also where it is none.
    IdText(Which),
    Not(Box<Code>),
    And(Box<Code>, Box<Code>),
    Or(Box<Code>, Box<Code>),
    /// Two values of one type.
    Compare(Comparison, Box<Code>, Box<Code>),
    /// Two columns: as numbers if both are, else as text.
    CompareColumns(Comparison, Box<Code>, Box<Code>),
    /// A time from the first to the second, both included.
    Within(Box<Code>, i64, i64),
    /// A key from the first to the second, both included.
    InBounds(Box<Code>, Ulid, Ulid),
    /// One of many values.
    InSet(Box<Code>, Arc<ValueSet>),
    /// A row that is among some.
    InRows(Arc<RowSet>),
    /// A value that the row does not have; a cell that is empty is none.
    IsMissing(Box<Code>),
    Matches(Box<Code>, Regex),
    Contains(Box<Code>, Needle),
    StartsWith(Box<Code>, Vec<u8>),
    Arithmetic(Arithmetic, Box<Code>, Box<Code>),
    /// A column read as another type.
    Read(Type, Box<Code>),
    TimeOf(Box<Code>),
    IdOf(Box<Code>),
    Print(Spelling, Box<Code>),
    Abs(Box<Code>),
    Apply(Apply, Vec<Code>),
    /// A column of another file, by a key.
    Joined(Box<Code>, JoinedColumn),
    /// A value of the row before of the same writer.
    Lag(Arc<Lag>),
    /// The result of a pass over all rows, by its number.
    Aggregate(usize),
}

/// A text that is looked for in another.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    finder: Box<memmem::Finder<'static>>,
    case: Case,
}

impl Needle {
    pub(super) fn new(text: &str, case: Case) -> Needle {
        let lower = (case == Case::Ignored).then(|| text.to_ascii_lowercase());
        let text = lower.as_deref().unwrap_or(text);
        let finder = memmem::Finder::new(text).into_owned();
        Needle {
            finder: Box::new(finder),
            case,
        }
    }

    /// In lower case where case is ignored.
    pub(super) fn text(&self) -> &[u8] {
        self.finder.needle()
    }

    pub(super) fn case(&self) -> Case {
        self.case
    }

    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let found = match self.case {
            Case::Matters => self.finder.find(text),
            Case::Ignored => self.finder.find(&text.to_ascii_lowercase()),
        };
        found.is_some()
    }
}

/// Parts of a row's surroundings that code looks at, and that cost something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needs {
    /// The rows before and after, and the last ID before.
    pub(super) neighbours: bool,
    /// The line of the file.
    pub(super) line: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Comparison {
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The same with its sides changed.
    pub(super) fn mirrored(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            same => same,
        }
    }
}

impl Code {
    /// Its value for a row. `aggregates` are the results of passes over all rows.
    pub(super) fn run<'a>(&'a self, row: &Around<'a>, aggregates: &[Val<'static>]) -> Val<'a> {
        let run = |code: &'a Code| code.run(row, aggregates);
        match &self.op {
            Op::Const(value) => value.clone(),
            Op::Interval(first, _) => Val::Time(*first),
            Op::Fact(which, fact, now) => fact.val(row, *which, *now),
            Op::Column(which, name) => column(row, *which, name),
            Op::IdText(which) => id_text(row, *which),
            Op::Not(inner) => Val::Bool(!run(inner).is_true()),
            Op::And(a, b) => Val::Bool(run(a).is_true() && run(b).is_true()),
            Op::Or(a, b) => Val::Bool(run(a).is_true() || run(b).is_true()),
            Op::Compare(comparison, a, b) => {
                let order = run(a).order(&run(b));
                Val::Bool(order.is_some_and(|order| comparison.holds(order)))
            }
            Op::CompareColumns(comparison, a, b) => {
                let order = order_columns(&run(a), &run(b));
                Val::Bool(order.is_some_and(|order| comparison.holds(order)))
            }
            Op::Within(value, first, last) => {
                Val::Bool(matches!(run(value), Val::Time(ms) if (*first..=*last).contains(&ms)))
            }
            Op::InBounds(value, first, last) => {
                Val::Bool(matches!(run(value), Val::Id(id) if (*first..=*last).contains(&id)))
            }
            Op::InSet(value, set) => Val::Bool(set.has(&run(value))),
            Op::InRows(rows) => Val::Bool(rows.contains(row.row.index as u64)),
            Op::IsMissing(value) => Val::Bool(match run(value) {
                Val::Missing => true,
                Val::Text(text) => text.is_empty(),
                _ => false,
            }),
            Op::Matches(value, regex) => in_text(&run(value), |text| regex.is_match(text)),
            Op::Contains(value, needle) => in_text(&run(value), |text| needle.is_in(text)),
            Op::StartsWith(value, part) => in_text(&run(value), |text| text.starts_with(part)),
            Op::Arithmetic(operator, a, b) => calculate(*operator, &run(a), &run(b)),
            Op::Read(ty, value) => read(*ty, &run(value)),
            Op::TimeOf(value) => match run(value) {
                Val::Id(id) => Val::Time(id.timestamp_ms().cast_signed()),
                Val::Int(ms) => i64::try_from(ms).map_or(Val::Missing, Val::Time),
                other => other,
            },
            Op::IdOf(value) => match run(value) {
                Val::Time(ms) => {
                    Timestamp::from_ms(ms).map_or(Val::Missing, |time| Val::Id(time.first_id()))
                }
                other => other,
            },
            Op::Print(form, value) => match run(value) {
                Val::Id(id) => Val::Text(Cow::Owned(form.print(id).into_bytes())),
                _ => Val::Missing,
            },
            Op::Abs(value) => match run(value) {
                Val::Duration(ms) => Val::Duration(ms.saturating_abs()),
                Val::Int(value) => Val::Int(value.saturating_abs()),
                Val::Float(value) => Val::Float(value.abs()),
                _ => Val::Missing,
            },
            Op::Apply(function, parts) => function.run(parts, &run),
            Op::Joined(key, column) => column.value(&run(key)),
            Op::Lag(lag) => lag.value(row),
            Op::Aggregate(number) => aggregates.get(*number).cloned().unwrap_or(Val::Missing),
        }
    }

    /// Its operands.
    pub(super) fn operands(&self) -> Vec<&Code> {
        match &self.op {
            Op::Const(_)
            | Op::Interval(..)
            | Op::Fact(..)
            | Op::Column(..)
            | Op::IdText(_)
            | Op::InRows(_)
            | Op::Lag(_)
            | Op::Aggregate(_) => Vec::new(),
            Op::Apply(_, parts) => parts.iter().collect(),
            Op::Not(a)
            | Op::Within(a, ..)
            | Op::InBounds(a, ..)
            | Op::InSet(a, _)
            | Op::IsMissing(a)
            | Op::Matches(a, _)
            | Op::Contains(a, _)
            | Op::StartsWith(a, _)
            | Op::Read(_, a)
            | Op::TimeOf(a)
            | Op::IdOf(a)
            | Op::Print(_, a)
            | Op::Joined(a, _)
            | Op::Abs(a) => vec![a],
            Op::And(a, b)
            | Op::Or(a, b)
            | Op::Compare(_, a, b)
            | Op::CompareColumns(_, a, b)
            | Op::Arithmetic(_, a, b) => vec![a, b],
        }
    }

    /// Calls `each` for every fact that it asks for.
    pub(super) fn each_fact(&self, each: &mut dyn FnMut(Which, Fact)) {
        if let Op::Fact(which, fact, _) = &self.op {
            each(*which, *fact);
        }
        for operand in self.operands() {
            operand.each_fact(each);
        }
    }

    /// True if it asks for a fact of the row itself.
    pub(super) fn asks_for(&self, wanted: Fact) -> bool {
        let mut asks = false;
        self.each_fact(&mut |which, fact| asks |= which == Which::Here && fact == wanted);
        asks
    }

    /// Parts of a row's surroundings that it looks at.
    pub(super) fn needs(&self) -> Needs {
        Needs {
            neighbours: self.looks_around(),
            line: self.asks_for(Fact::Line),
        }
    }

    /// True if it speaks of other rows than the one at hand.
    pub(super) fn looks_around(&self) -> bool {
        let here = match &self.op {
            Op::Fact(which, fact, _) => {
                *which == Which::Here && fact.entry().reach != Reach::Before
            }
            Op::Column(which, _) | Op::IdText(which) => *which == Which::Here,
            _ => true,
        };
        !here || self.operands().into_iter().any(Code::looks_around)
    }

    /// True if the code speaks of the row after.
    pub(super) fn looks_ahead(&self) -> bool {
        let here = matches!(
            self.op,
            Op::Fact(Which::Next, ..) | Op::Column(Which::Next, _) | Op::IdText(Which::Next)
        );
        here || self.operands().into_iter().any(Code::looks_ahead)
    }

    /// Its value without a row, if it needs none.
    pub(super) fn constant(&self) -> Option<Val<'static>> {
        match &self.op {
            Op::Const(value) => Some(value.clone()),
            Op::Interval(first, _) => Some(Val::Time(*first)),
            Op::Arithmetic(operator, a, b) => {
                Some(calculate(*operator, &a.constant()?, &b.constant()?))
            }
            Op::TimeOf(inner) => match inner.constant()? {
                Val::Id(id) => Some(Val::Time(id.timestamp_ms().cast_signed())),
                _ => None,
            },
            Op::IdOf(inner) => match inner.constant()? {
                Val::Time(ms) => Some(Val::Id(Timestamp::from_ms(ms).ok()?.first_id())),
                id @ Val::Id(_) => Some(id),
                _ => None,
            },
            _ => None,
        }
    }

    /// The keys of the rows for which a condition holds, if nothing but the key decides.
    pub(super) fn key_set(&self) -> Option<KeySet> {
        let own = |code: &Code, wanted: Fact| matches!(code.op, Op::Fact(Which::Here, fact, _) if fact == wanted);
        Some(match &self.op {
            Op::Const(Val::Bool(true)) => KeySet::all(),
            Op::Const(Val::Bool(false)) => KeySet::none(),
            Op::Fact(Which::Here, Fact::Valid, _) => KeySet::range(0, u128::MAX),
            Op::Not(inner) => inner.key_set()?.complement(),
            Op::And(a, b) => a.key_set()?.intersection(&b.key_set()?),
            Op::Or(a, b) => a.key_set()?.union(&b.key_set()?),
            Op::Within(value, first, last) if own(value, Fact::Time) => times(*first, *last),
            Op::InBounds(value, first, last) if own(value, Fact::Id) => {
                KeySet::range(first.to_u128(), last.to_u128())
            }
            Op::Compare(comparison, a, b) => {
                if own(a, Fact::Id)
                    && let Some(Val::Id(id)) = b.constant()
                {
                    compared(*comparison, KeySet::range(id.to_u128(), id.to_u128()))
                } else if let Some(first) = time_of_key(a)
                    && let Some(ms) = milliseconds(&b.constant()?)
                {
                    // An age grows as the time falls.
                    let (comparison, ms) = match first {
                        Key::Time => (*comparison, ms),
                        Key::Age(now) => (comparison.mirrored(), now.saturating_sub(ms)),
                    };
                    compared_time(comparison, ms)
                } else {
                    return None;
                }
            }
            _ => return None,
        })
    }
}

enum Key {
    Time,
    Age(i64),
}

/// A field that is nothing but the time of the key.
fn time_of_key(code: &Code) -> Option<Key> {
    match code.op {
        Op::Fact(Which::Here, Fact::Time | Fact::UnixMs, _) => Some(Key::Time),
        Op::Fact(Which::Here, Fact::Age, now) => Some(Key::Age(now)),
        _ => None,
    }
}

fn milliseconds(value: &Val<'_>) -> Option<i64> {
    match value {
        Val::Time(ms) | Val::Duration(ms) => Some(*ms),
        // Beyond all times it stays beyond them.
        Val::Int(ms) => {
            Some(i64::try_from(*ms).unwrap_or(if *ms < 0 { i64::MIN } else { i64::MAX }))
        }
        _ => None,
    }
}

/// The keys whose time compares with `ms` in some way.
fn compared_time(comparison: Comparison, ms: i64) -> KeySet {
    let max = Timestamp::MAX.ms().cast_signed();
    if (0..=max).contains(&ms) {
        return compared(comparison, times(ms, ms));
    }
    // All keys are on one side.
    let order = if ms < 0 {
        Ordering::Greater
    } else {
        Ordering::Less
    };
    if comparison.holds(order) {
        KeySet::range(0, u128::MAX)
    } else {
        KeySet::none()
    }
}

/// The keys that compare with those of a single range in some way.
fn compared(comparison: Comparison, with: KeySet) -> KeySet {
    let Some(range) = with.ranges().first() else {
        return KeySet::none();
    };
    let (first, last) = (*range.start(), *range.end());
    let below = first
        .checked_sub(1)
        .map_or(KeySet::none(), |end| KeySet::range(0, end));
    let above = last
        .checked_add(1)
        .map_or(KeySet::none(), |start| KeySet::range(start, u128::MAX));
    match comparison {
        Comparison::Equal => with,
        Comparison::NotEqual => below.union(&above),
        Comparison::Less => below,
        Comparison::LessOrEqual => below.union(&with),
        Comparison::Greater => above,
        Comparison::GreaterOrEqual => above.union(&with),
    }
}

/// The keys of the times from `first` to `last`, as far as there are such times.
fn times(first: i64, last: i64) -> KeySet {
    let max = Timestamp::MAX.ms().cast_signed();
    if last < 0 || first > max {
        return KeySet::none();
    }
    let key = |ms: i64, id: fn(Timestamp) -> Ulid| {
        Timestamp::from_ms(ms.clamp(0, max)).map_or(0, |time| id(time).to_u128())
    };
    KeySet::range(
        key(first, Timestamp::first_id),
        key(last, Timestamp::last_id),
    )
}

/// The cell of a column, as text.
fn column<'a>(around: &Around<'a>, side: Which, name: &str) -> Val<'a> {
    let cell = around.side(side).and_then(|row| row.cell(name));
    cell.map_or(Val::Missing, |text| Val::Text(text_bytes(text)))
}

fn id_text<'a>(around: &Around<'a>, side: Which) -> Val<'a> {
    let row = around.side(side);
    row.map_or(Val::Missing, |row| Val::Text(text_bytes(row.id_text())))
}

fn in_text<'a>(value: &Val<'_>, holds: impl Fn(&[u8]) -> bool) -> Val<'a> {
    Val::Bool(matches!(value, Val::Text(text) if holds(text)))
}

fn order_columns(a: &Val<'_>, b: &Val<'_>) -> Option<Ordering> {
    // an empty cell is missing, and what is missing compares with nothing
    let is_empty = |value: &Val<'_>| matches!(value, Val::Text(text) if text.is_empty());
    if is_empty(a) || is_empty(b) {
        return None;
    }
    let (x, y) = (read(Type::Number, a), read(Type::Number, b));
    x.order(&y).or_else(|| a.order(b))
}

/// Text as a value of another type, if it is one.
pub(super) fn read<'a>(ty: Type, value: &Val<'_>) -> Val<'a> {
    let Val::Text(bytes) = value else {
        return Val::Missing;
    };
    if ty == Type::Number
        && let Some(whole) = short_whole(bytes)
    {
        return Val::Int(whole.into());
    }
    let Ok(text) = str::from_utf8(bytes).map(str::trim) else {
        return Val::Missing;
    };
    match ty {
        Type::Number => read_number(text),
        Type::Time => read_time(text),
        Type::Id => {
            Spelling::read(text, Reading::Strict).map_or(Val::Missing, |(_, id)| Val::Id(id))
        }
        Type::Bool => read_bool(text),
        _ => Val::Missing,
    }
}

/// A time as columns have it: a text, a number since 1970, or an ID, which holds its time.
fn read_time<'a>(text: &str) -> Val<'a> {
    const LEAST_EPOCH: i64 = 100_000_000;
    let day = literal::day_of_digits(text);
    if let Some(ms) = literal::time_of_cell(day.as_deref().unwrap_or(text)) {
        return Val::Time(ms);
    }
    // no count since 1970 has so many digits
    if text.len() == TEXT_LEN
        && let Ok(id) = codec::parse(text, Reading::Strict)
    {
        return Val::Time(id.timestamp_ms().cast_signed());
    }
    match read_number(text) {
        Val::Int(number) if number.unsigned_abs() >= u128::from(LEAST_EPOCH.unsigned_abs()) => {
            Val::Time(literal::epoch_ms(number).0)
        }
        // seconds with a fraction
        Val::Float(seconds) if (LEAST_EPOCH as f64..1e11).contains(&seconds) => {
            Val::Time((seconds * 1000.0).round() as i64)
        }
        Val::Missing => match Spelling::read(text, Reading::Strict) {
            Ok((Spelling::Ulid | Spelling::Uuid | Spelling::Urn, id)) => {
                Val::Time(id.timestamp_ms().cast_signed())
            }
            _ => Val::Missing,
        },
        _ => Val::Missing,
    }
}

/// A condition as JSON, CSV and Postgres write it.
fn read_bool<'a>(text: &str) -> Val<'a> {
    let is = |words: [&str; 2]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match (is(["true", "t"]), is(["false", "f"])) {
        (true, _) => Val::Bool(true),
        (_, true) => Val::Bool(false),
        _ => Val::Missing,
    }
}

/// The whole number that a text is, of so few digits that no more can be needed.
pub(super) fn short_whole(text: &[u8]) -> Option<i64> {
    const MOST: usize = 18;
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if !matches!(digits.len(), 1..=MOST) {
        return None;
    }
    let whole = digits.iter().try_fold(0, |number, digit| {
        let is_digit = digit.is_ascii_digit();
        is_digit.then(|| 10 * number + i64::from(digit - b'0'))
    })?;
    Some(if digits.len() < text.len() {
        -whole
    } else {
        whole
    })
}

fn read_number<'a>(text: &str) -> Val<'a> {
    // most numbers are small, and 128 bits take longer
    if let Ok(small) = text.parse::<i64>() {
        return Val::Int(small.into());
    }
    match text.parse() {
        Ok(int) => Val::Int(int),
        // `inf`, `nan` and what no number holds are texts
        Err(_) => text
            .parse()
            .ok()
            .or_else(|| decimal_comma(text))
            .map_or(Val::Missing, finite),
    }
}

/// A number with a decimal comma, `1,50`. Three digits behind one to three others, `1,500`, may also be thousands: that is no
/// number.
fn decimal_comma(text: &str) -> Option<f64> {
    const THOUSAND: usize = 3;
    let (whole, fraction) = text.split_once(',')?;
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let may_be_thousands =
        fraction.len() == THOUSAND && digits.len() <= THOUSAND && !digits.starts_with('0');
    let is_number = all_digits(digits) && all_digits(fraction) && !may_be_thousands;
    is_number.then(|| format!("{whole}.{fraction}").parse().ok())?
}

fn finite<'a>(number: f64) -> Val<'a> {
    match number.is_finite() {
        true => Val::Float(number),
        false => Val::Missing,
    }
}

fn calculate<'a>(operator: Arithmetic, a: &Val<'_>, b: &Val<'_>) -> Val<'a> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    match (operator, a, b) {
        (Add, Val::Time(a), Val::Duration(b)) | (Add, Val::Duration(a), Val::Time(b)) => {
            Val::Time(a.saturating_add(*b))
        }
        (Subtract, Val::Time(a), Val::Duration(b)) => Val::Time(a.saturating_sub(*b)),
        (Subtract, Val::Time(a), Val::Time(b)) => Val::Duration(a.saturating_sub(*b)),
        (Add, Val::Duration(a), Val::Duration(b)) => Val::Duration(a.saturating_add(*b)),
        (Subtract, Val::Duration(a), Val::Duration(b)) => Val::Duration(a.saturating_sub(*b)),
        (Multiply, Val::Duration(a), Val::Int(b)) | (Multiply, Val::Int(b), Val::Duration(a)) => {
            Val::Duration(whole_ms(i128::from(*a).saturating_mul(*b)))
        }
        (Divide, Val::Duration(a), Val::Int(b)) => {
            quotient(i128::from(*a), *b).map_or(Val::Missing, Val::Duration)
        }
        // what is beyond 64 bits is cut to them
        (Multiply, Val::Duration(a), Val::Float(b))
        | (Multiply, Val::Float(b), Val::Duration(a)) => {
            Val::Duration((*a as f64 * b).round() as i64)
        }
        (Divide, Val::Duration(_), Val::Float(0.0)) => Val::Missing,
        (Divide, Val::Duration(a), Val::Float(b)) => Val::Duration((*a as f64 / b).round() as i64),
        (_, Val::Int(a), Val::Int(b)) => match integers(operator, *a, *b) {
            Some(whole) => Val::Int(whole),
            None => fractions(operator, *a as f64, *b as f64),
        },
        (_, a, b) => match (a.as_float(), b.as_float()) {
            (Some(a), Some(b)) => fractions(operator, a, b),
            _ => Val::Missing,
        },
    }
}

fn whole_ms(ms: i128) -> i64 {
    let nearest = if ms < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(ms).unwrap_or(nearest)
}

/// Milliseconds by a whole number, to the nearest one; nothing by zero.
pub(super) fn quotient(ms: i128, by: i128) -> Option<i64> {
    let whole = ms.checked_div(by)?;
    let rest = ms.checked_rem(by)?.unsigned_abs();
    let is_nearer_above = rest >= by.unsigned_abs() - rest;
    let away = ms.signum() * by.signum();
    Some(whole_ms(whole + if is_nearer_above { away } else { 0 }))
}

/// Nothing by zero; the largest number where none is large enough.
fn fractions<'a>(operator: Arithmetic, a: f64, b: f64) -> Val<'a> {
    let number = match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide | Arithmetic::Remainder if b == 0.0 => return Val::Missing,
        Arithmetic::Divide => a / b,
        Arithmetic::Remainder => a % b,
    };
    Val::Float(number.clamp(f64::MIN, f64::MAX))
}

/// The whole number that it comes to, if it is one.
fn integers(operator: Arithmetic, a: i128, b: i128) -> Option<i128> {
    match operator {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => (a.checked_rem(b)? == 0).then(|| a.checked_div(b))?,
        Arithmetic::Remainder => a.checked_rem(b),
    }
}
