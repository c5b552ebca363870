//! The engine beside its peers and the machine's ceilings.
//!
//! A [`subject`] builds [`Group`]s: cases that do the same work, each having shown the right answer once before it is
//! timed, and aims, which say how many times faster than another case one has to be. The binary `table` measures all
//! groups, and the [`memory`] that work on files takes, and prints the aims with what was reached; the criterion benches
//! measure the same groups one case at a time; the binary `gate` counts instructions, which noise cannot change.

pub mod clock;
pub mod gate;
pub mod group;
pub mod lists;
pub mod memory;
pub mod report;
pub mod session;
pub mod subject;
pub mod terminal;
pub mod workload;

pub use group::{Group, Measured};
