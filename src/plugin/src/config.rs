//! `$env.config.plugins.ulid`: what the options default to. Asking for it costs a round trip to Nushell, so it is asked
//! for only once a value needs it.

use std::sync::OnceLock;

use nu_plugin::EngineInterface;
use nu_protocol::{FromValue, LabeledError, Record, Span, Value};
use ulid_engine::{Reading, timestamp::TimeZone};

use crate::{args::OnError, label};

/// The settings of one call, read at most once.
#[derive(Debug)]
pub(crate) struct Config {
    engine: EngineInterface,
    settings: OnceLock<Result<Settings, LabeledError>>,
}

/// What `$env.config.plugins.ulid` says, and what holds where it says nothing.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) reading: Reading,
    pub(crate) on_error: OnError,
    pub(crate) zone: TimeZone,
}

impl Config {
    pub(crate) fn of(engine: &EngineInterface) -> Config {
        Config {
            engine: engine.clone(),
            settings: OnceLock::new(),
        }
    }

    pub(crate) fn settings(&self) -> Result<&Settings, LabeledError> {
        let read = || match self.engine.get_plugin_config()? {
            Some(value) => Settings::read(value),
            None => Ok(Settings::default()),
        };
        self.settings
            .get_or_init(read)
            .as_ref()
            .map_err(Clone::clone)
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            reading: Reading::Strict,
            on_error: OnError::Error,
            zone: TimeZone::UTC,
        }
    }
}

impl Settings {
    fn read(value: Value) -> Result<Settings, LabeledError> {
        let mut settings = Settings::default();
        for (key, value) in Record::from_value(value)? {
            let span = value.span();
            // `on_error: null` is no string
            let text = match value {
                Value::Nothing { .. } => "null".to_owned(),
                value => String::from_value(value)?,
            };
            match key.as_str() {
                "reading" => settings.reading = reading(&text, span)?,
                "on_error" => settings.on_error = OnError::read(&text, span)?,
                "zone" => settings.zone = zone(&text, span)?,
                _ => return Err(label::unknown_setting(&key, span)),
            }
        }
        Ok(settings)
    }
}

fn reading(text: &str, span: Span) -> Result<Reading, LabeledError> {
    match text {
        "strict" => Ok(Reading::Strict),
        "lenient" => Ok(Reading::Lenient),
        _ => Err(label::not_one_of(text, &["strict", "lenient"], span)),
    }
}

fn zone(text: &str, span: Span) -> Result<TimeZone, LabeledError> {
    match text {
        "UTC" | "utc" => Ok(TimeZone::UTC),
        "local" => Ok(TimeZone::system()),
        name => TimeZone::get(name).map_err(|error| label::unknown_zone(name, &error, span)),
    }
}
