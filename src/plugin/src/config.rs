//! `$env.config.plugins.ulid`: what the options default to. Asking for it costs a round trip to Nushell, so it is asked
//! for only once a value needs it.

use std::sync::OnceLock;

use nu_plugin::EngineInterface;
use nu_protocol::{LabeledError, Value};
use ulid_engine::{Reading, timestamp::TimeZone};

use crate::{
    choice::{self, OnError},
    label,
};

/// The settings of one call, read at most once.
#[derive(Debug)]
pub(crate) struct Config {
    engine: EngineInterface,
    settings: OnceLock<Result<Settings, LabeledError>>,
}

/// Settings of `$env.config.plugins.ulid`, with the values that hold where it says nothing.
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
        let span = value.span();
        let record = match value {
            // as if there were none
            Value::Nothing { .. } => return Ok(settings),
            Value::Record { val, .. } => val.into_owned(),
            other => return Err(label::no_settings(&other, span)),
        };
        for (key, value) in record {
            let span = value.span();
            let text = match &value {
                // `on_error: null` is no string
                Value::Nothing { .. } => "null".to_owned(),
                Value::String { val, .. } => val.clone(),
                other => other.to_expanded_string(", ", &nu_protocol::Config::default()),
            };
            let refused = |choices: &[&str]| label::bad_setting(&key, &text, choices, span);
            match key.as_str() {
                "reading" => settings.reading = reading(&text).ok_or_else(|| refused(&READINGS))?,
                "on_error" => {
                    let found = OnError::named(&text);
                    settings.on_error = found.ok_or_else(|| refused(&OnError::NAMES))?;
                }
                "zone" => settings.zone = choice::zone(&text, span)?,
                _ => return Err(label::unknown_setting(&key, span)),
            }
        }
        Ok(settings)
    }
}

const READINGS: [&str; 2] = ["strict", "lenient"];

fn reading(text: &str) -> Option<Reading> {
    match text {
        "strict" => Some(Reading::Strict),
        "lenient" => Some(Reading::Lenient),
        _ => None,
    }
}
