//! Values of the engine as those of Nushell, and back.

use chrono::{DateTime, Duration, FixedOffset, NaiveTime};
use human_date_parser::{ParseResult, from_human_time};
use nu_protocol::{LabeledError, Record, Span, Value, record};
use ulid_engine::{
    Reading, Timestamp, Ulid,
    anatomy::{Anatomy, repair},
    codec, query,
    row::{Fact, Spelling, duration},
    timestamp::{InZone, TimeZone, Unit},
};

use crate::label;

/// An ID as its canonical text.
pub(crate) fn id(id: Ulid, span: Span) -> Value {
    Value::string(codec::print(id).as_str(), span)
}

/// The ULID of 16 bytes.
pub(crate) fn id_in_bytes(bytes: &[u8], span: Span) -> Result<Ulid, LabeledError> {
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => Ok(Ulid::from_bytes(bytes)),
        Err(_) => Err(label::not_16_bytes(bytes.len(), span)),
    }
}

/// True for a text that is a broken ULID or another spelling of one, and not merely a number.
pub(crate) fn is_likely_id(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    !is_number && (Spelling::read(text, Reading::Strict).is_ok() || repair(text).is_some())
}

/// The ULID in an argument: canonical text, in either case.
pub(crate) fn strict_id(argument: &Value) -> Result<Ulid, LabeledError> {
    let text = argument.as_str()?;
    codec::parse(text, Reading::Strict)
        .map_err(|fault| label::not_a_ulid(text, fault, argument.span()))
}

/// The 80 bits of randomness in 10 bytes or a whole number; a larger one than Nushell's integers as decimal text.
fn randomness(value: &Value) -> Result<u128, LabeledError> {
    let bits = match value {
        Value::Binary { val, .. } => <[u8; 10]>::try_from(val.as_slice()).ok().map(|bytes| {
            bytes
                .iter()
                .fold(0, |bits, &byte| bits << 8 | u128::from(byte))
        }),
        Value::Int { val, .. } => u128::try_from(*val).ok(),
        Value::String { val, .. } => val.parse().ok(),
        _ => return Err(label::wrong_type(value, "10 bytes or a whole number")),
    };
    bits.ok_or_else(|| label::not_80_bits(value.span()))
}

/// The ULID of a time and a value that is its randomness.
pub(crate) fn id_of_parts(time: Timestamp, random: &Value) -> Result<Ulid, LabeledError> {
    Ulid::from_parts(time.ms(), randomness(random)?).map_err(|_| label::not_80_bits(random.span()))
}

/// A datetime for the examples of commands.
pub(crate) fn example_datetime(ms: i64) -> Value {
    Value::test_date(
        DateTime::from_timestamp_millis(ms)
            .unwrap_or_default()
            .fixed_offset(),
    )
}

/// A time as a native datetime, on the clock of a zone.
pub(crate) fn datetime(time: Timestamp, zone: &TimeZone, span: Span) -> Value {
    // 48 bits of milliseconds lie within what an i64 and chrono hold, so the fallbacks are never taken.
    let utc = DateTime::from_timestamp_millis(ms(time)).unwrap_or_default();
    let offset = if *zone == TimeZone::UTC {
        0
    } else {
        time.in_zone(zone).offset_seconds()
    };
    let date = match FixedOffset::east_opt(offset) {
        Some(offset) => utc.with_timezone(&offset),
        None => utc.fixed_offset(),
    };
    Value::date(date, span)
}

/// Milliseconds since 1970 as Nushell's integer.
pub(crate) fn ms(time: Timestamp) -> i64 {
    time.ms().cast_signed()
}

/// The time in a datetime, or in a number of milliseconds.
pub(crate) fn time(value: &Value) -> Result<Timestamp, LabeledError> {
    let span = value.span();
    match value {
        Value::Date { val, .. } => Timestamp::from_ms(val.timestamp_millis())
            .map_err(|refused| label::out_of_range(&refused, span)),
        Value::Int { val, .. } => time_in_ms(*val, span),
        Value::Error { error, .. } => Err(LabeledError::from(error.as_ref().clone())),
        _ => Err(label::not_a_time(value)),
    }
}

/// A time as [`time`] reads it, a duration before now, or a text on the clock of a zone.
pub(crate) fn moment(
    value: &Value,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Timestamp, LabeledError> {
    match value {
        Value::Duration { val, .. } => shifted(now, -(val / 1_000_000), value.span()),
        Value::String { val, .. } => {
            moment_of_text(val, now, zone).ok_or_else(|| label::no_moment(val, value.span()))
        }
        _ => time(value),
    }
}

/// A date, or words for one such as `2 days ago`, as `date from-human` reads them; a day without a time begins.
fn moment_of_text(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(time) = Timestamp::parse_in(text, zone) {
        return Some(time);
    }
    let utc = DateTime::from_timestamp_millis(ms(now))?.naive_utc();
    let offset = Duration::seconds(now.in_zone(zone).offset_seconds().into());
    let shown = utc.checked_add_signed(offset)?;
    let found = match from_human_time(text, shown).ok()? {
        ParseResult::DateTime(time) => time,
        ParseResult::Date(day) => day.and_time(NaiveTime::MIN),
        ParseResult::Time(time) => shown.date().and_time(time),
    };
    let text = found.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
    Timestamp::parse_in(&text, zone).ok()
}

/// A time some milliseconds on.
pub(crate) fn shifted(time: Timestamp, ms: i64, span: Span) -> Result<Timestamp, LabeledError> {
    Timestamp::from_ms(i128::from(time.ms()) + i128::from(ms))
        .map_err(|refused| label::out_of_range(&refused, span))
}

fn time_in_ms(number: i64, span: Span) -> Result<Timestamp, LabeledError> {
    match Unit::likely(number) {
        Some((unit, meant)) if unit != Unit::Milliseconds => {
            Err(label::other_unit(unit.name(), &meant, span))
        }
        _ => Timestamp::from_ms(number).map_err(|refused| label::out_of_range(&refused, span)),
    }
}

/// Name of a fact in records: the ID and its time have names of their own, since a table has them beside other columns.
pub(crate) fn fact_name(fact: Fact) -> &'static str {
    match fact {
        Fact::Id => "ulid",
        Fact::Time => "timestamp",
        other => other.entry().name,
    }
}

/// A value of the query language.
pub(crate) fn of_language(value: query::Value, zone: &TimeZone, span: Span) -> Value {
    match value {
        query::Value::Missing => Value::nothing(span),
        query::Value::Bool(value) => Value::bool(value, span),
        query::Value::Int(value) => match i64::try_from(value) {
            Ok(value) => Value::int(value, span),
            // more than Nushell's integers hold
            Err(_) => Value::string(value.to_string(), span),
        },
        query::Value::Float(value) => Value::float(value, span),
        query::Value::Duration(ms) => match ms.checked_mul(1_000_000) {
            Some(ns) => Value::duration(ns, span),
            None => Value::string(duration(ms).to_string(), span),
        },
        query::Value::Time(time) => datetime(time, zone, span),
        query::Value::Id(found) => id(found, span),
        query::Value::Text(text) => Value::string(text, span),
        bounds @ query::Value::Bounds(..) => Value::string(bounds.to_string(), span),
    }
}

/// A ULID taken apart: record<ulid, timestamp, unix_ms, random>.
pub(crate) fn parts(anatomy: &Anatomy, zone: &TimeZone, span: Span) -> Record {
    record! {
        fact_name(Fact::Id) => id(anatomy.id, span),
        fact_name(Fact::Time) => datetime(anatomy.timestamp, zone, span),
        fact_name(Fact::UnixMs) => Value::int(ms(anatomy.timestamp), span),
        fact_name(Fact::Random) => Value::binary(anatomy.randomness_bytes(), span),
    }
}
