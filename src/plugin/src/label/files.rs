//! Errors of files that are read, and of what is asked of their rows.

use std::fmt::Display;

use nu_protocol::{LabeledError, ShellError, Span};
use ulid_engine::{
    compare::PairError,
    dataset::{OpenError, OpenProblem, ReadError, ScanError},
    pass::SortError,
    progress::Cancelled,
    query::{QueryError, SelectError, WritersError},
    sort::OrderError,
};

use super::error;

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
        OpenProblem::Asked => "`ulid open` without the option shows which columns the source has",
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
