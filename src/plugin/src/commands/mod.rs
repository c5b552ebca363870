//! One file for each command.

mod family;
mod generate;
mod guarded;
mod inspect;
mod parse;
mod timestamp;
mod validate;

mod into_ulid;
mod to;

mod between;
mod bounds;
mod neighbour;
mod sort;

mod count;
mod diff;
mod explain;
mod explore;
mod histogram;
mod open;
mod save;
mod scan;
mod stats;

mod base32;

mod info;

use nu_plugin::PluginCommand;

use crate::UlidPlugin;

/// Every command, the root first.
pub(crate) fn all() -> Vec<Box<dyn PluginCommand<Plugin = UlidPlugin>>> {
    let commands: Vec<Box<dyn PluginCommand<Plugin = UlidPlugin>>> = vec![
        Box::new(family::Family),
        Box::new(generate::Generate::COMMAND),
        Box::new(generate::Generate::ALIAS),
        Box::new(parse::Parse::COMMAND),
        Box::new(parse::Parse::ALIAS),
        Box::new(timestamp::TimestampOf),
        Box::new(validate::Validate),
        Box::new(inspect::Inspect),
        Box::new(into_ulid::IntoUlid),
        Box::new(to::To::UUID),
        Box::new(to::To::BINARY),
        Box::new(to::To::HEX),
        Box::new(to::To::INT),
        Box::new(bounds::Bounds),
        Box::new(between::Between),
        Box::new(sort::Sort),
        Box::new(neighbour::Neighbour::NEXT),
        Box::new(neighbour::Neighbour::PREVIOUS),
        Box::new(open::Open),
        Box::new(save::Save),
        Box::new(explore::Explore),
        Box::new(count::Count),
        Box::new(diff::DiffOf),
        Box::new(explain::Explain),
        Box::new(scan::Scan),
        Box::new(stats::Stats),
        Box::new(histogram::Histogram),
        Box::new(base32::Encode),
        Box::new(base32::Decode),
        Box::new(info::Info),
    ];
    let guarded = commands.into_iter().map(|command| {
        let command: Box<dyn PluginCommand<Plugin = UlidPlugin>> =
            Box::new(guarded::Guarded(command));
        command
    });
    guarded.collect()
}
