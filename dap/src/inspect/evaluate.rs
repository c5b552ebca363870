//! Expressions: the names of what the variables show, and the query language of the engine.

use std::time::Duration;

use dap::{
    requests::EvaluateArguments,
    responses::{EvaluateResponse, ResponseBody},
    types::EvaluateArgumentsContext,
};
use ulid_engine::{
    Timestamp, Ulid,
    dataset::Row,
    find,
    query::{EvaluateError, Expression, Grouping},
    row::{Fact, Spelling, Type, Value, Window, source_column},
};

use super::{
    job::Job,
    program::Program,
    query,
    refusal::Refusal,
    session::{Answer, Reply, Session},
    table::Table,
    variables::{Entry, Node, children, dataset::dataset},
};
use crate::visible::visible;

/// The time that an expression may take that nobody asked for by hand, and one that somebody did.
const GLANCE: Duration = Duration::from_secs(2);
const WAIT: Duration = Duration::from_secs(60);

/// Question that an answer belongs to: the text, and its frame.
struct Asked<'a> {
    text: &'a str,
    /// The number of the frame; 0 for the row at hand.
    frame: i64,
}

impl Session {
    pub(super) fn evaluate(&mut self, arguments: &EvaluateArguments) -> Answer {
        let program = self.standing()?;
        let at = match arguments.frame_id {
            None => program.at,
            Some(frame) => self.frame(frame)?.row(),
        };
        // at the end of the file the last row is meant
        let at = at.min(program.table.end().saturating_sub(1));
        let asked = Asked {
            text: arguments.expression.trim(),
            frame: arguments.frame_id.unwrap_or(0),
        };
        match arguments.context {
            Some(EvaluateArgumentsContext::Hover) => {
                if let Some(id) = identifier(asked.text) {
                    return self.answer_identifier(&asked, id);
                }
            }
            Some(EvaluateArgumentsContext::Clipboard) => {
                if let Some(text) = whole_text(&program.table, at, asked.text)? {
                    return Ok(self.answer_with(&asked, text, "text".to_owned(), None));
                }
            }
            _ => {}
        }
        let answer = self.evaluate_at(at, &asked, arguments.context.as_ref());
        let is_hover = matches!(arguments.context, Some(EvaluateArgumentsContext::Hover));
        match only_identifier(asked.text) {
            Some(id) if is_hover && answer.is_err() => self.answer_identifier(&asked, id),
            _ => answer,
        }
    }

    fn evaluate_at(
        &mut self,
        at: usize,
        asked: &Asked<'_>,
        context: Option<&EvaluateArgumentsContext>,
    ) -> Answer {
        let program = self.program()?;
        let now = (self.clock)();
        let expression = match meaning(asked.text, Some(&program.table), now)? {
            Meaning::Variable => {
                let entry = find(program, at, asked.text, now)?;
                let entry = entry.ok_or_else(|| no_variable(asked.text))?;
                let (value, kind) = (entry.value, entry.kind.to_owned());
                return Ok(self.answer_with(asked, value, kind, entry.below));
            }
            Meaning::Explained(told) => {
                return Ok(self.answer_with(asked, told, "text".to_owned(), None));
            }
            Meaning::Expression(expression) => expression,
            Meaning::Figures(figures) => {
                return Ok(Reply::Later(Job::Figures {
                    figures,
                    table: Box::new(program.table.clone()),
                    budget: budget(context),
                }));
            }
        };
        let is_of_all = expression.has_aggregates() || expression.needs_writers();
        let knows_all = !is_of_all && program.table.duplicates().is_some();
        if expression.needs_all_rows() && !knows_all {
            return Ok(Reply::Later(Job::Evaluate {
                expression,
                table: Box::new(program.table.clone()),
                at,
                budget: budget(context),
            }));
        }
        let value = value_of(&program.table, at, &expression)?;
        self.answer_value(asked, &value)
    }

    /// Answers `evaluate`, once all rows were looked at.
    pub(super) fn evaluated(&mut self, result: Result<Value, EvaluateError>) -> Answer {
        let value = result.map_err(|error| Refusal::Expression(error.to_string()))?;
        let text = shown(&value, &self.program()?.table);
        let asked = Asked {
            text: &text,
            frame: 0,
        };
        self.answer_value(&asked, &value)
    }

    /// Answers `evaluate`, once figures of all rows are there.
    pub(super) fn told(&mut self, result: Result<Value, String>) -> Answer {
        let value = result.map_err(Refusal::Expression)?;
        let text = shown(&value, &self.program()?.table);
        let asked = Asked {
            text: &text,
            frame: 0,
        };
        self.answer_value(&asked, &value)
    }

    fn answer_value(&mut self, asked: &Asked<'_>, value: &Value) -> Answer {
        let kind = value.type_of().map_or("", Type::name).to_owned();
        let node = match value {
            Value::Id(id) => Some(Node::Forms(*id)),
            _ => None,
        };
        let text = shown(value, &self.program()?.table);
        Ok(self.answer_with(asked, text, kind, node))
    }

    /// Meaning of the ID under the cursor: its time, its age, and the row that has it, if that is near or rows are in order.
    fn answer_identifier(&mut self, asked: &Asked<'_>, id: Ulid) -> Answer {
        let time = Timestamp::of(id);
        let age = time.age((self.clock)());
        let program = self.program()?;
        let table = &program.table;
        let row = table.row_with(program.at, id)?;
        let row = row.map(|row| format!(", line {}", table.line(row)));
        let words = format!("{}, {age}{}", table.time(time), row.unwrap_or_default());
        Ok(self.answer_with(asked, words, "ULID".to_owned(), Some(Node::Forms(id))))
    }

    fn answer_with(
        &mut self,
        asked: &Asked<'_>,
        result: String,
        kind: String,
        node: Option<Node>,
    ) -> Reply {
        // frames number the scopes below them by their names
        let name = format!("= {}", asked.text);
        let reference = node.map(|node| self.handles.number(asked.frame, &name, node));
        let shows_types = self.client.supports_variable_type == Some(true);
        Reply::Body(ResponseBody::Evaluate(EvaluateResponse {
            result,
            type_field: (shows_types && !kind.is_empty()).then_some(kind),
            variables_reference: reference.unwrap_or(0),
            ..EvaluateResponse::default()
        }))
    }
}

/// The ID that a text under a cursor is, also in quotes.
fn identifier(text: &str) -> Option<Ulid> {
    let text = text.trim_matches(['"', '\'', '`', ',', ';']);
    Spelling::recognise(text).map(|(_, id)| id)
}

/// The only ID in a text under a cursor that is neither a name nor an ID itself, such as a path or a field with its name.
fn only_identifier(text: &str) -> Option<Ulid> {
    let mut found = Vec::new();
    find::each(text.as_bytes(), find::Options::default(), |hit| {
        found.push(hit.id)
    });
    found.dedup();
    match found[..] {
        [id] => Some(id),
        _ => None,
    }
}

/// The text of a row or of one of its columns, all of it and as it stands there.
fn whole_text(table: &Table, at: usize, name: &str) -> Result<Option<String>, Refusal> {
    let Some(mut row) = table.row(at)? else {
        return Ok(None);
    };
    let columns = table.dataset.columns();
    let column = name.trim_matches('`');
    let column = source_column(columns, column).unwrap_or(column);
    let is_fact = Fact::named(name).is_some();
    // of a row that is very long no more than its begin is kept
    if row.full_len > row.text.len() as u64 {
        row.text = whole_row(table, &row)?;
    }
    if !is_fact && columns.iter().any(|known| known == column) {
        return Ok(row.borrow().cell(column).map(|cell| cell.into_owned()));
    }
    if name != "text" {
        return Ok(None);
    }
    Ok(Some(
        String::from_utf8_lossy(&whole_row(table, &row)?).into_owned(),
    ))
}

/// The bytes of a row as the file has them.
fn whole_row(table: &Table, row: &Row) -> Result<Vec<u8>, Refusal> {
    let length = usize::try_from(row.full_len).unwrap_or(usize::MAX);
    Ok(table.dataset.bytes_at(row.offset, length.min(TEXT_MAX))?)
}

/// Bytes of a row that are copied at most.
const TEXT_MAX: usize = 64 << 20;

fn budget(context: Option<&EvaluateArgumentsContext>) -> Duration {
    match context {
        Some(EvaluateArgumentsContext::Hover | EvaluateArgumentsContext::Watch) => GLANCE,
        _ => WAIT,
    }
}

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
fn value_of(table: &Table, at: usize, expression: &Expression) -> Result<Value, Refusal> {
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

fn no_variable(text: &str) -> Refusal {
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

/// A value as a person sees it, in a list of variables as on a console, which is a terminal: cut where it is very long.
pub(super) fn shown(value: &Value, table: &Table) -> String {
    const MOST: usize = 2_000;
    let text = table.text_of(value);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", visible(&text[..end])),
        None => visible(&text).into_owned(),
    }
}
