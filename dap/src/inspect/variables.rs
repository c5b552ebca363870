//! What a row, its ULID and its surroundings are made of, as trees of names and values.

mod neighbours;
mod ulid;

use std::borrow::Cow;

use dap::{
    requests::VariablesArguments,
    responses::{ResponseBody, VariablesResponse},
    types::Variable,
};
use ulid_engine::{Timestamp, Ulid};

use super::{
    program::Program,
    refusal::Refusal,
    session::{Answer, Reply, Session},
};

/// Something with children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    /// The frame of a row, or of the end of the file.
    Frame(usize),
    /// The ULID of a row, or what is wrong with it.
    Ulid(usize),
    /// An ID in every form.
    Forms(Ulid),
    /// The 16 bytes of an ID.
    Bytes(Ulid),
    /// The 128 bits of an ID.
    Bits(Ulid),
    /// The row itself.
    Row(usize),
    /// The rows before and after.
    Neighbours(usize),
    /// Another row.
    Neighbour(usize),
    /// The whole file.
    Dataset,
}

/// One child: a name, its value, and what lies below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Cow<'static, str>,
    pub(super) value: String,
    pub(super) kind: &'static str,
    pub(super) below: Option<Node>,
}

impl Entry {
    pub(super) fn new(
        name: impl Into<Cow<'static, str>>,
        kind: &'static str,
        value: impl ToString,
    ) -> Entry {
        Entry {
            name: name.into(),
            value: value.to_string(),
            kind,
            below: None,
        }
    }

    pub(super) fn above(self, node: Node) -> Entry {
        Entry {
            below: Some(node),
            ..self
        }
    }
}

impl Session {
    pub(super) fn variables(&mut self, arguments: &VariablesArguments) -> Answer {
        let program = self.standing()?;
        let parent = arguments.variables_reference;
        let node = *self.handles.get(parent).ok_or(Refusal::Stale(parent))?;
        let entries = children(program, node, (self.clock)());
        let variables = entries
            .into_iter()
            .map(|entry| self.variable(parent, entry))
            .collect();
        Ok(Reply::Body(ResponseBody::Variables(VariablesResponse {
            variables,
        })))
    }

    fn variable(&mut self, parent: i64, entry: Entry) -> Variable {
        let reference = entry
            .below
            .map(|node| self.handles.number(parent, &entry.name, node));
        let shows_types = self.client.supports_variable_type == Some(true);
        Variable {
            name: entry.name.into_owned(),
            value: entry.value,
            type_field: shows_types.then(|| entry.kind.to_owned()),
            variables_reference: reference.unwrap_or(0),
            ..Variable::default()
        }
    }
}

/// The children of a node.
pub(super) fn children(program: &Program, node: Node, now: Timestamp) -> Vec<Entry> {
    match node {
        Node::Frame(_) => Vec::new(),
        Node::Ulid(at) => ulid::ulid(program, at, now),
        Node::Forms(id) => ulid::forms(id),
        Node::Bytes(id) => ulid::bytes(id),
        Node::Bits(id) => ulid::bits(id),
        Node::Row(at) => ulid::row(program, at),
        Node::Neighbours(at) => neighbours::neighbours(program, at),
        Node::Neighbour(at) => neighbours::neighbour(program, at),
        Node::Dataset => vec![
            Entry::new("file", "text", program.dataset.name()),
            Entry::new("rows", "integer", program.end()),
        ],
    }
}
