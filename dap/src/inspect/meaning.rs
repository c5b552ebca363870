//! The meaning of a text that is to be evaluated: a variable of the tree, or an expression of the engine's language.

use ulid_engine::{
    Timestamp,
    query::{Expression, Grouping},
    row::{Value, Window},
};

use super::{
    program::Program,
    query,
    refusal::Refusal,
    table::Table,
    variables::{Entry, Node, children, dataset::dataset, shown},
};

/// Meaning of a text that is to be evaluated.
pub(super) enum Meaning {
    /// Part of the tree of variables that the query language does not know: `spellings.uuid`, `bytes`, `dataset.valid`.
    Variable,
    /// Expression of the query language.
    Expression(Box<Expression>),
    /// Figures of groups of all rows: `count() by service`.
    Figures(Box<Grouping>),
    /// How a condition behind `explain` was read.
    Explained(String),
}

/// Names at the begin of a path that leads to a variable, whatever file it is of.
const VARIABLES: [&str; 9] = [
    "spellings",
    "forms",
    "bytes",
    "bits",
    "repair",
    "repaired_by",
    "until_next",
    "columns",
    "dataset",
];

/// Tells a variable from an expression. A column of the same name comes first; before a file is open, any name may be
/// that of a column.
pub(super) fn meaning(
    text: &str,
    table: Option<&Table>,
    now: Timestamp,
) -> Result<Meaning, Refusal> {
    let first = text.split('.').next().unwrap_or_default();
    let is_column =
        table.is_some_and(|table| table.dataset.columns().iter().any(|name| name == first));
    let is_path = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(&byte));
    let is_neighbour = ["prev", "previous", "next"].contains(&text);
    if is_path && !is_column && (is_neighbour || VARIABLES.contains(&first)) {
        return Ok(Meaning::Variable);
    }
    if let Some(condition) = text.strip_prefix("explain ") {
        let zone = table.map_or(query::UTC, |table| &table.zone);
        let told = query::condition(condition, table, now)?.explain(zone);
        return Ok(Meaning::Explained(told.join("; ")));
    }
    match query::expression(text, table, now) {
        Ok(expression) => Ok(Meaning::Expression(Box::new(expression))),
        // what is neither is told of as an expression
        Err(error) => match query::figures(text, table, now) {
            Ok(figures) => Ok(Meaning::Figures(Box::new(figures))),
            Err(_) => Err(error.into()),
        },
    }
}

/// Value of an expression at a row, which may not need all rows.
pub(super) fn value_of(
    table: &Table,
    at: usize,
    expression: &Expression,
) -> Result<Value, Refusal> {
    let window = Window::of_row(table, at)?;
    let around = window.around(at);
    Ok(around.map_or(Value::Missing, |row| expression.value(&row)))
}

/// Value of a variable or an expression at a row, as a log message shows it.
pub(super) fn text_of(
    program: &Program,
    at: usize,
    text: &str,
    now: Timestamp,
) -> Result<String, Refusal> {
    match meaning(text, Some(&program.table), now)? {
        Meaning::Variable => {
            let entry = find(program, at, text, now)?;
            Ok(entry.ok_or_else(|| no_variable(text))?.value)
        }
        Meaning::Expression(expression) => {
            let value = value_of(&program.table, at, &expression)?;
            Ok(shown(&value, &program.table))
        }
        Meaning::Explained(told) => Ok(told),
        Meaning::Figures(_) => Err(Refusal::Expression(format!("{text:?} looks at all rows"))),
    }
}

pub(super) fn no_variable(text: &str) -> Refusal {
    Refusal::Expression(format!("this row has no {text:?}"))
}

/// The variable that a path such as `spellings.uuid` or `dataset.valid` leads to.
pub(super) fn find(
    program: &Program,
    at: usize,
    path: &str,
    now: Timestamp,
) -> Result<Option<Entry>, Refusal> {
    let table = &program.table;
    let named = |entries: Vec<Entry>, name: &str| {
        let name = match name {
            "previous" => "prev",
            "forms" => "spellings",
            name => name,
        };
        entries.into_iter().find(|entry| entry.name == name)
    };
    let mut names = path.split('.');
    let first = names.next().unwrap_or_default();
    if first == "dataset" {
        return Ok(names.next().and_then(|name| named(dataset(program), name)));
    }
    let mut found = None;
    for scope in [Node::Ulid(at), Node::Row(at), Node::Neighbours(at)] {
        if found.is_none() {
            found = named(children(table, scope, now)?, first);
        }
    }
    for name in names {
        found = match found.and_then(|entry: Entry| entry.below) {
            Some(node) => named(children(table, node, now)?, name),
            None => None,
        };
    }
    Ok(found)
}
