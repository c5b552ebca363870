//! The debug adapter: everything between the bytes of a debug client and the engine.
//!
//! [`frame`] cuts a stream into message bodies and joins them again, `message` gives them types;
//! [`connection`] carries them over streams, or within a process. [`inspect`] serves a file of IDs as a program;
//! [`wrap`] stands in front of another adapter and says what its ULIDs mean, and [`replay`] is an
//! adapter that was recorded.
//!
//! Outside of this crate: it reads no data file and decodes no ULID itself, that is the engine's work.

pub use ulid_engine::visible;

pub mod frame;

mod message;

mod spawn;

pub mod connection;

pub mod listen;

pub mod inspect;

pub mod wrap;

pub mod replay;
