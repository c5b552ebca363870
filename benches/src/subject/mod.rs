//! What is measured, one module each. A group is built only when it is its turn, so that one's memory is not another's
//! noise.

pub mod codec;
pub mod find;
pub mod generate;
pub mod sort;

use crate::Group;

/// Something to measure, not built yet.
#[derive(Clone, Copy)]
pub struct Work {
    /// What the cases of the group do.
    pub name: &'static str,
    /// Makes the data, checks the answers of all cases, and returns them.
    pub build: fn(Group) -> Group,
}

impl Work {
    const fn new(name: &'static str, build: fn(Group) -> Group) -> Work {
        Work { name, build }
    }

    /// The group, ready to be measured.
    #[must_use]
    pub fn group(self) -> Group {
        (self.build)(Group::new(self.name))
    }
}

/// All groups, in the order of the report.
pub const ALL: &[&[Work]] = &[
    codec::CORE,
    codec::BULK,
    codec::STREAMING,
    generate::CORE,
    generate::BULK,
    find::STREAMING,
    sort::BULK,
    sort::STREAMING,
];

/// The `ulid` crate, against which most aims are.
pub const ULID: &str = "ulid 3.0.0";

/// How a kernel of ours is called in a report.
#[must_use]
pub fn ours(kernel: &str) -> String {
    format!("ulid-engine, {kernel}")
}
