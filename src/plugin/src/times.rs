//! Times that Tab offers.

use nu_protocol::DynamicSuggestion;
use ulid_engine::{
    Timestamp,
    timestamp::{InZone, TimeZone},
};

/// Durations before now, and days of the calendar in UTC.
pub(crate) fn moments(now: Timestamp) -> Vec<DynamicSuggestion> {
    let durations = [
        ("1hr", "an hour ago"),
        ("1day", "a day ago"),
        ("7day", "a week ago"),
    ];
    with_days(&durations, now)
}

/// Durations from another time on, and days of the calendar in UTC.
pub(crate) fn ends(now: Timestamp) -> Vec<DynamicSuggestion> {
    let durations = [
        ("1hr", "an hour later"),
        ("1day", "a day later"),
        ("7day", "a week later"),
    ];
    with_days(&durations, now)
}

fn with_days(durations: &[(&str, &str)], now: Timestamp) -> Vec<DynamicSuggestion> {
    let duration = |&(text, description): &(&str, &str)| suggestion(text.to_owned(), description);
    durations.iter().map(duration).chain(days(now)).collect()
}

/// Days of the calendar in UTC.
pub(crate) fn days(now: Timestamp) -> Vec<DynamicSuggestion> {
    const DAY_MS: u64 = 86_400_000;
    let day = |(ago, description): (u64, &str)| {
        let ms = now.ms().saturating_sub(ago * DAY_MS);
        let day = Timestamp::from_ms(ms)
            .unwrap_or(now)
            .in_zone(&TimeZone::UTC);
        suggestion(day.date(), description)
    };
    let days = [
        (0, "today at 00:00 UTC"),
        (1, "yesterday"),
        (7, "a week ago"),
    ];
    days.into_iter().map(day).collect()
}

fn suggestion(value: String, description: &str) -> DynamicSuggestion {
    DynamicSuggestion {
        value,
        description: Some(description.to_owned()),
        ..DynamicSuggestion::default()
    }
}
