//! The configuration file: `ulid-tui/config.toml` in the user's folder for such files.
//!
//! ```toml
//! theme = "light"
//! zone = "local"
//! form = "uuid"
//! mouse = true
//!
//! [keys]
//! sort-id = ["s", "ctrl-s"]
//! ```

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use serde::Deserialize;

use crate::keymap::{Keymap, KeymapError};

/// Settings of the configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The colours.
    pub theme: ThemeName,
    /// The zone of times.
    pub zone: Option<String>,
    /// True if the mouse is taken note of.
    pub mouse: bool,
    /// How IDs are written.
    pub form: Option<String>,
    /// False if nothing is to be kept between sessions.
    pub remember: Option<bool>,
    /// The keys of actions, by their names.
    pub keys: BTreeMap<String, Vec<String>>,
}

/// The themes there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeName {
    /// For light terminals that say that they are, and for dark ones.
    #[default]
    Auto,
    /// For dark terminals.
    Dark,
    /// For light terminals.
    Light,
    /// White on black, whatever the terminal has.
    HighContrast,
    /// No colours.
    Monochrome,
}

/// Why a configuration file is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// It says something that is not understood.
    #[error("{}: {error}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The fault and its place.
        error: toml::de::Error,
    },
    /// It binds keys in a way that cannot be.
    #[error("{}: {error}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// The fault and its place.
        error: KeymapError,
    },
}

/// A configuration file that was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Loaded {
    /// Settings in it.
    pub config: Config,
    /// The keys as it has them.
    pub keymap: Keymap,
    /// A sentence about actions that lose a key by it.
    pub told: Option<String>,
}

/// The path of the file; nothing where the user has no home.
#[must_use]
pub(crate) fn usual_path() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    Some(folders.config_dir().join("ulid-tui").join("config.toml"))
}

/// Reads the file given, or the usual one where there is one, with its keys.
///
/// # Errors
///
/// [`ConfigError`] where it cannot be read or understood. That there is no usual file is none.
pub(crate) fn load(given: Option<&Path>) -> Result<Loaded, ConfigError> {
    let Some(path) = given.map(Path::to_owned).or_else(usual_path) else {
        return Ok(Loaded::default());
    };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if given.is_none() && error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(ConfigError::Read { path, error }),
    };
    let config: Config = match toml::from_str(&text) {
        Ok(config) => config,
        Err(error) => return Err(ConfigError::Syntax { path, error }),
    };
    match Keymap::with(&config.keys) {
        Ok((keymap, told)) => Ok(Loaded {
            config,
            keymap,
            told,
        }),
        Err(error) => Err(ConfigError::Keys { path, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str) -> Result<Loaded, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        load(Some(file.path())).map_err(|error| {
            let prefix = format!("{}: ", file.path().display());
            error.to_string().replacen(&prefix, "", 1)
        })
    }

    #[test]
    fn an_empty_file_changes_nothing() {
        let Loaded { config, keymap, .. } = loaded("").unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(keymap, Keymap::default());
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, said) in [
            ("colour = 1", "unknown field `colour`"),
            ("theme = \"pink\"", "unknown variant `pink`"),
            ("[keys]\nfly = [\"x\"]", "\"fly\" is no action"),
            ("[keys]\nquit = [\"hyper-x\"]", "\"hyper-x\" is no key"),
            ("[keys]\nquit = [\"ctrl-i\"]", "terminals send tab for it"),
            (
                "[keys]\nquit = [\"x\"]\nhelp = [\"x\"]",
                "x is given to both help and quit",
            ),
        ] {
            let error = loaded(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert!(load(Some(Path::new("/no/such/file"))).is_err());
    }
}
