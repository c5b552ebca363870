//! The errors that people see: a sentence, a stable code `ulid::…`, a label on the span of the value at fault, and what to
//! do about it.

mod save;

use std::{borrow::Cow, fmt::Display};

use nu_protocol::{LabeledError, ShellError, Span, Value, ast::PathMember};
use ulid_engine::{
    anatomy::{RepairKind, repair},
    codec::{self, Base32Fault, Fault, FaultKind},
    compare::PairError,
    dataset::{OpenError, OpenProblem, ReadError, ScanError},
    pass::SortError,
    progress::Cancelled,
    query::{QueryError, SelectError, WritersError, similar},
    row::SpellingError,
    sort::OrderError,
    timestamp::{OutOfRange, UnknownZone},
    visible::visible,
};

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

/// The error of the pipeline that ended a read. It keeps its own words and place.
fn from_upstream(error: &std::io::Error) -> Option<LabeledError> {
    let upstream = error.get_ref()?.downcast_ref::<ShellError>()?;
    Some(upstream.clone().into())
}

/// A file that cannot be opened.
pub(crate) fn not_opened(reason: &OpenError, span: Span) -> LabeledError {
    if let Some(error) = reason.io().and_then(from_upstream) {
        return error;
    }
    let error = error(
        "file",
        "The source cannot be opened",
        reason.to_string(),
        span,
    );
    error.with_help(match reason.problem() {
        OpenProblem::Missing => {
            "relative paths begin at the folder that `pwd` shows; `glob` finds files by a pattern"
        }
        OpenProblem::Denied => "`ls -l` shows who may read it",
        OpenProblem::Directory => "name the files in it, as in `ulid stats ...(glob folder/*.csv)`",
        OpenProblem::Content => "`--format` says what its rows are, if that is not told rightly",
    })
}

/// A pattern that no file has.
pub(crate) fn no_match(pattern: &str, span: Span) -> LabeledError {
    error(
        "file",
        "No file matches",
        format!("{pattern:?} matches nothing"),
        span,
    )
    .with_help("relative patterns begin at the folder that `pwd` shows; `ls` shows what is there")
}

/// A pattern that cannot be read.
pub(crate) fn bad_pattern(pattern: &str, reason: &impl Display, span: Span) -> LabeledError {
    error(
        "file",
        format!("{pattern:?} is no pattern"),
        reason.to_string(),
        span,
    )
    .with_help("in quotes it is the name of one file")
}

/// Two files that cannot be compared.
pub(crate) fn no_pair(reason: &PairError, span: Span) -> LabeledError {
    match reason {
        PairError::Open(reason) => not_opened(reason, span),
        other => error(
            "file",
            "These files are not compared",
            other.to_string(),
            span,
        )
        .with_help("`ulid diff A B` compares by the IDs, and --key by a column that both have"),
    }
}

/// Patterns that do not give the two files that are compared.
pub(crate) fn not_two(found: usize, head: Span) -> LabeledError {
    error(
        "file",
        "Two files are compared",
        format!("the patterns match {found}"),
        head,
    )
    .with_help("name both: ulid diff yesterday.csv today.csv")
}

/// A source that could not be read to its end.
pub(crate) fn not_read(reason: &ReadError, span: Span) -> LabeledError {
    if let ReadError::Io { error, .. } = reason
        && let Some(error) = from_upstream(error)
    {
        return error;
    }
    error(
        "file",
        "The source cannot be read",
        reason.to_string(),
        span,
    )
    .with_help("it may have been cut or damaged; what came before this place was read")
}

/// A pass over a file that ended early.
pub(crate) fn not_scanned(reason: &ScanError, span: Span) -> LabeledError {
    match reason {
        ScanError::Cancelled(reason) => cancelled(reason, span),
        ScanError::Read(reason) => not_read(reason, span),
    }
}

/// A condition that cannot be read.
pub(crate) fn bad_filter(reason: &QueryError, span: Span) -> LabeledError {
    error(
        "filter",
        "This filter cannot be read",
        reason.to_string(),
        span,
    )
    .with_help("conditions look like: valid and age < 2d; text stands in quotes: name == \"Ada\"")
}

/// Columns that cannot be read.
pub(crate) fn bad_columns(reason: &QueryError, span: Span) -> LabeledError {
    error(
        "columns",
        "These columns cannot be read",
        reason.to_string(),
        span,
    )
    .with_help("columns look like: id, time, lag=time(created_at)-time, `a name with spaces`")
}

/// Figures that cannot be read.
pub(crate) fn bad_figures(reason: &QueryError, span: Span) -> LabeledError {
    error(
        "figures",
        "These figures cannot be read",
        reason.to_string(),
        span,
    )
    .with_help("figures look like: count(), distinct(user), slow=p95(took)")
}

/// A flag that says how a source is read, beside values.
pub(crate) fn of_source(flag: &str, span: Span) -> LabeledError {
    error(
        "input",
        format!("--{flag} says how files and bytes are read"),
        "there is no file here that it could speak of",
        span,
    )
    .with_help("name the file: ulid stats orders.csv --by host")
}

/// Rows that could not be told apart.
pub(crate) fn not_told_apart(reason: &WritersError, span: Span) -> LabeledError {
    match reason {
        WritersError::Select(reason) => not_selected(reason, span),
        WritersError::TooMany => error(
            "too_many",
            "The rows are not told apart",
            reason.to_string(),
            span,
        )
        .with_help("`ulid count --by` counts any number of values"),
    }
}

/// A file without a row, where its columns are asked for.
pub(crate) fn no_rows(span: Span) -> LabeledError {
    error("file", "The file is empty", "it has no columns", span)
        .with_help("without a file any name may be that of a column")
}

/// Columns that a sorted table cannot have.
pub(crate) fn sorted_columns(span: Span) -> LabeledError {
    error(
        "columns",
        "These columns cannot be sorted",
        "they look at the rows beside each row, or at all rows",
        span,
    )
    .with_help("leave --sort out, and sort what comes: | sort-by id")
}

/// A condition that could not be held against every row.
pub(crate) fn not_selected(reason: &SelectError, span: Span) -> LabeledError {
    error(
        "filter",
        "The rows could not be selected",
        reason.to_string(),
        span,
    )
    .with_help("without --filter the file can be read as far as it is sound")
}

/// A run that Ctrl-C ended.
pub(crate) fn cancelled(reason: &Cancelled, head: Span) -> LabeledError {
    error("cancelled", "Ended by Ctrl-C", reason.to_string(), head)
        .with_help("nothing was changed; run it again for the answer")
}

/// Rows that could not be put in order: too many, or Ctrl-C came between.
pub(crate) fn not_sorted(reason: &OrderError, head: Span) -> LabeledError {
    let code = match reason {
        OrderError::Cancelled(_) => "cancelled",
        OrderError::TooManyRows { .. } => "too_many",
    };
    error(code, "The rows are not sorted", reason.to_string(), head)
        .with_help("select fewer rows first, by `ulid between` say")
}

/// Rows of a file that could not be put in order.
pub(crate) fn not_ordered(reason: &SortError, head: Span) -> LabeledError {
    match reason {
        SortError::Scan(reason) => not_scanned(reason, head),
        SortError::Order(reason) => not_sorted(reason, head),
        SortError::Temporary(_) | SortError::Lines(_) | SortError::TooMuch(_) => error(
            "temporary",
            "The rows are not sorted",
            reason.to_string(),
            head,
        )
        .with_help("make room where temporary files go, or leave rows out by --filter"),
    }
}

/// A path that leads nowhere in a row.
pub(crate) fn no_cell(
    reason: &ShellError,
    row: Option<&Value>,
    path: &[PathMember],
    at: Span,
) -> LabeledError {
    let reason = match reason {
        ShellError::TypeMismatch { err_message, .. } => err_message.clone(),
        reason => reason.to_string(),
    };
    let error = error("column", "There is no such cell", reason, at);
    let Some(row) = row.filter(|row| matches!(row, Value::Record { .. })) else {
        return error
            .with_help("cell paths go with records and tables; leave it out for IDs alone");
    };
    let (way, reached) = reached(row, path);
    let owner = match way {
        [] => "the row".to_owned(),
        way => format!("`{}`", way.iter().map(name).collect::<Vec<_>>().join(".")),
    };
    error.with_help(match &*reached {
        Value::Record { val, .. } if val.is_empty() => format!("{owner} has no column"),
        Value::Record { val, .. } => {
            let names: Vec<&str> = val.columns().map(String::as_str).take(SHOWN).collect();
            let more = match val.len() - names.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "{owner} has {}{more}; a name with `?` behind it passes over rows that lack it",
                names.join(", ")
            )
        }
        other => format!(
            "{owner} is {} there, in which no cell is; rows of another build are left out by `where`",
            other.get_type()
        ),
    })
}

/// How far a path leads, and the value there.
fn reached<'v, 'p>(row: &'v Value, path: &'p [PathMember]) -> (&'p [PathMember], Cow<'v, Value>) {
    let ways = (0..path.len()).rev().filter_map(|len| path.get(..len));
    let mut found = ways.filter_map(|way| Some((way, row.follow_cell_path(way).ok()?)));
    found.next().unwrap_or((&[], Cow::Borrowed(row)))
}

/// A member of a path as it is written.
fn name(member: &PathMember) -> String {
    match member {
        PathMember::String { val, .. } => val.clone(),
        PathMember::Int { val, .. } => val.to_string(),
    }
}

/// Names of columns that a message lists.
const SHOWN: usize = 12;

/// A new column that cannot be put into a row.
pub(crate) fn not_inserted(reason: &ShellError, head: Span) -> LabeledError {
    error(
        "column",
        "The new column cannot be added",
        reason.to_string(),
        head,
    )
    .with_help("give --insert a name that the row does not have; it goes with records and tables")
}

/// Text where a list is wanted.
pub(crate) fn not_lines(head: Span) -> LabeledError {
    error(
        "wrong_type",
        "Expected a list or a table",
        "text or bytes came in",
        head,
    )
    .with_help("`lines` makes a list of the lines of a text, as in `open --raw ids.txt | lines`")
}

/// A column that no row has.
pub(crate) fn no_such_column(rows: usize, reason: &ShellError, path: Span) -> LabeledError {
    error(
        "column",
        "No row has this column",
        format!("in none of {rows}: {reason}"),
        path,
    )
    .with_help("`columns` lists those that are there")
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
