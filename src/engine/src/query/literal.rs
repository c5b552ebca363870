//! Literals: dates to any precision, IDs in any form, the begin of an ID.

use crate::{
    Reading, Timestamp, Ulid,
    calendar::Step,
    codec::{self, TEXT_LEN},
    row::Spelling,
    timestamp::{OutOfRange, TimestampError, utc_ms, wall_clock_ms},
};
use jiff::tz::TimeZone;

use super::{
    Scope,
    code::Op,
    error::{QueryError, QueryErrorKind},
    parse::Tree,
    value::Val,
};

/// The first and the last millisecond of a date: of a year, a month, a day, an hour, down to a millisecond. Of what the clock
/// of the zone leaves out there is none, so that the last comes before the first.
pub(super) fn date(text: &str, zone: &TimeZone) -> Result<(i64, i64), String> {
    let text = text.trim();
    let is_day =
        |day: &&str| !day.contains(['T', 't', ' ']) && day.ends_with(|c: char| c.is_ascii_digit());
    if let Some(day) = text.strip_suffix(['Z', 'z']).filter(is_day) {
        return date(day, &TimeZone::UTC);
    }
    let (first, wall_clock) = moment_of(text, zone)?;
    let Some((day, clock)) = text.split_once(['T', 't', ' ']) else {
        let hyphens = text.bytes().filter(|&byte| byte == b'-').count();
        let step = match hyphens {
            0 => Step::Months(12),
            1 => Step::Months(1),
            _ => Step::Day,
        };
        return Ok((first, step.period(first, zone).end - 1));
    };
    let width = width_ms(clock);
    let end = match wall_clock {
        Some(shown) if !day.is_empty() && wall_clock_ms(first, zone) != shown => first,
        // of a night in which clocks go back, both hours that they show
        Some(shown) if width == HOUR_MS => utc_ms(shown + width, zone),
        _ => first.saturating_add(width),
    };
    Ok((first, end - 1))
}

const HOUR_MS: i64 = 3_600_000;

/// A time as it is written, and what the clock shows where no offset stands behind it. Other than a [`Timestamp`] it may lie
/// before 1970.
fn moment_of(text: &str, zone: &TimeZone) -> Result<(i64, Option<i64>), String> {
    let mut shown = None;
    let read = Timestamp::parse_with(text, |wall_clock| {
        shown = Some(wall_clock);
        utc_ms(wall_clock, zone)
    });
    match (read, shown) {
        (Ok(time), _) => Ok((time.ms().cast_signed(), shown)),
        (Err(_), Some(early)) if early < HOUR_MS * 24 => Ok((utc_ms(early, zone), shown)),
        (Err(TimestampError::OutOfRange(OutOfRange { ms })), None) if ms < 0 => {
            Ok((i64::try_from(ms).unwrap_or(i64::MIN), None))
        }
        (Err(TimestampError::Syntax { reason, .. }), _) => Err(reason),
        (Err(error), _) => Err(error.to_string()),
    }
}

/// A time as cells have it, in UTC where no offset stands behind it.
pub(super) fn time_of_cell(text: &str) -> Option<i64> {
    moment_of(text, &TimeZone::UTC).ok().map(|(ms, _)| ms)
}

/// The milliseconds that a clock stands for, by how far it is written out.
fn width_ms(clock: &str) -> i64 {
    let end = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    match clock[..end].split_once('.') {
        Some((_, fraction)) => match fraction.len() {
            1 => 100,
            2 => 10,
            _ => 1,
        },
        None => match end {
            0..=2 => HOUR_MS,
            3..=5 => 60_000,
            _ => 1_000,
        },
    }
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
    let day = day_of_digits(text);
    date(day.as_deref().unwrap_or(text), scope.zone)
}

/// A number beside a time: of four digits a year, of eight a day such as 20250101, and from nine digits on seconds, milli-,
/// micro- or nanoseconds since 1970, by its size. Smaller numbers are milliseconds. Eight digits that are no day, such as
/// 20250230, are none of these: whoever writes them means a day.
pub(super) fn number_as_time(number: i128, zone: &TimeZone) -> Result<Op, String> {
    let written = match number {
        1970..=9999 => Some(number.to_string()),
        _ => day_of_digits(&number.to_string()),
    };
    if let Some(text) = written {
        return date(&text, zone).map(|(first, last)| Op::Interval(first, last));
    }
    let (ms, width) = epoch_ms(number);
    Ok(match width {
        1 => Op::Const(Val::Time(ms)),
        _ => Op::Interval(ms, ms + width - 1),
    })
}

/// A day of eight digits, such as 20250101, as it is written otherwise.
pub(super) fn day_of_digits(text: &str) -> Option<String> {
    let is_day = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_day = is_day && ("19700101"..="99991231").contains(&text);
    is_day.then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
}

/// The milliseconds of a number of seconds, milli-, micro- or nanoseconds, and how many it stands for. Seconds have nine to
/// eleven digits, from 1973 to 5138; each unit below has three more.
pub(super) fn epoch_ms(number: i128) -> (i64, i64) {
    let digits = number.unsigned_abs().checked_ilog10().unwrap_or(0) + 1;
    let outside = if number < 0 { i64::MIN } else { i64::MAX };
    let ms = |number: i128| i64::try_from(number).unwrap_or(outside);
    match digits {
        9..=11 => (ms(number * 1000), 1000),
        15..=17 => (ms(number.div_euclid(1000)), 1),
        18..=20 => (ms(number.div_euclid(1_000_000)), 1),
        _ => (ms(number), 1),
    }
}

/// An ID in whichever form.
pub(super) fn id(text: &str, tree: &Tree) -> Result<Ulid, QueryError> {
    let read = if text.trim().len() == TEXT_LEN {
        codec::parse(text.trim(), Reading::Strict).map_err(|fault| fault.to_string())
    } else {
        Spelling::read(text, Reading::Strict)
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
