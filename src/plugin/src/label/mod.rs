//! The errors that people see: a sentence, a stable code `ulid::…`, a label on the span of the value at fault, and what to
//! do about it.

mod files;
mod paths;
mod save;

use std::fmt::Display;

use nu_protocol::{LabeledError, Span, Value};
use ulid_engine::{
    anatomy::{RepairKind, repair},
    codec::{self, Base32Fault, Fault, FaultKind},
    query::similar,
    row::SpellingError,
    timestamp::{OutOfRange, UnknownZone},
    visible::visible,
};

pub(crate) use files::{
    bad_columns, bad_figures, bad_filter, bad_pattern, cancelled, no_match, no_pair, no_rows,
    not_opened, not_ordered, not_read, not_scanned, not_selected, not_sorted, not_told_apart,
    not_two, of_source, sorted_columns,
};
pub(crate) use paths::{no_cell, no_such_column, not_inserted, not_lines};
pub(crate) use save::{
    no_form_in_file, no_ids, no_parquet, no_record, no_text, not_made, several_lines, unknown_name,
};

fn error(
    code: &str,
    message: impl Into<String>,
    label: impl Into<String>,
    span: Span,
) -> LabeledError {
    // words from outside, a file's name among them, reach a terminal
    let (message, label) = (message.into(), label.into());
    LabeledError::new(visible(&message))
        .with_code(format!("ulid::{code}"))
        .with_label(visible(&label), span)
}

/// A text that is no ULID.
pub(crate) fn not_a_ulid(text: &str, fault: Fault, span: Span) -> LabeledError {
    error(fault.kind.code(), "Not a ULID", fault.to_string(), span)
        .with_help(what_to_do(text, fault.kind))
}

fn what_to_do(text: &str, kind: FaultKind) -> String {
    if text.trim_end().contains('\n') {
        return "these are several lines: `lines` makes a list of them".to_owned();
    }
    match (repair(text), kind) {
        (Some(repair), _) => {
            let id = codec::print(repair.id);
            match repair.kind {
                RepairKind::Folded => format!("with --lenient it is {id}"),
                RepairKind::OtherSpelling(form) => {
                    format!("it is the {form} of {id}; `into ulid` reads that")
                }
                kind => format!("it may stand for {id}: {kind}"),
            }
        }
        (None, FaultKind::Overflow) => {
            "a ULID begins with a character from 0 to 7; this one was damaged or made by a faulty program"
                .to_owned()
        }
        (None, _) => "`--on-error null` or `--on-error drop` goes on without such values".to_owned(),
    }
}

/// Bytes that are no ULID.
pub(crate) fn not_16_bytes(found: usize, span: Span) -> LabeledError {
    error("length", "Not a ULID", format!("{found} bytes"), span)
        .with_help("the binary form of a ULID has 16 bytes")
}

/// A value of a type that the command cannot use.
pub(crate) fn wrong_type(value: &Value, expected: &str) -> LabeledError {
    let found = value.get_type();
    let error = error(
        "wrong_type",
        format!("Expected {expected}"),
        format!("this is {found}"),
        value.span(),
    );
    match value {
        Value::Record { val, .. } => match val.columns().next() {
            Some(column) => error.with_help(format!(
                "name the column that holds the ID behind the command, as in `ulid parse {column}`"
            )),
            None => error.with_help("this one is empty"),
        },
        Value::List { .. } => error.with_help("`flatten` makes one list of lists"),
        Value::Nothing { .. } => {
            error.with_help("`compact` drops nulls; `--on-error null` keeps them")
        }
        _ => error.with_help("`describe` tells what is in a pipeline"),
    }
}

/// A value that names no file.
pub(crate) fn no_name_of_a_file(value: &Value) -> LabeledError {
    let error = wrong_type(value, "the name of a file, or a row of `ls`");
    match value {
        Value::Nothing { .. } => error.with_help("`compact` drops nulls"),
        Value::Record { .. } => error.with_help(
            "a row has the name of its file in `name`; `get` takes it from another column",
        ),
        _ => error,
    }
}

/// A value that is no time.
pub(crate) fn not_a_time(value: &Value) -> LabeledError {
    wrong_type(value, "a datetime or milliseconds since 1970").with_help(
        "`into datetime` makes a datetime of text; written in code it stands without quotes, as in 2024-01-31",
    )
}

/// A command that was given nothing to work on.
pub(crate) fn no_input(expected: &str, head: Span) -> LabeledError {
    error(
        "no_input",
        "Nothing came in",
        format!("needs {expected}"),
        head,
    )
    .with_help("write the IDs in front, with a bar between: `$ids | …`")
}

/// A time that a ULID cannot hold.
pub(crate) fn out_of_range(refused: &OutOfRange, span: Span) -> LabeledError {
    error(
        "out_of_range",
        "No ULID can hold this time",
        refused.to_string(),
        span,
    )
    .with_help(
        "ULIDs begin with the year 1970 and end in 10889; are sign and unit as you meant them?",
    )
}

/// A whole number that was meant in another unit than milliseconds.
pub(crate) fn other_unit(unit: &str, meant: &impl Display, span: Span) -> LabeledError {
    error(
        "unit",
        "A time in milliseconds is expected",
        format!("this looks like {unit}"),
        span,
    )
    .with_help(format!(
        "in {unit} it is {meant}; convert it to milliseconds or give a datetime"
    ))
}

/// Two flags that exclude each other.
pub(crate) fn conflict(one: (&str, Span), other: (&str, Span)) -> LabeledError {
    error(
        "conflict",
        format!("--{} and --{} exclude each other", one.0, other.0),
        "this one",
        one.1,
    )
    .with_label("and this one", other.1)
    .with_help("leave one of them out")
}

/// A flag that has no meaning without another.
pub(crate) fn needs_flag(flag: &str, other: &str, instead: &str, span: Span) -> LabeledError {
    error(
        "option",
        format!("--{flag} goes with --{other}"),
        format!("without --{other} it changes nothing"),
        span,
    )
    .with_help(format!("add --{other}, or {instead}"))
}

/// Rows that are longer than what is read of one.
pub(crate) fn cut_rows(rows: u64, limit: usize, span: Span) -> LabeledError {
    let limit = limit >> 20;
    error(
        "too_long",
        "Rows were cut",
        format!("{rows} of them are longer than {limit} MiB, and are read up to there"),
        span,
    )
    .with_help("the rows themselves were given; what lies behind the limit is missing")
}

/// A word that is not among those that an option takes.
pub(crate) fn not_one_of(found: &str, choices: &[&str], span: Span) -> LabeledError {
    error(
        "option",
        format!("{found:?} is not among the choices"),
        format!("one of {}", choices.join(", ")),
        span,
    )
    .with_help(match choices.first() {
        Some(first) => format!("write {first}, for example"),
        None => String::new(),
    })
}

/// A setting of the configuration that has a value which it cannot have.
pub(crate) fn bad_setting(name: &str, found: &str, choices: &[&str], span: Span) -> LabeledError {
    let help = match similar(found, choices.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("it is one of {}", choices.join(", ")),
    };
    error(
        "config",
        format!("$env.config.plugins.ulid.{name} cannot be {found}"),
        "this one",
        span,
    )
    .with_help(help)
}

/// A configuration that is no record.
pub(crate) fn no_settings(found: &Value, span: Span) -> LabeledError {
    error(
        "config",
        "$env.config.plugins.ulid is no record",
        format!("this is {}", found.get_type()),
        span,
    )
    .with_help("it is a record, as {zone: local, on_error: drop}")
}

/// A number outside of what an option takes.
pub(crate) fn bad_number(expected: &str, example: &str, span: Span) -> LabeledError {
    error("option", "This number cannot be used", expected, span)
        .with_help(format!("write {example}, for example"))
}

/// A key in `$env.config.plugins.ulid` that means nothing.
pub(crate) fn unknown_setting(key: &str, span: Span) -> LabeledError {
    let near = similar(key, ["reading", "on_error", "zone"]);
    let near = near.map_or_else(String::new, |near| format!("did you mean {near}? "));
    error(
        "config",
        format!("$env.config.plugins.ulid has no setting {key:?}"),
        "this one",
        span,
    )
    .with_help(format!(
        "{near}the settings are reading (strict, lenient), on_error (error, null, drop) and zone"
    ))
}

/// A time zone that this machine does not know.
pub(crate) fn unknown_zone(reason: &UnknownZone, span: Span) -> LabeledError {
    error("config", reason.to_string(), "no zone", span)
        .with_help("`date list-timezone` lists names such as Europe/Berlin")
}

/// A text that is no time.
pub(crate) fn no_moment(text: &str, span: Span) -> LabeledError {
    error(
        "wrong_type",
        format!("{text:?} is no time"),
        "no date, and no words for one",
        span,
    )
    .with_help("as 2024-01-31, '2024-01-31T12:00', 'yesterday at 18:00', '2 days ago', or any that `date from-human` reads")
}

/// Input of `ulid generate` that is no time. Inside of `each` and `insert` the item at hand comes in unasked.
pub(crate) fn no_time(value: &Value) -> LabeledError {
    wrong_type(value, "a datetime, or a record of `timestamp` and `random`").with_help(
        "for a new ID that has nothing to do with the input write `null | ulid generate`",
    )
}

/// A record without the time of its ULID.
pub(crate) fn no_timestamp(span: Span) -> LabeledError {
    error(
        "wrong_type",
        "A record of `timestamp` and `random` is expected",
        "this has no timestamp",
        span,
    )
    .with_help("for a new ID that has nothing to do with the input write `null | ulid generate`")
}

/// A flag that contradicts the times of the input.
pub(crate) fn flag_beside_input(flag: &str, span: Span) -> LabeledError {
    error(
        "conflict",
        format!("--{flag} has no meaning here"),
        "each value of the input gives one ID at its own time",
        span,
    )
    .with_help("`null | ulid generate` makes IDs that have nothing to do with the input")
}

/// Randomness that is not 80 bits.
pub(crate) fn not_80_bits(span: Span) -> LabeledError {
    error(
        "out_of_range",
        "The randomness of a ULID has 80 bits",
        "neither 10 bytes nor a whole number below 2^80",
        span,
    )
    .with_help("`ulid parse` gives the randomness of an ID as 10 bytes, which fit")
}

/// Text that is in none of the forms of 128 bits.
pub(crate) fn no_form(text: &str, reason: &SpellingError, span: Span) -> LabeledError {
    error(
        reason.fault.kind.code(),
        "No form of a ULID",
        reason.to_string(),
        span,
    )
    .with_help(what_to_do(text, reason.fault.kind))
}

/// A record that holds no ULID and not the parts of one.
pub(crate) fn no_parts(record: &Value) -> LabeledError {
    error(
        "wrong_type",
        "No ULID in this record",
        "has no `ulid`, and not both `timestamp` and `random`",
        record.span(),
    )
    .with_help("name the column that holds the ID, as in `into ulid id`")
}

/// An end of the order of values.
pub(crate) fn at_the_end(span: Span) -> LabeledError {
    error("end", "There is no such neighbour", "this is the end", span)
        .with_help("ULIDs go from 00000000000000000000000000 to 7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
}

/// Bounds that end before they begin.
pub(crate) fn backwards(from: Span, to: Option<Span>) -> LabeledError {
    let error = error("backwards", "The end comes before the begin", "begin", from);
    match to {
        Some(to) => error
            .with_label("end", to)
            .with_help("the earlier time comes first"),
        None => error.with_help("without an end the bounds end now"),
    }
}

/// Text that is no base 32.
pub(crate) fn no_base32(fault: &Base32Fault, span: Span) -> LabeledError {
    error(
        fault.code(),
        "Not Crockford's base 32",
        fault.to_string(),
        span,
    )
    .with_help("`--on-error null` or `--on-error drop` goes on without such values")
}

/// `--insert` without the one path that it reads from.
pub(crate) fn insert_needs_path(span: Span) -> LabeledError {
    error(
        "option",
        "--insert reads one column and writes another",
        "give one cell path beside it",
        span,
    )
    .with_help("as in `ulid timestamp id --insert created`")
}

/// A row of a table where IDs alone are of use to a command that takes no cell path.
pub(crate) fn table(row: &Value, command: &str) -> LabeledError {
    let column = row.columns().next().map_or("id", String::as_str);
    error(
        "wrong_type",
        "IDs are wanted here, not rows of a table",
        format!("this is {}", row.get_type()),
        row.span(),
    )
    .with_help(format!(
        "take the column that holds the ID, as in `get {column} | {command}`"
    ))
}

/// A program that wants the terminal, where there is none.
pub(crate) fn no_terminal(reason: &impl Display, head: Span) -> LabeledError {
    error(
        "no_terminal",
        "There is no terminal to browse on",
        reason.to_string(),
        head,
    )
    .with_help("`ulid open`, `ulid scan` and `ulid stats` read the same sources without one")
}

/// The browser that cannot be started.
pub(crate) fn no_browser(program: &str, reason: &std::io::Error, head: Span) -> LabeledError {
    error(
        "no_browser",
        format!("{program} cannot be started"),
        reason.to_string(),
        head,
    )
    .with_help(format!(
        "`cargo install --locked --path tui` in the checkout installs {program}; it has to lie beside this plugin or on the PATH"
    ))
}

/// The browser that ended badly.
pub(crate) fn browser_failed(reason: &impl Display, head: Span) -> LabeledError {
    error(
        "browser",
        "The browser could not go on",
        reason.to_string(),
        head,
    )
    .with_help("`ulid open`, `ulid scan` and `ulid stats` read the same sources without it")
}

/// A generator that has come to its end.
pub(crate) fn exhausted(reason: &impl Display, span: Span) -> LabeledError {
    error("exhausted", "No ULID is left", reason.to_string(), span)
        .with_help("`--random` makes IDs that do not follow one another")
}
