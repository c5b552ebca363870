//! Expressions: the names of what the variables show, and the query language of the engine.

use std::time::Duration;

use dap::{
    requests::EvaluateArguments,
    responses::{EvaluateResponse, ResponseBody},
    types::EvaluateArgumentsContext,
};
use ulid_engine::{
    Timestamp,
    query::{EvaluateError, Value},
};

use super::{
    job::Job,
    query::{self, Around},
    refusal::Refusal,
    session::{Answer, Reply, Session},
    table::Table,
    variables::{Entry, Node, children, dataset::dataset},
};
use crate::visible::visible;

/// What an expression may take that nobody asked for by hand, and one that somebody did.
const GLANCE: Duration = Duration::from_secs(2);
const WAIT: Duration = Duration::from_secs(60);

impl Session {
    pub(super) fn evaluate(&mut self, arguments: &EvaluateArguments) -> Answer {
        let program = self.standing()?;
        let at = match arguments.frame_id {
            None => program.at,
            Some(frame) => self.frame(frame)?.row(),
        };
        // at the end of the file the last row is meant
        let at = at.min(program.table.end().saturating_sub(1));
        let text = arguments.expression.trim();
        let now = (self.clock)();
        let found = match find(&program.table, at, text, now)? {
            Some(entry) => Some(entry),
            None => dataset(program)
                .into_iter()
                .find(|entry| entry.name == text),
        };
        if let Some(entry) = found {
            return Ok(self.answer_entry(text, entry));
        }
        let dataset = &program.table.dataset;
        let expression = query::expression(text, dataset, now)?;
        if expression.needs_all_rows() {
            return Ok(Reply::Later(Job::Evaluate {
                expression: Box::new(expression),
                dataset: program.table.all(),
                at,
                budget: budget(arguments.context.as_ref()),
            }));
        }
        let around = Around::of(&program.table, at)?;
        let value = around
            .as_ref()
            .and_then(Around::context)
            .map_or(Value::Missing, |context| expression.value(&context));
        Ok(self.answer_value(&value))
    }

    /// Answers `evaluate`, once all rows were looked at.
    pub(super) fn evaluated(&mut self, result: Result<Value, EvaluateError>) -> Answer {
        let value = result.map_err(|error| Refusal::Expression(error.to_string()))?;
        Ok(self.answer_value(&value))
    }

    fn answer_value(&mut self, value: &Value) -> Reply {
        let kind = value
            .type_of()
            .map_or_else(String::new, |kind| kind.to_string());
        let text = shown(value);
        let node = match value {
            Value::Id(id) => Some(Node::Forms(*id)),
            _ => None,
        };
        self.answer_with(&text, text.clone(), kind, node)
    }

    fn answer_entry(&mut self, path: &str, entry: Entry) -> Reply {
        self.answer_with(path, entry.value, entry.kind.to_owned(), entry.below)
    }

    fn answer_with(
        &mut self,
        name: &str,
        result: String,
        kind: String,
        node: Option<Node>,
    ) -> Reply {
        let reference = node.map(|node| self.handles.number(0, name, node));
        let shows_types = self.client.supports_variable_type == Some(true);
        Reply::Body(ResponseBody::Evaluate(EvaluateResponse {
            result,
            type_field: (shows_types && !kind.is_empty()).then_some(kind),
            variables_reference: reference.unwrap_or(0),
            ..EvaluateResponse::default()
        }))
    }
}

fn budget(context: Option<&EvaluateArgumentsContext>) -> Duration {
    match context {
        Some(EvaluateArgumentsContext::Hover | EvaluateArgumentsContext::Watch) => GLANCE,
        _ => WAIT,
    }
}

/// The value of a name or an expression at a row, as text.
pub(super) fn text_of(
    table: &Table,
    at: usize,
    text: &str,
    now: Timestamp,
) -> Result<String, Refusal> {
    if let Some(entry) = find(table, at, text, now)? {
        return Ok(entry.value);
    }
    let expression = query::expression(text, &table.dataset, now)?;
    let around = Around::of(table, at)?;
    let context = around.as_ref().and_then(Around::context);
    Ok(shown(&context.map_or(Value::Missing, |context| {
        expression.value(&context)
    })))
}

/// A value for a console, which is a terminal.
fn shown(value: &Value) -> String {
    visible(&value.to_string()).into_owned()
}

/// What a path like `time` or `previous.id` leads to.
pub(super) fn find(
    table: &Table,
    at: usize,
    path: &str,
    now: Timestamp,
) -> Result<Option<Entry>, Refusal> {
    let named = |node, name: &str| -> Result<Option<Entry>, Refusal> {
        let mut entries = children(table, node, now)?.into_iter();
        Ok(entries.find(|entry| entry.name == name))
    };
    let mut names = path.split('.');
    let first = names.next().unwrap_or_default();
    let mut found = None;
    for scope in [Node::Ulid(at), Node::Row(at), Node::Neighbours(at)] {
        if found.is_none() {
            found = named(scope, first)?;
        }
    }
    for name in names {
        found = match found.and_then(|entry: Entry| entry.below) {
            Some(node) => named(node, name)?,
            None => None,
        };
    }
    Ok(found)
}
