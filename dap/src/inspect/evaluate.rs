//! Expressions: the names of what the variables show.

use dap::{
    requests::EvaluateArguments,
    responses::{EvaluateResponse, ResponseBody},
};

use super::{
    program::Program,
    refusal::Refusal,
    session::{Answer, Reply, Session},
    variables::{Entry, Node, children},
};
use ulid_engine::Timestamp;

impl Session {
    pub(super) fn evaluate(&mut self, arguments: &EvaluateArguments) -> Answer {
        let program = self.standing()?;
        let at = match arguments.frame_id {
            None => program.at,
            Some(frame) => match self.handles.get(frame) {
                Some(&Node::Frame(at)) => at,
                _ => return Err(Refusal::Frame(frame)),
            },
        };
        let path = arguments.expression.trim();
        let entry = find(program, at, path, (self.clock)()).ok_or_else(|| {
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
fn find(program: &Program, at: usize, path: &str, now: Timestamp) -> Option<Entry> {
    let mut names = path.split('.');
    let first = names.next()?;
    let named = |node, name: &str| {
        let mut entries = children(program, node, now).into_iter();
        entries.find(|entry| entry.name == name)
    };
    let scopes = [
        Node::Ulid(at),
        Node::Row(at),
        Node::Neighbours(at),
        Node::Dataset,
    ];
    let root = scopes.into_iter().find_map(|scope| named(scope, first))?;
    names.try_fold(root, |entry, name| named(entry.below?, name))
}
