//! What is measured: the table that the plugin is held to.

use crate::{Aim, Group, Limit};

const PASS: &str = "pass-through";

pub(crate) const ALL: &[Group] = &[
    Group {
        name: "a list of 100,000 IDs",
        script: include_str!("list.nu"),
        operation: "an ID; the aims are times the pass-through of the same list",
        aims: &[
            times_passing("ulid validate", 1.3),
            times_passing("ulid timestamp --ms", 1.3),
            times_passing("into ulid", 1.3),
            times_passing("ulid timestamp", 1.3),
        ],
    },
    Group {
        name: "a list of 20,000 records of 4 columns",
        script: include_str!("records.nu"),
        operation: "a record; the aims are times the pass-through of such records",
        aims: &[
            times_passing("ulid parse", 1.3),
            times_passing("ulid validate ulid", 1.3),
            times_passing("ulid timestamp ulid", 1.3),
            times_passing("ulid timestamp ulid --insert", 1.3),
        ],
    },
    Group {
        name: "a stream of a million rows",
        script: include_str!("stream.nu"),
        operation: "a row; the first row is timed by itself",
        aims: &[
            Aim {
                case: "the first of a billion",
                limit: Limit::Nanoseconds(10e6),
            },
            Aim {
                case: "memory of nu",
                limit: Limit::Bytes(24e6),
            },
            Aim {
                case: "memory of the plugin",
                limit: Limit::Bytes(10e6),
            },
        ],
    },
    Group {
        name: "files of 5,000,000 IDs",
        script: include_str!("files.nu"),
        operation: "an ID of the file, with the call",
        aims: &[
            at_most("ulid stats, sorted", 100.0),
            at_most("ulid stats, shuffled", 100.0),
            at_most("ulid scan --count", 100.0),
            at_most("ulid open --filter", 100.0),
        ],
    },
    Group {
        name: "making IDs",
        script: include_str!("making.nu"),
        operation: "an ID",
        aims: &[
            at_most("ulid generate --count 1000000 --lines | save", 1e9 / 3e6),
            at_most("ulid generate --count 100000", 500.0),
        ],
    },
    Group {
        name: "calls",
        script: include_str!("calls.nu"),
        operation: "a call",
        aims: &[at_most("cold start", 10e6), at_most("warm call", 1e6)],
    },
    Group {
        name: "what nu_plugin_nw_ulid was measured for",
        script: include_str!("rival.nu"),
        operation: "an ID; the aims are its own figures",
        aims: &[
            at_most("each { ulid validate }", 115e3),
            at_most("each { ulid parse }", 128e3),
            at_most("ulid generate --count", 500.0),
            at_most("ulid validate", 1_140.0),
            at_most("ulid timestamp --ms", 1_250.0),
            at_most("ulid parse", 3_700.0),
            at_most("ulid sort", 2_470.0),
        ],
    },
];

const fn times_passing(case: &'static str, times: f64) -> Aim {
    Aim {
        case,
        limit: Limit::Times(times, PASS),
    }
}

const fn at_most(case: &'static str, ns: f64) -> Aim {
    Aim {
        case,
        limit: Limit::Nanoseconds(ns),
    }
}
