//! Measurements: the table that the plugin is held to.

use crate::{Aim, Figure, Group, Limit, alone};

const PASS: &str = "pass-through";

pub(crate) const ALL: &[Group] = &[
    Group {
        name: "a list of 100,000 IDs",
        script: include_str!("list.nu"),
        alone: None,
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
        alone: None,
        operation: "a record; the aims are times the pass-through of such records",
        aims: &[
            times_passing("ulid parse, which makes them", 1.3),
            times_passing("ulid validate of a column", 1.3),
            times_passing("ulid timestamp of a column", 1.3),
            times_passing("ulid timestamp --insert", 1.3),
        ],
    },
    Group {
        name: "a stream of a million rows",
        script: include_str!("stream.nu"),
        alone: None,
        operation: "a row; the first row is timed by itself",
        aims: &[
            Aim {
                case: "the first row of a billion",
                limit: Limit::Nanoseconds(10e6),
            },
            at_most_bytes("memory of Nushell, without its program file", 24e6),
            at_most_bytes("memory of the plugin", 10e6),
        ],
    },
    Group {
        name: "files of 5,000,000 IDs",
        script: include_str!("files.nu"),
        alone: Some(alone::files),
        operation: "an ID of the file, with the call",
        aims: &[
            per_second("ulid stats, sorted", 10.0),
            per_second("ulid stats, shuffled", 10.0),
            per_second("ulid scan --count", 10.0),
            per_second("ulid open --filter", 10.0),
            times_alone("ulid stats, sorted", "the engine alone: stats"),
            times_alone("ulid scan --count", "the engine alone: scan"),
            times_alone("ulid open --filter", "the engine alone: filter"),
            Aim {
                case: "memory of the plugin, 5,000,000 IDs",
                limit: Limit::Times(1.2, Figure::Memory, "memory of the plugin, 1,000,000 IDs"),
            },
        ],
    },
    Group {
        name: "files of a million rows of six columns",
        script: include_str!("tables.nu"),
        alone: None,
        operation: "a row, or a cell of wide rows; the aims are times Nushell's own commands on the same file",
        aims: &[
            times_clock(JSONL_PACKED, 0.5, JSONL),
            times_clock("JSONL, ulid open", 0.5, JSONL),
            times_clock(CSV_PACKED, 1.0, CSV),
            times_clock("CSV, ulid open", 1.0, CSV),
            times_clock(
                "JSONL, ulid open --filter, 1 % kept",
                0.1,
                "JSONL, open, 1 % kept",
            ),
            times_clock(
                "CSV, ulid open --filter, 1 % kept",
                0.1,
                "CSV, open, 1 % kept",
            ),
            times_clock("a cell of 2,000 columns", 1.2, "a cell of 20 columns"),
            times_clock(
                "a cell of 2,000 columns, until it leaves the plugin",
                1.2,
                "a cell of 20 columns, until it leaves the plugin",
            ),
        ],
    },
    Group {
        name: "the module, on a table of 100,000 rows",
        script: include_str!("module.nu"),
        alone: None,
        operation: "a row; the aims are times the same by hand, which calls the plugin once for the whole list",
        aims: &[
            times_clock("ulid add", 1.5, "add, by hand"),
            times_clock("ulid with-age", 1.5, "with-age, by hand"),
            times_clock("ulid recent", 1.5, "recent, by hand"),
            times_clock("ulid by-hour", 1.5, "by-hour, by hand"),
            times_clock("ulid clean", 1.5, "clean, by hand"),
            times_clock("ulid with-uuid", 1.5, "with-uuid, by hand"),
        ],
    },
    Group {
        name: "a million IDs",
        script: include_str!("making.nu"),
        alone: None,
        operation: "an ID",
        aims: &[
            per_second("ulid generate --lines, saved", 3.0),
            per_second("ulid generate --random --lines, saved", 3.0),
        ],
    },
    Group {
        name: "a call",
        script: include_str!("calls.nu"),
        alone: None,
        operation: "a call",
        aims: &[
            Aim {
                case: "after the plugin was stopped",
                limit: Limit::Nanoseconds(10e6),
            },
            Aim {
                case: "of a running plugin",
                limit: Limit::Nanoseconds(1e6),
            },
        ],
    },
    Group {
        name: "what nu_plugin_nw_ulid was measured for",
        script: include_str!("rival.nu"),
        alone: Some(alone::core),
        operation: "an ID; the aims are its own figures, those of lists by the pass-through of that machine and of this one",
        aims: &[
            at_most("each { ulid validate }", 115e3),
            at_most("each { ulid parse }", 128e3),
            scaled("ulid generate --count", 500.0, PASS_LIST),
            scaled("ulid validate", 1_140.0, PASS_LIST),
            scaled("ulid timestamp --ms", 1_250.0, PASS_LIST),
            scaled("ulid parse, beside its compact form", 3_700.0, PASS_LIST),
            scaled("ulid parse, beside its full form", 8_500.0, PASS_LIST),
            scaled("ulid sort", 2_470.0, PASS_LIST),
            at_most("one generated", 36.0),
            at_most("many generated", 31.0),
            at_most("one generated of a time", 10.2),
            at_most("one generated and printed", 63.0),
            at_most("a valid one checked", 14.0),
            at_most("an invalid one checked", 3.6),
            at_most("a time read", 17.5),
            at_most("parts as text", 79.0),
            at_most("two times compared", 30.0),
        ],
    },
];

/// A list of IDs passed through on the machine that the other plugin was measured on.
const PASS_LIST: (&str, f64) = (PASS, 1_030.0);

const JSONL: &str = "JSONL, open --raw | lines | each { from json }";
const JSONL_PACKED: &str = "JSONL, ulid open --msgpack";
const CSV: &str = "CSV, open";
const CSV_PACKED: &str = "CSV, ulid open --msgpack";

const fn times_clock(case: &'static str, times: f64, than: &'static str) -> Aim {
    Aim {
        case,
        limit: Limit::Times(times, Figure::Clock, than),
    }
}

const fn times_passing(case: &'static str, times: f64) -> Aim {
    Aim {
        case,
        limit: Limit::Times(times, Figure::Processors, PASS),
    }
}

const fn times_alone(case: &'static str, alone: &'static str) -> Aim {
    Aim {
        case,
        limit: Limit::Times(1.2, Figure::Clock, alone),
    }
}

const fn at_most(case: &'static str, ns: f64) -> Aim {
    Aim {
        case,
        limit: Limit::Nanoseconds(ns),
    }
}

const fn at_most_bytes(case: &'static str, bytes: f64) -> Aim {
    Aim {
        case,
        limit: Limit::Bytes(bytes),
    }
}

const fn per_second(case: &'static str, millions: f64) -> Aim {
    Aim {
        case,
        limit: Limit::PerSecond(millions),
    }
}

const fn scaled(case: &'static str, ns: f64, than: (&'static str, f64)) -> Aim {
    Aim {
        case,
        limit: Limit::Scaled(ns, than.0, than.1),
    }
}
