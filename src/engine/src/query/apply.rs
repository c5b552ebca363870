//! Functions of the language that make a value of values, whatever their number.

use std::borrow::Cow;

use super::{code::Code, error::Type, value::Val};
use crate::{
    calendar::{CalendarPart, Step},
    spelling::prefix_of,
    timestamp::TimeZone,
};

/// A function of values.
#[derive(Debug, Clone)]
pub(super) enum Apply {
    /// A part of the date or the clock of a zone, of a time.
    Calendar(CalendarPart, TimeZone),
    /// The date of a time in a zone, as text.
    Date(TimeZone),
    /// The length of a text in bytes.
    Len,
    /// A text in lower case.
    Lower,
    /// A text with another in place of each of one.
    Replace,
    /// A part of a text that is divided: its number from 1, or from the end if it is negative.
    Split,
    /// Prefix of an ID.
    Prefix,
    /// The first value that is there.
    Coalesce,
    /// The second value if the first is true, else the third.
    If,
}

impl Apply {
    /// The value of a call; `run` gives the value of each part, so that those that do not matter are not looked at.
    pub(super) fn run<'a>(
        &'a self,
        parts: &'a [Code],
        run: &dyn Fn(&'a Code) -> Val<'a>,
    ) -> Val<'a> {
        match (self, parts) {
            (Apply::Calendar(part, zone), [time]) => match run(time) {
                Val::Time(ms) => Val::Int(part.of(ms, zone).into()),
                _ => Val::Missing,
            },
            (Apply::Date(zone), [time]) => match run(time) {
                Val::Time(ms) => {
                    let start = Step::Day.period(ms, zone).start;
                    Val::Text(Cow::Owned(Step::Day.label(start, zone).into_bytes()))
                }
                _ => Val::Missing,
            },
            (Apply::Len, [text]) => match run(text) {
                Val::Text(text) => Val::Int(text.len() as i128),
                _ => Val::Missing,
            },
            (Apply::Lower, [text]) => match run(text) {
                Val::Text(text) => Val::Text(Cow::Owned(lower(&text))),
                _ => Val::Missing,
            },
            (Apply::Replace, [text, from, to]) => match (run(text), run(from), run(to)) {
                (Val::Text(text), Val::Text(from), Val::Text(to)) => {
                    Val::Text(Cow::Owned(replaced(&text, &from, &to)))
                }
                _ => Val::Missing,
            },
            (Apply::Split, [text, by, number]) => match (run(text), run(by), run(number)) {
                (Val::Text(text), Val::Text(by), Val::Int(number)) => {
                    let part = part_of(&text, &by, number);
                    part.map_or(Val::Missing, |part| Val::Text(Cow::Owned(part)))
                }
                _ => Val::Missing,
            },
            (Apply::Prefix, [text]) => match run(text) {
                Val::Text(text) => prefix_of(&text).map_or(Val::Missing, |prefix| {
                    Val::Text(Cow::Owned(prefix.to_vec()))
                }),
                _ => Val::Missing,
            },
            (Apply::Coalesce, parts) => {
                let is_there = |value: &Val<'_>| match value {
                    Val::Missing => false,
                    Val::Text(text) => !text.is_empty(),
                    _ => true,
                };
                parts.iter().map(run).find(is_there).unwrap_or(Val::Missing)
            }
            (Apply::If, [condition, then, or]) => match run(condition).is_true() {
                true => run(then),
                false => run(or),
            },
            _ => Val::Missing,
        }
    }

    /// Its name in the language.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Apply::Calendar(part, _) => part.name(),
            Apply::Date(_) => "date",
            Apply::Len => "len",
            Apply::Lower => "lower",
            Apply::Replace => "replace",
            Apply::Split => "split",
            Apply::Prefix => "prefix",
            Apply::Coalesce => "coalesce",
            Apply::If => "if",
        }
    }
}

/// The type that several values have in common; a column is read as what stands beside it.
pub(super) fn common_type(types: impl Iterator<Item = Type>) -> Option<Type> {
    let mut common = None;
    for ty in types {
        common = match (common, ty) {
            (_, Type::Range) => return None,
            (None, ty) => Some(ty),
            (Some(known), ty) if known == ty => Some(ty),
            (Some(known), Type::Column) | (Some(Type::Column), known) => Some(known),
            _ => return None,
        };
    }
    common
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    if from.is_empty() {
        return text.to_vec();
    }
    let mut result = Vec::with_capacity(text.len());
    let mut at = 0;
    for found in memchr::memmem::find_iter(text, from) {
        result.extend_from_slice(&text[at..found]);
        result.extend_from_slice(to);
        at = found + from.len();
    }
    result.extend_from_slice(&text[at..]);
    result
}

fn part_of(text: &[u8], by: &[u8], number: i128) -> Option<Vec<u8>> {
    if by.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for found in memchr::memmem::find_iter(text, by) {
        parts.push(&text[at..found]);
        at = found + by.len();
    }
    parts.push(&text[at..]);
    let place = match number {
        1.. => usize::try_from(number - 1).ok()?,
        ..=-1 => parts.len().checked_sub(usize::try_from(-number).ok()?)?,
        0 => return None,
    };
    parts.get(place).map(|part| part.to_vec())
}

/// A text in lower case, in every alphabet; bytes that are not UTF-8 as far as they are ASCII.
fn lower(text: &[u8]) -> Vec<u8> {
    match str::from_utf8(text) {
        Ok(text) if !text.is_ascii() => text.to_lowercase().into_bytes(),
        _ => text.to_ascii_lowercase(),
    }
}
