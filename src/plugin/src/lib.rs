//! The Nushell plugin for ULIDs: a thin layer between Nushell's values and [`ulid_engine`].
//!
//! An ID in a pipeline is its canonical upper-case text, its time a native datetime, its bytes native binary. One
//! mechanism (`filter`) carries strings, lists, streams and tables through every command; a command itself is the
//! function from one value to another.
//!
//! Outside of this crate: it opens no files and encodes no ULID; the engine does. It defines no custom value, since
//! Nushell would call the plugin for each comparison of two of them.

mod args;
mod choice;
mod commands;
mod config;
mod dataset;
mod filter;
mod interrupt;
mod json;
mod label;
mod pump;
mod source;
mod times;
mod value;
mod wire;

use nu_plugin::{Plugin, PluginCommand};
use ulid_engine::generate::{Policy, SharedGenerator};

pub use wire::Wire;

/// The version of Nushell whose protocol this plugin speaks.
pub const NUSHELL_VERSION: &str = "0.115.1";

/// The plugin: its commands, and the one generator that keeps IDs in order across all calls and threads.
#[derive(Debug)]
pub struct UlidPlugin {
    generator: std::sync::Arc<SharedGenerator>,
}

impl UlidPlugin {
    /// A plugin that has given out no ID yet.
    #[must_use]
    pub fn new() -> UlidPlugin {
        UlidPlugin::default()
    }
}

impl Default for UlidPlugin {
    fn default() -> UlidPlugin {
        // The guide promises that each ID is larger than every one before, whatever the clock does.
        let generator = SharedGenerator::with(Policy::SPECIFICATION);
        UlidPlugin {
            generator: std::sync::Arc::new(generator),
        }
    }
}

impl Plugin for UlidPlugin {
    fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").to_owned()
    }

    fn commands(&self) -> Vec<Box<dyn PluginCommand<Plugin = Self>>> {
        commands::all()
    }
}

#[cfg(test)]
mod tests {
    use ulid_engine::Timestamp;

    use super::*;

    #[test]
    fn ids_ascend_whatever_the_clock_did() {
        let generator = UlidPlugin::new().generator;
        let ahead = generator.generate_at(Timestamp::MAX);
        let now = generator.generate();
        assert_eq!(now.ok(), ahead.ok().and_then(|id| id.increment()));
    }
}
