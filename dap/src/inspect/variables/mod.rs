//! The parts of a row, its ULID and its surroundings, as trees of names and values.

pub(super) mod dataset;
mod neighbours;
pub(super) mod span;
mod ulid;

use std::borrow::Cow;

use ulid_engine::{
    Timestamp, Ulid,
    row::{Flaw, Value},
};

use crate::{
    inspect::{
        frame::Frame,
        refusal::Refusal,
        table::Table,
        unit::{Span, Unit},
    },
    visible::visible,
};

/// Rows of a list that are sent to a client that asks for all of them.
pub(super) const PAGE: usize = 1_000;

/// Something with children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    /// A frame of the stack.
    Frame(Frame),
    /// The ULID of a row, or what is wrong with it.
    Ulid(usize),
    /// An ID in every spelling.
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
    /// The rows around one that lie in the same unit of time.
    Span(usize, Unit, Span),
    /// The rows from one up to before another.
    Rows(usize, usize),
    /// The rows with a flaw, so many of which were found.
    Flawed(Flaw, usize),
    /// The whole file.
    Dataset,
    /// Writers of the IDs: hosts, processes.
    Writers,
    /// One of these, by its number.
    Writer(usize),
}

/// One child: a name, its value, and what lies below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Cow<'static, str>,
    pub(super) value: String,
    pub(super) kind: &'static str,
    pub(super) below: Option<Node>,
    /// How many of the children are numbered, where they come in pages.
    pub(super) indexed: usize,
    /// Its place in the file, in bytes.
    pub(super) offset: Option<u64>,
    /// Expression that comes to it, if that is not its name.
    pub(super) evaluate_name: Option<String>,
    /// The row that it is, to which a client can go.
    pub(super) row: Option<usize>,
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
            indexed: 0,
            offset: None,
            evaluate_name: None,
            row: None,
        }
    }

    pub(super) fn above(self, node: Node) -> Entry {
        Entry {
            below: Some(node),
            ..self
        }
    }
}

/// The children of a node.
pub(super) fn children(table: &Table, node: Node, now: Timestamp) -> Result<Vec<Entry>, Refusal> {
    Ok(match node {
        Node::Frame(_) | Node::Flawed(..) => Vec::new(),
        Node::Ulid(at) => ulid::ulid(table, at, now)?,
        Node::Forms(id) => ulid::forms(id),
        Node::Bytes(id) => ulid::bytes(id),
        Node::Bits(id) => ulid::bits(id),
        Node::Row(at) => ulid::row(table, at, now)?,
        Node::Neighbours(at) => neighbours::neighbours(table, at, now)?,
        Node::Neighbour(at) => neighbours::neighbour(table, at, now)?,
        Node::Span(at, unit, span) => span::span(table, at, unit, span)?,
        Node::Rows(first, end) => span::list(table, first..end.min(first + PAGE))?,
        Node::Writer(number) => dataset::writer(table, number),
        // need more than the rows
        Node::Dataset | Node::Writers => Vec::new(),
    })
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
