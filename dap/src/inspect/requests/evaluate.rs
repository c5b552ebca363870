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
    query::EvaluateError,
    row::{Fact, Spelling, Type, Value, source_column},
};

use crate::inspect::{
    job::Job,
    meaning::{Meaning, find, meaning, no_variable, value_of},
    refusal::Refusal,
    session::{Answer, Reply, Session},
    table::Table,
    variables::{Node, shown},
};

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
    pub(in crate::inspect) fn evaluate(&mut self, arguments: &EvaluateArguments) -> Answer {
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
    pub(in crate::inspect) fn evaluated(&mut self, result: Result<Value, EvaluateError>) -> Answer {
        let value = result.map_err(|error| Refusal::Expression(error.to_string()))?;
        let text = shown(&value, &self.program()?.table);
        let asked = Asked {
            text: &text,
            frame: 0,
        };
        self.answer_value(&asked, &value)
    }

    /// Answers `evaluate`, once figures of all rows are there.
    pub(in crate::inspect) fn told(&mut self, result: Result<Value, String>) -> Answer {
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
