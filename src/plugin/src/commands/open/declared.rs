//! Times that a file declares as such, as Nushell's own: a time and a day become a datetime, a time of day a duration since
//! midnight, as Nushell's plugin for polars has them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use nu_protocol::{Span, Value};
use ulid_engine::{
    row::CellType,
    timestamp::{TimeZone, offset_at, offset_of_wall_clock},
};

/// A value of the type that is declared for it, and all within it. What cannot be read stays as it is.
pub(super) fn value(value: Value, ty: &CellType, zone: &TimeZone) -> Value {
    let span = value.span();
    match (ty, value) {
        (CellType::Time, Value::String { val, .. }) => {
            time(&val, zone, span).unwrap_or_else(|| Value::string(val, span))
        }
        (CellType::TimeOfDay, Value::String { val, .. }) => {
            time_of_day(&val, span).unwrap_or_else(|| Value::string(val, span))
        }
        (CellType::List(ty), Value::List { vals, .. }) => {
            let items = vals.into_iter().map(|item| self::value(item, ty, zone));
            Value::list(items.collect(), span)
        }
        (CellType::Object(members), Value::Record { val, .. }) => {
            let typed = val.into_owned().into_iter().map(|(name, member)| {
                let ty = members.iter().find(|(known, _)| *known == name);
                let member = match ty {
                    Some((_, ty)) => self::value(member, ty, zone),
                    None => member,
                };
                (name, member)
            });
            Value::record(typed.collect(), span)
        }
        (CellType::Map(ty), Value::Record { val, .. }) => {
            let members = val.into_owned().into_iter();
            let typed = members.map(|(name, member)| (name, self::value(member, ty, zone)));
            Value::record(typed.collect(), span)
        }
        (_, value) => value,
    }
}

/// A time or a day, on the clock of a zone.
fn time(text: &str, zone: &TimeZone, span: Span) -> Option<Value> {
    let (wall_clock, is_utc) = match text.strip_suffix('Z') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let shown = if wall_clock.contains('T') {
        NaiveDateTime::parse_from_str(wall_clock, "%Y-%m-%dT%H:%M:%S%.f").ok()?
    } else {
        let day = NaiveDate::parse_from_str(wall_clock, "%Y-%m-%d").ok()?;
        day.and_time(NaiveTime::MIN)
    };
    let ms = shown.and_utc().timestamp_millis();
    let offset = match is_utc {
        true => offset_at(ms, zone),
        false => offset_of_wall_clock(ms, zone),
    };
    let offset = FixedOffset::east_opt(offset)?;
    let time: DateTime<FixedOffset> = match is_utc {
        true => shown.and_utc().with_timezone(&offset),
        false => shown.and_local_timezone(offset).single()?,
    };
    Some(Value::date(time, span))
}

/// A time of day as the time since midnight.
fn time_of_day(text: &str, span: Span) -> Option<Value> {
    let (clock, fraction) = text.split_once('.')?;
    let mut seconds: i64 = 0;
    for part in clock.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
    let nanos = seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?;
    Some(Value::duration(nanos, span))
}

#[cfg(test)]
mod tests {
    use ulid_engine::timestamp::zone;

    use super::*;

    /// As Nushell writes them.
    #[test]
    fn times_are_read_to_the_nanosecond_and_shown_in_the_zone() {
        let berlin = zone("Europe/Berlin").unwrap();
        for (text, zone, shown) in [
            (
                "1970-01-01T00:00:00.000Z",
                &TimeZone::UTC,
                "1970-01-01T00:00:00+00:00",
            ),
            (
                "1969-12-31T23:59:59.999998500Z",
                &TimeZone::UTC,
                "1969-12-31T23:59:59.999998500+00:00",
            ),
            (
                "2024-07-01T10:00:00.000000Z",
                &berlin,
                "2024-07-01T12:00:00+02:00",
            ),
            (
                "2024-07-01T10:00:00.000000",
                &berlin,
                "2024-07-01T10:00:00+02:00",
            ),
            ("2024-01-01", &berlin, "2024-01-01T00:00:00+01:00"),
            (
                "+10889-08-02T05:31:50.655Z",
                &TimeZone::UTC,
                "+10889-08-02T05:31:50.655+00:00",
            ),
            (
                "-000043-03-15",
                &TimeZone::UTC,
                "-0043-03-15T00:00:00+00:00",
            ),
        ] {
            let found = time(text, zone, Span::test_data()).unwrap();
            assert_eq!(found.as_date().unwrap().to_rfc3339(), shown, "{text}");
        }
        assert_eq!(time("soon", &berlin, Span::test_data()), None);
    }

    #[test]
    fn a_time_of_day_is_a_duration() {
        for (text, nanos) in [
            ("00:00:00.000000001", 1),
            ("10:00:01.5", 36_001_500_000_000),
            ("23:59:59.999", 86_399_999_000_000),
        ] {
            let found = time_of_day(text, Span::test_data());
            assert_eq!(found, Some(Value::test_duration(nanos)), "{text}");
        }
    }
}
