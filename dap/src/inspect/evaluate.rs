//! Expressions: the names of what the variables show.

use dap::{
    requests::EvaluateArguments,
    responses::{EvaluateResponse, ResponseBody},
};

use super::{
    refusal::Refusal,
    session::{Answer, Reply, Session},
    table::Table,
    variables::{Entry, Node, children, dataset::dataset},
};
use ulid_engine::Timestamp;

impl Session {
    pub(super) fn evaluate(&mut self, arguments: &EvaluateArguments) -> Answer {
        let program = self.standing()?;
        let at = match arguments.frame_id {
            None => program.at,
            Some(frame) => self.frame(frame)?.row(),
        };
        let path = arguments.expression.trim();
        let entry = find(&program.table, at, path, (self.clock)())?
            .or_else(|| {
                dataset(program)
                    .into_iter()
                    .find(|entry| entry.name == path)
            })
            .ok_or_else(|| {
                Refusal::Expression(format!("{path:?} is no name of a variable of this row"))
            })?;
        let reference = entry.below.map(|node| self.handles.number(0, path, node));
        let shows_types = self.client.supports_variable_type == Some(true);
        Ok(Reply::Body(ResponseBody::Evaluate(EvaluateResponse {
            result: entry.value,
            type_field: shows_types.then(|| entry.kind.to_owned()),
            variables_reference: reference.unwrap_or(0),
            ..EvaluateResponse::default()
        })))
    }
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
