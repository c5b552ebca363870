//! Values of Parquet as text: times as RFC 3339 has them, and what is nested as JSON.

use std::fmt::Write as _;

use parquet::{
    data_type::ByteArray,
    record::{Field, List, Map, Row},
};
use serde_json::Value;

use crate::Timestamp;

use super::kind::{Kind, Unit};

/// A value as text, if there is one; bytes that are no text, such as those of a UUID, in hexadecimal.
pub(super) fn cell(field: &Field, kind: &Kind) -> Option<Vec<u8>> {
    match (field, kind) {
        (Field::Null, _) => None,
        (Field::Bytes(bytes), Kind::Interval) => Some(interval(bytes.data()).into_bytes()),
        (Field::Bytes(bytes), _) => Some(of_bytes(bytes)),
        (Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_), _) => {
            let mut json = String::new();
            write_json(&mut json, field, kind);
            Some(json.into_bytes())
        }
        _ => Some(simple(field, kind).into_bytes()),
    }
}

/// A value that is neither nested nor bytes. A time that no calendar has stays the number that it is.
fn simple(field: &Field, kind: &Kind) -> String {
    let timed = match (kind, number(field)) {
        (Kind::Time { unit, is_utc }, Some(count)) => time(count, *unit, *is_utc),
        (Kind::Day, Some(days)) => day(days),
        (Kind::TimeOfDay(unit), Some(count)) => time_of_day(count, *unit),
        _ => None,
    };
    timed.unwrap_or_else(|| match field {
        Field::Float(number) => format!("{number:?}"),
        Field::Double(number) => format!("{number:?}"),
        Field::Str(text) => text.clone(),
        Field::TimestampMillis(count) => count.to_string(),
        other => other.to_string(),
    })
}

/// The whole number that a time is counted by.
fn number(field: &Field) -> Option<i64> {
    match field {
        Field::Int(count) => Some(i64::from(*count)),
        // an INT96 is given as such a time
        Field::Long(count) | Field::TimestampMillis(count) => Some(*count),
        _ => None,
    }
}

/// A point in time with as many digits as its unit has; with a `Z` where it is the same all over the world.
fn time(count: i64, unit: Unit, is_utc: bool) -> Option<String> {
    let (second, rest) = (
        count.div_euclid(unit.per_second()),
        count.rem_euclid(unit.per_second()),
    );
    let mut text = date_and_time(second)?;
    let digits = unit.digits();
    write!(text, ".{rest:0digits$}").ok()?;
    if is_utc {
        text.push('Z');
    }
    Some(text)
}

/// Date and time of a second since 1970, if the calendars have it.
fn date_and_time(second: i64) -> Option<String> {
    let text = match Timestamp::from_ms(second.checked_mul(1_000)?) {
        Ok(time) => time.to_string(),
        // before 1970
        Err(_) => jiff::Timestamp::from_second(second).ok()?.to_string(),
    };
    Some(text.split(['.', 'Z']).next()?.to_owned())
}

fn day(days: i64) -> Option<String> {
    let text = date_and_time(days.checked_mul(86_400)?)?;
    Some(text.split('T').next()?.to_owned())
}

fn time_of_day(count: i64, unit: Unit) -> Option<String> {
    let (second, rest) = (count / unit.per_second(), count % unit.per_second());
    let (hours, minutes, seconds) = (second / 3_600, second / 60 % 60, second % 60);
    let digits = unit.digits();
    (count >= 0).then(|| format!("{hours:02}:{minutes:02}:{seconds:02}.{rest:0digits$}"))
}

/// Months, days and milliseconds, as ISO 8601 writes a period.
fn interval(bytes: &[u8]) -> String {
    let part = |at: usize| {
        let part = bytes.get(at..at + 4).and_then(|part| part.try_into().ok());
        part.map_or(0, u32::from_le_bytes)
    };
    let (months, days, ms) = (part(0), part(4), part(8));
    format!("P{months}M{days}DT{}.{:03}S", ms / 1_000, ms % 1_000)
}

fn of_bytes(bytes: &ByteArray) -> Vec<u8> {
    let bytes = bytes.data();
    let is_text = str::from_utf8(bytes).is_ok_and(|text| !text.contains(char::is_control));
    if is_text {
        return bytes.to_vec();
    }
    let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
    hex.collect::<String>().into_bytes()
}

fn write_json(json: &mut String, field: &Field, kind: &Kind) {
    match field {
        Field::Null => json.push_str("null"),
        Field::Group(row) => write_object(json, row, kind),
        Field::ListInternal(list) => write_list(json, list, kind),
        Field::MapInternal(map) => write_map(json, map, kind),
        Field::Bytes(_) => push_text(json, cell(field, kind)),
        _ => {
            let text = simple(field, kind);
            let is_plain = matches!(kind, Kind::Number | Kind::Bool) || text.parse::<i64>().is_ok();
            match is_plain {
                // numbers that are none, and those past all others, JSON cannot say
                true if serde_json::from_str::<Value>(&text).is_err() => json.push_str("null"),
                true => json.push_str(&text),
                false => push_text(json, Some(text.into_bytes())),
            }
        }
    }
}

fn write_object(json: &mut String, row: &Row, kind: &Kind) {
    let kinds = match kind {
        Kind::Object(members) => members.as_slice(),
        _ => &[],
    };
    let members = row.get_column_iter().enumerate();
    write_members(
        json,
        members.map(|(at, (name, field))| {
            let kind = kinds.get(at).map_or(&Kind::Number, |(_, kind)| kind);
            (Some(name.clone().into_bytes()), field, kind)
        }),
    );
}

fn write_map(json: &mut String, map: &Map, kind: &Kind) {
    let (keys, values) = match kind {
        Kind::Map(keys, values) => (&**keys, &**values),
        _ => (&Kind::Number, &Kind::Number),
    };
    let members = map.entries().iter();
    write_members(
        json,
        members.map(|(key, value)| (cell(key, keys), value, values)),
    );
}

/// Writes names and values as an object.
fn write_members<'a>(
    json: &mut String,
    members: impl Iterator<Item = (Option<Vec<u8>>, &'a Field, &'a Kind)>,
) {
    json.push('{');
    for (at, (name, field, kind)) in members.enumerate() {
        if at > 0 {
            json.push(',');
        }
        push_text(json, name);
        json.push(':');
        write_json(json, field, kind);
    }
    json.push('}');
}

fn write_list(json: &mut String, list: &List, kind: &Kind) {
    let kind = match kind {
        Kind::List(kind) => kind,
        other => other,
    };
    json.push('[');
    for (at, field) in list.elements().iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        write_json(json, field, kind);
    }
    json.push(']');
}

/// Writes text in quotes, nothing as an empty one.
fn push_text(json: &mut String, text: Option<Vec<u8>>) {
    let text = text.unwrap_or_default();
    json.push_str(&Value::from(String::from_utf8_lossy(&text)).to_string());
}
