//! Settings that a user can choose, on the command line and in an `ulid` object of the launch configuration.

use std::{fmt, str::FromStr};

use serde::Deserialize;
use ulid_engine::{
    Timestamp, codec,
    timestamp::{self, InZone, TimeZone, UnknownZone},
};

use super::{
    kind::{Identifier, Kind},
    recognise::{Found, Level, Rules, Shape},
};

/// Between a value and what it means. No adapter prints this arrow.
const ARROW: &str = " ⟶ ";
/// Before the time of the key of a map.
const KEY: &str = "key ";
/// Times that are told of one text.
const TOLD: usize = 3;
/// Words around the number of rows that are one identifier together.
const ALL: &str = "all ";
const ARE: &str = ": ";
/// Around the number of further times.
const AND: &str = " and ";
const MORE: &str = " more";

/// The text that is added to a value that shows a ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decoration {
    /// Nothing is decoded, everything passes as it came.
    Off,
    /// The time.
    #[default]
    Time,
    /// The time, and the 26 characters before it where the value does not show them.
    Full,
}

/// How values are read and shown.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The text that is added to a value.
    pub decoration: Decoration,
    /// The time zone of what is shown.
    pub zone: TimeZone,
    /// The kinds of text that count as a ULID.
    pub rules: Rules,
    /// True if events that the protocol does not have are kept from the client.
    pub standard_events: bool,
    /// True if printed lines and log points are decoded.
    pub printed: bool,
}

/// The `ulid` object of a launch configuration; what is absent stays as the command line has it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LaunchObject {
    decoration: Option<Decoration>,
    time_zone: Option<String>,
    level: Option<String>,
    window: Option<String>,
    decode: Option<Vec<Kind>>,
    within_text: Option<bool>,
    printed: Option<bool>,
}

/// Why settings could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The object in the launch configuration has another form.
    #[error("\"ulid\" in the launch configuration: {0}")]
    Object(#[from] serde_json::Error),
    /// No such time zone.
    #[error(transparent)]
    Zone(#[from] UnknownZone),
    /// No such level.
    #[error("no level is named {0:?}; there are text, hinted and all")]
    Level(String),
    /// The window is no span of times.
    #[error("the window {window:?} is no span of times; write it as 2005..2027: {reason}")]
    Window {
        /// The settings that were read.
        window: String,
        /// The fault of it.
        reason: String,
    },
}

impl Settings {
    /// The settings that need no choice: times in UTC, from 2005 to a year after `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Settings {
        const YEAR_MS: u64 = 31_557_600_000;
        const START_2005_MS: u64 = 1_104_537_600_000;
        let start = Timestamp::from_ms(START_2005_MS).unwrap_or(Timestamp::MIN);
        let end = Timestamp::from_ms(now.ms() + YEAR_MS).unwrap_or(Timestamp::MAX);
        Settings {
            decoration: Decoration::default(),
            zone: TimeZone::UTC,
            rules: Rules {
                level: Level::default(),
                window: start..=end,
                kinds: Kind::USUAL.to_vec(),
                within_text: false,
            },
            standard_events: false,
            printed: false,
        }
    }

    /// These settings with those of a launch configuration's `ulid` object over them.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] where the object is not understood.
    pub fn with_launch_object(&self, json: &[u8]) -> Result<Settings, SettingsError> {
        let object: LaunchObject = serde_json::from_slice(json)?;
        let mut settings = self.clone();
        if let Some(decoration) = object.decoration {
            settings.decoration = decoration;
        }
        if let Some(zone) = object.time_zone {
            settings.zone = timestamp::zone(&zone)?;
        }
        if let Some(level) = object.level {
            settings.rules.level = <Level as clap::ValueEnum>::from_str(&level, false)
                .map_err(|_| SettingsError::Level(level))?;
        }
        if let Some(kinds) = object.decode {
            settings.rules.kinds = kinds;
        }
        if let Some(within_text) = object.within_text {
            settings.rules.within_text = within_text;
        }
        if let Some(printed) = object.printed {
            settings.printed = printed;
        }
        if let Some(window) = object.window {
            settings.rules.window = parse_window(&window)?;
        }
        Ok(settings)
    }

    /// The time of a ULID in the chosen zone.
    #[must_use]
    pub fn time(&self, timestamp: Timestamp) -> String {
        fmt::from_fn(|f| self.write_time(timestamp, f)).to_string()
    }

    /// The text that is added to a value. Nothing in it depends on the present, since clients mark text that changed.
    #[must_use]
    pub fn suffix<'a>(&'a self, found: &'a Found) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| {
            f.write_str(ARROW)?;
            let shows_text = matches!(
                found.shape,
                Shape::Text(_) | Shape::Prefixed | Shape::ByteText | Shape::Bare
            );
            match found.id.ulid() {
                None => write!(f, "{} ", found.id.kind())?,
                Some(id) if self.decoration == Decoration::Full && !shows_text => {
                    write!(f, "{} ", codec::print(id))?;
                }
                Some(_) => {}
            }
            let time = found.id.time().unwrap_or(Timestamp::MIN);
            self.write_time(time, f)
        })
    }

    /// Suffix of a row whose name is the key of a map, which may stand behind another.
    pub(super) fn suffix_of_key<'a>(
        &'a self,
        key: &'a Found,
        is_behind: bool,
    ) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| {
            f.write_str(if is_behind { ", " } else { ARROW })?;
            f.write_str(KEY)?;
            if key.id.ulid().is_none() {
                write!(f, "{} ", key.id.kind())?;
            }
            self.write_time(key.id.time().unwrap_or(Timestamp::MIN), f)
        })
    }

    /// Suffix of the first of so many rows that are one identifier together.
    pub(super) fn suffix_of_all<'a>(
        &'a self,
        found: &'a Found,
        count: usize,
    ) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| {
            write!(f, "{ARROW}{ALL}{count}{ARE}")?;
            match found.id.ulid() {
                None => write!(f, "{} ", found.id.kind())?,
                Some(id) => write!(f, "{} ", codec::print(id))?,
            }
            self.write_time(found.id.time().unwrap_or(Timestamp::MIN), f)
        })
    }

    /// Suffix of a text that has ULIDs in it: the times of the first of them.
    pub(super) fn suffix_of_text<'a>(&'a self, ids: &'a [Identifier]) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| {
            for (number, id) in ids.iter().take(TOLD).enumerate() {
                f.write_str(if number == 0 { ARROW } else { ", " })?;
                self.write_time(id.time().unwrap_or(Timestamp::MIN), f)?;
            }
            match ids.len().saturating_sub(TOLD) {
                0 => Ok(()),
                more => write!(f, "{AND}{more}{MORE}"),
            }
        })
    }

    fn write_time(&self, timestamp: Timestamp, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.zone == TimeZone::UTC {
            fmt::Display::fmt(&timestamp, f)
        } else {
            write!(f, "{}", timestamp.in_zone(&self.zone))
        }
    }
}

/// A value as the adapter wrote it, where one of our suffixes stands after it.
#[must_use]
pub fn without_suffix(value: &str) -> Option<&str> {
    let (value, suffix) = value.rsplit_once(ARROW)?;
    let suffix = match of_value(suffix.trim_end()) {
        Some(suffix) => suffix,
        None => return Some(value),
    };
    let counted = suffix.strip_suffix(MORE).and_then(|counted| {
        let (times, more) = counted.rsplit_once(AND)?;
        more.parse::<usize>().ok().map(|_| times)
    });
    let mut times = counted.unwrap_or(suffix).split(", ");
    times.all(is_told).then_some(value)
}

/// A suffix without the part that speaks of the key of the row; none where it speaks of nothing else.
fn of_value(suffix: &str) -> Option<&str> {
    let is_key = |text: &str| text.strip_prefix(KEY).is_some_and(is_told);
    if is_key(suffix) {
        return None;
    }
    match suffix.rsplit_once(", ") {
        Some((rest, key)) if is_key(key) => Some(rest),
        _ => Some(suffix),
    }
}

/// True if a text is a time, alone or after the kind or the text of an identifier, as a suffix has it.
fn is_told(suffix: &str) -> bool {
    let all = suffix.strip_prefix(ALL).and_then(|all| all.split_once(ARE));
    let told = all.filter(|(count, _)| count.parse::<usize>().is_ok());
    let suffix = told.map_or(suffix, |(_, told)| told);
    let time = match suffix.split_once(' ') {
        Some((id, time)) if codec::is_valid(id, ulid_engine::Reading::Strict) => time,
        Some((kind, time)) if Kind::ALL.iter().any(|known| known.to_string() == kind) => time,
        Some(_) => return false,
        None => suffix,
    };
    Timestamp::from_str(time).is_ok()
}

/// Reads a span of times such as `2005..2027` or `2024-03..2024-04-15T12:00Z`; its end is its first moment.
///
/// # Errors
///
/// [`SettingsError::Window`] where it is no span.
pub fn parse_window(window: &str) -> Result<std::ops::RangeInclusive<Timestamp>, SettingsError> {
    let wrong = |reason: String| SettingsError::Window {
        window: window.to_owned(),
        reason,
    };
    let (start, end) = window
        .split_once("..")
        .ok_or_else(|| wrong("there is no .. in it".to_owned()))?;
    let time = |text: &str, open: Timestamp| match text.trim() {
        "" => Ok(open),
        text => Timestamp::from_str(text).map_err(|error| wrong(error.to_string())),
    };
    let (start, end) = (time(start, Timestamp::MIN)?, time(end, Timestamp::MAX)?);
    if start > end {
        return Err(wrong("it ends before it begins".to_owned()));
    }
    Ok(start..=end)
}

/// The text of an identifier with its time.
pub(super) fn text_and_time(id: Identifier, settings: &Settings) -> String {
    let name = match id.kind() {
        Kind::Ulid => String::new(),
        kind => format!("{kind} "),
    };
    let time = id.time().unwrap_or(Timestamp::MIN);
    format!("{}{ARROW}{name}{}", id.print(), settings.time(time))
}

#[cfg(test)]
mod tests {
    use ulid_engine::Reading;

    use super::*;

    fn settings() -> Settings {
        Settings::at("2026-11-23".parse().unwrap())
    }

    fn found(shape: Shape) -> Found {
        let id = codec::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Strict).unwrap();
        Found {
            id: id.into(),
            shape,
            case: super::super::recognise::Case::Upper,
            quote: None,
            whole: true,
            wrapped: false,
        }
    }

    #[test]
    fn suffixes_say_the_time_and_come_off_again() {
        let mut settings = settings();
        assert_eq!(
            settings.suffix(&found(Shape::List)).to_string(),
            " ⟶ 2016-07-30T23:54:10.259Z"
        );
        settings.zone = timestamp::zone("Europe/Berlin").unwrap();
        assert_eq!(
            settings.suffix(&found(Shape::List)).to_string(),
            " ⟶ 2016-07-31T01:54:10.259+02:00"
        );
        settings.decoration = Decoration::Full;
        for shape in [Shape::List, Shape::Text('\'')] {
            let suffix = settings.suffix(&found(shape)).to_string();
            assert_eq!(suffix.contains("01ARZ"), shape == Shape::List);
            assert_eq!(without_suffix(&format!("'x'{suffix}")), Some("'x'"));
        }
        let id = found(Shape::List).id;
        for (count, told) in [(1, 1), (3, 3), (12, 3)] {
            let suffix = settings.suffix_of_text(&vec![id; count]).to_string();
            assert_eq!(suffix.matches("2016-07-31").count(), told);
            assert_eq!(suffix.ends_with(" and 9 more"), count == 12, "{suffix}");
            assert_eq!(without_suffix(&format!("'x'{suffix}")), Some("'x'"));
        }
        for is_behind in [false, true] {
            let of_value = if is_behind { " ⟶ 2016-07-31" } else { "" };
            let key = settings
                .suffix_of_key(&found(Shape::Bare), is_behind)
                .to_string();
            let shown = format!("'x'{of_value}{key}");
            assert!(key.ends_with("key 2016-07-31T01:54:10.259+02:00"), "{key}");
            assert_eq!(without_suffix(&shown), Some("'x'"), "{shown}");
        }
        for text in [
            "'x'",
            "x ⟶ key",
            "x ⟶ key 5",
            "x ⟶ key 2016-07-30, b",
            "x ⟶ b, key 2016-07-30",
            "a ⟶ b",
            "⟶ 2016",
            "x ⟶ 01ARZ 2016",
            "x ⟶ 2016-07-30 and more",
            "x ⟶ 2016-07-30, b",
        ] {
            assert_eq!(without_suffix(text), None, "{text}");
        }
    }

    #[test]
    fn launch_objects() {
        let read = |json: &str| settings().with_launch_object(json.as_bytes());
        let full = read(
            r#"{"decoration":"full","timeZone":"Asia/Tokyo","level":"all","window":"2010..2020","withinText":true,"printed":true,"decode":["ulid","discord"]}"#,
        )
        .unwrap();
        assert_eq!(
            (full.decoration, full.rules.level),
            (Decoration::Full, Level::All)
        );
        assert_eq!(
            full.rules.window,
            "2010".parse().unwrap()..="2020".parse().unwrap()
        );
        assert_eq!(full.rules.kinds, [Kind::Ulid, Kind::Discord]);
        assert!(full.rules.within_text && full.printed);
        assert_eq!(read("{}").unwrap().rules, settings().rules);
        for (json, reason) in [
            (r#"{"decor":"full"}"#, "unknown field"),
            (r#"{"timeZone":"Mars/Olympus"}"#, "no time zone"),
            (r#"{"level":"some"}"#, "no level"),
            (r#"{"window":"2010"}"#, "no .."),
            (r#"{"window":"2020..2010"}"#, "ends before"),
            (r#"{"window":"x.."}"#, "year"),
            ("5", "invalid type"),
        ] {
            let error = read(json).unwrap_err().to_string();
            assert!(error.contains(reason), "{json}: {error}");
        }
    }
}
