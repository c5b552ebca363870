//! `ulid-dap wrap` in front of real debug adapters, and of recordings of them.

mod client;

mod adapters;
mod ends;
mod recordings;
mod subprocess;
mod walk;
