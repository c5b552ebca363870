//! Properties of any bytes, wherever bytes come from outside: one target each. A target panics where its property
//! is broken.
//!
//! The tests of this crate run every target over its corpus, and over what becomes of that by chance. `tests/run fuzz`
//! builds the program `fuzz` and lets libFuzzer look for what they missed, guided by the code that each input reaches.

mod codec;
mod dataset;
mod find;
mod frame;
mod query;

/// A property of bytes.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name; its corpus is the folder of this name.
    pub name: &'static str,
    /// Panics where the property does not hold.
    pub check: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 6] = [
    Target {
        name: "codec",
        check: codec::check,
    },
    Target {
        name: "lines",
        check: codec::check_lines,
    },
    Target {
        name: "find",
        check: find::check,
    },
    Target {
        name: "dataset",
        check: dataset::check,
    },
    Target {
        name: "query",
        check: query::check,
    },
    Target {
        name: "frame",
        check: frame::check,
    },
];

/// A target with a fault: the properties of `codec` against an oracle that is wrong about `W`, which its corpus lacks.
/// Whatever looks for faults has to find this one.
pub const PLANTED: Target = Target {
    name: "planted",
    check: codec::check_planted,
};

/// The target of a name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    let mut all = TARGETS.iter().chain([&PLANTED]);
    all.find(|target| target.name == name).copied()
}
