//! Literals: dates to any precision, IDs in any form, the begin of an ID.

use crate::Ulid;
use jiff::{Span, tz::TimeZone};

use super::{
    Scope,
    code::Op,
    error::{QueryError, QueryErrorKind},
    parse::Tree,
    value::Val,
};
use crate::{
    Reading, Timestamp,
    anatomy::Form,
    codec::{self, TEXT_LEN},
    timestamp::{InZone, TimestampError},
};

/// The first and the last millisecond of a date: of a year, a month, a day, an hour, down to a millisecond.
pub(super) fn date(text: &str, zone: &TimeZone) -> Result<(i64, i64), String> {
    let first = Timestamp::parse_in(text, zone).map_err(|error| match error {
        TimestampError::Syntax { reason, .. } => reason,
        error => error.to_string(),
    })?;
    let first_ms = first.ms().cast_signed();
    let last = match text.trim_start_matches('+').len() {
        4 => after(first_ms, zone, Span::new().years(1)),
        7 => after(first_ms, zone, Span::new().months(1)),
        10 => after(first_ms, zone, Span::new().days(1)),
        _ => first_ms.saturating_add(width_ms(text)),
    };
    Ok((first_ms, last.saturating_sub(1).max(first_ms)))
}

/// The milliseconds that a clock stands for, by how far it is written out.
fn width_ms(text: &str) -> i64 {
    let clock = text.get(11..).unwrap_or_default();
    let end = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    match clock[..end].split_once('.') {
        Some((_, fraction)) => match fraction.len() {
            1 => 100,
            2 => 10,
            _ => 1,
        },
        None => match end {
            0..=2 => 3_600_000,
            3..=5 => 60_000,
            _ => 1_000,
        },
    }
}

/// The time that lies a span of the calendar later.
fn after(ms: i64, zone: &TimeZone, span: Span) -> i64 {
    let later = jiff::Timestamp::from_millisecond(ms)
        .and_then(|time| time.to_zoned(zone.clone()).checked_add(span));
    // jiff ends in the year 9999, and so do dates of four digits.
    later.map_or(Timestamp::MAX.ms().cast_signed(), |later| {
        later.timestamp().as_millisecond()
    })
}

/// A text that stands for a time: a date, `now`, or a duration from now.
pub(super) fn moment(text: &str, scope: &Scope<'_>) -> Result<(i64, i64), String> {
    let text = text.trim();
    let now = scope.now.ms().cast_signed();
    if text == "now" {
        return Ok((now, now));
    }
    let (sign, amount) = match text.strip_prefix('-') {
        Some(amount) => (-1, amount),
        None => (1, text),
    };
    let tokens = super::token::tokens(amount).unwrap_or_default();
    if let [token] = tokens.as_slice()
        && let super::token::TokenKind::Duration(ms) = token.kind
    {
        let at = now.saturating_add(ms.saturating_mul(sign));
        return Ok((at, at));
    }
    date(text, scope.zone)
}

/// A number beside a time: of four digits a year, else milliseconds.
pub(super) fn year_or_ms(number: i128, zone: &TimeZone) -> Op {
    if (1970..=9999).contains(&number)
        && let Ok((first, last)) = date(&number.to_string(), zone)
    {
        return Op::Interval(first, last);
    }
    let outside = if number < 0 { i64::MIN } else { i64::MAX };
    Op::Const(Val::Time(i64::try_from(number).unwrap_or(outside)))
}

/// An ID in whichever form.
pub(super) fn id(text: &str, tree: &Tree) -> Result<Ulid, QueryError> {
    let read = if text.trim().len() == TEXT_LEN {
        codec::parse(text.trim(), Reading::Strict).map_err(|fault| fault.to_string())
    } else {
        Form::read(text, Reading::Strict)
            .map(|(_, id)| id)
            .map_err(|error| error.to_string())
    };
    read.map_err(|reason| QueryError::new(QueryErrorKind::Id(reason), tree.at.clone()))
}

/// The smallest and the largest ID that begin with some characters.
pub(super) fn prefix(text: &str) -> Option<(Ulid, Ulid)> {
    if text.len() > TEXT_LEN || !text.is_ascii() {
        return None;
    }
    let filled = |with: char| {
        let fill = with.to_string().repeat(TEXT_LEN - text.len());
        let first = if text.is_empty() && with == 'Z' {
            "7"
        } else {
            ""
        };
        let filled = format!("{first}{text}{fill}");
        codec::parse(&filled[..TEXT_LEN], Reading::Strict).ok()
    };
    Some((filled('0')?, filled('Z')?))
}
