//! The plugin in the official Nushell: what a person at the prompt sees.

mod bulk;
mod completions;
mod counting;
mod errors;
mod forms;
mod guide;
mod harness;
mod lifecycle;
mod matrix;
mod opening;
mod packed;
mod rules;
mod saving;
mod shapes;
mod streams;
mod times;
mod types;
