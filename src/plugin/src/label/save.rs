//! Errors of files that are written.

use std::{io, path::Path};

use nu_protocol::{LabeledError, Span, Value};
use ulid_engine::write::UnknownName;

use super::error;

/// A name that does not say how rows are to be written.
pub(crate) fn unknown_name(reason: &UnknownName, span: Span) -> LabeledError {
    error(
        "option",
        "The name does not say what is written",
        "no extension that is known",
        span,
    )
    .with_help(reason.to_string())
}

/// Parquet, which the plugin does not write.
pub(crate) fn no_parquet(span: Span) -> LabeledError {
    error(
        "option",
        "The plugin writes no Parquet",
        "a Parquet file is read, and not written",
        span,
    )
    .with_help("save .jsonl or .csv; `ulid-sql write FILE --to FILE.parquet` makes Parquet of it, sorted by its IDs")
}

/// A file that cannot be made.
pub(crate) fn not_made(path: &Path, reason: &io::Error, span: Span) -> LabeledError {
    let (label, help) = match reason.kind() {
        io::ErrorKind::AlreadyExists => (
            "it is there already".to_owned(),
            "--force replaces it; another name keeps both",
        ),
        io::ErrorKind::NotFound => (
            "there is no such folder".to_owned(),
            "`mkdir` makes the folder; relative paths begin at the one that `pwd` shows",
        ),
        io::ErrorKind::PermissionDenied => {
            (reason.to_string(), "`ls -ld` shows who may write there")
        }
        _ => (
            reason.to_string(),
            "nothing was written; what was there of this name is as it was",
        ),
    };
    error(
        "file",
        format!("{} is not written", path.display()),
        label,
        span,
    )
    .with_help(help)
}

/// A value that is no row of columns, where columns are written.
pub(crate) fn no_record(value: &Value) -> LabeledError {
    error(
        "wrong_type",
        "Rows of columns are wanted for this kind of file",
        format!("this is {}", value.get_type()),
        value.span(),
    )
    .with_help("`wrap id` makes a table of a list; .txt takes a list as it is")
}

/// A value that has no form in a file.
pub(crate) fn no_form_in_file(value: &Value) -> LabeledError {
    error(
        "wrong_type",
        "This value cannot be written into a file",
        format!("this is {}", value.get_type()),
        value.span(),
    )
    .with_help("`update` or `reject` the column first")
}

/// A text of several lines, where each line is a row.
pub(crate) fn several_lines(value: &Value) -> LabeledError {
    error(
        "wrong_type",
        "A row is one line in this kind of file",
        "this text has several",
        value.span(),
    )
    .with_help("`lines` makes a list of them; .jsonl keeps line ends within a text")
}

/// Rows none of which has an ID, where one is needed.
pub(crate) fn no_ids(what_for: &str, head: Span) -> LabeledError {
    error(
        "column",
        format!("No column holds IDs, which are needed for {what_for}"),
        "looked for in every column of the first rows",
        head,
    )
    .with_help("--column names it, as in `ulid save b.csv --column user.id`")
}

/// Rows without their text, where rows are written as they stand in their file.
pub(crate) fn no_text(value: &Value) -> LabeledError {
    error(
        "wrong_type",
        "A .log has rows as they stand in their file",
        "this row has no `text`",
        value.span(),
    )
    .with_help("`ulid open` gives the text of lines; .csv, .jsonl and .json take columns")
}
