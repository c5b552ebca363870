//! Expressions: the names of what the variables show, and the query language of the engine.

use std::time::Duration;

use dap::{
    requests::EvaluateArguments,
    responses::{EvaluateResponse, ResponseBody},
    types::EvaluateArgumentsContext,
};
use ulid_engine::{
    Reading, Timestamp, Ulid,
    anatomy::Form,
    codec,
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
        self.evaluate_at(at, &asked, arguments.context.as_ref())
    }

    fn evaluate_at(
        &mut self,
        at: usize,
        asked: &Asked<'_>,
        context: Option<&EvaluateArgumentsContext>,
    ) -> Answer {
        let program = self.program()?;
        let now = (self.clock)();
        let found = match find(&program.table, at, asked.text, now)? {
            Some(entry) => Some(entry),
            None => dataset(program)
                .into_iter()
                .find(|entry| entry.name == asked.text),
        };
        if let Some(entry) = found {
            let (value, kind) = (entry.value, entry.kind.to_owned());
            return Ok(self.answer_with(asked, value, kind, entry.below));
        }
        let dataset = &program.table.dataset;
        let expression = query::expression(asked.text, dataset, now)?;
        if expression.has_aggregates() && program.table.is_changed() {
            let words = "count, min and max look at the file as it is, in which no ID was put in place; restart to look at it";
            return Err(Refusal::Expression(words.to_owned()));
        }
        if expression.needs_all_rows() {
            return Ok(Reply::Later(Job::Evaluate {
                expression: Box::new(expression),
                table: Box::new(program.table.clone()),
                at,
                budget: budget(context),
            }));
        }
        let around = Around::of(&program.table, at)?;
        let value = around
            .as_ref()
            .and_then(Around::context)
            .map_or(Value::Missing, |context| expression.value(&context));
        Ok(self.answer_value(asked, &value))
    }

    /// Answers `evaluate`, once all rows were looked at.
    pub(super) fn evaluated(&mut self, result: Result<Value, EvaluateError>) -> Answer {
        let value = result.map_err(|error| Refusal::Expression(error.to_string()))?;
        let text = shown(&value);
        let asked = Asked {
            text: &text,
            frame: 0,
        };
        Ok(self.answer_value(&asked, &value))
    }

    fn answer_value(&mut self, asked: &Asked<'_>, value: &Value) -> Reply {
        let kind = value
            .type_of()
            .map_or_else(String::new, |kind| kind.to_string());
        let node = match value {
            Value::Id(id) => Some(Node::Forms(*id)),
            _ => None,
        };
        self.answer_with(asked, shown(value), kind, node)
    }

    /// Meaning of the ID under the cursor: its time, its age, and the row that has it, if that is near.
    fn answer_identifier(&mut self, asked: &Asked<'_>, id: Ulid) -> Answer {
        let time = Timestamp::of(id);
        let age = time.age((self.clock)());
        let row = self.program()?.table.row_near(self.program()?.at, id)?;
        let row = row.map(|row| {
            format!(
                ", line {}",
                self.program().map_or(0, |it| it.table.line(row))
            )
        });
        let words = format!("{time}, {age}{}", row.unwrap_or_default());
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

/// The ID that a text under a cursor is: in any form but a plain number, in quotes, or behind a prefix such as `user_`.
fn identifier(text: &str) -> Option<Ulid> {
    let text = text.trim_matches(['"', '\'', '`', ',', ';']);
    let last = text.rsplit(['_', '-', ':', '/', '.']).next();
    let prefixed = last.filter(|last| last.len() == codec::TEXT_LEN);
    [Some(text), prefixed]
        .into_iter()
        .flatten()
        .find_map(|text| match Form::read(text, Reading::Strict) {
            Ok((Form::Ulid | Form::Uuid | Form::Urn, id)) => Some(id),
            _ => None,
        })
}

/// The text of a row or of one of its columns, all of it and as it stands there.
fn whole_text(table: &Table, at: usize, name: &str) -> Result<Option<String>, Refusal> {
    let Some(row) = table.row(at)? else {
        return Ok(None);
    };
    if table.dataset.columns().iter().any(|column| column == name) {
        return Ok(row.borrow().cell(name).map(|cell| cell.into_owned()));
    }
    if name != "text" {
        return Ok(None);
    }
    // of a row that is very long no more than its begin is kept
    let length = usize::try_from(row.full_len).unwrap_or(usize::MAX);
    let bytes = table.dataset.bytes_at(row.offset, length.min(TEXT_MAX))?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Bytes of a row that are copied at most.
const TEXT_MAX: usize = 64 << 20;

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
