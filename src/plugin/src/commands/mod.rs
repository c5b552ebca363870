//! One file for each command.

mod family;
mod generate;
mod info;
mod parse;
mod sort;
mod validate;

use nu_plugin::PluginCommand;

use crate::UlidPlugin;

/// Every command, the root first.
pub(crate) fn all() -> Vec<Box<dyn PluginCommand<Plugin = UlidPlugin>>> {
    vec![
        Box::new(family::Family),
        Box::new(generate::Generate::COMMAND),
        Box::new(generate::Generate::ALIAS),
        Box::new(parse::Parse::COMMAND),
        Box::new(parse::Parse::ALIAS),
        Box::new(validate::Validate),
        Box::new(sort::Sort),
        Box::new(info::Info),
    ]
}
