//! `ulid-dap wrap` in front of real debug adapters, and of recordings of them.

#[path = "wrap/client.rs"]
mod client;

#[path = "wrap/adapters.rs"]
mod adapters;
#[path = "wrap/ends.rs"]
mod ends;
#[path = "wrap/recordings.rs"]
mod recordings;
#[path = "wrap/subprocess.rs"]
mod subprocess;
#[path = "wrap/walk.rs"]
mod walk;
