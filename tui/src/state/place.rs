//! Places to go to as people type them: a row, a share, a time, an ID. How one gets there is not known here.

use super::palette::is_place;
use ulid_engine::{
    Timestamp,
    timestamp::{InZone, TimeZone, TimestampError},
};

/// Somewhere to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The row of this number in the source, from 0.
    Row(usize),
    /// So many hundredths of the rows shown.
    Percent(usize),
    /// The first row of this time or later.
    Time(Timestamp),
}

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoPlace {
    #[error(transparent)]
    Time(#[from] TimestampError),
    #[error("{0:?} is no number of a row")]
    Row(String),
    #[error("{0:?} is no percentage from 0 to 100")]
    Percent(String),
}

impl Place {
    /// Reads `1234`, `50%`, `@2025-03-01T12:00` or `@-2h`. Nothing for a text that begins otherwise.
    pub(super) fn parse(
        text: &str,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Option<Result<Place, NoPlace>> {
        let text = text.trim();
        if let Some(time) = text.strip_prefix('@') {
            let time = match relative(time, now) {
                Some(time) => Ok(time),
                None => Timestamp::parse_in(time, zone),
            };
            return Some(time.map(Place::Time).map_err(NoPlace::from));
        }
        if !is_place(text) {
            return None;
        }
        if let Some(number) = text.strip_suffix('%') {
            let percent = number.trim().parse().ok().filter(|&percent| percent <= 100);
            return Some(match percent {
                Some(percent) => Ok(Place::Percent(percent)),
                None => Err(NoPlace::Percent(text.to_owned())),
            });
        }
        let digits = text.replace([',', '_'], "");
        Some(match digits.parse::<usize>() {
            Ok(number @ 1..) => Ok(Place::Row(number - 1)),
            _ => Err(NoPlace::Row(text.to_owned())),
        })
    }
}

/// `-2h`, `+30m`: that far from now.
fn relative(text: &str, now: Timestamp) -> Option<Timestamp> {
    const UNITS: [(&str, i128); 6] = [
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
        ("w", 604_800_000),
    ];
    let (sign, rest) = match text.split_at_checked(1)? {
        ("-", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => return None,
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = rest.split_at(digits);
    let (_, unit_ms) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let number: i64 = number.parse().ok()?;
    Timestamp::from_ms(i128::from(now.ms()) + sign * i128::from(number) * unit_ms).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_rows_percentages_and_times() {
        let now: Timestamp = "2026-11-23T12:00".parse().unwrap();
        let at = |text: &str| Place::Time(text.parse().unwrap());
        for (text, place) in [
            ("1", Place::Row(0)),
            ("12,345", Place::Row(12_344)),
            ("50%", Place::Percent(50)),
            ("@2025-03-01T12:00", at("2025-03-01T12:00")),
            ("@2025", at("2025")),
            ("@-2h", at("2026-11-23T10:00")),
            ("@+1w", at("2026-11-30T12:00")),
            ("@-250ms", at("2026-11-23T11:59:59.750Z")),
        ] {
            assert_eq!(
                Place::parse(text, now, &TimeZone::UTC),
                Some(Ok(place)),
                "{text}"
            );
        }
        for text in ["0", "12x", "101%", "@noon", "@-2", "@-9999999w"] {
            let parsed = Place::parse(text, now, &TimeZone::UTC);
            assert!(matches!(parsed, Some(Err(_))), "{text}: {parsed:?}");
        }
        assert_eq!(Place::parse("sort", now, &TimeZone::UTC), None);
    }
}
